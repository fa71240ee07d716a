"""The query calls: pages of up to 2,000 records, and cursors that keep the rest for two days."""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass

from syncer.sandbox.salesforce.bodies import base_path
from syncer.sandbox.salesforce.errors import ApiError
from syncer.sandbox.salesforce.soql_run import Found, run
from syncer.sandbox.salesforce.store import Store
from syncer.sandbox.server import Answer, Call, Route

PAGE = 2000
SMALLEST_PAGE = 200
CURSOR_SECONDS = 2 * 24 * 3600
OPEN_CURSORS = 10
"""A user's eleventh cursor closes the oldest."""
_BATCH = re.compile(r"\bbatchSize\s*=\s*(\d+)")


@dataclass(frozen=True)
class _Cursor:
    found: Found
    opened: float


class Queries:
    """query, queryAll and their further pages."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._cursors: OrderedDict[str, _Cursor] = OrderedDict()

    def routes(self) -> list[Route]:
        base = "/services/data/v{version}"
        return [
            Route("GET", f"{base}/query", self.query),
            Route("GET", f"{base}/queryAll", self.query_all),
            Route("GET", f"{base}/query/{{locator}}", self.more),
            Route("GET", f"{base}/queryAll/{{locator}}", self.more),
        ]

    def query(self, call: Call) -> Answer:
        return self._first(call, deleted=False)

    def query_all(self, call: Call) -> Answer:
        return self._first(call, deleted=True)

    def more(self, call: Call) -> Answer:
        """A cursor's page: the locator ends in the number of the first record."""
        cursor_id, _, start = call.args["locator"].rpartition("-")
        cursor = self._cursors.get(cursor_id)
        if cursor is None or not start.isdigit() or call.now > cursor.opened + CURSOR_SECONDS:
            raise ApiError("INVALID_QUERY_LOCATOR", "invalid query locator")
        return self._page(call, cursor.found, int(start), cursor_id)

    def _first(self, call: Call, *, deleted: bool) -> Answer:
        text = call.one("q")
        if not text:
            raise ApiError("MALFORMED_QUERY", "A query string has to be specified")
        found = run(self._store, text, deleted=deleted)
        if len(found.rows) <= _page_size(call, found):
            return self._page(call, found, 0, "")
        cursor_id = self._store.new_id("01g")
        self._cursors[cursor_id] = _Cursor(found, call.now)
        while len(self._cursors) > OPEN_CURSORS:
            self._cursors.popitem(last=False)
        return self._page(call, found, 0, cursor_id)

    def _page(self, call: Call, found: Found, start: int, cursor_id: str) -> Answer:
        end = start + _page_size(call, found)
        records = found.show(found.rows[start:end], base_path(call))
        done = end >= len(found.rows)
        body = {"totalSize": found.total, "done": done, "records": records}
        if not done:
            body["nextRecordsUrl"] = f"/services/data/v{call.args['version']}/query/{cursor_id}-{end}"
        return Answer(body, rows=len(records))


def _page_size(call: Call, found: Found) -> int:
    asked = _BATCH.search(call.headers.get("sforce-query-options", ""))
    size = min(max(int(asked.group(1)), SMALLEST_PAGE), PAGE) if asked else PAGE
    return min(size, SMALLEST_PAGE) if found.slow else size
