"""The one Mixpanel project of the stand-in: what opens it and what it holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from syncer.sandbox.mixpanel.events import EventLog
from syncer.sandbox.mixpanel.profiles import Profiles

SERVICE_ACCOUNT = ("sandbox", "sandbox-secret")
PROJECT_ID = "1234567"
PROJECT_TOKEN = "sandbox-token"  # noqa: S105  (these secrets open nothing but this stand-in)
PROJECT_SECRET = "sandbox-project-secret"  # noqa: S105
GROUP_KEY = "account_id"
DATA_GROUP_ID = "77"


class Project:
    """Events, profiles of users and of groups, cohorts by id (with their `distinct_ids`)."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.events = EventLog(GROUP_KEY)
        self.users = Profiles()
        self.groups = Profiles()
        self.cohorts: dict[int, dict[str, Any]] = {}
        self.time_zone = "UTC"

    def load(self, records: Mapping[str, Any]) -> None:
        """`groups`, `users`, `cohorts`, `events`, and `delete_events`, which is done first; `time_zone` of a project made before 2023: its
        exports end with its own day, and its events are to be given in its own time."""
        self.time_zone = records.get("time_zone", self.time_zone)
        unknown = records.keys() - {"groups", "users", "cohorts", "events", "delete_events", "time_zone"}
        if unknown:
            raise ValueError(f"Mixpanel's stand-in keeps no {', '.join(sorted(unknown))}")
        for wish in records.get("delete_events", ()):
            self.events.delete(wish[GROUP_KEY], date.fromisoformat(wish["from"]))
        self.events.add(records.get("events", ()))
        self.groups.load((one["group_id"], one["properties"]) for one in records.get("groups", ()))
        self.users.load((one["distinct_id"], one["properties"]) for one in records.get("users", ()))
        self.cohorts.update((one["id"], one) for one in records.get("cohorts", ()))
