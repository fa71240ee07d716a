"""The made-up company: the same for the same seed, sound, and with every shape and mess it promises."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from references import dangling

from syncer.sandbox.company import DEFAULT_AS_OF, make_company
from syncer.sandbox.company.invoices import charges

if TYPE_CHECKING:
    from syncer.sandbox.shapes import Records

DAY = 86_400


@pytest.fixture(scope="module")
def company() -> Records:
    return make_company(300, 7)


def digest(records: Records) -> str:
    return hashlib.sha256(msgspec.json.encode(records)).hexdigest()


def test_same_seed_same_bytes_in_any_process(company: Records) -> None:
    program = (
        "import hashlib, msgspec; from syncer.sandbox.company import make_company; "
        "print(hashlib.sha256(msgspec.json.encode(make_company(300, 7))).hexdigest())"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONHASHSEED": "12345"},
    )
    assert run.stdout.strip() == digest(company)
    assert digest(make_company(300, 8)) != digest(company)


@pytest.mark.parametrize("accounts", [0, 1, 2, 17, 300])
def test_any_size_is_sound(accounts: int) -> None:
    records = make_company(accounts, 3)
    assert dangling(records) == []
    assert len(records["salesforce"]["Account"]) == len(records["hubspot"]["companies"]) == accounts


def test_two_thousand_accounts_take_a_moment() -> None:
    began = time.process_time()
    records = make_company(2000, 1)
    assert time.process_time() - began < 4
    assert len(records["mixpanel"]["events"]) < 100_000


def test_everything_is_in_the_past(company: Records) -> None:
    assert max(event["properties"]["time"] for event in company["mixpanel"]["events"]) < DEFAULT_AS_OF
    assert max(ticket["updated_at"] for ticket in company["zendesk"]["tickets"]) <= "2026-11-01T09:00:00Z"
    assert max(each["start_date"] for each in company["stripe"]["subscriptions"]) < DEFAULT_AS_OF


def test_no_subscription_is_older_than_its_customer_and_prices(company: Records) -> None:
    born = {each["id"]: each.get("created", 0) for name in ("customers", "prices") for each in company["stripe"][name]}
    for subscription in company["stripe"]["subscriptions"]:
        parents = [subscription["customer"], *(item["price"] for item in subscription["items"]["data"])]
        assert max(born[parent] for parent in parents) <= subscription["start_date"]


def test_running_items_are_in_their_current_period(company: Records) -> None:
    for subscription in company["stripe"]["subscriptions"]:
        if subscription["status"] in ("active", "past_due", "trialing"):
            for item in subscription["items"]["data"]:
                assert item["current_period_start"] <= DEFAULT_AS_OF < item["current_period_end"]
        else:
            assert subscription["status"] != "canceled" or subscription["ended_at"] <= DEFAULT_AS_OF


def test_prices_of_every_shape_in_every_currency(company: Records) -> None:
    prices = {price["id"]: price for price in company["stripe"]["prices"]}
    bought = [prices[item["price"]] for each in company["stripe"]["subscriptions"] for item in each["items"]["data"]]
    shapes = Counter(
        (
            price["tiers_mode"] or (price["transform_quantity"] or {}).get("round") or price["billing_scheme"],
            price["recurring"]["usage_type"],
        )
        for price in bought
    )
    assert set(shapes) == {
        ("per_unit", "licensed"),
        ("per_unit", "metered"),
        ("graduated", "licensed"),
        ("graduated", "metered"),
        ("volume", "licensed"),
        ("up", "licensed"),
        ("down", "licensed"),
    }
    assert {(price["recurring"]["interval"], price["recurring"]["interval_count"]) for price in bought} == {
        ("day", 1),
        ("week", 1),
        ("month", 1),
        ("month", 3),
        ("month", 6),
        ("year", 1),
    }
    assert {price["currency"] for price in bought} == {"usd", "eur", "jpy", "bhd"}
    fractions = [price for price in bought if price["unit_amount"] is None and price["unit_amount_decimal"]]
    assert fractions
    assert all(price["tiers"][-1]["up_to"] is None for price in bought if price["billing_scheme"] == "tiered")
    dinars = [price["unit_amount"] for price in bought if price["currency"] == "bhd" and price["unit_amount"]]
    assert all(amount % 10 == 0 for amount in dinars)
    assert any(price["unit_amount"] == 0 for price in bought)


def test_subscriptions_of_every_kind(company: Records) -> None:
    stripe = company["stripe"]
    subscriptions = stripe["subscriptions"]
    assert set(Counter(each["status"] for each in subscriptions)) == {
        "active",
        "canceled",
        "incomplete",
        "incomplete_expired",
        "past_due",
        "paused",
        "trialing",
        "unpaid",
    }
    assert {each["pause_collection"]["behavior"] for each in subscriptions if each["pause_collection"]} == {
        "keep_as_draft",
        "mark_uncollectible",
        "void",
    }
    assert any(each["cancel_at_period_end"] for each in subscriptions)
    assert any(each["cancel_at"] and not each["cancel_at_period_end"] for each in subscriptions)
    assert max(len(each["items"]["data"]) for each in subscriptions) == 13
    assert any(each["billing_mode"]["type"] == "flexible" for each in subscriptions)
    per_customer = Counter(each["customer"] for each in subscriptions)
    assert max(per_customer.values()) == 2
    assert any(not per_customer[customer["id"]] for customer in stripe["customers"])
    for each in subscriptions:
        for item in each["items"]["data"]:
            metered = item["price"].startswith(("price_api", "price_storage"))
            assert ("quantity" in item) != metered


def test_discounts_of_every_kind(company: Records) -> None:
    stripe = company["stripe"]
    coupons = {coupon["id"]: coupon for coupon in stripe["coupons"]}
    own = [discount for each in stripe["subscriptions"] for discount in each["discounts"]]
    of_items = [discount for each in stripe["subscriptions"] for item in each["items"]["data"] for discount in item["discounts"]]
    of_customers = [customer["discount"] for customer in stripe["customers"] if customer.get("discount")]
    assert own
    assert of_items
    assert of_customers
    used = [coupons[discount["source"]["coupon"]] for discount in own]
    assert {coupon["duration"] for coupon in used} == {"forever", "repeating", "once"}
    assert any(coupon["amount_off"] for coupon in used)
    assert any(coupon["percent_off"] for coupon in used)
    assert any("applies_to" in coupon for coupon in used)
    assert max(len(each["discounts"]) for each in stripe["subscriptions"]) == 2
    for discount in [*own, *of_items, *of_customers]:
        assert discount["end"] is None or discount["end"] > DEFAULT_AS_OF
        assert (discount["end"] is None) == (coupons[discount["source"]["coupon"]]["duration"] != "repeating")


def test_every_subscription_was_billed_at_the_start_of_its_periods(company: Records) -> None:
    stripe = company["stripe"]
    billed: dict[str, list[Any]] = {each["id"]: [] for each in stripe["subscriptions"]}
    for invoice in stripe["invoices"]:
        billed[invoice["parent"]["subscription_details"]["subscription"]].append(invoice)
    for each in stripe["subscriptions"]:
        own = billed[each["id"]]
        assert own[-1]["id"] == each["latest_invoice"]
        assert own[0]["created"] == each["start_date"]
        assert [one["created"] for one in own] == sorted({one["created"] for one in own})
        assert own[-1]["created"] <= DEFAULT_AS_OF
        if each["status"] == "active":
            assert own[-1]["created"] == max(item["current_period_start"] for item in each["items"]["data"])
        if each["status"] == "active" and each["start_date"] < DEFAULT_AS_OF - 425 * DAY and item_price(each).startswith("price_team_usd"):
            assert len(own) >= 14 + 1


def test_invoices_of_every_kind(company: Records) -> None:
    stripe = company["stripe"]
    invoices = {each["id"]: each for each in stripe["invoices"]}
    newest = {each["id"]: invoices[each["latest_invoice"]] for each in stripe["subscriptions"]}
    late = [newest[each["id"]] for each in stripe["subscriptions"] if each["status"] == "past_due"]
    assert {each["status"] for each in late} == {"open"}
    assert {bool(each.get("due_date")) for each in late} == {True, False}
    assert all(each.get("due_date", 0) < DEFAULT_AS_OF for each in late)
    assert any(each["amount_remaining"] for each in late)
    assert {each["status"] for each in invoices.values()} == {"paid", "open", "void", "uncollectible", "draft"}
    assert all(newest[each["id"]]["total"] == 0 for each in stripe["subscriptions"] if each["status"] == "trialing")
    lines = [(each, line) for each in invoices.values() for line in each["lines"]["data"]]
    metered = {item["id"] for each in stripe["subscriptions"] for item in each["items"]["data"] if "quantity" not in item}
    arrears = {line["period"]["end"] == each["created"] for each, line in lines if item_of(line) in metered}
    ahead = {line["period"]["start"] == each["created"] for each, line in lines if item_of(line) not in metered}
    assert arrears == ahead == {True}
    assert max(len(each["lines"]["data"]) for each in invoices.values()) == 13


def item_price(subscription: dict[str, Any]) -> str:
    return subscription["items"]["data"][0]["price"]


def item_of(line: dict[str, Any]) -> str:
    return line["parent"]["subscription_item_details"]["subscription_item"]


@pytest.mark.parametrize(
    ("plan", "quantity", "expected"),
    [
        ("starter", 1, [(1, 4900)]),
        ("events", 900, [(900, 225)]),
        ("contacts", 2001, [(2001, 3 * 1500)]),
        ("messages", 999, [(999, 900)]),
        ("scale", 21, [(21, 21 * 2000)]),
        ("scale", 101, [(101, 101 * 1500 + 5000)]),
        ("business", 12, [(10, 30_000), (2, 4800)]),
        ("business_year", 5, [(5, 9900)]),
        ("business_year", 6, [(5, 9900), (1, 1800 + 9900)]),
        ("api", 12_001, [(10_000, 0), (2001, 1001)]),
    ],
)
def test_what_a_plan_costs_in_dollars(plan: str, quantity: int, expected: list[tuple[int, int]]) -> None:
    assert list(charges(plan, "usd", quantity)) == expected


def test_some_pay_tax_some_signed_an_order_and_one_coupon_is_withdrawn(company: Records) -> None:
    stripe = company["stripe"]
    taxes = Counter(rate["inclusive"] for each in stripe["subscriptions"] for rate in each["default_tax_rates"])
    assert min(taxes[True], taxes[False]) >= 3
    assert 50 < sum("order" in each["metadata"] for each in stripe["subscriptions"]) < 200
    withdrawn = {coupon["id"] for coupon in stripe["coupons"] if coupon.get("deleted")}
    held = {each["discount"]["source"]["coupon"] for each in stripe["customers"] if each.get("discount")}
    held_by_subscriptions = {discount["source"]["coupon"] for each in stripe["subscriptions"] for discount in each["discounts"]}
    assert withdrawn == {"ngo"} <= held & held_by_subscriptions


def test_use_falls_weeks_before_a_customer_leaves() -> None:
    records = make_company(1200, 5)
    accounts = {each["id"]: each["metadata"].get("account_id") for each in records["stripe"]["customers"] if "metadata" in each}
    left = {
        accounts[each["customer"]]: each["ended_at"]
        for each in records["stripe"]["subscriptions"]
        if each["status"] == "canceled" and each["ended_at"] > DEFAULT_AS_OF - 20 * DAY and accounts[each["customer"]]
    }
    assert len(left) > 8
    long_before, last_week, after = 0, 0, 0
    for event in records["mixpanel"]["events"]:
        about = event["properties"]
        if about.get("account_id") in left:
            weeks = (left[about["account_id"]] - about["time"]) / (7 * DAY)
            after += weeks < -1 / 7
            last_week += 0 <= weeks < 1
            long_before += 8 <= weeks < 9
    assert after == 0
    assert 0 < last_week < long_before / 3


def test_weekends_are_quiet_and_all_surfaces_seen(company: Records) -> None:
    events = [event["properties"] for event in company["mixpanel"]["events"]]
    weekdays = Counter(time.gmtime(event["time"]).tm_wday for event in events)
    assert weekdays[5] + weekdays[6] < weekdays[1] / 2
    assert {event["surface"] for event in events} == {"web", "mobile", "api"}
    assert len({event["event"] for event in company["mixpanel"]["events"]}) == 8
    assert 0 < sum("account_id" not in event for event in events) < len(events) / 100
    users = {user["distinct_id"] for user in company["mixpanel"]["users"]}
    assert {event["distinct_id"] for event in events} == users


def test_support_has_gaps(company: Records) -> None:
    zendesk = company["zendesk"]
    writers = Counter(ticket["organization_id"] for ticket in zendesk["tickets"])
    raters = {ticket["organization_id"] for ticket in zendesk["tickets"] if "id" in ticket["satisfaction_rating"]}
    silent = len(zendesk["organizations"]) - len(writers)
    assert 0.2 < silent / len(zendesk["organizations"]) < 0.5
    assert 0.2 < len(raters) / len(writers) < 0.8
    assert {ticket["status"] for ticket in zendesk["tickets"]} >= {"open", "pending", "hold", "solved", "closed"}
    assert {ticket["satisfaction_rating"]["score"] for ticket in zendesk["tickets"]} == {
        "unoffered",
        "offered",
        "good",
        "bad",
    }
    assert [ticket["created_at"] for ticket in zendesk["tickets"]] == sorted(ticket["created_at"] for ticket in zendesk["tickets"])


def test_plain_json_with_names_of_the_world(company: Records) -> None:
    names = [account["Name"] for account in company["salesforce"]["Account"]]
    everything = "".join(names)
    assert all(char in everything for char in "&'\"éö株")
    assert names == [each["properties"]["name"] for each in company["hubspot"]["companies"]]


@pytest.mark.parametrize("seed", range(6))
def test_nothing_happens_at_zendesk_in_the_minute_that_its_exports_leave_out(seed):
    tickets = make_company(300, seed)["zendesk"]["tickets"]
    assert max(ticket["generated_timestamp"] for ticket in tickets) < DEFAULT_AS_OF - 60
