"""The state of the stand-in's portal, and how the handlers read a call."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import msgspec

from syncer.sandbox.server import Answer, Call

from .definitions import BY_NAME, TYPES, ObjectType
from .links import Links
from .records import Records
from .refusals import PORTAL_ID, Refusal
from .values import iso

DATED = ("2026-03", "2026-09")
LARGEST_BATCH = 100
DETAILS = {
    "portalId": PORTAL_ID,
    "accountType": "STANDARD",
    "timeZone": "Etc/UTC",
    "companyCurrency": "USD",
    "additionalCurrencies": [],
    "utcOffset": "+00:00",
    "utcOffsetMilliseconds": 0,
    "uiDomain": "app.hubspot.com",
    "dataHostingLocation": "na1",
}
"""The account as account-info tells it."""


class Portal:
    """Records by object type, owners, associations; `custom` objects by name: what they are, and their schema as answered.

    `custom_objects` says whether the account's subscription has them.
    """

    def __init__(self, now: float) -> None:
        self.reset(now)

    def reset(self, now: float) -> None:
        self.records = {kind.plural: Records(kind, now) for kind in TYPES}
        self.owners: dict[str, dict[str, Any]] = {}
        self.links = Links()
        self.custom: dict[str, tuple[ObjectType, dict[str, Any]]] = {}
        self.custom_objects = True
        self.details = dict(DETAILS)

    def kind_named(self, name: str) -> ObjectType | None:
        """By plural, singular or type id; a custom object by type id or fully qualified name."""
        wanted = name.lower()
        own = (kind for kind, _ in self.custom.values() if self.custom_objects and wanted in (kind.type_id, kind.singular.lower()))
        return BY_NAME.get(wanted) or next(own, None)

    def forget_custom(self, name: str) -> None:
        del self.custom[name], self.records[name]

    def of(self, name: str) -> Records:
        """The records of a type."""
        kind = self.kind_named(name)
        if kind is None:
            raise Refusal(400, f"Unable to infer object type from: {name}", None)
        return self.records[kind.plural]


def body_of(call: Call) -> dict[str, Any]:
    try:
        body = call.json()
    except msgspec.DecodeError as wrong:
        raise Refusal(400, f"Invalid input JSON: {wrong}") from wrong
    if not isinstance(body, dict):
        raise Refusal(400, "Invalid input JSON on line 1, column 1: an object is expected")
    return body


def inputs_of(call: Call, most: int = LARGEST_BATCH) -> list[dict[str, Any]]:
    """The rows of a batch call."""
    inputs = body_of(call).get("inputs")
    if not isinstance(inputs, list):
        raise Refusal(400, "Invalid input JSON: Some required fields were not set: [inputs]")
    if len(inputs) > most:
        raise Refusal(400, f"The maximum number of inputs supported in a batch request is {most}. You sent {len(inputs)}.")
    return inputs


def many(call: Call, name: str) -> list[str]:
    """A list parameter: repeated, joined by commas, or both."""
    return [part for key, value in call.query if key == name for part in value.split(",") if part]


def number(call: Call, name: str, default: int, largest: int | None = None) -> int:
    text = call.one(name, str(default)) or str(default)
    if not text.isdecimal():
        raise Refusal(400, f"Invalid integer in parameter {name}: {text}")
    if largest is not None and not 0 < int(text) <= largest:
        raise Refusal(400, f"Invalid {name}: {text}. It must be between 1 and {largest}.")
    return int(text)


def flag(call: Call, name: str) -> bool:
    return (call.one(name) or "false").lower() == "true"


def batch(call: Call, results: list[Any], errors: list[dict[str, Any]] | None = None, *, status: int = 200) -> Answer:
    """The answer of a batch call: 207 as soon as a row failed."""
    body: dict[str, Any] = {
        "status": "COMPLETE",
        "results": results,
        "startedAt": iso(call.now),
        "completedAt": iso(call.now),
    }
    if errors:
        body |= {"numErrors": len(errors), "errors": errors}
    return Answer(body, 207 if errors else status, rows=len(results))


def paging(call: Call, after: str | None) -> dict[str, Any]:
    """The `paging` key of a list answer; nothing on the last page."""
    if after is None:
        return {}
    query = urlencode([(key, value) for key, value in call.query if key != "after"] + [("after", after)], safe=",")
    return {"paging": {"next": {"after": after, "link": f"{call.base_url}{call.path}?{query}"}}}
