"""Mixpanel's side: who used what in the last 90 days. Use falls three to eight weeks before a customer cancels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from syncer.sandbox.company.chance import Chance
from syncer.sandbox.shapes import Record, mixpanel
from syncer.sandbox.shapes.dates import DAY, midnight

if TYPE_CHECKING:
    from syncer.sandbox.company.accounts import Account
    from syncer.sandbox.company.identity import Identity

DAYS = 90
FEATURES = (
    "Dashboard Opened",
    "Report Viewed",
    "Search Run",
    "Record Created",
    "Report Exported",
    "Record Imported",
    "Member Invited",
    "Alert Configured",
)
EVENTS_AT_MOST = 70_000
"""About so many events for up to a few hundred accounts; beyond that at least a dozen and a half per account."""

_WEEKDAYS = (1.0, 1.1, 1.1, 1.05, 0.9, 0.12, 0.1)  # from Monday on
_SILENT = ("prospect", "gone", "bare", "incomplete", "incomplete_expired", "paused")


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How an account uses the product: people, their uses per weekday, features known; when use falls, and its end."""

    users: int
    daily: float
    features: int
    mobile: float
    falls: int
    fallen: int
    ends: int

    def level(self, moment: int) -> float:
        """1 in good days, falling to 0.1 until the cancellation; nothing after the end."""
        if moment >= self.ends:
            return 0.0
        return min(1.0, max(0.1, (self.fallen - moment) / (self.fallen - self.falls)))


def mixpanel_records(accounts: list[Account], identities: list[Identity], seed: int, as_of: int) -> dict[str, list[Record]]:
    chance = Chance(seed, "usage")
    using = [
        (account, identity, _rhythm(account, chance, as_of))
        for account, identity in zip(accounts, identities, strict=True)
        if account.fate not in _SILENT
    ]
    wanted = sum(rhythm.users * rhythm.daily * DAYS * 0.75 for *_, rhythm in using)
    share = min(1.0, max(EVENTS_AT_MOST, 18 * len(accounts)) / max(wanted, 1))
    events: list[Record] = []
    groups: list[Record] = []
    users: list[Record] = []
    for account, identity, rhythm in using:
        own, seen = _events(account, rhythm, chance, as_of, share)
        events += own
        groups.append(_group(account, identity, max(seen.values(), default=None)))
        users += [mixpanel.user(user, f"{user.split('-')[-1]}@{account.domain}", account.key, time) for user, time in seen.items()]
    return {"groups": groups, "users": users, "events": events}


def _group(account: Account, identity: Identity, last_seen: int | None) -> Record:
    domain = {"domain": account.domain} if identity.way != "nothing" else {}
    return mixpanel.group(account.key, account.name, last_seen, **domain)


def _rhythm(account: Account, chance: Chance, as_of: int) -> Rhythm:
    never = as_of + 1000 * DAY
    asked = account.asked or never
    return Rhythm(
        users=max(1, round(account.seats * chance.uniform(0.25, 1.0))),
        daily=chance.uniform(0.1, 0.6),
        features=chance.randint(2, len(FEATURES)),
        mobile=chance.choice((0.0, 0.1, 0.3, 0.5)),
        falls=asked - round(chance.uniform(21, 56) * DAY),
        fallen=asked,
        ends=asked if account.fate == "left" else never,
    )


def _events(account: Account, rhythm: Rhythm, chance: Chance, as_of: int, share: float) -> tuple[list[Record], dict[str, int]]:
    """The account's events, and each user's last one. Fewer events come from fewer people, not from weaker days."""
    users = max(1, round(rhythm.users * share))
    daily = users * rhythm.daily * (share * rhythm.users / users)
    today = midnight(as_of)
    draw, key = chance.random, account.key
    events: list[Record] = []
    seen: dict[str, int] = {}
    for day in range(max(today - DAYS * DAY, midnight(account.since)), today + 1, DAY):
        weekday = (day // DAY + 3) % 7  # 1970-01-01 was a Thursday
        expected = daily * _WEEKDAYS[weekday] * rhythm.level(day)
        for _ in range(int(expected + draw())):
            time = day + 25_200 + int(draw() * 43_200)
            if time >= as_of:
                continue
            user = f"{key}-u{int(users * draw()) + 1}"
            feature = FEATURES[int(rhythm.features * draw() ** 1.6)]
            pick = draw()
            surface = "mobile" if pick < rhythm.mobile else "api" if pick > 0.93 else "web"
            known = key if draw() > 0.003 else None  # seen before the login
            events.append(mixpanel.event(feature, time, user, f"{key}-{len(events)}", known, surface))
            if time > seen.get(user, 0):
                seen[user] = time
    return events, seen
