"""From facts to cells: for each account and field the wanted value, the CRM's current one, and what becomes of it. SQL text only.

A cell ends in exactly one state:
    absent     nothing is wanted: the source was not read or not matched, or it has no value and the field keeps what is there
    held       a value would be wanted but cannot be trusted or does not fit; the reason stands beside it
    unchanged  the CRM has it already
    change     to be written; a null empties the field
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from syncer.core.conversion import DECIMALS, RECORD, REPORTING, Currencies, converted, joined, unconverted
from syncer.core.expressions import Expression
from syncer.core.kinds import Kind
from syncer.specs.account import SOURCES, FieldSpec

RESERVED = frozenset({"account_id", "account_name", "today"})


@dataclass(frozen=True)
class MappedField:
    """One field of the mapping, checked: its spec, expression, the columns that can hold it back, its limit, its place in the file, and
    what its money is in before it is written: a fact such as `stripe.currency`, REPORTING or RECORD; None where it is no money. `unit`:
    what a number that is no money is in, for people, such as `seats`."""

    key: str
    spec: FieldSpec
    expression: Expression
    held_by: tuple[str, ...]
    clears: bool
    limit: Decimal
    place: str
    currency: str | None = None
    unit: str | None = None

    @property
    def converts_from(self) -> str | None:
        """What its money is in before it is put into the record's currency; None where nothing is to be converted."""
        return self.currency if self.spec.type == "currency" and self.currency != RECORD else None

    @property
    def rests_on_health(self) -> bool:
        return any(column.startswith("health.") for column in self.expression.columns)

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources that the value rests on; a health score rests on all of them."""
        roots = {column.partition(".")[0] for column in self.expression.columns}
        return tuple(source for source in SOURCES if source in roots or self.rests_on_health)


def not_converted(key: str) -> str:
    """The column that says why a field's money cannot be told in the record's currency."""
    return f"{key}__unconverted"


def base_query(fields: Sequence[MappedField], history_score: str | None) -> str:
    """facts with the CRM's current values (from `crm.current`) as text in `raw__<field>` and typed in `prev__<field>`, the currency of the
    record (null where the CRM has one for all), `today`, and the health score of 30 days ago (null when there is none)."""
    current = [f"TRY_CAST(NULLIF(r.{_name(field.key)}, '') AS {field.spec.sql_type}) AS {_name('prev__' + field.key)}" for field in fields]
    raw = [f"NULLIF(r.{_name(field.key)}, '') AS {_name('raw__' + field.key)}" for field in fields]
    before = "b.score" if history_score else "CAST(NULL AS DECIMAL(5,1))"
    join = f" LEFT JOIN ({history_score}) AS b ON b.account_id = f.account_id" if history_score else ""
    columns = ",\n  ".join(["f.*", "r.record__currency", "$today AS today", f"{before} AS before__health_score", *current, *raw])
    return f"SELECT {columns}\nFROM facts AS f JOIN crm.current AS r ON r.id = f.account_id{join}"


def cells_query(
    fields: Sequence[MappedField],
    read: Collection[str],
    only: frozenset[str] | None = None,
    currencies: Currencies = Currencies(),
) -> str:
    """One row per account over `base` and `health`: for each field its value (`<key>`), `<key>__hold` (reason or null) and `<key>__state`.

    `read` names the sources that were read: a score that is missing because one was not keeps what the CRM has.
    `only` names the fields to write; the others are computed where expressions need them and come out absent.
    """
    steps = [_seen(fields, currencies)]
    previous = "seen"
    for number, level in enumerate(levels(fields)):
        own = "".join(
            f",\n    CAST({field.expression.sql} AS DECIMAL(38,{DECIMALS})) AS {_own(field)}" for field in level if field.converts_from
        )
        values = ",\n    ".join(value for field in level for value in _values(field, currencies))
        steps.append(f"level{number} AS (\n  SELECT *,\n    {values}\n  FROM (SELECT *{own} FROM {previous}) AS own)")
        previous = f"level{number}"
    holds = ",\n    ".join(f"{_hold(field)} AS {_name(field.key + '__hold')}" for field in fields)
    steps.append(f"judged AS (\n  SELECT *,\n    {holds}\n  FROM {previous})")
    states = ",\n  ".join(f"{_state(field, read, only)} AS {_name(field.key + '__state')}" for field in fields)
    return "WITH " + ",\n".join(steps) + f"\nSELECT *,\n  {states}\nFROM judged"


def _seen(fields: Sequence[MappedField], currencies: Currencies) -> str:
    """What expressions may use, a row per account."""
    units = dict.fromkeys(field.converts_from for field in fields if field.converts_from) if currencies.by_record else {}
    columns, joins = joined(units, currencies)
    factors = "".join(f", {column}" for column in columns)
    return f"""seen AS (
  SELECT b.*, h.health__score, h.health__band, h.health__coverage_pct, h.health__reasons, h.health__model,
    h.health__score - b.before__health_score AS health__change_30d{factors}
  FROM base AS b LEFT JOIN health AS h ON h.account_id = b.account_id{joins})"""


def _values(field: MappedField, currencies: Currencies) -> Iterator[str]:
    """The column of a field's value and, where its money may have to be converted, why it could not be."""
    unit, spec = field.converts_from, field.spec
    value = converted(_own(field), unit, spec.scale) if unit and currencies.by_record else _typed(field)
    yield f"{value} AS {_name(field.key)}"
    if unit:
        yield f"{unconverted(_own(field), unit, spec.label, spec.scale, currencies)} AS {_name(not_converted(field.key))}"


def _own(field: MappedField) -> str:
    return _name(f"{field.key}__own")


def levels(fields: Sequence[MappedField]) -> list[list[MappedField]]:
    """Fields in steps such that each uses only fields of earlier steps."""
    steps: list[list[MappedField]] = []
    depth: dict[str, int] = {}
    for field in fields:
        depth[field.key] = 1 + max((depth[name] for name in field.expression.columns if name in depth), default=-1)
        if depth[field.key] == len(steps):
            steps.append([])
        steps[depth[field.key]].append(field)
    return steps


def count_query(fields: Iterable[MappedField]) -> str:
    """One row per field: key, absent, held, unchanged, filled (was empty), replaced, cleared, having (cells that hold a value now)."""
    return " UNION ALL ".join(
        f"""SELECT '{field.key}', {_sum(f"{state} = 'absent'")}, {_sum(f"{state} = 'held'")}, {_sum(f"{state} = 'unchanged'")},
  {_sum(f"{state} = 'change' AND {raw} IS NULL")}, {_sum(f"{state} = 'change' AND {raw} IS NOT NULL AND {value} IS NOT NULL")},
  {_sum(f"{state} = 'change' AND {value} IS NULL")}, {_sum(f"{raw} IS NOT NULL")} FROM cells"""
        for field in fields
        for value, raw, state in [(_name(field.key), _name("raw__" + field.key), _name(field.key + "__state"))]
    )


def change_query(fields: Sequence[MappedField], currencies: Currencies = Currencies()) -> str:
    """Accounts with any change, by id: account_id, account_name, then state, current text, wanted text and unit of each field."""
    columns = ", ".join(
        f"{_name(field.key + '__state')}, {_name('raw__' + field.key)}, CAST({_name(field.key)} AS VARCHAR), {unit}"
        for field in fields
        for unit in [unit_query(field, currencies)]
    )
    return f"SELECT account_id, account_name, {columns} FROM cells WHERE {any_change(fields)} ORDER BY account_id"


def unit_query(field: MappedField, currencies: Currencies) -> str:
    """The SQL over `cells` of what the field's number is in: for money the code of the account's currency."""
    if field.expression.kind is not Kind.MONEY or field.currency is None:
        return _text(field.unit) if field.unit else "CAST(NULL AS VARCHAR)"
    if field.currency == RECORD or (field.spec.type == "currency" and currencies.by_record):
        return f"UPPER(COALESCE(record__currency, {currencies.code(REPORTING)}))"
    return f"UPPER({currencies.code(field.currency)})"


def any_change(fields: Sequence[MappedField]) -> str:
    """The condition on a row of `cells` that at least one of the fields is to be written."""
    return " OR ".join(f"{_name(field.key + '__state')} = 'change'" for field in fields) or "FALSE"


def held_query(fields: Sequence[MappedField]) -> str:
    """Held cells: account_id, account_name, reason, the fields that it holds back (comma-separated), whether it is that a source's object
    might belong to several accounts, by account."""
    unclear = ", ".join(f"{source}__held" for source in SOURCES)
    each = " UNION ALL ".join(
        f"SELECT account_id, account_name, {_name(field.key + '__hold')} AS reason, '{field.key}' AS field, {number} AS place, "
        f"COALESCE({_name(field.key + '__hold')} IN ({unclear}), FALSE) AS ambiguous "
        f"FROM cells WHERE {_name(field.key + '__state')} = 'held'"
        for number, field in enumerate(fields)
    )
    return (
        f"SELECT account_id, account_name, reason, STRING_AGG(field, ', ' ORDER BY place), BOOL_OR(ambiguous) FROM ({each}) "
        "GROUP BY account_id, account_name, reason ORDER BY account_name, account_id, reason"
    )


def _typed(field: MappedField) -> str:
    """The expression as the field's type; blanks around a text are dropped, as CRMs do, and an empty text is no value."""
    typed = f"TRY_CAST({field.expression.sql} AS {field.spec.sql_type})"
    return f"NULLIF(TRIM({typed}), '')" if field.spec.sql_type == "VARCHAR" else typed


def _hold(field: MappedField) -> str:
    reasons = [_name(column) for column in dict.fromkeys([*(f"{source}__held" for source in field.sources), *field.held_by])]
    reasons += [f"CASE WHEN {test} THEN {_text(reason)} END" for test, reason in _misfits(field).items()]
    return f"COALESCE({', '.join(reasons)}, NULL)" if reasons else "CAST(NULL AS VARCHAR)"


def _misfits(field: MappedField) -> Mapping[str, str]:
    """Tests for values that the CRM would refuse or cut, and why."""
    name, spec = _name(field.key), field.spec
    found: dict[str, str] = {}
    if spec.type in ("number", "currency") and not field.converts_from:
        room = f"{18 - spec.scale} digits beside its {spec.scale} decimals"
        test = f"{name} IS NULL AND ({field.expression.sql}) IS NOT NULL"
        found[test] = f"{spec.label} would be too large; the field has room for {room}"
    if spec.sql_type == "VARCHAR":
        mend = "give it more length in field_specs and in the CRM"
        found[f"LENGTH({name}) > {spec.length}"] = f"{spec.label} would be longer than {spec.length} characters; {mend}"
    if spec.options and not spec.open:
        options = ", ".join(_text(option) for option in spec.options)
        mend = "add it to them in field_specs and in the CRM, or mend the expression"
        found[f"{name} NOT IN ({options})"] = f"the value is not among the options of {spec.label}; {mend}"
    if spec.type == "url":
        found[f"{name} NOT LIKE 'https://%'"] = f"{spec.label} would not be an https link; mend the expression"
    return found


def _state(field: MappedField, read: Collection[str], only: frozenset[str] | None) -> str:
    if only is not None and field.key not in only:
        return "'absent'"
    value, hold = _name(field.key), _name(field.key + "__hold")
    # a score is made of whatever sources there are: one is enough to say that it was looked for
    present = (" OR " if field.rests_on_health else " AND ").join(_name(f"{source}__present") for source in field.sources) or "TRUE"
    clears = field.clears and set(field.sources) <= set(read)
    kept = f"NOT ({present})" if clears else "TRUE"
    return (
        f"CASE WHEN {hold} IS NOT NULL THEN 'held' WHEN {value} IS NULL AND {kept} THEN 'absent' "
        f"WHEN {value} IS NOT DISTINCT FROM {_name('prev__' + field.key)} "
        f"AND ({value} IS NOT NULL OR {_name('raw__' + field.key)} IS NULL) "
        "THEN 'unchanged' ELSE 'change' END"
    )


def _sum(condition: str) -> str:
    return f"COUNT(*) FILTER (WHERE {condition})"


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
