"""MRR as it was computed, exactly: per item, subscription, customer and currency. Amounts are fractions of minor units; None is unknown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor

import msgspec

from syncer.words.errors import SyncerError


class Reporting(msgspec.Struct, frozen=True):
    """A customer's MRR in the reporting currency. `rate`: what one major unit of its own currency is worth there, on `rate_date`."""

    currency: str
    mrr: Fraction | None
    mrr_minor: int | None
    rate: Decimal | None
    rate_date: date | None
    unknown: str | None


class CustomerMrr(msgspec.Struct, frozen=True):
    """What a customer pays a month in one currency. `counted`: an item stands behind it, though it be of 0."""

    customer: str
    currency: str | None
    mrr: Fraction | None
    mrr_minor: int | None
    counted: bool
    unknown: str | None
    reporting: Reporting | None


class Terms(msgspec.Struct, frozen=True):
    """What a price asks: minor units a piece, or by tiers (`graduated`, `volume`), or a piece for each package of so many."""

    unit_amount: Decimal | None
    tiers_mode: str | None
    package: int | None


class ItemMrr(msgspec.Struct, frozen=True):
    """A subscription item: `amount` before and `discounted` after discounts, both for its own period; `monthly` for a month."""

    id: str
    price: str
    product: str | None
    quantity: int | None
    currency: str | None
    interval: str | None
    interval_count: int | None
    metered: bool
    amount: Fraction | None
    discounted: Fraction | None
    monthly: Fraction | None
    counted: bool
    why_not: str | None
    unknown: str | None
    terms: Terms | None


class SubscriptionMrr(msgspec.Struct, frozen=True):
    """A subscription and its items of one currency. `why_not`: why it does not count, `unknown` why its MRR cannot be known."""

    id: str
    status: str | None
    currency: str | None
    why_not: str | None
    unknown: str | None
    items: Sequence[ItemMrr]

    @property
    def mrr(self) -> Fraction | None:
        """A month of what counts of it, None when unknown."""
        return None if self.unknown else summed(item.monthly for item in self.items if item.counted)


class CustomerStatement(msgspec.Struct, frozen=True):
    """A customer's MRR in one currency, with what stands behind it. `plan` is the largest licensed item's product, `plans` all of them."""

    total: CustomerMrr
    plan: str | None
    plans: Sequence[str]
    subscriptions: Sequence[SubscriptionMrr]


def exact_text(amount: Fraction | None) -> str | None:
    """`62.5` where a plain decimal is the amount itself, else `2500/3`.

    >>> exact_text(Fraction(125, 2)), exact_text(Fraction(2500, 3)), exact_text(Fraction(1000))
    ('62.5', '2500/3', '1000')
    """
    if amount is None:
        return None
    rest, places = amount.denominator, 0
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest, count = rest // prime, count + 1
        places = max(places, count)
    if rest != 1:
        return f"{amount.numerator}/{amount.denominator}"
    digits = str(abs(amount.numerator) * 10**places // amount.denominator).rjust(places + 1, "0")
    point = len(digits) - places
    return ("-" if amount < 0 else "") + digits[:point] + ("." + digits[point:] if places else "")


def half_up(amount: Fraction) -> int:
    """To a whole minor unit, a half upwards."""
    return floor(amount + Fraction(1, 2))


def summed(amounts: Iterable[Fraction | None]) -> Fraction | None:
    """Their sum; unknown when one of them is."""
    known = list(amounts)
    return None if None in known else sum((amount for amount in known if amount is not None), Fraction(0))


def statements(totals: Iterable[CustomerMrr], subscriptions: Mapping[str, Sequence[SubscriptionMrr]]) -> list[CustomerStatement]:
    """Each total with what stands behind it: the customer's subscriptions in that currency.

    One in a currency that the customer has no total in, as nothing of it counts, stands with the first total. SyncerError when the items
    do not add up to a total exactly.
    """
    by_customer: dict[str, list[CustomerMrr]] = defaultdict(list)
    for total in totals:
        by_customer[total.customer].append(total)
    found = []
    for customer, rows in by_customer.items():
        placed = _placed([row.currency for row in rows], subscriptions.get(customer, ()))
        for row in rows:
            _check(row, placed[row.currency])
            items = [item for subscription in placed[row.currency] for item in subscription.items if item.counted]
            plans = sorted({item.product for item in items if item.product is not None})
            found.append(CustomerStatement(row, None if row.unknown else _plan(items), plans, placed[row.currency]))
    return found


def _placed(currencies: Sequence[str | None], subscriptions: Iterable[SubscriptionMrr]) -> Mapping[str | None, list[SubscriptionMrr]]:
    """The subscriptions by the currency of the total that they stand with, in the order of their ids."""
    placed: dict[str | None, list[SubscriptionMrr]] = {currency: [] for currency in currencies}
    for subscription in sorted(subscriptions, key=lambda each: each.id):
        for currency in sorted({item.currency for item in subscription.items} or {subscription.currency}, key=lambda code: code or ""):
            items = sorted((item for item in subscription.items if item.currency == currency), key=lambda item: item.id)
            home = currency if currency in placed else currencies[0]
            placed[home].append(msgspec.structs.replace(subscription, currency=currency, items=items))
    return placed


def _plan(items: Iterable[ItemMrr]) -> str | None:
    """The product of the largest licensed item, ties by name."""
    licensed = [(-item.monthly, item.product or "") for item in items if not item.metered and item.monthly is not None]
    return (min(licensed)[1] or None) if licensed else None


def _check(total: CustomerMrr, subscriptions: Iterable[SubscriptionMrr]) -> None:
    """That a total is the sum of its items, and its minor units that sum rounded half up."""
    if total.mrr is None:
        sound = total.unknown is not None and total.mrr_minor is None
    else:
        sound = summed(each.mrr for each in subscriptions) == total.mrr and half_up(total.mrr) == total.mrr_minor
    report = total.reporting
    if report and report.mrr is not None:
        sound &= half_up(report.mrr) == report.mrr_minor
    if not sound:
        what = f"{total.customer} in {total.currency}"
        raise SyncerError(f"MRR of {what} is not the sum of its items; nothing was printed. This is a defect: please send the input")
