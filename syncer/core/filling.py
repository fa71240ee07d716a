"""How well columns are filled, and what stands in them. SQL text over the table `cells`, a row per account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from syncer.core.kinds import Kind
from syncer.core.listing import Listing
from syncer.core.masking import shape, shown
from syncer.core.plan import canonical
from syncer.specs.account import SOURCES
from syncer.words.tables import Row

NEW_DAYS = 90
LIFECYCLE = (
    f"CASE WHEN stripe__first_paid_on >= today - {NEW_DAYS} THEN 'new' WHEN stripe__first_paid_on IS NOT NULL THEN 'existing' ELSE '' END"
)
"""Whether an account paid first within the last days, before them, or never."""
MATCHED = ("TRUE", *(f"{source}__present" for source in SOURCES))
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


def share_query(listings: Iterable[Listing]) -> str:
    """A row per lifecycle: its name, its accounts by MATCHED, and how many have a value of each listing."""
    accounts = [f"COUNT(*) FILTER (WHERE {matched})" for matched in MATCHED]
    return f"SELECT {', '.join([LIFECYCLE, *accounts, *(f'COUNT({listing.sql})' for listing in listings)])} FROM cells GROUP BY 1"


def spread_query(listings: Iterable[Listing]) -> str:
    """One row: of each listing how many accounts are held, and the least, the middle and the largest value of what has an order."""
    figures = (figure for listing in listings for figure in (f"COUNT(*) FILTER (WHERE {_held(listing)})", *_spread(listing)))
    return f"SELECT {', '.join(figures)} FROM cells"


def fillings(listings: Sequence[Listing], shares: Iterable[Row], spreads: Row) -> list[Filling]:
    """The answers of the two queries by listing, without the commonest texts."""
    counts = {name: row for name, *row in shares}
    everyone = [sum(column) for column in zip(*counts.values(), strict=True)]
    nobody = [0] * (len(MATCHED) + len(listings))
    rows = {"all": everyone or nobody, "new": counts.get("new", nobody), "existing": counts.get("existing", nobody)}
    found = []
    for number, listing in enumerate(listings):
        held, low, middle, high = spreads[4 * number : 4 * number + 4]
        place = MATCHED.index(listing.matched)
        by_name = {name: Share(row[len(MATCHED) + number], row[place]) for name, row in rows.items()}
        found.append(Filling(by_name, held, canonical(low), canonical(middle), canonical(high)))
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


def _held(listing: Listing) -> str:
    return " OR ".join(f"{column} IS NOT NULL" for column in listing.column.held_by) or "FALSE"


def _spread(listing: Listing) -> list[str]:
    if listing.column.kind not in ORDERED:
        return ["NULL"] * 3
    values = [f"MIN({listing.sql})", f"QUANTILE_DISC({listing.sql}, 0.5)", f"MAX({listing.sql})"]
    return [f"CAST({value} AS VARCHAR)" for value in values]
