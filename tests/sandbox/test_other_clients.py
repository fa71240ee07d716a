"""What clients that nobody here wrote call: Singer's tap-stripe, -mixpanel, -zendesk, -hubspot and -salesforce, the
sources of Airbyte, drt, zdesk, salesforce-bulk. Each test is a call of theirs that a stand-in once refused or answered short.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from contracts import CONTRACTS
from hubspot_portal import Portal
from hubspot_portal import running as hubspot_running
from salesforce_org import organisation
from test_mixpanel import Project
from zendesk_account import CONTRACT, NOW, Desk, ids, plain
from zendesk_account import running as zendesk_running

from syncer.sandbox import hubspot, mixpanel, salesforce, stripe
from syncer.sandbox.server import Clock, Server, World

RECORDED = pytest.mark.skipif(not CONTRACTS.exists(), reason=f"the vendors' recordings are not at {CONTRACTS}")


@pytest.fixture
def desk() -> Iterator[Desk]:
    with zendesk_running() as desk:
        yield desk


@pytest.fixture
def portal() -> Iterator[Portal]:
    with hubspot_running(companies=7) as portal:
        yield portal


@pytest.fixture
def project() -> Iterator[Project]:
    clock = Clock(NOW)
    standin = mixpanel.MixpanelStandin(clock, limits=True)
    events = [{"event": one, "properties": {"time": NOW - 60, "distinct_id": "u", one: 1}} for one in ("A", "B")]
    standin.load({"events": events})
    with Server(World([standin], clock)) as server:
        yield Project(standin, server.urls["mixpanel"])


@pytest.fixture
def shop() -> Iterator[str]:
    clock = Clock(NOW)
    standin = stripe.StripeStandin(clock)
    monthly = {"interval": "month", "interval_count": 1, "usage_type": "licensed"}
    item = {"id": "si_1", "price": "price_1", "quantity": 2, "subscription": "sub_1"}
    standin.load({
        "products": [{"id": "prod_1", "name": "Pro"}], "customers": [{"id": "cus_1", "created": NOW}],
        "prices": [
            {"id": "price_1", "product": "prod_1", "unit_amount": 900, "type": "recurring", "recurring": monthly},
        ],
        "subscriptions": [{
            "id": "sub_1", "customer": "cus_1", "created": NOW,
            "items": {"object": "list", "data": [item]},
        }],
    })  # fmt: skip
    with Server(World([standin], clock)) as server:
        yield server.urls["stripe"]


def from_stripe(shop: str, path: str) -> Any:
    with requests.Session() as http:
        http.trust_env = False
        answer = http.get(shop + path, headers={"Authorization": f"Bearer {stripe.TEST_KEY}"}, timeout=10)
    assert answer.status_code == 200, answer.text
    return answer.json()


# Stripe


def test_stripe_shows_the_account_under_the_id_that_a_client_was_configured_with(shop: str) -> None:
    assert from_stripe(shop, "/v1/accounts/acct_9")["id"] == "acct_9"
    assert from_stripe(shop, "/v1/accounts/acct_9")["object"] == "account"


@pytest.mark.parametrize("path", [
    "accounts/acct_9/external_accounts", "accounts/acct_9/persons", "issuing/authorizations", "issuing/cardholders",
    "issuing/cards", "issuing/transactions", "subscription_items/si_1/usage_record_summaries",
])  # fmt: skip
def test_stripe_has_nothing_of_what_it_does_not_keep(shop: str, path: str) -> None:
    assert from_stripe(shop, f"/v1/{path}?limit=100") == {
        "object": "list", "data": [], "has_more": False, "url": f"/v1/{path}",
    }  # fmt: skip


@RECORDED
@pytest.mark.parametrize(("kind", "plural"), [
    ("customer", "customers"), ("product", "products"), ("price", "prices"), ("plan", "plans"),
    ("subscription_item", "subscription_items?subscription=sub_1"),
])  # fmt: skip
def test_stripe_answers_with_every_key_of_stripes_own_fixtures(shop: str, kind: str, plural: str) -> None:
    recorded = json.loads((CONTRACTS / "stripe/fixtures3.json").read_text())["resources"][kind]
    shown = from_stripe(shop, f"/v1/{plural}")["data"][0]
    assert recorded.keys() - shown.keys() == set()


# Mixpanel


def test_mixpanel_names_the_properties_of_all_events_when_none_is_named(project: Project) -> None:
    answer = project.call("GET", "/api/2.0/events/properties/top", params={"limit": 2000}).json()
    assert {"A", "B"} <= answer.keys()
    assert "B" not in project.call("GET", "/api/2.0/events/properties/top", params={"event": "A"}).json()


def test_mixpanel_lists_no_annotations_on_both_paths_and_the_project_in_the_path_counts(project: Project) -> None:
    assert project.call("GET", "/api/2.0/annotations").json() == {"annotations": [], "status": "ok"}
    with requests.Session() as http:
        http.trust_env = False
        for name, status in ((mixpanel.PROJECT_ID, 200), ("999", 403)):
            url = f"{project.url}/api/app/projects/{name}/annotations"
            assert http.get(url, auth=mixpanel.SERVICE_ACCOUNT, timeout=10).status_code == status


# Zendesk


@pytest.mark.parametrize("start", ["1577836800.0", "2026-09-21T13:30:00Z"])
def test_zendesk_reads_the_digits_that_a_start_time_begins_with(desk: Desk, start: str) -> None:
    assert desk.get("/api/v2/incremental/organizations.json", start_time=start)["organizations"]


def test_zendesk_shows_custom_fields_under_both_names(desk: Desk) -> None:
    for path in ("/api/v2/tickets.json", "/api/v2/incremental/tickets/cursor.json?start_time=0"):
        assert all(ticket["fields"] == ticket["custom_fields"] for ticket in desk.get(path)["tickets"])


@RECORDED
def test_zendesk_users_have_every_key_of_the_vendors_example(desk: Desk) -> None:
    examples = json.loads((CONTRACTS / "zendesk/support.json").read_text())["components"]["examples"]
    recorded = examples["TimeBasedExportIncrementalUsersResponseExample"]["value"]["users"][0]
    assert recorded.keys() - desk.get("/api/v2/users.json")["users"][0].keys() == set()


def test_a_zendesk_ticket_begins_with_one_comment_in_one_audit(desk: Desk) -> None:
    ticket = desk.get("/api/v2/tickets/25.json")["ticket"]
    [comment] = desk.get("/api/v2/tickets/25/comments.json")["comments"]
    [audit] = desk.get("/api/v2/tickets/25/audits.json")["audits"]
    assert (comment["author_id"], comment["created_at"]) == (ticket["requester_id"], ticket["created_at"])
    assert (audit["ticket_id"], audit["events"]) == (25, [comment])
    assert desk.call("GET", "/api/v2/tickets/4711/comments.json").status_code == 404


def test_zendesk_lists_the_tickets_and_users_of_an_organization_and_the_tickets_of_a_user(desk: Desk) -> None:
    tickets, users = (desk.get(f"/api/v2/{name}.json")[name] for name in ("tickets", "users"))
    number, person = tickets[0]["organization_id"], tickets[0]["requester_id"]
    for path, listed, field, value in (
        (f"organizations/{number}/tickets", tickets, "organization_id", number),
        (f"organizations/{number}/users", users, "organization_id", number),
        (f"users/{person}/tickets/requested", tickets, "requester_id", person),
    ):
        answer = desk.get(f"/api/v2/{path}.json")
        found = answer["users" if path.endswith("users") else "tickets"]
        assert ids(found) == [one["id"] for one in listed if one[field] == value]


@pytest.mark.parametrize(("path", "key"), [
    ("brands", "brands"), ("custom_statuses", "custom_statuses"), ("deleted_tickets", "deleted_tickets"),
    ("organization_memberships", "organization_memberships"), ("ticket_fields", "ticket_fields"), ("macros", "macros"),
    ("slas/policies", "sla_policies"), ("business_hours/schedules", "schedules"), ("ticket_audits", "audits"),
    ("incremental/ticket_events", "ticket_events"), ("incremental/ticket_metric_events", "ticket_metric_events"),
])  # fmt: skip
def test_zendesk_has_nothing_of_what_it_does_not_keep(desk: Desk, path: str, key: str) -> None:
    body = desk.get(f"/api/v2/{path}.json", start_time=NOW)
    assert body[key] == []
    if f"/api/v2/{path}" in CONTRACT.document["paths"]:
        CONTRACT.check("GET", f"/api/v2/{path}", 200, plain(body))
    if not path.startswith("incremental"):
        assert desk.get(f"/api/v2/{path}", **{"page[size]": 100})["meta"]["has_more"] is False


def test_zendesk_keeps_the_bulk_import_of_users_closed_and_organizations_open(desk: Desk) -> None:
    answer = desk.call("POST", "/api/v2/users/create_or_update_many.json", json={"users": []})
    assert (answer.status_code, answer.json()["error"]["title"]) == (403, "Forbidden")
    assert desk.get("/api/v2/account/settings.json")["settings"]["active_features"]["organization_access_enabled"]


# HubSpot

APP = {
    "grant_type": "refresh_token", "client_id": hubspot.CLIENT_ID, "client_secret": hubspot.CLIENT_SECRET,
    "refresh_token": hubspot.REFRESH_TOKEN,
}  # fmt: skip


@pytest.mark.parametrize("version", ["v1", "2026-03"])
def test_a_hubspot_app_gets_a_token_of_half_an_hour(portal: Portal, version: str) -> None:
    given = portal.call("POST", f"/oauth/{version}/token", data=APP).json()
    token = given["access_token"]
    assert portal.call("GET", "/crm/v3/objects/companies", token=token).status_code == 200
    portal.clock.advance(given["expires_in"] + 1)
    assert portal.call("GET", "/crm/v3/objects/companies", token=token).status_code == 401


@pytest.mark.parametrize("wrong", list(APP))
def test_a_hubspot_app_is_refused_for_any_wrong_part(portal: Portal, wrong: str) -> None:
    answer = portal.call("POST", "/oauth/v1/token", data={**APP, wrong: "x"})
    assert (answer.status_code, answer.json()["status"]) == (400, "error")


def test_the_old_hubspot_pages_come_to_their_end_with_values_in_the_old_shape(portal: Portal) -> None:
    found, params = [], {"limit": 3, "properties": ["name", "hs_lastmodifieddate"]}
    while True:
        page = portal.get("/companies/v2/companies/paged", **params)
        found += page["companies"]
        if not page["has-more"]:
            break
        params["offset"] = page["offset"]
    assert [one["companyId"] for one in found] == list(range(500, 507))
    assert found[1]["properties"]["name"]["value"] == "Company 1"
    assert found[1]["properties"]["hs_lastmodifieddate"]["value"] == "1788307200000"
    assert portal.get("/companies/v2/companies/501")["properties"]["account_key"]["value"] == "k1"
    assert portal.call("GET", "/companies/v2/companies/4711").status_code == 404


def test_old_hubspot_readers_find_what_changed_lately(portal: Portal) -> None:
    portal.send("PATCH", "/crm/v3/objects/companies/502", {"properties": {"name": "New"}})
    recent = portal.get("/companies/v2/companies/recent/modified", since=(NOW - 5) * 1000)
    assert [one["companyId"] for one in recent["results"]] == [502]
    assert (recent["total"], recent["hasMore"]) == (1, False)


@pytest.mark.parametrize("path", [
    "/companies/v2/properties", "/properties/v1/companies/properties", "/properties/v2/company/properties",
])  # fmt: skip
def test_the_old_property_paths_answer_a_bare_list(portal: Portal, path: str) -> None:
    new = portal.get("/crm/v3/properties/companies")["results"]
    assert [one["name"] for one in portal.get(path)] == [one["name"] for one in new]


@pytest.mark.parametrize("name", ["calls", "emails", "meetings", "line_item", "product", "leads", "goal_targets"])
def test_further_hubspot_objects_are_there_and_empty(portal: Portal, name: str) -> None:
    assert portal.get(f"/crm/v3/objects/{name}")["results"] == []
    assert portal.get(f"/properties/v2/{name}/properties")


def test_a_thousand_hubspot_associations_are_read_at_once_also_between_types_never_linked(portal: Portal) -> None:
    portal.send("PUT", "/crm/v4/objects/contacts/700/associations/default/companies/500")
    rows = {"inputs": [{"id": str(500 + number)} for number in range(1000)]}
    new = portal.send("POST", "/crm/v4/associations/companies/contacts/batch/read", rows, 207)
    old = portal.send("POST", "/crm/v3/associations/company/contact/batch/read", rows, 207)
    assert new["results"][0]["to"][0]["toObjectId"] == 700
    assert old["results"] == [{"from": {"id": "500"}, "to": [{"id": "700", "type": "company_to_contact"}]}]
    none = portal.send("POST", "/crm/v4/associations/contacts/contacts/batch/read", {"inputs": [{"id": "700"}]}, 207)
    assert none["results"] == []
    too_many = {"inputs": [{"id": "1"}] * 1001}
    assert portal.refusal("POST", "/crm/v4/associations/companies/contacts/batch/read", too_many)[0] == 400


# Salesforce


def test_a_salesforce_refresh_token_opens_and_a_revoked_token_does_not() -> None:
    app = {"client_id": salesforce.CLIENT_ID, "client_secret": salesforce.CLIENT_SECRET, "grant_type": "refresh_token"}
    with organisation() as org, requests.Session() as http:
        http.trust_env = False
        door = f"{org.url}/services/oauth2"
        refused = http.post(f"{door}/token", data={**app, "refresh_token": "x"}, timeout=10)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
        given = http.post(f"{door}/token", data={**app, "refresh_token": salesforce.REFRESH_TOKEN}, timeout=10).json()
        bearing = {"Authorization": f"Bearer {given['access_token']}"}
        assert http.get(given["id"], headers=bearing, timeout=10).json()["user_id"] == given["id"].split("/")[-1]
        bulk_one = {"X-SFDC-Session": given["access_token"]}
        assert http.get(f"{org.url}/services/async/59.0/job", headers=bulk_one, timeout=10).status_code == 404
        assert http.post(f"{door}/revoke", data={"token": given["access_token"]}, timeout=10).status_code == 200
        assert http.get(given["id"], headers=bearing, timeout=10).status_code == 401


def test_tooling_says_which_entity_it_asked() -> None:
    with organisation() as org:
        body = org.json("GET", "/tooling/query", params={"q": "SELECT Id FROM CustomField"})
    assert (body["entityTypeName"], body["size"]) == ("CustomField", body["totalSize"])
