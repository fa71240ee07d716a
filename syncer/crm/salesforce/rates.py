"""An organisation's own exchange rates, where it has several currencies.

`salesforce.rate` is CurrencyType: what Salesforce itself converts fields of accounts by, each rate from the day that it was last changed;
older ones stay in the store. `salesforce.dated_rate` is DatedConversionRate, of advanced currency management, which Salesforce uses for
opportunities only. A rate says how much of a currency 1 of the corporate currency is, and is kept that way round, exact.
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_currencytype.htm
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_datedconversionrate.htm
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import msgspec

from syncer.crm.salesforce.login import VENDOR
from syncer.crm.salesforce.sobject import Sobject
from syncer.words.errors import UsageError, VendorError
from syncer.words.tables import Page, Row

CURRENT = "SELECT IsoCode, ConversionRate, IsCorporate, LastModifiedDate FROM CurrencyType"
DATED = "SELECT IsoCode, ConversionRate, StartDate FROM DatedConversionRate"
STEP = Decimal("1e-12")


class _Rate(msgspec.Struct):
    IsoCode: str
    ConversionRate: Decimal
    IsCorporate: bool = False
    LastModifiedDate: str = ""
    StartDate: str = ""


class _Rates(msgspec.Struct, rename={"more": "nextRecordsUrl"}):
    records: list[_Rate]
    more: str | None = None


def rates_page(sobject: Sobject, table: str) -> Page:
    """All rates of one of the two tables. UsageError when the organisation has none such."""
    current = list(_asked(sobject, CURRENT, table))
    corporate = next((rate.IsoCode.lower() for rate in current if rate.IsCorporate), None)
    if corporate is None:
        raise VendorError(
            VENDOR, "CurrencyType names no corporate currency, so its rates say nothing; choose one in Setup, Manage Currencies"
        )
    dated = table == "salesforce.dated_rate"
    found = _asked(sobject, DATED, table) if dated else current
    rows: list[Row] = [_row(corporate, rate) for rate in found if rate.IsoCode.lower() != corporate]
    whole = [table] if dated else []
    return Page({table: rows}, {}, begins=whole, completes=whole)


def _asked(sobject: Sobject, soql: str, table: str) -> Iterator[_Rate]:
    path: str | None = f"{sobject.data}/query"
    query: dict[str, Any] = {"q": soql}
    while path:
        reply = sobject.http.request("GET", path, params=query, accept=(400,), into=_Rates)
        if reply.status == 400:  # INVALID_TYPE: the object is not there without the feature
            feature = "advanced currency management" if table == "salesforce.dated_rate" else "several currencies"
            hint = "write rates: rates.csv in mappings/account.yaml, and the rates into that file"
            raise UsageError(
                f"{VENDOR}: there is no {table}, as this organisation has not turned on {feature} (or hides them from this user); {hint}"
            )
        yield from reply.value.records
        path, query = reply.value.more, {}


def _row(corporate: str, rate: _Rate) -> Row:
    day = date.fromisoformat((rate.StartDate or rate.LastModifiedDate)[:10])
    return corporate, rate.IsoCode.lower(), day, rate.ConversionRate.quantize(STEP, ROUND_HALF_UP)
