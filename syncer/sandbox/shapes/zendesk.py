"""Zendesk organizations, users, tickets with their metric set, satisfaction ratings."""

# ruff: noqa: PLR0913, PLR0917  (a record has that many sides)
from __future__ import annotations

from typing import TYPE_CHECKING

from syncer.sandbox.shapes.dates import iso

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from syncer.sandbox.shapes import Record

GROUP_ID = 360_000_000_001
GROUP: Record = {
    "id": GROUP_ID,
    "name": "Support",
    "description": "",
    "default": True,
    "deleted": False,
    "is_public": True,
    "created_at": "2020-01-06T09:00:00Z",
    "updated_at": "2020-01-06T09:00:00Z",
}


def organization(
    organization_id: int,
    name: str,
    created: int,
    *,
    external_id: str | None,
    domains: Sequence[str],
    fields: Mapping[str, str] | None = None,
) -> Record:
    return {
        "id": organization_id,
        "name": name,
        "created_at": iso(created),
        "updated_at": iso(created),
        "domain_names": list(domains),
        "details": "",
        "notes": "",
        "group_id": None,
        "shared_tickets": False,
        "shared_comments": False,
        "external_id": external_id,
        "tags": [],
        "organization_fields": dict(fields or {}),
        "deleted_at": None,
    }


def user(
    user_id: int,
    name: str,
    email: str,
    created: int,
    *,
    organization_id: int | None = None,
    role: str = "end-user",
) -> Record:
    return {
        "id": user_id,
        "name": name,
        "email": email,
        "created_at": iso(created),
        "updated_at": iso(created),
        "role": role,
        "organization_id": organization_id,
        "active": True,
        "verified": True,
        "phone": None,
        "external_id": None,
        "tags": [],
        "locale": "en-US",
        "time_zone": "UTC",
        "suspended": False,
        "user_fields": {},
        "default_group_id": GROUP_ID if role == "agent" else None,
    }


def ticket(
    ticket_id: int,
    subject: str,
    *,
    organization_id: int,
    requester_id: int,
    assignee_id: int,
    status: str,
    priority: str,
    created: int,
    updated: int,
    solved: int | None,
    reply_minutes: int | None,
    reopens: int = 0,
    score: str = "unoffered",
    tags: Sequence[str] = (),
) -> Record:
    """`score` is unoffered, offered, good or bad."""
    rating = {"score": score} | ({"id": 8_000_000_000 + ticket_id, "comment": ""} if score in ("good", "bad") else {})
    return {
        "id": ticket_id,
        "external_id": None,
        "subject": subject,
        "raw_subject": subject,
        "description": subject,
        "type": "question",
        "status": status,
        "priority": priority,
        "created_at": iso(created),
        "updated_at": iso(updated),
        "generated_timestamp": updated,
        "requester_id": requester_id,
        "submitter_id": requester_id,
        "assignee_id": assignee_id,
        "organization_id": organization_id,
        "group_id": GROUP_ID,
        "collaborator_ids": [],
        "follower_ids": [],
        "email_cc_ids": [],
        "has_incidents": False,
        "is_public": True,
        "due_at": None,
        "problem_id": None,
        "tags": list(tags),
        "custom_fields": [],
        "via": {"channel": "email", "source": {"from": {}, "to": {}, "rel": None}},
        "recipient": None,
        "allow_channelback": False,
        "allow_attachments": True,
        "from_messaging_channel": False,
        "sharing_agreement_ids": [],
        "satisfaction_rating": rating,
        "metric_set": _metric_set(ticket_id, created, updated, solved, reply_minutes, reopens),
    }


def rating(of: Record, at: int) -> Record:
    """The satisfaction rating of a ticket whose score is good or bad."""
    return {
        "id": of["satisfaction_rating"]["id"],
        "ticket_id": of["id"],
        "score": of["satisfaction_rating"]["score"],
        "comment": "",
        "requester_id": of["requester_id"],
        "assignee_id": of["assignee_id"],
        "group_id": of["group_id"],
        "created_at": iso(at),
        "updated_at": iso(at),
    }


def _metric_set(
    ticket_id: int,
    created: int,
    updated: int,
    solved: int | None,
    reply_minutes: int | None,
    reopens: int,
) -> Record:
    begun, moved = iso(created), iso(updated)
    solved_minutes = None if solved is None else (solved - created) // 60
    return {
        "id": 5_000_000_000 + ticket_id,
        "ticket_id": ticket_id,
        "created_at": begun,
        "updated_at": moved,
        "group_stations": 1,
        "assignee_stations": 1,
        "reopens": reopens,
        "replies": 0 if reply_minutes is None else 1 + reopens,
        "solved_at": None if solved is None else iso(solved),
        "assigned_at": begun,
        "initially_assigned_at": begun,
        "latest_comment_added_at": moved,
        "status_updated_at": moved,
        "requester_updated_at": begun,
        "assignee_updated_at": moved,
        "reply_time_in_minutes": _minutes(reply_minutes),
        "first_resolution_time_in_minutes": _minutes(solved_minutes),
        "full_resolution_time_in_minutes": _minutes(solved_minutes),
        "agent_wait_time_in_minutes": _minutes(0),
        "requester_wait_time_in_minutes": _minutes(solved_minutes),
        "on_hold_time_in_minutes": _minutes(0),
    }


def _minutes(minutes: int | None) -> Record:
    return {"calendar": minutes, "business": None if minutes is None else minutes // 3}
