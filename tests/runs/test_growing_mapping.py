"""A mapping that grows: fields that earlier runs did not know join without a new state."""

import pytest
from stage import CRM_WRITES, api_names, open_stage

from syncer.sandbox.company import make_company

LATE = ("open_tickets", "zendesk_link")
LINES = (("  open_tickets: {value: zendesk.open_tickets, limit: 100%}\n", ""), ("  zendesk_link: zendesk.organization_url\n", ""))


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    """A sync without two fields, then one with them, on the same state."""
    with open_stage(tmp_path_factory.mktemp("stage"), make_company(20, seed=3)) as stage:
        stage.sync(stage.write_file("mappings/account.yaml", *LINES))
        yield stage.act()


@pytest.mark.parametrize("crm", CRM_WRITES)
def test_fields_that_join_later_are_filled_and_nothing_else_is_written(grown, crm):
    plan = grown.results[crm].plan
    assert {cell.field for change in plan.changes for cell in change.cells} == set(LATE)
    link = api_names(crm)["zendesk_link"]
    assert {bool(values.get(link)) for values in grown.before[crm].values()} == {False}
    assert any(values[link].startswith("https://") for values in grown.after[crm].values() if values.get(link))
