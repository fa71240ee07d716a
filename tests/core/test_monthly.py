"""Monthly metrics: the text of each field, and what is wrong with their files, with its place."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from syncer.core.churn import Logo, Period
from syncer.core.monthly import MEASURES, compile_monthly, deserted
from syncer.specs.account import FieldSpec
from syncer.specs.reader import Page
from syncer.specs.shipped import page

NAMES = ("field_specs/monthly_metric.yaml", "mappings/monthly_metric.yaml")
SPECS, MAPPING = (page(Path("/none"), name) for name in NAMES)
PLAN = FieldSpec(label="Plan", type="picklist", open=True, help="", salesforce="Plan__c")


def period(**given):
    known = {"from_month": "2026-09", "to_month": "2026-10", "currency": "usd", "segment": "contract_size", "band": "100-1000"}
    amounts = dict.fromkeys(("start", "new", "expansion", "contraction", "churn", "reactivation", "fx", "end"), Fraction(0))
    rates = dict.fromkeys(("gross", "net", "nrr", "grr", "quick_ratio"))
    return Period(**{**known, **amounts, **rates, "unknown": 0, "logo": Logo(0, 0, None), "movements": {}, **given})


def shipped():
    monthly, problems = compile_monthly(SPECS, MAPPING, {})
    assert problems == []
    return monthly


def values(crm="hubspot", **given):
    return shipped().record(crm, period(**given), "2026-11").values


@pytest.mark.parametrize(("given", "field", "text"), [
    ({"start": Fraction(123_456)}, "mrr_start", "1234.56"),
    ({"start": Fraction(123_456), "currency": "jpy"}, "mrr_start", "123456"),
    ({"start": Fraction(123_456), "currency": "bhd"}, "mrr_start", "123.456"),
    ({"fx": Fraction(-100, 3)}, "mrr_fx", "-0.333"),
    ({"fx": Fraction(-1, 20)}, "mrr_fx", "-0.001"),
    ({"fx": Fraction(-1, 21)}, "mrr_fx", "0"),
    ({"nrr": Fraction(9, 8)}, "nrr_pct", "112.5"),
    ({"net": Fraction(-1, 20_000)}, "net_churn_pct", "-0.01"),
    ({"grr": None}, "grr_pct", None),
    ({"quick_ratio": Fraction(1, 3)}, "quick_ratio", "0.33"),
    ({"logo": Logo(7, 2, Fraction(2, 7))}, "logo_churn_pct", "28.57"),
    ({"logo": Logo(7, 2, Fraction(2, 7))}, "accounts_churned", "2"),
    ({"unknown": 3}, "accounts_unknown", "3"),
    ({}, "month", "2026-10-01"),
    ({}, "closed", "true"),
    ({"to_month": "2026-11"}, "closed", "false"),
    ({}, "currency", "USD"),
    ({"segment": "all", "band": None}, "band", "all"),
    ({"segment": "all", "band": None}, "name", "2026-10 · all · USD"),
    ({}, "name", "2026-10 · contract size 100-1000 · USD"),
    ({"segment": "plan", "band": "x" * 90}, "name", f"2026-10 · plan {'x' * 58}… · USD"),
])  # fmt: skip
def test_a_field_says(given, field, text):
    assert values(**given)[field] == text
    assert len(values(**given)["name"]) <= 80


def test_a_record_is_found_by_month_segment_band_and_currency_in_either_crm():
    keys = {shipped().record(crm, period(), "2026-11").key for crm in ("salesforce", "hubspot")}
    assert keys == {"2026-10:contract_size:100-1000:usd"}
    assert shipped().record("hubspot", period(segment="all", band=None), "2026-11").key == "2026-10:all:all:usd"


def test_a_band_that_nobody_is_in_any_more_has_zeros_and_no_rates():
    found = shipped().record("salesforce", deserted(period().key), "2026-11").values
    assert {text for name, text in found.items() if name.startswith(("MRR_", "Accounts_"))} == {"0"}
    assert {text for name, text in found.items() if name.endswith("_Pct__c") or name == "Quick_Ratio__c"} == {None}


def test_every_measure_is_mapped_as_shipped():
    assert set(shipped().mapping.fields.values()) == set(MEASURES)


def problems(specs=SPECS.text, mapping=MAPPING.text, accounts=None):
    found, said = compile_monthly(Page(NAMES[0], specs), Page(NAMES[1], mapping), accounts or {})
    assert found is None
    return [str(problem) for problem in said]


def test_a_wrong_measure_field_or_kind_is_said_with_its_place():
    wrong = MAPPING.text.replace("nrr_pct: nrr", "nrr_pct: nrrr").replace("  fx: fx", "  fxx: fx").replace("closed: closed", "closed: end")
    assert problems(mapping=wrong) == [
        f"{NAMES[1]}:23:8: there is no field fxx in field_specs/monthly_metric.yaml; did you mean fx?",
        f"{NAMES[1]}:31:12: nrr_pct: there is no measure nrrr; did you mean nrr?",
        f"{NAMES[1]}:34:11: closed is a checkbox field and takes yes/no, but end is number",
    ]


def test_a_segment_must_be_one_of_ours_or_a_mapped_picklist_that_each_crm_has():
    wrong = MAPPING.text.replace("[contract_size, tenure]", "[plan, contract_sise]")
    hint = "neither contract_size nor tenure nor a mapped picklist field; did you mean contract_size?"
    assert problems(mapping=wrong, accounts={"plan": PLAN}) == [
        f"{NAMES[1]}:8:14: the field plan has no hubspot name, so it cannot divide the customers there",
        f"{NAMES[1]}:8:20: contract_sise is no segment: {hint}",
    ]


def test_names_are_used_once_and_the_key_has_one_where_the_object_has():
    twice = SPECS.text.replace("hubspot: mrr_end", "hubspot: mrr_start").replace("  salesforce: Key__c\n", "")
    said = problems(specs=twice)
    assert said[0] == f"{NAMES[0]}:9:3: the key has no salesforce name, so no record can be found there; give it one"
    assert said[1].endswith("mrr_start is already the hubspot name of start; each field needs one of its own")
