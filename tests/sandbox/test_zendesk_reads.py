"""Reading Zendesk: exports, lists, side-loads, search; what is refused; answers held against the contract."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from zendesk_account import CONTRACT, DAY, NOW, STAFF, Desk, ids, iso, organization, plain, running, ticket, user

LISTS = [
    "tickets",
    "organizations",
    "users",
    "groups",
    "ticket_metrics",
    "satisfaction_ratings",
    "organization_fields",
    "user_fields",
]


@pytest.fixture
def desk() -> Iterator[Desk]:
    with running() as desk:
        yield desk


def checked(desk: Desk, path: str, **params: Any) -> Any:
    body = desk.get(path, **params)
    CONTRACT.check("GET", path.removesuffix(".json"), 200, plain(body))
    return body


# Exports


def walk_by_cursor(desk: Desk, resource: str, **params: Any) -> tuple[list[dict[str, Any]], str]:
    """All records of a cursor export and the last cursor."""
    found, page = [], checked(desk, f"/api/v2/incremental/{resource}/cursor.json", **params)
    while True:
        found += page[resource]
        if page["end_of_stream"]:
            return found, page["after_cursor"]
        page = desk.get(page["after_url"])


def test_the_cursor_export_comes_to_its_end_without_repeating_and_goes_on_from_its_last_cursor(desk: Desk) -> None:
    found, cursor = walk_by_cursor(desk, "tickets", start_time=0, per_page=4)
    assert ids(found) == list(range(1, 26))
    assert walk_by_cursor(desk, "tickets", cursor=cursor) == ([], cursor)
    desk.send("PUT", "/api/v2/tickets/3.json", {"ticket": {"priority": "urgent"}})
    desk.clock.advance(120)
    assert ids(walk_by_cursor(desk, "tickets", cursor=cursor)[0]) == [3]


def test_users_have_a_cursor_export_and_organizations_have_none(desk: Desk) -> None:
    assert len(walk_by_cursor(desk, "users", start_time=0, per_page=3)[0]) == 8
    assert desk.call("GET", "/api/v2/incremental/organizations/cursor.json?start_time=0").status_code == 404


def test_the_time_export_repeats_the_border_second_and_keeps_a_second_together(desk: Desk) -> None:
    page = checked(desk, "/api/v2/incremental/organizations.json", start_time=0, per_page=3)
    assert ids(page["organizations"]) == [100, 101, 102, 103]
    assert (page["count"], page["end_time"], page["end_of_stream"]) == (4, NOW - 19 * DAY, False)
    page = desk.get(page["next_page"])
    assert ids(page["organizations"])[:2] == [102, 103]
    while not page["end_of_stream"]:
        page = desk.get(page["next_page"])
    assert ids(page["organizations"])[-1] == 111


def test_a_page_full_of_one_second_does_not_come_for_ever(desk: Desk) -> None:
    desk.standin.reset()
    desk.standin.load({"organizations": [organization(n, NOW - DAY + n // 8) for n in range(24)]})
    start, seen = NOW - DAY, set()
    for _ in range(10):
        page = desk.get("/api/v2/incremental/organizations", start_time=start, per_page=2)
        seen |= set(ids(page["organizations"]))
        start = page["end_time"]
        if page["end_of_stream"]:
            break
    assert page["end_of_stream"]
    assert seen == set(range(24))


@pytest.mark.parametrize("resource", ["tickets", "users"])
def test_time_exports_and_samples_fit_the_contract(desk: Desk, resource: str) -> None:
    assert checked(desk, f"/api/v2/incremental/{resource}.json", start_time=0)["end_of_stream"]
    assert len(checked(desk, f"/api/v2/incremental/{resource}/sample.json", start_time=0)[resource]) in range(1, 51)


def test_a_start_younger_than_a_minute_is_refused(desk: Desk) -> None:
    young = {"start_time": NOW - 30}
    by_cursor = desk.call("GET", "/api/v2/incremental/tickets/cursor.json", params=young)
    by_time = desk.call("GET", "/api/v2/incremental/organizations.json", params=young)
    assert (by_cursor.status_code, by_cursor.json()["error"]) == (400, "StartTimeTooRecent")
    assert (by_time.status_code, by_time.json()["error"]) == (422, "InvalidValue")
    assert by_time.json()["description"].startswith("Too recent start_time")


def test_the_last_minute_is_left_out_until_it_is_over(desk: Desk) -> None:
    desk.standin.load({"tickets": [ticket(99, NOW - 30)]})
    found, cursor = walk_by_cursor(desk, "tickets", start_time=NOW - 3600)
    assert found == []
    desk.clock.advance(31)
    assert ids(walk_by_cursor(desk, "tickets", cursor=cursor)[0]) == [99]


def test_tickets_are_chosen_by_generated_timestamp_and_not_by_updated_at(desk: Desk) -> None:
    desk.standin.load({"tickets": [ticket(99, NOW - DAY, updated_at=iso(NOW - 200 * DAY))]})
    assert ids(walk_by_cursor(desk, "tickets", start_time=NOW - 2 * DAY)[0]) == [99]


def test_side_loads_bring_people_organizations_and_metric_sets_once(desk: Desk) -> None:
    page = checked(desk, "/api/v2/incremental/tickets/cursor.json", start_time=0, include="users,organizations,metric_sets")
    assert ids(page["users"]) == [300, 301, 302, 303, 304, 305, 306, STAFF]
    assert ids(page["organizations"]) == [100, 101, 102, 103, 104]
    assert page["tickets"][0]["metric_set"]["reply_time_in_minutes"] == {"calendar": 30, "business": 10}
    assert "metric_set" not in desk.get("/api/v2/incremental/tickets/cursor.json", start_time=0)["tickets"][0]


def test_deleted_records_stay_in_the_export_and_leave_the_lists(desk: Desk) -> None:
    for path in ("tickets/3", "organizations/103"):
        assert desk.call("DELETE", f"/api/v2/{path}.json").status_code == 204
        assert desk.call("GET", f"/api/v2/{path}.json").json() == {
            "error": "RecordNotFound",
            "description": "Not found",
        }
    desk.call("DELETE", "/api/v2/users/303").raise_for_status()
    desk.clock.advance(120)
    since = {"start_time": NOW - 60}
    assert [each["status"] for each in desk.get("/api/v2/incremental/tickets/cursor", **since)["tickets"]] == ["deleted"]
    assert [each["active"] for each in desk.get("/api/v2/incremental/users/cursor", **since)["users"]] == [False]
    assert [each["deleted_at"] for each in desk.get("/api/v2/incremental/organizations", **since)["organizations"]] == [iso(NOW)]
    assert desk.get("/api/v2/tickets/count")["count"]["value"] == 24
    assert 103 not in ids(desk.get("/api/v2/organizations")["organizations"])


# Lists


@pytest.mark.parametrize("name", LISTS)
def test_lists_counts_and_single_records_fit_the_contract(desk: Desk, name: str) -> None:
    records = checked(desk, f"/api/v2/{name}.json")[name]
    assert desk.get(f"/api/v2/{name}/count.json")["count"]["value"] == len(records) > 0
    if name != "groups":
        checked(desk, f"/api/v2/{name}/{records[0]['id']}.json")
    assert records[0]["url"] == f"{desk.url}/api/v2/{name}/{records[0]['id']}.json"


def test_cursor_paging_goes_to_the_end_and_back(desk: Desk) -> None:
    page, found = desk.get("/api/v2/tickets", **{"page[size]": 10}), []
    for _ in range(3):
        found += ids(page["tickets"])
        last, page = page, desk.get(page["links"]["next"]) if page["meta"]["has_more"] else page
    assert found == list(range(1, 26))
    assert (last["meta"]["has_more"], last["links"]["next"]) == (False, None)
    assert ids(desk.get(last["links"]["prev"])["tickets"]) == list(range(11, 21))
    assert desk.call("GET", "/api/v2/tickets?page[size]=101").status_code == 400


def test_offset_paging_counts_links_and_ends_at_ten_thousand(desk: Desk) -> None:
    page = desk.get("/api/v2/tickets.json", per_page=10, page=2)
    assert (ids(page["tickets"])[0], page["count"], page["next_page"]) == (
        11,
        25,
        f"{desk.url}/api/v2/tickets.json?per_page=10&page=3",
    )
    assert page["previous_page"] == f"{desk.url}/api/v2/tickets.json?per_page=10&page=1"
    assert desk.call("GET", "/api/v2/tickets?per_page=100&page=100").status_code == 200
    deep = desk.call("GET", "/api/v2/tickets?per_page=100&page=101")
    assert (deep.status_code, set(deep.json()["error"])) == (400, {"title", "message"})


def test_archived_tickets_leave_lists_and_metrics_but_not_the_export(desk: Desk) -> None:
    desk.standin.load({"tickets": [ticket(99, NOW - 130 * DAY, status="closed")]})
    assert 99 not in ids(desk.get("/api/v2/tickets")["tickets"])
    assert desk.get("/api/v2/ticket_metrics/count")["count"]["value"] == 25
    assert desk.get("/api/v2/tickets/99")["ticket"]["status"] == "closed"
    assert 99 in ids(desk.get("/api/v2/incremental/tickets/cursor", start_time=0)["tickets"])


def test_ratings_are_filtered_by_score_and_time(desk: Desk) -> None:
    def found(**params: Any) -> list[int]:
        return ids(desk.get("/api/v2/satisfaction_ratings", **params)["satisfaction_ratings"])

    assert found(score="good") == [1]
    assert found(score="received") == [1, 2]
    assert found(score="received_without_comment") == [2]
    assert found(start_time=NOW - 2 * DAY) == [2, 3]
    assert found(end_time=NOW - 2 * DAY - 1) == [1]


def test_look_ups_are_exact_but_for_case(desk: Desk) -> None:
    assert ids(checked(desk, "/api/v2/organizations/search", external_id="AC-104")["organizations"]) == [104]
    assert desk.get("/api/v2/organizations/search", external_id="ac-10")["organizations"] == []
    assert ids(desk.get("/api/v2/organizations/show_many", ids="104,9999,105")["organizations"]) == [104, 105]
    assert ids(desk.get("/api/v2/organizations/show_many", external_ids="ac-104")["organizations"]) == [104]
    assert ids(checked(desk, "/api/v2/users/search", query="p302@")["users"]) == [302]
    assert desk.call("GET", "/api/v2/users/show_many", params={"ids": ",".join(["1"] * 101)}).status_code == 400


def test_me_is_the_operator(desk: Desk) -> None:
    assert checked(desk, "/api/v2/users/me.json")["user"]["email"] == "ops@example.com"


def test_search_by_type_terms_and_words(desk: Desk) -> None:
    desk.standin.load({"tickets": [ticket(99, NOW - DAY, priority="urgent", status="pending", subject="Login fails")]})
    assert [each["id"] for each in checked(desk, "/api/v2/search.json", query="type:ticket priority>high login")["results"]] == [99]
    found = desk.get("/api/v2/search", query="type:organization external_id:ac-104")
    assert [(each["id"], each["result_type"]) for each in found["results"]] == [(104, "organization")]
    assert desk.get("/api/v2/search/count", query="type:ticket status<pending -organization:100")["count"] == 20
    assert desk.get("/api/v2/search/count", query="type:ticket updated>2026-09-19")["count"] == 1


def test_search_ends_at_a_thousand_and_its_export_does_not(desk: Desk) -> None:
    desk.standin.load({"users": [user(10_000 + n, NOW - DAY) for n in range(1100)]})
    deep = desk.call("GET", "/api/v2/search?query=type:user&page=11")
    assert (deep.status_code, deep.json()["error"]) == (422, "invalid")
    page = checked(desk, "/api/v2/search/export.json", **{"query": "role:end-user", "filter[type]": "user", "page[size]": 1000})
    rest = desk.get(page["links"]["next"])
    assert (len(page["results"]), len(rest["results"]), rest["meta"]["has_more"]) == (1000, 107, False)


# Who may call, and how often


def test_client_credentials_give_a_token_that_expires_by_the_clock(desk: Desk) -> None:
    body = {
        "grant_type": "client_credentials",
        "client_id": "sandbox-client",
        "client_secret": "sandbox-secret",
        "expires_in": 300,
    }
    answer = desk.call("POST", "/oauth/tokens", token=None, json=body)
    CONTRACT.check("POST", "/oauth/tokens", answer.status_code, answer.json())
    token = answer.json()["access_token"]
    assert desk.call("GET", "/api/v2/users/me.json", token=token).status_code == 200
    desk.clock.advance(301)
    late = desk.call("GET", "/api/v2/users/me.json", token=token)
    assert (late.status_code, late.json()["error"]) == (401, "invalid_token")
    assert desk.call("POST", "/oauth/tokens", token=None, data=body).status_code == 201
    assert desk.call("POST", "/oauth/tokens", token=None, json={**body, "client_secret": "x"}).status_code == 401
    assert desk.call("POST", "/oauth/tokens", token=None, json={**body, "expires_in": 60}).status_code == 400


def test_basic_credentials_are_taken_and_wrong_ones_refused(desk: Desk) -> None:
    basic = base64.b64encode(b"ops@example.com/token:sandbox-zendesk-token").decode()
    assert desk.call("GET", "/api/v2/users/me", token=None, headers={"Authorization": f"Basic {basic}"}).status_code == 200
    wrong = desk.call("GET", "/api/v2/users/me", token=None)
    assert (wrong.status_code, wrong.json()) == (401, {"error": "Couldn't authenticate you"})
    assert wrong.headers["X-Request-Id"]


def test_unknown_paths_have_the_vendors_404(desk: Desk) -> None:
    assert desk.call("GET", "/api/v2/nothing.json").json() == {"error": "InvalidEndpoint", "description": "Not found"}


def test_exports_are_limited_to_ten_a_minute_and_all_calls_to_400() -> None:
    with running(limits=True) as desk:
        answers = [desk.call("GET", "/api/v2/incremental/tickets/cursor.json?start_time=0") for _ in range(11)]
        assert [each.status_code for each in answers] == [200] * 10 + [429]
        assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
        assert answers[0].headers["X-Rate-Limit-Remaining"] == "399"
        assert desk.call("GET", "/api/v2/users/me").headers["ratelimit-remaining"] == "389"
        answers = [desk.call("GET", "/api/v2/groups") for _ in range(390)]
        assert answers[-2].status_code == 200
        assert (answers[-1].status_code, answers[-1].json()["error"]) == (429, "APIRateLimitExceeded")
        desk.clock.advance(61)
        assert desk.call("GET", "/api/v2/incremental/tickets/cursor.json?start_time=0").status_code == 200


def test_an_injected_fault_looks_like_the_vendors_and_every_call_is_logged(desk: Desk) -> None:
    desk.send("POST", "/_control/faults", {"faults": [{"path": "/tickets", "status": 503, "times": 1}]})
    broken = desk.call("GET", "/api/v2/tickets")
    assert (broken.status_code, set(broken.json()["error"])) == (503, {"title", "message"})
    assert desk.call("GET", "/api/v2/tickets").status_code == 200
    logged = desk.get("/_control/requests")["requests"]
    assert [(each["status"], each["rows"]) for each in logged] == [(503, 0), (200, 25)]
