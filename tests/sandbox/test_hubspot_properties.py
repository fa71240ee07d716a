"""Properties, groups, owners, associations, account and limits of the HubSpot stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hubspot_portal import Portal, running

PROPERTIES = ["/crm/v3/properties", "/crm/properties/2026-03", "/crm/properties/2026-09"]
COMPANIES = "/crm/v3/properties/companies"
HEALTH = {"name": "health", "label": "Health", "groupName": "syncer", "type": "number", "fieldType": "number"}


@pytest.fixture
def portal() -> Iterator[Portal]:
    with running() as portal:
        yield portal


@pytest.mark.parametrize("base", PROPERTIES)
def test_a_portal_starts_with_standard_and_syncer_properties(portal: Portal, base: str) -> None:
    found = {each["name"]: each for each in portal.get(f"{base}/companies")["results"]}
    types = {name: (each["type"], each["fieldType"]) for name, each in found.items()}
    assert types["numberofemployees"] == ("number", "number")
    assert types["industry"] == ("enumeration", "select")
    assert types["syncer_mrr"] == types["syncer_mrr_reporting"] == ("number", "number")
    assert types["syncer_churned_on"] == ("date", "date")
    assert types["syncer_plan"] == ("string", "text")
    assert types["syncer_renews_on"] == ("date", "date")
    assert types["syncer_delinquent"] == ("bool", "booleancheckbox")
    assert [each["value"] for each in found["syncer_touch_model"]["options"]] == ["tech", "group", "high"]
    assert sum(name.startswith("syncer_") for name in found) == 37
    assert found["account_key"]["hasUniqueValue"]
    assert found["hs_object_id"]["modificationMetadata"]["readOnlyValue"]
    assert portal.get(f"{base}/0-2/syncer_mrr") == found["syncer_mrr"]


def test_load_adds_and_removes_properties(portal: Portal) -> None:
    portal.send("PATCH", "/crm/v3/objects/companies/500", {"properties": {"syncer_mrr": "5"}})
    portal.standin.load({"remove_fields": {"companies": ["syncer_mrr"]}, "properties": {"companies": [HEALTH]}})  # type: ignore[dict-item]
    assert portal.refusal("GET", f"{COMPANIES}/syncer_mrr")[0] == 404
    assert portal.get(f"{COMPANIES}/health")["label"] == "Health"
    assert "syncer_mrr" not in portal.company(500, "syncer_mrr")


def test_a_new_property_takes_values_at_once_and_exists_once(portal: Portal) -> None:
    made = portal.send("POST", COMPANIES, {**HEALTH, "showCurrencySymbol": True}, 201)
    assert (made["hubspotDefined"], made["showCurrencySymbol"], made["options"]) == (False, False, [])
    portal.send("PATCH", "/crm/v3/objects/companies/500", {"properties": {"health": "7"}})
    status, body = portal.refusal("POST", COMPANIES, HEALTH)
    assert (status, body["message"]) == (409, "A property named 'health' already exists.")
    assert portal.send("DELETE", f"{COMPANIES}/health", expected=204) is None
    assert portal.refusal("PATCH", "/crm/v3/objects/companies/500", {"properties": {"health": "7"}})[0] == 400


@pytest.mark.parametrize(
    "change",
    [
        {"groupName": "nowhere"},
        {"name": "Health Score"},
        {"name": "1st"},
        {"type": "money"},
        {"type": "bool"},
        {"fieldType": "text"},
        {"type": "enumeration", "fieldType": "select"},
        {"label": ""},
        {
            "type": "enumeration",
            "fieldType": "select",
            "options": [{"label": "A", "value": "a"}, {"label": "B", "value": "a"}],
        },
    ],
)
def test_definitions_that_do_not_fit_are_refused(portal: Portal, change: dict[str, Any]) -> None:
    assert portal.refusal("POST", COMPANIES, {**HEALTH, **change})[0] == 400


def test_unique_values_are_chosen_at_creation_and_ten_times_at_most(portal: Portal) -> None:
    for number in range(9):
        portal.send("POST", COMPANIES, {**HEALTH, "name": f"key_{number}", "hasUniqueValue": True}, 201)
    assert portal.refusal("POST", COMPANIES, {**HEALTH, "name": "key_9", "hasUniqueValue": True})[0] == 400
    changed = portal.send("PATCH", f"{COMPANIES}/syncer_wau", {"label": "Users", "hasUniqueValue": True})
    assert (changed["label"], changed["hasUniqueValue"]) == ("Users", False)


def test_options_can_be_added(portal: Portal) -> None:
    options = [{"label": "Gold", "value": "gold"}]
    portal.send("PATCH", f"{COMPANIES}/syncer_touch_model", {"options": options})
    portal.send("PATCH", "/crm/v3/objects/companies/500", {"properties": {"syncer_touch_model": "gold"}})
    assert portal.refusal("DELETE", f"{COMPANIES}/name")[0] == 400


def test_groups_and_batches_of_properties(portal: Portal) -> None:
    group = {"name": "metrics", "label": "Metrics"}
    portal.send("POST", f"{COMPANIES}/groups", group, 201)
    assert portal.refusal("POST", f"{COMPANIES}/groups", group)[0] == 409
    inputs = [{**HEALTH, "name": name, "groupName": "metrics"} for name in ("one", "two")]
    portal.send("POST", f"{COMPANIES}/batch/create", {"inputs": inputs}, 201)
    read = {"inputs": [{"name": "one"}, {"name": "three"}], "archived": False}
    found = portal.send("POST", f"{COMPANIES}/batch/read", read, 207)
    assert ([each["name"] for each in found["results"]], found["errors"][0]["context"]) == (
        ["one"],
        {"name": ["three"]},
    )
    assert portal.refusal("DELETE", f"{COMPANIES}/groups/metrics")[0] == 400
    portal.send("POST", f"{COMPANIES}/batch/archive", {"inputs": [{"name": "one"}, {"name": "two"}]}, 204)
    portal.send("PATCH", f"{COMPANIES}/groups/metrics", {"label": "Numbers"})
    assert portal.get(f"{COMPANIES}/groups/metrics")["label"] == "Numbers"
    portal.send("DELETE", f"{COMPANIES}/groups/metrics", expected=204)
    names = [each["name"] for each in portal.get(f"{COMPANIES}/groups")["results"]]
    assert names == ["companyinformation", "syncer"]


@pytest.mark.parametrize("base", ["/crm/v3/owners", "/crm/v3/owners/", "/crm/owners/2026-03", "/crm/owners/2026-09"])
def test_owners(portal: Portal, base: str) -> None:
    page = portal.get(base, limit=1)
    assert [each["id"] for each in page["results"]] == ["900"]
    assert [each["id"] for each in portal.get(base, after=page["paging"]["next"]["after"])["results"]] == ["901"]
    assert [each["id"] for each in portal.get(base, email="o1@example.com")["results"]] == ["901"]
    assert portal.get(f"{base.rstrip('/')}/900")["email"] == "o0@example.com"


@pytest.mark.parametrize("version", ["v3", "2026-03", "2026-09"])
def test_account_details_usage_and_limits(portal: Portal, version: str) -> None:
    details = portal.get(f"/account-info/{version}/details")
    assert (details["portalId"], details["uiDomain"], details["companyCurrency"]) == (4242424, "app.hubspot.com", "USD")
    [usage] = portal.get(f"/account-info/{version}/api-usage/daily/private-apps")["results"]
    assert (usage["usageLimit"], usage["currentUsage"], usage["resetsAt"]) == (650_000, 2, "2026-09-22T00:00:00Z")
    limits = portal.get(f"/crm/{'v3/limits' if version == 'v3' else f'limits/{version}'}/custom-properties")
    companies = next(each for each in limits["byObjectType"] if each["objectTypeId"] == "0-2")
    assert (companies["limit"], companies["usage"]) == (1000, 39)


@pytest.mark.parametrize(
    ("objects", "pairs", "as_id"),
    [("/crm/v4/objects", "/crm/v4/associations", int), ("/crm/objects/2026-09", "/crm/associations/2026-09", str)],
)
def test_associations_show_from_both_sides(portal: Portal, objects: str, pairs: str, as_id: type) -> None:
    labels = portal.get(f"{pairs}/contacts/companies/labels")["results"]
    assert [(each["typeId"], each["label"]) for each in labels] == [(279, None), (1, "Primary")]
    portal.send("PUT", f"{objects}/contacts/700/associations/default/companies/500")
    primary = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}]
    answer = portal.send("PUT", f"{objects}/contacts/701/associations/companies/500", primary, 201)
    assert (answer["fromObjectTypeId"], answer["labels"]) == ("0-1", ["Primary"])
    links = portal.get(f"{objects}/companies/500/associations/contacts")["results"]
    assert [each["toObjectId"] for each in links] == [as_id("700"), as_id("701")]
    assert [each["typeId"] for each in links[1]["associationTypes"]] == [2, 280]
    portal.send("DELETE", f"{objects}/contacts/700/associations/companies/500", expected=204)
    assert len(portal.get(f"{objects}/companies/500/associations/contacts")["results"]) == 1
    assert portal.refusal("PUT", f"{objects}/contacts/9/associations/default/companies/500")[0] == 404


def test_associations_in_batches(portal: Portal) -> None:
    pairs = "/crm/v4/associations/tasks/companies/batch"
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 192}]
    rows = [{"from": {"id": "800"}, "to": {"id": one}, "types": types} for one in ("500", "501", "9")]
    made = portal.send("POST", f"{pairs}/create", {"inputs": rows}, 207)
    assert (len(made["results"]), made["errors"][0]["context"]["toObjectId"]) == (2, ["9"])
    default = portal.send("POST", f"{pairs}/associate/default", {"inputs": [{"from": {"id": "800"}, "to": {"id": "502"}}]})
    assert [each["associationSpec"]["associationTypeId"] for each in default["results"]] == [192, 191]
    read = portal.send("POST", f"{pairs}/read", {"inputs": [{"id": "800"}]})
    assert [each["toObjectId"] for each in read["results"][0]["to"]] == [500, 501, 502]
    inputs = [{"from": {"id": "800"}, "to": [{"id": "500"}, {"id": "501"}, {"id": "502"}]}]
    portal.send("POST", f"{pairs}/archive", {"inputs": inputs}, 204)
    assert portal.send("POST", f"{pairs}/read", {"inputs": [{"id": "800"}]}, 207)["results"] == []


def test_a_wrong_token_and_unknown_paths(portal: Portal) -> None:
    answer = portal.call("GET", "/crm/v3/owners", token="other")
    assert (answer.status_code, answer.json()["category"]) == (401, "INVALID_AUTHENTICATION")
    for path in ("/crm/v3/nothing", "/crm/objects/2025-09/companies"):
        assert portal.refusal("GET", path)[0] == 404


def test_limits_by_ten_seconds_by_second_for_search_and_by_day() -> None:
    with running(limits=True) as portal:
        portal.clock.set(1_790_000_000)
        search = "/crm/v3/objects/companies/search"
        answers = [portal.call("POST", search, json={}) for _ in range(6)]
        assert [each.status_code for each in answers] == [200] * 5 + [429]
        assert answers[-1].json()["policyName"] == "SECONDLY"
        assert not any(name.startswith("X-HubSpot-RateLimit") for name in answers[0].headers)
        portal.clock.advance(11)
        answers = [portal.call("GET", "/account-info/v3/details") for _ in range(191)]
        assert answers[0].headers["X-HubSpot-RateLimit-Remaining"] == "189"
        assert answers[0].headers["X-HubSpot-RateLimit-Max"] == "190"
        assert answers[-2].status_code == 200
        last = answers[-1].json()
        assert (answers[-1].status_code, last["errorType"], last["policyName"]) == (
            429,
            "RATE_LIMIT",
            "TEN_SECONDLY_ROLLING",
        )
        portal.clock.advance(11)
        assert portal.call("GET", "/account-info/v3/details").status_code == 200
        portal.standin.use_up_day()
        assert portal.refusal("GET", "/account-info/v3/details")[1]["policyName"] == "DAILY"
        portal.clock.advance(86_400)
        assert portal.call("GET", "/account-info/v3/details").headers["X-HubSpot-RateLimit-Daily-Remaining"] == "649999"


def test_an_injected_fault_looks_like_the_vendors_and_every_call_is_logged(portal: Portal) -> None:
    portal.send("POST", "/_control/faults", {"faults": [{"path": "/companies", "status": 502, "times": 1}]})
    assert portal.refusal("GET", "/crm/v3/objects/companies")[0] == 502
    inputs = [{"id": "500", "properties": {"name": "x"}}, {"id": "9", "properties": {"name": "x"}}]
    portal.send("POST", "/crm/v3/objects/companies/batch/update", {"inputs": inputs}, 207)
    logged = portal.get("/_control/requests")["requests"]
    assert [(each["status"], each["rows"]) for each in logged] == [(502, 0), (207, 1)]
