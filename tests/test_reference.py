"""mappings/COMMANDS.md is what `--help` says of every command, and each shows an example.

`UPDATE_GUIDES=1 scripts/test tests/test_reference.py` writes it anew.
"""

import os
from pathlib import Path

import click
import pytest

from syncer import cli

REFERENCE = Path(__file__).parent.parent / "mappings" / "COMMANDS.md"
WIDTH, LONGEST = 100, 110


def every_command():
    """Each command with its full name, groups before what they hold."""
    for name in cli.COMMANDS:
        command = cli.app.get_command(None, name)
        yield f"syncer {name}", command
        if isinstance(command, click.Group):
            yield from ((f"syncer {name} {under}", inner) for under, inner in sorted(command.commands.items()))


def help_of(name, command):
    context = click.Context(command, info_name=name, max_content_width=WIDTH, terminal_width=WIDTH, help_option_names=["-h", "--help"])
    return command.get_help(context)


def reference():
    head = REFERENCE.read_text().partition("\n## ")[0]
    return head + "".join(f"\n## {name}\n\n```text\n{help_of(name, command)}\n```\n" for name, command in every_command())


def test_the_reference_is_the_help():
    if os.environ.get("UPDATE_GUIDES"):
        REFERENCE.write_text(reference())
    assert REFERENCE.read_text() == reference()


@pytest.mark.parametrize(("name", "command"), [*every_command()], ids=lambda value: value if isinstance(value, str) else "")
def test_every_command_shows_an_example(name, command):
    text = help_of(name, command)
    assert f"{name} " in text.partition("Example")[2] or f"{name}\n" in text.partition("Example")[2]
    assert [line for line in text.splitlines() if len(line) > LONGEST] == []
