"""`syncer sandbox`: the five vendors as local servers with a company in them."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
import msgspec

from syncer.words import when
from syncer.words.errors import UsageError

if TYPE_CHECKING:
    from syncer.sandbox.ravenstack import Loaded

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
STATE = "sandbox-state"
"""A state of its own, so that no made-up customer is ever taken for one of the real accounts."""
VENDORS = ("stripe", "mixpanel", "zendesk", "salesforce", "hubspot")

Command = TypeVar("Command", bound=Callable[..., Any])


def company_options(command: Command) -> Command:
    """Which company: `--accounts --seed` of a made-up one, or `--data`, a folder."""
    for option in (
        click.option("--data", type=FOLDER, help="Load this folder of CSV files instead (RavenStack's layout)."),
        click.option("--seed", default=1, show_default=True, help="The same seed makes the same company."),
        click.option("--accounts", default=300, show_default=True, type=click.IntRange(1, 1_000_000), help="How many CRM accounts it has."),
    ):
        command = option(command)
    return command


@click.command(short_help="Serve stand-ins of the vendors.")
@click.option("--print-env", is_flag=True, help="Print the settings that point syncer at the stand-ins as shell exports, then serve.")
@click.option("--vendor", "vendors", multiple=True, type=click.Choice(VENDORS), help="Print the settings of this one; may be given again.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object (environment, notes on the data, changes to try), then serve.")
@click.option("--limits/--no-limits", default=True, show_default=True, help="Keep the vendors' real rate limits.")
@click.option("--port", default=0, help="The first of five ports in a row; 0 takes any free ones.")
@company_options
def sandbox(  # noqa: PLR0913  (one argument an option)
    *, print_env: bool, vendors: tuple[str, ...], as_json: bool, limits: bool, port: int, accounts: int, seed: int, data: Path | None
) -> None:
    """Serve stand-ins of Stripe, Mixpanel, Zendesk, Salesforce and HubSpot on loopback until stopped.

    \b
    Example:  syncer sandbox --accounts 1000 --seed 7 --print-env
    """
    try:
        from syncer.sandbox import start
        from syncer.sandbox.server import Server
        from syncer.sandbox.story import changes
    except ModuleNotFoundError as error:
        raise UsageError(f"the stand-ins need the extra `sandbox` ({error.name} is missing): pip install 'syncer[sandbox]'") from None
    loaded = _loaded(accounts, seed, data)
    ports = {vendor: port + number for number, vendor in enumerate(VENDORS)} if port else {}
    with Server(start.open_world(loaded.records, loaded.as_of, limits=limits), ports) as server:
        environment = start.environment(server.urls, loaded.as_of)
        if as_json:
            happenings = changes(loaded.records, loaded.as_of)
            story = [{**vars(each), "headers": each.headers(), "body": each.payload().decode()} for each in happenings]
            click.echo(msgspec.json.encode({"environment": environment, "notes": loaded.notes, "changes": story}))
        elif print_env:
            others = tuple(f"SYNCER_{vendor.upper()}__" for vendor in VENDORS if vendors and vendor not in vendors)
            for name, value in {**environment, "SYNCER_STATE": STATE}.items():
                if not name.startswith(others):
                    click.echo(f"export {name}={shlex.quote(value)}")
        else:
            for vendor, url in server.urls.items():
                click.echo(f"{vendor:<11} {url}")
            click.echo("Settings for syncer: --print-env. What was called: GET /_control/requests on any of these.")
        if not as_json:
            for note in loaded.notes:
                click.echo(note, err=True)
            click.echo(f"Serving; the clock started at {when.iso(loaded.as_of)}. Stop with Ctrl-C.", err=True)
        with suppress(KeyboardInterrupt):
            while True:
                time.sleep(3600)


def _loaded(accounts: int, seed: int, data: Path | None) -> Loaded:
    """The company to serve: made up, or read from a folder. UsageError names the file and line that cannot be read."""
    from syncer.sandbox.company import DEFAULT_AS_OF, make_company
    from syncer.sandbox.ravenstack import BadData, Loaded, read_ravenstack

    if data is None:
        return Loaded(make_company(accounts, seed, DEFAULT_AS_OF), DEFAULT_AS_OF, [])
    try:
        return read_ravenstack(data)
    except BadData as error:
        raise UsageError(str(error)) from None
