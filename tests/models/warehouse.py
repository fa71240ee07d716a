"""A DuckDB with the contract's tables in it, filled from plain rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb
from ruamel.yaml import YAML

TABLES: dict[str, dict[str, str]] = YAML(typ="safe").load(Path(__file__).with_name("tables.yaml"))

Rows = Mapping[str, Iterable[Mapping[str, Any]]]


def open_warehouse(rows: Rows, skip: tuple[str, ...] = ()) -> duckdb.DuckDBPyConnection:
    """All tables, empty but for `rows` (table → dicts, a column left out is NULL); those in `skip` are not made."""
    unknown = set(rows) - set(TABLES)
    assert not unknown, f"no such tables: {unknown}"
    con = duckdb.connect(config={"threads": 1})
    for schema in sorted({table.split(".")[0] for table in TABLES}):
        con.execute(f"CREATE SCHEMA {schema}")
    for table, columns in TABLES.items():
        if table not in skip:
            schema, name = table.split(".")
            typed = ", ".join(f"{column} {kind}" for column, kind in columns.items())
            con.execute(f'CREATE TABLE {schema}."{name}" ({typed})')
            fill(con, table, rows.get(table, ()))
    return con


def fill(con: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    columns = TABLES[table]
    values = []
    for row in rows:
        assert set(row) <= set(columns), f"{table} has no {set(row) - set(columns)}"
        values.append(tuple(row.get(column) for column in columns))
    if values:
        appender = con.appender(table)
        appender.append_rows(values)
        appender.flush()


def records(con: duckdb.DuckDBPyConnection, query: str, **params: Any) -> list[dict[str, Any]]:
    found = con.execute(query, params)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def column_types(con: duckdb.DuckDBPyConnection, query: str, **params: Any) -> dict[str, str]:
    return {row[0]: row[1] for row in con.execute(f"DESCRIBE {query}", params).fetchall()}
