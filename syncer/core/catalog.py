"""What each column of `facts` means: models/catalog.yaml as values."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ruamel.yaml import YAML

from syncer.models import catalog_text


@dataclass(frozen=True)
class Fact:
    """A column of `facts`. `name` is how mappings write it (`stripe.mrr`), `type` its SQL type, `source` the table it rests on.

    `held_by`: columns of `facts` that hold the value back while there is a reason in them.
    """

    name: str
    type: str
    unit: str
    source: str
    meaning: str
    held_by: tuple[str, ...] = ()

    @property
    def column(self) -> str:
        return self.name.replace(".", "__")


@cache
def facts_catalog() -> dict[str, Fact]:
    """Facts by column, in the order of the catalog."""
    entries = YAML(typ="safe").load(catalog_text())
    facts = [Fact(name, **{**entry, "held_by": tuple(entry.get("held_by", ()))}) for name, entry in entries.items()]
    return {fact.column: fact for fact in facts}
