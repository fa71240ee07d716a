"""Rows of a custom object by a unique key, in both CRMs, over HTTP against the stand-ins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from crm_bench import Bench, hubspot, salesforce

from syncer.crm.port import ObjectAbsent, Update
from syncer.words.errors import CredentialRefused, MissingCrmField


@dataclass(frozen=True)
class Side:
    """What the same row is called in one CRM."""

    start: Callable[..., AbstractContextManager[Bench]]
    object: str
    key: str
    names: Mapping[str, str]
    describe: str
    read: str
    write: str


SIDES = {
    "salesforce": Side(
        partial(salesforce, 0),
        "Syncer_Monthly_Metric__c",
        "Key__c",
        {"name": "Name", "month": "Month__c", "band": "Band__c", "end": "MRR_End__c", "rate": "NRR_Pct__c", "closed": "Closed__c"},
        "/Syncer_Monthly_Metric__c/describe",
        "/query",
        "/composite/sobjects/Syncer_Monthly_Metric__c/Key__c",
    ),
    "hubspot": Side(
        partial(hubspot, 0),
        "syncer_monthly_metric",
        "key",
        {"name": "name", "month": "month", "band": "band", "end": "mrr_end", "rate": "nrr_pct", "closed": "closed"},
        "/schemas",
        "/batch/read",
        "/batch/upsert",
    ),
}
FULL = {"name": "2026-10 · plan · Pro", "month": "2026-10-01", "band": "Pro's \\ 日本", "end": "1250.125", "rate": "-0.5", "closed": "true"}


@pytest.fixture(params=SIDES)
def side(request: Any) -> Side:
    return SIDES[request.param]


@pytest.fixture
def bench(side: Side):
    with side.start() as started:
        yield started


class Rows:
    """The object's rows, in the words that both CRMs share here."""

    def __init__(self, bench: Bench, side: Side) -> None:
        self.rows = bench.crm.keyed(side.object, side.key)
        self._names = side.names

    def upsert(self, rows: Mapping[str, Mapping[str, str | None]]) -> dict[str, str | None]:
        updates = [Update(key, {self._names[name]: text for name, text in values.items()}) for key, values in rows.items()]
        said = [outcome for batch in self.rows.upsert(updates) for outcome in batch]
        assert sorted(outcome.id for outcome in said) == sorted(rows)
        return {outcome.id: outcome.error for outcome in said}

    def read(self, keys: list[str]) -> dict[str, dict[str, str | None]]:
        found = self.rows.read(keys, list(self._names.values()))
        return {key: {name: values[api_name] for name, api_name in self._names.items()} for key, values in found.items()}


def test_rows_are_made_changed_and_read_back_by_key(bench: Bench, side: Side):
    rows = Rows(bench, side)
    keys = ["2026-10:all:all:usd", "2026-10:plan:O'Neil \\ \"x\" ') OR (:usd"]
    assert set(rows.upsert(dict.fromkeys(keys, FULL)).values()) == {None}
    assert rows.read([*keys, "2026-11:all:all:usd"]) == dict.fromkeys(keys, FULL)
    assert rows.upsert({keys[0]: {"rate": None, "end": "7"}, "2026-11:all:all:usd": {"name": "n", "end": "0"}}) == {
        keys[0]: None,
        "2026-11:all:all:usd": None,
    }
    found = rows.read([keys[0], "2026-11:all:all:usd"])
    assert found[keys[0]] == {**FULL, "rate": None, "end": "7"}
    assert (found["2026-11:all:all:usd"]["end"], found["2026-11:all:all:usd"]["rate"]) == ("0", None)


def test_one_describe_and_few_calls_do_for_many_rows(bench: Bench, side: Side):
    keys = [f"2026-{month:02d}:contract_size:{band}-{band + 1}:usd" for month in range(1, 13) for band in range(40)]
    rows = Rows(bench, side)
    assert [call["path"].rpartition("/")[2] for call in bench.requests_to(side.describe)] == [side.describe.rpartition("/")[2]]
    assert set(rows.upsert({key: {"end": "1"} for key in keys}).values()) == {None}
    assert len(bench.requests_to(side.write)) == (3 if bench.vendor == "salesforce" else 5)
    assert rows.read(keys).keys() == set(keys)
    assert len(bench.requests_to(side.read)) <= 5
    assert {call["status"] for call in bench.requests} <= {200, 207}


def test_a_bad_row_is_rejected_alone_in_the_crms_words(bench: Bench, side: Side):
    longest = "x" * (256 if bench.vendor == "salesforce" else 70_000)
    said = Rows(bench, side).upsert({"a": FULL, "b": {**FULL, "band": longest}, "c": FULL})
    assert (said["a"], said["c"]) == (None, None)
    assert ("STRING_TOO_LONG" if bench.vendor == "salesforce" else "INVALID_STRING") in (said["b"] or "").upper().replace(" ", "_")


def test_a_value_of_the_wrong_kind_is_not_sent(bench: Bench, side: Side):
    said = Rows(bench, side).upsert({"a": {"end": "much"}})
    assert "takes a plain number, not 'much'" in (said["a"] or "")
    assert bench.requests_to(side.write) == []


@pytest.mark.parametrize("fault", [{"status": 503}, {"kind": "reset"}, {"kind": "truncate"}, {"kind": "after"}], ids=str)
def test_a_passing_fault_changes_nothing(bench: Bench, side: Side, fault: dict[str, Any]):
    for path in (side.describe, side.write, side.read):
        bench.misbehave(path=path, nth=1, **fault)
    rows = Rows(bench, side)
    assert rows.upsert({"a": FULL}) == {"a": None}
    assert rows.read(["a"]) == {"a": FULL}


def test_an_object_that_is_not_there_is_said_in_a_sentence(bench: Bench, side: Side):
    bench.load("remove_objects" if bench.vendor == "salesforce" else "remove_schemas", [side.object])
    with pytest.raises(ObjectAbsent) as absent:
        Rows(bench, side)
    assert str(absent.value) in (
        "Salesforce has no object Syncer_Monthly_Metric__c (or hides it from this user)",
        "HubSpot has no custom object syncer_monthly_metric",
    )


def test_a_hubspot_account_without_custom_objects_has_none():
    with hubspot(0) as bench:
        bench.load("subscription", {"custom_objects": False})
        with pytest.raises(ObjectAbsent, match=r"^HubSpot shows no custom objects to this token \(an Enterprise subscription"):
            bench.crm.keyed("syncer_monthly_metric", "key")
        assert len(bench.requests) == 1


def test_a_key_that_is_not_unique_cannot_find_rows(bench: Bench, side: Side):
    with pytest.raises(MissingCrmField, match=f"{side.object} has no .* {side.names['band']} to find its rows by; make it a"):
        bench.crm.keyed(side.object, side.names["band"])


def test_a_user_that_may_not_create_rows_is_told_before_any_is_sent():
    with salesforce(0) as bench:
        key = {"name": "Key__c", "unique": True, "externalId": True}
        bench.load("objects", [{"name": "Thing__c", "fields": [key], "createable": False}])
        with pytest.raises(MissingCrmField, match="does not let this user create and edit Thing__c; grant it both"):
            bench.crm.keyed("Thing__c", "Key__c")


def test_a_token_that_may_not_write_rows_is_refused_loudly():
    with hubspot(0) as bench:
        rows = Rows(bench, SIDES["hubspot"])
        bench.misbehave(path="/batch/upsert", status=403)
        with pytest.raises(CredentialRefused):
            rows.upsert({"a": FULL})
