"""Compare our MRR with an export of someone else's: what is known of both sides, and computing again as often as asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from fractions import Fraction
from pathlib import Path

import msgspec

from syncer.core.reconcile import Ours, Rate, Reconciliation, reconcile
from syncer.core.their_figures import Figures, Key, figures_of, id_warning, reasons_of, theirs_of, unit_warning
from syncer.runs.mrr import Books
from syncer.runs.pull import Watch
from syncer.specs.mrr_policy import MrrPolicy
from syncer.specs.their_mrr import Export, Unit, read_theirs
from syncer.words.errors import FileProblems, Problem


def read_export(path: Path, unit: Unit | None = None, currency: str | None = None) -> Export:
    """The rows of a CSV file; `unit` and `currency` say what the file does not. FileProblems with all that is wrong."""
    export, problems = read_theirs(path, unit, currency)
    if problems:
        raise FileProblems(problems)
    return export


def reconcile_export(books: Books, export: Export, policy: MrrPolicy, as_of: int, watch: Watch) -> Reconciliation:
    """Every difference between the books' MRR and the export's, by cause.

    FileProblems where a row fits no single figure of ours. `watch` is told of every computation.
    """
    customers = books.customers(policy, as_of)
    figures = figures_of(customers)
    theirs, faults = theirs_of(export, figures)
    if faults:
        raise FileProblems([Problem(export.file, line, 1, text) for line, text in faults])

    computed = 0

    def recompute(changed: MrrPolicy, instant: int) -> Figures:
        nonlocal computed
        computed += 1
        watch("trying switches", computed, None)
        return figures_of(books.customers(changed, instant, past=instant < as_of))

    rates = _rates(books, policy, as_of, _foreign(figures, theirs))
    ours = Ours(figures, reasons_of(customers), _parts(books, policy, as_of), rates)
    found = reconcile(ours, theirs, policy, as_of, recompute)
    told = unit_warning(export, figures), id_warning(export, figures)
    return msgspec.structs.replace(found, warnings=[warning for warning in told if warning])


def _foreign(figures: Figures, theirs: Mapping[Key, Fraction]) -> set[str]:
    """Currencies of theirs in which the customer has no figure here."""
    return {currency for customer, currency in theirs if not figures.get((customer, currency))}


def _rates(books: Books, policy: MrrPolicy, as_of: int, quotes: Collection[str]) -> dict[tuple[str, str], Rate]:
    found = {}
    for quote in quotes:
        for one in books.customers(policy.model_copy(update={"reporting_currency": quote}), as_of):
            told = one.reporting
            if one.currency and told is not None and told.rate is not None and told.rate_date is not None:
                found[one.currency, quote] = Rate(Fraction(told.rate), told.rate_date)
    return found


def _parts(books: Books, policy: MrrPolicy, as_of: int) -> dict[Key, list[Fraction]]:
    """The counted items of each figure, a month each."""
    parts: dict[Key, list[Fraction]] = defaultdict(list)
    for statement in books.statements(policy, as_of):
        for subscription in statement.subscriptions:
            for item in subscription.items:
                if item.counted and item.monthly is not None and item.currency == statement.total.currency:
                    parts[statement.total.customer, item.currency or ""].append(item.monthly)
    return parts
