"""Mixpanel: profiles by pages, the raw export, what the official package writes, limits and refusals."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from contracts import Contract
from mixpanel import Consumer, Mixpanel, MixpanelException, ServiceAccountCredentials

from syncer.sandbox.mixpanel import (
    DATA_GROUP_ID,
    GROUP_KEY,
    PROJECT_ID,
    PROJECT_SECRET,
    PROJECT_TOKEN,
    SERVICE_ACCOUNT,
    MixpanelStandin,
)
from syncer.sandbox.server import Clock, Server, World

NOW = 1_790_000_000  # 2026-09-21 13:33 UTC
DAY = 86_400
QUERY, INGESTION = Contract("mixpanel/query.json"), Contract("mixpanel/ingestion.json")


@dataclass
class Project:
    standin: MixpanelStandin
    url: str

    def call(self, method: str, path: str, **rest: Any) -> requests.Response:
        rest.setdefault("auth", SERVICE_ACCOUNT)
        rest["params"] = {"project_id": PROJECT_ID, **rest.get("params", {})}
        with requests.Session() as session:
            session.trust_env = False
            return session.request(method, self.url + path, timeout=10, **rest)

    def engage(self, **form: Any) -> Any:
        answer = self.call("POST", "/api/query/engage", data=form)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ids(self, **form: Any) -> list[str]:
        return [one["$distinct_id"] for one in self.engage(**form)["results"]]

    def export(self, start: str, end: str, **params: Any) -> list[Any]:
        answer = self.call("GET", "/api/2.0/export", params={"from_date": start, "to_date": end, **params})
        assert answer.status_code == 200, answer.text
        return [json.loads(line) for line in answer.text.splitlines()]

    def client(self) -> Mixpanel:
        credentials = ServiceAccountCredentials(*SERVICE_ACCOUNT, PROJECT_ID)
        consumer = Consumer(
            events_url=f"{self.url}/track",
            people_url=f"{self.url}/engage",
            groups_url=f"{self.url}/groups",
            import_url=f"{self.url}/import",
            credentials=credentials,
        )
        return Mixpanel(PROJECT_TOKEN, consumer=consumer)


def event(number: int, day: int, group: str = "acme", name: str = "report viewed") -> dict[str, Any]:
    properties = {"time": NOW - day * DAY, "distinct_id": f"u{number % 3}", "$insert_id": f"i{number}"}
    return {"event": name, "properties": {**properties, "account_id": group, "surface": "web", "seats": number}}


def records() -> dict[str, list[Any]]:
    return {
        "groups": [
            {"group_id": f"g{n:04d}", "properties": {"$name": f"Company {n}", "plan": ("free", "pro")[n % 2], "seats": n}}
            for n in range(2300)
        ],
        "users": [{"distinct_id": f"u{n}", "properties": {"$email": f"u{n}@example.com"}} for n in range(3)],
        "cohorts": [{"id": 1000, "name": "Champions", "distinct_ids": ["u1", "u9"]}],
        "events": [
            *(event(n, 1) for n in range(5)),
            *(event(n, 2, "other", "export started") for n in range(5, 8)),
            event(8, 0),
        ],
    }


@contextmanager
def running(*, limits: bool = False) -> Iterator[Project]:
    clock = Clock(NOW)
    standin = MixpanelStandin(clock, limits=limits)
    standin.load(records())
    with Server(World([standin], clock)) as server:
        yield Project(standin, server.urls["mixpanel"])


@pytest.fixture
def project() -> Iterator[Project]:
    with running() as project:
        yield project


def test_group_profiles_by_pages(project: Project) -> None:
    found, page = [], project.engage(data_group_id=DATA_GROUP_ID)
    assert (page["total"], page["page_size"], page["status"]) == (2300, 1000, "ok")
    project.standin.load({"groups": [{"group_id": "a-newcomer", "properties": {}}]})  # does not shift a begun query
    number, session = 0, page["session_id"]
    while page["results"]:
        found += [one["$distinct_id"] for one in page["results"]]
        number += 1
        page = project.engage(data_group_id=DATA_GROUP_ID, page=number, session_id=session)
        assert page["session_id"] == session
    assert found == [f"g{n:04d}" for n in range(2300)]
    assert number == 3


def test_engage_fits_the_contract(project: Project) -> None:
    page = project.engage(data_group_id=DATA_GROUP_ID)
    assert page["results"][7]["$properties"] == {"$name": "Company 7", "plan": "pro", "seats": 7}
    for place, one in enumerate(page["results"]):
        one["$distinct_id"] = place  # the contract calls it a number, its own pages and real answers have text
    QUERY.check("POST", "/engage", 200, page)
    cohorts = project.call("POST", "/api/query/cohorts/list").json()
    QUERY.check("POST", "/cohorts/list", 200, cohorts)
    assert [(one["id"], one["name"], one["count"]) for one in cohorts] == [(1000, "Champions", 2)]
    names = project.call("GET", "/api/query/events/names").json()
    QUERY.check("GET", "/events/names", 200, names)
    assert names == ["report viewed", "export started"]


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({}, ["u0", "u1", "u2"]),
        ({"distinct_id": "u1"}, ["u1"]),
        ({"distinct_ids": '["u2", "u0"]'}, ["u0", "u2"]),
        ({"filter_by_cohort": '{"id": 1000}'}, ["u1", "u9"]),
        ({"filter_by_cohort": '{"id": 1000}', "include_all_users": "false"}, ["u1"]),
        ({"where": 'properties["$email"] == "u2@example.com"'}, ["u2"]),
        ({"data_group_id": "77", "where": 'properties["plan"] == "pro" and properties["seats"] > 2297'}, ["g2299"]),
        ({"data_group_id": "77", "where": 'not properties["plan"]'}, None),
        ({"data_group_id": "78"}, None),
        ({"page": "1"}, None),
        ({"filter_by_cohort": '{"id": 7}'}, None),
        ({"behaviors": "[]"}, None),
    ],
)
def test_engage_chooses(project: Project, form: dict[str, str], expected: list[str] | None) -> None:
    for path in ("/api/query/engage", "/api/2.0/engage"):
        answer = project.call("POST", path, data=form)
        if expected is None:
            assert (answer.status_code, sorted(answer.json())) == (400, ["error", "request"])
        else:
            assert [one["$distinct_id"] for one in answer.json()["results"]] == expected
            assert project.call("GET", path, params=form).json()["results"] == answer.json()["results"]


def test_output_properties(project: Project) -> None:
    only = project.engage(data_group_id=DATA_GROUP_ID, distinct_id="g0003", output_properties='["plan", "none"]')
    assert only["results"] == [{"$distinct_id": "g0003", "$properties": {"plan": "pro"}}]
    counts = project.call("GET", "/api/2.0/engage/properties").json()["results"]
    assert counts == {"$email": {"count": 3, "type": "string"}}


def test_export_days_are_inclusive_and_utc(project: Project) -> None:
    assert len(project.export("2026-09-20", "2026-09-20")) == 5
    assert len(project.export("2026-09-19", "2026-09-21")) == 9
    assert project.export("2026-09-01", "2026-09-10") == []
    midnight = NOW - NOW % DAY
    project.standin.load({"events": [event(1, 0) | {"properties": {"time": midnight}}, event(1, 0)]})
    last_second = event(2, 0) | {"properties": {"time": (midnight - 1) * 1000}}
    project.standin.load({"events": [last_second]})
    assert len(project.export("2026-09-21", "2026-09-21")) == 3
    assert project.export("2026-09-20", "2026-09-20")[-1]["properties"]["time"] == midnight - 1


@pytest.mark.parametrize(
    ("params", "insert_ids"),
    [
        ({"event": '["export started"]'}, ["i5", "i6", "i7"]),
        ({"event": '["export started", "report viewed"]', "limit": 4}, ["i5", "i6", "i7", "i0"]),
        ({"where": 'properties["account_id"] == "other" and properties["seats"] >= 6'}, ["i6", "i7"]),
    ],
)
def test_export_filters(project: Project, params: dict[str, Any], insert_ids: list[str]) -> None:
    found = project.export("2026-09-19", "2026-09-21", **params)
    assert [one["properties"]["$insert_id"] for one in found] == insert_ids


def test_export_in_milliseconds_and_in_gzip(project: Project) -> None:
    assert project.export("2026-09-21", "2026-09-21", time_in_ms="true")[0]["properties"]["time"] == NOW * 1000
    params = {"from_date": "2026-09-19", "to_date": "2026-09-21"}
    answer = project.call("GET", "/api/2.0/export", params=params, headers={"Accept-Encoding": "gzip"}, stream=True)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert len(gzip.decompress(answer.raw.data).splitlines()) == 9


@pytest.mark.parametrize(
    "params",
    [
        {"from_date": "2026-09-01"},
        {"from_date": "2026-09-01", "to_date": "yesterday"},
        {"from_date": "2026-09-02", "to_date": "2026-09-01"},
        {"from_date": "2026-09-02", "to_date": "2026-09-22"},
        {"from_date": "2026-09-01", "to_date": "2026-09-02", "limit": "100001"},
        {"from_date": "2026-09-01", "to_date": "2026-09-02", "event": "report viewed"},
    ],
)
def test_export_refuses(project: Project, params: dict[str, str]) -> None:
    assert project.call("GET", "/api/2.0/export", params=params).status_code == 400


def test_delete_events(project: Project) -> None:
    project.standin.load({"delete_events": [{"account_id": "acme", "from": "2026-09-21"}]})
    assert len(project.export("2026-09-19", "2026-09-21")) == 8
    project.standin.load({"delete_events": [{"account_id": "acme", "from": "2026-01-01"}], "events": [event(9, 1)]})
    left = [one["properties"]["$insert_id"] for one in project.export("2026-09-19", "2026-09-21")]
    assert left == ["i5", "i6", "i7", "i9"]


def test_what_the_official_package_writes_is_read_back(project: Project) -> None:
    client = project.client()
    client.people_set("u7", {"$name": "Ann", "visits": 1})
    client.people_set_once("u7", {"$name": "Bob", "first": "x"})
    client.people_increment("u7", {"visits": 2})
    client.people_append("u7", {"tags": "a"})
    client.people_union("u7", {"tags": ["a", "b"]})
    client.people_unset("u7", ["first"])
    assert project.engage(distinct_id="u7")["results"][0]["$properties"] == {
        "$name": "Ann",
        "visits": 3,
        "tags": ["a", "b"],
    }
    client.people_increment("u7", {"$name": 1})
    client.people_append("u7", {"visits": 9})
    odd = project.engage(distinct_id="u7")["results"][0]["$properties"]
    assert (odd["$name"], odd["visits"]) == ("Ann", [3, 9])
    client.people_delete("u7")
    assert project.ids() == ["u0", "u1", "u2"]
    client.group_set(GROUP_KEY, "new", {"$name": "Newcomer"})
    client.group_set("team", "red", {"$name": "no such group key"})
    assert project.ids(data_group_id=DATA_GROUP_ID, where='properties["$name"] == "Newcomer"') == ["new"]
    client.track("u1", "tracked", {"account_id": "acme"})
    client.import_data(None, "u1", "imported", NOW - 40 * DAY, {"account_id": "acme"})
    tracked = project.export("2026-09-21", "2026-09-21", event='["tracked"]')[0]["properties"]
    assert (tracked["distinct_id"], tracked["account_id"], "token" in tracked) == ("u1", "acme", False)
    assert [one["event"] for one in project.export("2026-08-12", "2026-08-12")] == ["imported"]


def test_refused_updates_are_answered_with_200(project: Project) -> None:
    with pytest.raises(MixpanelException, match=r"\$distinct_id, missing or empty"):
        project.client().people_set("", {"a": 1})
    answer = project.call("POST", "/groups", json=[{"$token": PROJECT_TOKEN, "$group_key": GROUP_KEY}])
    assert (answer.status_code, answer.text) == (200, "0")
    INGESTION.check("POST", "/groups#group-set", 200, answer.json())
    mixed = [{"$token": PROJECT_TOKEN, "$distinct_id": "u8", "$set": {"a": 1}}, {"$set": {}}]
    answer = project.call("POST", "/engage", json=mixed, params={"verbose": "1"})
    assert answer.json() == {"error": None, "status": 1}
    assert project.ids(distinct_ids='["u8"]', where='properties["a"] == 1') == ["u8"]
    lost = [{"$token": "another-project", "$distinct_id": "u9", "$set": {"a": 1}}]
    assert project.call("POST", "/engage", json=lost).text == "1"
    assert "u9" not in project.ids()


def test_import(project: Project) -> None:
    good, bad = event(20, 3), event(21, 3)
    del bad["properties"]["$insert_id"]
    answer = project.call("POST", "/import", json=[good, bad], params={"strict": "1"})
    INGESTION.check("POST", "/import", answer.status_code, answer.json())
    assert answer.status_code == 400
    assert [one["field"] for one in answer.json()["failed_records"]] == ["properties.$insert_id"]
    assert answer.json()["num_records_imported"] == 1
    lines = gzip.compress(b"\n".join(json.dumps(event(n, 3)).encode() for n in range(30, 33)))
    headers = {"Content-Type": "application/x-ndjson", "Content-Encoding": "gzip"}
    answer = project.call("POST", "/import", data=lines, headers=headers)
    INGESTION.check("POST", "/import", 200, answer.json())
    assert answer.json() == {"code": 200, "num_records_imported": 3, "status": "OK"}
    assert len(project.export("2026-09-18", "2026-09-18")) == 4
    assert project.call("POST", "/import", json=[event(n, 3) for n in range(2001)]).status_code == 400


def test_callers(project: Project) -> None:
    for path in ("/api/query/engage", "/import"):
        answer = project.call("POST", path, auth=("sandbox", "wrong"))
        assert answer.status_code == 401
        assert "error" in answer.json()
    INGESTION.check("POST", "/import", 401, answer.json())
    assert project.call("POST", "/api/query/engage", params={"project_id": "1"}).status_code == 403
    with requests.Session() as session:
        session.trust_env = False
        url = f"{project.url}/api/query/engage"
        assert session.post(url, auth=SERVICE_ACCOUNT, timeout=10).status_code == 400
        assert session.post(url, auth=(PROJECT_SECRET, ""), timeout=10).status_code == 200
    assert project.call("GET", "/api/query/nothing").status_code == 404


def test_hourly_and_secondly_limits() -> None:
    with running(limits=True) as project:
        clock = project.standin.clock
        clock.now = lambda: float(NOW)  # a second that does not end
        days = {"from_date": "2026-09-20", "to_date": "2026-09-20"}
        exports = [project.call("GET", "/api/2.0/export", params=days).status_code for _ in range(4)]
        assert exports == [200, 200, 200, 429]
        assert {project.call("POST", "/api/query/cohorts/list").status_code for _ in range(60)} == {200}
        refused = project.call("POST", "/api/2.0/engage")
        assert refused.status_code == 429
        assert "61/60 queries running in the last hour" in refused.json()["error"]
        clock.now = lambda: float(NOW + 3600)
        assert project.call("POST", "/api/2.0/engage").status_code == 200
        assert project.call("GET", "/api/2.0/export", params=days).status_code == 200


def test_faults_log_and_reset(project: Project) -> None:
    faults = [{"path": "/export", "nth": 1, "kind": "truncate"}, {"path": "engage", "nth": 1, "status": 500}]
    project.call("POST", "/_control/faults", json={"faults": faults})
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        project.export("2026-09-20", "2026-09-20")
    assert project.call("POST", "/api/query/engage").json()["status"] == "error"
    assert len(project.export("2026-09-20", "2026-09-20")) == 5
    log = project.call("GET", "/_control/requests").json()["requests"]
    assert [(one["path"], one["status"], one["rows"], one["fault"]) for one in log] == [
        ("/api/2.0/export", 200, 5, "truncate"),
        ("/api/query/engage", 500, 0, "status"),
        ("/api/2.0/export", 200, 5, None),
    ]
    project.call("POST", "/_control/load", json={"mixpanel": {"users": [{"distinct_id": "loaded", "properties": {}}]}})
    assert "loaded" in project.ids()
    project.call("POST", "/_control/reset")
    assert project.ids() == []
    assert project.export("2026-09-20", "2026-09-20") == []
