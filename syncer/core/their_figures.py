"""Figures by customer and currency: ours out of what was computed, theirs out of the rows of an export."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from syncer.core.mrr import CustomerMrr, half_up
from syncer.specs.their_mrr import Export, TheirRow, Unit
from syncer.words.money import exponent

Key = tuple[str, str]
"""A customer and a currency in lower case; "" where nothing says the customer's currency."""
Figures = Mapping[Key, Fraction | None]
"""Exact minor units; None is unknown. Whom it does not name has no row there."""


def figures_of(customers: Iterable[CustomerMrr]) -> dict[Key, Fraction | None]:
    """Per customer and currency; in the reporting currency where the policy has one."""
    found: dict[Key, Fraction | None] = {}
    for one in customers:
        if one.reporting is None:
            found[one.customer, one.currency or ""] = one.mrr
            continue
        key = one.customer, one.reporting.currency
        before, more = found.get(key, Fraction(0)), Fraction(0) if one.mrr == 0 else one.reporting.mrr
        found[key] = None if before is None or more is None else before + more
    return found


def reasons_of(customers: Iterable[CustomerMrr]) -> dict[Key, str]:
    """Why a figure is unknown."""
    told: dict[Key, str] = {}
    for one in customers:
        if one.reporting is None and one.unknown:
            told[one.customer, one.currency or ""] = one.unknown
        elif one.reporting is not None and (reason := one.unknown or one.reporting.unknown):
            told[one.customer, one.reporting.currency] = reason
    return told


def theirs_of(export: Export, ours: Figures, unit: Unit | None = None) -> tuple[dict[Key, Fraction], list[tuple[int, str]]]:
    """Their exact minor units, read in the export's unit or another, and what is wrong with it, by line.

    A row without a currency is in that of our figure; empty amounts are no figures.
    """
    currencies = _currencies(ours)
    whole = {currency for _, currency in ours if currency}
    found: dict[Key, Fraction] = {}
    lines: dict[Key, int] = {}
    faults = []
    for row in export.rows:
        choice = {row.currency} if row.currency else currencies.get(row.customer) or whole
        if len(choice) != 1:
            faults.append((row.line, _which(row, choice)))
            continue
        key = row.customer, next(iter(choice))
        if key in lines:
            faults.append((row.line, f"{row.customer} has a figure in {key[1]} on line {lines[key]} already; keep one"))
            continue
        lines[key] = row.line
        if row.amount is not None:
            found[key] = row.amount * (10 ** exponent(key[1]) if (unit or export.unit) == "major" else 1)
    return found, faults


def unit_warning(export: Export, ours: Figures) -> str | None:
    """One sentence when the amounts, read in the other unit, would agree with ours for clearly more customers."""
    other: Unit = "minor" if export.unit == "major" else "major"
    as_read, otherwise = (_agreeing(theirs_of(export, ours, unit)[0], ours) for unit in (export.unit, other))
    if otherwise <= 2 * as_read:
        return None
    return (
        f"the column {export.header} was read in {export.unit} units, in which {as_read:,} figures agree with ours; "
        f"in {other} units {otherwise:,} would. If that is what it holds, say --unit {other}"
    )


def id_warning(export: Export, ours: Figures) -> str | None:
    """One sentence when most ids of theirs are none of ours."""
    ids, known = {row.customer for row in export.rows}, {customer for customer, _ in ours}
    met = len(ids & known)
    if 2 * met >= len(ids):
        return None
    return (
        f"of {len(ids):,} ids in the column {export.id_header}, {met:,} are customers of ours; "
        "the export must name customers by Stripe's ids (cus_…)"
    )


def _agreeing(theirs: Mapping[Key, Fraction], ours: Figures) -> int:
    """How many figures agree that would not in another unit."""
    return sum(
        1
        for key, amount in theirs.items()
        if amount and exponent(key[1]) and (mine := ours.get(key)) is not None and half_up(mine) == half_up(amount)
    )


def _currencies(ours: Figures) -> dict[str, set[str]]:
    """The currencies in which a customer has a figure other than 0; all of the customer's where there is none."""
    paid: defaultdict[str, set[str]] = defaultdict(set)
    named: defaultdict[str, set[str]] = defaultdict(set)
    for (customer, currency), amount in ours.items():
        if currency:
            (named if amount == 0 else paid)[customer].add(currency)
    return {**named, **paid}


def _which(row: TheirRow, choice: Sequence[str] | set[str]) -> str:
    if not choice:
        return f"nothing says the currency of {row.customer}'s figure; add a column currency, or say --currency"
    known = " and ".join(sorted(choice))
    return f"the figure of {row.customer} may be in {known}; add a column currency, or say --currency"
