"""Current values of all records by list, of changed ones by search.

How it learns of change: the modified date, which every write moves, ours too. Search never shows archived (deleted)
records and shows changes some seconds late; only a whole reading tells what is gone.
https://developers.hubspot.com/docs/api-reference/search/guide
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from syncer.crm.canonical import instant
from syncer.crm.port import CrmPage, CrmRow
from syncer.tools.http import Http
from syncer.words.when import epoch

LIST_LIMIT = 100
SEARCH_LIMIT = 200
SEARCH_REACH = 9_900
"""Search ends at 10,000 results; before that, the list is read instead."""
SEARCH_BODY = 3_000
"""Characters that a search request may have."""
SEARCH_DELAY = 60_000
"""Milliseconds by which search may lag behind: so much before `since` is read once more."""


class _Object(msgspec.Struct, rename="camel"):
    id: str
    updated_at: str
    properties: dict[str, str | None]


class _Next(msgspec.Struct):
    after: str


class _Paging(msgspec.Struct):
    next: _Next | None = None


class _Page(msgspec.Struct):
    results: list[_Object]
    total: int = 0
    paging: _Paging | None = None

    @property
    def after(self) -> str | None:
        return self.paging.next.after if self.paging and self.paging.next else None


class Reader:
    """Reads one object; `values_of` makes a row's values of its properties."""

    def __init__(
        self,
        http: Http,
        path: str,
        modified: str,
        fields: Sequence[str],
        values_of: Callable[[dict[str, str | None]], tuple[str | None, ...]],
    ) -> None:
        self._http = http
        self._path = path
        self._modified = modified
        self._asked = list(dict.fromkeys(["name", modified, *fields]))
        self._values_of = values_of

    def whole(self) -> Iterator[CrmPage]:
        """All living records, 100 a page."""
        after: str | None = None
        while True:
            params = {"limit": LIST_LIMIT, "properties": ",".join(self._asked)} | ({"after": after} if after else {})
            page = self._http.get(self._path, params, into=_Page)
            yield CrmPage([self._row(found) for found in page.results], whole=True)
            after = page.after
            if after is None:
                return

    def changed(self, since: str) -> Iterator[CrmPage]:
        """Records changed at or after `since`, 200 a page; all records where that is more than search can reach.

        Each page is a search of its own from the last modified date on: with an offset, a record that changes while we
        read would move to the end and push another across the border of the next page, unseen.
        """
        floor, after = _milliseconds(since) - SEARCH_DELAY, None
        seen: set[str] = set()
        while True:
            wish = self._search(floor, after)
            if len(msgspec.json.encode(wish)) > SEARCH_BODY:
                yield from self.whole()
                return
            page: _Page = self._http.request("POST", f"{self._path}/search", json=wish, repeatable=True, into=_Page).value
            if page.total > SEARCH_REACH and not seen:
                yield from self.whole()
                return
            rows = [self._row(found) for found in page.results if found.id not in seen]
            seen.update(row.id for row in rows)
            yield CrmPage(rows, whole=False)
            if page.after is None:
                return
            last = _milliseconds(self._row(page.results[-1]).modified)
            floor, after = (last, None) if last > floor else (floor, page.after)

    def _search(self, floor: int, after: str | None) -> dict[str, Any]:
        since = {"propertyName": self._modified, "operator": "GTE", "value": str(floor)}
        wish = {
            "filterGroups": [{"filters": [since]}],
            "sorts": [{"propertyName": self._modified, "direction": "ASCENDING"}],
            "properties": self._asked,
            "limit": SEARCH_LIMIT,
        }
        return wish | ({"after": after} if after else {})

    def _row(self, found: _Object) -> CrmRow:
        stamp = found.properties.get(self._modified) or found.updated_at
        return CrmRow(found.id, found.properties.get("name") or "", instant(stamp), self._values_of(found.properties))


def _milliseconds(text: str) -> int:
    fraction = text.rpartition(".")[2].rstrip("Z") if "." in text else ""
    return epoch(text) * 1000 + int(f"{fraction:0<3}"[:3])
