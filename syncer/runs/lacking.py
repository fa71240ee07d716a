"""What an object of a CRM lacks of the fields that are to be written, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from syncer.crm.port import CrmField
from syncer.specs.account import FieldSpec


@dataclass(frozen=True)
class Demand:
    """What is asked of an object: the names that are read and the fields that are written, by name. `file`: whose mapping and specs."""

    file: str
    read: Iterable[str]
    written: Mapping[str, FieldSpec]


def lacking(who: str, demand: Demand, described: Mapping[str, CrmField]) -> list[str]:
    """A sentence for each way in which the described fields do not do; `who` is the CRM, or its object."""
    missing = [name for name in dict.fromkeys([*demand.read, *demand.written]) if name not in described]
    locked = [name for name in demand.written if name in described and not described[name].writable]
    faults = []
    if missing:
        hint = f"create it, or take it out of mappings/{demand.file}"
        faults.append(f"{who} has no field {', '.join(missing)} (or hides it from this user); {hint}")
    if locked:
        faults.append(f"{who} does not let this user write {', '.join(locked)}; grant edit access to these fields")
    small = (_too_small(who, name, spec, described[name], demand.file) for name, spec in demand.written.items() if name in described)
    return [*faults, *(sentence for sentences in small for sentence in sentences)]


def _too_small(who: str, name: str, spec: FieldSpec, there: CrmField, file: str) -> Iterator[str]:
    """A field that cuts what it is given would be written again on every run."""
    if there.scale is not None and spec.type in ("number", "currency") and there.scale < spec.scale:
        said = f"{who} keeps {there.scale} decimals in {name}, field_specs/{file} says {spec.scale}"
        yield f"{said}; write scale: {there.scale} or widen the field"
    if there.length is not None and spec.type in ("text", "url") and there.length < spec.length:
        yield f"{who} keeps {there.length} characters in {name}, field_specs/{file} says {spec.length}; write length: {there.length}"
