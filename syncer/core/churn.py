"""Movements of recurring revenue and the rates of churn, per period, currency and segment; and the queries behind them.

The queries read churn.period(from_month, to_month), churn.balance(month, account, currency, mrr_minor, free), of which a NULL is not
known and a row that is not there is nothing paid, churn.segment(month, account, segment, band) and money.rate. No parameters.
Where a reporting currency is set, every account is told in it: what it pays more or less is told at
the start's rates, and what the rates alone did to the end is `fx`: so no exchange rate looks like churn, and rates divide by the start.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import msgspec

from syncer.core.churn_macros import bands_in_order, churn_macros, parts_of_a_minor_unit
from syncer.core.compose import compose
from syncer.specs.churn import ChurnPolicy
from syncer.words.errors import SyncerError, UsageError

GAINS, LOSSES = ("new", "expansion", "reactivation"), ("contraction", "churn")
AMOUNTS = ("start", "new", "expansion", "contraction", "churn", "reactivation", "fx", "end")
RATES = ("gross", "net", "nrr", "grr", "quick_ratio")
WHOLE = "all"
LAST_BANDS = ("none", "unknown")

Key = tuple[str, str, str, str, str | None]
"""from, to, currency, segment, band."""


class BooksDoNotBalance(SyncerError):
    """Start and movements do not make the end, or segments do not add up to the whole: a defect of the models, never of the data."""


class Logo(msgspec.Struct, frozen=True):
    """Accounts: paying at the start, churned of them, and the share."""

    start: int
    churned: int
    rate: Fraction | None


class Period(msgspec.Struct, frozen=True):
    """What happened from the end of one month to the end of another, in one currency, to all or to one band of a segment.

    Amounts are minor units, exact; whole but where balances were converted. A rate is None where its denominator is 0. `unknown` accounts
    are in no figure. `movements` are kind and amount (above 0) by account, empty when they were not asked for.
    """

    from_month: str
    to_month: str
    currency: str
    segment: str
    band: str | None
    start: Fraction
    new: Fraction
    expansion: Fraction
    contraction: Fraction
    churn: Fraction
    reactivation: Fraction
    fx: Fraction
    end: Fraction
    unknown: int
    logo: Logo
    gross: Fraction | None
    net: Fraction | None
    nrr: Fraction | None
    grr: Fraction | None
    quick_ratio: Fraction | None
    movements: Mapping[str, tuple[str, Fraction]]

    @property
    def key(self) -> Key:
        return (self.from_month, self.to_month, self.currency, self.segment, self.band)


KEY = ("from_month", "to_month", "currency", "segment", "band")
COUNTS = ("accounts_unknown", "accounts_at_start", "accounts_churned")
COLUMNS = (*KEY, *(f"{name}_n" for name in AMOUNTS), *COUNTS, *(f"{name}_{part}" for name in ("logo", *RATES) for part in "nd"))


def churn_query(policy: ChurnPolicy, dialect: str = "duckdb") -> str:
    """A row per period, currency, segment and band, for `periods`: COLUMNS in their order."""
    return f"SELECT {', '.join(COLUMNS)} FROM ({compose('churn_rates', churn_macros(policy), dialect=dialect)}) AS rates"


def moves_query(policy: ChurnPolicy, dialect: str = "duckdb") -> str:
    """A row per account that moved, by account: KEY, account, kind, amount_n."""
    columns = ", ".join((*KEY, "account", "kind", "amount_n"))
    return f"SELECT {columns} FROM ({compose('churn_moves', churn_macros(policy), dialect=dialect)}) AS moves ORDER BY account"


def unpriced_query(policy: ChurnPolicy, dialect: str = "duckdb") -> str:
    """A row per currency that has no rate at some month-end: currency, the first such month, the last, accounts kept out for it."""
    return f"{compose('churn_unpriced', churn_macros(policy), dialect=dialect)} ORDER BY currency"


def pairs_of(months: Iterable[str], since: str | None, until: str | None, where: str) -> tuple[list[tuple[str, str]], list[str]]:
    """The periods to tell, each from one month's end to another's, and a sentence for each that is longer than a month.

    All neighbours of `months`, or the one from `since` until `until`. UsageError where there is none; `where` names the balances.
    """
    known = sorted(set(months))
    if since is not None and until is not None:
        if since >= until:
            raise UsageError(f"--from {since} --to {until}: a period begins with an earlier month than it ends with")
        missing = next((month for month in (since, until) if month not in known), None)
        if missing is not None:
            there = f"there are {known[0]} to {known[-1]}" if known else "there is none at all"
            raise UsageError(f"{where} has no balances of {missing}, so nobody knows who paid then; {there}")
        return [(since, until)], []
    if since is not None or until is not None:
        raise UsageError("write both --from and --to, or neither for every pair of neighbouring months")
    if len(known) < 2:
        there = f"only those of {known[0]}" if known else "none"
        raise UsageError(f"{where}: a movement needs the balances of two month-ends, and there are {there}")
    pairs = list(pairwise(known))
    return pairs, [_gap(pair) for pair in pairs if _months_between(*pair) > 1]


def _gap(pair: tuple[str, str]) -> str:
    missing = _months_between(*pair) - 1
    named = f"{missing} months have no balances" if missing > 1 else "a month has no balances"
    return f"{named} between {pair[0]} and {pair[1]}: that period is {missing + 1} months long, and so are its rates"


def _months_between(since: str, until: str) -> int:
    first, last = date.fromisoformat(f"{since}-01"), date.fromisoformat(f"{until}-01")
    return (last.year - first.year) * 12 + last.month - first.month


def unpriced(policy: ChurnPolicy, rows: Iterable[Sequence[Any]]) -> list[str]:
    """A sentence for each currency that has no rate at some month-end."""
    code = (policy.reporting_currency or "").upper()
    return [
        f"there is no rate from {currency.upper()} to {code} up to the end of {first}{f', nor up to {last}' if last != first else ''}: "
        f"{accounts} {'accounts are' if accounts > 1 else 'account is'} kept out as unknown; add a line to the rates"
        for currency, first, last, accounts in rows
    ]


def periods(policy: ChurnPolicy, rows: Iterable[Sequence[Any]], moves: Iterable[Sequence[Any]] = ()) -> list[Period]:
    """The rows of `churn_query` with those of `moves_query`: first the whole, then segments as asked, each by month, currency and band.

    BooksDoNotBalance when start and movements do not make the end, or a segment does not add up to the whole.
    """
    parts = parts_of_a_minor_unit(policy)
    moved: dict[tuple[Any, ...], dict[str, tuple[str, Fraction]]] = defaultdict(dict)
    for since, until, currency, segment, band, account, kind, amount in moves:
        moved[since, until, currency, segment, band][account] = (kind, Fraction(amount, parts))
    found = [_period(dict(zip(COLUMNS, row, strict=True)), parts, moved) for row in rows]
    for period in found:
        _check(period)
    _check_segments(found)
    return sorted(found, key=lambda period: _place(policy, period))


def _period(row: Mapping[str, Any], parts: int, moved: Mapping[tuple[Any, ...], Mapping[str, tuple[str, Fraction]]]) -> Period:
    key = tuple(row[name] for name in KEY)
    fields: dict[str, Any] = dict(zip(KEY, key, strict=True))
    fields |= {name: Fraction(row[f"{name}_n"], parts) for name in AMOUNTS}
    fields |= {name: _rate(row, name) for name in RATES}
    logo = Logo(row["accounts_at_start"], row["accounts_churned"], _rate(row, "logo"))
    return Period(**fields, unknown=row["accounts_unknown"], logo=logo, movements=moved.get(key, {}))


def _rate(row: Mapping[str, Any], name: str) -> Fraction | None:
    n, d = row[f"{name}_n"], row[f"{name}_d"]
    return None if d is None else Fraction(n, d)


def _check(period: Period) -> None:
    gains = sum(getattr(period, name) for name in GAINS)
    losses = sum(getattr(period, name) for name in LOSSES)
    if period.start + gains - losses + period.fx != period.end:
        what = f"{period.from_month} to {period.to_month} in {period.currency.upper()} ({period.segment} {period.band or ''})"
        raise BooksDoNotBalance(f"start and movements do not make the end of {what.strip()}; this is a defect, report it with its balances")


def _check_segments(found: Iterable[Period]) -> None:
    whole: dict[tuple[str, str, str], list[Any]] = {}
    sums: dict[tuple[str, str, str, str], list[Any]] = {}
    for period in found:
        accounts = (period.unknown, period.logo.start, period.logo.churned, len(period.movements))
        weights = [*(getattr(period, name) for name in AMOUNTS), *accounts]
        if period.segment == WHOLE:
            whole[period.key[:3]] = weights
        else:
            so_far = sums.get(period.key[:4], [0] * len(weights))
            sums[period.key[:4]] = [one + other for one, other in zip(so_far, weights, strict=True)]
    for (since, until, currency, segment), weights in sums.items():
        if weights != whole[since, until, currency]:
            what = f"{segment} from {since} to {until} in {currency.upper()}"
            raise BooksDoNotBalance(f"the bands of {what} do not add up to the whole; this is a defect, report it with its balances")


def _place(policy: ChurnPolicy, period: Period) -> tuple[Any, ...]:
    order = (WHOLE, *policy.segments)
    bands = (*bands_in_order(policy, period.segment), *LAST_BANDS)
    named = period.band or ""
    # bands without an order of their own come by name, before those of nobody
    band = (bands.index(named) if named in bands else -1, named)
    return (order.index(period.segment), period.from_month, period.currency, band)


def told(period: Period) -> dict[str, Any]:
    """The period as `--json` has it: amounts whole or as text n/d, rates as n/d with their decimals beside."""
    plain: dict[str, Any] = {"from": period.from_month, "to": period.to_month}
    plain |= {name: getattr(period, name) for name in ("currency", "segment", "band")}
    plain |= {name: amount(getattr(period, name)) for name in AMOUNTS}
    rates = [pair for name in RATES for pair in _both(name, getattr(period, name))]
    logo = {"start": period.logo.start, "churned": period.logo.churned, **dict(_both("rate", period.logo.rate))}
    moved = {account: [kind, amount(value)] for account, (kind, value) in period.movements.items()}
    return {**plain, "unknown": period.unknown, "logo": logo, **dict(rates), "movements": moved}


def amount(value: Fraction) -> int | str:
    """Whole minor units as such, others as exact text."""
    return value.numerator if value.denominator == 1 else f"{value.numerator}/{value.denominator}"


def decimals(value: Fraction, places: int) -> Decimal:
    """The value rounded half up, away from 0."""
    whole = abs(value) * 10**places
    units = (2 * whole.numerator + whole.denominator) // (2 * whole.denominator)
    return Decimal(units if value >= 0 else -units).scaleb(-places).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _both(name: str, rate: Fraction | None) -> list[tuple[str, Any]]:
    if rate is None:
        return [(name, None), (f"{name}_decimal", None)]
    return [(name, f"{rate.numerator}/{rate.denominator}"), (f"{name}_decimal", decimals(rate, 6))]
