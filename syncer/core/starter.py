"""A new project folder as texts: settings, and the shipped written files thinned out to what the chosen CRMs and sources need."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from syncer.core.pruning import without
from syncer.core.starter_texts import GITIGNORE, SECRETS, SECTIONS, SETTINGS_HEAD, VARIABLES, readme
from syncer.specs.account import CRMS, SOURCES
from syncer.specs.reader import Page
from syncer.specs.settings import FILL_IN
from syncer.specs.tree import Loc

ACCOUNT_SPECS, ACCOUNT_MAPPING, HEALTH = "field_specs/account.yaml", "mappings/account.yaml", "mappings/health.yaml"
USAGE = "mappings/usage.yaml"
RATES = "mappings/rates.csv"
MONTHLY = ("field_specs/monthly_metric.yaml", "mappings/monthly_metric.yaml")
NEEDS_RATES = frozenset({"stripe.mrr_reporting", "stripe.mrr_rate_date"})
POLICY = """
# What all amounts are converted to, so that customers can be compared and added up. Exchange rates stand in mappings/rates.csv, with the
# columns day, currency, quote and rate, or in Salesforce: rates: salesforce.rate
mrr_policy: {reporting_currency: """
OWN_COLUMNS = frozenset({"account_key", "stripe_customer_id"})
"""Columns of the CRM that a company makes itself; the others are standard and are there anyway."""


@dataclass(frozen=True)
class Choices:
    """What a new project is for. `ids`: settings that are no secrets, by their dotted name; what is not said is left to fill in."""

    crms: tuple[str, ...]
    sources: tuple[str, ...]
    currency: str | None = None
    language: str = "en"
    ids: Mapping[str, str] = field(default_factory=dict)


def starter(choices: Choices, shipped: Mapping[str, str]) -> dict[str, str]:
    """The files of a new folder: path → text. `shipped`: the texts of the shipped written files by path."""
    own = {name: _own(name, text, choices) for name, text in shipped.items()}
    mapping = _mapping(own[ACCOUNT_MAPPING], choices)
    mapped = _data(mapping)["fields"]
    specs = own[ACCOUNT_SPECS]
    files = {
        "syncer.yaml": _settings(choices),
        ".env.example": _variables(choices),
        ".gitignore": GITIGNORE,
        "README.md": readme(choices.crms, choices.sources, choices.currency),
        ACCOUNT_SPECS: without(specs, [(key,) for key in _data(specs) if key not in mapped]),
        ACCOUNT_MAPPING: mapping,
        HEALTH: without(own[HEALTH], list(_unmeasured(_data(own[HEALTH]), choices))),
    }
    if "stripe" in choices.sources:
        files |= {name: own[name] for name in MONTHLY}
    if choices.currency and "stripe" in choices.sources:
        files[RATES] = "day,currency,quote,rate\n"
    if "mixpanel" in choices.sources:
        files[USAGE] = own[USAGE]
    return files


def _own(name: str, text: str, choices: Choices) -> str:
    """A shipped file in a folder of its own, without the names in other CRMs, and without Japanese labels where they are not asked for."""
    guide = rf".\n# \1 in syncer's own folder {name.partition('/')[0]}/ explains every key."
    if len(choices.crms) == 1:
        text = text.replace(" The same file serves Salesforce and HubSpot;", "")
    text = re.sub(r"[.;,](?: and)?(?: |\n# )([A-Z]+\.md) in this folder explains every key\.", guide, text)
    absent = {*CRMS} - {*choices.crms} | ({"label_ja"} if choices.language != "ja" else set())
    return without(text, [loc for loc in _places(_data(text)) if loc[-1] in absent])


def _places(data: Any, above: Loc = ()) -> Iterator[Loc]:
    """The way to every value."""
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inner:
        yield (*above, key)
        yield from _places(value, (*above, key))


def _mapping(text: str, choices: Choices) -> str:
    data = _data(text)
    expressions = {key: _expression(value) for key, value in data["fields"].items()}
    absent = {*SOURCES} - {*choices.sources}
    going: list[Loc] = [("match", source) for source in data["match"] if source in absent]
    going += [("fields", key) for key, expression in expressions.items() if not _known(expression, choices)]
    rules = " ".join(str(rule) for source, rules in data["match"].items() if source not in absent for rule in rules)
    going += [("crm", key) for key in data["crm"] if key in OWN_COLUMNS and not re.search(rf"= {key}\b", rules)]
    thin = without(text, going)
    converts = choices.currency and "stripe" in choices.sources
    return thin.replace("to: account\n", f"to: account\n{POLICY}{choices.currency}}}\n", 1) if converts else thin


def _known(expression: str, choices: Choices) -> bool:
    """Whether every fact that it uses has a value in such a project."""
    facts = set(re.findall(r"\b[a-z]+\.[a-z0-9_]+", expression))
    absent = {*SOURCES} - {*choices.sources}
    return not any(fact.partition(".")[0] in absent for fact in facts) and (choices.currency is not None or not facts & NEEDS_RATES)


def _unmeasured(data: Mapping[str, Any], choices: Choices) -> Iterator[Loc]:
    """Inputs that nothing measures, parts without any other, and models that would never apply."""
    for name, model in data["models"].items():
        if not _known(model.get("when") or "", choices):
            yield "models", name
        for part, about in model["parts"].items():
            at = ("models", name, "parts", part)
            going = [each for each, input_ in about["inputs"].items() if not _known(input_["value"], choices)]
            yield from [at] if len(going) == len(about["inputs"]) else [(*at, "inputs", each) for each in going]


def _settings(choices: Choices) -> str:
    sections = [SECTIONS[vendor] for vendor in (*choices.sources, *choices.crms)]
    text = "\n".join([SETTINGS_HEAD.format(language=choices.language), *sections])
    return re.sub(r"<([a-z_.]+)>( *)", lambda found: _id(found[1], choices).ljust(len(found[0]) - 1) + " ", text)


def _id(name: str, choices: Choices) -> str:
    """What is said of a setting, or what marks it as still to say."""
    said = choices.ids.get(name) or (f"https://{FILL_IN}.my.salesforce.com" if name == "salesforce.base_url" else FILL_IN)
    return f'"{said}"' if said.isdigit() else said


def _variables(choices: Choices) -> str:
    named = [f"# {SECRETS[vendor][1]}\n{SECRETS[vendor][0]}=\n" for vendor in (*choices.sources, *choices.crms)]
    return "\n".join([VARIABLES, *named])


def _expression(value: Any) -> str:
    return str(value["value"] if isinstance(value, dict) else value)


def _data(text: str) -> dict[str, Any]:
    return Page("shipped", text).data()[0]
