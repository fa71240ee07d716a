"""Which scopes a HubSpot token has, and how much of the day's calls is left.

A scope is proved by a call that needs it. Writing is proved by a batch of no records: HubSpot refuses a token without the scope before it
reads the body, and what it makes of an empty batch changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from syncer.crm.hubspot.portal import VERSION, HubSpot
from syncer.tools.answers import Reply
from syncer.tools.examination import Examination
from syncer.words.findings import Finding

KEYS_PAGE = "HubSpot > Development > Keys > Service keys (or Legacy apps > the private app > Auth)"
CREDENTIAL = f"{KEYS_PAGE}: copy the token anew; one that was rotated, or not used for long, is no longer good"
USAGE = f"/account-info/{VERSION}/api-usage/daily/private-apps"


class _Details(msgspec.Struct, rename="camel"):
    portal_id: int
    account_type: str = ""
    time_zone: str = ""


class _Error(msgspec.Struct):
    context: dict[str, list[str]] = {}


class _Refusal(msgspec.Struct):
    errors: list[_Error] = []

    def scopes(self) -> Iterator[str]:
        for error in self.errors:
            yield from error.context.get("requiredGranularScopes", [])


class _Schema(msgspec.Struct, rename="camel"):
    name: str
    object_type_id: str


class _Schemas(msgspec.Struct):
    results: list[_Schema] = []


class _Usage(msgspec.Struct, rename="camel"):
    usage_limit: int
    current_usage: int


class _Usages(msgspec.Struct):
    results: list[_Usage] = []


def examine(hubspot: HubSpot, monthly: str | None, now: float) -> list[Finding]:
    """Every call that syncer makes, once; `monthly`: the custom object for monthly metrics. CredentialRefused, Unreachable."""
    exam = Examination("hubspot", hubspot.http, now)
    details = exam.ask("GET", f"/account-info/{VERSION}/details")
    if details.status == 404:
        exam.fault("version", "API version", f"{VERSION} is not there", "take another release of syncer: HubSpot keeps each for 18 months")
        return exam.findings
    account = msgspec.json.decode(details.body, type=_Details) if details.status < 300 else _Details(0)
    exam.fine("credential", "token", f"account {account.portal_id} ({account.account_type})")
    exam.clock(details)
    companies = f"/crm/objects/{VERSION}/companies"
    _scope(exam, "crm.schemas.companies.read", exam.ask("GET", f"/crm/properties/{VERSION}/companies", params={"limit": 1}))
    _scope(exam, "crm.objects.companies.read", exam.ask("GET", companies, params={"limit": 1}))
    _scope(exam, "crm.objects.companies.write", exam.ask("POST", f"{companies}/batch/update", json={"inputs": []}))
    if monthly:
        _custom(exam, monthly)
    exam.rights("has")
    exam.fine("version", "API version", VERSION)
    if account.time_zone:
        said = f"the account's is {account.time_zone}, where its day of calls ends; what syncer writes as a day is a day in UTC"
        exam.fine("zone", "time zone", said)
    _quota(exam)
    return exam.findings


def _custom(exam: Examination, name: str) -> None:
    """Scopes for the rows of a custom object; that it is not there, or not to be seen, is found where its fields are looked at."""
    schemas = exam.ask("GET", f"/crm-object-schemas/{VERSION}/schemas")
    known = msgspec.json.decode(schemas.body, type=_Schemas).results if schemas.status < 300 else []
    for type_id in [schema.object_type_id for schema in known if schema.name == name]:
        rows = f"/crm/objects/{VERSION}/{type_id}"
        _scope(exam, "crm.objects.custom.read", exam.ask("GET", rows, params={"limit": 1}))
        _scope(exam, "crm.objects.custom.write", exam.ask("POST", f"{rows}/batch/upsert", json={"inputs": []}))


def _scope(exam: Examination, scope: str, reply: Reply) -> None:
    """The scope as HubSpot names it where it refuses."""
    if reply.status == 403:
        scope = ", ".join(_decoded(reply.body).scopes()) or scope
    exam.right(scope, reply, f"{KEYS_PAGE} > Scopes: add {scope}", also=400)


def _decoded(body: bytes) -> _Refusal:
    try:
        return msgspec.json.decode(body, type=_Refusal)
    except msgspec.MsgspecError:
        return _Refusal()


def _quota(exam: Examination) -> None:
    reply = exam.ask("GET", USAGE)
    for row in msgspec.json.decode(reply.body, type=_Usages).results[:1] if reply.status < 300 else []:
        exam.quota(row.usage_limit, row.current_usage, "today")
