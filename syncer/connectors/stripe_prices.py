"""What is sold: products, prices (and plans, as they were once called) and coupons, and their rows."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from syncer.connectors.stripe_parts import Named, Rows, exact, id_of, lower
from syncer.words.tables import Row


class Product(Struct):
    id: str
    name: str | None = None
    active: bool | None = None
    deleted: bool = False


class Recurring(Struct):
    interval: str | None = None
    interval_count: int | None = 1
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
    """A price, or a legacy plan: the fields from `amount` on are a plan's names for the same. `name` was a plan's before products
    had one (https://docs.stripe.com/upgrades#2018-02-05).
    """

    id: str
    product: Named = None
    currency: str | None = None
    billing_scheme: str | None = None
    active: bool | None = None
    nickname: str | None = None
    tiers_mode: str | None = None
    tiers: list[Tier] | None = None
    unit_amount: int | None = None
    unit_amount_decimal: Decimal | None = None
    recurring: Recurring | None = None
    transform_quantity: Packages | None = None
    amount: int | None = None
    amount_decimal: Decimal | None = None
    interval: str | None = None
    interval_count: int | None = None
    usage_type: str | None = None
    transform_usage: Packages | None = None
    name: str | None = None

    @property
    def rhythm(self) -> Recurring:
        return self.recurring or Recurring(self.interval, self.interval_count, self.usage_type)


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


def product_rows(product: Product) -> Rows:
    return {"stripe.product": [(product.id, product.name, product.active, product.deleted)]}


def price_rows(price: Price) -> Rows:
    """A tiered price whose tiers did not arrive has no tier rows: its amount is unknown, not 0."""
    rhythm, packages = price.rhythm, price.transform_quantity or price.transform_usage
    amount = exact(price.unit_amount_decimal, price.unit_amount)
    row = (
        price.id, id_of(price.product), price.nickname or price.name, lower(price.currency),
        price.billing_scheme or ("tiered" if price.tiers_mode else "per_unit"), price.tiers_mode,
        exact(price.amount_decimal, price.amount) if amount is None else amount, rhythm.interval, rhythm.interval_count,
        rhythm.usage_type, packages and packages.divide_by, packages and packages.round == "up", price.active,
    )  # fmt: skip
    tiers: list[Row] = [
        (
            price.id, position, tier.up_to if isinstance(tier.up_to, int) else None,
            exact(tier.unit_amount_decimal, tier.unit_amount), exact(tier.flat_amount_decimal, tier.flat_amount),
        )
        for position, tier in enumerate(price.tiers or ())
    ]  # fmt: skip
    return {"stripe.price": [row], "stripe.price_tier": tiers}


def coupon_rows(coupon: Coupon) -> Rows:
    row = (
        coupon.id, coupon.name, coupon.percent_off, coupon.amount_off, lower(coupon.currency), coupon.duration, coupon.deleted,
    )  # fmt: skip
    products = coupon.applies_to.products if coupon.applies_to else []
    return {"stripe.coupon": [row], "stripe.coupon_product": [(coupon.id, product) for product in products]}
