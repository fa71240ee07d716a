"""What an object of a CRM lacks of the fields that are to be written, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from syncer.crm.port import CrmField
from syncer.specs.account import FieldSpec

HOLDS = {
    **dict.fromkeys(("currency", "number"), ("number", "text")),
    "date": ("date", "text"),
    "checkbox": ("bool", "text"),
    "text": ("text", "url", "picklist", "multipicklist"),
    "picklist": ("picklist", "multipicklist", "text"),
    "url": ("url", "text"),
}
"""The kinds of a CRM's field that can hold the values of each type. What a kind `other` can hold is not known."""
KINDS = {"bool": "checkbox", "datetime": "date and time", "multipicklist": "picklist of several choices"}
SHOWN = 12


@dataclass(frozen=True)
class Demand:
    """What is asked of an object: the names that are read and the fields that are written, by name. `file`: whose mapping and specs."""

    file: str
    read: Iterable[str]
    written: Mapping[str, FieldSpec]


class Lack(NamedTuple):
    """One way in which a described field does not do: the key of the spec that it is about, what to say behind the CRM's name, and
    whether nothing can be written until it is mended."""

    key: str
    said: str
    stops: bool = True


def lacking(who: str, demand: Demand, described: Mapping[str, CrmField]) -> list[str]:
    """A sentence for each way in which the described fields do not do; `who` is the CRM, or its object."""
    missing = [name for name in dict.fromkeys([*demand.read, *demand.written]) if name not in described]
    locked = [name for name in demand.written if name in described and not described[name].writable]
    faults = []
    if missing:
        faults.append(f"{who} {absent(', '.join(missing), demand.file)}")
    if locked:
        faults.append(f"{who} {unwritable(', '.join(locked))}")
    lacks = (lack for name, spec in demand.written.items() if name in described for lack in unfit(spec, described[name], demand.file))
    return [*faults, *(f"{who} {lack.said}" for lack in lacks if lack.stops)]


def absent(names: str, file: str) -> str:
    return f"has no field {names} (or hides it from this user); create it, or take it out of mappings/{file}"


def unwritable(names: str) -> str:
    return f"does not let this user write {names}; grant edit access to these fields"


def unfit(spec: FieldSpec, there: CrmField, file: str) -> Iterator[Lack]:
    """What of a type's values the field could not keep. A field that cuts what it is given would be written again on every run."""
    if there.kind != "other" and there.kind not in HOLDS[spec.type]:
        said = f"has {there.name} as a {KINDS.get(there.kind, there.kind)}, which cannot hold a {spec.type}"
        yield Lack("type", f"{said}; make another field there, or change its type in field_specs/{file}")
        return
    if there.scale is not None and spec.type in ("number", "currency") and there.scale < spec.scale:
        said = f"keeps {there.scale} decimals in {there.name}, field_specs/{file} says {spec.scale}"
        yield Lack("scale", f"{said}; write scale: {there.scale} or widen the field")
    if there.length is not None and spec.type in ("text", "url") and there.length < spec.length:
        said = f"keeps {there.length} characters in {there.name}, field_specs/{file} says {spec.length}"
        yield Lack("length", f"{said}; write length: {there.length}")
    if there.kind in ("picklist", "multipicklist") and there.restricted:
        yield from _options(spec, there)


def _options(spec: FieldSpec, there: CrmField) -> Iterator[Lack]:
    """Values that a restricted picklist will refuse, record by record; all others are written."""
    lacks = [option for option in spec.options if option not in there.options]
    if lacks:
        more = f" and {len(lacks) - SHOWN} more" if len(lacks) > SHOWN else ""
        said = f"has no option {', '.join(lacks[:SHOWN])}{more} in {there.name} and takes no other values"
        yield Lack("options", f"{said}; add it to the field there, letter by letter", stops=False)
    elif spec.type != "picklist" or spec.open:
        said = f"takes only its {len(there.options)} options in {there.name}, and other values may come"
        yield Lack("type", f"{said}; let the field take any value there, or make it a text", stops=False)
