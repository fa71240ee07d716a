"""Which account somebody means: by its id in the CRM, a key, its name, a part of it, or the address of its page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from syncer.core.plan_words import harmless
from syncer.runs.matching import rules_of
from syncer.runs.run import Run
from syncer.tools.engine import Engine
from syncer.words.errors import UsageError
from syncer.words.ids import salesforce_id
from syncer.words.vendors import VENDOR_NAMES

SHOWN = 5
EXACT = (
    "SELECT DISTINCT account_id, account_name FROM base LEFT JOIN crm.key USING (account_id) "
    "WHERE (account_id = $a OR value = $a OR (key <> 'id' AND LOWER(value) = LOWER($a)))"
)
NAMED = "SELECT account_id, account_name FROM base WHERE LOWER(account_name) = LOWER($a)"
PARTLY = "SELECT account_id, account_name FROM base WHERE CONTAINS(LOWER(account_name), LOWER($a)) ORDER BY 2, 1"


def find_account(run: Run, engine: Engine, crm: str, text: str) -> tuple[str, str]:
    """Id and name of the one account of `base` and `crm.key` that the text means. UsageError when it means none or several.

    A key is what the mapping matches by: a country or an industry names nobody.
    """
    keys = ", ".join(sorted(f"'{rule.crm_key}'" for rule in rules_of(run, crm)))
    exact = f"{EXACT} AND (key IS NULL OR key IN ('id', {keys}))"
    tries = [(exact, each) for each in _forms(text)]
    for query, asked in (*tries, (NAMED, text.strip()), (PARTLY, text.strip())):
        found = engine.rows(query, {"a": asked})
        if len(found) == 1:
            return found[0]
        if found:
            names = "; ".join(f"{harmless(row[1] or 'without a name')} ({row[0]})" for row in found[:SHOWN])
            more = " …" if len(found) > SHOWN else ""
            raise UsageError(f"{len(found)} accounts fit {harmless(text)!r}: {names}{more}. Say which by its id")
    said = f"no account in {VENDOR_NAMES[crm]} has the id, key or name {harmless(text)!r}"
    raise UsageError(f"{said}; it may be newer than the last sync, or mistyped")


def _forms(text: str) -> Iterator[str]:
    """The text, and what of an address may be an id or a key: its pieces from the last to the first, then its host."""
    bare = text.strip()
    if "://" not in bare:
        yield from dict.fromkeys((bare, salesforce_id(bare)))
        return
    host = urlsplit(bare).hostname or ""
    pieces = re.findall(r"\w{6,}", bare.partition("://")[2].partition("/")[2])
    yield from dict.fromkeys(form for piece in reversed(pieces) for form in (piece, salesforce_id(piece)))
    yield host.removeprefix("www.")
