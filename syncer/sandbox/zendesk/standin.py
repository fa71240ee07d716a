"""A stand-in for Zendesk's Support API: for readers of tickets, users and organizations and writers of the latter.

Every path is there with and without `.json`. It does NOT imitate: comments and audits after a ticket's first (an update
answers an empty audit); ticket fields and forms, views, macros, triggers, SLAs, schedules, memberships, Talk, ticket
events and metric events (empty lists); Help Center, community, Chat; writing users (bulk import is closed, as at first
with Zendesk); survey responses (the new CSAT); merging; limits per endpoint other than those of the exports;
`/search` beyond simple terms. Bulk jobs do their work at once, only their status takes its time.
"""

from __future__ import annotations

import base64
import math
import secrets
import uuid
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import msgspec

from syncer.sandbox.limits import RollingLimit
from syncer.sandbox.server import Answer, Call, Clock, Handler, Route
from syncer.sandbox.zendesk.account import Account
from syncer.sandbox.zendesk.fields import Fields
from syncer.sandbox.zendesk.incremental import Incremental
from syncer.sandbox.zendesk.neighbours import Neighbours
from syncer.sandbox.zendesk.organizations import Organizations
from syncer.sandbox.zendesk.reading import Reading
from syncer.sandbox.zendesk.refusals import Refusal, coded, titled, too_many_calls
from syncer.sandbox.zendesk.scopes import WHOLE, beyond
from syncer.sandbox.zendesk.search import Search
from syncer.sandbox.zendesk.tickets import Tickets

CLIENT_ID = "sandbox-client"
CLIENT_SECRET = "sandbox-secret"  # noqa: S105  (the stand-in's own, public)
TOKEN = "sandbox-zendesk-token"  # noqa: S105
EMAIL = "ops@example.com"
"""OAuth client for /oauth/tokens. TOKEN is a bearer that never expires, and the API token of EMAIL (Basic)."""

BASIC = "Basic " + base64.b64encode(f"{EMAIL}/token:{TOKEN}".encode()).decode()
PER_MINUTE = 400
EXPORTS_PER_MINUTE = 10
SAMPLES_PER_20_MINUTES = 10
TOKEN_SECONDS = range(300, 172_801)


class ZendeskStandin:
    name = "zendesk"

    def __init__(self, clock: Clock, limits: bool = True) -> None:
        self.clock = clock
        self.limits = limits
        self._account = Account()
        self._start_counting()

    def _start_counting(self) -> None:
        self._all = RollingLimit(PER_MINUTE, 60)
        self._exports = RollingLimit(EXPORTS_PER_MINUTE, 60)
        self._samples = RollingLimit(SAMPLES_PER_20_MINUTES, 1200)
        self._tokens: dict[str, tuple[float, list[str]]] = {}
        self._client_scopes: list[str] | None = None

    def routes(self) -> Iterable[Route]:
        yield Route("POST", "/oauth/tokens", self._guarded(self._give_token))
        account = self._account
        parts = (
            Neighbours(account), Incremental(account), Search(account), Organizations(account), Tickets(account),
            Fields(account),
        )  # fmt: skip
        for part in parts:
            for route in part.routes():
                yield from self._both(route)
        for route in (
            Route("GET", "/api/v2/job_statuses", self._jobs),
            Route("GET", "/api/v2/job_statuses/{id}", self._job),
        ):
            yield from self._both(route)
        for route in Reading(account).routes():
            yield from self._both(route)

    def _both(self, route: Route) -> Iterable[Route]:
        handler = self._guarded(route.handler)
        yield Route(route.method, route.pattern + ".json", handler)
        yield Route(route.method, route.pattern, handler)

    def _guarded(self, handler: Handler) -> Handler:
        """The handler with refusals turned into answers, and the headers every answer has."""

        def answer(call: Call) -> Answer:
            try:
                given = handler(call)
            except Refusal as refused:
                given = refused.answer()
            except (KeyError, TypeError, ValueError, AttributeError) as wrong:  # a body of another shape than expected
                given = coded(400, "InvalidValue", f"The request cannot be read: {wrong!r}").answer()
            given.headers.update(self._headers(call))
            return given

        return answer

    def _headers(self, call: Call) -> dict[str, str]:
        left, resets = str(self._all.remaining(call.now)), str(math.ceil(self._all.wait(call.now)))
        headers = {
            "X-Request-Id": str(uuid.uuid4()),
            "X-Rate-Limit": str(PER_MINUTE),
            "X-Rate-Limit-Remaining": left,
            "ratelimit-limit": str(PER_MINUTE),
            "ratelimit-remaining": left,
            "ratelimit-reset": resets,
        }
        limit = self._export_limit(call)
        if limit:
            text = f"total={limit.count}; remaining={limit.remaining(call.now)}; resets={math.ceil(limit.wait(call.now))}"
            headers["Zendesk-RateLimit-incremental-exports"] = text
        return headers

    def _export_limit(self, call: Call) -> RollingLimit | None:
        if not call.path.startswith("/api/v2/incremental/"):
            return None
        return self._samples if call.path.removesuffix(".json").endswith("/sample") else self._exports

    def admit(self, call: Call) -> Answer | None:
        if call.path == "/oauth/tokens":
            return None
        try:
            self._check_credentials(call)
            if self.limits:
                self._count(call)
        except Refusal as refused:
            given = refused.answer()
            given.headers.update(self._headers(call))
            return given
        return None

    def _check_credentials(self, call: Call) -> None:
        given = call.headers.get("authorization", "")
        if given in (BASIC, f"Bearer {TOKEN}"):
            self._check_rights(call, WHOLE)
            return
        if given.startswith("Bearer "):
            until, scopes = self._tokens.get(given.removeprefix("Bearer "), (0, WHOLE))
            if until > call.now:
                self._check_rights(call, scopes)
                return
            text = "The access token provided is expired, revoked, malformed or invalid for other reasons."
            raise Refusal(401, {"error": "invalid_token", "error_description": text})
        raise Refusal(401, {"error": "Couldn't authenticate you"})

    def _check_rights(self, call: Call, scopes: Collection[str]) -> None:
        if refused := beyond(call, scopes, self._account.operator["role"]):
            raise refused

    def _count(self, call: Call) -> None:
        limit = self._export_limit(call)
        if limit and not limit.take(call.now):
            raise too_many_calls("incremental export API requests", limit.wait(call.now))
        if not self._all.take(call.now):
            raise too_many_calls("API requests", self._all.wait(call.now))

    def _give_token(self, call: Call) -> Answer:
        """Client credentials, as JSON or as a form; the token lives `expires_in` seconds of the clock."""
        form = call.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
        try:
            given: dict[str, Any] = dict(call.form()) if form else call.json() or {}
        except msgspec.DecodeError as wrong:
            raise coded(400, "InvalidJSON", f"The request body is no JSON: {wrong}") from wrong
        if given.get("grant_type") != "client_credentials":
            raise Refusal(400, {"error": "unsupported_grant_type", "error_description": "Only client_credentials here."})
        if (given.get("client_id"), given.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            text = "Client authentication failed due to unknown client or wrong client secret."
            raise Refusal(401, {"error": "invalid_client", "error_description": text})
        seconds = int(given.get("expires_in") or TOKEN_SECONDS[-1])
        if seconds not in TOKEN_SECONDS:
            text = f"expires_in must be between {TOKEN_SECONDS[0]} and {TOKEN_SECONDS[-1]}"
            raise Refusal(400, {"error": "invalid_request", "error_description": text})
        token = secrets.token_hex(32)
        asked = (given.get("scope") or "read write").split()
        scopes = [scope for scope in asked if self._client_scopes is None or scope in self._client_scopes]
        self._tokens[token] = (call.now + seconds, scopes)
        scope = " ".join(scopes)
        return Answer({"access_token": token, "token_type": "bearer", "scope": scope, "expires_in": seconds}, 201)

    def _jobs(self, call: Call) -> Answer:
        jobs = [job.shown(call.base_url, call.now) for job in self._account.jobs.all(call.now)]
        paging = {"count": len(jobs), "next_page": None, "previous_page": None}
        return Answer({"job_statuses": jobs, **paging}, rows=len(jobs))

    def _job(self, call: Call) -> Answer:
        if call.args["id"] == "show_many":
            ids = (call.one("ids") or "").split(",")
            looks = [self._account.jobs.look(each, call.now) for each in ids]
            return Answer({"job_statuses": [job.shown(call.base_url, call.now) for job in looks]}, rows=len(looks))
        job = self._account.jobs.look(call.args["id"], call.now)
        return Answer({"job_status": job.shown(call.base_url, call.now)}, rows=1)

    def failure(self, call: Call, status: int) -> Answer:
        known = {
            401: Refusal(401, {"error": "Couldn't authenticate you"}),
            403: titled(403, "Forbidden", "You do not have access to this page. Please contact the account owner."),
            404: coded(404, "InvalidEndpoint", "Not found"),
            429: too_many_calls("API requests", 30),
        }
        text = f"{call.method} {call.path} was answered with {status}"
        given = known.get(status, titled(status, "Something went wrong", text)).answer()
        given.headers.update(self._headers(call))
        return given

    def load(self, records: Mapping[str, list[Any]]) -> None:
        """Records by resource; tickets bring their `metric_set`. `operator`: of the user that all credentials act for; `client_scopes`: all
        that tokens of the OAuth client get, whatever they ask for."""
        resources = dict(records)
        self._account.operator |= dict(resources.pop("operator", {}))
        self._client_scopes = resources.pop("client_scopes", self._client_scopes)
        self._account.load(resources, self.clock.now())

    def reset(self) -> None:
        self._account.reset()
        self._start_counting()
