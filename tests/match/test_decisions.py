"""From an ambiguous customer to a decision, to what a sync writes, and back: by the commands that people type.

Every test leaves the decisions as it found them."""

import pytest
from match_stage import CRMS, ambiguous, by_rule, decisions, file_lines, free_accounts, open_match_stage, refused, told
from stage import api_names, standing, writes


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    with open_match_stage(tmp_path_factory.mktemp("decisions")) as opened:
        yield opened


def test_what_cannot_be_told_is_refused_with_what_to_do(stage):
    found = decisions(stage, "salesforce")
    customer, group = (ambiguous(found, source)[0] for source in ("stripe", "mixpanel"))
    account = next(values for values in stage.crm("salesforce").values() if values["Account_Key__c"])
    assert refused(stage, "match", "confirm", "cus_nobody", "x") == (
        "syncer: no source has cus_nobody; it may be deleted there, or newer than the last sync"
    )
    assert "no account in Salesforce or HubSpot has the id, key or name 'nobody'" in refused(stage, "match", "confirm", customer, "nobody")
    both = refused(stage, "match", "confirm", customer, account["Account_Key__c"])
    assert both.endswith("stands in Salesforce and in HubSpot; add --crm salesforce")
    assert refused(stage, "match", "forget", group).startswith(f"syncer: nobody decided on {group}")
    assert not (stage.folder / "project" / "mappings" / "matches.csv").exists()


def test_a_decision_writes_and_is_taken_back(stage):
    """In HubSpot alone, for time's sake; tests/match/test_merged_records.py writes what was decided to both."""
    alone = stage.without("salesforce")
    customer, (chosen, other) = ambiguous(decisions(stage, "hubspot"), "stripe")
    before = standing(stage.crm("hubspot"))
    link = api_names("hubspot")["stripe_link"]
    assert before[chosen][link] is None
    [confirmed] = told(stage, "match", "confirm", customer, chosen, "--why", "=asked sales")
    [promised] = [effect["writes"] for effect in confirmed["effects"] if effect["account"]["id"] == chosen]
    after = standing(stage.act(alone).after["hubspot"])
    changed = [name for name, value in after[chosen].items() if value != before[chosen][name]]
    assert len(changed) == promised > 0
    assert customer in after[chosen][link]
    assert after[other] == before[other]

    told(stage, "match", "forget", customer)
    with stage.run() as run:
        assert [made.why for made in run.project.matches] == ["=asked sales", ""]
    lines = [line.split(",") for line in file_lines(stage)]
    assert [line[0] for line in lines] == ["decision", "confirm", "forget"]
    assert lines[1][-1] == "'=asked sales", "a spreadsheet would take it for a formula"
    act = stage.act(alone)
    assert writes(act.calls) == [], "what was written stays; what is held is not touched"
    reasons = {held.id: held.reason for held in act.results["hubspot"].plan.held if customer in held.reason}
    assert reasons.keys() == {chosen, other}
    assert f"decide with `syncer match confirm {customer} ACCOUNT`" in reasons[chosen]


def test_a_rejected_account_leaves_the_other(stage):
    own, (first, second) = ambiguous(decisions(stage, "hubspot"), "mixpanel")
    told(stage, "match", "reject", f"mixpanel:{own}", first)
    assert decisions(stage, "hubspot")["mixpanel", own] == [("match", second, "mixpanel.domain = crm.domain")]
    told(stage, "match", "reject", own, second)
    assert decisions(stage, "hubspot")["mixpanel", own] == [("unmatched", None, None)]
    told(stage, "match", "forget", own)
    assert [row[1] for row in decisions(stage, "hubspot")["mixpanel", own]] == [first, second]


def test_who_belongs_to_no_account_is_rejected_in_every_crm(stage):
    own, _ = ambiguous(decisions(stage, "hubspot"), "zendesk")
    [decided] = told(stage, "match", "reject", f"zendesk:{own}")
    assert [line["crm"] for line in decided["lines"]] == list(CRMS)
    for crm in CRMS:
        assert decisions(stage, crm)["zendesk", own] == [("rejected", None, "decision")]
    told(stage, "match", "forget", own)


def test_a_decision_moves_who_was_matched_already_in_one_crm_only(stage):
    found = decisions(stage, "hubspot")
    own, old = by_rule(found, "stripe", "account_key")[0]
    free = free_accounts(stage, found, "hubspot")[0]
    told(stage, "match", "confirm", own, free)
    assert decisions(stage, "hubspot")["stripe", own] == [("match", free, "decision")]
    assert decisions(stage, "salesforce")["stripe", own][0][2] == "stripe.metadata.account_id = crm.account_key"
    told(stage, "match", "forget", own, "--crm", "hubspot")
    assert decisions(stage, "hubspot")["stripe", own] == [("match", old, "stripe.metadata.account_id = crm.account_key")]


def test_each_part_of_a_match_is_shown(stage):
    own, (account, _) = ambiguous(decisions(stage, "hubspot"), "zendesk")
    [one] = told(stage, "match", "show", f"zendesk:{own}", "--crm", "hubspot")
    assert (one["kind"], one["object"]["accounts"][0]["id"]) == ("held", account)
    assert one["keys"]["domain"] == one["object"]["domains"]
    told(stage, "match", "confirm", f"zendesk:{own}", account, "--why", "called them")
    [whole] = told(stage, "match", "show", account, "--crm", "hubspot")
    assert ([each["id"] for each in whole["objects"]], whole["decisions"][-1]["why"]) == ([own], "called them")
    assert own not in [each["id"] for each in whole["held"]]
    told(stage, "match", "forget", own)


def test_overview_counts_every_object_once_and_only_suggests_names(stage):
    with stage.listening() as calls:
        [found] = told(stage, "match", "--crm", "hubspot")
    assert calls == []
    kinds = decisions(stage, "hubspot")
    for source in found["sources"]:
        own = [rows[0] for (name, _), rows in kinds.items() if name == source["source"]]
        placed = [row[2] for row in own if row[0] == "match"]
        assert {rule["rule"]: rule["objects"] for rule in source["matched"]} == {rule: placed.count(rule) for rule in placed}
        assert source["objects"] == len(own) == len(placed) + source["unmatched"] + source["ambiguous"] + source["rejected"]
    lost = [each for each in found["unmatched"] if each["source"] == "stripe"]
    assert [each["mrr"] == 0 for each in lost] == sorted(each["mrr"] == 0 for each in lost)
    names = {key: values["name"] for key, values in stage.crm("hubspot").items()}
    assert [each["name"] for each in lost] == [names[each["accounts"][0]["id"]] for each in lost]
    assert {row[0] for each in lost for row in kinds["stripe", each["id"]]} == {"unmatched"}, "a suggestion was taken for a match"


@pytest.mark.parametrize("columns", ["80", "200"])
def test_the_overview_fits_the_terminal(stage, columns):
    said = stage.command("match", changes={"COLUMNS": columns})
    assert said.code == 0
    assert max(map(len, said.out.splitlines())) <= int(columns)
    assert "syncer match confirm cus_" in said.out


def test_a_state_without_a_crm_says_what_to_run(stage, tmp_path):
    said = stage.command("match", changes={"SYNCER_STATE": str(tmp_path)})
    assert said.code == 2
    assert said.err.strip().endswith("run `syncer plan` or `syncer sync` once")
