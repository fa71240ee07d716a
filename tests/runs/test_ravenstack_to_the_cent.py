"""RavenStack end to end: the MRR that stands in both CRMs is, to the cent, what its CSV rows say."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from stage import CRM_WRITES, open_stage

from syncer.sandbox.ravenstack import read_ravenstack

FOLDER = Path(__file__).parents[3] / "shared/data/ravenstack"


@pytest.fixture(scope="module")
def synced(tmp_path_factory):
    """The day that the data is shown for, and one sync of it."""
    if not FOLDER.exists():
        pytest.skip(f"RavenStack's CSV files are not in {FOLDER}")
    loaded = read_ravenstack(FOLDER)
    with open_stage(tmp_path_factory.mktemp("stage"), loaded.records, loaded.as_of) as stage:
        yield datetime.fromtimestamp(loaded.as_of, UTC).date(), stage.act()


def mrr_by_name(day: date) -> dict[str, Decimal]:
    """MRR of every account from the rows themselves.

    A subscription counts when it is no trial, began by that day, and has no end or one after it.
    """
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    with (FOLDER / "ravenstack_subscriptions.csv").open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            ended = bool(row["end_date"]) and date.fromisoformat(row["end_date"]) <= day
            if row["is_trial"] == "False" and date.fromisoformat(row["start_date"]) <= day and not ended:
                amounts[row["account_id"]] += Decimal(row["mrr_amount"])
    with (FOLDER / "ravenstack_accounts.csv").open(newline="", encoding="utf-8") as lines:
        return {f"{row['account_name']} {row['account_id']}": amounts[row["account_id"]] for row in csv.DictReader(lines)}


@pytest.mark.parametrize("crm", CRM_WRITES)
def test_mrr_of_every_account_is_what_the_rows_say(synced, crm):
    day, act = synced
    name, key, mrr = {"salesforce": ("Name", "Account_Key__c", "MRR__c"), "hubspot": ("name", "account_key", "syncer_mrr")}[crm]
    shown = {f"{values[name]} {values[key]}": values[mrr] for values in act.after[crm].values()}
    assert len(shown) == 500
    assert {account: Decimal(value or 0) for account, value in shown.items()} == mrr_by_name(day)


@pytest.mark.parametrize("crm", CRM_WRITES)
def test_every_wanted_value_is_accounted_for(synced, crm):
    numbers = synced[1].results[crm].numbers
    assert numbers["wanted"] == numbers["written"] + numbers["unchanged"] + numbers["held"] + numbers["rejected"]
    assert numbers["held"] == numbers["rejected"] == 0
