"""Which record made the CRM refuse a whole batch: halve it until only the bad ones are left.

k bad of n records cost at most 2k(⌈log2(n/k)⌉ + 1) requests more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from syncer.crm.port import Outcome, Update


class BatchRefused(Exception):
    """The CRM took none of the batch; `words` are its own."""

    def __init__(self, words: str) -> None:
        self.words = words
        super().__init__(words)


@dataclass
class Spare:
    """How many more requests narrowing may cost in one write.

    A field that is wrong for every record must not eat the day's allowance.
    """

    requests: int = 400


def narrowed(batch: Sequence[Update], send: Callable[[Sequence[Update]], list[Outcome]], spare: Spare) -> list[Outcome]:
    """One outcome per update. `send` writes a batch, or raises BatchRefused when the CRM took none of it."""
    try:
        return send(batch)
    except BatchRefused as refused:
        if len(batch) == 1:
            return [Outcome(batch[0].id, refused.words)]
        if spare.requests < 2:
            words = f"{refused.words} (said of {len(batch)} records together, not narrowed down further)"
            return [Outcome(update.id, words) for update in batch]
    spare.requests -= 2
    middle = len(batch) // 2
    return narrowed(batch[:middle], send, spare) + narrowed(batch[middle:], send, spare)
