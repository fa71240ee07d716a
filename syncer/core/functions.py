"""Rules for functions: SQL's own that mean the same on every engine, and ours where SQL has none that does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from syncer.core import macros, units
from syncer.core.kinds import Kind
from syncer.core.shown import shown
from syncer.core.walk import Given, Part, as_date, one_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from syncer.core.walk import Node, Rule, Walk

MOST_DECIMALS = 3


def coalesce(walk: Walk, node: Node) -> Part:
    if not node.expressions:
        return walk.refuse(node, "COALESCE needs at least two values")
    parts = walk.alike(node, "COALESCE", [node.this, *node.expressions])
    return one_of(f"COALESCE({', '.join(part.sql for part in parts)})", parts)


def nullif(walk: Walk, node: Node) -> Part:
    if isinstance(node.expression, exp.Null):
        return walk.refuse(node, "NULLIF with NULL changes nothing; leave it out")
    value, other = walk.alike(node, "NULLIF", [node.this, node.expression])
    return replace(value, sql=f"NULLIF({value.sql}, {other.sql})", literal=False)


def of_text(name: str, change: Callable[[str], str]) -> Callable[[Walk, Node], Part]:
    def rule(walk: Walk, node: Node) -> Part:
        part = walk.of_kind(node.this, name, Kind.TEXT)
        return Part(f"{name}({part.sql})", Kind.TEXT, gives=tuple(Given(at, change(value)) for at, value in part.gives))

    return rule


def length(walk: Walk, node: Node) -> Part:
    return Part(f"LENGTH({walk.of_kind(node.this, 'LENGTH', Kind.TEXT).sql})", Kind.NUMBER, whole=True)


def concat(walk: Walk, node: Node) -> Part:
    parts = [walk.of_kind(each, "CONCAT", Kind.TEXT) for each in node.expressions]
    return Part(f"CONCAT({', '.join(part.sql for part in parts)})", Kind.TEXT)


def substring(walk: Walk, node: Node) -> Part:
    """Places are plain numbers from 1: engines disagree about 0 and negative ones."""
    value = walk.of_kind(node.this, "SUBSTRING", Kind.TEXT)
    numbers = [walk.part(each) for each in (node.args.get("start"), node.args.get("length")) if each]
    if not numbers or any(not (part.literal and part.whole and part.sql.isdigit()) for part in numbers):
        return walk.refuse(node, "SUBSTRING needs a start and a length as plain whole numbers: SUBSTRING(text, 1, 3)")
    if int(numbers[0].sql) == 0:
        return walk.refuse(node, "SUBSTRING counts from 1")
    return Part(f"SUBSTRING({', '.join([value.sql, *(part.sql for part in numbers)])})", Kind.TEXT)


def replaced(walk: Walk, node: Node) -> Part:
    """What is looked for is a plain text: engines disagree about looking for nothing."""
    value = walk.of_kind(node.this, "REPLACE", Kind.TEXT)
    old = walk.part(node.expression)
    if not (old.literal and old.kind is Kind.TEXT and old.sql != "''") or not node.args.get("replacement"):
        return walk.refuse(node, "REPLACE needs a plain text to look for and what stands in its place: REPLACE(text, 'old', 'new')")
    new = walk.of_kind(node.args["replacement"], "REPLACE", Kind.TEXT)
    return Part(f"REPLACE({value.sql}, {old.sql}, {new.sql})", Kind.TEXT)


def text(walk: Walk, node: Node) -> Part:
    part = walk.of_kind(node.expressions[0], "TEXT", Kind.NUMBER, Kind.MONEY, Kind.DATE)
    whole = part.whole or part.kind is Kind.DATE
    return Part(macros.whole_text(part.sql) if whole else macros.plain_text(part.sql), Kind.TEXT)


def url_encode(walk: Walk, node: Node) -> Part:
    part = walk.of_kind(node.expressions[0], "URL_ENCODE", Kind.TEXT)
    return Part(macros.url_encode(part.sql), Kind.TEXT)


def absolute(walk: Walk, node: Node) -> Part:
    part = walk.of_kind(node.this, "ABS", Kind.NUMBER, Kind.MONEY)
    gives = tuple(Given(given.offset, given.value.removeprefix("-")) for given in part.gives)
    return replace(part, sql=f"ABS({part.sql})", gives=gives)


def rounded(walk: Walk, node: Node) -> Part:
    part = walk.of_kind(node.this, "ROUND", Kind.NUMBER, Kind.MONEY)
    decimals = walk.part(node.args["decimals"]) if node.args.get("decimals") else Part("0", Kind.NUMBER)
    if not decimals.sql.isdigit() or int(decimals.sql) > MOST_DECIMALS:
        return walk.refuse(node, "ROUND needs the decimals as a plain number from 0 to 3: ROUND(value, 1)")
    return Part(f"ROUND({part.sql}, {decimals.sql})", part.kind, unit=part.unit)


def clamp(walk: Walk, node: Node) -> Part:
    value, low, high = parts = walk.alike(node, "CLAMP", node.expressions)
    walk.demand(node, "CLAMP", parts, Kind.NUMBER, Kind.MONEY, Kind.DATE)
    return one_of(macros.clamp(value.sql, low.sql, high.sql), parts)


def pct(walk: Walk, node: Node) -> Part:
    parts = walk.alike(node, "PCT", node.expressions)
    walk.demand(node, "PCT", parts, Kind.NUMBER, Kind.MONEY)
    over, under = whole_numbers(*parts)
    return Part(macros.pct(over, under), Kind.NUMBER, whole=True, unit="percent")


def round_div(walk: Walk, node: Node) -> Part:
    """A number by a number, or money by money, is a whole number; money by a number is money, to its thousandth."""
    over, under = (walk.of_kind(each, "ROUND_DIV", Kind.NUMBER, Kind.MONEY) for each in node.expressions)
    if over.kind is Kind.NUMBER and under.kind is Kind.MONEY:
        return walk.refuse(node, "ROUND_DIV divides money by a number, not a number by money")
    if over.kind is under.kind is Kind.MONEY:
        over, under = walk.unified(node, "ROUND_DIV", node.expressions, [over, under])
    if over.kind is Kind.MONEY and under.kind is Kind.NUMBER:
        below = f"CAST({under.sql} AS BIGINT)" if under.whole else macros.thousandths(under.sql)
        above = macros.thousandths(over.sql) if under.whole else f"(1000 * {macros.thousandths(over.sql)})"
        quotient = f"CAST({macros.round_div(above, below)} AS DECIMAL(20, 0))"
        return Part(f"CAST({quotient} * 0.001 AS DECIMAL(18, 3))", Kind.MONEY, unit=over.unit)
    unit = None if over.kind is Kind.MONEY else units.quotient(over.unit, under.unit)
    return Part(macros.round_div(*whole_numbers(over, under)), Kind.NUMBER, whole=True, unit=unit)


def whole_numbers(over: Part, under: Part) -> tuple[str, str]:
    """Two numbers as integers in the same ratio."""
    scale = "" if over.whole and under.whole else "1000 * "
    above, below = (f"({scale}CAST({part.sql} AS BIGINT))" if part.whole else macros.thousandths(part.sql) for part in (over, under))
    return above, below


def dates(walk: Walk, what: str, nodes: Sequence[Node]) -> list[Part]:
    """The parts, each a date or the text of one."""
    parts = [as_date(walk.part(each)) for each in nodes]
    for each, part in zip(nodes, parts, strict=True):
        if part.kind not in (Kind.DATE, None):
            walk.refuse(each, f"{what} needs date, and {shown(each)} is {part.kind}")
    return parts


def days_between(walk: Walk, node: Node) -> Part:
    start, end = dates(walk, "DAYS_BETWEEN", node.expressions)
    return Part(macros.days_between(start.sql, end.sql), Kind.NUMBER, whole=True, unit="days")


def months_between(walk: Walk, node: Node) -> Part:
    start, end = dates(walk, "MONTHS_BETWEEN", [node.this, node.expression])
    return Part(macros.months_between(start.sql, end.sql), Kind.NUMBER, whole=True, unit="months")


def month_start(walk: Walk, node: Node) -> Part:
    [day] = dates(walk, "MONTH_START", node.expressions)
    return Part(macros.month_start(day.sql), Kind.DATE)


OURS: dict[str, tuple[Callable[[Walk, Node], Part], str]] = {
    "CLAMP": (clamp, "CLAMP(value, lowest, highest)"),
    "DAYS_BETWEEN": (days_between, "DAYS_BETWEEN(from, to)"),
    "MONTH_START": (month_start, "MONTH_START(date)"),
    "PCT": (pct, "PCT(part, whole)"),
    "ROUND_DIV": (round_div, "ROUND_DIV(number, divisor)"),
    "TEXT": (text, "TEXT(value)"),
    "URL_ENCODE": (url_encode, "URL_ENCODE(text)"),
}


def ours(walk: Walk, node: Node) -> Part:
    rule, form = OURS[node.name.upper()]
    if len(node.expressions) != form.count(",") + 1:
        return walk.refuse(node, f"write {form}")
    return rule(walk, node)


THIS = frozenset(("this",))
RULES: dict[type[Node], Rule] = {
    exp.Coalesce: (coalesce, frozenset(("this", "expressions"))),
    exp.Nullif: (nullif, frozenset(("this", "expression"))),
    exp.Upper: (of_text("UPPER", str.upper), THIS),
    exp.Lower: (of_text("LOWER", str.lower), THIS),
    exp.Trim: (of_text("TRIM", lambda value: value.strip(" ")), THIS),
    exp.Length: (length, THIS),
    exp.Concat: (concat, frozenset(("expressions", "safe", "coalesce"))),
    exp.Substring: (substring, frozenset(("this", "start", "length"))),
    exp.Replace: (replaced, frozenset(("this", "expression", "replacement"))),
    exp.MonthsBetween: (months_between, frozenset(("this", "expression"))),
    exp.Abs: (absolute, THIS),
    exp.Round: (rounded, frozenset(("this", "decimals"))),
    exp.Anonymous: (ours, frozenset(("this", "expressions"))),
}
SQLS_OWN = ("ABS", "CASE", "COALESCE", "CONCAT", "LENGTH", "LOWER", "NULLIF", "ROUND", "REPLACE", "SUBSTRING", "TRIM", "UPPER")
NAMES = sorted((*SQLS_OWN, "MONTHS_BETWEEN", "TODAY", *OURS))
