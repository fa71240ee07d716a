"""From a value in the CRM back to where it comes from: expression, facts, source objects, the run that wrote it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

import msgspec

from syncer.core.cells import MappedField
from syncer.core.compose import item_query
from syncer.core.conversion import factor_column
from syncer.core.mrr import exact_text
from syncer.core.score import contributions_query
from syncer.crm.canonical import plain
from syncer.runs.propose import Proposal, proposing
from syncer.runs.run import Run
from syncer.runs.tables import HISTORY
from syncer.specs.account import SOURCES
from syncer.specs.wording import did_you_mean
from syncer.words import when
from syncer.words.errors import UsageError

OBJECTS = {
    "stripe": ("stripe.customer", "https://dashboard.stripe.com/{test}customers/{id}"),
    "mixpanel": ("mixpanel.group", None),
    "zendesk": ("zendesk.organization", "https://{subdomain}.zendesk.com/agent/organizations/{id}"),
}


class Written(msgspec.Struct, frozen=True):
    """One value in the CRM's past: when, by which run (`written` by it, or `seen` standing there)."""

    at: str
    value: str | None
    old: str | None
    run: str
    kind: str


class Explanation(msgspec.Struct, frozen=True):
    """Everything behind one cell. `items` are the Stripe items behind MRR, `contributions` the inputs behind a health score."""

    crm: str
    account_id: str
    account: str
    field: str
    label: str
    help: str
    in_crm: str | None
    computed: str | None
    state: str
    held: str | None
    expression: str
    place: str
    facts: Mapping[str, str | None]
    objects: Sequence[Mapping[str, str | None]]
    items: Sequence[Mapping[str, Any]]
    contributions: Sequence[Mapping[str, Any]]
    history: Sequence[Written]


def explain(run: Run, crm: str, account: str, field: str | None) -> list[Explanation]:
    """The explanation of one field, or of every field that has a value. `account` is a CRM id, a key, or (part of) a name. No network."""
    with proposing(run, crm) as proposal:
        account_id, name = find_account(proposal, account)
        by_key = {mapped.key: mapped for mapped in proposal.fields}
        if field is not None and field not in by_key:
            raise UsageError(f"{field} is not a mapped field{did_you_mean(field, by_key)}")
        chosen = [by_key[field]] if field else list(proposal.fields)
        return [_explain(run, proposal, account_id, name, mapped) for mapped in chosen]


def find_account(proposal: Proposal, account: str) -> tuple[str, str]:
    exact = "SELECT DISTINCT account_id, account_name FROM cells LEFT JOIN crm.key USING (account_id) WHERE account_id = $a OR value = $a"
    for query in (
        exact,
        "SELECT account_id, account_name FROM cells WHERE LOWER(account_name) = LOWER($a)",
        "SELECT account_id, account_name FROM cells WHERE CONTAINS(LOWER(account_name), LOWER($a)) ORDER BY 2",
    ):
        found = proposal.engine.rows(query, {"a": account})
        if len(found) == 1:
            return found[0]
        if found:
            names = "; ".join(f"{row[1]} ({row[0]})" for row in found[:5])
            raise UsageError(f"{len(found)} accounts fit {account!r}: {names}{' …' if len(found) > 5 else ''}. Say which by its id")
    raise UsageError(f"no account in {proposal.crm} has the id, key or name {account!r}; it may be newer than the last sync")


def _explain(run: Run, proposal: Proposal, account_id: str, name: str, field: MappedField) -> Explanation:
    rows, who = proposal.engine.rows, {"a": account_id}
    in_crm, computed, state, held = rows(
        f'SELECT "raw__{field.key}", CAST("{field.key}" AS VARCHAR), "{field.key}__state", "{field.key}__hold" '
        "FROM cells WHERE account_id = $a",
        who,
    )[0]
    names = [column for column in sorted(field.expression.columns) if column.split(".")[0] in (*SOURCES, "crm")]
    select = ", ".join(f'CAST("{column.replace(".", "__")}" AS VARCHAR)' for column in names)
    values = rows(f"SELECT {select} FROM cells WHERE account_id = $a", who)[0] if names else ()
    history = rows(
        f"SELECT instant, value, old, run, kind FROM {HISTORY.name} "
        "WHERE crm = $crm AND field = $field AND account_id = $a ORDER BY instant DESC",
        {**who, "crm": proposal.crm, "field": field.key},
    )
    return Explanation(
        proposal.crm,
        account_id,
        name,
        field.key,
        field.spec.label,
        field.spec.help,
        in_crm,
        computed,
        state,
        held,
        run.project.mapping.fields[field.key].value,
        field.place,
        dict(zip(names, values, strict=True)) | _conversion(proposal, account_id, field),
        [found for source in field.sources for found in _objects(run, proposal, account_id, source)],
        _items(run, proposal, account_id) if "stripe.mrr" in field.expression.columns or "stripe.arr" in field.expression.columns else [],
        _contributions(run, proposal, account_id) if field.rests_on_health else [],
        [Written(when.iso(row[0]), *row[1:]) for row in history],
    )


def _conversion(proposal: Proposal, account_id: str, field: MappedField) -> dict[str, str | None]:
    """The rate that the value was converted by, to 12 digits: `1 EUR in JPY` → `164.145234493 of 2026-10-31`; nothing where it was not."""
    names = [factor_column(field.converts_from, part) for part in ("currency", "n", "d", "day")] if field.converts_from else []
    if not set(names) & proposal.engine.columns("SELECT * FROM cells").keys():
        return {}
    select = ", ".join(("record__currency", *names))
    target, currency, n, d, day = proposal.engine.rows(f"SELECT {select} FROM cells WHERE account_id = $a", {"a": account_id})[0]
    if day is None:
        return {}
    rate = plain(Context(prec=12).divide(Decimal(n), Decimal(d)))
    return {f"1 {currency.upper()} in {target.upper()}": f"{rate} of {day}"}


def _objects(run: Run, proposal: Proposal, account_id: str, source: str) -> list[dict[str, str | None]]:
    table, link = OBJECTS[source]
    test = "CASE WHEN o.livemode THEN '' ELSE 'test/' END" if source == "stripe" else "''"
    found = proposal.engine.rows(
        f"SELECT m.source_id, o.name, m.rule, {test} FROM identity.match AS m JOIN {table} AS o ON o.id = m.source_id "
        f"WHERE m.source = '{source}' AND m.account_id = $a ORDER BY 1",
        {"a": account_id},
    )
    subdomain = run.settings.zendesk.subdomain if run.settings.zendesk else ""
    group_page = run.parameters(proposal.crm)["mixpanel_group_url_base"]
    return [
        {
            "source": source,
            "id": row[0],
            "name": row[1],
            "matched_by": row[2],
            "link": link.format(id=row[0], test=row[3], subdomain=subdomain) if link else (f"{group_page}{row[0]}" if group_page else None),
        }
        for row in found
    ]


ITEM_COLUMNS = (
    *("subscription_id", "item_id", "product_name", "quantity", "currency", "recurring_interval", "interval_count"),
    *("counted", "why_not", "held", "amount_n", "amount_d", "left_n", "left_d", "monthly_n", "monthly_d"),
)


def _items(run: Run, proposal: Proposal, account_id: str) -> list[dict[str, Any]]:
    columns = ", ".join(f"i.{column}" for column in ITEM_COLUMNS)
    rows = proposal.engine.rows(
        f"SELECT {columns} FROM ({item_query(run.project.mapping.mrr_policy)}) AS i JOIN identity.match AS m "
        "ON m.source = 'stripe' AND m.source_id = i.customer_id WHERE m.account_id = $a ORDER BY i.counted DESC, i.item_id",
        {**run.parameters(proposal.crm), "a": account_id},
    )
    return [_item(dict(zip(ITEM_COLUMNS, row, strict=True))) for row in rows]


def _item(row: dict[str, Any]) -> dict[str, Any]:
    """The row with its amounts in minor units, exact, as text: a plain decimal, else n/d."""
    about = {name: value for name, value in row.items() if not name.endswith(("_n", "_d"))}
    amount, left, monthly = (_fraction(row[f"{name}_n"], row[f"{name}_d"]) for name in ("amount", "left", "monthly"))
    discount = None if amount is None or left is None else amount - left
    return {**about, "amount": exact_text(amount), "discount": exact_text(discount or None), "monthly": exact_text(monthly)}


def _fraction(n: int | None, d: int | None) -> Fraction | None:
    return None if n is None or d is None else Fraction(n, d)


def _contributions(run: Run, proposal: Proposal, account_id: str) -> list[dict[str, Any]]:
    query = contributions_query(run.project.health, "base")
    columns = ("part", "input", "label", "measured", "reads", "points", "weight_pct", "contribution")
    parameters = {**run.parameters(proposal.crm), "a": account_id}
    rows = proposal.engine.rows(f"SELECT {', '.join(columns)} FROM ({query}) WHERE account_id = $a", parameters)
    return [dict(zip(columns, row, strict=True)) for row in rows]
