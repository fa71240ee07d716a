"""The kinds of Stripe objects that are read: for each its decoder, its list and its rows.

Asked for in API version 2026-05-27.dahlia (https://docs.stripe.com/api); what files hold may be of any version. Only the fields
that are used are decoded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from syncer.connectors.stripe_billing import Customer, Subscription, customer_rows, subscription_rows
from syncer.connectors.stripe_invoices import Invoice, invoice_rows
from syncer.connectors.stripe_parts import Listing, Rows
from syncer.connectors.stripe_prices import Coupon, Price, Product, coupon_rows, price_rows, product_rows
from syncer.connectors.stripe_tables import TABLES


@dataclass(frozen=True)
class Kind:
    """One kind of object: where it is listed and got, what to expand in it, and its rows.

    `forgets`: a full sweep ends with the objects gone that it did not meet. Products, prices and coupons stay: whoever
    has a coupon keeps it when it is deleted; and invoices that are final cannot be deleted.
    """

    name: str
    record: Any
    listing: Any
    rows: Callable[[Any], Rows]
    expand: Sequence[str] = ()
    filters: Mapping[str, str] = field(default_factory=dict)
    forgets: bool = False

    @property
    def path(self) -> str:
        return f"/v1/{self.name}s"

    @property
    def tables(self) -> list[str]:
        parent = f"stripe.{self.name}"
        return [table.name for table in TABLES if parent in {table.name, table.parent}]

    def rows_of(self, records: Iterable[Any]) -> Rows:
        """The rows of many objects, by table."""
        rows: Rows = defaultdict(list)
        for record in records:
            for table, more in self.rows(record).items():
                rows[table] += more
        return dict(rows)


KINDS = {
    kind.name: kind
    for kind in (
        Kind("product", Product, Listing[Product], product_rows),
        Kind("price", Price, Listing[Price], price_rows, expand=("tiers",)),
        Kind("coupon", Coupon, Listing[Coupon], coupon_rows, expand=("applies_to",)),
        Kind("customer", Customer, Listing[Customer], customer_rows, forgets=True),
        Kind(
            "subscription", Subscription, Listing[Subscription], subscription_rows,
            expand=("discounts", "items.data.discounts"), filters={"status": "all"}, forgets=True,
        ),
        Kind("invoice", Invoice, Listing[Invoice], invoice_rows),
    )
}  # fmt: skip
"""In the order of a full sweep: what is referred to comes first. A legacy plan is a "price"."""
