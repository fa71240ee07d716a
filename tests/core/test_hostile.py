"""Whatever is written as an expression: it is refused, or it reads nothing but the account's columns.

How that is proved of what comes out stands in canary.py.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from canary import CANARY, COLUMNS, account_engine, proved

from syncer.core.expressions import Expression, check

SECTIONS = re.split(r"^## (.*)\n", Path(__file__).with_name("hostile.txt").read_text("utf-8"), flags=re.MULTILINE)[1:]


def unescaped(line: str) -> str:
    line = re.sub(r"\\u\{([0-9A-F]+)\}", lambda found: chr(int(found[1], 16)), line)
    return line.replace("\\n", "\n").replace("\\t", "\t")


LINES = {
    heading: [unescaped(line) for line in text.splitlines() if line] for heading, text in zip(SECTIONS[::2], SECTIONS[1::2], strict=True)
}
HARMLESS = LINES.pop("harmless")
HOSTILE = [line for lines in LINES.values() for line in lines]


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[duckdb.DuckDBPyConnection]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CANARY", CANARY)
    with account_engine(tmp_path) as engine:
        yield engine


def test_there_are_enough() -> None:
    assert len(set(HOSTILE)) >= 300
    assert len(HOSTILE) == len(set(HOSTILE))


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_what_is_hostile_is_refused(text: str) -> None:
    began = time.process_time()
    faults = check(text, COLUMNS)
    assert isinstance(faults, list), faults.sql
    assert faults
    assert time.process_time() - began < 0.5
    for fault in faults:
        assert 0 <= fault.offset <= len(text)
        assert not re.search(r"sqlglot|<class|Traceback|exp\.", fault.text)
        assert CANARY not in fault.text
        assert len(fault.text) < 400


@pytest.mark.parametrize("text", HARMLESS, ids=ascii)
def test_what_only_looks_hostile_reads_columns_only(text: str, engine: duckdb.DuckDBPyConnection) -> None:
    expression = check(text, COLUMNS)
    assert isinstance(expression, Expression), expression
    proved(engine, expression)
