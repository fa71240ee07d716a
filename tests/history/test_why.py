"""The reason that a plan gives for each value."""

from __future__ import annotations

import pytest
from stage import account, api_names, open_stage

from syncer.runs import sync as runs
from syncer.runs.propose import proposing
from syncer.runs.why import why
from syncer.sandbox.company import make_company

DAY = 86_400
EDITED = "Falcon Security"
REWRITTEN = (
    ("seats: stripe.seats\n", "seats: stripe.seats * 2\n"),
    ("{value: stripe.plan, on_missing: clear}", '{value: "CASE WHEN stripe.seats > 9999999 THEN stripe.plan END", on_missing: clear}'),
    ("# How a record of a source", "mrr_policy: {discounts: none}\n\n# How a record of a source"),
)


def reasons(stage, changes):
    with stage.run(changes) as run, proposing(run, "salesforce") as proposal:
        found = why(run, proposal)
        assert found.keys() == {(change.id, cell.field) for change in proposal.plan.changes for cell in change.cells}
        return found


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Reasons by situation: before the first sync, three days after it with an edit in the CRM, and after the files were rewritten."""
    with open_stage(tmp_path_factory.mktemp("why"), make_company(60, seed=3)) as stage:
        alone = stage.without("hubspot")
        with stage.run(alone) as run:
            runs.plan(run)
        first = reasons(stage, alone)
        stage.sync(alone)
        edited = account(stage.crm("salesforce"), EDITED)
        stage.set_in_crm("salesforce", edited, {api_names("salesforce")["seats"]: 40})
        stage.later(3 * DAY)
        with stage.run(alone) as run:
            planned = {result.plan.crm: result.plan for result in runs.plan(run)}
        later = reasons(stage, alone)
        rewritten = {**alone, **stage.write_file("mappings/account.yaml", *REWRITTEN)}
        stage.write_file("mappings/health.yaml", ("        weight: 35\n", "        weight: 45\n"))
        yield first, later, reasons(stage, rewritten), edited, planned["salesforce"]


def of_field(found, field):
    return {reason for (_, key), reason in found.items() if key == field}


def test_what_was_never_there_is_a_first_value(told):
    assert set(told[0].values()) == {"first value"}


def test_what_a_person_wrote_is_told_with_the_run_before(told):
    _, later, _, edited, _ = told
    assert later[edited, "seats"].startswith("changed in the CRM since run 2026-11-01-")
    assert later[edited, "seats"].endswith(", which wrote 133349")


def test_facts_that_moved_are_told_old_and_new_at_most_three(told):
    _, later, _, edited, _ = told
    assert later[edited, "wau"] == "mixpanel.wau 63 → 58"
    assert later[edited, "health_score"] == "mixpanel.wau 63 → 58, mixpanel.wau_before 65 → 64"
    assert max(reason.count(" → ") for reason in later.values()) <= 3


def test_time_passes_where_nothing_else_moved(told):
    assert "time passed" in of_field(told[1], "health_reasons")
    assert "time passed" not in of_field(told[1], "wau")


def test_rewritten_files_are_told(told):
    _, _, rewritten, _, _ = told
    assert of_field(rewritten, "seats") - {"mapping changed"} == {told[2][told[3], "seats"]}
    assert of_field(rewritten, "plan") == {"no value any more: mapping changed"}
    assert all(reason.startswith(("health model changed", "mrr_policy changed")) for reason in of_field(rewritten, "health_score"))
    assert any(reason.startswith("mrr_policy changed; stripe.mrr ") for reason in of_field(rewritten, "mrr"))


def test_the_plan_carries_the_reasons(told):
    _, later, _, _, plan = told
    assert {(change.id, cell.field): cell.reason for change in plan.changes for cell in change.cells} == later
