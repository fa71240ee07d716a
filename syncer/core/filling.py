"""How well columns are filled, and what stands in them. SQL text over the table `cells`, a row per account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from syncer.core.kinds import Kind
from syncer.core.listing import Listing
from syncer.core.masking import shape, shown
from syncer.core.plan import canonical
from syncer.words.tables import Row

NEW_DAYS = 90
LIFECYCLES = {
    "all": "TRUE",
    "new": f"stripe__first_paid_on >= today - {NEW_DAYS}",
    "existing": f"stripe__first_paid_on < today - {NEW_DAYS}",
}
"""Which accounts: every one; those whose first payment lies within the last days; those who paid before."""
ORDERED = frozenset((Kind.NUMBER, Kind.MONEY, Kind.DATE))
SAMPLES = 3


class Share(msgspec.Struct, frozen=True):
    """`filled` of `accounts` have a value; accounts are those that something of the source belongs to."""

    filled: int
    accounts: int


class Filling(msgspec.Struct, frozen=True):
    """One column over all accounts. `held`: accounts whose value is not to be trusted now. `low`, `middle`, `high` of what has an order;
    `top` are the commonest texts with their accounts, masked where they may say who somebody is."""

    shares: Mapping[str, Share]
    held: int = 0
    low: str | None = None
    middle: str | None = None
    high: str | None = None
    top: Sequence[tuple[str, int]] = ()

    @property
    def samples(self) -> tuple[str, ...]:
        """Up to three values, as they may be shown."""
        spread = [value for value in (self.low, self.middle, self.high) if value is not None]
        return tuple(dict.fromkeys(spread)) or tuple(dict.fromkeys(text for text, _ in self.top))


def fill_query(listings: Iterable[Listing]) -> str:
    """One row: for each listing the figures that `fillings` reads, side by side."""
    return f"SELECT {', '.join(figure for listing in listings for figure in _figures(listing))} FROM cells"


def fillings(listings: Sequence[Listing], row: Row) -> list[Filling]:
    """The row of `fill_query` by listing, without the commonest texts."""
    width = len(_figures(listings[0])) if listings else 0
    found = []
    for number in range(len(listings)):
        *counts, held, low, middle, high = row[number * width : (number + 1) * width]
        pairs = zip(counts[::2], counts[1::2], strict=True)
        shares = {name: Share(filled, accounts) for name, (accounts, filled) in zip(LIFECYCLES, pairs, strict=True)}
        found.append(Filling(shares, held, canonical(low), canonical(middle), canonical(high)))
    return found


def top_query(listing: Listing) -> str | None:
    """The commonest values and their accounts; None of what has an order."""
    if listing.column.kind in ORDERED:
        return None
    return (
        f"SELECT CAST({listing.sql} AS VARCHAR), COUNT(*) FROM cells WHERE {listing.sql} IS NOT NULL "
        f"GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {SAMPLES}"
    )


def masked(listing: Listing, rows: Iterable[Row]) -> list[tuple[str, int]]:
    """The rows of `top_query` as they may be shown. A text that one account alone has may be anything, and is shown by its shape."""
    return [(_masked(listing, text, count), count) for text, count in rows]


def _masked(listing: Listing, text: str, count: int) -> str:
    if listing.column.kind is Kind.BOOL:
        return "yes" if text == "true" else "no"
    hides = listing.personal or (listing.open and count == 1 and not text.startswith("https://"))
    return shape(text) if hides else shown(text)


def _figures(listing: Listing) -> list[str]:
    counts = [f"COUNT({what}) FILTER (WHERE {listing.matched} AND {which})" for which in LIFECYCLES.values() for what in ("*", listing.sql)]
    held = " OR ".join(f"{column} IS NOT NULL" for column in listing.column.held_by) or "FALSE"
    return [*counts, f"COUNT(*) FILTER (WHERE {held})", *_spread(listing)]


def _spread(listing: Listing) -> list[str]:
    if listing.column.kind not in ORDERED:
        return ["NULL"] * 3
    values = [f"MIN({listing.sql})", f"QUANTILE_DISC({listing.sql}, 0.5)", f"MAX({listing.sql})"]
    return [f"CAST({value} AS VARCHAR)" for value in values]
