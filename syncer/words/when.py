"""Instants as whole epoch seconds, days as dates; the only place that turns one into the other."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def epoch(text: str) -> int:
    """Epoch seconds of an ISO 8601 instant; a text without a zone is UTC, a bare day its first second. ValueError otherwise."""
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def iso(seconds: int) -> str:
    """`2026-11-01T09:00:00Z`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day(seconds: int, zone: str = "UTC") -> date:
    """The calendar day that the instant falls on in a zone."""
    return datetime.fromtimestamp(seconds, ZoneInfo(zone)).date()


def month(seconds: int) -> str:
    """The UTC month of the instant, `2026-11`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m")


def months_later(month: str, count: int) -> str:
    """The month so many months after this one, before it when negative."""
    year, number = divmod(int(month[:4]) * 12 + int(month[5:]) - 1 + count, 12)
    return f"{year:04}-{number + 1:02}"


def month_end(month: str) -> int:
    """The last second of the UTC month."""
    return epoch(f"{months_later(month, 1)}-01") - 1
