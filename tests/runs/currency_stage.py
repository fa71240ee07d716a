"""Customers and records in four currencies each: every pair of them once, with a mapping of money fields only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from stage import Act, Stage, open_stage

from syncer.sandbox.shapes import stripe
from syncer.sandbox.shapes.crm import hubspot_company, salesforce_account, salesforce_id
from syncer.words import when

AS_OF = when.epoch("2026-11-01T09:00:00Z")
BEGUN = when.epoch("2026-01-01")
MONTHLY = {"usd": 10_000, "eur": 24_999, "jpy": 12_345, "bhd": 33_330}
MAJOR = {"usd": Fraction(100), "eur": Fraction("249.99"), "jpy": Fraction(12_345), "bhd": Fraction("33.33")}
RATES = {"usd": "1", "eur": "1.0850", "jpy": "0.00661", "bhd": "2.659574"}
PAIRS = [(customer, record) for customer in MONTHLY for record in MONTHLY]

SPECS = """
mrr: {label: MRR, type: number, scale: 3, help: In the customer's currency., salesforce: MRR__c, hubspot: syncer_mrr}
mrr_reporting: {label: MRR reporting, type: currency, scale: 3, help: In ours., salesforce: MRR_Reporting__c, hubspot: syncer_mrr_reporting}
mrr_rate_date: {label: Rate date, type: date, help: Its rate's day., salesforce: MRR_Rate_Date__c, hubspot: syncer_mrr_rate_date}
mrr_local: {label: Local MRR, type: currency, scale: 2, help: In the record's., salesforce: MRR_Local__c, hubspot: syncer_arr}
"""
MAPPING = """
to: account
{policy}
crm:
  account_key: {{salesforce: Account_Key__c, hubspot: account_key}}
match:
  stripe:
    - metadata.account_id = account_key
fields:
  mrr: stripe.mrr
  mrr_reporting: stripe.mrr_reporting
  mrr_rate_date: stripe.mrr_rate_date
  mrr_local: {{value: stripe.mrr, on_missing: clear}}
"""
REPORT_USD = "mrr_policy: {reporting_currency: usd}"
LOCAL = {"Account": [{"name": "MRR_Local__c", "type": "currency", "scale": 2}]}


def records(pairs: list[tuple[str, str]], *, several: bool) -> Any:
    """A customer and a record of each CRM for each pair; where the organisation has several currencies, the second is the record's."""
    stripe_objects: dict[str, list[Any]] = {"products": [stripe.product("prod_1", "Plan", BEGUN)], "prices": []}
    stripe_objects |= {"customers": [], "subscriptions": []}
    for code, amount in {**MONTHLY, "chf": 5_000}.items():
        stripe_objects["prices"].append(
            stripe.price(f"price_{code}", "prod_1", code, BEGUN, nickname="Plan", interval="month", unit=Decimal(amount))
        )
    accounts, companies = [], []
    for number, (code, record) in enumerate(pairs):
        key, name = f"acct-{number}", f"{code} in {record}"
        customer, subscription = f"cus_{number}", f"sub_{number}"
        metadata = {"account_id": key}
        stripe_objects["customers"].append(
            stripe.customer(customer, BEGUN, name=name, email=f"x@{key}.example", currency=code, metadata=metadata)
        )
        period = (AS_OF - 86_400, AS_OF + 86_400 * 29)
        item = stripe.item(f"si_{number}", subscription, f"price_{code}", 1, BEGUN, period)
        stripe_objects["subscriptions"].append(stripe.subscription(subscription, customer, code, "active", BEGUN, [item]))
        account = salesforce_account(
            number, name, BEGUN, owner=1, industry="Media", country="US", employees=9, website=None, account_key=key
        )  # fmt: skip
        accounts.append(account | ({"CurrencyIsoCode": record.upper()} if several else {}))
        companies.append(
            hubspot_company(number, name, BEGUN, owner=1, industry="MEDIA", country="US", employees=9, domain=None, account_key=key)
        )
    salesforce: dict[str, Any] = {"fields": LOCAL, "Account": accounts}
    if several:
        # Salesforce's own rates are others than those of rates.csv
        salesforce["currencies"] = {"corporate": "USD", "rates": {"EUR": "0.9", "JPY": "150", "BHD": "0.4", "CHF": "0.8"}}
    return {"stripe": stripe_objects, "salesforce": salesforce, "hubspot": {"companies": companies}}


@contextmanager
def money_stage(folder: Path, pairs: list[tuple[str, str]] = PAIRS, *, several: bool = True) -> Iterator[Stage]:
    with open_stage(folder, records(pairs, several=several), AS_OF) as stage:
        stage.settings |= stage.without("mixpanel", "zendesk")
        yield stage


def write(stage: Stage, rates: dict[str, str] | None, policy: str = REPORT_USD, day: str = "2026-10-31") -> dict[str, str]:
    """The project's files; the setting that uses them. `rates` in USD are added to rates.csv."""
    project = stage.folder / "project"
    for name, text in (("field_specs/account.yaml", SPECS), ("mappings/account.yaml", MAPPING.format(policy=policy))):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text, encoding="utf-8")
    table = project / "mappings/rates.csv"
    lines = table.read_text().splitlines() if table.exists() else ["day,currency,quote,rate"]
    lines += [f"{day},{code},usd,{rate}" for code, rate in (rates or {}).items() if code != "usd"]
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return {"SYNCER_PROJECT": str(project)}


def half_up(value: Fraction, decimals: int) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def shown(act: Act, crm: str, name: str) -> dict[str, Decimal | None]:
    """A money field of every record by the record's name, such as `eur in jpy`."""
    label = {"salesforce": "Name", "hubspot": "name"}[crm]
    return {
        values[label]: None if values[name] in (None, "") else Decimal(str(values[name])).normalize() for values in act.after[crm].values()
    }


def account_id(pair: tuple[str, str], pairs: list[tuple[str, str]] = PAIRS) -> str:
    return salesforce_id("001", pairs.index(pair))
