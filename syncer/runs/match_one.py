"""One source record or one account in full: who belongs to whom and by what, what else would fit, and what people decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from syncer.core.identity import BEFORE, candidates_query
from syncer.core.match_view import OBJECTS, Account, Object, masked, objects_of
from syncer.runs.finding import Finder
from syncer.runs.match import alike, candidates, matched, weigh
from syncer.runs.matching import rules_of
from syncer.runs.run import Run
from syncer.specs.matches import Decision
from syncer.tools.engine import Engine
from syncer.words.errors import UsageError


class ObjectMatch(msgspec.Struct, frozen=True):
    """`kind` as in identity.decision; the object's `accounts` are those it belongs or may belong to, suggestions where there are none;
    `other_rules` found accounts too, but a rule before them decided. `keys`: all that it can be found by."""

    crm: str
    kind: str
    object: Object
    other_rules: Sequence[Account]
    keys: Mapping[str, Sequence[str]]
    decisions: Sequence[Decision]


class AccountMatches(msgspec.Struct, frozen=True):
    """What belongs to an account, and what may as it may to others; each object has the account with its rule."""

    crm: str
    account: Account
    objects: Sequence[Object]
    held: Sequence[Object]
    keys: Mapping[str, Sequence[str]]
    decisions: Sequence[Decision]


def show(run: Run, crm: str, text: str) -> ObjectMatch | AccountMatches:
    """The source record of an id or name, or else the account of an id, key or name. UsageError."""
    with matched(run, crm) as engine:
        weigh(run, crm, engine)
        finder = Finder(engine, crm)
        try:
            return _object(run, crm, engine, finder.object(text))
        except UsageError as nothing:
            account = finder.account(text)
            if account is None:
                raise UsageError(f"{nothing}; nor has {crm} an account of that id, key or name") from nothing
            return _account(run, crm, engine, account)


def _object(run: Run, crm: str, engine: Engine, whom: Object) -> ObjectMatch:
    one = {"source": whom.source, "id": whom.id}
    where = "source = $source AND source_id = $id"
    [(kind,)] = engine.rows(f"SELECT DISTINCT kind FROM identity.decision WHERE {where}", one)
    found = candidates(engine, "d.source = $source AND d.source_id = $id", one)
    if kind == "unmatched":
        found = alike(engine, "d.source = $source AND d.source_id = $id", one)
    [told] = objects_of(engine.rows(OBJECTS.format(where=where), one), found)
    candidates_of_all = f"SELECT * FROM ({candidates_query(rules_of(run, crm))}) AS c JOIN crm.account AS a ON a.id = c.account_id"
    rows = engine.rows(
        f"SELECT account_id, COALESCE(name, ''), rule, source_value, crm_value FROM ({candidates_of_all}) WHERE {where} "
        "QUALIFY ROW_NUMBER() OVER (PARTITION BY account_id ORDER BY place, source_value) = 1 ORDER BY place, 2",
        one,
    )
    own = {account.id for account in told.accounts}
    others = [Account(row[0], row[1], row[2], masked(row[3]), masked(row[4])) for row in rows if row[0] not in own]
    keys = engine.rows("SELECT key, value FROM keys_of_sources WHERE owner_id = $id AND source = $source ORDER BY ALL", one)
    decisions = [made for made in run.project.matches if (made.crm, made.source, made.source_id) == (crm, whom.source, whom.id)]
    return ObjectMatch(crm, kind, told, others, _by_key(keys), decisions)


def _account(run: Run, crm: str, engine: Engine, account: Account) -> AccountMatches:
    one = {"account": account.id}
    found = candidates(engine, "d.account_id = $account", one)
    belonging, held = (
        objects_of(engine.rows(OBJECTS.format(where=f"account_id = $account AND kind = '{kind}'"), one), found)
        for kind in ("match", "held")
    )
    once = f"key NOT LIKE '{BEFORE}%' AND (key <> 'id' OR LENGTH(value) <> 15)"
    keys = engine.rows(f"SELECT key, value FROM crm.key WHERE {once} AND account_id = $account ORDER BY ALL", one)
    decisions = [made for made in run.project.matches if (made.crm, made.account_id) == (crm, account.id)]
    return AccountMatches(crm, account, belonging, held, _by_key(keys), decisions)


def _by_key(rows: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for key, value in rows:
        found[key].append(masked(value) or "")
    return dict(found)
