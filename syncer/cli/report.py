"""`syncer report`: the state of things as one HTML file."""

from __future__ import annotations

from pathlib import Path

import click

from syncer.cli import setup
from syncer.core.report.page import render
from syncer.runs.report import report as tell
from syncer.words.errors import UsageError


@click.command(short_help="Write an HTML report.")
@click.option("--out", default="report.html", show_default=True, type=click.Path(path_type=Path), metavar="FILE", help="Where to write it.")
@click.option("--crm", type=click.Choice(["salesforce", "hubspot"]), help="Only this CRM; every one that is set up if not said.")
@click.option("--months", default=12, show_default=True, type=click.IntRange(1, 36), help="How far back revenue goes.")
def report(*, out: Path, crm: str | None, months: int) -> None:
    """Write one HTML file about the state of things, complete in itself: freshness, changes, revenue, health, matching, fields, calls,
    problems. Everything is told from the state; no vendor is asked. The file has names and figures of your customers: share it as such.

    \b
    Examples:  syncer report
               syncer report --out public/index.html --months 24
    """
    run = setup.run(lambda *_: None)
    crms = [crm] if crm else run.settings.crms
    if not crms:
        raise UsageError("no CRM is set up: add a salesforce: or hubspot: section to syncer.yaml, or try `syncer demo`")
    write(out, render(tell(run, crms, months)))
    click.echo(str(out))


def write(out: Path, page: str) -> None:
    """The page in its file. UsageError when it cannot be written there."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(page, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror}; name another file with --out") from None
