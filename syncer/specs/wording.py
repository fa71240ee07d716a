"""What is wrong with the values of a written file: pydantic's words as plain sentences that say what to write instead."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

Loc = tuple[str | int, ...]
Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Fault:
    """`on_key`: it is about the key at `loc`, not its value. `missing` is a key that `loc` lacks."""

    loc: Loc
    text: str
    on_key: bool = False
    missing: str | None = None
    unknown: bool = False

    def follows_from(self, lost: Iterable[Loc]) -> bool:
        """Whether something within its place could not be read, which may be all that is wrong here."""
        return not self.unknown and any(way[: len(self.loc)] == self.loc for way in lost)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`; did you mean mrr?`, or the names there are when none is near and they are few; otherwise nothing."""
    names = sorted(known)
    near = get_close_matches(narrow(name).lower(), names, n=1, cutoff=0.6)
    if near:
        return f"; did you mean {near[0]}?"
    return f"; there are {', '.join(names)}" if 0 < len(names) <= 20 else ""


def narrow(text: str) -> str:
    """Full-width letters, digits and signs as ordinary ones."""
    return unicodedata.normalize("NFKC", text).strip()


def number_meant(text: str) -> str | None:
    """`1234.5` for `1,234.5`, `1234,5` or the same in full-width characters; None for what is no number."""
    plain = narrow(text).replace(" ", "").replace("'", "")
    if re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?", plain):
        plain = plain.replace(",", "")
    plain = plain.replace(",", ".")
    return plain if re.fullmatch(r"[-+]?\d+(\.\d+)?", plain) and plain.isascii() else None


def faults(error: ValidationError, data: Any, schema: Schema) -> list[Fault]:
    """One fault per place, from pydantic's errors, the plain data and the model's JSON Schema; none for a key that is only misspelt."""
    found: dict[Loc, list[ErrorDetails]] = {}
    for detail in error.errors(include_url=False):
        found.setdefault(_written(detail, data), []).append(detail)
    told = [_fault(loc, details, data, schema) for loc, details in found.items() if not _answered_deeper(loc, details, found)]
    meant = {(fault.loc[:-1], fault.text.partition("did you mean ")[2].rstrip("?")) for fault in told if fault.unknown}
    return [fault for fault in told if (fault.loc, fault.missing) not in meant]


def _written(detail: ErrorDetails, data: Any) -> Loc:
    """The way to the fault as it is written: pydantic also names the branches of a union on its way."""
    loc: list[str | int] = []
    for step, part in enumerate(detail["loc"]):
        if _holds(data, part):
            data = data[part]
            loc.append(part)
        elif detail["type"] == "missing" and step == len(detail["loc"]) - 1:
            loc.append(part)
    return tuple(loc)


def _holds(data: Any, part: str | int) -> bool:
    return part in data if isinstance(data, dict) else isinstance(data, list) and part in range(len(data))


TYPES = ("_type", "_parsing", "int_from_float", "literal_error", "enum", "none_required")


def _about_type(detail: ErrorDetails) -> bool:
    return detail["type"].endswith(TYPES)


def _answered_deeper(loc: Loc, details: Sequence[ErrorDetails], found: Mapping[Loc, Sequence[ErrorDetails]]) -> bool:
    """Of a union only the branch counts that the writer meant: the one that got further into the value.

    And a list is too short to pydantic when its entries are wrong.
    """
    shallow = all(_about_type(detail) or detail["type"] == "too_short" for detail in details)
    return shallow and any(len(other) > len(loc) and other[: len(loc)] == loc for other in found)


def _fault(loc: Loc, details: Sequence[ErrorDetails], data: Any, schema: Schema) -> Fault:
    detail = next((each for each in details if not _about_type(each)), details[0])
    name = _name(loc)
    if detail["type"] == "missing":
        return _missing(loc, name, schema)
    if detail["type"] == "extra_forbidden":
        decimals = re.fullmatch(r"\d+ ?%?", str(loc[-1]))
        hint = "; write decimals with a point, such as 30.5%" if decimals else did_you_mean(str(loc[-1]), _keys(schema, loc[:-1]))
        return Fault(loc, f"there is no key {name} here{hint}", on_key=True, unknown=True)
    if "[key]" in detail["loc"]:
        return Fault(loc, f"{name} cannot be a key here; as a key it {_sentence(detail)}", on_key=True, unknown=True)
    value = _at(data, loc)
    wanted = _joined([_wanted(each) for each in details if _about_type(each)]) if _about_type(detail) else ""
    if not wanted:
        said = _sentence(detail) + (_example(schema, loc) if detail["type"] in ("too_short", "too_long") else "")
        return Fault(loc, said if detail["type"] in OWN_WORDS and not said.startswith("must ") else f"{name} {said}")
    if wanted.startswith(KEYS):
        wanted = f"text or {wanted}" if any(place.get("type") == "string" for place in _places(schema, loc)) else wanted
    if value is None:
        return Fault(loc, f"{name} is empty; write {wanted}{_example(schema, loc)}")
    example = _example(schema, loc) if wanted.startswith("a list") else ""
    return Fault(loc, f"{name} must be {wanted}{example}, not {_shown(value, loc)}{_hint(value, details)}")


def _missing(loc: Loc, name: str, schema: Schema) -> Fault:
    if isinstance(loc[-1], int):
        return Fault(loc[:-1], f"this list lacks entry {loc[-1] + 1}{_example(schema, loc[:-1])}; write it too")
    choices = next((place["enum"] for place in _places(schema, loc) if "enum" in place), ())
    shown = next((place["const"] for place in _places(schema, loc) if "const" in place), _shown_by(schema, loc))
    hint = f": one of {', '.join(map(str, choices))}" if choices else "" if shown is None else f", such as {name}: {flow(shown)}"
    return Fault(loc[:-1], f"{name} is missing; add it{hint}", on_key=True, missing=loc[-1])


def _example(schema: Schema, loc: Loc) -> str:
    """`, such as Health score`, where the model gives an example."""
    shown = _shown_by(schema, loc)
    return "" if shown is None else f", such as {flow(shown)}"


def _shown_by(schema: Schema, loc: Loc) -> Any:
    return next((place["examples"][0] for place in _places(schema, loc) if place.get("examples")), None)


def flow(value: Any) -> str:
    """A value as it is written on one line."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {flow(each)}' for key, each in value.items())}}}"
    return f"[{', '.join(map(flow, value))}]" if isinstance(value, list | tuple) else str(value)


def _name(loc: Loc) -> str:
    last = loc[-1] if loc else "the file"
    return last if isinstance(last, str) else f"entry {last + 1} of this list"


def _at(data: Any, loc: Loc) -> Any:
    for part in loc:
        data = data[part]
    return data


def _joined(choices: Iterable[str]) -> str:
    return " or ".join(dict.fromkeys(choice for choice in choices if choice))


KEYS = "keys and values (key: value)"
WANTED = {
    "string": "text",
    "int": "a whole number",
    "decimal": "a number",
    "float": "a number",
    "bool": "true or false",
    "list": "a list ([a, b])",
    "tuple": "a list ([a, b])",
    "set": "a list ([a, b])",
    "dict": KEYS,
    "model": KEYS,
    "date": "a day such as 2026-11-01",
    "none": "empty",
}


def _wanted(detail: ErrorDetails) -> str:
    kind = detail["type"]
    if kind in ("literal_error", "enum"):
        choices = detail["ctx"]["expected"].replace(" or ", ", ").replace("'", "")
        return f"one of {choices}" if "," in choices else str(choices)
    return next((words for start, words in WANTED.items() if kind.startswith(start)), "")


def _hint(value: Any, details: Sequence[ErrorDetails]) -> str:
    kinds = {detail["type"] for detail in details}
    if "string_type" in kinds and isinstance(value, int | Decimal):
        return f'; write it in quotes: "{_shown(value, ())}"'
    if not isinstance(value, str):
        return ""
    if any(kind.startswith(("int", "decimal", "float")) for kind in kinds):
        meant = number_meant(value)
        return f"; write {meant}" if meant else ""
    if kinds & {"list_type", "tuple_type"} and len(value) <= 40:
        return f"; write [{value}]"
    choices = [detail["ctx"]["expected"] for detail in details if detail["type"] in ("literal_error", "enum")]
    known = choices[0].replace(" or ", ", ").replace("'", "").split(", ") if choices else []
    near = get_close_matches(narrow(value).lower(), known, n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else ""


SECRET_WORDS = ("secret", "token", "password", "key", "credential")


def _shown(value: Any, loc: Loc) -> str:
    """A value as its writer knows it; never one that may be a secret, never a long one."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "keys and values"
    if isinstance(value, list):
        return "a list"
    if not isinstance(value, str):
        return str(value)
    secret = any(word in str(part).lower() for part in loc for word in SECRET_WORDS)
    return "this text" if secret or len(value) > 40 else f"'{value}'"


OWN_WORDS = ("value_error", "assertion_error")
SENTENCES = {
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "too_short": "needs {min_length} or more entries, and has {actual_length}",
    "too_long": "may have {max_length} entries at most, and has {actual_length}",
    "string_too_short": "needs at least {min_length} characters",
    "string_too_long": "may have {max_length} characters",
    "string_pattern_mismatch": "must look like {pattern}",
    "decimal_max_places": "has too many decimals; {decimal_places} is kept",
    "decimal_whole_digits": "may have {whole_digits} digits before the point",
    "finite_number": "must be a number",
}


def _sentence(detail: ErrorDetails) -> str:
    if detail["type"] in OWN_WORDS:
        return str(detail["ctx"]["error"])
    template = SENTENCES.get(detail["type"])
    return template.format(**detail["ctx"]) if template else f"is not right: {detail['msg']}"


def _keys(schema: Schema, loc: Loc) -> set[str]:
    """The keys that the model knows at a place."""
    return {key for place in _places(schema, loc) for key in place.get("properties", {})}


def _places(schema: Schema, loc: Loc) -> list[Schema]:
    """What the schema says of a place, one for each form that it may have."""
    places: list[Schema] = list(_branches(schema, schema))
    for part in loc:
        inner = [_inside(place, part) for place in places]
        places = [branch for each in inner if isinstance(each, dict) for branch in _branches(each, schema)]
    return places


def stand_in(schema: Schema, loc: Loc) -> Any:
    """Something that may stand at a place where a value is missing, so that the rest can be read."""
    for place in _places(schema, loc):
        if "const" in place or "enum" in place:
            return place.get("const", place.get("enum", [None])[0])
        if place.get("type") in STAND_INS:
            return STAND_INS[place["type"]]
    return None


STAND_INS: Mapping[str, Any] = {"string": "?", "integer": 1, "number": 1, "boolean": False, "array": [], "object": {}}


def _inside(place: Schema, part: str | int) -> Any:
    if isinstance(part, int):
        fixed = place.get("prefixItems", [])
        return fixed[part] if part < len(fixed) else place.get("items")
    return place.get("properties", {}).get(part) or place.get("additionalProperties")


def _branches(place: Schema, root: Schema) -> Iterator[Schema]:
    if "$ref" in place:
        place = {**root["$defs"][place["$ref"].rsplit("/", 1)[1]], **{key: value for key, value in place.items() if key != "$ref"}}
    yield place
    for choice in ("anyOf", "oneOf", "allOf"):
        for branch in place.get(choice, []):
            yield from _branches(branch, root)
