"""The state of the stand-in's Zendesk account, and how records are shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from syncer.sandbox.server import Call
from syncer.sandbox.zendesk.jobs import Jobs
from syncer.sandbox.zendesk.refusals import coded, not_found
from syncer.sandbox.zendesk.tables import Record, Table, instant, iso

USER: Record = {
    "active": True, "alias": None, "custom_role_id": None, "details": None, "external_id": None,
    "iana_time_zone": "Etc/UTC", "last_login_at": None, "locale": "en-US", "locale_id": 1, "moderator": False, "notes": None,
    "only_private_comments": False, "organization_id": None, "phone": None, "photo": None, "restricted_agent": True,
    "role": "end-user", "role_type": None, "shared": False, "shared_agent": False, "signature": None,
    "suspended": False, "tags": [], "ticket_restriction": None, "time_zone": "UTC", "two_factor_auth_enabled": None,
    "user_fields": {}, "verified": True,
}  # fmt: skip
"""What a user has when nothing is said about it."""

OPERATOR: Record = {
    **USER, "id": 1, "name": "Operations", "email": "ops@example.com", "role": "admin", "restricted_agent": False,
    "created_at": "2020-01-06T09:00:00Z", "updated_at": "2020-01-06T09:00:00Z",
}  # fmt: skip
"""Who the credentials belong to: /users/me."""

UNRATED = {"score": "unoffered"}


class Account:
    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        tickets = Table("tickets", lambda record: int(record["generated_timestamp"]))
        plain = ("organizations", "users", "groups", "satisfaction_ratings", "organization_fields", "user_fields")
        self.tables = {"tickets": tickets, **{name: Table(name) for name in plain}}
        self.tables["organization_fields"] = Table("organization_fields", hides=False)
        self.tables["user_fields"] = Table("user_fields", hides=False)
        self.tables["ticket_metrics"] = Table("ticket_metrics", hides=False)
        self.metric_of: dict[int, int] = {}
        self.jobs = Jobs()
        self.operator = dict(OPERATOR)
        self.created_once: dict[str, tuple[bytes, int]] = {}

    def load(self, collections: Mapping[str, list[Any]], now: float) -> None:
        for name, records in collections.items():
            if name == "tickets":
                self._load_tickets(records, now)
            elif name == "users":
                self.tables[name].load(({**USER, **record} for record in records), now)
            else:
                self.tables[name].load(records, now)

    def _load_tickets(self, records: Iterable[Mapping[str, Any]], now: float) -> None:
        tickets, metrics = [], []
        for given in records:
            ticket = {"satisfaction_rating": UNRATED, "tags": [], "custom_fields": [], **given}
            changed = ticket.get("updated_at") or ticket.get("created_at") or iso(now)
            ticket.setdefault("generated_timestamp", instant(changed))
            metric = ticket.pop("metric_set", None) or {
                "id": int(ticket["id"]),
                "reopens": 0,
                "replies": 0,
                "solved_at": None,
            }
            metrics.append(
                {
                    "created_at": ticket.get("created_at") or changed,
                    "updated_at": changed,
                    **metric,
                    "ticket_id": int(ticket["id"]),
                }
            )
            tickets.append(ticket)
        self.tables["tickets"].load(tickets, now)
        self.tables["ticket_metrics"].load(metrics, now)
        self.metric_of |= {metric["ticket_id"]: int(metric["id"]) for metric in metrics}

    def table(self, name: str) -> Table:
        if name not in self.tables:
            raise not_found()
        return self.tables[name]

    def one(self, table: Table, number: str | int) -> Record:
        record = table.get(number)
        if record is None:
            raise not_found()
        return record

    def metric(self, ticket_id: int) -> Record | None:
        return self.tables["ticket_metrics"].records.get(self.metric_of.get(ticket_id, -1))

    def show(self, call: Call, table: Table, records: Iterable[Record]) -> list[Record]:
        """Records as answered: with their url; tickets with their custom fields under the older name too, and with
        their metric set when it is asked for.
        """
        shown = list(records)
        for record in shown:
            if "url" not in record:
                record["url"] = f"{call.base_url}/api/v2/{table.plural}/{record['id']}.json"
        if table.plural != "tickets":
            return shown
        shown = [{**ticket, "fields": ticket["custom_fields"]} for ticket in shown]
        if "metric_sets" in includes(call):
            return [{**ticket, "metric_set": self.metric(ticket["id"])} for ticket in shown]
        return shown

    def beside(self, call: Call, records: Sequence[Record]) -> dict[str, list[Record]]:
        """The side-loaded records that `include` asks for: users, organizations, groups."""
        wanted = includes(call)
        people = ("requester_id", "submitter_id", "assignee_id")
        ids = {
            "users": {record.get(key) for record in records for key in people},
            "organizations": {record.get("organization_id") for record in records},
            "groups": {record.get("group_id") or record.get("default_group_id") for record in records},
        }
        found: dict[str, list[Record]] = {}
        for name in ids.keys() & wanted:
            known = self.tables[name].records
            found[name] = self.show(call, self.tables[name], (known[one] for one in sorted(filter(None, ids[name])) if one in known))
        return found


def includes(call: Call) -> set[str]:
    return set((call.one("include") or "").split(","))


def body_of(call: Call, key: str) -> dict[str, Any]:
    """The object under `key` in the JSON body."""
    try:
        body = call.json()
    except msgspec.DecodeError as wrong:
        raise coded(400, "InvalidJSON", f"The request body is no JSON: {wrong}") from wrong
    given = body.get(key) if isinstance(body, dict) else None
    if not isinstance(given, dict):
        raise coded(400, "MissingParameter", f"Parameter {key} is required")
    return given
