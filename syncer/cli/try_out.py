"""`syncer try`: what an expression gives on the accounts as they were last read."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import click
import msgspec
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from syncer.cli import setup, terminal
from syncer.cli.options import as_json
from syncer.core.plan import FieldCount
from syncer.core.tries import Bar
from syncer.runs.tries import Row, Tried, try_out
from syncer.words.vendors import VENDOR_NAMES

BAR_WIDTH = 30
NOTHING_READ = "The expression is fine. No account was read yet: after syncer plan, which reads the CRM, its results are shown here too."


@click.command("try", short_help="Try an expression on real accounts.")
@click.argument("expression")
@click.option("--account", help="One account (its id, key or name), step by step.")
@click.option("--field", help="Compare with what the CRM has in this field now.")
@click.option("--limit", type=click.IntRange(0), default=10, show_default=True, help="How many accounts to show.")
@click.option("--crm", type=click.Choice(["salesforce", "hubspot"]), help="Which CRM; the first that is set up if not said.")
@as_json
def try_(  # noqa: PLR0913  (the options)
    *, expression: str, account: str | None, field: str | None, limit: int, crm: str | None, as_json: bool
) -> None:
    """Try EXPRESSION on the accounts as they were last read: what it gives, how the values are spread, and some of the accounts.

    It may use every column that syncer facts lists. Asks no vendor, writes nothing.

    \b
    Examples:  syncer try "PCT(mixpanel.mau, stripe.seats)"
               syncer try "stripe.mrr * 12" --account "Acme Ltd"
               syncer try "mixpanel.wau" --field wau
    """
    run = setup.offline_run()
    tried = try_out(run, crm or next(iter(run.settings.crms), None), expression, account=account, field=field, limit=limit)
    if as_json:
        click.echo(msgspec.json.encode(tried))
        return
    console = terminal.out()
    console.print(f"[bold]{terminal.plain(expression)}[/]  [dim]gives {_kind(tried)}[/]")
    if tried.accounts is None:
        terminal.talk().print(NOTHING_READ)
    elif account:
        _show_steps(console, tried.rows[0])
    else:
        _show_all(console, tried)


def _kind(tried: Tried) -> str:
    return f"{tried.kind}, {tried.unit}" if tried.unit else tried.kind


def _show_all(console: Console, tried: Tried) -> None:
    parts = [f"[bold]{tried.filled:,}[/] with a value", f"{tried.held:,} held back", f"{tried.nothing:,} with nothing"]
    console.print(f"  {VENDOR_NAMES[tried.crm or '']}, {tried.accounts:,} accounts: {' · '.join(parts)}")
    for source, count in tried.unmatched.items():
        console.print(f"  [dim]nothing: {count:,} accounts have nothing at {VENDOR_NAMES[source]}[/]")
    for reason, count in tried.reasons:
        console.print(Padding(f"[yellow]held ({count:,}): {terminal.plain(reason)}[/]", (0, 0, 0, 2), expand=False))
    spread = tried.spread
    if spread.low is not None:
        low, middle, high = (_number(value or "") for value in (spread.low, spread.middle, spread.high))
        mixed = f"; {', '.join(tried.currencies)} side by side, each account in its own" if len(tried.currencies) > 1 else ""
        console.print(Padding(f"from {low} to {high}, the middle one {middle}{mixed}", (0, 0, 0, 2), expand=False))
    _show_bars(console, [(_range(bar), bar.accounts) for bar in spread.bars])
    _show_bars(console, [(_truth(tried, text), count) for text, count in spread.top])
    if tried.compared:
        console.print(Padding(_compared(tried.compared), (0, 0, 0, 2), expand=False))
    if tried.rows:
        console.print()
        _show_rows(console, tried)


def _show_bars(console: Console, bars: Sequence[tuple[str, int]]) -> None:
    most = max((count for _, count in bars), default=0)
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(justify="right")
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    for label, count in bars:
        bar = "\u2588" * -(-count * BAR_WIDTH // most)
        table.add_row(Text(f"    {label}"), f"{count:,}", Text(bar, "cyan"))
    console.print(table)


def _compared(count: FieldCount) -> str:
    cleared = f"[red]{count.cleared:,}[/]" if count.cleared else "0"
    figures = (f"{count.unchanged:,}", f"[bold]{count.filled:,}[/]", f"[bold]{count.replaced:,}[/]", cleared, f"{count.held:,}")
    parts = zip(figures, ("as they are", "to fill", "to replace", "to clear", "held back"), strict=True)
    return f"in the field {count.field} of the CRM now: {' · '.join(f'{figure} {what}' for figure, what in parts)}"


def _show_rows(console: Console, tried: Tried) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("account", ratio=2, max_width=32)
    table.add_column("result", justify="right" if tried.spread.bars else "left", max_width=40)
    table.add_column("made of", ratio=3, style="dim")
    for row in tried.rows:
        result = Text(f"held: {row.held}", "yellow") if row.held else _result(tried, row)
        uses = " \u00b7 ".join(f"{name} {_value(value)}" for name, value in row.uses.items())
        table.add_row(Text(row.account), result, Text(uses))
    console.print(table)
    if tried.accounts and tried.accounts > len(tried.rows):
        console.print(f"\u2026 and {tried.accounts - len(tried.rows):,} more accounts", style="dim")


def _result(tried: Tried, row: Row) -> Text:
    if row.result is None:
        return Text("nothing", "dim")
    return Text(f"{_truth(tried, row.result)} {row.unit or ''}".rstrip(), "bold")


def _show_steps(console: Console, row: Row) -> None:
    """One account: each column, each part of the expression, then the result."""
    console.print(f"  {terminal.plain(row.account)}  [dim]{row.account_id}[/]")
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(ratio=1)
    table.add_column()
    for name, value in row.uses.items():
        table.add_row(Text(f"    {name}"), Text(_value(value)))
    for name, value in row.steps.items():
        table.add_row(Text(f"    {name}", "dim"), Text(_value(value)))
    table.add_row(Text("    result", "bold"), Text(f"{_value(row.result)} {row.unit or ''}".rstrip(), "bold"))
    console.print(table)
    if row.held:
        console.print(f"  [yellow]held back: {terminal.plain(row.held)}[/]")


def _range(bar: Bar) -> str:
    if bar.high is None:
        return f"{_number(bar.low)} and more"
    return _number(bar.low) if bar.low == bar.high else f"{_number(bar.low)} to under {_number(bar.high)}"


def _truth(tried: Tried, text: str) -> str:
    """A value in words: yes and no, numbers with their thousands apart."""
    if tried.kind == "yes/no":
        return _value(text)
    return _number(text) if tried.kind in ("number", "money") else text


def _number(text: str) -> str:
    return f"{Decimal(text):,f}" if text and text.lstrip("-")[0].isdigit() and "-" not in text[1:] else text


def _value(text: str | None) -> str:
    return {None: "nothing", "true": "yes", "false": "no"}.get(text) or str(text)
