"""A query's names bound to fields: how to get a value from a record, and whether a record meets a condition."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from operator import ge, gt, le, lt
from typing import Any

from syncer.sandbox.salesforce.errors import ApiError
from syncer.sandbox.salesforce.ids import full_id
from syncer.sandbox.salesforce.moments import read_datetime
from syncer.sandbox.salesforce.schema import NUMBERS, Field
from syncer.sandbox.salesforce.soql import decode_string
from syncer.sandbox.salesforce.soql_dates import days_of
from syncer.sandbox.salesforce.soql_errors import (
    place,
    unexpected,
    unknown_column,
    unknown_relationship,
    unusable,
    wrong_literal,
    wrong_operator,
)
from syncer.sandbox.salesforce.soql_tree import Both, Compare, Condition, Literal, Not, Path
from syncer.sandbox.salesforce.store import Row, Store, Table

Getter = Callable[[Row], Any]
Test = Callable[[Row], bool]
Check = Callable[[Any], bool]
_ORDERINGS: dict[str, Callable[[Any, Any], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}
_ONLY_EQUAL = ("boolean", "id", "reference")


@dataclass(frozen=True)
class Column:
    field: Field
    get: Getter
    path: Path


class Binder:
    """Binds one query's names; `today` settles its date literals."""

    def __init__(self, store: Store, table: Table, text: str, today: date) -> None:
        self._store = store
        self._table = table
        self.text = text
        self._today = today

    def column(self, path: Path) -> Column:
        """The field at the end of a path. INVALID_FIELD."""
        field, get = self._follow(self._table, path.parts, path)
        return Column(field, get, path)

    def _follow(self, table: Table, parts: tuple[str, ...], path: Path) -> tuple[Field, Getter]:
        if len(parts) == 1:
            field = table.sobject.column(parts[0])
            if field is None:
                raise unknown_column(self.text, path.at, parts[0], table.sobject.name)
            name = field.name
            return field, lambda row: row.get(name)
        link = table.sobject.relationship(parts[0])
        if link is None:
            raise unknown_relationship(self.text, path.at, parts[0])
        field, get = self._follow(self._store.tables[link.refers_to[0].lower()], parts[1:], path)
        reference, referred = link.name, self._store.referred

        def behind(row: Row) -> Any:
            found = referred(row[reference]) if reference in row else None
            return get(found[1]) if found else None

        return field, behind

    def test(self, condition: Condition) -> Test:
        """Whether a record meets the condition. Two-valued: what is empty is unequal to everything but null."""
        if isinstance(condition, Not):
            inside = self.test(condition.inside)
            return lambda row: not inside(row)
        if isinstance(condition, Both):
            tests = [self.test(part) for part in condition.parts]
            if condition.every:
                return lambda row: all(test(row) for test in tests)
            return lambda row: any(test(row) for test in tests)
        column = self.column(condition.path)
        check, get = self._check(column, condition), column.get
        return lambda row: check(get(row))

    def _check(self, column: Column, asked: Compare) -> Check:
        if not column.field.filterable:
            raise unusable(self.text, asked.path.at, column.field.name, "filtered")
        if asked.operator in ("in", "not in"):
            return self._among(column, asked)
        value = asked.values[0]
        if value.kind == "period":
            return _in_period(asked.operator, *self._period(column.field, asked.path, value))
        if asked.operator == "like":
            return self._like(column.field, asked.path, value)
        wanted, fold = self._value(column.field, asked.path, value), _fold(column.field)
        if asked.operator == "=":
            return lambda found: fold(found) == wanted
        if asked.operator == "!=":
            return lambda found: fold(found) != wanted
        if column.field.type in _ONLY_EQUAL or wanted is None:
            raise wrong_operator(self.text, asked.path.at, column.field.type)
        compare = _ORDERINGS[asked.operator]
        return lambda found: found is not None and compare(fold(found), wanted)

    def _among(self, column: Column, asked: Compare) -> Check:
        periods = [self._period(column.field, asked.path, value) for value in asked.values if value.kind == "period"]
        wanted = {self._value(column.field, asked.path, value) for value in asked.values if value.kind != "period"}
        fold, positive = _fold(column.field), asked.operator == "in"

        def among(found: Any) -> bool:
            inside = fold(found) in wanted or any(found is not None and start <= found < end for start, end in periods)
            return inside is positive

        return among

    def _value(self, field: Field, path: Path, literal: Literal) -> Any:
        """The literal as stored values look after `_fold`; INVALID_FIELD when it is of another type than the field."""
        if literal.kind == "null":
            return None
        expected = {
            "boolean": "boolean",
            "date": "date",
            "datetime": "dateTime",
            **dict.fromkeys(NUMBERS, "number"),
        }.get(field.type, "string")
        if literal.kind != expected.lower():
            shown = {"number": "int" if field.type == "int" else "double"}.get(expected, expected)
            raise wrong_literal(self.text, path.at, field.name, shown)
        if field.type in ("id", "reference"):
            row_id = full_id(literal.value)
            if row_id is None and literal.value:
                message = place(self.text, path.at, f"invalid ID field: {literal.value}")
                raise ApiError("INVALID_QUERY_FILTER_OPERATOR", message)
            return row_id
        if expected == "dateTime":
            return read_datetime(literal.value)
        return _fold(field)(literal.value) if literal.value != "" else None

    def _period(self, field: Field, path: Path, literal: Literal) -> tuple[str, str]:
        name, count = literal.value
        span = days_of(name, count, self._today)
        if span is None or field.type not in ("date", "datetime"):
            raise unexpected(self.text, path.at, name)
        tail = "T00:00:00.000+0000" if field.type == "datetime" else ""
        return span[0].isoformat() + tail, span[1].isoformat() + tail

    def _like(self, field: Field, path: Path, literal: Literal) -> Check:
        if literal.kind != "string" or field.type in (*NUMBERS, "boolean", "date", "datetime", "id", "reference"):
            raise wrong_operator(self.text, path.at, field.type)
        wild = {"%": ".*", "_": "."}
        parts = re.findall(r"\\[%_]|[%_]|(?:\\[^%_]|[^%_\\])+", literal.value, flags=re.DOTALL)
        texts = (
            wild.get(part) or re.escape(part[1:] if part in (r"\%", r"\_") else decode_string(part, path.at, self.text)) for part in parts
        )
        pattern = re.compile("".join(texts), re.IGNORECASE | re.DOTALL)
        return lambda found: found is not None and pattern.fullmatch(found) is not None

    def candidates(self, condition: Condition | None, *, deleted: bool) -> Iterable[Row]:
        """The records worth testing: by the Id or external id that the condition demands, else all."""
        ids = self._ids(condition, deleted=deleted)
        if ids is None:
            return self._table.rows.values()
        return (self._table.rows[row_id] for row_id in dict.fromkeys(ids) if row_id in self._table.rows)

    def _ids(self, condition: Condition | None, *, deleted: bool) -> list[str] | None:
        if isinstance(condition, Both) and condition.every:
            return next((ids for part in condition.parts if (ids := self._ids(part, deleted=deleted)) is not None), None)
        if not isinstance(condition, Compare) or condition.operator not in ("=", "in") or len(condition.path.parts) > 1:
            return None
        field = self._table.sobject.column(condition.path.parts[0])
        keyed = field is not None and (field.type == "id" or (field.indexed and not deleted))
        if field is None or not keyed or any(value.kind == "null" for value in condition.values):
            return None
        wanted = [self._value(field, condition.path, value) for value in condition.values]
        if field.type == "id":
            return wanted
        return [row_id for value in wanted for row_id in self._table.ids_by(field, value)]


def _fold(field: Field) -> Callable[[Any], Any]:
    """Text compares without case, ids and case-sensitive fields with."""
    if field.type in (*NUMBERS, *_ONLY_EQUAL, "date", "datetime") or field.case_sensitive:
        return lambda found: found
    return lambda found: found if found is None else found.lower()


def _in_period(operator: str, start: str, end: str) -> Check:
    checks: dict[str, Check] = {
        "=": lambda day: start <= day < end, "!=": lambda day: not start <= day < end,
        "<": lambda day: day < start, "<=": lambda day: day < end,
        ">": lambda day: day >= end, ">=": lambda day: day >= start,
    }  # fmt: skip
    check = checks[operator]
    return lambda found: check(found) if found is not None else operator == "!="
