"""The tables of exchange rates that CRMs keep themselves, by name; a mapping says which it takes: `rates: salesforce.rate`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from syncer.words.money import RATE
from syncer.words.tables import Table

RATE_TABLES: Mapping[str, Table] = {name: replace(RATE, name=name) for name in ("salesforce.rate", "salesforce.dated_rate")}
"""Each has the columns of RATE and is filled by `Crm.rates` of the CRM whose name it begins with."""
