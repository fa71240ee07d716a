"""`syncer mrr`: what each Stripe customer pays a month, and how that comes about; from files without any network, or from the state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from syncer.cli import figures, setup, terminal
from syncer.cli.options import as_json
from syncer.cli.reconcile import reconcile
from syncer.core import mrr_told
from syncer.core.mrr import CustomerMrr, CustomerStatement, ItemMrr, SubscriptionMrr, exact_text
from syncer.core.mrr_told import Total, arithmetic, changed_switches, converted_total, major_text, totals
from syncer.runs.mrr import Books
from syncer.specs.mrr_policy import MrrPolicy, policy_of
from syncer.words import when
from syncer.words.errors import UsageError
from syncer.words.money import exponent

SHOWN, SHOWN_UNKNOWN, SHOWN_SUBSCRIPTIONS = 20, 8, 10
WIDEST, INDENT = 140, 4


class WithCommands(click.Command):
    """A command that takes files, except when its first word names a command of its own."""

    commands: Mapping[str, click.Command] = {reconcile.name or "": reconcile}

    def make_context(self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any) -> click.Context:
        command = self.commands.get(args[0]) if args else None
        if command is None:
            return super().make_context(info_name, args, parent, **extra)
        return command.make_context(f"{info_name} {args[0]}", args[1:], parent, **extra)


@click.command(cls=WithCommands, short_help="Compute MRR, from files or the state.")
@click.argument("files", nargs=-1, metavar="[FILE]...")
@figures.as_of
@figures.preset
@figures.switches
@as_json
def mrr(*, files: Sequence[str], as_of: str | None, preset: str | None, switches: Sequence[str], as_json: bool) -> None:
    """Compute what each Stripe customer pays a month, with the arithmetic behind it.

    FILEs hold Stripe's objects as its API returns them (JSON; - is stdin): nothing is sent anywhere. Without FILEs the last
    sync's state is computed, under the mapping's policy. The switches are those of mrr_policy in mappings/account.yaml.

    \b
    Examples:  syncer mrr customers.json subscriptions.json prices.json
               syncer mrr export/*.json --as-of 2026-11-01 --preset stripe_dashboard --set trialing=include
               syncer mrr reconcile --theirs chartmogul.csv   # why theirs differ
    """
    changed = figures.set_switches(switches)
    policy, instant = policy_of(preset, changed), figures.instant(as_of)
    if files:
        books = Books.of_files(files)
    else:
        run = setup.run(lambda *_: None)
        if "stripe" not in run.sources_read():
            raise UsageError("nothing has been read of Stripe yet: give FILEs with its objects, or run syncer pull first")
        books, policy = Books.of_store(run), policy_of(preset, changed, run.project.mapping.mrr_policy)
        instant = figures.instant(as_of) if as_of else run.as_of
    with books:
        statements = books.statements(policy, instant)
    for note in books.notes:
        click.echo(f"syncer: {note}", err=True)
    if as_json:
        click.echo(msgspec.json.encode(mrr_told.as_json(statements, policy, instant)))
    else:
        _show(terminal.out(), statements, policy, instant)


def _show(console: Console, statements: Sequence[CustomerStatement], policy: MrrPolicy, instant: int) -> None:
    shown = _shown(statements)
    for statement in shown:
        _show_customer(console, statement, policy)
    if len(shown) < len(statements):
        unknown = sum(each.total.mrr is None for each in statements)
        said = f"; {unknown:,} in all are unknown" if unknown > SHOWN_UNKNOWN else ""
        console.print(f"\n… and {len(statements) - len(shown):,} more{said}; --json has everything", style="dim")
    console.print("" if statements else "No customer and no subscription, so no MRR.")
    for total in totals(statements):
        _show_total(console, total)
    converted = converted_total(statements)
    if converted:
        _show_total(console, converted, "in all: ")
    changed = ", ".join(f"{name} {value}" for name, value in changed_switches(policy).items())
    console.print(f"As of {when.iso(instant)}, {f'with {terminal.plain(changed)}' if changed else 'by the default policy'}", style="dim")


def _shown(statements: Sequence[CustomerStatement]) -> list[CustomerStatement]:
    """Some of what is unknown, as that wants to be looked at, and the largest; all where they are few."""
    unknown = [each for each in statements if each.total.mrr is None]
    known = sorted((each for each in statements if each.total.mrr is not None), key=_size, reverse=True)
    if len(statements) > SHOWN:
        unknown = unknown[:SHOWN_UNKNOWN]
    return [*unknown, *known][:SHOWN]


def _size(statement: CustomerStatement) -> Fraction:
    return Fraction(statement.total.mrr or 0, 10 ** exponent(statement.total.currency or ""))


def _show_customer(console: Console, statement: CustomerStatement, policy: MrrPolicy) -> None:
    total = statement.total
    head = f"\n[bold]{terminal.plain(total.customer)}[/]  "
    if total.mrr_minor is None:
        console.print(f"{head}[yellow]unknown[/]: {terminal.plain(total.unknown or '')}")
    else:
        console.print(f"{head}[bold]{_amount(total.mrr_minor, total.currency)}[/] a month{_reported(total)}")
    if not statement.subscriptions:
        console.print("  no subscription", style="dim")
    for subscription in statement.subscriptions[:SHOWN_SUBSCRIPTIONS]:
        _show_subscription(console, subscription, policy)
    more = len(statement.subscriptions) - SHOWN_SUBSCRIPTIONS
    if more > 0:
        console.print(f"  … and {more:,} more subscriptions", style="dim")


def _show_subscription(console: Console, subscription: SubscriptionMrr, policy: MrrPolicy) -> None:
    name = f"  [dim]{terminal.plain(subscription.id)} {terminal.plain(subscription.status or '')}[/]"
    if subscription.why_not:
        console.print(f"{name}  does not count: {terminal.plain(subscription.why_not)}")
        return
    console.print(f"{name}{'' if subscription.items else '  no items'}")
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(max_width=28, overflow="fold")
    table.add_column(ratio=1, overflow="fold")
    table.add_column(justify="right", no_wrap=True)
    table.width = min(console.width, WIDEST) - INDENT
    for item in subscription.items[:SHOWN]:
        table.add_row(*_item(item, policy))
    console.print(Padding(table, (0, 0, 0, INDENT)))


def _item(item: ItemMrr, policy: MrrPolicy) -> tuple[str, str, str]:
    name, how = terminal.plain(item.product or item.price or item.id), terminal.plain(arithmetic(item, policy))
    before = f"[dim]{how};[/] " if how else ""
    if item.why_not:
        return name, f"{before}does not count: {terminal.plain(item.why_not)}", "[dim]0[/]"
    if item.unknown or item.monthly is None:
        return name, f"{before}{terminal.plain(item.unknown or '')}", "[yellow]unknown[/]"
    return name, how, major_text(item.monthly, item.currency)


def _show_total(console: Console, total: Total, of: str = "") -> None:
    counts = [f"{total.paying:,} paying", f"{total.without:,} with nothing that counts"]
    counts += [f"[yellow]{total.unknown:,} unknown, not in this sum[/]"] if total.unknown else []
    console.print(f"[bold]{_amount(total.minor, total.currency)}[/] a month  {of}{' · '.join(counts)}")


def _reported(total: CustomerMrr) -> str:
    report = total.reporting
    if report is None or report.currency == total.currency:
        return ""
    if report.mrr_minor is None:
        return f", [yellow]unknown in {report.currency.upper()}[/]: {terminal.plain(report.unknown or '')}"
    rate = f" at {exact_text(Fraction(report.rate))} of {report.rate_date}" if report.rate else ""
    return f" = {_amount(report.mrr_minor, report.currency)}[dim]{rate}[/]"


def _amount(minor: int, currency: str | None) -> str:
    return f"{major_text(minor, currency)} {terminal.plain((currency or '').upper())}".rstrip()
