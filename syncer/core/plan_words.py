"""Words and numbers of a plan: values with thousands separators and their unit, differences, shares, counts."""

from __future__ import annotations

import unicodedata
from decimal import Decimal, InvalidOperation

from syncer.core.plan import Cell
from syncer.words.money import KNOWN, exponent

NUMBERS = ("number", "currency")
MINUS = "\N{MINUS SIGN}"
LONGEST = 40
"""Digits; a longer number is shown as it is."""
YES_NO = {"true": "yes", "false": "no"}
ONE = {"people": "person", **{f"{unit}s": unit for unit in ("customer", "day", "event", "month", "point", "seat", "ticket")}}
UNSEEN = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
JOINERS = "\u200c\u200d"


def harmless(text: str) -> str:
    """Text from outside on one line: characters that cannot be seen, which may move a cursor or turn the direction, are shown as �."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(char) for char in text)


def _shown(char: str) -> str:
    if char in "\n\t":
        return " "
    return char if char in JOINERS or unicodedata.category(char) not in UNSEEN else "\ufffd"


def counted(count: int, noun: str) -> str:
    """`1 account`, `2,000 accounts`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def percent(share: Decimal) -> str:
    """A share as people write it, with a decimal where it is small: 0.004 is `0.4 %`.

    >>> percent(Decimal("0.3")), percent(Decimal("0.004")), percent(Decimal(0))
    ('30 %', '0.4 %', '0 %')
    """
    hundredths = 100 * share
    return f"{hundredths:.1f} %" if 0 < hundredths < 1 else f"{hundredths:.0f} %"


def value_text(text: str, kind: str, unit: str | None, *, named: bool = True) -> str:
    """A value of a field of this type: `2,000.50 USD`, `1,234 seats`, `yes`; another text as it is. Not `named`: without its unit.

    >>> value_text("2000.5", "number", "USD"), value_text("4500", "currency", "JPY"), value_text("10.333", "number", "USD")
    ('2,000.50 USD', '4,500 JPY', '10.333 USD')
    """
    if kind == "checkbox":
        return YES_NO.get(text, text)
    number = _number(text, kind)
    if number is None:
        return text
    shown = ONE.get(unit, unit) if unit and abs(number) == 1 else unit
    return _grouped(number, unit) + (f" {shown}" if shown and named else "")


def delta(cell: Cell, kind: str) -> str:
    """By how much a number changes, with its sign; "" for other values and where there was none.

    >>> delta(Cell("mrr", "3686", "5529.5", "USD"), "number"), delta(Cell("seats", None, "3"), "number")
    ('+1,843.50', '')
    """
    old, new = _number(cell.old, kind), _number(cell.new, kind)
    if old is None or new is None:
        return ""
    return f"{'+' if new > old else MINUS}{_grouped(abs(new - old), cell.unit)}"


def sort_weight(cell: Cell) -> Decimal:
    """How much money moves in a cell, 0 for other values; roughly comparable, as a yen counts as a hundredth of a dollar."""
    if cell.unit is None or not _is_currency(cell.unit):
        return Decimal(0)
    moved = (_number(cell.new, "number") or Decimal(0)) - (_number(cell.old, "number") or Decimal(0))
    return abs(moved).scaleb(exponent(cell.unit) - 2)


def _grouped(number: Decimal, unit: str | None) -> str:
    own = max(-int(number.as_tuple().exponent), 0)
    least = exponent(unit) if own and unit and _is_currency(unit) else 0
    return f"{number:,.{max(own, least)}f}".replace("-", MINUS)


def _is_currency(unit: str) -> bool:
    return unit.lower() in KNOWN and unit.isupper()


def _number(text: str | None, kind: str) -> Decimal | None:
    if text is None or kind not in NUMBERS:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < LONGEST else None
