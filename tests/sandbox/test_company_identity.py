"""Who knows whom, counted from the records alone, in the shares that identity.py states."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from syncer.sandbox.company import make_company
from syncer.sandbox.shapes.crm import salesforce_id
from syncer.words import ids

if TYPE_CHECKING:
    from syncer.sandbox.shapes import Record, Records

FREE = ("gmail.com", "outlook.com", "yahoo.co.jp", "gmx.de", "orange.fr")


@pytest.fixture(scope="module")
def company() -> Records:
    return make_company(1000, 7)


def living(company: Records) -> list[Record]:
    return [customer for customer in company["stripe"]["customers"] if not customer.get("deleted")]


def domain(account: Record) -> Any:
    site = (account["Website"] or "").lower()
    return site.split("//")[-1].split("/")[0].removeprefix("www.") or None


def share(part: int, whole: int) -> int:
    return round(100 * part / whole)


def test_shares_of_the_ways(company: Records) -> None:
    crm = company["salesforce"]["Account"]
    named = {account["Stripe_Customer_Id__c"] for account in crm} - {None}
    merged = Counter(each["metadata"]["account_id"] for each in living(company) if "account_id" in each["metadata"])
    ways = Counter(
        "key"
        if "account_id" in each["metadata"]
        else "crm_id"
        if each["metadata"]
        else "crm_field"
        if each["id"] in named
        else "nothing"
        if each["email"].endswith(FREE)
        else "domain"
        for each in living(company)
    )
    extra = sum(count - 1 for count in merged.values())
    ways["key"] -= extra
    customers = ways.total()
    assert customers == 850
    assert {way: share(count, customers) for way, count in ways.items()} == {
        "key": 55,
        "crm_id": 15,
        "crm_field": 12,
        "domain": 12,
        "nothing": 6,
    }
    assert share(extra, ways["key"]) == 6
    assert share(sum(bool(each.get("deleted")) for each in company["stripe"]["customers"]), ways["key"]) == 3


def test_ids_in_metadata_are_those_of_the_crms_half_of_them_short(company: Records) -> None:
    salesforce = {account["Id"] for account in company["salesforce"]["Account"]}
    hubspot = {each["id"] for each in company["hubspot"]["companies"]}
    told = [each["metadata"] for each in living(company) if "salesforce_id" in each["metadata"]]
    short = [each for each in told if len(each["salesforce_id"]) == 15]
    assert 35 < share(len(short), len(told)) < 65
    whole = {account_id[:15]: account_id for account_id in salesforce}
    assert len(whole) == 1000
    assert all(each["salesforce_id"][:15] in whole and each["hubspot_id"] in hubspot for each in told)


def test_salesforce_ids_have_the_vendors_checksum(company: Records) -> None:
    assert salesforce_id("001", 0) == "0015g000008M0kXAAS"
    assert all(ids.salesforce_id(account["Id"][:15]) == account["Id"] for account in company["salesforce"]["Account"])


def test_some_domains_are_of_two_accounts_and_some_customers_known_by_nothing_else(company: Records) -> None:
    crm = company["salesforce"]["Account"]
    twice = {name for name, count in Counter(domain(account) for account in crm if domain(account)).items() if count > 1}
    assert 10 <= len(twice) <= 25
    by_domain = [each for each in living(company) if not each["metadata"] and each["email"].lower().split("@")[1] in twice]
    assert len(by_domain) == len(twice)
    assert not any(account["Account_Key__c"] for account in crm if domain(account) in twice)


def test_renamed_capitals_and_missing(company: Records) -> None:
    crm, companies = company["salesforce"]["Account"], [each["properties"] for each in company["hubspot"]["companies"]]
    assert share(sum(account["Name"].endswith(" Global") for account in crm), 1000) in (3, 4)
    assert any(account["Website"] and account["Website"] != account["Website"].lower() for account in crm)
    assert any(each.get("domain", "").isupper() for each in companies)
    assert any(account["Website"] is None for account in crm)
    assert all("" not in each.values() for each in companies)
    keys = Counter(account["Account_Key__c"] for account in crm if account["Account_Key__c"])
    assert max(keys.values()) == 1
    assert keys.keys() == {each["account_key"] for each in companies if "account_key" in each}


def test_some_merged_customers_pay_in_two_currencies(company: Records) -> None:
    paying = {each["customer"]: each["currency"] for each in company["stripe"]["subscriptions"] if each["status"] == "active"}
    currencies: dict[str, set[str]] = {}
    for each in living(company):
        if "account_id" in each["metadata"] and each["id"] in paying:
            currencies.setdefault(each["metadata"]["account_id"], set()).add(paying[each["id"]])
    assert sum(len(each) > 1 for each in currencies.values()) >= 3
