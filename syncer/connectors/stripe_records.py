"""What Stripe's objects become: for each kind of object its decoder, its list and its rows.

API version 2026-05-27.dahlia (https://docs.stripe.com/api). Only the fields that are used are decoded.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from msgspec import Struct
from msgspec import field as named

from syncer.connectors.stripe_tables import TABLES
from syncer.words.ids import domain_of
from syncer.words.tables import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

T = TypeVar("T")
Rows = dict[str, list[Row]]


class Listing(Struct, Generic[T]):
    """One page of a list: newest first, `has_more` says whether another follows."""

    data: list[T]
    has_more: bool = False


class Reference(Struct):
    id: str


class Source(Struct):
    coupon: str | Reference | None = None


class Discount(Struct):
    id: str
    source: Source = named(default_factory=Source)
    start: int | None = None
    end: int | None = None


class Product(Struct):
    id: str
    name: str | None = None
    active: bool | None = None
    deleted: bool = False


class Recurring(Struct):
    interval: str
    interval_count: int = 1
    usage_type: str | None = None


class Packages(Struct):
    divide_by: int
    round: str


class Tier(Struct):
    up_to: int | str | None = None
    unit_amount: int | None = None
    unit_amount_decimal: Decimal | None = None
    flat_amount: int | None = None
    flat_amount_decimal: Decimal | None = None


class Price(Struct):
    id: str
    product: str | Reference
    currency: str
    billing_scheme: str
    active: bool | None = None
    nickname: str | None = None
    tiers_mode: str | None = None
    tiers: list[Tier] = []
    unit_amount: int | None = None
    unit_amount_decimal: Decimal | None = None
    recurring: Recurring | None = None
    transform_quantity: Packages | None = None


class AppliesTo(Struct):
    products: list[str]


class Coupon(Struct):
    id: str
    duration: str | None = None
    name: str | None = None
    percent_off: Decimal | None = None
    amount_off: int | None = None
    currency: str | None = None
    applies_to: AppliesTo | None = None
    deleted: bool = False


class Customer(Struct):
    """A deleted customer has its id only."""

    id: str
    name: str | None = None
    email: str | None = None
    currency: str | None = None
    delinquent: bool | None = None
    created: int | None = None
    livemode: bool | None = None
    discount: Discount | None = None
    metadata: dict[str, str] = {}
    deleted: bool = False


class Item(Struct):
    """Metered items have no quantity. An unexpanded discount does not decode: it would silently not count."""

    id: str
    price: Reference
    quantity: int | None = None
    current_period_start: int | None = None
    current_period_end: int | None = None
    discounts: list[Discount] = []


class Pause(Struct):
    behavior: str


class Subscription(Struct):
    id: str
    customer: str | Reference
    status: str
    items: Listing[Item]
    currency: str | None = None
    created: int | None = None
    start_date: int | None = None
    trial_end: int | None = None
    cancel_at: int | None = None
    cancel_at_period_end: bool | None = None
    canceled_at: int | None = None
    ended_at: int | None = None
    pause_collection: Pause | None = None
    livemode: bool | None = None
    discounts: list[Discount] = []
    items_complete: bool = named(name="_items_complete", default=True)


def product_rows(product: Product) -> Rows:
    return {"stripe.product": [(product.id, product.name, product.active, product.deleted)]}


def price_rows(price: Price) -> Rows:
    """A tiered price whose tiers did not arrive has no tier rows: its amount is unknown, not 0."""
    recurring, packages = price.recurring, price.transform_quantity
    row = (
        price.id, _id(price.product), price.nickname, price.currency, price.billing_scheme, price.tiers_mode,
        _amount(price.unit_amount_decimal, price.unit_amount), recurring and recurring.interval,
        recurring and recurring.interval_count, recurring and recurring.usage_type, packages and packages.divide_by,
        packages and packages.round == "up", price.active,
    )  # fmt: skip
    tiers: list[Row] = [
        (
            price.id, position, tier.up_to if isinstance(tier.up_to, int) else None,
            _amount(tier.unit_amount_decimal, tier.unit_amount), _amount(tier.flat_amount_decimal, tier.flat_amount),
        )
        for position, tier in enumerate(price.tiers)
    ]  # fmt: skip
    return {"stripe.price": [row], "stripe.price_tier": tiers}


def coupon_rows(coupon: Coupon) -> Rows:
    row = (
        coupon.id, coupon.name, coupon.percent_off, coupon.amount_off, coupon.currency, coupon.duration, coupon.deleted,
    )  # fmt: skip
    products = coupon.applies_to.products if coupon.applies_to else []
    return {"stripe.coupon": [row], "stripe.coupon_product": [(coupon.id, product) for product in products]}


def customer_rows(customer: Customer) -> Rows:
    row = (
        customer.id, customer.name, customer.email, customer.currency, customer.delinquent, customer.created,
        customer.livemode, customer.deleted,
    )  # fmt: skip
    keys = {"id": customer.id, **{f"metadata.{name}": value for name, value in customer.metadata.items()}}
    keys |= {"email": (customer.email or "").lower(), "domain": domain_of(customer.email) or ""}
    discounts = [customer.discount] if customer.discount else []
    return {
        "stripe.customer": [row],
        "stripe.customer_discount": [(customer.id, *_discount_values(discount)) for discount in discounts],
        "stripe.key": [(customer.id, key, value) for key, value in keys.items() if value],
    }


def subscription_rows(subscription: Subscription) -> Rows:
    """`position` counts the discounts of the subscription, or of the item, in the order in which they apply."""
    row = (
        subscription.id, _id(subscription.customer), subscription.status, subscription.currency, subscription.created,
        subscription.start_date, subscription.trial_end, subscription.cancel_at, subscription.cancel_at_period_end,
        subscription.canceled_at, subscription.ended_at,
        subscription.pause_collection and subscription.pause_collection.behavior, subscription.items_complete,
        subscription.livemode,
    )  # fmt: skip
    items = subscription.items.data
    discounted = [(None, subscription.discounts), *((item.id, item.discounts) for item in items)]
    return {
        "stripe.subscription": [row],
        "stripe.subscription_item": [
            (subscription.id, item.id, item.price.id, item.quantity, item.current_period_start, item.current_period_end) for item in items
        ],
        "stripe.subscription_discount": [
            (subscription.id, item_id, position, *_discount_values(discount))
            for item_id, discounts in discounted
            for position, discount in enumerate(discounts)
        ],
    }


def _discount_values(discount: Discount) -> tuple[str, str, int | None, int | None]:
    """Id, coupon id, start, end. Without a coupon the id says so, and no coupon will be found: unknown, not nothing."""
    coupon = discount.source.coupon
    return discount.id, f"of {discount.id}" if coupon is None else _id(coupon), discount.start, discount.end


def _id(thing: str | Reference) -> str:
    return thing if isinstance(thing, str) else thing.id


def _amount(exact: Decimal | None, whole: int | None) -> Decimal | None:
    return exact if exact is not None or whole is None else Decimal(whole)


@dataclass(frozen=True)
class Kind:
    """One kind of object: where it is listed and got, what to expand in it, and its rows.

    `forgets`: a full sweep ends with the objects gone that it did not meet. Products, prices and coupons stay: whoever
    has a coupon keeps it when it is deleted.
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
    )
}  # fmt: skip
"""In the order of a full sweep: what is referred to comes first."""
