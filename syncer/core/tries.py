"""An expression tried on the accounts at hand: what it gives, how its values are spread, and how one account comes to its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_FLOOR, Decimal
from typing import TypeVar

import msgspec
from rich.cells import cell_len
from sqlglot import exp

from syncer.core.cells import MappedField, not_converted
from syncer.core.conversion import RECORD
from syncer.core.expressions import Expression, Fault, check, parsed
from syncer.core.kinds import Column, Kind
from syncer.core.plan import canonical
from syncer.core.units import told

SHADOW = "tried__"
"""The key of the field that `--field` compares with; no written field can have it."""
BARS = 8
TALL_PCT = 90
"""Where a few values lie far beyond those of so many percent, the last bar holds all of them."""
MOST_STEPS = 12
PLAIN = (exp.Column, exp.Identifier, exp.Literal, exp.Paren, exp.Boolean, exp.Null, exp.DataType, exp.If, exp.Var)
"""What is no step of its own on the way to a value."""


Value = TypeVar("Value")


class Bar(msgspec.Struct, frozen=True):
    """Accounts whose value is `low` or more and below `high`, without an end where that is null; with one value only, both are that one."""

    low: str
    high: str | None
    accounts: int


class Spread(msgspec.Struct, frozen=True):
    """How values are spread: the least, the middle and the largest of what has an order, bars for numbers, the commonest of the rest."""

    low: str | None = None
    middle: str | None = None
    high: str | None = None
    bars: Sequence[Bar] = ()
    top: Sequence[tuple[str, int]] = ()


def pointed(text: str, faults: Sequence[Fault]) -> str:
    """Every fault under its place in the expression.

    >>> print(pointed("stripe.mr * 2", [Fault(0, "there is no column stripe.mr")]))
    stripe.mr * 2
    ^ there is no column stripe.mr
    """
    lines = []
    for fault in faults:
        line = text[: fault.offset].count("\n")
        start = text.rfind("\n", 0, fault.offset) + 1
        lines += [text.splitlines()[line] if text else "", f"{' ' * cell_len(text[start : fault.offset])}^ {fault.text}"]
    return "\n".join(lines)


def shadow(field: MappedField, expression: Expression, columns: Mapping[str, Column], fields: Sequence[MappedField]) -> MappedField:
    """The field as it would be with this expression, under another key beside it."""
    earlier = {each.key: each for each in fields}
    used = expression.columns.union(*(earlier[name].expression.columns for name in expression.columns if name in earlier))
    money = expression.unit if expression.kind is Kind.MONEY else None
    held = held_by(expression, columns)
    made = replace(field, key=SHADOW, expression=replace(expression, columns=used), held_by=held, currency=money)
    made = replace(made, unit=told(expression.kind, expression.unit))
    return replace(made, held_by=(*held, not_converted(SHADOW))) if made.converts_from else made


def held_by(expression: Expression, columns: Mapping[str, Column]) -> tuple[str, ...]:
    """The columns of which a reason holds the value back."""
    return tuple(dict.fromkeys(name for used in sorted(expression.columns) for name in columns[used].held_by))


def try_query(expression: Expression, columns: Mapping[str, Column]) -> str:
    """A row per account: account_id, account_name, result, hold (the reason or null), unit (the currency of money), `today` and what the
    expression uses by the names of `cells`."""
    reasons = ", ".join([f'"{name}"' for name in held_by(expression, columns)] + ["CAST(NULL AS VARCHAR)"])
    used = "".join(f", {flat(name)}" for name in sorted(expression.columns))
    return (
        f"SELECT account_id, account_name, {expression.sql} AS result, COALESCE({reasons}, NULL) AS hold, {_unit(expression)} AS unit, "
        f"today{used} FROM cells"
    )


def flat(name: str) -> str:
    """A column as the table `cells` names it."""
    return f'"{name.replace(".", "__")}"'


def steps(text: str, columns: Mapping[str, Column]) -> Iterator[tuple[str, Expression]]:
    """The parts of an expression that have a value of their own, the innermost first; columns and the whole are left out."""
    whole = parsed(text, columns)
    found: dict[str, Expression] = {}
    for node in _inner_first(whole):
        written = "" if node is whole or isinstance(node, PLAIN) else _written(node)
        part = check(written, columns) if written else []
        if isinstance(part, Expression) and part.columns:
            found.setdefault(written, part)
    found.pop(_written(whole), None)
    yield from list(found.items())[:MOST_STEPS]


def _inner_first(node: exp.Expr) -> Iterator[exp.Expr]:
    for child in node.iter_expressions():
        yield from _inner_first(child)
    yield node


def _written(node: exp.Expr) -> str:
    """A part of an expression as ops write it."""
    today = node.transform(lambda part: exp.Anonymous(this="TODAY") if isinstance(part, exp.CurrentDate) else part)
    return today.sql(dialect="duckdb", comments=False)


def spread(kind: Kind, values: Sequence[tuple[str, int]], most: int = BARS) -> Spread:
    """The spread of values as text, each with how many accounts have it.

    >>> spread(Kind.NUMBER, [("1", 3), ("2.50", 1)]).bars
    (Bar(low='1', high='1', accounts=3), Bar(low='2.5', high='2.5', accounts=1))
    """
    if kind in (Kind.TEXT, Kind.BOOL):
        common = sorted(values, key=lambda pair: (-pair[1], pair[0]))[:most]
        return Spread(top=tuple(common))
    if not values:
        return Spread()
    numeric = kind is not Kind.DATE
    ordered = sorted(values, key=(lambda pair: Decimal(pair[0])) if numeric else lambda pair: pair[0])
    low, middle, high = (canonical(text) for text in (ordered[0][0], _at(ordered, 50), ordered[-1][0]))
    return Spread(low, middle, high, bars=tuple(_bars([(Decimal(text), count) for text, count in ordered], most)) if numeric else ())


def _at(ordered: Sequence[tuple[Value, int]], pct: int) -> Value:
    """The value that so many percent of the accounts reach at most."""
    left = -(-sum(count for _, count in ordered) * pct // 100)
    for value, count in ordered:
        left -= count
        if left <= 0:
            return value
    return ordered[-1][0]


def _bars(ordered: Sequence[tuple[Decimal, int]], most: int) -> Iterator[Bar]:
    if len(ordered) <= most:
        yield from (Bar(_plain(value), _plain(value), count) for value, count in ordered)
        return
    least, tall = ordered[0][0], _at(ordered, TALL_PCT)
    last = tall if ordered[-1][0] > 2 * tall > 2 * least else ordered[-1][0]
    width = _round_width((last - least) / most)
    counts: dict[int, int] = {}
    for value, count in ordered:
        place = int((min(value, last) / width).to_integral_value(ROUND_FLOOR))
        counts[place] = counts.get(place, 0) + count
    for place in range(min(counts), max(counts) + 1):
        high = None if last < ordered[-1][0] and place == max(counts) else _plain((place + 1) * width)
        yield Bar(_plain(place * width), high, counts.get(place, 0))


def _round_width(width: Decimal) -> Decimal:
    """The next 1, 2 or 5 with zeros."""
    ten = Decimal(10) ** width.adjusted()
    return next(step * ten for step in (1, 2, 5, 10) if step * ten >= width)


def _plain(number: Decimal) -> str:
    return canonical(format(number, "f")) or "0"


def _unit(expression: Expression) -> str:
    """The SQL of the currency that money is in, where an account tells it."""
    if expression.kind is Kind.MONEY and expression.unit == RECORD:
        return "UPPER(record__currency)"
    if expression.kind is Kind.MONEY and expression.unit and "." in expression.unit:
        return f"UPPER({flat(expression.unit)})"
    return "CAST(NULL AS VARCHAR)"
