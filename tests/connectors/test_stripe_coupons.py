"""Coupons that were deleted at Stripe before anybody looked, and whose discounts go on."""

from decimal import Decimal

import pytest
from kept import Kept
from stripe_books import DAY, NOW, asked, items_of

from syncer.sandbox.server import Fault
from syncer.sandbox.shapes import stripe as shape

GONE = [(f"GONE_{place}", Decimal(percent)) for place, percent in enumerate((10, 20, 30))]


@pytest.fixture
def abandoned(server):
    """Coupons deleted before anybody looked: on a customer, on two subscriptions (with another one), on an item."""
    old, whose = NOW - 90 * DAY, {"customer_id": "cus_009"}
    coupons = [shape.coupon(name, "Gone", old, duration="forever", percent=float(off), products=["prod_a"]) for name, off in GONE]
    given = [shape.discount(f"di_{name}", name, old, None, **whose) for name, _ in GONE]
    alive = shape.discount("di_off", "OFF", old, None, **whose)
    customer = shape.customer("cus_009", old, name="Nine", email="", discount=given[0])
    item = items_of("sub_009", 1)[0] | {"discounts": [given[2]]}
    subscriptions = [
        shape.subscription("sub_009", "cus_009", "usd", "active", old, [item], discounts=[alive, given[1]]),
        shape.subscription("sub_008", "cus_009", "usd", "active", old, items_of("sub_008", 1), discounts=[given[1]]),
    ]
    dead = [coupon | {"deleted": True} for coupon in coupons]
    server.world.load({"stripe": {"customers": [customer], "subscriptions": subscriptions, "coupons": dead}})
    return {name: {"percent_off": off, "deleted": True} for name, off in GONE}


def gone_coupons(kept):
    rows = kept.records("stripe.coupon")
    return {name: {key: rows[name][key] for key in ("percent_off", "deleted")} for name, _ in GONE if name in rows}


def test_coupons_deleted_before_the_first_pull_are_read_once_from_a_holder(server, source, abandoned):
    kept = Kept(source.tables)
    kept.pull(source, NOW)
    assert gone_coupons(kept) == abandoned
    assert {(name, "prod_a") for name, _ in GONE} <= set(kept.rows("stripe.coupon_product"))
    assert {row["deleted"] for name, row in kept.records("stripe.coupon").items() if name in {"OFF", "FOREVER"}} == {False}
    holders = [path for _, path in asked(server) if path.count("/") == 3]
    assert holders == ["/v1/customers/cus_009", "/v1/subscriptions/sub_009", "/v1/subscription_items/si_sub_009_000"]


def test_a_resumed_pull_takes_no_listed_coupon_for_a_deleted_one(source, abandoned):
    whole = Kept(source.tables)
    pages = whole.pull(source, NOW)
    for most in range(1, pages):
        kept = Kept(source.tables)
        kept.pull(source, NOW, most)
        kept.pull(source, NOW)
        assert kept.rows("stripe.coupon") == whole.rows("stripe.coupon")


def test_a_holder_that_vanishes_leaves_its_coupon_unknown(server, source, abandoned):
    server.world.faults.append(Fault(path="/v1/subscription_items/", status=404))
    kept = Kept(source.tables)
    kept.pull(source, NOW)
    assert gone_coupons(kept) == {name: terms for name, terms in abandoned.items() if name != "GONE_2"}
