"""What Stripe fills in by itself: each kind of object of version 2026-05-27.dahlia with nothing said about it."""

from __future__ import annotations

from collections.abc import Mapping

from syncer.sandbox.stripe.shelf import Record

API_VERSION = "2026-05-27.dahlia"

CUSTOMER: Record = {
    "object": "customer",
    "address": None,
    "balance": 0,
    "currency": None,
    "default_source": None,
    "delinquent": False,
    "description": None,
    "discount": None,
    "email": None,
    "invoice_prefix": "SANDBOX1",
    "invoice_settings": {
        "custom_fields": None,
        "default_payment_method": None,
        "footer": None,
        "rendering_options": None,
    },
    "livemode": False,
    "metadata": {},
    "name": None,
    "next_invoice_sequence": 1,
    "phone": None,
    "preferred_locales": [],
    "shipping": None,
    "tax_exempt": "none",
    "test_clock": None,
}

PRODUCT: Record = {
    "object": "product",
    "active": True,
    "default_price": None,
    "description": None,
    "images": [],
    "livemode": False,
    "marketing_features": [],
    "metadata": {},
    "name": "",
    "package_dimensions": None,
    "shippable": None,
    "statement_descriptor": None,
    "tax_code": None,
    "type": "service",
    "unit_label": None,
    "updated": 0,
    "url": None,
}

PRICE: Record = {
    "object": "price",
    "active": True,
    "billing_scheme": "per_unit",
    "currency": "usd",
    "custom_unit_amount": None,
    "livemode": False,
    "lookup_key": None,
    "metadata": {},
    "nickname": None,
    "product": "",
    "recurring": None,
    "tax_behavior": "unspecified",
    "tiers_mode": None,
    "transform_quantity": None,
    "type": "one_time",
    "unit_amount": None,
    "unit_amount_decimal": None,
}

RECURRING: Record = {
    "interval": "month",
    "interval_count": 1,
    "meter": None,
    "trial_period_days": None,
    "usage_type": "licensed",
}

TIER: Record = {
    "flat_amount": None,
    "flat_amount_decimal": None,
    "unit_amount": None,
    "unit_amount_decimal": None,
    "up_to": None,
}

COUPON: Record = {
    "object": "coupon",
    "amount_off": None,
    "currency": None,
    "duration": "once",
    "duration_in_months": None,
    "livemode": False,
    "max_redemptions": None,
    "metadata": {},
    "name": None,
    "percent_off": None,
    "redeem_by": None,
    "times_redeemed": 0,
    "valid": True,
}

DISCOUNT: Record = {
    "object": "discount",
    "checkout_session": None,
    "customer": None,
    "customer_account": None,
    "end": None,
    "invoice": None,
    "invoice_item": None,
    "promotion_code": None,
    "subscription": None,
    "subscription_item": None,
}

SUBSCRIPTION: Record = {
    "object": "subscription",
    "application": None,
    "application_fee_percent": None,
    "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
    "billing_cycle_anchor": 0,
    "billing_cycle_anchor_config": None,
    "billing_mode": {"flexible": None, "type": "classic"},
    "billing_schedules": [],
    "billing_thresholds": None,
    "cancel_at": None,
    "cancel_at_period_end": False,
    "canceled_at": None,
    "cancellation_details": {"comment": None, "feedback": None, "reason": None},
    "collection_method": "charge_automatically",
    "currency": "usd",
    "customer_account": None,
    "days_until_due": None,
    "default_payment_method": None,
    "default_source": None,
    "default_tax_rates": [],
    "description": None,
    "discounts": [],
    "ended_at": None,
    "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
    "items": {"object": "list", "data": []},
    "latest_invoice": None,
    "livemode": False,
    "managed_payments": None,
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
    "start_date": 0,
    "status": "active",
    "test_clock": None,
    "transfer_data": None,
    "trial_end": None,
    "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
    "trial_start": None,
}

ITEM: Record = {
    "object": "subscription_item",
    "billing_thresholds": None,
    "created": 0,
    "current_period_end": 0,
    "current_period_start": 0,
    "discounts": [],
    "metadata": {},
    "tax_rates": [],
}

INVOICE: Record = {
    "object": "invoice",
    "account_country": "US",
    "account_name": "Sandbox",
    "amount_due": 0,
    "amount_overpaid": 0,
    "amount_paid": 0,
    "amount_paid_off_stripe": 0,
    "amount_remaining": 0,
    "amount_shipping": 0,
    "application": None,
    "attempt_count": 0,
    "attempted": True,
    "auto_advance": False,
    "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None, "provider": None, "status": None},
    "billing_reason": "subscription_cycle",
    "collection_method": "charge_automatically",
    "currency": "usd",
    "default_payment_method": None,
    "default_source": None,
    "default_tax_rates": [],
    "description": None,
    "discounts": [],
    "due_date": None,
    "issuer": {"type": "self"},
    "lines": {"object": "list", "data": []},
    "livemode": False,
    "metadata": {},
    "number": None,
    "parent": None,
    "payment_settings": {"default_mandate": None, "payment_method_options": None, "payment_method_types": None},
    "period_end": 0,
    "period_start": 0,
    "post_payment_credit_notes_amount": 0,
    "pre_payment_credit_notes_amount": 0,
    "starting_balance": 0,
    "status": "paid",
    "status_transitions": {"finalized_at": None, "marked_uncollectible_at": None, "paid_at": None, "voided_at": None},
    "subtotal": 0,
    "test_clock": None,
    "total": 0,
}

SUBSCRIPTION_PARENT: Record = {"quote_details": None, "type": "subscription_details"}

LINE: Record = {
    "object": "line_item",
    "amount": 0,
    "currency": "usd",
    "description": None,
    "discount_amounts": [],
    "discountable": True,
    "discounts": [],
    "livemode": False,
    "metadata": {},
    "parent": None,
    "pretax_credit_amounts": [],
    "pricing": None,
    "quantity": None,
    "subscription": None,
    "taxes": [],
}

LINE_PARENT: Record = {"invoice_item_details": None, "type": "subscription_item_details"}

ITEM_LINE_DETAILS: Record = {"invoice_item": None, "proration": False, "proration_details": None}

EVENT: Record = {
    "object": "event",
    "api_version": API_VERSION,
    "livemode": False,
    "pending_webhooks": 0,
    "request": {"id": None, "idempotency_key": None},
}

BLANKS: Mapping[str, Record] = {
    "customer": CUSTOMER,
    "product": PRODUCT,
    "price": PRICE,
    "coupon": COUPON,
    "subscription": SUBSCRIPTION,
    "invoice": INVOICE,
    "event": EVENT,
}

ACCOUNT: Record = {
    "id": "acct_1SandboxSandbox1",
    "object": "account",
    "business_profile": {
        "mcc": None,
        "name": "Sandbox",
        "product_description": None,
        "support_address": None,
        "support_email": None,
        "support_phone": None,
        "support_url": None,
        "url": None,
    },
    "business_type": "company",
    "capabilities": {"card_payments": "active", "transfers": "active"},
    "charges_enabled": True,
    "controller": {"type": "account"},
    "country": "US",
    "created": 1577836800,
    "default_currency": "usd",
    "details_submitted": True,
    "email": "billing@sandbox.example",
    "metadata": {},
    "payouts_enabled": True,
    "settings": {
        "branding": {"icon": None, "logo": None, "primary_color": None, "secondary_color": None},
        "card_payments": {
            "statement_descriptor_prefix": None,
            "statement_descriptor_prefix_kana": None,
            "statement_descriptor_prefix_kanji": None,
        },
        "dashboard": {"display_name": "Sandbox", "timezone": "Etc/UTC"},
        "payments": {
            "statement_descriptor": None,
            "statement_descriptor_kana": None,
            "statement_descriptor_kanji": None,
        },
    },
    "type": "standard",
}
