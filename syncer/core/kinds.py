"""The kinds of value that an expression knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Money is kept apart from other numbers so that nobody adds seats to dollars."""

    NUMBER = "number"
    MONEY = "money"
    TEXT = "text"
    DATE = "date"
    BOOL = "yes/no"


@dataclass(frozen=True)
class Column:
    """A value that expressions may use: its kind, the columns whose reason, when there is one, holds it back, what its money is in (another
    fact such as `stripe.currency`, or REPORTING), its unit as the catalog words it (`seats`, `percent`, `UTC day`), and all values that it
    can have, where they are few and known."""

    kind: Kind
    held_by: tuple[str, ...] = ()
    currency: str | None = None
    unit: str | None = None
    options: tuple[str, ...] = ()


FITS: Mapping[str, frozenset[Kind]] = {
    "currency": frozenset({Kind.MONEY, Kind.NUMBER}),
    "number": frozenset({Kind.MONEY, Kind.NUMBER}),
    "date": frozenset({Kind.DATE}),
    "checkbox": frozenset({Kind.BOOL}),
    "text": frozenset({Kind.TEXT}),
    "picklist": frozenset({Kind.TEXT}),
    "url": frozenset({Kind.TEXT}),
}
"""What a field of each type can be made of."""

MONEY_TYPE = "DECIMAL(18,3)"
WHOLE_TYPES = frozenset(("BIGINT", "INTEGER", "SMALLINT", "TINYINT", "HUGEINT"))


def kind_of(sql_type: str) -> Kind:
    """The kind of a column by its SQL type; DECIMAL(18,3) is money. ValueError for a type that facts do not have."""
    name = sql_type.upper().replace(" ", "")
    if name == MONEY_TYPE:
        return Kind.MONEY
    if name in WHOLE_TYPES or name.startswith("DECIMAL("):
        return Kind.NUMBER
    simple = {"VARCHAR": Kind.TEXT, "DATE": Kind.DATE, "BOOLEAN": Kind.BOOL}
    if name not in simple:
        raise ValueError(f"a fact cannot be of type {sql_type}")
    return simple[name]
