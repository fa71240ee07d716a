"""Expressions by chance: those made by the rules give what Python makes of them; those that are mangled are refused or read columns only.

`FUZZ=20000 python -m pytest tests/core/test_expression_fuzz.py` tries more, each time others; the short form is the same every time.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any
from urllib.parse import quote

import duckdb
import pytest
from canary import COLUMNS, account_engine, proved
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_hostile import HARMLESS, HOSTILE

from syncer.core.expressions import Expression, check
from syncer.core.plan import canonical

FUZZ = int(os.environ.get("FUZZ", "0"))
RULES = settings(
    max_examples=FUZZ or 150,
    derandomize=not FUZZ,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)

Made = tuple[str, Any]
"""An expression, and what it gives for the account of canary.py."""
Draw = Callable[[Any], Any]
TODAY = date(2026, 11, 1)
LEAVES: dict[str, list[Made]] = {
    "number": [
        *(("stripe.seats", 40), ("zendesk.csat_pct", None), ("health.score", Decimal("62.5"))),
        *(("0", 0), ("7", 7), ("0.25", Decimal("0.25"))),
    ],
    "money": [("stripe.mrr", Decimal("1250.5")), ("mrr", Decimal("1250.5"))],
    "text": [("stripe.plan", "Pro Plan"), ("prev.plan", None), ("order", "it's"), ("'a b/c'", "a b/c"), ("''''", "'"), ("'%_é'", "%_é")],
    "date": [
        ("stripe.renews_on", date(2026, 12, 1)),
        ("stripe.started_on", date(2025, 2, 28)),
        ("stripe.cancels_on", None),
        ("TODAY()", TODAY),
        ("DATE '2024-02-29'", date(2024, 2, 29)),
    ],
    "yes/no": [("stripe.delinquent", False), ("TRUE", True)],
}  # fmt: skip
ORDERED = ("number", "money", "text", "date")
KINDS = (*ORDERED, "yes/no")


def rounded(value: Fraction | Decimal | int, digits: int = 0) -> Decimal:
    """Half away from zero, exactly."""
    scaled = Fraction(value) * 10**digits
    whole = int(abs(scaled) + Fraction(1, 2))
    return Decimal(whole if scaled >= 0 else -whole).scaleb(-digits)


def ratio(over: Any, under: Any) -> Fraction:
    """Of two numbers, each to its thousandth."""
    return Fraction(rounded(over, 3)) / Fraction(rounded(under, 3))


def months(start: date, end: date) -> int:
    if start > end:
        return -months(end, start)
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


def missing(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *values: None if any(value is None for value in values) else function(*values)


def clamped(value: Any, low: Any, high: Any) -> Any:
    if value is not None and low is not None and value < low:
        return low
    return high if value is not None and high is not None and value > high else value


def both(one: bool | None, other: bool | None) -> bool | None:
    return False if one is False or other is False else None if one is None or other is None else True


def negated(value: bool | None) -> bool | None:
    return None if value is None else not value


def like(value: str, pattern: str) -> bool:
    return bool(re.fullmatch("".join({"%": ".*", "_": "."}.get(each, re.escape(each)) for each in pattern), value, re.DOTALL))


SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def between(value: Any, low: Any, high: Any) -> bool | None:
    return both(missing(SIGNS[">="])(value, low), missing(SIGNS["<="])(value, high))


CALLS: dict[str, list[tuple[str, tuple[str, ...], Callable[..., Any]]]] = {
    "number": [
        ("({} + {})", ("number", "number"), missing(lambda a, b: a + b)),
        ("({} - {})", ("number", "number"), missing(lambda a, b: a - b)),
        ("({} * {})", ("number", "number"), missing(lambda a, b: a * b)),
        ("(-{})", ("number",), missing(lambda a: -a)),
        ("ABS({})", ("number",), missing(abs)),
        ("ROUND({}, 1)", ("number",), missing(lambda a: rounded(a, 1))),
        ("PCT({}, {})", ("number", "number"), missing(lambda a, b: rounded(ratio(a, b) * 100) if rounded(b, 3) > 0 else None)),
        ("PCT({}, {})", ("money", "money"), missing(lambda a, b: rounded(ratio(a, b) * 100) if rounded(b, 3) > 0 else None)),
        ("ROUND_DIV({}, {})", ("number", "number"), missing(lambda a, b: rounded(ratio(a, b)) if rounded(b, 3) else None)),
        ("DAYS_BETWEEN({}, {})", ("date", "date"), missing(lambda a, b: (b - a).days)),
        ("MONTHS_BETWEEN({}, {})", ("date", "date"), missing(months)),
        ("LENGTH({})", ("text",), missing(len)),
    ],
    "money": [
        ("({} + {})", ("money", "money"), missing(lambda a, b: a + b)),
        ("({} - 2.5)", ("money",), missing(lambda a: a - Decimal("2.5"))),
        ("ROUND({})", ("money",), missing(rounded)),
        ("(3 * {})", ("money",), missing(lambda a: a * 3)),
        ("ROUND_DIV({}, {})", ("money", "number"), missing(lambda a, b: rounded(ratio(a, b), 3) if rounded(b, 3) else None)),
    ],
    "text": [
        ("UPPER({})", ("text",), missing(str.upper)),
        ("LOWER({})", ("text",), missing(str.lower)),
        ("TRIM({})", ("text",), missing(lambda a: a.strip(" "))),
        ("CONCAT({}, '-', {})", ("text", "text"), lambda a, b: f"{a or ''}-{b or ''}"),
        ("({} || {})", ("text", "text"), missing(lambda a, b: a + b)),
        ("REPLACE({}, 'a', {})", ("text", "text"), missing(lambda a, b: a.replace("a", b))),
        ("SUBSTRING({}, 2, 3)", ("text",), missing(lambda a: a[1:4])),
        ("TEXT({})", ("number",), missing(lambda a: canonical(format(Decimal(a), "f")))),
        ("TEXT({})", ("date",), missing(date.isoformat)),
        ("URL_ENCODE({})", ("text",), missing(lambda a: quote(a, safe="-_.~"))),
    ],
    "date": [
        ("({} + 30)", ("date",), missing(lambda a: a + timedelta(30))),
        ("({} - 1)", ("date",), missing(lambda a: a - timedelta(1))),
        ("MONTH_START({})", ("date",), missing(lambda a: a.replace(day=1))),
    ],
    "yes/no": [
        ("({} AND {})", ("yes/no", "yes/no"), both),
        ("({} OR {})", ("yes/no", "yes/no"), lambda a, b: negated(both(negated(a), negated(b)))),
        ("(NOT {})", ("yes/no",), negated),
        ("({} LIKE '%a_')", ("text",), missing(lambda a: like(a, "%a_"))),
        *((f"({{}} {sign} {{}})", (kind, kind), missing(test)) for sign, test in SIGNS.items() for kind in ("number", "money", "date")),
        *((f"({{}} {sign} {{}})", (kind, kind), missing(SIGNS[sign])) for sign in ("=", "<>") for kind in ("text", "yes/no")),
        *(("({} IS NULL)", (kind,), lambda a: a is None) for kind in KINDS),
        *(("({} BETWEEN {} AND {})", (kind,) * 3, between) for kind in ("number", "date")),
    ],
}  # fmt: skip
ANY: list[tuple[str, tuple[str, ...], Callable[..., Any]]] = [
    ("COALESCE({}, {})", ("self", "self"), lambda a, b: b if a is None else a),
    ("NULLIF({}, {})", ("self", "self"), lambda a, b: None if a is not None and a == b else a),
    ("CASE WHEN {} THEN {} ELSE {} END", ("yes/no", "self", "self"), lambda when, a, b: a if when else b),
    ("CASE WHEN {} THEN {} END", ("yes/no", "self"), lambda when, a: a if when else None),
    ("CLAMP({}, {}, {})", ("ordered", "ordered", "ordered"), clamped),
]


@st.composite
def made(draw: Draw, kind: str, depth: int = 3) -> Made:
    """An expression of a kind by the rules, at most so deep."""
    if depth == 0 or draw(st.integers(0, 4)) == 0:
        leaf: Made = draw(st.sampled_from(LEAVES[kind]))
        return leaf
    form, kinds, compute = draw(st.sampled_from([*CALLS[kind], *ANY]))
    if "ordered" in kinds and kind in ("text", "yes/no"):
        form, kinds, compute = ANY[0]
    parts = [draw(made(kind if each in ("self", "ordered") else each, depth - 1)) for each in kinds]
    return form.format(*(text for text, _ in parts)), compute(*(value for _, value in parts))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with account_engine(tmp_path_factory.mktemp("canary")) as engine:
        yield engine


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_made_by_the_rules_gives_what_python_makes_of_it(kind: str, engine: duckdb.DuckDBPyConnection) -> None:
    @RULES
    @given(made(kind))
    def trial(case: Made) -> None:
        text, value = case
        with localcontext(prec=60, rounding=ROUND_HALF_UP):
            expression = check(text, COLUMNS)
            if isinstance(expression, list):
                assert all(re.search(r"percent|days|months", fault.text) for fault in expression), (text, expression)
                return
            assert expression.kind == kind
            assert proved(engine, expression) == value, text

    trial()


PIECES = re.compile(r"\w+|\s+|[^\w\s]")


@st.composite
def mangled(draw: Draw) -> str:
    """A valid or a hostile expression with a few of its pieces taken out, doubled, or put in from another."""
    valid = made(draw(st.sampled_from(KINDS))).map(lambda case: case[0])
    texts = [draw(st.one_of(valid, st.sampled_from([*HOSTILE, *HARMLESS]))) for _ in range(2)]
    pieces, others = (PIECES.findall(text) for text in texts)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(pieces)))
        end = at + draw(st.integers(0, 3))
        piece = draw(st.sampled_from([*others, "", "(", ")", "'", ",", ".", "*", " SELECT "])) if others else ""
        pieces[at:end] = [piece, *pieces[at:end], piece] if draw(st.booleans()) else [piece]
    return "".join(pieces)


def test_what_is_mangled_is_refused_or_reads_columns_only(engine: duckdb.DuckDBPyConnection) -> None:
    @RULES
    @given(st.one_of(mangled(), st.text(max_size=60)))
    def trial(text: str) -> None:
        found = check(text, COLUMNS)
        if isinstance(found, Expression):
            proved(engine, found)
            return
        assert found
        assert all(0 <= fault.offset <= max(len(text) - 1, 0) for fault in found)

    trial()
