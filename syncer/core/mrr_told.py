"""MRR as it is told: one JSON object for machines, the arithmetic of an item in a line for people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

import msgspec

from syncer.core.mrr import CustomerStatement, ItemMrr, Reporting, SubscriptionMrr, exact_text
from syncer.specs.mrr_policy import MrrPolicy
from syncer.words import when
from syncer.words.money import exponent

TIMES = "\u00d7"
MORE_DECIMALS = 4
"""That an amount is shown with beyond its currency's own; what goes on after them ends in dots."""


class Total(msgspec.Struct, frozen=True):
    """All customers' MRR in one currency: each rounded to its minor unit, as it goes into the CRM. `unknown` customers are not in it."""

    currency: str
    minor: int
    paying: int
    without: int
    unknown: int


def as_json(statements: Iterable[CustomerStatement], policy: MrrPolicy, as_of: int) -> dict[str, Any]:
    """The documented object of `syncer mrr --json`. Exact amounts are minor units as text: a decimal, else `n/d`."""
    return {"as_of": when.iso(as_of), "policy": policy.told(), "customers": [_customer(statement) for statement in statements]}


def totals(statements: Iterable[CustomerStatement]) -> list[Total]:
    """By currency, a customer that has none under "?"."""
    by_currency: dict[str, list[int | None]] = defaultdict(list)
    for statement in statements:
        by_currency[statement.total.currency or "?"].append(statement.total.mrr_minor)
    return [_total(currency, amounts) for currency, amounts in sorted(by_currency.items())]


def converted_total(statements: Iterable[CustomerStatement]) -> Total | None:
    """All of them in the reporting currency, if there is one."""
    reports = [statement.total.reporting for statement in statements if statement.total.reporting]
    return _total(reports[0].currency, [report.mrr_minor for report in reports]) if reports else None


def _total(currency: str, amounts: Sequence[int | None]) -> Total:
    known = [amount for amount in amounts if amount is not None]
    paying = sum(amount != 0 for amount in known)
    return Total(currency, sum(known), paying, len(known) - paying, len(amounts) - len(known))


def changed_switches(policy: MrrPolicy) -> Mapping[str, str]:
    """The switches that are not at their default."""
    default = MrrPolicy().told()
    return {name: _written(value) for name, value in policy.told().items() if value != default[name]}


def major_text(minor: Fraction | int, currency: str | None) -> str:
    """`1,234.50` for 123450 minor units: at least the currency's own decimals, all that there are, or some and dots.

    >>> major_text(Fraction(2500, 3), "usd"), major_text(Fraction(2001, 2), "usd"), major_text(1200, "jpy")
    ('8.333333…', '10.005', '1,200')
    """
    places = exponent(currency or "")
    major = Fraction(minor) / 10**places
    text = exact_text(major) or ""
    if "/" in text or len(text.partition(".")[2]) > places + MORE_DECIMALS:
        places += MORE_DECIMALS
        return f"{Decimal(floor(major * 10**places)).scaleb(-places):,f}…"
    whole, _, decimals = text.partition(".")
    decimals = decimals.ljust(places, "0")
    return f"{int(whole):,}{'.' if decimals else ''}{decimals}"


def arithmetic(item: ItemMrr, policy: MrrPolicy) -> str:
    """From price to month in major units, as far as it is known: `3 \u00d7 10.00 = 30.00, less 3.00 = 27.00 a year \u00d7 1/12`."""
    if item.amount is None or item.discounted is None or item.monthly is None:
        return _basis(item)
    text = f"{_basis(item)} = {major_text(item.amount, item.currency)}"
    if item.discounted != item.amount:
        less = major_text(item.amount - item.discounted, item.currency)
        text += f", less {less} = {major_text(item.discounted, item.currency)}"
    factor = _factor(item, policy)
    if (item.interval, item.interval_count) != ("month", 1):
        text += f" {_every(item)} {TIMES} {_factor_text(item, policy)}"
    if item.discounted and item.monthly and item.monthly != item.discounted * factor:
        rate = item.discounted * factor / item.monthly - 1
        text += f" without {exact_text(round(rate * 100, 6))} % tax"
    return text


def _basis(item: ItemMrr) -> str:
    """How its amount comes about."""
    terms = item.terms
    if item.price is None:
        return "written in its metadata"
    if item.metered:
        return "" if item.amount is None else "mean of its last periods"
    if terms is None or item.quantity is None:
        return ""
    if terms.tiers_mode:
        return f"{item.quantity:,} in {terms.tiers_mode} tiers"
    if terms.unit_amount is None:
        return f"{item.quantity:,}"
    each = major_text(Fraction(terms.unit_amount), item.currency)
    return f"{item.quantity:,} {TIMES} {each}" if terms.package is None else f"{item.quantity:,} in packages of {terms.package:,} at {each}"


def _every(item: ItemMrr) -> str:
    return f"a {item.interval}" if item.interval_count == 1 else f"every {item.interval_count} {item.interval}s"


def _factors(policy: MrrPolicy) -> Mapping[str, str]:
    return {"day": policy.day_factor, "week": policy.week_factor, "month": policy.month_factor, "year": policy.year_factor}


def _factor_text(item: ItemMrr, policy: MrrPolicy) -> str:
    """What its amount is multiplied by: `52/12`, or `1/12 ÷ 2` for one that is due every two years."""
    text = _factors(policy)[item.interval or ""]
    return text if item.interval_count == 1 else f"{text} ÷ {item.interval_count}"


def _factor(item: ItemMrr, policy: MrrPolicy) -> Fraction:
    return Fraction(_factors(policy)[item.interval or ""]) / (item.interval_count or 1)


def _customer(statement: CustomerStatement) -> dict[str, Any]:
    total = statement.total
    return {
        "customer": total.customer,
        "currency": total.currency,
        "mrr_minor": total.mrr_minor,
        "mrr_exact": exact_text(total.mrr),
        "plan": statement.plan,
        "plans": list(statement.plans),
        "reporting": total.reporting and _reporting(total.reporting),
        "subscriptions": [_subscription(subscription) for subscription in statement.subscriptions],
        "unknown": total.unknown,
    }


def _reporting(report: Reporting) -> dict[str, Any]:
    return {
        "currency": report.currency,
        "mrr_minor": report.mrr_minor,
        "mrr_exact": exact_text(report.mrr),
        "rate": None if report.rate is None else exact_text(Fraction(report.rate)),
        "rate_date": report.rate_date and report.rate_date.isoformat(),
        "unknown": report.unknown,
    }


def _subscription(subscription: SubscriptionMrr) -> dict[str, Any]:
    return {
        "id": subscription.id,
        "status": subscription.status,
        "mrr_exact": exact_text(subscription.mrr),
        "why_not": subscription.why_not,
        "items": [_item(item) for item in subscription.items],
    }


def _item(item: ItemMrr) -> dict[str, Any]:
    return {
        **{name: getattr(item, name) for name in ("id", "price", "product", "quantity", "interval", "interval_count")},
        "amount_exact": exact_text(item.amount),
        "discounted_exact": exact_text(item.discounted),
        "monthly_exact": exact_text(item.monthly),
        "why_not": item.why_not,
        "unknown": item.unknown,
    }


def _written(value: Any) -> str:
    return ", ".join(value) if isinstance(value, Sequence) and not isinstance(value, str) else str(value)
