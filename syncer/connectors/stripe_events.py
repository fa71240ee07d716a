"""What changed at Stripe since we last listened (https://docs.stripe.com/api/events): kept for 30 days, newest first, sometimes late."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import NamedTuple

import msgspec

from syncer.connectors.stripe_parts import Listing
from syncer.connectors.stripe_records import KINDS
from syncer.tools.http import Http, Reply

HORIZON = 29 * 86_400
OVERLAP = 300
LOOKBACK = 3600

QUESTIONS = (
    (
        *(f"{kind}.{verb}" for kind in ("customer", "product", "coupon") for verb in ("created", "updated", "deleted")),
        *(f"price.{verb}" for verb in ("created", "updated")),
        *(f"customer.discount.{verb}" for verb in ("created", "updated", "deleted")),
        *(f"customer.subscription.{verb}" for verb in ("created", "updated", "deleted", "paused", "resumed")),
    ),
    tuple(f"invoice.{verb}" for verb in ("created", "finalized", "paid", "payment_failed", "updated", "voided", "marked_uncollectible")),
)
"""The types of events that are asked for; Stripe takes at most 20 in one question."""


class Heard(msgspec.Struct):
    """How far the answers to one question are known: all up to `mark`, those of its last seconds by id."""

    mark: int
    seen: list[str] = []


class Changed(NamedTuple):
    """An object of ours that an event speaks of; `created` is 0 where that is not told."""

    kind: str
    id: str
    created: int


class _Subject(msgspec.Struct):
    """The object of an event: its shape is that of the account's version at the time, so only who it is is read.

    `date` is what an invoice's `created` was called before 2019-03-14.
    """

    object: str
    id: str | None = None
    customer: str | None = None
    subscription: str | None = None
    created: int | None = None
    date: int | None = None

    def changed(self) -> Changed | None:
        if self.object in KINDS and self.id:
            return Changed(self.object, self.id, self.created or self.date or 0)
        if self.object == "discount" and self.subscription:
            return Changed("subscription", self.subscription, 0)
        return Changed("customer", self.customer, 0) if self.object == "discount" and self.customer else None


class _Data(msgspec.Struct):
    object: msgspec.Raw


class Event(msgspec.Struct):
    id: str
    type: str
    created: int
    data: _Data

    def changed(self) -> Changed | None:
        """None where it speaks of nothing that is read here."""
        return msgspec.json.decode(self.data.object, type=_Subject).changed()


def listen(http: Http, heard: Heard, types: tuple[str, ...], as_of: int) -> list[Event]:
    """The events of these types that were not heard of before, newest first; they now are.

    The mark follows the newest event. Where all is quiet it follows LOOKBACK seconds behind Stripe's own clock.
    """
    found: list[Event] = []
    asked = [("limit", "100"), ("created[gte]", str(heard.mark - OVERLAP)), *(("types[]", kind) for kind in types)]
    after: list[tuple[str, str]] = []
    more = True
    while more:
        reply = http.request("GET", "/v1/events", params=asked + after, into=Listing[Event])
        found += reply.value.data
        more = reply.value.has_more and bool(reply.value.data)
        after = [("starting_after", found[-1].id)] if more else []
    known = set(heard.seen)
    quiet_since = min(as_of, _server_time(reply, as_of)) - LOOKBACK
    heard.mark = max([heard.mark, quiet_since, *(event.created for event in found)])
    heard.seen = [event.id for event in found if event.created >= heard.mark - OVERLAP]
    return [event for event in found if event.id not in known]


def _server_time(reply: Reply, otherwise: int) -> int:
    """Stripe's own clock, so that a wrong clock here loses no events."""
    try:
        return int(parsedate_to_datetime(reply.headers["date"]).timestamp())
    except (KeyError, ValueError):
        return otherwise
