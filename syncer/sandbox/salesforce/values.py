"""From what a caller sends to what is stored. JSON and CSV alike: in JSON too numbers may come as strings."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from syncer.sandbox.salesforce.errors import ApiError, WrongTypeError, required_missing
from syncer.sandbox.salesforce.ids import full_id
from syncer.sandbox.salesforce.moments import read_datetime, read_day
from syncer.sandbox.salesforce.schema import Field

Reader = Callable[[Any], Any]
"""A value as sent to the value as stored; None stays None. ApiError when it does not fit."""

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_WHOLE = re.compile(r"[+-]?\d+")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_BOOLEANS = {
    **dict.fromkeys(("true", "1", "yes", "y", "t", "on"), True),
    **dict.fromkeys(("false", "0", "no", "n", "f", "off"), False),
}


def reader_for(field: Field) -> Reader:
    """The reader of one field. Made once per field: it is the inner loop of every write."""
    kinds: dict[str, Callable[[Field], Reader]] = {
        "boolean": _boolean, "int": _whole, "double": _number, "currency": _number, "percent": _number,
        "date": _date, "datetime": _datetime, "reference": _reference, "id": _reference, "picklist": _choice,
        "email": _email,
    }  # fmt: skip
    read = kinds.get(field.type, _text)(field)
    if field.nillable or field.type == "boolean":
        return read

    def present(value: Any) -> Any:
        stored = read(value)
        if stored is None:
            raise required_missing([field.name])
        return stored

    return present


def _wrong(field: Field, value: Any) -> WrongTypeError:
    return WrongTypeError(field.label, field.name, field.type, value)


def _text(field: Field) -> Reader:
    length = field.length

    def read(value: Any) -> str | None:
        if value is None:
            return None
        if not isinstance(value, str):
            raise _wrong(field, value)
        stored = value.strip()  # the API trims: what was written with a blank is read without
        if length and len(stored) > length:
            raise ApiError("STRING_TOO_LONG", f"{field.label}: data value too large: {stored} (max length={length})", [field.name])
        return stored or None

    return read


def _choice(field: Field) -> Reader:
    text, options = _text(field), frozenset(field.options)

    def read(value: Any) -> Any:
        stored = text(value)
        if field.restricted and stored is not None and stored not in options:
            code = "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
            raise ApiError(code, f"{field.label}: bad value for restricted picklist field: {stored}", [field.name])
        return stored

    return read


def _email(field: Field) -> Reader:
    text = _text(field)

    def read(value: Any) -> Any:
        stored = text(value)
        if stored is not None and not _EMAIL.fullmatch(stored):
            raise ApiError("INVALID_EMAIL_ADDRESS", f"{field.label}: invalid email address: {stored}", [field.name])
        return stored

    return read


def _boolean(field: Field) -> Reader:
    def read(value: Any) -> bool:
        stored = value if isinstance(value, bool) else _BOOLEANS.get(value.lower()) if isinstance(value, str) else None
        if stored is None:
            raise _wrong(field, value)
        return stored

    return read


def _out_of_range(field: Field, value: Any) -> ApiError:
    message = f"{field.label}: value outside of valid range on numeric field: {value}"
    return ApiError("NUMBER_OUTSIDE_VALID_RANGE", message, [field.name])


def _whole(field: Field) -> Reader:
    # Known of the real one: "250.0" is refused where the field is an Integer.
    limit = min(10**field.precision, 2**31) if field.precision else 2**31

    def read(value: Any) -> int | None:
        if value is None:
            return None
        plain = isinstance(value, int) and not isinstance(value, bool)
        if not plain and not (isinstance(value, str) and _WHOLE.fullmatch(value)):
            raise _wrong(field, value)
        stored = int(value)
        if abs(stored) >= limit:
            raise _out_of_range(field, value)
        return stored

    return read


def _number(field: Field) -> Reader:
    step, limit = Decimal(1).scaleb(-field.scale), Decimal(10) ** (field.precision - field.scale)

    def read(value: Any) -> float | None:
        if value is None:
            return None
        if isinstance(value, bool) or not (
            isinstance(value, int | float | Decimal) or (isinstance(value, str) and _NUMBER.fullmatch(value))
        ):
            raise _wrong(field, value)
        exact = value if isinstance(value, Decimal) else Decimal(str(value))
        if abs(exact) >= limit:
            raise _out_of_range(field, value)
        return float(exact.quantize(step, ROUND_HALF_EVEN)) + 0.0  # no negative zero

    return read


def _date(field: Field) -> Reader:
    def read(value: Any) -> str | None:
        if value is None:
            return None
        stored = read_day(value) if isinstance(value, str) else None
        if stored is None:
            raise _wrong(field, value)
        return stored

    return read


def _datetime(field: Field) -> Reader:
    def read(value: Any) -> str | None:
        if value is None:
            return None
        stored = read_datetime(value) if isinstance(value, str) else None
        if stored is None:
            raise _wrong(field, value)
        return stored

    return read


def _reference(field: Field) -> Reader:
    def read(value: Any) -> str | None:
        if value is None or value == "":
            return None
        stored = full_id(value) if isinstance(value, str) else None
        if stored is None:
            raise ApiError("MALFORMED_ID", f"{field.label}: id value of incorrect type: {value}", [field.name])
        return stored

    return read
