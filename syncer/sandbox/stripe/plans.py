"""Legacy plans: recurring prices under their old name."""

from __future__ import annotations

from syncer.sandbox.stripe.shelf import Record

_SAME = (
    "id",
    "active",
    "billing_scheme",
    "created",
    "currency",
    "livemode",
    "metadata",
    "nickname",
    "product",
    "tiers_mode",
)
_RECURRING = ("interval", "interval_count", "meter", "trial_period_days", "usage_type")


def plan_of(price: Record) -> Record:
    plan = {
        "object": "plan",
        **{name: price[name] for name in _SAME},
        **{name: price["recurring"].get(name) for name in _RECURRING},
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "transform_usage": price["transform_quantity"],
    }
    return {**plan, "tiers": price["tiers"]} if "tiers" in price else plan
