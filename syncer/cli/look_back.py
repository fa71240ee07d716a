"""`syncer explain`: where a value comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import click
import msgspec
from rich.console import Console

from syncer.cli import completion, setup, terminal
from syncer.cli.options import as_json
from syncer.core.mrr_told import major_text
from syncer.core.plan import canonical
from syncer.runs.explain import Explanation
from syncer.runs.explain import explain as explain_cells
from syncer.words.errors import UsageError


@click.command(short_help="Say where a value comes from.")
@click.argument("account")
@click.argument("field", required=False, shell_complete=completion.fields)
@click.option("--crm", type=click.Choice(["salesforce", "hubspot"]), help="Which CRM; the first that is set up if not said.")
@as_json
def explain(*, account: str, field: str | None, crm: str | None, as_json: bool) -> None:
    """Say where a value comes from: ACCOUNT is a CRM id, an account key or a name; FIELD a key of field_specs/account.yaml.

    \b
    Examples:  syncer explain "Acme Ltd" mrr
               syncer explain 001xx000003DGbYAAW health_score --json
    """
    run = setup.run(lambda *_: None)
    chosen = crm or next(iter(run.settings.crms), None)
    if chosen is None:
        raise UsageError("no CRM is set up: add a salesforce: or hubspot: section to syncer.yaml")
    for explanation in explain_cells(run, chosen, account, field):
        if as_json:
            click.echo(msgspec.json.encode(explanation))
        else:
            _show(terminal.out(), explanation)


def _show(console: Console, told: Explanation) -> None:
    console.print(f"\n[bold]{told.label}[/] of [bold]{terminal.plain(told.account)}[/]  [dim]{told.crm} {told.account_id}[/]")
    console.print(f"  [dim]{terminal.plain(told.help)}[/]")
    next_sync = f"the next sync writes {_value(told.computed)}"
    shown = {"unchanged": "as computed", "change": next_sync, "absent": "nothing to write", "held": "held back"}
    console.print(f"  in the CRM   [bold]{_value(told.in_crm)}[/]  ({shown[told.state]})")
    if told.held:
        console.print(f"  held because {terminal.plain(told.held)}")
    console.print(f"  comes from   {terminal.plain(told.expression)}  [dim]{told.place}[/]")
    for name, value in told.facts.items():
        console.print(f"    {name:<28} {_value(value)}")
    _show_items(console, told.items)
    _show_contributions(console, told.contributions)
    for found in told.objects:
        name = terminal.plain(found["name"] or "")
        console.print(f"  source       {found['source']} {found['id']}  {name}  [dim]matched by {found['matched_by']}[/]")
        if found["link"]:
            console.print(f"               {found['link']}", soft_wrap=True)
    for past in told.history[:3]:
        verb = "written" if past.kind == "written" else "seen"
        console.print(f"  {past.at}  {verb} by run {past.run}: {_value(past.old)} → {_value(past.value)}")


def _show_items(console: Console, items: Sequence[Mapping[str, Any]]) -> None:
    for item in items:
        interval, count = item["recurring_interval"], item["interval_count"]
        every = interval if count in (None, 1) else f"{count} {interval}s"
        told = item["held"] or (None if item["counted"] else item["why_not"])
        name = terminal.plain(str(item["product_name"]))
        if told:
            console.print(f"    {name} [dim]{item['subscription_id']}[/]: not counted, {terminal.plain(told)}")
            continue
        currency = item["currency"]
        discount = f" less {_money(item['discount'], currency)}" if item["discount"] else ""
        console.print(
            f"    {name} \u00d7 {item['quantity']}: {_money(item['amount'], currency)}{discount} {currency.upper()} every {every} "
            f"= {_money(item['monthly'], currency)} a month  [dim]{item['subscription_id']}[/]"
        )


def _show_contributions(console: Console, contributions: Sequence[Mapping[str, Any]]) -> None:
    for part in contributions:
        measured = "not measured" if part["measured"] is None else str(part["measured"])
        points = "" if part["contribution"] is None else f"{part['contribution']:>6} points"
        console.print(f"    {part['part']:<11} {terminal.plain(str(part['label'])):<34} {measured:>14}  {points}")


def _money(minor: str | None, currency: str) -> str:
    """An exact amount of minor units in major ones."""
    return "unknown" if minor is None else major_text(Fraction(minor), currency)


def _value(text: str | None) -> str:
    return "[dim]empty[/]" if text is None else terminal.plain(canonical(text) or "")
