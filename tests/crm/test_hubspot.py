"""HubSpot's own ways, over HTTP against the stand-in."""

from __future__ import annotations

import math

import pytest
from crm_bench import Bench, hubspot

from syncer.crm.narrowing import Spare
from syncer.crm.port import Update
from syncer.words.errors import CredentialRefused, MissingCrmField

UPDATE = "/batch/update"


def test_one_bad_row_of_150_is_found_and_the_others_are_written():
    with hubspot(150) as bench:
        values = {record_id: {"try_picklist": "low"} for record_id in bench.ids}
        values[bench.ids[77]] = {"try_picklist": "nonsense"}

        said = bench.write(values)

        assert [record_id for record_id, error in said.items() if error] == [bench.ids[77]]
        assert "nonsense was not one of the allowed options" in (said[bench.ids[77]] or "")
        assert bench.read("picklist")[bench.ids[78]] == ("low",)
        extra = len(bench.requests_to(UPDATE)) - 2
        assert 0 < extra <= 2 * (math.ceil(math.log2(100)) + 1)


def test_every_row_bad_stops_narrowing_at_the_allowance():
    with hubspot(1000) as bench:
        said = bench.write({record_id: {"try_number": "1e5x"} for record_id in bench.ids})
        assert all("not sent" in (error or "") for error in said.values())
        assert bench.requests_to(UPDATE) == []

        said = bench.write({record_id: {"try_picklist": "nonsense"} for record_id in bench.ids})
        assert all(said.values())
        assert any("not narrowed down further" in (error or "") for error in said.values())
        assert len(bench.requests_to(UPDATE)) <= 10 + Spare().requests


def test_a_deleted_record_is_said_of_itself_alone():
    with hubspot(3) as bench:
        values = {record_id: {"try_text": "x"} for record_id in [*bench.ids, "999999"]}
        said = bench.write(values)
        assert {record_id for record_id, error in said.items() if error} == {"999999"}
        assert "OBJECT_NOT_FOUND" in (said["999999"] or "")


def test_a_record_that_the_answer_leaves_out_is_an_error():
    with hubspot(2) as bench:
        bench.misbehave(path=UPDATE, status=200, body={"status": "COMPLETE", "results": [{"id": bench.ids[0]}]})
        said = bench.write({record_id: {"try_text": "x"} for record_id in bench.ids})
        assert said[bench.ids[0]] is None
        assert "does not mention this record" in (said[bench.ids[1]] or "")


def test_errors_inside_an_answer_of_200_count():
    answer = {"status": "COMPLETE", "results": [], "numErrors": 1, "errors": [{"message": "no", "category": "X"}]}
    with hubspot(2) as bench:
        bench.misbehave(path=UPDATE, status=200, body=answer)
        assert set(bench.write({record_id: {"try_text": "x"} for record_id in bench.ids}).values()) == {"X: no"}


def test_only_changed_records_are_read_since():
    with hubspot(5) as bench:
        bench.server.world.clock.advance(3600)
        bench.write({bench.ids[2]: {"try_text": "new"}})
        pages = list(bench.crm.read(["try_text"], None))
        assert all(page.whole for page in pages)
        stamps = {row.id: row.modified for page in pages for row in page.rows}

        pages = list(bench.crm.read(["try_text"], stamps[bench.ids[2]]))
        assert [page.whole for page in pages] == [False]
        assert [(row.id, row.name, row.values) for row in pages[0].rows] == [(bench.ids[2], f"Company {bench.ids[2]}", ("new",))]


def test_many_changes_of_one_moment_are_all_read():
    with hubspot(650) as bench:
        pages = list(bench.crm.read(["try_text"], "2020-01-01T00:00:00Z"))
        rows = [row.id for page in pages for row in page.rows]
        assert sorted(rows) == sorted(bench.ids)
        assert not any(page.whole for page in pages)


def test_after_a_mass_write_one_page_tells_what_is_new_since():
    with hubspot(650) as bench:
        for start in range(0, 650, 100):
            bench.write({record_id: {"try_text": "ours"} for record_id in bench.ids[start : start + 100]})
            bench.server.world.clock.advance(0.05)
        mark = max(row.modified for page in bench.crm.read(["try_text"], None) for row in page.rows)
        bench.write({bench.ids[7]: {"try_text": "theirs"}})
        bench.requests.clear()
        rows = [row for page in bench.crm.read(["try_text"], mark) for row in page.rows]
        assert (rows[0].id, rows[0].values) == (bench.ids[7], ("theirs",))
        assert len([call for call in bench.requests if call["path"].endswith("/search")]) == 1


def test_all_that_is_newer_than_the_mark_is_read_however_many_pages_it_takes():
    with hubspot(650) as bench:
        mark = max(row.modified for page in bench.crm.read(["try_text"], None) for row in page.rows)
        bench.server.world.clock.advance(1)
        bench.write({record_id: {"try_text": "new"} for record_id in bench.ids[:450]})
        rows = {row.id: row.values for page in bench.crm.read(["try_text"], mark) for row in page.rows}
        assert {record_id: rows[record_id] for record_id in bench.ids[:450]} == dict.fromkeys(bench.ids[:450], ("new",))


def test_more_changes_than_search_can_reach_are_read_from_the_list(loaded: Bench):
    loaded.requests.clear()
    pages = list(loaded.crm.read(["try_number"], "2020-01-01T00:00:00Z"))
    assert all(page.whole for page in pages)
    assert sum(len(page.rows) for page in pages) == 10_000
    assert len(loaded.requests) <= 102


@pytest.fixture(scope="module")
def loaded():
    with hubspot(10_000) as bench:
        bench.crm.describe()
        yield bench


def test_ten_thousand_changed_rows_take_at_most_210_requests(loaded: Bench):
    loaded.requests.clear()
    before = loaded.calls.by_vendor()["HubSpot"]
    assert len(loaded.read("number")) == 10_000
    said = loaded.write({record_id: {"try_number": "12.5"} for record_id in loaded.ids})
    assert set(said.values()) == {None}
    assert len(loaded.requests) <= 210
    assert loaded.calls.by_vendor()["HubSpot"] - before == len(loaded.requests)


def test_a_token_that_is_withdrawn_on_the_way_keeps_what_was_said_before():
    with hubspot(150) as bench:
        bench.misbehave(path=UPDATE, nth=2, status=401)
        updates = [Update(record_id, {"try_text": "x"}) for record_id in bench.ids]
        batches = bench.crm.write(updates, bench.crm.describe(), len(updates))
        assert len(next(batches)) == 100
        with pytest.raises(CredentialRefused):
            next(batches)


def test_an_unknown_property_is_named():
    with hubspot(1) as bench, pytest.raises(MissingCrmField, match="no property syncer_nothing"):
        list(bench.crm.read(["syncer_nothing"], None))


def test_a_record_opens_on_the_host_of_the_accounts_region():
    with hubspot(1) as bench:
        assert bench.crm.record_url("12") == "https://app.hubspot.com/contacts/4242424/record/0-2/12"
        assert bench.crm.check() == "account 4242424 (STANDARD)"
        assert len(bench.requests) == 1


def test_fields_are_described_as_they_are():
    with hubspot(0) as bench:
        fields = bench.crm.describe()
        assert fields["try_picklist"].options == ("low", "high risk", "日本")
        assert fields["try_picklist"].restricted
        assert {kind: fields[name].kind for kind, name in bench.fields.items()} == {
            kind: "text" if kind == "url" else kind for kind in bench.fields
        }
        assert not fields["hs_lastmodifieddate"].writable
        assert len(bench.requests) == 1


def test_the_published_limits_are_never_hit():
    with hubspot(300, limits=True) as bench:
        for _ in range(60):
            list(bench.crm.read(["try_text"], None))
            list(bench.crm.read(["try_text"], "2020-01-01T00:00:00Z"))
        assert len(bench.requests) > 300
        assert {request["status"] for request in bench.requests} == {200}
