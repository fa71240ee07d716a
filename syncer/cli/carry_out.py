"""`syncer apply` and `syncer undo`: what a person approved is written, and a run is planned back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from syncer.cli import completion, jobs, setup, terminal
from syncer.cli.options import as_json
from syncer.cli.plan import outs, tell
from syncer.core.plan_file import WrittenPlan, read_plan
from syncer.runs import sync as runs
from syncer.runs.run import Run
from syncer.runs.undo import apply_undo, plan_undo
from syncer.words.errors import PartlyApplied, UsageError


@click.command(short_help="Write a plan that was approved.")
@click.argument("plan", type=click.Path(path_type=Path))
@as_json
def apply(*, plan: Path, as_json: bool) -> None:
    """Write PLAN, a file of `syncer plan --out plan.json` or `syncer undo RUN --out plan.json`, and nothing else.

    The plan is made again first. Where a source or the CRM moved meanwhile so that other values would be written, nothing is
    (exit code 5), and the first difference is told.

    \b
    Example:  syncer plan --out plan.json --out plan.html
              syncer apply plan.json
    """
    try:
        approved = read_plan(plan.read_bytes(), str(plan))
    except OSError as error:
        raise UsageError(f"{plan} cannot be read: {error.strerror}; make a plan with `syncer plan --out plan.json`") from None
    with terminal.progress() as watch:
        run = setup.run(watch)
        if approved[0].kind == "undo":
            undone = _undo(run, approved)
        else:
            done = runs.sync_as_approved(run, {written.plan.crm: written.plan for written in approved})
            jobs.tell(done, run.settings.language, as_json=as_json)
            return
    for numbers in undone:
        if as_json:
            click.echo(msgspec.json.encode(numbers))
        else:
            counts = f"{numbers['written']:,} values as before, {numbers['held']:,} left as they are, {numbers['rejected']:,} rejected"
            click.echo(f"{numbers['crm']}: {counts}. The next sync writes what the mapping says; mend that first")


def _undo(run: Run, approved: Sequence[WrittenPlan]) -> list[Mapping[str, Any]]:
    """The numbers of each CRM. PartlyApplied when one rejected anything."""
    done = apply_undo(run, approved)
    if errors := [error for applied, _ in done for error in applied.errors.values()]:
        raise PartlyApplied(f"{len(errors)} records were rejected, everything else was written. The first: {errors[0]}")
    return [numbers for _, numbers in done]


@click.command(short_help="Plan the way back from a run.")
@click.argument("run", shell_complete=completion.runs)
@outs
def undo(*, run: str, out: Sequence[Path], form: str) -> None:
    """Plan to put back what stood in the CRM before RUN, from the values that were kept. Writes nothing; `syncer apply` does.

    A value that somebody or a later run changed since stays as it is, and the plan says so. Records of monthly metrics
    are not part of it. Mend the mapping before the next sync: it writes again what the mapping says.

    \b
    Example:  syncer runs
              syncer undo 2026-11-01-5949ad --out plan.json
              syncer apply plan.json
    """
    with terminal.progress() as watch:
        this = setup.run(watch)
        plans = plan_undo(this, run)
    tell(plans, out, form, language=this.settings.language)
