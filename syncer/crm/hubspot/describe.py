"""The properties of an object, asked for by hubspot-api-client over the lean core.

The core stands below the SDK as its transport, since the SDK has no timeout, knows no limits and speaks to undated
paths only. https://developers.hubspot.com/docs/api-reference/crm-properties-v3/core/get-crm-v3-properties-objectType
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import msgspec

from syncer.crm.port import CrmField
from syncer.tools.http import Http, Reply

KINDS = {
    "bool": "bool",
    "number": "number",
    "date": "date",
    "datetime": "datetime",
    "string": "text",
    "phone_number": "text",
}
TEXT_LENGTH = 65_536


class _Option(msgspec.Struct):
    value: str
    hidden: bool | None = None


class _Modification(msgspec.Struct, rename="camel"):
    read_only_value: bool = False


class Property(msgspec.Struct, rename="camel"):
    """A property's definition as HubSpot answers it."""

    name: str
    type: str
    field_type: str = ""
    label: str = ""
    options: list[_Option] = []
    has_unique_value: bool = False
    calculated: bool | None = None
    external_options: bool | None = None
    referenced_object_type: str | None = None
    modification_metadata: _Modification | None = None


class _Properties(msgspec.Struct):
    results: list[Property]


def describe(http: Http, sobject: str, version: str) -> dict[str, CrmField]:
    """Fields by property name."""
    from hubspot import HubSpot as Sdk  # noqa: PLC0415  (slow to import)

    properties = Sdk(host=http.base_url).crm.properties.core_api
    properties.api_client.rest_client = _OverHttp(http, version)
    reply = properties.get_all(sobject, _preload_content=False)
    found = msgspec.convert(reply.value, _Properties)
    return {each.name: crm_field(each) for each in found.results}


class _OverHttp:
    """What the SDK takes for its REST client."""

    def __init__(self, http: Http, version: str) -> None:
        self._http = http
        self._version = version

    def GET(self, url: str, query_params: Any = None, **_: Any) -> Reply:  # noqa: N802  (the SDK's name)
        path = urlsplit(url).path.replace("/crm/v3/properties", f"/crm/properties/{self._version}")
        return self._http.request("GET", path, params=query_params, into=dict[str, Any])


def crm_field(found: Property) -> CrmField:
    kind = _kind(found)
    modification = found.modification_metadata or _Modification()
    options = tuple(option.value for option in found.options)
    return CrmField(
        name=found.name,
        label=found.label or found.name,
        kind=kind,
        writable=not (modification.read_only_value or found.calculated),
        length=TEXT_LENGTH if kind == "text" else None,
        options=options if found.type == "enumeration" else (),
        restricted=found.type == "enumeration" and not found.external_options,
        unique=found.has_unique_value,
    )


def _kind(found: Property) -> str:
    if found.referenced_object_type:
        return "reference"
    if found.type == "enumeration":
        return {"checkbox": "multipicklist", "booleancheckbox": "bool"}.get(found.field_type, "picklist")
    return KINDS.get(found.type, "other")
