"""The customers and prospects of the made-up company, and what becomes of each.

Billing, usage, support and the CRMs all follow this one plan.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from syncer.sandbox.company.chance import Chance
from syncer.sandbox.company.names import make_name
from syncer.sandbox.shapes.dates import DAY

COUNTRIES = {
    "United States": 40,
    "United Kingdom": 10,
    "Canada": 6,
    "Germany": 12,
    "France": 9,
    "Denmark": 3,
    "Poland": 3,
    "Japan": 13,
    "Bahrain": 4,
}
CURRENCIES = {"Germany": "eur", "France": "eur", "Denmark": "eur", "Poland": "eur", "Japan": "jpy", "Bahrain": "bhd"}
"""The others pay in US dollars."""

INDUSTRIES = {
    "Technology": "COMPUTER_SOFTWARE",
    "Healthcare": "HOSPITAL_HEALTH_CARE",
    "Finance": "FINANCIAL_SERVICES",
    "Retail": "RETAIL",
    "Insurance": "INSURANCE",
    "Media": "MEDIA_PRODUCTION",
    "Education": "EDUCATION_MANAGEMENT",
    "Telecommunications": "TELECOMMUNICATIONS",
    "Construction": "CONSTRUCTION",
    "Shipping": "LOGISTICS_AND_SUPPLY_CHAIN",
}
"""What Salesforce says for an industry, and what HubSpot says for the same."""

OWNERS = (
    ("Aiko", "Tanaka"),
    ("Bruno", "Keller"),
    ("Carla", "Núñez"),
    ("Deniz", "Aydin"),
    ("Emma", "O'Brien"),
    ("Frédéric", "Dubois"),
)

FATES = {
    "prospect": 15,  # in the CRM only
    "paying": 51,
    "fading": 4,  # pays, and will cancel in the coming weeks
    "leaving": 5,  # has asked to cancel at the period's end
    "left": 6,  # cancelled within the last eight weeks
    "gone": 2,  # cancelled long ago
    "trialing": 5,
    "past_due": 4,
    "collection_paused": 2,  # active, and no invoice is collected
    "paused": 1,  # a trial that ended without a card
    "unpaid": 1,
    "incomplete": 1,
    "incomplete_expired": 1,
    "bare": 2,  # a customer without any subscription
}
_ASKED_DAYS_AGO = {"fading": (-14, -3), "leaving": (1, 30), "left": (3, 56), "gone": (180, 500)}


@dataclass(frozen=True, slots=True)
class Account:
    """`key` is the product's own word for it (Mixpanel's group); `asked` when it cancels or will, None for never."""

    number: int
    key: str
    name: str
    domain: str
    country: str
    industry: str
    currency: str
    employees: int
    seats: int
    owner: int
    since: int
    fate: str
    asked: int | None

    @property
    def at_risk(self) -> bool:
        return self.fate in ("fading", "leaving", "left", "past_due", "unpaid")


def make_accounts(count: int, seed: int, as_of: int) -> list[Account]:
    chance = Chance(seed, "accounts")
    countries, fates = chance.deal(count, COUNTRIES), chance.deal(count, FATES)
    industries = list(INDUSTRIES)
    taken: Counter[str] = Counter()
    accounts = []
    for number, (country, fate) in enumerate(zip(countries, fates, strict=True)):
        name, slug = make_name(chance, country)
        taken[slug] += 1
        employees = max(3, round(chance.lognormvariate(4.3, 1.4)))
        asked = as_of - round(chance.uniform(*_ASKED_DAYS_AGO[fate]) * DAY) if fate in _ASKED_DAYS_AGO else None
        accounts.append(
            Account(
                number=number,
                key=f"A-{number + 1:05d}",
                name=name,
                domain=f"{slug}{taken[slug] if taken[slug] > 1 else ''}.example",
                country=country,
                industry=chance.choice(industries),
                currency=CURRENCIES.get(country, "usd"),
                employees=employees,
                seats=min(400, max(1, round(employees * chance.uniform(0.1, 0.6)))),
                owner=chance.randrange(len(OWNERS)),
                since=_since(chance, fate, asked or as_of),
                fate=fate,
                asked=asked,
            )
        )
    return accounts


def _since(chance: Chance, fate: str, before: int) -> int:
    """When the main subscription began: trials lately, all others three months to four years before they cancel."""
    match fate:
        case "trialing":
            days = chance.uniform(1, 12)
        case "incomplete":
            days = chance.uniform(0.1, 0.8)  # Stripe lets it expire after 23 hours
        case "incomplete_expired":
            days = chance.uniform(3, 60)
        case _:
            days = chance.uniform(90, 1400)
    return before - round(days * DAY)
