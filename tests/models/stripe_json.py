"""Rows of the Stripe tables as the objects that Stripe's API would answer with, in each of the three shapes that it has had."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from oracle import Row, Tables, by, one

SHAPES = ("2022-11-15", "2025-03-31.basil", "2025-09-30.clover")
OLD, BASIL, CLOVER = SHAPES
Tree = dict[str, Any]


class Api:
    """One account as one version of the API tells it."""

    def __init__(self, tables: Tables, shape: str) -> None:
        self.shape, self.tables = shape, tables
        self.prices, self.coupons = one(tables, "stripe.price"), one(tables, "stripe.coupon")
        self.tiers = by(tables, "stripe.price_tier", "price_id")
        self.products = by(tables, "stripe.coupon_product", "coupon_id")
        self.items = by(tables, "stripe.subscription_item", "subscription_id")
        self.discounts = by(tables, "stripe.subscription_discount", "subscription_id")
        self.own_discounts = by(tables, "stripe.customer_discount", "customer_id")
        self.taxes = by(tables, "stripe.subscription_tax", "subscription_id")
        self.keys = by(tables, "stripe.subscription_key", "owner_id")
        self.lines = by(tables, "stripe.invoice_line", "invoice_id")

    def objects(self) -> Iterator[Tree]:
        """All objects, as from their lists."""
        for kind in ("product", "price", "coupon", "customer", "subscription", "invoice"):
            for row in self.tables.get(f"stripe.{kind}", ()):
                yield {"object": kind, **getattr(self, kind)(Row(row))}

    def history(self) -> list[Tree]:
        """What no invoice tells: the key metered_invoice_history of a file."""
        return [
            {"subscription_item": line["subscription_item_id"], **pick(line, "period_start", "period_end"), "amount": str(line["amount"])}
            for line in self.lines.get(None, ())
        ]

    def product(self, row: Row) -> Tree:
        return {"id": row["id"], "name": row["name"]}

    def price(self, row: Row) -> Tree:
        rhythm = {"interval": row["recurring_interval"], "interval_count": row["interval_count"], "usage_type": row["usage_type"]}
        tiers = sorted(self.tiers.get(row["id"], ()), key=lambda tier: tier["position"])
        return {
            **pick(row, "id", "currency", "billing_scheme", "tiers_mode"), "product": row["product_id"], **both("unit_amount", row),
            "recurring": rhythm if row["recurring_interval"] else None, "transform_quantity": packages(row),
            "tiers": [{"up_to": tier["up_to"], **both("unit_amount", tier), **both("flat_amount", tier)} for tier in tiers] or None,
        }  # fmt: skip

    def plan(self, row: Row) -> Tree:
        """What prices were called at first; the same object under other names."""
        amounts = {name.removeprefix("unit_"): value for name, value in both("unit_amount", row).items()}
        rhythm = {"interval": row["recurring_interval"], **pick(row, "interval_count", "usage_type")}
        return {
            "object": "plan",
            **pick(row, "id", "currency", "billing_scheme", "tiers_mode"),
            "product": row["product_id"],
            **amounts,
            **rhythm,
        }

    def coupon(self, row: Row) -> Tree:
        told = pick(row, "id", "percent_off", "amount_off", "currency", "duration")
        products = [each["product_id"] for each in self.products.get(row["id"], ())]
        return {**told, **({"applies_to": {"products": products}} if products else {})}

    def customer(self, row: Row) -> Tree:
        if row["deleted"]:
            return {"id": row["id"], "deleted": True}
        discount = next((self.discount(each) for each in self.own_discounts.get(row["id"], ())), None)
        return {**pick(row, "id", "currency", "livemode"), "discount": discount}

    def discount(self, row: Row) -> Tree:
        coupon_id = row["coupon_id"]
        inside = (
            {"object": "coupon", **self.coupon(self.coupons[coupon_id])}
            if coupon_id in self.coupons and self.shape != CLOVER
            else coupon_id
        )
        where = {"source": {"type": "coupon", "coupon": inside}} if self.shape == CLOVER else {"coupon": inside}
        return {"object": "discount", "id": row["id"], "start": row["starts"], "end": row["ends"], **where}

    def subscription(self, row: Row) -> Tree:
        columns = (
            "id",
            "status",
            "currency",
            "start_date",
            "trial_end",
            "cancel_at",
            "cancel_at_period_end",
            "canceled_at",
            "ended_at",
            "livemode",
        )
        page = {
            "object": "list",
            "data": [self.item(item) for item in self.items.get(row["id"], ())],
            "has_more": not row["items_complete"],
        }
        return {
            **pick(row, *columns), "customer": row["customer_id"], "latest_invoice": row["latest_invoice_id"], "items": page,
            "pause_collection": {"behavior": row["pause_behavior"]} if row["pause_behavior"] else None,
            "metadata": {each["key"]: each["value"] for each in self.keys.get(row["id"], ())},
            "default_tax_rates": self.tax_rates(row["id"], None), **self.discounts_of(row["id"], None),
        }  # fmt: skip

    def item(self, row: Row) -> Tree:
        told = {
            "object": "subscription_item",
            **pick(row, "id", "quantity"),
            "price": row["price_id"],
            "tax_rates": self.tax_rates(row["subscription_id"], row["id"]),
        }
        if self.shape == OLD and row["price_id"] in self.prices:
            told |= {"plan": self.plan(self.prices[row["price_id"]])}
        return told | self.discounts_of(row["subscription_id"], row["id"])

    def discounts_of(self, subscription_id: str, item_id: str | None) -> Tree:
        """One discount at the key `discount` is what old versions had; several came with `discounts` beside it."""
        rows = [row for row in self.discounts.get(subscription_id, ()) if row["item_id"] == item_id]
        told = [self.discount(row) for row in sorted(rows, key=lambda row: row["position"])]
        if self.shape != OLD or item_id is not None:
            return {"discounts": told}
        if len(told) < 2:
            return {"discount": told[0] if told else None}
        return {"discount": told[-1], "discounts": [each["id"] if each["id"] == told[-1]["id"] else each for each in told]}

    def tax_rates(self, subscription_id: str, item_id: str | None) -> list[Tree]:
        rows = [row for row in self.taxes.get(subscription_id, ()) if row["item_id"] == item_id]
        return [{"object": "tax_rate", "id": row["rate_id"], **pick(row, "percentage", "inclusive")} for row in rows]

    def invoice(self, row: Row) -> Tree:
        of = {"subscription": row["subscription_id"]}
        return {
            **pick(row, "id", "currency", "status", "created", "due_date", "deleted"), "customer": row["customer_id"],
            **(of if self.shape == OLD else {"parent": {"subscription_details": of}}),
            "lines": {"object": "list", "data": [self.line(line) for line in self.lines.get(row["id"], ())], "has_more": False},
        }  # fmt: skip

    def line(self, row: Row) -> Tree:
        of = {"subscription_item": row["subscription_item_id"], "proration": False}
        where = of if self.shape == OLD else {"parent": {"subscription_item_details": of}}
        period = {"start": row["period_start"], "end": row["period_end"]}
        return {"object": "line_item", "id": row["id"], "amount": int(row["amount"]), "period": period, **where}


def both(name: str, row: Row) -> Tree:
    """An amount as Stripe writes it: a whole number, none where it has decimals, and its text."""
    amount = row[name]
    whole = None if amount is None or amount != int(amount) else int(amount)
    return {name: whole, f"{name}_decimal": None if amount is None else f"{amount:f}"}


def packages(row: Row) -> Tree | None:
    return {"divide_by": row["divide_by"], "round": "up" if row["round_up"] else "down"} if row["divide_by"] else None


def pick(row: Row, *columns: str) -> Tree:
    return {column: plain(row[column]) for column in columns}


def plain(value: Any) -> Any:
    """A decimal as the number that it is in JSON."""
    if not isinstance(value, Decimal):
        return value
    return int(value) if value == int(value) else float(value)


def write_files(folder: Path, tables: Tables, shape: str, dice: Random) -> list[str]:
    """The account in files: lists in pages of any size, some told twice, in any order; the paths."""
    api, by_kind, pages = Api(tables, shape), defaultdict(list), []
    for thing in api.objects():
        by_kind[thing["object"]].append(thing)
    for kind, things in by_kind.items():
        dice.shuffle(things)
        begin = 0
        while begin < len(things):
            end = begin + dice.choice((1, 3, 10, 100, 1000))
            pages.append({"object": "list", "url": f"/v1/{kind}s", "has_more": end < len(things), "data": things[begin:end]})
            begin = end
    pages += dice.sample(pages, len(pages) // 4)
    dice.shuffle(pages)
    files: list[Any] = [pages[number::5] for number in range(5)]
    files.append({"metered_invoice_history": api.history()})
    for number, content in enumerate(files):
        (folder / f"{number}.json").write_text(json.dumps(content))
    return [str(folder / f"{number}.json") for number in dice.sample(range(len(files)), len(files))]


def rows_of(given: Mapping[str, Any], columns: Mapping[str, Mapping[str, str]]) -> dict[str, list[Tree]]:
    """What the reader makes of files, as rows with named columns."""
    return {table: [dict(zip(columns[table], row, strict=True)) for row in rows] for table, rows in given.items()}
