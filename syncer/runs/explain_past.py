"""A day gone by, laid out as a proposal is: `base`, `health` and `cells` of one account, from that day's facts, files and health model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import date

from syncer.core.cells import MappedField
from syncer.core.conversion import Currencies
from syncer.core.explain import Day
from syncer.runs import history
from syncer.runs.explain_account import find_account
from syncer.runs.history import Slice
from syncer.runs.propose import judge
from syncer.runs.rates import bind_rates
from syncer.runs.run import Run
from syncer.runs.tables import FACT, HISTORY, mirror
from syncer.tools.engine import Engine
from syncer.words import when
from syncer.words.errors import UsageError
from syncer.words.tables import Table
from syncer.words.vendors import VENDOR_NAMES

MATCH = Table("identity.match", dict.fromkeys(("source", "source_id", "account_id", "rule"), "VARCHAR"), key=())


@dataclass(frozen=True)
class Laid:
    """What an explanation is read from: a run with the files in force then, the CRM's fields, the engine with `cells` of the account."""

    run: Run
    crm: str
    account_id: str
    account: str
    fields: Sequence[MappedField]
    engine: Engine
    currencies: Currencies
    day: Day | None = None


@contextmanager
def day_gone_by(run: Run, crm: str, text: str, asked: date) -> Iterator[Laid]:
    """The account that the text means, as it was on that day: as the day's last run saw it, or the last run before.

    UsageError when history begins later, or knows no such account.
    """
    kept = _slice(run, crm, asked)
    with closing(Engine(run.store)) as engine:
        engine.bind(run.tables(), run.stored())
        engine.bind([FACT], history.only(run.store.latest(), FACT.name, kept.name))
        engine.define("base", f"SELECT account_id, name AS account_name FROM {FACT.name}")
        engine.define("crm.key", _keys(run, crm))
        account_id, name = find_account(run, engine, crm, text)
        [(instant, by)] = engine.rows(f"SELECT instant, run FROM {FACT.name} WHERE account_id = $a", {"a": account_id})
        then = replace(run, project=history.project_with(run, kept.digest), as_of=instant)
        fields = then.project.fields_in(crm)
        _lay(then, crm, account_id, engine)
        known = history.known(run, kept, [account_id])[account_id]
        engine.fill(MATCH, [(source, key, account_id, rule) for source, key, rule in known.objects])
        currencies = judge(then, crm, engine, bind_rates(then, engine))
        note = None if kept.day == asked else f"no sync ran on {asked}; the last before it was on {kept.day}"
        day = Day(str(asked), when.iso(instant), by, kept.digest, note)
        yield Laid(then, crm, account_id, name, fields, engine, currencies, day)


def _slice(run: Run, crm: str, asked: date) -> Slice:
    kept = history.slices(run.store.latest(), crm)
    if not kept:
        raise UsageError(f"there is no history of {VENDOR_NAMES[crm]} yet; it begins with the next `syncer sync`")
    if asked > when.day(run.as_of):
        raise UsageError(f"{asked} is still to come; leave --on away for the value as it is now")
    before = [each for each in kept if each.day <= asked]
    if not before:
        raise UsageError(f"history of {VENDOR_NAMES[crm]} begins on {kept[0].day}; nothing is kept of {asked}")
    return before[-1]


def _keys(run: Run, crm: str) -> str:
    """What records can be found by today: account_id, key, value."""
    names = run.project.keys_in(crm)
    keys = [f"SELECT id, '{key}', TRIM(\"{name}\") FROM {mirror(crm, run.mirrored(crm)).name}" for key, name in names.items()]
    none = "SELECT NULL, NULL, NULL WHERE FALSE"
    return f"SELECT k.account_id, k.key, k.value FROM ({' UNION ALL '.join([*keys, none])}) AS k(account_id, key, value)"


def _lay(run: Run, crm: str, account_id: str, engine: Engine) -> None:
    """`base` as it was for the account, and what else the judgement and the explanation read."""
    types = {name.replace(".", "__", 1): fact.type for name, fact in run.project.catalogue.facts.items()}
    types |= {"record__currency": "VARCHAR", "before__health_score": "DECIMAL(5,1)"}
    facts = ", ".join(f"{_fact(column, kind)} AS {column}" for column, kind in types.items())
    fields = run.project.fields_in(crm)
    written = ", ".join(f"MAX(CASE WHEN field = '{field.key}' THEN value END) AS {field.key}" for field in fields)
    cells = (
        f"SELECT {written or 'NULL'} FROM (SELECT field, value FROM {HISTORY.name} WHERE crm = $crm AND account_id = $a "
        "AND instant <= $as_of QUALIFY ROW_NUMBER() OVER (PARTITION BY field ORDER BY instant DESC) = 1)"
    )
    current = "".join(
        f", TRY_CAST(COALESCE({_text(f'prev.{field.key}')}, c.{field.key}) AS {field.spec.sql_type}) AS prev__{field.key}"
        f", c.{field.key} AS raw__{field.key}"
        for field in fields
    )
    engine.compute(
        "past.base",
        f"SELECT f.account_id, f.name AS account_name, {facts}, $today AS today{current} FROM {FACT.name} AS f, ({cells}) AS c "
        "WHERE f.account_id = $a",
        {**run.parameters(crm), "a": account_id},
    )
    engine.define("base", "SELECT * FROM past.base")
    engine.define("facts", "SELECT * FROM past.base")
    engine.define("crm.record", "SELECT account_id AS id, record__currency AS record_currency FROM past.base")


def _fact(column: str, kind: str) -> str:
    return f"TRY_CAST({_text(column.replace('__', '.', 1))} AS {kind})"


def _text(name: str) -> str:
    """The SQL of a kept fact's text."""
    return f"json_extract_string(f.facts, '$.\"{name}\"')"
