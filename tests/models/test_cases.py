"""Each folder of cases/ is rows in and facts out. A case says only what it is about: defaults.yaml has the rest.

Instants may be written as days or ISO texts, amounts of items as `2500/3`, `policy` has switches of MRR.
Without `crm.account` and `identity.match` there is one account, 001, to
which every source object of the case belongs. `facts` are those of 001, `accounts` facts by account, `items` MRR lines, `customers`
exact MRR by Stripe customer and currency (nothing where it is held). `past`: statuses are told from dates.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from warehouse import TABLES, open_warehouse, records

from syncer.core.catalogue import Catalogue, shipped
from syncer.core.compose import customer_query, facts_query, item_query
from syncer.specs.mrr_policy import policy_of

CASES = sorted(path for path in (Path(__file__).parent / "cases").iterdir() if path.is_dir())
OBJECTS = {"stripe": "stripe.customer", "mixpanel": "mixpanel.group", "zendesk": "zendesk.organization"}
LINKS = {"mixpanel_group_url_base": "https://mixpanel.example/#id=", "zendesk_url_base": "https://acme.zendesk.com"}
AS_OF = "2026-11-01T12:00:00"
DECLARED = Catalogue().models(shipped())


def read(path):
    return YAML(typ="safe").load(path)


DEFAULTS = read(Path(__file__).with_name("defaults.yaml"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case):
    check(case)


def check(case):
    given, expected = read(case / "input.yaml"), read(case / "expected.yaml")
    as_of = instant(datetime.fromisoformat(str(given.pop("as_of", AS_OF))))
    policy = policy_of(None, {name: str(value) for name, value in given.pop("policy", {}).items()})
    past = given.pop("past", False)
    con = open_warehouse(completed(given))
    facts = {row["account_id"]: row for row in records(con, facts_query(policy, DECLARED), as_of=as_of, month_before="2026-10", **LINKS)}
    items = {row["item_id"]: amounts(row) for row in records(con, item_query(policy, past=past), as_of=as_of)}
    accounts = {**expected.get("accounts", {}), **({"001": expected["facts"]} if "facts" in expected else {})}
    assert {key: said_of(facts[key], about) for key, about in accounts.items()} == plain(accounts)
    lines = expected.get("items", {})
    assert {key: said_of(items[key], about) for key, about in lines.items()} == plain(lines)
    if customers := expected.get("customers"):
        assert exact_mrr(records(con, customer_query(policy, past=past), as_of=as_of), customers) == plain(customers)


def exact_mrr(rows, about):
    """By customer and currency, of those asked for."""
    told = {key: {} for key in about}
    for row in rows:
        if row["customer_id"] in told and (row["counted"] or row["held"]):
            told[row["customer_id"]][row["currency"]] = None if row["mrr_n"] is None else Fraction(row["mrr_n"], row["mrr_d"])
    return told


def amounts(row):
    """The row with its fractions as numbers; `discount` is what was taken off."""
    found = {name: Fraction(row[f"{name}_n"], row[f"{name}_d"]) for name in ("amount", "left", "monthly") if row[f"{name}_n"] is not None}
    discount = {"discount": found["amount"] - found["left"]} if "left" in found else {}
    return {**row, **dict.fromkeys(("amount", "left", "monthly", "discount")), **found, **discount}


def said_of(row, about):
    return plain({name: row[name.replace(".", "__")] for name in about})


def plain(value):
    """Numbers compared as numbers, whatever type they came in."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return Fraction(str(value))
    return Fraction(value) if isinstance(value, str) and re.fullmatch(r"\d+/\d+", value) else value


def completed(given):
    tables = {table: [valued(table, {**DEFAULTS.get(table, {}), **(row or {})}) for row in rows] for table, rows in given.items()}
    tables.setdefault("crm.account", [DEFAULTS["crm.account"]])
    tables.setdefault("identity.match", list(everything_to_one(tables)))
    return tables


def everything_to_one(tables):
    for source, table in OBJECTS.items():
        for row in tables.get(table, []):
            yield {"source": source, "source_id": row["id"], "account_id": "001", "rule": "test"}


def valued(table, row):
    return {name: typed(TABLES[table][name], value) for name, value in row.items()}


def typed(kind, value):
    if kind.startswith("DECIMAL") and value is not None:
        return Decimal(str(value))
    return instant(value) if kind == "BIGINT" else value


def instant(value):
    if isinstance(value, str) and not value.isdigit():
        value = datetime.fromisoformat(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    return int(value.replace(tzinfo=UTC).timestamp()) if isinstance(value, datetime) else value
