"""How runs ended: the list of them, and what a run that fails leaves in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from typing import Any

import msgspec

from syncer.runs.run import Run
from syncer.runs.tables import RUN
from syncer.tools.engine import Engine
from syncer.tools.intake import Intake
from syncer.words.errors import LeaseHeld, SyncerError
from syncer.words.tables import Page

DONE, PARTLY, FAILED = "done", "partly", "failed"
"""Outcomes: all written; all but what the CRM rejected; ended early, and `error` says why."""


class PastRun(msgspec.Struct, frozen=True):
    """One CRM in one run: the instant that its figures are for, its outcome, and its numbers.

    The numbers are those of a sync's `--json`, with the CRM's words on rejected records as `errors`; of a run that failed they are `error`,
    `exit_code` and `calls`.
    """

    run: str
    crm: str
    as_of: int
    outcome: str
    numbers: Mapping[str, Any]


def past_runs(run: Run, count: int) -> list[PastRun]:
    """The latest runs of every CRM, newest first."""
    with closing(Engine(run.store)) as engine:
        engine.bind([RUN], run.store.latest())
        rows = engine.rows(f"SELECT run, crm, as_of, outcome, summary FROM {RUN.name} ORDER BY started DESC, run DESC, crm LIMIT {count}")
    return [PastRun(name, crm, as_of, outcome, msgspec.json.decode(summary)) for name, crm, as_of, outcome, summary in rows]


@contextmanager
def failure_kept(run: Run, intake: Intake, crms: Sequence[str], *, writes: bool = True) -> Iterator[set[str]]:
    """Whatever ends the block early is kept as the outcome of the run in each CRM that the block has not taken out of the set; then it goes
    on its way. Nothing is kept of a run that writes nothing, or that lost the state to another one."""
    unfinished = set(crms)
    try:
        yield unfinished
    except LeaseHeld:
        raise
    except BaseException as error:
        if writes:
            with suppress(Exception):  # what failed first is what must be said
                rows = [_failed(run, crm, crms, error) for crm in crms if crm in unfinished]
                intake.add("history.failed", Page({RUN.name: rows}, {}))
                intake.flush()
        raise


def _failed(run: Run, crm: str, crms: Sequence[str], error: BaseException) -> tuple[Any, ...]:
    """The row of one CRM. As with runs that end well, the first has the sources' calls too."""
    counts = {vendor.lower(): count for vendor, count in run.calls.by_vendor().items()}
    calls = {vendor: count for vendor, count in sorted(counts.items()) if vendor == crm or (vendor not in crms and crm == crms[0])}
    numbers = {"run": run.id, "crm": crm, "error": _sentence(error), "exit_code": getattr(error, "exit_code", 1), "calls": calls}
    return (run.id, crm, run.started, run.as_of, FAILED, msgspec.json.encode(numbers).decode())


def _sentence(error: BaseException) -> str:
    """What a person is told; of an error that nobody thought of only its kind, as its text may hold anything."""
    match error:
        case SyncerError():
            return str(error)
        case SystemExit() | KeyboardInterrupt():
            return "stopped from outside before it was done; the next run goes on where it was"
        case _:
            return f"unexpected {type(error).__name__}; this is a defect, `syncer --trace sync` shows where"
