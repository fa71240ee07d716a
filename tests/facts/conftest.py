"""A company whose people keep a column of their own in the CRM, measures of use, and one sync over both."""

from __future__ import annotations

import pytest
from stage import account, open_stage

from syncer.sandbox.company import make_company
from syncer.specs.shipped import defaults

OWN_COLUMNS = """  success_plan: {salesforce: AnnualRevenue, hubspot: annualrevenue, type: number}
  note: {salesforce: Description, type: number}
  contact: {salesforce: Phone, hubspot: phone}
"""
OWN_TOUCH = "  touch_model: CASE WHEN crm.success_plan > 7 THEN 'high' WHEN mixpanel.exporters >= 0 THEN 'tech' END"
PART = """      plan:
        label: Plan
        weight: 10
        inputs:
          success_plan:
            label: Success plan
            value: crm.success_plan
            scale: [[0, 0], [10, 100]]
            reads: "success plan at {}"
"""
MEASURES = """exporters: {count: people, events: Report Exported, days: 30}
typo: {count: people, events: Report Exportd, days: 30}
"""
TOUCH = next(line for line in (defaults() / "mappings/account.yaml").read_text("utf-8").splitlines() if line.startswith("  touch_model:"))
COUNTRY = "  country: {salesforce: BillingCountry, hubspot: country}\n"


@pytest.fixture(scope="package")
def company(tmp_path_factory):
    """The stage after a sync. In Salesforce, eleven accounts have 8, a note and a phone number typed in."""
    with open_stage(tmp_path_factory.mktemp("stage"), make_company(30, seed=3)) as stage:
        changes = stage.write_file("mappings/account.yaml", (COUNTRY, COUNTRY + OWN_COLUMNS), (TOUCH, OWN_TOUCH))
        stage.write_file("mappings/health.yaml", ("      roi:\n", PART + "      roi:\n"))
        (stage.folder / "project/mappings/usage.yaml").write_text(MEASURES)
        stage.settings |= changes
        names = sorted(values["Name"] for values in stage.crm("salesforce").values())
        for number, name in enumerate(names[1:12]):
            record = account(stage.crm("salesforce"), name)
            stage.set_in_crm(
                "salesforce", record, {"AnnualRevenue": "8", "Description": "about 50", "Phone": f"+81 3-5555-{1000 + number}"}
            )
        stage.sync()
        yield stage
