"""Mixpanel: group profiles, and how many events each user of a group caused, per day, event and surface.

How it sees changes: every pull reads all group profiles, and exports the days since the last pull together with the
`reread_days` before, as events arrive late; each exported day is replaced whole. Older days are read again only when more days
of history are wanted than were ever read.
How it sees deletions: a profile that is no longer listed is gone; deleted events are gone from the days that are read.
Events without a group are left out; an event of several groups counts for each.
A day is the project's: UTC for projects made since 2023, for older ones that of `time_zone`, in which Mixpanel then
also gives the events' times (https://developer.mixpanel.com/reference/raw-event-export).
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from syncer.core.domains import host_of
from syncer.tools.http import Calls, Http, Patience
from syncer.tools.pace import Pace, Rule
from syncer.words import when
from syncer.words.errors import VendorError
from syncer.words.tables import Page, Row, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

LIMITS = (Rule(60, 3605, "^/api/query"), Rule(60, 3605, "/export$"), Rule(3, 1.3, "/export$"))
"""Queries and exports an hour, exports a second (https://docs.mixpanel.com, rate limits), with a margin."""

CHUNK_DAYS = 14
MANY_EVENTS = 500_000
"""Days per export at first; after an export of so many events, half as many."""

DOMAIN_PROPERTIES = frozenset({"domain", "website", "email"})

TABLES = (
    Table("mixpanel.group", {"id": "VARCHAR", "name": "VARCHAR", "last_seen": "BIGINT"}),
    Table(
        "mixpanel.key",
        {"owner_id": "VARCHAR", "key": "VARCHAR", "value": "VARCHAR"},
        key=("owner_id", "key", "value"),
        parent="mixpanel.group",
    ),
    Table(
        "mixpanel.event_day",
        {
            "day": "DATE",
            "group_id": "VARCHAR",
            "user_id": "VARCHAR",
            "event": "VARCHAR",
            "surface": "VARCHAR",
            "events": "BIGINT",
        },
        key=("day", "group_id", "user_id", "event", "surface"),
        partition="day",
    ),
)
PROFILES = ("mixpanel.group", "mixpanel.key")


class _Profile(msgspec.Struct):
    id: str | int = msgspec.field(name="$distinct_id")
    properties: dict[str, Any] = msgspec.field(name="$properties", default_factory=dict)


class _Profiles(msgspec.Struct):
    status: str
    error: str | None = None
    page_size: int = 1000
    session_id: str | None = None
    results: list[_Profile] = []


class Mixpanel:
    """One Mixpanel project, read with a service account. `group_key` is the event property that names the group."""

    name = "mixpanel"
    tables: Sequence[Table] = TABLES

    def __init__(  # noqa: PLR0913, PLR0917  (settings)
        self,
        username: str,
        secret: str,
        project_id: str,
        data_group_id: str,
        group_key: str = "account_id",
        base_url: str = "https://mixpanel.com",
        export_url: str = "https://data.mixpanel.com",
        *,
        time_zone: str = "UTC",
        history_days: int = 90,
        reread_days: int = 8,
        pace: Pace | None = None,
        patience: Patience | None = None,
        calls: Calls | None = None,
    ) -> None:
        basic = b64encode(f"{username}:{secret}".encode()).decode()
        pace = pace or Pace(LIMITS)

        def connect(url: str, read_seconds: float) -> Http:
            return Http(
                "mixpanel",
                url,
                auth=lambda: {"authorization": f"Basic {basic}"},
                secrets=(secret,),
                pace=pace,
                patience=patience,
                read_seconds=read_seconds,
                calls=calls,
            )

        self.http = connect(base_url, 60)
        self.export = connect(export_url, 300)
        self._project = {"project_id": project_id}
        self._data_group_id = data_group_id
        self._time_zone = time_zone
        self._history_days = history_days
        self._reread_days = reread_days
        self._decode_line = _line_decoder(group_key)

    def check(self) -> str:
        """The project's number, when its cohorts may be listed."""
        self.http.request("POST", "/api/query/cohorts/list", params=self._project, repeatable=True)
        return f"project {self._project['project_id']}"

    def pull(self, cursor: Mapping[str, Any], as_of: int) -> Iterator[Page]:
        """Pages of what changed since the cursor; see Connector."""
        yield from self._profiles(cursor)
        today = when.day(as_of, self._time_zone)
        first = today - timedelta(days=self._history_days)
        if cursor.get("since", "never") > first.isoformat():
            cursor = {"since": first.isoformat()}
        start = date.fromisoformat(cursor["through"]) - timedelta(days=self._reread_days) if "through" in cursor else first
        days = CHUNK_DAYS
        while start <= today:
            end = min(start + timedelta(days=days - 1), today)
            counts = self._counts(start, end)
            if counts.total() > MANY_EVENTS:
                days = max(1, days // 2)
            span = [day.isoformat() for day in _days(start, end)]
            rows: list[Row] = [(*key, events) for key, events in counts.items()]
            cursor = {**cursor, "through": max(end.isoformat(), cursor.get("through", ""))}
            yield Page({"mixpanel.event_day": rows}, cursor, replaced={"mixpanel.event_day": span})
            start = end + timedelta(days=1)
        yield Page({}, cursor)

    def _profiles(self, cursor: Mapping[str, Any]) -> Iterator[Page]:
        """All group profiles, as one sweep; a cut-off one begins anew, as Mixpanel's sessions do not last."""
        session: dict[str, Any] = {}
        more = True
        number = 0
        while more:
            form = {"data_group_id": self._data_group_id, "page": number, **session}
            reply = self.http.request("POST", "/api/query/engage", params=self._project, form=form, repeatable=True, into=_Profiles)
            found: _Profiles = reply.value
            if found.status != "ok":  # refusals may come with status 200
                raise VendorError("mixpanel", f"the group profiles were not given: {found.error or found.status}")
            more = len(found.results) >= found.page_size
            rows = {
                "mixpanel.group": [_group_row(profile) for profile in found.results],
                "mixpanel.key": [row for profile in found.results for row in _key_rows(profile)],
            }
            yield Page(rows, cursor, begins=() if number else PROFILES, completes=() if more else PROFILES)
            session = {"session_id": found.session_id}
            number += 1

    def _counts(self, start: date, end: date) -> Counter[tuple[date, str, str, str, str | None]]:
        """Events by day, group, user, event and surface, both days included; an event sent twice counts once."""
        days = {day.toordinal() - date(1970, 1, 1).toordinal(): day for day in _days(start, end)}

        def consume(lines: Iterator[bytes]) -> Counter[tuple[date, str, str, str, str | None]]:
            counts: Counter[tuple[date, str, str, str, str | None]] = Counter()
            seen: set[int] = set()
            for line in lines:
                event = self._decode_line(line)
                about = event.properties
                if not about.group:
                    continue
                same = hash((about.insert_id, event.event, about.user, about.time))
                if about.insert_id and same in seen:
                    continue
                seen.add(same)
                day = days.get(int(about.time) // 86_400)
                if day is None:
                    sentence = f"an event of {when.day(int(about.time))} came with the export of {start} to {end}"
                    raise VendorError("mixpanel", f"{sentence}. Check that time_zone is the project's")
                for group in about.group if isinstance(about.group, list) else [about.group]:
                    counts[day, str(group), str(about.user), event.event, about.surface] += 1
            return counts

        params = {**self._project, "from_date": start.isoformat(), "to_date": end.isoformat()}
        return self.export.stream_lines("/api/2.0/export", params, consume=consume)


def _days(start: date, end: date) -> list[date]:
    """All days from the one to the other, both included."""
    return [start + timedelta(days=number) for number in range((end - start).days + 1)]


def _line_decoder(group_key: str) -> Callable[[bytes], Any]:
    """Reads an exported event; the property that names the group differs by project."""
    text = str | int | float
    properties = msgspec.defstruct(
        "Properties",
        [
            ("time", int | float),
            ("user", text, msgspec.field(name="distinct_id", default="")),
            ("insert_id", text | None, msgspec.field(name="$insert_id", default=None)),
            ("group", text | list[text] | None, msgspec.field(name=group_key, default=None)),
            ("surface", str | None, None),
        ],
    )
    event = msgspec.defstruct("Event", [("event", str), ("properties", properties)])
    return msgspec.json.Decoder(event).decode


def _group_row(profile: _Profile) -> Row:
    about = profile.properties
    return (str(profile.id), _text(about.get("$name") or about.get("name")), _instant(about.get("$last_seen")))


def _key_rows(profile: _Profile) -> list[Row]:
    """`id`, `property.<p>` of each text property, `domain` of those that hold a domain, web or mail address."""
    texts = {name: value for name, value in profile.properties.items() if isinstance(value, str) and value}
    domains = {host_of(value) for name, value in texts.items() if name.lstrip("$").lower() in DOMAIN_PROPERTIES}
    keys = [("id", str(profile.id)), *((f"property.{name}", value) for name, value in texts.items())]
    keys += [("domain", domain) for domain in sorted(filter(None, domains))]
    return [(str(profile.id), key, value) for key, value in keys]


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _instant(value: Any) -> int | None:
    """Anyone may write anything into a profile: what is no instant is unknown."""
    try:
        return when.epoch(value)
    except (ValueError, TypeError):
        return None
