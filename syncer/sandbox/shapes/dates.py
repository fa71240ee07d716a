"""Instants as epoch seconds, the vendors' ways to write them, and Stripe's billing periods."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, datetime

DAY = 86_400


def iso(seconds: int) -> str:
    """`2026-11-01T09:00:00Z`."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()[:19] + "Z"


def midnight(seconds: int) -> int:
    """The first second of the instant's day in UTC."""
    return seconds - seconds % DAY


def add_months(seconds: int, months: int) -> int:
    """The same day and time so many months later; the month's last day where it has no such day."""
    moment = datetime.fromtimestamp(seconds, UTC)
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    day = min(moment.day, monthrange(year, month + 1)[1])
    return int(moment.replace(year=year, month=month + 1, day=day).timestamp())


def billing_period(anchor: int, interval: str, count: int, at: int) -> tuple[int, int]:
    """Start and end of the period that holds `at`, counted from the anchor: start <= at < end (the first period where
    `at` is earlier)."""
    if interval in ("day", "week"):
        length = count * (DAY if interval == "day" else 7 * DAY)
        start = anchor + max(0, at - anchor) // length * length
        return start, start + length
    months = count * (12 if interval == "year" else 1)
    periods = max(0, (at - anchor) // (31 * DAY * months))
    while add_months(anchor, (periods + 1) * months) <= at:
        periods += 1
    return add_months(anchor, periods * months), add_months(anchor, (periods + 1) * months)
