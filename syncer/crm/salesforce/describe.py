"""The fields of an object as the run-as user sees them. A field without field-level permission is not among them.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_describe.htm
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from syncer.crm.port import CrmField
from syncer.crm.salesforce.sobject import Sobject

KINDS: Mapping[str, str] = {
    **dict.fromkeys(("string", "textarea", "phone", "email", "encryptedstring", "combobox", "id"), "text"),
    **dict.fromkeys(("int", "long", "double", "currency", "percent"), "number"),
    **{kind: kind for kind in ("url", "date", "datetime", "picklist", "multipicklist", "reference")},
    "boolean": "bool",
}


class _Option(msgspec.Struct):
    value: str
    active: bool = True


class _Field(msgspec.Struct, rename="camel"):
    name: str
    type: str
    label: str = ""
    updateable: bool = False
    calculated: bool = False
    length: int = 0
    scale: int = 0
    restricted_picklist: bool = False
    external_id: bool = False
    unique: bool = False
    picklist_values: list[_Option] | None = None


class Described(msgspec.Struct):
    """An object as the run-as user sees it, and whether this user may make and change its records."""

    fields: list[_Field]
    createable: bool = True
    updateable: bool = True

    def crm_fields(self) -> dict[str, CrmField]:
        """Fields by API name."""
        return {field.name: _crm_field(field) for field in self.fields}


def path(sobject: Sobject) -> str:
    return f"{sobject.data}/sobjects/{sobject.name}/describe"


def describe(sobject: Sobject) -> dict[str, CrmField]:
    """Fields by API name."""
    return sobject.http.get(path(sobject), into=Described).crm_fields()


def _crm_field(field: _Field) -> CrmField:
    kind = KINDS.get(field.type, "other")
    return CrmField(
        name=field.name,
        label=field.label or field.name,
        kind=kind,
        writable=field.updateable and not field.calculated,
        length=field.length or None,
        scale=field.scale if kind == "number" else None,
        options=tuple(option.value for option in field.picklist_values or () if option.active),
        restricted=field.restricted_picklist,
        unique=field.external_id and field.unique,
    )
