"""Who gets in, for how long, how often; and what the organisation says of itself."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from salesforce_org import ACME, BASE, Org, check, organisation

from syncer.sandbox.salesforce import CLIENT_ID, CLIENT_SECRET, PASSWORD, USERNAME

TOKEN = "/services/oauth2/token"
GOOD = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@pytest.fixture
def org() -> Iterator[Org]:
    with organisation() as org:
        yield org


def ask(org: Org, form: dict[str, str], **headers: str) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        answer = session.post(org.url + TOKEN, data=form, headers=headers, timeout=10)
    check("POST", TOKEN, answer)
    return answer


def assertion(claims: dict[str, Any], algorithm: str = "RS256") -> str:
    parts = [json.dumps(part).encode() for part in ({"alg": algorithm}, claims)]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (*parts, b"signature"))


def test_client_credentials(org: Org) -> None:
    answer = ask(org, GOOD).json()
    assert answer["instance_url"] == org.url
    assert answer["token_type"] == "Bearer"
    assert set(answer) >= {"access_token", "id", "issued_at", "signature"}
    basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
    again = ask(org, {"grant_type": "client_credentials"}, Authorization=f"Basic {basic}").json()
    assert again["access_token"] != answer["access_token"]
    org.session.headers["Authorization"] = f"Bearer {again['access_token']}"
    who = org.json("GET", "/services/oauth2/userinfo")
    assert (who["preferred_username"], answer["id"]) == (
        USERNAME,
        f"{org.url}/id/{who['organization_id']}/{who['user_id']}",
    )


CLAIMS = {"iss": CLIENT_ID, "sub": USERNAME, "aud": "https://login.salesforce.com", "exp": "1793524000"}


def test_the_other_grants(org: Org) -> None:
    password = {**GOOD, "grant_type": "password", "username": USERNAME, "password": PASSWORD}
    assert ask(org, password).status_code == 200
    assert ask(org, {"grant_type": JWT, "assertion": assertion(CLAIMS)}).status_code == 200


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({**GOOD, "client_secret": "guess"}, "invalid_client"),
        ({**GOOD, "client_id": "guess"}, "invalid_client_id"),
        ({**GOOD, "grant_type": "magic"}, "unsupported_grant_type"),
        ({**GOOD, "grant_type": "password", "username": USERNAME, "password": "guess"}, "invalid_grant"),
        ({"grant_type": JWT, "assertion": "no.jwt"}, "invalid_grant"),
        ({"grant_type": JWT, "assertion": assertion(CLAIMS, "HS256")}, "invalid_grant"),
        ({"grant_type": JWT, "assertion": assertion({**CLAIMS, "iss": "guess"})}, "invalid_client_id"),
        ({"grant_type": JWT, "assertion": assertion({"iss": CLIENT_ID})}, "invalid_grant"),
    ],
)
def test_a_refused_grant(org: Org, form: dict[str, str], error: str) -> None:
    answer = ask(org, form)
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert answer.json()["error_description"]
    assert "guess" not in answer.text


def test_a_token_lives_two_hours(org: Org) -> None:
    org.clock.advance(2 * 3600 - 60)
    assert org.call("GET", "/limits").status_code == 200
    org.clock.advance(120)
    answer = org.call("GET", "/limits")
    assert answer.status_code == 401
    assert answer.json() == [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]
    for authorization in ("Bearer wrong", ""):
        refused = org.call("GET", "/sobjects", headers={"Authorization": authorization})
        assert (refused.status_code, refused.json()[0]["errorCode"]) == (401, "INVALID_SESSION_ID")


def test_the_days_allowance(org: Org) -> None:
    load = {"salesforce": {"limits": {"daily": 3}}}
    org.session.post(f"{org.url}/_control/load", json=load, timeout=10).raise_for_status()
    infos = [org.call("GET", "/limits").headers["Sforce-Limit-Info"] for _ in range(3)]
    assert infos == ["api-usage=1/3", "api-usage=2/3", "api-usage=3/3"]
    refused = org.call("GET", "/limits")
    assert refused.status_code == 403
    assert refused.json() == [{"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}]
    assert "Retry-After" not in refused.headers
    org.clock.advance(86_401)
    org.log_in()
    limits = org.json("GET", "/limits")
    assert limits["DailyApiRequests"] == {"Max": 3, "Remaining": 2}


def test_limits_can_be_off() -> None:
    with organisation(limits=False) as org:
        org.standin.daily = 1
        assert [org.call("GET", "/limits").status_code for _ in range(3)] == [200, 200, 200]


def test_versions(org: Org) -> None:
    with requests.Session() as anyone:
        anyone.trust_env = False
        versions = anyone.get(f"{org.url}/services/data", timeout=10).json()
    assert versions[0] == {"label": "Summer '14", "url": "/services/data/v31.0", "version": "31.0"}
    assert [version["label"] for version in versions[-3:]] == ["Winter '26", "Spring '26", "Summer '26"]
    assert org.json("GET", "/services/data/v67.0")["sobjects"] == "/services/data/v67.0/sobjects"
    assert org.call("GET", "/services/data/v68.0/sobjects").status_code == 404
    retired = org.call("GET", "/services/data/v30.0/sobjects")
    assert (retired.status_code, retired.json()[0]["errorCode"]) == (410, "UNSUPPORTED_API_VERSION")


def test_the_organisation_is_one_record(org: Org) -> None:
    page = org.query("SELECT Id, Name, IsSandbox, InstanceName, DefaultCurrencyIsoCode FROM Organization")
    assert [(record["IsSandbox"], record["DefaultCurrencyIsoCode"]) for record in page["records"]] == [(True, "USD")]
    load = {"salesforce": {"Organization": [{"Id": "00D000000000001", "Name": "Acme Corp", "IsSandbox": False}]}}
    org.session.post(f"{org.url}/_control/load", json=load, timeout=10).raise_for_status()
    page = org.query("SELECT Name, IsSandbox FROM Organization")
    assert [(record["Name"], record["IsSandbox"]) for record in page["records"]] == [("Acme Corp", False)]
    assert org.json("GET", "/limits/recordCount?sObjects=Account,Nothing") == {"sObjects": [{"count": 6, "name": "Account"}]}


def test_a_reset_forgets_everything(org: Org) -> None:
    org.session.post(f"{org.url}/_control/reset", timeout=10).raise_for_status()
    assert org.call("GET", "/limits").status_code == 401
    org.log_in()
    assert org.query("SELECT COUNT() FROM Account")["totalSize"] == 0
    assert org.query("SELECT Name FROM User")["records"][0]["Name"] == "Integration User"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, "INVALID_SESSION_ID"),
        (403, "REQUEST_LIMIT_EXCEEDED"),
        (500, "UNKNOWN_EXCEPTION"),
        (503, "SERVER_UNAVAILABLE"),
    ],
)
def test_an_injected_fault_speaks_the_vendors_words(org: Org, status: int, code: str) -> None:
    faults = {"faults": [{"path": "/query", "kind": "status", "status": status, "times": 1}]}
    org.session.post(f"{org.url}/_control/faults", json=faults, timeout=10).raise_for_status()
    answer = org.call("GET", "/query", params={"q": "SELECT Id FROM Account"})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (status, code)
    assert len(answer.headers["X-SFDC-Request-Id"]) == 32
    assert org.call("GET", "/query", params={"q": "SELECT Id FROM Account"}).status_code == 200


def test_every_call_is_logged_with_its_rows(org: Org) -> None:
    org.query("SELECT Id FROM Account")
    logged = org.session.get(f"{org.url}/_control/requests", timeout=10).json()["requests"]
    assert [(one["method"], one["path"], one["status"], one["rows"]) for one in logged] == [
        ("POST", TOKEN, 200, 0),
        ("GET", f"{BASE}/query", 200, 5),
    ]


@pytest.mark.parametrize(
    ("load", "sentence"),
    [
        ({"Nothing": []}, "no object Nothing"),
        ({"Account": [{"Id": ACME, "Foo": 1}]}, "no such field 'Foo'"),
        ({"Account": [{"Id": "003000000000101"}]}, "is no id of Account"),
        ({"Account": [{"Id": ACME, "Health_Band__c": "fine"}]}, "bad value for restricted picklist"),
    ],
)
def test_what_cannot_be_loaded_is_said(org: Org, load: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        org.standin.load(load)
