"""Seeds the defects of mutations.yaml in the SQL models, one at a time, and prints which test catches each; 1 when any survives.

Each defect runs in a process of its own, with the changed text in memory: no file is touched. The tests are those of tests/models:
random trials against the oracle, prices in other words, and the cases; the first that fails has caught it. A text that is not
there exactly once, or SQL that cannot run at all, is an error: it would show nothing.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "models"))

import test_cases  # noqa: E402
import test_properties  # noqa: E402
from trial import Trial  # noqa: E402

from syncer.core import compose, policy  # noqa: E402
from syncer.models import model_texts  # noqa: E402

POLICY, MACROS, MODELS = "core/policy.py", "models/macros.yaml", "models/"
TRIALS = [Trial(number, 400) for number in (8, 5, 9, 11, 1, 13, 10, 7, 3, 14, 12, 6)]
"""Presets, policies of the past, and every value of every switch."""


class ProvesNothing(Exception):
    """A defect that is not one."""


@dataclass(frozen=True)
class Mutation:
    file: str
    defect: str
    find: str
    put: str

    def text(self) -> str:
        """The changed file. ProvesNothing unless the text to change is there exactly once."""
        whole = (ROOT / "syncer" / self.file).read_text(encoding="utf-8")
        if whole.count(self.find) != 1:
            raise ProvesNothing(f"{self.defect}: {self.file} has {whole.count(self.find)} times {self.find!r}; it must be there once")
        return whole.replace(self.find, self.put)

    def apply(self) -> None:
        """Let this process compose from the changed text."""
        text = self.text()
        if self.file == POLICY:
            exec(compile(text, self.file, "exec"), vars(policy))  # noqa: S102
            compose.policy_macros = policy.policy_macros
        elif self.file == MACROS:
            compose.macros_text = lambda: text
        else:
            name = self.file.removeprefix(MODELS).removesuffix(".sql").replace("/", "_")
            compose.model_texts = lambda: {**model_texts(), name: text}
        for kept in (compose.customer_query, compose.item_query, compose.facts_query, compose.shipped_macros, compose._parsed_models):  # noqa: SLF001
            kept.cache_clear()


def mutations() -> list[Mutation]:
    """All that are listed."""
    listed = YAML(typ="safe").load(Path(__file__).with_name("mutations.yaml"))
    return [Mutation(file, **about) for file, several in listed.items() for about in several]


def suite(file: str) -> Iterator[tuple[str, Callable[[], None]]]:
    """The tests by name, those first that are likeliest to know a defect in the file."""
    cases = [(f"case {case.name}", partial(test_cases.check, case)) for case in test_cases.CASES]
    stops = test_properties.test_no_customers_numbers_stop_the_others
    about_mrr = [
        *((f"trial {trial.number}", partial(_agree, trial)) for trial in TRIALS),
        ("one price in other words", test_properties.test_one_price_in_other_words_is_the_same_mrr),
        *((f"long numbers of {items} items", partial(stops, amount, items)) for amount, items in test_properties.LONG),
    ]
    facts_only = file.startswith("models/stripe/account")
    yield from (*cases, *about_mrr) if facts_only else (*about_mrr, *cases)


def _agree(trial: Trial) -> None:
    if trial.run().differences:
        raise AssertionError


def caught_by(mutation: Mutation) -> str | None:
    """The name of the test that fails; None when all pass."""
    mutation.apply()
    for name, test in suite(mutation.file):
        try:
            test()
        except (duckdb.BinderException, duckdb.ParserException, duckdb.CatalogException) as error:
            raise ProvesNothing(f"{mutation.defect}: this cannot run at all: {error}") from error
        except (AssertionError, duckdb.Error, ArithmeticError, LookupError):
            return name
    return None


def run(chosen: list[Mutation], workers: int) -> list[Mutation]:
    """Try each; the survivors. ProvesNothing for what is none."""
    for trial in TRIALS:
        _ = trial.tables
    width = max(len(mutation.defect) for mutation in chosen)
    survivors = []
    # a process that was forked has the trials' tables already, and one for each defect has none of another's
    with multiprocessing.get_context("fork").Pool(workers, maxtasksperchild=1) as pool:
        for mutation, test in zip(chosen, pool.imap(caught_by, chosen), strict=True):
            print(f"{mutation.defect:{width}} → {test or 'SURVIVES'}", flush=True)
            survivors += [] if test else [mutation]
    return survivors


def main() -> None:
    example = "Example:  scripts/mutate tier"
    parser = argparse.ArgumentParser(prog="scripts/mutate", description=(__doc__ or "").splitlines()[0], epilog=example)
    parser.add_argument("words", nargs="*", help="only defects, or files, whose names have one of these words")
    parser.add_argument("--list", action="store_true", help="make none: show them, and that each can be made")
    parser.add_argument("--some", type=int, metavar="N", help="only N of them, drawn by --seed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    chosen = [one for one in mutations() if not asked.words or any(word in f"{one.file} {one.defect}" for word in asked.words)]
    if asked.some is not None:
        chosen = random.Random(asked.seed).sample(chosen, min(asked.some, len(chosen)))  # noqa: S311
    if not chosen:
        parser.error("no defect has these words")
    try:
        for mutation in chosen:
            mutation.text()
        raise SystemExit(show(chosen) if asked.list else judge(chosen, asked.workers))
    except ProvesNothing as error:
        raise SystemExit(f"mutate: {error}") from None


def show(chosen: list[Mutation]) -> int:
    for mutation in chosen:
        print(f"{mutation.file}: {mutation.defect}")
    return 0


def judge(chosen: list[Mutation], workers: int) -> int:
    begun, survivors = time.perf_counter(), run(chosen, workers)
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} defects caught in {time.perf_counter() - begun:.0f} s")
    return 1 if survivors else 0


if __name__ == "__main__":
    main()
