"""What can be used in an expression: every column with its meaning, and how well it was filled when the accounts were last read."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

import msgspec

from syncer.core import filling
from syncer.core.catalogue import is_crm_column
from syncer.core.filling import Filling
from syncer.core.kinds import Kind
from syncer.core.listing import Listing, listings, matching
from syncer.runs.propose import proposing
from syncer.runs.run import Run
from syncer.runs.tables import mirror
from syncer.specs.wording import did_you_mean
from syncer.tools.engine import Engine
from syncer.words.errors import UsageError


class Told(msgspec.Struct, frozen=True):
    """One column and what is known of it; `filling` is None while no account was read. `notes` say what is odd about its values."""

    listing: Listing
    filling: Filling | None = None
    notes: Sequence[str] = ()


def catalogue(run: Run, crm: str | None, pattern: str | None) -> list[Told]:
    """The columns that fit the pattern (all if None), in the order of their groups; one of exactly that name alone. No network.

    UsageError when none fits.
    """
    fields = run.project.fields_in(crm) if crm else run.project.fields
    known = listings(run.project, fields)
    found = [listing for listing in known if listing.name == pattern] or (known if pattern is None else matching(known, pattern))
    if not found:
        near = did_you_mean(pattern or "", [listing.name for listing in known])
        raise UsageError(f"there is no column {pattern}, and no meaning has that in it{near}; syncer facts lists them all")
    if crm is None or not accounts_read(run, crm):
        return [Told(listing) for listing in found]
    with proposing(run, crm, wanted=run.project.catalogue.facts) as proposal:
        engine = proposal.engine
        shares, [spreads] = engine.rows(filling.share_query(found)), engine.rows(filling.spread_query(found))
        filled = filling.fillings(found, shares, spreads)
        events = [row[0] for row in engine.rows("SELECT DISTINCT event FROM mixpanel.event_day")]
        return [_told(engine, run, listing, one, events) for listing, one in zip(found, filled, strict=True)]


def accounts_read(run: Run, crm: str) -> bool:
    """Is it known what accounts the CRM has?"""
    return mirror(crm, ()).name in run.store.latest().tables


def _told(engine: Engine, run: Run, listing: Listing, filled: Filling, events: Sequence[str]) -> Told:
    query = filling.top_query(listing)
    top = filling.masked(listing, engine.rows(query)) if query else []
    notes = [*_unreadable(engine, listing), *_unknown_events(run, listing, events)]
    return Told(listing, msgspec.structs.replace(filled, top=top), notes)


def _unreadable(engine: Engine, listing: Listing) -> list[str]:
    """That values of a CRM column do not read as what the mapping says they are."""
    if not is_crm_column(listing.name) or listing.column.kind is Kind.TEXT:
        return []
    raw = f'a."{listing.name.removeprefix("crm.")}"'
    written = f"SELECT COUNT(*) FROM crm.account AS a JOIN cells AS c ON c.account_id = a.id WHERE {raw} <> '' AND c.{listing.sql} IS NULL"
    count = engine.rows(written)[0][0]
    return [f"{count} values do not read as a {listing.column.kind} and count as nothing"] if count else []


def _unknown_events(run: Run, listing: Listing, events: Sequence[str]) -> list[str]:
    """That a measure names events which Mixpanel never sent."""
    measure = run.project.catalogue.measures.get(listing.name.removeprefix("mixpanel.")) if listing.counted else None
    found = []
    for name in measure.named if measure and events else ():
        begin = name.removesuffix("*")
        if not any(event == name or (begin != name and event.startswith(begin)) for event in events):
            found.append(f"no such event was read: {name}{_nearest(begin, events)}")
    return found


def _nearest(name: str, events: Sequence[str]) -> str:
    by_small = {event.lower(): event for event in events}
    near = get_close_matches(name.lower(), by_small, n=1)
    return f"; did you mean {by_small[near[0]]}?" if near else ""
