"""The written files taken together: of a folder, or as an earlier run had them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from syncer.core.catalogue import Catalogue, compile_catalogue
from syncer.core.kinds import Column
from syncer.core.monthly import compile_monthly
from syncer.core.project import Project, compile_project
from syncer.crm.rate_tables import RATE_TABLES
from syncer.specs.account import AccountMapping, FieldSpecs
from syncer.specs.matches import FILE as MATCHES
from syncer.specs.matches import load_matches
from syncer.specs.rates import FILE, load_rates
from syncer.specs.settings import Settings, folder_of
from syncer.specs.shipped import page, place
from syncer.specs.wording import did_you_mean
from syncer.words.errors import FileProblems, Problem

FILES = (
    "field_specs/account.yaml",
    "mappings/account.yaml",
    "mappings/health.yaml",
    "field_specs/monthly_metric.yaml",
    "mappings/monthly_metric.yaml",
    "mappings/usage.yaml",
)


def facts() -> dict[str, Column]:
    """The facts that come with syncer, as expressions are checked against them."""
    return Catalogue().columns()


def project(folder: Path) -> Project:
    """The written files of a folder, the shipped ones where it has none. FileProblems with everything that is wrong."""
    specs, mapping, health, monthly_specs, monthly_mapping, usage = (page(folder, name) for name in FILES)
    catalogue, wrong = compile_catalogue(mapping, usage)
    found, problems = compile_project(specs, mapping, health, catalogue.columns())
    described, account = specs.sound(FieldSpecs).value, mapping.sound(AccountMapping).value
    accounts = {key: described.root[key] for key in account.fields if key in described.root} if described and account else None
    monthly, more = compile_monthly(monthly_specs, monthly_mapping, accounts)
    named = account.rates if account else FILE
    rates, faults = load_rates(folder, named)
    matches, unread = load_matches(folder)
    faults += unread
    if not named.endswith(".csv") and named not in RATE_TABLES:
        faults.append(mapping.problem(("rates",), f"no CRM has a table of rates {named}{did_you_mean(named, RATE_TABLES)}"))
    if found is None or monthly is None or faults or wrong:
        raise FileProblems([*wrong, *problems, *more, *faults])
    texts = {name: path.read_text("utf-8") for name in (*FILES, f"mappings/{named}", MATCHES) if (path := place(folder, name)).exists()}
    return replace(found, rates=tuple(rates), matches=tuple(matches), monthly=monthly, texts=texts, catalogue=catalogue)


def both(load: Callable[[Path], Settings]) -> tuple[Settings, Project]:
    """The working folder's settings, as `load` reads them, and its written files. FileProblems with what is wrong in any of them."""
    try:
        loaded = load(Path.cwd())
    except FileProblems as error:
        raise FileProblems([*error.problems, *_problems(folder_of(Path.cwd()))]) from None
    return loaded, project(loaded.project)


def _problems(folder: Path) -> list[Problem]:
    try:
        project(folder)
    except FileProblems as error:
        return error.problems
    return []


def project_of(texts: Mapping[str, str]) -> Project:
    """The project that these texts are, by name, as `Project.texts` has them. They are read as a folder is, by the same code."""
    with TemporaryDirectory(prefix="syncer-written-") as folder:
        for name, text in texts.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return project(Path(folder))
