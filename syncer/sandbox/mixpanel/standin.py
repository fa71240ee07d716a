"""The Mixpanel stand-in: who may call, how often, and what is where."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from syncer.sandbox.limits import RollingLimit
from syncer.sandbox.mixpanel.ingestion import Ingestion, parameters
from syncer.sandbox.mixpanel.project import PROJECT_ID, PROJECT_SECRET, SERVICE_ACCOUNT, Project
from syncer.sandbox.mixpanel.queries import Queries
from syncer.sandbox.server import Answer, Call, Clock, Handler, Route

CALLS_PER_HOUR = 60
EXPORTS_PER_SECOND = 3
LIMITS_PAGE = "https://help.mixpanel.com/hc/en-us/articles/115004602563-Rate-Limits-for-Export-API-Endpoints"

ERRORS = {
    401: ("Unauthorized", "Invalid credentials"),
    403: ("Forbidden", "The service account has no access to this project"),
    404: ("Not Found", "Not found"),
    405: ("Method Not Allowed", "Method not allowed"),
    429: ("Too Many Requests", "Project exceeded rate limits. Please retry the request with exponential backoff."),
}


class MixpanelStandin:
    """One project. Queries, exports and imports need the service account with `project_id`, or the project's secret;
    tracking and profile updates name the project by its token.
    """

    name = "mixpanel"

    def __init__(self, clock: Clock, *, limits: bool = True) -> None:
        self.clock = clock
        self.limits = limits
        self.project = Project()
        self.queries = Queries(self.project)
        self.ingestion = Ingestion(self.project)
        self.reset()

    def reset(self) -> None:
        self.project.reset()
        self.queries.reset()
        self._hourly = {name: RollingLimit(CALLS_PER_HOUR, 3600) for name in ("query", "export")}
        self._export_rate = RollingLimit(EXPORTS_PER_SECOND, 1)

    def load(self, records: Mapping[str, list[Any]]) -> None:
        self.project.load(records)

    def admit(self, call: Call) -> Answer | None:
        if not call.path.startswith(("/api/", "/import")):
            return None
        if refusal := self._unknown_caller(call):
            return refusal
        return None if not self.limits or self._within_limits(call) else self.failure(call, 429)

    def _unknown_caller(self, call: Call) -> Answer | None:
        user, _, secret = _basic(call).partition(":")
        if user == PROJECT_SECRET:
            return None
        if (user, secret) != SERVICE_ACCOUNT:
            return self.failure(call, 401)
        project = parameters(call).get("project_id", call.args.get("project"))
        if project is None:
            return _query_error(call, 400, "Missing required parameter: project_id")
        return None if project == PROJECT_ID else self.failure(call, 403)

    def _within_limits(self, call: Call) -> bool:
        """https://docs.mixpanel.com/docs/other-bits/rate-limits"""
        if not call.path.startswith(("/api/query/", "/api/2.0/")):
            return True
        hourly = self._hourly[_kind(call)]
        if hourly.remaining(call.now) == 0 or (_kind(call) == "export" and not self._export_rate.take(call.now)):
            return False
        return hourly.take(call.now)

    def failure(self, call: Call, status: int) -> Answer:
        words, error = ERRORS.get(status, ("Internal Server Error", "An unexpected error occurred"))
        if call.path.startswith("/import"):
            return Answer({"code": status, "error": error, "status": words}, status)
        if status != 429:
            return Answer({"error": error, "status": "error"}, status)
        ran = CALLS_PER_HOUR - self._hourly[_kind(call)].remaining(call.now) + 1
        return _query_error(
            call,
            429,
            f"Query rate limit exceeded for project_id: {PROJECT_ID}. 1/5 queries running concurrently and "
            f"{ran}/{CALLS_PER_HOUR} queries running in the last hour. For more information, please consult our "
            f"documentation at {LIMITS_PAGE}",
        )

    def routes(self) -> Iterable[Route]:
        """The older paths below /api/2.0 answer like those below /api/query: clients disagree about them."""
        queries: dict[str, Handler] = {
            "engage": self.queries.engage,
            "engage/properties": self.queries.engage_properties,
            "cohorts/list": self.queries.cohorts,
            "events/names": self.queries.event_names,
            "events/properties/top": self.queries.event_properties,
            "funnels/list": self.queries.funnels,
            "annotations": lambda _: Answer({"annotations": [], "status": "ok"}),
        }
        for method in ("GET", "POST"):
            for version in ("query", "2.0"):
                for name, handler in queries.items():
                    yield Route(method, f"/api/{version}/{name}", _refusing(handler))
            yield Route(method, "/track", self.ingestion.track)
            yield Route(method, "/engage", self.ingestion.update_users)
            yield Route(method, "/groups", self.ingestion.update_groups)
        yield Route("GET", "/api/app/projects/{project}/annotations", lambda _: Answer({"results": [], "status": "ok"}))
        yield Route("GET", "/api/2.0/export", _refusing(self.queries.export))
        yield Route("POST", "/import", self.ingestion.import_events)


def _kind(call: Call) -> str:
    return "export" if call.path.rstrip("/").endswith("/export") else "query"


def _basic(call: Call) -> str:
    """User and password as sent, `user:password`; empty when there are none."""
    scheme, _, value = call.headers.get("authorization", "").partition(" ")
    try:
        return base64.b64decode(value).decode() if scheme.lower() == "basic" else ""
    except ValueError:
        return ""


def _query_error(call: Call, status: int, error: str) -> Answer:
    query = "&".join(f"{name}={value}" for name, value in call.query)
    return Answer({"request": f"{call.path}?{query}", "error": error}, status)


def _refusing(handler: Callable[[Call], Answer]) -> Handler:
    """A parameter that cannot be read, a ValueError of the handler, is a 400."""

    def handle(call: Call) -> Answer:
        try:
            return handler(call)
        except ValueError as error:
            return _query_error(call, 400, str(error))

    return handle
