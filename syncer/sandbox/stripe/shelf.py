"""Records of one kind, kept in the order in which Stripe lists them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

Record = dict[str, Any]
"""Never changed in place: a change puts a new dict, so whoever holds the old one may keep it."""

Key = tuple[int, str]


@dataclass(frozen=True)
class Span:
    """Which part of a list is asked for. `since` and `until` (epoch seconds) are both inclusive."""

    limit: int = 10
    after: Key | None = None
    before: Key | None = None
    since: int | None = None
    until: int | None = None


class Shelf:
    """Records by id. Keys are kept oldest first, pages go out newest first; `group_by` names a field with an index."""

    def __init__(self, kind: str, group_by: str | None = None) -> None:
        self.kind = kind
        self.group_by = group_by
        self.records: dict[str, Record] = {}
        self.deleted: dict[str, Record] = {}
        self._order: list[Key] | None = []
        self._groups: dict[str, list[Key]] = {}

    def fill(self, records: Iterable[Record]) -> None:
        """Many at once: sorted when next listed."""
        for record in records:
            if record.get("deleted"):
                self._forget(record)
            else:
                self.records[record["id"]] = record
                self.deleted.pop(record["id"], None)
        self._order = None

    def put(self, record: Record) -> None:
        new = record["id"] not in self.records
        order = self.order()
        self.records[record["id"]] = record
        if new:
            for keys in (order, self._group_of(record)):
                insort(keys, _key(record))

    def remove(self, record_id: str) -> None:
        for keys in (self.order(), self._group_of(self.records[record_id])):
            place = bisect_left(keys, _key(self.records[record_id]))
            del keys[place : place + 1]
        self._forget(self.records[record_id])

    def _forget(self, record: Record) -> None:
        """What is deleted is still known as it was last: a deleted coupon stands in discounts that go on."""
        last = {"created": 0, **self.records.pop(record["id"], {}), **record}
        last.pop("deleted", None)
        self.deleted[record["id"]] = last

    def _group_of(self, record: Record) -> list[Key]:
        return self._groups.setdefault(record[self.group_by], []) if self.group_by else []

    def order(self, group: str | None = None) -> list[Key]:
        """Keys of all records or of one group, oldest first."""
        if self._order is None:
            self._order = sorted(map(_key, self.records.values()))
            self._groups = {}
            if self.group_by:
                for key in self._order:
                    self._group_of(self.records[key[1]]).append(key)
        return self._order if group is None else self._groups.get(group, [])

    def key(self, record_id: str) -> Key | None:
        """Where a record stands or stood; None when there never was one."""
        record = self.records.get(record_id) or self.deleted.get(record_id)
        return _key(record) if record else None

    def page(self, order: list[Key], span: Span, keep: Callable[[Record], bool]) -> tuple[list[Record], bool]:
        """Up to `limit` records that `keep` lets through, newest first, and whether the walk would find more."""
        low = bisect_left(order, (span.since, "")) if span.since is not None else 0
        high = bisect_left(order, (span.until + 1, "")) if span.until is not None else len(order)
        if span.before:
            low = max(low, bisect_right(order, span.before))
        if span.after:
            high = min(high, bisect_left(order, span.after))
        found: list[Record] = []
        for place in range(low, high) if span.before else range(high - 1, low - 1, -1):
            record = self.records[order[place][1]]
            if not keep(record):
                continue
            if len(found) == span.limit:
                return (found[::-1] if span.before else found), True
            found.append(record)
        return (found[::-1] if span.before else found), False


def _key(record: Record) -> Key:
    return record["created"], record["id"]
