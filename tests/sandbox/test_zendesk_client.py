"""zenpy reads the stand-in's exports and lists to their ends."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from zendesk_account import DAY, STAFF, Desk, running
from zenpy import Zenpy
from zenpy.lib.api import BaseApi
from zenpy.lib.api_objects import OrganizationField, Ticket


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with running(now=int(time.time())) as desk:  # zenpy holds the export against its own clock
        yield desk


def speak_http(api: Any, seen: set[int] | None = None) -> None:
    """zenpy always says https; each of its API objects, nested ones too, has to be told otherwise."""
    seen = seen if seen is not None else set()
    for part in vars(api).values():
        if isinstance(part, BaseApi) and id(part) not in seen:
            seen.add(id(part))
            part.protocol = "http"
            speak_http(part, seen)


@pytest.fixture(scope="module")
def client(desk: Desk) -> Iterator[Zenpy]:
    with requests.Session() as http:
        http.trust_env = False
        port = desk.url.rsplit(":", 1)[1]
        client = Zenpy(
            subdomain="127", domain=f"0.0.1:{port}", email="ops@example.com", token="sandbox-zendesk-token",
            session=http, disable_cache=True,
        )  # fmt: skip
        speak_http(client)
        yield client


def test_tickets_and_users_by_cursor(client: Zenpy) -> None:
    assert [each.id for each in client.tickets.incremental(start_time=1, per_page=4)] == list(range(1, 26))
    assert len(list(client.users.incremental(start_time=1, per_page=3))) == 8


def test_a_saved_cursor_goes_on(client: Zenpy) -> None:
    pages = client.tickets.incremental(start_time=1, per_page=20)
    list(pages)
    assert pages.end_of_stream is True
    assert list(client.tickets.incremental(cursor=pages.after_cursor)) == []


def test_tickets_users_and_organizations_by_time(client: Zenpy) -> None:
    tickets = client.tickets.incremental(start_time=1, paginate_by_time=True, per_page=4)
    assert {each.id for each in tickets} == set(range(1, 26))
    assert {each.id for each in client.organizations.incremental(start_time=1, per_page=3)} == set(range(100, 112))


def test_side_loads_save_calls(client: Zenpy) -> None:
    tickets = list(client.tickets.incremental(start_time=1, include=["users", "organizations", "metric_sets"]))
    assert tickets[0].metric_set["reply_time_in_minutes"]["calendar"] == 30


def test_lists(client: Zenpy) -> None:
    assert len(list(client.organizations())) == 12
    assert len(list(client.tickets(cursor_pagination=10))) == 25
    assert [field.key for field in client.organization_fields()] == ["plan", "seats", "renews_on"]
    assert len(list(client.ticket_metrics())) == 25
    assert [each.score for each in client.satisfaction_ratings()] == ["good", "bad", "offered"]
    assert client.users.me().email == "ops@example.com"
    assert [each.id for each in client.search(type="organization", external_id="ac-104")] == [104]
    assert {each.id for each in client.search_export(type="user", role="admin")} == {STAFF}


def test_writes_and_jobs(client: Zenpy, desk: Desk) -> None:
    field = client.organization_fields.create(OrganizationField(key="tier", type="text", title="Tier"))
    organization = client.organizations(id=104)
    organization.organization_fields = {field.key: "gold"}
    assert client.organizations.update(organization).organization_fields == {"tier": "gold"}
    ticket = client.tickets.create(Ticket(subject="Help", description="now", requester_id=301)).ticket
    ticket.priority = "urgent"
    assert client.tickets.update(ticket).ticket.priority == "urgent"
    first, second = client.organizations(id=105), client.organizations(id=106)
    first.notes = second.notes = "both"
    job = client.organizations.update([first, second])
    desk.clock.advance(5)
    assert client.job_status(id=job.id).status == "completed"
    assert client.organizations(id=106).notes == "both"
    assert desk.get("/api/v2/incremental/organizations", start_time=int(desk.clock.now()) - DAY)["end_of_stream"]
