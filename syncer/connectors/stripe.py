"""Stripe: customers, subscriptions with their items and discounts, products, prices, coupons, invoices.

How it sees changes: the first time, and after 29 days without reading, everything is listed. Otherwise `/v1/events`
says which objects changed since the last pull; each is fetched once as it is now. More than MANY changed objects of a
kind are listed instead; of invoices the MANY oldest are fetched and those created later are listed, never all of history.
Events reach back 30 days; OVERLAP seconds are read twice, as events may arrive late.
How it sees deletions: by their events; a full list also ends customers and subscriptions that it did not meet. Coupons
deleted before the first pull are read from whoever still has their discount. Not seen are the lines of draft invoices, which
still change, and subscriptions on a test clock: Stripe does not list them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from syncer.connectors.stripe_billing import Item, Subscription
from syncer.connectors.stripe_coupons import DeletedCoupons
from syncer.connectors.stripe_events import HORIZON, LOOKBACK, QUESTIONS, Event, Heard, listen
from syncer.connectors.stripe_invoices import Invoice, Line
from syncer.connectors.stripe_parts import Listing, Rows
from syncer.connectors.stripe_records import KINDS, Kind
from syncer.connectors.stripe_tables import TABLES
from syncer.tools.http import Calls, Http, Patience, Reply, Verdict
from syncer.tools.pace import Pace, Rule
from syncer.words.errors import CredentialRefused, QuotaExhausted, Unreachable, VendorError
from syncer.words.tables import Page, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

API_VERSION = "2026-05-27.dahlia"
MANY = 100
LIMITS = (Rule(20, 1.05, r"^/v1/(\w+)"),)
"""25 a second for each endpoint, less a margin (https://docs.stripe.com/rate-limits)."""
TEST_LIMITS = (*LIMITS, Rule(20, 1.05))
"""Test mode allows 25 a second over all endpoints."""


class _Dashboard(msgspec.Struct):
    display_name: str | None = None


class _AccountSettings(msgspec.Struct):
    dashboard: _Dashboard = msgspec.field(default_factory=_Dashboard)


class _Account(msgspec.Struct):
    id: str
    settings: _AccountSettings | None = None


class _Place(msgspec.Struct, omit_defaults=True):
    """How far the reading is: what was heard of each of QUESTIONS; the rest is work to do.

    `lists` are kinds to list and since when created (0: all), the first one from after the object `after`; `fetch` are
    single objects to get.
    """

    heard: list[Heard] = []
    lists: list[tuple[str, int]] = []
    after: str | None = None
    fetch: list[tuple[str, str]] = []

    def saved(self) -> dict[str, Any]:
        found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(self))
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
            pace=pace or Pace(TEST_LIMITS if "_test_" in api_key else LIMITS),
            classify=_classify,
            request_id_header="request-id",
            patience=patience,
            calls=calls,
        )

    def check(self) -> str:
        """The account's name on the dashboard, else its id; a restricted key is let in, but may not read the account."""
        account: _Account | None = self.http.request("GET", "/v1/account", accept=(403,), into=_Account).value
        if account is None:
            return "an account that a restricted key does not tell"
        return (account.settings and account.settings.dashboard.display_name) or account.id

    def pull(self, cursor: Mapping[str, Any], as_of: int) -> Iterator[Page]:
        """Pages of what changed since the cursor; see Connector."""
        place = msgspec.convert(dict(cursor), _Place)
        if not place.heard or as_of - min(heard.mark for heard in place.heard) > HORIZON:
            # what was heard is noted before the lists are read: what changes meanwhile is an event after it
            place = _Place([Heard(as_of - LOOKBACK) for _ in QUESTIONS], [(name, 0) for name in KINDS])
            self._listen(place, as_of)
        yield from self._work(place)
        gone = self._note(place, self._listen(place, as_of))
        yield from (Page(rows, place.saved()) for rows in gone)
        yield from self._work(place)
        yield Page({}, place.saved())

    def _listen(self, place: _Place, as_of: int) -> list[Event]:
        return [event for heard, types in zip(place.heard, QUESTIONS, strict=True) for event in listen(self.http, heard, types, as_of)]

    def _work(self, place: _Place) -> Iterator[Page]:
        """Do what the place says is to do."""
        deleted_coupons = DeletedCoupons(self.http)
        while place.lists:
            yield from self._list(place, deleted_coupons)
        while place.fetch:
            kind, object_id = place.fetch.pop(0)
            yield Page(self._fetched(KINDS[kind], object_id), place.saved())

    def _list(self, place: _Place, deleted_coupons: DeletedCoupons) -> Iterator[Page]:
        """List the objects of the first kind from where the place says."""
        name, since = place.lists[0]
        kind, more = KINDS[name], True
        swept = kind.tables if kind.forgets else []
        while more:
            listing, begins = self._listing(kind, since, place)
            more = listing.has_more and bool(listing.data)
            place.after = listing.data[-1].id if more else None
            if not more:
                place.lists.pop(0)
            rows = kind.rows_of(map(self._whole, listing.data)) | deleted_coupons.rows(listing.data)
            yield Page(rows, place.saved(), begins=swept if begins else (), completes=() if more else swept)

    def _listing(self, kind: Kind, since: int, place: _Place) -> tuple[Listing[Any], bool]:
        """The next page of a list, and whether it is the first."""
        params = [("limit", "100"), *kind.filters.items(), *(("expand[]", f"data.{path}") for path in kind.expand)]
        if since:
            params.append(("created[gte]", str(since)))
        if place.after is not None:
            try:
                return self.http.get(kind.path, [*params, ("starting_after", place.after)], into=kind.listing), False
            except VendorError as error:
                if error.status not in {400, 404}:
                    raise
                # the object to go on from is gone: from the start again
        return self.http.get(kind.path, params, into=kind.listing), True

    def _fetched(self, kind: Kind, object_id: str) -> Rows:
        """Rows of one object as it is now; none when it is gone, as its deletion is an event of its own."""
        params = [("expand[]", path) for path in kind.expand]
        reply = self.http.request("GET", f"{kind.path}/{object_id}", params=params, accept=(404,), into=kind.record)
        return kind.rows(self._whole(reply.value)) if reply.value else {}

    def _whole(self, record: Any) -> Any:
        """The record; a subscription with its items, an invoice with its lines that did not come with it (more than ten)."""
        if isinstance(record, Subscription):
            params = [("subscription", record.id), ("expand[]", "data.discounts")]
            self._add_rest(record.items, "/v1/subscription_items", params, Listing[Item])
        elif isinstance(record, Invoice) and record.is_final:
            self._add_rest(record.lines, f"/v1/invoices/{record.id}/lines", [], Listing[Line])
        return record

    def _add_rest(self, inner: Listing[Any], path: str, params: Sequence[tuple[str, str]], page: type[Listing[Any]]) -> None:
        """Read a list that is inside an object to its end; where that is refused, it goes on saying that there is more."""
        try:
            while inner.has_more and inner.data:
                more = self.http.get(path, [*params, ("limit", "100"), ("starting_after", inner.data[-1].id)], into=page)
                inner.data += more.data
                inner.has_more = more.has_more and bool(more.data)
        except (CredentialRefused, QuotaExhausted, Unreachable):
            raise
        except VendorError:
            return

    def _note(self, place: _Place, events: Sequence[Event]) -> list[Rows]:
        """Put what the events name on the list of work; rows of what they say was deleted."""
        gone: list[Rows] = []
        named: dict[str, dict[str, int]] = {name: {} for name in KINDS}
        known: set[tuple[str, str]] = set()
        for event in events:
            changed = event.changed()
            if changed is None or changed[:2] in known:
                continue
            known.add(changed[:2])
            if event.type == f"{changed.kind}.deleted":
                record = msgspec.json.decode(event.data.object, type=KINDS[changed.kind].record)
                record.deleted = True
                gone.append(KINDS[changed.kind].rows(record))
            else:
                named[changed.kind][changed.id] = changed.created
        for name, created in named.items():
            _plan(place, name, created)
        return gone


def _plan(place: _Place, kind: str, created: Mapping[str, int]) -> None:
    """Put changed objects of a kind on the list of work, given when each was created."""
    single = sorted(created, key=lambda object_id: created[object_id])
    if len(single) > MANY and kind == "invoice":
        place.lists.append((kind, created[single[MANY]]))
        single = single[:MANY]
    elif len(single) > MANY:
        place.lists.append((kind, 0))
        single = []
    place.fetch += [(kind, object_id) for object_id in single]


def _classify(reply: Reply) -> Verdict | None:
    """Stripe says itself whether another try makes sense (https://docs.stripe.com/error-low-level)."""
    told = reply.headers.get("stripe-should-retry")
    if told == "true":
        return Verdict.RETRY
    return Verdict.FAILED if told == "false" and reply.status >= 500 else None
