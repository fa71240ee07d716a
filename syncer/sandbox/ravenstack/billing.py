"""Subscriptions as Stripe customers, products, prices and subscriptions."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING

from syncer.sandbox.ravenstack.names import domain, stripe_id
from syncer.sandbox.shapes import Record, crm, stripe
from syncer.sandbox.shapes.dates import DAY, billing_period, midnight

if TYPE_CHECKING:
    from collections.abc import Iterable

    from syncer.sandbox.ravenstack.csv_tables import Row
    from syncer.sandbox.ravenstack.files import Tables

TRIAL_LEFT = 14 * DAY
STRIPE_COUNTRIES = {"UK": "GB"}


def stripe_records(tables: Tables, as_of: int) -> dict[str, list[Record]]:
    began = min((row["signup_date"] for row in tables.accounts), default=as_of)
    usual = _usual_prices(tables.subscriptions)
    prices: dict[str, Record] = {}
    subscriptions = []
    for row in tables.subscriptions:
        price = _price(row, usual, began)
        prices[price["id"]] = price
        subscriptions.append(_subscription(row, price, as_of))
    tiers = sorted({row["plan_tier"] for row in tables.subscriptions})
    return {
        "products": [stripe.product(stripe_id("prod", tier), tier, began) for tier in tiers],
        "prices": list(prices.values()),
        "customers": [_customer(number, row) for number, row in enumerate(tables.accounts)],
        "subscriptions": subscriptions,
    }


def _customer(number: int, row: Row) -> Record:
    """Each says which account it is; every third knows the CRMs' own ids too."""
    keys = {"account_id": row["account_id"]}
    if number % 3 == 0:
        keys |= {"salesforce_id": crm.salesforce_id("001", number), "hubspot_id": crm.hubspot_id(number)}
    return stripe.customer(
        stripe_id("cus", row["account_id"]),
        row["signup_date"],
        name=row["account_name"],
        email=f"billing@{domain(row)}",
        currency="usd",
        country=STRIPE_COUNTRIES.get(row["country"], row["country"]),
        metadata=keys,
    )


def _usual_prices(subscriptions: Iterable[Row]) -> dict[str, Decimal]:
    """The most common cents per seat and month of each plan: what a trial of it will cost."""
    seen: dict[str, Counter[Decimal]] = {}
    for row in subscriptions:
        if not row["is_trial"]:
            seen.setdefault(row["plan_tier"], Counter())[Decimal(row["mrr_amount"]) / row["seats"]] += 1
    return {tier: counts.most_common(1)[0][0] for tier, counts in seen.items()}


def _price(row: Row, usual: dict[str, Decimal], created: int) -> Record:
    """Cents per seat; where the row's amount does not divide by its seats, one package of that many seats."""
    interval, months = ("year", 12) if row["billing_frequency"] == "annual" else ("month", 1)
    tier, seats = row["plan_tier"], row["seats"]
    amount = months * (round(usual.get(tier, Decimal(0)) * seats) if row["is_trial"] else row["mrr_amount"])
    package = seats if amount % seats else None
    unit = amount if package else amount // seats
    return stripe.price(
        stripe_id("price", f"{tier} {interval} {unit} {package}"),
        stripe_id("prod", tier),
        "usd",
        created,
        nickname=f"{tier} {row['billing_frequency']}",
        interval=interval,
        unit=Decimal(unit),
        divide_by=package,
    )


def _subscription(row: Row, price: Record, as_of: int) -> Record:
    """Active, trialing or canceled; what does not renew by itself is cancelled at its period's end."""
    name, start, end = row["subscription_id"], row["start_date"], row["end_date"]
    over = end is not None and end <= as_of
    changed: dict[str, object] = {"metadata": {"subscription_id": name}}
    if row["is_trial"]:
        period = (start, max(start, end) if over else midnight(as_of) + TRIAL_LEFT)
        changed |= {"trial_start": period[0], "trial_end": period[1]}
    else:
        period = billing_period(start, price["recurring"]["interval"], 1, end - 1 if over else as_of)
    if over:
        changed |= {"canceled_at": end, "ended_at": end}
    elif not row["auto_renew_flag"]:
        changed |= {"cancel_at_period_end": True, "cancel_at": period[1], "canceled_at": start}
    status = "canceled" if over else "trialing" if row["is_trial"] else "active"
    subscription_id, customer_id = stripe_id("sub", name), stripe_id("cus", row["account_id"])
    item = stripe.item(stripe_id("si", name), subscription_id, price["id"], row["seats"], start, period)
    return stripe.subscription(subscription_id, customer_id, "usd", status, start, [item], **changed)
