"""A plan travels whole or not at all; its fingerprint rests on what would be written where, on nothing else."""

import json
import re
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from syncer.core.plan import Cell, with_reasons
from syncer.core.plan_file import plan_json, read_plan
from syncer.words.errors import UsageError

CASES = sorted((Path(__file__).parent / "cases").iterdir())
BODY = (Path(__file__).parent / "cases" / "changes" / "plan.json").read_bytes()
GUIDE = Path(__file__).parents[2] / "mappings" / "PLAN.md"


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_what_is_written_is_read_again(case):
    plans = read_plan((case / "plan.json").read_bytes(), "plan.json")
    assert read_plan(plan_json(plans), "plan.json") == plans


def changed(*path_and_value):
    *path, last, value = path_and_value
    document = json.loads(BODY)
    place = document
    for step in path:
        place = place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return json.dumps(document).encode()


CELL = ("plans", 0, "plan", "changes", 0, "cells", 0)
TWICE = json.dumps({"format": 1, "plans": 2 * json.loads(BODY)["plans"]}).encode()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "is not a plan"),
        (b"\xff\xfe", "is not a plan"),
        (b"# a plan\n", "is not a plan"),
        (b'{"crm": "salesforce"}', "is not a plan"),
        (b'{"format": 1, "x": ' + b"[" * 100_000, "is not a plan"),
        (b'{"format": 2, "plans": []}', "is of form 2 and this syncer reads form 1"),
        (b'{"format": 1, "plans": []}', "does not hold one plan for each CRM"),
        (TWICE, "does not hold one plan for each CRM"),
        (BODY[:-20], "is not a plan"),
        (changed(*CELL, "new", 5), "is damaged (Expected `str | null`, got `int` - at `$.plans[0].plan.changes[0].cells[0].new`)"),
        (changed(*CELL, "field", None), "is damaged (Object missing required field `field`"),
        (changed(*CELL, "more", "x"), "is damaged (Object contains unknown field `more`"),
        (changed("plans", 0, "kind", "destroy"), "is damaged (Invalid enum value 'destroy'"),
        (changed(*CELL, "new", "1"), "was altered after it was made: its values for salesforce do not fit its fingerprint"),
        (changed("plans", 0, "fingerprint", ""), "was altered"),
    ],
)
def test_a_file_that_is_no_whole_plan_is_refused_in_one_sentence(body, said):
    with pytest.raises(UsageError) as refused:
        read_plan(body, "p.json")
    sentence = str(refused.value)
    assert sentence.startswith(f"p.json {said}")
    assert sentence.count("\n") == 0
    assert "syncer plan --out plan.json" in sentence


def plan():
    return read_plan(BODY, "plan.json")[0].plan


@pytest.mark.parametrize(
    "same",
    [
        lambda plan: with_reasons(plan, {(plan.changes[0].id, "mrr"): "another reason"}),
        lambda plan: replace(plan, changes=plan.changes[::-1]),
        lambda plan: replace(plan, changes=tuple(replace(change, name="?", cells=change.cells[::-1]) for change in plan.changes)),
        lambda plan: replace(plan, as_of=1, accounts=2, held=(), matched={}, fields=()),
        lambda plan: replace(plan, changes=tuple(replace(c, cells=tuple(replace(x, unit=None) for x in c.cells)) for c in plan.changes)),
    ],
)
def test_a_fingerprint_does_not_rest_on_what_is_only_told(same):
    assert same(plan()).fingerprint == plan().fingerprint


@pytest.mark.parametrize(
    "other",
    [
        lambda plan: replace(plan, crm="hubspot"),
        lambda plan: replace(plan, changes=plan.changes[1:]),
        lambda plan: replace(plan, changes=(replace(plan.changes[0], id="another"), *plan.changes[1:])),
        lambda plan: replace(plan, changes=(replace(plan.changes[0], cells=(Cell("mrr", "3686", None),)), *plan.changes[1:])),
    ],
)
def test_a_fingerprint_rests_on_what_would_be_written(other):
    assert other(plan()).fingerprint != plan().fingerprint


def test_reasons_are_given_by_record_and_field():
    ember, willow, _ = with_reasons(plan(), {("0015g000008PjTpAAK", "mrr"): "more seats"}).changes
    assert {cell.field: cell.reason for cell in ember.cells}.items() >= {"mrr": "more seats", "seats": None}.items()
    assert {cell.reason for cell in willow.cells} == {None}


def keys(value):
    """Every key below, without names that are data: vendors and sources."""
    if isinstance(value, dict):
        for key, below in value.items():
            if key not in ("salesforce", "hubspot", "stripe", "mixpanel", "zendesk"):
                yield key
            yield from keys(below)
    elif isinstance(value, list):
        for below in value:
            yield from keys(below)


def test_the_guide_names_every_key_and_no_other():
    rows = re.findall(r"^\| `([\w.]+)`", GUIDE.read_text().split("## The file")[1], re.MULTILINE)
    told = {key for row in rows for key in row.split(".")}
    assert told == {key for case in CASES for key in keys(msgspec.json.decode((case / "plan.json").read_bytes()))}
