"""Every value of every switch, on books in which each of them shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest

from syncer.runs.mrr import Books
from syncer.specs.mrr_policy import PRESETS, MrrPolicy, policy_of
from syncer.words import when

HERE = Path(__file__).parent / "switches"
EXPECTED = json.loads((HERE / "expected.json").read_text())
AS_OF = when.epoch("2026-11-01")


@pytest.fixture(scope="module")
def books():
    with Books.of_files([HERE / "books.json"]) as opened:
        yield opened


def figures(books, policy):
    return {customer.customer: customer.mrr_minor for customer in books.customers(policy, AS_OF)}


def test_default(books):
    assert figures(books, MrrPolicy()) == EXPECTED["default"]


@pytest.mark.parametrize("switch", [name for name in EXPECTED if "=" in name])
def test_switch(books, switch):
    """A value changes the customers that it is about, and no others."""
    name, _, value = switch.partition("=")
    assert figures(books, policy_of(None, {name: value})) == EXPECTED["default"] | EXPECTED[switch]


@pytest.mark.parametrize("preset", PRESETS)
def test_preset(books, preset):
    changes = [EXPECTED[f"{name}={value}"] for name, value in PRESETS[preset].items()]
    assert figures(books, policy_of(preset, {})) == EXPECTED["default"] | {
        key: minor for change in changes for key, minor in change.items()
    }


def test_every_value_of_a_switch_is_tried():
    tried = {switch for switch in EXPECTED if "=" in switch}
    for name, field in MrrPolicy.model_fields.items():
        values = {f"{name}={value}" for value in get_args(field.annotation) if isinstance(value, str)}
        assert values - {f"{name}={field.default}"} <= tried, name
