"""Writing to Zendesk: what is written is read back, at the time of the clock; what is refused; jobs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from zendesk_account import CONTRACT, DAY, NOW, Desk, ids, iso, plain, running


@pytest.fixture
def desk() -> Iterator[Desk]:
    with running() as desk:
        yield desk


def written(desk: Desk, method: str, path: str, body: Any, expected: int = 200) -> Any:
    answer = desk.send(method, path, body, expected)
    CONTRACT.check(method, path, expected, plain(answer))
    return answer


def refused(desk: Desk, method: str, path: str, body: Any) -> tuple[int, Any]:
    answer = desk.call(method, path, json=body)
    return answer.status_code, answer.json()


def test_a_new_ticket_is_open_to_the_export_and_belongs_to_its_requesters_organization(desk: Desk) -> None:
    given = {"ticket": {"subject": "Help", "comment": {"body": "It is broken"}, "requester_id": 302, "priority": "high"}}
    ticket = written(desk, "POST", "/api/v2/tickets", given, 201)["ticket"]
    assert (ticket["status"], ticket["organization_id"], ticket["generated_timestamp"]) == ("new", 102, NOW)
    desk.clock.advance(120)
    page = desk.get("/api/v2/incremental/tickets/cursor", start_time=NOW - 60)
    assert ids(page["tickets"]) == [ticket["id"]]


def test_a_ticket_moves_with_the_clock_when_it_is_solved_and_reopened(desk: Desk) -> None:
    desk.clock.advance(DAY)
    ticket = written(desk, "PUT", "/api/v2/tickets/5", {"ticket": {"status": "solved"}})["ticket"]
    assert (ticket["updated_at"], ticket["generated_timestamp"]) == (iso(NOW + DAY), NOW + DAY)
    assert desk.get("/api/v2/tickets/5/metrics")["ticket_metric"]["solved_at"] == iso(NOW + DAY)
    desk.send("PUT", "/api/v2/tickets/5", {"ticket": {"status": "open"}})
    metric = desk.get("/api/v2/tickets/5/metrics")["ticket_metric"]
    assert (metric["solved_at"], metric["reopens"]) == (None, 1)


def test_a_ticket_refuses_unknown_words_and_changes_after_it_was_closed(desk: Desk) -> None:
    status, body = refused(desk, "PUT", "/api/v2/tickets/5", {"ticket": {"priority": "huge"}})
    assert (status, body["error"], list(body["details"])) == (422, "RecordInvalid", ["priority"])
    desk.send("PUT", "/api/v2/tickets/5", {"ticket": {"status": "closed"}})
    status, body = refused(desk, "PUT", "/api/v2/tickets/5", {"ticket": {"priority": "low"}})
    assert body["details"] == {"status": [{"description": "Status: closed prevents ticket update", "error": "InvalidValue"}]}
    assert refused(desk, "POST", "/api/v2/tickets", {"ticket": {"subject": "no text"}})[0] == 422


def test_an_idempotency_key_gives_the_same_ticket_again(desk: Desk) -> None:
    body = {"ticket": {"comment": {"body": "once"}}}
    first, second = (desk.call("POST", "/api/v2/tickets", json=body, headers={"Idempotency-Key": "k1"}) for _ in range(2))
    assert first.json()["ticket"]["id"] == second.json()["ticket"]["id"]
    assert [each.headers["x-idempotency-lookup"] for each in (first, second)] == ["miss", "hit"]
    other = desk.call("POST", "/api/v2/tickets", json={"ticket": {"comment": {"body": "twice"}}}, headers={"Idempotency-Key": "k1"})
    assert other.status_code == 400


def test_organizations_keep_their_other_fields_and_pass_over_unknown_ones(desk: Desk) -> None:
    path = "/api/v2/organizations/104"
    written(desk, "PUT", path, {"organization": {"organization_fields": {"plan": "pro", "seats": 7, "nothing": "x"}}})
    changed = written(desk, "PUT", path, {"organization": {"notes": "n", "organization_fields": {"seats": None}}})
    assert changed["organization"]["organization_fields"] == {"plan": "pro", "seats": None}
    assert changed["organization"]["updated_at"] == iso(NOW)
    assert desk.get(path)["organization"]["notes"] == "n"


@pytest.mark.parametrize("value", [{"plan": "gold"}, {"seats": "many"}, {"renews_on": "soon"}])
def test_organization_fields_refuse_what_their_type_does_not_take(desk: Desk, value: dict[str, str]) -> None:
    status, body = refused(desk, "PUT", "/api/v2/organizations/104", {"organization": {"organization_fields": value}})
    assert (status, list(body["details"])) == (422, list(value))


def test_names_and_external_ids_are_taken_once(desk: Desk) -> None:
    taken = {"organization": {"name": "company 104", "external_id": "AC-105"}}
    status, body = refused(desk, "POST", "/api/v2/organizations", taken)
    assert (status, sorted(body["details"])) == (422, ["external_id", "name"])
    assert body["details"]["name"][0]["error"] == "DuplicateValue"
    assert refused(desk, "POST", "/api/v2/organizations", {"organization": {}})[1]["details"]["name"][0]["error"] == "BlankValue"


def test_create_or_update_finds_by_external_id_and_not_by_name(desk: Desk) -> None:
    path = "/api/v2/organizations/create_or_update"
    found = written(desk, "POST", path, {"organization": {"name": "Renamed", "external_id": "AC-104"}})
    assert (found["organization"]["id"], found["organization"]["name"]) == (104, "Renamed")
    created = written(desk, "POST", path, {"organization": {"name": "New one", "external_id": "ac-1000"}}, 201)
    assert desk.get(f"/api/v2/organizations/{created['organization']['id']}")["organization"]["name"] == "New one"
    assert refused(desk, "POST", path, {"organization": {"name": "New one"}})[0] == 422


def test_update_many_answers_a_job_that_ends_after_a_few_looks(desk: Desk) -> None:
    rows = [{"id": 104, "notes": "a"}, {"id": 9999, "notes": "b"}, {"id": 105, "organization_fields": {"seats": "x"}}]
    job = written(desk, "PUT", "/api/v2/organizations/update_many", {"organizations": rows})["job_status"]
    assert (job["status"], job["total"], job["results"]) == ("queued", 3, None)
    path = f"/api/v2/job_statuses/{job['id']}"
    assert desk.get(path + ".json")["job_status"]["status"] == "working"
    done = desk.get(path + ".json")
    CONTRACT.check("GET", path, 200, plain(done))
    assert [row["success"] for row in done["job_status"]["results"]] == [True, False, False]
    assert done["job_status"]["results"][0] == {"id": 104, "action": "update", "success": True, "status": "Updated"}
    assert desk.get("/api/v2/organizations/104")["organization"]["notes"] == "a"
    desk.clock.advance(3601)
    assert desk.call("GET", path).status_code == 404


def test_a_job_ends_by_the_clock_too_and_ids_share_one_change(desk: Desk) -> None:
    body = {"organization": {"details": "same"}}
    job = desk.send("PUT", "/api/v2/organizations/update_many.json?ids=104,105", body)["job_status"]
    desk.clock.advance(2)
    assert desk.get(f"/api/v2/job_statuses/{job['id']}")["job_status"]["status"] == "completed"
    assert desk.get("/api/v2/organizations/105")["organization"]["details"] == "same"


def test_jobs_take_at_most_100_rows_and_30_at_a_time(desk: Desk) -> None:
    rows = {"organizations": [{"id": 104}] * 101}
    assert refused(desk, "PUT", "/api/v2/organizations/update_many", rows)[1]["error"] == "TooManyValues"
    desk.clock.set(NOW)
    one = {"organizations": [{"id": 104, "notes": "x"}]}
    answers = [refused(desk, "PUT", "/api/v2/organizations/update_many", one)[0] for _ in range(31)]
    assert answers == [200] * 30 + [429]


@pytest.mark.parametrize("name", ["organization_field", "user_field"])
def test_fields_are_made_once_with_a_known_type(desk: Desk, name: str) -> None:
    path = f"/api/v2/{name}s"
    given = {
        name: {
            "key": "health",
            "type": "dropdown",
            "title": "Health",
            "custom_field_options": [{"name": "Good", "value": "good"}],
        }
    }
    made = written(desk, "POST", path, given, 201)[name]
    assert (made["key"], made["custom_field_options"][0]["value"]) == ("health", "good")
    assert refused(desk, "POST", path, given)[1]["details"]["key"][0]["error"] == "DuplicateValue"
    assert refused(desk, "POST", path, {name: {"key": "other", "type": "formula", "title": "F"}})[0] == 422
    changed = written(desk, "PUT", f"{path}/{made['id']}", {name: {"title": "Health now", "key": "fixed"}})[name]
    assert (changed["title"], changed["key"]) == ("Health now", "health")
    assert desk.call("DELETE", f"{path}/{made['id']}").status_code == 204
    assert desk.call("GET", f"{path}/{made['id']}").status_code == 404
