"""`syncer check`: what is wrong with the written files, and with what the vendors say of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from syncer.cli import setup
from syncer.cli.options import as_json
from syncer.specs import settings
from syncer.specs.shipped import place

if TYPE_CHECKING:
    from syncer.connectors.port import Connector
    from syncer.crm.port import Crm


@click.command(short_help="Check what you wrote.")
@click.option("--online", is_flag=True, help="Also try each vendor's credential.")
@as_json
def check(*, online: bool, as_json: bool) -> None:
    """Check settings, field specs and mappings; all problems at once, each with its place.

    \b
    Example:  syncer check --online
    """
    loaded = settings.load(Path.cwd()) if online else settings.load_known(Path.cwd()).settings
    project = setup.project(loaded.project)
    files = {name: str(place(loaded.project, name).resolve()) for name in setup.FILES}
    vendors = _names_of_vendors(loaded) if online else {}
    if as_json:
        click.echo(msgspec.json.encode({"files": files, "fields": len(project.fields), "vendors": vendors}))
        return
    for name, path in files.items():
        click.echo(f"{name:<32} {path}")
    click.echo(f"Written files are fine: {len(project.fields)} fields mapped, {len(project.mapping.crm)} columns read from the CRM")
    for vendor, name in vendors.items():
        click.echo(f"{vendor:<11} {name}")


def _names_of_vendors(loaded: settings.Settings) -> dict[str, str]:
    """What each vendor calls the account that its credential opens."""
    from syncer.runs.connect import connectors, crms  # noqa: PLC0415  (offline no vendor's code is needed)
    from syncer.tools.http import Calls  # noqa: PLC0415

    calls = Calls()
    vendors: list[Connector | Crm] = [*connectors(loaded, calls), *crms(loaded, calls).values()]
    return {vendor.name: vendor.check() for vendor in vendors}
