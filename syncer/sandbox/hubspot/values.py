"""Property values: what HubSpot accepts for each type, and the text it keeps. All are text; None is "no value"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST_STRING = 65_536


class InvalidValue(ValueError):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def iso(seconds: float) -> str:
    """`2026-11-01T09:00:00.123Z`; whole seconds without a fraction, as Java's Instant prints them."""
    when = EPOCH + timedelta(milliseconds=round(seconds * 1000))
    text = when.isoformat(timespec="milliseconds" if when.microsecond else "seconds")
    return text.replace("+00:00", "Z")


def moment(text: str) -> datetime | None:
    """An ISO 8601 day or instant (UTC unless it says otherwise), or epoch milliseconds."""
    try:
        if re.fullmatch(r"-?\d{5,}", text):
            return EPOCH + timedelta(milliseconds=int(text))
        parsed = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return None
    return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def as_instant(text: str | None) -> str | None:
    """The same instant as the API writes it; None for what is none."""
    when = moment(text) if text else None
    return iso((when - EPOCH) / timedelta(seconds=1)) if when else None


def as_text(value: Any) -> str:
    """JSON numbers and booleans are taken, and answered as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)


def _number(text: str, _: Mapping[str, Any]) -> str:
    if not NUMBER.fullmatch(text):
        raise InvalidValue("INVALID_LONG", f"{text} was not a valid long.")
    return text


def _date(text: str, _: Mapping[str, Any]) -> str:
    when = moment(text)
    if when is None:
        raise InvalidValue("INVALID_LONG", f"{text} was not a valid long.")
    if when != when.replace(hour=0, minute=0, second=0, microsecond=0):
        clock = f"{when.hour}:{when.minute}:{when.second}.{when.microsecond // 1000}"
        raise InvalidValue("INVALID_DATE", f"{text} is at {clock} UTC, not midnight!")
    return when.date().isoformat()


def _datetime(text: str, _: Mapping[str, Any]) -> str:
    instant = as_instant(text)
    if instant is None:
        raise InvalidValue("INVALID_LONG", f"{text} was not a valid long.")
    return instant


def _bool(text: str, _: Mapping[str, Any]) -> str:
    if text.lower() not in ("true", "false"):
        raise InvalidValue("INVALID_OPTION", f"{text} was not one of the allowed options: [true, false]")
    return text.lower()


def _enumeration(text: str, definition: Mapping[str, Any]) -> str:
    if definition.get("externalOptions"):
        return text
    allowed = [option["value"] for option in definition["options"]]
    chosen = text.split(";") if definition["fieldType"] == "checkbox" else [text]
    for value in filter(None, chosen):
        if value not in allowed:
            raise InvalidValue("INVALID_OPTION", f"{value} was not one of the allowed options: {allowed}")
    return text


def _string(text: str, _: Mapping[str, Any]) -> str:
    if len(text) > LONGEST_STRING:
        raise InvalidValue("INVALID_STRING", f"The value has {len(text)} characters, the most are {LONGEST_STRING}.")
    return text


CHECKS = {"number": _number, "date": _date, "datetime": _datetime, "bool": _bool, "enumeration": _enumeration}


def canonical(value: Any, definition: Mapping[str, Any]) -> str | None:
    """The text to keep, None when the value empties the property; InvalidValue."""
    if value is None or value == "":
        return None
    return CHECKS.get(definition["type"], _string)(as_text(value), definition)


def appended(before: str | None, text: str) -> str:
    """A leading `;` adds options of a checkbox list to those chosen before."""
    if not text.startswith(";"):
        return text
    chosen = dict.fromkeys([*(before or "").split(";"), *text.split(";")])
    return ";".join(value for value in chosen if value)
