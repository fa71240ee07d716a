"""A small Stripe account whose months are known by hand, known to both CRMs: each customer is named for what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from stage import Act, Stage, open_stage, plain

from syncer.sandbox.shapes import stripe
from syncer.sandbox.shapes.crm import hubspot_company, salesforce_account
from syncer.tools.engine import Engine
from syncer.words import when

AS_OF = when.epoch("2026-09-20T09:00:00Z")
MADE = when.epoch("2026-05-01")
HOUR, DAY = 3_600, 86_400
PRICES = {"seat": 1_000, "gift": 0, "huge": 1_234_567_890_123}

CUSTOMERS: dict[str, dict[str, Any]] = {
    "steady": {"begins": "2026-06-10"},
    "grows": {"begins": "2026-07-15", "seats": 2},
    "shrinks": {"begins": "2026-07-05", "seats": 3, "tries_until": "2026-08-05"},
    "leaves": {"begins": "2026-06-20"},
    "returns": {"begins": "2026-06-01", "ended": "2026-08-10"},
    "lost": {"begins": "2026-06-25", "ended": "2026-09-12"},
    "fresh": {"begins": "2026-09-05"},
    "free": {"begins": "2026-08-01", "price": "gift"},
    "unknown": {"begins": "2026-08-15", "price": "huge"},
    "comes": {},
    "never": {},
}
"""A seat is 10.00 dollars a month, a gift costs nothing, and nobody can compute with what is huge."""

BOOK: dict[str, dict[str, int | None]] = {
    "2026-06": {"steady": 1_000, "leaves": 1_000, "returns": 1_000, "lost": 1_000},
    "2026-07": {"steady": 1_000, "grows": 2_000, "leaves": 1_000, "returns": 1_000, "lost": 1_000},
    "2026-08": {
        "steady": 1_000, "grows": 2_000, "shrinks": 3_000, "leaves": 1_000, "returns": 0, "lost": 1_000, "free": 0, "unknown": None,
    },
    "2026-09": {
        "steady": 1_000, "grows": 2_000, "shrinks": 3_000, "leaves": 1_000, "lost": 0, "fresh": 1_000, "free": 0, "unknown": None,
    },
}  # fmt: skip
"""What each month ended with, in cents: the last as it is at AS_OF. Who left has a 0 once."""


def records() -> Any:
    objects: dict[str, list[Any]] = {"products": [stripe.product("prod", "Plan", MADE)], "customers": [], "subscriptions": []}
    objects["prices"] = [
        stripe.price(f"price_{name}", "prod", "usd", MADE, nickname=name, interval="month", unit=Decimal(amount))
        for name, amount in PRICES.items()
    ]
    about = {"owner": 1, "country": "US", "employees": 9}
    accounts, companies = [], []
    for number, (name, told) in enumerate(CUSTOMERS.items()):
        metadata = {"account_id": name}
        objects["customers"].append(
            stripe.customer(f"cus_{name}", MADE, name=name, email=f"x@{name}.example", currency="usd", metadata=metadata)
        )
        if told:
            objects["subscriptions"].append(_subscription(name, **told))
        accounts.append(salesforce_account(number, name, MADE, **about, industry="Media", website=None, account_key=name))
        companies.append(hubspot_company(number, name, MADE, **about, industry="MEDIA", domain=None, account_key=name))
    return {"stripe": objects, "salesforce": {"Account": accounts}, "hubspot": {"companies": companies}}


def _subscription(
    name: str, begins: str, *, seats: int = 1, price: str = "seat", tries_until: str | None = None, ended: str | None = None
) -> Any:
    start, end = when.epoch(begins), ended and when.epoch(ended)
    item = stripe.item(f"si_{name}", f"sub_{name}", f"price_{price}", seats, start, (AS_OF - 9 * DAY, AS_OF + 365 * DAY))
    changed = {"trial_start": start, "trial_end": when.epoch(tries_until)} if tries_until else {}
    changed |= {"canceled_at": end, "ended_at": end} if end else {}
    return stripe.subscription(f"sub_{name}", f"cus_{name}", "usd", "canceled" if end else "active", start, [item], **changed)


@contextmanager
def months_stage(folder: Path) -> Iterator[Stage]:
    with open_stage(folder, records(), AS_OF) as stage:
        stage.settings |= stage.without("mixpanel", "zendesk")
        yield stage


def happenings(stage: Stage) -> None:
    """What becomes of those that are named for it."""
    stage.stripe("POST", "/v1/subscriptions/sub_grows", **{"items[0][id]": "si_grows", "items[0][quantity]": "5"})
    stage.stripe("POST", "/v1/subscriptions/sub_shrinks", **{"items[0][id]": "si_shrinks", "items[0][quantity]": "1"})
    stage.stripe("DELETE", "/v1/subscriptions/sub_leaves")
    for name in ("returns", "comes"):
        stage.stripe("POST", "/v1/subscriptions", **{"customer": f"cus_{name}", "items[0][price]": "price_seat"})


def history(stage: Stage) -> dict[str, dict[str, int | None]]:
    """What the store has of each month: customer → cents."""
    found: dict[str, dict[str, int | None]] = {}
    for month, customer, amount, *_ in rows(stage):
        found.setdefault(month, {})[customer.removeprefix("cus_")] = amount
    return found


def rows(stage: Stage) -> list[tuple[Any, ...]]:
    """history.mrr: month, customer, minor units, free, kind."""
    with stage.run() as run, closing(Engine(run.store)) as engine:
        engine.bind(run.tables(), run.store.latest())
        return engine.rows("SELECT month, customer_id, mrr_minor, free, kind FROM history.mrr ORDER BY ALL")


def shown(act: Act, crm: str, *fields: str) -> dict[str, tuple[str | None, ...]]:
    """These fields of every record, by its name."""
    names = {"salesforce": lambda field: field, "hubspot": lambda field: "syncer_" + field.removesuffix("__c").lower()}[crm]
    label = {"salesforce": "Name", "hubspot": "name"}[crm]
    return {values[label]: tuple(plain(values[names(field)]) for field in fields) for values in act.after[crm].values()}
