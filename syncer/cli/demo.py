"""`syncer demo`: the main job against the stand-ins in three acts: all is new; nothing changed; a few things happened."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import msgspec
import urllib3
from rich.console import Console

from syncer.cli import setup, terminal
from syncer.cli.plan_text import show_changes, show_held
from syncer.cli.report import write
from syncer.cli.stand_ins import company_options
from syncer.core.plan_view import View
from syncer.core.report.page import render
from syncer.runs import sync as runs
from syncer.runs.report import report
from syncer.runs.sync import Result
from syncer.specs.settings import PREFIX
from syncer.words import when
from syncer.words.errors import SyncerError
from syncer.words.vendors import VENDOR_NAMES

HOUR = 3600
MONTHS = 12
"""As far back as the report tells revenue."""
STATE = "demo-state"
"""Begun anew by each demo, so named that no real state can stand there."""


@click.command(short_help="The whole job, on this machine.")
@company_options
@click.option("--json", "as_json", is_flag=True, help="Only one JSON object per sync and CRM on stdout, a line each.")
@click.option("--folder", default="syncer-demo", show_default=True, type=click.Path(path_type=Path), help="For the state and the report.")
def demo(*, accounts: int, seed: int, data: Path | None, as_json: bool, folder: Path) -> None:
    """The whole job on a made-up company, all on this machine: no account needed, nothing leaves it.

    \b
    Example:  syncer demo --accounts 1000 --seed 7
    """
    shutil.rmtree(folder / STATE, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    console = Console(file=sys.stderr, quiet=True) if as_json else terminal.out()
    with _stand_ins(accounts, seed, data) as served:
        act = _Acts(console, folder, served, as_json=as_json)
        console.print(f"Figures are as of {os.environ['SYNCER_AS_OF']}; the stand-ins' clock started there.", style="dim")
        for note in served["notes"]:
            console.print(f"Data      {terminal.plain(note)}", style="dim")
        console.print("[bold]1 · The first sync[/]  everything is new to the CRMs")
        first = act.sync(1)
        for result in first:
            terminal.show_result(console, result, customers=result is first[0])
        show_held(console, View(first[0].written).held)
        console.print("\n[bold]2 · The second sync[/]  nothing changed, so nothing is written")
        second = act.sync(2)
        for result in second:
            _show_short(console, result)
        console.print("\n[bold]3 · An hour later[/]  this happened meanwhile:")
        act.let_things_happen()
        third = act.sync(3)
        for result in third:
            _show_short(console, result)
        show_changes(console, View(third[0].written).everything)
    page = folder / "report.html"
    run = setup.run(lambda *_: None)
    write(page, render(report(run, run.settings.crms, MONTHS)))
    console.print(f"\n[bold]Look[/]    {page.resolve()}  (open it in a browser)", soft_wrap=True)
    console.print("[bold]Then[/]    syncer sandbox --print-env   and try plan, sync, explain, runs against the stand-ins")


class _Acts:
    """The syncs of the demo, one after the other, on one state."""

    def __init__(self, console: Console, folder: Path, served: Mapping[str, Any], *, as_json: bool) -> None:
        self._console = console
        self._as_json = as_json
        self._changes = served["changes"]
        self._http = urllib3.PoolManager(retries=False, timeout=30)
        for name in [name for name in os.environ if name.startswith(PREFIX)]:
            del os.environ[name]
        os.environ.update({**served["environment"], "SYNCER_STATE": str(folder / STATE), "SYNCER_PROJECT": str(folder)})

    def sync(self, number: int) -> list[Result]:
        with terminal.progress() as watch:
            results = runs.sync(setup.run(watch))
        if self._as_json:
            for result in results:
                click.echo(msgspec.json.encode({"sync": number, **result.numbers}))
        return results

    def let_things_happen(self) -> None:
        """A cancel, an upgrade, a quiet customer and an urgent ticket, by the vendors' own calls; then an hour passes."""
        for change in self._changes:
            self._console.print(f"  · {change['account_name']}: {change['title']}")
            url = os.environ[f"SYNCER_{change['vendor'].upper()}__BASE_URL"]
            reply = self._http.request(change["method"], url + change["path"], body=change["body"].encode(), headers=change["headers"])
            if reply.status >= 300:
                asked = f"{change['method']} {change['path']}"
                raise SyncerError(f"demo: {change['vendor']} answered {reply.status} to {asked}: {reply.data[:200]!r}")
        clock = self._http.request("POST", os.environ["SYNCER_STRIPE__BASE_URL"] + "/_control/clock", json={"advance": HOUR})
        os.environ["SYNCER_AS_OF"] = when.iso(when.epoch(os.environ["SYNCER_AS_OF"]) + HOUR)
        if clock.status != 200:
            raise SyncerError("demo: the stand-ins' clock did not move")


@contextmanager
def _stand_ins(accounts: int, seed: int, data: Path | None) -> Iterator[Mapping[str, Any]]:
    """The stand-ins in a process of their own, so that they take no time from the run; yields what `syncer sandbox --json` prints."""
    command = [sys.executable, "-m", "syncer", "sandbox", "--json", "--accounts", str(accounts), "--seed", str(seed)]
    if data is not None:
        command += ["--data", str(data)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603  (our own module)
    try:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            raise click.exceptions.Exit(process.wait())  # what is wrong they have said themselves
        yield json.loads(line)
    finally:
        process.terminate()
        process.wait()


def _show_short(console: Console, result: Result) -> None:
    numbers = result.numbers
    calls = sum(numbers["calls"].values())
    console.print(
        f"  {VENDOR_NAMES[result.plan.crm]:<11} [bold]{numbers['written']}[/] fields written on {len(result.plan.changes)} accounts, "
        f"{numbers['unchanged']:,} already right, {calls} calls in all"
    )
