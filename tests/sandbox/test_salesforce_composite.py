"""Several calls in one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from salesforce_org import ACME, BASE, Org, organisation


@pytest.fixture
def org() -> Iterator[Org]:
    with organisation() as org:
        yield org


def part(method: str, path: str, name: str, body: Any = None) -> dict[str, Any]:
    told = {"method": method, "url": BASE + path, "referenceId": name}
    return told if body is None else {**told, "body": body}


def composite(org: Org, *parts: dict[str, Any], all_or_none: bool = False) -> list[dict[str, Any]]:
    body = {"allOrNone": all_or_none, "compositeRequest": list(parts)}
    answers: list[dict[str, Any]] = org.json("POST", "/composite", json=body)["compositeResponse"]
    return answers


def test_later_calls_refer_to_earlier_ones(org: Org) -> None:
    answers = composite(
        org,
        part("POST", "/sobjects/Account", "made", {"Name": "Parent", "MRR__c": 1.5}),
        part("POST", "/sobjects/Contact", "person", {"LastName": "Li", "AccountId": "@{made.id}"}),
        part("GET", "/query?q=SELECT+Name,MRR__c+FROM+Account+WHERE+Id='@{made.id}'", "found"),
        part("PATCH", "/sobjects/Account/@{made.id}", "changed", {"Website": "@{found.records[0].Name}.example"}),
    )
    assert [answer["httpStatusCode"] for answer in answers] == [201, 201, 200, 204]
    row_id = answers[0]["body"]["id"]
    assert answers[0]["httpHeaders"]["Location"] == f"{BASE}/sobjects/Account/{row_id}"
    assert org.values(row_id, "Website", "MRR__c") == ["Parent.example", 1.5]
    assert org.values(answers[1]["body"]["id"], "AccountId", kind="Contact") == [row_id]


def test_a_failed_call_fails_those_that_refer_to_it(org: Org) -> None:
    bad = part("POST", "/sobjects/Account", "made", {"Industry": "Banking"})
    child = part("POST", "/sobjects/Contact", "person", {"LastName": "Li", "AccountId": "@{made.id}"})
    good = part("PATCH", f"/sobjects/Account/{ACME}", "other", {"Name": "changed"})
    answers = composite(org, good, bad, child)
    assert [answer["httpStatusCode"] for answer in answers] == [204, 400, 400]
    assert [answer["body"][0]["errorCode"] for answer in answers[1:]] == ["REQUIRED_FIELD_MISSING", "PROCESSING_HALTED"]
    assert org.values(ACME, "Name") == ["changed"]


def test_all_or_none_undoes_the_good_ones(org: Org) -> None:
    good = part("PATCH", f"/sobjects/Account/{ACME}", "good", {"Name": "changed"})
    bad = part("GET", "/sobjects/Account/nonsense", "bad")
    answers = composite(org, good, bad, all_or_none=True)
    assert [answer["body"][0]["errorCode"] for answer in answers] == ["PROCESSING_HALTED", "NOT_FOUND"]
    assert org.values(ACME, "Name") == ["Acme"]


def test_a_batch_counts_each_call(org: Org) -> None:
    def used() -> int:
        info = org.call("GET", "/limits").headers["Sforce-Limit-Info"]
        return int(info.partition("=")[2].partition("/")[0])

    before = used()
    requests = [
        {"method": "GET", "url": "v62.0/query/?q=SELECT+Id+FROM+Account+LIMIT+2"},
        {"method": "PATCH", "url": f"v62.0/sobjects/Account/{ACME}", "richInput": {"Name": "B"}},
        {"method": "GET", "url": "v62.0/sobjects/Account/nonsense"},
        {"method": "GET", "url": f"v62.0/sobjects/Account/{ACME}"},
    ]
    answer = org.json("POST", "/composite/batch", json={"batchRequests": requests})
    assert [result["statusCode"] for result in answer["results"]] == [200, 204, 404, 200]
    assert answer["hasErrors"] is True
    assert used() == before + 5
    answer = org.json("POST", "/composite/batch", json={"haltOnError": True, "batchRequests": requests})
    assert [result["statusCode"] for result in answer["results"]] == [200, 204, 404, 412]


def test_a_composite_has_at_most_25_calls(org: Org) -> None:
    parts = [part("GET", "/limits", f"r{number}") for number in range(26)]
    assert org.call("POST", "/composite", json={"compositeRequest": parts}).status_code == 400
