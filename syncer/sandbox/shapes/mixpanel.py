"""Mixpanel events and profiles."""

# ruff: noqa: PLR0913, PLR0917  (a record has that many sides)
from __future__ import annotations

from typing import TYPE_CHECKING

from syncer.sandbox.shapes.dates import iso

if TYPE_CHECKING:
    from syncer.sandbox.shapes import Record


def event(name: str, time: int, distinct_id: str, insert_id: str, account_id: str | None, surface: str, **more: object) -> Record:
    """One event; without a group where nobody was logged in."""
    properties: Record = {"time": time, "distinct_id": distinct_id, "$insert_id": insert_id, "surface": surface}
    if account_id is not None:
        properties["account_id"] = account_id
    return {"event": name, "properties": properties | more}


def group(group_id: str, name: str, last_seen: int | None, **more: str) -> Record:
    """A group profile. Mixpanel writes its own times without a zone: they are UTC."""
    properties: Record = {"$name": name, **more}
    if last_seen is not None:
        properties["$last_seen"] = iso(last_seen)[:-1]
    return {"group_id": group_id, "properties": properties}


def user(distinct_id: str, email: str, account_id: str, last_seen: int) -> Record:
    return {
        "distinct_id": distinct_id,
        "properties": {"$email": email, "account_id": account_id, "$last_seen": iso(last_seen)[:-1]},
    }
