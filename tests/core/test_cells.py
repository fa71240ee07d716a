"""What becomes of a value that does not fit its field: it is held with the reason, and no run ends of it."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pytest

from syncer.core.cells import MappedField, cells_query
from syncer.core.expressions import Expression, check
from syncer.core.kinds import Column, Kind
from syncer.specs.account import FieldSpec


@pytest.mark.parametrize(
    ("scale", "text", "value", "reason"),
    [
        (3, "seats * 1000", Decimal("999999000.000"), None),
        (9, "seats * 1000", Decimal("999999000.000000000"), None),
        (9, "seats * 1001", None, "F would be too large; the field has room for 9 digits beside its 9 decimals"),
        (0, "seats * 99999999", Decimal(99999899000001), None),
        (1, "seats * 1000000000000", None, "F would be too large; the field has room for 17 digits beside its 1 decimals"),
        (0, "NULLIF(seats, seats)", None, None),
    ],
)
def test_a_number_that_is_too_large_is_held(scale: int, text: str, value: Decimal | None, reason: str | None) -> None:
    expression = check(text, {"seats": Column(Kind.NUMBER)})
    assert isinstance(expression, Expression)
    spec = FieldSpec(label="F", help="F.", type="number", scale=scale)
    field = MappedField("f", spec, expression, held_by=(), clears=False, limit=Decimal(1), place="mappings/account.yaml:1")
    with duckdb.connect() as engine:
        engine.execute(
            "CREATE TABLE base AS SELECT 'a' AS account_id, CAST(999999 AS BIGINT) AS seats, NULL AS raw__f, NULL AS prev__f, "
            "0 AS before__health_score"
        )
        engine.execute(
            "CREATE TABLE health AS SELECT 'a' AS account_id, 0 AS health__score, '' AS health__band, 0 AS health__coverage_pct, "
            "'' AS health__reasons, '' AS health__model"
        )
        [row] = engine.execute(f"SELECT f, f__hold, f__state FROM ({cells_query([field], ())})").fetchall()
    assert row == (value, reason, "held" if reason else "change" if value else "absent")
