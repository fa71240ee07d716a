"""Salesforce and HubSpot records, and ids as those vendors make them."""

# ruff: noqa: PLR0913  (a record has that many sides)
from __future__ import annotations

import string
from typing import TYPE_CHECKING

from syncer.sandbox.shapes.dates import iso

if TYPE_CHECKING:
    from syncer.sandbox.shapes import Record

_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
_CHECKSUM = string.ascii_uppercase + "012345"


def salesforce_id(prefix: str, number: int) -> str:
    """The 18-character id of the n-th record of a kind: `001` account, `005` user. Any two differ within the first 15
    characters."""
    rest, tail = (number * 7919 + 123_456_789) % 62**5, ""
    for _ in range(5):
        rest, digit = divmod(rest, 62)
        tail = _BASE62[digit] + tail
    short = f"{prefix}5g00000{tail}"
    chunks = (short[start : start + 5] for start in (0, 5, 10))
    capitals = (sum(1 << place for place, char in enumerate(chunk) if char.isupper()) for chunk in chunks)
    return short + "".join(_CHECKSUM[number] for number in capitals)


def hubspot_id(number: int) -> str:
    """The id of the n-th company."""
    return str(18_500_000_101 + number * 37)


def salesforce_account(
    number: int,
    name: str,
    created: int,
    *,
    owner: int,
    industry: str,
    country: str,
    employees: int,
    website: str | None,
    account_key: str | None,
    customer_id: str | None = None,
) -> Record:
    stamp = iso(created)[:-1] + ".000+0000"
    return {
        "Id": salesforce_id("001", number),
        "Name": name,
        "Industry": industry,
        "BillingCountry": country,
        "NumberOfEmployees": employees,
        "Website": website,
        "OwnerId": salesforce_id("005", owner),
        "Account_Key__c": account_key,
        "Stripe_Customer_Id__c": customer_id,
        "CreatedDate": stamp,
        "LastModifiedDate": stamp,
        "SystemModstamp": stamp,
    }


def salesforce_user(number: int, first: str, last: str, email: str) -> Record:
    return {
        "Id": salesforce_id("005", number),
        "Username": email,
        "FirstName": first,
        "LastName": last,
        "Name": f"{first} {last}",
        "Email": email,
        "IsActive": True,
    }


def hubspot_company(
    number: int,
    name: str,
    created: int,
    *,
    owner: int,
    industry: str,
    country: str,
    employees: int,
    domain: str | None,
    account_key: str | None,
    customer_id: str | None = None,
) -> Record:
    """HubSpot keeps every value as text and knows no empty text: what is missing is not there."""
    properties = {
        "name": name,
        "industry": industry,
        "country": country,
        "numberofemployees": str(employees),
        "domain": domain,
        "hubspot_owner_id": _owner_id(owner),
        "account_key": account_key,
        "stripe_customer_id": customer_id,
        "createdate": iso(created),
    }
    stated = {name: text for name, text in properties.items() if text is not None}
    return {"id": hubspot_id(number), "properties": stated}


def hubspot_owner(number: int, first: str, last: str, email: str) -> Record:
    return {
        "id": _owner_id(number),
        "email": email,
        "firstName": first,
        "lastName": last,
        "userId": 61_001 + number,
        "archived": False,
    }


def _owner_id(number: int) -> str:
    return str(81_001 + number)
