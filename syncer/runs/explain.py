"""From a value back to where it comes from: expression, facts, source objects, the run that wrote it. Now, or on a day gone by."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Context, Decimal

import msgspec

from syncer.core.cells import MappedField, unit_query
from syncer.core.conversion import REPORTING, factor_column
from syncer.core.explain import Contribution, Explanation, Fact, Written, in_order, with_people
from syncer.core.plan import canonical
from syncer.core.score import contributions_query
from syncer.core.units import told
from syncer.crm.canonical import plain
from syncer.runs.explain_account import find_account
from syncer.runs.explain_items import items
from syncer.runs.explain_past import Laid, day_gone_by
from syncer.runs.explain_sources import objects, undecided
from syncer.runs.mirror import page_of
from syncer.runs.propose import proposing
from syncer.runs.run import Run
from syncer.runs.tables import HISTORY, RUN
from syncer.specs.reader import Page
from syncer.specs.wording import did_you_mean
from syncer.words import when
from syncer.words.errors import UsageError

HEALTH = "mappings/health.yaml"


def explain(run: Run, crm: str, account: str, field: str | None, on: date | None = None) -> list[Explanation]:
    """The explanation of one field, or of every field; as it was `on` a day in history. No network.

    `account` is an id, a key, (part of) a name, or the address of its page. UsageError when it names none or several, when there is no
    such field, or when history does not reach back to that day.
    """
    with _laid(run, crm, account) if on is None else day_gone_by(run, crm, account, on) as laid:
        by_key = {mapped.key: mapped for mapped in laid.fields}
        if field is not None and field not in by_key:
            then = f" on {on}" if on else ""
            raise UsageError(f"{field} is not a mapped field{then}{did_you_mean(field, by_key)}")
        chosen = [by_key[field]] if field else list(laid.fields)
        return [_explain(laid, mapped) for mapped in chosen]


@contextmanager
def _laid(run: Run, crm: str, account: str) -> Iterator[Laid]:
    with proposing(run, crm) as proposal:
        account_id, name = find_account(run, proposal.engine, crm, account)
        yield Laid(run, crm, account_id, name, proposal.fields, proposal.engine, proposal.currencies)


def _explain(laid: Laid, field: MappedField) -> Explanation:
    run, crm, engine, who = laid.run, laid.crm, laid.engine, laid.account_id
    [(in_crm, computed, state, held, unit)] = engine.rows(
        f'SELECT "raw__{field.key}", CAST("{field.key}" AS VARCHAR), "{field.key}__state", "{field.key}__hold", '
        f"{unit_query(field, laid.currencies)} FROM cells WHERE account_id = $a",
        {"a": who},
    )
    marks = run.store.latest().marks
    pays = {"stripe.mrr", "stripe.arr"} & field.expression.columns
    return Explanation(
        crm=crm,
        account_id=who,
        account=laid.account,
        link=page_of(marks, crm, who),
        field=field.key,
        label=field.spec.label,
        help=field.spec.help,
        type=field.spec.type,
        unit=unit,
        in_crm=canonical(in_crm),
        computed=canonical(computed),
        state=state if state != "change" or not laid.day else "unchanged" if canonical(in_crm) == canonical(computed) else "other",
        held=held,
        undecided=undecided(run, engine, crm, who, field.sources) if held and not laid.day else [],
        expression=run.project.mapping.fields[field.key].value,
        place=field.place,
        facts=[*_facts(laid, field), *_conversion(laid, field)],
        objects=objects(run, engine, crm, who, field.sources),
        items=items(run, engine, crm, who) if pays and not laid.day else [],
        contributions=_contributions(laid) if field.rests_on_health else [],
        history=_history(laid, field, in_crm),
        on=laid.day,
    )


def _facts(laid: Laid, field: MappedField) -> list[Fact]:
    """The facts that the expression uses, in its order; those of a score are told by its contributions too."""
    catalogue = laid.run.project.catalogue.facts
    health = laid.run.project.health.columns if field.rests_on_health else frozenset()
    own = in_order(field.expression.columns, laid.run.project.mapping.fields[field.key].value)
    names = [name for name in dict.fromkeys([*own, *sorted(health)]) if name in catalogue]
    if not names:
        return []
    money = [_money(laid, catalogue[name].column.currency) for name in names]
    select = ", ".join(f"CAST({name.replace('.', '__')} AS VARCHAR), {code}" for name, code in zip(names, money, strict=True))
    [row] = laid.engine.rows(f"SELECT {select} FROM cells WHERE account_id = $a", {"a": laid.account_id})
    return [
        Fact(name, canonical(value), about.kind, code or told(about.kind, about.unit), about.meaning)
        for name, value, code in zip(names, row[::2], row[1::2], strict=True)
        for about in [catalogue[name]]
    ]


def _money(laid: Laid, unit: str | None) -> str:
    """SQL of the code that money of this unit is in."""
    if unit is None:
        return "NULL"
    code = laid.currencies.code(unit)
    return f"UPPER({code})" if unit == REPORTING or code in laid.engine.columns("SELECT * FROM cells") else "NULL"


def _conversion(laid: Laid, field: MappedField) -> list[Fact]:
    """The rate that the value was converted by, to 12 digits: `1 EUR in JPY` is `164.145234493 of 2026-10-31`; nothing where it was not."""
    names = [factor_column(field.converts_from, part) for part in ("currency", "n", "d", "day")] if field.converts_from else []
    if not set(names) & laid.engine.columns("SELECT * FROM cells").keys():
        return []
    select = ", ".join(("record__currency", *names))
    [(target, currency, n, d, day)] = laid.engine.rows(f"SELECT {select} FROM cells WHERE account_id = $a", {"a": laid.account_id})
    if day is None:
        return []
    rate = plain(Context(prec=12).divide(Decimal(n), Decimal(d)))
    return [Fact(f"1 {currency.upper()} in {target.upper()}", f"{rate} of {day}", "text", None, "the exchange rate, and its day")]


def _contributions(laid: Laid) -> list[Contribution]:
    columns = ("version", "part", "input", "label", "measured", "reads", "points", "weight_pct", "contribution", "most")
    select = ", ".join(f"CAST({column} AS VARCHAR)" for column in columns)
    query = contributions_query(laid.run.project.health, "(SELECT * FROM base WHERE account_id = $a)")
    rows = laid.engine.rows(f"SELECT {select} FROM ({query})", {**laid.run.parameters(laid.crm), "a": laid.account_id})
    page = Page(HEALTH, laid.run.project.texts.get(HEALTH, ""))
    specs = {model.version: model.spec for model in laid.run.project.health.models}
    return [
        Contribution(
            **dict(zip(("model", *columns[1:]), row, strict=True)),
            expression=specs[row[0]].parts[row[1]].inputs[row[2]].value,
            place=_place(page, *row[:3]),
        )
        for row in rows
    ]


def _place(page: Page, version: str, part: str, input_: str) -> str:
    return f"{page.name}:{page.where(('models', version.partition('@')[0], 'parts', part, 'inputs', input_))[0]}"


def _history(laid: Laid, field: MappedField, in_crm: str | None) -> list[Written]:
    """What became of the cell, newest first; for a day gone by up to its run."""
    rows = laid.engine.rows(
        f"SELECT h.instant, h.value, h.old, h.run, h.kind, r.summary FROM {HISTORY.name} AS h "
        f"LEFT JOIN {RUN.name} AS r ON r.run = h.run AND r.crm = h.crm "
        "WHERE h.crm = $crm AND h.field = $field AND h.account_id = $a AND h.instant <= $as_of",
        {"crm": laid.crm, "field": field.key, "a": laid.account_id, "as_of": laid.run.as_of},
    )
    written = [
        Written(when.iso(instant), canonical(value), canonical(old), run, kind, msgspec.json.decode(summary or "{}").get("definition"))
        for instant, value, old, run, kind, summary in rows
    ]
    return with_people(written, in_crm, None if laid.day else when.iso(laid.run.as_of))
