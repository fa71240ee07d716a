"""`syncer plan` as typed, over a company whose values a person changed by hand: its forms, and a forecast that comes true."""

import json

import pytest
from stage import SALESFORCE, api_names, open_stage, standing

from syncer.core.plan_file import read_plan
from syncer.sandbox.company import make_company

CRMS = ("salesforce", "hubspot")


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    """After a first sync a person typed over the seats of three records of each CRM; `first` is the plan that was made then."""
    with open_stage(tmp_path_factory.mktemp("stage"), make_company(12, seed=3)) as opened:
        assert opened.command("sync").code == 0
        opened.later(60)
        type_over(opened)
        opened.first = opened.command("plan", "--out", "plan.json", "--out", "plan.md", "--out", "plan.html", "--exit-code")
        opened.plans = plans(opened)
        yield opened


def type_over(stage):
    """Different values each time, a minute apart."""
    for crm in CRMS:
        paying = [key for key, values in sorted(stage.crm(crm).items()) if values[api_names(crm)["mrr_currency"]]]
        for record in paying[:3]:
            stage.set_in_crm(crm, record, {api_names(crm)["seats"]: "70707", api_names(crm)["mrr"]: "0.5"})
    stage.later(60)


def plans(stage):
    return read_plan((stage.folder / "plan.json").read_bytes(), "plan.json")


def cells(stage, field):
    return [cell for written in stage.plans for change in written.plan.changes for cell in change.cells if cell.field == field]


def test_one_run_leaves_all_forms_of_one_plan(stage):
    said = stage.first
    assert said.code == 10
    assert said.err == "Wrote plan.json\nWrote plan.md\nWrote plan.html\n"
    assert "`syncer apply plan.json` writes this" in in_one_line(said.out)
    for written in stage.plans:
        for text in (said.out, *((stage.folder / name).read_text() for name in ("plan.md", "plan.html"))):
            assert written.plan.fingerprint in text


def in_one_line(text):
    return " ".join(text.split())


def test_values_have_units_and_reasons(stage):
    assert len(cells(stage, "seats")) == 6
    assert {(cell.old, cell.unit) for cell in cells(stage, "seats")} == {("70707", "seats")}
    assert all("changed in the CRM" in cell.reason for cell in cells(stage, "seats"))
    currencies = {crm: standing(stage.crm(crm)) for crm in CRMS}
    for written in stage.plans:
        for change in written.plan.changes:
            owned = currencies[written.plan.crm][change.id][api_names(written.plan.crm)["mrr_currency"]]
            assert {cell.unit for cell in change.cells if cell.field == "mrr"} == {owned}


def test_json_on_stdout_is_the_file(stage):
    said = stage.command("plan", "--offline", "--out", "offline.json", "--json")
    assert said.out.encode() == (stage.folder / "offline.json").read_bytes()
    assert [written["plan"]["crm"] for written in json.loads(said.out)["plans"]] == list(CRMS)
    assert [written["fingerprint"] for written in json.loads(said.out)["plans"]] == [each.plan.fingerprint for each in stage.plans]


def test_other_forms_go_to_stdout_too(stage):
    assert stage.command("plan", "--offline", "--format", "markdown").out.startswith("## Salesforce\n")


def test_a_pipe_gets_neither_colour_nor_bars(stage):
    assert "\x1b" not in stage.first.out + stage.first.err
    assert max(map(len, stage.first.out.splitlines())) <= 100


def test_an_account_and_a_field_narrow_what_is_shown_in_the_projects_language(stage):
    name = stage.plans[0].plan.changes[0].name
    said = stage.command("plan", "--offline", "--account", name[:6].upper(), "--field", "seats", changes={"SYNCER_LANGUAGE": "ja"})
    assert name in said.out
    assert "契約シート数" in said.out
    assert "月次経常収益" not in said.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--out", "plan.pdf"), "--out plan.pdf: the ending says the form; write one of .json, .md, .html"),
        (("--field", "seat"), "seat is not a mapped field; did you mean seats?"),
        (("--offline", "--account", "A", "--json"), "as JSON a plan is always whole"),
        (("--offline", "--out", "nowhere/plan.json"), "nowhere/plan.json cannot be written: No such file or directory"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(stage, words, said):
    told = stage.command("plan", *words)
    assert (told.code, told.out) == (2, "")
    assert said in told.err
    assert told.err.strip().count("\n") == 0


@pytest.mark.parametrize(("bulk_from", "exact"), [("2000", True), ("1", False)])
def test_what_applying_a_plan_costs_is_as_forecast(stage, bulk_from, exact):
    """Collections and HubSpot's batches to the call; a Bulk job is asked after until it ends, so there it is at most that."""
    settings = {"SYNCER_SALESFORCE__BULK_FROM": bulk_from}
    type_over(stage)
    stage.command("plan", "--out", "plan.json", changes=settings)
    costs = {vendor: cost for written in plans(stage) for vendor, cost in written.forecast.items()}
    assert costs["salesforce"].quota.used == counted_by_salesforce(stage) - 1
    assert costs["hubspot"].quota is not None
    assert {costs[source].quota for source in ("stripe", "mixpanel", "zendesk")} == {None}
    with stage.listening() as calls:
        said = stage.command("apply", "plan.json", "--json", changes=settings)
    assert said.code == 0
    used = {vendor: [call["vendor"] for call in calls].count(vendor) for vendor in costs}
    assert sum(used.values()) == len(calls)
    for vendor, cost in costs.items():
        if exact or vendor != "salesforce":
            assert (vendor, used[vendor]) == (vendor, cost.calls)
        else:
            assert 7 <= used[vendor] <= cost.calls < 30
    assert {vendor: count for line in said.lines for vendor, count in line["calls"].items()} == used
    assert [(line["crm"], set(line["quota"][line["crm"]])) for line in said.lines] == [(crm, {"limit", "used", "window"}) for crm in CRMS]


def counted_by_salesforce(stage):
    """Calls of the day, with the one that asks for them."""
    login = stage._login("salesforce")
    found = stage._ask("salesforce", "GET", f"{SALESFORCE}/limits", login)["DailyApiRequests"]
    return found["Max"] - found["Remaining"]


def test_nothing_to_write_costs_nothing_to_apply(stage):
    said = stage.command("plan", "--no-pull", "--exit-code", "--out", "plan.json")
    assert said.code == 0
    assert "nothing: every value that is wanted is in the CRM already" in in_one_line(said.out)
    assert {cost.calls for written in plans(stage) for cost in written.forecast.values()} == {0}
