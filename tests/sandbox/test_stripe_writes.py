"""Changing Stripe: what is written is read back, and every change leaves an event."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import stripe
from contracts import Contract
from stripe_account import DAY, NOW, Account, running

CONTRACT = Contract("stripe/openapi-2026-05-27.dahlia.json")


@pytest.fixture
def account() -> Iterator[Account]:
    with running() as account:
        yield account


def events(account: Account, **params: Any) -> list[dict[str, Any]]:
    page = account.get("/v1/events", limit=100, **params)
    CONTRACT.check("GET", "/v1/events", 200, page)
    return page["data"]


def test_metadata_is_merged_and_an_empty_value_deletes(account: Account) -> None:
    customers = account.client().v1.customers
    changed = customers.update("cus_003", {"metadata": {"plan": "pro", "crm_id": ""}, "phone": "+81 3"})
    assert changed.metadata.to_dict() == {"plan": "pro"}
    event = events(account)[0]
    assert (event["type"], event["request"]["id"]) == ("customer.updated", changed.last_response.request_id)
    assert event["data"]["previous_attributes"] == {"metadata": {"crm_id": "001003", "plan": None}, "phone": None}
    assert event["data"]["object"]["metadata"] == {"plan": "pro"}
    assert customers.retrieve("cus_003").phone == "+81 3"
    account.call("POST", "/v1/customers/cus_003", data={"metadata": ""}).raise_for_status()
    assert account.get("/v1/customers/cus_003")["metadata"] == {}


def test_a_change_that_changes_nothing_and_a_load_leave_no_event(account: Account) -> None:
    account.call("POST", "/v1/customers/cus_003", data={"name": "Company 3"}).raise_for_status()
    account.standin.load({"customers": [{"id": "cus_003", "created": NOW, "name": "Loaded"}]})
    assert events(account) == []
    assert account.get("/v1/customers/cus_003")["name"] == "Loaded"


def test_an_upgrade(account: Account) -> None:
    subscriptions = account.client().v1.subscriptions
    item = {"id": "si_001_0", "price": "price_year", "quantity": 7}
    changed = subscriptions.update("sub_001", {"items": [item, {"price": "price_seat"}], "expand": ["customer"]})
    assert changed.customer.id == "cus_002"
    assert [(one.price.id, one.quantity) for one in changed["items"].data] == [("price_year", 7), ("price_seat", 1)]
    assert changed["items"].data[0].current_period_end == NOW + 365 * DAY
    event = events(account, type="customer.subscription.*")[0]
    assert event["type"] == "customer.subscription.updated"
    assert event["data"]["previous_attributes"]["items"]["data"][0]["quantity"] == 3
    assert "customer" not in event["data"]["previous_attributes"]
    added = changed["items"].data[1].id
    assert account.get(f"/v1/subscription_items/{added}")["subscription"] == "sub_001"
    fewer = subscriptions.update("sub_001", {"items": [{"id": added, "deleted": True}]})
    assert len(fewer["items"].data) == 1


def test_cancel_at_period_end_and_back(account: Account) -> None:
    subscriptions = account.client().v1.subscriptions
    leaving = subscriptions.update("sub_001", {"cancel_at_period_end": True})
    assert (leaving.status, leaving.cancel_at) == ("active", NOW + 20 * DAY)
    assert leaving.canceled_at >= NOW
    staying = subscriptions.update("sub_001", {"cancel_at_period_end": False})
    assert (staying.cancel_at, staying.canceled_at, staying.cancel_at_period_end) == (None, None, False)


def test_pause_trial_and_discounts(account: Account) -> None:
    subscriptions = account.client().v1.subscriptions
    paused = subscriptions.update("sub_001", {"pause_collection": {"behavior": "void", "resumes_at": NOW + DAY}})
    assert paused.pause_collection.behavior == "void"
    assert subscriptions.update("sub_001", {"pause_collection": ""}).pause_collection is None
    assert subscriptions.update("sub_002", {"trial_end": "now"}).status == "active"
    trial = subscriptions.update("sub_001", {"trial_end": NOW + 9 * DAY})
    assert (trial.status, trial["items"].data[0].current_period_end) == ("trialing", NOW + 9 * DAY)
    assert subscriptions.update("sub_001", {"discounts": ""}).discounts == []
    given = {"discounts": [{"coupon": "TENOFF"}], "expand": ["discounts.source.coupon"]}
    assert subscriptions.update("sub_001", given).discounts[0].source.coupon.id == "TENOFF"


def test_cancel_now(account: Account) -> None:
    subscriptions = account.client().v1.subscriptions
    account.standin.clock.advance(5 * DAY)
    gone = subscriptions.cancel("sub_001", {"cancellation_details": {"comment": "too dear"}})
    assert gone.status == "canceled"
    assert NOW + 5 * DAY <= gone.ended_at == gone.canceled_at <= NOW + 5 * DAY + 60
    assert gone.cancellation_details.comment == "too dear"
    assert "sub_001" not in [one.id for one in subscriptions.list().data]
    assert subscriptions.retrieve("sub_001").status == "canceled"
    assert [event["type"] for event in events(account)] == ["customer.subscription.deleted"]
    with pytest.raises(stripe.InvalidRequestError, match="No such subscription"):
        subscriptions.cancel("sub_001")
    with pytest.raises(stripe.InvalidRequestError, match="canceled subscription can only update"):
        subscriptions.update("sub_001", {"cancel_at_period_end": True})


def test_a_deleted_customer_takes_its_subscriptions_along(account: Account) -> None:
    client = account.client()
    assert client.v1.customers.delete("cus_002").deleted is True
    assert [event["type"] for event in events(account)] == ["customer.deleted", "customer.subscription.deleted"]
    assert account.get("/v1/customers/cus_002") == {"id": "cus_002", "object": "customer", "deleted": True}
    assert len(list(client.v1.customers.list({"limit": 100}).auto_paging_iter())) == 22
    left = account.get("/v1/subscriptions", customer="cus_002", status="all", **{"expand[]": "data.customer"})
    CONTRACT.check("GET", "/v1/subscriptions", 200, left)
    assert (left["data"][0]["status"], left["data"][0]["customer"]["deleted"]) == ("canceled", True)
    assert len(account.get("/v1/customers", starting_after="cus_002")["data"]) == 2


def test_creations(account: Account) -> None:
    v1 = account.client().v1
    product = v1.products.create({"name": "Storage"})
    tiers = [{"up_to": 5, "unit_amount": 300}, {"up_to": "inf", "flat_amount": 100, "unit_amount_decimal": "12.5"}]
    price = v1.prices.create(
        {
            "currency": "EUR",
            "product": product.id,
            "recurring": {"interval": "month"},
            "billing_scheme": "tiered",
            "tiers_mode": "volume",
            "tiers": tiers,
            "expand": ["tiers"],
        }
    )
    assert [(tier.up_to, tier.unit_amount) for tier in price.tiers] == [(5, 300), (None, None)]
    flat = v1.prices.create({"currency": "usd", "unit_amount": 990, "product_data": {"name": "Extra"}})
    assert (flat.type, str(flat.unit_amount_decimal)) == ("one_time", "990")
    coupon = v1.coupons.create({"id": "HALF", "percent_off": 50, "duration": "repeating", "duration_in_months": 3})
    customer = v1.customers.create({"name": "Ørsted", "address": {"country": "DK"}, "metadata": {"crm_id": "001"}})
    bought = v1.subscriptions.create(
        {
            "customer": customer.id,
            "items": [{"price": price.id, "quantity": 4}],
            "discounts": [{"coupon": coupon.id}],
            "expand": ["discounts"],
        }
    )
    assert (bought.status, bought.currency, bought.discounts[0].source.coupon) == ("active", "eur", "HALF")
    made = {"products": product, "prices": price, "coupons": coupon, "customers": customer, "subscriptions": bought}
    for name, one in made.items():
        CONTRACT.check("GET", f"/v1/{name}/{one.id}", 200, account.get(f"/v1/{name}/{one.id}"))
    assert [event["type"] for event in reversed(events(account))] == [
        "product.created",
        "price.created",
        "product.created",
        "price.created",
        "coupon.created",
        "customer.created",
        "customer.updated",
        "customer.subscription.created",
    ]


def test_a_deleted_coupon_is_gone_but_for_the_discounts_that_it_left(account: Account) -> None:
    account.call("DELETE", "/v1/coupons/TENOFF").raise_for_status()
    assert account.get("/v1/coupons")["data"] == []
    assert account.refusal("GET", "/v1/coupons/TENOFF")[0] == 404
    assert events(account)[0]["type"] == "coupon.deleted"
    expand = "discounts.source.coupon.applies_to"
    for path in ("/v1/subscriptions/sub_001", "/v1/subscription_items/si_001_0"):
        coupon = account.get(path, **{"expand[]": expand})["discounts"][0]["source"]["coupon"]
        assert (coupon["percent_off"], coupon["applies_to"]) == (10, {"products": ["prod_team"]})
    assert account.refusal("GET", "/v1/subscriptions/sub_001", params={"expand[]": f"items.data.{expand}"})[0] == 400


@pytest.mark.parametrize(
    ("action", "status", "moment", "left"),
    [
        ("pay", "paid", "paid_at", 0),
        ("void", "void", "voided_at", 700),
        ("mark_uncollectible", "uncollectible", "marked_uncollectible_at", 700),
    ],
)
def test_an_open_invoice_is_paid_voided_or_given_up(account: Account, action: str, status: str, moment: str, left: int) -> None:
    owed = {"id": "in_2", "customer": "cus_002", "status": "open", "amount_due": 700, "amount_remaining": 700}
    account.standin.load({"invoices": [owed]})
    account.call("POST", f"/v1/invoices/in_2/{action}").raise_for_status()
    shown = account.get("/v1/invoices/in_2")
    CONTRACT.check("GET", "/v1/invoices/in_2", 200, shown)
    assert (shown["status"], shown["amount_remaining"], shown["amount_paid"]) == (status, left, 700 - left)
    assert shown["status_transitions"][moment] >= NOW
    assert events(account)[0]["type"] == f"invoice.{moment.removesuffix('_at')}"
    assert account.refusal("POST", "/v1/invoices/in_1/pay")[1]["message"] == "Invoice is already paid"
    assert account.refusal("POST", f"/v1/invoices/none/{action}")[0] == 404


@pytest.mark.parametrize(
    ("path", "data", "code", "param"),
    [
        ("/v1/customers/cus_000", {"nickname": "x"}, "parameter_unknown", "nickname"),
        ("/v1/customers/cus_none", {"name": "x"}, "resource_missing", "id"),
        ("/v1/customers/cus_000", {"metadata[a]": "x" * 501}, None, "metadata[a]"),
        ("/v1/prices", {"unit_amount": "100", "product": "prod_team"}, "parameter_missing", "currency"),
        ("/v1/prices", {"currency": "usd", "product": "prod_team"}, "parameter_missing", "unit_amount"),
        ("/v1/prices", {"currency": "usd", "product": "no", "unit_amount": "1"}, "resource_missing", "product"),
        ("/v1/prices", {"currency": "usd", "product": "prod_team", "nickname[a]": "1"}, None, "nickname"),
        ("/v1/coupons", {"percent_off": "half"}, None, "percent_off"),
        ("/v1/subscriptions/sub_001", {"items[0]": "si_001_0"}, None, "items[0]"),
        ("/v1/customers/cus_000", {"name[first]": "x"}, None, "name"),
        ("/v1/coupons", {"id": "TENOFF", "percent_off": "5"}, "resource_already_exists", "id"),
        ("/v1/subscriptions", {"customer": "cus_000"}, "parameter_missing", "items"),
        ("/v1/subscriptions/sub_001", {"items[0][id]": "si_no"}, "resource_missing", "items[0][id]"),
        ("/v1/subscriptions/sub_001", {"items[0][price]": "no"}, "resource_missing", "items[0][price]"),
        ("/v1/subscriptions/sub_001", {"cancel_at_period_end": "maybe"}, None, "cancel_at_period_end"),
    ],
)
def test_refused_changes(account: Account, path: str, data: dict[str, str], code: str | None, param: str) -> None:
    status, error = account.refusal("POST", path, data=data)
    assert (status in (400, 404), error.get("code"), error["param"]) == (True, code, param)
    assert events(account) == []


def test_an_idempotency_key_is_carried_out_once(account: Account) -> None:
    def post(name: str) -> Any:
        return account.call("POST", "/v1/customers", data={"name": name}, headers={"Idempotency-Key": "k1"})

    first, again = post("Once"), post("Once")
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Original-Request"] == first.headers["Request-Id"]
    assert "Idempotent-Replayed" not in first.headers
    assert len(events(account)) == 1
    refused = post("Twice")
    assert (refused.status_code, refused.json()["error"]["type"]) == (400, "idempotency_error")
    account.standin.clock.advance(DAY + 1)
    assert post("Twice").json()["id"] != first.json()["id"]


def test_the_answer_lost_on_the_way_is_fetched_again(account: Account) -> None:
    fault = {"method": "POST", "path": "/v1/customers", "times": 1, "kind": "after"}
    account.call("POST", "/_control/faults", json={"faults": [fault]})
    client = stripe.StripeClient("sk_test_sandbox", base_addresses={"api": account.url}, max_network_retries=1)
    made = client.v1.customers.create({"name": "Once"})
    assert [event["data"]["object"]["id"] for event in events(account)] == [made.id]
