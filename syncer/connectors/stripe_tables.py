"""The tables that hold a Stripe account. Amounts of prices are minor units, exact; instants are epoch seconds."""

from __future__ import annotations

from syncer.words.tables import Table

TEXT, WHOLE, YES_NO, AMOUNT = "VARCHAR", "BIGINT", "BOOLEAN", "DECIMAL(30,12)"

# fmt: off
TABLES = (
    Table("stripe.product", {"id": TEXT, "name": TEXT, "active": YES_NO, "deleted": YES_NO}),
    Table("stripe.price", {
        "id": TEXT, "product_id": TEXT, "nickname": TEXT, "currency": TEXT, "billing_scheme": TEXT, "tiers_mode": TEXT,
        "unit_amount": AMOUNT, "recurring_interval": TEXT, "interval_count": WHOLE, "usage_type": TEXT,
        "divide_by": WHOLE, "round_up": YES_NO, "active": YES_NO,
    }),
    Table(
        "stripe.price_tier",
        {"price_id": TEXT, "position": WHOLE, "up_to": WHOLE, "unit_amount": AMOUNT, "flat_amount": AMOUNT},
        key=("price_id", "position"), parent="stripe.price",
    ),
    Table("stripe.coupon", {
        "id": TEXT, "name": TEXT, "percent_off": "DECIMAL(12,6)", "amount_off": WHOLE, "currency": TEXT,
        "duration": TEXT, "deleted": YES_NO,
    }),
    Table(
        "stripe.coupon_product", {"coupon_id": TEXT, "product_id": TEXT},
        key=("coupon_id", "product_id"), parent="stripe.coupon",
    ),
    Table("stripe.customer", {
        "id": TEXT, "name": TEXT, "email": TEXT, "currency": TEXT, "delinquent": YES_NO, "created": WHOLE,
        "livemode": YES_NO, "deleted": YES_NO,
    }),
    Table(
        "stripe.customer_discount",
        {"customer_id": TEXT, "id": TEXT, "coupon_id": TEXT, "starts": WHOLE, "ends": WHOLE},
        key=("customer_id", "id"), parent="stripe.customer",
    ),
    Table(
        "stripe.key", {"owner_id": TEXT, "key": TEXT, "value": TEXT},
        key=("owner_id", "key", "value"), parent="stripe.customer",
    ),
    Table("stripe.subscription", {
        "id": TEXT, "customer_id": TEXT, "status": TEXT, "currency": TEXT, "created": WHOLE, "start_date": WHOLE,
        "trial_end": WHOLE, "cancel_at": WHOLE, "cancel_at_period_end": YES_NO, "canceled_at": WHOLE,
        "ended_at": WHOLE, "pause_behavior": TEXT, "items_complete": YES_NO, "livemode": YES_NO, "latest_invoice_id": TEXT,
    }),
    Table(
        "stripe.subscription_key", {"owner_id": TEXT, "key": TEXT, "value": TEXT},
        key=("owner_id", "key"), parent="stripe.subscription",
    ),
    Table(
        "stripe.subscription_tax",
        {"subscription_id": TEXT, "item_id": TEXT, "rate_id": TEXT, "percentage": "DECIMAL(12,6)", "inclusive": YES_NO},
        key=("subscription_id", "item_id", "rate_id"), parent="stripe.subscription",
    ),
    Table(
        "stripe.subscription_item",
        {
            "subscription_id": TEXT, "id": TEXT, "price_id": TEXT, "quantity": WHOLE, "current_period_start": WHOLE,
            "current_period_end": WHOLE,
        },
        key=("subscription_id", "id"), parent="stripe.subscription",
    ),
    Table(
        "stripe.subscription_discount",
        {
            "subscription_id": TEXT, "item_id": TEXT, "position": WHOLE, "id": TEXT, "coupon_id": TEXT,
            "starts": WHOLE, "ends": WHOLE,
        },
        key=("subscription_id", "item_id", "position"), parent="stripe.subscription",
    ),
    Table("stripe.invoice", {
        "id": TEXT, "customer_id": TEXT, "subscription_id": TEXT, "currency": TEXT, "status": TEXT, "created": WHOLE,
        "due_date": WHOLE, "paid_at": WHOLE, "amount_paid": WHOLE, "amount_remaining": WHOLE, "deleted": YES_NO,
    }),
    Table(
        "stripe.invoice_line",
        {
            "invoice_id": TEXT, "id": TEXT, "subscription_item_id": TEXT, "period_start": WHOLE, "period_end": WHOLE,
            "amount": AMOUNT,
        },
        key=("invoice_id", "id"), parent="stripe.invoice",
    ),
)
