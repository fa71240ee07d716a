"""Current values by SOQL.

How it learns of change: SystemModstamp, which every write moves; deletions by queryAll's IsDeleted, as long as the
record is in the recycle bin (15 days). Beyond that only a whole reading tells. A record that lost a merger is deleted and
names the winner in MasterRecordId (https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_merge.htm).
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_query.htm
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from syncer.crm.canonical import instant
from syncer.crm.port import CrmField, CrmPage, CrmRow
from syncer.crm.salesforce.sobject import Sobject
from syncer.crm.salesforce.values import READ, READ_TEXT, moment
from syncer.words.errors import MissingCrmField, UsageError

OWN = ("Id", "Name", "SystemModstamp", "IsDeleted")
CURRENCY = "CurrencyIsoCode"
"""What each record's money is in; this field is there only where the organisation has several currencies."""
MASTER = "MasterRecordId"
"""What a deleted record was merged into; accounts, contacts and leads have it."""
LONGEST_QUERY = 15_000
"""Characters: the query travels in the URL, which together with the headers may take 16 KB."""


def read(sobject: Sobject, fields: Sequence[str], known: Mapping[str, CrmField], since: str | None) -> Iterator[CrmPage]:
    """Pages of up to 2,000 records; those changed at or after `since`, deleted ones marked, or all living ones and those merged into them.

    MissingCrmField when a field is not there or not visible to the credential.
    """
    asked = _soql(sobject, fields, known, f"SystemModstamp >= {instant(since)}" if since else "")
    page_type, values_of = _shape(fields, known)
    for records in _pages(sobject, "queryAll" if since else "query", asked, page_type):
        yield CrmPage([_row(record, values_of(record)) for record in records], whole=since is None)
    if since is None and MASTER in known:
        merged = _soql(sobject, fields, known, f"IsDeleted = TRUE AND {MASTER} != NULL")
        for records in _pages(sobject, "queryAll", merged, page_type):
            yield CrmPage([_row(record, values_of(record)) for record in records], whole=True)


def _pages(sobject: Sobject, verb: str, soql: str, page_type: Any) -> Iterator[Sequence[Any]]:
    path, query = f"{sobject.data}/{verb}", {"q": soql}
    while path:
        page = sobject.http.request("GET", path, params=query, into=page_type).value
        yield page.records
        path, query = page.nextRecordsUrl, {}


def _soql(sobject: Sobject, fields: Sequence[str], known: Mapping[str, CrmField], condition: str) -> str:
    missing = [name for name in fields if name not in known]
    if missing:
        hint = "create it, or give the run-as user a permission set that makes it visible"
        raise MissingCrmField(f"Salesforce: {sobject.name} shows no field {', '.join(missing)} to this credential; {hint}")
    asked = ", ".join(dict.fromkeys([*OWN, *(name for name in (CURRENCY, MASTER) if name in known), *fields]))
    soql = f"SELECT {asked} FROM {sobject.name}" + (f" WHERE {condition}" if condition else "")
    if len(soql) > LONGEST_QUERY:
        size = f"a query of {len(soql)} characters, more than a URL may hold"
        raise UsageError(f"Salesforce: {len(fields)} fields make {size}; map fewer fields")
    return soql


def _row(record: Any, values: tuple[str | None, ...]) -> CrmRow:
    code = getattr(record, CURRENCY, None)
    return CrmRow(
        record.Id,
        record.Name or "",
        moment(record.SystemModstamp),
        values,
        record.IsDeleted,
        code and code.lower(),
        getattr(record, MASTER, None),
    )


def _shape(fields: Sequence[str], known: Mapping[str, CrmField]) -> tuple[Any, Callable[[Any], tuple[str | None, ...]]]:
    """The type of a page of exactly these fields, and a record's values as canonical text in their order."""
    readers = [READ.get(known[name].kind, READ_TEXT) for name in fields]
    wanted: dict[str, Any] = {"Id": str, "Name": str | None, "SystemModstamp": str, "IsDeleted": bool}
    wanted |= {name: str | None for name in (CURRENCY, MASTER) if name in known}
    wanted |= {name: kind for name, (kind, _) in zip(fields, readers, strict=True) if name not in wanted}
    record = msgspec.defstruct("Record", list(wanted.items()))
    page = msgspec.defstruct("Page", [("records", list[record]), ("nextRecordsUrl", str | None, None)])  # type: ignore[valid-type]
    texts = [(name, text) for name, (_, text) in zip(fields, readers, strict=True)]

    def values_of(row: Any) -> tuple[str | None, ...]:
        return tuple([text(getattr(row, name)) for name, text in texts])

    return page, values_of
