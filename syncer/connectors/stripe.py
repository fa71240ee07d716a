"""Stripe: customers, subscriptions with their items and discounts, products, prices, coupons.

How it sees changes: the first time, and after 29 days without reading, everything is listed. Otherwise `/v1/events`
says which objects changed since the last pull; each is fetched once as it is now. More than MANY changed objects of a
kind are listed instead. Events reach back 30 days; OVERLAP seconds are read twice, as events may arrive late.
How it sees deletions: by their events; a full list also ends customers and subscriptions that it did not meet.
Not seen are coupons deleted before the first pull and subscriptions on a test clock: Stripe lists neither.
"""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import msgspec

from syncer.connectors.stripe_records import KINDS, Item, Kind, Listing, Subscription
from syncer.connectors.stripe_tables import TABLES
from syncer.tools.http import Calls, Http, Patience, Reply, Verdict
from syncer.tools.pace import Pace, Rule
from syncer.words.errors import CredentialRefused, QuotaExhausted, Unreachable, VendorError
from syncer.words.tables import Page, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

API_VERSION = "2026-05-27.dahlia"
HORIZON = 29 * 86_400
OVERLAP = 300
LOOKBACK = 3600
MANY = 100
LIMITS = (Rule(20, 1.05, r"^/v1/(\w+)"),)
"""25 a second for each endpoint, less a margin (https://docs.stripe.com/rate-limits)."""

EVENTS = (
    *(f"{kind}.{verb}" for kind in ("customer", "product", "coupon") for verb in ("created", "updated", "deleted")),
    *(f"price.{verb}" for verb in ("created", "updated")),
    *(f"customer.discount.{verb}" for verb in ("created", "updated", "deleted")),
    *(f"customer.subscription.{verb}" for verb in ("created", "updated", "deleted", "paused", "resumed")),
)
"""Stripe takes at most 20 types in one question."""


class _Named(msgspec.Struct):
    """The object of an event: its shape is that of the account's version at the time, so only who it is is read."""

    object: str
    id: str | None = None
    customer: str | None = None
    subscription: str | None = None


class _EventData(msgspec.Struct):
    object: msgspec.Raw


class _Event(msgspec.Struct):
    id: str
    type: str
    created: int
    data: _EventData


class _Dashboard(msgspec.Struct):
    display_name: str | None = None


class _AccountSettings(msgspec.Struct):
    dashboard: _Dashboard = msgspec.field(default_factory=_Dashboard)


class _Account(msgspec.Struct):
    id: str
    settings: _AccountSettings | None = None


class _Place(msgspec.Struct, omit_defaults=True):
    """How far the reading is: events up to `mark` are known, those of its last seconds by id; the rest is work to do.

    `sweeps` are kinds to list, the first one from after the object `after`; `fetch` are single objects to get.
    """

    mark: int = 0
    seen: list[str] = []
    sweeps: list[str] = []
    after: str | None = None
    fetch: list[tuple[str, str]] = []

    def saved(self) -> dict[str, Any]:
        found: dict[str, Any] = msgspec.to_builtins(self)
        return found


class Stripe:
    """One Stripe account, read with a secret or restricted key; `account` selects a connected account."""

    name = "stripe"
    tables: Sequence[Table] = TABLES

    def __init__(  # noqa: PLR0913  (settings, by name)
        self,
        api_key: str,
        base_url: str = "https://api.stripe.com",
        *,
        account: str | None = None,
        pace: Pace | None = None,
        patience: Patience | None = None,
        calls: Calls | None = None,
    ) -> None:
        headers = {"authorization": f"Bearer {api_key}", "stripe-version": API_VERSION}
        if account:
            headers["stripe-account"] = account
        self.http = Http(
            "stripe",
            base_url,
            auth=lambda: headers,
            pace=pace or Pace(LIMITS),
            classify=_classify,
            request_id_header="request-id",
            patience=patience,
            calls=calls,
        )

    def check(self) -> str:
        """The account's name on the dashboard, else its id."""
        account = self.http.get("/v1/account", into=_Account)
        return (account.settings and account.settings.dashboard.display_name) or account.id

    def pull(self, cursor: Mapping[str, Any], as_of: int) -> Iterator[Page]:
        """Pages of what changed since the cursor; see Connector."""
        place = msgspec.convert(dict(cursor), _Place)
        if as_of - place.mark > HORIZON:
            # the mark is set before the lists are read: what changes meanwhile is an event after it
            place = _Place(sweeps=list(KINDS))
            self._advance(place, as_of - LOOKBACK, as_of)
        yield from self._work(place)
        changes = self._advance(place, place.mark, as_of)
        gone = self._note(place, changes)
        yield from (Page(rows, place.saved()) for rows in gone)
        yield from self._work(place)
        yield Page({}, place.saved())

    def _work(self, place: _Place) -> Iterator[Page]:
        """Do what the place says is to do."""
        while place.sweeps:
            yield from self._sweep(KINDS[place.sweeps[0]], place)
        while place.fetch:
            kind, object_id = place.fetch.pop(0)
            yield Page(self._fetched(KINDS[kind], object_id), place.saved())

    def _sweep(self, kind: Kind, place: _Place) -> Iterator[Page]:
        """List all objects of a kind from where the place says."""
        more = True
        while more:
            listing, begins = self._listing(kind, place)
            more = listing.has_more and bool(listing.data)
            place.after = listing.data[-1].id if more else None
            if not more:
                place.sweeps.pop(0)
            swept = kind.tables if kind.forgets else []
            rows = kind.rows_of(map(self._whole, listing.data))
            yield Page(rows, place.saved(), begins=swept if begins else (), completes=() if more else swept)

    def _listing(self, kind: Kind, place: _Place) -> tuple[Listing[Any], bool]:
        """The next page of a list, and whether it is the first."""
        params = [("limit", "100"), *kind.filters.items(), *(("expand[]", f"data.{path}") for path in kind.expand)]
        if place.after is not None:
            try:
                return self.http.get(kind.path, [*params, ("starting_after", place.after)], into=kind.listing), False
            except VendorError as error:
                if error.status not in {400, 404}:
                    raise
                # the object to go on from is gone: from the start again
        return self.http.get(kind.path, params, into=kind.listing), True

    def _fetched(self, kind: Kind, object_id: str) -> dict[str, list[Any]]:
        """Rows of one object as it is now; none when it is gone, as its deletion is an event of its own."""
        params = [("expand[]", path) for path in kind.expand]
        reply = self.http.request("GET", f"{kind.path}/{object_id}", params=params, accept=(404,), into=kind.record)
        return dict(kind.rows(self._whole(reply.value))) if reply.value else {}

    def _whole(self, record: Any) -> Any:
        """The record; a subscription with the items that did not come with it (more than ten)."""
        if not isinstance(record, Subscription) or not record.items.has_more:
            return record
        try:
            while record.items.has_more:
                record.items.has_more = self._add_items(record)
        except (CredentialRefused, QuotaExhausted, Unreachable):
            raise
        except VendorError:
            record.items_complete = False
        return record

    def _add_items(self, subscription: Subscription) -> bool:
        """Add the next page of items; whether there are more."""
        params = {
            "subscription": subscription.id,
            "limit": "100",
            "expand[]": "data.discounts",
            "starting_after": subscription.items.data[-1].id,
        }
        page = self.http.get("/v1/subscription_items", params, into=Listing[Item])
        subscription.items.data += page.data
        return page.has_more

    def _advance(self, place: _Place, since: int, as_of: int) -> list[_Event]:
        """Events from `since` on that the place has not seen, newest first; the place then knows them."""
        found: list[_Event] = []
        asked = [("limit", "100"), ("created[gte]", str(since - OVERLAP)), *(("types[]", kind) for kind in EVENTS)]
        after: list[tuple[str, str]] = []
        more = True
        while more:
            reply = self.http.request("GET", "/v1/events", params=asked + after, into=Listing[_Event])
            found += reply.value.data
            more = reply.value.has_more and bool(reply.value.data)
            after = [("starting_after", found[-1].id)] if more else []
        known = set(place.seen)
        quiet_since = min(as_of, _server_time(reply, as_of)) - LOOKBACK
        place.mark = max([place.mark, quiet_since, *(event.created for event in found)])
        place.seen = [event.id for event in found if event.created >= place.mark - OVERLAP]
        return [event for event in found if event.id not in known]

    def _note(self, place: _Place, events: Sequence[_Event]) -> list[dict[str, list[Any]]]:
        """Put what the events name on the list of work; rows of what they say was deleted."""
        gone: list[dict[str, list[Any]]] = []
        named: dict[str, list[str]] = {name: [] for name in KINDS}
        known: set[tuple[str, str]] = set()
        for event in events:
            for name, object_id in _named_by(event):
                if (name, object_id) in known:
                    continue
                known.add((name, object_id))
                if event.type == f"{name}.deleted":
                    record = msgspec.json.decode(event.data.object, type=KINDS[name].record)
                    record.deleted = True
                    gone.append(KINDS[name].rows(record))
                else:
                    named[name].append(object_id)
        place.sweeps += [name for name, ids in named.items() if len(ids) > MANY]
        place.fetch += [(name, object_id) for name, ids in named.items() if len(ids) <= MANY for object_id in ids]
        return gone


def _named_by(event: _Event) -> Iterator[tuple[str, str]]:
    """Kind and id of each of our objects that an event speaks of."""
    subject = msgspec.json.decode(event.data.object, type=_Named)
    if subject.object in KINDS and subject.id:
        yield subject.object, subject.id
    elif subject.object == "discount":
        if subject.subscription:
            yield "subscription", subject.subscription
        elif subject.customer:
            yield "customer", subject.customer


def _server_time(reply: Reply, otherwise: int) -> int:
    """Stripe's own clock, so that a wrong clock here loses no events."""
    try:
        return int(parsedate_to_datetime(reply.headers["date"]).timestamp())
    except (KeyError, ValueError):
        return otherwise


def _classify(reply: Reply) -> Verdict | None:
    """Stripe says itself whether another try makes sense (https://docs.stripe.com/error-low-level)."""
    told = reply.headers.get("stripe-should-retry")
    if told == "true":
        return Verdict.RETRY
    return Verdict.FAILED if told == "false" and reply.status >= 500 else None
