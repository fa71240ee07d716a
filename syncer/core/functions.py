"""Rules for functions: SQL's own that mean the same on every engine, and ours where SQL has none that does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from syncer.core import macros
from syncer.core.kinds import Kind
from syncer.core.walk import Part, as_date, kind_of_all

if TYPE_CHECKING:
    from collections.abc import Callable

    from syncer.core.walk import Node, Rule, Walk

MOST_DECIMALS = 3


def coalesce(walk: Walk, node: Node) -> Part:
    if not node.expressions:
        return walk.refuse(node, "COALESCE needs at least two values")
    parts = walk.alike(node, "COALESCE", [node.this, *node.expressions])
    whole = all(part.whole for part in parts)
    return Part(f"COALESCE({', '.join(part.sql for part in parts)})", kind_of_all(parts), whole=whole)


def nullif(walk: Walk, node: Node) -> Part:
    if isinstance(node.expression, exp.Null):
        return walk.refuse(node, "NULLIF with NULL changes nothing; leave it out")
    value, other = walk.alike(node, "NULLIF", [node.this, node.expression])
    return Part(f"NULLIF({value.sql}, {other.sql})", value.kind, whole=value.whole)


def of_text(name: str, kind: Kind) -> Callable[[Walk, Node], Part]:
    def rule(walk: Walk, node: Node) -> Part:
        part = walk.of_kind(node.this, name, Kind.TEXT)
        return Part(f"{name}({part.sql})", kind, whole=kind is Kind.NUMBER)

    return rule


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


def absolute(walk: Walk, node: Node) -> Part:
    part = walk.of_kind(node.this, "ABS", Kind.NUMBER, Kind.MONEY)
    return Part(f"ABS({part.sql})", part.kind, whole=part.whole)


def rounded(walk: Walk, node: Node) -> Part:
    part = walk.of_kind(node.this, "ROUND", Kind.NUMBER, Kind.MONEY)
    decimals = walk.part(node.args["decimals"]) if node.args.get("decimals") else Part("0", Kind.NUMBER)
    if not decimals.sql.isdigit() or int(decimals.sql) > MOST_DECIMALS:
        return walk.refuse(node, "ROUND needs the decimals as a plain number from 0 to 3: ROUND(value, 1)")
    return Part(f"ROUND({part.sql}, {decimals.sql})", part.kind)


def clamp(walk: Walk, node: Node) -> Part:
    value, low, high = parts = walk.alike(node, "CLAMP", node.expressions)
    walk.demand(node, "CLAMP", parts, Kind.NUMBER, Kind.MONEY, Kind.DATE)
    whole = all(part.whole for part in parts)
    return Part(macros.clamp(value.sql, low.sql, high.sql), kind_of_all(parts), whole=whole)


def pct(walk: Walk, node: Node) -> Part:
    parts = walk.alike(node, "PCT", node.expressions)
    walk.demand(node, "PCT", parts, Kind.NUMBER, Kind.MONEY)
    over, under = whole_numbers(*parts)
    return Part(macros.pct(over, under), Kind.NUMBER, whole=True)


def round_div(walk: Walk, node: Node) -> Part:
    """A number by a number, or money by money, is a whole number; money by a number is money, to its thousandth."""
    over, under = (walk.of_kind(each, "ROUND_DIV", Kind.NUMBER, Kind.MONEY) for each in node.expressions)
    if over.kind is Kind.NUMBER and under.kind is Kind.MONEY:
        return walk.refuse(node, "ROUND_DIV divides money by a number, not a number by money")
    if over.kind is Kind.MONEY and under.kind is Kind.NUMBER:
        below = f"CAST({under.sql} AS BIGINT)" if under.whole else macros.thousandths(under.sql)
        above = macros.thousandths(over.sql) if under.whole else f"(1000 * {macros.thousandths(over.sql)})"
        quotient = f"CAST({macros.round_div(above, below)} AS DECIMAL(20, 0))"
        return Part(f"CAST({quotient} * 0.001 AS DECIMAL(18, 3))", Kind.MONEY)
    return Part(macros.round_div(*whole_numbers(over, under)), Kind.NUMBER, whole=True)


def whole_numbers(over: Part, under: Part) -> tuple[str, str]:
    """Two numbers as integers in the same ratio."""
    scale = "" if over.whole and under.whole else "1000 * "
    above, below = (f"({scale}CAST({part.sql} AS BIGINT))" if part.whole else macros.thousandths(part.sql) for part in (over, under))
    return above, below


def days_between(walk: Walk, node: Node) -> Part:
    parts = walk.alike(node, "DAYS_BETWEEN", node.expressions)
    parts = [as_date(part) for part in parts]
    walk.demand(node, "DAYS_BETWEEN", parts, Kind.DATE)
    return Part(macros.days_between(parts[0].sql, parts[1].sql), Kind.NUMBER, whole=True)


OURS: dict[str, tuple[Callable[[Walk, Node], Part], str]] = {
    "CLAMP": (clamp, "CLAMP(value, lowest, highest)"),
    "PCT": (pct, "PCT(part, whole)"),
    "ROUND_DIV": (round_div, "ROUND_DIV(number, divisor)"),
    "DAYS_BETWEEN": (days_between, "DAYS_BETWEEN(from, to)"),
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
    exp.Upper: (of_text("UPPER", Kind.TEXT), THIS),
    exp.Lower: (of_text("LOWER", Kind.TEXT), THIS),
    exp.Trim: (of_text("TRIM", Kind.TEXT), THIS),
    exp.Length: (of_text("LENGTH", Kind.NUMBER), THIS),
    exp.Concat: (concat, frozenset(("expressions", "safe", "coalesce"))),
    exp.Substring: (substring, frozenset(("this", "start", "length"))),
    exp.Abs: (absolute, THIS),
    exp.Round: (rounded, frozenset(("this", "decimals"))),
    exp.Anonymous: (ours, frozenset(("this", "expressions"))),
}
NAMES = (
    "ABS",
    "CASE",
    "COALESCE",
    "CONCAT",
    "LENGTH",
    "LOWER",
    "NULLIF",
    "ROUND",
    "SUBSTRING",
    "TODAY",
    "TRIM",
    "UPPER",
    *OURS,
)
