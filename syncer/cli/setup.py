"""From the command line to a run: settings, the written files, the store."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from ruamel.yaml import YAML

from syncer.core.kinds import kind_of
from syncer.core.monthly import compile_monthly
from syncer.core.project import Column, Project, compile_project
from syncer.crm.rate_tables import RATE_TABLES
from syncer.models import catalog_text
from syncer.runs.pull import Watch
from syncer.runs.run import Run
from syncer.specs import settings
from syncer.specs.rates import FILE, load_rates
from syncer.specs.shipped import page
from syncer.specs.wording import did_you_mean
from syncer.tools.store import Store
from syncer.words import when
from syncer.words.errors import FileProblems

FILES = (
    "field_specs/account.yaml",
    "mappings/account.yaml",
    "mappings/health.yaml",
    "field_specs/monthly_metric.yaml",
    "mappings/monthly_metric.yaml",
)
MAJOR = "major units of "


def facts() -> dict[str, Column]:
    """The facts that expressions may use, by the name that ops write."""
    catalog = YAML(typ="safe").load(catalog_text())
    return {
        name: Column(kind_of(about["type"]), tuple(about.get("held_by", ())), _currency(about["unit"]), about["unit"])
        for name, about in catalog.items()
        if "." in name
    }


def _currency(unit: str) -> str | None:
    """What money is in: `stripe.currency` of "major units of stripe.currency"."""
    return unit.removeprefix(MAJOR) if unit.startswith(MAJOR) else None


def project(folder: Path) -> Project:
    """The written files of a folder, the shipped ones where it has none. FileProblems with everything that is wrong."""
    specs, mapping, health, monthly_specs, monthly_mapping = (page(folder, name) for name in FILES)
    found, problems = compile_project(specs, mapping, health, facts())
    accounts = {field.key: field.spec for field in found.fields} if found else None
    monthly, more = compile_monthly(monthly_specs, monthly_mapping, accounts)
    named = found.mapping.rates if found else FILE
    rates, faults = load_rates(folder, named)
    if found is not None and not named.endswith(".csv") and named not in RATE_TABLES:
        faults.append(mapping.problem(("rates",), f"no CRM has a table of rates {named}{did_you_mean(named, RATE_TABLES)}"))
    if found is None or monthly is None or faults:
        raise FileProblems([*problems, *more, *faults])
    return replace(found, rates=tuple(rates), monthly=monthly)


def run(watch: Watch) -> Run:
    """A run as the working folder's settings and written files say."""
    loaded = settings.load(Path.cwd())
    as_of = when.epoch(loaded.as_of) if loaded.as_of else int(time.time())
    return Run(loaded, project(loaded.project), Store(loaded.state), as_of, watch)
