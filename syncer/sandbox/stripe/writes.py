"""The calls that change something: where they are, and which parameters Stripe knows there (many have no effect)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from syncer.sandbox.stripe import catalog, collection, subscriptions
from syncer.sandbox.stripe.events import Asked, Journal
from syncer.sandbox.stripe.shelf import Record

CarryOut = Callable[[Journal, Asked], Record]


@dataclass(frozen=True)
class Write:
    method: str
    pattern: str
    kind: str
    carry_out: CarryOut
    known: frozenset[str]


def _write(method: str, pattern: str, kind: str, carry_out: CarryOut, known: str = "") -> Write:
    return Write(method, pattern, kind, carry_out, frozenset(known.split()) | {"expand"})


_CUSTOMER = (
    "address balance business_name cash_balance description email individual_name invoice_prefix invoice_settings "
    "metadata name next_invoice_sequence phone preferred_locales shipping source tax tax_exempt "
)
_SUBSCRIPTION = (
    "add_invoice_items application_fee_percent automatic_tax billing_cycle_anchor billing_schedules "
    "billing_thresholds cancel_at cancel_at_period_end collection_method days_until_due default_payment_method "
    "default_source default_tax_rates description discounts invoice_settings items metadata off_session on_behalf_of "
    "payment_behavior payment_settings pending_invoice_item_interval proration_behavior transfer_data trial_end "
    "trial_from_plan trial_settings "
)

WRITES = (
    _write(
        "POST",
        "/v1/customers",
        "customer",
        catalog.create_customer,
        _CUSTOMER + "payment_method tax_id_data test_clock",
    ),
    _write(
        "POST",
        "/v1/customers/{id}",
        "customer",
        catalog.update_customer,
        _CUSTOMER + "bank_account card default_alipay_account default_bank_account default_card default_source",
    ),
    _write("DELETE", "/v1/customers/{id}", "", catalog.delete_customer),
    _write(
        "POST",
        "/v1/products",
        "product",
        catalog.create_product,
        "active default_price_data description id images marketing_features metadata name package_dimensions shippable "
        "statement_descriptor tax_code unit_label url",
    ),
    _write(
        "POST",
        "/v1/prices",
        "price",
        catalog.create_price,
        "active billing_scheme currency currency_options custom_unit_amount lookup_key metadata nickname product "
        "product_data "
        "recurring tax_behavior tiers tiers_mode transfer_lookup_key transform_quantity unit_amount "
        "unit_amount_decimal",
    ),
    _write(
        "POST",
        "/v1/coupons",
        "coupon",
        catalog.create_coupon,
        "amount_off applies_to currency currency_options duration duration_in_months id max_redemptions metadata "
        "name percent_off "
        "redeem_by",
    ),
    _write("DELETE", "/v1/coupons/{id}", "", catalog.delete_coupon),
    _write(
        "POST",
        "/v1/subscriptions",
        "subscription",
        subscriptions.create_subscription,
        _SUBSCRIPTION + "backdate_start_date billing_cycle_anchor_config billing_mode currency customer customer_account trial_period_days",
    ),
    _write(
        "POST",
        "/v1/subscriptions/{id}",
        "subscription",
        subscriptions.update_subscription,
        _SUBSCRIPTION + "cancellation_details pause_collection proration_date",
    ),
    _write(
        "DELETE",
        "/v1/subscriptions/{id}",
        "subscription",
        subscriptions.cancel_subscription,
        "cancellation_details invoice_now prorate",
    ),
    _write(
        "POST",
        "/v1/invoices/{id}/pay",
        "invoice",
        collection.pay,
        "forgive mandate off_session paid_out_of_band payment_method source",
    ),
    _write("POST", "/v1/invoices/{id}/void", "invoice", collection.void),
    _write("POST", "/v1/invoices/{id}/mark_uncollectible", "invoice", collection.mark_uncollectible),
)
