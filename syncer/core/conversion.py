"""Money into currency fields: in the currency that the CRM keeps each record in, or held with the reason. SQL text only.

Where each record has a currency of its own (Salesforce with several), a value is converted to it, exactly, and rounded half up once, to
the field's decimals. Where the CRM has one currency for all, that is the reporting currency, and a value in another one is held. 0 is 0
in every currency and needs no rate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from syncer.core.macros import round_div, text
from syncer.core.rates import Factor
from syncer.words.tables import Row, Table

REPORTING = "the reporting currency"
RECORD = "the record's currency"
"""What money can be in, besides what a fact says, such as `stripe.currency`."""

FACTOR = Table(
    "money.factor",
    {"currency": "VARCHAR", "target": "VARCHAR", "n": "HUGEINT", "d": "HUGEINT", "most": "HUGEINT", "day": "DATE"},
    key=("currency", "target"),
)
"""1 major unit of `currency` is n / d of `target`, by rates of `day` or before; `most` is the largest amount, in units of DECIMALS, that
can be multiplied so."""

DECIMALS = 9
"""Of an amount before it is converted: more than a fact or a product of one has."""
WIDEST = 2**127 - 1
PARTS = ("currency", "n", "d", "most", "day")


@dataclass(frozen=True)
class Currencies:
    """How a CRM keeps money. `lacking` ends the sentence that there is no rate: of which day, and what to do."""

    reporting: str | None = None
    by_record: bool = False
    lacking: str = ""

    def code(self, unit: str) -> str:
        """The SQL of the code that money of this unit is in; of the table's columns, `stripe.currency` is stripe__currency."""
        if unit != REPORTING:
            return unit.replace(".", "__")
        return text(self.reporting) if self.reporting else "CAST(NULL AS VARCHAR)"


def factor_rows(factors: Mapping[tuple[str, str], Factor]) -> list[Row]:
    """The rows of FACTOR; a factor of too many digits to multiply by carries nothing but 0."""
    return [(*pair, *(_carried(*factor.value.as_integer_ratio()) or (1, 1, 0)), factor.day) for pair, factor in factors.items()]


def _carried(n: int, d: int) -> tuple[int, int, int] | None:
    most = (WIDEST - 2 * d * 10**DECIMALS) // (2 * n)
    return (n, d, most) if most > 0 else None


def joined(units: Iterable[str], currencies: Currencies) -> tuple[list[str], str]:
    """For a row with `record__currency`: the factors of these units as columns, and the joins that bring them."""
    columns, joins = [], ""
    for number, unit in enumerate(units):
        columns += [f"x{number}.{part} AS {factor_column(unit, part)}" for part in PARTS]
        joins += f"\n  LEFT JOIN {FACTOR.name} AS x{number} ON x{number}.currency = {currencies.code(unit)}"
        joins += f" AND x{number}.target = record__currency"
    return columns, joins


def converted(own: str, unit: str, scale: int) -> str:
    """`own`, a column of DECIMALS in the unit's currency, in the record's and rounded to the scale; NULL where that cannot be told."""
    units = f"CAST({own} * {10**DECIMALS} AS HUGEINT)"
    n, d, most = (factor_column(unit, part) for part in ("n", "d", "most"))
    rounded = round_div(f"({units} * {n})", f"({d} * {10 ** (DECIMALS - scale)})")
    step = f"0.{'0' * (scale - 1)}1" if scale else "1"
    exact = f"TRY_CAST(CASE WHEN ABS({units}) <= {most} THEN {rounded} END AS DECIMAL(18,0)) * {step}"
    return f"CAST(CASE WHEN {own} = 0 THEN 0 ELSE {exact} END AS DECIMAL(18,{scale}))"


def unconverted(own: str, unit: str, label: str, scale: int, currencies: Currencies) -> str:
    """Why `own` cannot be written as it should be; NULL where it can."""
    code = currencies.code(unit)
    if currencies.by_record:
        cases = {
            "record__currency IS NULL": text("the CRM does not say yet in which currency this record is"),
            f"{code} IS NULL": text(f"it is not known in which currency {label} is"),
            f"{factor_column(unit, 'n')} IS NULL": f"'there is no rate from ' || UPPER({code}) || ' to ' || UPPER(record__currency) || "
            + text(f" {currencies.lacking}"),
            f"{converted(own, unit, scale)} IS NULL": f"{text(f'{label} has too many digits in ')} || UPPER(record__currency)",
        }
    elif currencies.reporting and unit != REPORTING:
        kept = f" and the CRM keeps {currencies.reporting.upper()}; map stripe.mrr_reporting to it, or make it a number field"
        cases = {f"{code} <> {text(currencies.reporting)}": f"{text(f'{label} is in ')} || UPPER({code}) || {text(kept)}"}
    else:
        return "CAST(NULL AS VARCHAR)"
    return "CASE " + " ".join(f"WHEN {own} <> 0 AND {test} THEN {reason}" for test, reason in cases.items()) + " END"


def factor_column(unit: str, part: str) -> str:
    """The column of `joined` with that part of the factor from a unit."""
    return f"reporting__{part}" if unit == REPORTING else f"{unit.replace('.', '__')}__{part}"
