"""Incremental exports (https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/).

By cursor: tickets and users. By time: these and organizations; it repeats the records of the border second. Deleted
records are in both. The last minute never is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import takewhile
from typing import Any

from syncer.sandbox.server import Answer, Call, Route
from syncer.sandbox.zendesk.account import Account
from syncer.sandbox.zendesk.paging import decode, encode, link, number
from syncer.sandbox.zendesk.refusals import coded, not_found
from syncer.sandbox.zendesk.tables import Table

LARGEST_PAGE = 1000
YOUNGEST_SECONDS = 60
SAMPLE = 50


class Incremental:
    def __init__(self, account: Account) -> None:
        self.account = account

    def routes(self) -> Iterable[Route]:
        at = "/api/v2/incremental/{resource}"
        yield Route("GET", f"{at}/cursor", self.by_cursor)
        yield Route("GET", f"{at}/sample", self.sample)
        yield Route("GET", at, self.by_time)

    def _table(self, call: Call, *names: str) -> Table:
        if call.args["resource"] not in names:
            raise not_found()
        return self.account.table(call.args["resource"])

    def _start(self, call: Call) -> int:
        """Seconds since 1970: the digits that it begins with. tap-zendesk, which reads real accounts, sends a fraction
        for tickets and, to see whether organizations may be read, today's date.
        """
        digits = re.match(r"\d+", call.one("start_time") or "")
        if not digits:
            raise coded(400, "InvalidValue", "start_time is required: seconds since 1970")
        return int(digits.group())

    def by_cursor(self, call: Call) -> Answer:
        table, cursor = self._table(call, "tickets", "users"), call.one("cursor")
        if cursor:
            since = position(cursor)
        else:
            since = (self._start(call), -1)
            if since[0] > call.now - YOUNGEST_SECONDS:
                raise coded(400, "StartTimeTooRecent", "start_time must be at least one minute ago")
        size = min(max(1, number(call, "per_page", LARGEST_PAGE)), LARGEST_PAGE)
        waiting = table.changed(since, int(call.now) - YOUNGEST_SECONDS)
        page = waiting[:size]
        after = encode("{}.0||{}".format(*(page[-1] if page else since)))
        records = self.account.show(call, table, (table.records[each] for _, each in page))
        body = {
            table.plural: records,
            "after_cursor": after,
            "after_url": link(call, start_time=None, cursor=after),
            "before_cursor": None,
            "before_url": None,
            "end_of_stream": len(waiting) <= size,
            **self.account.beside(call, records),
        }
        return Answer(body, rows=len(records))

    def by_time(self, call: Call) -> Answer:
        table, start = self._table(call, "tickets", "users", "organizations"), self._start(call)
        if start > call.now - YOUNGEST_SECONDS:
            text = "Too recent start_time. Use a start_time older than 60 seconds"
            raise coded(422, "InvalidValue", text)
        size = min(max(1, number(call, "per_page", LARGEST_PAGE)), LARGEST_PAGE)
        waiting = table.changed((start, -1), int(call.now) - YOUNGEST_SECONDS)
        page = waiting[:size]
        # All that changed in one second stay together, so a page may be longer than asked for.
        page += takewhile(lambda each: each[0] == page[-1][0], waiting[size:])
        more = len(page) < len(waiting)
        end = page[-1][0] if page else start
        if more and end == start:  # a page full of one second would come for ever
            end += 1
        return self._timed(call, table, [each for _, each in page], end, ended=not more)

    def _timed(self, call: Call, table: Table, ids: list[int], end: int, *, ended: bool) -> Answer:
        records = self.account.show(call, table, (table.records[each] for each in ids))
        body: dict[str, Any] = {
            table.plural: records,
            "count": len(records),
            "end_time": end,
            "next_page": link(call, start_time=end),
            "end_of_stream": ended,
            **self.account.beside(call, records),
        }
        return Answer(body, rows=len(records))

    def sample(self, call: Call) -> Answer:
        table, start = self._table(call, "tickets", "users", "organizations"), self._start(call)
        found = table.changed((start, -1), int(call.now) - YOUNGEST_SECONDS)[:SAMPLE]
        return self._timed(call, table, [each for _, each in found], found[-1][0] if found else start, ended=True)


def position(cursor: str) -> tuple[int, int]:
    """Stamp and id in a cursor: the last record of the page that gave it."""
    stamp, _, last = decode(cursor).partition("||")
    try:
        return int(float(stamp)), int(last)
    except ValueError as wrong:
        raise coded(400, "InvalidCursor", "The cursor is invalid") from wrong
