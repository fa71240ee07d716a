"""Settings: `syncer.yaml` in the working folder, overruled by `SYNCER_…` in the environment (nested by `__`).

Secrets are named, not written: `env:STRIPE_API_KEY` in the file; in the environment the value itself may stand. What the environment does
not set may stand in `.env` beside `syncer.yaml`; no other folder is looked into.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from syncer.specs.env_file import ENV_FILE, EnvFile, read_env_file
from syncer.specs.reader import Page
from syncer.specs.wording import did_you_mean
from syncer.words import when
from syncer.words.errors import FileProblems, Problem

FILE = "syncer.yaml"
PREFIX = "SYNCER_"
FILL_IN = "fill-in"
"""Stands in a new `syncer.yaml` where only its owner knows what to write."""


def _safe_url(url: str) -> str:
    parts = urlsplit(url)
    loopback = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if parts.scheme != "https" and not (parts.scheme == "http" and loopback):
        raise ValueError("must begin with https:// (plain http only for this machine itself, 127.0.0.1)")
    if not parts.hostname or parts.query or parts.username:
        raise ValueError("must be an address such as https://acme.my.salesforce.com, without a user or a query")
    return url.rstrip("/")


def _instant(text: str) -> str:
    try:
        when.epoch(text)
    except ValueError:
        raise ValueError("must be a day or an instant such as 2026-11-01T09:00:00Z") from None
    return text


def _folder(path: Path) -> Path:
    if not path.is_dir():
        raise ValueError("must be a folder that is there, with mappings/ or field_specs/ in it")
    return path


Folder = Annotated[Path, AfterValidator(_folder)]
Url = Annotated[str, AfterValidator(_safe_url)]
Instant = Annotated[str, AfterValidator(_instant)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StripeSettings(_Section):
    """A restricted key that may read customers, subscriptions, prices, products, coupons, invoices and events."""

    api_key: SecretStr
    base_url: Url = "https://api.stripe.com"


class MixpanelSettings(_Section):
    """A service account; `group_key` is the event property that holds the account's key, `data_group_id` its number in the project."""

    username: str
    secret: SecretStr
    project_id: str
    data_group_id: str
    group_key: str = "account_id"
    workspace_id: str | None = None
    base_url: Url = "https://mixpanel.com"
    export_url: Url = "https://data.mixpanel.com"
    time_zone: str = "UTC"
    history_days: Annotated[int, Field(ge=30, le=3650)] = 90


class ZendeskSettings(_Section):
    """An OAuth client with tickets:read organizations:read users:read."""

    subdomain: str
    client_id: str
    client_secret: SecretStr
    base_url: Url | None = None


class SalesforceSettings(_Section):
    """The My Domain address and an External Client App with the client-credentials flow."""

    base_url: Url
    client_id: str
    client_secret: SecretStr
    bulk_from: Annotated[int, Field(ge=1)] = 2000


class HubSpotSettings(_Section):
    """A service key that may read and write companies and read their properties."""

    access_token: SecretStr
    base_url: Url = "https://api.hubapi.com"


class Settings(BaseSettings):
    """Everything a run is told from outside. A vendor without a section is not read or written.

    `project` holds the written files that differ from the shipped ones; the working folder if not said. `language`: of labels.
    `history_days`: how many days of facts are kept for `syncer explain --on`.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True)

    stripe: StripeSettings | None = None
    mixpanel: MixpanelSettings | None = None
    zendesk: ZendeskSettings | None = None
    salesforce: SalesforceSettings | None = None
    hubspot: HubSpotSettings | None = None
    state: str = "syncer-state"
    project: Folder = Path()
    as_of: Instant | None = None
    language: Literal["en", "ja"] = "en"
    history_days: Annotated[int, Field(ge=1, le=3650)] = 400

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings

    @property
    def crms(self) -> tuple[str, ...]:
        """The CRMs that are written, in a fixed order."""
        return tuple(name for name in ("salesforce", "hubspot") if getattr(self, name))

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources that are read, in a fixed order."""
        return tuple(name for name in ("stripe", "mixpanel", "zendesk") if getattr(self, name))


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
    page = Page.load(folder / FILE, FILE) if (folder / FILE).exists() else None
    env_file, problems = read_env_file(folder)
    written: dict[str, Any] = {}
    if page is not None:
        written, faults = page.data()
        problems += faults + _secrets_written_out(page, written)
    problems += _unknown_variables("environment", dict.fromkeys(os.environ, 1)) + _unknown_variables(ENV_FILE, env_file.lines)
    if problems:
        raise FileProblems(problems)
    try:
        loaded = Settings(**_overruled(written, env_file.values))
    except ValidationError as error:
        raise FileProblems([_placed(detail, page, env_file) for detail in error.errors(include_input=False)]) from None
    return _with_secrets(loaded, page, env_file)


def _overruled(written: dict[str, Any], variables: Mapping[str, str]) -> dict[str, Any]:
    """What is written, with the `SYNCER_…` among the variables put over it."""
    for name, value in variables.items():
        if name.startswith(PREFIX):
            *sections, key = name.removeprefix(PREFIX).lower().split("__")
            place = written
            for section in sections:
                inner = place.get(section)
                place[section] = dict(inner) if isinstance(inner, dict) else {}
                place = place[section]
            place[key] = value
    return written


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
        page.problem((name, key), f"{name}.{key} is a secret and must not stand in a file; write env:NAME and set NAME in the environment")
        for name, section in written.items()
        if name in Settings.model_fields and isinstance(section, Mapping)
        for key, value in section.items()
        if key in _secret_keys(name) and not str(value).startswith("env:")
    ]


def _section_model(name: str) -> type[BaseModel] | None:
    annotation = Settings.model_fields[name].annotation
    models = [kind for kind in getattr(annotation, "__args__", ()) if isinstance(kind, type) and issubclass(kind, BaseModel)]
    return models[0] if models else None


def _secret_keys(name: str) -> set[str]:
    model = _section_model(name)
    return {key for key, field in model.model_fields.items() if field.annotation is SecretStr} if model else set()


def _variables() -> set[str]:
    known = set()
    for name in Settings.model_fields:
        model = _section_model(name)
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


def _placed(detail: ErrorDetails, page: Page | None, env_file: EnvFile) -> Problem:
    path = tuple(detail["loc"])
    name = ".".join(str(part) for part in path)
    variable = PREFIX + "__".join(str(part) for part in path).upper()
    if detail["type"] == "extra_forbidden":
        model = _section_model(str(path[0])) if len(path) > 1 else Settings
        text = f"there is no setting {name}{did_you_mean(str(path[-1]), model.model_fields if model else ())}"
    else:
        what = detail["msg"].removeprefix("Value error, ").replace("Field required", "is missing")
        text = f"{name}: {what}; set it in {FILE} or as {variable}"
    if variable in env_file.lines and variable not in os.environ:
        return Problem(ENV_FILE, env_file.lines[variable], 1, text)
    if page is None or variable in {key.upper() for key in os.environ}:
        return Problem("environment", 1, 1, text)
    return page.problem(path, text)
