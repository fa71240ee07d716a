"""Whether every id that a record names is the id of a record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


def dangling(records: dict[str, dict[str, list[Any]]]) -> list[str]:
    """What points nowhere, and ids that are there twice."""
    stripe, zendesk = records["stripe"], records["zendesk"]
    ids = {
        f"{vendor} {name}": [each.get("Id") or each.get("id") or each.get("group_id") for each in rows]
        for vendor, collections in records.items()
        for name, rows in collections.items()
        if name not in ("events", "users") or vendor != "mixpanel"
    }
    wrong = [f"{name}: {len(own) - len(set(own))} ids twice" for name, own in ids.items() if len(own) != len(set(own))]
    known = {name: set(own) for name, own in ids.items()}
    pointers = [
        *(("stripe products", each["product"]) for each in stripe["prices"]),
        *_subscription_pointers(stripe),
        *_invoice_pointers(stripe),
        *(("zendesk organizations", each["organization_id"]) for each in zendesk["users"] if each["organization_id"]),
        *_ticket_pointers(zendesk),
        *(("mixpanel groups", each["properties"].get("account_id")) for each in records["mixpanel"]["events"]),
        *(("salesforce User", each["OwnerId"]) for each in records["salesforce"]["Account"]),
        *(("hubspot owners", each["properties"]["hubspot_owner_id"]) for each in records["hubspot"]["companies"]),
    ]
    return wrong + [f"no {name} {which}" for name, which in pointers if which is not None and which not in known[name]]


def _subscription_pointers(stripe: dict[str, list[Any]]) -> Iterator[tuple[str, str]]:
    for coupon in stripe.get("coupons", []):
        yield from (("stripe products", product) for product in coupon.get("applies_to", {}).get("products", []))
    discounts = [each["discount"] for each in stripe["customers"] if each.get("discount")]
    for subscription in stripe["subscriptions"]:
        yield "stripe customers", subscription["customer"]
        discounts += subscription["discounts"]
        for item in subscription["items"]["data"]:
            assert item["subscription"] == subscription["id"]
            discounts += item["discounts"]
            yield "stripe prices", item["price"]
    for discount in discounts:
        yield "stripe coupons", discount["source"]["coupon"]
        yield "stripe customers", discount["customer"]
        if discount["subscription"]:
            yield "stripe subscriptions", discount["subscription"]


def _invoice_pointers(stripe: dict[str, list[Any]]) -> Iterator[tuple[str, str]]:
    items = {item["id"]: each["id"] for each in stripe["subscriptions"] for item in each["items"]["data"]}
    for invoice in stripe.get("invoices", []):
        yield "stripe customers", invoice["customer"]
        yield "stripe subscriptions", invoice["parent"]["subscription_details"]["subscription"]
        for line in invoice["lines"]["data"]:
            item = line["parent"]["subscription_item_details"]
            assert items[item["subscription_item"]] == item["subscription"]
    yield from (("stripe invoices", each["latest_invoice"]) for each in stripe["subscriptions"] if each["latest_invoice"])


def _ticket_pointers(zendesk: dict[str, list[Any]]) -> Iterator[tuple[str, int]]:
    for ticket in zendesk["tickets"]:
        yield "zendesk organizations", ticket["organization_id"]
        yield "zendesk users", ticket["requester_id"]
        yield "zendesk users", ticket["assignee_id"]
        yield "zendesk groups", ticket["group_id"]
    for rating in zendesk["satisfaction_ratings"]:
        yield "zendesk tickets", rating["ticket_id"]
