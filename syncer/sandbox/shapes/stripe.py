"""Stripe objects of API version 2026-05-27.dahlia, as the stand-in stores them (prices and coupons by id, tiers inside
the price). Records share the parts that nobody said anything about: do not change those in place."""

# ruff: noqa: PLR0913, PLR0917  (a record has that many sides)
from __future__ import annotations

from typing import TYPE_CHECKING

from syncer.sandbox.stripe.blanks import COUPON, CUSTOMER, DISCOUNT, ITEM, PRICE, PRODUCT, RECURRING, SUBSCRIPTION, TIER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from syncer.sandbox.shapes import Record


def customer(
    customer_id: str,
    created: int,
    *,
    name: str,
    email: str,
    currency: str | None = None,
    country: str | None = None,
    metadata: Mapping[str, str] | None = None,
    delinquent: bool = False,
    discount: Record | None = None,
) -> Record:
    address = {"city": None, "country": country, "line1": None, "line2": None, "postal_code": None, "state": None}
    return {
        **CUSTOMER,
        "id": customer_id,
        "address": address if country else None,
        "created": created,
        "currency": currency,
        "delinquent": delinquent,
        "discount": discount,
        "email": email,
        "invoice_prefix": customer_id[4:12].upper(),
        "metadata": dict(metadata or {}),
        "name": name,
    }


def deleted_customer(customer_id: str) -> Record:
    return {"id": customer_id, "object": "customer", "deleted": True}


def product(product_id: str, name: str, created: int) -> Record:
    return {**PRODUCT, "id": product_id, "created": created, "name": name, "updated": created}


def whole(amount: Decimal) -> int | None:
    """The amount where it is a whole number of minor units: Stripe gives null for fractions beside the `_decimal`
    text."""
    return int(amount) if amount == int(amount) else None


def plain(amount: Decimal) -> str:
    """`0.25`, `1900`: without exponent or needless zeros."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def tier(up_to: int | None, unit: Decimal, flat: Decimal | None = None) -> Record:
    return {
        **TIER,
        "flat_amount": None if flat is None else whole(flat),
        "flat_amount_decimal": None if flat is None else plain(flat),
        "unit_amount": whole(unit),
        "unit_amount_decimal": plain(unit),
        "up_to": up_to,
    }


def price(
    price_id: str,
    product_id: str,
    currency: str,
    created: int,
    *,
    nickname: str,
    interval: str,
    interval_count: int = 1,
    unit: Decimal | None = None,
    tiers_mode: str | None = None,
    tiers: Sequence[Record] = (),
    meter: str | None = None,
    divide_by: int | None = None,
    round_to: str = "up",
) -> Record:
    """A recurring price: `unit` minor units each, or tiers. Metered where a meter is named."""
    rhythm = {"interval": interval, "interval_count": interval_count, "meter": meter, "usage_type": "metered" if meter else "licensed"}
    record: Record = {
        **PRICE,
        "id": price_id,
        "billing_scheme": "tiered" if tiers_mode else "per_unit",
        "created": created,
        "currency": currency,
        "nickname": nickname,
        "product": product_id,
        "recurring": {**RECURRING, **rhythm},
        "tiers_mode": tiers_mode,
        "transform_quantity": {"divide_by": divide_by, "round": round_to} if divide_by else None,
        "type": "recurring",
        "unit_amount": None if unit is None else whole(unit),
        "unit_amount_decimal": None if unit is None else plain(unit),
    }
    if tiers_mode:
        record["tiers"] = list(tiers)
    return record


def coupon(
    coupon_id: str,
    name: str,
    created: int,
    *,
    duration: str,
    months: int | None = None,
    percent: float | None = None,
    amount: int | None = None,
    currency: str | None = None,
    products: Sequence[str] = (),
) -> Record:
    record: Record = {
        **COUPON,
        "id": coupon_id,
        "amount_off": amount,
        "created": created,
        "currency": currency,
        "duration": duration,
        "duration_in_months": months,
        "name": name,
        "percent_off": percent,
    }
    if products:
        record["applies_to"] = {"products": list(products)}
    return record


def discount(
    discount_id: str,
    coupon_id: str,
    start: int,
    end: int | None,
    *,
    customer_id: str,
    subscription_id: str | None = None,
    item_id: str | None = None,
) -> Record:
    return {
        **DISCOUNT,
        "id": discount_id,
        "customer": customer_id,
        "end": end,
        "source": {"coupon": coupon_id, "type": "coupon"},
        "start": start,
        "subscription": subscription_id,
        "subscription_item": item_id,
    }


def item(
    item_id: str,
    subscription_id: str,
    price_id: str,
    quantity: int | None,
    created: int,
    period: tuple[int, int],
    discounts: Sequence[Record] = (),
) -> Record:
    """A subscription item; without a quantity where the price is metered."""
    record: Record = {
        **ITEM,
        "id": item_id,
        "created": created,
        "current_period_end": period[1],
        "current_period_start": period[0],
        "discounts": list(discounts),
        "price": price_id,
        "subscription": subscription_id,
    }
    if quantity is not None:
        record["quantity"] = quantity
    return record


def subscription(
    subscription_id: str,
    customer_id: str,
    currency: str,
    status: str,
    start: int,
    items: Sequence[Record],
    **changed: object,
) -> Record:
    """A subscription begun at `start`; `changed` are the fields that are not as in an ordinary running one."""
    record: Record = {
        **SUBSCRIPTION,
        "id": subscription_id,
        "billing_cycle_anchor": start,
        "created": start,
        "currency": currency,
        "customer": customer_id,
        "items": {"object": "list", "data": list(items)},
        "start_date": start,
        "status": status,
    }
    return record | changed


def tax_rate(rate_id: str, percentage: float, country: str, *, inclusive: bool) -> Record:
    return {
        "id": rate_id,
        "object": "tax_rate",
        "active": True,
        "country": country,
        "created": 0,
        "description": None,
        "display_name": "VAT" if inclusive else "Sales tax",
        "effective_percentage": percentage,
        "flat_amount": None,
        "inclusive": inclusive,
        "jurisdiction": country,
        "jurisdiction_level": "country",
        "livemode": False,
        "metadata": {},
        "percentage": percentage,
        "rate_type": "percentage",
        "state": None,
        "tax_type": "vat" if inclusive else "sales_tax",
    }


def invoice_line(line_id: str, amount: int, currency: str, quantity: int | None, period: Record, parent: Record) -> Record:
    """A line for an item of a subscription (`item_parent`); what is not said, the stand-in fills when it shows the line."""
    return {"id": line_id, "amount": amount, "currency": currency, "parent": parent, "period": period, "quantity": quantity}


def item_parent(subscription_id: str, item_id: str) -> Record:
    return {"subscription_item_details": {"subscription": subscription_id, "subscription_item": item_id}}


def invoice(
    invoice_id: str,
    customer_id: str,
    currency: str,
    status: str,
    created: int,
    lines: Sequence[Record],
    parent: Record,
    *,
    settled: int | None = None,
    due: int | None = None,
) -> Record:
    """A subscription's invoice (`parent`: `subscription_parent`), lean: there are many. `settled` is when it was paid or given up."""
    total = sum(line["amount"] for line in lines)
    paid = total if status == "paid" else 0
    record: Record = {
        "id": invoice_id,
        "amount_due": total,
        "amount_paid": paid,
        "amount_remaining": total - paid,
        "created": created,
        "currency": currency,
        "customer": customer_id,
        "lines": {"data": lines},
        "parent": parent,
        "period_end": created,
        "period_start": created,
        "status": status,
        "subtotal": total,
        "total": total,
    }
    if status in _SETTLED:
        record["status_transitions"] = {_SETTLED[status]: settled}
    if due:
        record |= {"collection_method": "send_invoice", "due_date": due}
    return record


def subscription_parent(subscription_id: str) -> Record:
    return {"subscription_details": {"subscription": subscription_id}}


_SETTLED = {"paid": "paid_at", "void": "voided_at", "uncollectible": "marked_uncollectible_at"}
