"""`syncer runs`: what the latest runs did, or why they did not."""

from __future__ import annotations

import click
import msgspec

from syncer.cli import setup, terminal
from syncer.cli.options import as_json
from syncer.runs.past import FAILED, PastRun, past_runs
from syncer.words import when


@click.command(short_help="List the latest runs.")
@click.option("--last", default=20, show_default=True, help="How many.")
@as_json
def runs(*, last: int, as_json: bool) -> None:
    """List the latest runs and what they did; of those that failed, why.

    A run that never began is not among them: mistakes in the written files (exit code 3) and a state that another run holds (8).

    \b
    Example:  syncer runs --last 5
    """
    console = terminal.out()
    for past in past_runs(setup.run(lambda *_: None), last):
        at = when.iso(past.as_of)
        if as_json:
            click.echo(msgspec.json.encode({**past.numbers, "at": at, "outcome": past.outcome}))
        else:
            console.print(f"{at}  {past.run}  {past.crm:<10}  {past.outcome:<6}  {_did(past)}", soft_wrap=True)


def _did(past: PastRun) -> str:
    numbers = past.numbers
    if past.outcome == FAILED:
        return terminal.plain(numbers["error"].replace("\n", "; "))
    return (
        f"{numbers['written']:>7,} written  {numbers['unchanged']:>8,} unchanged  {numbers['held']:>5,} held  "
        f"{numbers['rejected']:>5,} rejected"
    )
