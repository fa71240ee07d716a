"""MRR of a Stripe account's customers, from files or from the state, by the very models of a sync: each customer is an account of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from syncer.core.mrr import CustomerMrr, CustomerStatement
from syncer.runs.run import Run
from syncer.specs.mrr_policy import MrrPolicy
from syncer.tools.engine import Engine


class Books:
    """What a Stripe account holds, bound once and computed as often as asked.

    with Books.of_files([Path("subscriptions.json")]) as books:
        books.customers(policy_of(None, {"trialing": "include"}), as_of)
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def of_files(cls, files: Sequence[Path | str]) -> Books:
        """The Stripe objects of JSON files, `-` for stdin. FileProblems with everything that is wrong."""
        raise NotImplementedError

    @classmethod
    def of_store(cls, run: Run) -> Books:
        """The Stripe account as last read into the state."""
        raise NotImplementedError

    def __enter__(self) -> Books:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._engine.close()

    def customers(self, policy: MrrPolicy, as_of: int, *, past: bool = False) -> list[CustomerMrr]:
        """Each customer's MRR per currency, by customer and currency. One query: cheap to ask under many policies.

        `past`: status as Stripe's own dates tell it for an `as_of` in the past.
        """
        raise NotImplementedError

    def statements(self, policy: MrrPolicy, as_of: int) -> list[CustomerStatement]:
        """The same with plans, subscriptions and items. SyncerError when the items do not add up to the totals exactly."""
        raise NotImplementedError
