"""/crm/v3/properties/{type} and its dated forms: definitions of properties and their groups."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from syncer.sandbox.server import Answer, Call, Route

from .definitions import complete
from .portal import DATED, Portal, batch, body_of, flag, inputs_of
from .records import Records
from .refusals import Refusal
from .values import iso

BASES = ("/crm/v3/properties", *(f"/crm/properties/{version}" for version in DATED))
FORMS = {
    "bool": {"booleancheckbox", "calculation_equation"},
    "enumeration": {"booleancheckbox", "checkbox", "radio", "select", "calculation_equation"},
    "date": {"date"},
    "datetime": {"date"},
    "number": {"number", "calculation_equation"},
    "string": {"text", "textarea", "html", "file", "phonenumber", "calculation_equation"},
    "phone_number": {"phonenumber"},
}
CHANGEABLE = (
    "label", "description", "groupName", "type", "fieldType", "options", "displayOrder", "hidden", "formField",
    "numberDisplayHint", "calculationFormula",
)  # fmt: skip
MOST_UNIQUE = 10
YES_NO = [{"label": "Yes", "value": "true"}, {"label": "No", "value": "false"}]


def absent(name: str) -> Refusal:
    return Refusal(404, f'Property "{name}" does not exist', "OBJECT_NOT_FOUND")


class Properties:
    def __init__(self, portal: Portal) -> None:
        self.portal = portal

    def routes(self) -> Iterable[Route]:
        for base in BASES:
            at = f"{base}/{{type}}"
            yield Route("GET", at, self.list_all)
            yield Route("POST", at, self.create)
            yield Route("POST", f"{at}/batch/read", self.batch_read)
            yield Route("POST", f"{at}/batch/create", self.batch_create)
            yield Route("POST", f"{at}/batch/archive", self.batch_archive)
            yield Route("GET", f"{at}/groups", self.groups)
            yield Route("POST", f"{at}/groups", self.create_group)
            yield Route("GET", f"{at}/groups/{{name}}", self.group)
            yield Route("PATCH", f"{at}/groups/{{name}}", self.update_group)
            yield Route("DELETE", f"{at}/groups/{{name}}", self.archive_group)
            yield Route("GET", f"{at}/{{name}}", self.get)
            yield Route("PATCH", f"{at}/{{name}}", self.update)
            yield Route("DELETE", f"{at}/{{name}}", self.archive)

    def list_all(self, call: Call) -> Answer:
        records = self.portal.of(call.args["type"])
        results = [] if flag(call, "archived") else list(records.definitions.values())
        return Answer({"results": results}, rows=len(results))

    def _one(self, call: Call) -> tuple[Records, dict[str, Any]]:
        records = self.portal.of(call.args["type"])
        definition = records.definitions.get(call.args["name"])
        if definition is None:
            raise absent(call.args["name"])
        return records, definition

    def get(self, call: Call) -> Answer:
        return Answer(self._one(call)[1], rows=1)

    def create(self, call: Call) -> Answer:
        return Answer(self._create(self.portal.of(call.args["type"]), body_of(call), call.now), 201, rows=1)

    def _create(self, records: Records, given: Mapping[str, Any], now: float) -> dict[str, Any]:
        absent_keys = [key for key in ("name", "label", "groupName", "type", "fieldType") if not given.get(key)]
        if absent_keys:
            raise Refusal(400, f"Invalid input JSON: Some required fields were not set: {absent_keys}")
        name = given["name"]
        if name in records.definitions:
            raise Refusal(409, f"A property named '{name}' already exists.", "OBJECT_ALREADY_EXISTS")
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            raise Refusal(400, f"{name} is no property name: lower case letters, digits and underscores, a letter first.")
        definition = complete({**given, **self._checked(records, given)}, iso(now), own=False)
        records.define([{**definition, "showCurrencySymbol": False}])  # only a person can tick it
        return records.definitions[name]

    def _checked(self, records: Records, given: Mapping[str, Any]) -> dict[str, Any]:
        """The options of a definition, once type, form and group fit together."""
        if given["groupName"] not in records.groups:
            raise Refusal(400, f"The property group {given['groupName']} does not exist.")
        if given["fieldType"] not in FORMS.get(given["type"], set()):
            raise Refusal(400, f"fieldType {given['fieldType']} does not fit the type {given['type']}.")
        unique = sum(definition["hasUniqueValue"] for definition in records.definitions.values())
        if given.get("hasUniqueValue") and unique >= MOST_UNIQUE:
            raise Refusal(400, f"An object type has at most {MOST_UNIQUE} properties with unique values.")
        options = given.get("options") or (YES_NO if given["type"] == "bool" else [])
        if given["type"] == "enumeration" and not options and not given.get("externalOptions"):
            raise Refusal(400, "An enumeration needs options.")
        values = [option["value"] for option in options]
        if len(set(values)) < len(values):
            raise Refusal(400, "Property option values must be unique.")
        return {"options": options}

    def update(self, call: Call) -> Answer:
        records, before = self._one(call)
        if before["modificationMetadata"]["readOnlyDefinition"] and set(body_of(call)) - {"options", "label"}:
            raise Refusal(400, f"The definition of {before['name']} is read only.")
        changes = {key: value for key, value in body_of(call).items() if key in CHANGEABLE}
        after = {**before, **changes}
        definition = complete({**after, **self._checked(records, {**after, "hasUniqueValue": False})}, iso(call.now), own=False)
        records.define([{**definition, "hasUniqueValue": before["hasUniqueValue"], "updatedAt": iso(call.now)}])
        return Answer(records.definitions[before["name"]], rows=1)

    def archive(self, call: Call) -> Answer:
        records, definition = self._one(call)
        self._archive(records, definition)
        return Answer(status=204, rows=1)

    def _archive(self, records: Records, definition: Mapping[str, Any]) -> None:
        if not definition["modificationMetadata"]["archivable"]:
            raise Refusal(400, f"{definition['name']} is HubSpot's own and cannot be deleted.")
        records.forget_property(definition["name"])

    def batch_read(self, call: Call) -> Answer:
        records = self.portal.of(call.args["type"])
        names = [row["name"] for row in inputs_of(call)]
        missing = [name for name in names if name not in records.definitions]
        error = {
            "status": "error",
            "category": "OBJECT_NOT_FOUND",
            "message": "Some properties do not exist.",
            "context": {"name": missing},
        }
        found = [records.definitions[name] for name in names if name in records.definitions]
        return batch(call, found, [error] if missing else None)

    def batch_create(self, call: Call) -> Answer:
        records = self.portal.of(call.args["type"])
        return batch(call, [self._create(records, row, call.now) for row in inputs_of(call)], status=201)

    def batch_archive(self, call: Call) -> Answer:
        records = self.portal.of(call.args["type"])
        for row in inputs_of(call):
            if row["name"] in records.definitions:
                self._archive(records, records.definitions[row["name"]])
        return Answer(status=204)

    def groups(self, call: Call) -> Answer:
        results = list(self.portal.of(call.args["type"]).groups.values())
        return Answer({"results": results}, rows=len(results))

    def group(self, call: Call) -> Answer:
        groups = self.portal.of(call.args["type"]).groups
        if call.args["name"] not in groups:
            raise Refusal(404, f"The property group {call.args['name']} does not exist.", "OBJECT_NOT_FOUND")
        return Answer(groups[call.args["name"]], rows=1)

    def create_group(self, call: Call) -> Answer:
        groups, given = self.portal.of(call.args["type"]).groups, body_of(call)
        if not given.get("name") or not given.get("label"):
            raise Refusal(400, "Invalid input JSON: Some required fields were not set: [name, label]")
        if given["name"] in groups:
            raise Refusal(409, f"A property group named '{given['name']}' already exists.", "OBJECT_ALREADY_EXISTS")
        groups[given["name"]] = {"displayOrder": -1, "archived": False, **given}
        return Answer(groups[given["name"]], 201, rows=1)

    def update_group(self, call: Call) -> Answer:
        before = self.group(call).body
        before |= {key: value for key, value in body_of(call).items() if key in ("label", "displayOrder")}
        return Answer(before, rows=1)

    def archive_group(self, call: Call) -> Answer:
        records, name = self.portal.of(call.args["type"]), self.group(call).body["name"]
        if any(definition["groupName"] == name for definition in records.definitions.values()):
            raise Refusal(400, f"The property group {name} still has properties.")
        del records.groups[name]
        return Answer(status=204)
