"""Writes the JSON Schemas of the written files beside them, for editors."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import Any

from syncer.core.monthly import MEASURES
from syncer.specs.account import FieldSpecs
from syncer.specs.monthly_metric import MonthlySpecs
from syncer.specs.schema import MODELS, schema_of, with_fields
from syncer.specs.shipped import page


def write_schemas(folder: Path) -> list[Path]:
    """Writes `mappings/schema/*.json` and `field_specs/schema/*.json` into a project folder, with its own fields; returns their paths."""
    written = []
    for name, schema in schemas(folder).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", "utf-8")
        written.append(path)
    return written


def schemas(folder: Path) -> dict[str, dict[str, Any]]:
    """The schemas by their path in the folder. Mappings offer the fields of the folder's field specs, as far as those can be read."""
    found = {place_of(file): schema_of(file) for file in MODELS}
    specs = page(folder, "field_specs/account.yaml").sound(FieldSpecs).value
    monthly = page(folder, "field_specs/monthly_metric.yaml").sound(MonthlySpecs).value
    mapping, months = place_of("mappings/account.yaml"), place_of("mappings/monthly_metric.yaml")
    found[mapping] = with_fields(found[mapping], specs.root if specs else {})
    found[months] = with_fields(found[months], monthly.fields if monthly else {}, list(MEASURES))
    return found


def place_of(file: str) -> str:
    """`mappings/schema/account.json` of `mappings/account.yaml`; `syncer.yaml` has its schema in `mappings/schema` too."""
    path = PurePosixPath(file)
    folder = path.parent if path.parent.name else PurePosixPath("mappings")
    return str(folder / "schema" / f"{path.stem}.json")
