"""What explain tells of a day gone by, and of every score, held value and way to name an account."""

from __future__ import annotations

import re
from collections import defaultdict
from decimal import Decimal

import pytest
from past_stage import EMPTY, FIRST, told
from stage import account, api_names

from syncer.core.reasons import MINUS
from syncer.core.score import contributions_query
from syncer.runs.explain import explain
from syncer.runs.explain_account import find_account
from syncer.runs.propose import proposing
from syncer.words.errors import UsageError

SAME = ("in_crm", "computed", "expression", "place", "facts", "contributions", "unit", "held", "label")


def said(story, *words, **changes):
    command = story.stage.command("explain", *words, changes={**story.alone, "COLUMNS": "80", **changes})
    return " ".join((command.out or command.err).split())


def test_a_day_gone_by_is_told_as_it_was_told_then(story):
    accounts = list(dict.fromkeys(key for key, _ in story.then))
    past = told(story.stage, story.alone, accounts, FIRST)
    assert past.keys() == story.then.keys()
    for cell, then in story.then.items():
        assert {name: past[cell][name] for name in SAME} == {name: then[name] for name in SAME}, cell
        assert past[cell]["state"] == then["state"], cell
        assert [found["link"] for found in past[cell]["objects"]] == [found["link"] for found in then["objects"]]
    now = told(story.stage, story.alone, accounts)
    assert any(now[cell]["computed"] != past[cell]["computed"] for cell in now)


def test_a_day_without_a_sync_is_told_from_the_one_before_and_says_so(story):
    with story.stage.run(story.alone) as run:
        [on_empty], [on_first] = (explain(run, "salesforce", story.edited, "mrr", day) for day in (EMPTY, FIRST))
    assert on_empty.on.note == "no sync ran on 2026-11-02; the last before it was on 2026-11-01"
    assert on_first.on.note is None
    assert on_empty.on.run == on_first.on.run == on_first.history[0].run


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2026-10-31", "history of Salesforce begins on 2026-11-01; nothing is kept of 2026-10-31"),
        ("2026-11-06", "2026-11-06 is still to come; leave --on away for the value as it is now"),
        ("yesterday", "--on yesterday is not a day; write it as 2026-10-15"),
    ],
)
def test_a_day_that_history_does_not_know_is_one_sentence(story, day, sentence):
    assert said(story, story.edited, "mrr", "--on", day) == f"syncer: {sentence}"


def test_a_person_between_two_runs_is_told(story):
    with story.stage.run(story.alone) as run:
        [now], [then] = (explain(run, "salesforce", story.edited, "mrr", day) for day in (None, EMPTY))
    assert [(past.kind, past.value) for past in now.history] == [("written", "3145"), ("person", "40"), ("written", "3145")]
    assert [past.kind for past in then.history] == ["written"]
    assert len({past.definition for past in now.history} - {None}) == 1


def test_the_files_of_the_day_count(story):
    """A mapping and a health model that are rewritten leave the past as it was."""
    changes = {**story.alone, **story.stage.write_file("mappings/account.yaml", ("seats: stripe.seats\n", "seats: stripe.seats * 3\n"))}
    story.stage.write_file("mappings/health.yaml", ("        weight: 35\n", "        weight: 95\n"))
    accounts = [story.edited]
    past, now = told(story.stage, changes, accounts, FIRST), told(story.stage, changes, accounts)
    seats, score = (story.edited, "seats"), (story.edited, "health_score")
    assert past[seats]["expression"] == "stripe.seats"
    assert now[seats]["expression"] == "stripe.seats * 3"
    assert past[score]["contributions"] == story.then[score]["contributions"]
    assert now[score]["contributions"][0]["model"] != past[score]["contributions"][0]["model"]


def test_the_contributions_of_every_account_sum_to_its_score_as_shown_and_agree_with_its_reasons(story):
    with story.stage.run(story.alone) as run, proposing(run, "salesforce") as proposal:
        query = contributions_query(run.project.health, "base")
        parts = defaultdict(list)
        columns = "account_id, version, reads, CAST(contribution AS VARCHAR), CAST(most AS VARCHAR)"
        for account_id, *part in proposal.engine.rows(f"SELECT {columns} FROM ({query})", run.parameters("salesforce")):
            parts[account_id].append(part)
        scores = proposal.engine.rows("SELECT account_id, health_score, health_reasons FROM cells WHERE health_score IS NOT NULL")
        [shown] = explain(run, "salesforce", story.edited, "health_score")
    assert [[one.model, one.reads, one.contribution, one.most] for one in shown.contributions] == parts[story.edited]
    for account_id, score, reasons in scores:
        given = [(reads, Decimal(each), Decimal(most)) for _, reads, each, most in parts[account_id] if each is not None]
        assert sum(each for _, each, _ in given) == score
        assert all(0 <= each <= most for _, each, most in given)
        for sign, reads, points in re.findall(rf"([{MINUS}+]) (.+?) \([{MINUS}+]([\d.]+)\)", reasons):
            fitting = [each if sign == "+" else most - each for said, each, most in given if said == reads]
            assert Decimal(points) in fitting
    assert {part[0].partition("@")[0] for every in parts.values() for part in every} == {"default", "lapsed"}
    assert len(scores) > 40


def test_an_ambiguous_object_names_its_candidates_and_the_commands(story):
    with story.stage.run(story.alone) as run, proposing(run, "salesforce") as proposal:
        held = next(each for each in proposal.plan.held if each.ambiguous and "mrr" in each.fields)
        [told_now] = explain(run, "salesforce", held.id, "mrr")
    assert told_now.state == "held"
    [undecided] = told_now.undecided
    assert undecided.link == f"https://dashboard.stripe.com/test/customers/{undecided.id}"
    commands = {each.account_id: each.command for each in undecided.candidates}
    assert commands[held.id] == f"syncer match confirm {undecided.id} {held.id}"
    assert len(commands) == 2
    assert f"syncer match confirm {undecided.id} {held.id}" in said(story, held.id, "mrr")


def test_an_account_is_found_by_whatever_names_it(story):
    records = story.stage.crm("salesforce")
    record = records[story.edited]
    key = record["Account_Key__c"]
    page = f"https://acme.lightning.force.com/lightning/r/Account/{story.edited}/view"
    short = f"https://acme.my.salesforce.com/{story.edited[:15]}"
    with story.stage.run(story.alone) as run, proposing(run, "salesforce") as proposal:
        for text in (story.edited, story.edited[:15], key, "falcon security", "lcon secu", page, short, record["Website"]):
            assert find_account(run, proposal.engine, "salesforce", text) == (story.edited, "Falcon Security"), text
        for text, words in (
            ("nobody at all", "no account in Salesforce has the id, key or name 'nobody at all'"),
            ("falcon", "4 accounts fit"),
        ):
            with pytest.raises(UsageError, match=words):
                find_account(run, proposal.engine, "salesforce", text)


def test_the_page_of_the_record_is_told(story):
    with story.stage.run(story.alone) as run:
        [now] = explain(run, "salesforce", story.edited, "mrr")
    assert now.link == f"{story.stage.settings['SYNCER_SALESFORCE__BASE_URL']}/lightning/r/Account/{story.edited}/view"


def test_facts_say_what_they_are_in_and_what_they_mean(story):
    with story.stage.run(story.alone) as run:
        [now] = explain(run, "salesforce", story.edited, "seats_used_pct")
    assert [(fact.name, fact.unit) for fact in now.facts] == [("mixpanel.mau", "people"), ("stripe.seats", "seats")]
    assert now.facts[1].meaning == "quantity of all counted items"


def test_words_stay_within_80_columns_also_in_japanese(story):
    records = story.stage.crm("salesforce")
    japanese = account(records, "若葉薬品株式会社")
    out = story.stage.command("explain", japanese, "health_score", changes={**story.alone, "COLUMNS": "80"}).out
    assert "若葉薬品株式会社" in out
    wide = [line for line in out.splitlines() if "://" not in line and sum(1 + (ord(char) > 0x2E80) for char in line.rstrip()) > 80]
    assert wide == []
    listed = story.stage.command("explain", japanese, changes={**story.alone, "COLUMNS": "80"}).out
    assert all(field in listed for field in api_names("salesforce"))
