"""A run that is cut off anywhere: the next one brings the CRMs to where a run without trouble would have."""

from __future__ import annotations

import random
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from stage import CRM_WRITES, Stage, open_stage, standing, writes

from syncer.sandbox.company import make_company
from syncer.sandbox.server import Fault
from syncer.words.errors import CredentialRefused

ACCOUNTS = 110
"""Two batches for HubSpot."""


class CutOff(Exception):
    pass


class CutAfter:
    """Cuts the run off when it has told of its progress so many times."""

    def __init__(self, times: float) -> None:
        self.told: list[str] = []
        self._times = times

    def __call__(self, what: str, _done: int, _of: int | None) -> None:
        self.told.append(what)
        if len(self.told) == self._times:
            raise CutOff


@pytest.fixture(scope="module")
def stage(tmp_path_factory) -> Iterator[Stage]:
    with open_stage(tmp_path_factory.mktemp("stage"), {}) as opened:
        yield opened


@pytest.fixture(scope="module")
def smooth(stage):
    """A run without trouble: what it told of, what stands in the CRMs; and a run after the state fell behind."""
    begin(stage)
    watch = CutAfter(float("inf"))
    stage.sync(watch=watch)
    wanted = end(stage)
    commits = sorted((stage.state / "commits").iterdir())
    for newer in commits[random.Random(0).randrange(1, len(commits)) :]:
        newer.unlink()
    with stage.listening() as calls:
        stage.sync()
    return SimpleNamespace(told=watch.told, wanted=wanted, calls_behind=calls, end_behind=end(stage))


def begin(stage):
    """The company as it was, no state."""
    stage.world.reset()
    stage.world.load(make_company(ACCOUNTS, seed=5))
    stage.forget()


def end(stage):
    return {crm: standing(stage.crm(crm)) for crm in CRM_WRITES}


@pytest.mark.parametrize("seed", [1, 2])
def test_a_run_that_is_cut_off_anywhere_is_taken_up_by_the_next(stage, smooth, seed):
    begin(stage)
    with pytest.raises(CutOff):
        stage.sync(watch=CutAfter(random.Random(seed).randrange(len(smooth.told)) + 1))
    stage.sync()
    assert end(stage) == smooth.wanted


def test_a_batch_that_was_carried_out_unheard_of_is_not_written_again(stage, smooth):
    begin(stage)
    hubspot = {"vendor": "hubspot", "path": CRM_WRITES["hubspot"]}
    refused, lost = Fault(**hubspot, nth=3, status=401), Fault(**hubspot, nth=2, kind="after")
    with stage.misbehaving(refused, lost), stage.listening() as calls, pytest.raises(CredentialRefused):
        stage.sync()
    assert [call["fault"] for call in calls if "batch/update" in call["path"]] == [None, "after", "status"]
    assert end(stage) == smooth.wanted
    with stage.listening() as calls:
        stage.sync()
    assert [call for call in writes(calls) if CRM_WRITES["hubspot"] in call] == []


def test_a_state_that_fell_behind_the_crm_costs_no_write(smooth):
    """As after a crash between a write and the commit that tells of it."""
    assert writes(smooth.calls_behind) == []
    assert smooth.end_behind == smooth.wanted
