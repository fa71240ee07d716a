"""What is wrong with a written file, in plain sentences: YAML's and pydantic's words as what to write instead."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.reader import ReaderError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    Loc = tuple[str | int, ...]
    Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Fault:
    loc: Loc
    text: str
    on_key: bool = False


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`; did you mean mrr?`, or the names there are when none is near and they are few; otherwise nothing."""
    names = sorted(known)
    near = get_close_matches(name.lower(), names, n=1, cutoff=0.6)
    if near:
        return f"; did you mean {near[0]}?"
    return f"; there are {', '.join(names)}" if 0 < len(names) <= 20 else ""


YAML_FAULTS = {
    "found character '\\t'": "a tab stands here; indent with spaces",
    "mapping values are not allowed": "a second ': ' on this line, or a wrong indentation; quote text that holds ': '",
    "could not find expected ':'": "this key lacks its ':'; write key: value",
    "found unexpected end of stream": "a quote is opened here and never closed",
    "found undefined alias": "*name refers to an anchor that is not there; put text that begins with * in quotes",
    "but found another document": "a second document begins here (---); keep one per file",
    "found unknown escape": "this backslash means nothing in double quotes; use single quotes",
    "expected ',' or ']'": "a list that is opened with [ here lacks a comma or its ]",
    "expected ',' or '}'": "keys that are opened with { here lack a comma or their }",
    "cannot start any token": "text cannot begin with this character; put it in quotes",
    "expected chomping": "after | or > the text begins on the next line",
    "expected <block end>": "this line does not fit what stands above it; check its indentation and its quotes",
}
OPENED = ("could not find expected ':'", "found unexpected end of stream", "expected ',' or ']'", "expected ',' or '}'")


def broken(error: Exception, text: str) -> tuple[int, int, str]:
    """Line, column and sentence for text that is not YAML."""
    if isinstance(error, RecursionError):
        return 1, 1, "values are nested too deeply; write them flatter"
    if isinstance(error, ReaderError):
        before = text[: error.position]
        place = before.count("\n") + 1, len(before) - before.rfind("\n")
        return *place, f"the character U+{ord(text[error.position]):04X} is not allowed here; remove it"
    if not isinstance(error, MarkedYAMLError):
        return 1, 1, "this is not YAML; see https://yaml.org/spec/1.2.2"
    said = str(error.problem or error.context or "")
    known = next((sentence for start, sentence in YAML_FAULTS.items() if start in said), None)
    opened = said.startswith(OPENED) and error.context_mark
    mark = error.context_mark if opened else error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return line, column, known or "this is not YAML from here on; check indentation, colons and quotes"


def faults(error: ValidationError, data: Any, schema: Schema) -> list[Fault]:
    """One fault per place, from pydantic's errors, the plain data and the model's JSON Schema."""
    found: dict[Loc, list[ErrorDetails]] = {}
    for detail in error.errors(include_url=False):
        found.setdefault(_written(detail, data), []).append(detail)
    return [_fault(loc, details, data, schema) for loc, details in found.items() if not _answered_deeper(loc, details, found)]


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
        return Fault(loc[:-1], f"{name} is missing; add it", on_key=True)
    if detail["type"] == "extra_forbidden":
        return Fault(loc, f"there is no key {name} here{did_you_mean(name, _keys(schema, loc[:-1]))}", on_key=True)
    if "[key]" in detail["loc"]:
        return Fault(loc, f"{name} cannot be a key here; as a key it {_sentence(detail)}", on_key=True)
    value = _at(data, loc)
    wanted = _joined([_wanted(each) for each in details if _about_type(each)]) if _about_type(detail) else ""
    if not wanted:
        own_words = detail["type"] in OWN_WORDS
        return Fault(loc, _sentence(detail) if own_words else f"{name} {_sentence(detail)}")
    return Fault(loc, f"{name} must be {wanted}, not {_shown(value, loc)}{_hint(value, details)}")


def _name(loc: Loc) -> str:
    last = loc[-1] if loc else "the file"
    return last if isinstance(last, str) else f"entry {last + 1} of this list"


def _at(data: Any, loc: Loc) -> Any:
    for part in loc:
        data = data[part]
    return data


def _joined(choices: Iterable[str]) -> str:
    return " or ".join(dict.fromkeys(choice for choice in choices if choice))


WANTED = {
    "string": "text",
    "int": "a whole number",
    "decimal": "a number",
    "float": "a number",
    "bool": "true or false",
    "list": "a list ([a, b])",
    "tuple": "a list ([a, b])",
    "set": "a list ([a, b])",
    "dict": "keys and values (key: value)",
    "model": "keys and values (key: value)",
    "date": "a day such as 2026-11-01",
    "none": "empty",
}


def _wanted(detail: ErrorDetails) -> str:
    kind = detail["type"]
    if kind in ("literal_error", "enum"):
        return f"one of {detail['ctx']['expected'].replace(' or ', ', ')}".replace("'", "")
    return next((words for start, words in WANTED.items() if kind.startswith(start)), "")


def _hint(value: Any, details: Sequence[ErrorDetails]) -> str:
    if any(detail["type"] == "string_type" for detail in details) and isinstance(value, int | bool):
        return '; write it in quotes ("…")'
    choices = [detail["ctx"]["expected"] for detail in details if detail["type"] in ("literal_error", "enum")]
    if choices and isinstance(value, str):
        known = choices[0].replace(" or ", ", ").replace("'", "").split(", ")
        near = get_close_matches(value.lower(), known, n=1, cutoff=0.6)
        return f"; did you mean {near[0]}?" if near else ""
    return ""


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
    "decimal_max_places": "may have {decimal_places} decimals",
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
    places: list[Schema] = list(_branches(schema, schema))
    for part in loc:
        inner = [_inside(place, part) for place in places]
        places = [branch for each in inner if isinstance(each, dict) for branch in _branches(each, schema)]
    return {key for place in places for key in place.get("properties", {})}


def _inside(place: Schema, part: str | int) -> Any:
    if isinstance(part, int):
        fixed = place.get("prefixItems", [])
        return fixed[part] if part < len(fixed) else place.get("items")
    return place.get("properties", {}).get(part) or place.get("additionalProperties")


def _branches(place: Schema, root: Schema) -> Iterator[Schema]:
    if "$ref" in place:
        place = root["$defs"][place["$ref"].rsplit("/", 1)[1]]
    yield place
    for choice in ("anyOf", "oneOf", "allOf"):
        for branch in place.get(choice, []):
            yield from _branches(branch, root)
