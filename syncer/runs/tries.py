"""Try an expression on the accounts as they were last read. Asks no vendor, writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain

import msgspec

from syncer.core import tries
from syncer.core.cells import MappedField
from syncer.core.expressions import Expression, check
from syncer.core.kinds import Column
from syncer.core.listing import listings
from syncer.core.misfits import misfits
from syncer.core.plan import FieldCount, canonical
from syncer.core.tries import Spread
from syncer.runs.catalogue import accounts_read
from syncer.runs.explain_account import find_account
from syncer.runs.propose import Proposal, proposing
from syncer.runs.run import Run
from syncer.specs.account import SOURCES, FieldValue
from syncer.specs.wording import did_you_mean
from syncer.tools.engine import Engine
from syncer.words.errors import UsageError

REASONS = 5


class Row(msgspec.Struct, frozen=True):
    """One account: what the expression uses of it, the result (null: nothing), why it is held, and for money the currency.
    `steps` are the parts of the expression with their values, of one account alone."""

    account_id: str
    account: str
    uses: Mapping[str, str | None]
    result: str | None
    held: str | None
    unit: str | None
    steps: Mapping[str, str | None] = {}


class Tried(msgspec.Struct, frozen=True):
    """What an expression gives. `accounts` = `filled` + `held` + `nothing`, None while no account was read.

    `reasons`: why some are held. `unmatched`: how many of those with nothing have nothing at a source. `currencies`: what money is in.
    `compared`: the field that it was tried for.
    """

    expression: str
    kind: str
    unit: str | None
    crm: str | None = None
    accounts: int | None = None
    filled: int = 0
    held: int = 0
    nothing: int = 0
    reasons: Sequence[tuple[str, int]] = ()
    unmatched: Mapping[str, int] = {}
    currencies: Sequence[str] = ()
    spread: Spread = Spread()
    rows: Sequence[Row] = ()
    compared: FieldCount | None = None


def try_out(  # noqa: PLR0913  (what is asked)
    run: Run, crm: str | None, text: str, *, account: str | None = None, field: str | None = None, limit: int = 10
) -> Tried:
    """The expression over every account, or one; with `field`, compared with what the CRM has in that field now.

    UsageError with every fault of the expression under its place, for a field or an account that is not there.
    """
    fields = run.project.fields_in(crm) if crm else run.project.fields
    columns = {listing.name: listing.column for listing in listings(run.project, fields)}
    expression = check(text, columns)
    if not isinstance(expression, Expression):
        raise UsageError(f"this expression cannot be used\n{tries.pointed(text, expression)}")
    target = _field(fields, field, text, expression) if field else None
    tried = Tried(text, expression.kind, expression.unit, crm)
    if crm is None or not accounts_read(run, crm):
        return tried
    if target:
        run = _with(run, tries.shadow(target, expression, columns, fields), text)
    with proposing(run, crm, wanted=expression.columns) as proposal:
        proposal.engine.compute("tried", tries.try_query(expression, columns))
        only = find_account(run, proposal.engine, crm, account)[0] if account else None
        rows = _rows(proposal.engine, text, expression, columns, only, limit)
        compared = next((count for count in proposal.plan.counts if count.field == tries.SHADOW), None)
        compared = msgspec.structs.replace(compared, field=field) if compared and field else None
        return msgspec.structs.replace(tried, rows=rows, compared=compared, **_summary(proposal, expression))


def _field(fields: Sequence[MappedField], key: str, text: str, expression: Expression) -> MappedField:
    by_key = {each.key: each for each in fields}
    if key not in by_key:
        raise UsageError(f"{key} is not a mapped field{did_you_mean(key, by_key)}")
    faults = misfits(key, by_key[key].spec, expression)
    if faults:
        raise UsageError(f"this expression does not fit the field {key}\n{tries.pointed(text, faults)}")
    return by_key[key]


def _with(run: Run, shadow: MappedField, text: str) -> Run:
    """The run with one field more."""
    mapping = run.project.mapping
    mapping = mapping.model_copy(update={"fields": {**mapping.fields, shadow.key: FieldValue(value=text)}})
    return replace(run, project=replace(run.project, mapping=mapping, fields=(*run.project.fields, shadow)))


def _summary(proposal: Proposal, expression: Expression) -> dict[str, object]:
    rows = proposal.engine.rows
    counts = "COUNT(*), COUNT(*) FILTER (WHERE hold IS NULL AND result IS NOT NULL), COUNT(hold)"
    accounts, filled, held = rows(f"SELECT {counts} FROM tried")[0]
    sources = [source for source in SOURCES if any(name.startswith(f"{source}.") for name in expression.columns)]
    absent = ", ".join(f"COUNT(*) FILTER (WHERE NOT {source}__present)" for source in sources) or "0"
    nothing = "FROM tried AS t JOIN cells AS c ON c.account_id = t.account_id WHERE t.result IS NULL AND t.hold IS NULL"
    unmatched = rows(f"SELECT {absent} {nothing}")
    values = rows("SELECT CAST(result AS VARCHAR), COUNT(*) FROM tried WHERE hold IS NULL AND result IS NOT NULL GROUP BY 1")
    reasons = rows(f"SELECT hold, COUNT(*) FROM tried WHERE hold IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {REASONS}")
    return {
        "accounts": accounts,
        "filled": filled,
        "held": held,
        "nothing": accounts - filled - held,
        "reasons": reasons,
        "unmatched": {source: count for source, count in zip(sources, unmatched[0], strict=False) if count},
        "currencies": [row[0] for row in rows("SELECT DISTINCT unit FROM tried WHERE result IS NOT NULL AND unit IS NOT NULL ORDER BY 1")],
        "spread": tries.spread(expression.kind, [(text, count) for text, count in values]),
    }


def _rows(  # noqa: PLR0913, PLR0917  (what is asked of which accounts)
    engine: Engine, text: str, expression: Expression, columns: Mapping[str, Column], account_id: str | None, limit: int
) -> list[Row]:
    """The accounts with a value first, by name; of one account also the steps to its value."""
    used = sorted(expression.columns)
    parts = dict(tries.steps(text, columns)) if account_id else {}
    steps = [f"CAST({part.sql} AS VARCHAR)" for part in parts.values()]
    shown = chain((f"CAST({tries.flat(name)} AS VARCHAR)" for name in used), steps)
    where = "WHERE account_id = $a" if account_id else ""
    rows = engine.rows(
        f"SELECT account_id, account_name, CAST(result AS VARCHAR), hold, unit{''.join(f', {one}' for one in shown)} FROM tried {where} "
        f"ORDER BY result IS NULL OR hold IS NOT NULL, account_name, account_id LIMIT {limit}",
        {"a": account_id},
    )
    return [_row(row, used, list(parts)) for row in rows]


def _row(row: Sequence[str | None], used: Sequence[str], parts: Sequence[str]) -> Row:
    account_id, name, result, hold, unit, *values = row
    texts = [canonical(value) for value in values]
    uses, steps = dict(zip(used, texts, strict=False)), dict(zip(parts, texts[len(used) :], strict=True))
    return Row(account_id or "", name or "", uses, canonical(result), hold, unit, steps)
