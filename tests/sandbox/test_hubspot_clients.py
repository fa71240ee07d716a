"""The vendor's two Python clients, one on v3 paths and one on dated paths, read and write the stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import hubspot_sdk
import pytest
from hubspot import Client
from hubspot.crm.companies import ApiException
from hubspot_portal import Portal, running

from syncer.sandbox.hubspot import CREDENTIALS

FILTER = {"propertyName": "account_key", "operator": "EQ", "value": "k7"}


@pytest.fixture
def portal() -> Iterator[Portal]:
    with running() as portal:
        yield portal


# hubspot-api-client, v3


@pytest.fixture
def v3(portal: Portal) -> Client:
    return Client.create(access_token=CREDENTIALS, host=portal.url, base_url=portal.url)


def test_v3_reads_lists_to_their_end(v3: Client) -> None:
    assert [each.id for each in v3.crm.companies.get_all()] == [str(500 + n) for n in range(25)]
    assert len(v3.crm.contacts.get_all()) == 3
    assert len(v3.crm.objects.tasks.basic_api.get_page().results) == 1
    assert [each.email for each in v3.crm.owners.get_all()] == ["o0@example.com", "o1@example.com"]
    assert len(v3.crm.properties.core_api.get_all("companies").results) > 37


def test_v3_writes_batches_and_sees_207(v3: Client) -> None:
    api = v3.crm.companies.batch_api
    inputs = [{"id": one, "properties": {"syncer_mrr": "7.5"}} for one in ("500", "501", "9")]
    answer = api.update({"inputs": inputs})
    assert (len(answer.results), answer.num_errors, answer.errors[0].context) == (2, 1, {"ids": ["9"]})
    read = api.read({"properties": ["syncer_mrr"], "inputs": [{"id": "500"}, {"id": "9"}]})
    assert (read.results[0].properties["syncer_mrr"], read.num_errors) == ("7.5", 1)
    rows = [{"id": key, "idProperty": "account_key", "properties": {"name": key}} for key in ("k1", "k77")]
    assert [each.new for each in api.upsert({"inputs": rows}).results] == [False, True]
    assert len(api.create({"inputs": [{"properties": {"name": "A"}}]}).results) == 1
    api.archive({"inputs": [{"id": "500"}]})
    with pytest.raises(ApiException) as refused:
        v3.crm.companies.basic_api.get_by_id("500")
    assert refused.value.status == 404


def test_v3_searches(v3: Client) -> None:
    found = v3.crm.companies.search_api.do_search({"filterGroups": [{"filters": [FILTER]}], "properties": ["name"]})
    assert (found.total, found.results[0].id) == (1, "507")


def test_v3_makes_properties_and_is_refused_twice(v3: Client) -> None:
    given = {"name": "health", "label": "Health", "groupName": "syncer", "type": "number", "fieldType": "number"}
    assert v3.crm.properties.core_api.create("companies", given).name == "health"
    with pytest.raises(Exception, match="already exists"):
        v3.crm.properties.core_api.create("companies", given)


def test_v3_makes_a_task_and_links_it(v3: Client) -> None:
    properties = {"hs_task_subject": "Call", "hs_timestamp": "2026-12-01T09:00:00Z"}
    task = v3.crm.objects.tasks.basic_api.create({"properties": properties})
    v3.crm.associations.v4.basic_api.create_default("tasks", task.id, "companies", "500")
    page = v3.crm.associations.v4.basic_api.get_page("tasks", task.id, "companies")
    assert [(each.to_object_id, each.association_types[0].type_id) for each in page.results] == [("500", 192)]


# hubspot-sdk, dated paths, its pydantic models strict


@pytest.fixture
def dated(portal: Portal) -> Iterator[Any]:
    with hubspot_sdk.HubSpot(access_token=CREDENTIALS, base_url=portal.url, max_retries=0, _strict_response_validation=True) as client:
        yield client


def test_dated_reads_lists_to_their_end(dated: Any) -> None:
    assert [each.id for each in dated.crm.objects.companies.list(limit=10)] == [str(500 + n) for n in range(25)]
    assert len(list(dated.crm.objects.contacts.list(limit=2))) == 3
    assert len(list(dated.crm.owners.list(limit=1))) == 2
    assert len(dated.crm.properties.list("companies").results) > 37


def test_dated_writes_batches(dated: Any) -> None:
    batch = dated.crm.objects.companies.batch
    rows = [{"id": str(500 + n), "properties": {"syncer_mrr": "7.5"}} for n in range(25)]
    assert len(batch.update(inputs=rows).results) == 25
    upsert = [{"id": "k77", "idProperty": "account_key", "id_property": "account_key", "properties": {"name": "New"}}]
    assert batch.upsert(inputs=upsert).results[0].new is True
    read = batch.get(inputs=[{"id": "500"}], properties=["syncer_mrr"], properties_with_history=[])
    assert read.results[0].properties["syncer_mrr"] == "7.5"


def test_dated_sees_the_errors_of_a_207(dated: Any) -> None:
    answer = dated.crm.objects.companies.batch.update(inputs=[{"id": "9", "properties": {"name": "x"}}])
    assert (answer.results, answer.model_extra["numErrors"]) == ([], 1)


def test_dated_searches(dated: Any) -> None:
    found = dated.crm.objects.companies.search(after="0", filter_groups=[{"filters": [FILTER]}], limit=10, properties=["name"], sorts=[])
    assert (found.total, found.results[0].id) == (1, "507")


def test_dated_account_and_links(dated: Any) -> None:
    assert dated.account.get().portal_id == 4242424
    assert dated.account.get_daily_private_apps_usage().results[0].usage_limit == 650_000
    assert dated.crm.limits.get_custom_property_limits().by_object_type[1].usage == 39
    links = dated.crm.associations
    for contact in ("700", "701"):
        links.create(contact, from_object_type="companies", from_object_id="500", to_object_type="contacts")
    found = links.list("contacts", object_type="companies", object_id="500", limit=1)
    assert [each.to_object_id for each in found] == ["700", "701"]
