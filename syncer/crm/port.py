"""What a CRM is to the rest: fields it has, rows it holds, updates it accepts or rejects row by row.

Values travel as canonical text or None (empty): numbers plain ("1234.5"), days `2026-11-01`, instants `2026-11-01T09:00:00Z`,
yes/no `true`/`false`, several choices joined by `;`. The adapter translates to and from the vendor's wire form, losing nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from syncer.core.plan_file import Quota
from syncer.words.tables import Page


@dataclass(frozen=True)
class CrmField:
    """A field as the CRM describes it. `kind`: text, number, date, datetime, bool, picklist, multipicklist, url, reference, other.

    `unique`: no two records have the same value, and a record can be found by it.
    """

    name: str
    label: str
    kind: str
    writable: bool
    length: int | None = None
    scale: int | None = None
    options: tuple[str, ...] = ()
    restricted: bool = False
    unique: bool = False


@dataclass(frozen=True)
class CrmRow:
    """A record: its id, name, when it last changed (canonical instant), and the values of the asked fields in the asked order.

    `currency` is what its money is in (lower case), where the CRM keeps that by record. `merged_into` is the id of the record that this
    one was merged into; it is `deleted` then, and a reading, whole or not, has such a row for every merger that the CRM still knows of.
    """

    id: str
    name: str
    modified: str
    values: tuple[str | None, ...]
    deleted: bool = False
    currency: str | None = None
    merged_into: str | None = None


@dataclass(frozen=True)
class CrmPage:
    """Rows, and whether the reading turned out to be whole (every living record is in some page of it)."""

    rows: Sequence[CrmRow]
    whole: bool


@dataclass(frozen=True)
class Update:
    """The new values of one record, only those that change; None empties the field."""

    id: str
    values: Mapping[str, str | None]


@dataclass(frozen=True)
class Outcome:
    """What the CRM said of one update: `error` is None when written, otherwise its own words with its code."""

    id: str
    error: str | None = None


class ObjectAbsent(Exception):
    """The CRM has no such object, or does not show it to this credential; the text says which."""


class KeyedRows(Protocol):
    """Rows of one object besides the customer's. `id` of their updates and outcomes is the value of a unique field, the key."""

    fields: Mapping[str, CrmField]

    def read(self, keys: Sequence[str], fields: Sequence[str]) -> Mapping[str, Mapping[str, str | None]]:
        """The rows that there are: key → field → value."""

    def upsert(self, updates: Iterable[Update]) -> Iterator[Sequence[Outcome]]:
        """Outcomes batch by batch; a row that is not there yet is made. One outcome per update, always."""


class Crm(Protocol):
    """One CRM account and the object that stands for a customer (Salesforce Account, HubSpot company)."""

    name: str
    look_calls: int
    """Calls that it takes to log in, describe, and read the records again of which few have changed."""

    def check(self) -> str:
        """One cheap authenticated call: the organisation's name or id in the CRM's words. CredentialRefused, Unreachable."""

    def describe(self) -> Mapping[str, CrmField]:
        """Fields by API name, as the credential in use sees them."""

    def read(self, fields: Sequence[str], since: str | None) -> Iterator[CrmPage]:
        """All records, or those changed at or after `since` (an instant); falls back to all where the vendor's search cannot reach."""

    def write(self, updates: Iterable[Update], fields: Mapping[str, CrmField], count: int) -> Iterator[Sequence[Outcome]]:
        """Outcomes batch by batch as the CRM answers; `count` updates in all choose the path. One outcome per update, always."""

    def write_calls(self, count: int) -> int:
        """Calls that writing `count` updates takes when none of them is refused, locked or sent again."""

    def quota(self) -> Quota | None:
        """The account's daily calls as the answers so far told; None when none did. Asks nothing."""

    def rates(self, table: str) -> Page:
        """The CRM's own exchange rates, as rows of one of the tables of crm/rate_tables.py that begin with its name. UsageError."""

    def record_url(self, record_id: str) -> str:
        """The page of a record in the CRM's own interface."""

    def keyed(self, name: str, key: str) -> KeyedRows:
        """The rows of the object of that API name by the field `key`. ObjectAbsent; MissingCrmField when it cannot be used so."""
