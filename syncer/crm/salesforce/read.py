"""Current values by SOQL.

How it learns of change: SystemModstamp, which every write moves; deletions by queryAll's IsDeleted, as long as the
record is in the recycle bin (15 days). Beyond that only a whole reading tells.
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
LONGEST_QUERY = 15_000
"""Characters: the query travels in the URL, which together with the headers may take 16 KB."""


def read(sobject: Sobject, fields: Sequence[str], known: Mapping[str, CrmField], since: str | None) -> Iterator[CrmPage]:
    """Pages of up to 2,000 records; those changed at or after `since`, deleted ones marked, or all living ones.

    MissingCrmField when a field is not there or not visible to the credential.
    """
    query = {"q": _soql(sobject, fields, known, since)}
    page_type, values_of = _shape(fields, known)
    path: str | None = f"{sobject.data}/{'queryAll' if since else 'query'}"
    while path:
        page = sobject.http.request("GET", path, params=query, into=page_type).value
        yield CrmPage([_row(record, values_of(record)) for record in page.records], whole=since is None)
        path, query = page.nextRecordsUrl, {}


def _soql(sobject: Sobject, fields: Sequence[str], known: Mapping[str, CrmField], since: str | None) -> str:
    missing = [name for name in fields if name not in known]
    if missing:
        hint = "create it, or give the run-as user a permission set that makes it visible"
        raise MissingCrmField(f"Salesforce: {sobject.name} shows no field {', '.join(missing)} to this credential; {hint}")
    asked = ", ".join(dict.fromkeys([*OWN, *([CURRENCY] if CURRENCY in known else []), *fields]))
    soql = f"SELECT {asked} FROM {sobject.name}" + (f" WHERE SystemModstamp >= {instant(since)}" if since else "")
    if len(soql) > LONGEST_QUERY:
        size = f"a query of {len(soql)} characters, more than a URL may hold"
        raise UsageError(f"Salesforce: {len(fields)} fields make {size}; map fewer fields")
    return soql


def _row(record: Any, values: tuple[str | None, ...]) -> CrmRow:
    code = getattr(record, CURRENCY, None)
    return CrmRow(record.Id, record.Name or "", moment(record.SystemModstamp), values, record.IsDeleted, code and code.lower())


def _shape(fields: Sequence[str], known: Mapping[str, CrmField]) -> tuple[Any, Callable[[Any], tuple[str | None, ...]]]:
    """The type of a page of exactly these fields, and a record's values as canonical text in their order."""
    readers = [READ.get(known[name].kind, READ_TEXT) for name in fields]
    wanted: dict[str, Any] = {"Id": str, "Name": str | None, "SystemModstamp": str, "IsDeleted": bool}
    wanted |= {CURRENCY: str | None} if CURRENCY in known else {}
    wanted |= {name: kind for name, (kind, _) in zip(fields, readers, strict=True) if name not in OWN}
    record = msgspec.defstruct("Record", list(wanted.items()))
    page = msgspec.defstruct("Page", [("records", list[record]), ("nextRecordsUrl", str | None, None)])  # type: ignore[valid-type]
    texts = [(name, text) for name, (_, text) in zip(fields, readers, strict=True)]

    def values_of(row: Any) -> tuple[str | None, ...]:
        return tuple([text(getattr(row, name)) for name, text in texts])

    return page, values_of
