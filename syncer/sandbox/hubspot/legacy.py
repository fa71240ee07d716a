"""The older paths that readers still use: property definitions, companies and deals of v1 and v2, and lists of things
that this portal has none of. Vendor: https://developers.hubspot.com/docs/api-reference/legacy
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from syncer.sandbox.server import Answer, Call, Route

from .portal import Portal, many, number
from .records import Record, Records
from .refusals import PORTAL_ID, not_found
from .values import EPOCH, moment

LARGEST_PAGE = 250
PAGED = (("/companies/v2/companies", "companies", "has-more"), ("/deals/v1/deal", "deals", "hasMore"))
NO_RESULTS: dict[str, Any] = {"results": []}
NO_MORE: dict[str, Any] = {"hasMore": False, "offset": None}
EMPTY: dict[tuple[str, str], Any] = {
    ("GET", "/automation/v3/workflows"): {"workflows": []},
    ("GET", "/crm-pipelines/v1/pipelines/{type}"): NO_RESULTS,
    ("GET", "/crm/v3/pipelines/{type}"): NO_RESULTS,
    ("GET", "/crm/v3/schemas"): NO_RESULTS,
    ("POST", "/crm/v3/lists/search"): {"lists": [], "hasMore": False, "offset": 0, "total": 0},
    ("GET", "/deals/v1/pipelines"): [],
    ("GET", "/email/public/v1/campaigns"): {"campaigns": [], **NO_MORE},
    ("GET", "/email/public/v1/campaigns/by-id"): {"campaigns": [], **NO_MORE},
    ("GET", "/email/public/v1/events"): {"events": [], **NO_MORE},
    ("GET", "/email/public/v1/subscriptions"): {"subscriptionDefinitions": []},
    ("GET", "/email/public/v1/subscriptions/timeline"): {"timeline": [], **NO_MORE},
    ("GET", "/engagements/v1/engagements/modified/after"): {"results": [], "hasMore": False, "offset": 0},
    ("GET", "/engagements/v1/engagements/paged"): {"results": [], "hasMore": False, "offset": 0},
    ("GET", "/engagements/v1/engagements/recent/modified"): {**NO_RESULTS, "hasMore": False, "offset": 0, "total": 0},
    ("GET", "/forms/v2/forms"): [],
    ("GET", "/marketing-emails/v1/emails/with-statistics"): {"objects": [], "total": 0, "limit": 10, "offset": 0},
    ("GET", "/marketing/v3/forms"): NO_RESULTS,
}


class Legacy:
    def __init__(self, portal: Portal) -> None:
        self.portal = portal

    def routes(self) -> Iterable[Route]:
        for version in ("v1", "v2"):
            yield Route("GET", f"/properties/{version}/{{type}}/properties", self.properties)
        yield Route("GET", "/companies/v2/properties", self.properties)
        for base, plural, more in PAGED:
            yield Route("GET", f"{base}/paged", self._paged(plural, more))
            yield Route("GET", f"{base}/recent/modified", self._recent(plural))
            yield Route("GET", f"{base}/{{id}}", self._one(plural))
        for (method, path), body in EMPTY.items():
            yield Route(method, path, _always(body))

    def properties(self, call: Call) -> Answer:
        definitions = list(self.portal.of(call.args.get("type", "companies")).definitions.values())
        return Answer(definitions, rows=len(definitions))

    def _paged(self, plural: str, more: str) -> Callable[[Call], Answer]:
        def answer(call: Call) -> Answer:
            records = self.portal.of(plural)
            limit = min(number(call, "limit", 100), LARGEST_PAGE)
            page, following = records.page(number(call, "offset", 0), max(1, limit), archived=False)
            names = None if call.one("includeAllProperties") == "true" else many(call, "properties")
            shown = [_shown(records, record, names) for record in page]
            offset = following if following is not None else (page[-1].id if page else 0)
            return Answer({plural: shown, more: following is not None, "offset": offset}, rows=len(shown))

        return answer

    def _recent(self, plural: str) -> Callable[[Call], Answer]:
        """All that changed since `since` (milliseconds), the latest first."""

        def answer(call: Call) -> Answer:
            records = self.portal.of(plural)
            since, offset = number(call, "since", 0), number(call, "offset", 0)
            limit = max(1, min(number(call, "count", 100), LARGEST_PAGE))
            stamped = [(_milliseconds(record.values[records.kind.modified]), record) for record in records.living()]
            found = sorted((each for each in stamped if each[0] >= since), key=lambda each: -each[0])
            page = [_shown(records, record, None) for _, record in found[offset : offset + limit]]
            end = offset + len(page)
            body = {"results": page, "hasMore": end < len(found), "offset": end, "total": len(found)}
            return Answer(body, rows=len(page))

        return answer

    def _one(self, plural: str) -> Callable[[Call], Answer]:
        def answer(call: Call) -> Answer:
            records = self.portal.of(plural)
            record = records.find(call.args["id"])
            if record is None:
                raise not_found(call.args["id"])
            return Answer(_shown(records, record, None), rows=1)

        return answer


def _milliseconds(text: str) -> int:
    when = moment(text)
    return int((when - EPOCH).total_seconds() * 1000) if when else 0


def _shown(records: Records, record: Record, names: Sequence[str] | None) -> dict[str, Any]:
    """A record in the old shape, with the named properties that have a value (None: all); instants in milliseconds."""
    at = _milliseconds(record.values[records.kind.modified])
    kept = record.values if names is None else {name: record.values[name] for name in names if name in record.values}
    properties = {name: _property(records, name, text, at) for name, text in kept.items()}
    shown: dict[str, Any] = {"portalId": PORTAL_ID, f"{records.kind.singular}Id": record.id, "isDeleted": False}
    shown["properties"] = properties
    if records.kind.plural == "deals":
        shown["associations"] = {"associatedVids": [], "associatedCompanyIds": [], "associatedDealIds": []}
    return shown


def _property(records: Records, name: str, text: str, at: int) -> dict[str, Any]:
    dated = records.definitions.get(name, {}).get("type") in ("date", "datetime")
    value = str(_milliseconds(text)) if dated else text
    said = {"value": value, "timestamp": at, "source": "API", "sourceId": None}
    version = {"name": name, "value": value, "timestamp": at, "source": "API", "sourceVid": []}
    return {**said, "versions": [version]}


def _always(body: Any) -> Callable[[Call], Answer]:
    return lambda _: Answer(body)
