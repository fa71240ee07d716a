"""Salesforce's JSON values from and to canonical text. Numbers pass as digits, never as floating point."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from syncer.crm.canonical import instant, plain


def _text(value: str | None) -> str | None:
    return value or None


def _number(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)


def _truth(value: bool | None) -> str | None:
    return None if value is None else "true" if value else "false"


def _instant(value: str | None) -> str | None:
    return value and moment(value)


def _other(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value or None
    return msgspec.json.encode(value).decode()


def moment(text: str) -> str:
    """Canonical text of an instant as the REST API writes it: `2026-11-01T09:00:00.000+0000`."""
    return f"{text[:-9]}Z" if text.endswith(".000+0000") else instant(text)


READ: Mapping[str, tuple[Any, Callable[[Any], str | None]]] = {
    "number": (Decimal | None, _number),
    "bool": (bool | None, _truth),
    "datetime": (str | None, _instant),
    "other": (Any, _other),
}
"""By kind: what to decode the JSON value into, and its canonical text."""
READ_TEXT = (str | None, _text)


def to_json(kind: str, text: str | None) -> Any:
    """The JSON value of checked canonical text."""
    if text is None:
        return None
    if kind == "number":
        return msgspec.Raw(text.encode())
    return text == "true" if kind == "bool" else text
