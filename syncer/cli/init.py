"""`syncer init`: a new project folder, by a short dialogue or by flags alone."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import click
import msgspec

from syncer.cli.options import as_json
from syncer.core.starter import Choices, starter
from syncer.runs.schemas import write_schemas
from syncer.specs.account import CRMS, SOURCES
from syncer.specs.env_file import ENV_FILE
from syncer.specs.mrr_policy import currency_code
from syncer.specs.shipped import defaults
from syncer.specs.wording import did_you_mean
from syncer.words.errors import UsageError

T = TypeVar("T")
WRITTEN = ("field_specs", "mappings")
ABOUT = {
    "syncer.yaml": "the accounts, without secrets",
    ".env": "the secrets, to fill in; stays on this machine",
    ".env.example": "the same without values, for others",
    ".gitignore": "what is not to be committed",
    "README.md": "what to do next",
    "field_specs/": "what each field is in the CRM",
    "mappings/": "where each value comes from, what makes a customer healthy",
}


def _several(known: tuple[str, ...]) -> Callable[[str], tuple[str, ...]]:
    """Reads names with commas or spaces between; `all` and `both` mean all."""

    def read(text: str) -> tuple[str, ...]:
        names = text.lower().replace(",", " ").replace("both", "all").split()
        unknown = next((name for name in names if name not in (*known, "all")), None)
        if unknown or not names:
            wrong = f"there is no {unknown}{did_you_mean(unknown, known)}" if unknown else f"name at least one of {', '.join(known)}"
            raise click.BadParameter(wrong)
        return tuple(name for name in known if name in names or "all" in names)

    return read


def _currency(text: str) -> str | None:
    try:
        code: str | None = currency_code(text.strip().lower() or None)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    return code


def _language(text: str) -> str:
    if text.strip().lower() not in ("en", "ja"):
        raise click.BadParameter("write en or ja")
    return text.strip().lower()


def _domain(text: str) -> str:
    """`acme`, `acme.my.salesforce.com` and the whole address mean the same."""
    host = text.strip().lower().removeprefix("https://").partition("/")[0]
    name = re.sub(r"\.(my\.salesforce|lightning\.force)\.com$", "", host)
    if not re.fullmatch(r"[a-z0-9-]+(\.sandbox)?", name):
        raise click.BadParameter("write what stands before .my.salesforce.com, such as acme")
    return f"https://{name}.my.salesforce.com"


def _subdomain(text: str) -> str:
    name = text.strip().lower().removeprefix("https://").partition("/")[0].removesuffix(".zendesk.com")
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
        raise click.BadParameter("write what stands before .zendesk.com, such as acme")
    return name


def _number(text: str) -> str:
    if not text.strip().isdecimal():
        raise click.BadParameter("write the number alone, such as 1234567")
    return text.strip()


IDS: dict[str, tuple[str, str, Callable[[str], str]]] = {
    "mixpanel.project_id": ("Mixpanel project", "The project's number: Mixpanel > Project Settings > Overview.", _number),
    "zendesk.subdomain": ("Zendesk subdomain", "acme, if your agents work at https://acme.zendesk.com.", _subdomain),
    "salesforce.base_url": ("Salesforce My Domain", "acme, if Setup > My Domain says acme.my.salesforce.com.", _domain),
}
"""Settings that are asked for when their vendor is chosen: what the prompt says, what explains it, how it is read. None is a secret."""


@click.command(short_help="Make a project folder.")
@click.argument("folder", default=".", type=click.Path(file_okay=False, path_type=Path))
@click.option("--crm", "crms", multiple=True, help="salesforce or hubspot; may be given twice.")
@click.option("--source", "sources", multiple=True, help="stripe, mixpanel or zendesk; may be given several times.")
@click.option("--currency", help="A code such as usd that all amounts are converted to, or none.")
@click.option("--language", help="Of labels: en or ja.")
@click.option("--my-domain", help="Salesforce: what stands before .my.salesforce.com.")
@click.option("--zendesk-subdomain", help="Zendesk: what stands before .zendesk.com.")
@click.option("--mixpanel-project", help="Mixpanel: the project's number.")
@click.option("--yes", is_flag=True, help="Ask nothing; what is not said has its default or is left to fill in.")
@as_json
def init(  # noqa: PLR0913  (one argument an option)
    *,
    folder: Path,
    crms: tuple[str, ...],
    sources: tuple[str, ...],
    currency: str | None,
    language: str | None,
    my_domain: str | None,
    zendesk_subdomain: str | None,
    mixpanel_project: str | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Make a folder to work in: settings without secrets, and mappings and field specs for the vendors that you choose. No file that is
    there already is changed.

    \b
    Example:  syncer init crm-sync
    Example:  syncer init crm-sync --crm salesforce --source stripe --source zendesk --currency usd --yes
    """
    ask = _Asking(yes)
    if not yes:
        ask.say("A few questions, then the folder is made. Enter takes what stands in [brackets]; all can be changed in the files later.")
    choices = Choices(
        crms=ask("CRM", "Which CRM is kept current: salesforce, hubspot, or both.", "salesforce", _several(CRMS), " ".join(crms)),
        sources=ask("Sources", "What is read: any of stripe, mixpanel, zendesk.", "all", _several(SOURCES), " ".join(sources)),
        language=ask("Language of labels", "en or ja; labels are what people see in the CRM and in reports.", "en", _language, language),
    )
    if "stripe" in choices.sources:
        explained = "One currency that all revenue is also shown in, such as usd; none if all customers pay in the same one."
        choices = replace(choices, currency=ask("Reporting currency", explained, "none", _currency, currency))
    given = {"salesforce.base_url": my_domain, "zendesk.subdomain": zendesk_subdomain, "mixpanel.project_id": mixpanel_project}
    chosen = [name for name in IDS if name.partition(".")[0] in (*choices.crms, *choices.sources)]
    ids = {name: ask(*IDS[name][:2], "later", _or_later(IDS[name][2]), given[name]) for name in chosen}
    _report(folder, replace(choices, ids={name: said for name, said in ids.items() if said}), as_json=as_json)


class _Asking:
    """Asks on stderr, unless a flag has said it or nothing is to be asked."""

    def __init__(self, yes: bool) -> None:
        self._yes = yes

    def say(self, text: str) -> None:
        click.echo(text, err=True)

    def __call__(self, what: str, explained: str, default: str, read: Callable[[str], T], flag: str | None) -> T:
        if flag or self._yes:
            return read(flag or default)
        self.say(f"\n{explained}")
        try:
            answer: T = click.prompt(what, default=default, value_proc=read, err=True)
        except click.Abort:
            if sys.stdin.isatty():
                raise
            raise UsageError(f"no answer came for {what}; say it by a flag, or --yes for defaults; syncer init --help lists all") from None
        return answer


def _or_later(read: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: "" if text.strip().lower() == "later" else read(text)


def _report(folder: Path, choices: Choices, *, as_json: bool) -> None:
    """Make the folder and say what is there now and what comes next."""
    files = starter(choices, _shipped())
    made, kept = _write(folder, {**files, ENV_FILE: files[".env.example"]})
    if made:
        write_schemas(folder)
    if as_json:
        click.echo(msgspec.json.encode({"folder": str(folder), "made": made, "kept": kept}))
        return
    if made:
        click.echo(f"\nMade in {folder.resolve()}")
    for name, about in ABOUT.items():
        within = [each for each in made if each.startswith(name)] if name.endswith("/") else [name]
        if set(within) & {*made}:
            click.echo(f"  {name:<14} {about}")
    for name in kept:
        click.echo(f"  {name} was there already and is left as it is")
    _next(folder, choices)


def _shipped() -> dict[str, str]:
    top = defaults()
    return {f"{folder}/{path.name}": path.read_text("utf-8") for folder in WRITTEN for path in sorted((top / folder).glob("*.yaml"))}


def _write(folder: Path, files: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """The files that were made, and those that were there before and stay as they are. The one for secrets is for its owner alone."""
    made: list[str] = []
    kept: list[str] = []
    for name, text in files.items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            mode = 0o600 if name == ENV_FILE else 0o666
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
                file.write(text)
            made.append(name)
        except FileExistsError:
            kept.append(name)
        except OSError as error:
            raise UsageError(f"{path} cannot be written ({error.strerror}); choose another folder") from None
    return made, kept


def _next(folder: Path, choices: Choices) -> None:
    vendors = (*choices.sources, *choices.crms)
    enter = f"cd {shlex.quote(str(folder))} && " if folder != Path() else ""
    click.echo(f"""
Next
  1. write your keys into .env, and what says fill-in into syncer.yaml
     the remarks there say where to get each
  2. {enter}syncer doctor
     proves each key and right, and says how to mend what is wrong
  3. syncer plan
     shows what would be written; nothing is

Or try it first on a made-up company, without any account. In one terminal:
  {enter}syncer sandbox --print-env {" ".join(f"--vendor {vendor}" for vendor in vendors)} > sandbox.env
In another:
  {enter}. ./sandbox.env
  syncer doctor
  syncer plan""")
