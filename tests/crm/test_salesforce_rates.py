"""Currencies of Salesforce's records and its exchange rates, over HTTP against the stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from crm_bench import Bench, salesforce

from syncer.words.errors import UsageError

TODAY = date(2026, 11, 1)


@pytest.fixture
def bench() -> Iterator[Bench]:
    with salesforce(2) as bench:
        yield bench


def currencies_of(bench: Bench) -> list[str | None]:
    return [row.currency for page in bench.crm.read([bench.fields["number"]], None) for row in page.rows]


def test_rows_say_their_currency_where_records_have_one(bench: Bench) -> None:
    assert currencies_of(bench) == [None, None]
    bench.load("currencies", {"corporate": "USD", "rates": {"EUR": "0.92"}})
    bench.load("Account", [{"Id": bench.ids[0], "CurrencyIsoCode": "EUR"}])
    bench.crm.describe()
    assert currencies_of(bench) == ["eur", "usd"]


def test_rates_are_of_the_corporate_currency_and_exact(bench: Bench) -> None:
    bench.load("currencies", {"corporate": "EUR", "rates": {"USD": "1.085", "JPY": "164.123456"}})
    page = bench.crm.rates("salesforce.rate")
    rows = {row[1]: row for row in page.rows["salesforce.rate"]}
    day = rows["usd"][2]
    assert rows == {"usd": ("eur", "usd", day, Decimal("1.085")), "jpy": ("eur", "jpy", day, Decimal("164.123456"))}
    assert (page.begins, page.completes) == ([], [])


def test_dated_rates_are_read_to_the_end_and_stand_for_all_there_are(bench: Bench) -> None:
    days = [(TODAY - timedelta(back)).isoformat() for back in range(2_001)]
    dated = [{"IsoCode": "EUR", "StartDate": day, "ConversionRate": "0.9"} for day in days]
    bench.load("currencies", {"corporate": "USD", "rates": {"EUR": "0.92"}, "dated": dated})
    page = bench.crm.rates("salesforce.dated_rate")
    rows = page.rows["salesforce.dated_rate"]
    assert len(rows) == 2_001
    assert ("usd", "eur", TODAY, Decimal("0.9")) in rows
    assert (page.begins, page.completes) == (["salesforce.dated_rate"], ["salesforce.dated_rate"])


def test_an_organisation_without_the_feature_is_told_of_it(bench: Bench) -> None:
    with pytest.raises(UsageError, match=r"no salesforce\.rate, as this organisation has not turned on several currencies"):
        bench.crm.rates("salesforce.rate")
    bench.load("currencies", {"corporate": "USD", "rates": {"EUR": "0.92"}})
    with pytest.raises(UsageError, match=r"no salesforce\.dated_rate, as this organisation has not turned on advanced currency management"):
        bench.crm.rates("salesforce.dated_rate")
