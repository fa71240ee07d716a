"""Whole vendor records from the few values that matter; everything else is what the vendor answers for an untouched
field."""

from __future__ import annotations

from typing import Any

Record = dict[str, Any]
"""One object of a vendor, as its API answers it."""

Records = dict[str, dict[str, list[Record]]]
"""Vendor → collection → records: what `World.load` takes."""
