"""RavenStack's files as vendor records: the money to the cent, the rest row by row, faults with file and line."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import raven_files
from references import dangling

from syncer.sandbox.ravenstack import BadData, Loaded, read_ravenstack

if TYPE_CHECKING:
    from syncer.sandbox.shapes import Records

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "ravenstack"
NEW_YEAR = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp())


@pytest.fixture(scope="module")
def whole() -> Loaded:
    if not DATA.exists():
        pytest.skip(f"the data set is not here: {DATA}")
    return read_ravenstack(DATA)


@pytest.fixture
def small(tmp_path: Path) -> Loaded:
    return read_ravenstack(raven_files.write(tmp_path), NEW_YEAR)


def mrr_of_rows(folder: Path, day: str) -> dict[str, Fraction]:
    """Cents per account, from the rows alone."""
    totals: dict[str, Fraction] = {}
    with (folder / "ravenstack_subscriptions.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            live = row["start_date"] <= day and (not row["end_date"] or row["end_date"] > day)
            if live and row["is_trial"] == "False":
                totals[row["account_id"]] = totals.get(row["account_id"], Fraction(0)) + Fraction(row["mrr_amount"]) * 100
    return totals


def mrr_of_stripe(records: Records) -> dict[str, Fraction]:
    """Cents per account, from the running subscriptions alone."""
    stripe = records["stripe"]
    prices = {price["id"]: price for price in stripe["prices"]}
    accounts = {customer["id"]: customer["metadata"]["account_id"] for customer in stripe["customers"]}
    totals: dict[str, Fraction] = {}
    for subscription in stripe["subscriptions"]:
        if subscription["status"] != "active":
            continue
        (item,) = subscription["items"]["data"]
        price = prices[item["price"]]
        units = item["quantity"]
        if price["transform_quantity"]:
            units = -(-units // price["transform_quantity"]["divide_by"])
        months = {"month": 1, "year": 12}[price["recurring"]["interval"]]
        account = accounts[subscription["customer"]]
        totals[account] = totals.get(account, Fraction(0)) + Fraction(price["unit_amount"]) * units / months
    return totals


@pytest.mark.parametrize("day", ["2023-02-01", "2024-02-29", "2024-12-30", "2024-12-31", "2025-01-01", "2026-11-01"])
def test_mrr_of_every_account_is_what_its_live_rows_say(day: str) -> None:
    if not DATA.exists():
        pytest.skip(f"the data set is not here: {DATA}")
    as_of = int(datetime.fromisoformat(f"{day}T09:00:00+00:00").timestamp())
    expected = mrr_of_rows(DATA, day)
    assert mrr_of_stripe(read_ravenstack(DATA, as_of).records) == expected
    assert expected


def test_the_data_set_is_all_there_and_its_flaws_are_told(whole: Loaded) -> None:
    assert whole.as_of == NEW_YEAR
    assert {vendor: {name: len(rows) for name, rows in rest.items()} for vendor, rest in whole.records.items()} == {
        "stripe": {"products": 3, "prices": 6, "customers": 500, "subscriptions": 5000},
        "mixpanel": {"groups": 500, "events": 25_000},
        "zendesk": {"groups": 1, "organizations": 500, "users": 501, "tickets": 2000, "satisfaction_ratings": 1175},
        "salesforce": {"User": 3, "Account": 500},
        "hubspot": {"owners": 3, "companies": 500},
    }
    assert whole.notes == [
        "19,432 usage rows lie outside their subscription's dates: counted for the account all the same",
        "21 usage rows bear the usage_id of another use: kept, with -2, -3 … behind the id",
    ]
    assert len({event["properties"]["$insert_id"] for event in whole.records["mixpanel"]["events"]}) == 25_000
    assert sorted(price["unit_amount"] for price in whole.records["stripe"]["prices"]) == [
        1900,
        4900,
        19_900,
        22_800,
        58_800,
        238_800,
    ]
    assert dangling(whole.records) == []


def test_a_day_on_which_a_subscription_ends_is_the_first_without_it(tmp_path: Path) -> None:
    folder = raven_files.write(tmp_path)
    for day in ("2024-12-29", "2024-12-30", "2024-12-31", "2025-01-01"):
        as_of = int(datetime.fromisoformat(f"{day}T00:00:00+00:00").timestamp())
        assert mrr_of_stripe(read_ravenstack(folder, as_of).records) == mrr_of_rows(folder, day)
    assert mrr_of_rows(folder, "2024-12-31")["A-1"] == 17_100


def test_subscriptions(small: Loaded) -> None:
    by_name = {each["metadata"]["subscription_id"]: each for each in small.records["stripe"]["subscriptions"]}
    assert {name: each["status"] for name, each in by_name.items()} == {
        "S-1": "active",
        "S-2": "canceled",
        "S-3": "canceled",
        "S-4": "active",
        "S-5": "active",
        "S-6": "trialing",
        "S-7": "active",
        "S-8": "active",
        "S-9": "active",
        "S-10": "active",
    }
    ended = int(datetime(2024, 12, 31, tzinfo=UTC).timestamp())
    assert (by_name["S-2"]["ended_at"], by_name["S-2"]["canceled_at"]) == (ended, ended)
    assert by_name["S-6"]["trial_end"] == by_name["S-6"]["items"]["data"][0]["current_period_end"] == NEW_YEAR + 14 * 86_400
    leaving = by_name["S-4"]
    end_of_year = int(datetime(2025, 12, 31, tzinfo=UTC).timestamp())
    assert (leaving["cancel_at_period_end"], leaving["cancel_at"]) == (True, end_of_year)
    assert leaving["items"]["data"][0]["current_period_end"] == end_of_year


def test_an_amount_that_its_seats_do_not_divide_is_still_exact(small: Loaded) -> None:
    (price,) = [each for each in small.records["stripe"]["prices"] if each["nickname"] == "Custom annual"]
    assert (price["unit_amount"], price["transform_quantity"]) == (1_200_600, {"divide_by": 7, "round": "up"})
    assert mrr_of_stripe(small.records)["A-3"] == 100_050


def test_usage_support_and_crm(small: Loaded) -> None:
    events = [event["properties"] for event in small.records["mixpanel"]["events"]]
    assert [(event["$insert_id"], event["account_id"], event["usage_count"]) for event in events] == [
        ("U-1", "A-1", 9),
        ("U-1-2", "A-2", 3),
        ("U-2", "A-4", 3),
        ("U-3", "A-5", 3),
    ]
    assert {event["surface"] for event in events} <= {"web", "mobile"}
    tickets = small.records["zendesk"]["tickets"]
    assert [(each["status"], each["priority"], each["satisfaction_rating"]["score"], each["tags"]) for each in tickets] == [
        ("closed", "high", "unoffered", []),
        ("solved", "normal", "good", ["escalated"]),
        ("solved", "low", "bad", []),
        ("open", "urgent", "unoffered", []),
    ]
    assert tickets[0]["metric_set"]["reply_time_in_minutes"]["calendar"] == 74
    account, company = small.records["salesforce"]["Account"][2], small.records["hubspot"]["companies"][2]["properties"]
    assert (account["Name"], account["Account_Key__c"], account["NumberOfEmployees"]) == ("Grün & Söhne", "A-3", 4)
    assert (company["name"], company["account_key"], company["industry"], company["country"]) == (
        "Grün & Söhne",
        "A-3",
        "DevTools",
        "DE",
    )
    assert len(account["Id"]) == 18
    assert small.notes[-1] == "2 rows are later than the as-of moment: left out"
    assert dangling(small.records) == []


def test_without_a_moment_it_is_the_midnight_after_the_last_row(tmp_path: Path) -> None:
    assert read_ravenstack(raven_files.write(tmp_path)).as_of == NEW_YEAR + 2 * 86_400


@pytest.mark.parametrize(
    ("file", "row", "sentence"),
    [
        (
            "subscriptions",
            "S-x,A-1,2024-01-05,,Basic,9,17l,0,False,monthly,True",
            ":12: mrr_amount '17l' is not an amount",
        ),
        (
            "subscriptions",
            "S-x,A-1,05/01/2024,,Basic,9,1,0,False,monthly,True",
            ":12: start_date '05/01/2024' is not a day",
        ),
        ("subscriptions", "S-x,A-1,2024-01-05,,Basic,0,1,0,False,monthly,True", ":12: seats '0' is 0"),
        (
            "subscriptions",
            "S-x,A-1,2024-01-05,,Basic,9,1,0,False,weekly,True",
            ":12: billing_frequency 'weekly' is none of",
        ),
        ("subscriptions", "S-x,A-9,2024-01-05,,Basic,9,1,0,False,monthly,True", ":12: no row has account_id A-9"),
        (
            "subscriptions",
            "S-1,A-1,2024-01-05,,Basic,9,1,0,False,monthly,True",
            ":2: subscription_id S-1 is there more than",
        ),
        ("subscriptions", "S-x,A-1", ":12: start_date '' is not a day"),
        ("support_tickets", "T-9,A-1,2024-07-27,,27.0,dire,74,,False", ":7: priority 'dire' is none of low, medium"),
        ("feature_usage", "U-9,S-99,2024-12-30,f,9,5,0,False", ":7: no row has subscription_id S-99"),
    ],
)
def test_what_cannot_be_read_is_told_with_file_and_line(tmp_path: Path, file: str, row: str, sentence: str) -> None:
    texts = {
        "subscriptions": raven_files.SUBSCRIPTIONS,
        "support_tickets": raven_files.TICKETS,
        "feature_usage": raven_files.USAGE,
    }
    folder = raven_files.write(tmp_path, **{file: f"{texts[file].strip()}\n{row}\n"})
    with pytest.raises(BadData) as told:
        read_ravenstack(folder)
    assert f"ravenstack_{file}.csv{sentence}" in str(told.value)


def test_many_problems_are_told_together_up_to_a_length(tmp_path: Path) -> None:
    rows = "\n".join(f"U-{number},S-1,2024-12-30,f,many,5,0,False" for number in range(100))
    with pytest.raises(BadData) as told:
        read_ravenstack(raven_files.write(tmp_path, feature_usage=f"{raven_files.USAGE.strip()}\n{rows}"))
    assert str(told.value).splitlines()[-1] == "… and 80 more problems like these"


def test_missing_files_and_columns(tmp_path: Path) -> None:
    with pytest.raises(BadData, match=r"no file that ends in accounts\.csv; --data wants a folder"):
        read_ravenstack(tmp_path)
    folder = raven_files.write(tmp_path, accounts="account_id,account_name\nA-1,Company_1")
    with pytest.raises(BadData, match=r"accounts\.csv:1: the column industry is missing; the file has account_id, account_name"):
        read_ravenstack(folder)
