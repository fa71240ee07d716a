"""The bound on narrowing down: at most 2k(⌈log2(n/k)⌉ + 1) requests more for k bad rows of n."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from syncer.crm.narrowing import BatchRefused, Spare, narrowed
from syncer.crm.port import Outcome, Update


@given(st.integers(1, 200).flatmap(lambda size: st.tuples(st.just(size), st.sets(st.integers(0, size - 1)))))
def test_only_the_bad_rows_are_rejected_within_the_bound(drawn: tuple[int, set[int]]):
    size, bad = drawn
    sent: list[int] = []

    def send(batch: Sequence[Update]) -> list[Outcome]:
        sent.append(len(batch))
        if any(int(update.id) in bad for update in batch):
            raise BatchRefused("bad")
        return [Outcome(update.id) for update in batch]

    outcomes = narrowed([Update(str(number), {}) for number in range(size)], send, Spare(10_000))

    assert [(int(outcome.id), outcome.error) for outcome in outcomes] == [
        (number, "bad" if number in bad else None) for number in range(size)
    ]
    bound = 2 * len(bad) * (math.ceil(math.log2(size / len(bad))) + 1) if bad else 0
    assert len(sent) - 1 <= bound
