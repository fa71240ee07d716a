"""Proof that what becomes of an expression reads nothing but the account's columns.

An engine that has something to find: DuckDB's own parser must find columns, plain values and known functions in the text and nothing else,
and what the engine gives for it is never the secret of another table, of a file or of the environment.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from syncer.core.expressions import Expression
from syncer.core.kinds import Column, Kind, kind_of

CANARY = "the canary sings"
ACCOUNT: dict[str, tuple[str, str]] = {
    "stripe.mrr": ("DECIMAL(18,3)", "1250.500"),
    "stripe.seats": ("BIGINT", "40"),
    "stripe.plan": ("VARCHAR", "'Pro Plan'"),
    "stripe.currency": ("VARCHAR", "'usd'"),
    "stripe.started_on": ("DATE", "DATE '2025-02-28'"),
    "stripe.renews_on": ("DATE", "DATE '2026-12-01'"),
    "stripe.delinquent": ("BOOLEAN", "FALSE"),
    "zendesk.csat_pct": ("BIGINT", "NULL"),
    "stripe.cancels_on": ("DATE", "NULL"),
    "health.score": ("DECIMAL(5,1)", "62.5"),
    "prev.plan": ("VARCHAR", "NULL"),
    "mrr": ("DECIMAL(18,3)", "1250.500"),
    "order": ("VARCHAR", "'it''s'"),
}
COLUMNS = {name: Column(kind_of(sql_type)) for name, (sql_type, _) in ACCOUNT.items()}
NAMES = {name.replace(".", "__") for name in ACCOUNT} | {"today"}
FUNCTIONS = {
    *("abs", "concat", "length", "lower", "nullif", "replace", "round", "rtrim", "substring", "trim", "upper", "url_encode"),
    *("date_diff", "date_part", "date_trunc", "year", "month", "day"),
    *("+", "-", "*", "//", "||", "~~", "!~~"),
}
CLASSES = {"CASE", "CAST", "COLUMN_REF", "COMPARISON", "CONJUNCTION", "CONSTANT", "FUNCTION", "OPERATOR", "BETWEEN", "TYPE"}
TYPES = {"BIGINT", "DATE", "DECIMAL", "VARCHAR"}


@contextmanager
def account_engine(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """An engine with one account, and a secret beside it in a table and in a file of the folder."""
    (folder / "canary.csv").write_text(f"secret\n{CANARY}\n")
    with duckdb.connect() as engine:
        row = ", ".join(f'CAST({value} AS {sql_type}) AS "{name.replace(".", "__")}"' for name, (sql_type, value) in ACCOUNT.items())
        engine.execute(f"CREATE TABLE facts AS SELECT {row}, DATE '2026-11-01' AS today, '{CANARY}' AS stripe__held")
        engine.execute(f"CREATE TABLE canary AS SELECT '{CANARY}' AS secret")
        yield engine


def nodes(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        if "class" in tree:
            yield tree
        tree = list(tree.values())
    if isinstance(tree, list):
        for child in tree:
            yield from nodes(child)


def proved(engine: duckdb.DuckDBPyConnection, expression: Expression) -> Any:
    """The value of an accepted expression, once it is seen to be made of columns, plain values and known functions."""
    [[text]] = engine.execute("SELECT json_serialize_sql($1)", [f"SELECT {expression.sql} AS x FROM facts"]).fetchall()
    statements = json.loads(text)
    assert not statements["error"], statements
    [statement] = statements["statements"]
    [value] = statement["node"]["select_list"]
    for node in nodes(value):
        assert node["class"] in CLASSES, node
        if node["class"] == "COLUMN_REF":
            assert len(node["column_names"]) == 1, node
            assert node["column_names"][0] in NAMES, node
        if node["class"] == "FUNCTION":
            assert node["function_name"] in FUNCTIONS, node
            assert not any(node[part] for part in ("schema", "catalog", "filter", "distinct")), node
        if node["class"] == "TYPE":
            assert node["type_name"].upper() in TYPES, node
    [[found, sql_type]] = engine.execute(f"SELECT x, TYPEOF(x) FROM (SELECT {expression.sql} AS x FROM facts)").fetchall()
    assert CANARY not in str(found)
    assert kind_of_result(sql_type) is expression.kind or {kind_of_result(sql_type), expression.kind} == {Kind.NUMBER, Kind.MONEY}
    assert engine.execute(f"SELECT {expression.sql} FROM facts WHERE FALSE").fetchall() == []
    return found


def kind_of_result(sql_type: str) -> Kind:
    return Kind.NUMBER if sql_type.startswith("DECIMAL") else kind_of(sql_type)
