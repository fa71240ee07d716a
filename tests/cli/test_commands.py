"""The commands as typed, over one company: after a first sync a person changed two values by hand, then each command in turn."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from decimal import Decimal
from types import SimpleNamespace

import click
import pytest
from stage import CRM_WRITES, SECRETS, account, api_names, open_stage, plain, standing, writes

from syncer import cli
from syncer.sandbox.company import make_company

both = pytest.mark.parametrize("crm", CRM_WRITES)
HEALTH = {"health_score", "health_band", "health_coverage_pct", "health_reasons", "health_change_30d"}
BY_HAND = {"seats": "1", "health_score": "1"}


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    with open_stage(tmp_path_factory.mktemp("stage"), make_company(20, seed=3)) as stage:
        first = stage.command("sync")
        standing_before = {crm: standing(stage.crm(crm)) for crm in CRM_WRITES}
        customer = richest(standing_before["salesforce"])
        records = {crm: account(stage.crm(crm), customer) for crm in CRM_WRITES}
        for crm, record in records.items():
            stage.set_in_crm(crm, record, {api_names(crm)[field]: value for field, value in BY_HAND.items()})
        stage.later(3600)
        said, calls, after = {}, {}, {}
        for step, words in {
            "plan": ("plan", "--exit-code"),
            "plan as JSON": ("plan", "--json", "--no-pull"),
            "score": ("score", "--json"),
            "sync": ("sync",),
            "plan again": ("plan", "--exit-code", "--no-pull"),
        }.items():
            with stage.listening() as calls[step]:
                said[step] = stage.command(*words)
            after[step] = {crm: standing(stage.crm(crm)) for crm in CRM_WRITES}
        yield SimpleNamespace(
            stage=stage, first=first, customer=customer, records=records, before=standing_before, said=said, calls=calls, after=after
        )


def richest(records):
    return max(records.values(), key=lambda values: Decimal(values["MRR__c"] or 0))["Name"]


def shown(story, step, crm, field):
    """What stands in the field of the customer after that step."""
    return story.after[step][crm][story.records[crm]][api_names(crm)[field]]


def test_sync_tells_what_it_did_on_stdout_alone(story):
    assert story.first.code == 0
    assert story.first.err == ""
    for word in ("Salesforce", "HubSpot", "Most at risk", "written", "Calls"):
        assert word in story.first.out


def test_plan_shows_old_and_new_and_says_by_its_exit_code_that_there_are_changes(story):
    plan = story.said["plan"]
    assert plan.code == 10
    assert story.customer in plan.out
    for crm, record in story.records.items():
        was = story.before[crm][record][api_names(crm)["seats"]]
        assert f"1 → {int(was):,} seat" in plan.out
    assert plan.out.count("Fingerprint") == 2


def test_plan_writes_nothing(story):
    for step in ("plan", "plan as JSON"):
        assert writes(story.calls[step]) == []
        for crm in CRM_WRITES:
            assert {field: shown(story, step, crm, field) for field in BY_HAND} == BY_HAND


def test_plan_without_pull_asks_no_source(story):
    assert {call["vendor"] for call in story.calls["plan as JSON"]} == set(CRM_WRITES)


@both
def test_plan_as_json_has_every_change_and_the_fingerprint_that_people_see(story, crm):
    assert story.said["plan as JSON"].code == 0
    [document] = story.said["plan as JSON"].lines
    found = next(each for each in document["plans"] if each["plan"]["crm"] == crm)
    (change,) = found["plan"]["changes"]
    assert change["name"] == story.customer
    assert {cell["field"]: cell["old"] for cell in change["cells"]}.items() >= BY_HAND.items()
    assert f"Fingerprint  {found['fingerprint']}" in story.said["plan"].out


@both
def test_score_writes_only_health_fields(story, crm):
    names = api_names(crm)
    record = story.records[crm]
    before, after = story.after["plan"][crm], story.after["score"][crm]
    moved = {(key, name) for key in after for name in after[key] if after[key][name] != before[key].get(name)}
    assert (record, names["health_score"]) in moved
    assert {name for _, name in moved} <= {names[field] for field in HEALTH}
    assert shown(story, "score", crm, "seats") == "1"
    assert shown(story, "score", crm, "health_score") == story.before[crm][record][names["health_score"]]
    assert {call["vendor"] for call in story.calls["score"]} == set(CRM_WRITES)


@both
def test_sync_puts_back_what_people_changed(story, crm):
    assert story.after["sync"][crm] == story.before[crm]


def test_plan_exits_with_zero_when_there_is_nothing_to_do(story):
    assert story.said["plan again"].code == 0


def test_runs_lists_them_newest_first(story):
    said = story.stage.command("runs")
    assert said.code == 0
    instants, ids = zip(*(line.split()[:2] for line in said.out.splitlines()), strict=True)
    assert instants == ("2026-11-01T10:00:00Z",) * 4 + ("2026-11-01T09:00:00Z",) * 2
    assert [name for name in ids if name == story.said["score"].lines[0]["run"]] == list(ids[2:4])
    newest = story.stage.command("runs", "--last", "2", "--json").lines
    assert [line["crm"] for line in newest] == ["hubspot", "salesforce"]
    for line in newest:
        assert line["outcome"] == "done"
        assert line["wanted"] == line["written"] + line["unchanged"] + line["held"] + line["rejected"]


def test_explain_goes_from_the_value_over_expression_and_facts_to_the_source_objects(story):
    (told,) = story.stage.command("explain", story.customer, "mrr", "--json").lines
    value = shown(story, "sync", "salesforce", "mrr")
    assert plain(told["in_crm"]) == plain(told["computed"]) == plain(told["facts"][0]["value"]) == value
    assert told["facts"][0]["name"] == "stripe.mrr"
    assert (told["crm"], told["account_id"], told["state"]) == ("salesforce", story.records["salesforce"], "unchanged")
    assert told["expression"] == "stripe.mrr"
    assert told["place"].startswith("mappings/account.yaml:")
    customer = story.stage.stripe("GET", f"/v1/customers/{told['objects'][0]['id']}")
    assert (told["objects"][0]["source"], told["objects"][0]["name"]) == ("stripe", customer["name"])
    assert told["objects"][0]["link"] == f"https://dashboard.stripe.com/test/customers/{customer['id']}"
    assert told["objects"][0]["matched_by"].startswith("stripe.")
    assert sum(Decimal(str(item["monthly"])) for item in told["items"] if item["counted"]) == Decimal(value)
    (written,) = told["history"]
    assert (plain(written["value"]), written["old"], written["kind"]) == (value, None, "written")


def test_the_contributions_to_a_score_sum_exactly_to_it(story):
    records = story.after["sync"]["hubspot"]
    score, record = min((Decimal(values["syncer_health_score"]), key) for key, values in records.items() if values["syncer_health_score"])
    (told,) = story.stage.command("explain", record, "health_score", "--crm", "hubspot", "--json").lines
    assert told["expression"] == "health.score"
    assert sum(Decimal(part["contribution"]) for part in told["contributions"] if part["contribution"] is not None) == score
    assert Decimal(told["in_crm"]) == score
    assert {found["source"] for found in told["objects"]} <= {"stripe", "mixpanel", "zendesk"}
    assert told["objects"]


def test_explain_says_the_same_in_words(story):
    mrr = in_one_line(story.stage.command("explain", story.customer.upper(), "mrr", "--crm", "hubspot"))
    for words in (f"MRR of {story.customer}", "comes from stripe.mrr mappings/account.yaml:", "source Stripe cus_", "matched by stripe."):
        assert words in mrr
    health = in_one_line(story.stage.command("explain", story.records["salesforce"], "health_score"))
    for words in ("Health score of", "comes from health.score", " points ", "source Zendesk ", "source Mixpanel ", "written by run"):
        assert words in health


def in_one_line(said):
    assert said.code == 0
    return " ".join(said.out.split())


def test_explain_knows_what_it_cannot_know(story):
    unknown = story.stage.command("explain", story.customer, "mmr")
    assert (unknown.code, unknown.err) == (2, "syncer: mmr is not a mapped field; did you mean mrr?\n")
    several = story.stage.command("explain", "e", "mrr")
    assert several.code == 2
    assert "Say which by its id" in several.err


def test_pull_reads_the_sources_and_touches_no_crm(story):
    with story.stage.listening() as calls:
        said = story.stage.command("pull", "--json")
    assert said.code == 0
    (told,) = said.lines
    assert set(told["rows"]) == set(told["calls"]) == {call["vendor"] for call in calls} == {"stripe", "mixpanel", "zendesk"}
    assert sum(told["calls"].values()) == len(calls)


def test_nothing_that_was_said_or_stored_holds_a_secret(story):
    texts = [said.out + said.err for said in (story.first, *story.said.values())]
    texts += [path.read_text() for path in story.stage.state.rglob("*.json")]
    assert [secret for secret in SECRETS for text in texts if secret in text] == []


def test_check_without_online_needs_no_sdk_and_no_vendor(tmp_path):
    code = "import sys; from syncer.cli import app; app(['check'], standalone_mode=False); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    *said, modules = done.stdout.splitlines()
    assert said[-1].startswith("Written files are fine: 37 fields mapped")
    assert {"hubspot", "simple_salesforce", "requests", "zenpy", "aiohttp"}.isdisjoint(modules.split())


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_has_an_example_that_parses(name):
    above = cli.app.make_context("syncer", [name], resilient_parsing=True)
    command = cli.app.get_command(above, name)
    said = command.get_help(click.Context(command, parent=above, info_name=name))
    lines = said[said.index("Example") :].partition("Options:")[0].splitlines()
    examples = [line[line.index("syncer ") :] for line in lines if "syncer " in line]
    assert any(example.startswith(f"syncer {name}") for example in examples)
    for example in examples:
        _, chosen, *words = shlex.split(example.split(" >")[0], comments=True)
        cli.app.get_command(above, chosen).make_context(chosen, words, parent=above)


def test_the_settings_that_the_stand_ins_print_let_syncer_in(tmp_path):
    serve = [sys.executable, "-m", "syncer", "sandbox", "--print-env", "--accounts", "10"]
    with subprocess.Popen(serve, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=tmp_path) as process:
        try:
            exports = iter(process.stdout.readline, "")
            (tmp_path / "env.sh").write_text("".join(line for _, line in zip(range(20), exports, strict=False)))
            checked = f". ./env.sh && {shlex.quote(sys.executable)} -m syncer check --online"
            done = subprocess.run(["sh", "-c", checked], capture_output=True, text=True, check=False, cwd=tmp_path)
        finally:
            process.terminate()
    assert (done.returncode, done.stderr) == (0, "")
    for line in ("stripe ", "mixpanel    project 1234567", "zendesk ", "salesforce ", "hubspot     account 4242424"):
        assert f"\n{line}" in done.stdout


def test_stdout_of_the_demo_is_one_json_object_for_each_sync_and_crm(tmp_path):
    command = [sys.executable, "-m", "syncer", "demo", "--json", "--accounts", "40", "--folder", str(tmp_path / "demo")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(line["sync"], line["crm"]) for line in lines] == [(sync, crm) for sync in (1, 2, 3) for crm in ("salesforce", "hubspot")]
    for line in lines:
        assert {"crm", "wanted", "written", "unchanged", "held", "rejected", "calls"} <= set(line)
        assert line["wanted"] == line["written"] + line["unchanged"] + line["held"] + line["rejected"]
    assert [line["written"] > 0 for line in lines] == [True, True, False, False, True, True]
    assert (tmp_path / "demo" / "report.html").stat().st_size > 10_000
    assert done.stderr == ""
