"""The written files taken together: every mapped field with its spec and its checked expression, or every problem with its place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from syncer.core.cells import RESERVED, MappedField, not_converted
from syncer.core.conversion import RECORD
from syncer.core.expressions import Expression, check
from syncer.core.health import Health, compile_health
from syncer.core.kinds import FITS, Kind, kind_of
from syncer.core.monthly import Monthly
from syncer.specs.account import CRMS, SOURCES, AccountMapping, FieldSpec, FieldSpecs
from syncer.specs.health import HealthFile
from syncer.specs.rates import Rate
from syncer.specs.reader import Page
from syncer.specs.wording import did_you_mean
from syncer.words.errors import Problem

HEALTH_COLUMNS = {
    "health.score": Kind.NUMBER,
    "health.band": Kind.TEXT,
    "health.coverage_pct": Kind.NUMBER,
    "health.reasons": Kind.TEXT,
    "health.change_30d": Kind.NUMBER,
}
HEALTH_UNITS = {"health.score": "points", "health.coverage_pct": "percent", "health.change_30d": "points"}

SOURCE_KEYS = {"stripe": ("id", "email", "domain"), "mixpanel": ("id", "domain"), "zendesk": ("id", "external_id", "domain")}
OPEN_KEYS = {"stripe": "metadata.", "mixpanel": "property.", "zendesk": "field."}
"""What a source's objects can be found by: fixed keys, and those that begin so and go on with a name of the company's own."""


@dataclass(frozen=True)
class Column:
    """A fact that expressions may use: its kind, the columns whose reason, when there is one, holds it back, what its money is in (another
    fact such as `stripe.currency`, or REPORTING), and its unit as the catalog words it: `seats`, `percent`, `UTC day`."""

    kind: Kind
    held_by: tuple[str, ...] = ()
    currency: str | None = None
    unit: str | None = None


@dataclass(frozen=True)
class Project:
    """What ops wrote, checked. `fields` stand in the order of the mapping, each using only facts and fields before it; `rates` are those
    of the mapping's file, none where it takes them from a table; `monthly` is what is written of each month; `texts` are the files as they
    stand, by name."""

    mapping: AccountMapping
    specs: Mapping[str, FieldSpec]
    fields: tuple[MappedField, ...]
    health: Health
    rates: tuple[Rate, ...] = ()
    monthly: Monthly | None = None
    texts: Mapping[str, str] = field(default_factory=dict)

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
    specs, problems = specs_page.read(FieldSpecs)
    mapping, more = mapping_page.read(AccountMapping)
    health, most = _health(health_page, facts)
    problems += more + most
    if specs is None or mapping is None or health is None:
        return None, sorted(problems)
    problems += _spec_problems(specs_page, specs.root) + _match_problems(mapping_page, mapping)
    fields, faults = _fields(mapping_page, mapping, specs.root, facts)
    problems += faults
    if problems:
        return None, sorted(problems)
    return Project(mapping, specs.root, tuple(fields), health), []


def _health(page: Page, facts: Mapping[str, Column]) -> tuple[Health | None, list[Problem]]:
    written, problems = page.read(HealthFile)
    return compile_health(page, written, {name: column.kind for name, column in facts.items()}) if written else (None, problems)


def _spec_problems(page: Page, specs: Mapping[str, FieldSpec]) -> list[Problem]:
    found = []
    taken: dict[tuple[str, str], str] = {}
    for key, spec in specs.items():
        if key in RESERVED or not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", key) or "__" in key:
            hint = "use small letters, digits and single underscores, such as health_score"
            found.append(page.problem((key,), f"{key} cannot name a field; {hint}"))
        if spec.type == "picklist" and not spec.options and not spec.open:
            found.append(page.problem((key,), f"{key} is a picklist without options; list them as options, or write open: true"))
        for crm in CRMS:
            name = spec.in_crm(crm)
            if name and taken.setdefault((crm, name), key) != key:
                said = f"{name} is already the {crm} name of {taken[crm, name]}; each field needs one of its own"
                found.append(page.problem((key, crm), said))
    return found


def _match_problems(page: Page, mapping: AccountMapping) -> list[Problem]:
    known = {"id", *mapping.crm}
    found = [
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
            f"{rule.crm_key} is not a column read from the CRM{did_you_mean(rule.crm_key, known)}; add it under crm: or use id",
        )
        for source in SOURCES
        for number, rule in enumerate(getattr(mapping.match, source))
        if rule.crm_key not in known
    ]


def _fields(
    page: Page, mapping: AccountMapping, specs: Mapping[str, FieldSpec], facts: Mapping[str, Column]
) -> tuple[list[MappedField], list[Problem]]:
    kinds = {name: column.kind for name, column in facts.items()} | HEALTH_COLUMNS
    kinds |= _prev_kinds(mapping, specs, kinds)
    money = {name: column.currency for name, column in facts.items() if column.currency}
    money |= {f"prev.{key}": RECORD for key, spec in specs.items() if spec.type == "currency"}
    fields: list[MappedField] = []
    problems: list[Problem] = []
    written = page.data()[0]["fields"]
    for key, value in mapping.fields.items():
        loc = ("fields", key)
        if key not in specs:
            problems.append(page.problem(loc, f"there is no field {key} in the field specs{did_you_mean(key, specs)}"))
            continue
        at = (*loc, "value") if isinstance(written[key], dict) else loc
        checked = check(value.value, kinds)
        if not isinstance(checked, Expression):
            problems += [page.problem(at, f"{key}: {fault.text}", offset=fault.offset) for fault in checked]
            continue
        spec = specs[key]
        if checked.kind not in FITS[spec.type]:
            wanted = " or ".join(sorted(FITS[spec.type]))
            problems.append(page.problem(at, f"{key} is a {spec.type} field and takes {wanted}, but this expression gives {checked.kind}"))
        used = {money[name]: name for name in sorted(checked.columns, reverse=True) if name in money}
        problems += [page.problem(at, f"{key}: {said}") for said in (*_nameless(spec, checked, fields), *_mixed(spec, used))]
        if spec.type == "checkbox" and value.on_missing == "clear":
            problems.append(page.problem((*loc, "on_missing"), f"{key}: a checkbox cannot be emptied; leave out on_missing"))
        limit = mapping.limits.changed if value.limit is None else value.limit
        place = f"{page.name}:{page.where(loc)[0]}"
        currency = next(iter(used)) if len(used) == 1 else None
        clears = value.on_missing == "clear"
        field = _mapped(key, spec, checked, facts, fields, currency=currency, clears=clears, limit=limit, place=place)
        fields.append(replace(field, unit=_shown_unit(value.value.strip(), facts)))
        kinds[key] = kinds[f"prev.{key}"]
        if currency:
            money |= dict.fromkeys((key, f"prev.{key}"), RECORD if spec.type == "currency" else currency)
    return fields, problems


def _shown_unit(text: str, facts: Mapping[str, Column]) -> str | None:
    """What the number of an expression is in, for people, where that is sure: the expression is one fact, or a PCT of others."""
    unit = facts[text].unit if text in facts and facts[text].kind is Kind.NUMBER else HEALTH_UNITS.get(text)
    if unit == "percent" or re.fullmatch(r"PCT\([^()]*\)", text):
        return "%"
    return None if unit is None or " " in unit else unit


def _prev_kinds(mapping: AccountMapping, specs: Mapping[str, FieldSpec], kinds: Mapping[str, Kind]) -> dict[str, Kind]:
    """Of what kind each field and so its `prev.` is: a number field that is made of money holds money."""
    found = {key: _kind(specs[key]) for key in mapping.fields if key in specs}
    before = {f"prev.{key}": kind for key, kind in found.items()}
    known = {**kinds, **before}
    for key, kind in found.items():
        if specs[key].type == "number":
            tries = (check(mapping.fields[key].value, {**known, f"prev.{key}": own}) for own in (Kind.NUMBER, Kind.MONEY))
            first = next((tried for tried in tries if isinstance(tried, Expression)), None)
            before[f"prev.{key}"] = Kind.MONEY if first and first.kind is Kind.MONEY else kind
        known |= {key: before[f"prev.{key}"], f"prev.{key}": before[f"prev.{key}"]}
    return before


def _nameless(spec: FieldSpec, expression: Expression, before: Sequence[MappedField]) -> list[str]:
    """Fields that the expression uses and a CRM of this field has no name for."""
    return [
        f"{used.key} has no {crm} name, so its value is not known there; give it one in the field specs"
        for used in before
        for crm in CRMS
        if used.key in expression.columns and spec.in_crm(crm) and not used.spec.in_crm(crm)
    ]


def _mixed(spec: FieldSpec, units: Mapping[str, str]) -> list[str]:
    """Money of more than one currency, which one currency field cannot hold. `units`: what money is in → a name that stands for it."""
    if spec.type != "currency" or len(units) < 2:
        return []
    parts = " and ".join(f"{name} (in {unit})" for unit, name in sorted(units.items(), key=lambda pair: pair[1]))
    return [f"a currency field is in one currency, and this uses {parts}; use one of them, or make it a number field"]


def _mapped(  # noqa: PLR0913  (the parts of one value)
    key: str,
    spec: FieldSpec,
    expression: Expression,
    facts: Mapping[str, Column],
    before: Sequence[MappedField],
    *,
    currency: str | None,
    clears: bool,
    limit: Decimal,
    place: str,
) -> MappedField:
    """The field with everything that can hold it back: through the facts it uses and through the fields before it."""
    earlier = {field.key: field for field in before}
    held: dict[str, None] = {}
    columns = set(expression.columns)
    for name in sorted(expression.columns):
        if name in earlier:
            held |= dict.fromkeys(earlier[name].held_by)
            columns |= earlier[name].expression.columns
        elif name in facts:
            held |= dict.fromkeys(facts[name].held_by)
    traced = Expression(expression.sql, expression.kind, frozenset(columns))
    field = MappedField(key, spec, traced, tuple(held), clears, limit, place, currency)
    return replace(field, held_by=(*held, not_converted(key))) if field.converts_from else field


def _kind(spec: FieldSpec) -> Kind:
    return Kind.MONEY if spec.type == "currency" else Kind.NUMBER if spec.type == "number" else kind_of(spec.sql_type)
