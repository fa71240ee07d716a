"""`syncer facts` and `syncer try` over a company: columns of its own CRM, measures of its own, what is masked, what is refused."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from stage import SECRETS, account, api_names, writes

NAMED = re.compile(r"[\w.]+@[\w.]+|\+81|cus_\w{6}|001\w{12}")
"""What may say who somebody is."""


@pytest.fixture(scope="module")
def listed(company):
    """What `syncer facts --json` says, by name."""
    said = company.command("facts", "--json")
    assert said.code == 0, said.err
    return {line["name"]: line for line in said.lines}


def tried(company, *words):
    said = company.command("try", *words, "--json")
    assert said.code == 0, said.err
    return said.lines[0]


def test_a_column_that_people_fill_feeds_fields_and_the_score_and_is_left_alone(company):
    records = company.crm("salesforce")
    planned = [values for values in records.values() if values["AnnualRevenue"] is not None]
    assert len(planned) == 11
    assert {values["AnnualRevenue"] for values in planned} == {Decimal(8)}
    touch = api_names("salesforce")["touch_model"]
    assert {values[touch] for values in planned} == {"high"}
    [row] = tried(company, "CASE WHEN crm.success_plan > 7 AND stripe.mrr > 0 THEN health.score END", "--limit", "1")["rows"]
    told = company.command("explain", row["account"], "health_score", "--json").lines[0]
    assert [Decimal(part["measured"]) for part in told["contributions"] if part["label"] == "Success plan"] == [8]


def test_every_key_of_the_mapping_is_a_fact_and_unreadable_values_are_nothing(listed):
    found = listed
    assert {name for name in found if name.startswith("crm.")} == {
        f"crm.{key}" for key in ("id", "name", "account_key", "stripe_customer_id", "domain", "employees", "industry")
    } | {f"crm.{key}" for key in ("country", "success_plan", "note", "contact")}
    plan, note = found["crm.success_plan"], found["crm.note"]
    assert (plan["kind"], plan["filled"]["all"]) == ("number", {"filled": 11, "accounts": 30})
    assert (note["filled"]["all"]["filled"], note["notes"]) == (0, ["11 values do not read as a number and count as nothing"])
    assert {"touch_model", "health"} <= {user.split()[0] for user in plan["used_by"]}


def test_a_column_without_a_name_in_a_crm_is_nothing_there(company):
    [found] = company.command("facts", "crm.note", "--crm", "hubspot", "--json").lines
    assert (found["filled"]["all"]["filled"], found["notes"]) == (0, [])


def test_nothing_that_says_who_somebody_is_gets_out(company, listed):
    said = company.command("facts", changes={"COLUMNS": "200"})
    assert said.code == 0
    assert NAMED.findall(said.out) == []
    names = [values["Name"] for values in company.crm("salesforce").values()]
    assert [name for name in names if name in said.out] == []
    assert "+8… 3…" in said.out
    assert listed["crm.industry"]["samples"], "what many accounts share is shown as it is"


def test_measures_are_listed_with_their_words_and_unknown_events(listed):
    found = listed
    assert found["mixpanel.exporters"]["counted"] == "people with Report Exported, last 30 whole days"
    assert found["mixpanel.exporters"]["filled"]["all"]["filled"] > 10
    assert found["mixpanel.exporters"]["notes"] == []
    assert found["mixpanel.typo"]["notes"] == ["no such event was read: Report Exportd; did you mean Report Exported?"]
    assert Decimal(found["mixpanel.typo"]["samples"][-1]) == 0
    assert "mixpanel.active_days" not in found, "a file of one's own replaces the shipped one"


def test_new_and_existing_customers_make_all_that_ever_paid(company, listed):
    plan = listed["stripe.plan"]["filled"]
    paid = listed["stripe.first_paid_on"]["filled"]["all"]["filled"]
    assert plan["new"]["accounts"] + plan["existing"]["accounts"] == paid > 0
    said = company.command("facts", "stripe.plan*", "--by", "lifecycle")
    assert re.search(r"name +kind +new +existing +meaning", said.out)


@pytest.mark.parametrize("width", [80, 200])
def test_the_lists_fit_the_terminal(company, width):
    for words in (
        ["facts"],
        ["facts", "stripe.mrr"],
        ["try", "stripe.mrr * 12"],
        ["try", "PCT(mixpanel.mau, stripe.seats)", "--field", "wau"],
    ):
        said = company.command(*words, changes={"COLUMNS": str(width)})
        assert said.code == 0, said.err
        assert max(map(len, said.out.splitlines())) <= width
        assert not any(secret in said.out for secret in SECRETS)


def test_an_exact_name_tells_more_and_an_unknown_one_the_nearest(company):
    shown = " ".join(company.command("facts", "stripe.mrr").out.split())
    assert "held while stripe.held or stripe.mrr_held has a reason" in shown
    assert "used by mrr (mappings/account.yaml:" in shown
    said = company.command("facts", "stripe.mrx")
    assert (said.code, "did you mean stripe.mrr?" in said.err) == (2, True)


def test_a_try_counts_every_account_once(company):
    found = tried(company, "stripe.mrr * 12", "--limit", "3")
    assert found["filled"] + found["held"] + found["nothing"] == found["accounts"] == 30
    assert sum(bar["accounts"] for bar in found["spread"]["bars"]) == found["filled"]
    assert [len(found["rows"]), found["kind"], found["unit"]] == [3, "money", "stripe.currency"]
    for row in found["rows"]:
        assert Decimal(row["result"]) == 12 * Decimal(row["uses"]["stripe.mrr"])
        assert re.fullmatch("[A-Z]{3}", row["unit"])


def test_one_account_is_told_step_by_step(company):
    name = tried(company, "mixpanel.mau", "--limit", "1")["rows"][0]["account"]
    [row] = tried(company, "CASE WHEN PCT(mixpanel.mau, 50) >= 10 THEN 'wide' ELSE 'narrow' END", "--account", name)["rows"]
    share, wide = row["steps"]["PCT(mixpanel.mau, 50)"], row["steps"]["PCT(mixpanel.mau, 50) >= 10"]
    assert int(share) == 2 * int(row["uses"]["mixpanel.mau"])
    assert (wide, row["result"]) == (("true", "wide") if int(share) >= 10 else ("false", "narrow"))


def test_a_try_for_a_field_tells_what_would_change_and_writes_nothing(company):
    with company.listening() as calls:
        same = tried(company, "mixpanel.wau", "--field", "wau")["compared"]
        other = tried(company, "mixpanel.wau + 1", "--field", "wau")["compared"]
    assert (same["replaced"], same["filled"], same["cleared"]) == (0, 0, 0)
    assert same["unchanged"] == other["replaced"] + other["filled"] > 10
    assert same["field"] == "wau"
    assert writes(calls) == calls == []


def test_a_try_may_use_fields_prev_and_health(company):
    found = tried(company, "COALESCE(prev.wau, 0) - wau + CASE WHEN health.score >= 0 THEN 0 ELSE 0 END")
    assert found["spread"]["low"] == found["spread"]["high"] == "0"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["stripe.seats + stripe.mr"], "stripe.seats + stripe.mr\n               ^ there is no column stripe.mr; did you mean stripe.mrr?"),
        (["顧客 + 1"], "顧客 + 1\n^ there is no column 顧客"),
        (["stripe.plan", "--field", "wau"], "this expression does not fit the field wau"),
        (["stripe.plan", "--field", "wauu"], "wauu is not a mapped field; did you mean wau?"),
        (["stripe.plan", "--account", "Nobody Ltd"], "no account in Salesforce has the id, key or name 'Nobody Ltd'"),
    ],
)
def test_what_cannot_be_tried_is_said_under_its_place(company, words, told):
    said = company.command("try", *words)
    assert (said.code, said.out) == (2, "")
    assert told in said.err


def test_both_work_before_anything_was_read(company, tmp_path):
    nothing = {"SYNCER_STATE": str(tmp_path / "state")}
    facts = company.command("facts", "stripe.*", changes=nothing)
    assert (facts.code, "No account was read yet" in facts.err, "filled" in facts.out) == (0, True, False)
    found = company.command("try", "stripe.mrr", "--json", changes=nothing)
    assert (found.code, found.lines[0]["accounts"], found.lines[0]["kind"]) == (0, None, "money")
    assert account(company.crm("salesforce"), tried(company, "stripe.mrr", "--limit", "1")["rows"][0]["account"])
