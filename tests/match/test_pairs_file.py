"""`syncer match load`: a file of confirmed pairs is taken whole or not at all, and every way to write an account is understood."""

import pytest
from match_stage import decisions, file_lines, free_accounts, open_match_stage, refused, told


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    with open_match_stage(tmp_path_factory.mktemp("pairs"), "hubspot") as opened:
        yield opened


@pytest.fixture
def lost(stage):
    """Unmatched Stripe customers, and accounts that are free."""
    found = decisions(stage, "salesforce")
    return [own for (source, own), rows in found.items() if source == "stripe" and rows[0][0] == "unmatched"], free_accounts(
        stage, found, "salesforce"
    )


def test_every_problem_of_the_file_is_told_with_its_place_and_nothing_is_written(stage, lost, tmp_path):
    (first, *_), (account, *_) = lost
    file = tmp_path / "pairs.csv"
    file.write_text(f"source,source_id,account_id\nstripe,cus_nobody,{account}\nstripe,{first},001nobody\n,{first},{account}\n")
    said = refused(stage, "match", "load", str(file))
    assert said.splitlines() == [
        f"{file}:2:8: no source has stripe:cus_nobody; it may be deleted there, or newer than the last sync",
        f"{file}:3:{len(first) + 9}: no account has the id, key or name '001nobody'; it may be newer than the last sync",
        f"{file}:4:2: {first} stands on line 3 already; keep one",
        "syncer: 3 problems in 1 file; mend what is listed and run this again",
    ]
    assert not (stage.folder / "project" / "mappings" / "matches.csv").exists()


def test_pairs_are_confirmed_by_any_way_to_write_the_account_and_once(stage, lost, tmp_path):
    records = stage.crm("salesforce")
    (first, second, third, *_), (account, other, *_) = lost
    keyed = next(values for values in records.values() if values["Account_Key__c"])
    file = tmp_path / "pairs.csv"
    file.write_text(
        f"Source ID;Account;why\n{first};{account[:15]};a list of sales\n{second};{records[other]['Name']};\n"
        f"stripe:{third};{keyed['Account_Key__c'].lower()};\n"
    )
    assert told(stage, "match", "load", str(file), "--dry-run") == [{"confirmed": 3, "dry_run": True}]
    assert decisions(stage, "salesforce")["stripe", first] == [("unmatched", None, None)]
    assert told(stage, "match", "load", str(file), "--why", "handed over") == [{"confirmed": 3, "dry_run": False}]
    found = decisions(stage, "salesforce")
    wanted = [account, other, keyed["Id"]]
    assert [found["stripe", own] for own in (first, second, third)] == [[("match", each, "decision")] for each in wanted]
    assert told(stage, "match", "load", str(file)) == [{"confirmed": 0, "dry_run": False}]
    assert [line.rpartition(",")[2] for line in file_lines(stage)] == ["why", "a list of sales", "handed over", "handed over"]


def test_an_account_is_found_by_short_and_small_ids_keys_and_names(stage):
    records = stage.crm("salesforce")
    account, values = next((key, values) for key, values in records.items() if values["Account_Key__c"])
    own = next(own for source, own in decisions(stage, "salesforce") if source == "zendesk")
    for spelled in (account, account.lower(), values["Account_Key__c"], values["Name"].upper()):
        [decided] = told(stage, "match", "confirm", own, spelled)
        assert (decided["account"]["id"], decided["account"]["name"]) == (account, values["Name"])
