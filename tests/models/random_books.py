"""Random Stripe accounts over the whole grammar of prices, discounts, taxes, usage and subscriptions; the same for the same seed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

AS_OF = 1_800_000_000
TODAY = date(2027, 1, 15)
DAY = 86_400
CURRENCIES = ("usd", "eur", "jpy", "bhd", "isk")
PRICES, COUPONS, PRODUCTS = 50, 60, 12
OVERRIDE_KEY = "mrr"
Tables = dict[str, list[dict[str, Any]]]
OTHER_STATUSES = ("trialing", "trialing", "canceled", "canceled", "unpaid", "paused", "incomplete", "incomplete_expired")
STATUSES = ("active",) * 16 + ("past_due",) * 4 + OTHER_STATUSES
NEAR = (-100 * DAY, -31 * DAY, -30 * DAY - 1, -30 * DAY, -7 * DAY - 1, -7 * DAY, -DAY, -1, 0, 1, DAY, 40 * DAY)
"""Distances from `as_of` in seconds, on both sides of every edge that a rule has."""


def make_books(seed: int, customers: int) -> Tables:
    books = _Books(Random(seed))
    for currency in (*CURRENCIES, "zzz"):
        for number in range(PRICES):
            books.add_price(f"price_{currency}_{number}", currency)
    for number in range(PRODUCTS):
        books.add("stripe.product", id=f"prod_{number}", name=f"Plan {number % 9}")
    for number in range(COUPONS):
        books.add_coupon(f"co_{number}")
    for number in range(customers):
        books.add_customer(f"cus_{number}")
    books.add_rates()
    return books.tables


class _Books:
    def __init__(self, dice: Random) -> None:
        self.dice, self.tables = dice, Tables()

    def add(self, table: str, **row: Any) -> None:
        self.tables.setdefault(table, []).append(row)

    def one_in(self, times: int) -> bool:
        return self.dice.randrange(times) == 0

    def near(self) -> int:
        return AS_OF + self.dice.choice(NEAR)

    def add_price(self, price_id: str, currency: str) -> None:
        dice = self.dice
        tiered = dice.random() < 0.45
        packaged = not tiered and dice.random() < 0.3
        self.add(
            "stripe.price", id=price_id, product_id=f"prod_{dice.randrange(PRODUCTS)}", currency=currency,
            billing_scheme="tiered" if tiered else "per_unit",
            tiers_mode=dice.choice(("graduated", "volume")) if tiered else None,
            unit_amount=None if tiered or self.one_in(150) else self.amount(),
            recurring_interval=dice.choice(("month", "month", "month", "year", "year", "week", "day")),
            interval_count=dice.choice((1, 1, 1, 1, 2, 3, 6, 7)),
            usage_type="metered" if self.one_in(8) else "licensed",
            divide_by=dice.choice((1, 5, 10, 12)) if packaged else None,
            round_up=dice.random() < 0.5 if packaged else None,
        )  # fmt: skip
        if self.one_in(150):
            self.tables["stripe.price"][-1]["recurring_interval"] = dice.choice((None, "fortnight"))
        if tiered and not self.one_in(40):
            self.add_tiers(price_id)

    def add_tiers(self, price_id: str) -> None:
        ends: list[int | None] = [*sorted(self.dice.sample(range(1, 60), self.dice.randrange(4)))]
        rows = [(position, end) for position, end in enumerate([*ends, None]) if end is not None or not ends or not self.one_in(50)]
        self.dice.shuffle(rows)
        for position, end in rows:
            unit, flat = self.dice.random() > 0.1, self.dice.random() < 0.4
            self.add(
                "stripe.price_tier", price_id=price_id, position=position, up_to=end,
                unit_amount=self.amount() if unit else None, flat_amount=self.amount() if flat else None,
            )  # fmt: skip

    def amount(self) -> Decimal:
        dice, kind = self.dice, self.dice.random()
        if kind < 0.1:
            return Decimal(0)
        if kind < 0.2:
            return Decimal(dice.randrange(1, 10**12)).scaleb(-dice.randrange(6, 13))
        return Decimal(dice.choice((dice.randrange(1, 200), dice.randrange(1, 100_000), 100 * dice.randrange(1, 3_000))))

    def add_coupon(self, coupon_id: str) -> None:
        dice, percent = self.dice, self.dice.random() < 0.55
        rate = dice.choice((100, "33.333333", "12.5", "0.5", *(dice.randrange(1, 100) for _ in range(6))))
        self.add(
            "stripe.coupon", id=coupon_id, percent_off=Decimal(rate) if percent else None,
            amount_off=None if percent else dice.choice((dice.randrange(1, 500), dice.randrange(1, 20_000))),
            currency=None if percent else dice.choice(("usd", "usd", "eur", "jpy")),
            duration=dice.choice(("forever", "forever", "repeating", "once")), deleted=self.one_in(10),
        )  # fmt: skip
        if dice.random() < 0.3:
            for product in dice.sample(range(PRODUCTS), dice.randrange(1, 5)):
                self.add("stripe.coupon_product", coupon_id=coupon_id, product_id=f"prod_{product}")

    def add_customer(self, customer_id: str) -> None:
        dice = self.dice
        home = dice.choice(("usd", "usd", "usd", *CURRENCIES))
        self.add("stripe.customer", id=customer_id, currency=home, deleted=self.one_in(30), livemode=True)
        if self.one_in(5):
            self.add("stripe.customer_discount", customer_id=customer_id, **self.discount(f"di_{customer_id}"))
        for number in range(dice.choice((0, 1, 1, 1, 2, 3))):
            currency = dice.choice((*CURRENCIES, "zzz")) if self.one_in(20) else home
            self.add_subscription(f"sub_{customer_id[4:]}_{number}", customer_id, currency)

    def add_subscription(self, subscription_id: str, customer_id: str, currency: str) -> None:
        dice, status = self.dice, self.dice.choice(STATUSES)
        ending = self.one_in(8)
        self.add(
            "stripe.subscription", id=subscription_id, customer_id=customer_id, status=status, currency=currency,
            start_date=AS_OF + dice.choice((-100 * DAY,) * 9 + (-DAY, -1, 0, 1)),
            trial_end=self.near() if status == "trialing" or self.one_in(12) else None,
            cancel_at=self.near() if ending and self.one_in(2) else None,
            cancel_at_period_end=ending and self.one_in(2),
            canceled_at=self.near() if ending and self.one_in(2) else None,
            ended_at=self.near() if status == "canceled" or self.one_in(40) else None,
            pause_behavior=dice.choice(("void", "mark_uncollectible", "keep_as_draft")) if self.one_in(9) else None,
            latest_invoice_id=self.latest_invoice(subscription_id, customer_id, currency),
            items_complete=not self.one_in(100), livemode=True,
        )  # fmt: skip
        items = [f"si_{subscription_id[4:]}_{number}" for number in range(dice.choice((1, 1, 1, 2, 2, 3, 5)) if dice.randrange(20) else 0)]
        for item_id in items:
            self.add_item(subscription_id, item_id, currency)
        self.add_discounts(subscription_id, items)
        if self.one_in(4):
            self.add_taxes(subscription_id, items)
        if self.one_in(12):
            said = ("include", "include", "exclude", "exclude", "49", "1234.5", "0", "0.000001", "free", "-5", "12,50")
            self.add("stripe.subscription_key", owner_id=subscription_id, key=OVERRIDE_KEY, value=dice.choice(said))
        if self.one_in(12):
            self.add("stripe.subscription_key", owner_id=subscription_id, key="team", value="exclude")

    def latest_invoice(self, subscription_id: str, customer_id: str, currency: str) -> str | None:
        if self.one_in(20):
            return self.dice.choice((None, "in_gone"))
        invoice_id = f"in_{subscription_id[4:]}"
        self.add(
            "stripe.invoice", id=invoice_id, customer_id=customer_id, subscription_id=subscription_id, currency=currency,
            status=self.dice.choice(("open", "open", "open", "uncollectible", "paid", "void", "draft")),
            created=self.near(), due_date=self.near() if self.one_in(3) else None, deleted=False,
        )  # fmt: skip
        return invoice_id

    def add_item(self, subscription_id: str, item_id: str, currency: str) -> None:
        dice = self.dice
        number = dice.randrange(PRICES)
        price = f"price_{dice.choice(CURRENCIES) if self.one_in(200) else currency}_{number}"
        price = "price_gone" if self.one_in(300) else price
        quantity: int | None = dice.choice((0, 1, 1, dice.randrange(2, 70), dice.randrange(70, 5_000)))
        found = self.priced.get(price)
        if found and found["usage_type"] == "metered":
            quantity = None
            self.add_usage(item_id, subscription_id)
        if self.one_in(300):
            quantity = None
        self.add("stripe.subscription_item", subscription_id=subscription_id, id=item_id, price_id=price, quantity=quantity)

    @property
    def priced(self) -> dict[str, dict[str, Any]]:
        if not hasattr(self, "_priced"):
            self._priced = {row["id"]: row for row in self.tables["stripe.price"]}
        return self._priced

    def add_usage(self, item_id: str, subscription_id: str) -> None:
        """Periods of a month, the last not always closed: as a file tells them, or by invoices, of which some bill nothing."""
        dice = self.dice
        last, told = AS_OF + dice.choice((-DAY, -1, 0, 1, DAY)), self.one_in(4)
        for number in range(dice.choice((0, 1, 2, 3, 4, 5, 5))):
            period = {"period_start": last - (number + 1) * 30 * DAY, "period_end": last - number * 30 * DAY}
            for line in range(1 if told else dice.choice((1, 1, 2))):
                invoice_id = None if told else f"in_{item_id}_{number}_{line}"
                amount = self.amount() if told else Decimal(dice.choice((0, dice.randrange(1, 50_000))))
                if not told and not self.one_in(20):
                    status = dice.choice(("open", "paid", "paid", "paid", "uncollectible", "void", "draft"))
                    self.add("stripe.invoice", id=invoice_id, subscription_id=subscription_id, status=status, deleted=self.one_in(20))
                about = {"id": f"il_{item_id}_{number}_{line}", "subscription_item_id": item_id, "amount": amount}
                self.add("stripe.invoice_line", invoice_id=invoice_id, **about, **period)

    def add_discounts(self, subscription_id: str, items: list[str]) -> None:
        dice = self.dice
        on = [item_id for item_id in items if dice.random() < 0.3] + [None] * (dice.random() < 0.4)
        for item_id in on:
            rows = []
            for position in range(dice.choice((1, 1, 1, 2, 2, 3, 5))):
                row = self.discount(f"di_{subscription_id[4:]}_{item_id or ''}_{position}")
                if rows and self.one_in(8):
                    row = {name: rows[-1][name] for name in row}
                rows.append({"subscription_id": subscription_id, "item_id": item_id, "position": position, **row})
            dice.shuffle(rows)
            for row in rows:
                self.add("stripe.subscription_discount", **row)

    def discount(self, discount_id: str) -> dict[str, Any]:
        ends = self.dice.choice((None,) * 6 + (AS_OF - 1, AS_OF, AS_OF + 1))
        starts = self.dice.choice((None, AS_OF - 100 * DAY, AS_OF, AS_OF + 1))
        coupon = "co_gone" if self.one_in(100) else f"co_{self.dice.randrange(COUPONS)}"
        return {"id": discount_id, "coupon_id": coupon, "starts": starts, "ends": ends}

    def add_taxes(self, subscription_id: str, items: list[str]) -> None:
        dice = self.dice
        for item_id in [None, *(item_id for item_id in items if self.one_in(2))]:
            for percentage in dice.sample(("20", "8.875", "7.7", "10", "0"), dice.choice((1, 1, 2))):
                inclusive = dice.random() < 0.6
                rate = {"rate_id": f"txr_{percentage}_{inclusive}", "percentage": Decimal(percentage), "inclusive": inclusive}
                self.add("stripe.subscription_tax", subscription_id=subscription_id, item_id=item_id, **rate)

    def add_rates(self) -> None:
        """Of several days, today's not always the newest; some pairs have none at all, some only of the future."""
        for currency in CURRENCIES:
            for quote in CURRENCIES:
                if currency == quote or self.one_in(6):
                    continue
                for days in self.dice.sample((-40, -3, -1, 0, 1, 5), self.dice.randrange(1, 5)):
                    rate = Decimal(self.dice.randrange(1, 10**7)).scaleb(-self.dice.randrange(3, 8))
                    self.add("money.rate", currency=currency, quote=quote, day=TODAY + timedelta(days=days), rate=rate)
