"""The records of one resource: by id, in the order of their ids, and in the order they last changed."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

Record = dict[str, Any]
FIRST_ID = 900_000_001
ARCHIVED_AFTER = 120 * 86_400
"""A ticket that has been closed for 120 days is archived: lists leave it out, exports do not."""


def instant(text: str) -> int:
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def deleted(record: Record) -> bool:
    return bool(record.get("deleted_at") or record.get("deleted") or record.get("active") is False or record.get("status") == "deleted")


def archived(record: Record, now: float) -> bool:
    return record.get("status") == "closed" and instant(record["updated_at"]) < now - ARCHIVED_AFTER


class Table:
    """`stamp` tells when a record last changed, as the incremental export sees it."""

    def __init__(self, plural: str, stamp: Callable[[Record], int] | None = None, *, hides: bool = True) -> None:
        self.plural = plural
        self.singular = plural.removesuffix("s")
        self.records: dict[int, Record] = {}
        self._stamp = stamp or (lambda record: instant(record.get("updated_at") or record["created_at"]))
        self._stamps: dict[int, int] = {}
        self._order: list[tuple[int, int]] = []
        self._hides = hides
        self._listed: tuple[int, list[int]] | None = None
        self._next = FIRST_ID

    def load(self, records: Iterable[Mapping[str, Any]], now: float) -> None:
        for given in records:
            record = {
                "created_at": iso(now),
                "updated_at": given.get("created_at") or iso(now),
                **given,
                "id": int(given["id"]),
            }
            self.records[record["id"]] = record
            self._stamps[record["id"]] = self._stamp(record)
        self._order = sorted((stamp, number) for number, stamp in self._stamps.items())
        self._next = max(self._next, 1 + max(self.records, default=0))
        self._listed = None

    def put(self, record: Record) -> None:
        """Add a record, or take note that it changed."""
        number = record["id"]
        if number in self._stamps:
            del self._order[bisect_left(self._order, (self._stamps[number], number))]
        self._stamps[number] = self._stamp(record)
        insort(self._order, (self._stamps[number], number))
        self.records[number] = record
        self._listed = None

    def remove(self, record: Record) -> None:
        """As if it had never been; only for what has no trace in an export."""
        number = record["id"]
        del self._order[bisect_left(self._order, (self._stamps.pop(number), number))]
        del self.records[number]
        self._listed = None

    def new_id(self) -> int:
        self._next += 1
        return self._next - 1

    def get(self, number: str | int) -> Record | None:
        """A record by its id; a deleted one is not found, an archived one is."""
        record = self.records.get(int(number)) if str(number).isdecimal() else None
        return record if record and not self._gone(record) else None

    def _gone(self, record: Record) -> bool:
        return self._hides and deleted(record)

    def listed(self, now: float) -> list[int]:
        """The ids lists show, ascending: neither deleted nor archived, which is looked at once an hour."""
        hour = int(now // 3600)
        if self._listed is None or self._listed[0] != hour:
            kept = (number for number, record in self.records.items() if not self._gone(record) and not archived(record, now))
            self._listed = (hour, sorted(kept))
        return self._listed[1]

    def changed(self, since: tuple[int, int], until: int) -> list[tuple[int, int]]:
        """(stamp, id) after `since` up to the second `until`, oldest change first."""
        return self._order[bisect_right(self._order, since) : bisect_right(self._order, (until, float("inf")))]
