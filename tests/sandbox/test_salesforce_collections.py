"""sObject Collections: order, half successes, all or none, the same record twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from salesforce_org import ACME, BETA, CIRCLE, GONE, Org, organisation

PATH = "/composite/sobjects"


@pytest.fixture
def org() -> Iterator[Org]:
    with organisation() as org:
        yield org


def account(**values: Any) -> dict[str, Any]:
    return {"attributes": {"type": "Account"}, **values}


def codes(results: list[dict[str, Any]]) -> list[str | None]:
    return [None if result["success"] else result["errors"][0]["statusCode"] for result in results]


def test_good_rows_are_written_beside_bad_ones(org: Org) -> None:
    rows = [account(id=BETA, Name="B"), account(id=ACME, MRR_Currency__c="EURO"), account(id=CIRCLE, Name="C")]
    results = org.json("PATCH", PATH, json={"allOrNone": False, "records": rows})
    assert [result["id"] for result in results] == [BETA, ACME, CIRCLE]
    assert codes(results) == [None, "STRING_TOO_LONG", None]
    assert results[1]["errors"] == [
        {
            "statusCode": "STRING_TOO_LONG",
            "message": "MRR Currency: data value too large: EURO (max length=3)",
            "fields": ["MRR_Currency__c"],
        }
    ]
    assert [org.values(row_id, "Name") for row_id in (BETA, CIRCLE)] == [["B"], ["C"]]


def test_all_or_none_takes_everything_back(org: Org) -> None:
    rows = [account(Name="New", Account_Key__c="new"), account(Name="Twin", Account_Key__c="acme-1")]
    before = org.query("SELECT FIELDS(ALL) FROM Account LIMIT 200")
    results = org.json("POST", PATH, json={"allOrNone": True, "records": rows})
    assert codes(results) == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "DUPLICATE_VALUE"]
    assert "id" not in results[0]
    assert org.query("SELECT FIELDS(ALL) FROM Account LIMIT 200") == before
    assert org.call("GET", "/sobjects/Account/Account_Key__c/new").status_code == 404
    results = org.json("POST", PATH, json={"allOrNone": False, "records": rows})
    assert codes(results) == [None, "DUPLICATE_VALUE"]


def test_one_record_twice_in_a_request(org: Org) -> None:
    rows = [account(id=ACME, Name="first"), account(id=BETA, Name="B"), account(Id=ACME[:15], Name="second")]
    results = org.json("PATCH", PATH, json={"records": rows})
    assert codes(results) == [None, None, "DUPLICATE_VALUE"]
    assert results[2]["errors"][0]["message"] == f"Duplicate id specified: {ACME}"
    assert org.values(ACME, "Name") == ["first"]


def test_rows_of_several_objects_answer_in_their_order(org: Org) -> None:
    contact = {"attributes": {"type": "Contact"}, "LastName": "Ny", "AccountId": ACME}
    unknown = {"attributes": {"type": "Nothing"}, "Name": "x"}
    results = org.json("POST", PATH, json={"records": [account(Name="A"), contact, unknown, account(Name="B")]})
    assert [result.get("id", "")[:3] for result in results] == ["001", "003", "", "001"]
    assert codes(results) == [None, None, "INVALID_TYPE", None]


def test_an_update_without_id_and_an_insert_with_one(org: Org) -> None:
    assert codes(org.json("PATCH", PATH, json={"records": [account(Name="x")]})) == ["MISSING_ARGUMENT"]
    assert codes(org.json("POST", PATH, json={"records": [account(Id=ACME, Name="x")]})) == ["INVALID_FIELD_FOR_INSERT_UPDATE"]


def test_upsert_by_external_id(org: Org) -> None:
    rows = [
        account(Account_Key__c="ACME-1", Name="A"),
        account(Account_Key__c="fresh", Name="F"),
        account(Account_Key__c="same", Name="1"),
        account(Account_Key__c="SAME", Name="2"),
        account(Name="keyless"),
    ]
    results = org.json("PATCH", f"{PATH}/Account/Account_Key__c", json={"records": rows})
    assert codes(results) == [None, None, "DUPLICATE_VALUE", "DUPLICATE_VALUE", "MISSING_ARGUMENT"]
    assert [result.get("created") for result in results] == [False, True, None, None, None]
    assert results[2]["errors"][0]["message"] == "Duplicate external id specified: same"
    several = org.json("PATCH", f"{PATH}/Account/Stripe_Customer_Id__c", json={"records": [account(Stripe_Customer_Id__c="cus_twice")]})
    assert codes(several) == ["DUPLICATE_EXTERNAL_ID"]
    by_id = org.json("PATCH", f"{PATH}/Account/Id", json={"records": [account(Id=ACME, Name="A2"), account(Name="made")]})
    assert [result["created"] for result in by_id] == [False, True]


def test_delete_and_retrieve(org: Org) -> None:
    results = org.json("DELETE", PATH, params={"ids": f"{BETA},{GONE},001000000000999AAA,nonsense", "allOrNone": "false"})
    assert codes(results) == [None, "ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY", "MALFORMED_ID"]
    results = org.json("DELETE", PATH, params={"ids": f"{ACME},{GONE}", "allOrNone": "true"})
    assert codes(results) == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "ENTITY_IS_DELETED"]
    body = {"ids": [CIRCLE, BETA, ACME[:15]], "fields": ["Name", "MRR__c"]}
    found = org.json("POST", f"{PATH}/Account", json=body)
    assert [record and record["Name"] for record in found] == ["100% Circle", None, "Acme"]
    assert found == org.json("GET", f"{PATH}/Account", params={"ids": ",".join(body["ids"]), "fields": "Name,MRR__c"})


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"records": [account(Name="x")] * 201}, "EXCEEDED_ID_LIMIT"),
        ({"records": []}, "MISSING_ARGUMENT"),
        ({"records": [{"Name": "x"}]}, "INVALID_TYPE"),
        ({"rows": []}, "JSON_PARSER_ERROR"),
    ],
)
def test_a_request_that_is_refused_whole(org: Org, body: dict[str, Any], code: str) -> None:
    answer = org.call("POST", PATH, json=body)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, code)
    assert org.query("SELECT COUNT() FROM Account")["totalSize"] == 5
