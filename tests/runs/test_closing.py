"""When months are closed, by what, and that it comes to the same however it is done."""

from __future__ import annotations

import pytest
from months_stage import BOOK, DAY, happenings, history, months_stage, rows
from stage import open_stage

from syncer.runs import snapshots
from syncer.runs import sync as runs
from syncer.runs.mrr import Books
from syncer.sandbox.company import make_company
from syncer.specs.mrr_policy import policy_of
from syncer.words import when

PAST = {month: balances for month, balances in BOOK.items() if month < "2026-09"}
"""September is still running at the stage's first moment."""
EVERY_SWITCH = {
    "past_due": "include_until_days:30", "trialing": "include", "discounts": "all", "metered": "trailing_3m_average",
    "scheduled_cancel": "drop_at_request", "pause_collection": "count", "week_factor": "4.33",
}  # fmt: skip


@pytest.fixture
def stage(tmp_path):
    with months_stage(tmp_path) as opened:
        opened.settings |= opened.without("hubspot")
        yield opened


def pull(stage, **changes):
    with stage.run(changes) as run:
        runs.pull_sources(run)


def policy(stage, text):
    """The setting that uses a mapping with this policy."""
    return stage.write_file("mappings/account.yaml", ("to: account\n", f"to: account\nmrr_policy: {text}\n"))


def test_reading_alone_closes_months_and_keeps_nothing_of_the_running_one(stage):
    pull(stage)
    assert history(stage) == PAST


def test_a_plan_closes_months_and_keeps_nothing_of_the_running_one(stage):
    with stage.run() as run:
        runs.plan(run)
    assert history(stage) == PAST


def test_without_stripe_nothing_is_told_of_any_month(stage):
    stage.sync(stage.without("stripe"))
    assert history(stage) == {}


def test_months_without_a_run_are_told_by_dates_and_the_last_one_with_a_run_stays(stage):
    stage.sync()
    stage.later(20 * DAY)
    happenings(stage)
    stage.later(60 * DAY)
    pull(stage)
    kinds = {month: kind for month, *_, kind in rows(stage)}
    assert kinds == {**dict.fromkeys([*PAST, "2026-10", "2026-11"], "stripe_dates"), "2026-09": "run"}
    book = history(stage)
    assert {month: book[month] for month in BOOK} == BOOK
    october = {"steady": 1_000, "grows": 5_000, "shrinks": 1_000, "fresh": 1_000, "leaves": 0, "free": 0, "unknown": None}
    assert book["2026-10"] == {**october, "returns": 1_000, "comes": 1_000}


def test_a_run_for_an_instant_in_a_closed_month_leaves_that_month_as_it_is(stage):
    stage.sync()
    stage.later(20 * DAY)
    happenings(stage)
    stage.sync()
    before = rows(stage)
    stage.sync({"SYNCER_AS_OF": "2026-09-25"})
    assert rows(stage) == before


def test_under_another_policy_what_dates_told_is_told_anew_and_what_a_run_saw_stays(stage):
    stage.sync()
    pull(stage, **policy(stage, "{trialing: include, discounts: none}"))
    assert history(stage) == {**BOOK, "2026-07": {**BOOK["2026-07"], "shrinks": 3_000}}
    pull(stage, SYNCER_PROJECT=None)
    assert history(stage) == {**BOOK, "2026-07": {**BOOK["2026-07"], "shrinks": 0}}
    assert {kind for month, *_, kind in rows(stage) if month == "2026-09"} == {"run"}


def test_nothing_is_computed_twice(stage):
    pull(stage)
    told = []
    with stage.run(watch=lambda what, *_: told.append(what)) as run:
        runs.pull_sources(run)
    assert "months" not in told


class CutOff(Exception):
    pass


@pytest.mark.parametrize("months", [1, 2])
def test_who_is_cut_off_while_months_are_closed_does_it_again(stage, monkeypatch, months):
    monkeypatch.setattr(snapshots, "AT_ONCE", 1)

    def watch(what, done, _of):
        if (what, done) == ("months", months):
            raise CutOff

    with stage.run(watch=watch) as run, pytest.raises(CutOff):
        runs.pull_sources(run)
    pull(stage)
    assert history(stage) == PAST


@pytest.mark.parametrize("switches", [{}, EVERY_SWITCH], ids=["default", "every switch"])
def test_the_months_side_by_side_are_the_months_one_by_one(tmp_path, switches):
    with open_stage(tmp_path, make_company(80, seed=11)) as stage:
        written = "{" + ", ".join(f"{name}: '{value}'" for name, value in switches.items()) + "}"
        stage.settings |= {**stage.without("mixpanel", "zendesk", "salesforce", "hubspot"), **policy(stage, written)}
        pull(stage)
        told: dict[str, set[object]] = {}
        for month, customer, amount, free, _ in rows(stage):
            if amount != 0 or free:
                told.setdefault(month, set()).add((customer, amount))
        assert len(told) == snapshots.MONTHS_BACK
        with stage.run() as run, Books.of_store(run) as books:
            for month in ("2023-12", "2025-02", "2026-04", "2026-09", "2026-10"):
                alone = books.customers(policy_of(None, switches), when.month_end(month), past=True)
                assert told[month] == {(each.customer, each.mrr_minor) for each in alone if each.counted or each.mrr_minor != 0}
