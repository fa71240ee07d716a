"""Salesforce's way of writing time: `2026-11-01T09:00:00.000+0000`, always UTC. Sorted as text, sorted as time."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

_ISO = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:?\d\d)?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def written(moment: float) -> str:
    """An instant (epoch seconds) as the API writes it."""
    then = datetime.fromtimestamp(moment, UTC)
    return f"{then:%Y-%m-%dT%H:%M:%S}.{then.microsecond // 1000:03d}+0000"


def read_datetime(text: str) -> str | None:
    """ISO 8601 in any zone, as the API writes it; None for anything else. Without a zone it is UTC."""
    found = _ISO.fullmatch(text)
    if not found:
        return None
    whole, fraction, zone = found.groups()
    milliseconds = f"{(fraction or '.0')[1:4]:0<3}"
    try:
        if zone in (None, "Z", "+0000", "+00:00"):
            datetime.fromisoformat(whole)
            return f"{whole}.{milliseconds}+0000"
        then = datetime.fromisoformat(f"{whole}{zone[:3]}:{zone[-2:]}").astimezone(UTC)
    except ValueError:
        return None
    return f"{then:%Y-%m-%dT%H:%M:%S}.{milliseconds}+0000"


def read_day(text: str) -> str | None:
    """`YYYY-MM-DD`, or the day of an instant; None for anything else."""
    day = text if _DAY.fullmatch(text) else (read_datetime(text) or "")[:10]
    try:
        date.fromisoformat(day)
    except ValueError:
        return None
    return day
