"""What must hold for every CRM and every way of writing, over HTTP against the stand-ins."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from functools import partial
from typing import Any

import pytest
from crm_bench import OPTIONS, Bench, hubspot, salesforce
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syncer.crm.canonical import number
from syncer.words.errors import CredentialRefused, QuotaExhausted, Unreachable, VendorError

Start = Callable[..., AbstractContextManager[Bench]]
WAYS: dict[str, Start] = {
    "hubspot": hubspot,
    "salesforce-collections": salesforce,
    "salesforce-bulk": partial(salesforce, bulk=True),
}
WRITES = {"hubspot": "/batch/update", "salesforce-collections": "/composite/sobjects", "salesforce-bulk": "/batches"}
READS = {"hubspot": "/objects/", "salesforce-collections": "/query", "salesforce-bulk": "/query"}


@pytest.fixture(params=WAYS)
def way(request: Any) -> str:
    return str(request.param)


@pytest.fixture
def bench(way: str):
    with WAYS[way](5) as started:
        yield started


TRICKY: dict[str, list[str]] = {
    "text": [
        *("0", "007", "+1", "=1+1", "@SUM(A1)", "-2", "#N/A", "N/A", "null", "None", "true", '"', '""', "a,b", "'"),
        *(
            "a\nb",
            'He said "no", twice',
            "日本語テキスト",
            "🦄 é ß",
            "\\",
            "\\n",
            "{x}",
            "<b>&amp;</b>",
            "a;b",
            ";b",
            "%s",
        ),
    ],
    "number": ["0", "1", "-1", "0.125", "-0.5", "1000000", "123456789012345", "999999999999.999", "0.001"],
    "date": ["1700-01-01", "1969-12-31", "1970-01-01", "2024-02-29", "2026-12-31", "2027-01-01", "4000-12-31"],
    "datetime": ["1970-01-01T00:00:00Z", "2026-03-29T01:30:00Z", "2026-12-31T23:59:59Z"],
    "bool": ["true", "false"],
    "picklist": list(OPTIONS),
    "url": ["https://dashboard.stripe.com/customers/cus_1?a=b&c=%20#x"],
}


@pytest.mark.parametrize("kind", TRICKY)
def test_what_is_written_is_read_back(way: str, kind: str):
    texts = TRICKY[kind]
    with WAYS[way](len(texts)) as bench:
        wanted = dict(zip(bench.ids, texts, strict=True))
        said = bench.write({record_id: {bench.fields[kind]: text} for record_id, text in wanted.items()})
        assert set(said.values()) == {None}
        assert bench.read(kind) == {record_id: (text,) for record_id, text in wanted.items()}


@pytest.mark.parametrize("kind", [kind for kind in TRICKY if kind != "bool"])
def test_none_and_empty_text_empty_a_field_and_absent_leaves_it(bench: Bench, kind: str):
    field, other = bench.fields[kind], bench.fields["text" if kind != "text" else "number"]
    full = {field: TRICKY[kind][0], other: "7"}
    bench.write(dict.fromkeys(bench.ids[:3], full))

    said = bench.write({bench.ids[0]: {field: None}, bench.ids[1]: {field: ""}, bench.ids[2]: {other: "8"}})

    assert set(said.values()) == {None}
    values = bench.read(kind, "text" if kind != "text" else "number")
    assert [values[record_id] for record_id in bench.ids[:3]] == [(None, "7"), (None, "7"), (full[field], "8")]


def test_numbers_are_read_in_one_spelling(bench: Bench):
    field = bench.fields["number"]
    spelled = dict(zip(bench.ids, ["1200.00", "0012.50", "-0", "0.0", "10"], strict=True))
    bench.write({record_id: {field: text} for record_id, text in spelled.items()})
    assert [values[0] for values in bench.read("number").values()] == ["1200", "12.5", "0", "0", "10"]


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40).map(str.strip)
numbers = st.decimals(min_value=-(10**11), max_value=10**11, places=3).map(lambda value: format(value, "f"))
days = st.dates(date(1700, 1, 1), date(4000, 12, 31)).map(date.isoformat)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(texts, numbers, days), min_size=5, max_size=5))
def test_any_values_are_read_as_they_were_written(bench: Bench, rows: list[tuple[str, str, str]]):
    fields = [bench.fields[kind] for kind in ("text", "number", "date")]
    wanted = {record_id: dict(zip(fields, row, strict=True)) for record_id, row in zip(bench.ids, rows, strict=True)}
    assert set(bench.write(wanted).values()) == {None}
    read = bench.read("text", "number", "date")
    assert list(read.values()) == [(text or None, number(amount), day) for text, amount, day in rows]


def test_a_value_of_another_kind_is_not_sent(bench: Bench):
    first, second, third = bench.ids[:3]
    said = bench.write(
        {
            first: {bench.fields["number"]: "12,5"},
            second: {"no_such_field": "1"},
            third: {bench.fields["date"]: "2026-02-30", bench.fields["text"]: "x"},
        }
    )
    assert "takes a plain number, not '12,5'" in (said[first] or "")
    assert "does not show a field no_such_field" in (said[second] or "")
    assert "takes a day like" in (said[third] or "")
    assert bench.read("text")[third] == (None,)


def test_a_restricted_choice_and_a_deleted_record_are_rejected_alone(bench: Bench, way: str):
    gone = bench.ids[1]
    bench.load(*_deletion(way, gone))
    field = bench.fields["picklist"]
    said = bench.write({record_id: {field: "low"} for record_id in bench.ids} | {bench.ids[0]: {field: "nonsense"}})
    assert {record_id for record_id, error in said.items() if error} == {bench.ids[0], gone}
    assert "nonsense" in (said[bench.ids[0]] or "")


def _deletion(way: str, record_id: str) -> tuple[str, list[dict[str, Any]]]:
    if way == "hubspot":
        return "companies", [{"id": record_id, "archived": True, "properties": {}}]
    return "Account", [{"Id": record_id, "Name": "gone", "IsDeleted": True}]


@pytest.mark.parametrize("fault", [
    {"status": 429, "headers": {"Retry-After": "7"}},
    {"status": 429},
    {"status": 500},
    {"status": 503},
    {"kind": "reset"},
    {"kind": "truncate"},
    {"kind": "after"},
], ids=lambda fault: "-".join(map(str, fault.values())) if "headers" not in fault else "429-retry-after")  # fmt: skip
@pytest.mark.parametrize("at", ["read", "write"])
def test_a_passing_fault_changes_nothing(bench: Bench, way: str, at: str, fault: dict[str, Any]):
    field = bench.fields["text"]
    bench.misbehave(path=(READS if at == "read" else WRITES)[way], nth=1, **fault)
    said = bench.write({record_id: {field: record_id} for record_id in bench.ids})
    assert set(said.values()) == {None}
    assert bench.read("text") == {record_id: (record_id,) for record_id in bench.ids}
    if "headers" in fault:
        assert 7 in bench.waited


def test_a_lasting_fault_is_an_error_with_the_place(bench: Bench, way: str):
    bench.misbehave(path=READS[way], status=500)
    with pytest.raises(VendorError, match="answered 500"):
        bench.read("text")


def test_a_host_that_is_not_there_is_unreachable(way: str):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with WAYS[way](1, base_url=url) as bench, pytest.raises(Unreachable, match="cannot be reached"):
        bench.crm.check()


def test_a_wrong_key_is_refused_in_one_sentence_without_the_key(way: str):
    secret = "pat-na1-wrong-key-canary"
    wrong = {"access_token": secret} if way == "hubspot" else {"client_secret": secret}
    with WAYS[way](1, **wrong) as bench:
        for attempt in (bench.crm.check, bench.crm.describe, partial(bench.read, "text")):
            with pytest.raises(CredentialRefused) as refused:
                attempt()
            assert secret not in str(refused.value)
            assert "Check the" in str(refused.value)


def test_a_used_up_allowance_stops_at_once(bench: Bench, way: str):
    fault = (
        {"status": 429, "body": {"status": "error", "errorType": "RATE_LIMIT", "policyName": "DAILY", "message": "no"}}
        if way == "hubspot"
        else {
            "status": 403,
            "body": [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}],
        }
    )
    bench.misbehave(path=READS[way], **fault)
    with pytest.raises(QuotaExhausted):
        bench.read("text")
    assert len(bench.requests_to(READS[way])) == 1


def test_nothing_to_write_makes_no_call(bench: Bench):
    fields = bench.crm.describe()
    before = len(bench.requests)
    assert list(bench.crm.write([], fields, 0)) == []
    assert len(bench.requests) == before


def test_the_sdks_are_imported_only_when_they_are_called():
    adapters = "import sys, syncer.crm.hubspot, syncer.crm.salesforce"
    code = f"{adapters}; print({{'hubspot', 'simple_salesforce', 'requests'}} & {{*sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
