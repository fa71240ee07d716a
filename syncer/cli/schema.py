"""`syncer schema`: JSON Schemas of the written files, for editors."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from syncer.cli.options import as_json
from syncer.runs.schemas import write_schemas
from syncer.specs.settings import folder_of


@click.command(short_help="Let your editor complete and check.")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False)
@as_json
def schema(*, folder: Path | None, as_json: bool) -> None:
    """Write JSON Schemas of the written files into FOLDER (the project folder if not said): mappings/schema, field_specs/schema.

    With them an editor completes keys, says what they mean and marks mistakes while you type; mappings/EDITOR.md says how. Run it again
    after you have added fields, so that the mapping offers them. Any file there of the same name is replaced.

    \b
    Example:  syncer schema
    """
    written = [str(path) for path in write_schemas(folder or folder_of(Path.cwd()))]
    if as_json:
        click.echo(msgspec.json.encode({"written": written}))
        return
    for path in written:
        click.echo(path)
