"""The Stripe items behind an account's MRR."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from syncer.core.compose import item_query
from syncer.core.mrr import exact_text
from syncer.runs.compiled import compiled
from syncer.runs.run import Run
from syncer.tools.engine import Engine

COLUMNS = (
    *("subscription_id", "item_id", "product_name", "quantity", "currency", "recurring_interval", "interval_count"),
    *("counted", "why_not", "held", "amount_n", "amount_d", "left_n", "left_d", "monthly_n", "monthly_d"),
)


def items(run: Run, engine: Engine, crm: str, account_id: str) -> list[dict[str, Any]]:
    """The items of every Stripe customer of the account, the counted ones first; amounts in minor units, exact, as text."""
    policy = run.project.mapping.mrr_policy
    columns = ", ".join(f"i.{column}" for column in COLUMNS)
    rows = engine.rows(
        f"SELECT {columns} FROM ({compiled(run.store, lambda: item_query(policy), 'items', policy)}) AS i JOIN identity.match AS m "
        "ON m.source = 'stripe' AND m.source_id = i.customer_id WHERE m.account_id = $a ORDER BY i.counted DESC, i.item_id",
        {**run.parameters(crm), "a": account_id},
    )
    return [_item(dict(zip(COLUMNS, row, strict=True))) for row in rows]


def _item(row: dict[str, Any]) -> dict[str, Any]:
    """The row with its amounts as text: a plain decimal, else n/d."""
    about = {name: value for name, value in row.items() if not name.endswith(("_n", "_d"))}
    amount, left, monthly = (_fraction(row[f"{name}_n"], row[f"{name}_d"]) for name in ("amount", "left", "monthly"))
    discount = None if amount is None or left is None else amount - left
    return {**about, "amount": exact_text(amount), "discount": exact_text(discount or None), "monthly": exact_text(monthly)}


def _fraction(n: int | None, d: int | None) -> Fraction | None:
    return None if n is None or d is None else Fraction(n, d)
