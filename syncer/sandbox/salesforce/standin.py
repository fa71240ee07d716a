"""The Salesforce organisation that listens on loopback: its parts put together, its door, its daily allowance."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

from syncer.sandbox.salesforce.auth import USERNAME, Tokens
from syncer.sandbox.salesforce.bulk_ingest import Ingest
from syncer.sandbox.salesforce.bulk_query import QueryJobs
from syncer.sandbox.salesforce.composite import Composite
from syncer.sandbox.salesforce.currencies import turn_on
from syncer.sandbox.salesforce.custom_objects import custom_object, monthly_metric
from syncer.sandbox.salesforce.errors import ApiError, not_found
from syncer.sandbox.salesforce.objects import standard_objects
from syncer.sandbox.salesforce.queries import Queries
from syncer.sandbox.salesforce.rest import Records
from syncer.sandbox.salesforce.schema import field_from_describe
from syncer.sandbox.salesforce.sobject_collections import Collections
from syncer.sandbox.salesforce.store import Store, Table
from syncer.sandbox.salesforce.tooling import Tooling
from syncer.sandbox.server import Answer, Call, Clock, Handler, Route

OLDEST, NEWEST = 31, 67
"""API versions that answer; older ones are retired."""
DAILY_CALLS = 100_000
DAY_SECONDS = 24 * 3600
_ERRORS = {
    400: ("JSON_PARSER_ERROR", "Unexpected character"),
    401: ("INVALID_SESSION_ID", "Session expired or invalid"),
    403: ("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
    404: ("NOT_FOUND", "The requested resource does not exist"),
    405: ("METHOD_NOT_ALLOWED", "HTTP Method not allowed"),
    409: ("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record"),
    503: ("SERVER_UNAVAILABLE", "Server temporarily unavailable"),
}


class SalesforceStandin:
    """A `Standin`. `daily` is the rolling 24 hours' allowance of calls, enforced unless `limits` is false."""

    name = "salesforce"

    def __init__(self, clock: Clock, *, limits: bool = True) -> None:
        self._clock = clock
        self._limits = limits
        self._requests = 0
        self.reset()

    def reset(self) -> None:
        self.daily = DAILY_CALLS
        self._calls: deque[float] = deque()
        self._rights: dict[str, bool] = {}
        self._unseen: dict[str, int] = {}
        self.store = store = Store(self._clock, [*standard_objects(), monthly_metric()])
        self._tokens = Tokens(store.organization_id, store.user_id)
        self._parts: list[Route] = [
            Route("POST", "/services/oauth2/token", self._tokens.grant),
            Route("POST", "/services/oauth2/revoke", self._tokens.revoke),
            Route("GET", "/id/{organization}/{user}", self._tokens.userinfo),
            Route("GET", "/services/oauth2/userinfo", self._tokens.userinfo),
            Route("POST", "/services/oauth2/userinfo", self._tokens.userinfo),
            Route("GET", "/services/data", _versions),
            Route("GET", "/services/data/v{version}", _resources),
            Route("GET", "/services/data/v{version}/limits", self._show_limits),
            Route("GET", "/services/data/v{version}/limits/recordCount", self._record_count),
            *Queries(store).routes(),
            *Composite(store, self._dispatch, self._count).routes(),
            *Collections(store).routes(),
            *Records(store).routes(),
            *Ingest(store).routes(),
            *QueryJobs(store).routes(),
            *Tooling(store, self._clock).routes(),
        ]
        self._found = [(route.method, route.regex(), route.handler) for route in self._parts]
        self._first_records()

    def _first_records(self) -> None:
        store = self.store
        store.load(store.tables["user"], [{
            "Id": store.user_id, "Username": USERNAME, "FirstName": "Integration", "LastName": "User",
            "Email": USERNAME, "Alias": "integ", "IsActive": True, "UserType": "Standard", "TimeZoneSidKey": "GMT",
            "LocaleSidKey": "en_US",
        }])  # fmt: skip
        store.load(store.tables["organization"], [{
            "Id": store.organization_id, "Name": "Sandbox", "InstanceName": "SBX1", "IsSandbox": True, "Country": "US",
            "OrganizationType": "Enterprise Edition", "DefaultCurrencyIsoCode": "USD", "TimeZoneSidKey": "GMT",
            "LanguageLocaleKey": "en_US",
        }])  # fmt: skip

    def routes(self) -> Iterable[Route]:
        return [Route(part.method, part.pattern, self._entry(place)) for place, part in enumerate(self._parts)]

    def _entry(self, place: int) -> Handler:
        """By place, because a reset puts new handlers behind the same paths."""

        def handle(call: Call) -> Answer:
            self.store.journal.clear()
            return self._finished(self._answered(self._parts[place].handler, call), call)

        return handle

    def _answered(self, handler: Handler, call: Call) -> Answer:
        mark = len(self.store.journal)
        try:
            return handler(call)
        except ApiError as refusal:
            self.store.rollback(mark)
            return refusal.answer()

    def _dispatch(self, call: Call) -> Answer:
        """A sub-call of a composite request, by the same routes."""
        for method, regex, handler in self._found:
            matched = regex.match(call.path) if method == call.method else None
            if matched:
                args = {name: unquote(text) for name, text in matched.groupdict().items()}
                return self._answered(handler, Call(**{**call.__dict__, "args": args}))
        return not_found().answer()

    def _finished(self, answer: Answer, call: Call) -> Answer:
        self._requests += 1
        answer.headers["X-SFDC-Request-Id"] = f"{self._requests:032x}"
        if call.path.startswith("/services/data"):
            answer.headers["Sforce-Limit-Info"] = f"api-usage={self._used(call.now)}/{self.daily}"
        if answer.content_type == "application/json":
            answer.content_type = "application/json;charset=UTF-8"
        return answer

    def admit(self, call: Call) -> Answer | None:
        if call.path.rstrip("/") in ("/services/oauth2/token", "/services/oauth2/revoke", "/services/data"):
            return None
        try:
            _check_version(call)
            self._tokens.check(call)
            self._check_rights(call)
            self._check_allowance(call.now)
        except ApiError as refusal:
            return self._finished(refusal.answer(), call)
        self._count(1, call.now)
        return None

    def _check_rights(self, call: Call) -> None:
        if not self._rights.get("api", True) and call.path.startswith("/services/data"):
            raise ApiError("API_DISABLED_FOR_ORG", "The REST API is not enabled for this Organization.")
        if not self._rights.get("bulk", True) and "/jobs/" in call.path:
            raise ApiError("FEATURENOTENABLED", "FeatureNotEnabled : Async API not enabled")

    def _check_allowance(self, now: float) -> None:
        if self._limits and self._used(now) >= self.daily:
            raise ApiError("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")

    def _count(self, calls: int, now: float) -> None:
        """More calls of the day, or one less."""
        if calls < 0:
            self._calls.pop()
        self._calls.extend([now] * calls)

    def _used(self, now: float) -> int:
        while self._calls and self._calls[0] <= now - DAY_SECONDS:
            self._calls.popleft()
        return len(self._calls)

    def failure(self, call: Call, status: int) -> Answer:
        code, message = _ERRORS.get(status, ("UNKNOWN_EXCEPTION", "An unexpected error occurred. Please include this ErrorId: 1-1 (1)"))
        if call.path.startswith("/services/oauth2"):
            body: Any = {"error": "unknown_error", "error_description": "retry your request"}
        else:
            body = [{"message": message, "errorCode": code}]
        return self._finished(Answer(body, status), call)

    def load(self, records: Mapping[str, Any]) -> None:
        """Records by object; also `objects` (custom ones, with their fields) and `remove_objects`, `fields` and `remove_fields` by
        object, `limits` {"daily": n}, `rights` and `access` (see _load_rights), and `currencies` (see currencies.py), which makes it an
        organisation of several."""
        for name in records.get("remove_objects", []):
            self.store.remove(name)
        for told in records.get("objects", []):
            others = [table.sobject for table in self.store.tables.values() if table.sobject.name != told["name"]]
            self.store.add(custom_object(told, [sobject.prefix for sobject in others]))
        for name, fields in records.get("fields", {}).items():
            table = self._table(name)
            for told in fields:
                table.sobject.add(field_from_describe(told))
            table.fields_changed()
        for name, unwanted in records.get("remove_fields", {}).items():
            table = self._table(name)
            for column in unwanted:
                table.sobject.remove(column)
            table.fields_changed()
        self._load_rights(records)
        self.daily = int(records.get("limits", {}).get("daily", self.daily))
        if "currencies" in records:
            turn_on(self.store, records["currencies"])
        for name in records.keys() - {"objects", "remove_objects", "fields", "remove_fields", "limits", "rights", "access", "currencies"}:
            table = self._table(name)
            if table.sobject.name == "Organization":
                table.rows.clear()  # there is one
            self.store.load(table, records[name])

    def _load_rights(self, records: Mapping[str, Any]) -> None:
        """`rights` of the user {"api", "bulk"}; `access` to objects {"create", "edit", "unseen": n records that are not shared with it}."""
        self._rights |= records.get("rights", {})
        for name, access in records.get("access", {}).items():
            sobject = self._table(name).sobject
            sobject.createable, sobject.updateable = access.get("create", sobject.createable), access.get("edit", sobject.updateable)
            self._unseen[sobject.name] = access.get("unseen", 0)

    def _table(self, name: str) -> Table:
        table = self.store.tables.get(name.lower())
        if table is None:
            known = ", ".join(table.sobject.name for table in self.store.tables.values())
            raise ValueError(f"the Salesforce stand-in has no object {name}; it has {known}")
        return table

    def _show_limits(self, call: Call) -> Answer:
        calls = {"Max": self.daily, "Remaining": max(self.daily - self._used(call.now), 0)}
        fixed = {
            "DailyBulkApiBatches": 15_000, "DailyBulkV2QueryJobs": 10_000, "DailyBulkV2QueryFileStorageMB": 976_562,
            "DataStorageMB": 10_240, "FileStorageMB": 10_240, "DailyAsyncApexExecutions": 250_000,
        }  # fmt: skip
        return Answer({"DailyApiRequests": calls, **{name: {"Max": most, "Remaining": most} for name, most in fixed.items()}})

    def _record_count(self, call: Call) -> Answer:
        asked = [name.lower() for name in (call.one("sObjects") or "").split(",") if name]
        tables = [table for name, table in self.store.tables.items() if not asked or name in asked]
        counted = {table.sobject.name: len(table.rows) + self._unseen.get(table.sobject.name, 0) for table in tables}
        return Answer({"sObjects": [{"count": count, "name": name} for name, count in counted.items()]})


def _check_version(call: Call) -> None:
    found = re.match(r"/services/data/v(\d+)(\.\d+)?(/|$)", call.path)
    if not found:
        return
    if int(found.group(1)) < OLDEST:
        raise ApiError("UNSUPPORTED_API_VERSION", "The requested resource no longer exists")
    if int(found.group(1)) > NEWEST or found.group(2) != ".0":
        raise not_found()


def _versions(_: Call) -> Answer:
    return Answer([{"label": _label(number), "url": f"/services/data/v{number}.0", "version": f"{number}.0"}
                   for number in range(OLDEST, NEWEST + 1)])  # fmt: skip


def _label(number: int) -> str:
    """Three releases a year: v65 is Winter '26, v66 Spring '26, v67 Summer '26."""
    return f"{('Spring', 'Summer', 'Winter')[number % 3]} '{26 + (number - 65) // 3:02d}"


def _resources(call: Call) -> Answer:
    base = f"/services/data/v{call.args['version']}"
    names = ("sobjects", "query", "queryAll", "composite", "limits", "tooling", "jobs")
    return Answer({**{name: f"{base}/{name}" for name in names}, "identity": f"{call.base_url}/services/oauth2/userinfo"})
