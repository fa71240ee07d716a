"""`syncer check`: what is wrong with the written files, and with what the vendors say of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import msgspec

from syncer.cli.options import as_json
from syncer.runs import written
from syncer.specs import settings
from syncer.specs.shipped import place
from syncer.words.errors import FileProblems, MissingCrmField, SyncerError

if TYPE_CHECKING:
    from syncer.core.project import Project
    from syncer.runs.online import Online


@click.command(short_help="Check what you wrote.")
@click.option("--online", is_flag=True, help="Also try each vendor's credential, and compare each field with the CRM's own.")
@as_json
def check(*, online: bool, as_json: bool) -> None:
    """Check settings, field specs and mappings; all problems at once, each with its place.

    With --online, also what each CRM says of its fields: missing, not writable, of a type that cannot hold the value, too short,
    without the options. Nothing is written.

    \b
    Example:  syncer check --online
    """
    loaded, project = written.both(settings.load if online else settings.known)
    files = {name: str(place(loaded.project, name).resolve()) for name in written.FILES}
    told = _compared(loaded, project) if online else None
    if as_json:
        click.echo(msgspec.json.encode({"files": files, "fields": len(project.fields), **_as_json(told)}))
    else:
        for name, path in files.items():
            click.echo(f"{name:<32} {path}")
        click.echo(f"Written files are fine: {len(project.fields)} fields mapped, {len(project.mapping.crm)} columns read from the CRM")
        _show(told)
    _fail(told)


def _compared(loaded: settings.Settings, project: Project) -> Online:
    from syncer.runs.online import compare  # noqa: PLC0415  (offline no vendor's code is needed)
    from syncer.tools.http import Calls  # noqa: PLC0415

    return compare(loaded, project, Calls())


def _as_json(told: Online | None) -> dict[str, object]:
    if told is None:
        return {"vendors": {}, "problems": [], "notes": []}
    return {"vendors": told.vendors, "problems": told.problems, "notes": told.notes}


def _show(told: Online | None) -> None:
    if told:
        for vendor, name in told.vendors.items():
            click.echo(f"{vendor:<11} {name}")
        for note in told.notes:
            click.echo(note)


def _fail(told: Online | None) -> None:
    """All that is wrong on stderr; the exit code is that of the fields or, when they are fine, of the last vendor that failed."""
    errors: list[SyncerError] = [*told.failures] if told else []
    for failure in errors[:-1] if told and not told.problems else errors:
        click.echo(f"syncer: {failure}", err=True)
    if told and told.problems:
        listed = FileProblems(told.problems)
        click.echo(str(listed), err=True)
        raise MissingCrmField(f"{listed.count}; mend them in the CRM or in the files and run this again")
    if errors:
        raise errors[-1]
