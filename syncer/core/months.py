"""What customers paid in several months, in one query: SQL text only.

Planning the models for one month costs more than running them on it. So the months are laid side by side: each customer stands there once
per month, with all that is theirs, ids led by that month and dates moved so that the month's instant falls on the same `$as_of` for all.
The models compare instants with `$as_of` and with each other, and nothing else; so they find of each month what they would of it alone.
"""

from __future__ import annotations

from syncer.core.compose import customer_query
from syncer.specs.mrr_policy import MrrPolicy
from syncer.words.tables import Table

MONTHS = Table("months", {"month": "VARCHAR", "before": "VARCHAR", "later": "BIGINT"}, key=())
"""The months to lay side by side: each with the month before it, and by how many seconds its dates are moved."""

LISTED = Table(
    "listed",
    {**dict.fromkeys(("month", "customer_id", "currency"), "VARCHAR"), "mrr_minor": "BIGINT", "free": "BOOLEAN"},
    key=(),
)
"""Who is on a month's list: those who pay, those of whom a free subscription counts, those whose MRR is unknown (null)."""

_SHARED = ("stripe.product", "stripe.price", "stripe.price_tier", "stripe.coupon", "stripe.coupon_product")
_IDS = {"id", "customer_id", "subscription_id", "owner_id", "item_id", "invoice_id", "latest_invoice_id", "subscription_item_id"}
_INSTANTS = {
    *("created", "start_date", "trial_end", "cancel_at", "canceled_at", "ended_at", "starts", "ends", "due_date", "paid_at"),
    *("period_start", "period_end", "current_period_start", "current_period_end"),
}


def side_by_side(table: Table, single: str) -> str:
    """The rows of `single`, a table of Stripe's, once for each of MONTHS; what all customers share stays as it is."""
    if table.name in _SHARED:
        return f"SELECT * FROM {single}"
    columns = ", ".join(f"{_laid(name)} AS {name}" for name in table.columns)
    return f"SELECT {columns} FROM {single} CROSS JOIN {MONTHS.name} AS m"


def _laid(column: str) -> str:
    if column in _IDS:
        return f"m.month || {column}"
    return f"{column} + m.later" if column in _INSTANTS else column


def listed_query(policy: MrrPolicy, *, past: bool) -> str:
    """LISTED of all months that lie side by side. `$as_of` and `past` as in `customer_query`."""
    return (
        "SELECT SUBSTRING(customer_id, 1, 7) AS month, SUBSTRING(customer_id, 8) AS customer_id, currency, mrr_minor, "
        f"COALESCE(mrr_minor = 0, FALSE) AS free FROM ({customer_query(policy, past=past)}) WHERE counted OR mrr_minor IS DISTINCT FROM 0"
    )


def missing_query(history: str, earlier: str) -> str:
    """The rows of `kind` that the months lack in `history`: month, customer_id, currency, mrr_minor, free. Parameter: `$kind`.

    Those on the list, and with 0 who was on that of the month before (in `history` or `earlier`) or stands in the month's history.
    """
    return f"""
WITH before AS (
  SELECT month, customer_id, currency FROM {history} WHERE free OR mrr_minor IS DISTINCT FROM 0
  UNION ALL SELECT month, customer_id, currency FROM {earlier}
  UNION ALL SELECT month, customer_id, currency FROM {LISTED.name}
), gone AS (
  SELECT m.month, b.customer_id, b.currency FROM {MONTHS.name} AS m JOIN before AS b ON b.month = m.before
  UNION SELECT m.month, h.customer_id, h.currency FROM {MONTHS.name} AS m JOIN {history} AS h ON h.month = m.month
  EXCEPT SELECT month, customer_id, currency FROM {LISTED.name}
), wanted AS (
  SELECT month, customer_id, currency, mrr_minor, free, $kind AS kind FROM {LISTED.name}
  UNION ALL SELECT month, customer_id, currency, CAST(0 AS BIGINT), FALSE, $kind FROM gone
  EXCEPT SELECT month, customer_id, currency, mrr_minor, free, kind FROM {history}
)
SELECT month, customer_id, currency, mrr_minor, free FROM wanted ORDER BY month, customer_id, currency"""
