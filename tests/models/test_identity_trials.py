"""What holds of any accounts, objects and decisions: nobody has two accounts, people win over rules, earlier rules over later ones."""

import random

import pytest
from test_identity_cases import OBJECTS, RULES, decided
from warehouse import records

from syncer.core.identity import standing, survivors
from syncer.specs.matches import Decision

TRIALS = 40
KEYS = {"stripe": ("metadata.crm_id", "metadata.account_id", "id"), "mixpanel": ("id",), "zendesk": ("external_id",)}
CRM_KEYS = ("id", "account_key", "stripe_customer_id")


def world(seed):
    """Few values, so that they meet: rows of the warehouse, the decisions made, and who was merged into whom."""
    chance = random.Random(seed)
    living = [f"A{number}" for number in range(chance.randint(1, 6))]
    gone = [f"G{number}" for number in range(3)]
    merged = {account: chance.choice([*living, *gone]) for account in gone if chance.random() < 0.6}
    values = ["x", "y", "z", *living]
    rows = {
        "crm.account": [{"id": account, "name": account} for account in living],
        "crm.key": [
            {"account_id": account, "key": key, "value": account if key == "id" else chance.choice(values)}
            for account in living
            for key in CRM_KEYS
            if key == "id" or chance.random() < 0.6
        ],
    }
    made = []
    for source, table in OBJECTS.items():
        own = [f"{source[0]}{number}" for number in range(chance.randint(0, 6))]
        rows[table] = [{"id": each} for each in own]
        rows[f"{source}.key"] = [
            {"owner_id": each, "key": key, "value": chance.choice(values)} for each in own for key in KEYS[source] if chance.random() < 0.7
        ]
        for _ in range(chance.randint(0, 6) if own else 0):
            kind = chance.choice(["confirm", "reject", "reject", "forget"])
            account = chance.choice([*living, *gone]) if kind == "confirm" or (kind == "reject" and chance.random() < 0.7) else None
            made.append(Decision(kind, source, chance.choice(own), "hubspot", account))
    return rows, made, survivors(merged.items(), frozenset(living)), frozenset(living)


@pytest.fixture(scope="module", params=range(TRIALS))
def trial(request):
    rows, made, into, living = world(request.param)
    ledger = standing(made, "hubspot", into)
    found = {}
    for row in records(decided({**rows, "identity.ledger": [each._asdict() for each in ledger]}), "FROM identity.decision"):
        found.setdefault((row["source"], row["source_id"]), []).append(row)
    return rows, made, into, living, found


def test_every_object_is_of_one_kind_and_has_one_account_at_most(trial):
    rows, _, _, living, found = trial
    assert found.keys() == {(source, row["id"]) for source, table in OBJECTS.items() for row in rows[table]}
    for each in found.values():
        assert len({row["kind"] for row in each}) == 1
        assert (len(each) > 1) == (each[0]["kind"] == "held")
        assert {row["account_id"] for row in each if row["account_id"]} <= living


def test_what_people_decided_wins(trial):
    _, made, into, living, found = trial
    for whom, each in found.items():
        own = [line for line in made if (line.source, line.source_id) == whom]
        while any(line.decision == "forget" for line in own):
            own = own[1:]
        if own and (own[-1].decision == "confirm" or own[-1].account_id is None):
            account = into.get(own[-1].account_id, own[-1].account_id)
            if account is None:
                assert each[0]["kind"] == "rejected"
            elif account in living:
                assert [(row["kind"], row["account_id"]) for row in each] == [("match", account)]
        if own and own[-1].decision == "reject" and own[-1].account_id:
            assert own[-1].account_id not in {row["account_id"] for row in each}


def test_the_first_rule_that_finds_anything_decides(trial):
    rows, made, _, _, found = trial
    touched = {(line.source, line.source_id) for line in made}
    for (source, own), each in found.items():
        if (source, own) in touched:
            continue
        fits = [accounts for rule in RULES if rule.source == source and (accounts := fitting(rows, rule, own))]
        assert {row["account_id"] for row in each} - {None} == (fits[0] if fits else set())


def fitting(rows, rule, own):
    """The accounts that a rule finds, by hand."""
    said = {row["value"] for row in rows[f"{rule.source}.key"] if (row["owner_id"], row["key"]) == (own, rule.source_key)}
    return {row["account_id"] for row in rows["crm.key"] if row["key"] == rule.crm_key and row["value"] in said}
