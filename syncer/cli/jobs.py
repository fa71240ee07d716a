"""The commands that run: pull, plan, sync, score."""

from __future__ import annotations

from collections.abc import Sequence

import click
import msgspec

from syncer.cli import setup, terminal
from syncer.cli.options import as_json
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


@click.command(short_help="Show what a sync would write.")
@click.option("--exit-code", is_flag=True, help="Exit with 10 when there are changes.")
@click.option("--no-pull", is_flag=True, help="Plan from what is stored already.")
@as_json
def plan(*, exit_code: bool, no_pull: bool, as_json: bool) -> int:
    """Show what a sync would write: by field, by account old → new, and what is held back. Writes nothing to a CRM.

    \b
    Example:  syncer plan --exit-code
    """
    with terminal.progress() as watch:
        results = runs.plan(setup.run(watch), pulls=not no_pull)
    for result in results:
        if as_json:
            click.echo(msgspec.json.encode({"fingerprint": result.plan.fingerprint, "refused": result.refused, "plan": result.plan}))
            continue
        console = terminal.out()
        terminal.show_result(console, result, customers=False)
        terminal.show_plan(console, result)
    return 10 if exit_code and any(result.plan.changes for result in results) else 0


@click.command(short_help="Bring the CRM up to date.")
@as_json
def sync(*, as_json: bool) -> None:
    """Pull, compare and bring every CRM up to date. The scheduled job.

    \b
    Example:  syncer sync --json
    """
    with terminal.progress() as watch:
        results = runs.sync(setup.run(watch))
    tell(results, as_json=as_json)


@click.command(short_help="Score again, write only scores.")
@as_json
def score(*, as_json: bool) -> None:
    """Score health again from what is stored and write only the health fields.

    \b
    Example:  syncer score
    """
    with terminal.progress() as watch:
        results = runs.score(setup.run(watch))
    tell(results, as_json=as_json)


def tell(results: Sequence[Result], *, as_json: bool) -> None:
    for result in results:
        if as_json:
            click.echo(msgspec.json.encode(result.numbers))
        else:
            terminal.show_result(terminal.out(), result)
            terminal.show_changes(terminal.out(), result.plan.changes)
    rejected = {result.plan.crm: len(result.errors) for result in results if result.errors}
    if rejected:
        records = ", ".join(f"{count} records by {crm}" for crm, count in rejected.items())
        first = next(error for result in results for error in result.errors.values())
        raise PartlyApplied(
            f"rejected: {records}; everything else was written. The first: {first}. Mend the cause; the next sync tries them again"
        )
