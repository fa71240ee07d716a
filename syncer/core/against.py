"""What differs between two states of the written files, key by key, and what that does to values. Pure: texts and rows in, values out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from syncer.specs.reader import Loc, Page

LONGEST = 200
"""Characters of a value that are told."""


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
