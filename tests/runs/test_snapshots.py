"""What each month ended with: seen by runs, told by Stripe's dates; and what follows from it in both CRMs."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from months_stage import BOOK, DAY, HOUR, happenings, history, months_stage, rows, shown
from stage import CRM_WRITES, standing

both = pytest.mark.parametrize("crm", CRM_WRITES)
ABOUT_MONTHS = {"movement", "mrr_change", "tenure_months"}
OCTOBER = {
    "steady": 1_000, "grows": 5_000, "shrinks": 1_000, "leaves": 0, "returns": 1_000, "fresh": 1_000, "comes": 1_000,
    "free": 0, "unknown": None,
}  # fmt: skip


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """A sync in September; one three weeks later, when much has happened; one more; one that finds no state; one in November."""
    with months_stage(tmp_path_factory.mktemp("stage")) as stage:
        told = SimpleNamespace(september=stage.act(), rows=rows(stage), book=history(stage))
        stage.later(20 * DAY)
        happenings(stage)
        stage.later(HOUR)
        told.october, told.october_rows, told.october_book = stage.act(), rows(stage), history(stage)
        told.again = stage.act()
        kept = stage.state.rename(stage.folder / "kept")
        told.lost, told.lost_rows = stage.act(), rows(stage)
        stage.forget()
        kept.rename(stage.state)
        stage.later(25 * DAY)
        told.november, told.november_book = stage.act(), history(stage)
        yield told


def test_a_first_run_tells_the_months_before_by_stripes_dates(story):
    assert story.book == BOOK
    assert {month: kind for month, *_, kind in story.rows} == {**dict.fromkeys(BOOK, "stripe_dates"), "2026-09": "run"}
    assert {(customer, month) for month, customer, _, free, _ in story.rows if free} == {("cus_free", "2026-08"), ("cus_free", "2026-09")}


def test_a_month_stays_as_the_last_run_in_it_saw_it(story):
    assert story.october_book == {**BOOK, "2026-10": OCTOBER}
    assert [row for row in story.october_rows if row[0] < "2026-10"] == story.rows


@both
def test_of_a_first_month_it_is_told_who_came_and_who_left(story, crm):
    told = shown(story.september, crm, "Movement__c", "MRR_Change__c", "Churned_On__c")
    nothing = dict.fromkeys(told, (None, None, None))
    assert told == nothing | {
        "fresh": ("new", "10", None),
        "lost": ("churn", "-10", "2026-09-12"),
        "returns": (None, None, "2026-08-10"),
    }


@both
def test_from_then_on_it_is_told_what_became_of_everybody(story, crm):
    told = shown(story.october, crm, "Movement__c", "MRR_Change__c", "Churned_On__c", "Tenure_Months__c")
    same = ("none", "0", None)
    assert told == {
        "steady": (*same, "4"),
        "grows": ("expansion", "30", None, "2"),
        "shrinks": ("contraction", "-20", None, "2"),
        "leaves": ("churn", "-10", "2026-10-10", "3"),
        "returns": ("reactivation", "10", None, "4"),
        "lost": ("none", "0", "2026-09-12", "2"),
        "fresh": (*same, "1"),
        "free": (*same, "2"),
        "unknown": (None, None, None, None),
        "comes": ("new", "10", None, "0"),
        "never": (*same, None),
    }


@both
@pytest.mark.parametrize("act", ["again", "lost"])
def test_nothing_is_written_again_even_when_the_state_was_lost(story, act, crm):
    done = getattr(story, act)
    assert done.results[crm].plan.changes == ()
    assert standing(done.after[crm]) == standing(done.before[crm])


def test_what_runs_saw_is_lost_with_the_state_and_told_by_dates(story):
    september = {
        customer.removeprefix("cus_"): (amount, kind) for month, customer, amount, _, kind in story.lost_rows if month == "2026-09"
    }
    assert september["grows"] == (5_000, "stripe_dates")
    assert september["leaves"] == (1_000, "stripe_dates")


@both
def test_when_a_month_turns_only_what_is_about_months_moves(story, crm):
    assert story.november_book == {
        **BOOK,
        "2026-10": OCTOBER,
        "2026-11": {name: amount for name, amount in OCTOBER.items() if name != "leaves"},
    }
    changed = {cell.field for change in story.november.results[crm].plan.changes for cell in change.cells}
    assert {field for field in changed if not field.startswith("health")} == ABOUT_MONTHS
    told = shown(story.november, crm, "Movement__c", "MRR_Change__c")
    assert set(told.values()) == {("none", "0"), (None, None)}
