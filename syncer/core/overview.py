"""The customers of one CRM at a glance, as a value for terminal, report and JSON alike: SQL over `cells`, and what it yields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from syncer.specs.account import SOURCES


class Customer(msgspec.Struct, frozen=True):
    """A scored account. `mrr` in major units of `currency`, both None when unknown."""

    id: str
    name: str
    score: Decimal
    band: str
    reasons: str
    mrr: Decimal | None
    currency: str | None


class PlanRevenue(msgspec.Struct, frozen=True):
    """The accounts on one plan that pay in one currency, and their MRR in major units."""

    currency: str
    plan: str
    accounts: int
    mrr: Decimal


class Overview(msgspec.Struct, frozen=True):
    """`matched` counts accounts by source, `ambiguous` accounts that any source holds back, `bands` accounts by health band, best first."""

    accounts: int
    matched: Mapping[str, int]
    ambiguous: int
    bands: Mapping[str, int]
    unscored: int
    revenue: Sequence[PlanRevenue]
    riskiest: Sequence[Customer]
    best: Sequence[Customer]


_MATCHED = ", ".join(f"COUNT(*) FILTER (WHERE {source}__present)" for source in SOURCES)
_HELD = " OR ".join(f"{source}__held IS NOT NULL" for source in SOURCES)
COUNTS = f"SELECT COUNT(*), COUNT(*) FILTER (WHERE {_HELD}), COUNT(*) FILTER (WHERE health__score IS NULL), {_MATCHED} FROM cells"

BANDS = "SELECT health__band, COUNT(*) FROM cells WHERE health__band IS NOT NULL GROUP BY 1"

REVENUE = """
SELECT stripe__currency, stripe__plan, COUNT(*), SUM(stripe__mrr) FROM cells
WHERE stripe__mrr > 0 AND stripe__plan IS NOT NULL AND stripe__held IS NULL
GROUP BY 1, 2 ORDER BY 1, 4 DESC, 2"""

_CUSTOMERS = """
SELECT account_id, account_name, health__score, health__band, COALESCE(health__reasons, ''), stripe__mrr, stripe__currency FROM cells
WHERE health__score IS NOT NULL AND stripe__mrr > 0 AND stripe__held IS NULL AND mixpanel__held IS NULL AND zendesk__held IS NULL
ORDER BY health__score {direction}, account_name, account_id LIMIT {count}"""


def customers_query(count: int, *, best: bool) -> str:
    """The paying accounts with the highest or lowest scores."""
    return _CUSTOMERS.format(direction="DESC" if best else "ASC", count=count)


def overview(
    counts: Sequence[Any],
    bands: Mapping[str, int],
    order: Sequence[str],
    revenue: Sequence[Sequence[Any]],
    customers: Sequence[Sequence[Sequence[Any]]],
) -> Overview:
    """The value from the rows of COUNTS (one), BANDS, REVENUE and the two customer queries (riskiest, best)."""
    accounts, ambiguous, unscored, *matched = counts
    return Overview(
        accounts=accounts,
        matched=dict(zip(SOURCES, matched, strict=True)),
        ambiguous=ambiguous,
        bands={band: bands.get(band, 0) for band in order},
        unscored=unscored,
        revenue=[PlanRevenue(*row) for row in revenue],
        riskiest=[Customer(*row) for row in customers[0]],
        best=[Customer(*row) for row in customers[1]],
    )
