"""Monthly metrics as records of a CRM: from the months' churn figures to the canonical text of each field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from syncer.core.churn import AMOUNTS, WHOLE, Key, Logo, Period, decimals
from syncer.core.kinds import FITS, Kind
from syncer.core.plan import canonical
from syncer.specs.account import CRMS, CrmNames, FieldSpec
from syncer.specs.churn import CONTRACT_SIZE, TENURE, ChurnPolicy
from syncer.specs.monthly_metric import MonthlyMapping, MonthlySpecs
from syncer.specs.reader import Page, Sound
from syncer.specs.wording import did_you_mean
from syncer.words.errors import Problem
from syncer.words.money import exponent

Value = Fraction | int | None
Measure = Callable[[Period], Value]


def _money(name: str) -> Measure:
    return lambda period: Fraction(getattr(period, name)) / 10 ** exponent(period.currency)


def _percent(share: Callable[[Period], Fraction | None]) -> Measure:
    def hundredfold(period: Period) -> Value:
        found = share(period)
        return None if found is None else found * 100

    return hundredfold


TEXTS: Mapping[str, Callable[[Period], str]] = {
    "segment": lambda period: period.segment,
    "band": lambda period: period.band or WHOLE,
    "currency": lambda period: period.currency.upper(),
}
NUMBERS: Mapping[str, Measure] = {
    **{name: _money(name) for name in AMOUNTS},
    "unknown": lambda period: period.unknown,
    "logo.start": lambda period: period.logo.start,
    "logo.churned": lambda period: period.logo.churned,
    "logo.rate": _percent(lambda period: period.logo.rate),
    "gross": _percent(lambda period: period.gross),
    "net": _percent(lambda period: period.net),
    "nrr": _percent(lambda period: period.nrr),
    "grr": _percent(lambda period: period.grr),
    "quick_ratio": lambda period: period.quick_ratio,
}
MEASURES: Mapping[str, Kind] = {
    "name": Kind.TEXT,
    "month": Kind.DATE,
    **dict.fromkeys(TEXTS, Kind.TEXT),
    **dict.fromkeys(NUMBERS, Kind.NUMBER),
    "closed": Kind.BOOL,
}
"""What a field can be filled with, by the name that `syncer churn --json` has for it."""


@dataclass(frozen=True)
class Record:
    """One record of a CRM, found by `key`; `values` by API name, None for empty."""

    key: str
    period: Period
    values: Mapping[str, str | None]


@dataclass(frozen=True)
class Monthly:
    """What ops wrote, checked: the object, and its fields with what each is filled with."""

    specs: MonthlySpecs
    mapping: MonthlyMapping

    @property
    def policy(self) -> ChurnPolicy:
        return self.mapping.churn

    def fields_in(self, crm: str) -> dict[str, FieldSpec]:
        """The fields that are written to this CRM, by the name that it has for them."""
        return {name: spec for key in self.mapping.fields if (name := (spec := self.specs.fields[key]).in_crm(crm))}

    def order(self, crm: str) -> list[tuple[str, str, int]]:
        """What is written to this CRM: names, measures and decimals."""
        written = ((self.specs.fields[key], measure) for key, measure in self.mapping.fields.items())
        return [(name, measure, spec.scale) for spec, measure in written if (name := spec.in_crm(crm))]

    def name_of(self, measure: str, crm: str) -> str | None:
        """What the field of this measure is called in this CRM."""
        return next((self.specs.fields[key].in_crm(crm) for key, of in self.mapping.fields.items() if of == measure), None)

    def record(self, crm: str, period: Period, running: str) -> Record:
        """A period as a record of this CRM; `running` is the month that is not over."""
        fields = ((self.specs.fields[key], measure) for key, measure in self.mapping.fields.items())
        values = {name: _text(period, spec, measure, running) for spec, measure in fields if (name := spec.in_crm(crm))}
        return Record(f"{period.to_month}:{period.segment}:{period.band or WHOLE}:{period.currency}", period, values)


def _text(period: Period, spec: FieldSpec, measure: str, running: str) -> str | None:
    match measure:
        case "name":
            return _title(period, spec.length)
        case "month":
            return f"{period.to_month}-01"
        case "closed":
            return "true" if period.to_month < running else "false"
    if measure in TEXTS:
        return TEXTS[measure](period).strip()
    value = NUMBERS[measure](period)
    return None if value is None else canonical(format(decimals(Fraction(value), spec.scale), "f"))


def _title(period: Period, length: int) -> str:
    """`2026-10 · contract size 100-1000 · USD`; a band that makes it too long is cut, it stands whole in a field of its own."""
    segment = period.segment.replace("_", " ")
    among = segment if period.segment == WHOLE else f"{segment} {period.band}"
    tail = f" · {period.currency.upper()}"
    head = f"{period.to_month} · {among}"
    room = length - len(tail)
    return (head if len(head) <= room else f"{head[: room - 1]}…") + tail


def deserted(key: Key) -> Period:
    """The period of a band that nobody is in any more."""
    zero = Fraction(0)
    return Period(*key, zero, zero, zero, zero, zero, zero, zero, zero, 0, Logo(0, 0, None), None, None, None, None, None, {})


def compile_monthly(specs_page: Page, mapping_page: Page, accounts: Mapping[str, FieldSpec] | None) -> tuple[Monthly | None, list[Problem]]:
    """What ops wrote of monthly metrics, or None and all problems of the two files by place. `accounts` are the fields of a customer that
    are mapped, None when that is not known."""
    specs, mapping = specs_page.sound(MonthlySpecs), mapping_page.sound(MonthlyMapping)
    problems = [*specs.problems, *mapping.problems]
    if specs.value is not None:
        problems += _name_problems(specs.page, specs.value)
    if specs.value is not None and mapping.value is not None:
        problems += _field_problems(mapping, specs)
        if accounts is not None:
            problems += _segment_problems(mapping.page, mapping.value, specs.value.object, accounts)
    if specs.value is None or mapping.value is None or problems:
        return None, sorted(problems)
    return Monthly(specs.value, mapping.value), []


def _segment_problems(page: Page, mapping: MonthlyMapping, names: CrmNames, accounts: Mapping[str, FieldSpec]) -> Iterable[Problem]:
    picklists = {key: spec for key, spec in accounts.items() if spec.type == "picklist"}
    for number, segment in enumerate(mapping.churn.segments):
        at = ("churn", "segments", number)
        if segment in picklists:
            for crm in CRMS:
                if names.in_crm(crm) and not picklists[segment].in_crm(crm):
                    yield page.problem(at, f"the field {segment} has no {crm} name, so it cannot divide the customers there")
        elif segment not in (CONTRACT_SIZE, TENURE):
            known = (CONTRACT_SIZE, TENURE, *picklists)
            hint = did_you_mean(segment, known)
            yield page.problem(at, f"{segment} is no segment: neither {CONTRACT_SIZE} nor {TENURE} nor a mapped picklist field{hint}")


def _name_problems(page: Page, specs: MonthlySpecs) -> Iterable[Problem]:
    for crm in CRMS:
        if specs.object.in_crm(crm) and not specs.key.in_crm(crm):
            yield page.problem(("key",), f"the key has no {crm} name, so no record can be found there; give it one")
        taken: dict[str, str] = {}
        for key, spec in {"key": specs.key, **specs.fields}.items():
            name = spec.in_crm(crm)
            if name and taken.setdefault(name, key) != key:
                yield page.problem(
                    ("fields", key, crm), f"{name} is already the {crm} name of {taken[name]}; each field needs one of its own"
                )


def _field_problems(written: Sound[MonthlyMapping], described: Sound[MonthlySpecs]) -> Iterable[Problem]:
    page, fields = written.page, described.value.fields if described.value else {}
    for key, measure in written.value.fields.items() if written.value else ():
        at = ("fields", key)
        if written.unsure(*at) or described.unsure("fields", key):
            continue
        if key not in fields:
            hint = did_you_mean(key, fields)
            yield page.problem(at, f"there is no field {key} in field_specs/monthly_metric.yaml{hint}")
        elif measure not in MEASURES:
            yield page.problem(
                at, f"{key}: there is no measure {measure}{did_you_mean(measure, MEASURES) or '; mappings/MONTHLY.md lists them'}"
            )
        elif MEASURES[measure] not in FITS[fields[key].type]:
            wanted = " or ".join(sorted(FITS[fields[key].type]))
            said = f"{key} is a {fields[key].type} field and takes {wanted}, but {measure} is {MEASURES[measure]}"
            yield page.problem(at, said)
