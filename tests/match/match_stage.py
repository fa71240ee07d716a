"""What the tests of matching share: a company in which one customer is ambiguous, and questions to the state."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from stage import Stage, open_stage

from syncer.runs.match import matched

CRMS = ("salesforce", "hubspot")
COMPILED: list[Path] = []
Rows = dict[tuple[str, str], list[tuple[str, str | None, str | None]]]


@contextmanager
def open_match_stage(folder: Path, *without: str) -> Iterator[Stage]:
    """A stage with a project folder, once synced; vendors that are not set up."""
    (folder / "project").mkdir()
    with open_stage(folder) as stage:
        stage.settings |= {"SYNCER_PROJECT": str(folder / "project"), "COLUMNS": "200", **stage.without(*without)}
        if COMPILED:  # SQL that another stage composed; the texts are kept under a hash of all that they are made of
            shutil.copytree(COMPILED[0], stage.state / "compiled")
        stage.sync()
        COMPILED[:] = [stage.state / "compiled"]
        yield stage


def told(stage: Stage, *words: str) -> list[Any]:
    """The JSON lines of a command that has to succeed."""
    said = stage.command(*words, "--json")
    assert said.code == 0, said.err
    return said.lines


def refused(stage: Stage, *words: str) -> str:
    """What a command says that must not succeed."""
    said = stage.command(*words)
    assert said.code in (2, 3), said.out
    assert said.out == ""
    return said.err.strip()


def decisions(stage: Stage, crm: str) -> Rows:
    """kind, account and rule of every source object, by source and id."""
    with stage.run() as run, matched(run, crm) as engine:
        found: Rows = {}
        for source, own, *what in engine.rows("SELECT source, source_id, kind, account_id, rule FROM identity.decision ORDER BY ALL"):
            found.setdefault((source, own), []).append(tuple(what))
        return found


def ambiguous(found: Rows, source: str) -> tuple[str, list[str]]:
    """An ambiguous object of the source, and the accounts that it fits."""
    return next((own, [str(row[1]) for row in rows]) for (name, own), rows in found.items() if name == source and rows[0][0] == "held")


def by_rule(found: Rows, source: str, ending: str) -> list[tuple[str, str]]:
    """Objects of the source that a rule of that ending placed, with the account."""
    return [(own, str(rows[0][1])) for (name, own), rows in found.items() if name == source and placed(rows[0], ending)]


def placed(row: tuple[str, str | None, str | None], ending: str) -> bool:
    return row[0] == "match" and str(row[2]).endswith(ending)


def free_accounts(stage: Stage, found: Rows, crm: str) -> list[str]:
    """Accounts that nothing belongs to or might."""
    return sorted(stage.crm(crm).keys() - {row[1] for rows in found.values() for row in rows})


def file_lines(stage: Stage) -> list[str]:
    return (stage.folder / "project" / "mappings" / "matches.csv").read_text("utf-8").splitlines()
