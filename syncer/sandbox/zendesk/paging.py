"""Cursor and offset paging of lists (https://developer.zendesk.com/api-reference/introduction/pagination/)."""

from __future__ import annotations

import base64
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from syncer.sandbox.server import Call
from syncer.sandbox.zendesk.refusals import coded, titled

LARGEST_PAGE = 100
DEEPEST_OFFSET = 10_000


def number(call: Call, name: str, default: int) -> int:
    text = call.one(name) or str(default)
    if not text.isdecimal():
        raise coded(400, "InvalidValue", f"{name} must be a number, not {text}")
    return int(text)


def link(call: Call, **changes: object) -> str:
    """The call's own address with other parameters; None leaves one out."""
    kept = [(key, value) for key, value in call.query if key not in changes]
    query = urlencode(kept + [(key, str(value)) for key, value in changes.items() if value is not None], safe="[]")
    return f"{call.base_url}{call.path}?{query}"


def encode(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


def decode(cursor: str) -> str:
    try:
        return base64.urlsafe_b64decode(cursor.encode()).decode()
    except ValueError as wrong:
        raise coded(400, "InvalidCursor", "The cursor is invalid") from wrong


def page_of(call: Call, ids: Sequence[int]) -> tuple[list[int], dict[str, Any]]:
    """The ids of the page that the call asks for out of ascending ones, and what the answer says of the paging."""
    return _by_cursor(call, ids) if any(key.startswith("page[") for key, _ in call.query) else by_offset(call, ids)


def _by_cursor(call: Call, ids: Sequence[int]) -> tuple[list[int], dict[str, Any]]:
    size = number(call, "page[size]", LARGEST_PAGE)
    if not 0 < size <= LARGEST_PAGE:
        raise titled(400, "InvalidPaginationParameter", f"page[size] must be between 1 and {LARGEST_PAGE}")
    after, before = call.one("page[after]"), call.one("page[before]")
    if before:
        end = bisect_left(ids, _id_in(before))
        start = max(0, end - size)
    else:
        start = bisect_right(ids, _id_in(after)) if after else 0
        end = start + size
    page = list(ids[start:end])
    first, last = (encode(f"id:{page[0]}"), encode(f"id:{page[-1]}")) if page else (None, None)
    more = end < len(ids)
    return page, {
        "meta": {"has_more": more, "after_cursor": last, "before_cursor": first},
        "links": {
            "next": link(call, **{"page[after]": last, "page[before]": None}) if more else None,
            "prev": link(call, **{"page[before]": first, "page[after]": None}) if start and page else None,
        },
    }


def _id_in(cursor: str) -> int:
    text = decode(cursor).removeprefix("id:")
    if not text.isdecimal():
        raise coded(400, "InvalidCursor", "The cursor is invalid")
    return int(text)


def by_offset(call: Call, ids: Sequence[int], deepest: int = DEEPEST_OFFSET) -> tuple[list[int], dict[str, Any]]:
    """`per_page` (at most 100) and `page`; nothing beyond 10,000 records."""
    size = min(max(1, number(call, "per_page", LARGEST_PAGE)), LARGEST_PAGE)
    at = max(1, number(call, "page", 1))
    if at * size > deepest:
        text = f"The offset is too deep: no more than {deepest} records can be paged through. Use cursor pagination."
        raise titled(400, "Invalid pagination depth", text)
    page = list(ids[(at - 1) * size : at * size])
    following = link(call, page=at + 1) if at * size < len(ids) else None
    return page, {
        "count": len(ids),
        "next_page": following,
        "previous_page": link(call, page=at - 1) if at > 1 else None,
    }
