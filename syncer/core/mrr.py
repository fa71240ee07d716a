"""MRR as it was computed, exactly: per item, subscription, customer and currency. Amounts are fractions of minor units; None is unknown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor

import msgspec


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


class SubscriptionMrr(msgspec.Struct, frozen=True):
    """A subscription and its items. `why_not`: why it does not count; its `mrr` is then 0."""

    id: str
    status: str | None
    mrr: Fraction | None
    why_not: str | None
    items: Sequence[ItemMrr]


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
    while rest % 10 == 0 or rest % 2 == 0 or rest % 5 == 0:
        rest, places = rest // (10 if rest % 10 == 0 else 2 if rest % 2 == 0 else 5), places + 1
    if rest != 1:
        return f"{amount.numerator}/{amount.denominator}"
    whole = amount.numerator * 10**places // amount.denominator
    return format(Decimal(whole).scaleb(-places), "f")


def half_up(amount: Fraction) -> int:
    """To a whole minor unit, a half upwards."""
    return floor(amount + Fraction(1, 2))


def summed(amounts: Iterable[Fraction | None]) -> Fraction | None:
    """Their sum; unknown when one of them is."""
    known = list(amounts)
    return None if None in known else sum((amount for amount in known if amount is not None), Fraction(0))
