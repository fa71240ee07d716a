"""Custom objects of HubSpot: schemas and records by both of the vendor's clients, and an account whose subscription has none."""

from __future__ import annotations

from collections.abc import Iterator

import hubspot_sdk
import pytest
from hubspot import Client
from hubspot_portal import Portal, running

from syncer.sandbox.hubspot import CREDENTIALS

KEYS = ("2026-10:all:all:usd", "2026-11:all:all:usd")


@pytest.fixture
def portal() -> Iterator[Portal]:
    with running(companies=1) as portal:
        yield portal


def upserts(**values: str) -> list[dict[str, object]]:
    return [{"id": key, "idProperty": "key", "objectWriteTraceId": key, "properties": values} for key in KEYS]


def test_the_v3_client_finds_the_schema_and_upserts_and_reads_rows(portal: Portal) -> None:
    v3 = Client.create(access_token=CREDENTIALS, host=portal.url, base_url=portal.url)
    [schema] = v3.crm.schemas.core_api.get_all().results
    assert (schema.name, schema.fully_qualified_name) == ("syncer_monthly_metric", "p4242424_syncer_monthly_metric")
    [key] = [found for found in schema.properties if found.name == "key"]
    assert key.has_unique_value
    api = v3.crm.objects.batch_api
    first = api.upsert(schema.object_type_id, {"inputs": upserts(mrr_start="10.5", closed="true")})
    again = api.upsert(schema.fully_qualified_name, {"inputs": upserts(mrr_start="11")[:1]})
    assert [each.new for each in first.results] == [True, True]
    assert [(each.new, each.object_write_trace_id) for each in again.results] == [(False, KEYS[0])]
    wish = {"idProperty": "key", "properties": ["key", "mrr_start"], "inputs": [{"id": key} for key in (*KEYS, "none")]}
    read = api.read(schema.object_type_id, wish)
    assert {row.properties["key"]: row.properties["mrr_start"] for row in read.results} == {KEYS[0]: "11", KEYS[1]: "10.5"}
    assert read.errors[0].context == {"ids": ["none"]}


def test_the_dated_client_makes_a_schema_and_its_rows(portal: Portal) -> None:
    dated = hubspot_sdk.HubSpot(access_token=CREDENTIALS, base_url=portal.url)
    schema = dated.crm.object_schemas.create(
        allows_sensitive_properties=False,
        associated_objects=[],
        labels={"singular": "Car", "plural": "Cars"},
        name="car",
        primary_display_property="vin",
        properties=[{"name": "vin", "label": "VIN", "type": "string", "field_type": "text", "has_unique_value": True}],
        required_properties=["vin"],
        searchable_properties=["vin"],
        secondary_display_properties=[],
    )
    assert [found.name for found in dated.crm.object_schemas.list().results] == ["syncer_monthly_metric", "car"]
    made = dated.crm.objects.custom.batch.upsert(schema.object_type_id, inputs=[{"id": "V1", "id_property": "vin", "properties": {}}])
    assert made.results[0].new
    assert dated.crm.object_schemas.get("p4242424_car").object_type_id == schema.object_type_id


def test_an_account_without_custom_objects_has_no_scopes_for_them(portal: Portal) -> None:
    portal.standin.load({"subscription": {"custom_objects": False}})
    status, body = portal.refusal("GET", "/crm-object-schemas/2026-09/schemas")
    assert (status, body["category"]) == (403, "MISSING_SCOPES")
    assert body["errors"][0]["context"] == {"requiredGranularScopes": ["crm.schemas.custom.read"]}
    status, body = portal.refusal("POST", "/crm/objects/2026-09/2-44002/batch/upsert", {"inputs": upserts(mrr_start="1")})
    assert (status, body["message"]) == (400, "Unable to infer object type from: 2-44002")


def test_a_schema_is_made_once_and_goes_only_without_records(portal: Portal) -> None:
    path = "/crm-object-schemas/2026-09/schemas"
    [schema] = portal.get(path)["results"]
    wish = {key: schema[key] for key in ("name", "labels", "properties", "requiredProperties")}
    assert portal.refusal("POST", path, wish)[0] == 409
    assert portal.refusal("POST", path, {"name": "x"})[0] == 400
    portal.send("POST", f"/crm/objects/2026-09/{schema['objectTypeId']}/batch/upsert", {"inputs": upserts(mrr_start="1")})
    assert portal.refusal("DELETE", f"{path}/{schema['objectTypeId']}")[0] == 400
    portal.standin.load({"remove_schemas": ["syncer_monthly_metric"]})
    assert portal.get(path) == {"results": []}
    assert portal.refusal("GET", f"{path}/{schema['objectTypeId']}")[0] == 404
