"""simple-salesforce, as other people use it, reads and writes everything that the stand-in has."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from salesforce_org import ACME, GONE, IDS, Org, organisation
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceResourceNotFound,
)  # fmt: skip

from syncer.sandbox.salesforce import PASSWORD, USERNAME

LIVING = set(IDS.values()) - {GONE}


@pytest.fixture
def org() -> Iterator[Org]:
    with organisation() as org:
        yield org


@pytest.fixture
def sf(org: Org) -> Salesforce:
    return org.client()


def test_logins(org: Org) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    for credentials in (
        {"username": USERNAME, "password": PASSWORD},
        {"username": USERNAME, "privatekey": pem.decode(), "consumer_secret": None},
    ):
        assert org.client(**credentials).is_sandbox() is True
    with pytest.raises(SalesforceAuthenticationFailed, match="invalid client credentials"):
        org.client(consumer_secret="guess")


def test_an_expired_session_is_renewed(org: Org, sf: Salesforce) -> None:
    org.clock.advance(3 * 3600)
    assert sf.query("SELECT COUNT() FROM Account")["totalSize"] == 5


def test_reads(org: Org, sf: Salesforce) -> None:
    assert {record["Id"] for record in sf.query_all("SELECT Id FROM Account")["records"]} == LIVING
    assert {record["Id"] for record in sf.query_all_iter("SELECT Id FROM Account", include_deleted=True)} == {
        *LIVING,
        GONE,
    }
    org.standin.load({"Account": [{"Name": f"Company {number}"} for number in range(4_500)]})
    assert len(list(sf.query_all_iter("SELECT Id, Name FROM Account"))) == 4_505
    first = sf.query("SELECT Id FROM Account")
    assert len(sf.query_more(first["nextRecordsUrl"], identifier_is_url=True)["records"]) == 2000
    assert sf.limits()["DailyApiRequests"]["Max"] == 100_000
    assert sf.api_usage["api-usage"].total == 100_000
    names = [field["name"] for field in sf.Account.describe()["fields"]]
    assert names[:4] == ["Id", "IsDeleted", "MasterRecordId", "Name"]
    assert len(sf.describe()["sobjects"]) == 8
    assert sf.Account.metadata()["objectDescribe"]["name"] == "Account"


def test_writes_one_by_one(sf: Salesforce) -> None:
    made = sf.Account.create({"Name": "Newco"})
    assert sf.Account.update(made["id"], {"MRR__c": 12.5}) == 204
    assert sf.Account.get(made["id"])["MRR__c"] == 12.5
    assert sf.Account.upsert("Account_Key__c/acme-1", {"Name": "Acme 2"}) == 200
    assert sf.Account.get_by_custom_id("Account_Key__c", "acme-1")["Name"] == "Acme 2"
    assert sf.Account.upsert("Account_Key__c/newer", {"Name": "Newer"}) == 201
    assert sf.Account.delete(made["id"]) == 204
    with pytest.raises(SalesforceMalformedRequest, match="No such column"):
        sf.Account.update(ACME, {"Foo": 1})
    with pytest.raises(SalesforceResourceNotFound):
        sf.Account.get("001000000000999")
    with pytest.raises(SalesforceMoreThanOneRecord):
        sf.Account.upsert("Stripe_Customer_Id__c/cus_twice", {"Name": "x"})
    task = sf.Task.create({"Subject": "Call", "WhatId": ACME, "ActivityDate": "2026-11-05"})
    assert sf.Task.get(task["id"])["ActivityDate"] == "2026-11-05"


def test_collections(sf: Salesforce) -> None:
    rows = [{"attributes": {"type": "Account"}, "Account_Key__c": f"k{number}", "Name": f"K {number}"} for number in range(200)]
    body = json.dumps({"allOrNone": False, "records": rows})
    results = sf.restful("composite/sobjects/Account/Account_Key__c", method="PATCH", data=body)
    assert [result["created"] for result in results] == [True] * 200
    changes = [{"attributes": {"type": "Account"}, "id": result["id"], "Health_Score__c": 50.5} for result in results]
    results = sf.restful("composite/sobjects", method="PATCH", data=json.dumps({"records": changes}))
    assert all(result["success"] for result in results)
    assert sf.query("SELECT COUNT() FROM Account WHERE Health_Score__c = 50.5")["totalSize"] == 200


def test_bulk(org: Org, sf: Salesforce) -> None:
    rows = [{"Account_Key__c": f"bulk-{number}", "Name": f"Zoë {number}", "MRR__c": number / 4} for number in range(1_000)]
    rows.append({"Account_Key__c": "acme-1", "Name": "x" * 256, "MRR__c": 1})
    (done,) = sf.bulk2.Account.upsert(records=rows, external_id_field="Account_Key__c", wait=0.1)
    assert (done["numberRecordsProcessed"], done["numberRecordsFailed"]) == (1001, 1)
    refused = list(csv.DictReader(io.StringIO(sf.bulk2.Account.get_failed_records(done["job_id"]))))
    assert refused[0]["sf__Error"].startswith("STRING_TOO_LONG:Account Name: data value too large:")
    good = sf.bulk2.Account.get_successful_records(done["job_id"])
    assert "ZoÃ« 1" in good  # the client guesses Latin-1 where no charset is told, as with the real one
    pages = list(sf.bulk2.Account.query("SELECT Id, Name, MRR__c FROM Account WHERE Name LIKE 'Zo%'", max_records=400, wait=0.1))
    read = [row for page in pages for row in csv.DictReader(io.StringIO(page))]
    assert [len(page.splitlines()) for page in pages] == [401, 401, 201]
    assert {row["Name"]: float(row["MRR__c"]) for row in read}["Zoë 999"] == 249.75
    updates = [{"Id": row["Id"], "MRR__c": "#N/A"} for row in read]
    (done,) = sf.bulk2.Account.update(records=updates, wait=0.1)
    assert done["numberRecordsFailed"] == 0
    assert sf.query("SELECT COUNT() FROM Account WHERE MRR__c = null AND Name LIKE 'Zo%'")["totalSize"] == 1000
