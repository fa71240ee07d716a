"""Our MRR beside someone else's: every difference by its cause, with sums per cause."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

import msgspec

from syncer.core.mrr import half_up
from syncer.core.mrr_changes import Change
from syncer.core.mrr_search import Recompute, Search, Trial
from syncer.core.their_figures import Figures, Key
from syncer.specs.mrr_policy import MrrPolicy
from syncer.words.errors import SyncerError
from syncer.words.money import exponent

TOLERANCE = Fraction(1, 100)
"""How far a converted figure may be off: rates of two sources differ by the hour and by the bank."""

MEANINGS = {
    "currency": "their figure is ours in another currency",
    "missing_here": "they have a customer that is not in our data",
    "missing_there": "they do not list a customer that pays here",
    "unknown_here": "we do not know the figure; the difference is not in the sums",
    "unexplained": "no switch, instant or rate gives their figure",
}
LAST = ("unknown_here", "unexplained")


@dataclass(frozen=True)
class Rate:
    """What one major unit of a currency is worth in another, and the day of the table that says so."""

    rate: Fraction
    day: date


@dataclass(frozen=True)
class Ours:
    """Our figures, why some are unknown, the counted items behind them, and rates by (from, to)."""

    figures: Figures
    unknown: Mapping[Key, str]
    parts: Mapping[Key, Sequence[Fraction]]
    rates: Mapping[tuple[str, str], Rate]


class Difference(msgspec.Struct, frozen=True):
    """A figure that differs. None: they do not list it, or we do not know ours. `also`: what would explain it as well."""

    customer: str
    currency: str
    ours_minor: int | None
    theirs_minor: int | None
    difference_minor: int | None
    cause: str
    switches: Mapping[str, str]
    also: Sequence[str]
    what: str


class Cause(msgspec.Struct, frozen=True):
    """Differences of one cause. `sums`: theirs less ours per currency, in major units; `ambiguous`: how many have another explanation."""

    cause: str
    switches: Mapping[str, str]
    what: str
    customers: int
    ambiguous: int
    sums: Mapping[str, str]
    sums_minor: Mapping[str, int]


class Closest(msgspec.Struct, frozen=True):
    """The switches under which most figures agree."""

    switches: Mapping[str, str]
    options: str
    agree: int


class Reconciliation(msgspec.Struct, frozen=True):
    """`agree` and `differ` count customers per currency; causes by the size of their sums, differences by theirs."""

    agree: int
    differ: int
    closest: Closest | None
    causes: Sequence[Cause]
    differences: Sequence[Difference]
    warnings: Sequence[str] = ()


def reconcile(ours: Ours, theirs: Mapping[Key, Fraction], policy: MrrPolicy, as_of: int, recompute: Recompute) -> Reconciliation:
    """Every difference between our figures and theirs (exact minor units), with what explains it.

    Each figure that differs is computed again under other switches and at earlier instants; the explanation with the fewest
    changes wins, among equals the one under which most figures agree, and all others of that size are named beside it.
    SyncerError when the causes do not add up to the whole difference.
    """
    search = Search(ours.figures, theirs, policy, as_of, recompute)
    search.run(ours.parts)
    explained = {key: search.explanations(key) for key in search.open}
    sides = _Sides(ours, theirs, stuck={customer for (customer, _), changes in explained.items() if not changes})
    differences = [sides.unknown(key) for key in search.unknown]
    differences += [sides.differing(key, changes) for key, changes in explained.items()]
    causes = _causes(differences)
    _check(causes, ours.figures, theirs)
    best = search.closest()
    return Reconciliation(
        agree=search.agree,
        differ=len(differences),
        closest=None if best is None else _closest(best),
        causes=causes,
        differences=sorted(differences, key=lambda one: (-abs(one.difference_minor or 0), one.customer, one.currency)),
    )


def major_text(minor: int, currency: str) -> str:
    """`12.34` for 1234 minor units, with the currency's own decimals."""
    return format(Decimal(minor).scaleb(-exponent(currency)), "f")


class _Sides:
    """Both sides by customer, to say what stands behind one figure."""

    def __init__(self, ours: Ours, theirs: Mapping[Key, Fraction], stuck: Collection[str]) -> None:
        self._ours, self._theirs, self._stuck = ours, theirs, stuck
        self._mine, self._others = _paid(ours.figures), _paid(theirs)
        self._known_here = {customer for customer, _ in ours.figures}
        self._listed_there = {customer for customer, _ in theirs}

    def unknown(self, key: Key) -> Difference:
        figure = half_up(self._theirs[key]) if key in self._theirs else None
        return Difference(*key, None, figure, None, "unknown_here", {}, [], self._ours.unknown.get(key, MEANINGS["unknown_here"]))

    def differing(self, key: Key, changes: Sequence[Change]) -> Difference:
        foreign = self._foreign(key[0])
        if foreign is not None:
            return self._told(key, *foreign)
        missing = self._missing(key[0])
        if changes:
            also = [change.options() or change.cause for change in changes[1:]] + ([missing] if missing else [])
            return self._told(key, changes[0].cause, changes[0].what, changes[0].told(), also)
        cause = missing or "unexplained"
        return self._told(key, cause, MEANINGS[cause])

    def _told(self, key: Key, cause: str, what: str, switches: Mapping[str, str] | None = None, also: Sequence[str] = ()) -> Difference:
        mine = half_up(self._ours.figures.get(key) or Fraction(0))
        figure = half_up(self._theirs[key]) if key in self._theirs else None
        return Difference(*key, mine, figure, (figure or 0) - mine, cause, switches or {}, also, what)

    def _missing(self, customer: str) -> str | None:
        if customer not in self._known_here:
            return "missing_here"
        return None if customer in self._listed_there else "missing_there"

    def _foreign(self, customer: str) -> tuple[str, str] | None:
        """Cause and sentence where their one figure is ours in other currencies, or where nothing but that sets them apart."""
        mine, others = self._mine.get(customer, {}), self._others.get(customer, {})
        if len(others) != 1 or not mine.keys() - others.keys():
            return None
        currency, figure = next(iter(others.items()))
        whole, sentence = self._converted(mine, currency)
        if whole is not None and abs(whole - figure) <= abs(figure) * TOLERANCE + 1:
            return "currency", f"{sentence}, and theirs is that within 1 %"
        if customer not in self._stuck or currency in mine:
            return None
        return "unexplained", sentence if whole is None else f"{sentence}, and theirs is {major_text(half_up(figure), currency)} {currency}"

    def _converted(self, mine: Mapping[str, Fraction], currency: str) -> tuple[Fraction | None, str]:
        """A customer's figures as one, and how it came about; None without a rate."""
        whole, told = Fraction(0), []
        for own, amount in mine.items():
            rate = Rate(Fraction(1), date.min) if own == currency else self._ours.rates.get((own, currency))
            if rate is None:
                return None, f"they have it in {currency}, we in {own}, and no rate from {own} to {currency} is known"
            whole += amount * rate.rate * Fraction(10) ** (exponent(currency) - exponent(own))
            at = "" if own == currency else f" at {rate_text(rate.rate)} of {rate.day}"
            told.append(f"{major_text(half_up(amount), own)} {own}{at}")
        return whole, f"our {' and '.join(told)} come to {major_text(half_up(whole), currency)} {currency}"


def rate_text(rate: Fraction) -> str:
    """Up to six decimals."""
    return format(round(Decimal(rate.numerator) / rate.denominator, 6).normalize(), "f")


def _paid(figures: Figures) -> dict[str, dict[str, Fraction]]:
    """Amounts other than 0 by customer and currency."""
    found: dict[str, dict[str, Fraction]] = defaultdict(dict)
    for (customer, currency), amount in figures.items():
        if amount:
            found[customer][currency] = amount
    return found


def _causes(differences: Iterable[Difference]) -> list[Cause]:
    groups: dict[tuple[str, tuple[tuple[str, str], ...]], list[Difference]] = defaultdict(list)
    for one in differences:
        groups[one.cause, tuple(one.switches.items())].append(one)
    causes = []
    for (cause, switches), members in groups.items():
        sums: dict[str, int] = defaultdict(int)
        for one in members:
            if one.difference_minor is not None:
                sums[one.currency] += one.difference_minor
        causes.append(
            Cause(
                cause=cause,
                switches=dict(switches),
                what=MEANINGS.get(cause, members[0].what),
                customers=len({one.customer for one in members}),
                ambiguous=sum(bool(one.also) for one in members),
                sums={currency: major_text(amount, currency) for currency, amount in sorted(sums.items())},
                sums_minor=dict(sorted(sums.items())),
            )
        )
    return sorted(causes, key=lambda one: (one.cause in LAST, -one.customers, one.cause, list(one.switches.items())))


def _check(causes: Iterable[Cause], ours: Figures, theirs: Mapping[Key, Fraction]) -> None:
    """SyncerError unless the causes' sums are theirs less ours, whole."""
    whole: dict[str, int] = defaultdict(int)
    for key in ours.keys() | theirs.keys():
        mine = ours.get(key, Fraction(0))
        if mine is not None:
            whole[key[1]] += half_up(theirs.get(key, Fraction(0))) - half_up(mine)
    for cause in causes:
        for currency, amount in cause.sums_minor.items():
            whole[currency] -= amount
    left = {currency: amount for currency, amount in whole.items() if amount}
    if left:
        raise SyncerError(f"the causes leave {left} minor units of the difference over; this is a defect, do not use the figures")


def _closest(trial: Trial) -> Closest:
    return Closest(trial.change.told(), trial.change.options(), trial.agree)
