"""Several currencies in one organisation: a currency for each record, and the rates.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_currencytype.htm
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_datedconversionrate.htm
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from syncer.sandbox.salesforce.objects import audit_columns
from syncer.sandbox.salesforce.schema import Field, Sobject
from syncer.sandbox.salesforce.store import Store, Table

SINGLE = ("Organization", "User", "CurrencyType", "DatedConversionRate")
"""Objects whose records have no currency of their own."""
PLACES = {"JPY": 0, "KRW": 0, "VND": 0, "BHD": 3, "JOD": 3, "KWD": 3, "OMR": 3, "TND": 3}


def turn_on(store: Store, told: Mapping[str, Any]) -> None:
    """Several currencies from now on: `{"corporate": "USD", "rates": {"EUR": "0.92"}}`, and with advanced currency management
    `"dated": [{"IsoCode": "EUR", "StartDate": "2026-10-01", "ConversionRate": "0.91"}]`.

    A rate says how much of the currency 1 of the corporate one is. Told again, rates that changed are written like a person's change of
    them, and `dated` replaces what was there. Records without a currency get the corporate one.
    """
    corporate = told["corporate"]
    if "currencytype" not in store.tables:
        store.add(_object("CurrencyType", "Currency Type", "01L", _type_columns()))
    _write_types(store, store.tables["currencytype"], {corporate: "1", **told.get("rates", {})}, corporate)
    codes = tuple(row["IsoCode"] for row in store.tables["currencytype"].rows.values())
    for table in store.tables.values():
        if table.sobject.name not in SINGLE:
            _give_currency(table, codes, corporate)
    if "dated" in told:
        store.add(_object("DatedConversionRate", "Dated Conversion Rate", "04w", _dated_columns(codes)))
        store.load(store.tables["datedconversionrate"], told["dated"])


def _object(name: str, label: str, prefix: str, columns: Iterable[Field]) -> Sobject:
    every = [Field(name="Id", label=f"{label} ID", type="id", length=18, nillable=False, writable=False), *columns, *audit_columns()]
    return Sobject(name, label, f"{label}s", prefix, {column.name: column for column in every}, createable=False, deletable=False)


def _rate() -> Field:
    return Field(name="ConversionRate", label="Conversion Rate", type="double", precision=18, scale=6, nillable=False)


def _code(name: str, codes: tuple[str, ...] = (), **more: Any) -> Field:
    label = "Currency ISO Code"
    return Field(name=name, label=label, type="picklist", length=3, restricted=bool(codes), options=codes, nillable=False, **more)


def _type_columns() -> list[Field]:
    flags = [
        Field(name=name, label=name.removeprefix("Is"), type="boolean", nillable=False, default=False)
        for name in ("IsActive", "IsCorporate")
    ]
    return [_code("IsoCode"), _rate(), Field(name="DecimalPlaces", label="Decimal Places", type="int", precision=1, nillable=False), *flags]


def _dated_columns(codes: tuple[str, ...]) -> list[Field]:
    return [_code("IsoCode", codes), Field(name="StartDate", label="Start Date", type="date", nillable=False), _rate()]


def _write_types(store: Store, table: Table, rates: Mapping[str, Any], corporate: str) -> None:
    known = {row["IsoCode"]: row for row in table.rows.values()}
    for code, rate in rates.items():
        row = known.get(code)
        if row is None or float(row["ConversionRate"]) != float(rate):
            told = {"IsoCode": code, "ConversionRate": rate, "DecimalPlaces": PLACES.get(code, 2), "IsActive": True}
            store.load(table, [{**({"Id": row["Id"]} if row else {}), **told, "IsCorporate": code == corporate}])


def _give_currency(table: Table, codes: tuple[str, ...], corporate: str) -> None:
    table.sobject.add(_code("CurrencyIsoCode", codes, default=corporate))
    table.fields_changed()
    for row_id, row in list(table.rows.items()):
        if "CurrencyIsoCode" not in row:
            table.put(row_id, {**row, "CurrencyIsoCode": corporate})
