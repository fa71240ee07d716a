"""The world that the demo opens: every record is answered over HTTP, the settings let in, the story's calls work."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
import raven_files
import urllib3
from contracts import Contract

from syncer.sandbox.company import DEFAULT_AS_OF, make_company
from syncer.sandbox.ravenstack import read_ravenstack
from syncer.sandbox.server import Server
from syncer.sandbox.start import environment, open_world
from syncer.sandbox.story import Change, changes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from syncer.sandbox.shapes import Records

STRIPE = Contract("stripe/openapi-2026-05-27.dahlia.json")


class Visitor:
    """Asks as anyone would who was given the settings."""

    def __init__(self, server: Server, as_of: int) -> None:
        self.urls = server.urls
        self.settings = environment(server.urls, as_of)
        self.http = urllib3.PoolManager(retries=False)
        self.stripe = {"Authorization": f"Bearer {self.settings['SYNCER_STRIPE__API_KEY']}"}
        self.zendesk = {"Authorization": f"Bearer {self._token('ZENDESK', '/oauth/tokens')}"}
        self.salesforce = {"Authorization": f"Bearer {self._token('SALESFORCE', '/services/oauth2/token')}"}
        self.hubspot = {"Authorization": f"Bearer {self.settings['SYNCER_HUBSPOT__ACCESS_TOKEN']}"}
        self.mixpanel = urllib3.make_headers(
            basic_auth=f"{self.settings['SYNCER_MIXPANEL__USERNAME']}:{self.settings['SYNCER_MIXPANEL__SECRET']}"
        )

    def _token(self, vendor: str, path: str) -> str:
        form = {
            "grant_type": "client_credentials",
            "client_id": self.settings[f"SYNCER_{vendor}__CLIENT_ID"],
            "client_secret": self.settings[f"SYNCER_{vendor}__CLIENT_SECRET"],
        }
        url = self.settings[f"SYNCER_{vendor}__BASE_URL"] + path
        answer = self.http.request("POST", url, fields=form, encode_multipart=False)
        return str(answer.json()["access_token"])

    def get(self, vendor: str, path: str, **params: Any) -> Any:
        answer = self.http.request("GET", self.urls[vendor] + path, fields=params, headers=getattr(self, vendor))
        assert answer.status == 200, answer.data[:500]
        return answer.json()

    def stripe_list(self, name: str, **params: Any) -> Iterator[dict[str, Any]]:
        after: dict[str, str] = {}
        while True:
            page = self.get("stripe", f"/v1/{name}", limit=100, **params, **after)
            STRIPE.check("GET", f"/v1/{name}", 200, page)
            yield from page["data"]
            if not page["has_more"]:
                return
            after = {"starting_after": page["data"][-1]["id"]}

    def carry_out(self, change: Change) -> None:
        answer = self.http.request(change.method, self.urls[change.vendor] + change.path, body=change.payload(), headers=change.headers())
        assert answer.status in (200, 201), answer.data[:500]

    def events(self, first: str, last: str) -> list[dict[str, Any]]:
        answer = self.http.request(
            "GET",
            self.urls["mixpanel"] + "/api/2.0/export",
            headers=self.mixpanel,
            fields={"from_date": first, "to_date": last, "project_id": self.settings["SYNCER_MIXPANEL__PROJECT_ID"]},
        )
        assert answer.status == 200
        return [json.loads(line) for line in answer.data.splitlines()]


@pytest.fixture(scope="module")
def company() -> Records:
    return make_company(300, 7)


@pytest.fixture(scope="module")
def visitor(company: Records) -> Iterator[Visitor]:
    with Server(open_world(company, DEFAULT_AS_OF, limits=False)) as server:
        yield Visitor(server, DEFAULT_AS_OF)


def living(records: list[dict[str, Any]]) -> set[str]:
    return {each["id"] for each in records if not each.get("deleted")}


def test_stripe_answers_every_record_in_its_contract_shape(company: Records, visitor: Visitor) -> None:
    loaded = company["stripe"]
    for name in ("products", "prices", "coupons"):
        assert {each["id"] for each in visitor.stripe_list(name)} == living(loaded[name])
    assert {each["id"] for each in visitor.stripe_list("customers")} == living(loaded["customers"])
    subscriptions = list(visitor.stripe_list("subscriptions", status="all", **{"expand[]": "data.discounts"}))
    assert {each["id"] for each in subscriptions} == {each["id"] for each in loaded["subscriptions"]}
    assert any(each["items"]["has_more"] for each in subscriptions)
    of_one = next(each for each in subscriptions if each["items"]["has_more"] and each["status"] == "active")
    billed = list(visitor.stripe_list("invoices", subscription=of_one["id"]))
    assert billed[0]["id"] == of_one["latest_invoice"]
    assert any(each["lines"]["has_more"] for each in billed)
    gone = next(each["id"] for each in loaded["customers"] if each.get("deleted"))
    assert visitor.get("stripe", f"/v1/customers/{gone}")["deleted"] is True


def test_the_others_answer_every_record(company: Records, visitor: Visitor) -> None:
    count = visitor.get("zendesk", "/api/v2/organizations/count.json")["count"]["value"]
    assert count == len(company["zendesk"]["organizations"])
    export = "/api/v2/incremental/tickets/cursor.json"
    tickets = visitor.get("zendesk", export, start_time=1, per_page=1000, include="metric_sets")["tickets"]
    assert [each["metric_set"]["ticket_id"] for each in tickets] == [each["id"] for each in tickets]
    assert len(tickets) == len(company["zendesk"]["tickets"])
    found = visitor.get("salesforce", "/services/data/v66.0/query", q="SELECT COUNT() FROM Account")
    assert found["totalSize"] == 300
    page = visitor.get("hubspot", "/crm/v3/objects/companies", limit=100, properties="name,domain,account_key")
    assert page["results"][0]["properties"]["name"] == company["hubspot"]["companies"][0]["properties"]["name"]
    assert len(visitor.get("hubspot", "/crm/v3/owners", limit=100)["results"]) == 6
    assert len(visitor.events("2026-07-01", "2026-11-01")) == len(company["mixpanel"]["events"])
    profiles = visitor.http.request(
        "POST",
        visitor.urls["mixpanel"] + "/api/query/engage?project_id=1234567",
        headers=visitor.mixpanel,
        fields={"data_group_id": visitor.settings["SYNCER_MIXPANEL__DATA_GROUP_ID"]},
        encode_multipart=False,
    ).json()
    assert profiles["total"] == len(company["mixpanel"]["groups"])


def test_the_settings_are_those_of_the_product(visitor: Visitor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from syncer.specs.settings import load  # noqa: PLC0415

    for name, text in visitor.settings.items():
        monkeypatch.setenv(name, text)
    settings = load(tmp_path)
    assert settings.stripe is not None
    assert settings.stripe.base_url == visitor.urls["stripe"]
    assert settings.as_of == "2026-11-01T09:00:00Z"
    assert None not in (settings.mixpanel, settings.zendesk, settings.salesforce, settings.hubspot)


def tell_story(records: Records, as_of: int) -> tuple[list[Change], Visitor]:
    """What happened, and who asks afterwards."""
    told = changes(records, as_of)
    assert told == changes(records, as_of)
    assert len({change.account_name for change in told}) == len(told)
    with Server(open_world(records, as_of)) as server:
        visitor = Visitor(server, as_of)
        for change in told:
            visitor.carry_out(change)
        cancel, upgrade, silence, ticket = told
        left = visitor.get("stripe", cancel.path)
        assert (left["status"], left["ended_at"] >= as_of) == ("canceled", True)
        grown = visitor.get("stripe", upgrade.path)
        assert upgrade.body
        assert str(grown["items"]["data"][0]["quantity"]) == upgrade.body["items[0][quantity]"]
        assert silence.body
        (quiet,) = silence.body["mixpanel"]["delete_events"]
        days = (quiet["from"], time.strftime("%Y-%m-%d", time.gmtime(as_of)))
        before = [each for each in records["mixpanel"]["events"] if each["properties"].get("account_id") == quiet["account_id"]]
        after = visitor.events(*days)
        assert before
        assert quiet["account_id"] not in {event["properties"].get("account_id") for event in after}
        assert ticket.body
        wanted = ticket.body["ticket"]
        server.world.clock.advance(61)  # the export leaves out the last minute
        listed = visitor.get("zendesk", "/api/v2/incremental/tickets/cursor.json", start_time=as_of - 60)["tickets"]
        own = [each for each in listed if each["subject"] == wanted["subject"]]
        assert [(each["priority"], each["organization_id"]) for each in own] == [("urgent", wanted["organization_id"])]
    return told, visitor


def test_the_story_of_the_made_up_company(company: Records) -> None:
    told, _ = tell_story(company, DEFAULT_AS_OF)
    assert [change.title.split()[0] for change in told] == ["cancels", "goes", "has", "opens"]


def test_the_story_of_ravenstack(tmp_path: Path) -> None:
    loaded = read_ravenstack(raven_files.write(tmp_path), 1_735_689_600)
    told, _ = tell_story(loaded.records, loaded.as_of)
    assert {change.account_name for change in told} == {"Company_1", "Company_4", "Company_5", "Company_6"}


def test_a_company_too_small_for_the_whole_story_has_a_shorter_one() -> None:
    assert changes(make_company(1, 1), DEFAULT_AS_OF) == []
