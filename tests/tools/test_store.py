"""The state: commits are numbered and never overwritten, a lease is one run's, a damaged or newer file is named."""

import pytest

from syncer.tools.store import LostRace, Manifest, StateUnreadable, Store
from syncer.words.errors import LeaseHeld


def test_commit_numbers_follow_each_other(tmp_path):
    store = Store(str(tmp_path / "state"))
    first = store.commit(store.latest())
    second = store.commit(first)
    assert (first.number, second.number, store.latest().number) == (1, 2, 2)


def test_the_loser_of_a_race_is_told_and_nothing_is_overwritten(tmp_path):
    store = Store(str(tmp_path))
    start = store.latest()
    store.commit(Manifest(number=start.number, run="winner"))
    with pytest.raises(LostRace, match="another run made commit 1 first"):
        store.commit(Manifest(number=start.number, run="loser"))
    assert store.latest().run == "winner"


def test_a_lease_is_held_until_released_or_run_out(tmp_path):
    store = Store(str(tmp_path))
    lease = store.acquire("run-1", now=1000, seconds=60)
    with pytest.raises(LeaseHeld, match="run run-1 is at work for up to 50 s more"):
        store.acquire("run-2", now=1010, seconds=60)
    store.release(lease)
    again = store.acquire("run-2", now=1011, seconds=60)
    assert again.number > lease.number
    assert store.acquire("run-3", now=1011 + 61, seconds=60).number > again.number


def test_a_cut_or_newer_commit_is_named(tmp_path):
    store = Store(str(tmp_path))
    store.commit(Manifest())
    commit = tmp_path / "commits" / "0000000001.json"
    commit.write_bytes(commit.read_bytes()[:-5])
    with pytest.raises(StateUnreadable, match=r"commits/0000000001\.json cannot be read"):
        store.latest()
    commit.write_bytes(b'{"number": 1, "format": 99}')
    with pytest.raises(StateUnreadable, match="newer syncer"):
        store.latest()


def test_a_lease_can_be_renewed_unless_another_run_took_it(tmp_path):
    store = Store(str(tmp_path))
    lease = store.renew(store.acquire("run-1", now=1000, seconds=60), until=1200)
    with pytest.raises(LeaseHeld, match="for up to 100 s more"):
        store.acquire("run-2", now=1100, seconds=60)
    store.acquire("run-2", now=1201, seconds=60)
    with pytest.raises(LeaseHeld, match="another run took the lease"):
        store.renew(lease, until=1300)
