"""Repeatable chance: a stream of its own per subject, so that more draws in one subject change nothing in another."""

from __future__ import annotations

import random
import string
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_ALPHABET = string.ascii_letters + string.digits


class Chance(random.Random):
    """Draws that depend on the seed and the subject alone."""

    def __init__(self, seed: int, subject: str) -> None:
        super().__init__(f"{seed} {subject}")

    def deal(self, count: int, shares: Mapping[str, int]) -> list[str]:
        """`count` words in these shares of 100 exactly (to the nearest whole), shuffled."""
        whole = sum(shares.values())
        words: list[str] = []
        passed = 0
        for word, share in shares.items():
            passed += share
            words += [word] * (round(count * passed / whole) - len(words))
        self.shuffle(words)
        return words

    def stripe_id(self, prefix: str) -> str:
        """`cus_` and 14 letters and digits."""
        return f"{prefix}_{''.join(self.choices(_ALPHABET, k=14))}"
