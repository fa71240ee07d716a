"""/crm/v3/objects/{type} and its dated forms: records one by one and in batches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from syncer.sandbox.server import Answer, Call, Route

from .links import LABELS
from .portal import DATED, Portal, batch, body_of, flag, inputs_of, many, number, paging
from .records import Record, Records, Values
from .refusals import Refusal, not_found
from .search import Search

BASES = ("/crm/v3/objects", "/crm/v4/objects", *(f"/crm/objects/{version}" for version in DATED))


def missing_rows(records: Records, rows: Sequence[tuple[str, str | None]]) -> list[dict[str, Any]]:
    """The errors of a batch for ids that name nothing: one for all, or one per row where rows carry a trace id."""
    kind = records.kind.singular.upper()
    text = f"Could not get some {kind} objects, they may be deleted or not exist. Check that ids are valid."
    traced = [{"ids": [one], "objectWriteTraceId": [trace]} for one, trace in rows if trace]
    plain = [one for one, trace in rows if not trace]
    contexts: list[dict[str, list[str]]] = [*([{"ids": plain}] if plain else []), *traced]
    return [{"status": "error", "category": "OBJECT_NOT_FOUND", "message": text, "context": context} for context in contexts]


class Objects:
    def __init__(self, portal: Portal) -> None:
        self.portal = portal

    def routes(self) -> Iterable[Route]:
        search = Search(self.portal)
        for base in BASES:
            at = f"{base}/{{type}}"
            yield Route("GET", at, self.list_all)
            yield Route("POST", at, self.create)
            yield Route("POST", f"{at}/search", search.answer)
            yield Route("POST", f"{at}/merge", self.merge)
            yield Route("POST", f"{at}/batch/read", self.batch_read)
            yield Route("POST", f"{at}/batch/create", self.batch_create)
            yield Route("POST", f"{at}/batch/update", self.batch_update)
            yield Route("POST", f"{at}/batch/upsert", self.batch_upsert)
            yield Route("POST", f"{at}/batch/archive", self.batch_archive)
            yield Route("GET", f"{at}/{{id}}", self.get)
            yield Route("PATCH", f"{at}/{{id}}", self.update)
            yield Route("DELETE", f"{at}/{{id}}", self.archive)

    def list_all(self, call: Call) -> Answer:
        records = self.portal.of(call.args["type"])
        limit, after = number(call, "limit", 10, 100), number(call, "after", 0)
        page, following = records.page(after, limit, archived=flag(call, "archived"))
        names, ends = records.names_to_show(many(call, "properties")), many(call, "associations")
        results = [self._with_links(records, record, records.show(record, names), ends) for record in page]
        return Answer({"results": results, **paging(call, str(following) if following else None)}, rows=len(page))

    def _with_links(self, records: Records, record: Record, shown: dict[str, Any], ends: Sequence[str]) -> dict[str, Any]:
        for name in ends:
            end = self.portal.of(name).kind
            found = self.portal.links.of(records.kind.plural, record.id, end.plural)
            kind = f"{records.kind.singular}_to_{end.singular}"
            if found:
                links = shown.setdefault("associations", {})
                links[end.plural] = {"results": [{"id": str(number), "type": kind} for number in found]}
        return shown

    def _one(self, call: Call) -> tuple[Records, Record]:
        records = self.portal.of(call.args["type"])
        record = records.find(call.args["id"], call.one("idProperty"), archived=flag(call, "archived"))
        if record is None:
            raise not_found(call.args["id"])
        return records, record

    def get(self, call: Call) -> Answer:
        records, record = self._one(call)
        shown = records.show(record, records.names_to_show(many(call, "properties")))
        return Answer(self._with_links(records, record, shown, many(call, "associations")), rows=1)

    def create(self, call: Call) -> Answer:
        records, body = self.portal.of(call.args["type"]), body_of(call)
        return Answer(self._create(records, body, call.now), 201, rows=1)

    def _create(self, records: Records, row: dict[str, Any], now: float) -> dict[str, Any]:
        [values] = records.checked([row.get("properties") or {}])
        refuse_new(records, values)
        ends = [self._end(records, link) for link in row.get("associations") or []]
        record = records.create(values, now)
        for plural, end_id, type_id in ends:
            self.portal.links.add(records.kind.plural, record.id, plural, end_id, type_id)
        return records.show(record, records.names_to_show(list(values)))

    def _end(self, records: Records, link: dict[str, Any]) -> tuple[str, int, int]:
        """Where an association of a new record goes: the type id says to which object type."""
        type_id = int(link["types"][0]["associationTypeId"])
        for (start, end), known in LABELS.items():
            if start == records.kind.plural and type_id in known:
                target = self.portal.records[end].find(str(link["to"]["id"]))
                if target:
                    return end, target.id, type_id
        raise Refusal(400, f"One or more associations are invalid: type {type_id} to {link['to']['id']}")

    def update(self, call: Call) -> Answer:
        records, record = self._one(call)
        [values] = records.checked([body_of(call).get("properties") or {}])
        refuse_changes(records, [(record, values)])
        records.write(record, values, call.now)
        return Answer(records.show(record, records.names_to_show(list(values))), rows=1)

    def archive(self, call: Call) -> Answer:
        records = self.portal.of(call.args["type"])
        self._archive(records, call.args["id"], call.now)
        return Answer(status=204, rows=1)

    def _archive(self, records: Records, record_id: str, now: float) -> None:
        record = records.find(record_id)
        if record:  # 204 also for an id that names nothing
            records.archive(record, now)

    def merge(self, call: Call) -> Answer:
        """Both records are gone, without being archived, and a new one has the values of the primary, the other's where it had none.

        https://developers.hubspot.com/docs/api-reference/latest/crm/objects/companies/merge-companies
        """
        records, body = self.portal.of(call.args["type"]), body_of(call)
        ids = [str(body[name]) for name in ("primaryObjectId", "objectIdToMerge")]
        found = [record for one in ids if (record := records.find(one))]
        if len(found) < 2 or found[0] is found[1]:
            raise Refusal(400, f"Unable to merge {ids[1]} into {ids[0]}: both have to be records, and not the same one")
        merged = records.merge(found[0], found[1], call.now)
        return Answer(records.show(merged, records.names_to_show([])), rows=1)

    def batch_read(self, call: Call) -> Answer:
        records, body = self.portal.of(call.args["type"]), body_of(call)
        by, archived = body.get("idProperty"), flag(call, "archived")
        names = records.names_to_show(body.get("properties") or [])
        asked = dict.fromkeys(str(row["id"]) for row in inputs_of(call))
        found = {one: records.find(one, by, archived=archived) for one in asked}
        results = [records.show(record, names) for record in found.values() if record]
        return batch(call, results, missing_rows(records, [(one, None) for one, record in found.items() if not record]))

    def batch_create(self, call: Call) -> Answer:
        """Rows with an `objectWriteTraceId` fail alone (207); without, one bad row refuses all."""
        records, rows = self.portal.of(call.args["type"]), inputs_of(call)
        if not any(row.get("objectWriteTraceId") for row in rows):
            for values in records.checked(row.get("properties") or {} for row in rows):
                refuse_new(records, values)
            return batch(call, [self._create(records, row, call.now) for row in rows], status=201)
        results, errors = [], []
        for row in rows:
            trace = str(row.get("objectWriteTraceId") or "")
            try:
                results.append({**self._create(records, row, call.now), "objectWriteTraceId": trace})
            except Refusal as refused:
                errors.append(
                    {key: refused.body[key] for key in ("status", "category", "message", "errors") if key in refused.body}
                    | {"context": {"objectWriteTraceId": [trace]}}
                )
        return batch(call, results, errors, status=201)

    def batch_update(self, call: Call) -> Answer:
        """Unknown ids are reported one by one (207); one wrong value refuses the whole batch (400)."""
        records, rows = self.portal.of(call.args["type"]), inputs_of(call)
        refuse_repeated(rows)
        found = [records.find(str(row["id"]), row.get("idProperty")) for row in rows]
        checked = records.checked(row.get("properties") or {} for row in rows)
        changes = [(record, values) for record, values in zip(found, checked, strict=True) if record]
        refuse_changes(records, changes)
        for record, values in changes:
            records.write(record, values, call.now)
        written = [written_row(records, record, row) for record, row in zip(found, rows, strict=True) if record]
        missing = [(str(row["id"]), row.get("objectWriteTraceId")) for record, row in zip(found, rows, strict=True) if not record]
        return batch(call, written, missing_rows(records, missing))

    def batch_upsert(self, call: Call) -> Answer:
        records, rows = self.portal.of(call.args["type"]), inputs_of(call)
        if any(not row.get("idProperty") for row in rows):
            raise Refusal(400, "Invalid input JSON: Some required fields were not set: [idProperty]")
        refuse_repeated(rows)
        found = [records.find(str(row["id"]), row["idProperty"]) for row in rows]
        checked = records.checked({row["idProperty"]: row["id"], **(row.get("properties") or {})} for row in rows)
        refuse_changes(records, [(record, values) for record, values in zip(found, checked, strict=True) if record])
        for record, values in zip(found, checked, strict=True):
            if record is None:
                refuse_new(records, values)
        results = []
        for row, record, values in zip(rows, found, checked, strict=True):
            if record:
                records.write(record, values, call.now)
            kept = record or records.create(values, call.now)
            results.append({**written_row(records, kept, row), "new": record is None})
        return batch(call, results)

    def batch_archive(self, call: Call) -> Answer:
        records, rows = self.portal.of(call.args["type"]), inputs_of(call)
        for row in rows:
            self._archive(records, str(row["id"]), call.now)
        return Answer(status=204, rows=len(rows))


def written_row(records: Records, record: Record, row: dict[str, Any]) -> dict[str, Any]:
    """A record as a batch write answers it: the properties written, and the trace id if one was given."""
    shown = records.show(record, records.names_to_show(list(row.get("properties") or {})))
    trace = row.get("objectWriteTraceId")
    return {**shown, "objectWriteTraceId": trace} if trace else shown


def refuse_new(records: Records, values: Values) -> None:
    """409 when a unique value is taken, 400 when a required one is missing."""
    missing = records.missing(values)
    if missing:
        text = f"Error creating {records.kind.singular.upper()}. Some required properties were not set."
        raise Refusal(400, text, context={"properties": missing})
    taken = records.taken(values)
    if taken is not None:
        raise Refusal(409, f"{records.kind.singular.capitalize()} already exists. Existing ID: {taken}", "CONFLICT")


def refuse_changes(records: Records, changes: Sequence[tuple[Record, Values]]) -> None:
    """400 for a row without values and for a unique value that another record has."""
    if any(not values for _, values in changes):
        text = "No properties found to update, please provide at least one."
        raise Refusal(400, text, context={"properties": ["{}"]})
    for record, values in changes:
        taken = records.taken(values, record)
        if taken is not None:
            text = f"Cannot set a unique property of {record.id}: {taken} already has that value."
            raise Refusal(400, text, errors=[{"message": text, "code": "CONFLICTING_UNIQUE_VALUE"}])


def refuse_repeated(rows: Sequence[dict[str, Any]]) -> None:
    if any(not row.get("id") for row in rows):
        raise Refusal(400, "Invalid input JSON: Some required fields were not set: [id]")
    ids = [str(row["id"]) for row in rows]
    if len(set(ids)) < len(ids):
        repeated = sorted({one for one in ids if ids.count(one) > 1})
        raise Refusal(400, f"Duplicate IDs found in batch input: {repeated}. IDs must be unique")
