"""One recursive walk over a parsed expression: whitelist, type check and SQL text at once.

A class of node without a rule is not allowed. Every part's text is closed in itself: it can stand beside any operator.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from syncer.core import units
from syncer.core.kinds import Kind
from syncer.core.mixtures import mixed, nearest
from syncer.core.shown import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlglot import exp

    from syncer.core.kinds import Column

    Node = exp.Expr
    Rule = tuple[Callable[["Walk", Node], "Part"], frozenset[str]]
    """What makes a part of a node, and the arguments that the node may have."""

LARGEST_SQL = 20_000


@dataclass(frozen=True, order=True)
class Fault:
    """What is wrong, and the character (from 0) where it is."""

    offset: int
    text: str


class Refused(Exception):
    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.text)


class Given(NamedTuple):
    """A value that is written out in an expression and can be its result, and the character where it stands."""

    offset: int
    value: str


@dataclass(frozen=True)
class Part:
    """SQL text and its kind, None where NULL or unknown. `whole`: the text is of an integer type, as `//` needs. `unit`: what the number
    is in, None where it goes with any. `gives`: the written values that can be the part's own. `options`: all that a column can have."""

    sql: str
    kind: Kind | None
    literal: bool = False
    whole: bool = False
    unit: str | None = None
    gives: tuple[Given, ...] = ()
    options: tuple[str, ...] = ()

    @property
    def family(self) -> str | None:
        return units.family(self.kind, self.unit)


NOTHING = Part("NULL", None)


class Walk:
    """`faults` grow and `used` fills while parts are made; after a fault the walk goes on to find the others."""

    def __init__(self, columns: Mapping[str, Column], rule_of: Callable[[Node], Rule | str]) -> None:
        self.columns = columns
        self.rule_of = rule_of
        self.faults: list[Fault] = []
        self.used: set[str] = set()

    def part(self, node: Node | None) -> Part:
        if node is None:
            raise Refused(Fault(0, "a value is missing here; write it"))
        allowed = self.rule_of(node)
        if isinstance(allowed, str):
            return self.refuse(node, allowed)
        rule, names = allowed
        if any(value for name, value in node.args.items() if name not in names):
            return self.refuse(node, f"this form of {type(node).__name__.upper()} is not allowed; write it plainly")
        part = rule(self, node)
        if len(part.sql) > LARGEST_SQL:
            raise Refused(Fault(self.offset(node), "this grows too large; compute a part of it in a field of its own"))
        return part

    def refuse(self, node: Node, text: str) -> Part:
        self.faults.append(Fault(self.offset(node), text))
        return NOTHING

    def offset(self, node: Node) -> int:
        return min((each.meta["start"] for each in node.walk() if "start" in each.meta), default=0)

    def of_kind(self, node: Node, what: str, *kinds: Kind) -> Part:
        part = self.part(node)
        if part.kind is not None and part.kind not in kinds:
            wanted = " or ".join(kinds)
            return self.refuse(node, f"{what} needs {wanted}, and {shown(node)} is {part.kind}")
        return part

    def alike(self, node: Node, what: str, nodes: Sequence[Node]) -> list[Part]:
        return self.unified(node, what, nodes, [self.part(each) for each in nodes])

    def unified(self, node: Node, what: str, nodes: Sequence[Node], parts: list[Part]) -> list[Part]:
        """Values that must be of one kind and one unit. A plain number may stand for money and with any unit, '2026-11-01' for a date."""
        kinds = {part.kind for part in parts if part.kind}
        if kinds == {Kind.NUMBER, Kind.MONEY}:
            parts = [replace(part, kind=Kind.MONEY) if part.kind and part.literal else part for part in parts]
        elif kinds == {Kind.TEXT, Kind.DATE}:
            parts = [as_date(part) for part in parts]
        known = [(each, part) for each, part in zip(nodes, parts, strict=True) if part.kind]
        first = next((pair for pair in known if pair[1].family), known[0] if known else None)
        other = next((pair for pair in known if first and not _go_together(first[1], pair[1])), None)
        if first and other:
            pair = sorted((first, other), key=known.index)
            self.refuse(node, mixed(what, [(shown(each), part) for each, part in pair]))
            return [NOTHING] * len(parts)
        return parts

    def compared(self, node: Node, what: str, nodes: Sequence[Node]) -> list[Part]:
        """Values of one kind, the first compared with each other one. A written text that the other side never is, is a mistake."""
        (first, *others), parts = nodes, self.alike(node, what, nodes)
        for other, part in zip(others, parts[1:], strict=True):
            self._possible(first, parts[0], part)
            self._possible(other, part, parts[0])
        return parts

    def _possible(self, node: Node, column: Part, text: Part) -> None:
        if column.options and text.literal and text.kind is Kind.TEXT:
            at, value = text.gives[0]
            if value not in column.options:
                self.faults.append(Fault(at, f"{shown(node)} is never '{value[:40]}'; {nearest(value, column.options)}"))

    def demand(self, node: Node, what: str, parts: Sequence[Part], *kinds: Kind) -> None:
        """A fault where values, already of one kind, are of another than these."""
        kind = kind_of_all(parts)
        if all(part.kind for part in parts) and kind not in kinds:
            self.refuse(node, f"{what} is for {' or '.join(kinds)}, not for {kind}")


def as_date(part: Part) -> Part:
    """A quoted `2026-11-01` as the day that it names; any other part as it is."""
    if not (part.literal and part.kind is Kind.TEXT and is_day(part.sql.strip("'"))):
        return part
    return Part(f"DATE {part.sql}", Kind.DATE, literal=True)


def is_day(text: str) -> bool:
    try:
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text) and date.fromisoformat(text))
    except ValueError:
        return False


def kind_of_all(parts: Sequence[Part]) -> Kind | None:
    return next((part.kind for part in parts if part.kind), None)


def one_of(sql: str, parts: Sequence[Part]) -> Part:
    """The part that is one of others, all of one kind and unit."""
    unit = units.common(part.unit for part in parts)
    return Part(
        sql,
        kind_of_all(parts),
        whole=all(part.whole for part in parts),
        unit=unit,
        gives=tuple(given for part in parts for given in part.gives),
    )


def _go_together(one: Part, other: Part) -> bool:
    return one.kind is other.kind and (one.family == other.family or not (one.family and other.family))
