"""A small Salesforce organisation, written by hand, behind a stand-in."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from contracts import Contract
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce

from syncer.sandbox.salesforce import CLIENT_ID, CLIENT_SECRET, SalesforceStandin
from syncer.sandbox.server import Clock, Server, World

NOW = 1_793_523_600  # 2026-11-01 09:00 UTC, a Sunday
VERSION = "62.0"
BASE = f"/services/data/v{VERSION}"
CORE = Contract("salesforce/rest-core.derived.json")
SOBJECTS = Contract("salesforce/sobjects-rest-59.0.json")

ANNA, BEN = "005000000000101AAA", "005000000000102AAA"
ACME, BETA, CIRCLE, DELTA, OMEGA, GONE = (f"00100000000010{n}AAA" for n in range(1, 7))
IDS = {"Acme": ACME, "Beta Ltd": BETA, "100% Circle": CIRCLE, "delta_x": DELTA, "Omega's": OMEGA, "Gone": GONE}


def records() -> dict[str, list[dict[str, Any]]]:
    """Six accounts, one deleted; two users; contacts, a task, opportunities."""
    return {
        "User": [
            {"Id": ANNA, "Username": "anna@b.test", "FirstName": "Anna", "LastName": "Adler", "Email": "a@b.example"},
            {"Id": BEN, "Username": "ben@b.test", "LastName": "Berg", "Email": "b@b.example", "IsActive": False},
        ],
        "Account": [
            {
                "Id": ACME, "Name": "Acme", "Industry": "Technology", "NumberOfEmployees": 250, "OwnerId": ANNA,
                "BillingCountry": "Germany", "Website": "https://acme.example", "Account_Key__c": "acme-1",
                "MRR__c": 1200.5, "Delinquent__c": True, "Renews_On__c": "2026-11-08", "Stripe_Customer_Id__c": "cus_1",
                "CreatedDate": "2026-01-10T10:00:00Z", "LastModifiedDate": "2026-10-31T23:59:59Z",
            },
            {
                "Id": BETA, "Name": "Beta Ltd", "Industry": "Banking", "NumberOfEmployees": 40, "OwnerId": BEN,
                "BillingCountry": "France", "Account_Key__c": "beta-2", "MRR__c": 0, "Renews_On__c": "2026-12-31",
                "Stripe_Customer_Id__c": "cus_twice", "ParentId": ACME,
                "CreatedDate": "2026-02-10T10:00:00Z", "LastModifiedDate": "2026-11-01T08:00:00Z",
            },
            {
                "Id": CIRCLE, "Name": "100% Circle", "Industry": "Technology", "OwnerId": ANNA,
                "Account_Key__c": "circle-3", "Stripe_Customer_Id__c": "cus_twice", "Health_Band__c": "caution",
                "CreatedDate": "2025-12-31T23:59:59Z", "LastModifiedDate": "2026-10-25T00:00:00Z",
            },
            {
                "Id": DELTA, "Name": "delta_x", "NumberOfEmployees": 7, "OwnerId": ANNA, "MRR__c": 99.125,
                "CreatedDate": "2026-10-31T00:00:00Z", "LastModifiedDate": "2026-10-31T00:00:00Z",
            },
            {
                "Id": OMEGA, "Name": "Omega's", "NumberOfEmployees": 9000, "OwnerId": BEN, "Industry": "Banking",
                "Last_Seen__c": "2026-10-31",
                "CreatedDate": "2026-11-01T01:00:00Z", "LastModifiedDate": "2026-11-01T01:00:00Z",
            },
            {"Id": GONE, "Name": "Gone", "IsDeleted": True, "MasterRecordId": ACME, "Account_Key__c": "gone-6"},
        ],
        "Contact": [
            {"Id": "003000000000101AAA", "FirstName": "Zoë", "LastName": "Quist", "AccountId": ACME},
            {"Id": "003000000000102AAA", "LastName": "Rask"},
        ],
        "Task": [{"Id": "00T000000000101AAA", "Subject": "Call", "WhatId": ACME, "Status": "Completed"}],
    }  # fmt: skip


@dataclass
class Org:
    """The stand-in, its clock and address, and two ways to call it."""

    standin: SalesforceStandin
    clock: Clock
    url: str
    session: requests.Session

    def log_in(self) -> None:
        form = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        answer = self.session.post(f"{self.url}/services/oauth2/token", data=form, timeout=10)
        self.session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        """`path` below the version's base, or from /services on. The answer is checked against the contract."""
        whole = path if path.startswith("/services") else BASE + path
        answer = self.session.request(method, self.url + whole, timeout=10, **more)
        if whole.startswith(BASE) and answer.content and "json" in answer.headers["Content-Type"]:
            check(method, whole, answer)
        return answer

    def json(self, method: str, path: str, **more: Any) -> Any:
        answer = self.call(method, path, **more)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def query(self, text: str, *, deleted: bool = False, **headers: str) -> Any:
        return self.json("GET", "/queryAll" if deleted else "/query", params={"q": text}, headers=headers)

    def values(self, record_id: str, *names: str, kind: str = "Account") -> list[Any]:
        record = self.json("GET", f"/sobjects/{kind}/{record_id}", params={"fields": ",".join(names)})
        return [record[name] for name in names]

    def ingest(self, operation: str, rows: list[dict[str, str]], kind: str = "Account", **more: str) -> dict[str, Any]:
        """A whole Bulk job over the rows; the last look at it."""
        out = io.StringIO()
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return self.ingest_text(operation, out.getvalue(), kind, **more)

    def ingest_text(self, operation: str, text: str, kind: str = "Account", **more: str) -> dict[str, Any]:
        job = self.json("POST", "/jobs/ingest", json={"object": kind, "operation": operation, **more})
        path = f"/jobs/ingest/{job['id']}"
        sent = self.call("PUT", f"{path}/batches", data=text.encode(), headers={"Content-Type": "text/csv"})
        assert sent.status_code == 201, sent.text
        self.json("PATCH", path, json={"state": "UploadComplete"})
        assert self.json("GET", path)["state"] == "InProgress"
        info: dict[str, Any] = self.json("GET", path)
        return info

    def results(self, job: dict[str, Any], which: str) -> list[dict[str, str]]:
        answer = self.call("GET", f"/jobs/ingest/{job['id']}/{which}")
        assert answer.headers["Content-Type"] == "text/csv"
        return list(csv.DictReader(io.StringIO(answer.content.decode())))

    def client(self, **credentials: Any) -> Salesforce:
        """simple-salesforce, which insists on https, led to the stand-in."""
        session = requests.Session()
        session.trust_env = False
        session.mount("https://", ToStandin(self.url))
        given = {"consumer_key": CLIENT_ID, "consumer_secret": CLIENT_SECRET, "domain": "acme.my", **credentials}
        return Salesforce(**given, version=VERSION, session=session)


class ToStandin(HTTPAdapter):
    """Sends what is meant for any https host to the stand-in."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._netloc = urlsplit(url).netloc

    def send(self, request: requests.PreparedRequest, *args: Any, **more: Any) -> requests.Response:
        request.url = urlunsplit(("http", self._netloc, *urlsplit(request.url)[2:]))
        return super().send(request, *args, **more)


def check(method: str, path: str, answer: requests.Response) -> None:
    """Against the contract, where it is at hand and knows the call."""
    if not CORE.file.exists():
        return
    paths = CORE.document["paths"]
    if any(pattern.match(path) and method.lower() in paths[template] for pattern, template in CORE._paths):
        CORE.check(method, path, answer.status_code, answer.json())


@contextmanager
def organisation(*, limits: bool = True, loaded: bool = True) -> Iterator[Org]:
    clock = Clock(NOW)
    standin = SalesforceStandin(clock, limits=limits)
    with Server(World([standin], clock)) as server, requests.Session() as session:
        session.trust_env = False
        org = Org(standin, clock, server.urls["salesforce"], session)
        if loaded:
            session.post(f"{org.url}/_control/load", json={"salesforce": records()}, timeout=10).raise_for_status()
        org.log_in()
        yield org
