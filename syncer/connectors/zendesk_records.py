"""What Zendesk's objects become: the tables, the decoders with only the fields that are used, and the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from syncer.core.domains import host_of
from syncer.words import when
from syncer.words.tables import Row, Table

if TYPE_CHECKING:
    from collections.abc import Iterable

TEXT, WHOLE, YES_NO = "VARCHAR", "BIGINT", "BOOLEAN"

TABLES = (
    Table(
        "zendesk.organization",
        {"id": TEXT, "name": TEXT, "external_id": TEXT, "created": WHOLE, "updated": WHOLE, "deleted": YES_NO},
    ),
    Table(
        "zendesk.key",
        {"owner_id": TEXT, "key": TEXT, "value": TEXT},
        key=("owner_id", "key", "value"),
        parent="zendesk.organization",
    ),
    Table("zendesk.user", {"id": TEXT, "organization_id": TEXT, "email": TEXT, "phone": TEXT, "deleted": YES_NO}),
    Table(
        "zendesk.ticket",
        {
            "id": TEXT, "organization_id": TEXT, "requester_id": TEXT, "status": TEXT, "priority": TEXT,
            "created": WHOLE, "updated": WHOLE, "solved": WHOLE, "csat": TEXT, "csat_at": WHOLE,
            "first_reply_minutes": WHOLE, "reopens": WHOLE, "deleted": YES_NO,
        },
    ),
)  # fmt: skip


class Organization(Struct):
    id: int
    name: str
    created_at: str
    updated_at: str
    external_id: str | None = None
    domain_names: list[str] | None = None
    organization_fields: dict[str, Any] | None = None
    deleted_at: str | None = None


class OrganizationExport(Struct):
    organizations: list[Organization]
    end_of_stream: bool
    end_time: int | None = None


class Meta(Struct):
    has_more: bool
    after_cursor: str | None = None


class OrganizationList(Struct):
    organizations: list[Organization]
    meta: Meta


class User(Struct):
    """`active` is false for a deleted user."""

    id: int
    name: str = ""
    updated_at: str = ""
    organization_id: int | None = None
    email: str | None = None
    phone: str | None = None
    active: bool = True


class Me(Struct):
    user: User


class Rating(Struct):
    score: str = ""


class Minutes(Struct):
    calendar: int | None = None


class Metrics(Struct):
    solved_at: str | None = None
    reopens: int | None = None
    reply_time_in_minutes: Minutes | None = None


class Ticket(Struct):
    id: int
    status: str
    created_at: str
    updated_at: str
    organization_id: int | None = None
    requester_id: int | None = None
    priority: str | None = None
    satisfaction_rating: Rating | None = None
    metric_set: Metrics | None = None


class TicketExport(Struct):
    tickets: list[Ticket]
    end_of_stream: bool
    users: list[User] = []
    after_cursor: str | None = None


def organization_rows(organizations: Iterable[Organization]) -> dict[str, list[Row]]:
    """Organizations, and as keys their id, external id, domains and text fields."""
    rows: dict[str, list[Row]] = {"zendesk.organization": [], "zendesk.key": []}
    for organization in organizations:
        own_id = str(organization.id)
        rows["zendesk.organization"].append((
            own_id, organization.name, organization.external_id, when.epoch(organization.created_at),
            when.epoch(organization.updated_at), organization.deleted_at is not None,
        ))  # fmt: skip
        rows["zendesk.key"] += [(own_id, key, value) for key, value in _keys(organization)]
    return rows


def _keys(organization: Organization) -> list[tuple[str, str]]:
    keys = [("id", str(organization.id))]
    if organization.external_id:
        keys.append(("external_id", organization.external_id))
    domains = dict.fromkeys(map(host_of, organization.domain_names or []))
    keys += [("domain", domain) for domain in domains if domain]
    fields = organization.organization_fields or {}
    return keys + [(f"field.{name}", value) for name, value in fields.items() if isinstance(value, str) and value]


def ticket_rows(tickets: Iterable[Ticket], users: Iterable[User]) -> dict[str, list[Row]]:
    return {
        "zendesk.ticket": [_ticket_row(ticket) for ticket in tickets],
        "zendesk.user": [(str(user.id), _text(user.organization_id), user.email, user.phone, not user.active) for user in users],
    }


def _ticket_row(ticket: Ticket) -> Row:
    metrics = ticket.metric_set or Metrics()
    updated, solved = when.epoch(ticket.updated_at), metrics.solved_at and when.epoch(metrics.solved_at)
    score = ticket.satisfaction_rating.score if ticket.satisfaction_rating else ""
    csat = score if score in {"good", "bad"} else None
    return (
        str(ticket.id), _text(ticket.organization_id), _text(ticket.requester_id), ticket.status, ticket.priority,
        when.epoch(ticket.created_at), updated, solved, csat,
        # a ticket does not tell when it was rated: people are asked when it is solved; any edit moves `updated`
        (solved or updated) if csat else None,
        metrics.reply_time_in_minutes and metrics.reply_time_in_minutes.calendar, metrics.reopens,
        ticket.status == "deleted",
    )  # fmt: skip


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)
