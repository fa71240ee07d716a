"""Updates and upserts by batch: 100 records a call. An unknown property or a bad option refuses all of them.

https://developers.hubspot.com/docs/api-reference/crm-companies-v3/batch/post-crm-v3-objects-companies-batch-update
https://developers.hubspot.com/docs/api-reference/2026-03/crm/objects/custom-objects/batch/upsert-custom-objects
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import msgspec

from syncer.crm.hubspot.values import to_wire
from syncer.crm.narrowing import BatchRefused, Spare, narrowed
from syncer.crm.port import Outcome, Update
from syncer.tools.http import Http

ROWS = 100


class _Written(msgspec.Struct, rename="camel"):
    id: str
    object_write_trace_id: str | None = None


class _Error(msgspec.Struct):
    message: str = ""
    category: str = ""
    context: dict[str, Any] = {}


class _Answer(msgspec.Struct):
    results: list[_Written] = []
    errors: list[_Error] = []


class _Refusal(msgspec.Struct):
    message: str = ""
    category: str = ""
    errors: list[_Error] = []


class Batches:
    """Writes updates of one object. With a `key`, a unique property, the updates' ids are its values, and a record that is not there
    yet is made."""

    def __init__(self, http: Http, path: str, key: str | None = None) -> None:
        self._http = http
        self._path = f"{path}/batch/{'upsert' if key else 'update'}"
        self._named_by = {"idProperty": key} if key else {}
        self._spare = Spare()

    def write(self, updates: Iterable[Update]) -> Iterator[list[Outcome]]:
        """Outcomes batch by batch."""
        rows = iter(updates)
        while batch := list(islice(rows, ROWS)):
            yield narrowed(batch, self._send, self._spare)

    def _send(self, batch: Sequence[Update]) -> list[Outcome]:
        inputs = [
            {
                "id": update.id,
                **self._named_by,
                "objectWriteTraceId": update.id,
                "properties": {name: to_wire(text) for name, text in update.values.items()},
            }
            for update in batch
        ]
        reply = self._http.request("POST", self._path, json={"inputs": inputs}, repeatable=True, accept=(400, 404, 409, 413), into=_Answer)
        if reply.value is None:
            raise BatchRefused(_refusal(reply.body))
        return _outcomes(batch, reply.value)


def _outcomes(batch: Sequence[Update], answer: _Answer) -> list[Outcome]:
    """By record, whatever the status was: 200 and 207 both may carry errors.

    Errors that name no record are said of all that were not written.
    """
    written = {name for result in answer.results for name in (result.id, result.object_write_trace_id)}
    named: dict[str, str] = {}
    general: list[str] = []
    for error in answer.errors:
        ids = _ids(error)
        named |= dict.fromkeys(ids, _words(error))
        general += [] if ids else [_words(error)]
    silence = "; ".join(general) or "HubSpot's answer does not mention this record; it may have been merged into another"
    return [Outcome(update.id, named.get(update.id) or (None if update.id in written else silence)) for update in batch]


def _ids(error: _Error) -> list[str]:
    found: list[str] = []
    for key in ("ids", "id", "objectWriteTraceId"):
        value = error.context.get(key, [])
        found += [str(each) for each in (value if isinstance(value, list) else [value])]
    return found


def _words(error: _Error) -> str:
    return f"{error.category}: {error.message}" if error.category else error.message


def _refusal(body: bytes) -> str:
    """HubSpot's words on a batch that it refused as a whole, with its details where it gives them."""
    try:
        found = msgspec.json.decode(body, type=_Refusal)
    except msgspec.DecodeError:
        return body[:300].decode(errors="replace")
    details = "; ".join(error.message for error in found.errors[:3] if error.message and error.message not in found.message)
    sentence = f"{found.message} ({details})" if details else found.message
    return f"{found.category}: {sentence}" if found.category else sentence
