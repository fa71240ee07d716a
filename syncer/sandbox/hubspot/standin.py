"""A stand-in for HubSpot's CRM API: v3/v4 paths and the dated ones of 2026-03 and 2026-09, on one state; besides them
companies, deals and property definitions of v1 and v2.

It does NOT imitate: property history; user-defined association labels; associations of custom objects, and what becomes of
associations in a merge; reading by the id of a record that was merged; GDPR delete; lists, pipelines, workflows, forms,
marketing mail and old engagements (empty lists); OAuth's scopes and codes (a refresh token is all it takes); checking of owner
ids, mail addresses and pipeline stages; property validation rules; the delay until a search sees a change; the whole
set of standard properties (a few per object type are here, and `industry` has only some of its options).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from syncer.sandbox.limits import RollingLimit
from syncer.sandbox.server import Answer, Call, Clock, Handler, Route

from .account import DAY, Account, owner
from .associations import Associations
from .custom_objects import CustomObjects, add, monthly_metric
from .definitions import complete
from .legacy import Legacy
from .oauth import OAuth
from .objects import Objects
from .portal import Portal
from .properties import Properties
from .refusals import Refusal
from .scopes import missing, needed
from .values import iso

CREDENTIALS = "pat-na1-sandbox"
"""The private app's bearer token."""

PER_TEN_SECONDS = 190
SEARCHES_PER_SECOND = 5
PER_DAY = 650_000
NO_CREDENTIALS = (
    "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at "
    "https://developers.hubspot.com/docs/methods/auth/oauth-overview"
)
CATEGORIES = {401: "INVALID_AUTHENTICATION", 403: "MISSING_SCOPES", 404: "OBJECT_NOT_FOUND", 429: "RATE_LIMITS"}


def over_limit(policy: str) -> Refusal:
    text = f"You have reached your {policy.lower()} limit."
    return Refusal(429, text, "RATE_LIMITS", errorType="RATE_LIMIT", policyName=policy)


class HubspotStandin:
    name = "hubspot"

    def __init__(self, clock: Clock, limits: bool = True) -> None:
        self.clock = clock
        self.limits = limits
        self._portal = Portal(clock.now())
        self._oauth = OAuth()
        self.reset()

    def _start_counting(self) -> None:
        self._burst = RollingLimit(PER_TEN_SECONDS, 10)
        self._searches = RollingLimit(SEARCHES_PER_SECOND, 1)
        self._day = (0, 0)
        self._scopes: frozenset[str] | None = None

    def routes(self) -> Iterable[Route]:
        account = Account(self._portal, self._used_today, PER_DAY)
        parts = (Associations, Objects, Properties, CustomObjects, Legacy)
        objects = [part(self._portal) for part in parts]
        for part in (self._oauth, *objects, account):
            for route in part.routes():
                yield Route(route.method, route.pattern, self._guarded(route.handler))

    def _guarded(self, handler: Handler) -> Handler:
        """The handler with refusals turned into answers, and the headers every answer has."""

        def answer(call: Call) -> Answer:
            try:
                given = handler(call)
            except Refusal as refused:
                given = refused.answer()
            except (KeyError, TypeError, ValueError, AttributeError) as wrong:  # a body of another shape than expected
                given = Refusal(400, f"Invalid input JSON: {wrong!r}").answer()
            given.headers.setdefault("X-HubSpot-Correlation-Id", str(uuid.uuid4()))
            given.headers.update(self._rate_headers(call))
            return given

        return answer

    def _used_today(self, now: float) -> int:
        day, used = self._day
        return used if day == now // DAY else 0

    def _rate_headers(self, call: Call) -> dict[str, str]:
        if call.path.endswith("/search"):  # the vendor sends none there
            return {}
        return {
            "X-HubSpot-RateLimit-Daily": str(PER_DAY),
            "X-HubSpot-RateLimit-Daily-Remaining": str(PER_DAY - self._used_today(call.now)),
            "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
            "X-HubSpot-RateLimit-Max": str(PER_TEN_SECONDS),
            "X-HubSpot-RateLimit-Remaining": str(self._burst.remaining(call.now)),
        }

    def admit(self, call: Call) -> Answer | None:
        if call.path.startswith("/oauth/"):
            return None
        scheme, _, token = call.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or (token != CREDENTIALS and not self._oauth.knows(token, call.now)):
            return Refusal(401, NO_CREDENTIALS, "INVALID_AUTHENTICATION").answer()
        try:
            self._count(call)
            scope = needed(call)
            if self._scopes is not None and scope and scope not in self._scopes:
                raise missing(scope)
        except Refusal as refused:
            given = refused.answer()
            given.headers.update(self._rate_headers(call))
            return given
        return None

    def _count(self, call: Call) -> None:
        used = self._used_today(call.now)
        if self.limits:
            if used >= PER_DAY:
                raise over_limit("DAILY")
            if call.path.endswith("/search") and not self._searches.take(call.now):
                raise over_limit("SECONDLY")
            if not self._burst.take(call.now):
                raise over_limit("TEN_SECONDLY_ROLLING")
        self._day = (int(call.now // DAY), used + 1)

    def failure(self, call: Call, status: int) -> Answer:
        if status == 429:
            return over_limit("TEN_SECONDLY_ROLLING").answer()
        text = NO_CREDENTIALS if status == 401 else f"{call.method} {call.path} was answered with {status}"
        return Refusal(status, text, CATEGORIES.get(status)).answer()

    def load(self, records: Mapping[str, list[Any]]) -> None:
        """Records by object type, custom ones by name: {"id", "properties"}; `owners`; `properties` and `remove_fields` by object type.

        Also `schemas` (custom objects) and `remove_schemas` (their names), and `subscription` {"custom_objects": false} for an account
        that has none; `scopes` of the token, all when not said; `details` of the account; `used_today`, a number of calls.
        """
        now, portal = self.clock.now(), self._portal
        if "scopes" in records:
            self._scopes = frozenset(records["scopes"])
        portal.details |= dict(records.get("details", {}))
        if "used_today" in records:
            self._day = (int(now // DAY), int(str(records["used_today"])))
        portal.custom_objects = dict(records.get("subscription", {})).get("custom_objects", portal.custom_objects)
        for name in records.get("remove_schemas", []):
            portal.forget_custom(name)
        for schema in records.get("schemas", []):
            add(portal, schema, now)
        for plural, definitions in dict(records.get("properties", {})).items():
            portal.records[plural].define([complete(each, iso(now), own=False) for each in definitions])
        for plural, names in dict(records.get("remove_fields", {})).items():
            for name in names:
                portal.records[plural].forget_property(name)
        portal.owners |= {str(given["id"]): owner(given, now) for given in records.get("owners", [])}
        for plural, kept in portal.records.items():
            kept.load(records.get(plural, []), now)

    def use_up_day(self) -> None:
        """As if all calls of today had been made: what follows is refused by the policy DAILY."""
        self._day = (int(self.clock.now() // DAY), PER_DAY)

    def reset(self) -> None:
        self._portal.reset(self.clock.now())
        add(self._portal, monthly_metric(), self.clock.now())
        self._start_counting()
