"""Who buys what: customers, and subscriptions with their items, discounts and taxes, and their rows."""

from __future__ import annotations

from msgspec import Struct, field

from syncer.connectors.stripe_parts import (
    Discount,
    Listing,
    Named,
    Reference,
    Rows,
    TaxRate,
    each_once,
    id_of,
    lower,
    no_page,
    tax_rates,
)
from syncer.core.domains import host_of


class Customer(Struct):
    """A deleted customer has its id only."""

    id: str
    name: str | None = None
    email: str | None = None
    currency: str | None = None
    delinquent: bool | None = None
    created: int | None = None
    livemode: bool | None = None
    discount: str | Discount | None = None
    metadata: dict[str, str] | None = None
    deleted: bool = False

    @property
    def own_discounts(self) -> list[Discount]:
        return each_once(self.discount, None)


class Item(Struct):
    """Metered items have no quantity. A legacy `plan` stands beside the price, or for it."""

    id: str
    price: Named = None
    plan: Named = None
    quantity: int | None = None
    current_period_start: int | None = None
    current_period_end: int | None = None
    discounts: list[str | Discount] | None = None
    tax_rates: list[str | TaxRate] | None = None

    @property
    def own_discounts(self) -> list[Discount]:
        return each_once(None, self.discounts)


class Pause(Struct):
    behavior: str


class Subscription(Struct):
    id: str
    customer: str | Reference
    status: str
    items: Listing[Item] = field(default_factory=no_page)
    plan: Named = None
    quantity: int | None = None
    currency: str | None = None
    created: int | None = None
    start_date: int | None = None
    current_period_start: int | None = None
    current_period_end: int | None = None
    trial_end: int | None = None
    cancel_at: int | None = None
    cancel_at_period_end: bool | None = None
    canceled_at: int | None = None
    ended_at: int | None = None
    pause_collection: Pause | None = None
    livemode: bool | None = None
    latest_invoice: Named = None
    discount: str | Discount | None = None
    discounts: list[str | Discount] | None = None
    default_tax_rates: list[str | TaxRate] | None = None
    metadata: dict[str, str] | None = None

    @property
    def own_discounts(self) -> list[Discount]:
        return each_once(self.discount, self.discounts)

    @property
    def sold(self) -> list[Item]:
        """Its items. One from the time before items is its own: `plan` and `quantity` stand on the subscription."""
        return self.items.data or ([Item(self.id, plan=self.plan, quantity=self.quantity)] if self.plan else [])


def customer_rows(customer: Customer) -> Rows:
    row = (
        customer.id, customer.name, customer.email, lower(customer.currency), customer.delinquent, customer.created,
        customer.livemode, customer.deleted,
    )  # fmt: skip
    keys = {"id": customer.id, **{f"metadata.{name}": value for name, value in (customer.metadata or {}).items()}}
    keys |= {"email": (customer.email or "").lower(), "domain": host_of(customer.email) or ""}
    return {
        "stripe.customer": [row],
        "stripe.customer_discount": [(customer.id, *discount.values) for discount in customer.own_discounts],
        "stripe.key": [(customer.id, key, value) for key, value in keys.items() if value],
    }


def subscription_rows(subscription: Subscription) -> Rows:
    """`position` counts the discounts of the subscription, or of the item, in the order in which they apply.

    Before a start could lie before the creation there was no `start_date`.
    """
    start = subscription.created if subscription.start_date is None else subscription.start_date
    row = (
        subscription.id, id_of(subscription.customer), subscription.status, lower(subscription.currency), subscription.created,
        start, subscription.trial_end, subscription.cancel_at, subscription.cancel_at_period_end,
        subscription.canceled_at, subscription.ended_at,
        subscription.pause_collection and subscription.pause_collection.behavior, not subscription.items.has_more,
        subscription.livemode, id_of(subscription.latest_invoice),
    )  # fmt: skip
    items = subscription.sold
    discounted = [(None, subscription.own_discounts), *((item.id, item.own_discounts) for item in items)]
    taxed = [(None, subscription.default_tax_rates), *((item.id, item.tax_rates) for item in items)]
    return {
        "stripe.subscription": [row],
        "stripe.subscription_key": [(subscription.id, key, value) for key, value in (subscription.metadata or {}).items()],
        "stripe.subscription_tax": [(subscription.id, item_id, *rate.values) for item_id, rates in taxed for rate in tax_rates(rates)],
        "stripe.subscription_item": [(subscription.id, *_item_values(item, subscription)) for item in items],
        "stripe.subscription_discount": [
            (subscription.id, item_id, position, *discount.values)
            for item_id, discounts in discounted
            for position, discount in enumerate(discounts)
        ],
    }


def _item_values(item: Item, subscription: Subscription) -> tuple[str, str | None, int | None, int | None, int | None]:
    """Id, price id, quantity, and the period: the subscription's where the item has none."""
    starts = subscription.current_period_start if item.current_period_start is None else item.current_period_start
    ends = subscription.current_period_end if item.current_period_end is None else item.current_period_end
    return item.id, id_of(item.price) or id_of(item.plan), item.quantity, starts, ends
