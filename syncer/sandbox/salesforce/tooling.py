"""The Tooling API as far as custom fields go: query them, read one, create one, delete one."""

from __future__ import annotations

from typing import Any

from syncer.sandbox.salesforce.bodies import json_object
from syncer.sandbox.salesforce.errors import ApiError, not_found
from syncer.sandbox.salesforce.queries import Queries
from syncer.sandbox.salesforce.schema import Field, Sobject
from syncer.sandbox.salesforce.store import Store
from syncer.sandbox.server import Answer, Call, Clock, Route

_TYPES = {
    "Text": "string", "TextArea": "textarea", "LongTextArea": "textarea", "Number": "double", "Currency": "currency",
    "Percent": "percent", "Date": "date", "DateTime": "datetime", "Checkbox": "boolean", "Picklist": "picklist",
    "Url": "url", "Email": "email", "Phone": "phone",
}  # fmt: skip
_LENGTHS = {"textarea": 255, "picklist": 255, "url": 255, "email": 80, "phone": 40}
_COLUMNS = ("DeveloperName", "TableEnumOrId", "NamespacePrefix", "InlineHelpText")


class Tooling:
    """`/tooling`. A created field is seen by all at once; the real one waits for a permission set."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        columns = [
            Field(name="Id", label="Id", type="id", length=18),
            *(Field(name=name, label=name, length=80) for name in _COLUMNS),
        ]
        sobject = Sobject("CustomField", "Custom Field", "Custom Fields", "00N", {column.name: column for column in columns})
        self._own = Store(clock, [sobject])
        self._table = self._own.tables["customfield"]
        self._queries = Queries(self._own)
        self._ids: dict[tuple[str, str], str] = {}

    def routes(self) -> list[Route]:
        base = "/services/data/v{version}/tooling"
        field = f"{base}/sobjects/CustomField"
        return [
            Route("GET", f"{base}/query", self.query),
            Route("POST", field, self.create),
            Route("GET", f"{field}/{{id}}", self.get),
            Route("DELETE", f"{field}/{{id}}", self.delete),
        ]

    def _refresh(self) -> None:
        """The fields as records: the ids stay the same from look to look."""
        self._table.rows.clear()
        for table in self._store.tables.values():
            for column in table.sobject.columns.values():
                if column.custom:
                    at = (table.sobject.name, column.name)
                    row_id = self._ids.setdefault(at, self._ids.get(at) or self._own.new_id("00N"))
                    row = {"Id": row_id, "DeveloperName": column.name.removesuffix("__c"), "TableEnumOrId": at[0]}
                    self._table.rows[row_id] = row | ({"InlineHelpText": column.help} if column.help else {})

    def query(self, call: Call) -> Answer:
        self._refresh()
        answer = self._queries.query(call)
        answer.body |= {"size": answer.rows, "queryLocator": None, "entityTypeName": "CustomField"}
        return answer

    def _known(self, call: Call) -> tuple[str, str]:
        self._refresh()
        found = next((at for at, row_id in self._ids.items() if row_id == call.args["id"] and row_id in self._table.rows), None)
        if found is None:
            raise not_found()
        return found

    def get(self, call: Call) -> Answer:
        sobject, name = self._known(call)
        row = self._table.rows[call.args["id"]]
        url = f"/services/data/v{call.args['version']}/tooling/sobjects/CustomField/{row['Id']}"
        column = self._store.tables[sobject.lower()].sobject.columns[name]
        metadata = {
            "label": column.label,
            "length": column.length or None,
            "precision": column.precision or None,
            "scale": column.scale,
        }
        attributes = {"type": "CustomField", "url": url}
        return Answer({"attributes": attributes, **row, "FullName": f"{sobject}.{name}", "Metadata": metadata}, rows=1)

    def create(self, call: Call) -> Answer:
        body = json_object(call)
        full_name, metadata = str(body.get("FullName") or ""), body.get("Metadata")
        sobject, _, name = full_name.partition(".")
        table = self._store.tables.get(sobject.lower())
        if table is None or not name.endswith("__c") or not isinstance(metadata, dict) or metadata.get("type") not in _TYPES:
            raise ApiError(
                "FIELD_INTEGRITY_EXCEPTION",
                f"Cannot make a field of FullName {full_name!r} and this Metadata",
                ["FullName"],
            )
        if table.sobject.column(name):
            message = f"There is already a field named {name.removesuffix('__c')} on {table.sobject.name}."
            raise ApiError("DUPLICATE_DEVELOPER_NAME", message, ["DeveloperName"])
        table.sobject.add(_field(name, metadata))
        table.fields_changed()
        self._refresh()
        return Answer(
            {"id": self._ids[table.sobject.name, name], "success": True, "errors": [], "warnings": [], "infos": []},
            201,
            rows=1,
        )

    def delete(self, call: Call) -> Answer:
        sobject, name = self._known(call)
        table = self._store.tables[sobject.lower()]
        table.sobject.remove(name)
        table.fields_changed()
        return Answer(status=204, rows=1)


def _field(name: str, metadata: dict[str, Any]) -> Field:
    kind = _TYPES[metadata["type"]]
    value_set = metadata.get("valueSet") or {}
    told = (value_set.get("valueSetDefinition") or {}).get("value") or []
    options = tuple(str(value.get("fullName") or value.get("valueName") or value.get("label")) for value in told)
    return Field(
        name=name,
        label=metadata.get("label") or name.removesuffix("__c"),
        type=kind,
        length=metadata.get("length") or _LENGTHS.get(kind, 0),
        precision=metadata.get("precision") or 0,
        scale=metadata.get("scale") or 0,
        nillable=kind != "boolean" and metadata.get("required") is not True,
        custom=True,
        unique=metadata.get("unique") is True,
        external_id=metadata.get("externalId") is True,
        case_sensitive=metadata.get("caseSensitive") is True,
        restricted=value_set.get("restricted") is True,
        options=options,
        default=str(metadata.get("defaultValue")).lower() == "true" if kind == "boolean" else None,
        help=metadata.get("inlineHelpText"),
    )
