"""Stripe's side of the made-up company: every customer's subscriptions, by the account's fate."""

# ruff: noqa: PLR0913, PLR0917  (a subscription has that many sides)
from __future__ import annotations

from typing import TYPE_CHECKING

from syncer.sandbox.company.catalog import (
    BY_KEY,
    OFFER_BY_KEY,
    PLANS,
    Plan,
    catalog_records,
    coupon_id,
    price_id,
)
from syncer.sandbox.company.chance import Chance
from syncer.sandbox.company.invoices import invoices
from syncer.sandbox.shapes import Record, stripe
from syncer.sandbox.shapes.dates import DAY, add_months, billing_period

if TYPE_CHECKING:
    from collections.abc import Sequence

    from syncer.sandbox.company.accounts import Account
    from syncer.sandbox.company.identity import Identity

CATALOG_SINCE = 1_577_836_800  # 2020-01-01

BASKETS: dict[str, int] = {
    "starter": 9,
    "starter_year": 5,
    "starter_week": 2,
    "team": 18,
    "team_year": 12,
    "team_quarter": 4,
    "business": 10,
    "business_year": 5,
    "scale": 7,
    "scale_half": 2,
    "contacts": 4,
    "messages": 4,
    "events": 4,
    "starter+api": 4,
    "team+storage": 2,
    "team+support_year": 2,
    "sandbox_day": 1,
    "bundle": 2,
    "free": 3,
}
"""What a main subscription holds; `bundle` is Team with all twelve add-ons, more items than Stripe shows inline."""

BUNDLE = [BY_KEY["team"], *(plan for plan in PLANS if plan.key.startswith("addon_"))]

SECONDS = {"": 78, "support": 8, "api": 4, "events": 2, "ended": 8}
"""What else a customer has: a second running subscription, or one that ended when the main one began."""

EARLIER = 400 * DAY
"""How long the ended one ran."""

DISCOUNTS = {
    "": 68,
    "partner": 7,
    "ngo": 2,
    "launch": 4,
    "welcome": 3,
    "loyal": 4,
    "settle": 2,
    "team_only": 3,
    "item:partner": 3,
    "customer:ngo": 2,
    "launch+loyal": 2,
}
"""Coupons on the subscription, on its first item or on the customer."""

ENDED = ("left", "gone")
STATUSES = {
    "left": "canceled",
    "gone": "canceled",
    "trialing": "trialing",
    "past_due": "past_due",
    "paused": "paused",
    "unpaid": "unpaid",
    "incomplete": "incomplete",
    "incomplete_expired": "incomplete_expired",
}
PAUSES = ("keep_as_draft", "mark_uncollectible", "void")
DUE_DAYS = 7

TAXES = {
    "eur": [stripe.tax_rate("txr_1SandboxVat19", 19, "DE", inclusive=True)],
    "usd": [stripe.tax_rate("txr_1SandboxSales", 8.25, "US", inclusive=False)],
}
TAXED_EVERY, SIGNED_EVERY = 11, 3
"""Every 11th account that pays in euros or dollars pays tax on its main subscription; every third signed an order for it."""


def stripe_records(accounts: list[Account], identities: list[Identity], seed: int, as_of: int) -> dict[str, list[Record]]:
    books = _Books(Chance(seed, "billing"), as_of)
    known = zip(accounts, identities, strict=True)
    customers = [(account, identity) for account, identity in known if identity.customer_id]
    deals = (books.chance.deal(len(customers), shares) for shares in (BASKETS, SECONDS, DISCOUNTS))
    for (account, identity), basket, second, discount in zip(customers, *deals, strict=True):
        books.add_customer(account, identity, discount, account.since - (EARLIER if second == "ended" else 2 * DAY))
        books.add_past(account, identity)
        if account.fate != "bare":
            books.add_main(account, identity, basket, "" if discount.startswith("customer:") else discount)
            if second and account.fate not in ("trialing", "incomplete", "incomplete_expired", "gone"):
                books.add_second(account, identity, second)
    return {
        **catalog_records(CATALOG_SINCE),
        "customers": books.customers,
        "subscriptions": books.subscriptions,
        "invoices": books.invoices,
    }


def _plans(basket: str) -> list[Plan]:
    return [BY_KEY[key] for key in basket.split("+")]


class _Books:
    """Customers and subscriptions as they are written down."""

    def __init__(self, chance: Chance, as_of: int) -> None:
        self.chance = chance
        self.as_of = as_of
        self.customers: list[Record] = []
        self.subscriptions: list[Record] = []
        self.invoices: list[Record] = []

    def add_customer(self, account: Account, identity: Identity, discount: str, created: int) -> None:
        assert identity.customer_id  # noqa: S101  (prospects do not come here)
        where, _, offer = discount.rpartition(":")
        on_customer = None
        if where == "customer":
            on_customer = self._discount(offer, account.currency, account.since, identity.customer_id)
        self.customers.append(
            stripe.customer(
                identity.customer_id,
                created,
                name=account.name,
                email=identity.email,
                currency=None if account.fate == "bare" else account.currency,
                metadata=identity.metadata,
                delinquent=account.fate in ("past_due", "unpaid"),
                discount=on_customer,
            )
        )

    def add_past(self, account: Account, identity: Identity) -> None:
        """The older customer of an account that was merged, or the one that was deleted."""
        if not identity.past:
            return
        customer_id, since = self.chance.stripe_id("cus"), account.since - 200 * DAY
        if identity.past == "deleted":
            self.customers.append(stripe.deleted_customer(customer_id))
            return
        currency = "usd" if account.currency == "eur" else "eur"
        self.customers.append(
            stripe.customer(
                customer_id,
                since,
                name=account.name,
                email=identity.email,
                metadata=identity.metadata,
                currency=currency if identity.past == "merged_paying" else None,
            )
        )
        if identity.past == "merged_paying":
            self._add(customer_id, currency, since, _plans("starter"), account.seats, "active")

    def add_main(self, account: Account, identity: Identity, basket: str, discount: str) -> None:
        self._add(
            str(identity.customer_id),
            account.currency,
            account.since,
            BUNDLE if basket == "bundle" else _plans(basket),
            account.seats,
            STATUSES.get(account.fate, "active"),
            account=account,
            discount=discount,
        )

    def add_second(self, account: Account, identity: Identity, second: str) -> None:
        """It ends with the main one where that has ended."""
        since, ends = account.since + 30 * DAY, account.asked if account.fate in ENDED else None
        if second == "ended":
            since, ends, second = account.since - EARLIER, account.since, "starter"
        self._add(
            str(identity.customer_id),
            account.currency,
            since,
            _plans(second),
            account.seats,
            "canceled" if ends else "active",
            ends=ends,
        )

    def _add(
        self,
        customer_id: str,
        currency: str,
        start: int,
        plans: Sequence[Plan],
        seats: int,
        status: str,
        *,
        account: Account | None = None,
        discount: str = "",
        ends: int | None = None,
    ) -> None:
        subscription_id = self.chance.stripe_id("sub")
        ends = account.asked if account and account.fate in ENDED else ends
        trial = (start, start + 14 * DAY) if status in ("trialing", "paused") else None
        at = ends - 1 if ends else self.as_of
        items = []
        for plan in plans:
            period = trial if trial and trial[1] > at else billing_period(start, plan.interval, plan.count, at)
            item_id, price, quantity = self.chance.stripe_id("si"), price_id(plan, currency), plan.quantity(seats)
            items.append(stripe.item(item_id, subscription_id, price, quantity, start, period))
        changed: dict[str, object] = {}
        if len({(plan.interval, plan.count) for plan in plans}) > 1:
            changed["billing_mode"] = {"flexible": {"proration_discounts": "included"}, "type": "flexible"}
        if trial:
            changed |= {"trial_start": trial[0], "trial_end": trial[1]}
        if ends:
            changed |= {"canceled_at": ends, "ended_at": ends}
        if status == "incomplete_expired":
            changed["ended_at"] = start + 23 * 3600
        if account:
            changed |= self._leaving(account, items) | self._pause(account) | self._terms(account, items)
        if discount:
            changed |= self._discounts(discount, currency, start, customer_id, subscription_id, items)
        record = stripe.subscription(subscription_id, customer_id, currency, status, start, items, **changed)
        billed = invoices(record, seats, self.as_of)
        record["latest_invoice"] = billed[-1]["id"]
        self.subscriptions.append(record)
        self.invoices += billed

    def _terms(self, account: Account, items: list[Record]) -> dict[str, object]:
        """Tax, the order that it was signed by, and a transfer that is overdue where a past-due customer does not pay by card."""
        terms: dict[str, object] = {}
        if account.number % TAXED_EVERY == 0 and account.currency in TAXES:
            terms["default_tax_rates"] = TAXES[account.currency]
        if account.number % SIGNED_EVERY == 0:
            terms["metadata"] = {"order": f"SO-{account.number:05d}", "channel": "partner" if account.number % 2 else "direct"}
        billed = max(item["current_period_start"] for item in items)
        if account.fate == "past_due" and account.number % 2 and billed + DUE_DAYS * DAY < self.as_of:
            terms |= {"collection_method": "send_invoice", "days_until_due": DUE_DAYS}
        return terms

    def _leaving(self, account: Account, items: list[Record]) -> dict[str, object]:
        """Asked to cancel: most at the period's end, some on a day of their own."""
        if account.fate != "leaving":
            return {}
        at_end = self.chance.random() < 0.7
        leaves = min(item["current_period_end"] for item in items) if at_end else self.as_of + 45 * DAY
        reason = {"comment": None, "feedback": "unused", "reason": "cancellation_requested"}
        return {
            "cancel_at_period_end": at_end,
            "cancel_at": leaves,
            "canceled_at": account.asked,
            "cancellation_details": reason,
        }

    def _pause(self, account: Account) -> dict[str, object]:
        if account.fate != "collection_paused":
            return {}
        return {"pause_collection": {"behavior": PAUSES[account.number % 3], "resumes_at": self.as_of + 60 * DAY}}

    def _discounts(
        self,
        discount: str,
        currency: str,
        start: int,
        customer_id: str,
        subscription_id: str,
        items: list[Record],
    ) -> dict[str, object]:
        where, _, offers = discount.rpartition(":")
        made = [
            self._discount(offer, currency, start, customer_id, subscription_id, items[0]["id"] if where else None)
            for offer in offers.split("+")
        ]
        if where == "item":
            items[0]["discounts"] = made
            return {}
        return {"discounts": made}

    def _discount(
        self,
        offer_key: str,
        currency: str,
        start: int,
        customer_id: str,
        subscription_id: str | None = None,
        item_id: str | None = None,
    ) -> Record:
        """A repeating coupon was granted some weeks ago: what has run out, Stripe takes off."""
        offer = OFFER_BY_KEY[offer_key]
        granted = max(start, self.as_of - self.chance.randrange(5, 80) * DAY) if offer.months else start
        return stripe.discount(
            self.chance.stripe_id("di"),
            coupon_id(offer, currency),
            granted,
            add_months(granted, offer.months) if offer.months else None,
            customer_id=customer_id,
            subscription_id=subscription_id,
            item_id=item_id,
        )
