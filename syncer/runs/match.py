"""Who belongs to whom, who to nobody and what could be: from the stored state, without network. Nothing is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from syncer.core.compose import customer_query
from syncer.core.domains import company_domain
from syncer.core.identity import DECIDED
from syncer.core.match_view import (
    ALIKE,
    CANDIDATES,
    COUNTS,
    OBJECTS,
    SAMPLE,
    STAKE,
    WITHOUT,
    Account,
    Matches,
    masked,
    objects_of,
    source_matches,
)
from syncer.core.names import blocks, plain_name
from syncer.runs.compiled import compiled
from syncer.runs.matching import match, rules_of, void
from syncer.runs.propose import prepare
from syncer.runs.pull import read_mark
from syncer.runs.rates import bind_rates
from syncer.runs.run import Run
from syncer.specs.account import SOURCES
from syncer.tools.engine import Engine
from syncer.words import when
from syncer.words.errors import UsageError
from syncer.words.tables import Table
from syncer.words.vendors import VENDOR_NAMES

NAME_COLUMNS = {"account_id": "VARCHAR", "plain": "VARCHAR", "block": "VARCHAR"}
ACCOUNT_NAME = Table("match.account_name", NAME_COLUMNS, key=())
OBJECT_NAME = Table("match.object_name", {"source": "VARCHAR", "source_id": "VARCHAR", "plain": "VARCHAR", "block": "VARCHAR"}, key=())


@contextmanager
def matched(run: Run, crm: str) -> Iterator[Engine]:
    """The stored state with every source object decided upon. UsageError when nothing was read yet."""
    stored = run.stored()
    if not (stored.marks.get(f"mirror.{crm}")):
        raise UsageError(f"nothing of {VENDOR_NAMES[crm]} is stored yet; run `syncer plan` or `syncer sync` once")
    engine = Engine(run.store, rows=stored.rows)
    try:
        prepare(run, crm, engine)
        match(run, crm, engine)
        yield engine
    finally:
        engine.close()


def weigh(run: Run, crm: str, engine: Engine) -> None:
    """Make `match.stake`, what stands behind each object, and `keys_of_sources`, what each can be found by."""
    bind_rates(run, engine)
    policy, parameters = run.project.mapping.mrr_policy, run.parameters(crm)
    engine.compute("match.customer", compiled(run.store, lambda: customer_query(policy), "customers", policy), parameters)
    engine.compute("match.stake", STAKE, parameters)
    keys = " UNION ALL ".join(f"SELECT '{source}' AS source, owner_id, key, value FROM {source}.key" for source in SOURCES)
    engine.define("keys_of_sources", keys)


def matches(run: Run, crm: str) -> Matches:
    """Everything of one CRM. UsageError when nothing was read yet."""
    with matched(run, crm) as engine:
        weigh(run, crm, engine)
        names = [name for rule in rules_of(run, crm) for name in (rule.name, rule.name.replace(" = ", " ~ "))]
        counts = engine.rows(COUNTS.format(sample=SAMPLE))
        without = [Account(*row) for row in engine.rows(WITHOUT)]
        return Matches(
            crm,
            read_at(run, crm),
            engine.rows("SELECT COUNT(*) FROM crm.account")[0][0],
            tuple(source_matches(source, counts, [DECIDED, *names]) for source in SOURCES if source in run.settings.sources),
            objects_of(engine.rows(OBJECTS.format(where="kind = 'held'")), candidates(engine, "d.kind = 'held'")),
            objects_of(engine.rows(OBJECTS.format(where="kind = 'unmatched'")), alike(engine, "kind = 'unmatched'")),
            len(without),
            tuple(without),
            void(engine, crm),
        )


def read_at(run: Run, crm: str) -> dict[str, str]:
    """When the CRM and each source were last read, as instants."""
    marks = run.stored().marks
    return {name: when.iso(marks[read_mark(name)]) for name in (crm, *run.settings.sources) if read_mark(name) in marks}


def candidates(engine: Engine, where: str, parameters: Mapping[str, str] | None = None) -> dict[tuple[str, str], list[Account]]:
    """The accounts that rules found, with what they compared, by object."""
    found: dict[tuple[str, str], list[Account]] = defaultdict(list)
    for source, source_id, account, name, rule, own, theirs in engine.rows(CANDIDATES.format(where=where), parameters):
        found[source, source_id].append(Account(account, name, rule, masked(own), masked(theirs)))
    return found


def alike(engine: Engine, where: str, parameters: Mapping[str, str] | None = None) -> dict[tuple[str, str], list[Account]]:
    """The accounts whose names are most alike, by object. Suggestions, which nothing else ever reads."""
    objects = engine.rows(
        "SELECT DISTINCT d.source, d.source_id, d.name, k.value FROM identity.decision AS d LEFT JOIN keys_of_sources AS k "
        f"ON k.source = d.source AND k.owner_id = d.source_id AND k.key = 'domain' WHERE {where}",
        parameters,
    )
    if not objects:
        return {}
    named: set[tuple[str, str, str]] = {(row[0], row[1], text) for row in objects for text in _names(row[2], row[3])}
    accounts = engine.rows(
        "SELECT a.id, a.name, k.value FROM crm.account AS a LEFT JOIN crm.key AS k ON k.account_id = a.id AND k.key = 'domain'"
    )
    engine.fill(OBJECT_NAME, [(source, owner, text, block) for source, owner, text in named for block in blocks(text)])
    engine.fill(ACCOUNT_NAME, [(row[0], text, block) for row in accounts for text in _names(row[1], row[2]) for block in blocks(text)])
    found: dict[tuple[str, str], list[Account]] = defaultdict(list)
    for source, source_id, account, name, likeness in engine.rows(ALIKE):
        found[source, source_id].append(Account(account, name, likeness_pct=likeness))
    return found


def _names(name: str | None, domain: str | None) -> set[str]:
    """What somebody is called: the name, and the first word of a domain of their own."""
    found = company_domain(domain)
    return {text for text in (plain_name(name), plain_name(found.site.partition(".")[0]) if found else "") if text}
