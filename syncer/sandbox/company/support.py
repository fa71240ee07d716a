"""Zendesk's side: organizations, people, tickets of half a year, satisfaction with gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncer.sandbox.company.chance import Chance
from syncer.sandbox.shapes import Record, zendesk
from syncer.sandbox.shapes.dates import DAY

if TYPE_CHECKING:
    from syncer.sandbox.company.accounts import Account
    from syncer.sandbox.company.identity import Identity

FIRST_ORGANIZATION = 360_200_000_000
FIRST_USER = 370_200_000_000
STAFF = (("Dana Reyes", "dana"), ("Yūki Mori", "yuki"), ("Tom Bär", "tom"))

HABITS = {"talks": 45, "talks, never rates": 25, "silent": 30}
"""Which organizations write tickets, and which of those ever answer the survey."""

_SUBJECTS = (
    "Export fails with an empty file",
    "Cannot sign in since this morning",
    "How do I invite a colleague?",
    "Invoice question",
    "Import stops at row 1,000",
    "レポートが表示されません",
    "Dashboard shows yesterday's figures",
    "API answers 429",
    "Rechnung fehlt",
    "Please add a field",
    "Mobile app: filters are lost",
    "Data deletion request",
)
_PRIORITIES = ("low",) * 6 + ("normal",) * 9 + ("high",) * 4 + ("urgent",)
_WINDOW = 180 * DAY
_QUIET = 300
"""Nobody writes in the last minutes: an export leaves out the last one, so a ticket would turn up only in the next."""


def zendesk_records(accounts: list[Account], identities: list[Identity], seed: int, as_of: int) -> dict[str, list[Record]]:
    chance = Chance(seed, "support")
    customers = [(account, identity) for account, identity in zip(accounts, identities, strict=True) if identity.way]
    habits = chance.deal(len(customers), HABITS)
    organizations, told = [], []
    users = [
        zendesk.user(FIRST_USER + number, name, f"{mail}@lighthouse-metrics.example", 1_577_836_800, role="agent")
        for number, (name, mail) in enumerate(STAFF)
    ]
    for (account, identity), habit in zip(customers, habits, strict=True):
        if chance.random() < 0.08:
            continue  # never set up in Zendesk
        people = _people(account)
        organizations.append(_organization(account, identity))
        users += people
        if habit != "silent":
            told += _tickets(account, [user["id"] for user in people], chance, as_of - _QUIET, rates=habit == "talks")
    told.sort(key=lambda ticket: ticket["created"])
    tickets = [zendesk.ticket(1001 + number, **ticket) for number, ticket in enumerate(told)]
    rated = [ticket for ticket in tickets if "id" in ticket["satisfaction_rating"]]
    return {
        "groups": [zendesk.GROUP],
        "organizations": organizations,
        "users": users,
        "tickets": tickets,
        "satisfaction_ratings": [zendesk.rating(ticket, ticket["generated_timestamp"]) for ticket in rated],
    }


def _organization(account: Account, identity: Identity) -> Record:
    return zendesk.organization(
        FIRST_ORGANIZATION + account.number,
        account.name,
        account.since,
        external_id=account.key if identity.way in ("key", "crm_id") else None,
        domains=[account.domain] if identity.way != "nothing" else [],
    )


def _people(account: Account) -> list[Record]:
    first = FIRST_USER + 100 + 3 * account.number
    return [
        zendesk.user(
            first + number,
            f"{account.name}, contact {number + 1}",
            f"contact{number + 1}@{account.domain}",
            account.since,
            organization_id=FIRST_ORGANIZATION + account.number,
        )
        for number in range(1 + account.number % 3)
    ]


def _tickets(account: Account, people: list[int], chance: Chance, as_of: int, *, rates: bool) -> list[dict[str, Any]]:
    """What `zendesk.ticket` wants of each but its number. Accounts at risk write more and like the answers less."""
    begins = max(account.since, as_of - _WINDOW)
    ends = account.asked if account.fate in ("left", "gone") and account.asked else as_of
    count = min(20, round(chance.expovariate(1 / (6 if account.at_risk else 3)))) if ends > begins else 0
    moments = [begins + int((ends - begins) * chance.random()) for _ in range(count)]
    return [_ticket(account, people, chance, created, as_of, rates=rates) for created in moments]


def _ticket(  # noqa: PLR0913
    account: Account, people: list[int], chance: Chance, created: int, as_of: int, *, rates: bool
) -> dict[str, Any]:
    reply = round(chance.lognormvariate(4.5, 1.1))
    replied = created + 60 * reply
    solved = replied + int(chance.expovariate(1 / (3 * DAY)))
    done = solved < as_of - 3600 and chance.random() > 0.06
    score = "unoffered"
    if done and rates:
        good = 0.45 if account.at_risk else 0.92
        score = "offered" if chance.random() < 0.55 else "good" if chance.random() < good else "bad"
    return {
        "subject": chance.choice(_SUBJECTS),
        "organization_id": FIRST_ORGANIZATION + account.number,
        "requester_id": chance.choice(people),
        "assignee_id": FIRST_USER + chance.randrange(len(STAFF)),
        "status": _status(chance, done, replied < as_of, solved < as_of - 28 * DAY),
        "priority": chance.choice(_PRIORITIES),
        "created": created,
        "updated": solved if done else replied if replied < as_of else created,
        "solved": solved if done else None,
        "reply_minutes": reply if replied < as_of else None,
        "reopens": int(chance.random() < 0.08),
        "score": score,
    }


def _status(chance: Chance, done: bool, replied: bool, long_ago: bool) -> str:
    """Zendesk closes what was solved 28 days ago."""
    if done:
        return "closed" if long_ago else "solved"
    return chance.choice(("open", "pending", "hold")) if replied else "new"
