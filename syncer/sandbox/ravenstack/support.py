"""Tickets as Zendesk organizations, users, tickets and ratings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncer.sandbox.ravenstack.names import domain
from syncer.sandbox.shapes import Record, zendesk
from syncer.sandbox.shapes.dates import DAY

if TYPE_CHECKING:
    from syncer.sandbox.ravenstack.csv_tables import Row
    from syncer.sandbox.ravenstack.files import Tables

STAFF_ID = 370_000_000_001
FIRST_ORGANIZATION = 360_100_000_000
FIRST_REQUESTER = 370_100_000_000


def zendesk_records(tables: Tables, as_of: int) -> dict[str, list[Record]]:
    """An organization and a requester per account; tickets numbered by time."""
    numbers = {row["account_id"]: number for number, row in enumerate(tables.accounts)}
    rows = sorted(tables.tickets, key=lambda row: (row["submitted_at"], row["ticket_id"]))
    tickets = [_ticket(number, row, numbers[row["account_id"]], as_of) for number, row in enumerate(rows, 1)]
    rated = [(ticket, row) for ticket, row in zip(tickets, rows, strict=True) if "id" in ticket["satisfaction_rating"]]
    staff = zendesk.user(STAFF_ID, "Dana Reyes", "dana.reyes@ravenstack.example", 1_577_836_800, role="agent")
    return {
        "groups": [zendesk.GROUP],
        "organizations": [_organization(number, row) for number, row in enumerate(tables.accounts)],
        "users": [staff, *(_requester(number, row) for number, row in enumerate(tables.accounts))],
        "tickets": tickets,
        "satisfaction_ratings": [zendesk.rating(ticket, row["closed_at"]) for ticket, row in rated],
    }


def _organization(number: int, row: Row) -> Record:
    return zendesk.organization(
        FIRST_ORGANIZATION + number,
        row["account_name"],
        row["signup_date"],
        external_id=row["account_id"],
        domains=[domain(row)],
    )


def _requester(number: int, row: Row) -> Record:
    return zendesk.user(
        FIRST_REQUESTER + number,
        f"{row['account_name']} operations",
        f"ops@{domain(row)}",
        row["signup_date"],
        organization_id=FIRST_ORGANIZATION + number,
    )


def _ticket(ticket_id: int, row: Row, account: int, as_of: int) -> Record:
    """Solved once closed_at has come; Zendesk closes what was solved 28 days ago. A score of 4 or 5 is good, 1 to 3
    bad."""
    solved = row["closed_at"] if row["closed_at"] and row["closed_at"] <= as_of else None
    score = row["satisfaction_score"] if solved else None
    reply = row["first_response_time_minutes"]
    return zendesk.ticket(
        ticket_id,
        f"{row['priority'].capitalize()} request {row['ticket_id']}",
        organization_id=FIRST_ORGANIZATION + account,
        requester_id=FIRST_REQUESTER + account,
        assignee_id=STAFF_ID,
        status="open" if solved is None else "closed" if solved < as_of - 28 * DAY else "solved",
        priority="normal" if row["priority"] == "medium" else row["priority"],
        created=row["submitted_at"],
        updated=solved or min(as_of, row["submitted_at"] + (reply or 0) * 60),
        solved=solved,
        reply_minutes=reply,
        score="unoffered" if score is None else "good" if score >= "4.0" else "bad",
        tags=["escalated"] if row["escalation_flag"] else [],
    )
