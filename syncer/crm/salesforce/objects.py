"""Rows of a custom object by an external id: found by SOQL, written by sObject Collections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote_plus

import msgspec

from syncer.crm.canonical import sendable
from syncer.crm.port import CrmField, KeyedRows, ObjectAbsent, Outcome, Update
from syncer.crm.salesforce import describe
from syncer.crm.salesforce.collections import Collections
from syncer.crm.salesforce.sobject import Sobject
from syncer.crm.salesforce.values import READ, READ_TEXT
from syncer.words.errors import MissingCrmField

LONGEST_QUERY = 14_000
"""Characters as they travel in the URL, which together with the headers may take 16 KB."""


def keyed_rows(sobject: Sobject, key: str) -> KeyedRows:
    """The object's rows by that external id. ObjectAbsent, MissingCrmField."""
    described: describe.Described | None = sobject.http.request("GET", describe.path(sobject), accept=(404,), into=describe.Described).value
    if described is None:
        raise ObjectAbsent(f"Salesforce has no object {sobject.name} (or hides it from this user)")
    fields = described.crm_fields()
    if not (key in fields and fields[key].unique):
        hint = "make it a Text field that is unique and an external id, and visible to this user"
        raise MissingCrmField(f"Salesforce: {sobject.name} has no external id {key} to find its rows by; {hint}")
    if not (described.createable and described.updateable):
        raise MissingCrmField(f"Salesforce does not let this user create and edit {sobject.name}; grant it both in a permission set")
    return _Rows(sobject, key, fields)


class _Rows:
    def __init__(self, sobject: Sobject, key: str, fields: Mapping[str, CrmField]) -> None:
        self.fields = fields
        self._sobject = sobject
        self._key = key

    def read(self, keys: Sequence[str], fields: Sequence[str]) -> Mapping[str, Mapping[str, str | None]]:
        readers = {name: READ.get(self.fields[name].kind, READ_TEXT) for name in dict.fromkeys([self._key, *fields])}
        record = msgspec.defstruct("Row", [(name, kind) for name, (kind, _) in readers.items()])
        page_type = msgspec.defstruct("Page", [("records", list[record]), ("nextRecordsUrl", str | None, None)])  # type: ignore[valid-type]
        found: dict[str, Mapping[str, str | None]] = {}
        for soql in self._queries(keys, list(readers)):
            for row in self._records(soql, page_type):
                values = {name: text(getattr(row, name)) for name, (_, text) in readers.items()}
                found[values[self._key] or ""] = values
        return found

    def upsert(self, updates: Iterable[Update]) -> Iterator[Sequence[Outcome]]:
        held: list[Outcome] = []
        yield from Collections(self._sobject, self.fields, self._key).write(sendable(updates, self.fields, held))
        if held:
            yield held

    def _queries(self, keys: Sequence[str], names: Sequence[str]) -> Iterator[str]:
        """As many keys to a query as its URL can hold."""
        begin = f"SELECT {', '.join(names)} FROM {self._sobject.name} WHERE {self._key} IN ("
        texts: list[str] = []
        room = left = LONGEST_QUERY - len(quote_plus(begin))
        for text in map(_literal, keys):
            size = len(quote_plus(f"{text},"))
            if texts and size > left:
                yield f"{begin}{','.join(texts)})"
                texts, left = [], room
            texts.append(text)
            left -= size
        if texts:
            yield f"{begin}{','.join(texts)})"

    def _records(self, soql: str, page_type: Any) -> Iterator[Any]:
        path, query = f"{self._sobject.data}/query", {"q": soql}
        while path:
            page = self._sobject.http.request("GET", path, params=query, into=page_type).value
            yield from page.records
            path, query = page.nextRecordsUrl, {}


def _literal(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
