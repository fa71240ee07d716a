"""The written files against the vendors: each credential tried, and each field compared with what the CRM says of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from syncer.core.kinds import Kind
from syncer.crm.port import CrmField, ObjectAbsent
from syncer.runs.connect import connectors, crms
from syncer.runs.lacking import KINDS, absent, unfit, unwritable
from syncer.specs.shipped import page
from syncer.words.errors import MissingCrmField, Problem, SyncerError

if TYPE_CHECKING:
    from syncer.connectors.port import Connector
    from syncer.core.project import Project
    from syncer.crm.port import Crm
    from syncer.specs.account import FieldSpec
    from syncer.specs.reader import Page
    from syncer.specs.settings import Settings
    from syncer.tools.http import Calls

Loc = tuple[str | int, ...]
READ = {
    Kind.NUMBER: ("number",),
    Kind.DATE: ("date", "datetime"),
    Kind.BOOL: ("bool",),
}
"""The kinds of a CRM's field that a column under `crm:` can be read from; text from all."""
TYPES = {"number": "number", "date": "date", "datetime": "date", "bool": "checkbox"}


@dataclass
class Online:
    """What the vendors said: the account of each that let us in, the errors of the others, what the CRMs' fields do not do, and notes."""

    vendors: dict[str, str] = field(default_factory=dict)
    failures: list[SyncerError] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def compare(settings: Settings, project: Project, calls: Calls) -> Online:
    """Every vendor that the settings name is asked, also when another one fails. Reads only."""
    found = Online()
    for source in connectors(settings, calls):
        _try(found, source)
    for crm in crms(settings, calls).values():
        if _try(found, crm):
            _fields(found, settings, project, crm)
    found.problems.sort()
    return found


def _try(found: Online, vendor: Connector | Crm) -> bool:
    try:
        found.vendors[vendor.name] = vendor.check()
    except SyncerError as failure:
        found.failures.append(failure)
        return False
    return True


def _fields(found: Online, settings: Settings, project: Project, crm: Crm) -> None:
    try:
        described = crm.describe()
        specs, mapping = (page(settings.project, name) for name in ("field_specs/account.yaml", "mappings/account.yaml"))
        written: dict[Loc, FieldSpec] = {(mapped.key,): mapped.spec for mapped in project.fields_in(crm.name)}
        found.problems += _unfit(specs, crm.name, crm.name, written, described)
        found.problems += _unread(mapping, project, crm.name, described)
        found.problems += _monthly(found, settings, project, crm)
    except SyncerError as failure:
        found.failures.append(failure)


def _unfit(specs: Page, crm: str, who: str, written: Mapping[Loc, FieldSpec], described: Mapping[str, CrmField]) -> Iterator[Problem]:
    """What the fields of an object do not do, each at its place in the specs. `written`: the specs by the way to them."""
    file = specs.name.rpartition("/")[2]
    for loc, spec in written.items():
        name = spec.in_crm(crm) or ""
        if name not in described:
            yield specs.problem((*loc, crm), f"{who} {absent(name, file)}")
            continue
        if not described[name].writable:
            yield specs.problem((*loc, crm), f"{who} {unwritable(name)}")
        for lack in unfit(spec, described[name], file):
            yield specs.problem((*loc, lack.key), f"{who} {lack.said}")


def _unread(mapping: Page, project: Project, crm: str, described: Mapping[str, CrmField]) -> Iterator[Problem]:
    """Columns under `crm:` that are not there, or of another kind than is said."""
    columns = project.catalogue.columns()
    for key, name in project.keys_in(crm).items():
        if name not in described:
            yield mapping.problem(("crm", key, crm), f"{crm} {absent(name, 'account.yaml')}")
            continue
        kind, there = columns[f"crm.{key}"].kind, described[name].kind
        if there not in (*READ.get(kind, (there,)), "other"):
            hint = f"write type: {TYPES.get(there, 'text')}"
            yield mapping.problem(
                ("crm", key, crm), f"{crm} has {name} as a {KINDS.get(there, there)}, and crm.{key} is read as {kind}; {hint}"
            )


def _monthly(found: Online, settings: Settings, project: Project, crm: Crm) -> Iterator[Problem]:
    """What the object of monthly metrics does not do. That it is not there at all is no fault."""
    monthly = project.monthly
    name = monthly.specs.object.in_crm(crm.name) if monthly else None
    if monthly is None or not name or not monthly.fields_in(crm.name):
        return
    specs = page(settings.project, "field_specs/monthly_metric.yaml")
    try:
        rows = crm.keyed(name, monthly.specs.key.in_crm(crm.name) or "")
    except ObjectAbsent as gone:
        found.notes.append(f"{gone}, so monthly metrics are not written there")
    except MissingCrmField as lacks:
        yield specs.problem(("key", crm.name), str(lacks))
    else:
        fields = {key: monthly.specs.fields[key] for key in monthly.mapping.fields}
        written: dict[Loc, FieldSpec] = {("fields", key): spec for key, spec in fields.items() if spec.in_crm(crm.name)}
        yield from _unfit(specs, crm.name, f"{crm.name} {name}", written, rows.fields)
