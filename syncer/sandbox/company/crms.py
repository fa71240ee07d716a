"""The same companies in both CRMs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncer.sandbox.company.accounts import INDUSTRIES, OWNERS, Account
from syncer.sandbox.shapes import Records, crm
from syncer.sandbox.shapes.dates import DAY

if TYPE_CHECKING:
    from syncer.sandbox.company.identity import Identity


def crm_records(accounts: list[Account], identities: list[Identity]) -> Records:
    known = list(zip(accounts, identities, strict=True))
    mails = [f"csm{number + 1}@lighthouse-metrics.example" for number in range(len(OWNERS))]
    owners = [(number, *OWNERS[number], mail) for number, mail in enumerate(mails)]
    return {
        "salesforce": {
            "User": [crm.salesforce_user(*owner) for owner in owners],
            "Account": [
                crm.salesforce_account(account.number, industry=account.industry, website=identity.website, **_same(account, identity))
                for account, identity in known
            ],
        },
        "hubspot": {
            "owners": [crm.hubspot_owner(*owner) for owner in owners],
            "companies": [
                crm.hubspot_company(
                    account.number,
                    industry=INDUSTRIES[account.industry],
                    domain=identity.domain,
                    **_same(account, identity),
                )
                for account, identity in known
            ],
        },
    }


def _same(account: Account, identity: Identity) -> dict[str, Any]:
    return {
        "name": identity.crm_name,
        "created": account.since - 20 * DAY,
        "owner": account.owner,
        "country": account.country,
        "employees": account.employees,
        "account_key": account.key if identity.crm_has_key else None,
        "customer_id": identity.customer_id if identity.way == "crm_field" else None,
    }
