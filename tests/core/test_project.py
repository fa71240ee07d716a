"""What the written files say together: each mistake named at its place, with what to write instead."""

from pathlib import Path

import pytest

from syncer.cli import setup
from syncer.specs.shipped import defaults
from syncer.words.errors import FileProblems

SPECS, MAPPING = "field_specs/account.yaml", "mappings/account.yaml"

CASES = {
    "an unknown fact": (
        MAPPING,
        "  mrr: stripe.mrr\n",
        "  mrr: stripe.mmr\n",
        "mrr: there is no column stripe.mmr; did you mean stripe.mrr?",
    ),
    "a field without a spec": (
        MAPPING,
        "  seats: stripe.seats\n",
        "  seatz: stripe.seats\n",
        "there is no field seatz in the field specs; did you mean seats?",
    ),
    "a wrong kind": (
        MAPPING,
        "  mrr: stripe.mrr\n",
        "  mrr: stripe.plan\n",
        "mrr is a number field and takes money or number, but this expression gives text",
    ),
    "a key no source has": (MAPPING, "    - id = account_key\n", "    - idd = account_key\n", "mixpanel has no key idd; did you mean id?"),
    "a column not read": (
        MAPPING,
        "    - id = account_key\n",
        "    - id = acount_key\n",
        "acount_key is not a column read from the CRM; add it under crm: or use id; did you mean account_key?",
    ),
    "a checkbox emptied": (
        MAPPING,
        "  delinquent: stripe.delinquent\n",
        "  delinquent: {value: stripe.delinquent, on_missing: clear}\n",
        "delinquent: a checkbox cannot be emptied; leave out on_missing",
    ),
    "a field without a name in one CRM": (
        SPECS,
        "  hubspot: syncer_mrr\n",
        "",
        "arr: mrr has no hubspot name, so its value is not known there; give it one in the field specs",
    ),
    "one CRM field for two": (
        SPECS,
        "salesforce: ARR__c",
        "salesforce: MRR__c",
        "MRR__c is already the salesforce name of mrr; each field needs one of its own",
    ),
    "a picklist without options": (
        SPECS,
        "  open: true\n",
        "",
        "plan is a picklist without options; list them as options, or write open: true",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_mistake_is_named_at_its_place(case, tmp_path):
    name, old, new, said = CASES[case]
    for file in (SPECS, MAPPING):
        text = (defaults() / file).read_text()
        if file == name:
            assert old in text
            text = text.replace(old, new, 1)
        if case == "a field without a name in one CRM" and file == MAPPING:
            text = text.replace("  arr: stripe.arr\n", "  arr: mrr * 12\n")
        place = tmp_path / file
        place.parent.mkdir(parents=True)
        place.write_text(text)
    with pytest.raises(FileProblems) as caught:
        setup.project(tmp_path)
    line = next(line for line in str(caught.value).splitlines() if line.endswith(said))
    file, number, column, _ = line.split(":", 3)
    assert file in (SPECS, MAPPING)
    assert int(number) > 1
    assert int(column) >= 1


def test_the_shipped_files_are_fine():
    assert len(setup.project(Path("/nowhere")).fields) == 37
