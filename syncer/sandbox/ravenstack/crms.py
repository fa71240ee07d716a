"""Accounts in both CRMs, each account's seats as its number of employees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncer.sandbox.ravenstack.names import OWNERS, domain
from syncer.sandbox.shapes import Record, Records, crm

if TYPE_CHECKING:
    from syncer.sandbox.ravenstack.csv_tables import Row
    from syncer.sandbox.ravenstack.files import Tables


def crm_records(tables: Tables) -> Records:
    owners = [(number, *name, f"{'.'.join(name)}@ravenstack.example".lower()) for number, name in enumerate(OWNERS)]
    return {
        "salesforce": {
            "User": [crm.salesforce_user(*owner) for owner in owners],
            "Account": [_salesforce(number, row) for number, row in enumerate(tables.accounts)],
        },
        "hubspot": {
            "owners": [crm.hubspot_owner(*owner) for owner in owners],
            "companies": [_hubspot(number, row) for number, row in enumerate(tables.accounts)],
        },
    }


def _salesforce(number: int, row: Row) -> Record:
    return crm.salesforce_account(number, website=f"https://www.{domain(row)}", **_same(number, row))


def _hubspot(number: int, row: Row) -> Record:
    return crm.hubspot_company(number, domain=domain(row), **_same(number, row))


def _same(number: int, row: Row) -> dict[str, Any]:
    return {
        "name": row["account_name"],
        "created": row["signup_date"],
        "owner": number % len(OWNERS),
        "industry": row["industry"],
        "country": row["country"],
        "employees": row["seats"],
        "account_key": row["account_id"],
    }
