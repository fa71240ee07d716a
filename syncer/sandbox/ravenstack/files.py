"""RavenStack's four files that matter here: their columns, what must hold between them, and their known oddities."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from syncer.sandbox.ravenstack.csv_tables import (
    BadData,
    Parser,
    Row,
    cents,
    count,
    flag,
    moment,
    one_of,
    optional,
    positive,
    read_table,
    text,
)

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS: dict[str, dict[str, Parser]] = {
    "accounts": {
        "account_id": text,
        "account_name": text,
        "industry": text,
        "country": text,
        "signup_date": moment,
        "seats": positive,
    },
    "subscriptions": {
        "subscription_id": text,
        "account_id": text,
        "start_date": moment,
        "end_date": optional(moment),
        "plan_tier": text,
        "seats": positive,
        "mrr_amount": cents,
        "is_trial": flag,
        "billing_frequency": one_of("monthly", "annual"),
        "auto_renew_flag": flag,
    },
    "feature_usage": {
        "usage_id": text,
        "subscription_id": text,
        "usage_date": moment,
        "feature_name": text,
        "usage_count": count,
        "usage_duration_secs": count,
        "error_count": count,
    },
    "support_tickets": {
        "ticket_id": text,
        "account_id": text,
        "submitted_at": moment,
        "closed_at": optional(moment),
        "priority": one_of("low", "medium", "high", "urgent"),
        "first_response_time_minutes": optional(count),
        "satisfaction_score": optional(one_of("1.0", "2.0", "3.0", "4.0", "5.0")),
        "escalation_flag": flag,
    },
}


@dataclass(frozen=True)
class Tables:
    """Rows of the files, each a dictionary of its columns and its `place`; a usage row has its `account_id` too."""

    accounts: list[Row]
    subscriptions: list[Row]
    usage: list[Row]
    tickets: list[Row]

    def newest(self) -> int:
        """The last moment at which anything happens."""
        rows = [*self.subscriptions, *self.usage, *self.tickets]
        names = ("start_date", "end_date", "usage_date", "submitted_at", "closed_at")
        return max((row[name] for row in rows for name in names if row.get(name)), default=0)

    def until(self, as_of: int) -> Tables:
        """Without what happens later."""
        return replace(
            self,
            subscriptions=[row for row in self.subscriptions if row["start_date"] <= as_of],
            usage=[row for row in self.usage if row["usage_date"] < as_of],
            tickets=[row for row in self.tickets if row["submitted_at"] < as_of],
        )

    def size(self) -> int:
        return len(self.subscriptions) + len(self.usage) + len(self.tickets)


def read_tables(folder: Path) -> Tables:
    """The four files. BadData with every problem in them."""
    problems: list[str] = []
    tables = Tables(*(read_table(folder, name, columns, problems) for name, columns in COLUMNS.items()))
    if problems := problems or _broken_keys(tables):
        raise BadData(problems)
    owners = {row["subscription_id"]: row["account_id"] for row in tables.subscriptions}
    for row in tables.usage:
        row["account_id"] = owners[row["subscription_id"]]
    return tables


def _broken_keys(tables: Tables) -> list[str]:
    """Ids that are there twice, and ids that name nothing."""
    problems: list[str] = []
    own = ((tables.accounts, "account_id"), (tables.subscriptions, "subscription_id"), (tables.tickets, "ticket_id"))
    for rows, key in own:
        times = Counter(row[key] for row in rows)
        problems += [f"{row['place']}: {key} {row[key]} is there more than once" for row in rows if times[row[key]] > 1]
    for rows, key, named in (
        (tables.subscriptions, "account_id", tables.accounts),
        (tables.tickets, "account_id", tables.accounts),
        (tables.usage, "subscription_id", tables.subscriptions),
    ):
        known = {row[key] for row in named}
        problems += [f"{row['place']}: no row has {key} {row[key]}" for row in rows if row[key] not in known]
    return problems


def find_oddities(tables: Tables, as_of: int) -> list[str]:
    """What a reader of the figures should know, a sentence each."""
    spans = {row["subscription_id"]: (row["start_date"], row["end_date"]) for row in tables.subscriptions}
    outside = sum(
        not start <= row["usage_date"] <= (end or row["usage_date"])
        for row in tables.usage
        for start, end in [spans[row["subscription_id"]]]
    )
    repeated = len(tables.usage) - len({row["usage_id"] for row in tables.usage})
    backwards = sum(row["end_date"] is not None and row["end_date"] < row["start_date"] for row in tables.subscriptions)
    found = {
        "usage rows lie outside their subscription's dates: counted for the account all the same": outside,
        "usage rows bear the usage_id of another use: kept, with -2, -3 … behind the id": repeated,
        "subscriptions end before they start: never live": backwards,
        "rows are later than the as-of moment: left out": tables.size() - tables.until(as_of).size(),
    }
    return [f"{number:,} {sentence}" for sentence, number in found.items() if number]
