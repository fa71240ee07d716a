"""`syncer doctor` against the stand-ins: all in order, then one thing wrong at a time, found where it is and nowhere else."""

from __future__ import annotations

import json
import re
import socket
import time
from contextlib import contextmanager
from typing import get_args

import pytest
from stage import SECRETS, Stage, open_stage, writes

from syncer.sandbox.company import make_company
from syncer.sandbox.server import Fault
from syncer.tools.store import Store
from syncer.words.findings import KEYS, State

VENDORS = ("stripe", "mixpanel", "zendesk", "salesforce", "hubspot")
CANARY = "not-the-right-secret-3141592653"
STRIPE_RIGHTS = [f"rak_{each}_read" for each in ("customer", "subscription", "product", "plan", "coupon", "invoice", "event")]
ZENDESK_SCOPES = ["tickets:read", "organizations:read", "users:read"]
HUBSPOT_SCOPES = [
    "crm.schemas.companies.read", "crm.objects.companies.read", "crm.objects.companies.write", "crm.schemas.custom.read",
    "crm.objects.custom.read", "crm.objects.custom.write",
]  # fmt: skip


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    with open_stage(tmp_path_factory.mktemp("doctor"), make_company(6, seed=3)) as opened:
        yield opened


def doctor(stage: Stage, only: str | None = None, **settings):
    """What the doctor finds, `only` one vendor being set up; it writes nothing and shows no secret."""
    alone = stage.without(*(vendor for vendor in VENDORS if only and vendor != only))
    with stage.listening() as calls:
        said = stage.command("doctor", "--json", changes={**alone, **settings})
    told = json.loads(said.out)
    found = told["findings"]
    assert [secret for secret in (*SECRETS, CANARY) if secret in said.out + said.err] == []
    assert [call for call in writes(calls) if not call.endswith(("/batch/update", "/batch/upsert"))] == []  # one of no records at all
    assert {each["key"] for each in found} <= set(KEYS)
    assert {each["state"] for each in found} <= set(get_args(State))
    assert [each for each in found if each["state"] != "fine" and not each["mend"]] == []
    assert (said.code, told["faults"]) == (1 if told["faults"] else 0, sum(each["state"] == "fault" for each in found))
    return found


def wrong(found, vendor, state="fault"):
    return [each for each in found if each["vendor"] == vendor and each["state"] == state]


def one(found, vendor, state="fault"):
    (only,) = wrong(found, vendor, state)
    return only


@contextmanager
def loaded(stage, vendor, records, undo):
    stage.world.load({vendor: records})
    try:
        yield
    finally:
        stage.world.load({vendor: undo})


# ── everything ──


def test_all_is_in_order_and_every_vendor_is_proved(stage):
    with stage.listening() as calls:
        found = doctor(stage)
    assert [each for each in found if each["state"] == "fault"] == []
    assert {(each["vendor"], each["key"]) for each in found if each["state"] == "warning"} == {
        ("", "as_of"), ("stripe", "mode"), ("stripe", "privilege"), ("salesforce", "mode"),
    }  # fmt: skip
    for vendor in VENDORS:
        assert {"credential", "clock", "right", "quota"} <= {each["key"] for each in found if each["vendor"] == vendor}
    for vendor, most in {"stripe": 9, "mixpanel": 2, "zendesk": 5, "salesforce": 10, "hubspot": 10}.items():
        assert sum(call["vendor"] == vendor for call in calls) <= most


@pytest.mark.parametrize("width", ["80", "200"])
def test_a_person_reads_it_at_any_width(stage, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", width)
    said = stage.command("doctor")
    assert said.code == 0
    assert max(map(len, said.out.splitlines())) <= int(width)
    for vendor in ("This machine", "Stripe", "Mixpanel", "Zendesk", "Salesforce", "HubSpot"):
        assert f"\n{vendor}\n" in said.out
    assert "To mend: " in said.out
    assert said.out.endswith("All that a run needs is there, with 4 warnings. Next: syncer plan\n")


def test_the_quota_tells_what_the_last_run_took(tmp_path):
    with open_stage(tmp_path, make_company(6, seed=3)) as stage:
        others = stage.without("mixpanel")  # whose exports wait for their turn
        stage.sync(others)
        said = {each["vendor"]: each["said"] for each in doctor(stage, **others) if each["key"] == "quota"}
    for vendor in {*VENDORS} - {"mixpanel"}:
        assert re.search(r"; the last run took [1-9]\d*$", said[vendor]), said[vendor]


# ── credentials ──


@pytest.mark.parametrize(("vendor", "setting"), [
    ("stripe", "API_KEY"), ("mixpanel", "SECRET"), ("mixpanel", "USERNAME"), ("zendesk", "CLIENT_SECRET"), ("zendesk", "CLIENT_ID"),
    ("salesforce", "CLIENT_SECRET"), ("salesforce", "CLIENT_ID"), ("hubspot", "ACCESS_TOKEN"),
])  # fmt: skip
def test_a_wrong_credential_is_its_vendors_only_fault_and_stops_no_other(stage, vendor, setting):
    found = doctor(stage, **{f"SYNCER_{vendor.upper()}__{setting}": CANARY})
    assert one(found, vendor)["key"] == "credential"
    assert [each for each in found if each["state"] == "fault" and each["vendor"] != vendor] == []


def test_secrets_that_are_set_nowhere_and_ids_to_fill_in(stage, tmp_path):
    (tmp_path / "syncer.yaml").write_text(
        "stripe: {api_key: env:NOT_SET}\nzendesk: {subdomain: fill-in, client_id: c, client_secret: env:NOT}\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stage, "folder", tmp_path)
        found = doctor(stage, **stage.without("stripe", "zendesk"))
    assert one(found, "stripe")["said"].endswith("NOT_SET, which is not set")
    assert [each["key"] for each in wrong(found, "zendesk")] == ["settings", "settings"]
    assert wrong(found, "hubspot") == wrong(found, "salesforce") == []


# ── rights ──


@pytest.mark.parametrize("right", STRIPE_RIGHTS)
def test_a_right_that_a_restricted_key_lacks(stage, right):
    key = f"rk_test_{CANARY}_without_{right}"
    stage.world.load({"stripe": {"restricted_keys": [{"key": key, "rights": [each for each in STRIPE_RIGHTS if each != right]}]}})
    fault = one(doctor(stage, "stripe", SYNCER_STRIPE__API_KEY=key), "stripe")
    assert fault["key"] == "right"
    assert f"Having the '{right}' permission would allow this" in fault["said"]
    assert re.search(r"dashboard\.stripe\.com/apikeys > the key > Edit: set \w+ to Read", fault["mend"])


def test_a_restricted_key_with_just_these_rights_is_fine(stage):
    stage.world.load({"stripe": {"restricted_keys": [{"key": "rk_live_least", "rights": STRIPE_RIGHTS}]}})
    found = doctor(stage, "stripe", SYNCER_STRIPE__API_KEY="rk_live_least")
    assert wrong(found, "stripe") == wrong(found, "stripe", "warning") == []
    online = stage.command("check", "--online", changes={"SYNCER_STRIPE__API_KEY": "rk_live_least"})
    assert online.code == 0, "no restricted key may read the account, and none needs to"


@pytest.mark.parametrize("scope", ZENDESK_SCOPES)
def test_a_scope_that_a_zendesk_token_lacks(stage, scope):
    rest = [each for each in ZENDESK_SCOPES if each != scope]
    with loaded(stage, "zendesk", {"client_scopes": rest}, {"client_scopes": ZENDESK_SCOPES}):
        faults = wrong(doctor(stage, "zendesk"), "zendesk")
    assert {each["key"] for each in faults} == {"right"}
    assert all(each["what"].endswith(scope.partition(":")[0]) and scope in each["mend"] for each in faults)


def test_exports_are_for_admins(stage):
    with loaded(stage, "zendesk", {"operator": {"role": "agent"}}, {"operator": {"role": "admin"}}):
        fault = one(doctor(stage, "zendesk"), "zendesk")
    assert (fault["key"], fault["what"]) == ("right", "role")
    assert "make Operations an admin" in fault["mend"]


def test_a_service_account_that_is_not_in_the_project(stage):
    faults = wrong(doctor(stage, "mixpanel", SYNCER_MIXPANEL__PROJECT_ID="7"), "mixpanel")
    assert [(each["key"], each["what"]) for each in faults] == [("right", "read group profiles"), ("right", "export events")]
    assert "add it to the project as Analyst" in faults[0]["mend"]


def test_a_service_account_that_may_not_export(stage):
    with stage.misbehaving(Fault(vendor="mixpanel", path="/export", status=403)):
        fault = one(doctor(stage, "mixpanel"), "mixpanel")
    assert (fault["key"], fault["what"]) == ("right", "export events")


@pytest.mark.parametrize("scope", HUBSPOT_SCOPES)
def test_a_scope_that_a_hubspot_token_lacks_is_named(stage, scope):
    rest = [each for each in HUBSPOT_SCOPES if each != scope]
    with loaded(stage, "hubspot", {"scopes": rest}, {"scopes": HUBSPOT_SCOPES}):
        found = doctor(stage, **stage.without("salesforce", "mixpanel", "zendesk"))
    if scope == "crm.schemas.custom.read":  # only monthly metrics need it
        warning = one(found, "hubspot", "warning")
        assert warning["key"] == "monthly"
        assert scope in warning["said"]
        assert wrong(found, "hubspot") == []
    else:
        fault = one(found, "hubspot")
        assert (fault["key"], fault["what"]) == ("right", scope)
        assert f"add {scope}" in fault["mend"]


@pytest.mark.parametrize(("records", "undo", "what", "mend"), [
    ({"rights": {"api": False}}, {"rights": {"api": True}}, "call the API", "API Enabled"),
    ({"rights": {"bulk": False}}, {"rights": {"bulk": True}}, "use Bulk", "or set bulk_from higher"),
    ({"access": {"Account": {"edit": False}}}, {"access": {"Account": {"edit": True}}}, "edit Account", "Object Settings > Account: Edit"),
])  # fmt: skip
def test_a_right_that_the_run_as_user_lacks(stage, records, undo, what, mend):
    with loaded(stage, "salesforce", records, undo):
        fault = one(doctor(stage, "salesforce", SYNCER_SALESFORCE__BULK_FROM="1"), "salesforce")
    assert (fault["key"], fault["what"]) == ("right", what)
    assert mend in fault["mend"]


def test_records_that_are_not_shared_with_the_run_as_user(stage):
    with loaded(stage, "salesforce", {"access": {"Account": {"unseen": 20}}}, {"access": {"Account": {"unseen": 0}}}):
        warning = next(each for each in wrong(doctor(stage, "salesforce"), "salesforce", "warning") if each["key"] == "records")
    assert warning["said"] == "this user sees 6 of about 26 records of Account"
    assert "View All" in warning["mend"]


# ── fields ──


@pytest.mark.parametrize(("crm", "matching", "written"), [
    ("salesforce", "Account_Key__c", "Seats__c"), ("hubspot", "account_key", "syncer_seats"),
])  # fmt: skip
def test_columns_and_fields_that_are_not_there(tmp_path, crm, matching, written):
    plural = {"salesforce": "Account", "hubspot": "companies"}[crm]
    with open_stage(tmp_path, make_company(6, seed=3)) as stage:
        stage.world.load({crm: {"remove_fields": {plural: [matching, written]}}})
        faults = {each["key"]: each for each in wrong(doctor(stage, crm), crm)}
    assert set(faults) == {"matching", "fields"}
    assert matching in faults["matching"]["said"]
    assert written in faults["fields"]["said"]


def test_a_field_that_may_not_be_written_and_an_object_that_is_not_there(tmp_path):
    with open_stage(tmp_path, make_company(6, seed=3)) as stage:
        locked = {"name": "Seats__c", "type": "double", "precision": 18, "updateable": False}
        stage.world.load({"salesforce": {"fields": {"Account": [locked]}, "remove_objects": ["Syncer_Monthly_Metric__c"]}})
        found = doctor(stage, None)
    assert "write Seats__c" in one(found, "salesforce")["said"]
    assert "grant edit access" in one(found, "salesforce")["mend"]
    assert "monthly" in {each["key"] for each in wrong(found, "salesforce", "warning")}


# ── clock, zones, quotas, hosts ──


@pytest.mark.parametrize(("off", "said"), [(600, "behind"), (-600, "ahead of")])
def test_a_clock_that_is_ten_minutes_off_is_a_fault_at_every_vendor(stage, off, said):
    stage.world.clock.date_off = off
    try:
        found = doctor(stage)
    finally:
        stage.world.clock.date_off = 0.0
    for vendor in VENDORS:
        fault = one(found, vendor)
        assert fault["key"] == "clock"
        assert re.search(rf"this machine's clock is (59\d|60\d) seconds {said} the vendor's", fault["said"])


def test_a_minute_is_no_fault(stage):
    stage.world.clock.date_off = 60
    try:
        assert wrong(doctor(stage, "stripe"), "stripe") == []
    finally:
        stage.world.clock.date_off = 0.0


def test_a_project_whose_events_are_of_hours_to_come(tmp_path):
    with open_stage(tmp_path, make_company(6, seed=3)) as stage:
        event = {"event": "Sign in", "properties": {"time": int(stage.world.clock.now()) + 9 * 3600, "distinct_id": "u", "account_id": "a"}}
        stage.world.load({"mixpanel": {"time_zone": "Asia/Tokyo", "events": [event]}})
        fault = one(doctor(stage, "mixpanel"), "mixpanel")
        assert (fault["key"], fault["said"]) == ("zone", "the newest event is 9.0 hours ahead of UTC, so the project's zone is another")
        assert wrong(doctor(stage, "mixpanel", SYNCER_MIXPANEL__TIME_ZONE="Asia/Tokyo"), "mixpanel") == []
        stage.later(7 * 3600)  # 16:00 UTC, so tomorrow in Tokyo
        stage.world.load({"mixpanel": {"time_zone": "UTC"}})
        fault = one(doctor(stage, "mixpanel", SYNCER_MIXPANEL__TIME_ZONE="Asia/Tokyo"), "mixpanel")
        assert fault["said"].startswith("it is not yet Asia/Tokyo's day there: to_date cannot be later than today")
    assert "Project Settings > Timezone" in fault["mend"]


def test_a_zone_that_there_is_not(stage):
    fault = one(doctor(stage, "mixpanel", SYNCER_MIXPANEL__TIME_ZONE="Asia/Tokio"), "mixpanel")
    assert (fault["key"], fault["said"]) == ("zone", "there is no time zone Asia/Tokio")


@pytest.mark.parametrize(("setting", "value", "state", "said"), [
    ("DATA_GROUP_ID", "9", "fault", "data_group_id 9 is not taken"),
    ("GROUP_KEY", "company", "warning", "events of today has the property company"),
])  # fmt: skip
def test_a_group_that_is_not_the_projects(stage, setting, value, state, said):
    found = doctor(stage, "mixpanel", **{f"SYNCER_MIXPANEL__{setting}": value})
    about = one(found, "mixpanel", state)
    assert about["key"] == "groups"
    assert said in about["said"]


@pytest.mark.parametrize(("vendor", "share", "state"), [
    ("salesforce", 0.9, "warning"), ("salesforce", 1, "fault"), ("hubspot", 0.9, "warning"), ("hubspot", 1, "fault"),
])  # fmt: skip
def test_a_quota_that_is_nearly_or_wholly_used(tmp_path, vendor, share, state):
    with open_stage(tmp_path, make_company(6, seed=3)) as stage:
        if vendor == "hubspot":
            stage.world.load({"hubspot": {"used_today": int(650_000 * share)}})
        else:
            standin = stage.world.standins["salesforce"]
            standin._count(int(1000 * share), stage.world.clock.now())
            stage.world.load({"salesforce": {"limits": {"daily": 1000}}})
        found = doctor(stage, vendor)
    assert next(each for each in found if each["key"] == "quota")["state"] == state


def test_calls_that_are_not_allowed_any_more_are_told_as_such(stage):
    with stage.misbehaving(Fault(vendor="mixpanel", path="/engage", status=429)):
        found = doctor(stage, "mixpanel")
    warning = one(found, "mixpanel", "warning")
    assert (warning["key"], warning["mend"]) == ("quota", "run again later")


def test_a_host_that_is_not_there(stage):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}"
    found = doctor(stage, SYNCER_STRIPE__BASE_URL=nowhere, SYNCER_HUBSPOT__BASE_URL=nowhere)
    for vendor in ("stripe", "hubspot"):
        assert one(found, vendor)["key"] == "host"
        assert "cannot be reached" in one(found, vendor)["said"]
    assert wrong(found, "salesforce") == wrong(found, "zendesk") == []


def test_one_call_that_fails_does_not_keep_the_others_from_being_asked(stage):
    with stage.misbehaving(Fault(vendor="stripe", path="/v1/coupons", status=503)):
        found = doctor(stage, "stripe")
    fault = one(found, "stripe")
    assert (fault["key"], fault["what"], fault["said"]) == ("host", "read coupons", "not proved: it answers 503")
    assert "events" in next(each["said"] for each in found if each["what"] == "rights")


# ── this machine ──


def test_nothing_is_set_up(stage):
    fault = one(doctor(stage, **stage.without(*VENDORS)), "")
    assert (fault["key"], fault["said"]) == ("settings", "no vendor is set up")
    assert fault["mend"].startswith("syncer init")


def test_a_state_that_cannot_be_written(stage, tmp_path):
    (tmp_path / "file").write_text("")
    found = doctor(stage, SYNCER_STATE=str(tmp_path / "file" / "state"))
    fault = one(found, "")
    assert fault["key"] == "state"
    assert "cannot be written" in fault["said"]
    assert "name another place" in fault["mend"]


def test_a_run_at_work(stage, tmp_path):
    Store(str(tmp_path)).acquire("the-other-run", int(time.time()), 600)
    found = doctor(stage, "stripe", SYNCER_STATE=str(tmp_path))
    warning = next(each for each in wrong(found, "", "warning") if each["key"] == "state")
    assert warning["said"].startswith("run the-other-run is at work")


def test_nothing_is_left_of_the_trial_of_the_state(stage, tmp_path):
    doctor(stage, "stripe", SYNCER_STATE=str(tmp_path / "state"))
    assert [path for path in (tmp_path / "state").rglob("*") if path.is_file()] == []


def test_written_files_with_problems_are_a_fault_and_the_vendors_are_asked_all_the_same(stage):
    project = stage.write_file("mappings/account.yaml", ("  seats: stripe.seats\n", "  seats: stripe.saets\n"))
    found = doctor(stage, **project)
    fault = one(found, "")
    assert fault["key"] == "files"
    assert "did you mean stripe.seats?" in fault["said"]
    assert {each["vendor"] for each in found if each["key"] == "credential"} == set(VENDORS)


@pytest.mark.parametrize(("mode", "state"), [(0o600, "fine"), (0o640, "warning")])
def test_who_can_read_the_secrets(stage, mode, state):
    path = stage.folder / ".env"
    path.write_text("OTHER=1\n")
    path.chmod(mode)
    try:
        found = doctor(stage, "stripe")
    finally:
        path.unlink()
    assert next(each["state"] for each in found if each["key"] == "env_file") == state
