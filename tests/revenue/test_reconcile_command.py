"""`syncer mrr reconcile` as typed: what it says, its JSON, and every way in which an export is wrong."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from random import Random

import plain_mrr
import pytest
from click.testing import CliRunner
from plain_mrr import AS_OF

from syncer.cli.reconcile import reconcile
from syncer.core.mrr import half_up
from syncer.core.reconcile import major_text
from syncer.specs.mrr_policy import policy_of

CASES = Path(__file__).with_name("reconcile_cases")


def said(*words: str) -> tuple[str, str]:
    """What the command prints on stdout and on stderr."""
    done = CliRunner(env={"COLUMNS": "120"}).invoke(reconcile, words, catch_exceptions=False)
    assert done.exit_code == 0
    return "\n".join(line.rstrip() for line in done.stdout.splitlines()), done.stderr


def told(*words: str) -> dict:
    return json.loads(said(*words, "--json")[0])


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda case: case.name)
def test_case(case, monkeypatch):
    """`command` holds the words, `stdout` and `stderr` what they are answered with."""
    monkeypatch.chdir(case)
    out, err = said(*shlex.split(Path("command").read_text(encoding="utf-8")))
    assert out == Path("stdout").read_text(encoding="utf-8").rstrip("\n")
    assert err == (Path("stderr").read_text(encoding="utf-8") if Path("stderr").exists() else "")


CALLED = ({"trialing": "include"}, {"discounts": "none"}, {"week_factor": "4.33"}, {"inclusive_tax": "keep"}, {})


def test_each_customers_own_switch_is_found_by_the_models(tmp_path):
    """Each customer's figure is computed in plain Python under one of five policies; five are wrong by far."""
    dice = Random(8)
    subs = plain_mrr.make(8, 120)
    by_customer = defaultdict(list)
    for sub in subs:
        by_customer[sub.customer].append(sub)
    lines, switches, wrong = ["Customer ID,Currency,MRR"], {}, set()
    for number, (customer, own) in enumerate(by_customer.items()):
        switches[customer] = CALLED[number % len(CALLED)]
        for (_, currency), amount in plain_mrr.mrr(own, policy_of(None, switches[customer]), AS_OF).items():
            figure = half_up(amount)
            if number % 24 == 3:
                figure += dice.randrange(700_000, 900_000)
                wrong.add((customer, currency))
            if figure:
                lines.append(f"{customer},{currency.upper()},{major_text(figure, currency)}")
    theirs, ours = tmp_path / "theirs.csv", tmp_path / "stripe.json"
    theirs.write_text("\n".join(lines), encoding="utf-8")
    ours.write_text(json.dumps(plain_mrr.stripe_objects(subs)), encoding="utf-8")
    found = told("--theirs", str(theirs), "--as-of", str(AS_OF), str(ours))
    differing = {(one["customer"], one["currency"]): one for one in found["differences"]}
    assert {key for key, one in differing.items() if one["cause"] == "unexplained"} == wrong
    for key, one in differing.items():
        if key not in wrong:
            name, value = next(iter(switches[key[0]].items()))
            assert one["switches"] == {name: value} or f"--set {name}={value}" in one["also"], one


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("--theirs", "no.csv"), 3, "no.csv:1:1: cannot read the file: there is no such file; check the path"),
        (
            ("--theirs", "no.csv", "--as-of", "soon"),
            2,
            "syncer: --as-of soon is no instant; write a day (2026-11-01), 2026-11-01T09:00:00Z",
        ),
    ],
)
def test_errors_as_typed(tmp_path, words, code, sentence):
    done = subprocess.run(
        [sys.executable, "-m", "syncer", "mrr", "reconcile", *words], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (code, "")
    assert sentence in done.stderr
