"""What each system knows of who is who, as messy as life. Shares are of the accounts that have a Stripe customer.

    55 %  key        the CRM, Stripe (metadata account_id), Mixpanel and Zendesk (external_id) all know the account key
    15 %  crm_id     Stripe's metadata has the CRMs' record ids, half of the Salesforce ones in the 15-character form
    12 %  crm_field  the CRM has the Stripe customer's id, Stripe has nothing
    12 %  domain     nobody knows a key: only domains agree; a sixth of them share theirs with a second CRM account
     6 %  nothing    a free-mail address in Stripe and no key anywhere; half of them have no domain either

Besides: 4 % of all accounts were renamed in the CRM. Of those with a key, 6 % were merged: there is a second, older
customer without a subscription (every sixth of these still pays, in another currency); 3 % have an older customer that
was deleted. A tenth of all addresses is in capitals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from syncer.sandbox.company.chance import Chance
from syncer.sandbox.shapes import crm

if TYPE_CHECKING:
    from syncer.sandbox.company.accounts import Account

WAYS = {"key": 55, "crm_id": 15, "crm_field": 12, "domain": 12, "nothing": 6}
PASTS = {"merged": 5, "merged_paying": 1, "deleted": 3, "": 91}
FREE_MAIL = ("gmail.com", "outlook.com", "yahoo.co.jp", "gmx.de", "orange.fr")
_SITES = {"https://www.{}/": 45, "http://{}": 20, "{}": 20, "https://{}/en?from=crm": 15}


@dataclass(frozen=True, slots=True)
class Identity:
    """`way` as above ("" for prospects), `past` of PASTS; `customer_id` is the current Stripe customer."""

    way: str
    past: str
    customer_id: str | None
    crm_name: str
    domain: str | None
    website: str | None
    email: str
    metadata: dict[str, str]

    @property
    def crm_has_key(self) -> bool:
        return self.way in ("key", "crm_id", "crm_field")


def make_identities(accounts: list[Account], seed: int) -> list[Identity]:
    """One per account, in their order."""
    chance = Chance(seed, "identity")
    customers = [account for account in accounts if account.fate != "prospect"]
    ways = dict(zip((account.number for account in customers), chance.deal(len(customers), WAYS), strict=True))
    keyed = [number for number, way in ways.items() if way == "key"]
    pasts = dict(zip(keyed, chance.deal(len(keyed), PASTS), strict=True))
    twins = _twins(accounts, [accounts[number] for number, way in ways.items() if way == "domain"])
    renamed = chance.deal(len(accounts), {"yes": 4, "": 96})
    sites = chance.deal(len(accounts), _SITES)
    return [
        _identity(
            account,
            chance,
            ways.get(account.number, ""),
            pasts.get(account.number, ""),
            sites[account.number],
            renamed[account.number] == "yes",
            twins.get(account.number),
        )
        for account in accounts
    ]


def _twins(accounts: list[Account], by_domain: list[Account]) -> dict[int, Account]:
    """Prospects that bear the domain of a customer known by nothing else: number of the prospect → that customer."""
    prospects = [account.number for account in accounts if account.fate == "prospect"]
    shared = by_domain[::6]
    return dict(zip(prospects[:: max(1, len(prospects) // max(1, len(shared)))], shared, strict=False))


def _identity(  # noqa: PLR0913, PLR0917  (one argument per lot drawn)
    account: Account,
    chance: Chance,
    way: str,
    past: str,
    site: str,
    renamed: bool,
    twin_of: Account | None,
) -> Identity:
    domain: str | None = twin_of.domain if twin_of else account.domain
    name = account.name
    if twin_of:
        name = f"{twin_of.name} (Holding)"
    elif renamed:
        name = f"{name.split(' ')[0].strip(',')} Global"
    metadata = {}
    if way == "key":
        metadata["account_id"] = account.key
    elif way == "crm_id":
        salesforce_id = crm.salesforce_id("001", account.number)
        short = chance.random() < 0.5
        metadata = {
            "salesforce_id": salesforce_id[:15] if short else salesforce_id,
            "hubspot_id": crm.hubspot_id(account.number),
        }
    email = f"billing@{domain}"
    if way == "nothing":
        email = f"{account.domain.split('.')[0]}.billing@{chance.choice(FREE_MAIL)}"
        domain = None if chance.random() < 0.5 else domain
    elif chance.random() < 0.1:
        email, domain = email.upper(), domain and domain.upper()
    return Identity(
        way=way,
        past=past,
        customer_id=chance.stripe_id("cus") if way else None,
        crm_name=name,
        domain=domain,
        website=site.format(domain) if domain else None,
        email=email,
        metadata=metadata,
    )
