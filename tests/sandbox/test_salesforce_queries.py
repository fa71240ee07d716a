"""Pages of queries, cursors and what shortens their lives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from salesforce_org import Org, organisation

from syncer.sandbox.salesforce.ids import full_id, numbered_id

COUNT = 4_500


@pytest.fixture(scope="module")
def org() -> Iterator[Org]:
    with organisation(loaded=False) as org:
        org.standin.load({"Account": [{"Name": f"Company {number:04}"} for number in range(COUNT)]})
        yield org


def pages(org: Org, text: str, **headers: str) -> Iterator[dict[str, Any]]:
    page = org.query(text, **headers)
    yield page
    while not page["done"]:
        page = org.json("GET", page["nextRecordsUrl"], headers=headers)
        yield page


@pytest.mark.parametrize(
    ("asked", "sizes"),
    [
        ({}, [2000, 2000, 500]),
        ({"Sforce-Query-Options": "batchSize=1500"}, [1500, 1500, 1500]),
        ({"Sforce-Query-Options": "batchSize=5"}, [200] * 22 + [100]),
        ({"Sforce-Query-Options": "batchSize=9000"}, [2000, 2000, 500]),
    ],
)
def test_pages_to_the_end(org: Org, asked: dict[str, str], sizes: list[int]) -> None:
    found = list(pages(org, "SELECT Name FROM Account ORDER BY Name", **asked))
    assert [len(page["records"]) for page in found] == sizes
    assert {page["totalSize"] for page in found} == {COUNT}
    names = [record["Name"] for page in found for record in page["records"]]
    assert names == [f"Company {number:04}" for number in range(COUNT)]


def test_a_page_may_end_exactly_at_the_end(org: Org) -> None:
    assert [len(page["records"]) for page in pages(org, "SELECT Id FROM Account LIMIT 4000")] == [2000, 2000]
    assert org.query("SELECT Id FROM Account LIMIT 2000")["done"] is True


def test_a_cursor_shows_what_was_there_when_it_was_opened(org: Org) -> None:
    first = org.query("SELECT Name FROM Account ORDER BY Name")
    last = f"Company {COUNT - 1:04}"
    row_id = org.query(f"SELECT Id FROM Account WHERE Name = '{last}'")["records"][0]["Id"]
    org.call("PATCH", f"/sobjects/Account/{row_id}", json={"Name": "Zzz"}).raise_for_status()
    second = org.json("GET", first["nextRecordsUrl"])
    assert org.json("GET", second["nextRecordsUrl"])["records"][-1]["Name"] == last
    org.call("PATCH", f"/sobjects/Account/{row_id}", json={"Name": last}).raise_for_status()


def test_two_long_texts_make_pages_small(org: Org) -> None:
    org.standin.load({"fields": {"Account": [{"name": "Notes__c", "type": "textarea", "length": 32768}]}})
    assert len(org.query("SELECT Notes__c FROM Account")["records"]) == 2000
    assert len(org.query("SELECT Notes__c, Health_Reasons__c FROM Account")["records"]) == 200


def test_a_query_may_fill_the_address(org: Org) -> None:
    names = ",".join(f"'Company {number:04}'" for number in range(700))
    assert org.query(f"SELECT Id FROM Account WHERE Name IN ({names})")["totalSize"] == 700


def test_cursors_die(org: Org) -> None:
    urls = [org.query("SELECT Id FROM Account")["nextRecordsUrl"] for _ in range(11)]

    def code(url: str) -> str | None:
        answer = org.call("GET", url)
        return None if answer.ok else answer.json()[0]["errorCode"]

    assert code(urls[0]) == "INVALID_QUERY_LOCATOR"
    assert code(urls[1]) is None
    assert code("/query/01gnonsense-2000") == "INVALID_QUERY_LOCATOR"
    org.clock.advance(2 * 86_400 + 1)
    org.log_in()
    assert code(urls[1]) == "INVALID_QUERY_LOCATOR"


def test_ids_of_15_characters_are_completed_by_their_case() -> None:
    assert full_id("001000000000001") == "001000000000001AAA"
    assert full_id("0015e00000ABCDe") == "0015e00000ABCDeAAP"
    assert full_id("acme") is None
    assert len({numbered_id("001", number) for number in range(5000)}) == 5000
