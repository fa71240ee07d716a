"""Every fact that values can be made of: those that come with syncer, the columns read from the CRM, and the measures that ops declare."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import yaml

from syncer.core import usage
from syncer.core.kinds import Column, Kind, kind_of
from syncer.models import catalog_text
from syncer.specs.account import CRMS
from syncer.specs.usage import Measures
from syncer.words.vendors import VENDOR_NAMES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from syncer.core.compose import Models
    from syncer.specs.reader import Page
    from syncer.specs.usage import Measure
    from syncer.words.errors import Problem

OWN = ("crm.id", "crm.name")
"""What is known of every record; the other columns of the CRM are those of the mapping."""
MAJOR = "major units of "


@dataclass(frozen=True)
class Fact:
    """One entry, as catalog.yaml has them. `held_by`: while one of these columns has a reason in it, the value is not to be trusted.
    `personal`: the value says who somebody is, and is not shown where it need not be. `options`: all values of a choice."""

    type: str
    unit: str
    source: str
    meaning: str
    held_by: tuple[str, ...] = ()
    personal: bool = False
    options: tuple[str, ...] = ()

    @property
    def kind(self) -> Kind:
        return kind_of(self.type)

    @property
    def column(self) -> Column:
        """The fact as expressions are checked against it."""
        currency = self.unit.removeprefix(MAJOR) if self.unit.startswith(MAJOR) else None
        return Column(self.kind, self.held_by, currency, self.unit, self.options)


@cache
def shipped() -> Mapping[str, Fact]:
    """catalog.yaml without what is no fact for expressions."""
    entries = yaml.load(catalog_text(), Loader=yaml.CSafeLoader)
    lists = ("held_by", "options")
    return {name: Fact(**{**about, **{key: tuple(about.get(key, ())) for key in lists}}) for name, about in entries.items() if "." in name}


@dataclass(frozen=True)
class Catalogue:
    """Facts by the name that ops write; `measures` are those of them that ops declare, by their name without `mixpanel.`."""

    facts: Mapping[str, Fact] = field(default_factory=shipped)
    measures: Mapping[str, Measure] = field(default_factory=dict)

    def columns(self) -> dict[str, Column]:
        """The facts as expressions are checked against them."""
        return {name: fact.column for name, fact in self.facts.items()}

    def models(self, used: Collection[str]) -> Models:
        """The models of the CRM's columns and of the measures among the `used` facts: what nobody uses is not computed."""
        columns = {name: fact for name, fact in self.facts.items() if name in used and is_crm_column(name)}
        measures = {name: measure for name, measure in self.measures.items() if f"mixpanel.{name}" in used}
        return (*([_crm_model(columns)] if columns else []), *([usage.usage_model(measures)] if measures else []))

    @property
    def reach(self) -> int:
        """How many days of events the measures look back on; one more, as a zone may be a day ahead of UTC."""
        return max((measure.reach + 1 for measure in self.measures.values()), default=0)


def is_crm_column(name: str) -> bool:
    """Is the fact a column that the mapping reads from the CRM?"""
    return name.startswith("crm.") and name not in OWN


def compile_catalogue(mapping: Page, measures: Page) -> tuple[Catalogue, list[Problem]]:
    """The facts of a project, and what is wrong with those that are declared in these two pages.

    A column or measure with a fault still stands in the catalogue, so that nothing that uses it is a second fault.
    """
    columns, problems = _crm_columns(mapping)
    found, more = measures.read(Measures)
    known = {name: fact for name, fact in shipped().items() if not is_crm_column(name)}
    declared = found.root if found else {}
    written = measures.written() if isinstance(measures.written(), dict) else {}
    taken = [name for name in declared if f"mixpanel.{name}" in known]
    more += [measures.problem((name,), f"mixpanel.{name} comes with syncer; give the measure another name") for name in taken]
    broken = {} if found else {f"mixpanel.{name}": Fact(**usage.UNKNOWN) for name in written}
    facts = {**known, **columns, **broken, **{f"mixpanel.{name}": Fact(**usage.entry(measure)) for name, measure in declared.items()}}
    return Catalogue(facts, declared), problems + more


CRM_TYPES = {
    "text": ("VARCHAR", "text"),
    "number": ("DECIMAL(20,4)", "plain number"),
    "date": ("DATE", "day"),
    "checkbox": ("BOOLEAN", "yes/no"),
}
"""What `type:` of a CRM column may be, as type and unit of the fact."""


def _crm_columns(page: Page) -> tuple[dict[str, Fact], list[Problem]]:
    """The facts of the columns under `crm:`."""
    top = page.written()
    written = top.get("crm") if isinstance(top, dict) else None
    facts, problems = {}, []
    for key, about in (written if isinstance(written, dict) else {}).items():
        name = f"crm.{key}"
        if name in OWN:
            problems.append(page.problem(("crm", key), f"{name} is known of every record; give the column another name"))
        elif not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", key):
            said = f"{key} cannot name a column; use small letters, digits and underscores, such as success_plan"
            problems.append(page.problem(("crm", key), said))
        else:
            facts[name] = _crm_fact(name, about if isinstance(about, dict) else {})
    return facts, problems


def _crm_fact(name: str, about: Mapping[str, Any]) -> Fact:
    known = shipped().get(name)
    asked = CRM_TYPES.get(str(about.get("type")))
    if known and (asked is None or asked[0] == known.type):
        return known
    kind, unit = asked or CRM_TYPES["text"]
    names = [f"{about[crm]} in {VENDOR_NAMES[crm]}" for crm in CRMS if about.get(crm)]
    return Fact(kind, unit, "crm.account", f"the CRM's {name.removeprefix('crm.')}: {', '.join(names) or 'in neither CRM'}")


def _crm_model(columns: Mapping[str, Fact]) -> tuple[str, str]:
    """The model of these columns: what does not read as its type is nothing."""
    values = [f"{_read(fact, name.removeprefix('crm.'))} AS {name.replace('.', '__')}" for name, fact in columns.items()]
    return "crm_columns", f"SELECT a.id AS account_id, {', '.join(values)} FROM crm.account AS a"


def _read(fact: Fact, key: str) -> str:
    """The canonical text of a column as a value of the fact's type; an instant as the UTC day that it falls on."""
    text = f"NULLIF(a.\"{key}\", '')"
    if fact.kind is Kind.TEXT:
        return text
    return f"TRY_CAST({f'SUBSTRING({text}, 1, 10)' if fact.kind is Kind.DATE else text} AS {fact.type})"
