"""Exchange rates of a run: fetched where a CRM keeps them, bound as `money.rate`, and as factors into the currencies of a CRM's records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from syncer.core.conversion import FACTOR, Currencies, factor_rows
from syncer.core.rates import factors, standing_on, toward
from syncer.crm.port import Crm
from syncer.runs.run import Run
from syncer.specs.rates import Rate
from syncer.tools.engine import Engine
from syncer.tools.intake import Intake
from syncer.words import when
from syncer.words.errors import UsageError
from syncer.words.money import RATE

REMEDIES = {
    "salesforce.rate": "add the currency in Salesforce's Setup, Manage Currencies",
    "salesforce.dated_rate": "add one in Salesforce's Setup, Manage Dated Exchange Rates",
}


def read_rates(run: Run, crms: Mapping[str, Crm], intake: Intake) -> None:
    """Fetch the rates of the table that the mapping names, if it does. UsageError when its CRM is not set up."""
    table = run.project.mapping.rates
    if table in REMEDIES:
        vendor = table.partition(".")[0]
        if vendor not in crms:
            said = f"mappings/account.yaml takes its rates from {table}, and {vendor} is not set up"
            raise UsageError(f"{said}; add its section to syncer.yaml, or write rates: rates.csv")
        intake.add(f"rates.{vendor}", crms[vendor].rates(table))


def bind_rates(run: Run, engine: Engine) -> Sequence[Rate]:
    """Fill `money.rate` with the given rates and, where it lacks them, those of the reporting currency that follow from them."""
    table, reporting = run.project.mapping.rates, run.project.mapping.mrr_policy.reporting_currency
    given = [Rate(*row) for row in engine.rows(f"SELECT * FROM {table}")] if table in REMEDIES else list(run.project.rates)
    rates = [*given, *(toward(given, reporting) if reporting else ())]
    engine.fill(RATE, rates)
    return given


def bind_factors(run: Run, engine: Engine, rates: Sequence[Rate]) -> Currencies:
    """How the CRM behind `crm.record` keeps money; where by record, fills `money.factor` for what facts and records are in."""
    mapping = run.project.mapping
    reporting = mapping.mrr_policy.reporting_currency
    targets = [row[0] for row in engine.rows("SELECT DISTINCT record_currency FROM crm.record WHERE record_currency IS NOT NULL")]
    if targets:
        owned = [row[0] for row in engine.rows("SELECT DISTINCT stripe__currency FROM facts WHERE stripe__currency IS NOT NULL")]
        currencies = sorted({*owned, *([reporting] if reporting else [])})
        engine.fill(FACTOR, factor_rows(factors(standing_on(rates, when.day(run.as_of)), currencies, sorted(targets))))
    remedy = REMEDIES.get(mapping.rates, f"add one to mappings/{mapping.rates}")
    return Currencies(reporting, bool(targets), f"of {when.day(run.as_of)} or before; {remedy}")
