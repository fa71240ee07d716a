"""A small Zendesk account behind a stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import requests
from contracts import Contract

from syncer.sandbox.server import Clock, Server, World
from syncer.sandbox.zendesk import TOKEN, ZendeskStandin

NOW = 1_790_000_000  # 2026-09-21
DAY = 86_400
STAFF, GROUP = 900, 70
CONTRACT = Contract("zendesk/support.json")


def iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def plain(body: Any) -> Any:
    """Without nulls, which the contract forgets to allow in many places where the vendor sends them."""
    if isinstance(body, dict):
        return {key: plain(value) for key, value in body.items() if value is not None}
    return [plain(each) for each in body] if isinstance(body, list) else body


def ids(records: list[dict[str, Any]]) -> list[int]:
    return [record["id"] for record in records]


@dataclass
class Desk:
    """The stand-in, its address and clock, and ways to call it."""

    standin: ZendeskStandin
    clock: Clock
    url: str

    def call(self, method: str, path: str, *, token: str | None = TOKEN, **rest: Any) -> requests.Response:
        with requests.Session() as http:
            http.trust_env = False
            headers = {**({"Authorization": f"Bearer {token}"} if token else {}), **rest.pop("headers", {})}
            address = path if path.startswith("http") else self.url + path
            return http.request(method, address, headers=headers, timeout=10, **rest)

    def get(self, path: str, **params: Any) -> Any:
        answer = self.call("GET", path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def send(self, method: str, path: str, body: Any, expected: int = 200) -> Any:
        answer = self.call(method, path, json=body)
        assert answer.status_code == expected, answer.text
        return answer.json() if answer.content else None


def organization(number: int, changed: int, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "name": f"Company {number}",
        "external_id": f"ac-{number}",
        "domain_names": [f"c{number}.example"],
        "created_at": iso(NOW - 400 * DAY),
        "updated_at": iso(changed),
        "details": "",
        "notes": "",
        "group_id": None,
        "shared_tickets": False,
        "shared_comments": False,
        "tags": [],
        "organization_fields": {},
        **more,
    }


def user(number: int, changed: int, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "name": f"Person {number}",
        "email": f"p{number}@example.com",
        "role": "end-user",
        "active": True,
        "created_at": iso(NOW - 400 * DAY),
        "updated_at": iso(changed),
        "organization_id": None,
        "phone": None,
        **more,
    }


def minutes(count: int) -> dict[str, int]:
    return {"calendar": count, "business": count // 3}


def ticket(number: int, changed: int, **more: Any) -> dict[str, Any]:
    metric = {
        "id": 5000 + number,
        "ticket_id": number,
        "reopens": 0,
        "replies": 1,
        "group_stations": 1,
        "assignee_stations": 1,
        "created_at": iso(NOW - 100 * DAY),
        "updated_at": iso(changed),
        "reply_time_in_minutes": minutes(30),
    }
    return {
        "id": number,
        "subject": f"Question {number}",
        "raw_subject": f"Question {number}",
        "description": "It is broken",
        "type": "question",
        "status": "open",
        "priority": "normal",
        "requester_id": 300 + number % 7,
        "submitter_id": 300,
        "assignee_id": STAFF,
        "organization_id": 100 + number % 5,
        "group_id": GROUP,
        "tags": [],
        "custom_fields": [],
        "created_at": iso(NOW - 100 * DAY),
        "updated_at": iso(changed),
        "generated_timestamp": changed,
        "satisfaction_rating": {"score": "unoffered"},
        "metric_set": metric,
        **more,
    }


def rating(number: int, score: str, at: int, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "ticket_id": number,
        "score": score,
        "requester_id": 301,
        "assignee_id": STAFF,
        "group_id": GROUP,
        "created_at": iso(at),
        "updated_at": iso(at),
        **more,
    }


def field(number: int, key: str, kind: str, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "key": key,
        "type": kind,
        "title": key,
        "description": "",
        "active": True,
        "position": number,
        "raw_title": key,
        "raw_description": "",
        "created_at": iso(NOW),
        "updated_at": iso(NOW),
        **more,
    }


def records(now: int = NOW) -> dict[str, list[dict[str, Any]]]:
    """25 tickets changed in pairs a day apart, 12 organizations, 8 people, three ratings."""
    return {
        "groups": [{"id": GROUP, "name": "Support", "created_at": iso(now - DAY), "updated_at": iso(now - DAY)}],
        "organizations": [organization(100 + n, now - (20 - n // 2) * DAY) for n in range(12)],
        "users": [user(300 + n, now - (10 - n) * DAY, organization_id=100 + n % 5) for n in range(7)]
        + [user(STAFF, now - 9 * DAY, role="admin", default_group_id=GROUP)],
        "tickets": [ticket(1 + n, now - (30 - n // 2) * DAY) for n in range(25)],
        "satisfaction_ratings": [
            rating(1, "good", now - 3 * DAY, comment="Thank you"),
            rating(2, "bad", now - 2 * DAY),
            rating(3, "offered", now - DAY),
        ],
        "organization_fields": [
            field(1, "plan", "dropdown", custom_field_options=[{"id": 11, "name": "Pro", "value": "pro"}]),
            field(2, "seats", "integer"),
            field(3, "renews_on", "date"),
        ],
        "user_fields": [field(4, "title", "text")],
    }


@contextmanager
def running(*, limits: bool = False, now: int = NOW) -> Iterator[Desk]:
    clock = Clock(now)
    standin = ZendeskStandin(clock, limits=limits)
    standin.load(records(now))
    with Server(World([standin], clock)) as server:
        yield Desk(standin, clock, server.urls["zendesk"])
