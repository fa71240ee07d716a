"""A small HubSpot portal behind a stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests

from syncer.sandbox.hubspot import CREDENTIALS, HubspotStandin
from syncer.sandbox.server import Clock, Server, World

NOW = 1_790_000_000  # 2026-09-21T14:13:20Z
BASES = ["/crm/v3/objects", "/crm/objects/2026-03", "/crm/objects/2026-09"]


@dataclass
class Portal:
    """The stand-in, its address and clock, and ways to call it."""

    standin: HubspotStandin
    clock: Clock
    url: str

    def call(self, method: str, path: str, *, token: str = CREDENTIALS, **rest: Any) -> requests.Response:
        with requests.Session() as http:
            http.trust_env = False
            headers = {"Authorization": f"Bearer {token}", **rest.pop("headers", {})}
            return http.request(method, self.url + path, headers=headers, timeout=10, **rest)

    def get(self, path: str, **params: Any) -> Any:
        answer = self.call("GET", path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def send(self, method: str, path: str, body: Any = None, expected: int = 200) -> Any:
        answer = self.call(method, path, json=body)
        assert answer.status_code == expected, answer.text
        return answer.json() if answer.content else None

    def refusal(self, method: str, path: str, body: Any = None) -> tuple[int, dict[str, Any]]:
        answer = self.call(method, path, json=body)
        assert answer.status_code >= 400, answer.text
        assert answer.json()["status"] == "error"
        assert answer.json()["correlationId"] == answer.headers["X-HubSpot-Correlation-Id"]
        return answer.status_code, answer.json()

    def company(self, number: int, *properties: str) -> dict[str, Any]:
        shown: dict[str, Any] = self.get(f"/crm/v3/objects/companies/{number}", properties=",".join(properties))
        return shown["properties"]


def records(companies: int = 25) -> dict[str, Any]:
    """25 companies from id 500 on with keys k0…, 3 contacts, 1 task, 2 owners."""
    return {
        "companies": [
            {
                "id": str(500 + n),
                "properties": {
                    "name": f"Company {n}",
                    "domain": f"c{n}.example",
                    "account_key": f"k{n}",
                    "numberofemployees": 10 * n,
                    "createdate": "2026-01-02T03:04:05.678Z",
                    "hs_lastmodifieddate": f"2026-09-{1 + n % 20:02d}T00:00:00Z",
                },
            }
            for n in range(companies)
        ],
        "contacts": [
            {"id": str(700 + n), "properties": {"email": f"p{n}@example.com", "firstname": f"P{n}", "lastname": "L"}} for n in range(3)
        ],
        "tasks": [{"id": "800", "properties": {"hs_task_subject": "Call", "hs_timestamp": "2026-09-30T09:00:00Z"}}],
        "owners": [{"id": str(900 + n), "properties": {"email": f"o{n}@example.com", "firstName": "O"}} for n in range(2)],
    }


@contextmanager
def running(*, limits: bool = False, companies: int = 25) -> Iterator[Portal]:
    clock = Clock(NOW)
    standin = HubspotStandin(clock, limits=limits)
    standin.load(records(companies))
    with Server(World([standin], clock)) as server:
        yield Portal(standin, clock, server.urls["hubspot"])
