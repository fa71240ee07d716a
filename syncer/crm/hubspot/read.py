"""Current values of all records by list, of changed ones by search.

How it learns of change: the modified date, which every write moves, ours too. Search never shows archived (deleted)
records and shows changes some seconds late; only a whole reading tells what is gone. Two merged records become a third with an id of its
own, which names both in hs_merged_object_ids (until 2025 one of the two lived on); the old ids are gone from lists without being archived.
https://developers.hubspot.com/docs/api-reference/search/guide, https://knowledge.hubspot.com/records/merge-records
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
MERGED = "hs_merged_object_ids"
"""The ids of all records that went into this one, with ; between them."""
SEARCH_DELAY = 60_000
"""Milliseconds by which search may lag behind."""


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
        self._asked = list(dict.fromkeys(["name", modified, MERGED, *fields]))
        self._values_of = values_of

    def whole(self) -> Iterator[CrmPage]:
        """All living records, 100 a page."""
        after: str | None = None
        while True:
            params = {"limit": LIST_LIMIT, "properties": ",".join(self._asked)} | ({"after": after} if after else {})
            page = self._http.get(self._path, params, into=_Page)
            yield CrmPage([row for found in page.results for row in self._rows(found)], whole=True)
            after = page.after
            if after is None:
                return

    def changed(self, since: str) -> Iterator[CrmPage]:
        """Records changed at or after `since`, the newest first, 200 a page; all records where that is more than search can reach.

        The last page goes on into the time before `since`, as search may have lagged behind then. That is one page at the most: right
        after thousands of our own writes a change by others that search showed too late is left to the next whole reading.

        Each page is a search of its own down from the oldest modified date so far: a record that changes while we read moves up, to
        where the next reading finds it, and pushes nobody across the border of a page.
        """
        mark, ceiling, after = _milliseconds(since), None, None
        seen: set[str] = set()
        while True:
            wish = self._search(mark - SEARCH_DELAY, ceiling, after)
            if len(msgspec.json.encode(wish)) > SEARCH_BODY:
                yield from self.whole()
                return
            page: _Page = self._http.request("POST", f"{self._path}/search", json=wish, repeatable=True, into=_Page).value
            oldest = _milliseconds(self._stamp(page.results[-1])) if page.results else mark
            ends = page.after is None or oldest < mark
            if page.total > SEARCH_REACH and not ends and not seen:
                yield from self.whole()
                return
            rows = [row for found in page.results if found.id not in seen for row in self._rows(found)]
            seen.update(found.id for found in page.results)
            yield CrmPage(rows, whole=False)
            if ends:
                return
            ceiling, after = (oldest, None) if oldest != ceiling else (ceiling, page.after)

    def _search(self, floor: int, ceiling: int | None, after: str | None) -> dict[str, Any]:
        filters = [{"propertyName": self._modified, "operator": "GTE", "value": str(floor)}]
        if ceiling is not None:
            filters.append({"propertyName": self._modified, "operator": "LTE", "value": str(ceiling)})
        wish = {
            "filterGroups": [{"filters": filters}],
            "sorts": [{"propertyName": self._modified, "direction": "DESCENDING"}],
            "properties": self._asked,
            "limit": SEARCH_LIMIT,
        }
        return wish | ({"after": after} if after else {})

    def _rows(self, found: _Object) -> Iterator[CrmRow]:
        """The record, and those that were merged into it."""
        modified = self._stamp(found)
        for gone in (found.properties.get(MERGED) or "").split(";"):
            if gone and gone != found.id:
                yield CrmRow(gone, "", modified, self._values_of({}), deleted=True, merged_into=found.id)
        yield CrmRow(found.id, found.properties.get("name") or "", modified, self._values_of(found.properties))

    def _stamp(self, found: _Object) -> str:
        return instant(found.properties.get(self._modified) or found.updated_at)


def _milliseconds(text: str) -> int:
    fraction = text.rpartition(".")[2].rstrip("Z") if "." in text else ""
    return epoch(text) * 1000 + int(f"{fraction:0<3}"[:3])
