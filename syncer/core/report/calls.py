"""Calls that runs made to each vendor, and how much of its allowance is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean

import msgspec

from syncer.core.markup import Html, Node
from syncer.core.report.layout import DAY, NOTHING, Column, bar, chapter, moment, note, share, table
from syncer.words.vendors import VENDOR_NAMES

SHOWN_RUNS = 10


class Spent(msgspec.Struct, frozen=True):
    """One run's calls by vendor, and allowances as its vendors told them: limit and used."""

    run: str
    at: int
    calls: Mapping[str, int]
    quota: Mapping[str, tuple[int, int]]


class Calls(msgspec.Struct, frozen=True):
    """The latest runs, newest first."""

    now: int
    runs: Sequence[Spent]

    @property
    def vendors(self) -> list[str]:
        used = {vendor for spent in self.runs for vendor in spent.calls}
        return [vendor for vendor in VENDOR_NAMES if vendor in used]

    def quota(self, vendor: str) -> tuple[int, int] | None:
        """The newest allowance that is known: limit and used."""
        return next((spent.quota[vendor] for spent in self.runs if vendor in spent.quota), None)

    def html(self) -> Html:
        said = "A vendor that says how much is allowed says so with its answers; of the others it is not known here."
        if not self.runs:
            return chapter("calls", "Calls to vendors", said, note("No run has been made yet."))
        return chapter("calls", "Calls to vendors", said, self._by_vendor(), self._by_run())

    def _by_vendor(self) -> Html:
        columns = (
            Column("Vendor"),
            *(Column(text, figures=True) for text in ("Latest run", "Mean of these runs", "Last 24 hours", "Of its allowance")),
        )
        rows = [
            (
                VENDOR_NAMES[vendor],
                f"{self.runs[0].calls.get(vendor, 0):,}",
                f"{fmean(spent.calls.get(vendor, 0) for spent in self.runs):,.0f}",
                f"{sum(spent.calls.get(vendor, 0) for spent in self.runs if spent.at > self.now - DAY):,}",
                self._allowance(vendor),
            )
            for vendor in self.vendors
        ]
        return table(f"Calls by vendor, over the latest {len(self.runs)} runs", columns, rows)

    def _allowance(self, vendor: str) -> Node:
        known = self.quota(vendor)
        if known is None:
            return "not known"
        limit, used = known
        return [f"{used:,} of {limit:,} ({share(used, limit)})", bar(used / limit if limit else 0)]

    def _by_run(self) -> Html:
        columns = (Column("Run"), *(Column(VENDOR_NAMES[vendor], figures=True) for vendor in self.vendors))
        rows = [
            (
                [moment(spent.at), f" · {spent.run}"],
                *(f"{spent.calls[vendor]:,}" if vendor in spent.calls else NOTHING for vendor in self.vendors),
            )
            for spent in self.runs[:SHOWN_RUNS]
        ]
        return table("Calls of each run", columns, rows)
