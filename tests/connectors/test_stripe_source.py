"""The Stripe connector against the stand-in: lists, events, resuming, faults."""

from decimal import Decimal

import msgspec
import pytest
from kept import Kept
from stripe_books import DAY, FAST, LISTENED, NOW, asked, changes, company

from syncer.connectors.stripe import MANY, Stripe
from syncer.connectors.stripe_events import HORIZON
from syncer.sandbox.server import Clock, Fault, Server, World
from syncer.sandbox.stripe import TEST_KEY, StripeStandin
from syncer.tools.pace import Pace
from syncer.words.errors import CredentialRefused, Unreachable


@pytest.fixture
def change(server):
    return changes(server)


@pytest.fixture
def warm(source):
    kept = Kept(source.tables)
    kept.pull(source, NOW)
    return kept


def test_a_full_sweep_holds_what_the_account_holds(warm):
    assert warm.rows("stripe.product") == [("prod_a", "Team", True, False), ("prod_b", "Extra", True, False)]
    assert warm.rows("stripe.coupon") == [
        ("FOREVER", "Friends", Decimal("12.5"), None, None, "forever", False),
        ("OFF", "Ten off", None, 1000, "usd", "once", False),
    ]
    assert warm.rows("stripe.coupon_product") == [("OFF", "prod_a")]
    assert warm.rows("stripe.price_tier") == [
        ("price_tiers", 0, 5, Decimal("0.5"), Decimal(100)),
        ("price_tiers", 1, None, Decimal(1), None),
    ]
    prices = warm.records("stripe.price")
    assert prices["price_flat"]["unit_amount"] == 1900
    assert prices["price_metered"]["unit_amount"] == Decimal("0.000000000001")
    assert prices["price_metered"]["usage_type"] == "metered"
    assert (prices["price_tiers"]["tiers_mode"], prices["price_tiers"]["unit_amount"]) == ("graduated", None)
    packs = prices["price_packs"]
    assert (packs["divide_by"], packs["round_up"], packs["interval_count"]) == (10, True, 3)
    assert len(warm.rows("stripe.customer")) == len(warm.rows("stripe.subscription")) == 250


def test_a_customer_s_keys_and_discount(warm):
    mine = [row for row in warm.rows("stripe.key") if row[0] in {"cus_000", "cus_007"}]
    assert mine == [
        ("cus_000", "domain", "gmail.com"),
        ("cus_000", "email", "joe@gmail.com"),
        ("cus_000", "id", "cus_000"),
        ("cus_000", "metadata.account_id", "acme"),
        ("cus_000", "metadata.crm_id", "001"),
        ("cus_007", "domain", "company7.example"),
        ("cus_007", "email", "ann@company7.example"),
        ("cus_007", "id", "cus_007"),
    ]
    assert warm.rows("stripe.customer_discount") == [("cus_000", "di_c", "FOREVER", NOW - 90 * DAY, None)]


def test_a_subscription_with_its_items_and_discounts(warm):
    row = warm.records("stripe.subscription")["sub_000"]
    assert (row["pause_behavior"], row["cancel_at"], row["items_complete"]) == ("void", NOW + DAY, True)
    assert warm.records("stripe.subscription")["sub_001"]["status"] == "canceled"
    old = NOW - 90 * DAY
    assert [row for row in warm.rows("stripe.subscription_item") if row[0] == "sub_000"] == [
        ("sub_000", "si_a", "price_tiers", 7, NOW - DAY, NOW + DAY),
        ("sub_000", "si_b", "price_metered", None, NOW - DAY, NOW + DAY),
    ]
    assert warm.rows("stripe.subscription_discount") == [
        ("sub_000", "si_a", 0, "di_i", "OFF", old, old + DAY),
        ("sub_000", None, 0, "di_1", "FOREVER", old, None),
        ("sub_000", None, 1, "di_2", "OFF", old, None),
    ]


@pytest.mark.parametrize(("subscription", "count"), [("sub_002", 25), ("sub_003", 120)])
def test_items_beyond_the_first_ten_are_read(warm, subscription, count):
    mine = [row for row in warm.rows("stripe.subscription_item") if row[0] == subscription]
    assert [row[3] for row in mine] == list(range(1, count + 1))


def test_items_that_cannot_be_read_are_known_to_be_missing(server, source):
    server.world.faults.append(Fault(path="subscription_items", status=400))
    kept = Kept(source.tables)
    kept.pull(source, NOW)
    rows = kept.records("stripe.subscription")
    assert [name for name, row in rows.items() if not row["items_complete"]] == ["sub_002", "sub_003"]


def test_a_pull_resumes_from_every_page(source, warm):
    pages = Kept(source.tables).pull(source, NOW)
    assert pages > 8
    for most in range(1, pages):
        kept = Kept(source.tables)
        kept.pull(source, NOW, most)
        kept.pull(source, NOW)
        assert kept.all() == warm.all()


def test_a_pull_resumes_when_the_object_it_stopped_at_is_gone(source, change):
    kept = Kept(source.tables)
    kept.pull(source, NOW, most=4)
    assert (kept.cursor["lists"][0], kept.cursor["after"]) == (["customer", 0], "cus_150")
    change("DELETE", f"/v1/customers/{kept.cursor['after']}")
    kept.pull(source, NOW)
    assert sum(not row["deleted"] for row in kept.records("stripe.customer").values()) == 249


def test_nothing_changed_is_two_calls(server, source, warm):
    before = warm.all()
    server.world.requests.clear()
    warm.pull(source, NOW + 60)
    assert asked(server) == LISTENED
    assert warm.all() == before


def test_one_changed_subscription_is_one_call_more(server, source, warm, change):
    server.world.clock.advance(600)
    item = {"items[0][id]": "si_sub_009_000", "items[0][quantity]": 42}
    change("POST", "/v1/subscriptions/sub_009", **item)
    server.world.requests.clear()
    warm.pull(source, NOW + 700)
    assert asked(server) == [*LISTENED, ("GET", "/v1/subscriptions/sub_009")]
    assert [row[3] for row in warm.rows("stripe.subscription_item") if row[0] == "sub_009"] == [42]
    warm.pull(source, NOW + 760)
    assert asked(server)[3:] == LISTENED


def test_many_changes_of_one_object_fetch_it_once_and_late_events_count(server, source, warm, change):
    for name in ("One", "Two"):
        change("POST", "/v1/customers/cus_005", name=name)
    warm.pull(source, NOW + 60)
    change("POST", "/v1/customers/cus_006", name="Three")
    events = server.world.standins["stripe"].store.shelves["events"]
    for event in events.records.values():
        event["created"] = NOW  # the third arrives in a second that was already read
    server.world.requests.clear()
    warm.pull(source, NOW + 120)
    assert asked(server) == [*LISTENED, ("GET", "/v1/customers/cus_006")]
    names = {key: row["name"] for key, row in warm.records("stripe.customer").items()}
    assert (names["cus_005"], names["cus_006"]) == ("Two", "Three")


def test_a_cancelled_subscription_and_a_deleted_customer(source, warm, change):
    change("DELETE", "/v1/subscriptions/sub_010")
    change("DELETE", "/v1/customers/cus_011")
    warm.pull(source, NOW + 60)
    subscriptions = warm.records("stripe.subscription")
    assert (subscriptions["sub_010"]["status"], subscriptions["sub_011"]["status"]) == ("canceled", "canceled")
    gone = warm.records("stripe.customer")["cus_011"]
    assert (gone["deleted"], gone["name"]) == (True, "Company 11")


def test_a_deleted_coupon_keeps_its_terms(source, warm, change):
    change("DELETE", "/v1/coupons/FOREVER")
    warm.pull(source, NOW + 60)
    told = warm.records("stripe.coupon")["FOREVER"]
    for heard in warm.cursor["heard"]:
        heard["mark"] -= HORIZON  # everything is listed again
    warm.pull(source, NOW + 120)
    assert warm.records("stripe.coupon")["FOREVER"] == told == {
        "id": "FOREVER", "name": "Friends", "percent_off": Decimal("12.5"), "amount_off": None, "currency": None,
        "duration": "forever", "deleted": True,
    }  # fmt: skip


def test_a_cursor_from_before_invoices_were_read_reads_everything(source, warm):
    kept = Kept(source.tables)
    kept.cursor = {"mark": NOW - 60, "seen": ["evt_1"], "sweeps": ["customer"], "after": "cus_150"}
    kept.pull(source, NOW)
    assert kept.all() == warm.all()


def test_an_object_that_vanished_after_its_event_is_no_error(server, source, warm, change):
    change("POST", "/v1/products", name="Fleeting", id="prod_x")
    server.world.standins["stripe"].store.shelves["products"].remove("prod_x")
    warm.pull(source, NOW + 60)
    assert "prod_x" not in warm.records("stripe.product")


def test_many_changed_objects_of_a_kind_are_listed(server, source, warm, change):
    for number in range(MANY + 1):
        change("POST", f"/v1/customers/cus_{number:03}", name=f"New {number}")
    server.world.requests.clear()
    warm.pull(source, NOW + 60)
    paths = [path for _, path in asked(server)]
    assert paths == ["/v1/events"] * 3 + ["/v1/customers"] * 3 + ["/v1/coupons"]
    assert warm.records("stripe.customer")["cus_100"]["name"] == "New 100"


def test_after_a_month_everything_is_listed_and_what_is_gone_is_dropped(server, source, warm):
    server.world.clock.advance(40 * DAY)
    server.world.standins["stripe"].store.shelves["customers"].remove("cus_020")
    server.world.requests.clear()
    warm.pull(source, NOW + 40 * DAY)
    assert ("GET", "/v1/prices") in asked(server)
    assert "cus_020" not in warm.records("stripe.customer")
    assert len(warm.rows("stripe.customer")) == 249


def test_changes_during_the_sweep_are_not_missed(source, change):
    kept = Kept(source.tables)
    for number, page in enumerate(source.pull({}, NOW)):
        kept.add(page)
        if number == 5:
            change("POST", "/v1/customers", name="Newcomer")
            change("POST", "/v1/customers/cus_249", name="Renamed")
    names = {row["name"] for row in kept.records("stripe.customer").values()}
    assert {"Newcomer", "Renamed"} <= names
    assert len(names) == 251


@pytest.mark.parametrize("fault", [{"status": 429}, {"status": 500}, {"kind": "reset"}, {"kind": "truncate"}])
def test_faults_at_a_rate_change_nothing(server, source, warm, fault):
    server.world.faults.append(Fault(rate=0.3, seed=7, **fault))
    kept = Kept(source.tables)
    kept.pull(source, NOW)
    assert kept.all() == warm.all()


def test_the_limits_of_the_vendor_are_kept():
    clock = Clock(NOW)
    with Server(World([StripeStandin(clock)], clock)) as limited:
        limited.world.load({"stripe": company()})
        source = Stripe(TEST_KEY, limited.urls["stripe"])
        Kept(source.tables).pull(source, NOW)
        assert {call["status"] for call in limited.world.requests} == {200}


def test_a_wrong_key_is_told_without_the_key(server):
    source = Stripe("sk_test_canary_4711", server.urls["stripe"], patience=FAST)
    sentence = "stripe: the credential is not accepted: GET /v1/account was answered 401"
    with pytest.raises(CredentialRefused, match=sentence) as told:
        source.check()
    assert "canary_4711" not in str(told.value)
    assert told.value.request_id.startswith("req_")


def test_check_names_the_account(source, server):
    assert source.check()
    assert asked(server) == [("GET", "/v1/account")]


def test_an_unreachable_host():
    source = Stripe(TEST_KEY, "http://127.0.0.1:1", pace=Pace(), patience=FAST)
    with pytest.raises(Unreachable, match=r"stripe: 127\.0\.0\.1:1 cannot be reached"):
        list(source.pull({}, NOW))


def test_what_is_asked_is_pinned_to_one_version(server, source):
    seen = []
    standin = server.world.standins["stripe"]
    admit = standin.admit
    standin.admit = lambda call: seen.append(call.headers["stripe-version"]) or admit(call)
    Kept(source.tables).pull(source, NOW)
    assert set(seen) == {"2026-05-27.dahlia"}


def test_cursors_are_plain_json(source):
    assert all(msgspec.json.decode(msgspec.json.encode(page.cursor)) == page.cursor for page in source.pull({}, NOW))
