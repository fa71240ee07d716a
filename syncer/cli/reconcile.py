"""`syncer mrr reconcile`: our MRR beside someone else's, every difference by its cause."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.table import Table

from syncer.cli import figures, setup, terminal
from syncer.cli.options import as_json
from syncer.core.mrr_told import changed_switches
from syncer.core.reconcile import MEANINGS, Cause, Difference, Reconciliation, major_text
from syncer.runs.mrr import Books
from syncer.runs.reconcile import read_export, reconcile_export
from syncer.specs.mrr_policy import MrrPolicy, policy_of
from syncer.specs.their_mrr import Unit
from syncer.words.when import iso

SHOWN = 12


@click.command(short_help="Why MRR differs from someone else's.")
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("--theirs", required=True, type=click.Path(path_type=Path), metavar="CSV", help="Their export: id, currency, amount.")
@click.option("--unit", type=click.Choice(["minor", "major"]), help="Of their amounts; by the header if not said (mrr_minor, mrr_cents).")
@click.option("--currency", metavar="CODE", help="Of their amounts where the export does not say it.")
@figures.as_of
@figures.preset
@figures.switches
@as_json
def reconcile(  # noqa: PLR0913  (an option each)
    *,
    files: Sequence[str],
    theirs: Path,
    unit: Unit | None,
    currency: str | None,
    as_of: str | None,
    preset: str | None,
    switches: Sequence[str],
    as_json: bool,
) -> None:
    """Compare MRR per customer with an export of Stripe's, ChartMogul's or another's, and say why it differs.

    FILEs hold Stripe's objects as JSON; without them the last sync's state is compared. Each difference is computed again
    under other switches and at earlier instants until one gives their figure; what nothing explains is unexplained.

    \b
    Examples:  syncer mrr reconcile --theirs chartmogul.csv
               syncer mrr reconcile --theirs mrr.csv --as-of 2026-11-01 --preset stripe_dashboard stripe/*.json
    """
    moment, changed = figures.instant(as_of), figures.set_switches(switches)
    policy, export = policy_of(preset, changed), read_export(theirs, unit, currency)
    run = None if files else setup.run(lambda *_: None)
    if run is not None:
        policy, moment = policy_of(preset, changed, run.project.mapping.mrr_policy), moment if as_of else run.as_of
    with Books.of_store(run) if run else Books.of_files(files) as books, terminal.progress() as watch:
        found = reconcile_export(books, export, policy, moment, watch)
    for warning in books.notes:
        click.echo(f"syncer: {warning}", err=True)
    for warning in found.warnings:
        click.echo(f"syncer: {export.file}: {warning}", err=True)
    if as_json:
        about = {"as_of": iso(moment), "policy": policy.told(), "theirs": export.file, "unit": export.unit}
        click.echo(msgspec.json.encode({**about, **msgspec.to_builtins(found)}))
    else:
        _show(terminal.out(), found, policy, moment)


def _show(console: Console, found: Reconciliation, policy: MrrPolicy, moment: int) -> None:
    whole = found.agree + found.differ
    changed = ", ".join(f"{name} {value}" for name, value in changed_switches(policy).items())
    under = f"with {terminal.plain(changed)}" if changed else "by the default policy"
    console.print(f"[bold]{found.agree:,} of {whole:,}[/] figures agree at {iso(moment)}, {under}")
    if not found.differences:
        return
    console.print("\n[bold]Why the others differ[/]")
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("cause", "customers", "theirs - ours", "what it means"):
        table.add_column(name, justify="right" if name in ("customers", "theirs - ours") else "left")
    for cause in found.causes:
        table.add_row(cause.cause, f"{cause.customers:,}", _sums(cause), terminal.plain(_meaning(cause)))
    console.print(table)
    console.print("\n[bold]Largest differences[/]")
    rows = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("customer", "", "ours", "theirs", "difference", "cause"):
        rows.add_column(name, justify="right" if name in ("ours", "theirs", "difference") else "left")
    for one in found.differences[:SHOWN]:
        rows.add_row(*_row(one))
    console.print(rows)
    if len(found.differences) > SHOWN:
        console.print(f"… and {len(found.differences) - SHOWN:,} more; --json lists all", style="dim")
    if found.closest is not None:
        console.print(f"\nWith [bold]{found.closest.options}[/] {found.closest.agree:,} of {whole:,} agree.")


def _sums(cause: Cause) -> str:
    return "\n".join(f"{_signed(text)} {currency.upper()}" for currency, text in cause.sums.items())


def _meaning(cause: Cause) -> str:
    ways = ", ".join(f"{name}: {value}" for name, value in cause.switches.items() if name != "as_of")
    other = f"; {cause.ambiguous:,} of them may have another cause" if cause.ambiguous else ""
    return f"{cause.what}{f' ({ways})' if ways else ''}{other}"


def _row(one: Difference) -> tuple[str, ...]:
    amounts = (one.ours_minor, one.theirs_minor)
    ours, theirs = ("-" if amount is None else major_text(amount, one.currency) for amount in amounts)
    by = "" if one.difference_minor is None else _signed(major_text(one.difference_minor, one.currency))
    return terminal.plain(one.customer), one.currency.upper(), ours, theirs, by, terminal.plain(f"{one.cause}{_told(one)}")


def _told(one: Difference) -> str:
    """What a person needs beside the cause's name."""
    if one.cause == "unknown_here" or (one.cause in ("currency", "unexplained") and one.what != MEANINGS[one.cause]):
        return f": {one.what}" if one.theirs_minor is not None else ""
    ways = " ".join(f"{name}={value}" for name, value in one.switches.items())
    more = f" and {len(one.also) - 2} more" if len(one.also) > 2 else ""
    also = f"; or {', '.join(one.also[:2])}{more}" if one.also else ""
    return f" {ways}{also}" if ways else also


def _signed(text: str) -> str:
    return text if text.startswith("-") else f"+{text}"
