"""`syncer facts`: every column that an expression can use, how well it is filled and what stands in it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from syncer.cli import setup, terminal
from syncer.cli.options import as_json
from syncer.core.filling import NEW_DAYS, Share
from syncer.core.kinds import Kind
from syncer.core.listing import GROUPS, Listing
from syncer.runs.catalogue import Told, catalogue
from syncer.words.vendors import VENDOR_NAMES

WIDE = 130
"""From so many columns on, units and samples have columns of their own."""
NOTHING_READ = "No account was read yet: after syncer plan, which reads the sources and the CRM, this also tells how each column is filled."


@click.command(short_help="List what expressions can use.")
@click.argument("pattern", required=False)
@click.option("--by", type=click.Choice(["lifecycle"]), help=f"Tell new customers (first paid in the last {NEW_DAYS} days) apart.")
@click.option("--crm", type=click.Choice(["salesforce", "hubspot"]), help="Which CRM; the first that is set up if not said.")
@as_json
def facts(*, pattern: str | None, by: str | None, crm: str | None, as_json: bool) -> None:
    """List every column that an expression can use: name, kind, unit, meaning, how many accounts have a value, and samples.

    PATTERN is a text in the name or the meaning, or a pattern such as stripe.*; the exact name of one column tells more of it.
    What may say who a person or a company is, is shown by its shape (a…@e…). Asks no vendor.

    \b
    Examples:  syncer facts
               syncer facts "stripe.*" --by lifecycle
               syncer facts mixpanel.mau
    """
    run = setup.offline_run()
    told = catalogue(run, crm or next(iter(run.settings.crms), None), pattern)
    if as_json:
        for one in told:
            click.echo(msgspec.json.encode(_plain(one)))
        return
    console = terminal.out()
    if len(told) == 1:
        _show_one(console, told[0])
    else:
        for group, several in groupby(told, key=lambda one: one.listing.group):
            _show_group(console, GROUPS[group], list(several), by)
    if told[0].filling is None:
        terminal.talk().print(f"\n{NOTHING_READ}")


def _plain(one: Told) -> dict[str, Any]:
    """The JSON of a column; `filled`, `samples` and what follows are null while no account was read."""
    listing, filling = one.listing, one.filling
    return {
        "name": listing.name,
        "kind": listing.column.kind,
        "unit": listing.unit,
        "meaning": listing.meaning,
        "source": listing.source,
        "personal": listing.personal,
        "held_by": [_as_written(name) for name in listing.column.held_by],
        "used_by": listing.used_by,
        "counted": listing.counted,
        "filled": filling and filling.shares,
        "held": filling and filling.held,
        "samples": filling and filling.samples,
        "top": filling and filling.top,
        "notes": one.notes,
    }


def _show_group(console: Console, title: str, told: Sequence[Told], by: str | None) -> None:
    wide = console.width >= WIDE
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", expand=wide)
    table.add_column("name", no_wrap=True, overflow="ellipsis", min_width=16 if wide else 12, max_width=34 if wide else 28)
    table.add_column("kind", no_wrap=True)
    if wide:
        table.add_column("unit", max_width=24)
    for name in () if told[0].filling is None else ("new", "existing") if by else ("filled",):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("meaning", ratio=2)
    if wide:
        table.add_column("for example", ratio=1)
    for one in told:
        table.add_row(*_cells(one, by, wide=wide))
    console.print(f"\n[bold]{title}[/]")
    console.print(table)


def _cells(one: Told, by: str | None, *, wide: bool) -> list[Text]:
    listing, filling = one.listing, one.filling
    shares = [filling.shares[name] for name in (("new", "existing") if by else ("all",))] if filling else []
    samples = " · ".join(_grouped(sample, listing) for sample in filling.samples) if filling else ""
    meaning = Text(_clean(listing.meaning))
    for note in one.notes:
        meaning.append(f"\n{_clean(note)}", "yellow")
    if not wide and samples:
        meaning.append(f"\n{_clean(samples)}", "dim")
    cells = [Text(listing.name), Text(listing.column.kind), *(Text(_percent(share)) for share in shares), meaning]
    return [*cells[:2], Text(listing.unit), *cells[2:], Text(_clean(samples), "dim")] if wide else cells


def _show_one(console: Console, one: Told) -> None:
    listing = one.listing
    console.print(f"[bold]{listing.name}[/]  {listing.column.kind}, {listing.unit}")
    console.print(Padding(terminal.plain(listing.meaning), (0, 0, 0, 2), expand=False))
    lines = Table.grid(padding=(0, 2, 0, 0))
    lines.add_column(no_wrap=True, style="dim")
    lines.add_column()
    for name, text in _lines(one):
        lines.add_row(f"  {name}", _clean(text))
    console.print(lines)


def _lines(one: Told) -> list[tuple[str, str]]:
    listing, filling = one.listing, one.filling
    found = [("comes from", listing.source)]
    if listing.counted:
        found.append(("counted as", listing.counted))
    if listing.column.held_by:
        held = " or ".join(_as_written(name) for name in listing.column.held_by)
        now = f"; now so for {filling.held:,} accounts" if filling else ""
        found.append(("held while", f"{held} has a reason: the CRM then keeps what it has{now}"))
    if filling:
        found += [(f"filled, {name}" if name != "all" else "filled", _told_share(share, listing)) for name, share in filling.shares.items()]
        if filling.low is not None:
            low, middle, high = (_grouped(value or "", listing) for value in (filling.low, filling.middle, filling.high))
            found.append(("values", f"from {low} to {high}, the middle one {middle}"))
        if filling.top:
            found.append(("commonest", " · ".join(f"{text} ({count:,})" for text, count in filling.top)))
    return [*found, *(("note", note) for note in one.notes), ("used by", "\n".join(listing.used_by) or "no field and no health input")]


def _as_written(column: str) -> str:
    """`stripe.mrr_held` of the column stripe__mrr_held."""
    return column.replace("__", ".")


def _grouped(value: str, listing: Listing) -> str:
    """A number with its thousands apart; anything else as it is."""
    return f"{Decimal(value):,f}" if listing.column.kind in (Kind.NUMBER, Kind.MONEY) else value


def _percent(share: Share) -> str:
    return f"{100 * share.filled // share.accounts} %" if share.accounts else "none"


def _told_share(share: Share, listing: Listing) -> str:
    accounts = "accounts" if listing.matched == "TRUE" else f"accounts that have something at {VENDOR_NAMES[listing.group]}"
    return f"{share.filled:,} of {share.accounts:,} {accounts} ({_percent(share)})" if share.accounts else "no such account"


def _clean(text: str) -> str:
    """Text from outside without what a terminal would act on."""
    return "".join(char if char.isprintable() or char == "\n" else "\ufffd" for char in text)
