"""Every rule of a field refuses the same on all write paths: one record, a collection, a Bulk job."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from salesforce_org import ACME, BEN, BETA, GONE, Org, organisation

TYPE = "INVALID_TYPE_ON_FIELD_IN_RECORD"
RANGE = "NUMBER_OUTSIDE_VALID_RANGE"
READ_ONLY = "INVALID_FIELD_FOR_INSERT_UPDATE"
RULES = [
    pytest.param("Foo__c", "x", "INVALID_FIELD", "No such column 'Foo__c' on sobject of type Account", id="unknown"),
    pytest.param("CreatedDate", "2026-01-01T00:00:00Z", READ_ONLY, "update fields: CreatedDate", id="read-only"),
    pytest.param("IsDeleted", "true", READ_ONLY, "update fields: IsDeleted", id="read-only flag"),
    pytest.param("MRR_Currency__c", "EURO", "STRING_TOO_LONG", "MRR Currency: data value too large: EURO", id="text"),
    pytest.param("Stripe_Link__c", "h" * 256, "STRING_TOO_LONG", "(max length=255)", id="url"),
    pytest.param("Health_Reasons__c", "h" * 4001, "STRING_TOO_LONG", "(max length=4000)", id="long text"),
    pytest.param(
        "Health_Band__c", "Caution", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        "Health Band: bad value for restricted picklist field: Caution", id="restricted picklist",
    ),
    pytest.param("MRR__c", "12,5", TYPE, "MRR: value not of required type: 12,5", id="number"),
    pytest.param("Seats__c", "NaN", TYPE, "Seats: value not of required type: NaN", id="not a number"),
    pytest.param("NumberOfEmployees", "250.0", TYPE, "Employees: value not of required type: 250.0", id="integer"),
    pytest.param("Renews_On__c", "31/12/2026", TYPE, "Renews On: value not of required type: 31/12/2026", id="date"),
    pytest.param("Renews_On__c", "2026-02-30", TYPE, "value not of required type", id="no such day"),
    pytest.param("Delinquent__c", "maybe", TYPE, "Delinquent: value not of required type: maybe", id="flag"),
    pytest.param("MRR__c", "1000000000000000", RANGE, "MRR: value outside of valid range", id="range"),
    pytest.param("NumberOfEmployees", "1431655766", RANGE, "field: 1431655766", id="integer range"),
    pytest.param("OwnerId", "anna", "MALFORMED_ID", "Owner ID: id value of incorrect type: anna", id="no id"),
    pytest.param("OwnerId", ACME, "MALFORMED_ID", "Owner ID: id value of incorrect type", id="another object's id"),
    pytest.param("ParentId", "001000000000999AAA", "INVALID_CROSS_REFERENCE_KEY", "invalid cross", id="nobody's id"),
    pytest.param(
        "Account_Key__c", "BETA-2", "DUPLICATE_VALUE",
        f"duplicate value found: Account_Key__c duplicates value on record with id: {BETA}", id="unique",
    ),
]  # fmt: skip


@pytest.fixture
def org() -> Iterator[Org]:
    with organisation() as org:
        yield org


def snapshot(org: Org) -> Any:
    return org.query("SELECT FIELDS(ALL) FROM Account ORDER BY Id LIMIT 200", deleted=True)


@pytest.mark.parametrize(("field", "value", "code", "message"), RULES)
def test_a_value_that_does_not_fit_is_refused(org: Org, field: str, value: str, code: str, message: str) -> None:
    before = snapshot(org)

    answer = org.call("PATCH", f"/sobjects/Account/{ACME}", json={field: value})
    said = answer.json()[0]
    assert answer.status_code == 400
    if code == TYPE:  # one record fails while it is read, in the JSON parser
        assert said["errorCode"] == "JSON_PARSER_ERROR"
        assert f"from VALUE_STRING value {value} or request may be missing a required field" in said["message"]
    else:
        assert said["errorCode"] == code
        assert message in said["message"]

    rows = [
        {"attributes": {"type": "Account"}, "Id": BETA, "Description": "good"},
        {"attributes": {"type": "Account"}, "Id": ACME, "Description": "bad", field: value},
    ]
    if code != "DUPLICATE_VALUE":
        results = org.json("PATCH", "/composite/sobjects", json={"allOrNone": True, "records": rows})
        assert [result["success"] for result in results] == [False, False]
        assert results[0]["errors"][0]["statusCode"] == "ALL_OR_NONE_OPERATION_ROLLED_BACK"
    results = org.json("PATCH", "/composite/sobjects", json={"allOrNone": True, "records": rows[1:]})
    (error,) = results[0]["errors"]
    assert error["statusCode"] == code
    assert message in error["message"]

    job = org.ingest("update", [{"Id": ACME, field: value}])
    if code == "INVALID_FIELD":  # a column nobody knows fails the job, not the row
        assert job["state"] == "Failed"
        assert job["errorMessage"] == "InvalidBatch : Field name not found : Foo__c"
    else:
        (refused,) = org.results(job, "failedResults")
        assert (job["state"], job["numberRecordsFailed"]) == ("JobComplete", 1)
        assert refused["sf__Id"] == ACME
        assert refused["sf__Error"].startswith(f"{code}:")
        assert message in refused["sf__Error"]
        assert refused[field] == value
    assert snapshot(org) == before


@pytest.mark.parametrize(
    ("field", "sent", "stored"),
    [
        ("MRR__c", "1234.5675", 1234.568), ("MRR__c", "1234.5665", 1234.566), ("MRR__c", "-0.0001", 0.0),
        ("MRR__c", "1e3", 1000.0),
        ("Health_Score__c", "71.25", 71.2), ("Seats__c", "12.5", 12.0), ("NumberOfEmployees", "12", 12),
        ("Plan__c", "Team 2026", "Team 2026"), ("Description", "  two  words ", "two  words"),
        ("Renews_On__c", "2026-12-31", "2026-12-31"), ("Renews_On__c", "2026-12-31T23:00:00Z", "2026-12-31"),
        ("Delinquent__c", "TRUE", True), ("OwnerId", BEN[:15], BEN), ("Health_Band__c", "action", "action"),
        ("Description", 'Zoë, "quoted"\nand on', 'Zoë, "quoted"\nand on'),
    ],
)  # fmt: skip
def test_a_value_that_fits_is_stored_in_the_fields_own_form(org: Org, field: str, sent: str, stored: Any) -> None:
    org.call("PATCH", f"/sobjects/Account/{ACME}", json={field: sent}).raise_for_status()
    assert org.values(ACME, field) == [stored]
    row = {"attributes": {"type": "Account"}, "id": BETA, field: sent}
    assert org.json("PATCH", "/composite/sobjects", json={"records": [row]})[0]["success"]
    assert org.values(BETA, field) == [stored]
    job = org.ingest("update", [{"Id": "001000000000105", field: sent}])
    assert job["numberRecordsFailed"] == 0
    assert org.values("001000000000105AAA", field) == [stored]


def test_json_numbers_are_read_exactly(org: Org) -> None:
    org.call("PATCH", f"/sobjects/Account/{ACME}", data='{"MRR__c": 1234.5665, "ARR__c": 2.0005}').raise_for_status()
    assert org.values(ACME, "MRR__c", "ARR__c") == [1234.566, 2.0]


@pytest.mark.parametrize(("field", "value"), [("MRR__c", True), ("Name", 5), ("Delinquent__c", None), ("Renews_On__c", 20261231)])
def test_json_of_another_kind_is_refused(org: Org, field: str, value: Any) -> None:
    answer = org.call("PATCH", f"/sobjects/Account/{ACME}", json={field: value})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")
    row = {"attributes": {"type": "Account"}, "id": ACME, field: value}
    assert org.json("PATCH", "/composite/sobjects", json={"records": [row]})[0]["errors"][0]["statusCode"] == TYPE


def test_what_is_required_must_be_given_and_kept(org: Org) -> None:
    missing = "Required fields are missing: [Name]"
    for method, path in (("POST", "/sobjects/Account"), ("PATCH", f"/sobjects/Account/{ACME}")):
        answer = org.call(method, path, json={"Industry": "Banking"} if method == "POST" else {"Name": None})
        assert answer.json() == [{"message": missing, "errorCode": "REQUIRED_FIELD_MISSING", "fields": ["Name"]}]
    row = {"attributes": {"type": "Account"}, "Industry": "Banking"}
    (result,) = org.json("POST", "/composite/sobjects", json={"records": [row]})
    assert result == {
        "success": False,
        "errors": [{"statusCode": "REQUIRED_FIELD_MISSING", "message": missing, "fields": ["Name"]}],
    }
    (refused,) = org.results(org.ingest("insert", [{"Industry": "Banking"}]), "failedResults")
    assert refused == {"sf__Id": "", "sf__Error": f"REQUIRED_FIELD_MISSING:{missing}:Name --", "Industry": "Banking"}


def test_deleted_unknown_and_malformed_ids(org: Org) -> None:
    ids = {
        GONE: "ENTITY_IS_DELETED",
        "001000000000999AAA": "INVALID_CROSS_REFERENCE_KEY",
        "acme": "MALFORMED_ID",
        BEN: "MALFORMED_ID",
    }
    rows = [{"attributes": {"type": "Account"}, "id": row_id, "Name": "x"} for row_id in ids]
    results = org.json("PATCH", "/composite/sobjects", json={"records": rows})
    assert [result["errors"][0]["statusCode"] for result in results] == list(ids.values())
    refused = org.results(org.ingest("update", [{"Id": row_id, "Name": "x"} for row_id in ids]), "failedResults")
    assert {row["Id"]: row["sf__Error"].split(":")[0] for row in refused} == ids
    for row_id, code in ids.items():
        answer = org.call("PATCH", f"/sobjects/Account/{row_id}", json={"Name": "x"})
        wanted = "ENTITY_IS_DELETED" if code == "ENTITY_IS_DELETED" else "NOT_FOUND"
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (404, wanted)


def test_an_equal_write_moves_the_stamps(org: Org) -> None:
    def stamps() -> list[Any]:
        return org.values(ACME, "LastModifiedDate", "SystemModstamp", "CreatedDate")

    created = stamps()[2]
    org.call("PATCH", f"/sobjects/Account/{ACME}", json={"MRR__c": 1200.5})
    first = stamps()
    org.clock.advance(60)
    row = {"attributes": {"type": "Account"}, "id": ACME, "MRR__c": 1200.5}
    org.json("PATCH", "/composite/sobjects", json={"records": [row]})
    second = stamps()
    org.clock.advance(60)
    org.ingest("update", [{"Id": ACME, "MRR__c": "1200.5"}])
    third = stamps()
    assert "2026-11-01T09:00" < first[0] < second[0] < third[0]
    assert all(moved[0] == moved[1] and moved[2] == created for moved in (first, second, third))


def test_null_empties_and_what_is_left_out_stays(org: Org) -> None:
    org.call("PATCH", f"/sobjects/Account/{ACME}", json={"Website": None, "MRR__c": None})
    assert org.values(ACME, "Website", "MRR__c", "Account_Key__c") == [None, None, "acme-1"]
    org.ingest("update", [{"Id": BETA, "MRR__c": "#N/A", "Industry": ""}])
    assert org.values(BETA, "MRR__c", "Industry") == [None, "Banking"]
