"""Rules for columns, literals, operators and CASE."""

from __future__ import annotations

import re
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from sqlglot import exp

from syncer.core import macros, units
from syncer.core.kinds import Kind
from syncer.core.walk import NOTHING, Given, Part, is_day, kind_of_all, one_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syncer.core.kinds import Column
    from syncer.core.walk import Node, Rule, Walk

SIGNS: dict[type[Node], str] = {exp.EQ: "=", exp.NEQ: "<>", exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<="}
LONGEST_SHIFT = 36_500
"""Days that a date may be moved by: a century."""


def column(walk: Walk, node: Node) -> Part:
    words = node.parts if isinstance(node, exp.Column) else []
    if any(isinstance(word, exp.Identifier) and word.args.get("quoted") for word in words):
        name = ".".join(word.name for word in words)
        text = f'"{name}" in double quotes is not a text; write text in single quotes'
        return walk.refuse(node, text)
    name = ".".join(word.name for word in words).lower()
    if name not in walk.columns:
        hint = near(name, walk.columns)
        unread = f"{';' if not hint else ' If not,'} add it under crm: in mappings/account.yaml" if name.startswith("crm.") else ""
        return walk.refuse(node, f"there is no column {name}{hint}{unread}")
    walk.used.add(name)
    sql = name.replace(".", "__") if "." in name else f'"{name}"'
    found = walk.columns[name]
    return Part(sql, found.kind, unit=units.unit_of(found), options=found.options)


def near(name: str, columns: Mapping[str, Column]) -> str:
    same = sorted(column for column in columns if column.rpartition(".")[2] == name.rpartition(".")[2])
    best = same[:1] or get_close_matches(name, sorted(columns), n=1, cutoff=0.6)
    best = best or get_close_matches(f"x.{name}", sorted(columns), n=1, cutoff=0.6)
    if best:
        return f"; did you mean {best[0]}?"
    return "" if "." in name else f"; a text is written in single quotes: '{name}'"


def literal(walk: Walk, node: Node) -> Part:
    if isinstance(node, exp.Literal) and node.is_string:
        return Part(macros.text(node.name), Kind.TEXT, literal=True, gives=(Given(walk.offset(node), node.name),))
    if not re.fullmatch(r"\d{1,15}(\.\d{1,6})?", node.name):
        return walk.refuse(node, f"{node.name[:40]} is not a plain number; up to 15 digits and 6 decimals are possible")
    given = Given(walk.offset(node), node.name)
    return Part(node.name, Kind.NUMBER, literal=True, whole="." not in node.name, gives=(given,))


def boolean(_walk: Walk, node: Node) -> Part:
    return Part("TRUE" if node.this else "FALSE", Kind.BOOL)


def null(_walk: Walk, _node: Node) -> Part:
    return NOTHING


def paren(walk: Walk, node: Node) -> Part:
    return walk.part(node.this)


def day(walk: Walk, node: Node) -> Part:
    """DATE '2026-11-01': the one cast there is."""
    value = node.this
    if not (isinstance(value, exp.Literal) and value.is_string and node.args["to"].sql() == "DATE"):
        return walk.refuse(node, "CAST is not allowed; values keep their kind, and a day is written DATE '2026-11-01'")
    if not is_day(value.name):
        return walk.refuse(node, f"'{value.name[:20]}' is not a day; write it like '2026-11-01'")
    return Part(f"DATE {macros.text(value.name)}", Kind.DATE, literal=True)


def today(_walk: Walk, _node: Node) -> Part:
    return Part("today", Kind.DATE)


def comparison(walk: Walk, node: Node) -> Part:
    sign = SIGNS[type(node)]
    sides = [node.this, node.expression]
    if any(isinstance(side, exp.Null) for side in sides):
        return walk.refuse(node, "a comparison with NULL is never true; write IS NULL or IS NOT NULL")
    compare = walk.compared if sign in ("=", "<>") else walk.alike
    left, right = compare(node, sign, sides)
    if kind_of_all((left, right)) is Kind.BOOL and sign not in ("=", "<>"):
        return walk.refuse(node, f"{sign} needs an order, and yes/no has none; write = or <>")
    return Part(f"({left.sql} {sign} {right.sql})", Kind.BOOL)


def connector(walk: Walk, node: Node) -> Part:
    word = "AND" if isinstance(node, exp.And) else "OR"
    parts = [walk.of_kind(each, word, Kind.BOOL) for each in node.flatten(unnest=False)]
    return Part("(" + f" {word} ".join(part.sql for part in parts) + ")", Kind.BOOL)


def negation(walk: Walk, node: Node) -> Part:
    return Part(f"(NOT {walk.of_kind(node.this, 'NOT', Kind.BOOL).sql})", Kind.BOOL)


def is_null(walk: Walk, node: Node) -> Part:
    if not isinstance(node.expression, exp.Null):
        return walk.refuse(node, "IS is for NULL only; write = TRUE or = FALSE")
    return Part(f"({walk.part(node.this).sql} IS NULL)", Kind.BOOL)


def is_in(walk: Walk, node: Node) -> Part:
    choices = node.expressions
    if isinstance(node.args.get("query"), exp.Query):
        return walk.refuse(node, "a value cannot look into tables; IN needs a list of values in parentheses")
    if not choices or node.args.get("field"):
        return walk.refuse(node, "IN needs a list of values in parentheses")
    if any(isinstance(choice, exp.Null) for choice in choices):
        return walk.refuse(node, "NULL in a list is never found; write IS NULL besides")
    first, *others = walk.compared(node, "IN", [node.this, *choices])
    return Part(f"({first.sql} IN ({', '.join(part.sql for part in others)}))", Kind.BOOL)


def between(walk: Walk, node: Node) -> Part:
    value, low, high = walk.alike(node, "BETWEEN", [node.this, node.args["low"], node.args["high"]])
    if value.kind is Kind.BOOL:
        return walk.refuse(node, "BETWEEN needs an order, and yes/no has none")
    return Part(f"({value.sql} BETWEEN {low.sql} AND {high.sql})", Kind.BOOL)


def like(walk: Walk, node: Node) -> Part:
    value, pattern = walk.of_kind(node.this, "LIKE", Kind.TEXT), walk.part(node.expression)
    if pattern.kind is not Kind.TEXT or not pattern.literal or "\\" in pattern.sql:
        return walk.refuse(node, "LIKE needs a plain pattern in single quotes: '%' for any text, '_' for any character")
    word = "NOT LIKE" if node.args.get("negate") else "LIKE"
    return Part(f"({value.sql} {word} {pattern.sql})", Kind.BOOL)


def case(walk: Walk, node: Node) -> Part:
    branches = node.args["ifs"]
    value, conditions = "", [branch.this for branch in branches]
    if node.this:
        if any(isinstance(each, exp.Null) for each in conditions):
            return walk.refuse(node, "a comparison with NULL is never true; write CASE WHEN … IS NULL THEN")
        first, *tests = walk.compared(node, "CASE", [node.this, *conditions])
        value = f" {first.sql}"
    else:
        tests = [walk.of_kind(each, "WHEN", Kind.BOOL) for each in conditions]
    default = node.args.get("default")
    results = walk.alike(node, "CASE", [branch.args["true"] for branch in branches] + ([default] if default else []))
    whens = "".join(f" WHEN {test.sql} THEN {then.sql}" for test, then in zip(tests, results, strict=False))
    otherwise = f" ELSE {results[-1].sql}" if default else ""
    return one_of(f"CASE{value}{whens}{otherwise} END", results)


def sum_of(walk: Walk, node: Node) -> Part:
    """Addition and subtraction; of a date, a plain number of days."""
    sign = "+" if isinstance(node, exp.Add) else "-"
    left, right = walk.part(node.this), walk.part(node.expression)
    if left.kind is Kind.DATE and right.kind is Kind.DATE:
        return walk.refuse(node, "one date minus another is written DAYS_BETWEEN(from, to)")
    if left.kind is Kind.DATE and right.kind is Kind.NUMBER:
        if not (isinstance(node.expression, exp.Literal) and right.whole and int(right.sql) <= LONGEST_SHIFT):
            return walk.refuse(node, "a date can be moved by a plain number of days only, up to 36500")
        return Part(f"({left.sql} {sign} {right.sql})", Kind.DATE)
    left, right = walk.unified(node, sign, [node.this, node.expression], [left, right])
    walk.demand(node, sign, (left, right), Kind.NUMBER, Kind.MONEY)
    return joined(left, sign, right, kind_of_all((left, right)), units.common((left.unit, right.unit)))


def product(walk: Walk, node: Node) -> Part:
    left, right = (walk.of_kind(side, "*", Kind.NUMBER, Kind.MONEY) for side in (node.this, node.expression))
    if left.kind is right.kind is Kind.MONEY:
        return walk.refuse(node, "* multiplies money with a number, not money with money")
    money = next((side for side in (left, right) if side.kind is Kind.MONEY), None)
    kind = money.kind if money else kind_of_all((left, right))
    unit = money.unit if money else units.product(left.unit, right.unit)
    return joined(wide(left), "*", wide(right), kind, unit)


def wide(part: Part) -> Part:
    """Money as a wider DECIMAL: a product of two narrow ones stays narrow in DuckDB, and overflows."""
    return part if part.kind is not Kind.MONEY else replace(part, sql=f"CAST({part.sql} AS DECIMAL(20, 3))")


def joined(left: Part, sign: str, right: Part, kind: Kind | None, unit: str | None) -> Part:
    """Two written numbers are narrow integers to an engine, and overflow."""
    narrow = left.literal and right.literal and left.whole and right.whole
    sql = f"(CAST({left.sql} AS BIGINT) {sign} {right.sql})" if narrow else f"({left.sql} {sign} {right.sql})"
    return Part(sql, kind, literal=left.literal and right.literal, whole=left.whole and right.whole, unit=unit)


def minus(walk: Walk, node: Node) -> Part:
    part = walk.of_kind(node.this, "-", Kind.NUMBER, Kind.MONEY)
    gives = tuple(Given(at, value[1:] if value.startswith("-") else f"-{value}") for at, value in part.gives)
    return replace(part, sql=f"(-{part.sql})", gives=gives)


def concatenation(walk: Walk, node: Node) -> Part:
    parts = [walk.of_kind(each, "||", Kind.TEXT) for each in node.flatten(unnest=False)]
    return Part("(" + " || ".join(part.sql for part in parts) + ")", Kind.TEXT)


BINARY = frozenset(("this", "expression"))
RULES: dict[type[Node], Rule] = {
    exp.Column: (column, frozenset(("this", "table", "db", "catalog"))),
    exp.Literal: (literal, frozenset(("this", "is_string"))),
    exp.Boolean: (boolean, frozenset(("this",))),
    exp.Null: (null, frozenset()),
    exp.Paren: (paren, frozenset(("this",))),
    exp.Cast: (day, frozenset(("this", "to"))),
    exp.CurrentDate: (today, frozenset()),
    **dict.fromkeys(SIGNS, (comparison, BINARY)),
    exp.And: (connector, BINARY),
    exp.Or: (connector, BINARY),
    exp.Not: (negation, frozenset(("this",))),
    exp.Is: (is_null, BINARY),
    exp.In: (is_in, frozenset(("this", "expressions", "query", "field"))),
    exp.Between: (between, frozenset(("this", "low", "high"))),
    exp.Like: (like, BINARY | {"negate"}),
    exp.Case: (case, frozenset(("this", "ifs", "default"))),
    exp.Add: (sum_of, BINARY),
    exp.Sub: (sum_of, BINARY),
    exp.Mul: (product, BINARY),
    exp.Neg: (minus, frozenset(("this",))),
    exp.DPipe: (concatenation, BINARY | {"safe"}),
}
