"""The written files taken together: every mapped field with its spec and its checked expression, or every problem with its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from syncer.core.catalogue import Catalogue
from syncer.core.cells import RESERVED, MappedField
from syncer.core.domains import host_of
from syncer.core.fields import compile_fields
from syncer.core.health import Health, compile_health
from syncer.core.kinds import Column, Kind
from syncer.core.monthly import Monthly
from syncer.specs.account import CRMS, SOURCES, AccountMapping, FieldSpec, FieldSpecs
from syncer.specs.health import HealthFile
from syncer.specs.matches import Decision
from syncer.specs.rates import Rate
from syncer.specs.reader import Page, Sound
from syncer.specs.wording import did_you_mean
from syncer.words.errors import Problem

HEALTH_COLUMNS = {
    "health.score": Column(Kind.NUMBER, unit="points"),
    "health.band": Column(Kind.TEXT),
    "health.coverage_pct": Column(Kind.NUMBER, unit="percent"),
    "health.reasons": Column(Kind.TEXT),
    "health.change_30d": Column(Kind.NUMBER, unit="points"),
}

SOURCE_KEYS = {"stripe": ("id", "email", "domain"), "mixpanel": ("id", "domain"), "zendesk": ("id", "external_id", "domain")}
OPEN_KEYS = {"stripe": "metadata.", "mixpanel": "property.", "zendesk": "field."}
"""What a source's objects can be found by: fixed keys, and those that begin so and go on with a name of the company's own."""


@dataclass(frozen=True)
class Project:
    """What ops wrote, checked. `fields` stand in the order of the mapping, each using only facts and fields before it; `rates` are those
    of the mapping's file, none where it takes them from a table; `monthly` is what is written of each month; `texts` are the files as they
    stand, by name; `matches` are people's decisions in the order of their file; `catalogue` has every fact that can be used."""

    mapping: AccountMapping
    specs: Mapping[str, FieldSpec]
    fields: tuple[MappedField, ...]
    health: Health
    rates: tuple[Rate, ...] = ()
    matches: tuple[Decision, ...] = ()
    monthly: Monthly | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    catalogue: Catalogue = field(default_factory=Catalogue)

    def fields_in(self, crm: str) -> tuple[MappedField, ...]:
        """The fields that this CRM has a name for."""
        return tuple(field for field in self.fields if field.spec.in_crm(crm))

    def keys_in(self, crm: str) -> dict[str, str]:
        """The columns read from this CRM for matching and as facts: key → API name."""
        return {key: name for key, names in self.mapping.crm.items() if (name := names.in_crm(crm))}


def compile_project(
    specs_page: Page, mapping_page: Page, health_page: Page, facts: Mapping[str, Column]
) -> tuple[Project | None, list[Problem]]:
    """The project, or None and all problems of the three files by place."""
    specs, mapping = specs_page.sound(FieldSpecs), mapping_page.sound(AccountMapping)
    health, unfit = compile_health(health_page.sound(HealthFile), facts)
    fields, faults = compile_fields(mapping, specs, {**facts, **HEALTH_COLUMNS})
    problems = [*specs.problems, *_spec_problems(specs), *mapping.problems, *_match_problems(mapping), *faults, *unfit]
    if specs.value is None or mapping.value is None or health is None or problems:
        return None, sorted(problems)
    return Project(mapping.value, specs.value.root, tuple(fields), health), []


def _spec_problems(specs: Sound[FieldSpecs]) -> list[Problem]:
    page, found = specs.page, []
    taken: dict[tuple[str, str], str] = {}
    for key, spec in (specs.value.root if specs.value else {}).items():
        if key in RESERVED or not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", key) or "__" in key:
            hint = "use small letters, digits and single underscores, such as health_score"
            found.append(page.problem((key,), f"{key} cannot name a field; {hint}"))
        if spec.type == "picklist" and not spec.options and not spec.open and not specs.unsure(key):
            found.append(page.problem((key,), f"{key} is a picklist without options; list them as options, or write open: true"))
        for crm in CRMS:
            name = spec.in_crm(crm)
            if name and taken.setdefault((crm, name), key) != key:
                said = f"{name} is already the {crm} name of {taken[crm, name]}; each field needs one of its own"
                found.append(page.problem((key, crm), said))
    return found


def _match_problems(sound: Sound[AccountMapping]) -> list[Problem]:
    page, mapping = sound.page, sound.value
    if mapping is None:
        return []
    known = {"id", *mapping.crm}
    found = [
        page.problem(("match", "ignore_domains", number), f"{text} is not a domain; write it as reseller.example")
        for number, text in enumerate(mapping.match.ignore_domains)
        if host_of(text) != text
    ]
    found += [
        page.problem(
            ("match", source, number), f"{source} has no key {rule.source_key}{did_you_mean(rule.source_key, SOURCE_KEYS[source])}"
        )
        for source in SOURCES
        for number, rule in enumerate(getattr(mapping.match, source))
        if rule.source_key not in SOURCE_KEYS[source] and not rule.source_key.startswith(OPEN_KEYS[source])
    ]
    return found + [
        page.problem(
            ("match", source, number),
            f"{rule.crm_key} is not a column read from the CRM; add it under crm: or use id{did_you_mean(rule.crm_key, mapping.crm)}",
        )
        for source in SOURCES
        for number, rule in enumerate(getattr(mapping.match, source))
        if rule.crm_key not in known and not sound.unsure("crm", rule.crm_key)
    ]
