"""What one run would change in one CRM, as a value: records, fields, old → new, what is held and why. It prints and applies nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from syncer.core.cells import MappedField


class Cell(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One field of one record: canonical text, None for empty. `unit` is what a number is in, for people: `USD`, `%`, `seats`; `reason` why
    it changes."""

    field: str
    old: str | None
    new: str | None
    unit: str | None = None
    reason: str | None = None


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One record and its cells that change."""

    id: str
    name: str
    cells: tuple[Cell, ...]


class Held(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Cells of one record that are not written, and why; `ambiguous`: because a source's object might belong to another record too."""

    id: str
    name: str
    reason: str
    fields: tuple[str, ...]
    ambiguous: bool = False


class FieldCount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the cells of one field divide. `having` cells hold a value in the CRM now."""

    field: str
    absent: int
    held: int
    unchanged: int
    filled: int
    replaced: int
    cleared: int
    having: int

    @property
    def changed(self) -> int:
        return self.filled + self.replaced + self.cleared

    @property
    def wanted(self) -> int:
        return self.held + self.unchanged + self.changed


class PlannedField(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One mapped field: its labels and type, the place and text of its mapping, and the share of its values that one run may replace."""

    key: str
    label: str
    label_ja: str | None
    type: str
    place: str
    expression: str
    limit: Decimal


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that a run would do to one CRM at `as_of` (epoch seconds).

    `accounts` is how many records were looked at, `matched` how many of them each source knows, `ambiguous` how many of them a source holds
    back because it cannot tell them apart. At most the share `cleared` of a field's values may be emptied; fewer cells than `smallest` pass
    every limit.
    """

    crm: str
    as_of: int
    accounts: int
    changes: tuple[Change, ...]
    held: tuple[Held, ...]
    counts: tuple[FieldCount, ...]
    fields: tuple[PlannedField, ...] = ()
    matched: dict[str, int] = {}
    ambiguous: int = 0
    cleared: Decimal = Decimal(1)
    smallest: int = 0

    @property
    def fingerprint(self) -> str:
        """Equal for plans that would write the same values over the same values in the same records, whatever else they say of them."""
        cells = sorted((change.id, cell.field, cell.old, cell.new) for change in self.changes for cell in change.cells)
        return hashlib.sha256(msgspec.json.encode((self.crm, cells))).hexdigest()[:16]

    @property
    def wanted(self) -> int:
        return sum(count.wanted for count in self.counts)


def canonical(value: str | None) -> str | None:
    """The text that says the same value in one way: decimals lose trailing zeros, an empty text is None.

    >>> canonical("100.500"), canonical("0.0"), canonical("-0.250"), canonical("007 agents"), canonical("")
    ('100.5', '0', '-0.25', '007 agents', None)
    """
    if not value:
        return None
    if "." in value and value.lstrip("-").replace(".", "", 1).isdigit():
        short = value.rstrip("0").rstrip(".")
        return "0" if short in ("", "-", "-0") else short
    return value


def changes_of(fields: Sequence[MappedField], rows: Iterable[Sequence[Any]]) -> tuple[Change, ...]:
    """The rows of `cells.change_query` as changes."""
    return tuple(
        Change(
            row[0],
            row[1],
            tuple(
                Cell(field.key, comparable(old, field), comparable(new, field), unit)
                for field, state, old, new, unit in zip(fields, row[2::4], row[3::4], row[4::4], row[5::4], strict=True)
                if state == "change"
            ),
        )
        for row in rows
    )


def with_reasons(plan: Plan, reasons: Mapping[tuple[str, str], str]) -> Plan:
    """The plan with the reason of each cell, by record id and field; a cell that none is given for has none."""

    def told(change: Change) -> Change:
        cells = tuple(msgspec.structs.replace(cell, reason=reasons.get((change.id, cell.field))) for cell in change.cells)
        return msgspec.structs.replace(change, cells=cells)

    return msgspec.structs.replace(plan, changes=tuple(told(change) for change in plan.changes))


def comparable(text: str | None, field: MappedField) -> str | None:
    """The canonical text of a value of this field."""
    if text is None or not field.spec.sql_type.startswith("DECIMAL"):
        return text or None
    try:
        return canonical(format(Decimal(text), "f"))
    except InvalidOperation:
        return text


def moved(approved: Plan, fresh: Plan) -> str | None:
    """What differs between a plan that somebody approved and the same plan made now, as a sentence; None when they would write the same."""
    before, now = _values(approved), _values(fresh)
    differing = sorted(key for key in before.keys() | now.keys() if before.get(key) != now.get(key))
    if not differing:
        return None
    names = {change.id: change.name for change in (*approved.changes, *fresh.changes)}
    record, field = first = differing[0]
    was, would = (f"{cells[first][0] or 'empty'} → {cells[first][1] or 'empty'}" if first in cells else "left" for cells in (before, now))
    said = f"{len(differing):,} of {len(before.keys() | now.keys()):,} values"
    return f"{approved.crm}: {said} are not as approved; the first is {field} of {names[record]}: approved {was}, now {would}"


def _values(plan: Plan) -> dict[tuple[str, str], tuple[str | None, str | None]]:
    return {(change.id, cell.field): (cell.old, cell.new) for change in plan.changes for cell in change.cells}


def over_limits(plan: Plan) -> list[str]:
    """A sentence for each field of which too large a share would be replaced or cleared."""
    by_key = {field.key: field for field in plan.fields}
    return [sentence for count in plan.counts for sentence in _too_many(plan, count, by_key[count.field])]


def _too_many(plan: Plan, count: FieldCount, field: PlannedField) -> Iterable[str]:
    for what, cells, limit, mend in (
        ("replaced", count.replaced, field.limit, "raise the limit of this field for one run"),
        ("cleared", count.cleared, plan.cleared, "raise cleared under limits: for one run"),
    ):
        if cells >= plan.smallest and cells > limit * count.having:
            share = Decimal(100 * cells) / count.having
            yield (
                f"{plan.crm}: {cells} of {count.having} values of {field.key} ({share:.0f} %) would be {what}, "
                f"over the limit of {limit:.0%} ({field.place}); nothing was written. If this is meant, {mend}"
            )


def summary(plan: Plan, written: int, rejected: int, calls: Mapping[str, int]) -> dict[str, Any]:
    """The run in numbers of cells; `wanted` is the sum of written, unchanged, held and rejected, or the run is wrong."""
    unchanged = sum(count.unchanged for count in plan.counts)
    held = sum(count.held for count in plan.counts)
    return {
        "crm": plan.crm,
        "wanted": plan.wanted,
        "written": written,
        "unchanged": unchanged,
        "held": held,
        "rejected": rejected,
        "calls": dict(calls),
    }
