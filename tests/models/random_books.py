"""Random Stripe accounts over the whole grammar of prices, discounts and subscriptions; the same for the same seed."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any

AS_OF = 1_800_000_000
CURRENCIES = ("usd", "eur", "jpy", "bhd")
Tables = dict[str, list[dict[str, Any]]]
NAMES = (
    "customer", "customer_discount", "product", "price", "price_tier", "coupon", "coupon_product",
    "subscription", "subscription_item", "subscription_discount",
)  # fmt: skip


def make_books(seed: int, customers: int) -> Tables:
    dice = Random(seed)
    tables: Tables = {f"stripe.{name}": [] for name in NAMES}
    for number in range(12):
        tables["stripe.product"].append({"id": f"prod_{number}", "name": f"Plan {number % 9}"})
    for currency in CURRENCIES:
        for number in range(60):
            _price(dice, tables, f"price_{currency}_{number}", currency)
    for number in range(60):
        _coupon(dice, tables, f"co_{number}")
    for number in range(customers):
        _customer(dice, tables, f"cus_{number}")
    return tables


def _price(dice: Random, tables: Tables, price_id: str, currency: str) -> None:
    tiered = dice.random() < 0.45
    packaged = not tiered and dice.random() < 0.3
    tables["stripe.price"].append(
        {
            "id": price_id, "product_id": f"prod_{dice.randrange(12)}", "currency": currency,
            "billing_scheme": "tiered" if tiered else "per_unit",
            "tiers_mode": dice.choice(("graduated", "volume")) if tiered else None,
            "unit_amount": None if tiered else _amount(dice),
            "recurring_interval": dice.choice(("month", "month", "month", "year", "year", "week", "day")),
            "interval_count": dice.choice((1, 1, 1, 1, 2, 3, 6, 7)),
            "usage_type": "metered" if dice.random() < 0.08 else "licensed",
            "divide_by": dice.choice((1, 5, 10, 12)) if packaged else None,
            "round_up": dice.random() < 0.5 if packaged else None,
        }
    )  # fmt: skip
    if tiered and dice.random() > 0.03:
        ends = sorted(dice.sample(range(1, 60), dice.randrange(4)))
        for position, end in enumerate([*ends, None]):
            tables["stripe.price_tier"].append(
                {
                    "price_id": price_id, "position": position, "up_to": end,
                    "unit_amount": None if dice.random() < 0.1 else _amount(dice),
                    "flat_amount": _amount(dice) if dice.random() < 0.4 else None,
                }
            )  # fmt: skip


def _amount(dice: Random) -> Decimal:
    kind = dice.random()
    if kind < 0.1:
        return Decimal(0)
    if kind < 0.3:
        return Decimal(dice.randrange(1, 10**12)).scaleb(-dice.randrange(6, 13))
    return Decimal(dice.choice((dice.randrange(1, 200), dice.randrange(1, 100_000), 100 * dice.randrange(1, 3_000))))


def _coupon(dice: Random, tables: Tables, coupon_id: str) -> None:
    percent = dice.random() < 0.55
    rate = dice.choice((Decimal(100), Decimal("33.333333"), Decimal(dice.randrange(1, 100)), Decimal("12.5")))
    tables["stripe.coupon"].append(
        {
            "id": coupon_id, "percent_off": rate if percent else None,
            "amount_off": None if percent else dice.randrange(1, 20_000),
            "currency": dice.choice(("usd", "usd", "eur")),
            "duration": dice.choice(("forever", "forever", "repeating", "once")),
        }
    )  # fmt: skip
    if dice.random() < 0.3:
        for product in dice.sample(range(12), dice.randrange(1, 5)):
            tables["stripe.coupon_product"].append({"coupon_id": coupon_id, "product_id": f"prod_{product}"})


def _customer(dice: Random, tables: Tables, customer_id: str) -> None:
    home = dice.choice(("usd", "usd", "usd", *CURRENCIES))
    tables["stripe.customer"].append({"id": customer_id, "deleted": dice.random() < 0.03, "livemode": True})
    if dice.random() < 0.2:
        tables["stripe.customer_discount"].append({"customer_id": customer_id, **_discount(dice, f"di_{customer_id}")})
    for number in range(dice.choice((0, 1, 1, 1, 2, 3))):
        currency = dice.choice(CURRENCIES) if dice.random() < 0.05 else home
        _subscription(dice, tables, f"sub_{customer_id}_{number}", customer_id, currency)


def _subscription(dice: Random, tables: Tables, subscription_id: str, customer_id: str, currency: str) -> None:
    statuses = ("active",) * 8 + ("past_due", "trialing", "canceled", "unpaid", "paused", "incomplete")
    tables["stripe.subscription"].append(
        {
            "id": subscription_id, "customer_id": customer_id, "status": dice.choice(statuses), "currency": currency,
            "start_date": AS_OF + dice.choice((-86_400 * 100, -86_400, -86_400, -1, 0, 1)),
            "pause_behavior": dice.choice((None,) * 9 + ("void", "mark_uncollectible", "keep_as_draft")),
            "items_complete": dice.random() > 0.01, "cancel_at_period_end": False, "livemode": True,
        }
    )  # fmt: skip
    items = [f"si_{subscription_id}_{number}" for number in range(dice.choice((0, 1, 1, 1, 2, 2, 3, 5)))]
    for item_id in items:
        price_id = f"price_{currency}_{dice.randrange(60)}"
        quantity = dice.choice((0, 1, 1, dice.randrange(2, 70), dice.randrange(70, 5_000)))
        tables["stripe.subscription_item"].append(
            {"subscription_id": subscription_id, "id": item_id, "price_id": price_id, "quantity": quantity}
        )
    on = [item_id for item_id in items if dice.random() < 0.35] + [None] * (dice.random() < 0.4)
    for item_id in on:
        for position in range(dice.choice((1, 1, 2, 3, 5))):
            row = _discount(dice, f"di_{subscription_id}_{item_id}_{position}")
            tables["stripe.subscription_discount"].append(
                {"subscription_id": subscription_id, "item_id": item_id, "position": position, **row}
            )


def _discount(dice: Random, discount_id: str) -> dict[str, Any]:
    ends = dice.choice((None,) * 6 + (AS_OF - 1, AS_OF, AS_OF + 1))
    return {"id": discount_id, "coupon_id": f"co_{dice.randrange(60)}", "ends": ends}
