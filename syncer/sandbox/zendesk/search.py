"""/search, /search/count and /search/export: `type:organization external_id:ac-7 created>2026-01-01 words`.

Words match names, subjects and mail addresses; the vendor's stemming, wildcards and date words are not here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from syncer.sandbox.server import Answer, Call, Route
from syncer.sandbox.zendesk.account import Account
from syncer.sandbox.zendesk.paging import LARGEST_PAGE, by_offset, decode, encode, link, number
from syncer.sandbox.zendesk.refusals import Refusal, coded
from syncer.sandbox.zendesk.tables import Record, instant

TERM = re.compile(r'(?:(-?)(\w+)(:|<=|>=|<|>)("[^"]*"|\S+))|("[^"]*"|\S+)')
TYPES = {"ticket": "tickets", "organization": "organizations", "user": "users", "group": "groups"}
RANKS: dict[str, tuple[str, ...]] = {
    "status": ("new", "open", "pending", "hold", "solved", "closed"),
    "priority": ("low", "normal", "high", "urgent"),
}
DATES = {"created": "created_at", "updated": "updated_at"}
IDS = {"organization": "organization_id", "requester": "requester_id", "assignee": "assignee_id", "group": "group_id"}
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    ":": lambda left, right: bool(left == right),
    "<": lambda left, right: bool(left < right),
    ">": lambda left, right: bool(left > right),
    "<=": lambda left, right: bool(left <= right),
    ">=": lambda left, right: bool(left >= right),
}
DEEPEST = 1_000
LARGEST_EXPORT_PAGE = 1_000


def holds(record: Record, key: str, sign: str, wanted: str) -> bool:
    """Whether `key sign wanted` holds for a record."""
    if key in DATES:
        at = instant(record[DATES[key]])
        if sign == ":":
            return bool(record[DATES[key]][: len(wanted)] == wanted)
        return COMPARE[sign](at, instant(wanted))
    value = record.get(IDS.get(key, key))
    if key in RANKS and sign != ":":
        order = RANKS[key]
        return value in order and wanted in order and COMPARE[sign](order.index(value), order.index(wanted))
    if key == "tags":
        return wanted in (value or [])
    if wanted == "none":
        return value is None
    return str(value if value is not None else "").casefold() == wanted.casefold()


def said(record: Record) -> str:
    return " ".join(str(record.get(key) or "") for key in ("name", "subject", "description", "email")).casefold()


class Search:
    def __init__(self, account: Account) -> None:
        self.account = account

    def routes(self) -> Iterable[Route]:
        yield Route("GET", "/api/v2/search", self.search)
        yield Route("GET", "/api/v2/search/count", self.count)
        yield Route("GET", "/api/v2/search/export", self.export)

    def _found(self, call: Call, kind: str | None = None) -> list[tuple[str, Record]]:
        """(type, record) of all that the query matches, newest first unless told otherwise."""
        query = call.one("query")
        if not query:
            raise coded(400, "MissingParameter", "query is required")
        terms = TERM.findall(query)
        kinds = [kind] if kind else [value for _, key, _, value, _ in terms if key == "type"] or list(TYPES)
        words = [word.strip('"').casefold() for *_, word in terms if word]
        tests = [(minus, key, sign, value.strip('"')) for minus, key, sign, value, word in terms if key not in ("", "type")]
        found = [
            (one, record)
            for one in kinds
            if one in TYPES
            for record in self._listed(TYPES[one], call.now)
            if all(word in said(record) for word in words)
            and all(holds(record, key, sign, value) != bool(minus) for minus, key, sign, value in tests)
        ]
        by = call.one("sort_by") or "created_at"
        found.sort(key=lambda each: (str(each[1].get(by) or ""), each[1]["id"]), reverse=call.one("sort_order") != "asc")
        return found

    def _listed(self, plural: str, now: float) -> Iterable[Record]:
        table = self.account.tables[plural]
        return (table.records[each] for each in table.listed(now))

    def _shown(self, call: Call, found: Iterable[tuple[str, Record]]) -> list[Record]:
        return [{**self.account.show(call, self.account.tables[TYPES[kind]], [record])[0], "result_type": kind} for kind, record in found]

    def search(self, call: Call) -> Answer:
        found = self._found(call)
        try:
            page, paging = by_offset(call, range(len(found)), DEEPEST)
        except Refusal:
            text = "Invalid search: Requested response size was greater than Search Response Limits"
            raise coded(422, "invalid", text) from None
        results = self._shown(call, (found[place] for place in page))
        return Answer({"results": results, "facets": None, **paging}, rows=len(results))

    def count(self, call: Call) -> Answer:
        return Answer({"count": len(self._found(call))})

    def export(self, call: Call) -> Answer:
        kind = call.one("filter[type]") or ""
        if kind not in TYPES:
            raise coded(422, "invalid", "filter[type] is required: " + ", ".join(TYPES))
        size = min(max(1, number(call, "page[size]", LARGEST_PAGE)), LARGEST_EXPORT_PAGE)
        after = call.one("page[after]")
        start = int(decode(after).removeprefix("at:")) if after else 0
        found = self._found(call, kind)
        more = start + size < len(found)
        cursor = encode(f"at:{start + size}") if more else None
        results = self._shown(call, found[start : start + size])
        paging = {
            "meta": {"has_more": more, "after_cursor": cursor, "before_cursor": None},
            "links": {"next": link(call, **{"page[after]": cursor}) if more else None, "prev": None},
        }
        return Answer({"results": results, "facets": None, **paging}, rows=len(results))
