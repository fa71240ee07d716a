"""A first sync, a second, one after a change, one without state: what is written, what is called, what stands in the CRMs."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from stage import CRM_WRITES, Act, api_names, applied, open_stage, stamps, standing, writes

from syncer.sandbox.company import DEFAULT_AS_OF, make_company
from syncer.sandbox.story import changes

HOUR = 3600

both = pytest.mark.parametrize("crm", CRM_WRITES)


class Acts:
    """What happened, in order; `seats` are those of the customer that buys more of them, time and again."""

    def __init__(self, stage, records):
        (upgrade,) = (change for change in changes(records, DEFAULT_AS_OF) if "seats" in change.title)
        self.customer = upgrade.account_name
        self._stage = stage
        self._path, self._item = upgrade.path, upgrade.body["items[0][id]"]
        self.seats = [stage.stripe("GET", self._path)["items"]["data"][0]["quantity"]]
        self.first = stage.act()
        self.second = stage.act()
        self.upgraded = self._buy_more({})
        stage.forget()
        self.without_state = stage.act()
        self.salesforce_alone = self._buy_more(stage.without("hubspot"))
        self.hubspot_alone = self._buy_more(stage.without("salesforce"))

    def _buy_more(self, settings) -> Act:
        self.seats.append(self.seats[-1] + 7)
        self._stage.stripe("POST", self._path, **{"items[0][id]": self._item, "items[0][quantity]": str(self.seats[-1])})
        self._stage.later(HOUR)
        return self._stage.act(settings)


@pytest.fixture(scope="module")
def acts(tmp_path_factory):
    records = make_company(60, seed=3)
    with open_stage(tmp_path_factory.mktemp("stage"), records) as stage:
        yield Acts(stage, records)


@both
def test_every_wanted_value_is_written_unchanged_held_or_rejected(acts, crm):
    numbers = acts.first.results[crm].numbers
    assert numbers["wanted"] == numbers["written"] + numbers["unchanged"] + numbers["held"] + numbers["rejected"]
    assert numbers["written"] > 500
    assert numbers["unchanged"] > 0
    assert numbers["held"] > 0
    assert numbers["rejected"] == 0


@both
def test_every_wanted_value_of_each_field_is_accounted_for(acts, crm):
    plan = acts.first.results[crm].plan
    assert plan.accounts == len(acts.first.before[crm]) == 60
    for count in plan.counts:
        written = sum(cell.field == count.field for change in plan.changes for cell in change.cells)
        held = sum(count.field in found.fields for found in plan.held)
        assert count.wanted == written + count.unchanged + held, count.field
        assert count.wanted + count.absent == plan.accounts, count.field


@both
@pytest.mark.parametrize("act", ["first", "upgraded"])
def test_the_crm_then_holds_what_the_plan_says_and_nothing_else_moved(acts, act, crm):
    done = getattr(acts, act)
    assert standing(done.after[crm]) == applied(done.results[crm].plan, api_names(crm), done.before[crm])


@both
def test_a_second_sync_writes_nothing(acts, crm):
    numbers = acts.second.results[crm].numbers
    assert numbers["written"] == 0
    assert numbers["wanted"] == numbers["unchanged"] + numbers["held"]
    assert writes(acts.second.calls) == []
    assert stamps(acts.second.after[crm]) == stamps(acts.second.before[crm])


@both
def test_one_changed_subscription_changes_one_record_and_only_what_follows_from_it(acts, crm):
    (change,) = acts.upgraded.results[crm].plan.changes
    cells = {cell.field: cell for cell in change.cells}
    assert change.name == acts.customer
    assert {"mrr", "arr", "seats", "seats_used_pct"} <= set(cells)
    assert set(cells) - {"mrr", "arr", "seats", "seats_used_pct"} <= {"health_score", "health_reasons", "health_band"}
    assert (cells["seats"].old, cells["seats"].new) == (str(acts.seats[0]), str(acts.seats[1]))
    grown = Fraction(acts.seats[1], acts.seats[0])
    assert Fraction(cells["mrr"].new) == Fraction(cells["mrr"].old) * grown
    assert Fraction(cells["arr"].new) == Fraction(cells["arr"].old) * grown
    moved = {key for key, stamp in stamps(acts.upgraded.after[crm]).items() if stamp != stamps(acts.upgraded.before[crm])[key]}
    assert moved == {change.id}
    assert len([call for call in writes(acts.upgraded.calls) if call.startswith(crm)]) == 1


@both
def test_one_changed_subscription_takes_at_most_twelve_calls(acts, crm):
    act = getattr(acts, f"{crm}_alone")
    assert len(act.calls) <= 12
    assert len(writes(act.calls)) == 1
    assert act.results[crm].numbers["calls"] == {
        vendor: count
        for vendor in sorted({call["vendor"] for call in act.calls})
        if (count := sum(call["vendor"] == vendor for call in act.calls))
    }
    seats = next(cell for change in act.results[crm].plan.changes for cell in change.cells if cell.field == "seats")
    assert Decimal(seats.new) == acts.seats[{"salesforce": 2, "hubspot": 3}[crm]]


@both
def test_the_other_crm_is_left_alone_when_it_is_not_set_up(acts, crm):
    act = getattr(acts, f"{crm}_alone")
    assert set(act.results) == {crm}
    assert {call["vendor"] for call in act.calls} == {crm, "stripe", "mixpanel", "zendesk"}


@both
def test_nothing_is_written_when_the_state_was_lost(acts, crm):
    assert acts.without_state.results[crm].numbers["written"] == 0
    assert writes(acts.without_state.calls) == []
    assert stamps(acts.without_state.after[crm]) == stamps(acts.without_state.before[crm])
