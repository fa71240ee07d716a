"""What other readers ask for besides: a ticket's comment, lists below an organization or a user, and resources of which
this account has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from syncer.sandbox.server import Answer, Call, Route
from syncer.sandbox.zendesk.account import Account
from syncer.sandbox.zendesk.paging import page_of
from syncer.sandbox.zendesk.refusals import titled
from syncer.sandbox.zendesk.tables import Record

EMPTY = {
    **{name: name for name in (
        "activities", "audit_logs", "automations", "brands", "custom_roles", "custom_statuses", "deleted_tickets",
        "group_memberships", "macros", "organization_memberships", "skips", "suspended_tickets", "tags",
        "ticket_fields", "ticket_forms", "triggers", "views",
    )},
    "business_hours/schedules": "schedules", "channels/voice/phone_numbers": "phone_numbers",
    "routing/attributes": "attributes", "slas/policies": "sla_policies", "ticket_audits": "audits",
}  # fmt: skip
"""Paths of empty lists, and the key that the list stands under."""

SETTINGS = {
    "active_features": {
        "customer_satisfaction": True, "organization_access_enabled": True, "satisfaction_prediction": False,
        "ticket_forms": False, "voice": False,
    },
    "api": {"accepted_api_agreement": True, "api_password_access": "false", "api_token_access": "true"},
    "localization": {"locale_ids": [1]}, "statistics": {"forum": False},
}  # fmt: skip
"""Of the account's settings those that readers look at before they begin."""

EMPTY_EXPORTS = ("ticket_events", "ticket_metric_events")
BELOW = {
    "organizations/{id}/tickets": ("organizations", "tickets", "organization_id"),
    "organizations/{id}/users": ("organizations", "users", "organization_id"),
    "users/{id}/tickets/requested": ("users", "tickets", "requester_id"),
}
"""Lists below a record: the record's resource, the list's, and the field that names the record."""


class Neighbours:
    def __init__(self, account: Account) -> None:
        self.account = account

    def routes(self) -> Iterable[Route]:
        yield Route("GET", "/api/v2/tickets/{id}/comments", self.comments)
        yield Route("GET", "/api/v2/tickets/{id}/audits", self.audits)
        yield Route("POST", "/api/v2/users/create_or_update_many", _closed)
        for path, (owner, listed, field) in BELOW.items():
            yield Route("GET", f"/api/v2/{path}", self._below(owner, listed, field))
        for path, key in EMPTY.items():
            yield Route("GET", f"/api/v2/{path}", _nothing(key))
        yield Route("GET", "/api/v2/account/settings", lambda _: Answer({"settings": SETTINGS}, rows=1))
        for name in EMPTY_EXPORTS:
            yield Route("GET", f"/api/v2/incremental/{name}", _nothing_exported(name))

    def comments(self, call: Call) -> Answer:
        ticket = self.account.one(self.account.tables["tickets"], call.args["id"])
        return _listed(call, "comments", [_comment(ticket)])

    def audits(self, call: Call) -> Answer:
        """The one with which the ticket began."""
        ticket = self.account.one(self.account.tables["tickets"], call.args["id"])
        comment = _comment(ticket)
        author, created, via = comment["author_id"], comment["created_at"], comment["via"]
        audit = {
            "id": comment["audit_id"], "ticket_id": ticket["id"], "author_id": author, "created_at": created,
            "metadata": comment["metadata"], "via": via, "events": [comment],
        }  # fmt: skip
        return _listed(call, "audits", [audit])

    def _below(self, owner: str, listed: str, field: str) -> Callable[[Call], Answer]:
        def answer(call: Call) -> Answer:
            number = self.account.one(self.account.tables[owner], call.args["id"])["id"]
            table = self.account.tables[listed]
            ids = [each for each in table.listed(call.now) if table.records[each].get(field) == number]
            page, paging = page_of(call, ids)
            records = self.account.show(call, table, (table.records[each] for each in page))
            return Answer({listed: records, **self.account.beside(call, records), **paging}, rows=len(records))

        return answer


def _comment(ticket: Record) -> dict[str, Any]:
    """The ticket's description, which at Zendesk is its first comment."""
    text = ticket.get("description") or ticket.get("subject") or ""
    return {
        "id": ticket["id"] * 10 + 1, "audit_id": ticket["id"] * 10, "type": "Comment", "public": True,
        "author_id": ticket.get("requester_id"), "body": text, "plain_body": text, "html_body": text,
        "attachments": [], "via": ticket.get("via") or {"channel": "api", "source": {}},
        "metadata": {"system": {}, "custom": {}}, "created_at": ticket["created_at"],
    }  # fmt: skip


def _listed(call: Call, key: str, records: list[dict[str, Any]]) -> Answer:
    page, paging = page_of(call, range(len(records)))
    return Answer({key: [records[place] for place in page], **paging}, rows=len(page))


def _closed(_: Call) -> Answer:
    """Bulk import of users is closed until Zendesk's support opens it for an account."""
    raise titled(403, "Forbidden", "You do not have access to this page. Please contact the account owner.")


def _nothing(key: str) -> Callable[[Call], Answer]:
    return lambda call: _listed(call, key, [])


def _nothing_exported(key: str) -> Callable[[Call], Answer]:
    def answer(call: Call) -> Answer:
        return Answer({key: [], "count": 0, "end_time": int(call.now), "next_page": None, "end_of_stream": True})

    return answer
