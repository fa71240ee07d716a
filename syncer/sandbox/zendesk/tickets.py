"""Writes to tickets, and the deletion of users."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from syncer.sandbox.server import Answer, Call, Route
from syncer.sandbox.zendesk.account import OPERATOR, UNRATED, Account, body_of
from syncer.sandbox.zendesk.refusals import coded, invalid_record, titled
from syncer.sandbox.zendesk.tables import Record, iso

STATUSES = ("new", "open", "pending", "hold", "solved", "closed")
PRIORITIES = ("urgent", "high", "normal", "low", None)
TYPES = ("problem", "incident", "question", "task", None)
CHOICES: dict[str, tuple[str | None, ...]] = {"status": STATUSES, "priority": PRIORITIES, "type": TYPES}
WRITABLE = (
    "subject", "status", "priority", "type", "requester_id", "assignee_id", "organization_id", "group_id",
    "external_id", "tags", "custom_fields", "due_at",
)  # fmt: skip


class Tickets:
    def __init__(self, account: Account) -> None:
        self.account = account

    def routes(self) -> Iterable[Route]:
        yield Route("POST", "/api/v2/tickets", self.create)
        yield Route("PUT", "/api/v2/tickets/{id}", self.update)
        yield Route("DELETE", "/api/v2/tickets/{id}", self.delete)
        yield Route("DELETE", "/api/v2/users/{id}", self.delete_user)

    def _body(self, call: Call, ticket: Record) -> dict[str, Any]:
        audit = {"id": self.account.tables["tickets"].new_id(), "ticket_id": ticket["id"], "created_at": iso(call.now),
                 "author_id": OPERATOR["id"], "events": []}  # fmt: skip
        return {"ticket": self.account.show(call, self.account.tables["tickets"], [ticket])[0], "audit": audit}

    def create(self, call: Call) -> Answer:
        """The same `Idempotency-Key` gives the same ticket again; with another body it is an error."""
        key = call.headers.get("idempotency-key")
        before = self.account.created_once.get(key or "")
        if before and before[0] != call.body:
            raise titled(400, "IdempotentRequestError", "The Idempotency-Key was used with another request body")
        if before:
            ticket = self.account.tables["tickets"].records[before[1]]
            return Answer(self._body(call, ticket), 201, {"x-idempotency-lookup": "hit"})
        ticket = self._create(body_of(call, "ticket"), call.now)
        if not key:
            return Answer(self._body(call, ticket), 201, rows=1)
        self.account.created_once[key] = (call.body, ticket["id"])
        return Answer(self._body(call, ticket), 201, {"x-idempotency-lookup": "miss"}, rows=1)

    def _create(self, given: Mapping[str, Any], now: float) -> Record:
        comment = given.get("comment") or {}
        text = comment.get("body") or comment.get("html_body") or given.get("description")
        if not text:
            raise invalid_record({"base": [("BlankValue", "Description: cannot be blank")]})
        requester = given.get("requester_id") or OPERATOR["id"]
        person = self.account.tables["users"].records.get(requester, {})
        ticket: Record = {
            "id": self.account.tables["tickets"].new_id(), "external_id": None, "subject": text[:80],
            "description": text,
            "type": None, "priority": None, "status": "new", "recipient": None, "requester_id": requester,
            "submitter_id": OPERATOR["id"], "assignee_id": None, "organization_id": person.get("organization_id"),
            "group_id": None, "collaborator_ids": [], "follower_ids": [], "email_cc_ids": [], "problem_id": None,
            "has_incidents": False, "is_public": True, "due_at": None, "tags": [], "custom_fields": [],
            "satisfaction_rating": UNRATED, "sharing_agreement_ids": [], "via": {"channel": "api", "source": {}},
            "created_at": iso(now), "from_messaging_channel": False,
        }  # fmt: skip
        metric: Record = {"id": ticket["id"], "ticket_id": ticket["id"], "reopens": 0, "replies": 0, "solved_at": None}
        metric |= {"created_at": iso(now), "reply_time_in_minutes": {"calendar": None, "business": None}}
        self.account.metric_of[ticket["id"]] = metric["id"]
        self._write(ticket, metric, given, now)
        return ticket

    def update(self, call: Call) -> Answer:
        ticket = self.account.one(self.account.tables["tickets"], call.args["id"])
        if ticket["status"] == "closed":
            raise invalid_record({"status": [("InvalidValue", "closed prevents ticket update")]})
        metric = self.account.metric(ticket["id"]) or {"id": ticket["id"], "ticket_id": ticket["id"], "reopens": 0}
        self._write(ticket, metric, body_of(call, "ticket"), call.now)
        return Answer(self._body(call, ticket), rows=1)

    def _write(self, ticket: Record, metric: Record, given: Mapping[str, Any], now: float) -> None:
        wrong = {
            name: [("InvalidValue", f"{given[name]} is not valid")]
            for name, known in CHOICES.items()
            if name in given and given[name] not in known
        }
        if wrong:
            raise invalid_record(wrong)
        was_done = ticket["status"] in ("solved", "closed")
        ticket |= {name: given[name] for name in WRITABLE if name in given}
        ticket |= {"raw_subject": ticket["subject"], "updated_at": iso(now), "generated_timestamp": int(now)}
        is_done = ticket["status"] in ("solved", "closed")
        metric["updated_at"] = iso(now)
        if is_done and not was_done:
            metric["solved_at"] = iso(now)
        if was_done and not is_done:
            metric |= {"solved_at": None, "reopens": metric["reopens"] + 1}
        self.account.tables["tickets"].put(ticket)
        self.account.tables["ticket_metrics"].put(metric)

    def delete(self, call: Call) -> Answer:
        """Out of lists at once; the export goes on showing it with the status `deleted`."""
        table = self.account.tables["tickets"]
        ticket = self.account.one(table, call.args["id"])
        ticket |= {"status": "deleted", "updated_at": iso(call.now), "generated_timestamp": int(call.now)}
        table.put(ticket)
        return Answer(status=204, rows=1)

    def delete_user(self, call: Call) -> Answer:
        table = self.account.tables["users"]
        user = self.account.one(table, call.args["id"])
        if user.get("role") != "end-user":
            raise coded(422, "RecordInvalid", "Only end users can be deleted")
        user |= {"active": False, "updated_at": iso(call.now)}
        table.put(user)
        return Answer({"user": self.account.show(call, table, [user])[0]}, rows=1)
