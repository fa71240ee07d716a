"""Monthly metrics in both CRMs: what stands there after which run, and which calls that took."""

from __future__ import annotations

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

import pytest
from metric_rows import OBJECT, about_metrics, load, rows
from stage import CRM_WRITES, open_stage, writes

from syncer.runs.churn import Asked, of_store
from syncer.sandbox.company import DEFAULT_AS_OF, make_company
from syncer.sandbox.story import changes
from syncer.specs.churn import ChurnPolicy
from syncer.words.errors import MissingCrmField

HOUR, DAY = 3_600, 86_400
MAPPING = "mappings/monthly_metric.yaml"
SEGMENTS = "  segments: [contract_size, tenure]\n"

both = pytest.mark.parametrize("crm", CRM_WRITES)


class Acts:
    """One company through a month: `results`, `calls` and `rows` of each act by its name. Of the sources Stripe alone is read."""

    def __init__(self, stage, records):
        self._stage = stage
        self._only = stage.without("mixpanel", "zendesk")
        (upgrade,) = (change for change in changes(records, DEFAULT_AS_OF) if "seats" in change.title)
        self._path, self._item = upgrade.path, upgrade.body["items[0][id]"]
        self.results, self.calls, self.rows = {}, {}, {}
        self._act("first")
        with stage.run(self._only) as run:
            self.told = {crm: of_store(run, crm, Asked(ChurnPolicy(segments=("contract_size", "tenure")))).periods for crm in CRM_WRITES}
        self._act("second")
        self._buy_more()
        self._act("same day", HOUR)
        self._act("next day", DAY)
        self._act("idle day", DAY)
        stage.forget()
        self._act("state lost", HOUR)
        self._buy_more()
        self._act("day after", DAY)
        self._act("month over", 30 * DAY)

    def _act(self, name, later=0):
        self._stage.later(later)
        with self._stage.listening() as calls:
            self.results[name] = {crm: result.metrics for crm, result in self._stage.sync(self._only).items()}
        self.calls[name] = about_metrics(calls)
        self.rows[name] = {crm: rows(self._stage, crm) for crm in CRM_WRITES}

    def _buy_more(self):
        quantity = self._stage.stripe("GET", self._path)["items"]["data"][0]["quantity"] + 11
        self._stage.stripe("POST", self._path, **{"items[0][id]": self._item, "items[0][quantity]": str(quantity)})

    def changed(self, crm, name, since):
        """Keys of the records that an act made or changed."""
        before = self.rows[since][crm]
        return {key for key, row in self.rows[name][crm].items() if row != before.get(key)}


@pytest.fixture(scope="module")
def acts(tmp_path_factory):
    records = make_company(40, seed=3)
    with open_stage(tmp_path_factory.mktemp("stage"), records) as stage:
        yield Acts(stage, records)


@both
def test_every_month_segment_and_currency_has_its_record(acts, crm):
    found = acts.rows["first"][crm]
    wanted = {f"{p.to_month}:{p.segment}:{p.band or 'all'}:{p.currency}" for p in acts.told[crm]}
    assert found.keys() == wanted
    assert len(wanted) > 300
    counts = acts.results["first"][crm]
    assert (counts.wanted, counts.written, counts.unchanged, counts.rejected) == (len(wanted), len(wanted), 0, 0)
    assert {row["closed"] for key, row in found.items() if not key.startswith("2026-11")} == {"true"}
    assert {row["closed"] for key, row in found.items() if key.startswith("2026-11")} == {"false"}
    assert found["2026-10:contract_size:100-1000:usd"]["name"] == "2026-10 · contract size 100-1000 · USD"


@both
def test_figures_are_in_major_units_and_percent_rounded_half_up_and_what_is_not_known_is_empty(acts, crm):
    units = {"jpy": 0, "bhd": 3}
    for period in acts.told[crm]:
        row = acts.rows["first"][crm][f"{period.to_month}:{period.segment}:{period.band or 'all'}:{period.currency}"]
        assert Decimal(row["end"]) == Decimal(int(period.end)).scaleb(-units.get(period.currency, 2))
        for name, rate in (("nrr", period.nrr), ("logo", period.logo.rate)):
            if rate is None:
                assert row[name] is None
            else:
                percent = Decimal(100 * rate.numerator) / rate.denominator
                assert Decimal(row[name]) == percent.quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert any(row["nrr"] is None for row in acts.rows["first"][crm].values())
    assert any(row["nrr"] not in (None, "100") for row in acts.rows["first"][crm].values())


@both
@pytest.mark.parametrize("act", ["first", "next day", "month over"])
def test_in_the_crm_books_balance_months_follow_on_and_bands_add_up(acts, crm, act):
    sums = defaultdict(lambda: defaultdict(Decimal))
    for key, row in acts.rows[act][crm].items():
        month, segment, _, currency = key.split(":")
        money = {name: Decimal(row[name]) for name in ("start", "new", "expansion", "contraction", "churn", "reactivation", "fx", "end")}
        gained, lost = money["new"] + money["expansion"] + money["reactivation"] + money["fx"], money["contraction"] + money["churn"]
        assert money["start"] + gained - lost == money["end"], key
        for name, amount in money.items():
            sums[month, currency, segment][name] += amount
    for (month, currency, segment), found in sums.items():
        assert found == sums[month, currency, "all"], (month, segment)


def test_both_crms_say_the_same(acts):
    for act, found in acts.rows.items():
        assert found["salesforce"].keys() == found["hubspot"].keys(), act
        whole = {key for key in found["salesforce"] if ":all:" in key}
        assert {key: found["salesforce"][key] for key in whole} == {key: found["hubspot"][key] for key in whole}, act


def test_as_long_as_nothing_is_due_no_call_is_made(acts):
    assert acts.calls["second"] == acts.calls["same day"] == acts.calls["idle day"] == []
    for act in ("second", "same day", "idle day"):
        for counts in acts.results[act].values():
            assert counts.wanted == counts.unchanged > 300


@both
def test_the_running_month_is_brought_up_to_date_once_a_day_by_one_describe_and_one_upsert(acts, crm):
    changed = acts.changed(crm, "next day", "same day")
    assert len(changed) == acts.results["next day"][crm].written == 3
    assert {key.split(":")[0] for key in changed} == {"2026-11"}
    of_this = [call for call in acts.calls["next day"] if call["vendor"] == crm]
    assert [call["method"] for call in of_this] == ["GET", {"salesforce": "PATCH", "hubspot": "POST"}[crm]]


@both
def test_a_lost_state_costs_no_write_and_the_running_month_stays_until_it_is_over(acts, crm):
    assert writes(acts.calls["state lost"]) == writes(acts.calls["day after"]) == []
    assert acts.rows["day after"][crm] == acts.rows["idle day"][crm]
    counts = acts.results["day after"][crm]
    assert counts.wanted == counts.unchanged > 300


@both
def test_a_month_that_is_over_is_closed_and_those_before_it_stay_as_they_were(acts, crm):
    found = acts.rows["month over"][crm]
    assert {row["closed"] for key, row in found.items() if key.startswith("2026-11")} == {"true"}
    assert {row["closed"] for key, row in found.items() if key.startswith("2026-12")} == {"false"}
    assert {key[:7] for key in acts.changed(crm, "month over", "day after")} == {"2026-11", "2026-12"}


# ── what is in the way ──


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A stage, its state empty and its CRMs as new at the start of each test that asks for `fresh`."""
    records = make_company(12, seed=3)
    with open_stage(tmp_path_factory.mktemp("stage"), records) as stage:
        stage.records = records
        yield stage


@pytest.fixture
def fresh(small):
    small.world.reset()
    small.world.clock.set(DEFAULT_AS_OF)
    small.settings["SYNCER_AS_OF"] = "2026-11-01T09:00:00Z"
    small.world.load(small.records)
    small.forget()
    return small


def sync(stage, *changed):
    settings = stage.without("mixpanel", "zendesk")
    return stage.sync(settings | (stage.write_file(MAPPING, *changed) if changed else {}))


def test_an_object_that_is_not_there_is_a_notice_and_all_else_is_written(fresh):
    load(fresh, "salesforce", remove_objects=[OBJECT["salesforce"]])
    load(fresh, "hubspot", subscription={"custom_objects": False})
    results = sync(fresh)
    assert {crm: result.metrics.notice for crm, result in results.items()} == {
        "salesforce": "Salesforce has no object Syncer_Monthly_Metric__c (or hides it from this user), so monthly metrics are not written "
        "there; create it as field_specs/monthly_metric.yaml says, or take its salesforce name out of that file",
        "hubspot": "HubSpot shows no custom objects to this token (an Enterprise subscription has them, and the token then needs the scope "
        "crm.schemas.custom.read), so monthly metrics are not written there; create it as field_specs/monthly_metric.yaml says, or take "
        "its hubspot name out of that file",
    }
    assert all(result.numbers["written"] > 50 and result.metrics.wanted == 0 for result in results.values())
    load(fresh, "hubspot", subscription={"custom_objects": True})
    again = sync(fresh)
    assert again["salesforce"].metrics.notice
    assert again["hubspot"].metrics.written == len(rows(fresh, "hubspot")) > 50


def test_a_half_made_object_is_said_with_all_that_it_lacks_after_the_accounts_are_written(fresh):
    thin = [{"name": "Key__c", "unique": True, "externalId": True}, {"name": "MRR_End__c", "type": "double", "precision": 18, "scale": 2}]
    load(fresh, "salesforce", objects=[{"name": OBJECT["salesforce"], "fields": thin}])
    with fresh.listening() as calls, pytest.raises(MissingCrmField) as refused:
        sync(fresh)
    said = str(refused.value)
    assert said.startswith("salesforce Syncer_Monthly_Metric__c has no field Month__c, Segment__c, Band__c, Currency__c, MRR_Start__c, ")
    assert "salesforce Syncer_Monthly_Metric__c keeps 2 decimals in MRR_End__c, field_specs/monthly_metric.yaml says 3" in said
    assert said.endswith(". No monthly metric was written there; all else was")
    assert not any(OBJECT["salesforce"] in call for call in writes(calls))
    assert {call.split()[0] for call in writes(calls)} == {"salesforce", "hubspot"}
    assert len(rows(fresh, "hubspot")) > 50


def test_rejected_records_are_told_in_the_crms_words_and_tried_again(fresh):
    narrow = {"name": "Band__c", "type": "picklist", "restrictedPicklist": True, "picklistValues": [{"value": "all"}]}
    load(fresh, "salesforce", fields={OBJECT["salesforce"]: [narrow]})
    said = fresh.command("sync", "--json", changes=fresh.without("mixpanel", "zendesk"))
    assert said.code == 6
    assert "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST: Band: bad value for restricted picklist field: " in said.err
    counts = said.lines[0]["monthly_metrics"]
    assert counts["wanted"] == counts["written"] + counts["unchanged"] + counts["rejected"]
    assert counts["rejected"] > 20
    assert counts["written"] == len(rows(fresh, "salesforce"))
    assert {key.split(":")[1] for key in rows(fresh, "salesforce")} == {"all"}
    load(fresh, "salesforce", fields={OBJECT["salesforce"]: [{"name": "Band__c", "length": 255}]})
    again = sync(fresh)["salesforce"].metrics
    assert (again.written, again.unchanged) == (counts["rejected"], counts["written"])


def test_a_run_that_is_cut_off_between_batches_is_taken_up_by_the_next(fresh):
    class CutOff(Exception):
        pass

    told = []

    def watch(what, _done, _of):
        told.append(what)
        if told.count("hubspot months") == 2:
            raise CutOff

    with pytest.raises(CutOff):
        fresh.sync(fresh.without("mixpanel", "zendesk"), watch)
    assert 0 < len(rows(fresh, "hubspot")) < len(rows(fresh, "salesforce"))
    results = sync(fresh)
    assert rows(fresh, "hubspot") == rows(fresh, "salesforce")
    assert results["salesforce"].metrics.written == 0
    assert results["hubspot"].metrics.unchanged == 100


def test_other_bands_leave_zeros_in_the_old_ones(fresh):
    sync(fresh)
    before = rows(fresh, "salesforce")
    results = sync(fresh, (SEGMENTS, "  segments: [contract_size, tenure]\n  tenure: [6, 36]\n"))
    after = rows(fresh, "salesforce")
    old = {key for key in before if key.split(":")[1:3] == ["tenure", "24+"]}
    assert old
    assert {(after[key]["start"], after[key]["end"], after[key]["nrr"]) for key in old} == {("0", "0", None)}
    assert {key: row for key, row in after.items() if ":tenure:" not in key} == {
        key: row for key, row in before.items() if ":tenure:" not in key
    }
    assert results["salesforce"].metrics.wanted == len(after)


def test_a_picklist_field_divides_the_customers_as_it_stood_at_the_start_of_a_month(fresh):
    plan = (SEGMENTS, "  segments: [plan]\n")
    sync(fresh, plan)
    assert not any(":plan:" in key for key in rows(fresh, "hubspot"))  # history knows of no plan before this month
    fresh.later(31 * DAY)
    sync(fresh, plan)
    bands = {key.split(":")[2] for key in rows(fresh, "hubspot") if key.startswith("2026-12:plan:")}
    assert bands & {"Starter", "Team", "Business", "Enterprise", "Pro Plan"}, bands
    assert {key.split(":")[2] for key in rows(fresh, "hubspot") if key.startswith("2026-11:plan:")} == {"unknown"}


def test_bands_that_differ_in_capitals_alone_are_not_sent():
    from syncer.runs.metrics import _alike  # noqa: PLC0415

    assert _alike(["2026-10:plan:Pro:usd", "2026-10:plan:pro:usd", "2026-10:plan:Max:usd"]) == {
        "2026-10:plan:Pro:usd",
        "2026-10:plan:pro:usd",
    }
