"""A small Stripe account, written by hand, behind a stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
import stripe

from syncer.sandbox.server import Clock, Server, World
from syncer.sandbox.stripe import TEST_KEY, StripeStandin

NOW = 1_790_000_000  # 2026-09-21
DAY = 86_400

stripe.enable_telemetry = False


@dataclass
class Account:
    """The stand-in, its address, and two ways to call it."""

    standin: StripeStandin
    url: str

    def client(self, key: str = TEST_KEY) -> stripe.StripeClient:
        return stripe.StripeClient(key, base_addresses={"api": self.url})

    def call(
        self,
        method: str,
        path: str,
        *,
        key: str = TEST_KEY,
        headers: dict[str, str] | None = None,
        **rest: Any,
    ) -> requests.Response:
        with requests.Session() as session:
            session.trust_env = False
            given = {"Authorization": f"Bearer {key}", **(headers or {})}
            return session.request(method, self.url + path, headers=given, timeout=10, **rest)

    def get(self, path: str, **params: Any) -> Any:
        answer = self.call("GET", path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refusal(self, method: str, path: str, **rest: Any) -> tuple[int, dict[str, Any]]:
        answer = self.call(method, path, **rest)
        return answer.status_code, answer.json()["error"]


def price(price_id: str, amount: int | None, *, interval: str = "month", **more: Any) -> dict[str, Any]:
    return {
        "id": price_id,
        "created": NOW - 400 * DAY,
        "currency": "usd",
        "product": "prod_team",
        "type": "recurring",
        "recurring": {"interval": interval, "interval_count": 1, "meter": None, "usage_type": "licensed"},
        "unit_amount": amount,
        "unit_amount_decimal": None if amount is None else str(amount),
        **more,
    }


def discount(discount_id: str, coupon: str, **more: Any) -> dict[str, Any]:
    return {
        "id": discount_id,
        "object": "discount",
        "checkout_session": None,
        "customer": None,
        "customer_account": None,
        "end": None,
        "invoice": None,
        "invoice_item": None,
        "promotion_code": None,
        "subscription": None,
        "subscription_item": None,
        "source": {"type": "coupon", "coupon": coupon},
        "start": NOW - 30 * DAY,
        **more,
    }


def subscription(number: int, customer: str, items: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    subscription_id = f"sub_{number:03d}"
    period = {"current_period_start": NOW - 10 * DAY, "current_period_end": NOW + 20 * DAY, "created": NOW - 100 * DAY}
    data = [{"id": f"si_{number:03d}_{place}", **period, **item} for place, item in enumerate(items)]
    created = NOW - 100 * DAY + number * 3600
    return {
        "id": subscription_id,
        "created": created,
        "start_date": created,
        "billing_cycle_anchor": created,
        "customer": customer,
        "items": {"object": "list", "data": data},
        **more,
    }


TIERS = [
    {"flat_amount": None, "flat_amount_decimal": None, "unit_amount": 500, "unit_amount_decimal": "500", "up_to": 10},
    {
        "flat_amount": 1000,
        "flat_amount_decimal": "1000",
        "unit_amount": None,
        "unit_amount_decimal": "399.5",
        "up_to": None,
    },
]
LINE = {
    "id": "il_1",
    "object": "line_item",
    "amount": 1900,
    "currency": "usd",
    "discountable": True,
    "discounts": [],
    "livemode": False,
    "metadata": {},
    "period": {"start": NOW - DAY, "end": NOW},
    "subtotal": 1900,
}


def records(customers: int = 23) -> dict[str, list[dict[str, Any]]]:
    """The last of the 23 customers has a live and a canceled subscription, cus_001 one of 12 items."""
    seat = {"price": "price_seat", "quantity": 3}
    return {
        "customers": [
            {
                "id": f"cus_{n:03d}",
                "created": NOW - 200 * DAY + n // 2,
                "name": f"Company {n}",
                "email": f"billing@c{n}.example",
                "currency": "usd",
                "metadata": {"crm_id": f"001{n:03d}"},
            }
            for n in range(customers)
        ],
        "products": [{"id": "prod_team", "created": NOW - 400 * DAY, "updated": NOW - 400 * DAY, "name": "Team"}],
        "prices": [
            price("price_seat", 1900),
            price("price_year", 19000, interval="year"),
            price("price_tiers", None, billing_scheme="tiered", tiers_mode="graduated", tiers=TIERS),
            price("price_once", 500, type="one_time", recurring=None),
        ],
        "coupons": [
            {
                "id": "TENOFF",
                "created": NOW - 50 * DAY,
                "percent_off": 10.0,
                "duration": "forever",
                "applies_to": {"products": ["prod_team"]},
            }
        ],
        "subscriptions": [
            subscription(0, "cus_001", [{"price": "price_seat", "quantity": n} for n in range(12)]),
            subscription(
                1,
                "cus_002",
                [{**seat, "discounts": [discount("di_item", "TENOFF")]}],
                discounts=[discount("di_sub", "TENOFF", customer="cus_002")],
                latest_invoice="in_1",
            ),
            subscription(
                2, "cus_022", [{"price": "price_tiers", "quantity": 40}], status="trialing", trial_start=NOW - DAY, trial_end=NOW + DAY
            ),
            subscription(3, "cus_022", [seat], status="canceled", canceled_at=NOW - DAY, ended_at=NOW - DAY),
        ],
        "invoices": [
            {
                "id": "in_1",
                "created": NOW - DAY,
                "customer": "cus_002",
                "total": 1900,
                "amount_due": 1900,
                "amount_paid": 1900,
                "lines": {"object": "list", "data": [LINE], "has_more": False, "url": "/v1/invoices/in_1/lines"},
                "parent": {
                    "type": "subscription_details",
                    "quote_details": None,
                    "subscription_details": {"metadata": None, "subscription": "sub_001"},
                },
            }
        ],
    }


@contextmanager
def running(*, limits: bool = False, customers: int = 23) -> Iterator[Account]:
    clock = Clock(NOW)
    standin = StripeStandin(clock, limits=limits)
    standin.load(records(customers))
    with Server(World([standin], clock)) as server:
        yield Account(standin, server.urls["stripe"])
