"""What the made-up company has billed: each subscription's first invoice and those of the last 14 months.

At the start of a period an invoice charges the period that begins, and the use of metered items in the one that ended. A daily
subscription is billed for the last two months. Left out: discounts, taxes, prorations, payments tried again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from syncer.sandbox.company.catalog import BY_KEY, CURRENCIES, PLANS, Plan, minor, price_id
from syncer.sandbox.shapes import Record, stripe
from syncer.sandbox.shapes.dates import DAY, add_months

HISTORY = {"day": 60 * DAY, "week": 425 * DAY, "month": 425 * DAY, "year": 425 * DAY}
DRAFT_FOR = 3600
"""An invoice is a draft for about an hour, then it is paid at once."""

USE = {"api": 3000, "storage": 4}
"""Metered units per seat and period, give or take a tenth."""


NEWEST = {"past_due": "open", "unpaid": "open", "incomplete": "open", "incomplete_expired": "void"}
PAUSED = {"keep_as_draft": "draft", "mark_uncollectible": "uncollectible", "void": "void"}
"""What became of the newest invoice, by the subscription's status or by how its collection is paused; all others are paid."""

NEVER_RENEWED = ("trialing", "paused", "incomplete", "incomplete_expired")
PLAN_OF = {price_id(plan, currency): plan for plan in PLANS for currency in CURRENCIES}


@dataclass(frozen=True, slots=True)
class _Share:
    """What an item adds to an invoice: its period of that number begins."""

    item_id: str
    plan: Plan
    quantity: int | None
    number: int


def invoices(subscription: Record, seats: int, as_of: int) -> list[Record]:
    """Of one subscription, oldest first."""
    billed: dict[int, list[_Share]] = defaultdict(list)
    for item in subscription["items"]["data"]:
        plan = PLAN_OF[item["price"]]
        for number, start in _periods(subscription, plan, as_of):
            billed[start].append(_Share(item["id"], plan, item.get("quantity"), number))
    books = _Books(subscription, seats)
    newest, due_days = max(billed), subscription["days_until_due"]
    return [
        stripe.invoice(
            f"in_{books.suffix}{place:03d}",
            subscription["customer"],
            subscription["currency"],
            _newest_status(subscription) if start == newest else "paid",
            start,
            [] if subscription["trial_end"] else books.lines(billed[start], f"il_{books.suffix}{place:03d}"),
            books.parent,
            settled=min(start + DRAFT_FOR, as_of),
            due=start + due_days * DAY if due_days else None,
        )
        for place, start in enumerate(sorted(billed))
    ]


def _newest_status(subscription: Record) -> str:
    pause = subscription["pause_collection"]
    return PAUSED[pause["behavior"]] if pause else NEWEST.get(subscription["status"], "paid")


def _periods(subscription: Record, plan: Plan, as_of: int) -> Iterator[tuple[int, int]]:
    """Number and start of each period that is billed: the first, and those of the last months."""
    number, start = 0, subscription["start_date"]
    until = start if subscription["status"] in NEVER_RENEWED else (subscription["ended_at"] or as_of + 1) - 1
    while start <= until:
        if number == 0 or start >= as_of - HISTORY[plan.interval]:
            yield number, start
        number += 1
        start = _start_of(subscription["start_date"], plan, number)


def _start_of(anchor: int, plan: Plan, number: int) -> int:
    if plan.interval in ("day", "week"):
        return anchor + number * plan.count * (DAY if plan.interval == "day" else 7 * DAY)
    return add_months(anchor, number * plan.count * (12 if plan.interval == "year" else 1))


class _Books:
    """One subscription's lines, which share what is the same in all."""

    def __init__(self, subscription: Record, seats: int) -> None:
        self.anchor, self.currency, self.seats = subscription["start_date"], subscription["currency"], seats
        self.suffix = subscription["id"].removeprefix("sub_")
        self.parent = stripe.subscription_parent(subscription["id"])
        self._parents = {item["id"]: stripe.item_parent(subscription["id"], item["id"]) for item in subscription["items"]["data"]}

    def lines(self, shares: Sequence[_Share], name: str) -> list[Record]:
        made: list[Record] = []
        for share in shares:
            first = share.number if share.quantity is not None else share.number - 1
            if first < 0:
                continue
            period = {"start": _start_of(self.anchor, share.plan, first), "end": _start_of(self.anchor, share.plan, first + 1)}
            units = _used(share.plan, self.seats, first) if share.quantity is None else share.quantity
            for some, amount in charges(share.plan.key, self.currency, units):
                parent = self._parents[share.item_id]
                made.append(stripe.invoice_line(f"{name}_{len(made)}", amount, self.currency, some, period, parent))
        return made


def _used(plan: Plan, seats: int, number: int) -> int:
    return USE[plan.key] * seats * (90 + 7 * (number + seats) % 21) // 100


@lru_cache(maxsize=4096)
def charges(key: str, currency: str, quantity: int) -> tuple[tuple[int, int], ...]:
    """Units and amount of each line for so many of a plan; a graduated price has a line for each tier that is reached."""
    plan = BY_KEY[key]
    if plan.unit is not None:
        return ((quantity, _whole(_packages(plan, quantity) * minor(plan.unit, currency))),)
    lines, below = [], 0
    for up_to, unit, flat in plan.tiers:
        inside = up_to is None or quantity <= up_to
        units = quantity - below if inside or up_to is None else up_to - below
        if plan.tiers_mode == "volume" and inside:
            units = quantity
        if plan.tiers_mode == "graduated" or inside:
            lines.append((units, _whole(units * minor(unit, currency) + minor(flat or "0", currency))))
        if inside:
            break
        below = up_to or 0
    return tuple(lines)


def _packages(plan: Plan, quantity: int) -> int:
    if not plan.divide_by:
        return quantity
    return -(-quantity // plan.divide_by) if plan.round_to == "up" else quantity // plan.divide_by


def _whole(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))
