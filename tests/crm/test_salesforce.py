"""Salesforce's own ways, over HTTP against the stand-in."""

from __future__ import annotations

import pytest
from crm_bench import Bench, salesforce

from syncer.crm.port import CrmField, Update
from syncer.crm.salesforce import bulk
from syncer.crm.salesforce.bulk import csv_of
from syncer.words.errors import CredentialRefused, MissingCrmField, UsageError, VendorError

COLLECTIONS = "/composite/sobjects"
TOKEN = "/oauth2/token"
TEXT = "Try_text__c"


@pytest.fixture(scope="module")
def loaded():
    with salesforce(10_000) as bench:
        bench.crm.describe()
        yield bench


@pytest.fixture(scope="module")
def loaded_bulk():
    with salesforce(10_000, bulk=True) as bench:
        bench.crm.describe()
        yield bench


def test_ten_thousand_rows_take_at_most_110_calls_by_collections(loaded: Bench):
    loaded.requests.clear()
    assert len(loaded.read("number")) == 10_000
    said = loaded.write({record_id: {"Try_number__c": "12.5"} for record_id in loaded.ids})
    assert set(said.values()) == {None}
    assert len(loaded.requests_to(COLLECTIONS)) == 50
    assert len(loaded.requests) <= 110


def test_ten_thousand_rows_take_at_most_15_calls_by_bulk(loaded_bulk: Bench):
    loaded_bulk.requests.clear()
    said = loaded_bulk.write({record_id: {TEXT: "日本"} for record_id in loaded_bulk.ids})
    assert set(said.values()) == {None}
    polls = [request for request in loaded_bulk.requests if _is_poll(request)]
    assert len(loaded_bulk.requests) - len(polls) <= 15
    assert set(loaded_bulk.read("text").values()) == {("日本",)}


def _is_poll(request: dict[str, str]) -> bool:
    return request["method"] == "GET" and request["path"].rsplit("/", 2)[-2] == "ingest"


def test_every_call_is_counted_the_login_too():
    with salesforce(1) as bench:
        bench.crm.check()
        assert bench.requests[0]["path"].endswith(TOKEN)
        assert bench.calls.by_vendor() == {"Salesforce": len(bench.requests)}


def test_the_number_of_updates_chooses_the_way():
    with salesforce(3) as bench:
        bench.write({bench.ids[0]: {TEXT: "a"}}, count=999_999)
        assert bench.requests_to("/jobs/ingest") == []
        bench.write({bench.ids[0]: {TEXT: "b"}}, count=1_000_000)
        assert bench.requests_to("/jobs/ingest") != []
        assert bench.read("text")[bench.ids[0]] == ("b",)


def test_a_token_that_expires_on_the_way_is_renewed_once():
    with salesforce(5000) as bench:
        pages = bench.crm.read([TEXT], None)
        next(pages)
        bench.server.world.clock.advance(3 * 3600)
        assert sum(len(page.rows) for page in pages) == 3000
        assert len(bench.requests_to(TOKEN)) == 2
        assert len([request for request in bench.requests if request["status"] == 401]) == 1


def test_a_token_that_is_never_accepted_is_an_error():
    with salesforce(1) as bench:
        bench.misbehave(path="/describe", status=401)
        with pytest.raises(CredentialRefused):
            bench.crm.describe()
        assert len(bench.requests_to("/describe")) == 2


def test_records_changed_since_and_deleted_ones():
    with salesforce(5) as bench:
        bench.crm.describe()
        bench.server.world.clock.advance(60)
        bench.write({bench.ids[1]: {TEXT: "new"}})
        stamp = {row.id: row.modified for page in bench.crm.read([TEXT], None) for row in page.rows}[bench.ids[1]]
        bench.load("Account", [{"Id": bench.ids[2], "Name": "gone", "IsDeleted": True}])

        pages = list(bench.crm.read([TEXT], stamp))
        assert not any(page.whole for page in pages)
        assert {(row.id, row.deleted) for page in pages for row in page.rows} == {
            (bench.ids[1], False),
            (bench.ids[2], True),
        }

        pages = list(bench.crm.read([TEXT, "Name", "Id"], None))
        assert all(page.whole for page in pages)
        rows = {row.id: row for page in pages for row in page.rows}
        assert bench.ids[2] not in rows
        assert rows[bench.ids[1]].values == ("new", rows[bench.ids[1]].name, bench.ids[1])


def test_records_that_someone_else_has_locked_are_tried_again_alone():
    with salesforce(3) as bench:
        locked = {"success": False, "errors": [{"statusCode": "UNABLE_TO_LOCK_ROW", "message": "busy", "fields": []}]}
        answer = [{"id": record_id, "success": True, "errors": []} for record_id in bench.ids[:2]] + [locked]
        bench.misbehave(path=COLLECTIONS, nth=1, status=200, body=answer)
        said = bench.write({record_id: {TEXT: "x"} for record_id in bench.ids})
        assert set(said.values()) == {None}
        assert bench.read("text")[bench.ids[2]] == ("x",)
        assert [request["rows"] for request in bench.requests_to(COLLECTIONS)][1:] == [1]


def test_records_that_stay_locked_are_rejected_in_salesforces_words():
    with salesforce(1) as bench:
        locked = {
            "success": False,
            "errors": [{"statusCode": "UNABLE_TO_LOCK_ROW", "message": "busy", "fields": ["Id"]}],
        }
        bench.misbehave(path=COLLECTIONS, status=200, body=[locked])
        assert bench.write({bench.ids[0]: {TEXT: "x"}}) == {bench.ids[0]: "UNABLE_TO_LOCK_ROW: busy (Id)"}
        assert len(bench.requests_to(COLLECTIONS)) == 4


def test_records_locked_in_bulk_go_by_collections():
    with salesforce(3, bulk=True) as bench:
        failed = f'"sf__Id","sf__Error",Id,{TEXT}\n"{bench.ids[0]}","UNABLE_TO_LOCK_ROW:busy:--","{bench.ids[0]}","x"\n'
        done = "".join(f'"{record_id}","false","{record_id}","x"\n' for record_id in bench.ids[1:])
        bench.misbehave(path="failedResults", status=200, body=failed)
        bench.misbehave(path="successfulResults", status=200, body=f'"sf__Id","sf__Created",Id,{TEXT}\n{done}')
        assert set(bench.write({record_id: {TEXT: "x"} for record_id in bench.ids}).values()) == {None}
        assert [request["rows"] for request in bench.requests_to(COLLECTIONS)] == [1]


REFUSAL = [{"errorCode": "JSON_PARSER_ERROR", "message": "Cannot deserialize"}]


def test_a_request_refused_as_a_whole_is_halved():
    with salesforce(150) as bench:
        bench.misbehave(path=COLLECTIONS, status=400, body=REFUSAL, times=3)
        assert set(bench.write({record_id: {TEXT: "x"} for record_id in bench.ids}).values()) == {None}
        assert [request["rows"] for request in bench.requests_to(COLLECTIONS)] == [0, 0, 0, 18, 19, 38, 75]
        assert set(bench.read("text").values()) == {("x",)}


def test_a_row_refused_alone_is_rejected_in_salesforces_words():
    with salesforce(1) as bench:
        bench.misbehave(path=COLLECTIONS, status=400, body=REFUSAL)
        assert bench.write({bench.ids[0]: {TEXT: "x"}}) == {bench.ids[0]: "JSON_PARSER_ERROR: Cannot deserialize"}


def test_too_many_long_calls_at_once_pass_by_themselves():
    with salesforce(1) as bench:
        body = [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "ConcurrentRequests Limit exceeded."}]
        bench.misbehave(path="/query", nth=1, status=403, body=body)
        assert len(bench.read("text")) == 1


def test_the_text_that_means_empty_in_bulk_goes_by_collections():
    with salesforce(3, bulk=True) as bench:
        bench.write({record_id: {TEXT: "old"} for record_id in bench.ids})
        bench.requests.clear()
        said = bench.write({bench.ids[0]: {TEXT: "#N/A"}, bench.ids[1]: {TEXT: None}, bench.ids[2]: {TEXT: "new"}})
        assert set(said.values()) == {None}
        assert list(bench.read("text").values()) == [("#N/A",), (None,), ("new",)]
        assert [request["rows"] for request in bench.requests_to(COLLECTIONS)] == [1]


def test_rows_with_different_fields_share_one_wide_file():
    fields = {name: CrmField(name, name, kind, writable=True) for name, kind in (("A", "text"), ("B", "number"))}
    rows = [Update("1", {"A": 'say "a"'}), Update("2", {"B": "1.5"}), Update("3", {"A": None, "B": None})]
    assert csv_of(rows, fields).decode() == 'Id,A,B\n1,"say ""a""",\n2,,1.5\n3,#N/A,#N/A\n'


def test_files_too_large_for_a_job_are_halved(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bulk, "JOB_BYTES", 100)
    with salesforce(9, bulk=True) as bench:
        assert set(bench.write({record_id: {TEXT: "x"} for record_id in bench.ids}).values()) == {None}
        assert set(bench.read("text").values()) == {("x",)}
        created = [request for request in bench.requests if request["path"].endswith("/jobs/ingest")]
        assert len(created) > 2


@pytest.mark.parametrize(("method", "path"), [("PUT", "/batches"), ("PATCH", "/jobs/ingest/"), ("POST", "/jobs/ingest")])
def test_a_lost_answer_while_a_job_is_made_does_no_harm(method: str, path: str):
    with salesforce(3, bulk=True) as bench:
        bench.misbehave(method=method, path=path, nth=1, kind="after")
        assert set(bench.write({record_id: {TEXT: "x"} for record_id in bench.ids}).values()) == {None}
        assert set(bench.read("text").values()) == {("x",)}


def test_a_job_that_failed_rejects_its_rows_with_its_words():
    with salesforce(2, bulk=True) as bench:
        bench.crm.describe()
        failed = {"id": "750000000000001AAA", "state": "Failed", "errorMessage": "InvalidBatch : Field name not found"}
        bench.misbehave(method="GET", path=r"/jobs/ingest/\w+$", status=200, body=failed)
        bench.misbehave(method="GET", path="Results|unprocessed", status=200, body="sf__Id,sf__Error\n")
        said = bench.write({record_id: {TEXT: "x"} for record_id in bench.ids})
        assert all("ended as Failed: InvalidBatch : Field name not found" in (error or "") for error in said.values())


def test_a_job_that_never_ends_is_an_error():
    with salesforce(1, bulk=True) as bench:
        working = {"id": "750000000000001AAA", "state": "InProgress"}
        bench.misbehave(method="GET", path=r"/jobs/ingest/\w+$", status=200, body=working)
        with pytest.raises(VendorError, match="still InProgress after 36"):
            bench.write({bench.ids[0]: {TEXT: "x"}})
        assert bench.waited[0] == 0.2
        assert max(bench.waited) == 15


def test_a_field_that_is_not_visible_is_named():
    with salesforce(1) as bench:
        bench.load("remove_fields", {"Account": ["MRR__c"]})
        with pytest.raises(MissingCrmField, match="Account shows no field MRR__c to this credential"):
            list(bench.crm.read(["MRR__c", TEXT], None))


def test_a_query_that_does_not_fit_a_url_is_refused_before_it_is_sent():
    with salesforce(1) as bench:
        names = [f"A_rather_long_field_name_number_{number}__c" for number in range(400)]
        bench.load("fields", {"Account": [{"name": name, "type": "string"} for name in names]})
        with pytest.raises(UsageError, match="more than a URL may hold"):
            list(bench.crm.read(names, None))


def test_fields_are_described_as_the_run_as_user_sees_them():
    with salesforce(0) as bench:
        fields = bench.crm.describe()
        assert {kind: fields[name].kind for kind, name in bench.fields.items()} == {kind: kind for kind in bench.fields}
        assert fields["MRR__c"].scale == 3
        assert fields["Health_Band__c"].options == ("excellent", "healthy", "caution", "action")
        assert fields["Health_Band__c"].restricted
        assert not fields["Plan__c"].restricted
        assert fields["All_Plans__c"].length == 255
        assert not fields["SystemModstamp"].writable


def test_a_record_opens_in_lightning():
    with salesforce(1) as bench:
        url = bench.server.urls["salesforce"]
        assert bench.crm.record_url("001x") == f"{url}/lightning/r/Account/001x/view"


def test_the_check_says_which_organisation():
    with salesforce(1) as bench:
        bench.load("Organization", [{"Id": "00D000000000001AAA", "Name": "Acme"}])
        assert "Acme (00D000000000001AAA)" in bench.crm.check()
