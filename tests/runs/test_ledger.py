"""The ledger of matches: a customer stays with its account when what they were matched by goes away."""

import pytest
from stage import api_names, open_stage, standing, writes

from syncer.runs.tables import PAIR
from syncer.tools.engine import Engine
from syncer.tools.store import Store

DOMAIN = {"salesforce": "Website", "hubspot": "domain"}


def pairs(stage, crm):
    """Source, its object, account and rule of every match that the ledger holds."""
    store = Store(str(stage.state))
    engine = Engine(store)
    engine.bind((PAIR,), store.latest())
    found = engine.rows(f"SELECT source, source_id, account_id, rule FROM {PAIR.name} WHERE crm = '{crm}' ORDER BY ALL")
    engine.close()
    return found


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    with open_stage(tmp_path_factory.mktemp("ledger")) as opened:
        opened.sync()
        yield opened


@pytest.mark.parametrize("crm", ["salesforce", "hubspot"])
def test_a_changed_domain_loses_nobody(stage, crm):
    before = pairs(stage, crm)
    by_domain = {account for source, _, account, rule in before if source == "stripe" and rule.endswith("domain")}
    assert by_domain, "the company has no customer matched by domain"
    account = min(by_domain)
    values = standing(stage.crm(crm))[account]
    assert values[api_names(crm)["stripe_link"]]
    stage.set_in_crm(crm, account, {DOMAIN[crm]: "moved-away.example"})
    act = stage.act()
    assert writes(act.calls) == []
    assert standing(act.after[crm])[account] == {**values, DOMAIN[crm]: "moved-away.example"}
    assert pairs(stage, crm) == before


def test_a_better_rule_wins_over_the_ledger(stage):
    """The ledger is the last resort: a customer whose metadata name another account goes there."""
    source_id, old = next((row[1], row[2]) for row in pairs(stage, "hubspot") if row[0] == "stripe" and row[3].endswith("crm.domain"))
    free = next(key for key, values in stage.crm("hubspot").items() if key != old and not values.get(api_names("hubspot")["stripe_link"]))
    stage.stripe("POST", f"/v1/customers/{source_id}", **{"metadata[hubspot_id]": free})
    stage.later(3600)
    stage.sync()
    assert (source_id, free) in {(row[1], row[2]) for row in pairs(stage, "hubspot")}
