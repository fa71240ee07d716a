"""A plan as people read it, on whatever: what matters first, values with their units, cleared ones apart, held ones by reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import msgspec

from syncer.core.plan import Cell, Change, FieldCount, Held, Plan, PlannedField
from syncer.core.plan_file import Cost, WrittenPlan
from syncer.core.plan_words import counted, delta, percent, sort_weight, value_text
from syncer.words import when
from syncer.words.vendors import VENDOR_NAMES

SHOWN_NAMES = 4
AMBIGUOUS = "Where it is unclear which account is meant, `syncer match` shows the candidates and lets you decide."


@dataclass(frozen=True)
class Line:
    """One cell: `old` and `new` with the unit where the number stands last, None for empty; the difference of numbers, or ""."""

    field: PlannedField
    label: str
    old: str | None
    new: str | None
    delta: str
    reason: str
    weight: Decimal


@dataclass(frozen=True)
class Account:
    """One record and cells of it; their lines are made when they are asked for, since of thousands a few are shown."""

    id: str
    name: str
    cells: Sequence[Cell]
    line: Callable[[Cell], Line]

    @cached_property
    def lines(self) -> Sequence[Line]:
        return [self.line(cell) for cell in self.cells]

    @property
    def weight(self) -> tuple[Decimal, int]:
        """The largest movement of money first, then who has the most lines."""
        return max(map(sort_weight, self.cells)), len(self.cells)


@dataclass(frozen=True)
class Cleared:
    """One field that would be emptied: its line with the name of each account."""

    label: str
    place: str
    lines: Sequence[tuple[str, Line]]


@dataclass(frozen=True)
class HeldGroup:
    """What is held for one reason: the fields' labels, and the accounts by id."""

    reason: str
    ambiguous: bool
    fields: Sequence[str]
    accounts: Mapping[str, str]
    cells: int

    @property
    def about(self) -> str:
        fields = ", ".join(self.fields) if len(self.fields) <= 3 else f"{', '.join(self.fields[:2])} and {len(self.fields) - 2} more fields"
        names = list(self.accounts.values())
        more = f" and {len(names) - SHOWN_NAMES:,} more" if len(names) > SHOWN_NAMES else ""
        return f"{fields} of {', '.join(names[:SHOWN_NAMES])}{more}"


@dataclass(frozen=True)
class FieldRow:
    """One field in numbers; `allowed` says how much of its limits is used, `over` whether that is too much."""

    label: str
    place: str
    count: FieldCount
    allowed: str
    over: bool


class View:
    """One written plan to be read in a language; `account` (a name or id) and `field` (a key) narrow what is shown. `kept` names the file
    that holds it for `syncer apply`, if there is one."""

    def __init__(
        self, written: WrittenPlan, language: str = "en", *, account: str | None = None, field: str | None = None, kept: str | None = None
    ) -> None:
        self.written = written
        self.kept = kept
        self.plan = _narrowed(written.plan, account, field)
        self.narrowed = bool(account or field)
        self._language = language
        self._fields = {each.key: each for each in self.plan.fields}

    def label(self, key: str) -> str:
        """The field's label in the language, in English where it has none."""
        field = self._fields[key]
        return (field.label_ja if self._language == "ja" else None) or field.label

    @property
    def title(self) -> str:
        undoes = f": undo run {self.written.of}" if self.written.kind == "undo" else ""
        return f"{VENDOR_NAMES[self.plan.crm]}{undoes}"

    @cached_property
    def facts(self) -> Sequence[tuple[str, str]]:
        """The head: what it is about, a line each."""
        plan = self.plan
        matched = " · ".join(f"{VENDOR_NAMES.get(source, source)} {count:,}" for source, count in plan.matched.items())
        unclear = f" · {plan.ambiguous:,} ambiguous, held" if plan.ambiguous else ""
        return [
            ("As of", f"{when.iso(plan.as_of).replace('T', ' ').removesuffix(':00Z').removesuffix('Z')} UTC · run {self.written.run}"),
            ("Accounts", f"{plan.accounts:,} in the CRM" + (f" · matched: {matched}" if matched else "") + unclear),
            ("Values", self._values()),
            *self._calls(),
            ("Fingerprint", self.written.plan.fingerprint),
        ]

    def _values(self) -> str:
        counts = self.plan.counts
        filled, replaced, cleared, held, right = (
            sum(getattr(count, name) for count in counts) for name in ("filled", "replaced", "cleared", "held", "unchanged")
        )
        changed = f"{counted(filled + replaced + cleared, 'value')} would change on {counted(len(self.plan.changes), 'account')}"
        kinds = [f"{number:,} {word}" for number, word in ((filled, "filled"), (replaced, "replaced"), (cleared, "emptied")) if number]
        return f"{changed}{': ' + ', '.join(kinds) if kinds else ''} · {held:,} held back · {right:,} already right"

    def _calls(self) -> Iterable[tuple[str, str]]:
        costs = {VENDOR_NAMES.get(vendor, vendor): cost for vendor, cost in self.written.forecast.items()}
        spent = [f"{vendor} {cost.spent:,}" for vendor, cost in costs.items() if cost.spent]
        coming = [f"{vendor} {cost.calls:,}" for vendor, cost in costs.items() if cost.calls]
        quotas = [f"{vendor} {_quota_text(cost)}" for vendor, cost in costs.items() if cost.quota]
        lines = {"Calls made": spent, "To apply": coming and [f"at most {coming[0]}", *coming[1:]], "Quota": quotas}
        return [(name, " · ".join(texts)) for name, texts in lines.items() if texts]

    @cached_property
    def rows(self) -> Sequence[FieldRow]:
        """The fields of which anything would change, in the order of the mapping."""
        return [self._row(count) for count in self.plan.counts if count.changed]

    @property
    def quiet(self) -> int:
        """How many fields there are of which nothing would change."""
        return len(self.plan.counts) - len(self.rows)

    def _row(self, count: FieldCount) -> FieldRow:
        field = self._fields[count.field]
        uses = [(count.replaced, field.limit, ""), (count.cleared, self.plan.cleared, " emptied")]
        used = [(Decimal(cells) / count.having, limit, word, cells) for cells, limit, word in uses if cells and count.having]
        if not used:
            return FieldRow(self.label(count.field), field.place, count, "", over=False)
        share, limit, word, cells = max(used, key=lambda use: use[0] / use[1] if use[1] else Decimal("Infinity"))
        if cells < self.plan.smallest:
            return FieldRow(self.label(count.field), field.place, count, f"under {self.plan.smallest:,}", over=False)
        return FieldRow(self.label(count.field), field.place, count, f"{percent(share)} of {percent(limit)}{word}", over=share > limit)

    @cached_property
    def cleared(self) -> Sequence[Cleared]:
        """The fields with values that would be emptied, the largest money first, then the most values; so within a field."""
        found: dict[str, list[tuple[str, Line]]] = {}
        for account in self._accounts(lambda cell: cell.new is None):
            for line in account.lines:
                found.setdefault(line.field.key, []).append((account.name, line))
        groups = [Cleared(lines[0][1].label, lines[0][1].field.place, lines) for lines in found.values()]
        return sorted(groups, key=lambda group: (max(line.weight for _, line in group.lines), len(group.lines)), reverse=True)

    @property
    def emptied(self) -> int:
        """How many values would be emptied."""
        return sum(len(group.lines) for group in self.cleared)

    @cached_property
    def changes(self) -> Sequence[Account]:
        """Accounts with the values that would be filled or replaced, the largest movement of money first."""
        return self._accounts(lambda cell: cell.new is not None)

    @cached_property
    def everything(self) -> Sequence[Account]:
        """Accounts with all values that would change."""
        return self._accounts(lambda _: True)

    def _accounts(self, wanted: Callable[[Cell], bool]) -> Sequence[Account]:
        chosen = ((change, [cell for cell in change.cells if wanted(cell)]) for change in self.plan.changes)
        found = [Account(change.id, change.name, cells, self._line) for change, cells in chosen if cells]
        return sorted(found, key=lambda account: account.weight, reverse=True)

    def _line(self, cell: Cell) -> Line:
        field = self._fields[cell.field]
        unit = cell.unit
        old = None if cell.old is None else value_text(cell.old, field.type, unit, named=cell.new is None)
        new = None if cell.new is None else value_text(cell.new, field.type, unit)
        return Line(field, self.label(cell.field), old, new, delta(cell, field.type), cell.reason or "", sort_weight(cell))

    @cached_property
    def held(self) -> Sequence[HeldGroup]:
        """What is held, by reason, the reason that holds the most first."""
        groups: dict[tuple[str, bool], list[Held]] = {}
        for held in self.plan.held:
            groups.setdefault((held.reason, held.ambiguous), []).append(held)
        found = [self._group(*key, rows) for key, rows in groups.items()]
        return sorted(found, key=lambda group: -group.cells)

    def _group(self, reason: str, ambiguous: bool, rows: Sequence[Held]) -> HeldGroup:
        labels = dict.fromkeys(self.label(key) for held in rows for key in held.fields)
        cells = sum(len(held.fields) for held in rows)
        return HeldGroup(reason, ambiguous, list(labels), {held.id: held.name for held in rows}, cells)

    @property
    def next_steps(self) -> Sequence[str]:
        """What to do with it: sentences with commands in backticks."""
        if not self.written.plan.changes:
            return ["nothing: every value that is wanted is in the CRM already, or held."]
        if self.written.refused:
            return []
        if self.kept:
            return [f"`syncer apply {self.kept}` writes this, and nothing else; where anything moved meanwhile, nothing."]
        again = f"undo {self.written.of}" if self.written.kind == "undo" else "plan"
        return [f"`syncer {again} --out plan.json` keeps this plan; `syncer apply plan.json` writes it, and nothing else."]


def _narrowed(plan: Plan, account: str | None, field: str | None) -> Plan:
    """The plan with only that account (by id, or part of its name) and that field."""

    def named(row: Change | Held) -> bool:
        return account is None or row.id == account or account.casefold() in row.name.casefold()

    changes = [msgspec.structs.replace(change, cells=_of_field(change.cells, field)) for change in plan.changes if named(change)]
    held = [row for row in plan.held if named(row) and (field is None or field in row.fields)]
    return msgspec.structs.replace(
        plan,
        changes=tuple(change for change in changes if change.cells),
        held=tuple(held if field is None else [msgspec.structs.replace(row, fields=(field,)) for row in held]),
        counts=tuple(count for count in plan.counts if field in (None, count.field)),
    )


def _of_field(cells: tuple[Cell, ...], field: str | None) -> tuple[Cell, ...]:
    return cells if field is None else tuple(cell for cell in cells if cell.field == field)


def _quota_text(cost: Cost) -> str:
    """`81 of 100,000 used in 24 hours, applying takes under 0.1 %`."""
    quota, share = cost.quota, cost.share
    if quota is None or share is None:
        return ""
    window = "today" if quota.window == "day" else f"in {quota.window}"
    takes = "under 0.1 %" if share < Decimal("0.1") else f"{share:.1f} %"
    return f"{quota.used:,} of {quota.limit:,} used {window}" + (f", applying takes {takes}" if cost.calls else "")
