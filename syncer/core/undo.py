"""The way back from a run: what it wrote is to become again what stood there before, wherever nobody has touched it since."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from syncer.core.cells import MappedField
from syncer.core.plan import Cell, Change, FieldCount, Held, Plan, PlannedField, comparable


@dataclass(frozen=True)
class Wrote:
    """One cell that the run wrote: record, field, what stood there before it, what it wrote, and what stands there now.

    `name` is the record's, None when the CRM has no such record any more.
    """

    id: str
    name: str | None
    field: str
    old: str | None
    written: str | None
    now: str | None


def undoing(crm: str, as_of: int, run: str, wrote: Iterable[Wrote], fields: Sequence[tuple[MappedField, PlannedField]]) -> Plan:
    """The plan back, records by id, without limits: it is made for a person to read. Cells that stand as before are unchanged."""
    places = {field.key: (place, field) for place, (field, _) in enumerate(fields)}
    ordered = sorted(wrote, key=lambda cell: (cell.id, places[cell.field][0]))
    cells = [_spelt(cell, places[cell.field][1]) for cell in ordered]
    changes, held = [], []
    for record, group in groupby(cells, key=lambda cell: cell.id):
        own = list(group)
        back = tuple(Cell(cell.field, cell.now, cell.old, reason=f"as before run {run}") for cell in own if _goes_back(cell))
        name = own[0].name or ""
        if back:
            changes.append(Change(record, name, back))
        held += [Held(record, name, reason, (cell.field,)) for cell in own if (reason := _held(cell, run))]
    used = {cell.field for cell in cells}
    planned = tuple(about for field, about in fields if field.key in used)
    counts = tuple(_count(field.key, [cell for cell in cells if cell.field == field.key], run) for field in planned)
    return Plan(crm, as_of, len({cell.id for cell in cells}), tuple(changes), tuple(held), counts, planned)


def _spelt(cell: Wrote, field: MappedField) -> Wrote:
    old, written, now = (comparable(text, field) for text in (cell.old, cell.written, cell.now))
    return replace(cell, old=old, written=written, now=now)


def _goes_back(cell: Wrote) -> bool:
    return cell.now == cell.written and cell.now != cell.old and cell.name is not None


def _held(cell: Wrote, run: str) -> str | None:
    """Why a cell that does not stand as before cannot go back."""
    if cell.name is None:
        return "the record is not in the CRM any more"
    if cell.now == cell.old:
        return None
    if cell.now != cell.written:
        return (
            f"changed since run {run} wrote {cell.written or 'nothing'}: it is now {cell.now or 'empty'}; change it by hand if it is wrong"
        )
    return None


def _count(field: str, cells: Sequence[Wrote], run: str) -> FieldCount:
    back = [cell for cell in cells if _goes_back(cell)]
    held = sum(_held(cell, run) is not None for cell in cells)
    filled = sum(cell.now is None for cell in back)
    cleared = sum(cell.old is None for cell in back)
    return FieldCount(
        field=field,
        absent=0,
        held=held,
        unchanged=len(cells) - len(back) - held,
        filled=filled,
        replaced=len(back) - filled - cleared,
        cleared=cleared,
        having=sum(cell.now is not None for cell in cells),
    )
