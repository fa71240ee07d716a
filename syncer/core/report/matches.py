"""Match quality: how many source objects found their account and by which rule, which are ambiguous, and what unmatched ones pay.

The queries read `identity.decision`, and history.mrr for what Stripe's customers paid when last seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import msgspec

from syncer.core.markup import Html, Node
from syncer.core.report.layout import Column, bar, counted, folded, left_out, money, name, note, part, prose, share, table
from syncer.words.vendors import VENDOR_NAMES

SHOWN_OBJECTS = 15

SOURCES = "SELECT source, kind, COUNT(DISTINCT source_id) FROM identity.decision GROUP BY source, kind"
RULES = "SELECT source, rule, COUNT(*) FROM identity.decision WHERE kind = 'match' GROUP BY source, rule ORDER BY source, 3 DESC, rule"

_PAID = """paid AS (
  SELECT customer_id, currency, mrr_minor FROM history.mrr
  WHERE month = (SELECT MAX(month) FROM history.mrr) AND mrr_minor > 0
)"""

UNPLACED = f"""WITH {_PAID}
SELECT DISTINCT d.kind, d.source, d.source_id, d.name, d.reason, p.currency, p.mrr_minor, p.mrr_minor / t.mrr AS part
FROM identity.decision AS d
LEFT JOIN paid AS p ON d.source = 'stripe' AND p.customer_id = d.source_id
LEFT JOIN (SELECT currency, SUM(mrr_minor) AS mrr FROM paid GROUP BY currency) AS t ON t.currency = p.currency
WHERE d.kind IN ('held', 'unmatched')
QUALIFY ROW_NUMBER() OVER (PARTITION BY d.kind ORDER BY part DESC NULLS LAST, d.source, d.name, d.source_id, d.reason) <= {SHOWN_OBJECTS}
ORDER BY d.kind, part DESC NULLS LAST, d.source, d.name, d.source_id"""
"""Ambiguous and unmatched objects, those that pay the largest part of all that is paid in their currency first."""

AT_STAKE = f"""WITH {_PAID}
SELECT p.currency, COUNT(*), SUM(p.mrr_minor), (SELECT SUM(mrr_minor) FROM paid AS a WHERE a.currency = p.currency)
FROM paid AS p
SEMI JOIN (
  SELECT source_id FROM identity.decision WHERE source = 'stripe' AND kind IN ('held', 'unmatched')
) AS d ON d.source_id = p.customer_id
GROUP BY p.currency ORDER BY 2 DESC, 1"""


class Source(msgspec.Struct, frozen=True):
    """One source's objects: matched, ambiguous, unmatched, and those that a person said belong to no account; rules with their matches."""

    name: str
    matched: int
    ambiguous: int
    unmatched: int
    rejected: int
    rules: Sequence[tuple[str, int]]

    @property
    def whole(self) -> int:
        return self.matched + self.ambiguous + self.unmatched + self.rejected


class Unplaced(msgspec.Struct, frozen=True):
    """A source object without an account; `minor` of `currency` is what it pays a month, None where it pays nothing."""

    source: str
    id: str
    name: str | None
    reason: str | None
    currency: str | None
    minor: int | None


class Stake(msgspec.Struct, frozen=True):
    """What Stripe customers without an account pay a month in one currency, and what all pay in it."""

    currency: str
    customers: int
    minor: int
    whole: int


class Matches(msgspec.Struct, frozen=True):
    """The matching of one CRM; of `ambiguous` and `unmatched` the first, by what they pay."""

    sources: Sequence[Source]
    ambiguous: Sequence[Unplaced]
    unmatched: Sequence[Unplaced]
    stakes: Sequence[Stake]

    @property
    def unclear(self) -> int:
        return sum(source.ambiguous for source in self.sources)

    @property
    def alone(self) -> int:
        return sum(source.unmatched for source in self.sources)

    def html(self, title: str) -> Html:
        if not self.sources:
            return part(title, note("No source has been read yet."))
        return part(title, self._sources(), self._rules(), self._stakes(), self._ambiguous(), self._unmatched())

    def _sources(self) -> Html:
        columns = (
            Column("Source"),
            *(Column(text, figures=True) for text in ("Objects", "Matched", "Ambiguous", "Unmatched", "Set aside by a person")),
        )
        rows = [
            (
                VENDOR_NAMES.get(source.name, source.name),
                f"{source.whole:,}",
                [f"{source.matched:,} ({share(source.matched, source.whole)})", bar(source.matched / source.whole if source.whole else 0)],
                f"{source.ambiguous:,}",
                f"{source.unmatched:,}",
                f"{source.rejected:,}",
            )
            for source in self.sources
        ]
        return table("Objects of each source and whether an account was found for them", columns, rows)

    def _rules(self) -> Node:
        rows = [
            (rule, VENDOR_NAMES.get(source.name, source.name), f"{count:,} ({share(count, source.matched)})")
            for source in self.sources
            for rule, count in source.rules
        ]
        if not rows:
            return None
        columns = (Column("Rule"), Column("Source"), Column("Matches", figures=True))
        return folded("Matches by rule", table("Matches by the rule that found them", columns, rows))

    def _stakes(self) -> Node:
        if not self.stakes:
            return note("Every Stripe customer that pays has its account.")
        columns = (
            Column("Currency"),
            *(Column(text, figures=True) for text in ("Paying customers without an account", "They pay a month", "Of all")),
        )
        rows = [
            (stake.currency.upper(), f"{stake.customers:,}", money(stake.minor, stake.currency), share(stake.minor, stake.whole))
            for stake in self.stakes
        ]
        return table("Revenue of customers without an account: it is in no account's fields", columns, rows)

    def _ambiguous(self) -> Node:
        if not self.ambiguous:
            return None
        columns = (Column("Object"), Column("Source"), Column("Pays a month", figures=True), Column("Why it is held"))
        rows = [(_named(each), _place(each), _pays(each), prose(each.reason or "")) for each in self.ambiguous]
        shown = table("Objects that several accounts fit", columns, rows, left_out(self.unclear - len(rows), "object"))
        hint = note(prose("Each waits for a person: `syncer match` shows them all, `syncer match confirm` decides."))
        return folded(f"{self.unclear:,} ambiguous", shown, hint)

    def _unmatched(self) -> Node:
        if not self.unmatched:
            return None
        columns = (Column("Object"), Column("Source"), Column("Pays a month", figures=True))
        rows = [(_named(each), _place(each), _pays(each)) for each in self.unmatched]
        return folded(
            f"{self.alone:,} unmatched", table("Objects that no account fits", columns, rows, left_out(self.alone - len(rows), "object"))
        )


def sources_of(counts: Sequence[tuple[str, str, int]], rules: Sequence[tuple[str, str, int]]) -> list[Source]:
    """The rows of SOURCES and RULES by source."""
    found: dict[str, dict[str, int]] = {}
    for source, kind, count in counts:
        found.setdefault(source, {})[kind] = count
    return [
        Source(
            source,
            kinds.get("match", 0),
            kinds.get("held", 0),
            kinds.get("unmatched", 0),
            kinds.get("rejected", 0),
            [(rule, count) for own, rule, count in rules if own == source],
        )
        for source, kinds in sorted(found.items(), key=lambda pair: list(VENDOR_NAMES).index(pair[0]))
    ]


def _named(each: Unplaced) -> Node:
    return name(each.name or each.id)


def _place(each: Unplaced) -> str:
    return f"{VENDOR_NAMES.get(each.source, each.source)} {each.id}"


def _pays(each: Unplaced) -> str:
    return "nothing" if each.minor is None or each.currency is None else money(Fraction(each.minor), each.currency)


def at_stake_text(stakes: Sequence[Stake]) -> str:
    """`12 customers without an account pay 1,200 USD and 30,000 JPY a month`."""
    paid = [money(stake.minor, stake.currency) for stake in stakes[:3]]
    more = f" and more in {counted(len(stakes) - 3, 'other currency', 'other currencies')}" if len(stakes) > 3 else ""
    customers = sum(stake.customers for stake in stakes)
    return f"{counted(customers, 'paying customer')} without an account: {', '.join(paid)}{more} a month is in no account's fields"
