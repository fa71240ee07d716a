"""/crm-object-schemas/v3/schemas and its dated forms: custom objects, which only Enterprise subscriptions have.

Their records go by /crm/objects like all others, by type id or fully qualified name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from syncer.sandbox.server import Answer, Call, Handler, Route

from .definitions import ObjectType, complete
from .portal import DATED, Portal, body_of
from .properties import YES_NO
from .records import Records
from .refusals import PORTAL_ID, Refusal
from .values import iso

BASES = ("/crm/v3/schemas", "/crm-object-schemas/v3/schemas", *(f"/crm-object-schemas/{version}/schemas" for version in DATED))
NEEDED = ("name", "labels", "properties", "requiredProperties")
FIRST_TYPE = 44_001
MONEY = ("mrr_start", "mrr_new", "mrr_expansion", "mrr_contraction", "mrr_churn", "mrr_reactivation", "mrr_fx", "mrr_end")
COUNTS = ("accounts_start", "accounts_churned", "accounts_unknown")
RATES = ("logo_churn_pct", "gross_churn_pct", "net_churn_pct", "nrr_pct", "grr_pct", "quick_ratio")


def no_scopes(kind: str) -> Refusal:
    """What an account without custom objects says: their scopes cannot be granted there."""
    text = "This app hasn't been granted all required scopes to make this call."
    more = f"{text} Read more about required scopes here: https://developers.hubspot.com/scopes."
    context = {"requiredGranularScopes": [f"crm.schemas.custom.{kind}"]}
    return Refusal(
        403,
        more,
        "MISSING_SCOPES",
        errors=[{"message": "One or more of the following scopes are required.", "context": context}],
        links={"scopes": "https://developers.hubspot.com/scopes"},
    )


def monthly_metric() -> dict[str, Any]:
    """The schema of a row for each month and segment, found by `key`, which a prepared portal has."""
    texts = [_property(name, "string", "text") for name in ("name", "segment", "band", "currency")]
    numbers = [_property(name, "number", "number") for name in (*MONEY, *COUNTS, *RATES)]
    return {
        "name": "syncer_monthly_metric",
        "labels": {"singular": "Monthly metric", "plural": "Monthly metrics"},
        "primaryDisplayProperty": "name",
        "requiredProperties": ["key"],
        "properties": [
            {**_property("key", "string", "text"), "hasUniqueValue": True},
            _property("month", "date", "date"),
            *texts,
            *numbers,
            {**_property("closed", "bool", "booleancheckbox"), "options": YES_NO},
        ],
    }


def _property(name: str, kind: str, form: str) -> dict[str, Any]:
    return {"name": name, "label": name.replace("_", " ").capitalize(), "type": kind, "fieldType": form}


class CustomObjects:
    """`/schemas` and what is below."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal

    def routes(self) -> Iterable[Route]:
        for base in BASES:
            yield Route("GET", base, self._granted("read", self.list_all))
            yield Route("POST", base, self._granted("write", self.create))
            yield Route("GET", f"{base}/{{type}}", self._granted("read", self.get))
            yield Route("DELETE", f"{base}/{{type}}", self._granted("write", self.archive))

    def _granted(self, kind: str, handler: Handler) -> Handler:
        def answer(call: Call) -> Answer:
            if not self.portal.custom_objects:
                raise no_scopes(kind)
            return handler(call)

        return answer

    def list_all(self, _: Call) -> Answer:
        results = [shown(self.portal.records[kind.plural], schema) for kind, schema in self.portal.custom.values()]
        return Answer({"results": results}, rows=len(results))

    def create(self, call: Call) -> Answer:
        given = body_of(call)
        absent = [key for key in NEEDED if given.get(key) is None]
        if absent:
            raise Refusal(400, f"Invalid input JSON: Some required fields were not set: {absent}")
        if not re.fullmatch(r"[A-Za-z]\w*", given["name"]):
            raise Refusal(400, f"{given['name']} is no object name: letters, digits and underscores, a letter first.")
        if given["name"] in self.portal.custom:
            raise Refusal(409, f"An object type named '{given['name']}' already exists.", "OBJECT_ALREADY_EXISTS")
        kind = add(self.portal, given, call.now)
        return Answer(shown(self.portal.records[kind.plural], self.portal.custom[kind.plural][1]), 201, rows=1)

    def _one(self, call: Call) -> tuple[Records, Mapping[str, Any]]:
        kind = self.portal.kind_named(call.args["type"])
        if kind is None or kind.plural not in self.portal.custom:
            raise Refusal(404, f"Unable to infer object type from: {call.args['type']}", "OBJECT_NOT_FOUND")
        return self.portal.records[kind.plural], self.portal.custom[kind.plural][1]

    def get(self, call: Call) -> Answer:
        return Answer(shown(*self._one(call)), rows=1)

    def archive(self, call: Call) -> Answer:
        records, _ = self._one(call)
        if len(records):
            raise Refusal(400, "Unable to delete an object type that still has records.")
        self.portal.forget_custom(records.kind.plural)
        return Answer(status=204)


def add(portal: Portal, given: Mapping[str, Any], now: float) -> ObjectType:
    """A new custom object with the properties of its schema."""
    name, stamp = str(given["name"]), iso(now)
    number = 1 + max((int(schema["id"]) for _, schema in portal.custom.values()), default=FIRST_TYPE)
    display = given.get("primaryDisplayProperty") or given["properties"][0]["name"]
    kind = ObjectType(
        name,
        f"p{PORTAL_ID}_{name}",
        f"2-{number}",
        f"{name}_information",
        "hs_createdate",
        "hs_lastmodifieddate",
        (display,),
        tuple(given.get("searchableProperties") or (display,)),
        tuple(given["requiredProperties"]),
    )
    kept = {key: given[key] for key in ("name", "labels", "requiredProperties")}
    schema = {
        **kept,
        "id": str(number),
        "primaryDisplayProperty": display,
        "secondaryDisplayProperties": list(given.get("secondaryDisplayProperties") or ()),
        "searchableProperties": list(kind.searched),
        "associations": [],
        "archived": False,
        "allowsSensitiveProperties": False,
        "metaType": "PORTAL_SPECIFIC",
        "objectTypeId": kind.type_id,
        "fullyQualifiedName": kind.singular,
        "createdAt": stamp,
        "updatedAt": stamp,
    }
    records = Records(kind, now)
    records.define(complete({"groupName": kind.group, **told}, stamp, own=False) for told in given["properties"])
    portal.custom[name] = (kind, schema)
    portal.records[name] = records
    return kind


def shown(records: Records, schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema as answered, with the properties that there are now."""
    return {**schema, "properties": list(records.definitions.values())}
