from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import duckdb
import pytest
from ruamel.yaml import YAML

from syncer.core.expressions import Expression, Fault, check
from syncer.core.kinds import Column, Kind, kind_of

CASES = YAML(typ="safe", pure=True).load(Path(__file__).with_name("expressions.yaml"))
COLUMNS = {name: Column(kind_of(sql_type)) for name, (sql_type, _) in CASES["account"].items() if name != "today"}
COLUMNS["stripe.status"] = Column(Kind.TEXT, options=("active", "canceled"))
EXACT = ("BIGINT", "INTEGER", "VARCHAR", "DATE", "BOOLEAN", "DECIMAL")


@pytest.fixture(scope="module")
def engine():
    engine = duckdb.connect()
    row = ", ".join(f'CAST({value} AS {sql_type}) AS "{name.replace(".", "__")}"' for name, (sql_type, value) in CASES["account"].items())
    engine.execute(f"CREATE TABLE facts AS SELECT {row}")
    return engine


@pytest.mark.parametrize(("text", "kind", "value"), CASES["accepted"])
def test_an_expression_has_a_kind_and_a_value(engine: Any, text: str, kind: str, value: str) -> None:
    expression = check(text, COLUMNS)
    assert isinstance(expression, Expression), expression
    assert expression.kind == kind
    [(result, sql_type)] = engine.execute(f"SELECT x, typeof(x) FROM (SELECT {expression.sql} AS x FROM facts)").fetchall()
    assert str(result) == value
    assert sql_type.startswith(EXACT)


@pytest.mark.parametrize(("text", "offset", "said"), CASES["refused"])
def test_what_is_refused_says_where_and_why(text: str, offset: int, said: str) -> None:
    faults = check(str(text), COLUMNS)
    assert isinstance(faults, list)
    assert said in faults[0].text
    assert faults[0].offset == offset
    assert "<class" not in faults[0].text
    assert "sqlglot" not in faults[0].text


def test_the_columns_in_use_are_told() -> None:
    expression = check("CASE WHEN Stripe.MRR > 0 THEN prev.plan ELSE order END", COLUMNS)
    assert isinstance(expression, Expression)
    assert expression.columns == {"stripe.mrr", "prev.plan", "order"}


def test_all_faults_are_told_at_once() -> None:
    assert check("CASE WHEN mrrr > 1 AND plan = 'x' THEN UPPER(mrr) END + ptc(1)", COLUMNS) == [
        Fault(10, "there is no column mrrr; did you mean mrr?"),
        Fault(23, "there is no column plan; did you mean prev.plan?"),
        Fault(45, "UPPER needs text, and mrr is money"),
        Fault(56, "there is no function PTC; did you mean PCT?"),
    ]


HUGE = {
    "long": "1 + " * 1_000 + "1",
    "parentheses": "(" * 1_900 + "mrr" + ")" * 1_900,
    "functions": "ABS(" * 900 + "mrr" + ")" * 900,
    "cases": "CASE WHEN TRUE THEN " * 150 + "1" + " END" * 150,
    "nots": "NOT " * 990 + "TRUE",
    "signs": "- " * 1_990 + "mrr",
    "lists": "[" * 3_900,
    "casts": "mrr" + "::INT" * 700,
    "comparisons": "mrr < " * 600 + "mrr",
    "growth": "PCT(" * 20 + "mrr" + ", mrr)" * 20,
    "queries": "(SELECT " * 450,
}


@pytest.mark.parametrize("text", HUGE.values(), ids=HUGE.keys())
def test_what_is_too_large_is_refused_quickly(text: str) -> None:
    began = time.perf_counter()
    assert isinstance(check(text, COLUMNS), list)
    assert time.perf_counter() - began < 1


def test_the_expressions_of_200_fields_are_checked_in_a_fraction_of_a_second() -> None:
    texts = [text for text, _, _ in CASES["accepted"]]
    began = time.process_time()
    for number in range(200):
        check(texts[number % len(texts)], COLUMNS)
    assert time.process_time() - began < 0.5


def test_long_chains_are_not_deep(engine: Any) -> None:
    for text in (" AND ".join(["mrr > 1"] * 200), " || ".join(["'a'"] * 300), f"mrr IN ({', '.join('1' * 900)})"):
        expression = check(text, COLUMNS)
        assert isinstance(expression, Expression)
        engine.execute(f"SELECT {expression.sql} FROM facts")
    assert isinstance(check("(" * 25 + "mrr" + ")" * 25, COLUMNS), Expression)


def test_what_comes_out_holds_nothing_of_what_went_in_but_names_numbers_and_texts() -> None:
    expression = check("stripe.plan /* a */ = 'x'' OR 1=1 --' -- b", COLUMNS)
    assert isinstance(expression, Expression)
    assert expression.sql == "(stripe__plan = 'x'' OR 1=1 --')"


def test_kinds_of_sql_types() -> None:
    assert [kind_of(name) for name in ("BIGINT", "DECIMAL(5,1)", "decimal(18, 3)", "VARCHAR", "DATE", "BOOLEAN")] == [
        Kind.NUMBER, Kind.NUMBER, Kind.MONEY, Kind.TEXT, Kind.DATE, Kind.BOOL,
    ]  # fmt: skip
    with pytest.raises(ValueError, match="cannot be of type DOUBLE"):
        kind_of("DOUBLE")
