"""`.env` in the working folder: variables that the environment does not set, one on a line, as `NAME=value` or `export NAME=value`."""

from __future__ import annotations

import io
from pathlib import Path
from typing import NamedTuple

from syncer.specs.reader import load_text
from syncer.words.errors import Problem

ENV_FILE = ".env"


class EnvFile(NamedTuple):
    """Values by name, and the line of each. An empty value sets nothing."""

    values: dict[str, str]
    lines: dict[str, int]


def read_env_file(folder: Path) -> tuple[EnvFile, list[Problem]]:
    """What the folder's `.env` sets; nothing where there is none. A value stands for itself, and no problem shows one."""
    path = folder / ENV_FILE
    found = EnvFile({}, {})
    if not path.is_file():
        return found, []
    from dotenv.parser import parse_stream  # noqa: PLC0415  (most runs have their variables from the environment)

    text, unreadable = load_text(path, ENV_FILE)
    problems = [unreadable] if unreadable else []
    for binding in parse_stream(io.StringIO(text)):
        if binding.error or (binding.key and binding.value is None):
            problems.append(Problem(ENV_FILE, binding.original.line, 1, "this line cannot be read; write NAME=value, or # before a remark"))
        elif binding.key and binding.value:
            found.values[binding.key] = binding.value
            found.lines[binding.key] = binding.original.line
    return found, problems
