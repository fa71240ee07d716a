"""Exchange rates as exact fractions: between any two currencies that the given ones connect."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple

from syncer.specs.rates import Rate

DECIMALS = 12
LARGEST = 10**24
"""In units of the last decimal: what DECIMAL(24,12) holds."""


class Factor(NamedTuple):
    """How much of one currency 1 major unit of another is, and the day of the newest rate in that; no day where it is the same currency."""

    value: Fraction
    day: date | None


class Standing:
    """The rates that stand on a day: of each pair the newest given so far."""

    def __init__(self, rates: Iterable[Rate] = ()) -> None:
        self._rates: dict[tuple[str, str], Rate] = {}
        self._beside: dict[str, set[str]] = defaultdict(set)
        for rate in sorted(rates, key=lambda each: each.day):
            self.take(rate)

    def take(self, rate: Rate) -> None:
        self._rates[rate.currency, rate.quote] = rate
        self._beside[rate.currency].add(rate.quote)
        self._beside[rate.quote].add(rate.currency)

    def factor(self, currency: str, target: str) -> Factor | None:
        """From a currency to another: as given, the other way round, or through a third that both have a rate with (the first by code);
        None when there is no way."""
        if currency == target:
            return Factor(Fraction(1), None)
        straight = self._given(currency, target)
        if straight is not None:
            return straight
        for middle in sorted(self._beside[currency] & self._beside[target]):
            there, on = self._given(currency, middle), self._given(middle, target)
            if there is not None and on is not None:
                return Factor(there.value * on.value, max(day for _, day in (there, on) if day))
        return None

    def _given(self, currency: str, target: str) -> Factor | None:
        if (currency, target) in self._rates:
            there = self._rates[currency, target]
            return Factor(Fraction(there.rate), there.day)
        back = self._rates.get((target, currency))
        return None if back is None else Factor(1 / Fraction(back.rate), back.day)


def standing_on(rates: Iterable[Rate], day: date) -> Standing:
    """The rates as they stand on a day."""
    return Standing(rate for rate in rates if rate.day <= day)


def toward(rates: Collection[Rate], quote: str) -> list[Rate]:
    """Rates in `quote` of every currency that has none given in it but is connected to it; each from the day that it holds.

    They are rounded half up to 12 decimals, the most that a rate can have.
    """
    given = {rate.currency for rate in rates if rate.quote == quote}
    others = sorted({code for rate in rates for code in rate[:2]} - given - {quote})
    standing, last, found = Standing(), dict[str, Decimal](), []
    for day, changed in groupby(sorted(rates, key=lambda rate: rate.day), lambda rate: rate.day):
        for rate in changed:
            standing.take(rate)
        for code in others:
            rounded = _rounded(standing.factor(code, quote))
            if rounded is not None and last.get(code) != rounded:
                last[code] = rounded
                found.append(Rate(code, quote, day, rounded))
    return found


def _rounded(factor: Factor | None) -> Decimal | None:
    """The factor with 12 decimals; None when that is 0 or has too many digits."""
    if factor is None:
        return None
    n, d = factor.value.as_integer_ratio()
    units = (2 * n * 10**DECIMALS + d) // (2 * d)
    return Decimal(units).scaleb(-DECIMALS) if 0 < units < LARGEST else None


Pair = tuple[str, str]


def factors(standing: Standing, currencies: Iterable[str], targets: Collection[str]) -> Mapping[Pair, Factor]:
    """The factor of every pair of a currency and a target that has one."""
    pairs = ((currency, target) for currency in currencies for target in targets)
    return {pair: factor for pair in pairs if (factor := standing.factor(*pair)) is not None}
