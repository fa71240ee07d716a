"""Where money cannot be told in a record's currency, or a CRM has one currency only: held with the reason, never a wrong figure."""

from __future__ import annotations

from decimal import Decimal

import pytest
from currency_stage import RATES, REPORT_USD, account_id, money_stage, shown, write
from stage import writes

from syncer.words.errors import LimitExceeded

GAPS = [("usd", "chf"), ("chf", "eur"), ("usd", "usd"), ("jpy", "chf"), *[("eur", "usd")] * 22]


@pytest.fixture(scope="module")
def several(tmp_path_factory):
    """Salesforce alone; nobody wrote a rate of Swiss francs, and the customer `jpy in chf` pays nothing any more."""
    with money_stage(tmp_path_factory.mktemp("stage"), GAPS) as stage:
        stage.settings |= write(stage, RATES)
        stage.stripe("DELETE", "/v1/subscriptions/sub_3")
        yield stage, stage.act(stage.without("hubspot"))


def held(act, crm="salesforce"):
    return {(found.name, found.fields, found.reason) for found in act.results[crm].plan.held}


def test_a_value_without_a_rate_is_held_and_the_rate_named(several):
    hint = "of 2026-11-01 or before; add one to mappings/rates.csv"
    _, act = several
    local = {found for found in held(act) if hint in found[2]}
    assert local == {
        ("usd in chf", ("mrr_reporting", "mrr_local"), f"there is no rate from USD to CHF {hint}"),
        ("chf in eur", ("mrr_local",), f"there is no rate from CHF to EUR {hint}"),
    }
    assert {fields for name, fields, _ in held(act) - local if name == "chf in eur"} == {("mrr_reporting", "mrr_rate_date")}


def test_the_others_are_written_and_nothing_needs_no_rate(several):
    local = shown(several[1], "salesforce", "MRR_Local__c")
    assert local == {"usd in chf": None, "chf in eur": None, "usd in usd": 100, "jpy in chf": 0, "eur in usd": Decimal("271.24")}


def test_explain_names_the_rate(several):
    stage, _ = several
    told = " ".join(stage.command("explain", account_id(("eur", "usd"), GAPS), "mrr_local").out.split())
    assert "stripe.mrr 249.99 EUR" in told
    assert "1 EUR in USD 1.085 of 2026-10-31" in told
    gap = " ".join(stage.command("explain", "usd in chf", "mrr_local").out.split())
    assert "held because there is no rate from USD to CHF" in gap


def test_a_rate_that_would_change_too_much_stops_the_run(several):
    stage, _ = several
    write(stage, {"eur": "9.9"}, day="2026-11-01")
    before = stage.crm("salesforce")
    with pytest.raises(LimitExceeded, match="mrr_local"):
        stage.sync(stage.without("hubspot"))
    assert stage.crm("salesforce") == before


@pytest.fixture
def single(tmp_path):
    """An organisation of one currency, and HubSpot."""
    with money_stage(tmp_path, [("usd", "usd"), ("eur", "eur")], several=False) as stage:
        stage.settings |= write(stage, RATES)
        yield stage


def test_an_organisation_of_one_currency_gets_no_amount_in_another(single):
    act = single.act()
    hint = "map stripe.mrr_reporting to it, or make it a number field"
    for crm in ("salesforce", "hubspot"):
        assert held(act, crm) == {("eur in eur", ("mrr_local",), f"Local MRR is in EUR and the CRM keeps USD; {hint}")}
    assert shown(act, "salesforce", "MRR_Local__c") == {"usd in usd": 100, "eur in eur": None}
    assert shown(act, "salesforce", "MRR_Reporting__c") == {"usd in usd": 100, "eur in eur": Decimal("271.24")}
    write(single, None, "")
    act = single.act()
    assert held(act) == set()
    assert shown(act, "salesforce", "MRR_Local__c") == {"usd in usd": 100, "eur in eur": Decimal("249.99")}
    assert writes(single.act().calls) == []


def test_rates_of_a_crm_that_has_none_are_a_mistake(single):
    write(single, None, f"{REPORT_USD}\nrates: salesforce.rate")
    told = single.command("sync")
    assert told.code == 2
    assert told.err == (
        "syncer: Salesforce: there is no salesforce.rate, as this organisation has not turned on several currencies "
        "(or hides them from this user); "
        "write rates: rates.csv in mappings/account.yaml, and the rates into that file\n"
    )
    told = single.command("sync", changes=single.without("salesforce"))
    assert told.code == 2
    assert told.err == (
        "syncer: mappings/account.yaml takes its rates from salesforce.rate, and salesforce is not set up; "
        "add its section to syncer.yaml, or write rates: rates.csv\n"
    )
