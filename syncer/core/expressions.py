"""Expressions that ops write: checked, typed and turned into SQL.

What there is no rule for is not allowed, and what no rule writes out does not exist: the resulting text holds nothing
of the written one but names of known columns, plain numbers and quoted texts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import ParseError, TokenError
from sqlglot.tokenizer_core import TokenType

from syncer.core import functions, operators
from syncer.core.walk import Fault, Refused, Walk

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlglot.tokenizer_core import Token

    from syncer.core.kinds import Column, Kind
    from syncer.core.walk import Given, Node, Rule

__all__ = ["Expression", "Fault", "check"]

LONGEST = 4_000
DEEPEST = 25
"""Levels of parentheses and CASE. sqlglot spends some 23 Python frames on each, and Python allows 1,000."""


@dataclass(frozen=True)
class Expression:
    """`sql`: DuckDB text over flattened columns (stripe.mrr is stripe__mrr) and the column `today`.

    `columns`: the names it uses, in the form of the mapping that was checked against. `unit`: what its number is in, `seats` or
    `stripe.currency`, None where that is not known. `gives`: the written values that can be its result, and where they stand.
    """

    sql: str
    kind: Kind
    columns: frozenset[str]
    unit: str | None = None
    gives: tuple[Given, ...] = ()


def check(text: str, columns: Mapping[str, Column]) -> Expression | list[Fault]:
    """The expression, or everything that is wrong with it.

    `columns` are the names that may be used: `stripe.mrr`, or a bare `mrr` for a field further up.

    >>> check("COALESCE(stripe.seats, 0)", {"stripe.seats": Column(Kind.NUMBER)}).sql
    'COALESCE(stripe__seats, 0)'
    >>> check("stripe.seat > 5", {"stripe.seats": Column(Kind.NUMBER)})
    [Fault(offset=0, text='there is no column stripe.seat; did you mean stripe.seats?')]
    """
    walk = Walk(columns, rule_of)
    try:
        part = walk.part(parsed(text, columns))
    except Refused as refused:
        return [refused.fault]
    except RecursionError:
        return [Fault(0, "this is nested too deeply; write it flatter")]
    if not walk.faults and part.kind is None:
        walk.faults.append(Fault(0, "this never has a value; leave it out instead"))
    if walk.faults or part.kind is None:
        return sorted(set(walk.faults))
    return Expression(part.sql, part.kind, frozenset(walk.used), part.unit, part.gives)


RULES: dict[type[Node], Rule] = {**operators.RULES, **functions.RULES}
REFUSALS: dict[tuple[type[Node], ...], str] = {
    (exp.Div, exp.IntDiv, exp.Mod): "/ and % are not allowed; write PCT(part, whole) or ROUND_DIV(number, divisor)",
    (exp.Query, exp.Exists, exp.Subquery): "a value cannot look into tables; only columns of the account can be used",
    (exp.AggFunc, exp.Window): "a value is of one account; functions over several records are not possible here",
    (exp.ILike, exp.RegexpLike, exp.SimilarTo): "this comparison is not allowed; write LOWER(text) LIKE 'a%'",
    (exp.Greatest, exp.Least): "GREATEST and LEAST are not allowed; write CLAMP(value, lowest, highest) or CASE",
    (exp.If,): "IF is not allowed; write CASE WHEN … THEN … END",
    (exp.DateDiff,): "DATE_DIFF is not allowed; write DAYS_BETWEEN(from, to)",
    (exp.CurrentTimestamp, exp.CurrentTime): "there is no time of day here; write TODAY()",
    (exp.Interval,): "a date is moved by plain days: stripe.renews_on - 30",
    (exp.Alias,): "two values stand side by side; an operator or a comma is missing",
    (exp.Placeholder, exp.Parameter): "placeholders are not allowed; write the value",
    (exp.NullSafeEQ, exp.NullSafeNEQ): "IS DISTINCT FROM is not allowed; write = and IS NULL",
    (exp.TryCast,): "CAST is not allowed; values keep their kind",
    (exp.Left, exp.Right): "LEFT and RIGHT are not allowed; write SUBSTRING(text, 1, 3)",
    (exp.Year, exp.Month, exp.Day, exp.Extract, exp.TimeToStr, exp.ToChar): "parts of a date are text: write SUBSTRING(TEXT(date), 1, 7)",
    (exp.TimestampTrunc, exp.DateTrunc): "DATE_TRUNC is not allowed; write MONTH_START(date)",
    (exp.Ceil, exp.Floor): "CEIL and FLOOR are not allowed; write ROUND(value)",
    (exp.Tuple,): "a list stands after IN only",
    (exp.Star, exp.Columns): "a star is not one value; write the columns that are meant",
    (exp.Array, exp.Struct, exp.Bracket, exp.JSONExtract, exp.Lambda): "lists, structures and arrows are not allowed",
}


def rule_of(node: Node) -> Rule | str:
    """The rule for a node, or why there is none and what to write instead."""
    known_call = not isinstance(node, exp.Anonymous) or node.name.upper() in functions.OURS
    if type(node) in RULES and known_call:
        return RULES[type(node)]
    refusal = next((text for kinds, text in REFUSALS.items() if isinstance(node, kinds)), None)
    if refusal:
        return refusal
    if isinstance(node, exp.Func):
        return unknown_function(node.name if isinstance(node, exp.Anonymous) else node.sql_name())
    return f"{type(node).__name__} is not allowed in an expression"


def unknown_function(name: str) -> str:
    best = get_close_matches(name.upper(), functions.NAMES, n=1, cutoff=0.6)
    hint = f"did you mean {best[0]}?" if best else f"there are {', '.join(sorted(functions.NAMES))}"
    return f"there is no function {name.upper()[:40]}; {hint}"


def parsed(text: str, columns: Mapping[str, Column]) -> Node:
    """The one tree of a text. Refused when it is none, several, a statement, or too long or deep to be looked at."""
    if not text.strip():
        raise Refused(Fault(0, "there is no expression here; write one"))
    if len(text) > LONGEST:
        raise Refused(Fault(0, f"an expression may have {LONGEST:,} characters, and this has {len(text):,}"))
    odd = re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]", text)
    if odd:
        raise Refused(Fault(odd.start(), f"the character U+{ord(odd.group()):04X} is not allowed; remove it"))
    try:
        tokens = DuckDB().tokenize(text)
        inspect(tokens, columns)
        trees = DuckDB().parser().parse(tokens, text)
    except TokenError:
        last = max(text.rfind("'"), text.rfind('"'), 0)
        raise Refused(Fault(last, "a quote or a comment is opened and never closed")) from None
    except ParseError as error:
        raise Refused(parse_fault(error, text)) from None
    if len(trees) != 1 or trees[0] is None:
        raise Refused(Fault(0, "there is no expression here; write one"))
    return trees[0]


OPENERS = {TokenType.L_PAREN: "(", TokenType.L_BRACKET: "[", TokenType.L_BRACE: "{", TokenType.CASE: "CASE"}
CLOSERS = {TokenType.R_PAREN: "(", TokenType.R_BRACKET: "[", TokenType.R_BRACE: "{", TokenType.END: "CASE"}
STATEMENTS = {*DuckDB.Parser.STATEMENT_PARSERS, TokenType.COMMAND, TokenType.EXECUTE} - {TokenType.SEMICOLON}


def inspect(tokens: Sequence[Token], columns: Mapping[str, Column]) -> None:
    """Refuses what need not, or must not, reach the parser."""
    if tokens and tokens[0].token_type in STATEMENTS and tokens[0].text.lower() not in columns:
        raise Refused(Fault(tokens[0].start, f"{tokens[0].text.upper()} begins a statement; write a value"))
    opened: list[Token] = []
    for before, token in zip([None, *tokens], tokens, strict=False):
        if before and before.token_type is token.token_type is TokenType.STRING:
            raise Refused(Fault(token.start, "two texts stand side by side; a comma or || is missing"))
        if token.token_type is TokenType.SEMICOLON:
            raise Refused(Fault(token.start, "one expression only; remove the ;"))
        if token.token_type is not TokenType.STRING:
            refuse_lookalikes(token)
        if token.token_type in OPENERS:
            opened.append(token)
        elif opened and CLOSERS.get(token.token_type) == OPENERS[opened[-1].token_type]:
            opened.pop()
        if len(opened) > DEEPEST:
            raise Refused(Fault(token.start, f"this is nested more than {DEEPEST} deep; write it flatter"))
    if opened:
        missing = {"(": ")", "[": "]", "{": "}", "CASE": "END"}[OPENERS[opened[-1].token_type]]
        raise Refused(Fault(opened[-1].start, f"{opened[-1].text.upper()} opens here and its {missing} is missing"))


def refuse_lookalikes(token: Token) -> None:
    """Refuses what an input method or a text editor puts in place of the ordinary signs."""
    if re.search("[\u2018\u2019\u201c\u201d]", token.text):
        raise Refused(Fault(token.start, "these quotes are typographic; write ' instead"))
    if wide := re.search("[\uff01-\uff5e]", token.text):
        narrow = chr(ord(wide.group()) - 0xFEE0)
        raise Refused(Fault(token.start + wide.start(), f"{wide.group()} is a full-width character; write {narrow} instead"))


def parse_fault(error: ParseError, text: str) -> Fault:
    detail = error.errors[0] if error.errors else {}
    lines = text.splitlines(keepends=True)
    before = sum(len(line) for line in lines[: (detail.get("line") or 1) - 1])
    near = str(detail.get("highlight") or "")
    offset = min(max(0, before + (detail.get("col") or 0) - len(near)), len(text) - 1)
    if re.search(r"\d,\d{3}(?!\d)", text):
        return Fault(offset, "this does not read as an expression; write numbers without commas: 10000")
    said = str(detail.get("description") or "")
    if said.startswith("Required keyword"):
        return Fault(offset, f"something is missing at {near}" if near else "something is missing here")
    if said.startswith("The number of provided arguments"):
        return Fault(offset, "this function has too many values")
    return Fault(offset, f"this does not read as an expression from {near} on" if near else "this does not read as an expression")
