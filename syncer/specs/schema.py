"""JSON Schemas of the written files, made of their models: editors complete keys, show what they mean and mark what is wrong.

They allow what the reader allows: `yes` for true, "30" for 30. What no schema can say, such as whether a fact exists, `syncer check` says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from syncer.specs.account import AccountMapping, FieldSpec, FieldSpecs
from syncer.specs.health import HealthFile
from syncer.specs.monthly_metric import MonthlyMapping, MonthlySpecs
from syncer.specs.settings import FILE as SETTINGS
from syncer.specs.settings_models import Settings
from syncer.specs.usage import Measures

MODELS: Mapping[str, type[BaseModel]] = {
    "field_specs/account.yaml": FieldSpecs,
    "field_specs/monthly_metric.yaml": MonthlySpecs,
    "mappings/account.yaml": AccountMapping,
    "mappings/health.yaml": HealthFile,
    "mappings/monthly_metric.yaml": MonthlyMapping,
    "mappings/usage.yaml": Measures,
    SETTINGS: Settings,
}
"""The model of each written file."""


def schema_of(file: str) -> dict[str, Any]:
    """The JSON Schema of a written file."""
    written = _plain(MODELS[file].model_json_schema())
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": file, **written}
    if file == SETTINGS:  # what is missing may be set in the environment
        for place in schema["$defs"].values():
            place.pop("required", None)
    return schema


def with_fields(schema: dict[str, Any], specs: Mapping[str, FieldSpec], values: Sequence[str] = ()) -> dict[str, Any]:
    """The schema of a mapping with the fields that it may fill, each with what it is; `values` are all that they can be filled with."""
    fields = schema["properties"]["fields"]
    any_field = {"enum": list(values)} if values else fields["additionalProperties"]
    known = {key: {**any_field, "description": f"{spec.label} ({spec.type}): {spec.help}"} for key, spec in specs.items()}
    return {**schema, "properties": {**schema["properties"], "fields": {**fields, "properties": known, "additionalProperties": any_field}}}


def _plain(place: Any) -> Any:
    """A schema as people meet it: without pydantic's titles and what is the default anyway, with the other spellings that are read."""
    if isinstance(place, list):
        return [_plain(each) for each in place]
    if not isinstance(place, dict):
        return place
    inner = {key: value if key in SHOWN else _within(key, value) for key, value in place.items()}
    inner.pop("title", None)
    if isinstance(inner.get("default"), list | dict | None) or inner["default"] in ("", "."):
        inner.pop("default", None)
    return _spellings(inner)


def _within(key: str, value: Any) -> Any:
    return {name: _plain(each) for name, each in value.items()} if key in NAMED else _plain(value)


def _spellings(place: dict[str, Any]) -> dict[str, Any]:
    secret = place.pop("writeOnly", False)
    match place.get("type"):
        case "boolean":
            return {**{key: value for key, value in place.items() if key != "type"}, "enum": [True, False, "yes", "no", "on", "off"]}
        case "integer":
            return {**place, "type": ["integer", "string"], "pattern": "^-?[0-9]+$", "patternErrorMessage": "write a whole number"}
        case "string" if secret:
            return {**place, "pattern": "^env:", "patternErrorMessage": "name the variable that holds the secret, such as env:NAME"}
    return place


SHOWN = ("default", "examples", "enum", "const")
"""What holds values."""
NAMED = ("properties", "$defs")
"""What holds schemas by names of its own."""
