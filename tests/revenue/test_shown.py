"""What a person sees: the arithmetic of each item, reasons, sums; at the widths of a small and a large window."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from test_mrr_cases import syncer

HERE = Path(__file__).parent / "shown"


@pytest.mark.parametrize(("width", "words"), [(80, ["--set", "reporting_currency=usd"]), (200, [])])
def test_page(width, words, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", str(width))
    code, out, err = syncer(monkeypatch, capsys, "mrr", str(HERE / "books.json"), "--as-of", "2026-11-01", *words)
    assert (code, err) == (0, "")
    assert out == (HERE / f"at_{width}.txt").read_text()


def test_of_thousands_the_largest_are_shown(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("COLUMNS", "120")
    books = json.loads((HERE / "books.json").read_text())
    [pro] = [each for each in books["subscriptions"] if each["id"] == "sub_u"]
    [unknown] = [price for price in books["prices"] if price["id"] == "p_u"]
    price = {**unknown, "id": "p_known", "billing_scheme": "per_unit", "tiers_mode": None, "unit_amount": 100}

    def sold(number, price_id):
        item = {"id": f"si_{number}", "object": "subscription_item", "price": price_id, "quantity": number}
        return {**pro, "id": f"sub_{number}", "customer": f"cus_{number}", "items": {"object": "list", "data": [item], "has_more": False}}

    subscriptions = [sold(number, "p_u" if number > 2990 else "p_known") for number in range(1, 3001)]
    (tmp_path / "many.json").write_text(json.dumps({"prices": [price, unknown], "subscriptions": subscriptions}))
    _, out, _ = syncer(monkeypatch, capsys, "mrr", str(tmp_path / "many.json"), "--as-of", "2026-11-01")
    heads = [line.split()[0] for line in out.splitlines() if line.startswith("cus_")]
    assert heads == [*(f"cus_{number}" for number in range(2991, 2999)), *(f"cus_{number}" for number in range(2990, 2978, -1))]
    assert "… and 2,980 more; 10 in all are unknown; --json has everything" in out
    assert "4,471,545.00 USD a month  2,990 paying · 0 with nothing that counts · 10 unknown, not in this sum" in out


def test_stdin(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((HERE / "books.json").read_bytes())))
    code, out, _ = syncer(monkeypatch, capsys, "mrr", "-", "--as-of", "2026-11-01", "--json")
    told = json.loads(out)
    assert code == 0
    assert list(told) == ["as_of", "policy", "customers"]
    assert told["as_of"] == "2026-11-01T00:00:00Z"
    assert list(told["customers"][0]) == [
        *("customer", "currency", "mrr_minor", "mrr_exact", "plan", "plans", "reporting", "subscriptions", "unknown"),
    ]


def test_help_names_both_ways(monkeypatch, capsys):
    code, out, _ = syncer(monkeypatch, capsys, "mrr", "--help")
    assert (code, "syncer mrr customers.json" in out, "syncer mrr reconcile --theirs" in out) == (0, True, True)
    code, out, _ = syncer(monkeypatch, capsys, "mrr", "reconcile", "--help")
    assert (code, "mrr reconcile [OPTIONS]" in out) == (0, True)
