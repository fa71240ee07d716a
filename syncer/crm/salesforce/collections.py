"""Updates and upserts by sObject Collections: 200 records a call, answered row by row in the order sent.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_update.htm
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_upsert.htm
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import msgspec

from syncer.crm.narrowing import BatchRefused, Spare, narrowed
from syncer.crm.port import CrmField, Outcome, Update
from syncer.crm.salesforce.sobject import Sobject
from syncer.crm.salesforce.values import to_json

ROWS = 200
LOCKED = "UNABLE_TO_LOCK_ROW"
LOCK_WAITS = (0.5, 1.0, 2.0)
"""Seconds before each further try of records that someone else held locked."""


def calls(rows: int) -> int:
    """Calls that so many rows take."""
    return -(-rows // ROWS)


class _RowError(msgspec.Struct, rename="camel"):
    status_code: str = ""
    message: str = ""
    fields: list[str] | None = None


class _RowAnswer(msgspec.Struct):
    success: bool
    id: str | None = None
    errors: list[_RowError] = []


class _Refusal(msgspec.Struct, rename="camel"):
    error_code: str = ""
    message: str = ""


class Collections:
    """Writes updates of one sObject; `fields` must be those of the checked updates.

    With a `key`, an external id field, the updates' ids are its values, and a record that is not there yet is made.
    """

    def __init__(self, sobject: Sobject, fields: Mapping[str, CrmField], key: str | None = None) -> None:
        self._http = sobject.http
        self._pace = sobject.pace
        self._path = f"{sobject.data}/composite/sobjects" + (f"/{sobject.name}/{key}" if key else "")
        self._named_by = key or "id"
        self._attributes = {"type": sobject.name}
        self._fields = fields
        self._spare = Spare()

    def write(self, updates: Iterable[Update]) -> Iterator[list[Outcome]]:
        """Outcomes batch by batch, ordered by id so that batches of several runs do not wait for each other's locks."""
        rows = iter(sorted(updates, key=lambda update: update.id))
        while batch := list(islice(rows, ROWS)):
            yield self._patiently(batch)

    def _patiently(self, batch: Sequence[Update]) -> list[Outcome]:
        outcomes = {outcome.id: outcome for outcome in narrowed(batch, self._send, self._spare)}
        for seconds in LOCK_WAITS:
            locked = [update for update in batch if (outcomes[update.id].error or "").startswith(LOCKED)]
            if not locked:
                break
            self._pace.wait(seconds)
            outcomes |= {outcome.id: outcome for outcome in narrowed(locked, self._send, self._spare)}
        return list(outcomes.values())

    def _send(self, batch: Sequence[Update]) -> list[Outcome]:
        body = {"allOrNone": False, "records": [self._record(update) for update in batch]}
        reply = self._http.request("PATCH", self._path, json=body, repeatable=True, accept=(400, 413), into=list[_RowAnswer])
        if reply.value is None:
            raise BatchRefused(refusal(reply.body))
        answers: list[_RowAnswer | None] = reply.value
        answers += [None] * (len(batch) - len(answers))
        return [_outcome(update, answer) for update, answer in zip(batch, answers, strict=False)]

    def _record(self, update: Update) -> dict[str, Any]:
        values = {name: to_json(self._fields[name].kind, text) for name, text in update.values.items()}
        return {"attributes": self._attributes, self._named_by: update.id, **values}


def _outcome(update: Update, answer: _RowAnswer | None) -> Outcome:
    if answer is None:
        return Outcome(update.id, "Salesforce's answer does not mention this record")
    if answer.success:
        return Outcome(update.id)
    words = "; ".join(_words(error) for error in answer.errors)
    return Outcome(update.id, words or "Salesforce refused the record without saying why")


def _words(error: _RowError) -> str:
    about = f" ({', '.join(error.fields)})" if error.fields else ""
    return f"{error.status_code}: {error.message}{about}"


def refusal(body: bytes) -> str:
    """Salesforce's words on a request that it refused as a whole, with their code."""
    try:
        errors = msgspec.json.decode(body, type=list[_Refusal])
    except msgspec.DecodeError:
        return body[:300].decode(errors="replace")
    return "; ".join(f"{error.error_code}: {error.message}" for error in errors)
