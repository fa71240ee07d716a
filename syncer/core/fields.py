"""The fields of a mapping, each with its spec and its checked expression."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from syncer.core import units
from syncer.core.cells import MappedField, not_converted
from syncer.core.certain import certain
from syncer.core.conversion import RECORD
from syncer.core.expressions import Expression, check
from syncer.core.kinds import Column, Kind, kind_of
from syncer.core.misfits import misfits
from syncer.specs.account import CRMS, AccountMapping, FieldSpec, FieldSpecs, FieldValue
from syncer.specs.reader import Loc, Page, Sound
from syncer.specs.wording import did_you_mean
from syncer.words.errors import Problem


def compile_fields(
    mapping: Sound[AccountMapping], specs: Sound[FieldSpecs], columns: Mapping[str, Column]
) -> tuple[list[MappedField], list[Problem]]:
    """The fields in the order of the mapping and all that is wrong with them. `columns`: facts and health.

    Where something could not be read, which is a problem already, nothing that may follow from it is another one.
    """
    if mapping.value is None:
        return [], []
    known = specs.value.root if specs.value else {}
    compiler = _Compiler(mapping.page, mapping.value, known, {**columns, **_before(mapping.value, known, columns)}, mapping, specs)
    unread = {str(way[1]) for way in mapping.lost if way[0] == "fields" and way[1:]} - mapping.value.fields.keys()
    compiler.unknown |= unread | {f"prev.{key}" for key in unread}
    for key, value in mapping.value.fields.items():
        compiler.add(key, value)
    return list(compiler.fields.values()), compiler.problems


@dataclass
class _Compiler:
    """`columns` are those that the next field may use: facts, health, `prev.` of every field, and the fields so far; `unknown`: those
    fields whose spec or value could not be read, so that it is not known what they are."""

    page: Page
    mapping: AccountMapping
    specs: Mapping[str, FieldSpec]
    columns: dict[str, Column]
    written: Sound[AccountMapping]
    described: Sound[FieldSpecs]
    unknown: set[str] = field(default_factory=set)
    fields: dict[str, MappedField] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def add(self, key: str, value: FieldValue) -> None:
        loc = ("fields", key)
        if key not in self.specs and not self.described.unsure(key):
            self._say(loc, f"there is no field {key} in the field specs{did_you_mean(key, self.specs)}")
            self.unknown |= {key, f"prev.{key}"}
            return
        if key not in self.specs or self.described.unsure(key, "type"):
            self.unknown |= {key, f"prev.{key}"}
        at = self._place(loc)
        checked = [] if self.written.unsure(*at) else certain(value.value, self.columns, self.unknown - {key})
        if not isinstance(checked, Expression):
            for fault in checked:
                self._say(at, f"{key}: {fault.text}", fault.offset)
        if not isinstance(checked, Expression) or self.described.unsure(key) or checked.columns & self.unknown:
            self.columns[key] = self.columns.get(f"prev.{key}", Column(Kind.NUMBER))
            return
        spec = self.specs[key]
        for fault in misfits(key, spec, checked):
            self._say(at, fault.text, fault.offset)
        for said in self._nameless(spec, checked):
            self._say(at, f"{key}: {said}")
        if spec.type == "checkbox" and value.on_missing == "clear":
            self._say((*loc, "on_missing"), f"{key}: a checkbox cannot be emptied; leave out on_missing")
        self.fields[key] = self._mapped(key, value, checked)
        self.columns[key] = column_of(spec, checked)

    def _say(self, loc: Loc, text: str, offset: int = 0) -> None:
        self.problems.append(self.page.problem(loc, text, offset=offset))

    def _place(self, loc: Loc) -> Loc:
        """Where the expression stands: beside the field's key, or under `value`."""
        value = (*loc, "value")
        return value if self.page.has(value) else loc

    def _nameless(self, spec: FieldSpec, expression: Expression) -> Iterator[str]:
        """Fields that the expression uses and a CRM of this field has no name for."""
        for used in (self.fields[name] for name in sorted(expression.columns) if name in self.fields):
            for crm in CRMS:
                if spec.in_crm(crm) and not used.spec.in_crm(crm):
                    yield f"{used.key} has no {crm} name, so its value is not known there; give it one in the field specs"

    def _mapped(self, key: str, value: FieldValue, expression: Expression) -> MappedField:
        """The field with everything that can hold it back: through the facts it uses and through the fields before it."""
        held: dict[str, None] = {}
        columns = set(expression.columns)
        for name in sorted(expression.columns):
            earlier = self.fields.get(name)
            held |= dict.fromkeys(earlier.held_by if earlier else self.columns[name].held_by)
            columns |= earlier.expression.columns if earlier else set()
        mapped = MappedField(
            key,
            self.specs[key],
            replace(expression, columns=frozenset(columns)),
            held_by=tuple(held),
            clears=value.on_missing == "clear",
            limit=self.mapping.limits.changed if value.limit is None else value.limit,
            place=f"{self.page.name}:{self.page.where(('fields', key))[0]}",
            currency=expression.unit if expression.kind is Kind.MONEY else None,
            unit=units.told(expression.kind, expression.unit),
        )
        return replace(mapped, held_by=(*held, not_converted(key))) if mapped.converts_from else mapped


def column_of(spec: FieldSpec, made: Expression | None) -> Column:
    """What a field is to the fields after it and as `prev.`: a number field holds what its expression gives, money and all."""
    match spec.type:
        case "currency":
            return Column(Kind.MONEY, currency=RECORD)
        case "number" if made and made.kind is Kind.MONEY:
            return Column(Kind.MONEY, currency=made.unit)
        case "number":
            return Column(Kind.NUMBER, unit=made.unit if made else None)
        case "picklist" if not spec.open:
            return Column(Kind.TEXT, options=spec.options)
        case _:
            return Column(kind_of(spec.sql_type))


def _before(mapping: AccountMapping, specs: Mapping[str, FieldSpec], columns: Mapping[str, Column]) -> dict[str, Column]:
    """`prev.` of every field. What a number field holds is told by its expression, which may itself use what fields held before."""
    mapped = {key: specs[key] for key in mapping.fields if key in specs}
    before = {f"prev.{key}": _held_before(column_of(spec, None)) for key, spec in mapped.items()}
    if not any("prev" in value.value.lower() for value in mapping.fields.values()):
        return before
    known = {**columns, **before}
    for key, spec in mapped.items():
        own = f"prev.{key}"
        made = _made(mapping.fields[key].value, known, own) if spec.type == "number" else None
        known[key] = column_of(spec, made)
        before[own] = known[own] = _held_before(known[key])
    return before


def _held_before(column: Column) -> Column:
    """What the CRM has may be none of the options that the field has by now."""
    return replace(column, options=())


def _made(text: str, known: Mapping[str, Column], own: str) -> Expression | None:
    """The expression of a number field that may use its own value before: as a number or, where that does not go, as money."""
    tries = (check(text, {**known, own: Column(kind)}) for kind in (Kind.NUMBER, Kind.MONEY))
    return next((tried for tried in tries if isinstance(tried, Expression)), None)
