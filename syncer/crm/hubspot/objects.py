"""Rows of a custom object by a unique property. Custom objects need an Enterprise subscription.

https://developers.hubspot.com/docs/api-reference/latest/crm/objects/custom-objects/guide
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from syncer.crm.canonical import sendable
from syncer.crm.hubspot.describe import Property, crm_field
from syncer.crm.hubspot.values import from_wire
from syncer.crm.hubspot.write import ROWS, Batches
from syncer.crm.port import CrmField, KeyedRows, ObjectAbsent, Outcome, Update
from syncer.tools.http import Http
from syncer.words.errors import MissingCrmField


class _Schema(msgspec.Struct, rename="camel"):
    name: str
    object_type_id: str
    properties: list[Property]


class _Schemas(msgspec.Struct):
    results: list[_Schema]


class _Found(msgspec.Struct):
    properties: dict[str, str | None]


class _Answer(msgspec.Struct):
    results: list[_Found]


def keyed_rows(http: Http, version: str, name: str, key: str) -> KeyedRows:
    """The rows of the custom object of that name by that property. ObjectAbsent, MissingCrmField."""
    reply = http.request("GET", f"/crm-object-schemas/{version}/schemas", accept=(403,), into=_Schemas)
    if reply.value is None:
        hint = "an Enterprise subscription has them, and the token then needs the scope crm.schemas.custom.read"
        raise ObjectAbsent(f"HubSpot shows no custom objects to this token ({hint})")
    schema = next((schema for schema in reply.value.results if schema.name == name), None)
    if schema is None:
        raise ObjectAbsent(f"HubSpot has no custom object {name}")
    fields = {found.name: crm_field(found) for found in schema.properties}
    if not (key in fields and fields[key].unique):
        hint = "make it a text property with unique values, which can only be said when it is created"
        raise MissingCrmField(f"HubSpot: {name} has no unique property {key} to find its rows by; {hint}")
    return _Rows(http, f"/crm/objects/{version}/{schema.object_type_id}", key, fields)


class _Rows:
    def __init__(self, http: Http, path: str, key: str, fields: Mapping[str, CrmField]) -> None:
        self.fields = fields
        self._http = http
        self._path = path
        self._key = key

    def read(self, keys: Sequence[str], fields: Sequence[str]) -> Mapping[str, Mapping[str, str | None]]:
        names = list(dict.fromkeys([self._key, *fields]))
        found: dict[str, Mapping[str, str | None]] = {}
        for start in range(0, len(keys), ROWS):
            inputs = [{"id": key} for key in keys[start : start + ROWS]]
            wish = {"idProperty": self._key, "properties": names, "inputs": inputs}
            answer = self._http.request("POST", f"{self._path}/batch/read", json=wish, repeatable=True, into=_Answer).value
            for row in answer.results:
                values = {name: from_wire(self.fields[name].kind, row.properties.get(name)) for name in names}
                found[values[self._key] or ""] = values
        return found

    def upsert(self, updates: Iterable[Update]) -> Iterator[Sequence[Outcome]]:
        held: list[Outcome] = []
        yield from Batches(self._http, self._path, self._key).write(sendable(updates, self.fields, held))
        if held:
            yield held
