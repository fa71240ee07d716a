"""Feature usage as Mixpanel groups and events."""

from __future__ import annotations

import zlib
from collections import Counter
from typing import TYPE_CHECKING

from syncer.sandbox.ravenstack.names import domain
from syncer.sandbox.shapes import Record, mixpanel

if TYPE_CHECKING:
    from syncer.sandbox.ravenstack.files import Tables


def mixpanel_records(tables: Tables, as_of: int) -> dict[str, list[Record]]:
    """One event per usage row: how often the feature was used that day is its property `usage_count`.

    The files know neither the user nor the time of day nor the surface: they are drawn from the usage id, users among
    the account's seats.
    """
    seats = {row["account_id"]: row["seats"] for row in tables.accounts}
    uses: Counter[str] = Counter()
    last_seen: dict[str, int] = {}
    events = []
    for row in tables.usage:
        account, usage_id = row["account_id"], row["usage_id"]
        uses[usage_id] += 1
        insert_id = f"{usage_id}-{uses[usage_id]}" if uses[usage_id] > 1 else usage_id
        draw = zlib.crc32(insert_id.encode())
        time = min(row["usage_date"] + 8 * 3600 + draw % 36_000, as_of - 1)
        last_seen[account] = max(time, last_seen.get(account, 0))
        events.append(
            mixpanel.event(
                row["feature_name"],
                time,
                f"{account}-{draw % seats[account] + 1}",
                insert_id,
                account,
                "mobile" if draw // 97 % 10 < 3 else "web",
                subscription_id=row["subscription_id"],
                usage_count=row["usage_count"],
                duration=row["usage_duration_secs"],
                error_count=row["error_count"],
            )
        )
    groups = [
        mixpanel.group(row["account_id"], row["account_name"], last_seen.get(row["account_id"]), domain=domain(row))
        for row in tables.accounts
    ]
    return {"groups": groups, "events": events}
