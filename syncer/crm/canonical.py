"""The canonical text of values, the one spelling in which both CRMs are compared, and updates checked against it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from syncer.crm.port import CrmField, Outcome, Update

_PLAIN = re.compile(r"-?\d+(\.\d+)?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def plain(value: Decimal) -> str:
    """Digits with at most one point, nothing that could be left out.

    >>> plain(Decimal("1200.0")), plain(Decimal("1.5E+7")), plain(Decimal("-0.0")), plain(Decimal("0.125"))
    ('1200', '15000000', '0', '0.125')
    """
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def number(text: str) -> str:
    """The canonical text of a number without exponent. ValueError for anything else.

    >>> number("0012.340")
    '12.34'
    """
    if not _PLAIN.fullmatch(text):
        raise ValueError(text)
    return plain(Decimal(text))


def instant(text: str) -> str:
    """The canonical text of an ISO 8601 instant, in UTC, with a fraction only where there is one. ValueError otherwise.

    >>> instant("2026-11-01T09:00:00.000+0000"), instant("2026-11-01T09:00:00.120+09:00")
    ('2026-11-01T09:00:00Z', '2026-11-01T00:00:00.12Z')
    """
    moment = datetime.fromisoformat(text)
    moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    fraction = f".{moment.microsecond:06d}".rstrip("0") if moment.microsecond else ""
    return f"{moment.replace(microsecond=0, tzinfo=None).isoformat()}{fraction}Z"


def day(text: str) -> str:
    """An ISO day as it is. ValueError for anything else."""
    if not _DAY.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text).isoformat()


def truth(text: str) -> str:
    if text not in ("true", "false"):
        raise ValueError(text)
    return text


_SPELLING: Mapping[str, tuple[Callable[[str], str], str]] = {
    "number": (number, "a plain number"),
    "date": (day, "a day like 2026-11-01"),
    "datetime": (instant, "an instant like 2026-11-01T09:00:00Z"),
    "bool": (truth, "true or false"),
}


def checked(update: Update, fields: Mapping[str, CrmField]) -> Update | Outcome:
    """The update with every value in canonical text and "" as None, or the outcome that says why it cannot be sent."""
    values: dict[str, str | None] = {}
    for name, text in update.values.items():
        field = fields.get(name)
        if field is None:
            return Outcome(update.id, f"not sent: the CRM does not show a field {name} to this credential")
        spell, wanted = _SPELLING.get(field.kind, (str, ""))
        try:
            values[name] = spell(text) if text else None
        except (ValueError, InvalidOperation):
            return Outcome(update.id, f"not sent: {name} takes {wanted}, not {text!r}")
    return Update(update.id, values)


def sendable(updates: Iterable[Update], fields: Mapping[str, CrmField], held: list[Outcome]) -> Iterator[Update]:
    """The updates checked; outcomes of those that cannot be sent are put into `held`."""
    for update in updates:
        ready = checked(update, fields)
        if isinstance(ready, Update):
            yield ready
        else:
            held.append(ready)
