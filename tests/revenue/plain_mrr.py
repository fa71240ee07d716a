"""A small account in plain Python: what switches decide on, its MRR under any policy, and Stripe's objects of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

from syncer.specs.mrr_policy import MrrPolicy

DAY = 86_400
AS_OF = 1_800_000_000


@dataclass(frozen=True)
class Sub:
    customer: str
    currency: str
    amount: int
    every: str = "month"
    status: str = "active"
    started: int = AS_OF - 400 * DAY
    coupon: str | None = None
    percent: int = 0
    overdue_days: int = 0
    metered: bool = False
    tax_percent: int = 0
    cancels: bool = False
    pause: str | None = None


def make(seed: int, customers: int) -> list[Sub]:
    dice = Random(seed)
    return [_sub(dice, f"cus_{number}") for number in range(customers) for _ in range(dice.choice((1, 1, 1, 2)))]


def _sub(dice: Random, customer: str) -> Sub:
    coupon = dice.choice((None, None, None, "forever", "repeating", "once"))
    return Sub(
        customer,
        dice.choice(("usd", "usd", "eur", "jpy")),
        dice.randrange(1_000, 90_000),
        every=dice.choice(("month", "month", "year", "week", "day")),
        status=dice.choice(("active", "active", "active", "past_due", "trialing", "unpaid", "canceled")),
        started=AS_OF - dice.choice((30 * 60, 3 * 3_600, 20 * 3_600, 10 * DAY, 40 * DAY, 400 * DAY, 400 * DAY, 400 * DAY)),
        coupon=coupon,
        percent=dice.choice((10, 25, 50)) if coupon else 0,
        overdue_days=dice.choice((3, 20, 45, 90)),
        metered=dice.random() < 0.1,
        tax_percent=dice.choice((0, 0, 0, 20)),
        cancels=dice.random() < 0.15,
        pause=dice.choice((None, None, None, None, "keep_as_draft", "void")),
    )


def mrr(subs: list[Sub], policy: MrrPolicy, as_of: int) -> dict[tuple[str, str], Fraction | None]:
    """By customer and currency, also of who pays nothing."""
    totals: dict[tuple[str, str], Fraction | None] = defaultdict(Fraction)
    for sub in subs:
        key = sub.customer, sub.currency
        totals[key] = (totals[key] or 0) + (_monthly(sub, policy) if _counts(sub, policy, as_of) else 0)
    return dict(totals)


def _counts(sub: Sub, policy: MrrPolicy, as_of: int) -> bool:
    if sub.status == "past_due":
        late = policy.past_due == "exclude" or (":" in policy.past_due and sub.overdue_days > int(policy.past_due.split(":")[1]))
        status = "past_due" in policy.count_statuses and not late
    else:
        status = sub.status in policy.count_statuses or (sub.status == "trialing" and policy.trialing == "include")
    paused = {"count": False, "zero": sub.pause is not None, "by_behavior": sub.pause == "void"}[policy.pause_collection]
    dropped = sub.cancels and policy.scheduled_cancel == "drop_at_request"
    return status and not paused and not dropped and sub.started <= as_of and not (sub.metered and policy.metered == "exclude")


def _monthly(sub: Sub, policy: MrrPolicy) -> Fraction:
    factor = {"month": "1", "year": "1/12", "week": policy.week_factor, "day": policy.day_factor}[sub.every]
    taken = {"none": (), "forever": ("forever",), "forever+repeating": ("forever", "repeating"), "all": ("forever", "repeating", "once")}
    percent = sub.percent if sub.coupon in taken[policy.discounts] else 0
    tax = sub.tax_percent if policy.inclusive_tax == "strip" else 0
    return sub.amount * Fraction(factor) * Fraction(100 - percent, 100) * Fraction(100, 100 + tax)


def stripe_objects(subs: list[Sub]) -> dict[str, Any]:
    """A file for `syncer mrr` that holds the same."""
    listed = [_object(number, sub) for number, sub in enumerate(subs)]
    customers = [{"object": "customer", "id": customer} for customer in sorted({sub.customer for sub in subs})]
    use = [
        {
            "subscription_item": f"si_{number}",
            "period_start": AS_OF - months * 30 * DAY,
            "period_end": AS_OF - (months - 1) * 30 * DAY - 1,
            "amount": sub.amount,
        }
        for number, sub in enumerate(subs)
        if sub.metered
        for months in (1, 2, 3)
    ]
    return {"customers": customers, "subscriptions": listed, "metered_invoice_history": use}


def _object(number: int, sub: Sub) -> dict[str, Any]:
    price = {
        "object": "price", "id": f"price_{number}", "product": "prod_1", "currency": sub.currency, "type": "recurring",
        "billing_scheme": "per_unit", "unit_amount": sub.amount,
        "recurring": {"interval": sub.every, "interval_count": 1, "usage_type": "metered" if sub.metered else "licensed"},
    }  # fmt: skip
    tax = {"object": "tax_rate", "id": f"txr_{number}", "percentage": sub.tax_percent, "inclusive": True}
    item = {
        "object": "subscription_item",
        "id": f"si_{number}",
        "price": price,
        "discounts": [],
        "tax_rates": [tax] if sub.tax_percent else [],
    }
    invoice = {
        "object": "invoice", "id": f"in_{number}", "customer": sub.customer, "currency": sub.currency, "status": "open",
        "created": AS_OF - 100 * DAY, "due_date": AS_OF - sub.overdue_days * DAY, "amount_remaining": sub.amount, "amount_paid": 0,
        "lines": {"object": "list", "has_more": False, "data": []},
    }  # fmt: skip
    return {
        "object": "subscription", "id": f"sub_{number}", "customer": sub.customer, "currency": sub.currency, "status": sub.status,
        "start_date": sub.started, "trial_end": AS_OF + DAY if sub.status == "trialing" else None,
        "ended_at": sub.started if sub.status == "canceled" else None,
        "cancel_at_period_end": sub.cancels, "canceled_at": AS_OF - 40 * DAY if sub.cancels else None,
        "pause_collection": {"behavior": sub.pause} if sub.pause else None, "latest_invoice": invoice if sub.status == "past_due" else None,
        "discounts": [_discount(number, sub)] if sub.coupon else [],
        "items": {"object": "list", "has_more": False, "data": [item if sub.metered else {**item, "quantity": 1}]},
    }  # fmt: skip


def _discount(number: int, sub: Sub) -> dict[str, Any]:
    coupon = {"object": "coupon", "id": f"co_{number}", "percent_off": sub.percent, "amount_off": None, "duration": sub.coupon}
    return {"object": "discount", "id": f"di_{number}", "start": sub.started, "end": None, "source": {"type": "coupon", "coupon": coupon}}
