"""Random sheets of balances, switches and rates, each from its number alone."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from plain_churn import DECIMALS, Line, Rate, last_day

MONTHS = ["2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03", "2026-04"]
EDGES = (100, 1000, 10000, 10_000, 100_000, 1_000_000)
SEGMENTS = ("contract_size", "tenure", "region")


def sheet(number: int, accounts: int) -> list[Line]:
    """Balances of so many accounts: paid, 0, not known, not there at all; some in several currencies."""
    chance = random.Random(f"sheet {number}")
    months = chance.sample(MONTHS, chance.randint(2, len(MONTHS)))
    currencies = chance.sample(sorted(DECIMALS), chance.randint(1, 3))
    lines = []
    for account in range(accounts):
        regions = [chance.choice(["emea", "apac", ""]) for _ in months]
        for currency in chance.sample(currencies, min(len(currencies), chance.choice([1, 1, 1, 2]))):
            amount = money(chance, currency)
            for month, region in zip(months, regions, strict=True):
                amount = chance.choice([amount, amount, amount, money(chance, currency), 0, 0, None, -1])
                if amount != -1:
                    lines.append(Line(month, f"acc {account}", currency, amount, region))
                amount = None if amount is None else max(amount, 0)
    chance.shuffle(lines)
    return lines


def money(chance: random.Random, currency: str) -> int:
    """Minor units, often at the edge of a band of contract size."""
    edge = chance.choice(EDGES) * 10 ** DECIMALS[currency]
    return chance.choice([chance.randint(1, 3_000_000), edge, edge - 1, edge + 1])


def policy(number: int) -> dict[str, Any]:
    chance = random.Random(f"policy {number}")
    return {
        "reactivation_window_days": chance.choice([None, None, 0, 28, 31, 59, 60, 61, 90]),
        "net_churn_includes_reactivation": chance.random() < 0.5,
        "free_plan_is_churn": chance.random() < 0.5,
        "denominator": chance.choice(["start", "start+new"]),
        "reporting_currency": chance.choice([None, *DECIMALS]),
        "tenure": chance.choice([[3, 12, 24], [1, 2, 4]]),
    }


def rates(number: int, target: str | None) -> list[Rate]:
    """Rates of most currencies from most months on, some of them changing within a month."""
    chance = random.Random(f"rates {number}")
    found = []
    for currency in sorted(set(DECIMALS) - {target}) if target else ():
        for month in MONTHS[chance.choice([0, 0, 0, 2]) :]:
            days = {1, chance.randint(2, 27), last_day(month).day} if chance.random() < 0.6 else set()
            found += [Rate(currency, date(int(month[:4]), int(month[5:]), day), a_rate(chance)) for day in days]
    return found


def a_rate(chance: random.Random) -> Fraction:
    return Fraction(chance.randint(1, 10 ** chance.randint(3, 14)), 10**12)


def write_sheet(path: Path, lines: Iterable[Line]) -> None:
    rows = (f"{line.month},{line.account},{line.currency},{'' if line.minor is None else line.minor},{line.region}" for line in lines)
    path.write_text("\n".join(["month,account,currency,mrr_minor,region", *rows]) + "\n")


def write_rates(path: Path, target: str | None, given: Sequence[Rate]) -> None:
    rows = (f"{rate.day},{rate.currency},{target},{decimal(rate.rate)}" for rate in given)
    path.write_text("\n".join(["day,currency,quote,rate", *rows]) + "\n")


def decimal(rate: Fraction) -> str:
    whole, rest = divmod(rate.numerator * (10**12 // rate.denominator), 10**12)
    return f"{whole}.{rest:012}"
