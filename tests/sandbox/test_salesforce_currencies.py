"""An organisation of several currencies: each record has one of its own, and the rates can be asked for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from salesforce_org import ACME, BETA, Org, organisation

RATES = {"corporate": "USD", "rates": {"EUR": "0.92", "JPY": "151.5"}}
CODE = "CurrencyIsoCode"


@pytest.fixture
def org() -> Iterator[Org]:
    with organisation() as org:
        yield org


@pytest.fixture
def several(org: Org) -> Org:
    org.standin.load({"currencies": RATES, "Account": [{"Id": BETA, CODE: "JPY"}]})
    return org


def test_one_currency_means_no_code_and_no_rates(org: Org) -> None:
    fields = {field["name"] for field in org.json("GET", "/sobjects/Account/describe")["fields"]}
    assert CODE not in fields
    for name in ("CurrencyType", "DatedConversionRate"):
        refused = org.call("GET", "/query", params={"q": f"SELECT IsoCode FROM {name}"})
        assert (refused.status_code, refused.json()[0]["errorCode"]) == (400, "INVALID_TYPE")


def test_every_record_has_a_currency_the_corporate_one_if_not_said(several: Org) -> None:
    told = next(field for field in several.json("GET", "/sobjects/Account/describe")["fields"] if field["name"] == CODE)
    assert (told["type"], told["length"], told["updateable"], told["defaultedOnCreate"]) == ("picklist", 3, True, True)
    assert [option["value"] for option in told["picklistValues"]] == ["USD", "EUR", "JPY"]
    assert [several.values(record, CODE) for record in (ACME, BETA)] == [["USD"], ["JPY"]]
    new = several.json("POST", "/sobjects/Account", json={"Name": "New"})["id"]
    assert several.values(new, CODE) == ["USD"]
    assert several.query(f"SELECT Id FROM Account WHERE {CODE} = 'JPY'")["totalSize"] == 1


def test_a_person_changes_the_currency_and_the_amounts_stay(several: Org) -> None:
    several.json("PATCH", f"/sobjects/Account/{ACME}", json={CODE: "EUR"})
    assert several.values(ACME, CODE, "MRR__c") == ["EUR", 1200.5]
    refused = several.call("PATCH", f"/sobjects/Account/{ACME}", json={CODE: "CHF"})
    assert refused.json()[0]["errorCode"] == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"


def rates(org: Org) -> dict[str, tuple[float, str]]:
    found = org.query("SELECT IsoCode, ConversionRate, LastModifiedDate FROM CurrencyType")["records"]
    return {rate["IsoCode"]: (rate["ConversionRate"], rate["LastModifiedDate"][:10]) for rate in found}


def test_rates_are_told_with_the_day_of_their_last_change(several: Org) -> None:
    assert rates(several) == {"USD": (1, "2026-11-01"), "EUR": (0.92, "2026-11-01"), "JPY": (151.5, "2026-11-01")}
    several.clock.advance(3 * 86_400)
    several.log_in()
    several.standin.load({"currencies": {"corporate": "USD", "rates": {"EUR": "0.9", "JPY": "151.5"}}})
    assert rates(several) == {"USD": (1, "2026-11-01"), "EUR": (0.9, "2026-11-04"), "JPY": (151.5, "2026-11-01")}
    corporate = several.query("SELECT IsoCode FROM CurrencyType WHERE IsCorporate = true")["records"]
    assert [rate["IsoCode"] for rate in corporate] == ["USD"]


def test_dated_rates_are_there_with_advanced_currency_management_only(several: Org) -> None:
    asked = {"q": "SELECT IsoCode, StartDate, ConversionRate FROM DatedConversionRate ORDER BY StartDate"}
    assert several.call("GET", "/query", params=asked).json()[0]["errorCode"] == "INVALID_TYPE"
    dated = [{"IsoCode": "EUR", "StartDate": day, "ConversionRate": rate} for day, rate in (("2026-10-01", "0.9"), ("2026-01-01", "0.8"))]
    several.standin.load({"currencies": {"corporate": "USD", "dated": dated}})
    found = several.json("GET", "/query", params=asked)["records"]
    assert [(rate["StartDate"], rate["ConversionRate"]) for rate in found] == [("2026-01-01", 0.8), ("2026-10-01", 0.9)]
