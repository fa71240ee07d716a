"""What a person approved is written, that and nothing else; a run can be taken back wherever nobody touched what it wrote."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from stage import CRM_WRITES, Stage, Values, account, api_names, open_stage, plain, standing, writes

from syncer.core.plan_file import read_plan
from syncer.sandbox.company import make_company


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with open_stage(tmp_path, make_company(6, seed=3)) as opened:
        yield opened


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stage, str]]:
    """A stage after a sync, and that run. Tests leave its CRMs as they are, but for one record's seats."""
    with open_stage(tmp_path_factory.mktemp("stage"), make_company(6, seed=3)) as opened:
        yield opened, json.loads(opened.command("sync", "--json").out.splitlines()[0])["run"]


def with_seats(stage: Stage) -> str:
    """A record of Salesforce that has seats."""
    return next(key for key, values in stage.crm("salesforce").items() if values["Seats__c"] is not None)


def planned(stage: Stage, *words: str) -> Path:
    """A plan in a file."""
    path = stage.folder / "plan.json"
    said = stage.command(*words, "--out", str(path))
    assert said.code == 0, said.err
    return path


def test_an_approved_plan_is_written_and_nothing_is_left_to_plan(stage: Stage) -> None:
    path = planned(stage, "plan")
    said = stage.command("apply", str(path), "--json")
    assert said.code == 0, said.err
    approved = {written.plan.crm: written for written in read_plan(path.read_bytes(), "plan.json")}
    assert {line["crm"]: line["written"] for line in said.lines} == {
        crm: sum(len(change.cells) for change in written.plan.changes) for crm, written in approved.items()
    }
    for crm, written in approved.items():
        records, names = standing(stage.crm(crm)), api_names(crm)
        wrong = [
            (change.name, cell)
            for change in written.plan.changes
            for cell in change.cells
            if records[change.id][names[cell.field]] != plain(cell.new)
        ]
        assert wrong == []
    assert all(not written.plan.changes for written in read_plan(planned(stage, "plan").read_bytes(), "plan.json"))


def test_a_plan_is_stale_once_the_crm_says_otherwise(synced: tuple[Stage, str]) -> None:
    stage, _ = synced
    record = with_seats(stage)
    stage.set_in_crm("salesforce", record, {"Seats__c": 7})
    path = planned(stage, "plan")
    stage.set_in_crm("salesforce", record, {"Seats__c": 8})
    with stage.listening() as calls:
        said = stage.command("apply", str(path))
    assert (said.code, writes(calls)) == (5, [])
    assert "salesforce: 1 of 1 values are not as approved; the first is seats of " in said.err
    assert "approved 7 → " in said.err
    assert ", now 8 → " in said.err
    assert "Plan again" in said.err


def test_a_plan_is_stale_once_another_crm_is_set_up(synced: tuple[Stage, str]) -> None:
    stage, _ = synced
    with_one = stage.without("hubspot")
    path = stage.folder / "plan.json"
    assert stage.command("plan", "--out", str(path), changes=with_one).code == 0
    said = stage.command("apply", str(path))
    assert said.code == 5
    assert "the plan is for salesforce, and salesforce and hubspot are set up" in said.err


def test_a_plan_over_the_limits_is_not_written(stage: Stage) -> None:
    stage.command("sync")
    for record in stage.crm("hubspot"):
        stage.set_in_crm("hubspot", record, {"syncer_movement": "new", "syncer_subscription_status": "unpaid"})
    tight = stage.write_file("mappings/account.yaml", ("from: 20}", "from: 2}"))
    path = stage.folder / "plan.json"
    assert stage.command("plan", "--out", str(path), changes=tight).code == 0
    with stage.listening() as calls:
        said = stage.command("apply", str(path), changes=tight)
    assert (said.code, writes(calls)) == (4, [])
    assert "over the limit of 30%" in said.err


def test_a_file_that_is_no_plan_is_refused(synced: tuple[Stage, str]) -> None:
    stage, _ = synced
    (stage.folder / "plan.json").write_text('{"format": 1, "plans": ')
    said = stage.command("apply", "plan.json")
    assert said.code == 2
    assert "plan.json" in said.err


def test_a_run_is_taken_back_and_that_too(stage: Stage) -> None:
    before = {crm: standing(stage.crm(crm)) for crm in CRM_WRITES}
    run = json.loads(stage.command("sync", "--json").out.splitlines()[0])["run"]
    synced = {crm: standing(stage.crm(crm)) for crm in CRM_WRITES}
    said = stage.command("apply", str(planned(stage, "undo", run)), "--json")
    assert said.code == 0, said.err
    for crm in CRM_WRITES:
        assert synced[crm] != before[crm]
        assert _mapped(standing(stage.crm(crm)), crm) == _mapped(before[crm], crm)
    for numbers in said.lines:
        assert numbers["written"] + numbers["unchanged"] + numbers["held"] + numbers["rejected"] == numbers["wanted"]
        assert (numbers["undone"], numbers["held"]) == (run, 0)
    assert stage.command("apply", str(planned(stage, "undo", said.lines[0]["run"]))).code == 0
    assert {crm: standing(stage.crm(crm)) for crm in CRM_WRITES} == synced


def _mapped(records: Mapping[str, Values], crm: str) -> dict[str, Values]:
    names = [name for name in api_names(crm).values() if name]
    return {key: {name: record[name] for name in names} for key, record in records.items()}


def test_what_a_person_changed_since_is_left_alone(stage: Stage) -> None:
    run = json.loads(stage.command("sync", "--json").out.splitlines()[0])["run"]
    record = with_seats(stage)
    stage.set_in_crm("salesforce", record, {"Seats__c": 4321})
    path = planned(stage, "undo", run)
    [written] = [each for each in read_plan(path.read_bytes(), "plan.json") if each.plan.crm == "salesforce"]
    [held] = written.plan.held
    assert (held.id, held.fields) == (record, ("seats",))
    assert "it is now 4321" in held.reason
    stage.command("apply", str(path))
    assert plain(stage.crm("salesforce")[record]["Seats__c"]) == "4321"


def test_an_undo_is_stale_once_the_crm_says_otherwise(synced: tuple[Stage, str]) -> None:
    stage, run = synced
    path = planned(stage, "undo", run)
    stage.set_in_crm("salesforce", with_seats(stage), {"Plan__c": "Free"})
    with stage.listening() as calls:
        said = stage.command("apply", str(path))
    assert (said.code, writes(calls)) == (5, [])


def test_a_run_that_is_not_known(synced: tuple[Stage, str]) -> None:
    stage, run = synced
    said = stage.command("undo", run[:-1] + "x")
    assert said.code == 2
    assert f"did you mean {run}?" in said.err


def test_a_record_that_is_gone_is_told(stage: Stage) -> None:
    run = json.loads(stage.command("sync", "--json").out.splitlines()[0])["run"]
    record = account(stage.crm("hubspot"), next(iter(stage.crm("hubspot").values()))["name"])
    stage._ask("hubspot", "DELETE", f"/crm/v3/objects/companies/{record}", stage._login("hubspot"))
    stage.later(2 * 86_400)
    path = planned(stage, "undo", run)
    [written] = [each for each in read_plan(path.read_bytes(), "plan.json") if each.plan.crm == "hubspot"]
    assert {held.reason for held in written.plan.held if held.id == record} == {"the record is not in the CRM any more"}
