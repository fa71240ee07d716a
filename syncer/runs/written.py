"""The written files taken together: of a folder, or as an earlier run had them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from ruamel.yaml import YAML

from syncer.core.kinds import kind_of
from syncer.core.monthly import compile_monthly
from syncer.core.project import Column, Project, compile_project
from syncer.crm.rate_tables import RATE_TABLES
from syncer.models import catalog_text
from syncer.specs.rates import FILE, load_rates
from syncer.specs.shipped import page, place
from syncer.specs.wording import did_you_mean
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
    texts = {name: path.read_text("utf-8") for name in (*FILES, f"mappings/{named}") if (path := place(folder, name)).exists()}
    return replace(found, rates=tuple(rates), monthly=monthly, texts=texts)


def project_of(texts: Mapping[str, str]) -> Project:
    """The project that these texts are, by name, as `Project.texts` has them. They are read as a folder is, by the same code."""
    with TemporaryDirectory(prefix="syncer-written-") as folder:
        for name, text in texts.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return project(Path(folder))
