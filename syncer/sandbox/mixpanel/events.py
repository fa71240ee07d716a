"""Events, ready to be exported: by day, each already one line of JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import compress
from typing import Any

import msgspec

Event = Mapping[str, Any]

MILLISECONDS_FROM = 100_000_000_000
"""A time as large as this is in milliseconds: in seconds it would be the year 5138."""


@dataclass
class Day:
    """The events of one day as they came: parallel lists, and all lines together once they were asked for."""

    names: list[str] = field(default_factory=list)
    groups: list[Any] = field(default_factory=list)
    lines: list[bytes] = field(default_factory=list)
    whole: bytes | None = None

    def add(self, name: str, group: Any, line: bytes) -> None:
        self.names.append(name)
        self.groups.append(group)
        self.lines.append(line)
        self.whole = None

    def export(self) -> bytes:
        if self.whole is None:
            self.whole = b"".join(self.lines)
        return self.whole

    def keep(self, flags: list[bool]) -> None:
        self.names = list(compress(self.names, flags))
        self.groups = list(compress(self.groups, flags))
        self.lines = list(compress(self.lines, flags))
        self.whole = None


def seconds_of(time: float) -> int:
    return int(time // 1000) if time >= MILLISECONDS_FROM else int(time)


def day_of(seconds: int) -> date:
    return datetime.fromtimestamp(seconds, UTC).date()


class EventLog:
    """All events of the project, `group_key` being the property that names the group."""

    def __init__(self, group_key: str) -> None:
        self.group_key = group_key
        self.days: dict[date, Day] = {}
        self._encoder = msgspec.json.Encoder()

    def add(self, events: Iterable[Event]) -> None:
        day_number = day = None
        for event in events:
            properties = event["properties"]
            seconds = seconds_of(properties["time"])
            if seconds != properties["time"]:
                properties = {**properties, "time": seconds}
            if seconds // 86_400 != day_number:
                day_number = seconds // 86_400
                day = self.days.setdefault(day_of(seconds), Day())
            line = self._encoder.encode({"event": event["event"], "properties": properties})
            day.add(event["event"], properties.get(self.group_key), line + b"\n")  # type: ignore[union-attr]

    def delete(self, group: str, start: date) -> None:
        """Forgets a group's events from that day on."""
        for when, day in self.days.items():
            if when >= start:
                day.keep([not (group in found if isinstance(found, list) else found == group) for found in day.groups])

    def span(self, start: date, end: date) -> Iterator[Day]:
        """Days that have events, both ends included."""
        for number in range((end - start).days + 1):
            day = self.days.get(start + timedelta(days=number))
            if day is not None:
                yield day

    def export(  # noqa: PLR0913  (the export's parameters, by name)
        self,
        start: date,
        end: date,
        *,
        names: frozenset[str] | None,
        keep: Callable[[Event], bool] | None,
        limit: int | None,
        milliseconds: bool,
    ) -> tuple[bytes, int]:
        """Lines of the events in those days, and how many: of the named events, those that `keep` lets through."""
        parts: list[bytes] = []
        count = 0
        for day in self.span(start, end):
            if names is None and keep is None and limit is None and not milliseconds:
                parts.append(day.export())
                count += len(day.lines)
                continue
            chosen = day.lines if names is None else list(compress(day.lines, (name in names for name in day.names)))
            if keep is not None or milliseconds:
                chosen = [line for line in map(_rewriter(keep, milliseconds=milliseconds), chosen) if line]
            parts += chosen
            count += len(chosen)
        if limit is not None and count > limit:
            return b"".join(parts[:limit]), limit
        return b"".join(parts), count

    def count_names(self, start: date, end: date) -> Counter[str]:
        counts: Counter[str] = Counter()
        for day in self.span(start, end):
            counts.update(day.names)
        return counts

    def count_properties(self, name: str | None, start: date, end: date) -> Counter[str]:
        counts: Counter[str] = Counter()
        for day in self.span(start, end):
            for line in compress(day.lines, (name in (None, found) for found in day.names)):
                counts.update(msgspec.json.decode(line)["properties"].keys())
        return counts


def _rewriter(keep: Callable[[Event], bool] | None, *, milliseconds: bool) -> Callable[[bytes], bytes]:
    """The line, with its time in milliseconds if so wished; empty when the event is not wanted."""

    def rewrite(line: bytes) -> bytes:
        event = msgspec.json.decode(line)
        if keep is not None and not keep(event["properties"]):
            return b""
        if milliseconds:
            event["properties"]["time"] *= 1000
        return msgspec.json.encode(event) + b"\n"

    return rewrite
