"""The tables that runs themselves keep: what the CRM held when last read, what was written when, and how runs ended."""

from __future__ import annotations

from collections.abc import Sequence

from syncer.core.churn import KEY
from syncer.words.tables import Table

HISTORY = Table(
    "history.cell",
    {
        **dict.fromkeys(("crm", "account_id", "field"), "VARCHAR"),
        "instant": "BIGINT",
        **dict.fromkeys(("value", "old", "run", "kind"), "VARCHAR"),
    },
    key=("crm", "account_id", "field", "instant"),
)
"""A snapshot of all values after each run, as differences: a row where a value is not what the row before it says.
`kind` is `written` (by us, accepted by the CRM) or `seen` (it stood there already when history began)."""

RUN = Table(
    "history.run",
    {"run": "VARCHAR", "crm": "VARCHAR", "started": "BIGINT", "as_of": "BIGINT", "outcome": "VARCHAR", "summary": "VARCHAR"},
    key=("run", "crm"),
)
"""One row per run and CRM; `summary` is the run's JSON."""


PAIR = Table(
    "history.pair",
    {"crm": "VARCHAR", "source": "VARCHAR", "source_id": "VARCHAR", "account_id": "VARCHAR", "rule": "VARCHAR", "instant": "BIGINT"},
    key=("crm", "source", "source_id"),
)
"""Which account a rule last matched each source object to, which rule and when. Where no rule decides any more (a changed domain, a removed
key), the pair stands. What people decided is not in here: it stands in mappings/matches.csv, and goes when it is taken back there."""


MERGED = Table(
    "history.merged",
    {**dict.fromkeys(("crm", "merged_id", "account_id"), "VARCHAR"), "instant": "BIGINT"},
    key=("crm", "merged_id"),
)
"""Which record each record that was merged away went into. Kept here, as Salesforce forgets it with the recycle bin, after 15 days."""


MRR = Table(
    "history.mrr",
    {
        **dict.fromkeys(("month", "customer_id", "currency"), "VARCHAR"),
        "mrr_minor": "BIGINT",
        "free": "BOOLEAN",
        "kind": "VARCHAR",
        "taken": "BIGINT",
    },
    key=("month", "customer_id", "currency"),
)
"""What each Stripe customer paid at the end of each month ('2026-11'), in minor units of the currency; the running month as last seen.

A month lists who paid then, who counted for nothing (`free`), whose MRR could not be known (`mrr_minor` is null), and with 0 who was on
the list of the month before. Who is not on the list of a month that was taken paid nothing. `kind` is `run` (seen by a run in that
month, stated for the instant `taken`) or `stripe_dates` (worked out later, from the dates that Stripe keeps and today's amounts)."""


METRIC = Table(
    "history.metric",
    {**dict.fromkeys(("crm", "key", *KEY, "cells"), "VARCHAR"), "instant": "BIGINT", "run": "VARCHAR"},
    key=("crm", "key"),
)
"""What each CRM last accepted of each monthly metric: `cells` is JSON, API name → canonical text, null for empty."""


DEFINITION = Table(
    "history.definition",
    {"digest": "VARCHAR", "file": "VARCHAR", "text": "VARCHAR"},
    key=("digest", "file"),
    partition="digest",
)
"""The written files as runs had them, once for each digest of them all."""


FACT = Table(
    "history.fact",
    {
        "slice": "VARCHAR",
        **dict.fromkeys(("crm", "account_id", "name"), "VARCHAR"),
        "day": "DATE",
        "instant": "BIGINT",
        **dict.fromkeys(("run", "facts", "objects"), "VARCHAR"),
    },
    key=("crm", "day", "account_id"),
    partition="slice",
)
"""What was known of each account on a UTC day, as the day's last run saw it: `facts` is JSON, name → value as text, without what is null;
`objects` is JSON, [source, id, rule] of each source object that was matched. `slice` is runs.history.Slice's name."""


def mirror(crm: str, fields: Sequence[str]) -> Table:
    """The table of a CRM's records as last read: the asked fields as canonical text."""
    own = {"id": "VARCHAR", "name": "VARCHAR", "modified": "VARCHAR", "deleted": "BOOLEAN", "record_currency": "VARCHAR"}
    return Table(f"crm_{crm}.record", {**own, **dict.fromkeys(fields, "VARCHAR")})
