"""`syncer plan --against`: what a change of the written files does to values, in a terminal, for a pull request, or as JSON."""

from __future__ import annotations

from collections.abc import Sequence

import click
import msgspec
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from syncer.cli import terminal
from syncer.core.against import Difference
from syncer.core.against_markdown import against_markdown, moved, shown, summary
from syncer.core.plan_words import counted, harmless
from syncer.runs.against import LAST, Against
from syncer.words.errors import UsageError
from syncer.words.vendors import VENDOR_NAMES


def tell(results: Sequence[Against], form: str) -> None:
    """Each CRM's part on stdout. UsageError for a form that there is not."""
    if form == "html":
        raise UsageError("--against has no page of HTML; write --format markdown, or --json")
    for told in results:
        if form == "json":
            click.echo(msgspec.json.encode(told))
        elif form == "markdown":
            click.echo(against_markdown(_title(told), told.edits, told.accounts, told.fields))
        else:
            _show(terminal.out(), told)


def _title(told: Against) -> str:
    than = f"run {told.run} of {told.as_of[:10]}" if told.against == LAST else told.against
    return f"{VENDOR_NAMES[told.crm]}: these files against those of {than}"


def _show(console: Console, told: Against) -> None:
    console.print()
    console.rule(Text(harmless(_title(told)), style="bold"), align="left")
    if not told.edits:
        console.print("The written files say the same as then: no value changes by them.")
        return
    for edit in told.edits:
        console.print(Text.assemble((edit.place, "dim"), "  ", (harmless(edit.key), "bold")))
        old, new = (Text("nothing", style="dim") if value is None else Text(harmless(value)) for value in (edit.old, edit.new))
        console.print(Padding(Text.assemble(old, " → ", new), (0, 0, 0, 4)))
    console.print()
    if not told.fields:
        console.print(f"No value of {counted(told.accounts, 'account')} changes by this.")
    for each in told.fields:
        _show_field(console, each, told.accounts)


def _show_field(console: Console, told: Difference, accounts: int) -> None:
    console.print(Text.assemble((harmless(told.label), "bold"), f"  {told.field}  ", (told.place, "dim")))
    console.print(Padding(Text(summary(told, accounts), style="red" if told.cleared and told.empties else ""), (0, 0, 0, 2)))
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(justify="right")
    for group in told.groups:
        table.add_row(f"{group.accounts:,} \u00d7", Text(harmless(f"{shown(told, group.old)} → {shown(told, group.new)}")))
    for mover in told.movers:
        table.add_row("", Text.assemble((harmless(mover.account), "bold"), f"  {harmless(moved(told, mover))}"))
    for reason, count in told.reasons:
        table.add_row(f"{count:,} \u00d7", Text(f"held: {harmless(reason)}", style="yellow"))
    console.print(Padding(table, (0, 0, 0, 2)))
