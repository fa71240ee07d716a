"""The paths that write: what a client sends is read from JSON, NDJSON or a form, and checked record by record."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import msgspec

from syncer.sandbox.mixpanel.events import seconds_of
from syncer.sandbox.mixpanel.profiles import Profiles, fault_of
from syncer.sandbox.mixpanel.project import GROUP_KEY, PROJECT_TOKEN, Project
from syncer.sandbox.server import Answer, Call

MOST_RECORDS = 2000
MOST_BYTES = 10 * 1024 * 1024


class Ingestion:
    """Handlers over a project."""

    def __init__(self, project: Project) -> None:
        self.project = project

    def import_events(self, call: Call) -> Answer:
        if len(call.body) > MOST_BYTES:
            error = f"request exceeds max limit of {MOST_BYTES} bytes"
            return Answer({"code": 413, "error": error, "status": "Request Entity Too Large"}, 413)
        try:
            found = records(call)
        except ValueError as error:
            return Answer({"code": 400, "error": f"the request cannot be read: {error}", "status": "Bad Request"}, 400)
        faults = {place: fault for place, one in enumerate(found) if (fault := event_fault(one, imported=True))}
        good = [stamped(one, call.now) for place, one in enumerate(found) if place not in faults]
        self.project.events.add(good)
        if is_form(call):  # as the official Python package sends it, one event at a time
            return received(call, len(good), [reason for _, reason in faults.values()])
        if not faults or parameters(call).get("strict", "1") != "1":
            return Answer({"code": 200, "num_records_imported": len(good), "status": "OK"}, rows=len(good))
        failed = [
            {"index": place, "insert_id": _insert_id(found[place]), "field": name, "message": reason}
            for place, (name, reason) in faults.items()
        ]
        body = {
            "code": 400,
            "error": "some data points in the request failed validation",
            "failed_records": failed,
            "num_records_imported": len(good),
            "status": "Bad Request",
        }
        return Answer(body, 400, rows=len(good))

    def track(self, call: Call) -> Answer:
        """As with profiles, a wrong token is not noticed and the events are lost: "1" does not mean that there is such
        a project.
        """
        try:
            found = records(call)
        except ValueError as error:
            return received(call, 0, [str(error)])
        faults = [event_fault(one, imported=False) for one in found]
        good = [one for one, fault in zip(found, faults, strict=True) if fault is None]
        self.project.events.add(stamped(one, call.now) for one in good if one["properties"].get("token") == PROJECT_TOKEN)
        return received(call, len(good), [fault[1] for fault in faults if fault])

    def update_users(self, call: Call) -> Answer:
        return self._update(call, self.project.users, ("$token", "$distinct_id"))

    def update_groups(self, call: Call) -> Answer:
        return self._update(call, self.project.groups, ("$token", "$group_key", "$group_id"))

    def _update(self, call: Call, profiles: Profiles, names: tuple[str, ...]) -> Answer:
        try:
            found = records(call)
        except ValueError as error:
            return received(call, 0, [str(error)])
        faults = [fault_of(one, names) for one in found]
        good = [one for one, fault in zip(found, faults, strict=True) if fault is None]
        for one in good:
            if one["$token"] == PROJECT_TOKEN and one.get("$group_key", GROUP_KEY) == GROUP_KEY:
                profiles.update(str(one[names[-1]]), one)
        return received(call, len(good), [fault for fault in faults if fault])


def is_form(call: Call) -> bool:
    return call.method == "GET" or "urlencoded" in call.headers.get("content-type", "")


def parameters(call: Call) -> dict[str, str]:
    """Query and form together; a form's value wins."""
    return dict([*call.query, *(call.form() if "urlencoded" in call.headers.get("content-type", "") else [])])


def records(call: Call) -> list[Any]:
    """The records of a request; ValueError when it holds none, too many, or nothing readable."""
    if is_form(call):
        found = _data(parameters(call).get("data", ""))
    elif "ndjson" in call.headers.get("content-type", ""):
        found = [msgspec.json.decode(line) for line in call.body.splitlines() if line.strip()]
    else:
        found = call.json()
    if found in (None, []):
        raise ValueError("data, missing or empty")
    found = found if isinstance(found, list) else [found]
    if len(found) > MOST_RECORDS:
        raise ValueError(f"request contains more than {MOST_RECORDS} records")
    return found


def _data(text: str) -> Any:
    """JSON, or JSON in base64 as older clients send it."""
    if text.lstrip()[:1] in ("[", "{"):
        return msgspec.json.decode(text)
    return msgspec.json.decode(base64.b64decode(text)) if text else None


def received(call: Call, good: int, reasons: list[str]) -> Answer:
    """200 also when nothing was accepted: 1 or 0, or with `verbose=1` the first reason beside it."""
    status = 1 if good else 0
    if parameters(call).get("verbose") != "1":
        return Answer(str(status), content_type="text/plain", rows=good)
    return Answer({"error": None if good else reasons[0], "status": status}, rows=good)


def event_fault(record: Any, *, imported: bool) -> tuple[str, str] | None:
    """Field and reason for which an event is refused. Imported ones need a time, an id and a user."""
    if not isinstance(record, Mapping) or not isinstance(record.get("event"), str) or not record["event"]:
        return "event", "'event' is invalid: must not be missing or blank"
    properties = record.get("properties")
    if not isinstance(properties, Mapping):
        return "properties", "'properties' is invalid: must be an object"
    time = properties.get("time", 0 if imported else 1)
    if isinstance(time, bool) or not isinstance(time, (int, float)) or time <= 0:
        return "properties.time", "'properties.time' is invalid: must be specified as seconds since epoch"
    if imported and not properties.get("$insert_id"):
        return "properties.$insert_id", "'properties.$insert_id' is invalid: must not be missing or blank"
    if imported and not isinstance(properties.get("distinct_id"), str):
        return "properties.distinct_id", "'properties.distinct_id' is invalid: must be a string"
    return None


def stamped(record: Mapping[str, Any], now: float) -> dict[str, Any]:
    """The event as it is kept: without the token, with the time at which it came; a time to come is now."""
    properties = {name: value for name, value in record["properties"].items() if name != "token"}
    time = min(seconds_of(properties.get("time", now)), int(now))
    properties |= {"time": time, "mp_processing_time_ms": int(now * 1000)}
    return {"event": record["event"], "properties": properties}


def _insert_id(record: Any) -> str:
    properties = record.get("properties") if isinstance(record, dict) else None
    return str(properties.get("$insert_id", "")) if isinstance(properties, dict) else ""
