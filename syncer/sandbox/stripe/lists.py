"""Lists: which parameters each takes, and how a page of it is cut (https://docs.stripe.com/api/pagination)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

from syncer.sandbox.stripe.params import Params, items, nested, text, truth, whole
from syncer.sandbox.stripe.refusals import Refusal, invalid, no_such, not_one_of
from syncer.sandbox.stripe.shelf import Record, Shelf, Span

Keep = Callable[[Record], bool]
Filter = Callable[[str, Any], Keep]
"""From a parameter's name and value to the records that it lets through."""

PAGE_PARAMETERS = frozenset({"limit", "starting_after", "ending_before", "expand"})
EVENT_DAYS = 30
STATUSES = [
    "active",
    "all",
    "canceled",
    "ended",
    "incomplete",
    "incomplete_expired",
    "past_due",
    "paused",
    "trialing",
    "unpaid",
]


def equals(name: str, value: Any) -> Keep:
    text(value, name)
    return lambda record: bool(record.get(name) == value)


def flag(name: str, value: Any) -> Keep:
    wanted = truth(value, name)
    return lambda record: bool(record.get(name)) is wanted


def any_of(field_name: str) -> Filter:
    def chosen(name: str, value: Any) -> Keep:
        wanted = {text(one, name) for one in items(value, name)}
        return lambda record: record.get(field_name) in wanted

    return chosen


def anything(_name: str, _value: Any) -> Keep:
    return lambda _record: True


def hash_equals(name: str, value: Any) -> Keep:
    wanted = nested({name: value}, name)
    return lambda record: all((record.get(name) or {}).get(key) == text for key, text in wanted.items())


def bounds(name: str, value: Any) -> tuple[int | None, int | None]:
    """First and last second that a range (`created[gte]=…`) or an instant (`created=…`) lets through."""
    if not isinstance(value, Mapping):
        instant = whole(value, name)
        return instant, instant
    for key in value:
        if key not in ("gt", "gte", "lt", "lte"):
            raise invalid("hash key", key, f"{name}[{key}]")
    edges = {key: whole(text, f"{name}[{key}]") for key, text in value.items()}
    since = [edges[key] + step for key, step in (("gte", 0), ("gt", 1)) if key in edges]
    until = [edges[key] - step for key, step in (("lte", 0), ("lt", 1)) if key in edges]
    return max(since, default=None), min(until, default=None)


def in_range(read: Callable[[Record], int | None]) -> Filter:
    def between(name: str, value: Any) -> Keep:
        since, until = bounds(name, value)

        def keep(record: Record) -> bool:
            moment = read(record)
            return moment is not None and (since is None or moment >= since) and (until is None or moment <= until)

        return keep

    return between


def has_price(_name: str, value: Any) -> Keep:
    def keep(record: Record) -> bool:
        prices = (item["price"] for item in record["items"]["data"])
        return any((price if isinstance(price, str) else price["id"]) == value for price in prices)

    return keep


def subscription_status(name: str, value: Any) -> Keep:
    """`ended` is canceled or never begun; without the parameter see `Listing.otherwise`."""
    if value not in STATUSES:
        raise not_one_of(value, name, STATUSES)
    if value == "all":
        return lambda _record: True
    wanted = {"canceled", "incomplete_expired"} if value == "ended" else {value}
    return lambda record: record["status"] in wanted


def invoice_subscription(_name: str, value: Any) -> Keep:
    def keep(record: Record) -> bool:
        details = (record.get("parent") or {}).get("subscription_details") or {}
        return bool(details.get("subscription") == value)

    return keep


def event_type(name: str, value: Any) -> Keep:
    text(value, name)
    return lambda record: fnmatchcase(record["type"], value)


@dataclass(frozen=True)
class Listing:
    """A list at /v1/{name}. `otherwise` are the filters of parameters that were not sent."""

    shelf: str
    filters: Mapping[str, Filter]
    otherwise: Mapping[str, Keep] = field(default_factory=dict)


def _on_no_clock(record: Record) -> bool:
    return record.get("test_clock") is None


def _period(edge: str, pick: Callable[..., int | None]) -> Filter:
    return in_range(lambda record: pick((item[edge] for item in record["items"]["data"]), default=None))


LISTINGS: Mapping[str, Listing] = {
    "customers": Listing("customers", {"email": equals, "test_clock": equals}, {"test_clock": _on_no_clock}),
    "products": Listing("products", {"active": flag, "ids": any_of("id"), "shippable": flag, "url": equals}),
    "prices": Listing(
        "prices",
        {
            "active": flag,
            "currency": equals,
            "lookup_keys": any_of("lookup_key"),
            "product": equals,
            "recurring": hash_equals,
            "type": equals,
        },
    ),
    "plans": Listing("prices", {"active": flag, "product": equals}, {"type": equals("type", "recurring")}),
    "coupons": Listing("coupons", {}),
    "subscriptions": Listing(
        "subscriptions",
        {
            "automatic_tax": anything,
            "collection_method": equals,
            "customer": equals,
            "customer_account": equals,
            "price": has_price,
            "status": subscription_status,
            "test_clock": equals,
            "current_period_start": _period("current_period_start", max),
            "current_period_end": _period("current_period_end", min),
        },
        {"status": lambda record: record["status"] != "canceled", "test_clock": _on_no_clock},
    ),
    "invoices": Listing(
        "invoices",
        {
            "collection_method": equals,
            "customer": equals,
            "customer_account": equals,
            "status": equals,
            "subscription": invoice_subscription,
            "due_date": in_range(lambda record: record.get("due_date")),
        },
    ),
    "events": Listing("events", {"type": event_type, "types": any_of("type"), "delivery_success": anything}),
}

EMPTY = frozenset(
    {
        "accounts",
        "accounts/{account}/external_accounts",
        "accounts/{account}/persons",
        "application_fees",
        "balance_transactions",
        "billing/alerts",
        "billing/meters",
        "charges",
        "checkout/sessions",
        "credit_notes",
        "customers/{customer}/balance_transactions",
        "customers/{customer}/cash_balance_transactions",
        "customers/{customer}/payment_methods",
        "customers/{customer}/sources",
        "customers/{customer}/tax_ids",
        "disputes",
        "exchange_rates",
        "file_links",
        "files",
        "invoice_payments",
        "invoiceitems",
        "issuing/authorizations",
        "issuing/cardholders",
        "issuing/cards",
        "issuing/transactions",
        "payment_intents",
        "payment_links",
        "payment_methods",
        "payouts",
        "promotion_codes",
        "quotes",
        "radar/early_fraud_warnings",
        "refunds",
        "reviews",
        "setup_attempts",
        "setup_intents",
        "shipping_rates",
        "subscription_items/{item}/usage_record_summaries",
        "subscription_schedules",
        "tax_ids",
        "tax_rates",
        "test_helpers/test_clocks",
        "topups",
        "transfers",
        "webhook_endpoints",
    }
)
"""Lists that are there and have nothing in them."""


def limit_of(params: Params) -> int:
    limit = whole(params.get("limit", 10), "limit")
    if not 1 <= limit <= 100:
        side = "greater than or equal to 1" if limit < 1 else "less than or equal to 100"
        raise Refusal(f"This value must be {side}.", code="parameter_invalid_integer", param="limit")
    return limit


def cut(listing: Listing, shelves: Mapping[str, Shelf], params: Params, now: int) -> tuple[list[Record], bool]:
    """The page of stored records that the parameters ask for, and whether more follow."""
    shelf = shelves[listing.shelf]
    unsent = {name: keep for name, keep in listing.otherwise.items() if name not in params}
    if "customer" in params:
        if shelves["customers"].key(text(params["customer"], "customer")) is None:
            raise no_such("customer", params["customer"], "customer")
        unsent.pop("test_clock", None)
    sent = (listing.filters[name](name, params[name]) for name in params if name in listing.filters)
    keeps = [*unsent.values(), *sent]
    span = _span(shelf, params)
    if shelf.kind == "event":
        span = replace(span, since=max(span.since or 0, now - EVENT_DAYS * 86_400))
    grouped = params.get("customer") if shelf.group_by == "customer" else None
    return shelf.page(shelf.order(grouped), span, lambda record: all(keep(record) for keep in keeps))


def _span(shelf: Shelf, params: Params) -> Span:
    if "starting_after" in params and "ending_before" in params:
        message = "You may only specify one of these parameters: starting_after, ending_before."
        raise Refusal(message, param="ending_before")
    ends = {}
    for name in ("starting_after", "ending_before"):
        if name in params:
            ends[name] = shelf.key(text(params[name], name))
            if ends[name] is None:
                raise no_such(shelf.kind, params[name], name)
    since, until = bounds("created", params["created"]) if "created" in params else (None, None)
    return Span(limit_of(params), ends.get("starting_after"), ends.get("ending_before"), since, until)


def cut_inner(stored: list[Record], params: Params, kind: str) -> tuple[list[Record], bool]:
    """A page of a list that is kept inside its owner, in the order kept: a subscription's items, an invoice's lines."""
    limit, places = limit_of(params), {record["id"]: place for place, record in enumerate(stored)}
    for name in ("starting_after", "ending_before"):
        if name in params and text(params[name], name) not in places:
            raise no_such(kind, params[name], name)
    if "ending_before" in params:
        end = places[params["ending_before"]]
        return stored[max(0, end - limit) : end], end > limit
    start = places[params["starting_after"]] + 1 if "starting_after" in params else 0
    return stored[start : start + limit], start + limit < len(stored)
