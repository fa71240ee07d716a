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


def field(folder, value, own="stripe.mrr", type_="currency"):
    mapping = MAPPING.replace("own: stripe.mrr", f"own: {own}").replace("VALUE", value)
    specs = SPECS.replace("label: Asked, type: currency", f"label: Asked, type: {type_}")
    for name, text in (("field_specs/account.yaml", specs), ("mappings/account.yaml", mapping)):
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
    with pytest.raises(FileProblems, match=r"- takes number \(own\) from money in stripe.currency \(stripe.mrr\)"):
        field(tmp_path, "stripe.mrr - own", own="COALESCE(prev.own, 5)")


def test_a_value_is_held_with_the_field_that_it_is_made_of(tmp_path):
    assert "base__unconverted" in field(tmp_path, "base * 12").held_by


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (
            "stripe.mrr - stripe.mrr_reporting",
            "- takes money in the reporting currency (stripe.mrr_reporting) from money in stripe.currency (stripe.mrr)",
        ),
        (
            "own + stripe.mrr_reporting",
            "+ adds money in stripe.currency (own) to money in the reporting currency (stripe.mrr_reporting)",
        ),
        (
            "COALESCE(stripe.mrr, prev.asked)",
            "COALESCE mixes money in stripe.currency (stripe.mrr) and money in the record's currency (prev.asked)",
        ),
        (
            "base + stripe.mrr_reporting",
            "+ adds money in the record's currency (base) to money in the reporting currency (stripe.mrr_reporting)",
        ),
        (
            "CASE WHEN stripe.seats > 5 THEN stripe.mrr ELSE base END",
            "CASE mixes money in stripe.currency (stripe.mrr) and money in the record's currency (base)",
        ),
    ],
)
def test_money_of_two_currencies_is_a_mistake(value, said, tmp_path):
    with pytest.raises(FileProblems) as caught:
        field(tmp_path, value)
    assert f"asked: {said}; use money in one currency" in str(caught.value)


def test_a_number_field_is_no_place_for_two_currencies_either(tmp_path):
    assert field(tmp_path, "COALESCE(stripe.mrr, prev.asked)", type_="number").currency == "stripe.currency"
    with pytest.raises(FileProblems, match="use money in one currency"):
        field(tmp_path, "stripe.mrr - stripe.mrr_reporting", type_="number")


def test_money_that_is_only_looked_at_does_not_say_what_a_value_is_in(tmp_path):
    assert field(tmp_path, "CASE WHEN stripe.mrr > 100 THEN stripe.mrr_reporting END").currency == REPORTING
    assert field(tmp_path, "CASE WHEN stripe.mrr > 100 THEN 5 END").currency is None
    assert field(tmp_path, "PCT(own, stripe.arr) + stripe.discount_percent", type_="number").unit == "%"


def test_a_field_hands_its_unit_on(tmp_path):
    with pytest.raises(FileProblems, match=r"\+ adds days \(own\) to seats \(stripe.seats\); give each a field of its own"):
        field(tmp_path, "own + stripe.seats", own="DAYS_BETWEEN(stripe.started_on, TODAY())", type_="number")
    with pytest.raises(FileProblems, match=r"- takes months \(stripe.tenure_months\) from days \(prev.own\); count both with DAYS_BETWEEN"):
        field(tmp_path, "prev.own - stripe.tenure_months", own="DAYS_BETWEEN(stripe.started_on, TODAY())", type_="number")
