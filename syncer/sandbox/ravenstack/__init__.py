"""RavenStack's CSV files as vendor records (the data set of River @ Rivalytics, or any folder of files with its
columns).

A subscription is live at `as_of` when it is no trial, start_date <= the day of as_of, and it has no end_date or one
after that day.
An account's MRR is the sum of mrr_amount of its live subscriptions, and the Stripe prices made here give exactly that:
dollars per
seat and month as the row states them, twelve times that for annual ones. The world is shown as it was at `as_of`: later
rows are
left out, later ends have not happened. Trials without an end run on for two more weeks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from syncer.sandbox.ravenstack.billing import stripe_records
from syncer.sandbox.ravenstack.crms import crm_records
from syncer.sandbox.ravenstack.csv_tables import BadData
from syncer.sandbox.ravenstack.files import find_oddities, read_tables
from syncer.sandbox.ravenstack.support import zendesk_records
from syncer.sandbox.ravenstack.usage import mixpanel_records
from syncer.sandbox.shapes.dates import DAY, midnight

if TYPE_CHECKING:
    from pathlib import Path

    from syncer.sandbox.shapes import Records

__all__ = ["BadData", "Loaded", "read_ravenstack"]


@dataclass(frozen=True)
class Loaded:
    """Records, the moment at which they show the world, and what was found odd in the files, a sentence each."""

    records: Records
    as_of: int
    notes: list[str]


def read_ravenstack(folder: Path, as_of: int | None = None) -> Loaded:
    """Vendor records as of a moment; without one, the midnight after the last day in the files (2025-01-01 for
    RavenStack itself).

    BadData names file and line of everything unreadable: a missing file or column, a cell, a repeated or unknown id.
    """
    tables = read_tables(folder)
    as_of = midnight(tables.newest()) + DAY if as_of is None else as_of
    notes = find_oddities(tables, as_of)
    tables = tables.until(as_of)
    records: Records = {
        "stripe": stripe_records(tables, as_of),
        "mixpanel": mixpanel_records(tables, as_of),
        "zendesk": zendesk_records(tables, as_of),
        **crm_records(tables),
    }
    return Loaded(records, as_of, notes)
