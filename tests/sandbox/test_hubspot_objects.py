"""Records of the HubSpot stand-in: reading, writing, batches, what values are taken and how refusals look."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hubspot_portal import BASES, NOW, Portal, running

COMPANIES = "/crm/v3/objects/companies"


@pytest.fixture
def portal() -> Iterator[Portal]:
    with running() as portal:
        yield portal


def ids(body: Any) -> list[str]:
    return [record["id"] for record in body["results"]]


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("kind", ["companies", "company", "0-2"])
def test_lists_go_to_their_end_on_every_path(portal: Portal, base: str, kind: str) -> None:
    page = portal.get(f"{base}/{kind}")
    assert len(page["results"]) == 10
    found, after = ids(page), page["paging"]["next"]["after"]
    while after:
        page = portal.get(f"{base}/{kind}", limit=7, after=after)
        found += ids(page)
        after = page.get("paging", {}).get("next", {}).get("after")
    assert found == [str(500 + n) for n in range(25)]


def test_a_list_shows_a_default_few_or_the_named_properties_and_null_for_no_value(portal: Portal) -> None:
    always = {"createdate", "hs_lastmodifieddate", "hs_object_id"}
    [first] = portal.get(COMPANIES, limit=1)["results"]
    assert set(first["properties"]) == {"name", "domain"} | always
    assert (first["createdAt"], first["updatedAt"]) == ("2026-01-02T03:04:05.678Z", "2026-09-01T00:00:00Z")
    [first] = portal.get(COMPANIES, limit=1, properties="numberofemployees,syncer_mrr,no_such_thing")["results"]
    assert set(first["properties"]) == {"numberofemployees", "syncer_mrr"} | always
    assert (first["properties"]["numberofemployees"], first["properties"]["syncer_mrr"]) == ("0", None)


@pytest.mark.parametrize("query", ["limit=101", "limit=0", "after=x"])
def test_a_list_refuses_pages_it_does_not_have(portal: Portal, query: str) -> None:
    assert portal.refusal("GET", f"{COMPANIES}?{query}")[0] == 400


def test_one_record_by_id_or_by_a_unique_property(portal: Portal) -> None:
    assert portal.get(f"{COMPANIES}/504")["id"] == "504"
    assert portal.get(f"{COMPANIES}/k4", idProperty="account_key")["id"] == "504"
    assert portal.refusal("GET", f"{COMPANIES}/c4.example?idProperty=domain")[0] == 400
    assert portal.refusal("GET", f"{COMPANIES}/12345")[1]["message"] == "resource not found"
    assert portal.refusal("GET", f"{COMPANIES}/acme")[1]["context"] == {"id": ["acme"]}
    assert portal.refusal("GET", "/crm/v3/objects/widgets")[1]["message"] == "Unable to infer object type from: widgets"


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("syncer_mrr", "12.50", "12.50"),
        ("syncer_mrr", 12.5, "12.5"),
        ("syncer_seats", -3, "-3"),
        ("syncer_delinquent", True, "true"),
        ("syncer_delinquent", "false", "false"),
        ("syncer_renews_on", "2026-12-01", "2026-12-01"),
        ("syncer_renews_on", "1796083200000", "2026-12-01"),
        ("syncer_health_band", "healthy", "healthy"),
        ("syncer_plan", "", None),
        ("syncer_plan", None, None),
    ],
)
def test_values_are_kept_as_text(portal: Portal, name: str, value: Any, kept: str | None) -> None:
    answer = portal.send("PATCH", f"{COMPANIES}/500", {"properties": {name: value}})
    assert answer["properties"][name] == kept
    assert portal.company(500, name)[name] == kept


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("syncer_mrr", "1,200", "INVALID_LONG"),
        ("syncer_mrr", "12.5.1", "INVALID_LONG"),
        ("syncer_mrr", "$12", "INVALID_LONG"),
        ("syncer_mrr", "1e3", "INVALID_LONG"),
        ("syncer_delinquent", "yes", "INVALID_OPTION"),
        ("syncer_renews_on", "soon", "INVALID_LONG"),
        ("syncer_renews_on", "2026-12-01T09:00:00Z", "INVALID_DATE"),
        ("syncer_renews_on", "1796083200001", "INVALID_DATE"),
        ("syncer_health_band", "Healthy", "INVALID_OPTION"),
        ("syncer_plan", "x" * 65_537, "INVALID_STRING"),
        ("syncer_nothing", "x", "PROPERTY_DOESNT_EXIST"),
        ("hs_lastmodifieddate", "2026-12-01", "READ_ONLY_VALUE"),
    ],
)
def test_wrong_values_are_refused_by_name(portal: Portal, name: str, value: str, code: str) -> None:
    status, body = portal.refusal("PATCH", f"{COMPANIES}/500", {"properties": {name: value}})
    assert (status, body["category"]) == (400, "VALIDATION_ERROR")
    assert [(each["code"], each["context"]) for each in body["errors"]] == [(code, {"propertyName": [name]})]
    assert body["message"].startswith("Property values were not valid: [{")
    assert portal.company(500, name).get(name) != value


def test_an_empty_text_clears(portal: Portal) -> None:
    portal.send("PATCH", f"{COMPANIES}/500", {"properties": {"syncer_plan": "Pro"}})
    portal.send("PATCH", f"{COMPANIES}/500", {"properties": {"syncer_plan": ""}})
    assert portal.company(500, "syncer_plan")["syncer_plan"] is None


def test_every_write_moves_the_modified_date_by_the_clock_even_an_equal_one(portal: Portal) -> None:
    portal.clock.set(NOW + 0.25)
    stamps = []
    for _ in range(2):
        portal.clock.advance(60)
        portal.send("PATCH", f"{COMPANIES}/500", {"properties": {"syncer_plan": "Pro"}})
        stamps.append(portal.company(500)["hs_lastmodifieddate"])
    assert "2026-09-21T14:14:20" in stamps[0] < stamps[1]
    portal.clock.advance(60)
    portal.send("PATCH", "/crm/v3/objects/contacts/700", {"properties": {"firstname": "New"}})
    contact = portal.get("/crm/v3/objects/contacts/700")
    assert contact["updatedAt"] == contact["properties"]["lastmodifieddate"] > stamps[1]


def test_creating_answers_201_and_finds_what_is_taken(portal: Portal) -> None:
    made = portal.send("POST", COMPANIES, {"properties": {"name": "New", "account_key": "k99"}}, 201)
    assert portal.company(made["id"], "account_key")["account_key"] == "k99"
    status, body = portal.refusal("POST", COMPANIES, {"properties": {"name": "Again", "account_key": "K99"}})
    assert (status, body["category"]) == (409, "CONFLICT")
    assert body["message"] == f"Company already exists. Existing ID: {made['id']}"
    status, body = portal.refusal("PATCH", f"{COMPANIES}/500", {"properties": {"account_key": "k99"}})
    assert (status, body["errors"][0]["code"]) == (400, "CONFLICTING_UNIQUE_VALUE")


def test_a_task_needs_its_due_date_and_takes_associations(portal: Portal) -> None:
    properties = {"hs_task_subject": "Renewal", "hs_task_priority": "HIGH", "hubspot_owner_id": "900"}
    assert portal.refusal("POST", "/crm/v3/objects/tasks", {"properties": properties})[0] == 400
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 192}]
    body = {
        "properties": {**properties, "hs_timestamp": "1796115600000"},
        "associations": [{"to": {"id": "500"}, "types": types}],
    }
    made = portal.send("POST", "/crm/objects/2026-09/tasks", body, 201)
    assert made["properties"]["hs_timestamp"] == "2026-12-01T09:00:00Z"
    shown = portal.get(f"/crm/v3/objects/tasks/{made['id']}", associations="companies")
    assert shown["associations"] == {"companies": {"results": [{"id": "500", "type": "task_to_company"}]}}


def test_archived_records_leave_the_lists_and_can_be_asked_for(portal: Portal) -> None:
    assert portal.send("DELETE", f"{COMPANIES}/503", expected=204) is None
    assert portal.send("DELETE", f"{COMPANIES}/99999", expected=204) is None
    portal.send("POST", f"{COMPANIES}/batch/archive", {"inputs": [{"id": "504"}]}, 204)
    assert {"503", "504"}.isdisjoint(ids(portal.get(COMPANIES, limit=100)))
    assert portal.refusal("GET", f"{COMPANIES}/503")[0] == 404
    [first, second] = portal.get(COMPANIES, archived="true")["results"]
    assert (first["id"], second["id"], first["archived"], first["archivedAt"][:10]) == (
        "503",
        "504",
        True,
        "2026-09-21",
    )


# Batches


def rows(count: int, **properties: Any) -> list[dict[str, Any]]:
    return [{"id": str(500 + n), "properties": properties or {"syncer_mrr": str(n)}} for n in range(count)]


@pytest.mark.parametrize("base", BASES)
def test_batch_read_answers_207_when_ids_name_nothing(portal: Portal, base: str) -> None:
    body = {"properties": ["syncer_mrr", "name"], "inputs": [{"id": "500"}, {"id": "501"}]}
    whole = portal.send("POST", f"{base}/companies/batch/read", body)
    assert (ids(whole), whole["status"], "numErrors" in whole) == (["500", "501"], "COMPLETE", False)
    part = portal.send("POST", f"{base}/companies/batch/read", {"inputs": [{"id": "500"}, {"id": "9"}, {"id": "x"}]}, 207)
    assert (ids(part), part["numErrors"]) == (["500"], 1)
    assert part["errors"][0]["category"] == "OBJECT_NOT_FOUND"
    assert part["errors"][0]["context"] == {"ids": ["9", "x"]}


def test_batch_read_by_a_unique_property(portal: Portal) -> None:
    body = {"idProperty": "account_key", "inputs": [{"id": "k3"}, {"id": "K4"}]}
    assert ids(portal.send("POST", f"{COMPANIES}/batch/read", body)) == ["503", "504"]
    assert portal.refusal("POST", f"{COMPANIES}/batch/read", {**body, "idProperty": "domain"})[0] == 400


def test_batch_update_writes_each_row_and_reports_unknown_ids_alone(portal: Portal) -> None:
    inputs = [*rows(3), {"id": "9", "properties": {"syncer_mrr": "1"}}]
    answer = portal.send("POST", "/crm/objects/2026-09/companies/batch/update", {"inputs": inputs}, 207)
    assert (ids(answer), answer["numErrors"], answer["errors"][0]["context"]) == (
        ["500", "501", "502"],
        1,
        {"ids": ["9"]},
    )
    assert [portal.company(500 + n, "syncer_mrr")["syncer_mrr"] for n in range(3)] == ["0", "1", "2"]


def test_batch_update_tells_rows_apart_by_their_trace_id(portal: Portal) -> None:
    inputs = [{"id": one, "objectWriteTraceId": f"t{one}", "properties": {"syncer_plan": "x"}} for one in ("500", "8", "9")]
    answer = portal.send("POST", f"{COMPANIES}/batch/update", {"inputs": inputs}, 207)
    assert answer["results"][0]["objectWriteTraceId"] == "t500"
    assert [error["context"] for error in answer["errors"]] == [
        {"ids": ["8"], "objectWriteTraceId": ["t8"]},
        {"ids": ["9"], "objectWriteTraceId": ["t9"]},
    ]


@pytest.mark.parametrize("wrong", [{"syncer_mrr": "x"}, {"no_such_thing": "1"}, {"syncer_renews_on": "1796083200001"}, {}])
def test_one_wrong_row_refuses_the_whole_batch(portal: Portal, wrong: dict[str, str]) -> None:
    inputs = [*rows(2, syncer_plan="Pro"), {"id": "502", "properties": wrong}]
    status, body = portal.refusal("POST", f"{COMPANIES}/batch/update", {"inputs": inputs})
    assert (status, body["category"]) == (400, "VALIDATION_ERROR")
    assert portal.company(500, "syncer_plan")["syncer_plan"] is None


def test_batches_take_100_rows_and_each_id_once(portal: Portal) -> None:
    for verb in ("read", "update", "create", "upsert", "archive"):
        assert portal.refusal("POST", f"{COMPANIES}/batch/{verb}", {"inputs": rows(101)})[0] == 400
    twice = {"inputs": [*rows(2), *rows(1)]}
    assert portal.refusal("POST", f"{COMPANIES}/batch/update", twice)[1]["message"].startswith("Duplicate IDs found")


def test_batch_create_fails_as_a_whole_without_and_by_row_with_trace_ids(portal: Portal) -> None:
    inputs: list[dict[str, Any]] = [{"properties": {"name": "A"}}, {"properties": {"syncer_mrr": "x"}}]
    assert portal.refusal("POST", f"{COMPANIES}/batch/create", {"inputs": inputs})[0] == 400
    traced = [{**row, "objectWriteTraceId": str(place)} for place, row in enumerate(inputs)]
    answer = portal.send("POST", f"{COMPANIES}/batch/create", {"inputs": traced}, 207)
    assert [row["objectWriteTraceId"] for row in answer["results"]] == ["0"]
    assert answer["errors"][0]["context"] == {"objectWriteTraceId": ["1"]}
    assert len(portal.send("POST", f"{COMPANIES}/batch/create", {"inputs": inputs[:1]}, 201)["results"]) == 1


def test_upsert_matches_by_a_unique_property_and_says_what_is_new(portal: Portal) -> None:
    def upsert(by: str, *values: str) -> list[dict[str, Any]]:
        return [{"id": value, "idProperty": by, "properties": {"syncer_plan": value}} for value in values]

    path = "/crm/objects/2026-09/companies/batch/upsert"
    answer = portal.send("POST", path, {"inputs": upsert("account_key", "k1", "k1000")})
    assert [(row["new"], row["properties"]["syncer_plan"]) for row in answer["results"]] == [
        (False, "k1"),
        (True, "k1000"),
    ]
    assert portal.company(answer["results"][1]["id"], "account_key")["account_key"] == "k1000"
    status, body = portal.refusal("POST", path, {"inputs": upsert("domain", "c1.example")})
    assert (status, "non-unique 0-2 property domain" in body["message"]) == (400, True)
    assert portal.refusal("POST", path, {"inputs": [{"id": "k1", "properties": {}}]})[0] == 400


def test_a_checkbox_list_takes_several_options_and_adds_to_them(portal: Portal) -> None:
    options = [{"label": value.upper(), "value": value} for value in "abc"]
    definition = {
        "name": "tags",
        "type": "enumeration",
        "fieldType": "checkbox",
        "groupName": "syncer",
        "label": "Tags",
    }
    portal.send("POST", "/crm/v3/properties/companies", {**definition, "options": options}, 201)
    for value, kept in (("a;b", "a;b"), (";c", "a;b;c"), (";a", "a;b;c")):
        answer = portal.send("PATCH", f"{COMPANIES}/500", {"properties": {"tags": value}})
        assert answer["properties"]["tags"] == kept
    assert portal.refusal("PATCH", f"{COMPANIES}/500", {"properties": {"tags": "a;A"}})[0] == 400


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"inputs": 3}', b'{"inputs": [1]}'])
def test_bodies_of_another_shape_are_refused(portal: Portal, body: bytes) -> None:
    answer = portal.call("POST", f"{COMPANIES}/batch/update", data=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["status"]) == (400, "error")
