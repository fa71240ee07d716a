"""`syncer explain`: where a value comes from, now or on a day gone by."""

from __future__ import annotations

from datetime import date

import click
import msgspec

from syncer.cli import completion, setup, terminal
from syncer.cli.explain_text import show, show_fields
from syncer.cli.options import as_json
from syncer.runs.explain import explain as explain_cells
from syncer.words.errors import UsageError


@click.command(short_help="Say where a value comes from.")
@click.argument("account")
@click.argument("field", required=False, shell_complete=completion.fields)
@click.option("--on", metavar="DATE", help="As it was on that day (UTC), such as 2026-10-15.")
@click.option("--crm", type=click.Choice(["salesforce", "hubspot"]), help="Which CRM; the first that is set up if not said.")
@as_json
def explain(*, account: str, field: str | None, on: str | None, crm: str | None, as_json: bool) -> None:
    """Say where a value comes from: expression, facts, source records with their pages, and the runs and people that wrote it.

    ACCOUNT is an id of the CRM, an account key, a name or a part of it, or the address of the account's page. FIELD is a key of
    field_specs/account.yaml; without it, every field in a line.

    \b
    Examples:  syncer explain "Acme Ltd" mrr
               syncer explain "Acme Ltd" health_score --on 2026-10-15
               syncer explain 001xx000003DGbYAAW --json
    """
    run = setup.run(lambda *_: None)
    chosen = crm or next(iter(run.settings.crms), None)
    if chosen is None:
        raise UsageError("no CRM is set up: add a salesforce: or hubspot: section to syncer.yaml")
    found = explain_cells(run, chosen, account, field, _day(on) if on else None)
    if as_json:
        for each in found:
            click.echo(msgspec.json.encode(each))
    elif field:
        show(terminal.out(), found[0])
    else:
        show_fields(terminal.out(), found)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--on {text} is not a day; write it as 2026-10-15") from None
