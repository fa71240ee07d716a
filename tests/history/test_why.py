"""The reason that a plan gives for each value."""

from __future__ import annotations


def of_field(found, field):
    return {reason for (_, key), reason in found.items() if key == field}


def test_what_was_never_there_is_a_first_value(story):
    assert set(story.reasons["first"].values()) == {"first value"}


def test_what_a_person_wrote_is_told_with_the_run_before(story):
    reason = story.reasons["later"][story.edited, "mrr"]
    assert reason.startswith("changed in the CRM since run 2026-11-01-")
    assert reason.endswith(", which wrote 3145")


def test_facts_that_moved_are_told_old_and_new_at_most_three(story):
    later = story.reasons["later"]
    assert later[story.edited, "wau"] == "mixpanel.wau 63 → 58"
    assert later[story.edited, "health_score"] == "mixpanel.wau 63 → 58, mixpanel.wau_before 65 → 64"
    assert max(reason.count(" → ") for reason in later.values()) == 3


def test_time_passes_where_nothing_else_moved(story):
    assert "time passed" in of_field(story.reasons["later"], "health_reasons")
    assert "time passed" not in of_field(story.reasons["later"], "wau")


def test_rewritten_files_are_told(story):
    rewritten = story.reasons["rewritten"]
    assert of_field(rewritten, "seats") == {"mapping changed"}
    assert of_field(rewritten, "plan") == {"no value any more: mapping changed"}
    assert all(reason.startswith("health model changed") for reason in of_field(rewritten, "health_score"))
    assert any(reason.startswith("mrr_policy changed; stripe.mrr ") for reason in of_field(rewritten, "mrr"))


def test_the_plan_carries_the_reasons(story):
    told = {(change.id, cell.field): cell.reason for change in story.planned.changes for cell in change.cells}
    assert told == story.reasons["later"]
