"""Search in the HubSpot stand-in: operators, order, its ceilings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hubspot_portal import Portal, running


@pytest.fixture(scope="module")
def portal() -> Iterator[Portal]:
    with running() as portal:
        inputs = [
            {
                "id": "500",
                "properties": {"syncer_mrr": "9.5", "syncer_health_band": "healthy", "syncer_renews_on": "2026-12-01"},
            },
            {
                "id": "501",
                "properties": {"syncer_mrr": "10", "syncer_health_band": "action", "syncer_renews_on": "2026-12-02"},
            },
            {"id": "502", "properties": {"syncer_mrr": "100", "name": "Blue Whale Ltd"}},
        ]
        portal.send("POST", "/crm/v3/objects/companies/batch/update", {"inputs": inputs})
        yield portal


def search(portal: Portal, *filters: dict[str, Any], **more: Any) -> list[str]:
    body = {"limit": 200, "filterGroups": [{"filters": list(filters)}], **more}
    found: dict[str, Any] = portal.send("POST", "/crm/objects/2026-09/companies/search", body)
    assert found["total"] == len(found["results"])
    return [record["id"] for record in found["results"]]


def where(name: str, operator: str, value: str | None = None, **more: Any) -> dict[str, Any]:
    return {"propertyName": name, "operator": operator, **({"value": value} if value is not None else {}), **more}


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (where("syncer_mrr", "EQ", "10"), ["501"]),
        (where("syncer_mrr", "NEQ", "10"), ["500", "502"]),
        (where("syncer_mrr", "GT", "9.5"), ["501", "502"]),
        (where("syncer_mrr", "GTE", "9.5"), ["500", "501", "502"]),
        (where("syncer_mrr", "LT", "10"), ["500"]),
        (where("syncer_mrr", "LTE", "10"), ["500", "501"]),
        (where("syncer_mrr", "BETWEEN", "10", highValue="100"), ["501", "502"]),
        (where("syncer_mrr", "HAS_PROPERTY"), ["500", "501", "502"]),
        (where("syncer_health_band", "IN", values=["healthy", "action"]), ["500", "501"]),
        (where("syncer_health_band", "NOT_IN", values=["healthy"]), ["501"]),
        (where("syncer_renews_on", "GT", "2026-12-01"), ["501"]),
        (where("syncer_renews_on", "EQ", "1796083200000"), ["500"]),
        (where("name", "CONTAINS_TOKEN", "whale"), ["502"]),
        (where("name", "CONTAINS_TOKEN", "wha*"), ["502"]),
        (where("name", "CONTAINS_TOKEN", "wha"), []),
        (where("hs_object_id", "GTE", "523"), ["523", "524"]),
        (where("hs_lastmodifieddate", "GTE", "2026-09-21"), ["500", "501", "502"]),
    ],
)
def test_operators(portal: Portal, given: dict[str, Any], found: list[str]) -> None:
    assert search(portal, given) == found


def test_no_value_is_found_by_not_has_property_alone(portal: Portal) -> None:
    assert len(search(portal, where("syncer_mrr", "NOT_HAS_PROPERTY"))) == 22


def test_groups_are_alternatives_and_filters_add_up(portal: Portal) -> None:
    low, high = where("syncer_mrr", "LT", "10"), where("syncer_mrr", "GT", "50")
    assert search(portal, low, high) == []
    assert search(portal, filterGroups=[{"filters": [low]}, {"filters": [high]}]) == ["500", "502"]


def test_words_look_into_the_searchable_properties(portal: Portal) -> None:
    assert search(portal, query="blue whale", filterGroups=[]) == ["502"]


def test_one_sort_by_the_type_of_the_property_with_empty_values_last(portal: Portal) -> None:
    down = search(portal, sorts=[{"propertyName": "syncer_mrr", "direction": "DESCENDING"}])
    assert down[:3] == ["502", "501", "500"]
    assert search(portal, sorts=["syncer_mrr"])[:3] == ["500", "501", "502"]
    assert search(portal, sorts=["-syncer_mrr"]) == down


def test_pages_go_on_by_after(portal: Portal) -> None:
    body: dict[str, Any] = {"limit": 10, "properties": ["name"]}
    found: list[str] = []
    while True:
        page = portal.send("POST", "/crm/v3/objects/0-2/search", body)
        found += [record["id"] for record in page["results"]]
        if "paging" not in page:
            break
        body["after"] = page["paging"]["next"]["after"]
    assert (len(found), len(set(found)), page["total"]) == (25, 25, 25)


MRR = where("syncer_mrr", "HAS_PROPERTY")


@pytest.mark.parametrize(
    "body",
    [
        {"limit": 201},
        {"limit": 200, "after": "9900"},
        {"filterGroups": [{"filters": [MRR]}] * 6},
        {"filterGroups": [{"filters": [MRR] * 7}]},
        {"filterGroups": [{"filters": [MRR] * 5}] * 4},
        {"sorts": ["name", "domain"]},
        {"sorts": ["no_such_thing"]},
        {"filterGroups": [{"filters": [where("no_such_thing", "HAS_PROPERTY")]}]},
        {"filterGroups": [{"filters": [where("name", "LIKE", "x")]}]},
        {"filterGroups": [{"filters": [where("syncer_mrr", "EQ")]}]},
        {"filterGroups": [{"filters": [where("syncer_mrr", "BETWEEN", "1")]}]},
        {"filterGroups": [{"filters": [where("syncer_mrr", "IN", "1")]}]},
        {"properties": ["x" * 3000]},
    ],
)
def test_what_is_too_much_or_unknown_is_refused(portal: Portal, body: dict[str, Any]) -> None:
    status, answer = portal.refusal("POST", "/crm/v3/objects/companies/search", body)
    assert (status, answer["category"]) == (400, "VALIDATION_ERROR")


def test_beyond_ten_thousand_only_a_filter_on_the_id_leads_on() -> None:
    with running(companies=10_050) as portal:
        body: dict[str, Any] = {"limit": 200, "after": "9800", "properties": ["name"], "sorts": ["hs_object_id"]}
        page = portal.send("POST", "/crm/v3/objects/companies/search", body)
        assert (page["total"], page["paging"]["next"]["after"]) == (10_050, "10000")
        assert portal.refusal("POST", "/crm/v3/objects/companies/search", {**body, "after": "10000"})[0] == 400
        beyond = where("hs_object_id", "GT", page["results"][-1]["id"])
        assert len(search(portal, beyond, sorts=["hs_object_id"])) == 50
