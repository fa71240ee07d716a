"""What an object and its fields are, and how `describe` tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_SOAP = {
    "id": "tns:ID", "reference": "tns:ID", "boolean": "xsd:boolean", "int": "xsd:int", "double": "xsd:double",
    "currency": "xsd:double", "percent": "xsd:double", "date": "xsd:date", "datetime": "xsd:dateTime",
}  # fmt: skip
NUMBERS = ("int", "double", "currency", "percent")
LONG_TEXT = 255
"""A text area longer than this cannot be filtered, sorted or grouped by."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """`default` is what a new record gets when nothing is said; `filled`: Salesforce finds a value itself."""

    name: str
    label: str
    type: str = "string"
    length: int = 0
    precision: int = 0
    scale: int = 0
    nillable: bool = True
    writable: bool = True
    custom: bool = False
    unique: bool = False
    external_id: bool = False
    case_sensitive: bool = False
    name_field: bool = False
    restricted: bool = False
    options: tuple[str, ...] = ()
    refers_to: tuple[str, ...] = ()
    relationship: str | None = None
    default: Any = None
    filled: bool = False
    help: str | None = None

    @property
    def required(self) -> bool:
        return self.writable and not self.nillable and not self.defaulted

    @property
    def defaulted(self) -> bool:
        return self.filled or self.default is not None

    @property
    def filterable(self) -> bool:
        return not (self.type == "textarea" and self.length > LONG_TEXT)

    @property
    def groupable(self) -> bool:
        return self.filterable and self.type not in ("double", "currency", "percent", "datetime")

    @property
    def indexed(self) -> bool:
        return self.unique or self.external_id

    def describe(self) -> dict[str, Any]:
        number, text = self.type in NUMBERS, self.type not in _SOAP
        return {
            "aggregatable": self.filterable and self.type != "boolean",
            "aiPredictionField": False,
            "autoNumber": False,
            "byteLength": self.length * 3 if text else self.length,
            "calculated": False,
            "calculatedFormula": None,
            "cascadeDelete": False,
            "caseSensitive": self.case_sensitive,
            "compoundFieldName": None,
            "controllerName": None,
            "createable": self.writable,
            "custom": self.custom,
            "defaultValue": self.default if self.type == "boolean" else None,
            "defaultValueFormula": None,
            "defaultedOnCreate": self.defaulted,
            "dependentPicklist": False,
            "deprecatedAndHidden": False,
            "digits": self.precision if self.type == "int" else 0,
            "displayLocationInDecimal": False,
            "encrypted": False,
            "externalId": self.external_id,
            "extraTypeInfo": "plaintextarea" if self.type == "textarea" else None,
            "filterable": self.filterable,
            "filteredLookupInfo": None,
            "formulaTreatNullNumberAsZero": False,
            "groupable": self.groupable,
            "highScaleNumber": False,
            "htmlFormatted": False,
            "idLookup": self.indexed or self.type == "id",
            "inlineHelpText": self.help,
            "label": self.label,
            "length": self.length,
            "mask": None,
            "maskType": None,
            "name": self.name,
            "nameField": self.name_field,
            "namePointing": len(self.refers_to) > 1,
            "nillable": self.nillable,
            "permissionable": self.nillable and self.writable,
            "picklistValues": [
                {
                    "active": True,
                    "defaultValue": option == self.default,
                    "label": option,
                    "validFor": None,
                    "value": option,
                }
                for option in self.options
            ],
            "polymorphicForeignKey": len(self.refers_to) > 1,
            "precision": self.precision if number and self.type != "int" else 0,
            "queryByDistance": False,
            "referenceTargetField": None,
            "referenceTo": list(self.refers_to),
            "relationshipName": self.relationship,
            "relationshipOrder": None,
            "restrictedDelete": False,
            "restrictedPicklist": self.restricted,
            "scale": self.scale,
            "searchPrefilterable": self.type in ("id", "reference"),
            "soapType": _SOAP.get(self.type, "xsd:string"),
            "sortable": self.filterable,
            "type": self.type,
            "unique": self.unique,
            "updateable": self.writable,
            "writeRequiresMasterRead": False,
        }


def field_from_describe(told: Mapping[str, Any]) -> Field:
    """A field from the dictionary that `describe` would give; what is left out has Salesforce's usual value."""
    name, kind = str(told["name"]), str(told.get("type", "string"))
    return Field(
        name=name,
        label=told.get("label") or name.removesuffix("__c").replace("_", " "),
        type=kind,
        length=told.get("length") or (255 if kind in ("string", "picklist", "url") else 0),
        precision=told.get("precision") or (18 if kind in NUMBERS else 0),
        scale=told.get("scale") or 0,
        nillable=told.get("nillable", kind != "boolean"),
        writable=told.get("updateable", True),
        custom=told.get("custom", name.endswith("__c")),
        unique=told.get("unique", False),
        external_id=told.get("externalId", False),
        case_sensitive=told.get("caseSensitive", False),
        restricted=told.get("restrictedPicklist", False),
        options=tuple(value["value"] for value in told.get("picklistValues") or ()),
        refers_to=tuple(told.get("referenceTo") or ()),
        relationship=told.get("relationshipName"),
        default=told.get("defaultValue", False if kind == "boolean" else None),
        help=told.get("inlineHelpText"),
    )


@dataclass
class Sobject:
    """An object by its API name; `columns` in describe's order, found by `column` in any case."""

    name: str
    label: str
    plural: str
    prefix: str
    columns: dict[str, Field]
    createable: bool = True
    updateable: bool = True
    deletable: bool = True
    _by_lower: dict[str, Field] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._by_lower = {name.lower(): column for name, column in self.columns.items()}

    @property
    def custom(self) -> bool:
        return self.name.endswith("__c")

    def column(self, name: str) -> Field | None:
        return self.columns.get(name) or self._by_lower.get(name.lower())

    def relationship(self, name: str) -> Field | None:
        """The reference field behind `Owner` in `Owner.Name`."""
        wanted = name.lower()
        return next((col for col in self.columns.values() if col.relationship and col.relationship.lower() == wanted), None)

    def add(self, column: Field) -> None:
        self.columns[column.name] = self._by_lower[column.name.lower()] = column

    def remove(self, name: str) -> None:
        self.columns.pop(name, None)
        self._by_lower.pop(name.lower(), None)

    def summary(self, base: str) -> dict[str, Any]:
        """The object as `describe global` lists it; `base` is `/services/data/vXX.X/sobjects`."""
        url = f"{base}/{self.name}"
        return {
            "activateable": False, "associateEntityType": None, "associateParentEntity": None,
            "createable": self.createable, "custom": self.custom, "customSetting": False, "deepCloneable": False,
            "deletable": self.deletable, "deprecatedAndHidden": False, "feedEnabled": True, "hasSubtypes": False,
            "isInterface": False, "isSubtype": False, "keyPrefix": self.prefix, "label": self.label,
            "labelPlural": self.plural, "layoutable": True, "mergeable": False, "mruEnabled": True, "name": self.name,
            "queryable": True, "replicateable": True, "retrieveable": True, "searchable": True, "triggerable": True,
            "undeletable": self.deletable, "updateable": self.updateable,
            "urls": {"rowTemplate": f"{url}/{{ID}}", "describe": f"{url}/describe", "sobject": url},
        }  # fmt: skip

    def describe(self, base: str) -> dict[str, Any]:
        return {
            "actionOverrides": [], "childRelationships": [], "compactLayoutable": True,
            **self.summary(base),
            "defaultImplementation": None, "extendedBy": None, "extendsInterfaces": None,
            "fields": [column.describe() for column in self.columns.values()],
            "implementedBy": None, "implementsInterfaces": None, "listviewable": None, "lookupLayoutable": None,
            "namedLayoutInfos": [], "networkScopeFieldName": None, "recordTypeInfos": [], "searchLayoutable": True,
            "sobjectDescribeOption": "FULL", "supportedScopes": [{"label": f"All {self.plural}", "name": "everything"}],
        }  # fmt: skip
