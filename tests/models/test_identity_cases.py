"""Each case of identity_cases.yaml: accounts and source objects in, who belongs to whom out."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML
from warehouse import open_warehouse, records

from syncer.core.domains import company_domain
from syncer.core.identity import RELATIONS, MatchRule, identity_query, standing, survivors
from syncer.specs.matches import Decision

CASES = YAML(typ="safe").load(Path(__file__).with_name("identity_cases.yaml"))
RULES = [
    MatchRule("stripe", "metadata.crm_id", "id"),
    MatchRule("stripe", "metadata.account_id", "account_key"),
    MatchRule("stripe", "id", "stripe_customer_id"),
    MatchRule("stripe", "domain", "domain"),
    MatchRule("mixpanel", "id", "account_key"),
    MatchRule("mixpanel", "domain", "domain"),
    MatchRule("zendesk", "external_id", "account_key"),
    MatchRule("zendesk", "domain", "domain"),
]
OBJECTS = {"stripe": "stripe.customer", "mixpanel": "mixpanel.group", "zendesk": "zendesk.organization"}


@pytest.mark.parametrize("name", CASES)
def test_case(name):
    case = CASES[name]
    con = decided(rows_of(case))
    matched = {row["source_id"]: [row["account_id"], row["rule"]] for row in records(con, "FROM identity.match")}
    held = {f"{row['source']} {row['account_id']}": row["reason"] for row in records(con, "FROM identity.held")}
    unmatched = [row["source_id"] for row in records(con, "FROM identity.unmatched")]
    rejected = [row["source_id"] for row in records(con, "FROM identity.decision WHERE kind = 'rejected'")]
    assert matched == case.get("match", {})
    assert {key: held.get(key) for key in case.get("held", held)} == case.get("held", {})
    assert len(held) == case.get("held_accounts", len(case.get("held", {})))
    assert unmatched == case.get("unmatched", [])
    assert rejected == case.get("rejected", [])
    assert [row["source_id"] for row in records(con, "FROM identity.void")] == case.get("void", [])


def test_every_living_object_is_of_one_kind():
    rows = rows_of(CASES["two accounts that share a domain are held"])
    rows["stripe.customer"] += [{"id": "cus_2"}, {"id": "cus_3"}, {"id": "cus_4"}]
    rows["crm.account"].append({"id": "C", "name": "Corp"})
    rows["crm.key"].append({"account_id": "C", "key": "id", "value": "C"})
    rows["stripe.key"].append({"owner_id": "cus_2", "key": "metadata.crm_id", "value": "C"})
    rows["identity.ledger"] = [{"source": "stripe", "source_id": "cus_3", "account_id": None, "kind": "reject"}]
    kinds = records(decided(rows), "SELECT source_id, kind FROM identity.decision GROUP BY ALL ORDER BY source_id")
    assert [(row["source_id"], row["kind"]) for row in kinds] == [
        ("cus_1", "held"),
        ("cus_2", "match"),
        ("cus_3", "rejected"),
        ("cus_4", "unmatched"),
    ]


def test_a_key_with_a_quote_in_it_is_only_text():
    rule = MatchRule("stripe", "metadata.x'); DROP TABLE crm.key; --", "account_key")
    rows = {
        "crm.account": [{"id": "A", "name": "Acme"}],
        "crm.key": [{"account_id": "A", "key": "account_key", "value": "7"}],
        "stripe.customer": [{"id": "cus_1"}],
        "stripe.key": [{"owner_id": "cus_1", "key": rule.source_key, "value": "7"}],
    }
    assert [row["rule"] for row in records(decided(rows, [rule]), "FROM identity.match")] == [rule.name]


def decided(rows, rules=RULES):
    con = open_warehouse(rows, skip=("identity.match", "identity.held"))
    con.execute(f"CREATE TABLE identity.decision AS {identity_query(rules)}")
    for name, select in RELATIONS.items():
        con.execute(f"CREATE VIEW {name} AS {select}")
    return con


def rows_of(case):
    deleted = case.get("deleted", ())
    rows = {
        "crm.account": [{"id": key, "name": name} for key, name in case["accounts"].items()],
        "crm.key": list(pairs(case["keys"], "account_id")),
        "identity.ledger": [row._asdict() for row in ledger(case)],
    }
    for source, objects in case["objects"].items():
        gone = {"deleted": True}
        rows[OBJECTS[source]] = [{"id": key, **(gone if key in deleted else {})} for key in objects]
        rows[f"{source}.key"] = list(pairs(objects, "owner_id"))
    texts = [row for table in rows if table.endswith(".key") for row in rows[table] if row["key"] == "domain"]
    found = {row["value"]: domain for row in texts if (domain := company_domain(row["value"]))}
    found |= {domain.host: domain for domain in found.values()}
    rows["identity.domain"] = [{"text": text, **domain._asdict()} for text, domain in found.items()]
    return rows


def ledger(case):
    """`confirm stripe cus_1 A` as the rows that stand at the end."""
    lines = [line.split() for line in case.get("decisions", ())]
    made = [Decision(line[0], line[1], line[2], "hubspot", line[3] if len(line) > 3 else None) for line in lines]
    return standing(made, "hubspot", survivors(case.get("merged", {}).items(), frozenset(case["accounts"])))


def pairs(owners, column):
    """{owner: {key: value or values}} as rows."""
    for owner, keys in owners.items():
        for key, value in keys.items():
            for each in value if isinstance(value, list) else [value]:
                yield {column: owner, "key": key, "value": each}
