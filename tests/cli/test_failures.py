"""What goes wrong is said in one sentence with an exit code of its own, without a secret; and nothing is written to any CRM."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time

import pytest
from stage import SECRETS, Said, Stage, open_stage, standing, writes

from syncer.sandbox.company import make_company
from syncer.tools.store import Store

CANARY = "not-the-right-secret-3141592653"


@pytest.fixture(autouse=True)
def no_state(request):
    if "fresh" in request.fixturenames:
        request.getfixturevalue("fresh").forget()


def fails(stage: Stage, code: int, *words: str, command: str = "sync", **settings) -> str:
    """The one sentence that the command says when it fails with this code and writes nothing; the words are in it."""
    with stage.listening() as calls:
        said = stage.command(command, changes=settings)
    assert writes(calls) == []
    return sentence(said, code, *words)


def sentence(said: Said, code: int, *words: str) -> str:
    assert said.code == code, said
    assert said.out == ""
    *problems, last = said.err.splitlines()
    assert len(problems) == (code == 3), said.err
    assert last.startswith("syncer: ")
    assert [word for word in words if word not in said.err] == [], said.err
    assert [secret for secret in (*SECRETS, CANARY) if secret in said.err] == []
    return said.err


@pytest.mark.parametrize(("vendor", "setting", "words"), [
    ("stripe", "API_KEY", ("GET /v1/", "answered 401", "(request req_", "Check the key")),
    ("mixpanel", "SECRET", ("answered 401", "Check the key")),
    ("zendesk", "CLIENT_SECRET", ("/oauth/tokens", "answered 401", "Check the key")),
    ("hubspot", "ACCESS_TOKEN", ("answered 401", "Check the key")),
    ("salesforce", "CLIENT_SECRET", ("refused the login of the app", "Check the client id and secret")),
])  # fmt: skip
def test_a_wrong_credential(fresh, vendor, setting, words):
    said = fails(fresh, 11, *words, **{f"SYNCER_{vendor.upper()}__{setting}": CANARY})
    assert said.lower().startswith(f"syncer: {vendor}: ")


def test_what_was_read_before_a_source_failed_is_not_read_again(fresh):
    heard = []
    for code, settings in ((11, {"SYNCER_ZENDESK__CLIENT_SECRET": CANARY}), (0, {})):
        with fresh.listening() as calls:
            assert fresh.command("pull", changes=settings).code == code
        heard += [(call["path"], call["query"]) for call in calls if call["vendor"] == "stripe" and call["path"] != "/v1/events"]
    assert len(heard) > 3
    assert len(set(heard)) == len(heard)


def test_a_host_that_is_not_there(fresh):
    """Both at the same time, since it takes some patience to be sure of it."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with fresh.listening() as calls:
        running = {vendor: started(fresh, f"SYNCER_{vendor.upper()}__BASE_URL", nowhere) for vendor in ("stripe", "HubSpot")}
        for vendor, process in running.items():
            out, err = process.communicate(timeout=60)
            said = sentence(Said(process.returncode, out, err), 12, "cannot be reached", "Check the network and the base URL")
            assert said.startswith(f"syncer: {vendor}: 127.0.0.1:")
    assert writes(calls) == []


def started(stage: Stage, name: str, value: str) -> subprocess.Popen[str]:
    """`syncer sync` in a process of its own, with a state of its own."""
    settings = {**os.environ, **stage.settings, name: value, "SYNCER_STATE": str(stage.folder / name)}
    command = [sys.executable, "-m", "syncer", "sync"]
    return subprocess.Popen(command, cwd=stage.folder, env=settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize(("crm", "fields"), [
    ("salesforce", {"Account": ["Seats__c", "Industry"]}),
    ("hubspot", {"companies": ["syncer_seats", "account_key"]}),
])  # fmt: skip
def test_fields_that_one_crm_does_not_have(tmp_path, crm, fields):
    with open_stage(tmp_path, make_company(6, seed=3)) as stage:
        stage.world.load({crm: {"remove_fields": fields}})
        (names,) = fields.values()
        fails(stage, 13, f"{crm} has no field", *names, "create it, or take it out of mappings/account.yaml", "Nothing was written")


FAULTS = {
    "seats: [stripe.seats": (47, 10, "a list that is opened with [ here lacks a comma or its ]"),
    "seats: COALESCE(stripe.saets, 0)": (47, 19, "there is no column stripe.saets; did you mean stripe.seats?"),
    'seats: {value: "stripe.saets", on_missing: clear}': (47, 18, "there is no column stripe.saets; did you mean stripe.seats?"),
    "seat: stripe.seats": (47, 9, "there is no field seat in the field specs; did you mean seats?"),
    "seats: stripe.plan": (47, 10, "seats is a number field and takes money or number, but this expression gives text"),
}
"""What stands in line 47 of the mapping instead of `seats: stripe.seats`, and what is said of it."""


@pytest.mark.parametrize("line", FAULTS)
def test_a_fault_in_the_mapping(fresh, line):
    number, column, words = FAULTS[line]
    project = fresh.write_file("mappings/account.yaml", ("  seats: stripe.seats\n", f"  {line}\n"))
    with fresh.listening() as calls:
        said = fails(fresh, 3, words, **project)
    assert said.startswith(f"mappings/account.yaml:{number}:{column}: ")
    assert calls == []


def test_several_faults_are_said_at_once_each_with_its_place(fresh):
    project = fresh.write_file(
        "mappings/account.yaml", ("  seats: stripe.seats\n", "  seats: stripe.saets\n"), ("  arr: stripe.arr\n", "  arr: stripe.plan\n")
    )
    said = fresh.command("check", changes=project)
    assert said.code == 3
    first, second, last = said.err.splitlines()
    assert first.startswith("mappings/account.yaml:34:8: arr")
    assert second.startswith("mappings/account.yaml:47:10: seats")
    assert last == "syncer: 2 problems in 1 file; mend what is listed and run this again"


def test_a_setting_that_there_is_not(fresh):
    hint = "SYNCER_STRIPE__APIKEY is not a setting; did you mean SYNCER_STRIPE__API_KEY?"
    fails(fresh, 3, f"environment:1:1: {hint}", SYNCER_STRIPE__APIKEY=CANARY)


def test_a_secret_that_is_written_out_in_the_file(tmp_path, fresh):
    (tmp_path / "syncer.yaml").write_text(f"hubspot:\n  access_token: {CANARY}\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fresh, "folder", tmp_path)
        fails(fresh, 3, "syncer.yaml:2:17: hubspot.access_token is a secret and must not stand in a file")


def test_no_crm_at_all(fresh):
    fails(fresh, 2, "no CRM is set up", "syncer demo", **fresh.without("salesforce", "hubspot"))


def test_another_run_at_work(fresh):
    Store(str(fresh.state)).acquire("the-other-run", int(time.time()), 600)
    fails(fresh, 8, "run the-other-run is at work", "wait for it")


def test_a_change_past_the_limits_which_do_not_hold_for_few_values(tmp_path):
    with open_stage(tmp_path, make_company(20, seed=3)) as stage:
        for record in list(stage.crm("hubspot"))[:15]:
            stage.set_in_crm("hubspot", record, {"syncer_touch_model": "high"})
        project = stage.write_file("mappings/account.yaml", ("cleared: 5%, from: 20}", "cleared: 5%, from: 5}"))
        fails(stage, 4, "hubspot: ", " of 15 values of touch_model (", "over the limit of 30%", "nothing was written", **project)
        assert stage.command("sync").code == 0
        assert {values["syncer_touch_model"] for values in stage.crm("hubspot").values()} == {"tech", "group"}


def offer(stage: Stage, *options: str) -> None:
    """HubSpot's touch model takes only these options."""
    choices = [{"label": option, "value": option, "displayOrder": number} for number, option in enumerate(options)]
    about = {"name": "syncer_touch_model", "label": "Touch model", "groupName": "companyinformation"}
    kind = {"type": "enumeration", "fieldType": "select", "options": choices}
    stage.world.load({"hubspot": {"properties": {"companies": [about | kind]}}})


def test_rows_that_a_crm_rejects_are_told_and_all_others_written(tmp_path):
    with open_stage(tmp_path, make_company(20, seed=3)) as stage:
        offer(stage, "group", "high")
        before = standing(stage.crm("hubspot"))
        said = stage.command("sync", "--json")
        salesforce, hubspot = said.lines
        small = {key for key, values in before.items() if 0 <= int(values["numberofemployees"] or -1) < 50}

        assert said.code == 6
        assert said.err.startswith(f"syncer: rejected: {len(small)} records by hubspot; everything else was written. The first: ")
        assert "tech" in said.err
        assert salesforce["rejected"] == 0
        assert hubspot["rejected"] > len(small) > 0
        assert hubspot["wanted"] == hubspot["written"] + hubspot["unchanged"] + hubspot["held"] + hubspot["rejected"]
        after = standing(stage.crm("hubspot"))
        assert {key for key in after if after[key] == before[key]} >= small
        assert {key for key in after if after[key] != before[key]} == after.keys() - small

        offer(stage, "tech", "group", "high")
        mended = stage.command("sync", "--json")
        assert mended.code == 0
        assert (mended.lines[0]["written"], mended.lines[1]["written"]) == (0, hubspot["rejected"])
