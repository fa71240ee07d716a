"""Stripe objects of API version 2026-05-27.dahlia, as the stand-in stores them (prices and coupons by id, tiers inside
the price)."""

# ruff: noqa: PLR0913, PLR0917  (a record has that many sides)
from __future__ import annotations

from typing import TYPE_CHECKING

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
        "id": customer_id,
        "object": "customer",
        "address": address if country else None,
        "balance": 0,
        "created": created,
        "currency": currency,
        "default_source": None,
        "delinquent": delinquent,
        "description": None,
        "discount": discount,
        "email": email,
        "invoice_prefix": customer_id[4:12].upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": dict(metadata or {}),
        "name": name,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }


def deleted_customer(customer_id: str) -> Record:
    return {"id": customer_id, "object": "customer", "deleted": True}


def product(product_id: str, name: str, created: int) -> Record:
    return {
        "id": product_id,
        "object": "product",
        "active": True,
        "created": created,
        "default_price": None,
        "description": None,
        "images": [],
        "livemode": False,
        "marketing_features": [],
        "metadata": {},
        "name": name,
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": None,
        "unit_label": None,
        "updated": created,
        "url": None,
    }


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
    recurring = {
        "interval": interval,
        "interval_count": interval_count,
        "meter": meter,
        "trial_period_days": None,
        "usage_type": "metered" if meter else "licensed",
    }
    record: Record = {
        "id": price_id,
        "object": "price",
        "active": True,
        "billing_scheme": "tiered" if tiers_mode else "per_unit",
        "created": created,
        "currency": currency,
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": nickname,
        "product": product_id,
        "recurring": recurring,
        "tax_behavior": "unspecified",
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
        "id": coupon_id,
        "object": "coupon",
        "amount_off": amount,
        "created": created,
        "currency": currency,
        "duration": duration,
        "duration_in_months": months,
        "livemode": False,
        "max_redemptions": None,
        "metadata": {},
        "name": name,
        "percent_off": percent,
        "redeem_by": None,
        "times_redeemed": 0,
        "valid": True,
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
        "id": discount_id,
        "object": "discount",
        "checkout_session": None,
        "customer": customer_id,
        "end": end,
        "invoice": None,
        "invoice_item": None,
        "promotion_code": None,
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
        "id": item_id,
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": created,
        "current_period_end": period[1],
        "current_period_start": period[0],
        "discounts": list(discounts),
        "metadata": {},
        "price": price_id,
        "subscription": subscription_id,
        "tax_rates": [],
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
        "id": subscription_id,
        "object": "subscription",
        "application": None,
        "application_fee_percent": None,
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_cycle_anchor": start,
        "billing_cycle_anchor_config": None,
        "billing_mode": {"flexible": None, "type": "classic"},
        "billing_schedules": [],
        "billing_thresholds": None,
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "cancellation_details": {"comment": None, "feedback": None, "reason": None},
        "collection_method": "charge_automatically",
        "created": start,
        "currency": currency,
        "customer": customer_id,
        "days_until_due": None,
        "default_payment_method": None,
        "default_source": None,
        "default_tax_rates": [],
        "description": None,
        "discounts": [],
        "ended_at": None,
        "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
        "items": {
            "object": "list",
            "data": list(items),
            "has_more": False,
            "url": f"/v1/subscription_items?subscription={subscription_id}",
        },
        "latest_invoice": None,
        "livemode": False,
        "metadata": {},
        "next_pending_invoice_item_invoice": None,
        "on_behalf_of": None,
        "pause_collection": None,
        "payment_settings": {
            "payment_method_options": None,
            "payment_method_types": None,
            "save_default_payment_method": "off",
        },
        "pending_invoice_item_interval": None,
        "pending_setup_intent": None,
        "pending_update": None,
        "schedule": None,
        "start_date": start,
        "status": status,
        "test_clock": None,
        "transfer_data": None,
        "trial_end": None,
        "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
        "trial_start": None,
    }
    return record | changed
