"""What money of a currency field is in: told by the facts and the fields that its expression uses."""

from __future__ import annotations

import pytest

from syncer.cli import setup
from syncer.core.conversion import RECORD, REPORTING
from syncer.words.errors import FileProblems

SPECS = """
own: {label: Own, type: number, scale: 2, help: Own., salesforce: Own__c}
base: {label: Base, type: currency, scale: 2, help: Base., salesforce: Base__c}
asked: {label: Asked, type: currency, scale: 2, help: Asked., salesforce: Asked__c}
"""
MAPPING = """
to: account
match:
  stripe:
    - id = id
fields:
  own: stripe.mrr
  base: stripe.mrr_reporting
  asked: VALUE
"""


def field(folder, value, own="stripe.mrr"):
    mapping = MAPPING.replace("own: stripe.mrr", f"own: {own}").replace("VALUE", value)
    for name, text in (("field_specs/account.yaml", SPECS), ("mappings/account.yaml", mapping)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return setup.project(folder).fields[-1]


@pytest.mark.parametrize(
    ("value", "unit"),
    [
        ("stripe.mrr", "stripe.currency"),
        ("stripe.mrr * 12", "stripe.currency"),
        ("stripe.mrr - stripe.mrr_change", "stripe.currency"),
        ("own * 12", "stripe.currency"),
        ("stripe.mrr - own", "stripe.currency"),
        ("stripe.mrr_reporting", REPORTING),
        ("CASE WHEN stripe.seats > 5 THEN stripe.mrr_reporting END", REPORTING),
        ("base * 12", RECORD),
        ("base - prev.base", RECORD),
        ("prev.asked", RECORD),
        ("own - prev.own", "stripe.currency"),
        ("stripe.seats * 10", None),
    ],
)
def test_one_kind_of_money_says_what_a_value_is_in(value, unit, tmp_path):
    found = field(tmp_path, value)
    assert found.currency == unit
    assert found.converts_from == (None if unit == RECORD else unit)


def test_a_number_field_that_keeps_its_money_is_money(tmp_path):
    found = field(tmp_path, "stripe.mrr", own="COALESCE(stripe.mrr, prev.own)")
    assert found.currency == "stripe.currency"
    with pytest.raises(FileProblems, match=r"- mixes money \(stripe.mrr\) and number \(own\)"):
        field(tmp_path, "stripe.mrr - own", own="COALESCE(prev.own, 5)")


def test_a_value_is_held_with_the_field_that_it_is_made_of(tmp_path):
    assert "base__unconverted" in field(tmp_path, "base * 12").held_by


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        ("stripe.mrr - stripe.mrr_reporting", "stripe.mrr (in stripe.currency) and stripe.mrr_reporting (in the reporting currency)"),
        ("own + stripe.mrr_reporting", "own (in stripe.currency) and stripe.mrr_reporting (in the reporting currency)"),
        ("COALESCE(stripe.mrr, prev.asked)", "prev.asked (in the record's currency) and stripe.mrr (in stripe.currency)"),
        ("base + stripe.mrr_reporting", "base (in the record's currency) and stripe.mrr_reporting (in the reporting currency)"),
    ],
)
def test_money_of_two_kinds_is_a_mistake(value, parts, tmp_path):
    with pytest.raises(FileProblems) as caught:
        field(tmp_path, value)
    said = f"asked: a currency field is in one currency, and this uses {parts}; use one of them, or make it a number field"
    assert said in str(caught.value)
