"""Zendesk: organizations, tickets with their metrics and rating, and the users who have tickets.

How it sees changes: the incremental exports, tickets by cursor, organizations by time (there is no cursor for them);
they give everything that changed, whenever it changed, and never the last minute, which comes with the next pull.
How it sees deletions: deleted tickets, users and organizations come with the exports, marked.
Users are read beside the tickets they asked for: one without a ticket, or whose change touched no ticket, is not seen.
"""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

import msgspec

from syncer.connectors.zendesk_records import (
    TABLES,
    Me,
    OrganizationExport,
    OrganizationList,
    TicketExport,
    organization_rows,
    ticket_rows,
)
from syncer.tools.http import Calls, Http, Patience
from syncer.tools.pace import Pace, Rule
from syncer.words.errors import UsageError
from syncer.words.tables import Page, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

LIMITS = (Rule(10, 61, r"/incremental/"), Rule(200, 61))
"""Exports, and calls on the smallest plan, a minute (https://developer.zendesk.com, usage limits), with a margin."""

SCOPES = "tickets:read organizations:read users:read"
BEGINNING = 1
MINUTE = 61
"""A start time younger than a minute is refused."""


class _Token(msgspec.Struct):
    access_token: str


class _Login:
    """A token for client credentials, asked for when first needed and again when it is no longer accepted."""

    def __init__(self, http: Http, client_id: str, client_secret: str) -> None:
        self._http = http
        self._wish = {
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": client_secret,
            "scope": SCOPES,
        }
        self._token = ""

    def headers(self) -> Mapping[str, str]:
        if not self._token:
            reply = self._http.request("POST", "/oauth/tokens", json=self._wish, repeatable=True, into=_Token)
            self._token = reply.value.access_token
        return {"authorization": f"Bearer {self._token}"}

    def renew(self) -> None:
        self._token = ""


class Zendesk:
    """One Zendesk account: an OAuth client, or a token, or (until 2027-04-30) a mail address with an API token."""

    name = "zendesk"
    tables: Sequence[Table] = TABLES

    def __init__(  # noqa: PLR0913  (settings, by name)
        self,
        base_url: str,
        *,
        client_id: str = "",
        client_secret: str = "",
        token: str = "",
        email: str = "",
        api_token: str = "",
        pace: Pace | None = None,
        patience: Patience | None = None,
        calls: Calls | None = None,
    ) -> None:
        pace = pace or Pace(LIMITS)

        def connect(auth: Callable[[], Mapping[str, str]], renew: Callable[[], None] | None = None) -> Http:
            return Http(
                "zendesk",
                base_url,
                auth=auth,
                renew=renew,
                secrets=(client_secret, token, api_token),
                pace=pace,
                patience=patience,
                calls=calls,
            )

        if client_secret:
            login = _Login(connect(dict), client_id, client_secret)
            self.http = connect(login.headers, login.renew)
        elif token:
            self.http = connect(lambda: {"authorization": f"Bearer {token}"})
        elif api_token:
            basic = b64encode(f"{email}/token:{api_token}".encode()).decode()
            self.http = connect(lambda: {"authorization": f"Basic {basic}"})
        else:
            raise UsageError("zendesk: no credential is set; give client_id and client_secret of an OAuth client")

    def check(self) -> str:
        """The name of the user that the credential acts for."""
        return self.http.get("/api/v2/users/me", into=Me).user.name

    def pull(self, cursor: Mapping[str, Any], as_of: int) -> Iterator[Page]:
        """Pages of what changed since the cursor; see Connector."""
        place = dict(cursor)
        yield from self._organizations(place, as_of)
        yield from self._tickets(place)
        yield Page({}, dict(place))

    def _organizations(self, place: dict[str, Any], as_of: int) -> Iterator[Page]:
        """The time export, from `place["organizations"]`. Its pages overlap; what was met in this pull is left out."""
        met: set[tuple[int, str]] = set()
        start = min(place.get("organizations", BEGINNING), as_of - MINUTE)
        ended = listed = False
        while not ended and start <= as_of - MINUTE:
            params = {"start_time": start, "per_page": 1000}
            export = self.http.get("/api/v2/incremental/organizations", params, into=OrganizationExport)
            ended = export.end_of_stream
            rows = organization_rows(_unmet(export.organizations, met))
            # a page that ends in the second in which it began would come again and again: that second holds more
            # than a page, and the export cannot go past it. The plain list can.
            stuck = not ended and (export.end_time is None or export.end_time <= start)
            if stuck and not listed:
                yield Page(rows, dict(place))
                yield from (Page(all_rows, dict(place)) for all_rows in self._listed_organizations())
                rows, listed = {}, True
            start = start + 1 if stuck else export.end_time or start
            place["organizations"] = start
            yield Page(rows, dict(place))

    def _listed_organizations(self) -> Iterator[dict[str, list[Any]]]:
        after: dict[str, Any] = {}
        more = True
        while more:
            listing = self.http.get("/api/v2/organizations", {"page[size]": 100, **after}, into=OrganizationList)
            yield organization_rows(listing.organizations)
            more = listing.meta.has_more
            after = {"page[after]": listing.meta.after_cursor}

    def _tickets(self, place: dict[str, Any]) -> Iterator[Page]:
        """The cursor export, from `place["tickets"]`, with the users it names."""
        met: set[tuple[int, str]] = set()
        ended = False
        while not ended:
            known = place.get("tickets")
            begin = {"cursor": known} if known else {"start_time": BEGINNING}
            params = {**begin, "include": "users,metric_sets", "per_page": 1000}
            export = self.http.get("/api/v2/incremental/tickets/cursor", params, into=TicketExport)
            ended = export.end_of_stream or export.after_cursor in {None, known}
            place["tickets"] = export.after_cursor or known
            yield Page(ticket_rows(export.tickets, _unmet(export.users, met)), dict(place))


def _unmet(records: list[Any], met: set[tuple[int, str]]) -> list[Any]:
    """The records in a version that is not among those met; they now are."""
    fresh = {(record.id, record.updated_at): record for record in records if (record.id, record.updated_at) not in met}
    met.update(fresh)
    return list(fresh.values())
