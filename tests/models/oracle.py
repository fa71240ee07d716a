"""MRR told a second time, in plain Python with exact fractions, from the same rows. Knows no SQL and shares no code."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from typing import Any

Row = dict[str, Any]
Tables = dict[str, list[Row]]

MONTHS = {"day": Fraction(365, 12), "week": Fraction(52, 12), "month": Fraction(1), "year": Fraction(1, 12)}


class Unknown(Exception):
    """The figure cannot be told."""


class Books:
    """One Stripe account's rows, found by id."""

    def __init__(self, tables: Tables, as_of: int) -> None:
        self.as_of = as_of
        self.customers = {row["id"]: row for row in tables["stripe.customer"]}
        self.products = {row["id"]: row for row in tables["stripe.product"]}
        self.prices = {row["id"]: row for row in tables["stripe.price"]}
        self.coupons = {row["id"]: row for row in tables["stripe.coupon"]}
        self.tiers = by(tables["stripe.price_tier"], "price_id")
        self.coupon_products = by(tables["stripe.coupon_product"], "coupon_id")
        self.subscriptions = by(tables["stripe.subscription"], "customer_id")
        self.items = by(tables["stripe.subscription_item"], "subscription_id")
        self.discounts = by(tables["stripe.subscription_discount"], "subscription_id")
        self.customer_discounts = by(tables["stripe.customer_discount"], "customer_id")

    def mrr(self, customer_id: str) -> tuple[int, int]:
        """MRR and ARR in minor units; Unknown when an amount is missing or there are several currencies."""
        totals: dict[str, Fraction] = {}
        for subscription in self.subscriptions.get(customer_id, []):
            if self.counts(subscription):
                for item, amount in self.discounted(subscription):
                    currency = subscription["currency"]
                    totals[currency] = totals.get(currency, Fraction(0)) + amount * self.monthly(item)
        if len(totals) > 1:
            raise Unknown
        exact = sum(totals.values(), Fraction(0))
        return half_up(exact), half_up(12 * exact)

    def counts(self, subscription: Row) -> bool:
        return (
            not self.customers[subscription["customer_id"]]["deleted"]
            and subscription["status"] in ("active", "past_due")
            and subscription["start_date"] <= self.as_of
            and subscription["pause_behavior"] in (None, "keep_as_draft")
        )

    def monthly(self, item: Row) -> Fraction:
        price = self.prices[item["price_id"]]
        return MONTHS[price["recurring_interval"]] / price["interval_count"]

    def discounted(self, subscription: Row) -> list[tuple[Row, Fraction]]:
        """Each licensed item with its amount for its own period, after all discounts."""
        if not subscription["items_complete"]:
            raise Unknown
        items = [item for item in self.items.get(subscription["id"], []) if self.prices[item["price_id"]]["usage_type"] != "metered"]
        left = {item["id"]: self.amount(item) for item in items}
        for item in items:
            for coupon in self.coupons_on(self.discounts.get(subscription["id"], []), item["id"]):
                self.take_off(coupon, subscription, [item], left)
        whole = self.coupons_on(self.discounts.get(subscription["id"], []), None)
        if not whole:
            whole = self.coupons_on(self.customer_discounts.get(subscription["customer_id"], []), None)
        for coupon in whole:
            self.take_off(coupon, subscription, items, left)
        return [(item, left[item["id"]]) for item in items]

    def amount(self, item: Row) -> Fraction:
        price, quantity = self.prices[item["price_id"]], item["quantity"]
        if price["divide_by"]:
            whole, rest = divmod(quantity, price["divide_by"])
            quantity = whole + (1 if rest and price["round_up"] else 0)
        if price["billing_scheme"] != "tiered":
            return quantity * Fraction(price["unit_amount"])
        tiers = sorted(self.tiers.get(price["id"], []), key=lambda tier: tier["position"])
        if not tiers:
            raise Unknown
        return volume(tiers, quantity) if price["tiers_mode"] == "volume" else graduated(tiers, quantity)

    def coupons_on(self, discounts: list[Row], item_id: str | None) -> list[Row]:
        mine = [row for row in discounts if row.get("item_id") == item_id]
        live = [row for row in mine if row["ends"] is None or row["ends"] > self.as_of]
        coupons = [self.coupons[row["coupon_id"]] for row in sorted(live, key=lambda row: row.get("position", 0))]
        return [coupon for coupon in coupons if coupon["duration"] != "once"]

    def take_off(self, coupon: Row, subscription: Row, items: list[Row], left: dict[str, Fraction]) -> None:
        only = {row["product_id"] for row in self.coupon_products.get(coupon["id"], [])}
        pool = [i["id"] for i in items if not only or self.prices[i["price_id"]]["product_id"] in only]
        total = sum((left[item_id] for item_id in pool), Fraction(0))
        if coupon["percent_off"] is not None:
            share = 1 - Fraction(coupon["percent_off"]) / 100
        elif coupon["currency"] != subscription["currency"] or not total:
            share = Fraction(1)
        else:
            share = max(Fraction(0), 1 - Fraction(coupon["amount_off"]) / total)
        for item_id in pool:
            left[item_id] *= share


def graduated(tiers: list[Row], quantity: int) -> Fraction:
    amount, begin = Fraction(0), 0
    for number, tier in enumerate(tiers):
        end = quantity if tier["up_to"] is None else min(quantity, tier["up_to"])
        if number == 0 or quantity > begin:
            amount += Fraction(tier["flat_amount"] or 0) + max(0, end - begin) * Fraction(tier["unit_amount"] or 0)
        begin = end if tier["up_to"] is None else tier["up_to"]
    return amount


def volume(tiers: list[Row], quantity: int) -> Fraction:
    tier = next(tier for tier in tiers if tier["up_to"] is None or quantity <= tier["up_to"])
    return Fraction(tier["flat_amount"] or 0) + quantity * Fraction(tier["unit_amount"] or 0)


def half_up(amount: Fraction) -> int:
    return floor(amount + Fraction(1, 2))


def by(rows: list[Row], column: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row[column], []).append(row)
    return found
