"""The commands that run: pull, sync, score."""

from __future__ import annotations

from collections.abc import Sequence

import click
import msgspec

from syncer.cli import setup, terminal
from syncer.cli.options import as_json
from syncer.cli.plan_text import show_changes
from syncer.core.plan_view import View
from syncer.runs import sync as runs
from syncer.runs.sync import Result
from syncer.words.errors import PartlyApplied


@click.command(short_help="Read the sources, write nothing.")
@as_json
def pull(*, as_json: bool) -> None:
    """Read what changed at Stripe, Mixpanel and Zendesk into the state. Nothing is written to a CRM.

    \b
    Example:  syncer pull
    """
    with terminal.progress() as watch:
        run = setup.run(watch)
        rows = runs.pull_sources(run)
    if as_json:
        click.echo(msgspec.json.encode({"rows": rows, "calls": run.calls.by_vendor()}))
        return
    for source, count in rows.items():
        click.echo(f"{source:<9} {count:,} rows")


@click.command(short_help="Bring the CRM up to date.")
@as_json
def sync(*, as_json: bool) -> None:
    """Pull, compare and bring every CRM up to date. The scheduled job.

    \b
    Example:  syncer sync --json
    """
    with terminal.progress() as watch:
        run = setup.run(watch)
        results = runs.sync(run)
    tell(results, run.settings.language, as_json=as_json)


@click.command(short_help="Score again, write only scores.")
@as_json
def score(*, as_json: bool) -> None:
    """Score health again from what is stored and write only the health fields.

    \b
    Example:  syncer score
    """
    with terminal.progress() as watch:
        run = setup.run(watch)
        results = runs.score(run)
    tell(results, run.settings.language, as_json=as_json)


def tell(results: Sequence[Result], language: str, *, as_json: bool) -> None:
    """What became of a run. PartlyApplied when a CRM rejected anything."""
    for result in results:
        if as_json:
            click.echo(msgspec.json.encode(result.numbers))
        else:
            terminal.show_result(terminal.out(), result)
            show_changes(terminal.out(), View(result.written, language).everything)
    rejected = {result.plan.crm: len(result.errors) for result in results if result.errors}
    if rejected:
        records = ", ".join(f"{count} records by {crm}" for crm, count in rejected.items())
        first = next(error for result in results for error in result.errors.values())
        raise PartlyApplied(
            f"rejected: {records}; everything else was written. The first: {first}. Mend the cause; the next sync tries them again"
        )
