"""A HubSpot account (portal) and one of its objects, as a CRM."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from syncer.core.plan_file import Quota
from syncer.crm.canonical import sendable
from syncer.crm.hubspot.describe import describe
from syncer.crm.hubspot.objects import keyed_rows
from syncer.crm.hubspot.read import Reader
from syncer.crm.hubspot.values import from_wire
from syncer.crm.hubspot.write import ROWS, Batches
from syncer.crm.meter import Meter
from syncer.crm.port import CrmField, CrmPage, KeyedRows, Outcome, Update
from syncer.tools.http import Calls, Http, Patience, Reply, Verdict
from syncer.tools.pace import Pace, Rule
from syncer.words.errors import MissingCrmField, UsageError
from syncer.words.tables import Page

VENDOR = "HubSpot"
VERSION = "2026-09"
LIMITS = (Rule(100, 10.5), Rule(5, 1.2, "/search$"))
"""The smallest published ones, 100 calls in 10 s (free and Starter accounts) and 5 searches a second, with room for
calls that arrive closer together than they were sent.
https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines"""
TYPE_IDS = {"contacts": "0-1", "companies": "0-2", "deals": "0-3", "tickets": "0-5"}


class _Details(msgspec.Struct, rename="camel"):
    portal_id: int
    ui_domain: str
    account_type: str = ""


class HubSpot:
    """`object` is the plural name in paths; `version` the dated version of the API."""

    name = "hubspot"
    look_calls = 2

    def __init__(  # noqa: PLR0913  (settings of one account, all but one with defaults)
        self,
        access_token: str,
        base_url: str = "https://api.hubapi.com",
        *,
        object: str = "companies",  # noqa: A002  (HubSpot's own word)
        version: str = VERSION,
        pace: Pace | None = None,
        calls: Calls | None = None,
        patience: Patience = Patience(),
    ) -> None:
        self._object = object
        self._version = version
        self._path = f"/crm/objects/{version}/{object}"
        self._fields: dict[str, CrmField] | None = None
        self._details: _Details | None = None
        self._meter = Meter(_quota)
        self._http = Http(
            VENDOR,
            base_url,
            auth=lambda: {"authorization": f"Bearer {access_token}"},
            pace=pace or Pace(LIMITS),
            classify=_verdict,
            request_id_header="x-hubspot-correlation-id",
            secrets=(access_token,),
            calls=calls,
            notice=self._meter,
            patience=patience,
        )

    @property
    def http(self) -> Http:
        """The way to the account."""
        return self._http

    def check(self) -> str:
        """The account's number and kind."""
        details = self._account()
        return f"account {details.portal_id} ({details.account_type or details.ui_domain})"

    def describe(self) -> Mapping[str, CrmField]:
        """Fields by property name, asked anew each time."""
        self._fields = describe(self._http, self._object, self._version)
        return self._fields

    def read(self, fields: Sequence[str], since: str | None) -> Iterator[CrmPage]:
        """Pages of up to 200 records. MissingCrmField, QuotaExhausted."""
        known = self._fields if self._fields is not None else self.describe()
        missing = [name for name in fields if name not in known]
        if missing:
            hint = "create it, or take it out of the mapping"
            raise MissingCrmField(f"HubSpot: {self._object} have no property {', '.join(missing)}; {hint}")
        kinds = [(name, known[name].kind) for name in fields]

        def values_of(properties: dict[str, str | None]) -> tuple[str | None, ...]:
            return tuple([from_wire(kind, properties.get(name)) for name, kind in kinds])

        modified = "lastmodifieddate" if self._object == "contacts" else "hs_lastmodifieddate"
        reader = Reader(self._http, self._path, modified, fields, values_of)
        return reader.changed(since) if since else reader.whole()

    def write(
        self,
        updates: Iterable[Update],
        fields: Mapping[str, CrmField],
        count: int,  # noqa: ARG002  (one path for any number here)
    ) -> Iterator[Sequence[Outcome]]:
        """Outcomes batch by batch; those of updates that could not be sent come last."""
        held: list[Outcome] = []
        yield from Batches(self._http, self._path).write(sendable(updates, fields, held))
        if held:
            yield held

    def write_calls(self, count: int) -> int:
        """One for each hundred."""
        return -(-count // ROWS)

    def quota(self) -> Quota | None:
        """The account's day, of all its private apps; answers to an app of OAuth do not tell it."""
        return self._meter.latest

    def rates(self, table: str) -> Page:
        """UsageError: rates are not read from HubSpot."""
        raise UsageError(f"{VENDOR}: there is no table of rates {table}; write rates: rates.csv in mappings/account.yaml")

    def record_url(self, record_id: str) -> str:
        """The record's page, on the host of the account's own region."""
        details = self._account()
        kind = TYPE_IDS.get(self._object, self._object)
        return f"https://{details.ui_domain}/contacts/{details.portal_id}/record/{kind}/{record_id}"

    def keyed(self, name: str, key: str) -> KeyedRows:
        """The rows of a custom object of the account. ObjectAbsent, MissingCrmField."""
        return keyed_rows(self._http, self._version, name, key)

    def _account(self) -> _Details:
        if self._details is None:
            self._details = self._http.get(f"/account-info/{self._version}/details", into=_Details)
        return self._details


def _quota(headers: Mapping[str, str]) -> Quota | None:
    """https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines"""
    day, left = (headers.get(f"x-hubspot-ratelimit-daily{end}", "") for end in ("", "-remaining"))
    return Quota(limit=int(day), used=int(day) - int(left), window="day") if day.isdigit() and left.isdigit() else None


def _verdict(reply: Reply) -> Verdict | None:
    """A day's allowance used up has the status of a short burst and says so in its policy."""
    if reply.status == 429 and b'"DAILY"' in reply.body:
        return Verdict.EXHAUSTED
    return None
