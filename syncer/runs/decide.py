"""People's decisions about matches: found in the stored state, put at the end of `mappings/matches.csv`, and what they come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from syncer.core.match_view import Account, Object
from syncer.runs.finding import Finder
from syncer.runs.match import matched
from syncer.runs.propose import proposing
from syncer.runs.run import Run
from syncer.specs.csv_table import CsvRow, read_csv
from syncer.specs.matches import FILE, Decision, Places, added_lines, unquoted
from syncer.tools.engine import Engine
from syncer.words.errors import FileProblems, Problem, SyncerError, UsageError
from syncer.words.vendors import VENDOR_NAMES


@dataclass(frozen=True)
class Effect:
    """What the next sync would do to an account of a CRM once the decision stands: values it writes, and values still held back."""

    crm: str
    account: Account
    writes: int
    held: int


@dataclass(frozen=True)
class Decided:
    """The lines that were written (or would be), the object and the account that they are about, and the effects by account."""

    lines: tuple[Decision, ...]
    object: Object
    account: Account | None
    effects: tuple[Effect, ...]


class Signature(NamedTuple):
    """Who decides, when (an instant) and why."""

    who: str
    when: str
    why: str = ""


def confirm(run: Run, named: str, account: str, crm: str | None, signed: Signature) -> Decided:
    """The object belongs to the account. UsageError when one of them cannot be told, or stands in several CRMs."""
    return _about_account(run, "confirm", named, account, crm, signed)


def reject(run: Run, named: str, account: str | None, crm: str | None, signed: Signature) -> Decided:
    """The object does not belong to the account, or to none in any CRM that is set up. UsageError."""
    if account is not None:
        return _about_account(run, "reject", named, account, crm, signed)
    return _about_none(run, "reject", named, _asked(run, crm), signed)


def forget(run: Run, named: str, crm: str | None, signed: Signature) -> Decided:
    """As if nobody had decided on the object. UsageError when nobody has."""
    about = _decided_on(run, named)
    chosen = [name for name in _asked(run, crm) if any(made.crm == name for made in about)]
    last = {name: next(made.decision for made in reversed(about) if made.crm == name) for name in chosen}
    standing = [name for name in chosen if last[name] != "forget"]
    if not standing:
        raise UsageError(f"nobody decided on {named}; `syncer match show {named}` says how it is matched")
    return _about_none(run, "forget", f"{about[0].source}:{about[0].source_id}", standing, signed)


def _decided_on(run: Run, named: str) -> list[Decision]:
    source, _, own = named.partition(":")
    return [made for made in run.project.matches if named == made.source_id or (source.lower(), own) == (made.source, made.source_id)]


def _asked(run: Run, crm: str | None) -> list[str]:
    """The CRMs that a decision is about: the one asked for, or all that are set up."""
    known = list(run.settings.crms)
    if crm is not None and crm not in known:
        raise UsageError(f"{VENDOR_NAMES[crm]} is not set up: add a {crm}: section to syncer.yaml")
    if not known:
        raise UsageError("no CRM is set up: add a salesforce: or hubspot: section to syncer.yaml")
    return [crm] if crm else known


def _about_account(run: Run, kind: str, named: str, account: str, crm: str | None, signed: Signature) -> Decided:  # noqa: PLR0913, PLR0917
    found: dict[str, tuple[Object, Account, set[str]]] = {}
    asked = _asked(run, crm)
    for name in asked:
        with matched(run, name) as engine:
            finder = Finder(engine, name)
            whom = finder.object(named)
            if record := finder.account(account):
                found[name] = whom, record, {record.id, *_accounts(engine, whom)}
    if not found:
        known = " or ".join(VENDOR_NAMES[name] for name in asked)
        raise UsageError(f"no account in {known} has the id, key or name {account!r}; it may be newer than the last sync")
    if len(found) > 1:
        raise UsageError(f"{account} stands in {' and in '.join(VENDOR_NAMES[name] for name in found)}; add --crm {next(iter(found))}")
    [(name, (whom, record, touched))] = found.items()
    line = Decision(kind, whom.source, whom.id, name, record.id, *signed)
    _append(run, [line])
    return Decided((line,), whom, record, _effects(run, [line], {name: touched}))


def _about_none(run: Run, kind: str, named: str, crms: Sequence[str], signed: Signature) -> Decided:
    touched: dict[str, set[str]] = {}
    for name in crms:
        with matched(run, name) as engine:
            whom = _found(Finder(engine, name), kind, named)
            touched[name] = _accounts(engine, whom)
    lines = [Decision(kind, whom.source, whom.id, name, None, *signed) for name in crms]
    _append(run, lines)
    return Decided(tuple(lines), whom, None, _effects(run, lines, touched))


def _found(finder: Finder, kind: str, named: str) -> Object:
    """The object; when a decision is taken back it may be gone at its source."""
    try:
        return finder.object(named)
    except UsageError:
        if kind != "forget":
            raise
    source, _, own = named.partition(":")
    return Object(source, own, "")


def _accounts(engine: Engine, whom: Object) -> set[str]:
    rows = engine.rows(
        "SELECT account_id FROM identity.decision WHERE source = $source AND source_id = $id AND account_id IS NOT NULL",
        {"source": whom.source, "id": whom.id},
    )
    return {row[0] for row in rows}


def _effects(run: Run, lines: Sequence[Decision], touched: dict[str, set[str]]) -> tuple[Effect, ...]:
    """What a plan from the stored state says of every account that the object belonged to, might have, or belongs to now."""
    after = replace(run, project=replace(run.project, matches=(*run.project.matches, *lines)))
    effects = []
    for crm, accounts in touched.items():
        with proposing(after, crm) as proposal:
            now = accounts | _accounts(proposal.engine, Object(lines[0].source, lines[0].source_id, ""))
            names = dict(proposal.engine.rows("SELECT id, COALESCE(name, '') FROM crm.account"))
            plan = proposal.plan
            for account in sorted(now, key=lambda each: (names.get(each, ""), each)):
                writes = sum(len(change.cells) for change in plan.changes if change.id == account)
                held = sum(len(each.fields) for each in plan.held if each.id == account)
                effects.append(Effect(crm, Account(account, names.get(account, "")), writes, held))
    return tuple(effects)


def _append(run: Run, lines: Sequence[Decision]) -> None:
    """Put lines at the end of the file, which is made when it is not there."""
    path = run.settings.project / FILE
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_text("utf-8") if path.exists() else ""
        with path.open("a", encoding="utf-8", newline="") as file:
            file.write(added_lines(before, list(lines)))
    except OSError as error:
        hint = "decide where the project's files are kept, and bring them to the scheduled job with the others"
        raise SyncerError(f"{FILE} cannot be written ({error.strerror}); {hint}") from error


def load(run: Run, path: Path, crm: str | None, signed: Signature, *, dry_run: bool) -> list[Decision]:
    """The confirmed pairs of a CSV file that do not stand yet, appended unless `dry_run`. FileProblems with all that fits nothing."""
    required = {"source_id": ("source_id",), "account_id": ("account_id", "account")}
    rows, problems = read_csv(path, required, {"source": ("source",), "why": ("why",)})
    pairs = _Pairs(signed)
    for name in _asked(run, crm):
        with matched(run, name) as engine:
            finder = Finder(engine, name)
            for row in rows:
                pairs.look_up(finder, name, row)
    places = Places(path)
    problems += [
        Problem(str(path), row.line, places.column(row, "account_id" if column == "no account" else column), text)
        for row in rows
        for column, text in pairs.faults(row.line).items()
    ]
    if problems:
        raise FileProblems(problems)
    standing = {(made.crm, made.source, made.source_id): (made.decision, made.account_id) for made in run.project.matches}
    fresh = [pair for pair in pairs.found.values() if standing.get((pair.crm, pair.source, pair.source_id)) != ("confirm", pair.account_id)]
    if fresh and not dry_run:
        _append(run, fresh)
    return fresh


class _Pairs:
    """What the lines of a file say, looked up in one CRM after the other: a pair by line, or why there is none."""

    def __init__(self, signed: Signature) -> None:
        self.found: dict[int, Decision] = {}
        self._signed = signed
        self._faults: dict[int, dict[str, str]] = {}
        self._first: dict[tuple[str, str], int] = {}

    def faults(self, line: int) -> dict[str, str]:
        """Sentences by column; an account needs to be in one of the CRMs only."""
        said = self._faults.get(line, {})
        return {column: text for column, text in said.items() if column != "no account" or line not in self.found}

    def look_up(self, finder: Finder, crm: str, row: CsvRow) -> None:
        said = self._faults.setdefault(row.line, {})
        source, own, text = (unquoted(row.values.get(column, "")) for column in ("source", "source_id", "account_id"))
        try:
            whom = finder.object(f"{source}:{own}" if source else own)
        except UsageError as error:
            said["source_id"] = str(error)
            return
        try:
            account = finder.account(text)
        except UsageError as error:
            said["account_id"] = str(error)
            return
        earlier = self._first.setdefault((whom.source, whom.id), row.line)
        if earlier != row.line:
            said["source_id"] = f"{own} stands on line {earlier} already; keep one"
        elif account is None:
            said["no account"] = f"no account has the id, key or name {text!r}; it may be newer than the last sync"
        elif row.line in self.found:
            said["account_id"] = f"{text} stands in several CRMs; add --crm {self.found[row.line].crm}, or write the record's id"
        else:
            why = row.values.get("why") or self._signed.why
            self.found[row.line] = Decision("confirm", whom.source, whom.id, crm, account.id, self._signed.who, self._signed.when, why)
