"""One record at a time, describe, and what lists of objects say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from salesforce_org import ACME, ANNA, BASE, BETA, CIRCLE, GONE, SOBJECTS, Org, organisation


@pytest.fixture
def org() -> Iterator[Org]:
    with organisation() as org:
        yield org


def told(part: Any) -> Any:
    """Without the nulls: the vendor's answers are full of them, its schema does not say so."""
    if isinstance(part, dict):
        return {name: told(value) for name, value in part.items() if value is not None}
    return [told(value) for value in part] if isinstance(part, list) else part


def test_describe_fits_the_vendors_schema(org: Org) -> None:
    listed = org.json("GET", "/sobjects")
    SOBJECTS.check_schema("DescribeGlobalResult", told(listed))
    assert [sobject["name"] for sobject in listed["sobjects"]] == [
        "Account", "Contact", "User", "Opportunity", "Case", "Task", "Organization", "Syncer_Monthly_Metric__c",
    ]  # fmt: skip
    for sobject in listed["sobjects"]:
        described = org.json("GET", f"/sobjects/{sobject['name']}/describe")
        SOBJECTS.check_schema("DescribeSObjectResult", told(described))
        assert described["fields"][0]["name"] == "Id"
        basic = org.json("GET", f"/sobjects/{sobject['name']}")
        assert basic["objectDescribe"]["keyPrefix"] == sobject["keyPrefix"]


def test_describe_tells_what_a_writer_must_know(org: Org) -> None:
    fields = {field["name"]: field for field in org.json("GET", "/sobjects/account/describe")["fields"]}

    def said(name: str, *keys: str) -> list[Any]:
        return [fields[name][key] for key in keys]

    assert said("MRR__c", "type", "precision", "scale", "custom", "updateable") == ["double", 18, 3, True, True]
    assert said("MRR_Reporting__c", "type", "precision", "scale") == ["currency", 18, 3]
    assert said("Movement__c", "type", "restrictedPicklist") == ["picklist", True]
    assert said("Seats__c", "type", "precision", "scale") == ["double", 18, 0]
    assert said("Health_Score__c", "scale", "label") == [1, "Health Score"]
    assert said("MRR_Currency__c", "type", "length") == ["string", 3]
    assert said("All_Plans__c", "type", "length", "filterable") == ["textarea", 255, True]
    assert said("Health_Reasons__c", "type", "length", "filterable") == ["textarea", 4000, False]
    assert said("Account_Key__c", "externalId", "unique", "idLookup") == [True, True, True]
    assert said("Stripe_Customer_Id__c", "externalId", "unique") == [True, False]
    assert said("Delinquent__c", "type", "nillable", "defaultValue") == ["boolean", False, False]
    assert said("Plan__c", "type", "restrictedPicklist") == ["picklist", False]
    assert said("Health_Band__c", "restrictedPicklist") == [True]
    bands = [value["value"] for value in fields["Health_Band__c"]["picklistValues"]]
    assert bands == ["excellent", "healthy", "caution", "action"]
    assert said("OwnerId", "type", "referenceTo", "relationshipName") == ["reference", ["User"], "Owner"]
    assert said("SystemModstamp", "type", "updateable", "createable") == ["datetime", False, False]


def test_a_record_is_made_read_changed_and_deleted(org: Org) -> None:
    made = org.call("POST", "/sobjects/Account", json={"Name": "Newco", "Delinquent__c": False, "MRR__c": 5})
    assert made.status_code == 201
    row_id = made.json()["id"]
    assert made.json() == {"id": row_id, "success": True, "errors": []}
    assert (len(row_id), row_id[:3]) == (18, "001")
    assert made.headers["Location"] == f"{BASE}/sobjects/Account/{row_id}"
    path = f"/sobjects/Account/{row_id[:15]}"
    record = org.json("GET", path)
    assert (record["Id"], record["Name"], record["MRR__c"], record["Website"]) == (row_id, "Newco", 5.0, None)
    assert record["attributes"] == {"type": "Account", "url": f"{BASE}/sobjects/Account/{row_id}"}
    SOBJECTS.check_schema("AccountSObject", told(record))
    assert org.call("PATCH", path, json={"Name": "Newer"}).status_code == 204
    assert org.json("GET", path, params={"fields": "Name,ownerid"})["Name"] == "Newer"
    assert org.call("DELETE", path).status_code == 204
    assert org.call("GET", path).status_code == 404
    assert org.query(f"SELECT Name FROM Account WHERE Id = '{row_id}'")["totalSize"] == 0
    (found,) = org.query(f"SELECT Name, IsDeleted FROM Account WHERE Id = '{row_id}'", deleted=True)["records"]
    assert (found["Name"], found["IsDeleted"]) == ("Newer", True)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/sobjects/Account/001000000000999", 404, "NOT_FOUND"),
        ("GET", "/sobjects/Account/nonsense", 404, "NOT_FOUND"),
        ("GET", "/sobjects/Nothing/001000000000999", 404, "NOT_FOUND"),
        ("GET", f"/sobjects/Account/{ACME}?fields=Foo", 400, "INVALID_FIELD"),
        ("GET", f"/sobjects/Account/{GONE}", 404, "ENTITY_IS_DELETED"),
        ("DELETE", f"/sobjects/Account/{GONE}", 404, "ENTITY_IS_DELETED"),
        ("GET", "/nothing", 404, "NOT_FOUND"),
        ("PUT", f"/sobjects/Account/{ACME}", 405, "METHOD_NOT_ALLOWED"),
        ("GET", "/sobjects/Account/Industry/Banking", 404, "NOT_FOUND"),
    ],
)
def test_what_is_not_there(org: Org, method: str, path: str, status: int, code: str) -> None:
    answer = org.session.request(method, org.url + BASE + path, timeout=10)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (status, code)


def test_an_id_has_no_place_in_the_body(org: Org) -> None:
    for method, path in (("POST", "/sobjects/Account"), ("PATCH", f"/sobjects/Account/{ACME}")):
        answer = org.call(method, path, json={"Id": ACME, "Name": "x"})
        assert answer.json() == [{"message": "The Id field should not be specified in the sobject data.", "errorCode": "INVALID_FIELD"}]


def test_upsert_by_external_id(org: Org) -> None:
    path = "/sobjects/Account/Account_Key__c"
    updated = org.call("PATCH", f"{path}/ACME-1", json={"Name": "Acme 2"})
    assert (updated.status_code, updated.json()) == (200, {"id": ACME, "success": True, "errors": [], "created": False})
    assert org.json("GET", f"{path}/acme-1")["Name"] == "Acme 2"
    made = org.call("PATCH", f"{path}/a%2Fb%20c", json={"Name": "Slash"})
    assert (made.status_code, made.json()["created"]) == (201, True)
    assert org.values(made.json()["id"], "Account_Key__c") == ["a/b c"]
    again = org.call("PATCH", f"{path}/a%2Fb%20c", json={"Account_Key__c": "a/b c"})
    assert (again.status_code, again.json()[0]["errorCode"]) == (400, "INVALID_FIELD")
    several = org.call("PATCH", "/sobjects/Account/Stripe_Customer_Id__c/cus_twice", json={"Name": "x"})
    assert several.status_code == 300
    assert several.json() == [f"{BASE}/sobjects/Account/{row_id}" for row_id in (BETA, CIRCLE)]
    by_id = org.call("PATCH", f"/sobjects/Account/Id/{ACME}", json={"Name": "Acme 3"})
    assert by_id.status_code == 200
    assert org.call("DELETE", f"{path}/acme-1").status_code == 204
    assert org.call("GET", f"{path}/acme-1").status_code == 404


def test_the_body_must_be_json(org: Org) -> None:
    answer = org.call("POST", "/sobjects/Account", data="{")
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")
    assert org.call("POST", "/sobjects/Account", json=[]).status_code == 400


def test_deleted_and_updated(org: Org) -> None:
    span = {"start": "2026-10-30T00:00:00Z", "end": "2026-11-02T00:00:00+00:00"}
    assert org.json("GET", "/sobjects/Account/deleted", params=span)["deletedRecords"] == [
        {
            "id": GONE,
            "deletedDate": org.query("SELECT SystemModstamp FROM Account WHERE IsDeleted = true", deleted=True)["records"][0][
                "SystemModstamp"
            ],
        }
    ]
    SOBJECTS.check_schema("GetDeletedResult", org.json("GET", "/sobjects/Account/deleted", params=span))
    updated = org.json("GET", "/sobjects/Account/updated", params=span)
    assert set(updated["ids"]) == {ACME, BETA, "001000000000104AAA", "001000000000105AAA"}
    old = org.call("GET", "/sobjects/Account/updated", params={**span, "start": "2026-01-01T00:00:00Z"})
    assert old.json()[0]["errorCode"] == "INVALID_REPLICATION_DATE"


def test_values_that_follow_from_others(org: Org) -> None:
    contact = org.json("POST", "/sobjects/Contact", json={"FirstName": "Lea", "LastName": "Moos", "AccountId": ACME})["id"]
    assert org.values(contact, "Name", kind="Contact") == ["Lea Moos"]
    task = org.json("POST", "/sobjects/Task", json={"Subject": "Save", "WhatId": ACME, "WhoId": contact, "OwnerId": ANNA})["id"]
    named = ("Status", "Priority", "IsClosed", "AccountId", "OwnerId")
    assert org.values(task, *named, kind="Task") == ["Not Started", "Normal", False, ACME, ANNA]
    org.call("PATCH", f"/sobjects/Task/{task}", json={"Status": "Completed", "ActivityDate": "2026-11-05"})
    assert org.values(task, "IsClosed", kind="Task") == [True]
    SOBJECTS.check_schema("TaskSObject", told(org.json("GET", f"/sobjects/Task/{task}")))
    deal = {"Name": "Renewal", "StageName": "Closed Won", "CloseDate": "2026-12-01", "AccountId": ACME, "Amount": 10}
    won = org.json("POST", "/sobjects/Opportunity", json=deal)["id"]
    assert org.values(won, "IsClosed", "IsWon", kind="Opportunity") == [True, True]


def test_fields_come_and_go(org: Org) -> None:
    extra = {
        "name": "Tier__c",
        "label": "Tier",
        "type": "picklist",
        "restrictedPicklist": True,
        "picklistValues": [{"value": "A"}],
    }
    load = {
        "fields": {"Account": [extra]},
        "remove_fields": {"Account": ["MRR__c"]},
        "Account": [{"Id": ACME, "Tier__c": "A"}],
    }
    org.session.post(f"{org.url}/_control/load", json={"salesforce": load}, timeout=10).raise_for_status()
    assert org.values(ACME, "Tier__c", "Name") == ["A", "Acme"]
    assert org.call("PATCH", f"/sobjects/Account/{ACME}", json={"MRR__c": 1}).json()[0]["errorCode"] == "INVALID_FIELD"
    assert "MRR__c" not in {field["name"] for field in org.json("GET", "/sobjects/Account/describe")["fields"]}
    body = {
        "FullName": "Account.Score__c",
        "Metadata": {"type": "Number", "label": "Score", "precision": 18, "scale": 2},
    }
    made = org.call("POST", "/tooling/sobjects/CustomField", json=body)
    assert made.status_code == 201
    org.call("PATCH", f"/sobjects/Account/{ACME}", json={"Score__c": 1.005}).raise_for_status()
    assert org.values(ACME, "Score__c") == [1.0]
    found = org.json("GET", "/tooling/query", params={"q": "SELECT Id FROM CustomField WHERE DeveloperName = 'Score'"})
    assert [record["Id"] for record in found["records"]] == [made.json()["id"]]
    one = f"/tooling/sobjects/CustomField/{made.json()['id']}"
    assert org.json("GET", one)["FullName"] == "Account.Score__c"
    again = org.call("POST", "/tooling/sobjects/CustomField", json=body).json()[0]
    assert again["errorCode"] == "DUPLICATE_DEVELOPER_NAME"
    assert org.call("DELETE", one).status_code == 204
    assert org.call("GET", f"/sobjects/Account/{ACME}?fields=Score__c").status_code == 400
