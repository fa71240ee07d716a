"""Records that are merged, deleted, brought back: what was matched or decided stays with the customer, and nothing is guessed.

One story for each CRM: everything happens between two syncs that read what changed, then a third one that reads everything."""

from types import SimpleNamespace

import pytest
from match_stage import CRMS, ambiguous, by_rule, decisions, free_accounts, open_match_stage, told
from stage import SALESFORCE, api_names, standing

from syncer.sandbox.zendesk import TOKEN

DAY = 86_400


def merge(stage, crm, winner, loser):
    """Merge two accounts as the CRM does; the id under which both live on."""
    if crm == "salesforce":
        told_of = {"IsDeleted": True, "MasterRecordId": winner}
        stage.world.load({crm: {"Account": [{"Id": loser, **told_of}, {"Id": winner}]}})
        return winner
    body = {"primaryObjectId": winner, "objectIdToMerge": loser}
    return stage._ask(crm, "POST", "/crm/objects/2026-09/companies/merge", stage._login(crm), json=body)["id"]


def delete(stage, crm, record):
    path = f"{SALESFORCE}/sobjects/Account/{record}" if crm == "salesforce" else f"/crm/v3/objects/companies/{record}"
    stage._ask(crm, "DELETE", path, stage._login(crm))


def write_by_hand(stage, crm, confirmed):
    """Decisions as somebody writes them into the file."""
    lines = [f"confirm,{source},{own},{crm},{account}" for source, own, account in confirmed]
    file = stage.folder / "project" / "mappings" / "matches.csv"
    file.parent.mkdir()
    file.write_text("\n".join(["decision,source,source_id,crm,account_id", *lines]))


def delete_organization(stage, organization):
    stage._ask("zendesk", "DELETE", f"/api/v2/organizations/{organization}.json", {"Authorization": f"Bearer {TOKEN}"})


@pytest.fixture(scope="module", params=CRMS)
def story(request, tmp_path_factory):
    crm = request.param
    with open_match_stage(tmp_path_factory.mktemp("merged"), *(set(CRMS) - {crm})) as stage:
        found = decisions(stage, crm)
        free = free_accounts(stage, found, crm)
        s = SimpleNamespace(stage=stage, crm=crm, free=free)
        s.held, _ = ambiguous(found, "stripe")
        (s.named, s.named_was), (s.moved, s.moved_was), (s.disagreeing, s.disagreeing_was), *_ = by_rule(found, "stripe", "crm.id")
        (s.paired, s.paired_was), (s.orphan, s.orphan_was), (s.deleted, _), *_ = by_rule(found, "stripe", "crm.domain")
        s.group, s.group_at = next(pair for pair in by_rule(found, "mixpanel", "crm.domain") if pair[1] not in (s.paired_was, s.orphan_was))
        (s.gone_org, _), *_ = by_rule(found, "zendesk", "account_key")
        confirmed = (
            ("stripe", s.held, s.paired_was),
            ("stripe", s.deleted, free[3]),
            ("zendesk", ambiguous(found, "zendesk")[0], free[4]),
        )
        write_by_hand(stage, crm, confirmed)
        s.void = free[4]
        stage.stripe("POST", f"/v1/customers/{s.paired}", email="moved@away.example")
        stage.stripe("POST", f"/v1/customers/{s.disagreeing}", **{f"metadata[{crm}_id]": free[5]})
        stage.stripe("DELETE", f"/v1/customers/{s.deleted}")
        delete_organization(stage, s.gone_org)
        stage.set_in_crm(crm, s.group_at, {"Website" if crm == "salesforce" else "domain": "another.example"})
        stage.later(60)
        s.named_at = merge(stage, crm, free[0], s.named_was)
        s.paired_at = merge(stage, crm, free[1], s.paired_was)
        stage.later(60)
        s.second = stage.sync()[crm]
        s.changed = decisions(stage, crm)

        s.paired_last = merge(stage, crm, free[2], s.paired_at)
        delete(stage, crm, s.orphan_was)
        delete(stage, crm, s.void)
        stage.later(2 * DAY)
        if crm == "salesforce":  # as when the recycle bin is emptied, after 15 days
            for record in (s.named_was, s.paired_was):
                stage.world.standins[crm].store.tables["account"].put(record, None)
        s.third = stage.sync()[crm]
        s.whole = decisions(stage, crm)
        s.crm_after = standing(stage.crm(crm))
        [s.match] = told(stage, "match")
        yield s


def test_a_merged_records_id_leads_to_the_survivor(story):
    wanted = [("match", story.named_at, f"stripe.metadata.{story.crm}_id = crm.id")]
    assert story.changed["stripe", story.named] == wanted, "after what changed was read"
    assert story.whole["stripe", story.named] == wanted, "after everything was read"
    assert story.named in story.crm_after[story.named_at][api_names(story.crm)["stripe_link"]]


def test_nothing_is_matched_to_a_record_that_is_gone(story):
    gone = {story.named_was, story.paired_was}
    assert gone & {row[1] for rows in (*story.changed.values(), *story.whole.values()) for row in rows} == set()


def test_a_pair_and_a_decision_hold_for_the_survivor_and_for_the_survivors_survivor(story):
    before = "stripe.id = crm.matched_before.stripe"
    assert story.changed["stripe", story.paired] == [("match", story.paired_at, before)]
    assert story.whole["stripe", story.paired] == [("match", story.paired_last, before)]
    assert story.changed["stripe", story.held] == [("match", story.paired_at, "decision")]
    assert story.whole["stripe", story.held] == [("match", story.paired_last, "decision")]


def test_the_survivor_is_found_by_the_id_that_is_gone(story):
    [shown] = told(story.stage, "match", "show", story.paired_was)
    assert shown["account"]["id"] == story.paired_last


def test_a_decision_for_a_deleted_record_is_void_and_told(story):
    assert "notice" not in story.second.numbers
    told_of = f"has no account {story.void} any more, so the decision on zendesk"
    assert told_of in story.third.numbers["notice"]
    assert story.void in [void["account_id"] for void in story.match["void"]]


def test_who_belonged_to_a_deleted_record_belongs_to_nobody(story):
    assert story.changed["stripe", story.orphan] == [("match", story.orphan_was, "stripe.domain = crm.domain")]
    assert story.whole["stripe", story.orphan] == [("unmatched", None, None)]


def test_what_is_deleted_at_its_source_is_no_longer_anybodys(story):
    assert ("stripe", story.deleted) not in story.whole
    assert ("zendesk", story.gone_org) not in story.whole
    assert f"Stripe has no {story.deleted} any more" in [void["reason"] for void in story.match["void"]]


def test_the_pair_stands_when_the_domain_changes(story):
    assert story.whole["mixpanel", story.group] == [("match", story.group_at, "mixpanel.id = crm.matched_before.mixpanel")]


def test_sources_that_disagree_each_go_where_they_say(story):
    assert story.whole["stripe", story.disagreeing][0][:2] == ("match", story.free[5])
    others = [rows[0][:2] for (source, _), rows in story.whole.items() if source != "stripe"]
    assert ("match", story.disagreeing_was) in others


@pytest.mark.parametrize("story", ["salesforce"], indirect=True, scope="module")
def test_a_record_that_is_brought_back_gets_its_customers_back(story):
    """Of Salesforce alone: HubSpot cannot undo a merger."""
    stage, customer, old = story.stage, story.moved, story.moved_was
    merge(stage, "salesforce", story.free[6], old)
    stage.later(60)
    stage.sync()
    assert decisions(stage, "salesforce")["stripe", customer][0][1] == story.free[6]
    stage.world.load({"salesforce": {"Account": [{"Id": old, "IsDeleted": False, "MasterRecordId": None}]}})
    stage.later(60)
    stage.sync()
    assert decisions(stage, "salesforce")["stripe", customer][0][1] == old
