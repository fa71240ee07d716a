"""Which other switches give someone else's figures: tried one by one, then in pairs, by computing again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import ceil, floor

from syncer.core.mrr import half_up
from syncer.core.mrr_changes import Change, preset_changes, single_changes, together
from syncer.core.their_figures import Figures, Key
from syncer.specs.mrr_policy import MrrPolicy

Recompute = Callable[[MrrPolicy, int], Figures]
"""The figures under a policy at an instant."""

MOST_PAIRS = 24
"""Pairs of changes that are tried at most; those that the single changes predict come first."""
SAMPLE = 500
"""Customers by which pairs are chosen."""
MOST_TOGETHER = 4

LESS_THAN_ONE = Change("rounding", "they round another way: less than one minor unit")
PER_ITEM = Change("rounding", "they round each item before they add up")


@dataclass(frozen=True)
class Trial:
    """What a change comes to: which differing figures it explains, and how many of all figures agree under it."""

    change: Change
    explains: frozenset[Key]
    agree: int
    values: Mapping[Key, Fraction | None]

    @property
    def rank(self) -> tuple[int, int, bool]:
        """Least to believe first, then most figures that agree, then what a preset bundles."""
        return self.change.size, -self.agree, not self.change.in_preset


class Search:
    """`keys` are all that is compared, `open` those whose figures differ, `unknown` those of which we have no figure."""

    def __init__(self, ours: Figures, theirs: Mapping[Key, Fraction], policy: MrrPolicy, as_of: int, recompute: Recompute) -> None:
        self.ours, self.theirs = ours, theirs
        self._policy, self._as_of, self._recompute = policy, as_of, recompute
        self.keys = compared(ours, theirs)
        self._wanted = {key: half_up(theirs.get(key, Fraction(0))) for key in self.keys}
        self.unknown = [key for key in self.keys if self._ours(key) is None]
        self.open = [key for key in self.keys if self._ours(key) is not None and not self._agrees(key, self._ours(key))]
        self.agree = len(self.keys) - len(self.open) - len(self.unknown)
        known = {customer for customer, _ in ours}
        # an export that names nobody of ours is explained by no switch
        shared = any(customer in known for customer, _ in theirs)
        self._tried = [key for key in self.open if shared and key[0] in known]
        self._trials: dict[Change, Trial] = {}
        self._by_key: dict[Key, list[Trial]] = {key: [] for key in self.open}

    def run(self, parts: Mapping[Key, Iterable[Fraction]]) -> None:
        """Try everything; `parts` are the items behind our figures."""
        singles = single_changes(self._policy, self._as_of) if self._tried else []
        for change in singles:
            self._try(change)
        self._round(parts)
        for pair, touched in self._pairs([self._trials[change] for change in singles]):
            if any(not self._by_key[key] for key in touched):
                self._try(pair)
        for preset in preset_changes(self._policy, singles):
            self._try(preset)

    def explanations(self, key: Key) -> list[Change]:
        """What explains a differing figure with the least to believe, the likeliest first."""
        trials = sorted(self._by_key[key], key=lambda trial: trial.rank)
        return [trial.change for trial in trials if trial.change.size == trials[0].change.size]

    def closest(self) -> Trial | None:
        """The switches under which most figures agree; None when none are better than ours."""
        chosen = Counter(changes[0] for key in self.open if (changes := self.explanations(key)) and changes[0].told())
        union: list[Change] = []
        for change, _ in chosen.most_common():
            if len(union) < MOST_TOGETHER and all(change.fits_with(other) for other in union):
                union.append(change)
                self._try(together(union))
        tried = (trial for trial in self._trials.values() if trial.change.told())
        best = min(tried, key=lambda trial: (-trial.agree, trial.rank), default=None)
        return best if best is not None and best.agree > self.agree else None

    def _ours(self, key: Key) -> Fraction | None:
        return self.ours.get(key, Fraction(0))

    def _agrees(self, key: Key, amount: Fraction | None) -> bool:
        return amount is not None and half_up(amount) == self._wanted[key]

    def _try(self, change: Change) -> None:
        if change in self._trials:
            return
        figures = self._recompute(change.policy(self._policy), self._as_of if change.instant is None else change.instant)
        values = {key: figures.get(key, Fraction(0)) for key in self.keys}
        agree = sum(self._agrees(key, amount) for key, amount in values.items())
        self._add(change, [key for key in self._tried if self._agrees(key, values[key])], agree, {key: values[key] for key in self._tried})

    def _add(self, change: Change, explains: list[Key], agree: int, values: Mapping[Key, Fraction | None]) -> None:
        trial = self._trials[change] = Trial(change, frozenset(explains), agree, values)
        for key in explains:
            self._by_key[key].append(trial)

    def _round(self, parts: Mapping[Key, Iterable[Fraction]]) -> None:
        near = [key for key in self._tried if abs(Fraction(self._wanted[key]) - (self._ours(key) or 0)) < 1]
        per_item = [key for key in self._tried if key in parts and self._wanted[key] in _rounded_sums(list(parts[key]))]
        for change, explains in ((LESS_THAN_ONE, near), (PER_ITEM, per_item)):
            self._add(change, explains, self.agree + len(explains), {})

    def _pairs(self, singles: list[Trial]) -> list[tuple[Change, set[Key]]]:
        """Pairs worth trying, each with the unexplained figures that it moves: first those whose effects come to a figure of theirs."""
        left = [key for key in self._tried if not self._by_key[key]][:SAMPLE]
        moved = {trial.change: {key for key in left if trial.values[key] != self.ours.get(key, 0)} for trial in singles}
        scored = []
        for one, other in combinations(singles, 2):
            touched = moved[one.change] | moved[other.change]
            if touched and one.change.fits_with(other.change):
                predicted = sum(self._predicts(one, other, key) for key in touched)
                scored.append((predicted, len(touched), together((one.change, other.change)), touched))
        scored.sort(key=lambda pair: pair[:2], reverse=True)
        return [(change, touched) for _, _, change, touched in scored[:MOST_PAIRS]]

    def _predicts(self, one: Trial, other: Trial, key: Key) -> bool:
        """Whether two effects, added or multiplied, come within a minor unit of their figure."""
        before, first, second = self._ours(key), one.values[key], other.values[key]
        if before is None or first is None or second is None:
            return False
        guesses = [first + second - before] + ([first * second / before] if before else [])
        return any(abs(guess - self._wanted[key]) <= 1 for guess in guesses)


def _rounded_sums(parts: Sequence[Fraction]) -> set[int]:
    return {sum(half_up(part) for part in parts), sum(round(part) for part in parts), sum(map(floor, parts)), sum(map(ceil, parts))}


def compared(ours: Figures, theirs: Mapping[Key, Fraction]) -> list[Key]:
    """Every figure of either side, by customer and currency; of customers without any, one row."""
    telling = {key for key, amount in ours.items() if amount != 0} | theirs.keys()
    told = {customer for customer, _ in telling}
    silent = {customer: (customer, currency) for customer, currency in ours if customer not in told}
    return sorted(telling | set(silent.values()))
