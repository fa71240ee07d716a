"""`syncer match`: who belongs to whom, and people's decisions where no rule can tell."""

from __future__ import annotations

import getpass
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import msgspec

from syncer.cli import match_text, setup, terminal
from syncer.cli.options import as_json
from syncer.runs import decide
from syncer.runs.decide import Decided, Signature
from syncer.runs.match import matches
from syncer.runs.match_one import ObjectMatch
from syncer.runs.match_one import show as show_one
from syncer.runs.run import Run
from syncer.words import when
from syncer.words.errors import UsageError

Command = Callable[..., Any]

crm_option = click.option("--crm", type=click.Choice(["salesforce", "hubspot"]), help="Only this CRM; all that are set up if not said.")
why_option = click.option("--why", default="", metavar="TEXT", help="Why, for those who read the decision later.")


@click.group(invoke_without_command=True, short_help="Say who belongs to whom; decide where rules cannot.")
@crm_option
@click.option("--all", "everything", is_flag=True, help="Whole lists instead of the first few.")
@as_json
@click.pass_context
def match(context: click.Context, *, crm: str | None, everything: bool, as_json: bool) -> None:
    """Show how the records of each source are matched to accounts: by which rule, which are ambiguous, which fit none.

    Works on what the last sync or plan stored and asks no vendor. Decisions are lines of mappings/matches.csv.
    With --json: crm, read_at, accounts, sources, ambiguous, unmatched, accounts_without_source, without_source, void.

    \b
    Examples:  syncer match
               syncer match confirm cus_NffrFeUfNV2Hib "Acme Ltd" --why "asked sales"
               syncer match --all --json
    """
    if context.invoked_subcommand is not None:
        return
    run = _run()
    for name in [crm] if crm else run.settings.crms:
        found = matches(run, name)
        if as_json:
            click.echo(msgspec.json.encode(found))
        else:
            match_text.show_matches(terminal.out(), found, everything=everything)


@match.command(short_help="One record or account in full.")
@click.argument("what")
@crm_option
@as_json
def show(*, what: str, crm: str | None, as_json: bool) -> None:
    """Show all that is known of one match. WHAT is a source's id (cus_…, zendesk:7, mixpanel:acme) or an account's id, key or name.

    \b
    Example:  syncer match show cus_NffrFeUfNV2Hib
    """
    run = _run()
    for name in [crm] if crm else run.settings.crms:
        told = show_one(run, name, what)
        if as_json:
            click.echo(msgspec.json.encode(told))
        elif isinstance(told, ObjectMatch):
            match_text.show_object(terminal.out(), told)
        else:
            match_text.show_account(terminal.out(), told)


@match.command(short_help="Decide that a record belongs to an account.")
@click.argument("source_id")
@click.argument("account")
@why_option
@crm_option
@as_json
def confirm(*, source_id: str, account: str, why: str, crm: str | None, as_json: bool) -> None:
    """Decide that the record SOURCE_ID (cus_…, zendesk:7, mixpanel:acme) belongs to ACCOUNT: an id (15 or 18 characters), a key or a name.

    A decision wins over every rule. With --json: lines, object, account, effects.

    \b
    Example:  syncer match confirm cus_NffrFeUfNV2Hib 0018d00000AbCdE --why "asked sales"
    """
    _tell(decide.confirm(_run(), source_id, account, crm, _signed(why)), as_json=as_json)


@match.command(short_help="Decide that a record does not belong to an account.")
@click.argument("source_id")
@click.argument("account", required=False)
@why_option
@crm_option
@as_json
def reject(*, source_id: str, account: str | None, why: str, crm: str | None, as_json: bool) -> None:
    """Decide that SOURCE_ID does not belong to ACCOUNT; without ACCOUNT: to no account at all. Other accounts stay possible.

    \b
    Examples:  syncer match reject cus_NffrFeUfNV2Hib "Acme Ltd"
               syncer match reject zendesk:360001 --why "our own test account"
    """
    _tell(decide.reject(_run(), source_id, account, crm, _signed(why)), as_json=as_json)


@match.command(short_help="Take all decisions on a record back.")
@click.argument("source_id")
@why_option
@crm_option
@as_json
def forget(*, source_id: str, why: str, crm: str | None, as_json: bool) -> None:
    """Take back what was decided on SOURCE_ID: the rules decide again. The lines stay in mappings/matches.csv, with one more.

    \b
    Example:  syncer match forget cus_NffrFeUfNV2Hib
    """
    _tell(decide.forget(_run(), source_id, crm, _signed(why)), as_json=as_json)


@match.command(short_help="Confirm pairs from a CSV file.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check the file and write nothing.")
@why_option
@crm_option
@as_json
def load(*, file: Path, dry_run: bool, why: str, crm: str | None, as_json: bool) -> None:
    """Confirm the pairs of a CSV file with the columns source_id and account_id; source and why may stand beside them.

    Nothing is written unless every line fits. With --json: confirmed, dry_run.

    \b
    Example:  syncer match load pairs.csv --dry-run
    """
    made = decide.load(_run(), file, crm, _signed(why), dry_run=dry_run)
    if as_json:
        click.echo(msgspec.json.encode({"confirmed": len(made), "dry_run": dry_run}))
        return
    verb = "would be confirmed" if dry_run else "confirmed"
    click.echo(f"{len(made):,} pairs {verb}; pairs that stand already are left out. `syncer plan` shows what comes of them")


def _run() -> Run:
    run = setup.run(lambda *_: None)
    if not run.settings.crms:
        raise UsageError("no CRM is set up: add a salesforce: or hubspot: section to syncer.yaml")
    return run


def _tell(decided: Decided, *, as_json: bool) -> None:
    if as_json:
        click.echo(msgspec.json.encode(decided))
    else:
        match_text.show_decided(terminal.out(), decided)


def _signed(why: str) -> Signature:
    return Signature(_who(), when.iso(int(time.time())), why)


def _who() -> str:
    """The name that git knows, or the machine's."""
    try:
        asked = subprocess.run(["git", "config", "user.name"], capture_output=True, text=True, timeout=2, check=False)  # noqa: S607
        return asked.stdout.strip() or getpass.getuser()
    except (OSError, subprocess.SubprocessError, KeyError):
        return ""
