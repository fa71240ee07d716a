"""Changes to subscriptions."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from typing import Any

from syncer.sandbox.stripe.blanks import DISCOUNT, ITEM, SUBSCRIPTION
from syncer.sandbox.stripe.events import Asked, Journal
from syncer.sandbox.stripe.params import Params, hashes, merged_metadata, needed, nested, text, texts, truth, whole
from syncer.sandbox.stripe.refusals import Refusal, missing_parameter, no_such
from syncer.sandbox.stripe.shelf import Record

TEXTS = ("description", "collection_method", "default_payment_method", "default_source")
ENDED = ("canceled", "incomplete_expired")


def period_end(start: int, price: Record) -> int:
    """When a period that begins then is over; a month's end stays a month's end."""
    recurring = price["recurring"] or {"interval": "month", "interval_count": 1}
    count, moment = recurring["interval_count"], datetime.fromtimestamp(start, UTC)
    if recurring["interval"] in ("day", "week"):
        return int((moment + timedelta(**{f"{recurring['interval']}s": count})).timestamp())
    months = moment.year * 12 + moment.month - 1 + count * (12 if recurring["interval"] == "year" else 1)
    year, month = divmod(months, 12)
    day = min(moment.day, monthrange(year, month + 1)[1])
    return int(moment.replace(year=year, month=month + 1, day=day).timestamp())


def canceled(subscription: Record, now: int, details: Params | None = None) -> Record:
    said = texts(details or {}, ("comment", "feedback"))
    why = {**subscription["cancellation_details"], "reason": "cancellation_requested", **said}
    return {**subscription, "status": "canceled", "canceled_at": now, "ended_at": now, "cancellation_details": why}


def create_subscription(journal: Journal, asked: Asked) -> Record:
    params = asked.params
    customer = journal.store.shelves["customers"].records.get(needed(params, "customer"))
    if customer is None:
        raise no_such("customer", params["customer"], "customer")
    if "items" not in params:
        raise missing_parameter("items")
    subscription_id = journal.store.new_id("sub")
    blank = {
        "id": subscription_id,
        **SUBSCRIPTION,
        "created": asked.now,
        "start_date": asked.now,
        "billing_cycle_anchor": asked.now,
        "customer": customer["id"],
    }
    record = _changed(journal, blank, asked)
    price = _price(journal, record["items"]["data"][0]["price"], "items[0][price]")
    record["currency"] = price["currency"]
    if customer["currency"] is None:
        journal.changed("customers", {**customer, "currency": price["currency"]}, "customer.updated", asked)
    return journal.created("subscriptions", record, "customer.subscription.created", asked)


def update_subscription(journal: Journal, asked: Asked) -> Record:
    before = _found(journal, asked.record_id)
    if before["status"] in ENDED and asked.params.keys() - {"metadata", "cancellation_details", "expand"}:
        raise Refusal("A canceled subscription can only update its cancellation_details and metadata.")
    return journal.changed("subscriptions", _changed(journal, before, asked), "customer.subscription.updated", asked)


def cancel_subscription(journal: Journal, asked: Asked) -> Record:
    before = _found(journal, asked.record_id)
    if before["status"] in ENDED:
        raise no_such("subscription", asked.record_id, "id", 404)
    record = canceled(before, asked.now, nested(asked.params, "cancellation_details"))
    return journal.changed("subscriptions", record, "customer.subscription.deleted", asked)


def _found(journal: Journal, subscription_id: str) -> Record:
    record = journal.store.shelves["subscriptions"].records.get(subscription_id)
    if record is None:
        raise no_such("subscription", subscription_id, "id", 404)
    return record


def _price(journal: Journal, price: Any, param: str) -> Record:
    if isinstance(price, dict):
        return price
    record = journal.store.shelves["prices"].records.get(text(price, param))
    if record is None:
        raise no_such("price", price, param)
    return record


def _changed(journal: Journal, before: Record, asked: Asked) -> Record:
    """The subscription with everything that was sent applied to it."""
    params, now = asked.params, asked.now
    after = {**before, **texts(params, TEXTS), "metadata": merged_metadata(before["metadata"], params)}
    if "items" in params:
        after["items"] = {**before["items"], "data": _items(journal, before, hashes(params["items"], "items"), now)}
    if "days_until_due" in params:
        after["days_until_due"] = whole(params["days_until_due"], "days_until_due")
    if "discounts" in params:
        after["discounts"] = _discounts(journal, after, asked)
    if "pause_collection" in params:
        sent = nested(params, "pause_collection")
        resumes = whole(sent["resumes_at"], "pause_collection[resumes_at]") if "resumes_at" in sent else None
        after["pause_collection"] = {"behavior": needed(sent, "behavior"), "resumes_at": resumes} if sent else None
    return _with_cancellation(_with_trial(after, params, now), params, now)


def _with_cancellation(record: Record, params: Params, now: int) -> Record:
    said = texts(nested(params, "cancellation_details"), ("comment", "feedback"))
    details = {**record["cancellation_details"], **said}
    if not params.keys() & {"cancel_at_period_end", "cancel_at"}:
        return {**record, "cancellation_details": details}
    at_end = truth(params.get("cancel_at_period_end", "false"), "cancel_at_period_end")
    if at_end:
        cancel_at: int | None = max(item["current_period_end"] for item in record["items"]["data"])
    else:
        cancel_at = whole(params["cancel_at"], "cancel_at") if params.get("cancel_at") else None
    details["reason"] = "cancellation_requested" if cancel_at else None
    asked_at = (record["canceled_at"] or now) if cancel_at else None
    return {
        **record,
        "cancel_at_period_end": at_end,
        "cancel_at": cancel_at,
        "canceled_at": asked_at,
        "cancellation_details": details,
    }


def _with_trial(record: Record, params: Params, now: int) -> Record:
    if "trial_period_days" in params:
        end = now + 86_400 * whole(params["trial_period_days"], "trial_period_days")
    elif params.get("trial_end"):
        end = now if params["trial_end"] == "now" else whole(params["trial_end"], "trial_end")
    else:
        return record
    if end <= now:
        active = "active" if record["status"] == "trialing" else record["status"]
        return {**record, "status": active, "trial_end": now if record["trial_end"] else None}
    data = [{**item, "current_period_end": end} for item in record["items"]["data"]]
    trial = {"status": "trialing", "trial_start": record["trial_start"] or now, "trial_end": end}
    return {**record, **trial, "items": {**record["items"], "data": data}}


def _items(journal: Journal, subscription: Record, sent: list[Params], now: int) -> list[Record]:
    """Each entry changes the item that it names by id, removes it (`deleted`), or without an id adds one."""
    data = {item["id"]: item for item in subscription["items"]["data"]}
    for place, entry in enumerate(sent):
        where = f"items[{place}]"
        item_id = entry.get("id")
        if item_id is None:
            added = _new_item(journal, subscription["id"], entry, where, now)
            data[added["id"]] = added
        elif text(item_id, f"{where}[id]") not in data:
            raise no_such("subscription_item", item_id, f"{where}[id]")
        elif entry.get("deleted") == "true":
            del data[item_id]
        else:
            data[item_id] = _changed_item(journal, data[item_id], entry, where, now)
    if not data:
        raise Refusal("A subscription must have at least one active plan.", param="items")
    return list(data.values())


def _new_item(journal: Journal, subscription_id: str, entry: Params, where: str, now: int) -> Record:
    if not entry.get("price"):
        raise missing_parameter(f"{where}[price]")
    price = _price(journal, entry["price"], f"{where}[price]")
    record = journal.store.item(
        {
            **ITEM,
            "id": journal.store.new_id("si"),
            "created": now,
            "current_period_start": now,
            "current_period_end": period_end(now, price),
            "metadata": merged_metadata({}, entry),
            "price": price["id"],
        },
        subscription_id,
    )
    return record if _metered(price) else {**record, "quantity": whole(entry.get("quantity", 1), f"{where}[quantity]")}


def _changed_item(journal: Journal, before: Record, entry: Params, where: str, now: int) -> Record:
    after = {**before, "metadata": merged_metadata(before["metadata"], entry)}
    if entry.get("price"):
        old, new = _price(journal, before["price"], f"{where}[id]"), _price(journal, entry["price"], f"{where}[price]")
        after["price"] = new["id"]
        if old["recurring"] != new["recurring"]:  # another rhythm begins a new period
            after |= {"current_period_start": now, "current_period_end": period_end(now, new)}
        if _metered(new):
            after.pop("quantity", None)
    if "quantity" in entry:
        after["quantity"] = whole(entry["quantity"], f"{where}[quantity]")
    return after


def _metered(price: Record) -> bool:
    return bool((price["recurring"] or {}).get("usage_type") == "metered")


def _discounts(journal: Journal, record: Record, asked: Asked) -> list[Any]:
    sent = asked.params["discounts"]
    return [] if sent == "" else [_discount(journal, record, entry, asked) for entry in hashes(sent, "discounts")]


def _discount(journal: Journal, record: Record, entry: Params, asked: Asked) -> Any:
    if "discount" in entry:
        return next((kept for kept in record["discounts"] if kept["id"] == entry["discount"]), entry["discount"])
    coupon_id = needed(entry, "coupon")
    coupon = journal.store.shelves["coupons"].records.get(coupon_id)
    if coupon is None:
        raise no_such("coupon", coupon_id, "discounts[0][coupon]")
    months = coupon["duration_in_months"] if coupon["duration"] == "repeating" else None
    rhythm = {"recurring": {"interval": "month", "interval_count": months}}
    return {
        **DISCOUNT,
        "id": journal.store.new_id("di"),
        "source": {"type": "coupon", "coupon": coupon["id"]},
        "start": asked.now,
        "end": period_end(asked.now, rhythm) if months else None,
        "customer": record["customer"],
        "subscription": record["id"],
    }
