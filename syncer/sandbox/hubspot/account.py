"""Owners, account details, the day's API usage and the limits on custom properties."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from syncer.sandbox.server import Answer, Call, Route

from .portal import DATED, Portal, flag, number, paging
from .refusals import not_found
from .values import iso

DAY = 86_400
MOST_CUSTOM_PROPERTIES = 1_000


def owner(given: Mapping[str, Any], now: float) -> dict[str, Any]:
    """An owner as answered, from what was loaded (its keys may sit under `properties`)."""
    fields = {**given, **given.get("properties", {})}
    names = {
        "firstName": fields.get("firstName", fields.get("firstname", "")),
        "lastName": fields.get("lastName", fields.get("lastname", "")),
    }
    person = int(fields.get("userId") or given["id"])
    return {
        "id": str(given["id"]),
        "email": fields.get("email"),
        "type": "PERSON",
        **names,
        "userId": person,
        "userIdIncludingInactive": person,
        "createdAt": fields.get("createdAt") or iso(now),
        "updatedAt": fields.get("updatedAt") or iso(now),
        "archived": bool(fields.get("archived", False)),
    }


class Account:
    """`used` says how many calls were made today, `allowed` how many may be."""

    def __init__(self, portal: Portal, used: Callable[[float], int], allowed: int) -> None:
        self.portal = portal
        self.used = used
        self.allowed = allowed

    def routes(self) -> Iterable[Route]:
        for base in ("/crm/v3/owners", *(f"/crm/owners/{version}" for version in DATED)):
            yield Route("GET", base, self.owners)
            yield Route("GET", f"{base}/{{id}}", self.owner)
        for version in ("v3", *DATED):
            yield Route("GET", f"/account-info/{version}/details", lambda _: Answer(self.portal.details, rows=1))
            yield Route("GET", f"/account-info/{version}/api-usage/daily/private-apps", self.usage)
        for base in ("/crm/v3/limits", *(f"/crm/limits/{version}" for version in DATED)):
            yield Route("GET", f"{base}/custom-properties", self.custom_properties)

    def owners(self, call: Call) -> Answer:
        limit, after, mail = number(call, "limit", 100, 500), number(call, "after", 0), call.one("email")
        archived = flag(call, "archived")
        found = [
            each
            for _, each in sorted(self.portal.owners.items(), key=lambda item: int(item[0]))
            if each["archived"] == archived and (not mail or each["email"] == mail) and int(each["id"]) >= after
        ]
        following = found[limit]["id"] if len(found) > limit else None
        return Answer({"results": found[:limit], **paging(call, following)}, rows=len(found[:limit]))

    def owner(self, call: Call) -> Answer:
        """By owner id, or by user id with `idProperty=userId`."""
        wanted = call.args["id"]
        key = "userId" if call.one("idProperty") == "userId" else "id"
        for each in self.portal.owners.values():
            if str(each[key]) == wanted and each["archived"] == flag(call, "archived"):
                return Answer(each, rows=1)
        raise not_found(wanted)

    def usage(self, call: Call) -> Answer:
        resets = iso((call.now // DAY + 1) * DAY)
        row = {
            "name": "private-apps-api-calls-daily",
            "usageLimit": self.allowed,
            "currentUsage": self.used(call.now),
            "collectedAt": iso(call.now),
            "fetchStatus": "SUCCESS",
            "resetsAt": resets,
        }
        return Answer({"results": [row]}, rows=1)

    def custom_properties(self, _: Call) -> Answer:
        rows, used = [], 0
        for records in self.portal.records.values():
            count = sum(not definition["hubspotDefined"] for definition in records.definitions.values())
            used += count
            rows.append(
                {
                    "objectTypeId": records.kind.type_id,
                    "singularLabel": records.kind.singular.capitalize(),
                    "pluralLabel": records.kind.plural.capitalize(),
                    "limit": MOST_CUSTOM_PROPERTIES,
                    "usage": count,
                    "percentage": count / MOST_CUSTOM_PROPERTIES,
                }
            )
        limit = MOST_CUSTOM_PROPERTIES * len(rows)
        return Answer(
            {"overallLimit": limit, "overallUsage": used, "overallPercentage": used / limit, "byObjectType": rows},
            rows=len(rows),
        )
