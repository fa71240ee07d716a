"""A Stripe account behind its stand-in, and somebody at work in it."""

from contextlib import contextmanager
from decimal import Decimal

from syncer.connectors.stripe import Stripe
from syncer.sandbox.server import Clock, Server, World
from syncer.sandbox.shapes import stripe as shape
from syncer.sandbox.stripe import TEST_KEY, StripeStandin
from syncer.tools.http import Http, Patience
from syncer.tools.pace import Pace

NOW = 1_790_000_000
DAY = 86_400
FAST = Patience(attempts=12, first=0, most=0)


def items_of(subscription_id, count):
    period = (NOW - DAY, NOW + DAY)
    return [shape.item(f"si_{subscription_id}_{n:03}", subscription_id, "price_flat", n + 1, NOW - DAY, period) for n in range(count)]


def company():
    """A price of each shape, 250 customers with a subscription each, one with 25 items and one with 120."""
    old = NOW - 90 * DAY
    forever = shape.coupon("FOREVER", "Friends", old, duration="forever", percent=12.5)
    off = shape.coupon("OFF", "Ten off", old, duration="once", amount=1000, currency="usd", products=["prod_a"])
    whose = {"customer_id": "cus_000", "subscription_id": "sub_000"}
    customers = [
        shape.customer(f"cus_{n:03}", old + n, name=f"Company {n}", email=f"ann@Company{n}.example", currency="usd") for n in range(250)
    ]
    customers[0] |= {
        "email": "Joe@gmail.com",
        "metadata": {"crm_id": "001", "account_id": "acme"},
        "discount": shape.discount("di_c", "FOREVER", old, None, customer_id="cus_000"),
    }
    subscriptions = [
        shape.subscription(f"sub_{n:03}", f"cus_{n:03}", "usd", "active", old + n, items_of(f"sub_{n:03}", 1)) for n in range(250)
    ]
    subscriptions[0] |= {
        "items": {"object": "list", "data": [
            shape.item(
                "si_a", "sub_000", "price_tiers", 7, old, (NOW - DAY, NOW + DAY),
                discounts=[shape.discount("di_i", "OFF", old, old + DAY, item_id="si_a", **whose)],
            ),
            shape.item("si_b", "sub_000", "price_metered", None, old, (NOW - DAY, NOW + DAY)),
        ]},
        "discounts": [
            shape.discount("di_1", "FOREVER", old, None, **whose), shape.discount("di_2", "OFF", old, None, **whose),
        ],
        "pause_collection": {"behavior": "void", "resumes_at": None}, "cancel_at": NOW + DAY,
    }  # fmt: skip
    subscriptions[1] |= {"status": "canceled", "ended_at": NOW - 5, "canceled_at": NOW - 9}
    subscriptions[2]["items"]["data"] = items_of("sub_002", 25)
    subscriptions[3]["items"]["data"] = items_of("sub_003", 120)

    def price(price_id, product_id, **more):
        return shape.price(price_id, product_id, "usd", old, nickname="N", interval="month", **more)

    tiers = [shape.tier(5, Decimal("0.5"), Decimal(100)), shape.tier(None, Decimal(1))]
    return {
        "products": [shape.product("prod_a", "Team", old), shape.product("prod_b", "Extra", old)],
        "prices": [
            price("price_flat", "prod_a", unit=Decimal(1900)),
            price("price_tiers", "prod_a", tiers_mode="graduated", tiers=tiers),
            price("price_metered", "prod_b", unit=Decimal("0.000000000001"), meter="mtr"),
            price("price_packs", "prod_b", interval_count=3, unit=Decimal(500), divide_by=10),
        ],
        "coupons": [forever, off],
        "customers": customers,
        "subscriptions": subscriptions,
    }  # fmt: skip


@contextmanager
def serving():
    with Server(World([StripeStandin(Clock(NOW), limits=False)], Clock(NOW))) as running:
        running.world.clock = running.world.standins["stripe"].clock
        running.world.load({"stripe": company()})
        yield running


def connector(server):
    return Stripe(TEST_KEY, server.urls["stripe"], pace=Pace(), patience=FAST)


def changes(server):
    """What carries out a call."""
    http = Http("stripe", server.urls["stripe"], auth=lambda: {"authorization": f"Bearer {TEST_KEY}"})

    def change(method, path, **form):
        return http.request(method, path, form=form, repeatable=True, into=dict).value

    return change


def asked(server):
    return [(call["method"], call["path"]) for call in server.world.requests]


LISTENED = [("GET", "/v1/events")] * 2
