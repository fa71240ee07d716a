"""`syncer check --online`: each credential tried, each field compared with the CRM's own, all at once and each at its place."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from stage import SECRETS, Stage, open_stage, writes

from syncer.sandbox.company import make_company
from syncer.specs.shipped import defaults

OPTIONS = [{"value": value} for value in ("healthy", "caution", "action")]
LOADED = {
    "salesforce": {
        "fields": {
            "Account": [
                {"name": "MRR__c", "type": "double", "precision": 18, "scale": 2},
                {"name": "Seats__c", "type": "picklist", "restrictedPicklist": True},
                {"name": "Health_Band__c", "type": "picklist", "restrictedPicklist": True, "picklistValues": OPTIONS},
                {"name": "Touch_Model__c", "type": "picklist"},
                {"name": "Stripe_Link__c", "type": "url", "length": 100},
                {"name": "WAU_Text__c", "type": "string"},
                {"name": "NumberOfEmployees", "type": "string"},
                {"name": "Plan__c", "type": "picklist", "restrictedPicklist": True, "picklistValues": OPTIONS},
                {"name": "Renews_On__c", "type": "datetime"},
                {"name": "MAU__c", "type": "double", "updateable": False},
            ]
        },
        "remove_fields": {"Account": ["ARR__c", "Account_Key__c", "Industry"]},
        "remove_objects": ["Syncer_Monthly_Metric__c"],
    },
    "hubspot": {"remove_fields": {"companies": ["syncer_seats"]}},
}
SPECS = (("salesforce: Weekly_Active_Users__c", "salesforce: WAU_Text__c"), ("salesforce: Monthly_Active_Users__c", "salesforce: MAU__c"))


@pytest.fixture(scope="module")
def thin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """CRMs that lack much of what is to be written; nothing is ever written to them."""
    with open_stage(tmp_path_factory.mktemp("stage"), make_company(6, seed=3)) as stage:
        stage.settings |= stage.write_file("field_specs/account.yaml", *SPECS)
        stage.world.load(LOADED)
        yield stage


ABSENT = "(or hides it from this user); create it, or take it out of mappings/account.yaml"
OTHER = "make another field there, or change its type in field_specs/account.yaml"
SAID = [
    ("3", "salesforce keeps 2 decimals in MRR__c, field_specs/account.yaml says 3; write scale: 2 or widen the field"),
    ("ARR__c", f"salesforce has no field ARR__c {ABSENT}"),
    (
        "picklist",
        "salesforce takes only its 3 options in Plan__c, and other values may come; let the field take any value there, or make it a text",
    ),
    ("number", f"salesforce has Seats__c as a picklist, which cannot hold a number; {OTHER}"),
    ("syncer_seats", f"hubspot has no field syncer_seats {ABSENT}"),
    ("date", f"salesforce has Renews_On__c as a date and time, which cannot hold a date; {OTHER}"),
    ("MAU__c", "salesforce does not let this user write MAU__c; grant edit access to these fields"),
    (
        "[excellent, healthy, caution, action]",
        "salesforce has no option excellent in Health_Band__c and takes no other values; add it to the field there, letter by letter",
    ),
    ("255", "salesforce keeps 100 characters in Stripe_Link__c, field_specs/account.yaml says 255; write length: 100"),
    ("Account_Key__c", f"salesforce has no field Account_Key__c {ABSENT}"),
    ("NumberOfEmployees", "salesforce has NumberOfEmployees as a text, and crm.employees is read as number; write type: text"),
    ("Industry", f"salesforce has no field Industry {ABSENT}"),
]
"""What stands at the place that is told, and what is told."""


def test_all_that_the_crms_lack_is_told_at_once_each_at_its_place(thin: Stage) -> None:
    with thin.listening() as calls:
        said = thin.command("check", "--online")
    assert (said.code, writes(calls)) == (13, [])
    *lines, last = said.err.splitlines()
    assert last == "syncer: 12 problems in 2 files; mend them in the CRM or in the files and run this again"
    told = [line.split(": ", 1) for line in lines]
    assert [text for _, text in told] == [text for _, text in SAID]
    for (place, _), (stands, _) in zip(told, SAID, strict=True):
        file, line, column = place.split(":")
        folder = thin.folder / "project" if file.startswith("field_specs") else defaults()
        assert (folder / file).read_text("utf-8").splitlines()[int(line) - 1][int(column) - 1 :].startswith(stands)
    assert "Salesforce has no object Syncer_Monthly_Metric__c (or hides it from this user), so monthly metrics are not written" in said.out
    [told] = thin.command("check", "--online", "--json").lines
    assert [problem["text"] for problem in told["problems"]] == [text for _, text in SAID]
    assert set(told["vendors"]) == {"stripe", "mixpanel", "zendesk", "salesforce", "hubspot"}


def test_a_type_that_cannot_hold_the_value_stops_a_sync_and_a_missing_option_does_not(thin: Stage) -> None:
    with thin.listening() as calls:
        said = thin.command("sync")
    assert (said.code, writes(calls)) == (13, [])
    for words in ("Seats__c as a picklist, which cannot hold a number", "Renews_On__c as a date and time", "Nothing was written"):
        assert words in said.err
    for words in ("Health_Band__c", "Plan__c", "NumberOfEmployees"):
        assert words not in said.err


def test_fields_that_are_all_as_described_are_fine(fresh: Stage) -> None:
    said = fresh.command("check", "--online")
    assert (said.code, said.err) == (0, "")


def test_a_credential_that_is_refused_hides_no_other_and_no_field(thin: Stage) -> None:
    said = thin.command("check", "--online", changes={"SYNCER_STRIPE__API_KEY": "sk_test_wrong", "SYNCER_ZENDESK__CLIENT_SECRET": "wrong"})
    assert said.code == 13
    assert "syncer: stripe: " in said.err.lower()
    assert "syncer: zendesk: " in said.err.lower()
    assert "has no field ARR__c" in said.err
    assert "mixpanel    project" in said.out
    assert [secret for secret in (*SECRETS, "sk_test_wrong") if secret in said.err + said.out] == []
