"""What an HTTP answer is and what can be told from it without knowing the vendor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

NOT_CARRIED_OUT = frozenset({423, 429, 477})
TRY_AGAIN = NOT_CARRIED_OUT | {500, 502, 503, 504, 524}


@dataclass(frozen=True)
class Reply:
    """An answer: header names in lower case, the body unzipped; `value` is the body as the type asked for, or None."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    value: Any = None


class Verdict(Enum):
    """What an answer means."""

    DONE = "the caller's to read"
    RETRY = "may go better the next time"
    REFUSED = "the credential is not accepted"
    EXHAUSTED = "the allowance is used up, trying again does not help"
    FAILED = "no use to us"


def by_status(status: int) -> Verdict:
    """What a status outside 200-299 means where the vendor has no words of its own for it."""
    if status in (401, 403):
        return Verdict.REFUSED
    return Verdict.RETRY if status in TRY_AGAIN else Verdict.FAILED


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait as the vendor says, from either form of the header (RFC 9110, 10.2.3)."""
    text = headers.get("retry-after", "")
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def vendor_words(body: bytes) -> str:
    """The vendor's own sentence in an error body, whatever the shape; "" for none.

    >>> vendor_words(b'{"error": {"type": "api_error", "message": "No such price: x."}}')
    'No such price: x'
    """
    try:
        found = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return ""
    while not isinstance(found, str):
        if isinstance(found, list) and found:
            found = found[0]
        elif isinstance(found, dict):
            keys = ("message", "error_description", "description", "error")
            found = next((found[key] for key in keys if found.get(key)), "")
        else:
            return ""
    return found[:300].rstrip(". ")
