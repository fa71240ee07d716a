"""Reading Stripe: lists to their end, filters, expansion, refusals; every answer is held against the contract."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest
import stripe
from contracts import Contract
from stripe_account import DAY, NOW, Account, running

from syncer.sandbox.stripe import LIVE_KEY

CONTRACT = Contract("stripe/openapi-2026-05-27.dahlia.json")
LISTS = ["customers", "products", "prices", "plans", "coupons", "subscriptions", "invoices", "events"]


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    with running() as account:
        account.call("POST", "/v1/customers/cus_000", data={"metadata[a]": "1"}).raise_for_status()
        yield account


def ids(page: Any) -> list[str]:
    return [record["id"] for record in page["data"]]


@pytest.mark.parametrize("name", [*LISTS, "subscription_items", "charges", "promotion_codes", "subscription_schedules"])
def test_lists_fit_the_contract(account: Account, name: str) -> None:
    params = {"subscription": "sub_000"} if name == "subscription_items" else {}
    page = account.get(f"/v1/{name}", limit=100, **params)
    CONTRACT.check("GET", f"/v1/{name}", 200, page)
    assert page["url"] == f"/v1/{name}"
    assert page["has_more"] is False


@pytest.mark.parametrize("name", [*LISTS, "subscription_items"])
def test_single_objects_fit_the_contract(account: Account, name: str) -> None:
    params = {"subscription": "sub_000"} if name == "subscription_items" else {}
    for record_id in ids(account.get(f"/v1/{name}", **params)):
        CONTRACT.check("GET", f"/v1/{name}/{record_id}", 200, account.get(f"/v1/{name}/{record_id}"))


@pytest.mark.parametrize(
    ("path", "expand"),
    [
        ("/v1/prices", ["data.tiers", "data.product"]),
        ("/v1/coupons", ["data.applies_to"]),
        ("/v1/subscriptions", ["data.discounts.source.coupon", "data.customer", "data.latest_invoice.customer"]),
        ("/v1/subscriptions", ["data.items.data.discounts"]),
        ("/v1/customers", ["data.subscriptions.data.discounts", "data.sources"]),
        ("/v1/invoices", ["data.parent.subscription_details.subscription", "data.lines.data.discounts"]),
        ("/v1/subscriptions/sub_002", ["items.data.price.tiers"]),
        ("/v1/account", []),
        ("/v1/customers/cus_002/subscriptions", []),
        ("/v1/invoices/in_1/lines", []),
    ],
)
def test_expanded_answers_fit_the_contract(account: Account, path: str, expand: list[str]) -> None:
    CONTRACT.check("GET", path, 200, account.get(path, **({"expand[]": expand} if expand else {})))


def test_the_sdk_reads_every_list_to_its_end(account: Account) -> None:
    v1 = account.client().v1
    counts = {
        name: len(list(getattr(v1, name).list({"limit": 3}).auto_paging_iter()))
        for name in ("customers", "products", "prices", "plans", "coupons", "invoices", "events", "charges")
    }
    assert counts == {
        "customers": 23,
        "products": 1,
        "prices": 4,
        "plans": 3,
        "coupons": 1,
        "invoices": 1,
        "events": 1,
        "charges": 0,
    }
    every = v1.subscriptions.list({"limit": 1, "status": "all"}).auto_paging_iter()
    assert [one.id for one in every] == ["sub_003", "sub_002", "sub_001", "sub_000"]
    items = v1.subscription_items.list({"subscription": "sub_000", "limit": 5}).auto_paging_iter()
    assert [item.quantity for item in items] == list(range(12))


def test_the_sdk_pages_backwards(account: Account) -> None:
    customers = account.client().v1.customers
    page = customers.list({"limit": 4, "ending_before": "cus_000"})
    assert [one.id for one in page.auto_paging_iter()] == [f"cus_{n:03d}" for n in range(1, 23)]


def test_newest_first_ten_by_default_and_from_any_cursor(account: Account) -> None:
    first = account.get("/v1/customers")
    assert ids(first) == [f"cus_{n:03d}" for n in range(22, 12, -1)]
    assert first["has_more"] is True
    assert ids(account.get("/v1/customers", starting_after="cus_002")) == ["cus_001", "cus_000"]
    above = account.get("/v1/customers", ending_before="cus_013", limit=2)
    assert (ids(above), above["has_more"]) == (["cus_015", "cus_014"], True)


@pytest.mark.parametrize(
    ("path", "params", "expected"),
    [
        ("customers", {"email": "billing@c7.example"}, ["cus_007"]),
        ("customers", {"created": NOW - 200 * DAY}, ["cus_001", "cus_000"]),
        ("customers", {"created[gt]": NOW - 200 * DAY, "created[lt]": NOW - 200 * DAY + 2}, ["cus_003", "cus_002"]),
        ("customers", {"created[gte]": NOW - 200 * DAY + 11}, ["cus_022"]),
        ("subscriptions", {}, ["sub_002", "sub_001", "sub_000"]),
        ("subscriptions", {"status": "canceled"}, ["sub_003"]),
        ("subscriptions", {"status": "ended"}, ["sub_003"]),
        ("subscriptions", {"status": "all", "customer": "cus_022"}, ["sub_003", "sub_002"]),
        ("subscriptions", {"customer": "cus_022"}, ["sub_002"]),
        ("subscriptions", {"customer": "cus_005"}, []),
        ("subscriptions", {"price": "price_tiers"}, ["sub_002"]),
        ("subscriptions", {"current_period_end[lte]": NOW}, []),
        ("prices", {"type": "one_time"}, ["price_once"]),
        ("prices", {"recurring[interval]": "year"}, ["price_year"]),
        ("prices", {"product": "prod_team", "active": "false"}, []),
        ("products", {"ids[]": ["prod_team", "prod_gone"], "active": "true"}, ["prod_team"]),
        ("invoices", {"subscription": "sub_001", "status": "paid"}, ["in_1"]),
    ],
)
def test_filters(account: Account, path: str, params: dict[str, Any], expected: list[str]) -> None:
    assert ids(account.get(f"/v1/{path}", **params)) == expected


@pytest.mark.parametrize(
    ("path", "params", "code", "param"),
    [
        ("customers", {"limit": 0}, "parameter_invalid_integer", "limit"),
        ("customers", {"limit": 101}, "parameter_invalid_integer", "limit"),
        ("customers", {"limit": "many"}, "parameter_invalid_integer", "limit"),
        ("customers", {"starting_after": "cus_none"}, "resource_missing", "starting_after"),
        ("customers", {"ending_before": "cus_none"}, "resource_missing", "ending_before"),
        ("customers", {"updated[gte]": 1}, "parameter_unknown", "updated"),
        ("customers/cus_000", {"limit": 1}, "parameter_unknown", "limit"),
        ("subscriptions", {"customer": "cus_none"}, "resource_missing", "customer"),
        ("subscriptions", {"status": "alive"}, None, "status"),
        ("prices", {"lookup_keys": "a"}, None, "lookup_keys"),
        ("events", {"type[a]": "x"}, None, "type"),
        ("subscription_items", {}, "parameter_missing", "subscription"),
        ("subscriptions", {"expand[]": "data.items.data.price.tiers"}, None, "expand"),
        ("subscriptions", {"expand[]": "customer"}, None, "expand"),
        ("subscriptions", {"expand[]": "data.status"}, None, "expand"),
    ],
)
def test_refused_parameters(account: Account, path: str, params: Any, code: str | None, param: str) -> None:
    status, error = account.refusal("GET", f"/v1/{path}", params=params)
    assert (status, error.get("code"), error["param"]) == (400, code, param)
    assert error["type"] == "invalid_request_error"
    CONTRACT.check_schema("error", {"error": error})


def test_every_expandable_field_of_the_contract_is_expandable(account: Account) -> None:
    event = ids(account.get("/v1/events"))[0]
    paths = {
        "customer": "customers/cus_002",
        "subscription": "subscriptions/sub_001",
        "invoice": "invoices/in_1",
        "price": "prices/price_tiers",
        "product": "products/prod_team",
        "coupon": "coupons/TENOFF",
        "subscription_item": "subscription_items/si_001_0",
        "event": f"events/{event}",
        "plan": "plans/price_tiers",
    }
    for kind, path in paths.items():
        fields = CONTRACT.document["components"]["schemas"][kind]["x-expandableFields"]
        CONTRACT.check("GET", f"/v1/{path}", 200, account.get(f"/v1/{path}", **{"expand[]": fields}))


def test_an_old_version_may_expand_what_it_had(account: Account) -> None:
    params = {"expand[]": ["data.discounts", "data.total_tax_amounts.tax_rate"]}
    old = account.call("GET", "/v1/invoices", params=params, headers={"Stripe-Version": "2022-11-15"})
    assert (old.status_code, ids(old.json())) == (200, ["in_1"])
    assert account.refusal("GET", "/v1/invoices", params=params)[0] == 400


def test_the_fifth_level_is_named(account: Account) -> None:
    _, error = account.refusal("GET", "/v1/subscriptions", params={"expand[]": "data.items.data.price.tiers"})
    assert error["message"] == ("You cannot expand more than 4 levels of a property. Property: data.items.data.price.tiers")


@pytest.mark.parametrize("path", ["customers/c", "subscriptions/s", "prices/p", "coupons/C", "subscription_items/i"])
def test_unknown_ids_are_404(account: Account, path: str) -> None:
    status, error = account.refusal("GET", f"/v1/{path}")
    assert (status, error["code"]) == (404, "resource_missing")


def test_what_is_left_out_unless_expanded(account: Account) -> None:
    plain = account.get("/v1/subscriptions/sub_001")
    assert plain["discounts"] == ["di_sub"]
    assert plain["items"]["data"][0]["discounts"] == ["di_item"]
    assert plain["items"]["data"][0]["price"]["product"] == "prod_team"
    assert plain["customer"] == "cus_002"
    assert plain["latest_invoice"] == "in_1"
    assert "tiers" not in account.get("/v1/prices/price_tiers")
    assert "applies_to" not in account.get("/v1/coupons/TENOFF")
    assert "subscriptions" not in account.get("/v1/customers/cus_002")


def test_the_sdk_sees_what_it_expands(account: Account) -> None:
    v1 = account.client().v1
    expand = ["data.discounts.source.coupon", "data.customer"]
    found = v1.subscriptions.list({"customer": "cus_002", "expand": expand}).data[0]
    assert found.discounts[0].source.coupon.percent_off == 10
    assert "applies_to" not in found.discounts[0].source.coupon
    assert found.customer.name == "Company 2"
    tiers = v1.prices.retrieve("price_tiers", {"expand": ["tiers"]}).tiers
    assert [tier.up_to for tier in tiers] == [10, None]
    assert str(tiers[1].unit_amount_decimal) == "399.5"
    customer = v1.customers.retrieve("cus_022", {"expand": ["subscriptions"]})
    assert [one.id for one in customer.subscriptions.data] == ["sub_002"]


def test_items_inside_a_subscription_are_a_page(account: Account) -> None:
    inside = account.get("/v1/subscriptions/sub_000")["items"]
    assert (len(inside["data"]), inside["has_more"]) == (10, True)
    assert inside["url"] == "/v1/subscription_items?subscription=sub_000"
    rest = account.get(inside["url"], starting_after=inside["data"][-1]["id"])
    assert [item["quantity"] for item in rest["data"]] == [10, 11]


def test_keys(account: Account) -> None:
    basic = base64.b64encode(b"sk_test_sandbox:").decode()
    assert account.call("GET", "/v1/account", headers={"Authorization": f"Basic {basic}"}).status_code == 200
    missing = account.call("GET", "/v1/account", headers={"Authorization": ""})
    assert missing.status_code == 401
    assert missing.json()["error"]["message"].startswith("You did not provide an API key.")
    with pytest.raises(stripe.AuthenticationError, match=r"Invalid API Key provided: sk_test_\*+1234$"):
        account.client("sk_test_wrong_1234").v1.customers.list()


def test_every_answer_has_a_request_id_and_the_version(account: Account) -> None:
    answers = [account.call("GET", path) for path in ("/v1/customers", "/v1/customers/no", "/v1/nowhere")]
    assert len({answer.headers["Request-Id"] for answer in answers}) == 3
    asked = account.call("GET", "/v1/account", headers={"Stripe-Version": "2026-10-28.endive"})
    assert asked.headers["Stripe-Version"] == "2026-10-28.endive"
    assert answers[2].status_code == 404
    assert "Unrecognized request URL (GET: /v1/nowhere)" in answers[2].json()["error"]["message"]


def test_limits_of_test_and_live_mode() -> None:
    with running(limits=True) as account:
        standin = account.standin
        standin.clock.now = lambda: float(NOW)  # a second that does not end
        assert {account.call("GET", "/v1/customers").status_code for _ in range(25)} == {200}
        with pytest.raises(stripe.RateLimitError) as refused:
            account.client().v1.customers.list()
        assert refused.value.http_status == 429
        assert refused.value.json_body["error"]["code"] == "rate_limit"
        assert {account.call("GET", "/v1/prices", key=LIVE_KEY).status_code for _ in range(25)} == {200}
        assert account.call("GET", "/v1/prices", key=LIVE_KEY).status_code == 429
        assert account.call("GET", "/v1/products", key=LIVE_KEY).status_code == 200


def test_faults_log_and_clock() -> None:
    with running() as account:
        fault = {"path": "/v1/customers", "nth": 1, "kind": "status", "status": 503}
        account.call("POST", "/_control/faults", json={"faults": [fault]})
        with pytest.raises(stripe.APIError, match="unknown error"):
            account.client().v1.customers.list()
        account.client().v1.customers.list({"limit": 7})
        log = account.get("/_control/requests")["requests"]
        assert [(one["status"], one["rows"]) for one in log] == [(503, 0), (200, 7)]
        account.call("POST", "/v1/customers/cus_000", data={"name": "New"})
        assert len(account.get("/v1/events")["data"]) == 1
        account.call("POST", "/_control/clock", json={"advance": 31 * DAY})
        assert account.get("/v1/events")["data"] == []
        account.call("POST", "/_control/load", json={"stripe": {"customers": [{"id": "cus_new", "created": 1}]}})
        assert account.get("/v1/customers", limit=1, starting_after="cus_000")["data"][0]["id"] == "cus_new"
        account.call("POST", "/_control/reset")
        assert account.get("/v1/customers")["data"] == []
