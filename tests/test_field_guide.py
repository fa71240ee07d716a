"""The guide of field_specs/README.md, followed: its fields are missed where the CRM lacks them, then checked, planned and written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from stage import Stage, open_stage

from syncer.sandbox.company import make_company
from syncer.specs.reader import Page
from syncer.specs.shipped import defaults

GUIDE = (Path(__file__).parent.parent / "field_specs" / "README.md").read_text()
BLOCKS = [Page("snippet", text).data()[0] for text in re.findall(r"^```yaml\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)]
SPECS = {key: spec for block in BLOCKS if "fields" not in block for key, spec in block.items()}
[MAPPED] = [block["fields"] for block in BLOCKS if "fields" in block]
SALESFORCE = {
    "picklist": {"type": "picklist", "length": 255, "restrictedPicklist": True},
    "open": {"type": "string", "length": 255},
}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stage, dict[str, str]]]:
    """A company after a sync with the shipped files, and the setting that adds the guide's fields to them."""
    with open_stage(tmp_path_factory.mktemp("stage"), make_company(12, seed=3)) as opened:
        assert opened.command("sync").code == 0
        for name, added in (("field_specs/account.yaml", SPECS), ("mappings/account.yaml", {"fields": MAPPED})):
            data, problems = Page.load(defaults() / name).data()
            assert problems == []
            whole = {**data, "fields": {**data["fields"], **added["fields"]}} if "fields" in data else {**data, **added}
            path = opened.folder / "project" / name
            path.parent.mkdir(parents=True)
            path.write_text(json.dumps(whole, default=str, ensure_ascii=False))
        yield opened, {"SYNCER_PROJECT": str(opened.folder / "project")}


def create(stage: Stage) -> None:
    """The fields in both CRMs, as a person makes them by the guide's table."""
    made = []
    for spec in (spec for spec in SPECS.values() if "salesforce" in spec):
        values = [{"value": option, "label": option, "active": True} for option in spec.get("options", ())]
        made.append({"name": spec["salesforce"], "label": spec["label"], "updateable": True, "createable": True, "custom": True})
        made[-1] |= {**SALESFORCE["open" if spec.get("open") else "picklist"], "picklistValues": values}
    stage.world.load({"salesforce": {"fields": {"Account": made}}})
    for spec in (spec for spec in SPECS.values() if "hubspot" in spec):
        options = [{"label": option, "value": option, "displayOrder": n} for n, option in enumerate(spec.get("options", ()))]
        kind = {"currency": ("number", "number"), "picklist": ("enumeration", "select")}[spec["type"]]
        property_ = {"name": spec["hubspot"], "label": spec["label"], "type": kind[0], "fieldType": kind[1], "options": options}
        stage._ask(
            "hubspot",
            "POST",
            "/crm/v3/properties/companies",
            stage._login("hubspot"),
            json={**property_, "groupName": "companyinformation"},
        )


def test_the_guides_fields_are_missed_then_made_then_written(stage: tuple[Stage, dict[str, str]]) -> None:
    opened, project = stage
    missed = opened.command("check", "--online", changes=project)
    assert missed.code == 13
    for name in ("Segment__c", "syncer_segment", "syncer_mrr_gbp", "Plan_Family__c"):
        assert name in missed.err
    create(opened)
    checked = opened.command("check", "--online", changes=project)
    assert (checked.code, checked.err) == (0, "")
    assert opened.command("plan", changes=project).code == 0
    assert opened.command("sync", changes=project).code == 0
    written = {(row["MRR__c"], row["Segment__c"]) for row in opened.crm("salesforce").values()}
    assert written == {(mrr, None if not mrr else "VIP" if mrr >= 1000 else "Standard") for mrr, _ in written}
    assert {segment for _, segment in written} > {None}
