"""What Stripe answered in its API versions, beside the rows that it becomes: every page of a folder becomes the folder's tables."""

import json
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from syncer.connectors.stripe_records import KINDS
from syncer.connectors.stripe_tables import TABLES

PAGES = sorted(page for page in (Path(__file__).parent / "stripe_shapes").rglob("*.json") if page.name != "tables.json")
KIND_AT = {kind.path: kind for kind in KINDS.values()} | {"/v1/plans": KINDS["price"]}
COLUMNS = {table.name: list(table.columns) for table in TABLES}


def told(value):
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def tables(page):
    """Rows by table, each as its columns that have a value."""
    kind = KIND_AT[json.loads(page)["url"]]
    rows = kind.rows_of(msgspec.json.decode(page, type=kind.listing).data)
    return {
        table: [{column: told(value) for column, value in zip(COLUMNS[table], row, strict=True) if value is not None} for row in every]
        for table, every in rows.items()
        if every
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}-{page.stem}")
def test_a_page_becomes_these_rows(page):
    assert tables(page.read_bytes()) == json.loads((page.parent / "tables.json").read_text())


def test_each_folder_has_pages():
    assert {path.parent for path in PAGES} == set((Path(__file__).parent / "stripe_shapes").iterdir())
