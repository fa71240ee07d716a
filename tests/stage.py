"""A company at the five stand-ins, and syncer run against it in this process: what the tests of runs and of the command line share."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import urllib3

from syncer import cli
from syncer.cli import setup
from syncer.core.plan import Plan
from syncer.runs import sync as runs
from syncer.runs.run import Run
from syncer.runs.sync import Result
from syncer.sandbox import start
from syncer.sandbox.company import DEFAULT_AS_OF, make_company
from syncer.sandbox.server import Fault, Server, World
from syncer.sandbox.shapes import Records
from syncer.specs.shipped import defaults
from syncer.words import when

SALESFORCE = "/services/data/v66.0"
STAMPS = {"SystemModstamp", "LastModifiedDate", "LastModifiedById", "hs_lastmodifieddate"}
SECRETS = ("sk_test_sandbox", "sandbox-secret", "sandbox-client-secret", "sandbox-zendesk-token", "pat-na1-sandbox", "sandbox-token")
CRM_WRITES = {"salesforce": "/composite/sobjects", "hubspot": "/batch/update"}
READS = ("/oauth2/token", "/search", "/batch/read")
"""What is asked without GET and changes nothing."""

Call = Mapping[str, Any]
Values = dict[str, Any]
Settings = Mapping[str, str | None]


@dataclass(frozen=True)
class Said:
    """What a command left: its exit code, stdout and stderr."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[Any]:
        """stdout as JSON lines, numbers exact."""
        return [json.loads(line, parse_float=Decimal) for line in self.out.splitlines()]


@dataclass(frozen=True)
class Act:
    """One sync: results by CRM, the calls it made, and both CRMs before and after, as their own APIs tell."""

    results: Mapping[str, Result]
    calls: list[Call]
    before: Mapping[str, dict[str, Values]]
    after: Mapping[str, dict[str, Values]]


class Stage:
    """The stand-ins with a company, and the settings that point at them. State and written files are in `folder`."""

    def __init__(self, server: Server, folder: Path, as_of: int) -> None:
        self.world: World = server.world
        self.folder = folder
        self.state = folder / "state"
        self._http = urllib3.PoolManager(retries=False)
        self.settings: dict[str, str | None] = {
            **start.environment(server.urls, as_of),
            "SYNCER_MIXPANEL__HISTORY_DAYS": "40",  # three exports: more of them wait for their turn
            "SYNCER_STATE": str(self.state),
        }

    # ── syncer ──

    @contextmanager
    def settled(self, changes: Settings) -> Iterator[None]:
        """The settings in the environment, with these changes; None takes one away."""
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.folder)
            for name, value in {**self.settings, **changes}.items():
                if value is None:
                    patch.delenv(name, raising=False)
                else:
                    patch.setenv(name, value)
            yield

    @contextmanager
    def run(self, changes: Settings | None = None, watch: Any = lambda *_: None) -> Iterator[Run]:
        with self.settled(changes or {}):
            yield setup.run(watch)

    def sync(self, changes: Settings | None = None, watch: Any = lambda *_: None) -> dict[str, Result]:
        with self.run(changes, watch) as run:
            return {result.plan.crm: result for result in runs.sync(run)}

    def command(self, *words: str, changes: Settings | None = None) -> Said:
        """`syncer WORDS` as typed."""
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
        with self.settled(changes or {}), pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.setattr(sys, "argv", ["syncer", *words])
            with pytest.raises(SystemExit) as ended:
                cli.main()
        code = ended.value.code
        assert isinstance(code, int)
        return Said(code, *(stream.buffer.getvalue().decode() for stream in (out, err)))

    def act(self, changes: Settings | None = None) -> Act:
        before = {crm: self.crm(crm) for crm in CRM_WRITES}
        with self.listening() as calls:
            results = self.sync(changes)
        return Act(results, calls, before, {crm: self.crm(crm) for crm in CRM_WRITES})

    def without(self, *vendors: str) -> dict[str, None]:
        """Settings with these vendors' sections taken away."""
        prefixes = tuple(f"SYNCER_{vendor.upper()}__" for vendor in vendors)
        return {name: None for name in self.settings if name.startswith(prefixes)}

    def forget(self) -> None:
        """The state is lost."""
        shutil.rmtree(self.state, ignore_errors=True)

    def write_file(self, name: str, *replaced: tuple[str, str]) -> dict[str, str]:
        """The shipped file in a project folder, with parts replaced; the setting that uses that folder."""
        text = (defaults() / name).read_text(encoding="utf-8")
        for old, new in replaced:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        place = self.folder / "project" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
        return {"SYNCER_PROJECT": str(self.folder / "project")}

    # ── the vendors ──

    @contextmanager
    def listening(self) -> Iterator[list[Call]]:
        """The calls that were made inside, once outside."""
        begin, heard = len(self.world.requests), []
        try:
            yield heard
        finally:
            heard += self.world.requests[begin:]

    @contextmanager
    def misbehaving(self, *faults: Fault) -> Iterator[None]:
        self.world.faults[:] = faults
        try:
            yield
        finally:
            self.world.faults.clear()

    def later(self, seconds: int) -> None:
        """Time passes, for the stand-ins and for syncer."""
        self.world.clock.advance(seconds)
        self.settings["SYNCER_AS_OF"] = when.iso(when.epoch(self.settings["SYNCER_AS_OF"]) + seconds)

    def stripe(self, method: str, path: str, **form: Any) -> Any:
        login = {"Authorization": f"Bearer {self.settings['SYNCER_STRIPE__API_KEY']}"}
        return self._ask("stripe", method, path, login, **({"fields": form, "encode_multipart": False} if method == "POST" else {}))

    def set_in_crm(self, crm: str, record: str, values: Values) -> None:
        """As a person would type it into the CRM; an empty text empties a field."""
        if crm == "salesforce":
            self._ask(crm, "PATCH", f"{SALESFORCE}/sobjects/Account/{record}", self._login(crm), json=values)
        else:
            self._ask(crm, "PATCH", f"/crm/v3/objects/companies/{record}", self._login(crm), json={"properties": values})

    def crm(self, crm: str) -> dict[str, dict[str, Any]]:
        """Every field of every record by id, as the CRM's own API tells; numbers exact."""
        return self._salesforce() if crm == "salesforce" else self._hubspot()

    def _salesforce(self) -> dict[str, Values]:
        login = self._login("salesforce")
        fields = [field["name"] for field in self._ask("salesforce", "GET", f"{SALESFORCE}/sobjects/Account/describe", login)["fields"]]
        records: dict[str, Values] = {}
        path, query = f"{SALESFORCE}/query", {"q": f"SELECT {', '.join(fields)} FROM Account"}
        while path:
            page = self._ask("salesforce", "GET", path, login, fields=query)
            records |= {record["Id"]: {name: record[name] for name in fields} for record in page["records"]}
            path, query = page.get("nextRecordsUrl"), {}
        return records

    def _hubspot(self) -> dict[str, Values]:
        login = self._login("hubspot")
        names = [found["name"] for found in self._ask("hubspot", "GET", "/crm/v3/properties/companies", login)["results"]]
        records: dict[str, Values] = {}
        query: dict[str, Any] | None = {"limit": 100, "properties": ",".join(names)}
        while query:
            page = self._ask("hubspot", "GET", "/crm/v3/objects/companies", login, fields=query)
            records |= {record["id"]: record["properties"] for record in page["results"]}
            query = {**query, "after": page["paging"]["next"]["after"]} if "paging" in page else None
        return records

    def _login(self, crm: str) -> dict[str, str]:
        if crm == "hubspot":
            return {"Authorization": f"Bearer {self.settings['SYNCER_HUBSPOT__ACCESS_TOKEN']}"}
        form = {
            "grant_type": "client_credentials",
            "client_id": self.settings["SYNCER_SALESFORCE__CLIENT_ID"],
            "client_secret": self.settings["SYNCER_SALESFORCE__CLIENT_SECRET"],
        }
        token = self._ask("salesforce", "POST", "/services/oauth2/token", {}, fields=form, encode_multipart=False)["access_token"]
        return {"Authorization": f"Bearer {token}"}

    def _ask(self, vendor: str, method: str, path: str, headers: Mapping[str, str], **more: Any) -> Any:
        reply = self._http.request(method, f"{self.settings[f'SYNCER_{vendor.upper()}__BASE_URL']}{path}", headers=dict(headers), **more)
        assert reply.status < 300, reply.data[:500]
        return json.loads(reply.data, parse_float=Decimal) if reply.data else None


@contextmanager
def open_stage(folder: Path, records: Records | None = None, as_of: int = DEFAULT_AS_OF) -> Iterator[Stage]:
    """A stage with these records, or with a company of 60 accounts."""
    loaded = make_company(60, seed=3) if records is None else records
    with Server(start.open_world(loaded, as_of, limits=False)) as server:
        yield Stage(server, folder, as_of)


def writes(calls: Iterable[Call]) -> list[str]:
    """The calls that change something in a CRM."""
    return [
        f"{call['vendor']} {call['method']} {call['path']}"
        for call in calls
        if call["vendor"] in CRM_WRITES and call["method"] != "GET" and not call["path"].endswith(READS)
    ]


def plain(value: Any) -> str | None:
    """A value in one spelling, whoever wrote it: numbers without trailing zeros, yes and no in small letters, empty as None."""
    if value is None or value == "":
        return None
    try:
        return format(Decimal(str(value)).normalize(), "f")
    except InvalidOperation:
        return str(value).lower() if isinstance(value, bool) else str(value)


def standing(records: Mapping[str, Values]) -> dict[str, dict[str, str | None]]:
    """All values of records in one spelling, without what moves by itself with every write."""
    return {key: {name: plain(value) for name, value in values.items() if name not in STAMPS} for key, values in records.items()}


def stamps(records: Mapping[str, Values]) -> dict[str, list[Any]]:
    return {key: [values.get(name) for name in sorted(STAMPS)] for key, values in records.items()}


def applied(plan: Plan, names: Mapping[str, str], records: Mapping[str, Values]) -> dict[str, dict[str, str | None]]:
    """What should stand in the CRM once the plan is carried out; `names` are API names by field."""
    found = standing(records)
    for change in plan.changes:
        found[change.id] |= {names[cell.field]: plain(cell.new) for cell in change.cells}
    return found


@cache
def api_names(crm: str) -> dict[str, str]:
    """API names by field, as the shipped files say."""
    return {field.key: field.spec.in_crm(crm) or "" for field in setup.project(defaults()).fields}


def account(records: Mapping[str, Values], name: str) -> str:
    """The id of the record with that name."""
    (found,) = (key for key, values in records.items() if name in (values.get("Name"), values.get("name")))
    return found
