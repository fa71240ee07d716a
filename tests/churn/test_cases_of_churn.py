"""Each folder of cases/ is a file of balances, perhaps words behind the command and rates, and what `syncer churn` says to it.

`periods` are found by from, to, currency, segment and band ("all" and null if not said), and hold only what the case is about; those of
the command must be as many where the case names segments. `source` is where a worked example was published, `says` what it says.
"""

from __future__ import annotations

import json
import shlex
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from syncer import cli

CASES = sorted(path for path in (Path(__file__).parent / "cases").iterdir() if path.is_dir())
KEY = ("from", "to", "currency", "segment", "band")
WHOLE = {"currency": "usd", "segment": "all", "band": None}


@pytest.fixture
def command(monkeypatch, capsys):
    """`syncer churn …` in a folder: its code, stdout and stderr."""

    def run(folder, *words):
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "argv", ["syncer", "churn", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return ended.value.code, *capsys.readouterr()

    return run


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case, command):
    expected = json.loads((case / "expected.json").read_text())
    words = shlex.split((case / "args").read_text()) if (case / "args").exists() else []
    code, out, err = command(case, "input.csv", "--json", *words)
    if "said" in expected:
        assert (code, out) == (expected["code"], "")
        lines = err.splitlines()
        told = lines[:-1] if code == 3 else [err.removeprefix("syncer: ").rstrip()]
        assert told == expected["said"]
        return
    assert code == 0, err
    told = json.loads(out)
    assert told["problems"] == expected.get("problems", [])
    found = {tuple(period[name] for name in KEY): period for period in told["periods"]}
    wanted = {tuple({**WHOLE, **period}[name] for name in KEY): period for period in expected["periods"]}
    assert {key: {name: found[key][name] for name in wanted[key]} for key in wanted} == wanted
    if "--segment" in words:
        asked = {key[1] for key in wanted}
        assert [key for key in found if key[1] in asked and key[3] != "all"] == [key for key in wanted if key[3] != "all"]
    for period in told["periods"]:
        assert_it_balances(period)


def assert_it_balances(period):
    gains = sum(Fraction(period[name]) for name in ("start", "new", "expansion", "reactivation", "fx"))
    assert gains - Fraction(period["contraction"]) - Fraction(period["churn"]) == Fraction(period["end"])


def test_the_whole_answer(command):
    case = Path(__file__).parent / "cases" / "bands_as_asked"
    code, out, err = command(case, "input.csv", "--json", "--segment", "contract_size", "--set", "contract_size=5")
    assert (code, err) == (0, "")
    assert json.loads(out)["switches"] == {
        "reactivation_window_days": "none",
        "net_churn_includes_reactivation": False,
        "free_plan_is_churn": True,
        "denominator": "start",
        "reporting_currency": "none",
        "contract_size": {"default": [5]},
        "tenure": [3, 12, 24],
        "segments": ["contract_size"],
    }
    assert json.loads(out)["periods"][0] == {
        "from": "2026-01", "to": "2026-02", "currency": "usd", "segment": "all", "band": None,
        "start": 999, "new": 0, "expansion": 1, "contraction": 0, "churn": 0, "reactivation": 0, "fx": 0, "end": 1000,
        "unknown": 0, "logo": {"start": 2, "churned": 0, "rate": "0/1", "rate_decimal": 0.0},
        "gross": "0/1", "gross_decimal": 0.0, "net": "-1/999", "net_decimal": -0.001001, "nrr": "1000/999", "nrr_decimal": 1.001001,
        "grr": "1/1", "grr_decimal": 1.0, "quick_ratio": None, "quick_ratio_decimal": None, "movements": {"b": ["expansion", 1]},
    }  # fmt: skip


SHOWN = """
USD a month, from one month's end to the next
month    start    new  expansion  contraction  churn  reactivation    end
2026-02  15.40  +0.70      +0.50        −0.80  −3.40         +0.60  13.00

month    churned  logo churn  gross    net    NRR    GRR  quick ratio
2026-02   2 of 5       40.0%  27.3%  24.0%  76.0%  72.7%         0.29

By tenure at the start, 2026-02  whole units
tenure  start  end  churned  gross    net    NRR    GRR
0-3        15   12   2 of 5  27.3%  24.0%  76.0%  72.7%
none        0    1   0 of 0      –      –      –      –
With denominator start+new
"""  # noqa: RUF001


def test_what_people_see(command, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    case = Path(__file__).parent / "cases" / "every_kind_of_movement"
    words = ("--from", "2026-01", "--to", "2026-02", "--segment", "tenure", "--set", "reactivation_window_days=none")
    code, out, _ = command(case, "input.csv", *words)
    assert code == 0
    assert plain(out) == plain(SHOWN.replace("With denominator start+new\n", ""))


def plain(text):
    return [line.rstrip() for line in text.strip().splitlines()]


@pytest.mark.parametrize("columns", [80, 120, 200])
def test_large_amounts_fit_the_terminal(columns, tmp_path, command, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = [f"2026-0{month},a,usd,{10**11 + month * 7 * 10**10}" for month in range(1, 9)]
    (tmp_path / "input.csv").write_text("\n".join(["month,account,currency,mrr_minor", *lines]))
    code, out, _ = command(tmp_path, "input.csv")
    assert code == 0
    assert max(map(len, out.splitlines())) <= columns
    assert "…" not in out
