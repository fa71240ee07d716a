"""Health: how the bands are filled and what moves them, who is at risk, and whether the score has told the truth so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import msgspec

from syncer.core.markup import Html, Node
from syncer.core.overview import Customer
from syncer.core.report.layout import Column, Label, bar, chapter, counted, left_out, moment, name, note, part, percent, share, table
from syncer.words.money import money_text

SHOWN_DRIVERS = 10
SHOWN_FALLEN = 15
ENOUGH_LEFT = 10
"""Fewer accounts that left say nothing about a score."""


def drivers_query(contributions: str) -> str:
    """What takes the most points from scored accounts: part, input, accounts measured, accounts that it takes points from, points in all.

    Less than a tenth of a point is a matter of rounding.
    """
    return (
        "SELECT part, input, COUNT(*), COUNT(*) FILTER (WHERE taken >= 0.1) AS hurt, SUM(taken) FILTER (WHERE taken >= 0.1) AS points "
        f"FROM (SELECT part, input, weight_pct - contribution AS taken FROM ({contributions}) AS c WHERE contribution IS NOT NULL) AS t "
        f"GROUP BY part, input HAVING points > 0 ORDER BY points DESC, part, input LIMIT {SHOWN_DRIVERS}"
    )


FIRST = "SELECT MIN(instant) FROM history.cell WHERE crm = $crm AND field = $band"

MOVED = """
WITH before AS (
  SELECT account_id, value AS band FROM history.cell WHERE crm = $crm AND field = $band AND instant <= $since
  QUALIFY ROW_NUMBER() OVER (PARTITION BY account_id ORDER BY instant DESC) = 1
)
SELECT c.account_id, c.account_name, b.band, c.health__band, c.stripe__mrr, c.stripe__currency, c.health__reasons
FROM cells AS c JOIN before AS b ON b.account_id = c.account_id
WHERE b.band IS NOT NULL AND c.health__band IS NOT NULL AND b.band <> c.health__band"""


class Band(msgspec.Struct, frozen=True):
    """A health band as people read it; `begins` is the lowest score in it."""

    name: str
    label: Label
    begins: Decimal


class Driver(msgspec.Struct, frozen=True):
    """An input of the score: the accounts it was measured for, those it takes points from, and how many in all."""

    label: Label
    part: Label
    measured: int
    hurt: int
    taken: Decimal


class Shift(msgspec.Struct, frozen=True):
    """An account that is in another band than before. MRR in major units."""

    id: str
    name: str
    before: str
    now: str
    mrr: Decimal | None
    currency: str | None
    reasons: str | None


class Outcome(msgspec.Struct, frozen=True):
    """What became of the accounts of a band within a month, all months together: a paying account in a month counts once."""

    band: str
    accounts: int
    left: int
    grew: int


class Health(msgspec.Struct, frozen=True):
    """`bands` best first, `counts` accounts by band. `since` is the instant `shifts` are told from, None without any history before.
    `outcomes` by band, empty when no month began with a band known."""

    bands: Sequence[Band]
    counts: Mapping[str, int]
    unscored: int
    drivers: Sequence[Driver]
    riskiest: Sequence[Customer]
    best: Sequence[Customer]
    since: int | None
    shifts: Sequence[Shift]
    outcomes: Sequence[Outcome]

    @property
    def fallen(self) -> list[Shift]:
        """Those in a worse band than before, who pays most first."""
        order = {band.name: place for place, band in enumerate(self.bands)}
        down = [shift for shift in self.shifts if order.get(shift.now, -1) > order.get(shift.before, -1)]
        return sorted(down, key=lambda shift: (-order.get(shift.now, -1), -(shift.mrr or 0), shift.name))

    def label(self, band: str) -> Node:
        return next((each.label.html() for each in self.bands if each.name == band), band)

    def html(self) -> Html:
        said = "A score from 0 to 100 for each account, as mappings/health.yaml says; the same stands in the CRM with its reasons."
        return chapter("health", "Health", said, self._bands(), self._drivers(), self._people(), self._shifts(), self._outcomes())

    def _bands(self) -> Html:
        whole = sum(self.counts.values()) + self.unscored
        ends = [band.begins for band in self.bands]
        rows: list[Sequence[Node]] = [
            (band.label.html(), _range(band, ends), f"{count:,}", [share(count, whole), bar(count / whole if whole else 0, f"band{place}")])
            for place, band in enumerate(self.bands)
            for count in [self.counts.get(band.name, 0)]
        ]
        rows.append(
            (
                "Not scored",
                "too little measured",
                f"{self.unscored:,}",
                [share(self.unscored, whole), bar(self.unscored / whole if whole else 0, "none")],
            )
        )
        columns = (Column("Band"), Column("Score"), Column("Accounts", figures=True), Column("Share of all accounts", figures=True))
        return part("Bands", table("Accounts by health band", columns, rows))

    def _drivers(self) -> Node:
        if not self.drivers:
            return None
        columns = (
            Column("What is measured"),
            Column("Side"),
            Column("Takes points from", figures=True),
            Column("Points taken on average there", figures=True),
        )
        most = max(driver.taken for driver in self.drivers)
        rows = [
            (
                driver.label.html(),
                driver.part.html(),
                f"{driver.hurt:,} of {driver.measured:,}",
                [f"{driver.taken / driver.hurt:.1f}", bar(driver.taken / most)],
            )
            for driver in self.drivers
        ]
        said = "Points that an account with everything in order would have more, what costs most in all first."
        return part("What takes points", note(said), table("What takes the most points from the accounts' scores", columns, rows))

    def _people(self) -> Node:
        if not self.riskiest and not self.best:
            return part("Who", note("No paying account has a score yet."))
        columns = (Column("Account"), Column("Score", figures=True), Column("Band"), Column("Pays a month", figures=True), Column("Why"))
        return [
            part(title, table(caption, columns, [self._customer(customer) for customer in customers]))
            for title, caption, customers in (
                ("Most at risk", "The paying accounts with the lowest scores", self.riskiest),
                ("In best health", "The paying accounts with the highest scores", self.best),
            )
            if customers
        ]

    def _customer(self, customer: Customer) -> Sequence[Node]:
        return (
            name(customer.name),
            str(customer.score),
            self.label(customer.band),
            _pays(customer.mrr, customer.currency),
            customer.reasons,
        )

    def _shifts(self) -> Html:
        if self.since is None:
            return part("Moved to another band", note("Not enough history yet: the bands were never read back from an earlier day."))
        fallen = self.fallen
        said = f"{counted(len(fallen), 'account')} fell and {counted(len(self.shifts) - len(fallen), 'account')} rose since "
        columns = (Column("Account"), Column("Was"), Column("Is now"), Column("Pays a month", figures=True), Column("Why"))
        rows = [
            (name(each.name), self.label(each.before), self.label(each.now), _pays(each.mrr, each.currency), each.reasons)
            for each in fallen[:SHOWN_FALLEN]
        ]
        shown = table("Accounts that fell to a worse band", columns, rows, left_out(len(fallen) - len(rows), "account")) if rows else None
        return part("Moved to another band", note(said, moment(self.since), "."), shown)

    def _outcomes(self) -> Html:
        title = "Has the score told the truth?"
        if not self.outcomes:
            return part(
                title, note("Not enough history yet: no month that is over began with a band known. The first full month will tell.")
            )
        columns = (
            Column("Band at the start of a month"),
            *(Column(text, figures=True) for text in ("Accounts, once a month", "Left in that month", "Paid more")),
        )
        rows = [
            (
                self.label(each.band),
                f"{each.accounts:,}",
                f"{each.left:,} ({share(each.left, each.accounts)})",
                f"{each.grew:,} ({share(each.grew, each.accounts)})",
            )
            for each in self.outcomes
        ]
        return part(
            title,
            table("What became of paying accounts within a month, by the band they began it in", columns, rows),
            note(self._verdict()),
        )

    def _verdict(self) -> str:
        """Whether who is in worse health leaves more often; nothing is claimed from a few."""
        left = sum(each.left for each in self.outcomes)
        if left < ENOUGH_LEFT:
            few = f"Only {counted(left, 'account')} left in these months" if left else "No account left in these months"
            return f"{few}: too few to say whether the score tells who will; {ENOUGH_LEFT} would do."
        rates = [Fraction(each.left, each.accounts) for each in self.outcomes if each.accounts]
        if all(better <= worse for better, worse in pairwise(rates)):
            return f"Yes so far: the worse the band, the more left ({percent(rates[0])} of the best, {percent(rates[-1])} of the worst)."
        return "Not as it should: some better band lost a larger share than a worse one. Look at the weights in mappings/health.yaml."


def _range(band: Band, ends: Sequence[Decimal]) -> str:
    above = [end for end in ends if end > band.begins]
    return f"{band.begins:f} to under {min(above):f}" if above else f"{band.begins:f} to 100"


def _pays(mrr: Decimal | None, currency: str | None) -> str:
    return "not known" if mrr is None or currency is None else f"{money_text(mrr, currency)} {currency.upper()}"
