"""What the run-as user of a Salesforce app may do, what it sees, and how much of the day's calls is left."""

from __future__ import annotations

import msgspec

from syncer.crm.salesforce import describe
from syncer.crm.salesforce.org import Salesforce
from syncer.crm.salesforce.sobject import Sobject
from syncer.tools.examination import Examination
from syncer.words.findings import Finding

APP = "Setup > External Client App Manager > the app"
USER = "Setup > Permission Sets > the run-as user's"
CREDENTIAL = (
    f"{APP} > Settings > OAuth: copy consumer key and secret; Policies: Client Credentials Flow enabled, with a run-as user; "
    "base_url is the address that Setup > My Domain shows"
)
MOSTLY = 0.9
"""Less than this share of all records seen means that some are not shared with the user; Salesforce's count of all is an estimate."""


class _Version(msgspec.Struct):
    version: str


class _Limit(msgspec.Struct, rename="pascal"):
    max: int
    remaining: int


class _Limits(msgspec.Struct, rename="pascal"):
    daily_api_requests: _Limit


class _Organization(msgspec.Struct, rename="pascal"):
    name: str = ""
    is_sandbox: bool = False
    time_zone_sid_key: str = ""


class _Organizations(msgspec.Struct):
    records: list[_Organization] = []


class _Count(msgspec.Struct, rename="camel"):
    total_size: int


class _Counted(msgspec.Struct):
    count: int


class _Counts(msgspec.Struct, rename={"objects": "sObjects"}):
    objects: list[_Counted] = []


def examine(salesforce: Salesforce, bulk_from: int, now: float) -> list[Finding]:
    """The login, API access, the object, Bulk where so many records would go by it. CredentialRefused, Unreachable."""
    sobject = salesforce.sobject
    exam = Examination("salesforce", sobject.http, now)
    versions = exam.ask("GET", "/services/data")
    exam.fine("credential", "login", "the app is let in")
    exam.clock(versions)
    if _speaks(exam, versions.body, sobject.data.rpartition("/v")[2]) and _has_api(exam, sobject):
        _organization(exam, sobject)
        _object(exam, sobject)
        _records(exam, sobject, bulk_from)
        exam.rights()
    return exam.findings


def _speaks(exam: Examination, body: bytes, version: str) -> bool:
    there = [each.version for each in msgspec.json.decode(body, type=list[_Version])]
    if version in there:
        exam.fine("version", "API version", version)
        return True
    mend = "take a release of syncer that speaks one of these"
    exam.fault("version", "API version", f"{version} is not there, only {there[0]} to {there[-1]}", mend)
    return False


def _has_api(exam: Examination, sobject: Sobject) -> bool:
    """The right to call at all, and what is left of the day."""
    reply = exam.ask("GET", f"{sobject.data}/limits")
    if reply.status == 403 and b"REQUEST_LIMIT_EXCEEDED" in reply.body:
        exam.fault("quota", "quota", exam.words(reply), "wait: the allowance is of the last 24 hours; see Setup > Company Information")
        return False
    mend = f"{USER} > System Permissions: API Enabled; below Enterprise Edition the API is bought apart"
    if not exam.right("call the API", reply, mend):
        return False
    day = msgspec.json.decode(reply.body, type=_Limits).daily_api_requests
    exam.quota(day.max, day.max - day.remaining, "in the last 24 hours")
    return True


def _organization(exam: Examination, sobject: Sobject) -> None:
    soql = "SELECT Name, IsSandbox, TimeZoneSidKey FROM Organization"
    reply = exam.ask("GET", f"{sobject.data}/query", params={"q": soql})
    if not exam.right("query", reply, f"{USER} > System Permissions: API Enabled"):
        return
    for found in msgspec.json.decode(reply.body, type=_Organizations).records:
        if found.is_sandbox:
            said = f"{found.name} is a sandbox of Salesforce, not your live organisation"
            exam.warn("mode", "mode", said, "for the real one write its My Domain address as base_url")
        else:
            exam.fine("mode", "mode", f"the live organisation {found.name}")
        exam.fine("zone", "time zone", f"the organisation's is {found.time_zone_sid_key}; what syncer writes as a day is a day in UTC")


def _object(exam: Examination, sobject: Sobject) -> None:
    reply = exam.ask("GET", describe.path(sobject))
    access = f"{USER} > Object Settings > {sobject.name}"
    if exam.right(f"read {sobject.name}", reply, f"{access}: Read and View All"):
        if msgspec.json.decode(reply.body, type=describe.Described).updateable:
            exam.may(f"edit {sobject.name}")
        else:
            exam.fault("right", f"edit {sobject.name}", "not allowed to this user", f"{access}: Edit")


def _records(exam: Examination, sobject: Sobject, bulk_from: int) -> None:
    """How many records there are and how many of them the user sees; Bulk if so many could change at once."""
    seen = exam.ask("GET", f"{sobject.data}/query", params={"q": f"SELECT COUNT() FROM {sobject.name}"})
    there = exam.ask("GET", f"{sobject.data}/limits/recordCount", params={"sObjects": sobject.name})
    if seen.status >= 300:
        return
    count = msgspec.json.decode(seen.body, type=_Count).total_size
    counted = msgspec.json.decode(there.body, type=_Counts).objects if there.status < 300 else []
    whole = counted[0].count if counted else count
    if count < whole * MOSTLY:
        said = f"this user sees {count:,} of about {whole:,} records of {sobject.name}"
        mend = f"{USER} > Object Settings > {sobject.name}: View All, and Modify All or a sharing rule for writing"
        exam.warn("records", "records", said, mend)
    else:
        exam.fine("records", "records", f"sees {count:,} records of {sobject.name}")
    if count >= bulk_from:
        exam.right(
            "use Bulk", exam.ask("GET", f"{sobject.data}/jobs/ingest"), "let Salesforce enable Bulk API 2.0, or set bulk_from higher"
        )
