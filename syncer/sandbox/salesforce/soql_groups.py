"""Aggregates: COUNT, SUM, MIN, MAX, AVG over all records or over groups of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from syncer.sandbox.salesforce.errors import ApiError
from syncer.sandbox.salesforce.schema import NUMBERS
from syncer.sandbox.salesforce.soql_bind import Binder, Column
from syncer.sandbox.salesforce.soql_errors import malformed, unexpected, unusable
from syncer.sandbox.salesforce.soql_tree import Function, Path, Query
from syncer.sandbox.salesforce.store import Row

MOST_GROUPS = 2000
Value = Callable[[list[Row]], Any]


def grouped(query: Query, binder: Binder, rows: list[Row]) -> list[Row] | None:
    """One record per group, in the query's order; None for COUNT(), which is a number and no records."""
    first = query.items[0].what
    if len(query.items) == 1 and isinstance(first, Function) and first.argument is None:
        return None
    keys = [_groupable(query, binder, path) for path in query.groups]
    values = _values(query, binder)
    groups: dict[tuple[Any, ...], list[Row]] = {} if keys else {(): []}
    for row in rows:
        groups.setdefault(tuple(key.get(row) for key in keys), []).append(row)
    if len(groups) > MOST_GROUPS:
        message = "Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch"
        if query.limit is None or query.limit > MOST_GROUPS:
            raise ApiError("EXCEEDED_ID_LIMIT", message)
    members = _in_order(query, binder, list(groups.values()))
    attributes = {"type": "AggregateResult"}
    return [{"attributes": attributes, **{name: value(group) for name, value in values}} for group in members]


def _groupable(query: Query, binder: Binder, path: Path) -> Column:
    column = binder.column(path)
    if not column.field.groupable:
        raise unusable(query.text, path.at, column.field.name, "grouped")
    return column


def _values(query: Query, binder: Binder) -> list[tuple[str, Value]]:
    """Names and values of the answer's columns; functions without an alias are expr0, expr1, …"""
    named: list[tuple[str, Value]] = []
    unnamed = 0
    for item in query.items:
        name = item.alias
        if name is None and isinstance(item.what, Path):
            name = binder.column(item.what).field.name
        if name is None:
            name, unnamed = f"expr{unnamed}", unnamed + 1
        named.append((name, _value(query, binder, item.what)))
    return named


def _value(query: Query, binder: Binder, what: Path | Function) -> Value:
    if isinstance(what, Path):
        if what.text.lower() not in {path.text.lower() for path in query.groups}:
            raise malformed(query.text, what.at, f"Field must be grouped or aggregated: {what.text}")
        get = binder.column(what).get
        return lambda group: get(group[0])
    if what.argument is None or what.name == "fields":
        raise unexpected(query.text, what.at, what.name)
    return _aggregate(what.name, binder.column(what.argument), binder)


def _aggregate(name: str, column: Column, binder: Binder) -> Value:
    summed = name in ("sum", "avg")
    if not column.field.filterable or (summed and column.field.type not in NUMBERS):
        message = f"field {column.field.name} does not support aggregate operator {name.upper()}"
        raise malformed(binder.text, column.path.at, message)
    functions: dict[str, Callable[[list[Any]], Any]] = {
        "count": len,
        "count_distinct": lambda present: len(set(present)),
        "sum": lambda present: sum(present) if present else None,
        "avg": lambda present: sum(present) / len(present) if present else None,
        "min": lambda present: min(present, default=None),
        "max": lambda present: max(present, default=None),
    }
    function = functions[name]
    return lambda group: function([value for row in group if (value := column.get(row)) is not None])


def _in_order(query: Query, binder: Binder, groups: list[list[Row]]) -> list[list[Row]]:
    for order in reversed(query.orders):
        value = _value(query, binder, order.what)
        empty = [group for group in groups if value(group) is None]
        full = sorted((group for group in groups if value(group) is not None), key=value, reverse=order.descending)
        groups = [*empty, *full] if order.nulls_first else [*full, *empty]
    return groups
