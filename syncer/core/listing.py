"""Every column that an expression can use, as `syncer facts` lists them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from syncer.core import usage
from syncer.core.cells import MappedField
from syncer.core.fields import column_of
from syncer.core.kinds import Column, Kind
from syncer.core.project import HEALTH_COLUMNS, Project
from syncer.core.units import unit_of
from syncer.specs.account import SOURCES

GROUPS = {
    "crm": "The CRM's own columns",
    "stripe": "Stripe",
    "mixpanel": "Mixpanel",
    "zendesk": "Zendesk",
    "health": "Health score",
    "field": "Fields of the mapping, for fields further down",
    "prev": "What the CRM has now in each field",
}
HEALTH_MEANINGS = {
    "health.score": "how healthy the account is, from 0 to 100",
    "health.band": "the band that the score lies in",
    "health.coverage_pct": "share of what counts that was measured",
    "health.reasons": "what moves the score most, as a sentence",
    "health.change_30d": "the score less the score of 30 days ago",
}
UNTYPED = {Kind.TEXT: "text", Kind.DATE: "day", Kind.BOOL: "yes/no", Kind.NUMBER: "plain number", Kind.MONEY: "the record's currency"}
"""The unit of what has none of its own."""


@dataclass(frozen=True)
class Listing:
    """One column. `source` says where it comes from, `used_by` which fields and health inputs rest on it; `counted` is a measure in words.
    `personal`: its values are never shown; `open`: any text may stand in it, so a value is shown only where several accounts have it."""

    name: str
    group: str
    column: Column
    unit: str
    meaning: str
    source: str
    personal: bool = False
    open: bool = False
    used_by: tuple[str, ...] = ()
    counted: str | None = None

    @property
    def sql(self) -> str:
        """The column's name in the table `cells`."""
        return f'"{self.name.replace(".", "__")}"'

    @property
    def matched(self) -> str:
        """The condition on an account that it could have a value: of a source, that something of it belongs to the account."""
        return f"{self.group}__present" if self.group in SOURCES and not self.name.endswith((".present", ".held")) else "TRUE"


def listings(project: Project, fields: Sequence[MappedField]) -> list[Listing]:
    """All columns in the order of their groups. `fields`: those of the project that are at hand, as a CRM may have no name for some."""
    users = list(_users(project, fields))
    used = {name: tuple(user for user, columns in users if name in columns) for name in {n for _, columns in users for n in columns}}
    found = [*_facts(project), *_health(), *(listing for field in fields for listing in _field(field))]
    found = [Listing(**{**vars(listing), "used_by": used.get(listing.name, ())}) for listing in found]
    return sorted(found, key=lambda listing: list(GROUPS).index(listing.group))


def matching(found: Sequence[Listing], pattern: str) -> list[Listing]:
    """Those whose name fits a pattern such as `stripe.*`, or whose name or meaning has the text in it."""
    asked = pattern.lower()
    if any(sign in asked for sign in "*?["):
        return [listing for listing in found if fnmatchcase(listing.name, asked)]
    return [listing for listing in found if asked in listing.name or (asked in listing.meaning.lower() and listing.group != "prev")]


def _facts(project: Project) -> Iterator[Listing]:
    measures = project.catalogue.measures
    for name, fact in project.catalogue.facts.items():
        group, _, key = name.partition(".")
        measure = measures.get(key) if group == "mixpanel" else None
        counted = usage.told(measure) if measure else None
        opened = fact.kind is Kind.TEXT and group == "crm"
        yield Listing(name, group, fact.column, fact.unit, fact.meaning, fact.source, fact.personal, opened, counted=counted)


def _health() -> Iterator[Listing]:
    for name, meaning in HEALTH_MEANINGS.items():
        column = HEALTH_COLUMNS[name]
        yield Listing(name, "health", column, column.unit or "text", meaning, "mappings/health.yaml")


def _field(field: MappedField) -> Iterator[Listing]:
    """A field's own value, and what the CRM has in it now."""
    spec = field.spec
    column = column_of(spec, field.expression)
    unit = unit_of(column) or UNTYPED[column.kind]
    opened = column.kind is Kind.TEXT and not (spec.options and not spec.open)
    held = Column(column.kind, field.held_by, column.currency, column.unit)
    yield Listing(field.key, "field", held, unit, spec.help, field.place, open=opened)
    yield Listing(f"prev.{field.key}", "prev", column, unit, f"what the CRM has now in {spec.label}", "crm.account", open=opened)


def _users(project: Project, fields: Sequence[MappedField]) -> Iterator[tuple[str, frozenset[str]]]:
    """Each field and health input, and the columns that it rests on."""
    for field in fields:
        yield f"{field.key} ({field.place})", field.expression.columns
    for model in project.health.models:
        name = model.version.partition("@")[0]
        for measure in model.measures:
            yield f"health input {name}.{measure.part}.{measure.name}", measure.expression.columns
        if model.when:
            yield f"health model {name}", model.when.columns
