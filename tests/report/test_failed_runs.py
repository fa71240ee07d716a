"""Runs that fail are in the list of runs with their sentence; those that never began, or only looked, are not."""

from __future__ import annotations

import time

import pytest
from stage import open_stage

from syncer.runs import sync as runs
from syncer.sandbox.company import make_company
from syncer.tools.store import Store

CANARY = "not-the-right-secret-1618033988"


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    with open_stage(tmp_path_factory.mktemp("failing"), make_company(6, seed=3)) as opened:
        yield opened


@pytest.fixture(autouse=True)
def no_state(stage):
    stage.forget()


def listed(stage):
    return stage.command("runs", "--json").lines


def test_a_failed_sync_is_listed_for_each_crm_with_its_sentence_and_its_calls(stage):
    with stage.listening() as calls:
        failed = stage.command("sync", changes={"SYNCER_STRIPE__API_KEY": CANARY})
    first, second = listed(stage)
    assert failed.code == first["exit_code"] == 11
    assert f"syncer: {first['error']}\n" == failed.err
    assert CANARY not in first["error"]
    assert [row["outcome"] for row in (first, second)] == ["failed", "failed"]
    assert {first["crm"], second["crm"]} == {"salesforce", "hubspot"}
    assert sum(sum(row["calls"].values()) for row in (first, second)) == len(calls)


def test_the_list_for_people_has_the_sentence_on_its_line(stage):
    stage.command("sync", changes={"SYNCER_STRIPE__API_KEY": CANARY})
    lines = stage.command("runs").out.splitlines()
    assert len(lines) == 2
    assert all("failed" in line and "answered 401" in line for line in lines)


def test_a_run_that_failed_is_followed_by_one_that_did_not(stage):
    stage.command("sync", changes={"SYNCER_STRIPE__API_KEY": CANARY})
    assert stage.command("sync").code == 0
    assert [row["outcome"] for row in listed(stage)] == ["done", "done", "failed", "failed"]


def test_a_plan_that_fails_and_a_state_that_another_run_holds_are_not_listed(stage):
    assert stage.command("plan", changes={"SYNCER_STRIPE__API_KEY": CANARY}).code == 11
    lease = Store(str(stage.state)).acquire("the-other-run", int(time.time()), 600)
    assert stage.command("sync").code == 8
    Store(str(stage.state)).release(lease)
    assert listed(stage) == []


def test_what_nobody_thought_of_is_listed_by_its_kind_alone(stage):
    record = next(iter(stage.crm("hubspot")))
    stage.set_in_crm("hubspot", record, {"syncer_touch_model": "high"})
    stage.set_in_crm("hubspot", record, {"numberofemployees": "7"})

    def breaks(what, *_):
        if what == "hubspot write":
            raise ZeroDivisionError(CANARY)

    with pytest.raises(ZeroDivisionError), stage.run(watch=breaks) as run:
        runs.sync(run)
    done = {row["crm"]: row for row in listed(stage)}
    assert done["salesforce"]["outcome"] == "done"
    assert done["hubspot"]["error"] == "unexpected ZeroDivisionError; this is a defect, `syncer --trace sync` shows where"


def test_a_run_that_is_stopped_says_so(stage):
    def stops(what, *_):
        if what == "stripe":
            raise SystemExit(143)

    with pytest.raises(SystemExit), stage.run(watch=stops) as run:
        runs.sync(run)
    assert {row["error"] for row in listed(stage)} == {"stopped from outside before it was done; the next run goes on where it was"}
