"""Many records in one call: 200 written, 2,000 read. HTTP 200 even when rows fail; results in the order of the rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from syncer.sandbox.salesforce.bodies import base_path, json_object
from syncer.sandbox.salesforce.errors import ApiError, no_such_column, rolled_back
from syncer.sandbox.salesforce.ids import full_id
from syncer.sandbox.salesforce.rest import external_id, table_named
from syncer.sandbox.salesforce.schema import Field
from syncer.sandbox.salesforce.store import Store, Table
from syncer.sandbox.server import Answer, Call, Route

MOST_WRITTEN = 200
MOST_READ = 2000
Values = Mapping[str, Any]
Outcome = tuple[str | None, bool, ApiError | None]
"""The record's id when known, whether it is new, and why it was refused."""


def taken_id(values: Values) -> tuple[Any, dict[str, Any]]:
    """The id among the values, in any case, and the values without it."""
    rest = dict(values)
    row_id = next((rest.pop(name) for name in ("Id", "id", "ID") if name in rest), None)
    return row_id, rest


def update_rows(store: Store, table: Table, rows: Sequence[Values]) -> list[Outcome]:
    """Update each by its id. One id twice in a request refuses the later ones."""
    seen: set[str] = set()

    def one(values: Values) -> Outcome:
        row_id, rest = taken_id(values)
        if row_id is None:
            return None, False, ApiError("MISSING_ARGUMENT", "Id not specified in an update call", [])
        known = full_id(row_id) if isinstance(row_id, str) else None
        if known in seen:
            return known, False, ApiError("DUPLICATE_VALUE", f"Duplicate id specified: {known}", ["Id"])
        seen.add(known or "")
        return _outcome(lambda: (store.update(table, row_id, rest), False), known if known in table.rows else None)

    return [one(values) for values in rows]


def create_rows(store: Store, table: Table, rows: Sequence[Values]) -> list[Outcome]:
    def one(values: Values) -> Outcome:
        row_id, rest = taken_id(values)
        if row_id is not None:
            refusal = ApiError("INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call", ["Id"])
            return None, False, refusal
        return _outcome(lambda: (store.create(table, rest), True), None)

    return [one(values) for values in rows]


def delete_rows(store: Store, table: Table, ids: Sequence[Any]) -> list[Outcome]:
    def one(row_id: Any) -> Outcome:
        return _outcome(lambda: (store.delete(table, row_id), False), None)

    return [one(row_id) for row_id in ids]


def upsert_rows(store: Store, table: Table, column: Field, rows: Sequence[Values]) -> list[Outcome]:
    """Update or create each by an external id. A value on two rows of a request refuses both."""
    keys = [_key(column, values) for values in rows]
    times = Counter(str(key).lower() for key in keys if key is not None)

    def one(key: Any, values: Values) -> Outcome:
        if key is not None and times[str(key).lower()] > 1:
            return None, False, ApiError("DUPLICATE_VALUE", f"Duplicate external id specified: {key}", [column.name])
        if column.type == "id":
            return _upsert_by_id(store, table, key, values)
        if key is None:
            return None, False, ApiError("MISSING_ARGUMENT", f"{column.name} not specified", [])
        ids = table.ids_by(column, key)
        if len(ids) > 1:
            message = f"{column.name}: more than one record found for external id field: [{', '.join(ids)}]"
            return None, False, ApiError("DUPLICATE_EXTERNAL_ID", message, [])
        if ids:
            return _outcome(lambda: (store.update(table, ids[0], values), False), ids[0])
        return _outcome(lambda: (store.create(table, values), True), None)

    return [one(key, values) for key, values in zip(keys, rows, strict=True)]


def _upsert_by_id(store: Store, table: Table, row_id: Any, values: Values) -> Outcome:
    """Without an id the record is new."""
    if row_id is None:
        return _outcome(lambda: (store.create(table, values), True), None)
    return _outcome(lambda: (store.update(table, row_id, taken_id(values)[1]), False), None)


def _key(column: Field, values: Values) -> Any:
    if column.type == "id":
        return taken_id(values)[0]
    wanted = column.name.lower()
    return next((value for name, value in values.items() if name.lower() == wanted and value != ""), None)


def _outcome(write: Callable[[], tuple[str, bool]], known: str | None) -> Outcome:
    try:
        row_id, created = write()
    except ApiError as refusal:
        return known, False, refusal
    return row_id, created, None


class Collections:
    """`/composite/sobjects`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def routes(self) -> list[Route]:
        base = "/services/data/v{version}/composite/sobjects"
        return [
            Route("POST", base, self.create),
            Route("PATCH", base, self.update),
            Route("DELETE", base, self.delete),
            Route("POST", f"{base}/{{type}}", self.retrieve),
            Route("GET", f"{base}/{{type}}", self.retrieve),
            Route("PATCH", f"{base}/{{type}}/{{field}}", self.upsert),
        ]

    def create(self, call: Call) -> Answer:
        return self._write_mixed(call, create_rows)

    def update(self, call: Call) -> Answer:
        return self._write_mixed(call, update_rows)

    def _write_mixed(self, call: Call, write: Callable[[Store, Table, Sequence[Values]], list[Outcome]]) -> Answer:
        """The rows may be of several objects: each object's are written together, the results put back in order."""
        body = json_object(call)
        rows = _rows(body)
        places: dict[str, list[int]] = {}
        for at, row in enumerate(rows):
            places.setdefault(_type_of(row), []).append(at)
        mark = len(self._store.journal)
        outcomes: dict[int, Outcome] = {}
        for name, members in places.items():
            table = self._store.tables.get(name.lower())
            if table is None:
                outcomes.update({at: (None, False, _no_such_type(name)) for at in members})
                continue
            outcomes.update(zip(members, write(self._store, table, [rows[at] for at in members]), strict=True))
        return self._answer([outcomes[at] for at in range(len(rows))], mark, _all_or_none(body.get("allOrNone")))

    def upsert(self, call: Call) -> Answer:
        body = json_object(call)
        rows = _rows(body)
        table = table_named(self._store, call.args["type"])
        column = external_id(table, call.args["field"])
        if {_type_of(row).lower() for row in rows} != {table.sobject.name.lower()}:
            raise ApiError("INVALID_TYPE", f"All records must be of type {table.sobject.name}")
        mark = len(self._store.journal)
        outcomes = upsert_rows(self._store, table, column, rows)
        return self._answer(outcomes, mark, _all_or_none(body.get("allOrNone")), created=True)

    def delete(self, call: Call) -> Answer:
        ids = [row_id for row_id in (call.one("ids") or "").split(",") if row_id]
        _bound(len(ids), MOST_WRITTEN, "delete")
        mark = len(self._store.journal)
        outcomes: list[Outcome] = []
        for row_id in ids:
            table = self._store.table_of(row_id)
            if table is None:
                outcomes.append((None, False, ApiError("MALFORMED_ID", f"malformed id {row_id}", ["Id"])))
            else:
                outcomes += delete_rows(self._store, table, [row_id])
        return self._answer(outcomes, mark, _all_or_none(call.one("allOrNone")))

    def _answer(self, outcomes: list[Outcome], mark: int, all_or_none: bool, *, created: bool = False) -> Answer:
        if all_or_none and any(refusal for _, _, refusal in outcomes):
            self._store.rollback(mark)
            outcomes = [(None if new else row_id, False, refusal or rolled_back()) for row_id, new, refusal in outcomes]
        done = sum(refusal is None for _, _, refusal in outcomes)
        return Answer([_result(*outcome, with_created=created) for outcome in outcomes], rows=done)

    def retrieve(self, call: Call) -> Answer:
        """Records in the order of their ids; null for one that is not there."""
        table = table_named(self._store, call.args["type"])
        if call.method == "GET":
            ids, names = ((call.one(name) or "").split(",") for name in ("ids", "fields"))
        else:
            body = json_object(call)
            ids, names = body.get("ids", []), body.get("fields", [])
        _bound(len(ids), MOST_READ, "retrieve")
        columns = [(name, table.sobject.column(name)) for name in names]
        for name, column in columns:
            if column is None:
                raise no_such_column(name, table.sobject.name)
        kind = table.sobject.name
        shown: list[dict[str, Any] | None] = []
        for row_id in ids:
            row = table.rows.get(full_id(row_id) or "")
            if row is None or row.get("IsDeleted"):
                shown.append(None)
                continue
            attributes = {"type": kind, "url": f"{base_path(call)}/{kind}/{row['Id']}"}
            shown.append(
                {
                    "attributes": attributes,
                    **{column.name: row.get(column.name) for _, column in columns if column},
                    "Id": row["Id"],
                }
            )
        return Answer(shown, rows=len(shown) - shown.count(None))


def _rows(body: Values) -> list[dict[str, Any]]:
    rows = body.get("records")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ApiError("JSON_PARSER_ERROR", "records must be an array of records at [line:1, column:2]")
    _bound(len(rows), MOST_WRITTEN, "save")
    return rows


def _bound(count: int, most: int, verb: str) -> None:
    if count > most:
        raise ApiError("EXCEEDED_ID_LIMIT", f"record limit reached. cannot submit more than {most} records into this call ({verb})")
    if not count:
        raise ApiError("MISSING_ARGUMENT", "The request must name at least one record")


def _type_of(row: Values) -> str:
    attributes = row.get("attributes")
    kind = attributes.get("type") if isinstance(attributes, dict) else None
    if not isinstance(kind, str):
        raise ApiError("INVALID_TYPE", "Unable to find attributes.type: each record must name its object")
    return kind


def _no_such_type(name: str) -> ApiError:
    return ApiError("INVALID_TYPE", f"sObject type '{name}' is not supported.", [])


def _all_or_none(value: Any) -> bool:
    return value is True or str(value).lower() == "true"


def _result(row_id: str | None, new: bool, refusal: ApiError | None, *, with_created: bool) -> dict[str, Any]:
    result: dict[str, Any] = {} if row_id is None else {"id": row_id}
    result |= {"success": refusal is None, "errors": [refusal.row()] if refusal else []}
    return {**result, "created": new} if with_created and refusal is None else result
