"""HubSpot's property values, all of them text, from and to canonical text. An empty text and null both mean empty."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation

from syncer.crm.canonical import instant, plain

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _number(text: str) -> str:
    return plain(Decimal(text))


def _instant(text: str) -> str:
    if text.removeprefix("-").isdigit():
        return instant((EPOCH + timedelta(milliseconds=int(text))).isoformat())
    return instant(text)


def _day(text: str) -> str:
    """HubSpot keeps a day as the instant of its midnight in UTC and answers with the day or with that instant."""
    return _instant(text)[:10]


_READ: Mapping[str, Callable[[str], str]] = {"number": _number, "date": _day, "datetime": _instant, "bool": str.lower}


def from_wire(kind: str, text: str | None) -> str | None:
    """Canonical text; a value that is not of its property's kind stays as it is, so that it shows as different."""
    if not text:
        return None
    try:
        return _READ.get(kind, str)(text)
    except (ValueError, InvalidOperation, OverflowError):
        return text


def to_wire(text: str | None) -> str:
    """The text that HubSpot takes for checked canonical text; "" empties the property."""
    return text or ""
