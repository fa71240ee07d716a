"""Each folder of cases/ is files as people give them to `syncer mrr`, and what it must say: figures, published ones too, or problems.

expected.json: `customers` are the JSON's, each with the keys that the case is about; `total` the sum of all; `says_err` lines on stderr,
`exit` the code. `files` and `args` where the command is not simply all files as of 2026-11-01. `source` is where figures are published.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from syncer import cli

CASES = sorted(path for path in (Path(__file__).parent / "cases").iterdir() if path.is_dir())
AS_OF = "2026-11-01"


def syncer(monkeypatch, capsys, *words):
    """The command as typed: exit code, stdout, stderr."""
    monkeypatch.setattr(sys, "argv", ["syncer", *words])
    with pytest.raises(SystemExit) as left:
        cli.main()
    out, err = capsys.readouterr()
    return left.value.code, out, err


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case, monkeypatch, capsys):
    expected = json.loads((case / "expected.json").read_text())
    monkeypatch.chdir(case)
    files = expected.get("files", sorted(path.name for path in case.iterdir() if path.name != "expected.json"))
    when = [] if "--as-of" in expected.get("args", ()) else ["--as-of", AS_OF]
    code, out, err = syncer(monkeypatch, capsys, "mrr", *files, *when, *expected.get("args", ()), "--json")
    assert err.splitlines() == expected.get("says_err", [])
    assert code == expected.get("exit", 0)
    customers = json.loads(out)["customers"] if out else []
    assert [part_of(got, about) for got, about in zip(customers, expected.get("customers", ()), strict=True)] == expected.get(
        "customers", []
    )
    if "total" in expected:
        assert sum(customer["mrr_minor"] for customer in customers) == expected["total"]


def part_of(got, about):
    """What the case is about, of what came out."""
    if isinstance(about, dict) and isinstance(got, dict):
        return {key: part_of(got[key], inner) for key, inner in about.items()}
    if isinstance(about, list) and isinstance(got, list) and len(got) == len(about):
        return [part_of(each, inner) for each, inner in zip(got, about, strict=True)]
    return got


def test_enough_published_examples_agree():
    sources = [json.loads((case / "expected.json").read_text()).get("source", "") for case in CASES]
    assert sum(source.startswith("http") for source in sources) >= 25
