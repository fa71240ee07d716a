"""What each run keeps of the accounts and of its written files: whole days, once, exact, and not for ever."""

from __future__ import annotations

import json
import random
from decimal import Decimal

import pytest
from stage import open_stage, writes

from syncer.runs import history
from syncer.runs.propose import proposing
from syncer.runs.tables import DEFINITION, FACT
from syncer.sandbox.company import make_company

DAY = 86_400
ACCOUNTS = 12


class CutOff(Exception):
    pass


class CutAfter:
    def __init__(self, times: float) -> None:
        self.told = 0
        self._times = times

    def __call__(self, *_: object) -> None:
        self.told += 1
        if self.told == self._times:
            raise CutOff


@pytest.fixture
def stage(tmp_path):
    with open_stage(tmp_path, make_company(ACCOUNTS, seed=3)) as opened:
        yield opened


def kept(stage, crm, changes=None):
    """Days, each with what is known by account; and the digests of the files that are kept."""
    with stage.run(changes or {}) as run:
        manifest = run.store.latest()
        days = {each: history.known(run, each) for each in history.slices(manifest, crm)}
        state = manifest.tables.get(DEFINITION.name)
    return days, {part.partition for part in state.parts} if state else set()


def size(stage):
    return sum(path.stat().st_size for name in (FACT.name, DEFINITION.name) for path in (stage.state / "parts" / name).rglob("*.parquet"))


def test_a_day_is_kept_whole_once_and_a_second_sync_writes_nothing(stage):
    stage.sync()
    first = size(stage)
    with stage.listening() as calls:
        stage.sync()
    assert writes(calls) == []
    assert size(stage) <= 5 * first  # a handful of commits are kept, and with them what they name
    for crm in ("salesforce", "hubspot"):
        days, digests = kept(stage, crm)
        [(day, known)] = days.items()
        assert len(known) == ACCOUNTS
        assert digests == {day.digest}
    with stage.run() as run, proposing(run, "salesforce") as proposal:
        [(account, mrr)] = proposal.engine.rows("SELECT account_id, stripe__mrr FROM base WHERE stripe__mrr > 0 ORDER BY 2 DESC LIMIT 1")
        [day] = history.slices(run.store.latest(), "salesforce")
        facts = history.known(run, day, [account])[account].facts
        assert isinstance(facts["stripe.mrr"], str)
        assert Decimal(facts["stripe.mrr"]) == mrr
        nulls = {name for name in ("stripe.churned_on", "zendesk.csat_pct") if name not in facts}
        [empty] = proposal.engine.rows(f"SELECT stripe__churned_on, zendesk__csat_pct FROM base WHERE account_id = '{account}'")
        assert nulls == {name for name, value in zip(("stripe.churned_on", "zendesk.csat_pct"), empty, strict=True) if value is None}
        assert history.project_with(run, day.digest).fields == run.project.fields
    [told] = [json.loads(line) for line in stage.command("runs", "--last", "1", "--json").out.splitlines()]
    assert told["definition"] == day.digest


def test_old_days_go_and_with_them_files_that_no_day_needs(stage):
    alone = {**stage.without("hubspot"), "SYNCER_HISTORY_DAYS": "3"}
    changed = {**alone, **stage.write_file("mappings/account.yaml", ("seats: stripe.seats\n", "seats: stripe.seats + 0\n"))}
    digests = []
    for changes in (alone, changed, changed, changed, changed):
        stage.sync(changes)
        days, digests_now = kept(stage, "salesforce", changes)
        digests.append(digests_now)
        stage.later(DAY)
    assert [len(each) for each in digests] == [1, 2, 2, 1, 1]
    assert digests[-1] < digests[1]
    assert [str(day.day) for day in days] == ["2026-11-03", "2026-11-04", "2026-11-05"]


def test_files_that_change_within_a_day_replace_the_day(stage):
    alone = stage.without("hubspot")
    stage.sync(alone)
    changed = {**alone, **stage.write_file("mappings/account.yaml", ("seats: stripe.seats\n", "seats: stripe.seats + 0\n"))}
    stage.sync(changed)
    days, digests = kept(stage, "salesforce", changed)
    [day] = days
    assert {day.digest} == digests


def test_a_run_that_is_cut_off_never_leaves_half_a_day(stage):
    """Each CRM has every account of the day, or none."""
    watch = CutAfter(float("inf"))
    stage.sync(watch=watch)
    times = sorted(random.Random(4).sample(range(1, watch.told + 1), 2))
    for cut in times:
        stage.world.reset()
        stage.world.load(make_company(ACCOUNTS, seed=3))
        stage.forget()
        with pytest.raises(CutOff):
            stage.sync(watch=CutAfter(cut))
        assert {len(known) for crm in ("salesforce", "hubspot") for known in kept(stage, crm)[0].values()} <= {ACCOUNTS}
    stage.sync()
    assert [len(known) for crm in ("salesforce", "hubspot") for known in kept(stage, crm)[0].values()] == [ACCOUNTS, ACCOUNTS]
