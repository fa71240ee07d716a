"""Does an answer fit the vendor's own OpenAPI file? The files are not shipped: without them tests that ask are skipped.

ZENDESK = Contract("zendesk/support.json")
ZENDESK.check("GET", "/api/v2/users/7", 200, body)      # AssertionError naming each place that does not fit
"""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from referencing import Registry
from referencing.jsonschema import DRAFT202012

CONTRACTS = Path(__file__).resolve().parents[2].parent / "shared" / "contracts"
VERBS = ("get", "put", "post", "patch", "delete")


def _plain(schema: Any) -> Any:
    """An OpenAPI 3.0 schema as JSON Schema: `nullable: true` becomes "or null"."""
    if isinstance(schema, list):
        return [_plain(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: _plain(part) for key, part in schema.items() if key not in ("nullable", "example", "examples")}
    return {"anyOf": [plain, {"type": "null"}]} if schema.get("nullable") is True else plain


class Contract:
    """One OpenAPI 3.0 file of the contracts folder; read when first asked."""

    def __init__(self, file: str) -> None:
        self.file = CONTRACTS / file

    @functools.cached_property
    def document(self) -> dict[str, Any]:
        if not self.file.exists():
            pytest.skip(f"no contract to check against: {self.file} is not here")
        document: dict[str, Any] = _plain(json.loads(self.file.read_text()))
        return document

    @functools.cached_property
    def _registry(self) -> Registry[Any]:
        return Registry().with_resource("urn:contract", DRAFT202012.create_resource(self.document))

    @functools.cached_property
    def _paths(self) -> list[tuple[re.Pattern[str], str]]:
        """Those with the fewest named parts first: /customers/search is not /customers/{id}."""
        templates = sorted(self.document["paths"], key=lambda path: path.count("{"))
        return [(re.compile(re.sub(r"\\\{[^{}]+\\\}", "[^/]+", re.escape(path)) + "$"), path) for path in templates]

    def operation(self, method: str, path: str) -> tuple[str, dict[str, Any]]:
        """The path as the contract writes it, and what it says about the method."""
        for pattern, template in self._paths:
            operation = self.document["paths"][template].get(method.lower())
            if operation and pattern.match(path):
                return template, operation
        raise AssertionError(f"{self.file.name} has no {method} {path}")

    def _find(self, node: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in node:
            keys = node["$ref"].removeprefix("#/").split("/")
            node = functools.reduce(lambda part, key: part[key], keys, self.document)
        return node

    def check(self, method: str, path: str, status: int, body: Any) -> None:
        """Nothing, or an AssertionError with up to ten places where the decoded body departs from the contract."""
        template, operation = self.operation(method, path)
        said = operation["responses"].get(str(status)) or operation["responses"].get("default")
        assert said is not None, f"{self.file.name} knows no {status} for {method} {template}"
        content = self._find(said).get("content", {})
        media: dict[str, Any] = content.get("application/json") or next(iter(content.values()), {})
        if "schema" in media:
            self.fits(media["schema"], body, f"{method} {path} {status}")

    def check_schema(self, name: str, body: Any) -> None:
        """The same for one named schema: check_schema("subscription", record)."""
        self.fits({"$ref": f"#/components/schemas/{name}"}, body, name)

    def fits(self, schema: dict[str, Any], body: Any, what: str) -> None:
        absolute = json.loads(json.dumps(schema).replace('"#/', '"urn:contract#/'))
        validator = Draft202012Validator(absolute, registry=self._registry)
        deepest = (best_match([error]) for error in validator.iter_errors(body))
        problems = [f"{error.json_path}: {error.message[:300]}" for error in deepest]
        assert not problems, "\n".join([f"{what} does not fit {self.file.name}:", *problems[:10]])
