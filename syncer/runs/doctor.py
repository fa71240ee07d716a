"""Proves what a run needs, before one starts: settings, files, state, and of each vendor credential, rights, clock, zone, quota, fields."""

from __future__ import annotations

import base64
import shutil
import stat
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from obstore.exceptions import BaseError
from pydantic import SecretStr

from syncer.core.project import Project
from syncer.runs import vendor_doctors
from syncer.runs.past import past_runs
from syncer.runs.run import Run
from syncer.runs.written import project
from syncer.specs.env_file import ENV_FILE
from syncer.specs.settings import Known, Settings
from syncer.tools.store import Store
from syncer.words import when
from syncer.words.errors import FileProblems, SyncerError
from syncer.words.findings import Finding

LITTLE_ROOM = 1_000_000_000
"""Bytes free on the disk of the state, below which a run may end in the middle."""


def examine(known: Known, folder: Path, clock: Callable[[], float] = time.time) -> list[Finding]:
    """Everything that was found, of this machine first, then vendor by vendor; nothing stops it, and no secret is in it."""
    settings = known.settings
    written, findings = _files(settings)
    findings = [*_settings(settings, folder), *findings, *_state(settings, int(clock()))]
    as_of = when.epoch(settings.as_of) if settings.as_of else int(clock())

    def of_vendor(name: str) -> list[Finding]:
        if lacks := known.lacks.get(name):
            return [Finding(name, "settings", "settings", "fault", *_apart(str(problem))) for problem in lacks]
        return vendor_doctors.examine(name, settings, written, as_of, clock)

    vendors = (*settings.sources, *settings.crms)
    with ThreadPoolExecutor(max(1, len(vendors))) as pool:
        for found in pool.map(of_vendor, vendors):
            findings += found
    findings = _with_cost(findings, settings, written)
    return [_scrubbed(finding, list(_secrets(settings))) for finding in findings]


def _settings(settings: Settings, folder: Path) -> Iterator[Finding]:
    if not settings.crms or not settings.sources:
        said = "no CRM is set up" if settings.sources else "no source is set up" if settings.crms else "no vendor is set up"
        yield Finding("", "settings", "settings", "fault", said, "syncer init makes a syncer.yaml with what you choose")
    else:
        yield Finding("", "settings", "settings", "fine", f"{', '.join(settings.sources)} into {', '.join(settings.crms)}")
    path = folder / ENV_FILE
    if path.is_file():
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            yield Finding("", "env_file", ENV_FILE, "warning", "others on this machine can read it", f"chmod 600 {ENV_FILE}")
        else:
            yield Finding("", "env_file", ENV_FILE, "fine", "only you can read it")
    if settings.as_of:
        said = f"all figures are for {settings.as_of}, not for now"
        yield Finding("", "as_of", "as_of", "warning", said, "take SYNCER_AS_OF out of the environment, or as_of out of syncer.yaml")


def _files(settings: Settings) -> tuple[Project | None, list[Finding]]:
    try:
        found = project(settings.project)
    except FileProblems as error:
        return None, [Finding("", "files", "written files", "fault", str(error), "mend each place; syncer check shows them too")]
    return found, [Finding("", "files", "written files", "fine", f"{len(found.fields)} fields mapped")]


def _state(settings: Settings, now: int) -> list[Finding]:
    def told(state: str, said: str, mend: str = "") -> list[Finding]:
        return [Finding("", "state", "state", "fault" if state == "fault" else "warning" if mend else "fine", said, mend)]

    address = settings.state
    try:
        store = Store(address)
        store.try_out()
        busy = store.at_work(now)
        store.latest()
    except SyncerError as error:
        return told("fault", *_apart(str(error)))
    except (BaseError, OSError, ValueError) as error:
        reason = str(error).strip().splitlines()[0][:200]
        mend = "let this user write there, or name another place as state: in syncer.yaml; a bucket needs credentials in the environment"
        return told("fault", f"{address} cannot be written: {reason}", mend)
    if busy:
        return told("warning", f"run {busy.run} is at work, or died, for up to {busy.until - now} s more", "wait; a run would end with 8")
    if "://" in address:
        return told("fine", f"{address} can be written; no run is at work")
    free = shutil.disk_usage(store.folder).free
    said = f"{address} can be written; no run is at work; {free / 1e9:,.1f} GB free"
    return told("fine", said, "make room on that disk" if free < LITTLE_ROOM else "")


def _with_cost(findings: Sequence[Finding], settings: Settings, written: Project | None) -> list[Finding]:
    """Each vendor's quota with what the last run took of it, where there was one."""
    calls: Mapping[str, int] = {}
    with suppress(SyncerError, BaseError, OSError):  # a state that cannot be read has a finding of its own
        if written is not None:
            past = past_runs(Run(settings, written, Store(settings.state), 0, lambda *_: None), len(settings.crms) or 1)
            calls = {vendor: count for run in reversed(past) for vendor, count in run.numbers.get("calls", {}).items()}
    return [
        replace(finding, said=f"{finding.said}; the last run took {calls[finding.vendor]:,}")
        if finding.key == "quota" and finding.vendor in calls
        else finding
        for finding in findings
    ]


def _apart(sentence: str) -> tuple[str, str]:
    """What is so, and what to do about it, of a sentence that says both."""
    said, _, mend = sentence.rpartition("; ")
    return (said, mend) if said else (sentence, "see what it says")


def _secrets(settings: Settings) -> Iterator[str]:
    """Every secret as it is, and as it travels in a header."""
    for name in (*settings.sources, *settings.crms):
        section = dict(getattr(settings, name))
        users = [str(section[key]) for key in ("username", "client_id") if key in section]
        for value in section.values():
            if isinstance(value, SecretStr) and (secret := value.get_secret_value()):
                yield secret
                yield from (base64.b64encode(f"{user}:{secret}".encode()).decode() for user in users)


def _scrubbed(finding: Finding, secrets: Sequence[str]) -> Finding:
    said, mend = finding.said, finding.mend
    for secret in secrets:
        said, mend = said.replace(secret, "***"), mend.replace(secret, "***")
    return replace(finding, said=said, mend=mend)
