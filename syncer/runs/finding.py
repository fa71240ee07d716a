"""What people mean by an id, a key or a name: a source's record or an account of the stored state."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

from syncer.core.identity import BEFORE
from syncer.core.match_view import Account, Object
from syncer.specs.account import SOURCES
from syncer.tools.engine import Engine
from syncer.words.errors import UsageError
from syncer.words.ids import salesforce_id
from syncer.words.vendors import VENDOR_NAMES

LISTED = 5


class Finder:
    """Looks up in the tables that `runs.matching.match` made for a CRM. An index is built once, for one question or for many."""

    def __init__(self, engine: Engine, crm: str) -> None:
        self._engine = engine
        self._crm = crm

    def object(self, text: str) -> Object:
        """The living source record of an id, `source:id` or, where only one has it, a name. UsageError."""
        source, colon, own = text.partition(":")
        given = (source.lower(), own) if colon and source.lower() in SOURCES else (None, text)
        for index in (self._objects_by_id, self._objects_by_name):
            rows = [found for found in index.get(given[1].lower(), ()) if given[0] in (None, found.source)]
            exact = [found for found in rows if found.id == given[1]] or rows
            if len(exact) == 1:
                return exact[0]
            if exact:
                listed = ", ".join(f"{found.named} ({found.name})" if found.name else found.named for found in exact[:LISTED])
                raise UsageError(
                    f"{len(exact)} records of sources are {text}: {listed}. Say which, such as {exact[0].source}:{exact[0].id}"
                )
        raise UsageError(f"no source has {text}; it may be deleted there, or newer than the last sync")

    def account(self, text: str) -> Account | None:
        """The account of an id (or that of a record merged into it), a key or a name; None if there is none. UsageError if several."""
        own, small = salesforce_id(text) if self._crm == "salesforce" else text, text.lower()
        for index, wanted in ((self._accounts_by_id, own), (self._accounts_by_key, small), (self._accounts_by_name, small)):
            found = sorted((self._names[account], account) for account in index.get(wanted, ()))
            if len(found) == 1:
                return Account(found[0][1], found[0][0])
            if found:
                listed = "; ".join(f"{name} ({account})" for name, account in found[:LISTED]) + ("; …" if len(found) > LISTED else "")
                raise UsageError(f"{len(found)} accounts of {VENDOR_NAMES[self._crm]} are {text}: {listed}. Say which by its id")
        return None

    @cached_property
    def _names(self) -> dict[str, str]:
        return {account: name or "" for account, name in self._engine.rows("SELECT id, name FROM crm.account")}

    @cached_property
    def _accounts_by_id(self) -> dict[str, set[str]]:
        merged = self._engine.rows("SELECT merged_id, account_id FROM identity.survivor")
        return {**{gone: {account} for gone, account in merged}, **{account: {account} for account in self._names}}

    @cached_property
    def _accounts_by_key(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        keys = f"SELECT account_id, LOWER(value) FROM crm.key WHERE key <> 'id' AND key NOT LIKE '{BEFORE}%'"
        for account, value in self._engine.rows(keys):
            if account in self._names:
                found[value].add(account)
        return found

    @cached_property
    def _accounts_by_name(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for account, name in self._names.items():
            found[name.lower()].add(account)
        return found

    @cached_property
    def _objects(self) -> list[Object]:
        rows = self._engine.rows("SELECT DISTINCT source, source_id, COALESCE(name, '') FROM identity.decision ORDER BY ALL")
        return [Object(*row) for row in rows]

    @cached_property
    def _objects_by_id(self) -> dict[str, list[Object]]:
        found: dict[str, list[Object]] = defaultdict(list)
        for each in self._objects:
            found[each.id.lower()].append(each)
        return found

    @cached_property
    def _objects_by_name(self) -> dict[str, list[Object]]:
        found: dict[str, list[Object]] = defaultdict(list)
        for each in self._objects:
            found[each.name.lower()].append(each)
        return found
