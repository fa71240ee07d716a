"""Ids, addresses and owners that RavenStack lacks, made from what it has."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from syncer.sandbox.ravenstack.csv_tables import Row

OWNERS = (("Aiko", "Tanaka"), ("Bruno", "Keller"), ("Carla", "Nunes"))
"""First and last names of the people who look after the accounts, by turns."""


def stripe_id(prefix: str, name: str) -> str:
    """`cus_` and 14 characters, the same for the same name."""
    return f"{prefix}_{hashlib.sha256(f'{prefix} {name}'.encode()).hexdigest()[:14]}"


def domain(account: Row) -> str:
    """`company-0.example` for Company_0."""
    slug = "".join(char if char.isalnum() and char.isascii() else "-" for char in account["account_name"].lower())
    return f"{slug.strip('-') or account['account_id'].lower()}.example"
