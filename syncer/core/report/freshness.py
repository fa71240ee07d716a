"""How old what is told is: when each source and CRM was last read, how far its data reach, and whether a scheduled run is overdue."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median_low

import msgspec

from syncer.core.markup import Html, tag
from syncer.core.report.layout import DAY, HOUR, NOTHING, Column, chapter, moment, span, table
from syncer.words import when
from syncer.words.vendors import VENDOR_NAMES

UNKNOWN_GAP = 26 * HOUR
"""With fewer than three runs nobody knows the schedule; daily is the slowest that makes sense, and two hours late is late."""
SOON = 2 * HOUR
NEWEST_DAY = "SELECT MAX(day) FROM mixpanel.event_day"
"""The last day that Mixpanel has any event of: usage counts whole days."""


class Read(msgspec.Struct, frozen=True):
    """One vendor: when it was last read whole, up to where its data reach, and when a CRM was last written (None: never, or no CRM)."""

    vendor: str
    at: int | None
    through: str | None
    written: int | None = None


class Freshness(msgspec.Struct, frozen=True):
    """`began` are the instants of the latest runs, newest first, of those that failed too."""

    now: int
    reads: Sequence[Read]
    began: Sequence[int]

    @property
    def usual_gap(self) -> int | None:
        """What mostly lies between two runs; None when there are too few to tell."""
        instants = sorted(set(self.began), reverse=True)
        gaps = [newer - older for newer, older in pairwise(instants)]
        return median_low(gaps) if len(gaps) > 1 else None

    @property
    def late_after(self) -> int:
        """A run is late, and what was read is old, after so many seconds: twice the usual gap."""
        gap = self.usual_gap
        return UNKNOWN_GAP if gap is None else max(2 * gap, SOON)

    def warnings(self) -> list[str]:
        """What is too old, in plain words."""
        found = []
        if self.began and self.now - max(self.began) > self.late_after:
            usual = "" if self.usual_gap is None else f", though one mostly comes every {span(self.usual_gap)}"
            found.append(f"No run for {span(self.now - max(self.began))}{usual}: look at the schedule.")
        old = [read for read in self.reads if self._is_old(read)]
        return found + [
            f"{VENDOR_NAMES[read.vendor]} was last read {span(self.now - read.at)} ago: what is said of it here is old."
            if read.at is not None
            else f"{VENDOR_NAMES[read.vendor]} was never read to the end."
            for read in old
        ]

    def _is_old(self, read: Read) -> bool:
        return read.at is None or self.now - read.at > self.late_after

    def html(self) -> Html:
        columns = (Column("Vendor"), Column("Last read"), Column("That is"), Column("Data reach to"), Column("Last written"))
        rows = [
            (
                VENDOR_NAMES[read.vendor],
                moment(read.at) if read.at is not None else "never to the end",
                self._age(read),
                read.through or NOTHING,
                moment(read.written) if read.written is not None else NOTHING,
            )
            for read in self.reads
        ]
        gap = self.usual_gap
        usual = f"A run mostly comes every {span(gap)}." if gap else "There are too few runs yet to tell how often one comes."
        said = f"{usual} What is older than {span(self.late_after)} is called old."
        warned = tag("ul", (tag("li", text) for text in self.warnings()), class_="warnings") if self.warnings() else None
        return chapter("freshness", "Freshness", said, warned, table("When each vendor was last read and written", columns, rows))

    def _age(self, read: Read) -> str:
        if read.at is None:
            return NOTHING
        age = max(self.now - read.at, 0)
        return f"{span(age)} old" + (": too old" if self._is_old(read) else "")


def through(vendor: str, at: int | None, newest_day: str | None) -> str | None:
    """How far a vendor's data reach: whole days of use at Mixpanel, elsewhere the moment of reading."""
    if at is None:
        return None
    if vendor == "mixpanel":
        return newest_day and f"end of {min(newest_day, when.iso(at - DAY)[:10])}" if newest_day else None
    return f"{when.iso(at)[:16].replace('T', ' ')} UTC"
