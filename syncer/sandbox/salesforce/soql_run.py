"""A parsed query over the records: which, in which order, in which shape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from syncer.sandbox.salesforce.errors import ApiError
from syncer.sandbox.salesforce.soql import FIELDS_LIMIT, parse
from syncer.sandbox.salesforce.soql_bind import Binder, Column
from syncer.sandbox.salesforce.soql_errors import malformed, unexpected, unknown_object, unusable
from syncer.sandbox.salesforce.soql_groups import grouped
from syncer.sandbox.salesforce.soql_tree import Function, Item, Path, Query
from syncer.sandbox.salesforce.store import Row, Store, Table


@dataclass(frozen=True)
class Found:
    """What a query found. `rows` are shown page by page: `show(rows, base)` makes records of them.

    For aggregates `rows` are the finished records. `total` differs from the number of rows in COUNT() only.
    """

    sobject: str
    rows: Sequence[Row]
    total: int
    show: Callable[[Sequence[Row], str], list[dict[str, Any]]]
    columns: Sequence[Column] = ()
    aggregate: bool = False

    @property
    def names(self) -> list[str]:
        return [".".join((*column.path.parts[:-1], column.field.name)) for column in self.columns]

    @property
    def slow(self) -> bool:
        """Two custom long texts make Salesforce answer pages of 200."""
        return sum(column.field.custom and not column.field.filterable for column in self.columns) >= 2


def run(store: Store, text: str, *, deleted: bool = False) -> Found:
    """What the text asks for. ApiError MALFORMED_QUERY, INVALID_TYPE, INVALID_FIELD, INVALID_QUERY_FILTER_OPERATOR."""
    query = parse(text)
    table = store.tables.get(query.sobject.text.lower())
    if table is None:
        raise unknown_object(text, query.sobject.at, query.sobject.text)
    deleted = deleted or query.all_rows
    binder = Binder(store, table, text, date.fromisoformat(store.now()[:10]))
    rows = _meeting(query, binder, deleted=deleted)
    if query.groups or any(_is_aggregate(item) for item in query.items):
        records = grouped(query, binder, rows)
        if records is None:
            return Found(
                table.sobject.name,
                [],
                len(rows[query.offset :][: query.limit]),
                lambda _rows, _base: [],
                aggregate=True,
            )
        part = _part(query, records)
        return Found(table.sobject.name, part, len(part), lambda page, _base: list(page), aggregate=True)
    columns = _columns(query, table, binder)
    part = _part(query, _sorted(query, binder, rows))
    return Found(table.sobject.name, part, len(part), _Shape.of(store, table, columns).show, columns)


def _is_aggregate(item: Item) -> bool:
    return isinstance(item.what, Function) and item.what.name != "fields"


def _part(query: Query, rows: list[Row]) -> list[Row]:
    return rows[query.offset :][: query.limit]


def _meeting(query: Query, binder: Binder, *, deleted: bool) -> list[Row]:
    test = binder.test(query.where) if query.where else None
    rows = binder.candidates(query.where, deleted=deleted)
    if not deleted:
        rows = (row for row in rows if not row.get("IsDeleted"))
    return [row for row in rows if test is None or test(row)]


def _sorted(query: Query, binder: Binder, rows: list[Row]) -> list[Row]:
    for order in reversed(query.orders):
        if isinstance(order.what, Function):
            raise unexpected(query.text, order.what.at, order.what.name)
        column = binder.column(order.what)
        if not column.field.filterable:
            raise unusable(query.text, order.what.at, column.field.name, "sorted")
        keyed = [(column.get(row), row) for row in rows]
        empty = [row for value, row in keyed if value is None]
        full = [(value.lower() if isinstance(value, str) else value, row) for value, row in keyed if value is not None]
        full.sort(key=lambda pair: pair[0], reverse=order.descending)
        rows = [*empty, *(row for _, row in full)] if order.nulls_first else [*(row for _, row in full), *empty]
    return rows


def _columns(query: Query, table: Table, binder: Binder) -> list[Column]:
    columns: dict[str, Column] = {}
    for item in query.items:
        if isinstance(item.what, Path):
            if item.alias:
                raise malformed(query.text, item.what.at, "only aggregate expressions use field aliasing")
            paths = [item.what]
        else:
            paths = _named(query, table, item.what)
        for path in paths:
            column = binder.column(path)
            if columns.setdefault(path.text.lower(), column) is not column:
                raise ApiError("INVALID_FIELD", f"duplicate field selected: {column.field.name}")
    return list(columns.values())


def _named(query: Query, table: Table, function: Function) -> list[Path]:
    """The fields of FIELDS(ALL), FIELDS(STANDARD) or FIELDS(CUSTOM)."""
    group = function.argument.text.lower() if function.argument else ""
    if group not in ("all", "standard", "custom"):
        raise unexpected(query.text, function.at, group)
    if group != "standard" and (query.limit is None or query.limit > FIELDS_LIMIT):
        raise ApiError("MALFORMED_QUERY", f"The SOQL FIELDS function must have a LIMIT of at most {FIELDS_LIMIT}")
    return [Path((col.name,), function.at) for col in table.sobject.columns.values() if group == "all" or col.custom == (group == "custom")]


@dataclass
class _Shape:
    """How one object's part of a record looks: its own columns, and the parts behind its references."""

    store: Store
    kind: str
    names: list[str] = field(default_factory=list)
    links: dict[str, tuple[str, _Shape]] = field(default_factory=dict)

    @classmethod
    def of(cls, store: Store, table: Table, columns: Sequence[Column]) -> _Shape:
        shape = cls(store, table.sobject.name)
        for column in columns:
            shape.place(table, column.path.parts, column)
        return shape

    def place(self, table: Table, parts: tuple[str, ...], column: Column) -> None:
        if len(parts) == 1:
            self.names.append(column.field.name)
            return
        link = table.sobject.relationship(parts[0])
        if link is not None and link.relationship is not None:
            target = self.store.tables[link.refers_to[0].lower()]
            _, inside = self.links.setdefault(link.relationship, (link.name, _Shape(self.store, target.sobject.name)))
            inside.place(target, parts[1:], column)

    def show(self, rows: Sequence[Row], base: str) -> list[dict[str, Any]]:
        shown = []
        for row in rows:
            get = row.get
            record: dict[str, Any] = {"attributes": {"type": self.kind, "url": f"{base}/{self.kind}/{row['Id']}"}}
            for name in self.names:
                record[name] = get(name)
            for relationship, (reference, inside) in self.links.items():
                found = self.store.referred(row[reference]) if reference in row else None
                record[relationship] = inside.show([found[1]], base)[0] if found else None
            shown.append(record)
        return shown
