"""The Stripe account: its shelves, and what is done to records as they come in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from syncer.sandbox.stripe.blanks import BLANKS, INVOICE, ITEM
from syncer.sandbox.stripe.shelf import Record, Shelf

KINDS = {
    "customers": "customer",
    "products": "product",
    "prices": "price",
    "coupons": "coupon",
    "subscriptions": "subscription",
    "invoices": "invoice",
    "events": "event",
}


class Store:
    """`shelves` by collection name. Gaps in loaded records are filled as Stripe fills them."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        by_customer = ("subscriptions", "invoices")
        self.shelves = {name: Shelf(kind, "customer" if name in by_customer else None) for name, kind in KINDS.items()}
        self.item_owner: dict[str, str] = {}
        self._made = 0

    def new_id(self, prefix: str) -> str:
        """Later ids sort after earlier ones: that is the order within a second."""
        self._made += 1
        return f"{prefix}_1Sandbox{self._made:010d}"

    def load(self, collections: Mapping[str, list[Any]], now: int) -> None:
        for name, records in collections.items():
            if name not in self.shelves:
                raise ValueError(f"Stripe's stand-in keeps no {name!r}, only {', '.join(self.shelves)}")
            kind = KINDS[name]
            self.shelves[name].fill([self._whole(kind, record, now) for record in records])

    def _whole(self, kind: str, record: Record, now: int) -> Record:
        """The record with what Stripe fills in; invoices get what lists filter by and are filled when they are shown."""
        if kind == "invoice":
            return {"created": now, "status": INVOICE["status"], "collection_method": INVOICE["collection_method"], **record}
        whole = {**BLANKS[kind], "created": 0 if record.get("deleted") else now, **record}
        if kind == "subscription":
            data = [self.item(one, record["id"]) for one in whole["items"]["data"]]
            whole["items"] = {**whole["items"], "data": data}
        return whole

    def item(self, record: Record, subscription: str) -> Record:
        self.item_owner[record["id"]] = subscription
        return {**ITEM, "subscription": subscription, **record}
