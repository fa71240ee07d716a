"""Settings: `syncer.yaml` in the working folder, overruled by `SYNCER_…` in the environment (nested by `__`).

Secrets are named, not written: `env:STRIPE_API_KEY` in the file; in the environment the value itself may stand. What the environment does
not set may stand in `.env` beside `syncer.yaml`; no other folder is looked into.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_settings import EnvSettingsSource

from syncer.specs.env_file import ENV_FILE, EnvFile, read_env_file
from syncer.specs.reader import Page
from syncer.specs.settings_models import PREFIX, Settings, secret_keys, section_model
from syncer.specs.wording import Fault, faults
from syncer.words.errors import FileProblems, Problem

__all__ = ["FILE", "FILL_IN", "PREFIX", "Known", "Settings", "folder_of", "known", "load", "load_known"]

FILE = "syncer.yaml"
FILL_IN = "fill-in"
"""Stands in a new `syncer.yaml` where only its owner knows what to write."""


class Known(NamedTuple):
    """Settings as far as they are known, and by vendor what no call to it can do without: secrets that are set nowhere, ids to fill in."""

    settings: Settings
    lacks: Mapping[str, list[Problem]]


def load(folder: Path) -> Settings:
    """The settings as the folder's files and the environment say. FileProblems with every fault and its place, also what is lacking."""
    found, lacks = load_known(folder)
    if lacks:
        raise FileProblems([problem for problems in lacks.values() for problem in problems])
    return found


def load_known(folder: Path) -> Known:
    """The settings though something may be lacking, for what asks no vendor. FileProblems for anything that is wrong."""
    page = _page(folder)
    env_file, problems = read_env_file(folder)
    problems += _unknown_variables("environment", dict.fromkeys(os.environ, 1)) + _unknown_variables(ENV_FILE, env_file.lines)
    written, more = page.data() if page else ({}, [])
    if page and more:
        written = page.written() if isinstance(page.written(), dict) else {}
    problems += more + (_secrets_written_out(page, written) if page else [])
    told = _overruled(written, {**env_file.values, **os.environ})
    try:
        loaded = Settings.model_validate(told)
    except ValidationError as error:
        found = faults(error, told, Settings.model_json_schema())
        problems += [_placed(fault, page, env_file) for fault in found if not (page and fault.follows_from(page.lost))]
    if problems:
        raise FileProblems(problems)
    return _with_secrets(loaded, page, env_file)


def known(folder: Path) -> Settings:
    """The settings though something may be lacking. FileProblems for anything that is wrong."""
    return load_known(folder).settings


def folder_of(folder: Path) -> Path:
    """The project folder as far as settings with faults tell it; the working folder where they do not."""
    page, (env_file, _) = _page(folder), read_env_file(folder)
    written = page.written() if page else None
    told = _overruled(written if isinstance(written, dict) else {}, {**env_file.values, **os.environ}).get("project")
    return Path(told) if isinstance(told, str) and Path(told).is_dir() else Path()


def _page(folder: Path) -> Page | None:
    return Page.load(folder / FILE, FILE) if (folder / FILE).exists() else None


def _overruled(written: Mapping[str, Any], variables: Mapping[str, str]) -> dict[str, Any]:
    """What is written, with the `SYNCER_…` among the variables put over it."""
    source = EnvSettingsSource(Settings)
    known = _variables()
    source.env_vars = {name.lower(): value for name, value in variables.items() if name.upper() in known}
    told = source()
    under = {name: written[name] for name in told.keys() & written.keys() if isinstance(written[name], dict)}
    return {**written, **{name: {**under[name], **value} if name in under else value for name, value in told.items()}}


def _with_secrets(settings: Settings, page: Page | None, env_file: EnvFile) -> Known:
    """References replaced by what they name, and what is lacking."""
    variables = {**env_file.values, **os.environ}
    lacks: dict[str, list[Problem]] = {}
    sections: dict[str, BaseModel] = {}

    def lacking(vendor: str, key: str, text: str) -> None:
        problem = page.problem((vendor, key), text) if page else Problem("environment", 1, 1, text)
        lacks.setdefault(vendor, []).append(problem)

    for name in (*settings.sources, *settings.crms):
        section = getattr(settings, name)
        found: dict[str, SecretStr] = {}
        for key, value in section:
            if isinstance(value, SecretStr) and value.get_secret_value().startswith("env:"):
                variable = value.get_secret_value().removeprefix("env:")
                if not variables.get(variable):
                    said = f"{name}.{key} points to the environment variable {variable}, which is not set"
                    lacking(name, key, f"{said}; set it to the secret, or write it into {ENV_FILE}")
                found[key] = SecretStr(variables.get(variable, ""))
            elif isinstance(value, str) and FILL_IN in value:
                lacking(name, key, f"{name}.{key} still says {value}; write your own there")
        sections[name] = section.model_copy(update=found)
    return Known(settings.model_copy(update=sections), lacks)


def _secrets_written_out(page: Page, written: Mapping[str, Any]) -> list[Problem]:
    return [
        page.problem(
            (name, key),
            f"{name}.{key} is a secret and must not stand in a file; write env:NAME and set NAME in the environment or in {ENV_FILE}",
        )
        for name, section in written.items()
        if name in Settings.model_fields and isinstance(section, Mapping)
        for key, value in section.items()
        if key in secret_keys(name) and not str(value).startswith("env:")
    ]


def _variables() -> set[str]:
    known = set()
    for name in Settings.model_fields:
        model = section_model(name)
        known |= {f"{PREFIX}{name}__{key}".upper() for key in model.model_fields} if model else {f"{PREFIX}{name}".upper()}
    return known


def _unknown_variables(where: str, lines: Mapping[str, int]) -> list[Problem]:
    """`lines`: on which line each variable stands."""
    known = _variables()
    return [
        Problem(where, line, 1, f"{name} is not a setting{_nearest(name, known)}")
        for name, line in sorted(lines.items())
        if name.startswith(PREFIX) and name.upper() not in known
    ]


def _nearest(name: str, known: set[str]) -> str:
    near = get_close_matches(name.upper(), sorted(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""


def _placed(fault: Fault, page: Page | None, env_file: EnvFile) -> Problem:
    """The fault at the variable that sets the value, else in the file."""
    way = (*fault.loc, fault.missing) if fault.missing else fault.loc
    variable = PREFIX + "__".join(map(str, way)).upper()
    setting = ".".join(map(str, way))
    text = f"{setting} is missing; set it in {FILE} or as {variable}" if fault.missing else fault.text
    # the value of a variable is not shown, it may be a secret
    hidden = f"{variable}: {text.partition(', not ')[0]}"
    if variable in {name.upper() for name in os.environ}:
        return Problem("environment", 1, 1, hidden)
    if variable in env_file.lines:
        return Problem(ENV_FILE, env_file.lines[variable], 1, hidden)
    return page.problem(fault.loc, text, on_key=fault.on_key) if page else Problem("environment", 1, 1, text)
