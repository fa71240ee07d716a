"""What numbers are in: seats, percent, days, `stripe.currency` for its money. None: a plain number, which goes with anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncer.core.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from syncer.core.kinds import Column

COUNT = "count"
FAMILIES = {
    **dict.fromkeys(("customers", "events", "people", "seats", "tickets"), COUNT),
    **{unit: unit for unit in ("percent", "points", "days", "months", "minor units of stripe.currency")},
}
"""Units by what they are compared as. Any other word of a catalog claims nothing."""


def unit_of(column: Column) -> str | None:
    """What a column's numbers are in; None of a column that holds none."""
    return {Kind.MONEY: column.currency, Kind.NUMBER: column.unit}.get(column.kind)


def family(kind: Kind | None, unit: str | None) -> str | None:
    """What a value is compared as: seats and people are both a count, a currency is itself; None goes with any."""
    return unit if kind is Kind.MONEY else FAMILIES.get(unit or "")


def common(units: Iterable[str | None]) -> str | None:
    """The unit of values that are of one family: the first that is known."""
    return next((unit for unit in units if unit), None)


def product(left: str | None, right: str | None) -> str | None:
    """The unit of one number times another. A plain number and a percentage leave a count what it is; two counts make a plain number."""
    sides = {left, right} - {None}
    if len(sides) > 1:
        sides -= {"percent"}
    return kept(*sides) if len(sides) == 1 and left != right else None


def quotient(over: str | None, under: str | None) -> str | None:
    """The unit of one number by another: of two alike none, by a plain number or a percentage that of what is divided."""
    return kept(over) if under is None or (under == "percent" and over != under) else None


def kept(unit: str | None) -> str | None:
    """A count or a percentage, which stays one when it is multiplied or divided; not a time: 7 days by 7 are a week."""
    return unit if FAMILIES.get(unit or "") in (COUNT, "percent") else None


def shown(kind: Kind | None, unit: str | None) -> str:
    """How a mistake says what a value is."""
    if family(kind, unit) is None:
        return str(kind)
    return f"money in {unit}" if kind is Kind.MONEY else str(unit)


def told(kind: Kind, unit: str | None) -> str | None:
    """A unit for people beside a number: `%`, `seats`. None for money, which each account has in its own currency."""
    return None if kind is not Kind.NUMBER or unit is None or " " in unit else {"percent": "%"}.get(unit, unit)
