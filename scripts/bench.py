"""Measures and prints one JSON line per figure: name, value, unit, sizes, and what is timed and what not. Nothing is asserted.

CPU seconds are those of the one process that is named, all its threads together (getrusage), so they hold on a busy machine too;
walls and milliseconds do not. The stand-ins always run in a process of their own.
"""

# ruff: noqa: PLC0415  (each process imports only what it measures)

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import contextmanager
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import urllib3

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from syncer.runs.pull import Watch
    from syncer.runs.run import Run

PARTS = ("standins", "company", "sync", "compute", "plan", "check", "mrr")
CRMS = ("salesforce", "hubspot")
ACCOUNTS_FOR_PAGES = 2500
"""Enough for a full page of every vendor."""
TIMES = 21


def tell(name: str, value: float, unit: str, about: str, **sizes: Any) -> None:
    digits = 2 if unit in {"s", "ms", "times"} else 0
    print(json.dumps({"name": name, "value": round(value, digits), "unit": unit, **sizes, "about": about}), flush=True)


def cpu() -> float:
    used = getrusage(RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


@contextmanager
def served(accounts: int) -> Iterator[dict[str, str]]:
    """The stand-ins without limits in a process of their own: the settings that point at them."""
    command = [sys.executable, "-m", "syncer", "sandbox", "--no-limits", "--json", "--accounts", str(accounts)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            raise SystemExit("bench: the stand-ins did not start; what they said stands above")
        environment: dict[str, str] = json.loads(line)["environment"]
        yield environment
    finally:
        process.terminate()
        process.wait()


def alone(task: Callable[..., Any], *arguments: Any) -> Any:
    """What the task returns, run in a new process: imports count, and nothing is left of what ran before."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(task, arguments)


class Pages:
    """Times single calls to the stand-ins: from the request to the last byte of the answer, which is not decoded."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._http = urllib3.PoolManager(retries=False)

    def call(self, vendor: str, method: str, path: str, body: Any = None, *, packed: bool = True) -> tuple[float, bytes]:
        """Milliseconds and the body."""
        headers = {"authorization": self._credential(vendor), "content-type": "application/json"}
        headers["accept-encoding"] = "gzip" if packed else "identity"
        url = self._environment[f"SYNCER_{vendor.upper()}__BASE_URL"] + path
        content = json.dumps(body).encode() if body is not None else None
        begun = time.perf_counter()
        reply = self._http.request(method, url, body=content, headers=headers)
        took = (time.perf_counter() - begun) * 1000
        if reply.status not in {200, 207}:
            raise SystemExit(f"{vendor} answered {reply.status} to {method} {path}: {reply.data[:200]!r}")
        return took, reply.data

    def tell(self, vendor: str, what: str, method: str, path: str, bodies: Callable[[int], Any] = lambda _: None) -> None:
        """The median of many calls, once packed by gzip as the product asks for it and once not."""
        for packed in (True, False):
            took, data = zip(*(self.call(vendor, method, path, bodies(n), packed=packed) for n in range(TIMES)), strict=True)
            about = "median of one call over loopback, to the last byte; decoding it is not timed"
            sizes = {"times": TIMES, "bytes": len(data[-1]), "gzip": packed}
            tell(f"standins.{vendor}.{what}", statistics.median(took), "ms", about, **sizes)

    def _credential(self, vendor: str) -> str:
        from syncer.sandbox import hubspot, mixpanel, stripe, zendesk

        basic = urllib3.make_headers(basic_auth=":".join(mixpanel.SERVICE_ACCOUNT))["authorization"]
        if vendor == "salesforce":
            return f"Bearer {self._environment['token']}"
        fixed = {"stripe": stripe.TEST_KEY, "zendesk": zendesk.TOKEN, "hubspot": hubspot.CREDENTIALS}
        return basic if vendor == "mixpanel" else f"Bearer {fixed[vendor]}"


def standins() -> None:
    with served(ACCOUNTS_FOR_PAGES) as environment:
        environment["token"] = salesforce_token(environment)
        pages = Pages(environment)
        expand = "expand[]=data.discounts&expand[]=data.items.data.discounts"
        pages.tell("stripe", "100 subscriptions", "GET", f"/v1/subscriptions?limit=100&status=all&{expand}")
        export = "/api/v2/incremental/tickets/cursor?start_time=1&per_page=1000&include=users,metric_sets"
        pages.tell("zendesk", "1000 tickets", "GET", export)
        hubspot_pages(pages)
        salesforce_pages(pages)
        mixpanel_export(pages, environment)


def salesforce_token(environment: Mapping[str, str]) -> str:
    fields = {
        "grant_type": "client_credentials",
        "client_id": environment["SYNCER_SALESFORCE__CLIENT_ID"],
        "client_secret": environment["SYNCER_SALESFORCE__CLIENT_SECRET"],
    }
    url = environment["SYNCER_SALESFORCE__BASE_URL"] + "/services/oauth2/token"
    form = {"content-type": "application/x-www-form-urlencoded"}
    token: str = urllib3.request("POST", url, body=urlencode(fields), headers=form).json()["access_token"]
    return token


def field_names(crm: str) -> list[str]:
    """The API names of all fields that the shipped mapping writes."""
    from syncer.cli.setup import project
    from syncer.specs.shipped import defaults

    return [field.spec.in_crm(crm) or "" for field in project(defaults()).fields_in(crm)]


def hubspot_pages(pages: Pages) -> None:
    path = "/crm/objects/2026-09/companies"
    listing = f"{path}?limit=100&properties={','.join(['name', *field_names('hubspot')])}"
    pages.tell("hubspot", "100 companies", "GET", listing)
    ids = [record["id"] for record in json.loads(pages.call("hubspot", "GET", listing)[1])["results"]]

    def update(number: int) -> dict[str, Any]:
        values = {"syncer_mrr": str(number), "syncer_seats": str(number), "syncer_plan": f"Plan {number}", "syncer_renews_on": "2026-12-01"}
        return {"inputs": [{"id": record, "properties": values} for record in ids]}

    pages.tell("hubspot", "batch update of 100", "POST", f"{path}/batch/update", update)


def salesforce_pages(pages: Pages) -> None:
    data = "/services/data/v66.0"
    query = f"{data}/query?q=SELECT+Id,Name,{','.join(field_names('salesforce'))}+FROM+Account"
    pages.tell("salesforce", "query page of 2000", "GET", query)
    ids = [record["Id"] for record in json.loads(pages.call("salesforce", "GET", query)[1])["records"][:200]]

    def update(number: int) -> dict[str, Any]:
        values = {"MRR__c": number, "Seats__c": number, "Plan__c": f"Plan {number}", "Renews_On__c": "2026-12-01"}
        return {"allOrNone": False, "records": [{"attributes": {"type": "Account"}, "id": record, **values} for record in ids]}

    pages.tell("salesforce", "collection of 200", "PATCH", f"{data}/composite/sobjects", update)


def mixpanel_export(pages: Pages, environment: Mapping[str, str]) -> None:
    until = environment["SYNCER_AS_OF"][:10]
    path = f"/api/2.0/export?project_id={environment['SYNCER_MIXPANEL__PROJECT_ID']}&from_date=2026-01-01&to_date={until}"
    took, body = pages.call("mixpanel", "GET", path)
    events = body.count(b"\n")
    tell("standins.mixpanel.export", events / took * 1000, "events/s", "one whole export, to the last byte, not decoded", events=events)


def company(accounts: int) -> None:
    made, loaded, peak = alone(make_and_load, accounts)
    about = "the process that serves; its imports and the start of the servers are not timed"
    tell("company.make", made, "s", about, accounts=accounts)
    tell("company.load", loaded, "s", about, accounts=accounts, peak_mb=peak)


def make_and_load(accounts: int) -> tuple[float, float, int]:
    """Seconds to make, seconds to load, and peak memory in MB."""
    from syncer.sandbox.company import DEFAULT_AS_OF, make_company
    from syncer.sandbox.start import open_world

    begun = time.perf_counter()
    records = make_company(accounts, 1)
    made = time.perf_counter()
    open_world(records, DEFAULT_AS_OF, limits=False)
    return made - begun, time.perf_counter() - made, peak_mb()


def peak_mb() -> int:
    """The most memory that this process ever held; the kernel counts bytes on a Mac, KB elsewhere."""
    return round(getrusage(RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024))


def syncs(accounts: int, crms: list[str], *, paced: bool, parts: set[str]) -> None:
    """A first and a second sync into each CRM, each CRM with a state and stand-ins of its own; then the computing alone."""
    for crm in crms:
        others = [f"SYNCER_{other.upper()}__" for other in CRMS if other != crm]
        with served(accounts) as environment, tempfile.TemporaryDirectory() as folder:
            mine = {name: text for name, text in environment.items() if not name.startswith(tuple(others))}
            mine |= {"SYNCER_STATE": f"{folder}/state", "SYNCER_PROJECT": folder}
            for which in ("first", "second"):
                figures = alone(sync, folder, mine, paced)
                if "sync" in parts:
                    tell_sync(f"sync.{crm}.{which}", accounts, figures, paced=paced)
            if "compute" in parts:
                tell_compute(f"compute.{crm}", alone(compute, folder, mine, crm))
            if "plan" in parts:
                about = "CPU of the whole command from a warm state, start and imports included, no vendor asked"
                tell(f"plan.{crm}.offline", *command(folder, mine, "plan", "--offline"), about, accounts=accounts)


def command(folder: str, environment: Mapping[str, str], *words: str) -> tuple[float, str]:
    """CPU seconds of a command in a process of its own: the least of five, as what else the machine does only adds to it."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("SYNCER_")}
    used = []
    for _ in range(5):
        before = children()
        subprocess.run([sys.executable, "-m", "syncer", *words], cwd=folder, env=kept | environment, stdout=subprocess.DEVNULL, check=True)
        used.append(children() - before)
    return min(used), "s"


def children() -> float:
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def check(fields: int = 200) -> None:
    """`syncer check` on so many mapped fields, each with an expression of its own."""
    with tempfile.TemporaryDirectory() as folder:
        for part, text in many_fields(fields).items():
            path = Path(folder, part)
            path.parent.mkdir()
            path.write_text(text)
        tell("check", *command(folder, {}, "check"), "CPU of the whole command, start and imports included", fields=fields)


def many_fields(count: int) -> dict[str, str]:
    """Written files with so many fields: a condition over three facts and the field before."""
    specs = [
        f"f{n}: {{label: Field {n}, type: number, scale: 2, help: A number, salesforce: F{n}__c, hubspot: f{n}}}" for n in range(count)
    ]
    values = ["stripe.seats"]
    values += [
        f"CASE WHEN stripe.mrr >= {n} THEN COALESCE(f{n - 1}, 0) + CLAMP(mixpanel.mau, 0, stripe.seats) ELSE {n} END"
        for n in range(1, count)
    ]
    fields = [f"  f{n}: {value}" for n, value in enumerate(values)]
    return {
        "field_specs/account.yaml": "\n".join(specs) + "\n",
        "mappings/account.yaml": "\n".join(["to: account", "match: {stripe: [id = id]}", "fields:", *fields]) + "\n",
    }


def tell_sync(name: str, accounts: int, figures: Mapping[str, Any], *, paced: bool) -> None:
    used = sum(figures["cpu"].values())
    waits = "the wall has the waits for the vendors' limits" if paced else "without waits for the vendors' limits"
    about = f"CPU of the client process, start and imports included; {waits}"
    steps = {step: round(seconds, 2) for step, seconds in figures["cpu"].items()}
    rest = {key: figures[key] for key in ("calls", "written", "unchanged", "wall", "peak_mb")}
    tell(name, used, "s", about, accounts=accounts, us_each=round(used / accounts * 1e6), by_step=steps, **rest)


def tell_compute(name: str, figures: Mapping[str, Any]) -> None:
    about = "CPU from the stored state to the plan: identity, facts, health, cells; start and imports are not timed"
    each = round(figures["cpu"] / figures["accounts"] * 1e6)
    tell(name, figures["cpu"], "s", about, us_each=each, **{key: figures[key] for key in ("accounts", "wall", "peak_mb")})


class Steps:
    """CPU seconds by step, told apart by what a run says of its progress."""

    def __init__(self) -> None:
        self.cpu: dict[str, float] = defaultdict(float)
        self._step = "start"
        self._at = 0.0

    def watch(self, what: str, _done: int, _of: int | None) -> None:
        """A call of a step ends a piece of it; what lies between the CRM's reading and the first answer to a write is computing."""
        step = {"read": "mirror", "write": "write"}.get(what.rpartition(" ")[2], "pull")
        self.add("compute" if (self._step, step) == ("mirror", "write") else step)
        self._step = step

    def end(self) -> None:
        """Without writes, what comes after the CRM's reading is mostly computing."""
        self.add("compute" if self._step == "mirror" else "rest")

    def add(self, step: str) -> None:
        now = cpu()
        self.cpu[step] += now - self._at
        self._at = now


def sync(folder: str, environment: Mapping[str, str], paced: bool) -> dict[str, Any]:
    """One sync in this process."""
    begun, steps = time.perf_counter(), Steps()
    from syncer.runs import sync as runs
    from syncer.tools.pace import Pace

    if not paced:
        Pace.take = lambda _self, _path: None  # type: ignore[method-assign, assignment]
    run = run_in(folder, environment, steps.watch)
    steps.add("start")
    numbers = runs.sync(run)[0].numbers
    steps.end()
    return {**numbers, "cpu": steps.cpu, "wall": round(time.perf_counter() - begun, 2), "peak_mb": peak_mb()}


def compute(folder: str, environment: Mapping[str, str], crm: str) -> dict[str, Any]:
    """A proposal from the state alone."""
    from syncer.runs.propose import proposing

    run = run_in(folder, environment, lambda *_: None)
    begun, used = time.perf_counter(), cpu()
    with proposing(run, crm) as proposal:
        wall = round(time.perf_counter() - begun, 2)
        return {"cpu": cpu() - used, "wall": wall, "accounts": proposal.plan.accounts, "peak_mb": peak_mb()}


def run_in(folder: str, environment: Mapping[str, str], watch: Watch) -> Run:
    """A run with these settings and no others."""
    from syncer.cli import setup

    for name in [name for name in os.environ if name.startswith("SYNCER_")]:
        del os.environ[name]
    os.environ.update(environment)
    os.chdir(folder)
    return setup.run(watch)


def main() -> None:
    example = "Example:  scripts/bench sync --accounts 10000 --crm salesforce"
    parser = argparse.ArgumentParser(prog="scripts/bench", description=(__doc__ or "").splitlines()[0], epilog=example)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"what to measure: {', '.join(PARTS)} (default: all)")
    parser.add_argument("--accounts", type=int, default=1000, help="accounts of the company (default 1000)")
    parser.add_argument("--customers", type=int, default=1_000_000, help="customers of the part mrr (default 1000000)")
    parser.add_argument("--crm", choices=CRMS, help="only this CRM")
    parser.add_argument("--no-paces", action="store_true", help="do not wait for the vendors' limits: then the wall is the work alone")
    asked = parser.parse_args()
    parts = set(asked.parts or PARTS)
    if unknown := parts - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    if "standins" in parts:
        standins()
    if "company" in parts:
        company(asked.accounts)
    if "check" in parts:
        check()
    if parts & {"sync", "compute", "plan"}:
        syncs(asked.accounts, [asked.crm] if asked.crm else list(CRMS), paced=not asked.no_paces, parts=parts)
    if "mrr" in parts:
        from bench_mrr import mrr

        mrr(asked.customers)


if __name__ == "__main__":
    main()
