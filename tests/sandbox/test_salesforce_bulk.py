"""Bulk 2.0: jobs from creation to results, and every way in which they fail."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest
from salesforce_org import ACME, BETA, CIRCLE, DELTA, Org, organisation

CSV = {"Content-Type": "text/csv"}


@pytest.fixture
def org() -> Iterator[Org]:
    with organisation() as org:
        yield org


def test_a_job_moves_by_polls(org: Org) -> None:
    job = org.json("POST", "/jobs/ingest", json={"object": "account", "operation": "update", "lineEnding": "CRLF"})
    path = f"/jobs/ingest/{job['id']}"
    assert (job["state"], job["object"], job["contentUrl"]) == ("Open", "Account", f"services/data/v62.0{path}/batches")
    assert org.call("PATCH", path, json={"state": "UploadComplete"}).json()[0]["errorCode"] == "INVALIDJOBSTATE"
    assert org.call("PUT", f"{path}/batches", data=f"Id,Name\r\n{ACME},A\r\n", headers=CSV).status_code == 201
    assert org.call("PUT", f"{path}/batches", data="Id\r\n", headers=CSV).status_code == 400
    assert org.json("GET", path)["state"] == "Open"
    assert org.json("PATCH", path, json={"state": "UploadComplete"})["state"] == "UploadComplete"
    assert org.call("GET", f"{path}/successfulResults").json()[0]["errorCode"] == "INVALIDJOBSTATE"
    assert [org.json("GET", path)["state"] for _ in range(3)] == ["InProgress", "JobComplete", "JobComplete"]
    last = org.json("GET", path)
    assert (last["numberRecordsProcessed"], last["numberRecordsFailed"], last["jobType"]) == (1, 0, "V2Ingest")
    assert org.values(ACME, "Name") == ["A"]
    assert [one["id"] for one in org.json("GET", "/jobs/ingest")["records"]] == [job["id"]]
    assert org.call("DELETE", path).status_code == 204
    assert org.call("GET", path).status_code == 404


def test_results_tell_of_each_row_in_an_order_of_their_own(org: Org) -> None:
    rows = [{"Account_Key__c": f"key-{number}", "Name": f"Zoë {number}" if number % 3 else ""} for number in range(450)]
    job = org.ingest("upsert", [*rows, {"Account_Key__c": "acme-1", "Name": "Acme!"}], externalIdFieldName="Account_Key__c")
    assert (job["state"], job["numberRecordsProcessed"], job["numberRecordsFailed"]) == ("JobComplete", 451, 150)
    good, bad = org.results(job, "successfulResults"), org.results(job, "failedResults")
    assert list(good[0]) == ["sf__Id", "sf__Created", "Account_Key__c", "Name"]
    assert list(bad[0]) == ["sf__Id", "sf__Error", "Account_Key__c", "Name"]
    assert {row["sf__Error"] for row in bad} == {"REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --"}
    keys = [row["Account_Key__c"] for row in good]
    assert keys != sorted(keys, key=lambda key: int(key.partition("-")[2]))
    assert sorted(keys) == sorted([*(f"key-{number}" for number in range(450) if number % 3), "acme-1"])
    (acme,) = (row for row in good if row["sf__Created"] == "false")
    assert (acme["sf__Id"], acme["Name"]) == (ACME, "Acme!")
    assert "Zoë 1" in {row["Name"] for row in good}
    assert org.results(job, "unprocessedrecords") == []


def test_every_operation(org: Org) -> None:
    made = org.results(org.ingest("insert", [{"Name": "One"}, {"Name": "Two"}]), "successfulResults")
    assert {(row["Name"], row["sf__Created"]) for row in made} == {("One", "true"), ("Two", "true")}
    gone = org.ingest("delete", [{"Id": row["sf__Id"]} for row in made])
    assert gone["numberRecordsFailed"] == 0
    again = org.results(org.ingest("delete", [{"Id": made[0]["sf__Id"]}]), "failedResults")
    assert again[0]["sf__Error"] == "ENTITY_IS_DELETED:entity is deleted:--"
    twice = org.ingest("update", [{"Id": ACME, "Name": "1"}, {"Id": ACME, "Name": "2"}])
    (refused,) = org.results(twice, "failedResults")
    assert refused["sf__Error"] == f"DUPLICATE_VALUE:Duplicate id specified: {ACME}:Id --"
    missing = org.results(org.ingest("update", [{"Id": "", "Name": "1"}]), "failedResults")
    assert missing[0]["sf__Error"] == "MISSING_ARGUMENT:Id not specified in an update call:--"


@pytest.mark.parametrize(
    ("text", "more", "error"),
    [
        ("Id,Nme\n001,x\n", {}, "InvalidBatch : Field name not found : Nme"),
        ("Name\nx\n", {}, "InvalidBatch : Missing required header: Id"),
        (
            "Id,Name\r\n001,x\r\n",
            {},
            "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is LF",
        ),
        (
            "Id,Name\n001,x\n",
            {"lineEnding": "CRLF"},
            "LineEnding is invalid on user data. Current LineEnding setting is CRLF",
        ),
        ("Id,Name\n001,x,y\n", {}, "InvalidBatch : The row has 3 columns, the header 2"),
        ('Id,Name\n001,"x\n', {}, "InvalidBatch : Failed to parse CSV"),
        ("\ufeffId,Name\n001,x\n", {}, "InvalidBatch : Field name not found : \ufeffId"),
    ],
)
def test_a_file_that_cannot_be_read_fails_the_job(org: Org, text: str, more: dict[str, str], error: str) -> None:
    job = org.ingest_text("update", text, **more)
    assert job["state"] == "Failed"
    assert error in job["errorMessage"]
    assert job["numberRecordsProcessed"] == 0


def test_an_aborted_job_leaves_its_rows(org: Org) -> None:
    job = org.json("POST", "/jobs/ingest", json={"object": "Account", "operation": "update", "columnDelimiter": "PIPE"})
    path = f"/jobs/ingest/{job['id']}"
    org.call("PUT", f"{path}/batches", data=f"Id|Name\n{ACME}|A,B\n", headers=CSV)
    org.json("PATCH", path, json={"state": "UploadComplete"})
    assert org.json("PATCH", path, json={"state": "Aborted"})["state"] == "Aborted"
    left = org.call("GET", f"{path}/unprocessedrecords").text
    assert left == f'"Id"|"Name"\n"{ACME}"|"A,B"\n'
    assert org.values(ACME, "Name") == ["Acme"]
    assert org.call("PATCH", path, json={"state": "Aborted"}).status_code == 400


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"object": "Nothing", "operation": "update"}, 400, "INVALIDENTITY"),
        ({"object": "Account", "operation": "merge"}, 400, "INVALIDJOB"),
        ({"object": "Account", "operation": "upsert"}, 400, "INVALIDJOB"),
        ({"object": "Account", "operation": "upsert", "externalIdFieldName": "Industry"}, 404, "NOT_FOUND"),
        ({"object": "Account", "operation": "update", "columnDelimiter": "SPACE"}, 400, "INVALIDJOB"),
    ],
)
def test_a_job_that_cannot_be(org: Org, body: dict[str, Any], status: int, code: str) -> None:
    answer = org.call("POST", "/jobs/ingest", json=body)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (status, code)


def test_jobs_are_forgotten_after_a_week(org: Org) -> None:
    job = org.ingest("update", [{"Id": ACME, "Name": "A"}])
    org.clock.advance(7 * 86_400 + 60)
    org.log_in()
    assert org.call("GET", f"/jobs/ingest/{job['id']}").status_code == 404


def query_job(org: Org, text: str, operation: str = "query") -> str:
    job = org.json("POST", "/jobs/query", json={"operation": operation, "query": text})
    path = f"/jobs/query/{job['id']}"
    assert (job["state"], job["jobType"]) == ("UploadComplete", "V2Query")
    assert [org.json("GET", path)["state"] for _ in range(2)] == ["InProgress", "JobComplete"]
    return path


def test_a_query_job_is_read_by_pages(org: Org) -> None:
    text = "SELECT Id, Name, MRR__c, Delinquent__c, CreatedDate, Renews_On__c, Owner.Name FROM Account ORDER BY Id"
    path = query_job(org, text)
    rows, locator = [], None
    sizes = []
    while locator != "null":
        params = {"maxRecords": 2, **({"locator": locator} if locator else {})}
        answer = org.call("GET", f"{path}/results", params=params)
        assert answer.headers["Content-Type"] == "text/csv"
        locator = answer.headers["Sforce-Locator"]
        sizes.append(answer.headers["Sforce-NumberOfRecords"])
        rows += csv.DictReader(io.StringIO(answer.content.decode()))
    assert sizes == ["2", "2", "1"]
    assert rows[0] == {
        "Id": ACME, "Name": "Acme", "MRR__c": "1200.5", "Delinquent__c": "true",
        "CreatedDate": "2026-01-10T10:00:00.000Z", "Renews_On__c": "2026-11-08", "Owner.Name": "Anna Adler",
    }  # fmt: skip
    assert [row["Id"] for row in rows[1:4]] == [BETA, CIRCLE, DELTA]
    assert rows[2]["MRR__c"] == ""


def test_a_query_job_sees_the_deleted_when_asked(org: Org) -> None:
    path = query_job(org, "SELECT Name FROM Account WHERE IsDeleted = true", "queryAll")
    assert org.call("GET", f"{path}/results").text == '"Name"\n"Gone"\n'
    assert org.json("GET", path)["numberRecordsProcessed"] == 1
    assert org.call("DELETE", path).status_code == 204


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("SELECT COUNT(Id) FROM Account", "API_ERROR"),
        ("SELECT Id FROM Account OFFSET 5", "API_ERROR"),
        ("SELECT Foo FROM Account", "INVALID_FIELD"),
        ("SELECT", "MALFORMED_QUERY"),
    ],
)
def test_a_query_job_that_cannot_be(org: Org, text: str, code: str) -> None:
    answer = org.call("POST", "/jobs/query", json={"operation": "query", "query": text})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, code)


def test_a_query_job_can_be_aborted(org: Org) -> None:
    job = org.json("POST", "/jobs/query", json={"operation": "query", "query": "SELECT Id FROM Account"})
    path = f"/jobs/query/{job['id']}"
    assert org.call("GET", f"{path}/results").json()[0]["errorCode"] == "INVALIDJOBSTATE"
    assert org.json("PATCH", path, json={"state": "Aborted"})["state"] == "Aborted"
    assert [one["state"] for one in org.json("GET", "/jobs/query")["records"]] == ["Aborted"]
