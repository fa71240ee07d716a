"""Associations between records: both directions at once, by association type."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

# (from, to): (type id there, type id back, label); the first of a pair is its default.
# Ids from the vendor's reference; read them from /labels rather than trusting this table.
PAIRS: dict[tuple[str, str], tuple[tuple[int, int, str | None], ...]] = {
    ("contacts", "companies"): ((279, 280, None), (1, 2, "Primary")),
    ("deals", "companies"): ((341, 342, None), (5, 6, "Primary")),
    ("tickets", "companies"): ((339, 340, None), (26, 25, "Primary")),
    ("deals", "contacts"): ((3, 4, None),),
    ("tickets", "contacts"): ((16, 15, None),),
    ("tasks", "contacts"): ((204, 203, None),),
    ("tasks", "companies"): ((192, 191, None),),
    ("tasks", "deals"): ((216, 215, None),),
    ("tasks", "tickets"): ((230, 229, None),),
    ("notes", "contacts"): ((202, 201, None),),
    ("notes", "companies"): ((190, 189, None),),
    ("notes", "deals"): ((214, 213, None),),
    ("notes", "tickets"): ((228, 227, None),),
}
LABELS: dict[tuple[str, str], dict[int, str | None]] = defaultdict(dict)
BACK: dict[int, int] = {}
for (one, other), types in PAIRS.items():
    for there, back, label in types:
        LABELS[one, other][there] = LABELS[other, one][back] = label
        BACK |= {there: back, back: there}


def spec(type_id: int, name: str | None) -> dict[str, Any]:
    return {"category": "HUBSPOT_DEFINED", "typeId": type_id, "label": name}


class Links:
    def __init__(self) -> None:
        self._links: dict[tuple[str, int, str], dict[int, set[int]]] = defaultdict(dict)

    def add(self, start: str, start_id: int, end: str, end_id: int, type_id: int | None = None) -> list[int]:
        """Link two records; a labelled link has the default type too. The type ids now there."""
        known = LABELS[start, end]
        default = next(iter(known))
        for each in {default, type_id or default}:
            self._links[start, start_id, end].setdefault(end_id, set()).add(each)
            self._links[end, end_id, start].setdefault(start_id, set()).add(BACK[each])
        return sorted(self._links[start, start_id, end][end_id])

    def remove(self, start: str, start_id: int, end: str, end_id: int) -> None:
        self._links[start, start_id, end].pop(end_id, None)
        self._links[end, end_id, start].pop(start_id, None)

    def of(self, start: str, start_id: int, end: str) -> dict[int, set[int]]:
        """Linked ids of type `end`, in their order, with the type ids of the links."""
        return dict(sorted(self._links.get((start, start_id, end), {}).items()))
