"""What a change of the written files does to values, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from syncer.core.against import edits
from syncer.runs.against import against

REWRITTEN = (
    ("seats: stripe.seats\n", "seats: {value: stripe.seats * 2, limit: 50%}\n"),
    ("{value: stripe.plan, on_missing: clear}", '{value: "CASE WHEN stripe.seats > 50 THEN stripe.plan END", on_missing: clear}'),
    ("  open_tickets: {value: zendesk.open_tickets, limit: 100%}\n", ""),
    ("# How a record of a source", "mrr_policy: {trialing: include}\n\n# How a record of a source"),
)


@pytest.fixture(scope="module")
def compared(story):
    """Against last with the files rewritten: the value, and what the command says."""
    stage = story.stage
    changes = {**story.alone, **stage.write_file("mappings/account.yaml", *REWRITTEN)}
    stage.write_file("mappings/health.yaml", ("        weight: 35\n", "        weight: 75\n"))
    with stage.listening() as calls, stage.run(changes) as run:
        [found] = against(run, "last")
    return found, calls, changes


def by_field(found):
    return {each.field: each for each in found.fields}


def test_the_same_files_change_nothing(story):
    said = story.stage.command("plan", "--against", "last", "--exit-code", changes=story.alone)
    assert (said.code, "The written files say the same as then: no value changes by them." in said.out) == (0, True)


def test_every_edit_is_told_with_its_place_before_and_now(compared):
    found, _, changes = compared
    told = {edit.key: (edit.old, edit.new) for edit in found.edits}
    assert told == {
        "mrr_policy": (None, "{trialing: include}"),
        "fields.seats.value": ("stripe.seats", "stripe.seats * 2"),
        "fields.seats.limit": (None, "50%"),
        "fields.plan.value": ("stripe.plan", "CASE WHEN stripe.seats > 50 THEN stripe.plan END"),
        "fields.open_tickets": ("{value: zendesk.open_tickets, limit: 100%}", None),
        "models.default.parts.roi.weight": ("35", "75"),
    }
    for edit in found.edits:
        if edit.new is not None:
            name, _, line = edit.place.partition(":")
            written = Path(changes["SYNCER_PROJECT"], name).read_text("utf-8").splitlines()[int(line) - 1]
            assert any(part in written for part in edit.key.split(".")[-2:]), edit


def test_values_change_by_the_files_alone(compared):
    """Neither what sources changed since nor what a person did stands in it, and nobody is asked."""
    found, calls, _ = compared
    assert calls == []
    assert (found.accounts, found.as_of) == (60, "2026-11-04T09:00:00Z")
    fields = by_field(found)
    assert {"wau", "mau", "last_seen", "csat_pct"} & fields.keys() == set()
    assert (fields["seats"].accounts, fields["seats"].down) == (fields["seats"].up, 0)
    for mover in fields["seats"].movers:
        assert int(mover.new) == 2 * int(mover.old)
    assert fields["seats"].movers[0].account == "Falcon Security"
    plan = fields["plan"]
    assert (plan.cleared, plan.empties) == (plan.accounts, True)
    assert {group.new for group in plan.groups} == {None}
    assert fields["open_tickets"].status == "removed"
    bands = [(group.old, group.new) for group in fields["health_band"].groups]
    assert ("caution", "healthy") in bands
    assert fields["mrr"].up == fields["mrr"].accounts > 0


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_people_read_it(compared, story, form):
    _, _, changes = compared
    said = story.stage.command("plan", "--against", "last", "--format", form, "--exit-code", changes={**changes, "COLUMNS": "80"})
    assert said.code == 10
    words = " ".join(said.out.split())
    for part in ("stripe.seats", "caution → healthy", "are emptied", "is not written any more", "若葉薬品株式会社"):
        assert part in words
    if form == "text":
        assert [line for line in said.out.splitlines() if sum(1 + (ord(char) > 0x2E80) for char in line.rstrip()) > 80] == []


def test_json_is_the_value(compared, story):
    found, _, changes = compared
    [line] = story.stage.command("plan", "--against", "last", "--json", changes=changes).out.splitlines()
    told = json.loads(line)
    assert (told["crm"], told["against"], told["run"]) == ("salesforce", "last", found.run)
    assert [field["field"] for field in told["fields"]] == [each.field for each in found.fields]


def test_another_folder_can_be_compared_with(compared, story):
    """As a check of a pull request does, with the main branch checked out beside it."""
    found, _, changes = compared
    with story.stage.run(changes) as run:
        [other] = against(run, str(story.stage.folder))
    assert (other.edits, other.fields) == (found.edits, found.fields)
    said = story.stage.command("plan", "--against", "nowhere", changes=changes)
    assert (said.code, said.err) == (
        2,
        "syncer: --against nowhere: there is no such folder; write last, or a folder with mappings/ or field_specs/ in it\n",
    )
    narrowed = story.stage.command("plan", "--against", "last", "--field", "mrr", changes=changes)
    assert (narrowed.code, narrowed.out) == (2, "")


def test_comments_and_spelling_are_no_edits():
    before = {"mappings/account.yaml": "fields:\n  mrr: stripe.mrr\n  arr: {value: stripe.arr}\n"}
    after = {"mappings/account.yaml": "# ours\nfields:\n  arr: stripe.arr\n  mrr: 'stripe.mrr'  # in the customer's currency\n"}
    assert edits(before, after) == []
    tables = edits({"mappings/rates.csv": "a\nb\n"}, {"mappings/rates.csv": "a\nb\nc\n"})
    assert [(edit.place, edit.old, edit.new) for edit in tables] == [("mappings/rates.csv:3", "2 lines", "3 lines")]


def test_before_the_first_sync_there_is_nothing_to_compare_with(story, tmp_path):
    said = story.stage.command("plan", "--against", "last", changes={**story.alone, "SYNCER_STATE": str(tmp_path)})
    assert (said.code, said.err) == (
        2,
        "syncer: there was no sync of Salesforce yet, so nothing to compare with; run `syncer sync` first\n",
    )
