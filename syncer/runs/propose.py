"""From the store to a plan for one CRM: match, compute, compare. Reads nothing but the store, writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from syncer.core import cells
from syncer.core.cells import MappedField
from syncer.core.compose import facts_query
from syncer.core.conversion import Currencies
from syncer.core.identity import RELATIONS, MatchRule, identity_query
from syncer.core.overview import BANDS, COUNTS, REVENUE, Overview, customers_query, overview
from syncer.core.plan import FieldCount, Held, Plan, PlannedField, changes_of
from syncer.core.score import health_query
from syncer.runs.compiled import compiled
from syncer.runs.rates import bind_factors, bind_rates
from syncer.runs.run import Run
from syncer.runs.tables import HISTORY, PAIR, mirror
from syncer.specs.account import SOURCES
from syncer.tools.engine import Engine
from syncer.words.ids import domain_of, salesforce_id
from syncer.words.tables import Table

ACCOUNT_COLUMNS = ("account_key", "stripe_customer_id", "domain", "employees", "industry", "country")
"""What the models read of a CRM record; a column that the mapping does not name is empty."""

CRM_KEY = Table("crm.key", {"account_id": "VARCHAR", "key": "VARCHAR", "value": "VARCHAR"}, key=())
LEDGER = Table("identity.ledger", {"source": "VARCHAR", "source_id": "VARCHAR", "account_id": "VARCHAR", "decided": "BIGINT"}, key=())
BEFORE = "matched_before"
"""The last rule of all: an object that no written rule places any more stays where it was."""
SHOWN = 3
MONTH_SECONDS = 30 * 86_400


@dataclass(frozen=True)
class Proposal:
    """A plan, the tables it was made from, and the fields in the CRM's words."""

    crm: str
    plan: Plan
    fields: Sequence[MappedField]
    engine: Engine

    def overview(self, order: Sequence[str]) -> Overview:
        """The customers at a glance, bands in this order."""
        bands = {row[0]: row[1] for row in self.engine.rows(BANDS)}
        customers = [self.engine.rows(customers_query(SHOWN, best=best)) for best in (False, True)]
        return overview(self.engine.rows(COUNTS)[0], bands, order, self.engine.rows(REVENUE), customers)

    def records(self, mirror_columns: Sequence[str]) -> dict[str, tuple[Any, ...]]:
        """The mirror's rows of the records that change, by id."""
        columns = ", ".join(f'r."{name}"' for name in mirror_columns)
        changed = cells.any_change(self.fields)
        rows = self.engine.rows(f"SELECT {columns} FROM crm.record AS r JOIN cells AS c ON c.account_id = r.id WHERE {changed}")
        return {row[0]: row for row in rows}


@contextmanager
def proposing(run: Run, crm: str, only: frozenset[str] | None = None) -> Iterator[Proposal]:
    """The proposal for a CRM from what is stored; `only` names the fields to write, all if None."""
    stored = run.stored()
    engine = Engine(run.store, rows=stored.rows)
    try:
        fields = run.project.fields_in(crm)
        _prepare(run, crm, engine)
        currencies = _compute(run, crm, engine, fields, only)
        yield Proposal(crm, _plan(run, crm, engine, fields, currencies), fields, engine)
    finally:
        engine.close()


def _prepare(run: Run, crm: str, engine: Engine) -> None:
    """Bind the stored tables, and the CRM's records as the models read them.

    crm.record as the mirror has them, crm.current by field key, crm.account, crm.key.
    """
    engine.bind(run.tables(), run.stored())
    engine.define("crm.record", f"SELECT * FROM {mirror(crm, run.mirrored(crm)).name} WHERE NOT deleted")
    keys = run.project.keys_in(crm)
    named = {**dict.fromkeys(ACCOUNT_COLUMNS, "CAST(NULL AS VARCHAR)"), **{key: f'"{name}"' for key, name in keys.items()}}
    columns = ", ".join(f'{source} AS "{key}"' for key, source in named.items())
    current = ", ".join(f'"{field.spec.in_crm(crm)}" AS "{field.key}"' for field in run.project.fields_in(crm))
    engine.define("crm.current", f"SELECT id, record_currency AS record__currency, {current} FROM crm.record")
    engine.define("crm.account", f"SELECT id, name, {columns} FROM crm.record")
    names = ", ".join(f'"{name}"' for name in ("id", *keys.values()))
    rows = engine.rows(f"SELECT {names} FROM crm.record")
    found = [key for row in rows for key in _keys(crm, row[0], dict(zip(keys, row[1:], strict=True)))]
    before = engine.rows(
        f"SELECT account_id, '{BEFORE}.' || source, source_id FROM {PAIR.name} JOIN crm.record ON id = account_id WHERE crm = $crm",
        {"crm": crm},
    )
    engine.fill(CRM_KEY, [*found, *before])
    engine.fill(LEDGER, [])


def _keys(crm: str, record_id: str, values: dict[str, str | None]) -> Iterator[tuple[str, str, str]]:
    """What a record can be found by. A Salesforce id is found in its long and its short form."""
    yield record_id, "id", record_id
    if crm == "salesforce" and len(record_id) == 18 and salesforce_id(record_id[:15]) == record_id:
        yield record_id, "id", record_id[:15]
    for key, value in values.items():
        comparable = domain_of(value) if key == "domain" else (value or "").strip()
        if comparable:
            yield record_id, key, comparable


def _compute(run: Run, crm: str, engine: Engine, fields: Sequence[MappedField], only: frozenset[str] | None) -> Currencies:
    """Up to the table `cells`; how the CRM keeps money."""
    parameters = run.parameters(crm)
    rules = [
        MatchRule(source, rule.source_key.replace("{crm}", crm), rule.crm_key)
        for source in SOURCES
        for rule in getattr(run.project.mapping.match, source)
    ]
    rules += [MatchRule(source, "id", f"{BEFORE}.{source}") for source in SOURCES]
    engine.compute("identity.decision", compiled(run.store, lambda: identity_query(rules), "identity", rules))
    for name, select in RELATIONS.items():
        engine.define(name, select)
    rates = bind_rates(run, engine)
    policy = run.project.mapping.mrr_policy
    engine.compute("facts", compiled(run.store, lambda: facts_query(policy), "facts", policy), parameters)
    scored = next((field.key for field in fields if field.expression.columns == {"health.score"}), None)
    before = _score_before(scored) if scored else None
    engine.compute("base", cells.base_query(fields, before), parameters)
    band = next((f"prev__{field.key}" for field in fields if field.expression.columns == {"health.band"}), None)
    engine.compute("health", health_query(run.project.health, "base", band), parameters)
    currencies = bind_factors(run, engine, rates)
    engine.compute("cells", cells.cells_query(fields, run.sources_read(), only, currencies), parameters)
    return currencies


def _score_before(field: str) -> str:
    """account_id and the health score as it stood 30 days before `$as_of`."""
    return (
        f"SELECT account_id, CAST(value AS DECIMAL(5,1)) AS score FROM {HISTORY.name} "
        f"WHERE crm = $crm AND field = '{field}' AND instant <= $as_of - {MONTH_SECONDS} "
        "QUALIFY ROW_NUMBER() OVER (PARTITION BY account_id ORDER BY instant DESC) = 1"
    )


def _plan(run: Run, crm: str, engine: Engine, fields: Sequence[MappedField], currencies: Currencies) -> Plan:
    accounts, ambiguous, _, *matched = engine.rows(COUNTS)[0]
    counts = tuple(FieldCount(*row) for row in engine.rows(cells.count_query(fields)))
    held = tuple(Held(row[0], row[1], row[2], tuple(row[3].split(", ")), row[4]) for row in engine.rows(cells.held_query(fields)))
    changes = changes_of(fields, engine.rows(cells.change_query(fields, currencies)))
    return Plan(
        crm,
        run.as_of,
        accounts,
        changes,
        held,
        counts,
        fields=tuple(_planned(field, run.project.mapping.fields[field.key].value) for field in fields),
        matched=dict(zip(SOURCES, matched, strict=True)),
        ambiguous=ambiguous,
        cleared=run.project.mapping.limits.cleared,
        smallest=run.project.mapping.limits.smallest,
    )


def _planned(field: MappedField, expression: str) -> PlannedField:
    spec = field.spec
    return PlannedField(field.key, spec.label, spec.label_ja, spec.type, field.place, expression, field.limit)
