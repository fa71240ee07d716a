"""Associations v4 and their dated forms: links between records, one by one and in batches, and the labels there are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from syncer.sandbox.server import Answer, Call, Route

from .links import BACK, LABELS, spec
from .portal import DATED, Portal, batch, inputs_of, number, paging
from .records import Record, Records
from .refusals import Refusal, not_found

OBJECT_BASES = ("/crm/v4/objects", *(f"/crm/objects/{version}" for version in DATED))
LARGEST_PAGE = 500
MOST_READ, MOST_WRITTEN = 1000, 2000
"""Rows of a batch: https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide"""
PAIR_BASES = ("/crm/v4/associations", *(f"/crm/associations/{version}" for version in DATED))


def default_link(start: Record, end: Record, type_id: int) -> list[dict[str, Any]]:
    """A default link as answered: once from each side."""
    return [
        {
            "from": {"id": str(one.id)},
            "to": {"id": str(other.id)},
            "associationSpec": {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": number},
        }
        for one, other, number in ((start, end, type_id), (end, start, BACK[type_id]))
    ]


class Associations:
    def __init__(self, portal: Portal) -> None:
        self.portal = portal

    def routes(self) -> Iterable[Route]:
        for base in OBJECT_BASES:
            at = f"{base}/{{type}}/{{id}}/associations"
            yield Route("PUT", f"{at}/default/{{to}}/{{to_id}}", self.put_default)
            yield Route("PUT", f"{at}/{{to}}/{{to_id}}", self.put)
            yield Route("DELETE", f"{at}/{{to}}/{{to_id}}", self.remove)
            yield Route("GET", f"{at}/{{to}}", self.list_all)
        for base in PAIR_BASES:
            at = f"{base}/{{type}}/{{to}}"
            yield Route("GET", f"{at}/labels", self.labels)
            yield Route("POST", f"{at}/batch/create", self.batch_create)
            yield Route("POST", f"{at}/batch/associate/default", self.batch_default)
            yield Route("POST", f"{at}/batch/read", self.batch_read)
            yield Route("POST", f"{at}/batch/archive", self.batch_archive)
        yield Route("POST", "/crm/v3/associations/{type}/{to}/batch/read", self.batch_read_v3)

    def _types(self, call: Call) -> tuple[Records, Records]:
        return self.portal.of(call.args["type"]), self.portal.of(call.args["to"])

    def _sides(self, call: Call) -> tuple[Records, Records]:
        """The types of what is to be linked."""
        start, end = self._types(call)
        if not LABELS.get((start.kind.plural, end.kind.plural)):
            raise Refusal(400, f"No association types between {start.kind.plural} and {end.kind.plural}")
        return start, end

    def _ends(self, call: Call) -> tuple[Records, Record, Records, Record]:
        start, end = self._sides(call)
        found, target = start.find(call.args["id"]), end.find(call.args["to_id"])
        if not found or not target:
            raise not_found(call.args["id"] if not found else call.args["to_id"])
        return start, found, end, target

    def _link(self, start: Records, one: Record, end: Records, other: Record, type_id: int | None = None) -> list[int]:
        kinds = start.kind.plural, end.kind.plural
        if type_id is not None and type_id not in LABELS[kinds]:
            raise Refusal(400, f"invalid association type {type_id} from {start.kind.type_id} to {end.kind.type_id}")
        return self.portal.links.add(kinds[0], one.id, kinds[1], other.id, type_id)

    def _labelled(self, start: Records, one: Record, end: Records, other: Record, types: list[dict[str, Any]]) -> dict[str, Any]:
        ids: list[int] = []
        for each in types or [{}]:
            ids = self._link(start, one, end, other, each.get("associationTypeId"))
        known = LABELS[start.kind.plural, end.kind.plural]
        return {
            "fromObjectTypeId": start.kind.type_id,
            "fromObjectId": str(one.id),
            "toObjectTypeId": end.kind.type_id,
            "toObjectId": str(other.id),
            "labels": [label for number in ids if (label := known[number])],
        }

    def put_default(self, call: Call) -> Answer:
        start, one, end, other = self._ends(call)
        self._link(start, one, end, other)
        type_id = next(iter(LABELS[start.kind.plural, end.kind.plural]))
        return batch(call, default_link(one, other, type_id))

    def put(self, call: Call) -> Answer:
        try:
            types = msgspec.json.decode(call.body, type=list[dict[str, Any]])
        except (msgspec.DecodeError, msgspec.ValidationError) as wrong:
            raise Refusal(400, f"Invalid input JSON: {wrong}") from wrong
        return Answer(self._labelled(*self._ends(call), types), 201, rows=1)

    def remove(self, call: Call) -> Answer:
        start, one, end, other = self._ends(call)
        self.portal.links.remove(start.kind.plural, one.id, end.kind.plural, other.id)
        return Answer(status=204)

    def _linked(self, call: Call, start: Records, one: Record, end: Records) -> list[dict[str, Any]]:
        """v4 answers ids of records as numbers, the dated paths as text."""
        as_id = int if call.path.startswith("/crm/v4") else str
        known = LABELS[start.kind.plural, end.kind.plural]
        found = self.portal.links.of(start.kind.plural, one.id, end.kind.plural)
        return [
            {"toObjectId": as_id(linked_id), "associationTypes": [spec(each, known[each]) for each in sorted(types)]}
            for linked_id, types in found.items()
        ]

    def list_all(self, call: Call) -> Answer:
        start, end = self._types(call)
        one = start.find(call.args["id"])
        if one is None:
            raise not_found(call.args["id"])
        limit, first = number(call, "limit", LARGEST_PAGE, LARGEST_PAGE), number(call, "after", 0)
        linked = self._linked(call, start, one, end)
        results = linked[first : first + limit]
        following = str(first + limit) if first + limit < len(linked) else None
        return Answer({"results": results, **paging(call, following)}, rows=len(results))

    def labels(self, call: Call) -> Answer:
        start, end = self._sides(call)
        results = [spec(number, label) for number, label in LABELS[start.kind.plural, end.kind.plural].items()]
        return Answer({"results": results}, rows=len(results))

    def _pairs(self, call: Call) -> tuple[list[tuple[dict[str, Any], Record, Record]], list[dict[str, Any]]]:
        """The rows whose two records exist, and an error for each of the others."""
        start, end = self._sides(call)
        whole, errors = [], []
        for row in inputs_of(call, MOST_WRITTEN):
            one, other = start.find(str(row["from"]["id"])), end.find(str(row["to"]["id"]))
            if one and other:
                whole.append((row, one, other))
            else:
                context = {"fromObjectId": [str(row["from"]["id"])], "toObjectId": [str(row["to"]["id"])]}
                text = "One or both of the records of this association do not exist."
                errors.append({"status": "error", "category": "OBJECT_NOT_FOUND", "message": text, "context": context})
        return whole, errors

    def batch_create(self, call: Call) -> Answer:
        start, end = self._sides(call)
        whole, errors = self._pairs(call)
        return batch(
            call,
            [self._labelled(start, one, end, other, row["types"]) for row, one, other in whole],
            errors,
            status=201,
        )

    def batch_default(self, call: Call) -> Answer:
        start, end = self._sides(call)
        whole, errors = self._pairs(call)
        type_id = next(iter(LABELS[start.kind.plural, end.kind.plural]))
        for _, one, other in whole:
            self._link(start, one, end, other)
        return batch(call, [link for _, one, other in whole for link in default_link(one, other, type_id)], errors)

    def batch_read_v3(self, call: Call) -> Answer:
        """As v4, but each end is named with its one type."""
        given = self.batch_read(call)
        start, end = self._types(call)
        kind = f"{start.kind.singular}_to_{end.kind.singular}"
        for row in given.body["results"]:
            row["to"] = [{"id": str(one["toObjectId"]), "type": kind} for one in row["to"]]
        return given

    def batch_read(self, call: Call) -> Answer:
        start, end = self._types(call)
        results, errors = [], []
        for row in inputs_of(call, MOST_READ):
            record = start.find(str(row["id"]))
            linked = self._linked(call, start, record, end) if record else []
            if linked:
                results.append({"from": {"id": str(row["id"])}, "to": linked})
            else:
                text = f"No {end.kind.singular} is associated with {start.kind.singular} {row['id']}."
                errors.append(
                    {
                        "status": "error",
                        "category": "OBJECT_NOT_FOUND",
                        "message": text,
                        "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
                        "context": {"fromObjectId": [str(row["id"])]},
                    }
                )
        return batch(call, results, errors)

    def batch_archive(self, call: Call) -> Answer:
        start, end = self._sides(call)
        for row in inputs_of(call, MOST_WRITTEN):
            for target in row["to"] if isinstance(row["to"], list) else [row["to"]]:
                self.portal.links.remove(start.kind.plural, int(row["from"]["id"]), end.kind.plural, int(target["id"]))
        return Answer(status=204)
