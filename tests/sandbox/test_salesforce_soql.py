"""SOQL by cases: `soql_cases/*.txt` hold a query and, after =>, the names it finds, the JSON it says, its refusal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from salesforce_org import IDS, Org, organisation

NAMES = {row_id: name for name, row_id in IDS.items()}


def cases(*files: str) -> list[pytest.ParameterSet]:
    found = []
    for file in files:
        text = (Path(__file__).parent / "soql_cases" / f"{file}.txt").read_text()
        for block in text.split("\n\n"):
            lines = [line for line in block.strip().splitlines() if not line.startswith("# ")]
            query, expected = "\n".join(lines[:-1]), lines[-1].removeprefix("=>").strip()
            found.append(pytest.param(query, expected, id=f"{file}: {query}"))
    return found


@pytest.fixture(scope="module")
def org() -> Iterator[Org]:
    with organisation() as org:
        yield org


@pytest.mark.parametrize(("query", "expected"), cases("filters", "dates", "order"))
def test_a_query_finds(org: Org, query: str, expected: str) -> None:
    page = org.query(query)
    names = [NAMES[record["Id"]] for record in page["records"]]
    wanted = [name for name in expected.split(", ") if name]
    assert (names if "ORDER BY" in query else sorted(names)) == (wanted if "ORDER BY" in query else sorted(wanted))
    assert page["totalSize"] == len(wanted)
    assert page["done"] is True


@pytest.mark.parametrize(("query", "expected"), cases("aggregates"))
def test_an_aggregate_says(org: Org, query: str, expected: str) -> None:
    page = org.query(query)
    if expected.isdigit():
        assert page == {"totalSize": int(expected), "done": True, "records": []}
        return
    assert [record.pop("attributes") for record in page["records"]] == [{"type": "AggregateResult"}] * page["totalSize"]
    assert page["records"] == json.loads(expected)


@pytest.mark.parametrize(("query", "expected"), cases("refusals"))
def test_a_query_is_refused(org: Org, query: str, expected: str) -> None:
    answer = org.call("GET", "/query", params={"q": query})
    code, _, parts = expected.partition(" ")
    assert answer.status_code == 400
    assert answer.json()[0]["errorCode"] == code
    for part in parts.split(" / "):
        assert part in answer.json()[0]["message"]


def test_a_record_comes_in_the_vendors_shape(org: Org) -> None:
    fields = "Id, name, MRR__c, NumberOfEmployees, Delinquent__c, CreatedDate, Owner.Name, Parent.Name"
    page = org.query(f"SELECT {fields} FROM Account LIMIT 1")
    assert page["records"] == [
        {
            "attributes": {"type": "Account", "url": "/services/data/v62.0/sobjects/Account/001000000000101AAA"},
            "Id": "001000000000101AAA",
            "Name": "Acme",
            "MRR__c": 1200.5,
            "NumberOfEmployees": 250,
            "Delinquent__c": True,
            "CreatedDate": "2026-01-10T10:00:00.000+0000",
            "Owner": {
                "attributes": {"type": "User", "url": "/services/data/v62.0/sobjects/User/005000000000101AAA"},
                "Name": "Anna Adler",
            },
            "Parent": None,
        }
    ]


def test_a_task_shows_what_it_is_about(org: Org) -> None:
    page = org.query("SELECT Subject, What.Name, IsClosed FROM Task WHERE WhatId = '001000000000101'")
    found = [(record["Subject"], record["What"]["Name"], record["IsClosed"]) for record in page["records"]]
    assert found == [("Call", "Acme", True)]


def test_the_place_of_a_fault_is_marked(org: Org) -> None:
    answer = org.call("GET", "/query", params={"q": "SELECT Id,\n  Nme\nFROM Account"})
    assert answer.json()[0]["message"].startswith("\n  Nme\n  ^\nERROR at Row:2:Column:3\nNo such column 'Nme' on entity 'Account'.")


def test_a_query_longer_than_100000_characters_is_refused(org: Org) -> None:
    names = ",".join(["'x'"] * 25_001)
    text = f"SELECT Id FROM Account WHERE Name IN ({names})"
    answer = org.call("POST", "/jobs/query", json={"operation": "query", "query": text})
    assert answer.status_code == 400
    assert answer.json()[0]["message"] == "SOQL statements cannot be longer than 100000 characters."
