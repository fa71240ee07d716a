"""Changes to customers and the catalogue: products, prices, coupons."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from syncer.sandbox.stripe.blanks import COUPON, CUSTOMER, PRICE, PRODUCT, RECURRING, TIER
from syncer.sandbox.stripe.events import Asked, Journal
from syncer.sandbox.stripe.params import (
    Params,
    decimal,
    hashes,
    items,
    merged_metadata,
    needed,
    nested,
    text,
    texts,
    truth,
    whole,
)
from syncer.sandbox.stripe.refusals import Refusal, no_such
from syncer.sandbox.stripe.shelf import Record
from syncer.sandbox.stripe.subscriptions import canceled

CUSTOMER_TEXTS = (
    "name",
    "email",
    "phone",
    "description",
    "tax_exempt",
    "invoice_prefix",
    "default_source",
    "business_name",
    "individual_name",
)
PRODUCT_TEXTS = ("description", "statement_descriptor", "tax_code", "unit_label", "url")
COUPON_NUMBERS = ("amount_off", "duration_in_months", "max_redemptions", "redeem_by")
ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))


def found(journal: Journal, shelf: str, record_id: str, param: str, status: int = 400) -> Record:
    record = journal.store.shelves[shelf].records.get(record_id)
    if record is None:
        raise no_such(journal.store.shelves[shelf].kind, record_id, param, status)
    return record


def amounts(params: Params, name: str, where: str = "") -> dict[str, Any]:
    """An amount and its decimal twin, whichever of the two was sent: whole minor units, up to 12 decimals."""
    if f"{name}_decimal" in params:
        amount = decimal(params[f"{name}_decimal"], f"{where}{name}_decimal")
    elif name in params:
        amount = Decimal(whole(params[name], where + name))
    else:
        return {}
    return {name: int(amount) if amount == int(amount) else None, f"{name}_decimal": f"{amount.normalize():f}"}


def _customer_fields(before: Record, params: Params) -> Record:
    fields = texts(params, CUSTOMER_TEXTS)
    if "balance" in params:
        fields["balance"] = whole(params["balance"], "balance")
    if "address" in params:
        sent = nested(params, "address")
        fields["address"] = {**ADDRESS, **(before["address"] or {}), **texts(sent, sent)} if sent else None
    if "preferred_locales" in params:
        fields["preferred_locales"] = items(params["preferred_locales"] or {}, "preferred_locales")
    return {**before, **fields, "metadata": merged_metadata(before["metadata"], params)}


def create_customer(journal: Journal, asked: Asked) -> Record:
    blank = {"id": journal.store.new_id("cus"), **CUSTOMER, "created": asked.now}
    return journal.created("customers", _customer_fields(blank, asked.params), "customer.created", asked)


def update_customer(journal: Journal, asked: Asked) -> Record:
    before = found(journal, "customers", asked.record_id, "id", 404)
    return journal.changed("customers", _customer_fields(before, asked.params), "customer.updated", asked)


def delete_customer(journal: Journal, asked: Asked) -> Record:
    """Cancels what the customer subscribes to; afterwards the id answers `deleted: true`."""
    customer = found(journal, "customers", asked.record_id, "id", 404)
    shelf = journal.store.shelves["subscriptions"]
    for _, subscription_id in shelf.order(customer["id"]):
        subscription = shelf.records[subscription_id]
        if subscription["status"] not in ("canceled", "incomplete_expired"):
            journal.changed("subscriptions", canceled(subscription, asked.now), "customer.subscription.deleted", asked)
    return journal.deleted("customers", customer, "customer.deleted", asked)


def create_product(journal: Journal, asked: Asked) -> Record:
    return _product(journal, asked.params, asked)


def _product(journal: Journal, params: Params, asked: Asked) -> Record:
    record = {
        "id": _own_id(params) or journal.store.new_id("prod"),
        **PRODUCT,
        "created": asked.now,
        "updated": asked.now,
        "name": needed(params, "name"),
        **texts(params, PRODUCT_TEXTS),
        "metadata": merged_metadata({}, params),
    }
    for name in ("active", "shippable"):
        if name in params:
            record[name] = truth(params[name], name)
    _refuse_taken(journal, "products", record["id"], "Product")
    return journal.created("products", record, "product.created", asked)


def _own_id(params: Params) -> str:
    return text(params.get("id", ""), "id")


def _refuse_taken(journal: Journal, shelf: str, record_id: str, word: str) -> None:
    if record_id in journal.store.shelves[shelf].records:
        raise Refusal(f"{word} already exists.", code="resource_already_exists", param="id")


def create_price(journal: Journal, asked: Asked) -> Record:
    params = asked.params
    currency = needed(params, "currency").lower()
    if "product_data" in params:
        product = _product(journal, nested(params, "product_data"), asked)["id"]
    else:
        product = found(journal, "products", needed(params, "product"), "product")["id"]
    record = {
        "id": journal.store.new_id("price"),
        **PRICE,
        "created": asked.now,
        "currency": currency,
        "product": product,
        **texts(params, ("nickname", "lookup_key", "tax_behavior", "tiers_mode", "billing_scheme")),
        **amounts(params, "unit_amount"),
        "metadata": merged_metadata({}, params),
    }
    if "active" in params:
        record["active"] = truth(params["active"], "active")
    if "recurring" in params:
        record |= {"recurring": _recurring(nested(params, "recurring")), "type": "recurring"}
    if "transform_quantity" in params:
        sent = nested(params, "transform_quantity")
        divide_by = whole(needed(sent, "divide_by"), "transform_quantity[divide_by]")
        record["transform_quantity"] = {"divide_by": divide_by, "round": needed(sent, "round")}
    if record["billing_scheme"] == "tiered":
        sent_tiers = hashes(params.get("tiers"), "tiers")
        record["tiers"] = [_tier(tier, f"tiers[{place}]") for place, tier in enumerate(sent_tiers)]
    elif record["unit_amount_decimal"] is None:
        needed(params, "unit_amount")
    return journal.created("prices", record, "price.created", asked)


def _recurring(sent: Params) -> Record:
    count = whole(sent.get("interval_count", 1), "recurring[interval_count]")
    said = texts(sent, ("usage_type", "meter"))
    return {**RECURRING, "interval": needed(sent, "interval"), "interval_count": count, **said}


def _tier(sent: Params, where: str) -> Record:
    up_to = needed(sent, "up_to")
    return {
        **TIER,
        **amounts(sent, "unit_amount", where),
        **amounts(sent, "flat_amount", where),
        "up_to": None if up_to == "inf" else whole(up_to, f"{where}[up_to]"),
    }


def create_coupon(journal: Journal, asked: Asked) -> Record:
    params = asked.params
    numbers = {name: whole(params[name], name) for name in COUPON_NUMBERS if name in params}
    record = {
        "id": _own_id(params) or journal.store.new_id("coupon"),
        **COUPON,
        "created": asked.now,
        **numbers,
        **texts(params, ("name", "currency", "duration")),
        "metadata": merged_metadata({}, params),
    }
    if "percent_off" in params:
        record["percent_off"] = float(decimal(params["percent_off"], "percent_off"))
    elif record["amount_off"] is None:
        raise Refusal("Must provide percent_off or amount_off.", param="percent_off")
    if "applies_to" in params:
        record["applies_to"] = {"products": items(nested(params, "applies_to").get("products"), "applies_to[products]")}
    _refuse_taken(journal, "coupons", record["id"], "Coupon")
    return journal.created("coupons", record, "coupon.created", asked)


def delete_coupon(journal: Journal, asked: Asked) -> Record:
    """Nobody can redeem it any more; whoever has it keeps it."""
    coupon = found(journal, "coupons", asked.record_id, "coupon", 404)
    return journal.deleted("coupons", coupon, "coupon.deleted", asked)
