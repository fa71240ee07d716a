"""MRR told a second time, in plain Python with exact fractions, from the same rows. Knows no SQL and shares no code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from math import floor
from re import fullmatch
from typing import Any

Tables = Mapping[str, Iterable[Mapping[str, Any]]]

DECIMALS = {"usd": 2, "eur": 2, "gbp": 2, "isk": 2, "jpy": 0, "krw": 0, "bhd": 3, "kwd": 3}
"""Currencies that random books use; every other is one that nobody knows."""
DAY = 86_400
DEFAULT = {
    "count_statuses": ("active", "past_due"), "past_due": "include", "trialing": "exclude", "discounts": "forever+repeating",
    "metered": "exclude", "scheduled_cancel": "count_until_end", "pause_collection": "by_behavior", "year_factor": "1/12",
    "month_factor": "1", "week_factor": "52/12", "day_factor": "365/12", "inclusive_tax": "strip",
    "zero_quantity_first_tier_flat": "charge", "reporting_currency": None, "override_key": None,
}  # fmt: skip


class Row(dict[str, Any]):
    """A column that is not there is NULL."""

    def __missing__(self, column: str) -> None:
        return None


class Unknown(Exception):
    """The figure cannot be told."""


@dataclass
class Line:
    """A counted item, or what metadata says: minor units of its currency, the first two for its own period, the last for a month."""

    item_id: str
    amount: Fraction
    left: Fraction
    monthly: Fraction


class Books:
    """One Stripe account's rows, found by id, read under one policy."""

    def __init__(self, tables: Tables, as_of: int, policy: Mapping[str, Any] | None = None, *, past: bool = False) -> None:
        self.as_of, self.past = as_of, past
        self.policy = {**DEFAULT, **(policy or {})}
        self.customers = one(tables, "stripe.customer")
        self.prices = one(tables, "stripe.price")
        self.coupons = one(tables, "stripe.coupon")
        self.invoices = one(tables, "stripe.invoice")
        self.tiers = by(tables, "stripe.price_tier", "price_id")
        self.coupon_products = by(tables, "stripe.coupon_product", "coupon_id")
        self.subscriptions = by(tables, "stripe.subscription", "customer_id")
        self.items = by(tables, "stripe.subscription_item", "subscription_id")
        self.discounts = by(tables, "stripe.subscription_discount", "subscription_id")
        self.customer_discounts = by(tables, "stripe.customer_discount", "customer_id")
        self.taxes = by(tables, "stripe.subscription_tax", "subscription_id")
        self.keys = by(tables, "stripe.subscription_key", "owner_id")
        self.usage = by(tables, "stripe.invoice_line", "subscription_item_id")
        self.rates = by(tables, "money.rate", "currency")
        self.bits: dict[str, int] = {}

    def totals(self, customer_id: str) -> dict[str, Fraction | None]:
        """Exact MRR in minor units by currency; None where it cannot be told, no entry where nothing counts."""
        totals: dict[str, Fraction | None] = {}
        for subscription in self.subscriptions.get(customer_id, []):
            currency = subscription["currency"]
            try:
                lines = self.lines(subscription)
            except Unknown:
                totals[currency] = None
                continue
            so_far = totals.get(currency, Fraction(0))
            if lines:
                totals[currency] = None if so_far is None else so_far + sum(line.monthly for line in lines)
        return totals

    def lines(self, subscription: Row) -> list[Line]:
        """What the subscription adds to MRR."""
        customer = self.customers.get(subscription["customer_id"])
        if customer is None or customer["deleted"]:
            return []
        override = self.override(subscription)
        if override not in (None, "include", "exclude"):
            return [self.written_amount(subscription, override)]
        if override == "exclude" or (override is None and not self.counts(subscription)):
            return []
        if not subscription["items_complete"] or (override is None and not self.is_overdue_known(subscription)):
            raise Unknown
        items = [item for item in self.items.get(subscription["id"], []) if self.recurs(item)]
        if items and subscription["currency"] not in DECIMALS:
            raise Unknown
        amounts = {item["id"]: self.amount(item, subscription) for item in items}
        self.bits[subscription["id"]] = max((amount.numerator.bit_length() for amount in amounts.values()), default=0)
        left = self.discounted(subscription, items, dict(amounts))
        return [Line(i["id"], amounts[i["id"]], left[i["id"]], self.monthly(i, left[i["id"]])) for i in items]

    def override(self, subscription: Row) -> str | None:
        name = self.policy["override_key"]
        return next((row["value"] for row in self.keys.get(subscription["id"], []) if name and row["key"] == name), None)

    def written_amount(self, subscription: Row, text: str) -> Line:
        if not fullmatch(r"\d+(\.\d+)?", text) or subscription["currency"] not in DECIMALS:
            raise Unknown
        amount = Fraction(text) * 10 ** DECIMALS[subscription["currency"]]
        return Line("metadata", amount, amount, amount)

    def status(self, subscription: Row) -> str | None:
        now, ended, trial_end = subscription["status"], subscription["ended_at"], subscription["trial_end"]
        if not self.past:
            return now
        if ended is not None and ended <= self.as_of:
            return "canceled"
        if trial_end is not None and trial_end > self.as_of:
            return "trialing"
        return "active" if now == "canceled" and ended is not None else now

    def counts(self, subscription: Row) -> bool:
        """By all rules but the one of the latest invoice."""
        policy, status = self.policy, self.status(subscription)
        listed = status in policy["count_statuses"] or (status == "trialing" and policy["trialing"] == "include")
        begun = subscription["start_date"] is None or subscription["start_date"] <= self.as_of
        if not listed or not begun or (status == "past_due" and policy["past_due"] == "exclude"):
            return False
        return not self.leaves(subscription) and not self.is_paused(subscription["pause_behavior"])

    def leaves(self, subscription: Row) -> bool:
        asked = subscription["canceled_at"]
        ending = subscription["cancel_at"] is not None or bool(subscription["cancel_at_period_end"])
        dropping = self.policy["scheduled_cancel"] == "drop_at_request"
        return (dropping and ending and (asked is None or asked <= self.as_of)) or self.overdue(subscription)

    def overdue(self, subscription: Row) -> bool:
        """Past due for longer than the policy bears; an invoice that is not here is another's business."""
        rule, _, days = self.policy["past_due"].partition(":")
        invoice = self.invoices.get(subscription["latest_invoice_id"])
        if rule != "include_until_days" or self.status(subscription) != "past_due" or invoice is None:
            return False
        due = invoice["created"] if invoice["due_date"] is None else invoice["due_date"]
        return invoice["status"] in ("open", "uncollectible") and self.as_of > due + int(days) * DAY

    def is_overdue_known(self, subscription: Row) -> bool:
        asked = self.policy["past_due"].startswith("include_until_days") and self.status(subscription) == "past_due"
        return not asked or subscription["latest_invoice_id"] in self.invoices

    def is_paused(self, behavior: str | None) -> bool:
        free = {"by_behavior": (None, "keep_as_draft"), "zero": (None,), "count": (behavior,)}
        return behavior not in free[self.policy["pause_collection"]]

    def is_metered(self, item: Row) -> bool:
        return self.prices[item["price_id"]]["usage_type"] == "metered"

    def recurs(self, item: Row) -> bool:
        price = self.prices.get(item["price_id"])
        if price is None:
            raise Unknown
        return price["recurring_interval"] is not None and not (self.is_metered(item) and self.policy["metered"] == "exclude")

    def monthly(self, item: Row, amount: Fraction) -> Fraction:
        price = self.prices[item["price_id"]]
        factor = Fraction(self.policy[f"{price['recurring_interval']}_factor"])
        return amount * self.net_of_tax(item) * factor / (price["interval_count"] or 1)

    def net_of_tax(self, item: Row) -> Fraction:
        """The share of an amount that is no tax."""
        rates = self.taxes.get(item["subscription_id"], [])
        mine = [rate for rate in rates if rate["item_id"] == item["id"]] or [rate for rate in rates if rate["item_id"] is None]
        inside = sum((Fraction(rate["percentage"]) for rate in mine if rate["inclusive"]), Fraction(0))
        return Fraction(100) / (100 + inside) if self.policy["inclusive_tax"] == "strip" else Fraction(1)

    def amount(self, item: Row, subscription: Row) -> Fraction:
        """For the item's own period, before discounts."""
        price = self.prices[item["price_id"]]
        if price["recurring_interval"] not in ("day", "week", "month", "year"):
            raise Unknown
        if price["currency"] != subscription["currency"]:
            raise Unknown
        if self.is_metered(item):
            return self.mean_of_last_periods(item)
        if item["quantity"] is None:
            raise Unknown
        return self.priced(price, packages(item["quantity"], price))

    def mean_of_last_periods(self, item: Row) -> Fraction:
        periods: dict[tuple[int, int], Fraction] = {}
        for line in self.usage.get(item["id"], []):
            if line["period_end"] <= self.as_of and self.is_billed(line["invoice_id"]):
                period = line["period_end"], line["period_start"]
                periods[period] = periods.get(period, Fraction(0)) + Fraction(line["amount"])
        last = sorted(periods)[-3:]
        if not last:
            raise Unknown
        return sum((periods[period] for period in last), Fraction(0)) / len(last)

    def is_billed(self, invoice_id: str | None) -> bool:
        """A line without an invoice comes from a file that says what was billed."""
        invoice = self.invoices.get(invoice_id, Row())
        return invoice_id is None or (invoice["status"] in ("open", "paid", "uncollectible") and not invoice["deleted"])

    def priced(self, price: Row, units: int) -> Fraction:
        if price["billing_scheme"] != "tiered":
            if price["unit_amount"] is None:
                raise Unknown
            return units * Fraction(price["unit_amount"])
        tiers = sorted(self.tiers.get(price["id"], []), key=lambda tier: tier["position"])
        if not tiers or tiers[-1]["up_to"] is not None:
            raise Unknown
        if units == 0 and self.policy["zero_quantity_first_tier_flat"] == "skip":
            return Fraction(0)
        return volume(tiers, units) if price["tiers_mode"] == "volume" else graduated(tiers, units)

    def discounted(self, subscription: Row, items: list[Row], left: dict[str, Fraction]) -> dict[str, Fraction]:
        """What is left of each item's amount: the items' own discounts first, then the subscription's, else the customer's."""
        own = self.discounts.get(subscription["id"], [])
        for item in items:
            for coupon in self.counted_coupons([row for row in own if row["item_id"] == item["id"]]):
                self.take_off(coupon, subscription, [item], left)
        whole = self.counted_coupons([row for row in own if row["item_id"] is None])
        whole = whole or self.counted_coupons(self.customer_discounts.get(subscription["customer_id"], []))
        for coupon in whole:
            self.take_off(coupon, subscription, items, left)
        return left

    def counted_coupons(self, discounts: list[Row]) -> list[Row]:
        """Of the discounts that lower MRR, each once, in order. An unread coupon is a row without anything known."""
        counted = {
            "none": (), "forever": ("forever",), "forever+repeating": ("forever", "repeating"), "all": ("forever", "repeating", "once"),
        }[self.policy["discounts"]]  # fmt: skip
        live = [row for row in discounts if self.is_live(row)]
        each = {row["id"]: row for row in sorted(live, key=lambda row: -(row["position"] or 0))}
        ordered = sorted(each.values(), key=lambda row: row["position"] or 0)
        coupons = [self.coupons.get(row["coupon_id"], Row()) for row in ordered]
        return [coupon for coupon in coupons if counted and (coupon["duration"] or counted[0]) in counted]

    def is_live(self, discount: Row) -> bool:
        begun = not self.past or (discount["starts"] or 0) <= self.as_of
        return begun and (discount["ends"] is None or discount["ends"] > self.as_of)

    def take_off(self, coupon: Row, subscription: Row, items: list[Row], left: dict[str, Fraction]) -> None:
        if items and coupon["percent_off"] is None and coupon["amount_off"] is None:
            raise Unknown
        only = {row["product_id"] for row in self.coupon_products.get(coupon["id"], [])} if items else set()
        pool = [i["id"] for i in items if not only or self.prices[i["price_id"]]["product_id"] in only]
        share = share_left(coupon, subscription["currency"], sum((left[item_id] for item_id in pool), Fraction(0)))
        self.bits[subscription["id"]] += share.denominator.bit_length()
        for item_id in pool:
            left[item_id] *= share

    def longest(self, customer_id: str, currency: str | None) -> int:
        """How many bits numbers take where nothing is reduced between an item's amount and its last discount."""
        self.totals(customer_id)
        mine = [row["id"] for row in self.subscriptions.get(customer_id, []) if row["currency"] == currency]
        return max((self.bits.get(subscription_id, 0) for subscription_id in mine), default=0)

    def reporting(self, currency: str, amount: Fraction) -> Fraction | None:
        """The amount in minor units of the reporting currency, by the newest rate that is not from the future; None without one."""
        quote = self.policy["reporting_currency"]
        today = datetime.fromtimestamp(self.as_of, UTC).date()
        known = [row for row in self.rates.get(currency, []) if row["quote"] == quote and row["day"] <= today]
        if currency != quote and not known:
            return None
        rate = Fraction(1) if currency == quote else Fraction(max(known, key=lambda row: row["day"])["rate"])
        return amount / 10 ** DECIMALS[currency] * rate * 10 ** DECIMALS[quote]


def share_left(coupon: Row, currency: str, total: Fraction) -> Fraction:
    """The share of a pool of amounts that a coupon leaves."""
    if coupon["percent_off"] is not None:
        return 1 - Fraction(coupon["percent_off"]) / 100
    if coupon["currency"] != currency or not total:
        return Fraction(1)
    return max(Fraction(0), 1 - Fraction(coupon["amount_off"]) / total)


def packages(quantity: int, price: Row) -> int:
    if not price["divide_by"]:
        return quantity
    whole, rest = divmod(quantity, price["divide_by"])
    return whole + (1 if rest and price["round_up"] else 0)


def graduated(tiers: list[Row], units: int) -> Fraction:
    amount, begin = Fraction(0), 0
    for number, tier in enumerate(tiers):
        end = units if tier["up_to"] is None else min(units, tier["up_to"])
        if number == 0 or units > begin:
            amount += Fraction(tier["flat_amount"] or 0) + max(0, end - begin) * Fraction(tier["unit_amount"] or 0)
        begin = end if tier["up_to"] is None else tier["up_to"]
    return amount


def volume(tiers: list[Row], units: int) -> Fraction:
    tier = next(tier for tier in tiers if tier["up_to"] is None or units <= tier["up_to"])
    return Fraction(tier["flat_amount"] or 0) + units * Fraction(tier["unit_amount"] or 0)


def half_up(amount: Fraction) -> int:
    return floor(amount + Fraction(1, 2))


def one(tables: Tables, table: str) -> dict[Any, Row]:
    return {row["id"]: Row(row) for row in tables.get(table, [])}


def by(tables: Tables, table: str, column: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in tables.get(table, []):
        found.setdefault(row.get(column), []).append(Row(row))
    return found
