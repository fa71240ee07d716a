"""The sobjects calls: describe, and one record at a time by id or by external id."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from syncer.sandbox.salesforce.bodies import base_path, json_object
from syncer.sandbox.salesforce.errors import ApiError, WrongTypeError, no_such_column, not_found
from syncer.sandbox.salesforce.ids import full_id
from syncer.sandbox.salesforce.moments import read_datetime, written
from syncer.sandbox.salesforce.schema import Field
from syncer.sandbox.salesforce.store import Row, Store, Table
from syncer.sandbox.server import Answer, Call, Route

KEPT_DAYS = 30
"""How far back `deleted` and `updated` look."""


def table_named(store: Store, name: str) -> Table:
    """The object's table. ApiError NOT_FOUND."""
    table = store.tables.get(name.lower())
    if table is None:
        raise not_found()
    return table


def external_id(table: Table, name: str) -> Field:
    """The field to upsert by. ApiError NOT_FOUND when it is none of the external ids."""
    column = table.sobject.column(name)
    if column is None or not (column.indexed or column.type == "id"):
        raise ApiError("NOT_FOUND", f"Provided external ID field does not exist or is not accessible: {name}")
    return column


class Records:
    """`/sobjects` and what is below."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def routes(self) -> list[Route]:
        base = "/services/data/v{version}/sobjects"
        one, by_key = f"{base}/{{type}}/{{id}}", f"{base}/{{type}}/{{field}}/{{value}}"
        return [
            Route("GET", base, self.describe_global),
            Route("GET", f"{base}/{{type}}/describe", self.describe),
            Route("GET", f"{base}/{{type}}/deleted", self.deleted),
            Route("GET", f"{base}/{{type}}/updated", self.updated),
            Route("GET", f"{base}/{{type}}", self.basic),
            Route("POST", f"{base}/{{type}}", self.create),
            Route("GET", one, self.get),
            Route("PATCH", one, self.update),
            Route("DELETE", one, self.delete),
            Route("GET", by_key, self.get_by_key),
            Route("PATCH", by_key, self.upsert),
            Route("DELETE", by_key, self.delete_by_key),
        ]

    def _table(self, call: Call) -> Table:
        return table_named(self._store, call.args["type"])

    def describe_global(self, call: Call) -> Answer:
        sobjects = [table.sobject.summary(base_path(call)) for table in self._store.tables.values()]
        return Answer({"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": sobjects})

    def describe(self, call: Call) -> Answer:
        return Answer(self._table(call).sobject.describe(base_path(call)))

    def basic(self, call: Call) -> Answer:
        return Answer({"objectDescribe": self._table(call).sobject.summary(base_path(call)), "recentItems": []})

    def create(self, call: Call) -> Answer:
        table = self._table(call)
        row_id = _parsed(lambda: self._store.create(table, _values(call)))
        location = f"{base_path(call)}/{table.sobject.name}/{row_id}"
        return Answer({"id": row_id, "success": True, "errors": []}, 201, {"Location": location}, rows=1)

    def _living(self, table: Table, row_id: str) -> Row:
        """A path with an id that is none of this object's is a path to nothing."""
        known = table.rows.get(full_id(row_id) or "")
        if known is None:
            raise not_found()
        return self._store.living(table, known["Id"])

    def get(self, call: Call) -> Answer:
        table = self._table(call)
        row = self._living(table, call.args["id"])
        return self._shown(call, table, row)

    def _shown(self, call: Call, table: Table, row: Row) -> Answer:
        asked = call.one("fields")
        names = [name.strip() for name in asked.split(",")] if asked else list(table.sobject.columns)
        columns = [(name, table.sobject.column(name)) for name in names]
        unknown = next((name for name, column in columns if column is None), None)
        if unknown is not None:
            raise no_such_column(unknown, table.sobject.name)
        kind = table.sobject.name
        record: Row = {"attributes": {"type": kind, "url": f"{base_path(call)}/{kind}/{row['Id']}"}}
        record |= {column.name: row.get(column.name) for _, column in columns if column}
        record.setdefault("Id", row["Id"])
        return Answer(record, rows=1)

    def update(self, call: Call) -> Answer:
        table = self._table(call)
        row = self._living(table, call.args["id"])
        _parsed(lambda: self._store.update(table, row["Id"], _values(call)))
        return Answer(status=204, rows=1)

    def delete(self, call: Call) -> Answer:
        table = self._table(call)
        self._store.delete(table, self._living(table, call.args["id"])["Id"])
        return Answer(status=204, rows=1)

    def _by_key(self, call: Call, table: Table) -> list[str]:
        column = external_id(table, call.args["field"])
        value = call.args["value"]
        if column.type == "id":
            return [self._living(table, value)["Id"]]
        return table.ids_by(column, value)

    def _several(self, call: Call, table: Table, ids: list[str]) -> Answer:
        return Answer([f"{base_path(call)}/{table.sobject.name}/{row_id}" for row_id in ids], 300)

    def get_by_key(self, call: Call) -> Answer:
        table = self._table(call)
        ids = self._by_key(call, table)
        if not ids:
            raise not_found()
        return self._several(call, table, ids) if len(ids) > 1 else self._shown(call, table, table.rows[ids[0]])

    def delete_by_key(self, call: Call) -> Answer:
        table = self._table(call)
        ids = self._by_key(call, table)
        if not ids:
            raise not_found()
        if len(ids) > 1:
            return self._several(call, table, ids)
        self._store.delete(table, ids[0])
        return Answer(status=204, rows=1)

    def upsert(self, call: Call) -> Answer:
        """201 for a new record, 200 for an old one (204 before version 46), 300 when the value is several records'."""
        table, values = self._table(call), _values(call)
        column = external_id(table, call.args["field"])
        if any(name.lower() == column.name.lower() for name in values):
            message = f"The {column.name} field should not be specified in the sobject data."
            raise ApiError("INVALID_FIELD", message)
        ids = self._by_key(call, table)
        if len(ids) > 1:
            return self._several(call, table, ids)
        if ids:
            _parsed(lambda: self._store.update(table, ids[0], values))
            if float(call.args["version"]) < 46:
                return Answer(status=204, rows=1)
            return Answer({"id": ids[0], "success": True, "errors": [], "created": False}, rows=1)
        row_id = _parsed(lambda: self._store.create(table, {**values, column.name: call.args["value"]}))
        return Answer({"id": row_id, "success": True, "errors": [], "created": True}, 201, rows=1)

    def deleted(self, call: Call) -> Answer:
        start, end = _span(call)
        rows = [row for row in self._table(call).rows.values() if row.get("IsDeleted") and start <= row["SystemModstamp"] < end]
        records = [{"id": row["Id"], "deletedDate": row["SystemModstamp"]} for row in rows]
        earliest = written(call.now - KEPT_DAYS * 86400)
        body = {"deletedRecords": records, "earliestDateAvailable": earliest, "latestDateCovered": end}
        return Answer(body, rows=len(records))

    def updated(self, call: Call) -> Answer:
        start, end = _span(call)
        rows = self._table(call).rows.values()
        ids = [row["Id"] for row in rows if not row.get("IsDeleted") and start <= row["SystemModstamp"] < end]
        return Answer({"ids": ids, "latestDateCovered": end}, rows=len(ids))


def _values(call: Call) -> Mapping[str, Any]:
    values = json_object(call)
    if "Id" in values or "id" in values:
        raise ApiError("INVALID_FIELD", "The Id field should not be specified in the sobject data.")
    return values


def _parsed(write: Callable[[], str]) -> str:
    """A single record's values of a wrong type are refused by the JSON parser, before there is a record."""
    try:
        return write()
    except WrongTypeError as fault:
        raise fault.in_parser() from fault


def _span(call: Call) -> tuple[str, str]:
    start, end = (read_datetime((call.one(name) or "").replace(" ", "+")) for name in ("start", "end"))
    if start is None or end is None or start > end or start < written(call.now - KEPT_DAYS * 86400):
        raise ApiError("INVALID_REPLICATION_DATE", "start and end must be ISO 8601, at most 30 days ago, in this order")
    return start, end
