"""Money in an organisation of several currencies: each record has its own, and gets its figures in it."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace

import pytest
from currency_stage import MAJOR, PAIRS, RATES, REPORT_USD, account_id, half_up, money_stage, shown, write
from stage import writes

WORTH = {code: Fraction(rate) for code, rate in RATES.items()}
BY_SALESFORCE = {"usd": Fraction(1), "eur": 1 / Fraction("0.9"), "jpy": Fraction(1, 150), "bhd": 1 / Fraction("0.4")}
DAY = 86_400


def local(worth):
    """MRR of each customer in the currency of each record."""
    return {f"{code} in {record}": half_up(MAJOR[code] * worth[code] / worth[record], 2).normalize() for code, record in PAIRS}


def reporting(worth):
    """MRR in dollars and whole cents, and that in the currency of each record."""
    cents = {code: Fraction(half_up(MAJOR[code] * worth[code], 2)) for code in MAJOR}
    return {f"{code} in {record}": half_up(cents[code] / worth[record], 3).normalize() for code, record in PAIRS}


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """A sync, a second, one after a person gave a record another currency, one with a newer rate, one with Salesforce's own rates, one
    after these changed, and one with dated ones."""
    with money_stage(tmp_path_factory.mktemp("stage")) as stage:
        stage.settings |= write(stage, RATES)
        acts = SimpleNamespace(first=stage.act())
        stage.later(3600)
        acts.second = stage.act()
        alone = stage.without("hubspot")
        stage.set_in_crm("salesforce", account_id(("eur", "usd")), {"CurrencyIsoCode": "JPY"})
        acts.moved = stage.act(alone)
        stage.set_in_crm("salesforce", account_id(("eur", "usd")), {"CurrencyIsoCode": "USD"})
        stage.sync(alone)
        write(stage, {"eur": "1.2"}, day="2026-11-02")
        acts.too_early = stage.act(alone)
        stage.later(DAY)
        acts.newer = stage.act()
        write(stage, None, f"{REPORT_USD}\nrates: salesforce.rate")
        acts.by_salesforce = stage.act(alone)
        stage.world.load(
            {"salesforce": {"currencies": {"corporate": "USD", "rates": {"EUR": "0.95", "JPY": "150", "BHD": "0.4", "CHF": "1"}}}}
        )
        acts.changed_there = stage.act(alone)
        dated = [
            {"IsoCode": code, "StartDate": day, "ConversionRate": rate}
            for code, day, rate in (("USD", "2026-01-01", "1"), ("EUR", "2026-01-01", "0.8"), ("EUR", "2026-11-01", "0.85"),
                                    ("EUR", "2027-01-01", "0.1"), ("JPY", "2026-10-01", "140"), ("BHD", "2026-10-01", "0.38"))
        ]  # fmt: skip
        stage.world.load({"salesforce": {"currencies": {"corporate": "USD", "dated": dated}}})
        write(stage, None, f"{REPORT_USD}\nrates: salesforce.dated_rate")
        acts.dated = stage.act(alone)
        yield acts


def test_a_currency_field_is_in_the_currency_of_its_record(story):
    assert shown(story.first, "salesforce", "MRR_Local__c") == local(WORTH)


def test_the_reporting_figure_is_told_in_the_currency_of_its_record_too(story):
    assert shown(story.first, "salesforce", "MRR_Reporting__c") == reporting(WORTH)


def test_number_fields_are_never_converted(story):
    expected = {f"{code} in {record}": half_up(MAJOR[code], 3).normalize() for code, record in PAIRS}
    assert shown(story.first, "salesforce", "MRR__c") == expected
    assert shown(story.first, "hubspot", "syncer_mrr") == expected


def test_the_day_of_the_rate_stands_beside_the_figure(story):
    days = {values["Name"]: values["MRR_Rate_Date__c"] for values in story.first.after["salesforce"].values()}
    assert days == {f"{code} in {record}": None if code == "usd" else "2026-10-31" for code, record in PAIRS}


def test_a_crm_of_one_currency_gets_the_reporting_figure_as_it_is(story):
    dollars = {name: amount for name, amount in reporting(WORTH).items() if name.endswith(" in usd")}
    by_customer = {name.partition(" ")[0]: amount for name, amount in dollars.items()}
    expected = {f"{code} in {record}": by_customer[code] for code, record in PAIRS}
    assert shown(story.first, "hubspot", "syncer_mrr_reporting") == expected


def test_a_crm_of_one_currency_gets_no_field_in_another(story):
    assert shown(story.first, "hubspot", "syncer_arr") == {
        f"{code} in {record}": half_up(MAJOR["usd"], 2).normalize() if code == "usd" else None for code, record in PAIRS
    }
    held = {found.reason for found in story.first.results["hubspot"].plan.held}
    hint = "map stripe.mrr_reporting to it, or make it a number field"
    assert held == {f"Local MRR is in {code} and the CRM keeps USD; {hint}" for code in ("EUR", "JPY", "BHD")}


def test_a_second_sync_writes_nothing(story):
    assert writes(story.second.calls) == []


def test_a_record_that_got_another_currency_gets_its_figures_in_it(story):
    assert changed(story.moved, "salesforce") == {("eur in usd", "mrr_local"), ("eur in usd", "mrr_reporting")}
    figures = [shown(story.moved, "salesforce", name)["eur in usd"] for name in ("MRR_Local__c", "MRR_Reporting__c")]
    assert figures == [local(WORTH)["eur in jpy"], reporting(WORTH)["eur in jpy"]]


def test_a_rate_counts_from_its_day_on_and_changes_only_what_it_is_used_for(story):
    assert writes(story.too_early.calls) == []
    worth = {**WORTH, "eur": Fraction("1.2")}
    assert shown(story.newer, "salesforce", "MRR_Local__c") == local(worth)
    assert shown(story.newer, "salesforce", "MRR_Reporting__c") == reporting(worth)
    assert {name for name, field in changed(story.newer, "salesforce") if field == "mrr_local"} == {
        f"{code} in {record}" for code, record in PAIRS if "eur" in (code, record) and code != record
    }
    assert {field for _, field in changed(story.newer, "salesforce")} == {"mrr_local", "mrr_reporting", "mrr_rate_date"}
    assert {field for _, field in changed(story.newer, "hubspot")} == {"mrr_reporting", "mrr_rate_date"}


def test_salesforce_s_own_rates_give_what_salesforce_itself_would(story):
    assert shown(story.by_salesforce, "salesforce", "MRR_Local__c") == local(BY_SALESFORCE)
    assert shown(story.by_salesforce, "salesforce", "MRR_Reporting__c") == reporting(BY_SALESFORCE)
    worth = {**BY_SALESFORCE, "eur": 1 / Fraction("0.95")}
    assert shown(story.changed_there, "salesforce", "MRR_Local__c") == local(worth)


def test_dated_rates_count_from_their_day_on(story):
    worth = {"usd": Fraction(1), "eur": 1 / Fraction("0.85"), "jpy": Fraction(1, 140), "bhd": 1 / Fraction("0.38")}
    assert shown(story.dated, "salesforce", "MRR_Local__c") == local(worth)
    days = {values["Name"]: values["MRR_Rate_Date__c"] for values in story.dated.after["salesforce"].values()}
    assert days["eur in usd"] == "2026-11-01"
    assert days["jpy in eur"] == "2026-10-01"


def changed(act, crm):
    """The cells of a plan: name of the record, field."""
    names = {key: values.get("Name") or values.get("name") for key, values in act.after[crm].items()}
    return {(names[change.id], cell.field) for change in act.results[crm].plan.changes for cell in change.cells}
