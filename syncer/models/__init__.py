"""The SQL models, macros and the catalog of facts as texts; `core.compose` makes one SELECT of them.

A model `stripe/tier.sql` is the relation `stripe_tier`; `facts.sql` is `facts`. Source tables have a schema
(`stripe.price`), models have none. DECISIONS.md says why each figure is as it is.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


def model_texts() -> dict[str, str]:
    """SQL by model name."""
    return dict(_walk(files(__name__), ()))


def macros_text() -> str:
    return files(__name__).joinpath("macros.yaml").read_text(encoding="utf-8")


def catalog_text() -> str:
    return files(__name__).joinpath("catalog.yaml").read_text(encoding="utf-8")


def _walk(folder: Traversable, path: tuple[str, ...]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            found += _walk(entry, (*path, entry.name))
        elif entry.name.endswith(".sql"):
            name = "_".join((*path, entry.name.removesuffix(".sql")))
            found.append((name, entry.read_text(encoding="utf-8")))
    return found
