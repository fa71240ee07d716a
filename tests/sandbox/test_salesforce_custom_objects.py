"""Custom objects of Salesforce: what simple-salesforce reads and writes, and what a row is refused for."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from salesforce_org import Org, organisation
from simple_salesforce.exceptions import SalesforceResourceNotFound

OBJECT = "Syncer_Monthly_Metric__c"
UPSERT = f"/composite/sobjects/{OBJECT}/Key__c"


@pytest.fixture
def org() -> Iterator[Org]:
    with organisation(loaded=False) as org:
        yield org


def row(key: str, **values: object) -> dict[str, object]:
    return {"attributes": {"type": OBJECT}, "Key__c": key, **values}


def test_simple_salesforce_describes_upserts_and_queries_the_object(org: Org) -> None:
    sf = org.client()
    metric = getattr(sf, OBJECT)
    fields = {field["name"]: field for field in metric.describe()["fields"]}
    assert (fields["Key__c"]["unique"], fields["Key__c"]["externalId"], fields["MRR_Start__c"]["scale"]) == (True, True, 3)
    month = {"Month__c": "2026-10-01", "MRR_End__c": 1250.125, "Closed__c": True, "Name": "2026-10 · all"}
    assert metric.upsert("Key__c/2026-10:all:all:usd", month) == 201
    assert metric.upsert("Key__c/2026-10:all:all:usd", {"MRR_End__c": None}) == 200
    rows = [row("2026-10:all:all:usd", MRR_End__c=7), row("2026-11:all:all:usd", Month__c="2026-11-01")]
    sent = json.dumps({"allOrNone": False, "records": rows})
    answers = sf.restful(f"composite/sobjects/{OBJECT}/Key__c", method="PATCH", data=sent)
    assert [(each["success"], each["created"]) for each in answers] == [(True, False), (True, True)]
    found = sf.query(f"SELECT Key__c, Name, MRR_End__c, Closed__c FROM {OBJECT} WHERE Key__c IN ('2026-10:all:all:usd', 'none')")
    assert [(each["Name"], each["MRR_End__c"], each["Closed__c"]) for each in found["records"]] == [("2026-10 · all", 7, True)]


def test_a_row_without_a_name_gets_its_id(org: Org) -> None:
    [answer] = org.json("PATCH", UPSERT, json={"records": [row("k")]})
    assert org.values(answer["id"], "Name", kind=OBJECT) == [answer["id"]]


def test_two_rows_of_one_key_are_both_refused_whatever_the_capitals(org: Org) -> None:
    answers = org.json("PATCH", UPSERT, json={"records": [row("2026-10:plan:Pro:usd"), row("2026-10:plan:pro:usd")]})
    assert [answer["errors"][0]["statusCode"] for answer in answers] == ["DUPLICATE_VALUE", "DUPLICATE_VALUE"]


def test_a_key_that_is_no_external_id_and_an_object_that_is_not_there_are_404(org: Org) -> None:
    assert org.call("PATCH", f"/composite/sobjects/{OBJECT}/Band__c", json={"records": [row("k")]}).status_code == 404
    org.standin.load({"remove_objects": [OBJECT]})
    assert org.call("GET", f"/sobjects/{OBJECT}/describe").status_code == 404
    with pytest.raises(SalesforceResourceNotFound):
        getattr(org.client(), OBJECT).describe()


def test_an_object_that_a_test_tells_of(org: Org) -> None:
    key = {"name": "Code__c", "unique": True, "externalId": True}
    org.standin.load({"objects": [{"name": "Thing__c", "fields": [key, {"name": "Size__c", "type": "double"}]}]})
    [answer] = org.json(
        "PATCH",
        "/composite/sobjects/Thing__c/Code__c",
        json={"records": [{"attributes": {"type": "Thing__c"}, "Code__c": "a", "Size__c": 3}]},
    )
    assert answer["id"].startswith("a01")
    org.standin.load({"objects": [{"name": "Thing__c", "fields": [key], "createable": False}]})
    assert org.json("GET", "/sobjects/Thing__c/describe")["createable"] is False
    [answer] = org.json(
        "PATCH", "/composite/sobjects/Thing__c/Code__c", json={"records": [{"attributes": {"type": "Thing__c"}, "Code__c": "a"}]}
    )
    assert answer["errors"][0]["statusCode"] == "INVALID_TYPE_FOR_OPERATION"
