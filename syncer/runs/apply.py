"""Writes a plan to its CRM and keeps what the CRM accepted, batch by batch: first the CRM, then the store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from syncer.core.plan import Change, Plan
from syncer.crm.port import Crm, CrmField, Outcome, Update
from syncer.runs.pull import Watch
from syncer.runs.run import Run
from syncer.runs.tables import HISTORY, mirror
from syncer.tools.engine import Engine
from syncer.tools.intake import Intake
from syncer.words.errors import SyncerError
from syncer.words.tables import Page, Row, Table


@dataclass
class Applied:
    """Cells written, and what the CRM said of each record that it rejected."""

    written: int = 0
    rejected: int = 0
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Target:
    """A CRM with what applying needs to know of it: field keys → API names, the fields' descriptions, the mirror's columns and rows."""

    crm: Crm
    names: Mapping[str, str]
    described: Mapping[str, CrmField]
    mirror: str
    columns: Sequence[str]
    records: Mapping[str, Row]


CHANGED = Table("applying.changed", {"id": "VARCHAR"})


def target(run: Run, crm: Crm, described: Mapping[str, CrmField], plan: Plan, engine: Engine) -> Target:
    """The CRM with the mirror's rows of the records that the plan changes."""
    table = mirror(crm.name, run.mirrored(crm.name))
    names = {field.key: field.spec.in_crm(crm.name) or "" for field in run.project.fields_in(crm.name)}
    engine.fill(CHANGED, [(change.id,) for change in plan.changes])
    columns = ", ".join(f'r."{name}"' for name in table.columns)
    rows = engine.rows(f"SELECT {columns} FROM {table.name} AS r JOIN {CHANGED.name} AS c ON c.id = r.id")
    return Target(crm, names, described, table.name, list(table.columns), {row[0]: row for row in rows})


def apply(plan: Plan, target: Target, intake: Intake, run: str, watch: Watch) -> Applied:
    """What became of the plan's changes. Each answered batch is stored before the next is sent."""
    changes = {change.id: change for change in plan.changes}
    updates = (Update(change.id, {target.names[cell.field]: cell.new for cell in change.cells}) for change in plan.changes)
    done, seen = Applied(), 0
    for outcomes in target.crm.write(updates, target.described, len(changes)):
        accepted = [changes[outcome.id] for outcome in outcomes if outcome.error is None]
        _count(done, outcomes, changes)
        intake.add(f"write.{plan.crm}", _page(plan, target, accepted, run))
        seen += len(outcomes)
        watch(f"{plan.crm} write", seen, len(changes))
    intake.flush()
    if seen != len(changes):
        hint = "run `syncer sync` again, it re-reads the CRM first"
        raise SyncerError(f"{plan.crm}: {len(changes)} records were sent and {seen} were answered; {hint}")
    return done


def _count(done: Applied, outcomes: Iterable[Outcome], changes: Mapping[str, Change]) -> None:
    for outcome in outcomes:
        cells = len(changes[outcome.id].cells)
        if outcome.error is None:
            done.written += cells
        else:
            done.rejected += cells
            done.errors[outcome.id] = outcome.error


def _page(plan: Plan, target: Target, accepted: Iterable[Change], run: str) -> Page:
    records: list[Row] = []
    cells: list[Row] = []
    for change in accepted:
        values = dict(zip(target.columns, target.records[change.id], strict=True))
        values.update({target.names[cell.field]: cell.new for cell in change.cells})
        records.append(tuple(values.values()))
        cells += [(plan.crm, change.id, cell.field, plan.as_of, cell.new, cell.old, run, "written") for cell in change.cells]
    return Page({target.mirror: records, HISTORY.name: cells}, {})
