"""What differs between two states of the written files, key by key, and what that does to values. Pure: texts and rows in, values out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from syncer.core.cells import MappedField
from syncer.core.plan import canonical
from syncer.core.plan_words import NUMBERS
from syncer.specs.reader import Loc, Page
from syncer.words.money import KNOWN, exponent

LONGEST = 200
"""Characters of a value that are told."""
SHOWN = 5
"""Groups and accounts that are told of a field."""


class Edit(msgspec.Struct, frozen=True):
    """One key of one file that is not as it was: `old` is None where it was added, `new` where it was removed. `place` is file:line in the
    later file, of what was removed in the earlier one."""

    file: str
    key: str
    place: str
    old: str | None
    new: str | None

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(self.key.split("."))


class Group(msgspec.Struct, frozen=True):
    """Accounts whose value goes the same way."""

    old: str | None
    new: str | None
    accounts: int


class Mover(msgspec.Struct, frozen=True):
    """One account whose value changes."""

    id: str
    account: str
    old: str | None
    new: str | None
    unit: str | None = None


class Difference(msgspec.Struct, frozen=True):
    """What the edits do to one field: on how many `accounts` its value is another, how many of these had none (`filled`) or have none any
    more (`cleared`; emptied in the CRM where `empties`), how many numbers go `up` and `down`, and how many values are `held` back that were
    not, or `released`.

    `status`: `kept`, or `added` and `removed` where only one of the two writes the field. `groups` are the most frequent ways that at
    least two accounts go, for what is no number; `movers` accounts, those whose number goes furthest first.
    """

    field: str
    label: str
    type: str
    place: str
    status: str
    empties: bool
    accounts: int = 0
    filled: int = 0
    cleared: int = 0
    up: int = 0
    down: int = 0
    held: int = 0
    released: int = 0
    groups: Sequence[Group] = ()
    movers: Sequence[Mover] = ()
    reasons: Sequence[tuple[str, int]] = ()


class Row(NamedTuple):
    """One account in one field: its value and why it is held, before and after."""

    id: str
    account: str
    old: str | None
    new: str | None
    held_before: str | None
    held: str | None
    unit: str | None


def difference(field: MappedField, status: str, rows: Iterable[Row]) -> Difference:
    """The rows that are not alike as one value. What is held is not written: its value counts as no change."""
    every = [row._replace(old=canonical(row.old), new=canonical(row.new)) for row in rows]
    moved = [row for row in every if not row.held and not row.held_before and row.old != row.new]
    held = [row for row in every if row.held and not row.held_before]
    numeric = field.spec.type in NUMBERS
    steps = [_step(row) for row in moved if numeric and row.old and row.new]
    ways = Counter((row.old, row.new) for row in moved if not numeric)
    furthest = sorted(moved, key=lambda row: (-abs(_step(row)) if numeric else 0, row.account, row.id))
    return Difference(
        field.key,
        field.spec.label,
        field.spec.type,
        field.place,
        status,
        field.clears,
        len(moved),
        sum(row.old is None for row in moved),
        sum(row.new is None for row in moved),
        sum(step > 0 for step in steps),
        sum(step < 0 for step in steps),
        len(held),
        sum(bool(row.held_before) and not row.held for row in every),
        [Group(*way, count) for way, count in ways.most_common(SHOWN) if count > 1],
        [Mover(row.id, row.account, row.old, row.new, row.unit) for row in furthest[:SHOWN]],
        Counter(row.held or "" for row in held).most_common(SHOWN),
    )


def _step(row: Row) -> Decimal:
    """By how much a number moves; roughly comparable over currencies, as a yen counts as a hundredth of a dollar."""
    step = Decimal(row.new or 0) - Decimal(row.old or 0)
    return step.scaleb(exponent(row.unit) - 2) if row.unit and row.unit.lower() in KNOWN else step


def edits(before: Mapping[str, str], after: Mapping[str, str]) -> list[Edit]:
    """The differences of two projects' texts by name, in the order of the files. Comments, order of keys and spelling make none."""
    names = dict.fromkeys([*after, *before])
    return [edit for name in names for edit in _of_file(name, before.get(name), after.get(name))]


def _of_file(name: str, before: str | None, after: str | None) -> Iterator[Edit]:
    if before == after:
        return
    if not name.endswith((".yaml", ".yml")):
        yield _of_lines(name, before, after)
        return
    old, new = Page(name, before or "{}"), Page(name, after or "{}")
    for loc, was, now in _differences((), old.data()[0], new.data()[0]):
        page = old if now is None else new
        yield Edit(name, ".".join(map(str, loc)), f"{name}:{page.where(loc)[0]}", _told(was), _told(now))


def _of_lines(name: str, before: str | None, after: str | None) -> Edit:
    """A table of lines: how many were there and are there."""
    count = [None if text is None else f"{len(text.splitlines()):,} lines" for text in (before, after)]
    known = set((before or "").splitlines())
    first = next((number for number, line in enumerate((after or "").splitlines(), 1) if line not in known), 1)
    return Edit(name, "lines", f"{name}:{first}", *count)


def _differences(loc: Loc, old: Any, new: Any) -> Iterator[tuple[Loc, Any, Any]]:
    """Keys with what stood there and what stands there now; None for nothing."""
    if isinstance(old, dict) != isinstance(new, dict) and len(loc) > 1:
        old, new = _spelt_out(old), _spelt_out(new)
    if not (isinstance(old, dict) and isinstance(new, dict)):
        if old != new:
            yield loc, old, new
        return
    for key in dict.fromkeys([*new, *old]):
        yield from _differences((*loc, key), old.get(key), new.get(key))


def _spelt_out(value: Any) -> Any:
    """`mrr: stripe.mrr` as `mrr: {value: stripe.mrr}`, so that a limit that is added is one key."""
    return {"value": value} if isinstance(value, str) else value


def _told(value: Any) -> str | None:
    """A value in one line, as YAML has it."""
    if value is None:
        return None
    text = _flow(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(each) for each in value) + "]"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "~"}[value]
    return format(value, "f") if isinstance(value, Decimal) else " ".join(str(value).split())
