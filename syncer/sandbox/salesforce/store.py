"""The records: kept by id and by external ids, written by every rule of their fields, put back when asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from syncer.sandbox.salesforce.errors import ApiError, no_such_column, not_writable, required_missing
from syncer.sandbox.salesforce.ids import full_id, numbered_id
from syncer.sandbox.salesforce.moments import written
from syncer.sandbox.salesforce.objects import DERIVED
from syncer.sandbox.salesforce.schema import Field, Sobject
from syncer.sandbox.salesforce.values import Reader, reader_for
from syncer.sandbox.server import Clock

Row = dict[str, Any]
"""Values by field name, empty ones left out. A row is replaced, never changed: who holds it holds a snapshot."""


class Table:
    """The records of one object."""

    def __init__(self, sobject: Sobject) -> None:
        self.sobject = sobject
        self.rows: dict[str, Row] = {}
        self.fields_changed()

    def fields_changed(self) -> None:
        """Prepare readers and indexes anew, after a field came or went."""
        columns = self.sobject.columns.values()
        self.readers: dict[str, tuple[Field, Reader]] = {col.name: (col, reader_for(col)) for col in columns}
        self.defaults = {col.name: col.default for col in columns if col.default is not None}
        self.required = [col.name for col in columns if col.required]
        self.uniques = {col.name for col in columns if col.unique}
        self.indexes: dict[str, dict[Any, list[str]]] = {col.name: {} for col in columns if col.indexed}
        for row_id, row in self.rows.items():
            self._index(row_id, None, row)

    def put(self, row_id: str, row: Row | None) -> None:
        """Replace the record, or forget it."""
        self._index(row_id, self.rows.get(row_id), row)
        if row is None:
            del self.rows[row_id]
        else:
            self.rows[row_id] = row

    def _index(self, row_id: str, old: Row | None, new: Row | None) -> None:
        for name, index in self.indexes.items():
            before, after = self._key(name, old), self._key(name, new)
            if before == after:
                continue
            if before is not None:
                index[before].remove(row_id)
            if after is not None:
                index.setdefault(after, []).append(row_id)

    def _key(self, name: str, row: Row | None) -> Any:
        value = None if row is None or row.get("IsDeleted") else row.get(name)
        return value if value is None or not isinstance(value, str) or self.sobject.columns[name].case_sensitive else value.lower()

    def ids_by(self, column: Field, value: Any) -> list[str]:
        """Ids of the living records with a value in an indexed field."""
        return self.indexes[column.name].get(self._key(column.name, {column.name: value}), [])


class Store:
    """All tables of the organisation. `user_id` is who every call runs as."""

    def __init__(self, clock: Clock, sobjects: Iterable[Sobject]) -> None:
        self._clock = clock
        self._numbers: dict[str, int] = {}
        self.tables = {sobject.name.lower(): Table(sobject) for sobject in sobjects}
        self._by_prefix = {table.sobject.prefix: table for table in self.tables.values()}
        self.journal: list[tuple[Table, str, Row | None]] = []
        """What each write replaced, newest last: `rollback` walks it back. Cleared with each new request."""
        self.user_id = self.new_id("005")
        self.organization_id = self.new_id("00D")

    def add(self, sobject: Sobject) -> None:
        """A further object; one of the same name goes with its records."""
        self.remove(sobject.name)
        self.tables[sobject.name.lower()] = self._by_prefix[sobject.prefix] = Table(sobject)

    def remove(self, name: str) -> None:
        table = self.tables.pop(name.lower(), None)
        if table:
            del self._by_prefix[table.sobject.prefix]

    def new_id(self, prefix: str) -> str:
        self._numbers[prefix] = number = self._numbers.get(prefix, 0) + 1
        return numbered_id(prefix, number)

    def now(self) -> str:
        return written(self._clock.now())

    def rollback(self, mark: int) -> None:
        """Undo the writes since the journal was `mark` long."""
        while len(self.journal) > mark:
            table, row_id, old = self.journal.pop()
            table.put(row_id, old)

    def living(self, table: Table, text: Any) -> Row:
        """The record with this id. MALFORMED_ID, INVALID_CROSS_REFERENCE_KEY, ENTITY_IS_DELETED."""
        row_id = full_id(text) if isinstance(text, str) else None
        if row_id is None or not row_id.startswith(table.sobject.prefix):
            label = table.sobject.columns["Id"].label
            raise ApiError("MALFORMED_ID", f"{label}: id value of incorrect type: {text}", ["Id"])
        row = table.rows.get(row_id)
        if row is None:
            raise ApiError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])
        if row.get("IsDeleted"):
            raise ApiError("ENTITY_IS_DELETED", "entity is deleted", [])
        return row

    def create(self, table: Table, values: Mapping[str, Any]) -> str:
        """The new record's id."""
        if not table.sobject.createable:
            raise ApiError("INVALID_TYPE_FOR_OPERATION", f"entity type {table.sobject.name} does not support create", [])
        changes = self._read(table, values)
        row = {**table.defaults, **changes}
        missing = [name for name in table.required if row.get(name) is None]
        if missing:
            raise required_missing(missing)
        now, row_id = self.now(), self.new_id(table.sobject.prefix)
        row |= {"Id": row_id, "CreatedDate": now, "CreatedById": self.user_id}
        if "OwnerId" in table.sobject.columns:
            row.setdefault("OwnerId", self.user_id)
        self._write(table, row_id, row, changes, now)
        return row_id

    def update(self, table: Table, row_id: Any, values: Mapping[str, Any]) -> str:
        """The record's full id. An equal write counts as a write: it moves LastModifiedDate and SystemModstamp."""
        old = self.living(table, row_id)
        if not table.sobject.updateable:
            raise ApiError("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", [])
        changes = self._read(table, values)
        self._write(table, old["Id"], {**old, **changes}, changes, self.now())
        return str(old["Id"])

    def delete(self, table: Table, row_id: Any) -> str:
        """The record goes to the recycle bin: queryAll still shows it."""
        if not table.sobject.deletable:
            raise ApiError("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", [])
        old = self.living(table, row_id)
        self._write(table, old["Id"], {**old, "IsDeleted": True}, {}, self.now())
        return str(old["Id"])

    def _write(self, table: Table, row_id: str, row: Row, changes: Mapping[str, Any], now: str) -> None:
        for name in table.uniques & changes.keys():
            holders = table.ids_by(table.sobject.columns[name], row[name]) if row[name] is not None else []
            if holders and holders != [row_id]:
                message = f"duplicate value found: {name} duplicates value on record with id: {holders[0]}"
                raise ApiError("DUPLICATE_VALUE", message, [])
        row |= {"LastModifiedDate": now, "LastModifiedById": self.user_id, "SystemModstamp": now}
        self.journal.append((table, row_id, table.rows.get(row_id)))
        table.put(row_id, self._settled(table, row))

    def _settled(self, table: Table, row: Row) -> Row:
        derive = DERIVED.get(table.sobject.name)
        if derive:
            derive(row)
        if table.sobject.custom and row.get("Name") is None:
            row["Name"] = row["Id"]
        return {name: value for name, value in row.items() if value is not None}

    def _read(self, table: Table, values: Mapping[str, Any]) -> Row:
        """The values as stored. The first field that is unknown, read-only or does not fit refuses the record."""
        changes: Row = {}
        for name, value in values.items():
            known = table.readers.get(name)
            if known is None:
                if name == "attributes":
                    continue
                column = table.sobject.column(name)
                if column is None:
                    raise no_such_column(name, table.sobject.name)
                known = table.readers[column.name]
            field, reader = known
            if not field.writable:
                raise not_writable(field.name)
            changes[field.name] = stored = reader(value)
            if stored is not None and field.refers_to:
                self._check_reference(field, stored)
        return changes

    def _check_reference(self, field: Field, row_id: str) -> None:
        target = self.table_of(row_id)
        if target is None or target.sobject.name not in field.refers_to:
            raise ApiError("MALFORMED_ID", f"{field.label}: id value of incorrect type: {row_id}", [field.name])
        row = target.rows.get(row_id)
        if row is None or row.get("IsDeleted"):
            raise ApiError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [field.name])

    def referred(self, row_id: str) -> tuple[Table, Row] | None:
        """The record behind a reference, whatever its object."""
        table = self.table_of(row_id)
        row = table.rows.get(row_id) if table else None
        return (table, row) if table and row else None

    def table_of(self, row_id: str) -> Table | None:
        """The table of the object whose key prefix an id has."""
        return self._by_prefix.get(row_id[:3])

    def load(self, table: Table, records: Iterable[Mapping[str, Any]]) -> None:
        """Put records by Id as they are told, read-only values too. ValueError for what does not fit the fields."""
        now = self.now()
        people: Row = {name: self.user_id for name in ("CreatedById", "LastModifiedById", "OwnerId") if name in table.sobject.columns}
        for record in records:
            row_id = full_id(str(record["Id"])) if record.get("Id") else self.new_id(table.sobject.prefix)
            if row_id is None or not row_id.startswith(table.sobject.prefix):
                raise ValueError(f"{record.get('Id')} is no id of {table.sobject.name}: they start with {table.sobject.prefix}")
            row = table.rows.get(row_id) or {**table.defaults, **people, "CreatedDate": now}
            try:
                told = {name: table.readers[name][1](value) for name, value in record.items() if name != "attributes"}
            except KeyError as unknown:
                raise ValueError(f"{table.sobject.name} {row_id}: no such field {unknown}") from None
            except ApiError as refusal:
                raise ValueError(f"{table.sobject.name} {row_id}: {refusal}") from refusal
            modified = told.get("LastModifiedDate") or now
            stamps = {"LastModifiedDate": modified, "SystemModstamp": modified}
            table.put(row_id, self._settled(table, {**row, **stamps, **told, "Id": row_id}))
