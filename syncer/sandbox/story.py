"""Four things that happen to four customers, for whoever wants to see the product notice them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import msgspec

from syncer.sandbox import stripe, zendesk
from syncer.sandbox.shapes.dates import DAY, iso, midnight

if TYPE_CHECKING:
    from collections.abc import Iterable

    from syncer.sandbox.shapes import Record, Records

QUIET_DAYS = 8
_CHARGED = ("active", "past_due")


@dataclass(frozen=True)
class Change:
    """One call to a vendor (or to its stand-in's `/_control`) and what it means in plain words."""

    title: str
    account_name: str
    vendor: str
    method: str
    path: str
    body: dict[str, Any] | None = None

    def headers(self) -> dict[str, str]:
        """Credential and content type."""
        if self.vendor == "stripe":
            return {"Authorization": f"Bearer {stripe.TEST_KEY}", "Content-Type": "application/x-www-form-urlencoded"}
        token = {"Authorization": f"Bearer {zendesk.TOKEN}"} if self.vendor == "zendesk" else {}
        return {"Content-Type": "application/json", **token}

    def payload(self) -> bytes:
        """The body as that vendor wants it: Stripe a form, the others JSON."""
        if self.body is None:
            return b""
        return urlencode(self.body).encode() if self.vendor == "stripe" else msgspec.json.encode(self.body)


def changes(records: Records, as_of: int) -> list[Change]:
    """A cancellation, an upgrade, a customer that goes quiet, an urgent ticket; each of another account that all know.

    Always the same ones for the same records; fewer where there are not four such accounts. Zendesk's exports show the
    ticket a minute later.
    """
    active = _active_users(records, as_of)
    left = sorted(_known_accounts(records), key=lambda each: (len(each.charged), -each.amount, each.key))
    made = []
    for tell, fits, worth in (
        (_cancel, lambda each: each.amount > 0, None),
        (_upgrade, lambda each: each.amount > 0 and each.seats > 1, None),
        (lambda each: _silence(each, as_of), lambda each: active[each.key] > 0, lambda each: active[each.key]),
        (_complain, lambda _: True, None),
    ):
        fitting = [each for each in left if fits(each)]
        if fitting:
            chosen = max(fitting, key=worth) if worth else fitting[0]
            left.remove(chosen)
            made.append(tell(chosen))
    return made


@dataclass(frozen=True)
class _Known:
    """An account that CRM, Stripe, Mixpanel and Zendesk all know by its key, paying by the seat and without discounts.

    `amount` is what its charged subscriptions come to in a month, in minor units."""

    key: str
    name: str
    organization_id: int
    requester_id: int
    charged: list[Record] = field(default_factory=list)
    amount: Decimal = Decimal(0)

    @property
    def item(self) -> Record:
        """The first item of the first charged subscription."""
        first: Record = self.charged[0]["items"]["data"][0]
        return first

    @property
    def seats(self) -> int:
        return int(self.item["quantity"])


def _known_accounts(records: Records) -> list[_Known]:
    """Paying in dollars, so that they compare."""
    prices = {price["id"]: price for price in records["stripe"]["prices"]}
    customers = _single((each["metadata"].get("account_id"), each) for each in records["stripe"]["customers"] if not each.get("deleted"))
    organizations = _single((each["external_id"], each) for each in records["zendesk"]["organizations"])
    groups = {each["group_id"] for each in records["mixpanel"]["groups"]}
    requesters = {each["organization_id"]: each["id"] for each in records["zendesk"]["users"]}
    charged: dict[str, list[Record]] = {}
    for subscription in records["stripe"]["subscriptions"]:
        if subscription["status"] in _CHARGED:
            charged.setdefault(subscription["customer"], []).append(subscription)
    found = []
    for each in records["salesforce"]["Account"]:
        key = each["Account_Key__c"]
        customer, organization = customers.get(key), organizations.get(key)
        own = charged.get(customer["id"], []) if customer else []
        if not customer or customer["discount"] or not organization or key not in groups or not own:
            continue
        if organization["id"] in requesters and all(_is_simple(subscription, prices) for subscription in own):
            amount = sum((_monthly(item, prices) for one in own for item in one["items"]["data"]), Decimal(0))
            found.append(_Known(key, each["Name"], organization["id"], requesters[organization["id"]], own, amount))
    return found


def _single(pairs: Iterable[tuple[str | None, Record]]) -> dict[str, Record]:
    """Those whose key nothing else has."""
    listed = [(key, record) for key, record in pairs if key is not None]
    times = Counter(key for key, _ in listed)
    return {key: record for key, record in listed if times[key] == 1}


def _is_simple(subscription: Record, prices: dict[str, Record]) -> bool:
    """One item by the unit, in dollars, no discount, no pause, not about to end."""
    items = subscription["items"]["data"]
    price = prices[items[0]["price"]]
    plain = price["billing_scheme"] == "per_unit" and not price["transform_quantity"] and "quantity" in items[0]
    special = any(subscription[name] for name in ("discounts", "pause_collection", "cancel_at"))
    own = items[0]["discounts"]
    return len(items) == 1 and plain and not special and not own and subscription["currency"] == "usd"


def _monthly(item: Record, prices: dict[str, Record]) -> Decimal:
    """Near enough to choose by."""
    price = prices[item["price"]]
    recurring = price["recurring"]
    days = {"day": 1, "week": 7, "month": 30, "year": 360}[recurring["interval"]] * recurring["interval_count"]
    monthly: Decimal = Decimal(price["unit_amount_decimal"]) * item["quantity"] * 30 / days
    return monthly


def _active_users(records: Records, as_of: int) -> Counter[str]:
    """How many people used the product in the last days, by account."""
    since = midnight(as_of) - QUIET_DAYS * DAY
    lately = (each["properties"] for each in records["mixpanel"]["events"] if each["properties"]["time"] >= since)
    return Counter(key for key, _ in {(event.get("account_id", ""), event["distinct_id"]) for event in lately})


def _cancel(account: _Known) -> Change:
    path = f"/v1/subscriptions/{account.charged[0]['id']}"
    return Change("cancels its subscription", account.name, "stripe", "DELETE", path)


def _upgrade(account: _Known) -> Change:
    more = account.seats + max(5, account.seats // 2)
    return Change(
        f"goes from {account.seats} to {more} seats",
        account.name,
        "stripe",
        "POST",
        f"/v1/subscriptions/{account.charged[0]['id']}",
        {"items[0][id]": account.item["id"], "items[0][quantity]": str(more)},
    )


def _silence(account: _Known, as_of: int) -> Change:
    since = iso(midnight(as_of) - QUIET_DAYS * DAY)[:10]
    return Change(
        f"has not used the product for {QUIET_DAYS} days",
        account.name,
        "mixpanel",
        "POST",
        "/_control/load",
        {"mixpanel": {"delete_events": [{"account_id": account.key, "from": since}]}},
    )


def _complain(account: _Known) -> Change:
    ticket = {
        "subject": "Nobody can sign in",
        "comment": {"body": "Since this morning. We are losing orders."},
        "priority": "urgent",
        "requester_id": account.requester_id,
        "organization_id": account.organization_id,
    }
    return Change("opens an urgent ticket", account.name, "zendesk", "POST", "/api/v2/tickets", {"ticket": ticket})
