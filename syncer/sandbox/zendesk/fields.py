"""Custom fields of organizations and users: their definitions, and whether a value fits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from syncer.sandbox.server import Answer, Call, Route
from syncer.sandbox.zendesk.account import Account, body_of
from syncer.sandbox.zendesk.refusals import invalid_record
from syncer.sandbox.zendesk.tables import Record, Table, instant, iso

KINDS = (
    "text", "textarea", "checkbox", "date", "integer", "decimal", "regexp", "dropdown", "multiselect", "lookup",
)  # fmt: skip
CHANGEABLE = ("title", "description", "active", "position", "custom_field_options", "regexp_for_validation")


def fits(definition: Record, value: Any) -> bool:
    """Whether a custom field takes a value; None always empties it."""
    kind = definition["type"]
    options = {option["value"] for option in definition.get("custom_field_options") or []}
    if value is None or value == "":
        return True
    if kind == "checkbox":
        return isinstance(value, bool)
    if kind in ("integer", "decimal"):
        pattern = r"-?\d+" if kind == "integer" else r"-?\d+(\.\d+)?"
        return not isinstance(value, bool) and bool(re.fullmatch(pattern, str(value)))
    if kind == "date":
        return is_date(value)
    if kind == "dropdown":
        return value in options
    return kind != "multiselect" or set(value) <= options


def is_date(value: Any) -> bool:
    try:
        instant(value)
    except (ValueError, TypeError):
        return False
    return True


def checked_fields(definitions: Table, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of fields that exist; keys without a field are passed over in silence, as the vendor does."""
    known = {definition["key"]: definition for definition in definitions.records.values()}
    kept = {key: value for key, value in values.items() if key in known}
    wrong = [key for key, value in kept.items() if not fits(known[key], value)]
    if wrong:
        raise invalid_record({key: [("InvalidValue", f"{kept[key]} is not valid")] for key in wrong})
    return kept


class Fields:
    def __init__(self, account: Account) -> None:
        self.account = account

    def routes(self) -> Iterable[Route]:
        for name in ("organization_fields", "user_fields"):
            yield Route("POST", f"/api/v2/{name}", self.create(name))
            yield Route("PUT", f"/api/v2/{name}/{{id}}", self.update(name))
            yield Route("DELETE", f"/api/v2/{name}/{{id}}", self.delete(name))

    def create(self, name: str) -> Callable[[Call], Answer]:
        def answer(call: Call) -> Answer:
            table, given = self.account.tables[name], body_of(call, name.removesuffix("s"))
            refuse_wrong(given, {definition["key"] for definition in table.records.values()})
            record: Record = {
                "id": table.new_id(), "active": True, "description": "", "position": len(table.records),
                "system": False, "regexp_for_validation": None, **given, "created_at": iso(call.now),
            }  # fmt: skip
            return self._written(call, table, record, 201)

        return answer

    def update(self, name: str) -> Callable[[Call], Answer]:
        """Key and type are fixed; they are passed over."""

        def answer(call: Call) -> Answer:
            table, given = self.account.tables[name], body_of(call, name.removesuffix("s"))
            record = self.account.one(table, call.args["id"])
            record |= {key: given[key] for key in CHANGEABLE if key in given}
            return self._written(call, table, record, 200)

        return answer

    def _written(self, call: Call, table: Table, record: Record, status: int) -> Answer:
        record |= {"raw_title": record["title"], "raw_description": record["description"], "updated_at": iso(call.now)}
        options = record.get("custom_field_options") or []
        if options:
            named = [{"id": record["id"] * 1000 + place, **option} for place, option in enumerate(options)]
            record["custom_field_options"] = named
        table.put(record)
        return Answer({table.singular: self.account.show(call, table, [record])[0]}, status, rows=1)

    def delete(self, name: str) -> Callable[[Call], Answer]:
        def answer(call: Call) -> Answer:
            table = self.account.tables[name]
            table.remove(self.account.one(table, call.args["id"]))
            return Answer(status=204, rows=1)

        return answer


def refuse_wrong(given: Mapping[str, Any], taken: set[str]) -> None:
    problems: dict[str, list[tuple[str, str]]] = {
        key: [("BlankValue", "cannot be blank")] for key in ("key", "title", "type") if not given.get(key)
    }
    if given.get("key") in taken:
        problems["key"] = [("DuplicateValue", f"{given['key']} has already been taken")]
    if given.get("type") and given["type"] not in KINDS:
        problems["type"] = [("InvalidValue", f"{given['type']} is not one of {', '.join(KINDS)}")]
    if given.get("type") in ("dropdown", "multiselect") and not given.get("custom_field_options"):
        problems["custom_field_options"] = [("BlankValue", "cannot be blank")]
    if problems:
        raise invalid_record(problems)
