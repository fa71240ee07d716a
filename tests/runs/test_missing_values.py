"""What becomes of a value in the CRM for which there is none: cleared, kept, or not touched at all."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from stage import CRM_WRITES, api_names, open_stage, plain, standing, writes

from syncer.sandbox.company import make_company

both = pytest.mark.parametrize("crm", CRM_WRITES)
BY_HAND = {"csat_pct": "55", "last_contact": "2020-02-29", "plan": "Gold"}
"""Values that people typed in. The mapping clears csat_pct and plan, and keeps last_contact, where the source has nothing."""


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """A sync; people type values in; a second sync, a third without Zendesk, and a fourth without Zendesk and without state."""
    with open_stage(tmp_path_factory.mktemp("stage"), make_company(30, seed=3)) as stage:
        first = stage.act()
        for crm, records in first.after.items():
            names = api_names(crm)
            for record in records:
                empty = {names[field]: value for field, value in BY_HAND.items() if missing(records[record], names[field])}
                if empty:
                    stage.set_in_crm(crm, record, empty)
        stage.later(3600)
        yield SimpleNamespace(
            first=first,
            second=stage.act(),
            without_zendesk=stage.act(stage.without("zendesk")),
            forgotten=(stage.forget(), stage.act(stage.without("zendesk")))[1],
        )


def missing(values, name):
    return values.get(name) in (None, "")


def typed(story, crm, field, *, known):
    """Records into which a value of the field was typed; `known` to the field's source or not."""
    name, sign = api_names(crm)[field], api_names(crm)["stripe_link" if field == "plan" else "zendesk_link"]
    held = {found.id for found in story.second.results[crm].plan.held}
    before = story.first.after[crm]
    return [key for key, values in before.items() if missing(values, name) and missing(values, sign) != known and key not in held]


@both
@pytest.mark.parametrize("field", ["csat_pct", "plan"])
def test_a_value_is_cleared_where_the_source_is_known_and_has_none(story, crm, field):
    records = typed(story, crm, field, known=True)
    assert len(records) > 3
    assert {story.second.after[crm][record][api_names(crm)[field]] or None for record in records} == {None}


@both
def test_a_value_is_kept_by_default(story, crm):
    records = typed(story, crm, "last_contact", known=True)
    assert len(records) > 3
    assert {story.second.after[crm][record][api_names(crm)["last_contact"]] for record in records} == {BY_HAND["last_contact"]}


@both
@pytest.mark.parametrize("field", BY_HAND)
def test_a_value_is_kept_where_nothing_of_the_source_is_matched(story, crm, field):
    records = typed(story, crm, field, known=False)
    assert len(records) > 3
    assert {plain(story.second.after[crm][record][api_names(crm)[field]]) for record in records} == {BY_HAND[field]}


@both
@pytest.mark.parametrize("act", ["without_zendesk", "forgotten"])
def test_a_source_that_is_not_set_up_touches_no_value(story, crm, act):
    done = getattr(story, act)
    fields = ("open_tickets", "urgent_tickets", "csat_pct", "last_contact", "zendesk_link")
    counts = {count.field: count for count in done.results[crm].plan.counts}
    assert {field: counts[field].wanted for field in fields} == dict.fromkeys(fields, 0)
    before, after = standing(done.before[crm]), standing(done.after[crm])
    for name in (api_names(crm)[field] for field in fields):
        assert {key: values.get(name) for key, values in after.items()} == {key: values.get(name) for key, values in before.items()}
    assert "zendesk" not in {call["vendor"] for call in done.calls}


def test_what_was_read_before_makes_no_difference_once_a_source_is_taken_away(story):
    assert writes(story.forgotten.calls) == []


@both
def test_an_ambiguous_match_is_held_and_the_sentence_names_what_is_shared(story, crm):
    plan = story.first.results[crm].plan
    names = {held.id: held.name for held in plan.held}
    assert len(names) == 2
    written = {change.id: {cell.field for cell in change.cells} for change in plan.changes}
    for held in plan.held:
        assert held.reason.startswith("2 accounts share the domain ")
        assert "decide with `syncer match confirm " in held.reason
        assert [name for name in names.values() if name not in held.reason] == []
        assert written.get(held.id, set()).isdisjoint(held.fields)
        values = story.first.after[crm][held.id]
        assert {values.get(api_names(crm)[field]) or None for field in held.fields} == {None}
    for account in names:
        assert {"mrr", "health_score"} <= {field for held in plan.held if held.id == account for field in held.fields}


@both
def test_scores_stay_where_too_little_can_be_measured_without_a_source(story, crm):
    """Without a source the others may not measure enough for a score; that says nothing about the customer."""
    counts = {count.field: count for count in story.without_zendesk.results[crm].plan.counts}
    assert {field: counts[field].cleared for field in ("health_score", "health_band", "health_reasons")} == {
        "health_score": 0,
        "health_band": 0,
        "health_reasons": 0,
    }
