"""Scoring as SQL: a score, its band, its reasons, and the contributions that sum exactly to it.

Whole numbers all the way, so that every engine gives the same figures: points of an input in thousandths, weights in
millionths of the whole, contributions in tenths of a point. Only running sums are rounded, and a share is the
difference of two of them; so shares sum exactly to the whole, and the score is the weighted mean rounded once.

Columns for the n-th input of a model, step by step:
    vn  measured value                      sn  its points
    tn  the value inside its scale          en  weight up to here, then wn  its own effective weight
    cn  its contribution                    fn  the contribution that full points would make
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from syncer.core import macros, reasons
from syncer.core.health import MILLION

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from syncer.core.health import Health, Measure, Model

FULL = "CASE WHEN c.points = 100000 OR c.tenths > c.most THEN c.tenths WHEN c.tenths IS NOT NULL THEN c.most END"
"""What full points give an input. It and the contribution are differences of rounded sums, so the two may miss each other by a tenth."""
TENTH = 100 * MILLION
"""A tenth of a point, in thousandths of a point times millionths of weight."""


def health_query(health: Health, relation: str, previous_band: str | None) -> str:
    """A row per account of `relation`.

    account_id, health__score DECIMAL(5,1), health__band, health__coverage_pct BIGINT, health__reasons, health__model.
    `relation` has the columns of facts and `today`; `previous_band` names its column with the band as it stood, if any.
    All are null where no source is there or no model applies; score and band also where too little was measured.
    """
    steps = _steps(health, relation, previous_band)
    steps["contributions"] = _contributions(health)
    steps["scored"] = _union(_scored(number, model) for number, model in enumerate(health.models, 1))
    steps |= reasons.steps(health)
    return _with(steps) + (
        f"SELECT a.account_id, {_points('s.score', 1, 5)} AS health__score, s.band AS health__band, "
        "s.coverage AS health__coverage_pct, COALESCE(s.remark, r.reasons, "
        "CASE WHEN s.score IS NOT NULL THEN 'nothing stands out' END) AS health__reasons, "
        "s.version AS health__model\n"
        "FROM chosen AS a LEFT JOIN scored AS s ON s.account_id = a.account_id "
        "LEFT JOIN reason AS r ON r.account_id = a.account_id"
    )


def contributions_query(health: Health, relation: str) -> str:
    """A row per account that a model applies to and input that counts, in the order of the file.

    account_id, version, part, input, label, measured (text), reads (sentence), points DECIMAL(6,3) from 0 to 100,
    weight_pct DECIMAL(8,4) once missing inputs gave theirs away, contribution DECIMAL(5,1), most DECIMAL(5,1), which full points would
    give. What was not measured has nulls and weight 0. The contributions of an account sum to its score; without a score all are null.
    """
    steps = _steps(health, relation, None)
    steps["contributions"] = _contributions(health)
    steps["named"] = _union(
        f"SELECT {number} AS model, {position} AS place, {macros.text(model.version)} AS version, "
        f"{macros.text(each.part)} AS part, {macros.text(each.name)} AS input, {macros.text(each.spec.label)} AS label"
        for number, model in enumerate(health.models, 1)
        for position, each in enumerate(model.measures, 1)
    )
    return _with(steps) + (
        "SELECT c.account_id, n.version, n.part, n.input, n.label, "
        f"{reasons.by_input(health, reasons.measured)} AS measured, "
        f"{reasons.by_input(health, reasons.phrase)} AS reads, {_points('c.points', 3, 6)} AS points, "
        f"{_points('c.weight', 4, 8)} AS weight_pct, {_points('c.tenths', 1, 5)} AS contribution, "
        f"{_points(FULL, 1, 5)} AS most\n"
        "FROM contributions AS c JOIN named AS n ON n.model = c.model AND n.place = c.place\n"
        "ORDER BY c.account_id, c.place"
    )


def _points(whole: str, decimals: int, width: int) -> str:
    """A whole number of 10^-decimals as a DECIMAL."""
    unit = f"0.{'1'.rjust(decimals, '0')}"
    return f"CAST(CAST({whole} AS DECIMAL(10, 0)) * {unit} AS DECIMAL({width}, {decimals}))"


def _steps(health: Health, relation: str, previous_band: str | None) -> dict[str, str]:
    """Named SELECTs: `chosen` says which model scores an account, `m1` … `mN` hold each model's columns."""
    steps = {"chosen": _chosen(health, relation, previous_band)}
    for number, model in enumerate(health.models, 1):
        before = "chosen"
        for name, columns in _columns(model).items():
            kept = "account_id, previous" if before == "chosen" else "*"
            where = f" WHERE model = {number}" if before == "chosen" else ""
            steps[f"m{number}_{name}"] = f"SELECT {kept}, {', '.join(columns)} FROM {before}{where}"
            before = f"m{number}_{name}"
        steps[f"m{number}"] = f"SELECT *, {_score(model)} AS score FROM {before}"
    return steps


def _chosen(health: Health, relation: str, previous_band: str | None) -> str:
    nobody = "WHEN NOT (stripe__present OR mixpanel__present OR zendesk__present) THEN NULL"
    whens = [f"WHEN {model.when.sql} THEN {number}" for number, model in enumerate(health.models, 1) if model.when]
    otherwise = f" ELSE {len(health.models)}" if health.models[-1].when is None else ""
    used = [name.replace(".", "__") for name in sorted(health.columns)]
    columns = ", ".join(["account_id", "today", *used, f"{previous_band or 'CAST(NULL AS VARCHAR)'} AS previous"])
    return f"SELECT {columns}, CASE {' '.join([nobody, *whens])}{otherwise} END AS model FROM {relation}"


def _columns(model: Model) -> dict[str, list[str]]:
    """Each step's new columns; a step uses those before it."""
    inputs = list(enumerate(model.measures, 1))
    last = len(inputs)
    summed = [_plus(f"COALESCE(s{n}, 0) * w{n}" for n in range(1, end + 1)) for end in range(1, last + 1)]
    return {
        "measured": [f"{_value(each)} AS v{n}" for n, each in inputs],
        "inside": [f"{_inside(each, f'v{n}')} AS t{n}" for n, each in inputs],
        "judged": [f"{_curve(each, f't{n}')} AS s{n}" for n, each in inputs],
        "parts": [
            f"{_coverage(model)} AS coverage",
            *(f"{_present(model, part)} AS {_q(part, model)}" for part in model.parts),
        ],
        "wholes": _wholes(model),
        "reached": [f"{_reached(model, n)} AS e{n}" for n, _ in inputs],
        "weighed": [f"{_step('e', n)} AS w{n}" for n, _ in inputs],
        "summed": [
            *(f"{macros.half_up(f'({total})', TENTH)} AS r{n}" for n, total in enumerate(summed, 1)),
            *(f"{macros.half_up(f'e{n}', 1000)} AS g{n}" for n, _ in inputs),
        ],
        "shared": [*(f"{_step('r', n)} AS c{n}" for n, _ in inputs), *(f"{_step('g', n)} AS f{n}" for n, _ in inputs)],
    }


def _step(column: str, n: int) -> str:
    return f"{column}{n} - {column}{n - 1}" if n > 1 else f"{column}{n}"


def _plus(terms: Iterable[str]) -> str:
    return " + ".join(terms) or "0"


def _value(measure: Measure) -> str:
    """The measured value; a yes is 1, a no is 0."""
    sql = measure.expression.sql
    number = f"CASE WHEN {sql} THEN 1 WHEN NOT {sql} THEN 0 END" if measure.is_bool else sql
    return f"CAST({number} AS DECIMAL(25, 3))"


def _inside(measure: Measure, value: str) -> str:
    """The value in thousandths, cut at the ends of its scale, beyond which it makes no difference."""
    values = [value for value, _ in measure.spec.curve]
    return macros.thousandths(macros.clamp(value, f"{values[0]:f}", f"{values[-1]:f}"))


def _curve(measure: Measure, value: str) -> str:
    points = [(_thousandths(at), _thousandths(worth)) for at, worth in measure.spec.curve]
    if measure.spec.steps:
        whens = [f"WHEN {value} >= {at} THEN {worth}" for at, worth in reversed(points)]
    else:
        whens = [f"WHEN {value} <= {at} THEN {_line(value, *ends)}" for ends in pairwise(points) for at in [ends[1][0]]]
    return f"CASE {' '.join(whens)} END"


def _line(value: str, start: tuple[int, int], end: tuple[int, int]) -> str:
    """The straight line between two points of a scale, rounded to a thousandth."""
    width, rise = end[0] - start[0], end[1] - start[1]
    moved = macros.half_up(f"(({value} - {start[0]}) * {abs(rise)})", width)
    return f"{start[1]} {'+' if rise >= 0 else '-'} {moved}"


def _thousandths(number: Decimal) -> int:
    return int(number * 1000)


def _coverage(model: Model) -> str:
    """Weight measured in hundredths of all weight."""
    present = _plus(f"CASE WHEN s{n} IS NULL THEN 0 ELSE {each.share} END" for n, each in enumerate(model.measures, 1))
    return f"CAST({macros.half_up(f'({present})', MILLION // 100)} AS BIGINT)"


def _q(part: str, model: Model) -> str:
    return f"q{list(model.parts).index(part) + 1}"


def _present(model: Model, part: str, upto: int | None = None) -> str:
    """Weight measured inside a part, of all its inputs or those up to one."""
    terms = [
        f"CASE WHEN s{n} IS NULL THEN 0 ELSE {each.weight} END"
        for n, each in enumerate(model.measures, 1)
        if each.part == part and (upto is None or n <= upto)
    ]
    return f"CAST({_plus(terms)} AS BIGINT)"


def _wholes(model: Model) -> list[str]:
    """`b1` … `bN`: weight of the measured parts before each part; `b0`: that of all."""
    terms = [f"CASE WHEN {_q(part, model)} > 0 THEN {weight} ELSE 0 END" for part, weight in model.parts.items()]
    before = [f"CAST({_plus(terms[:n])} AS BIGINT) AS b{n + 1}" for n in range(len(terms))]
    return [f"CAST({_plus(terms)} AS BIGINT) AS b0", *before]


def _reached(model: Model, n: int) -> str:
    """Millionths of the whole weight that are spent once the n-th input has its own; null when nothing was measured.

    A missing input's weight goes to the others of its part, a missing part's to the other parts.
    """
    part = model.measures[n - 1].part
    number, weight = list(model.parts).index(part) + 1, model.parts[part]
    inside = f"({MILLION} * (b{number} * q{number} + {weight} * {_present(model, part, n)}))"
    return (
        f"CASE WHEN q{number} > 0 THEN {macros.half_up(inside, f'(b0 * q{number})')} "
        f"WHEN b0 > 0 THEN {macros.half_up(f'({MILLION} * b{number})', 'b0')} END"
    )


def _score(model: Model) -> str:
    return f"CASE WHEN coverage >= {model.spec.min_coverage} THEN r{len(model.measures)} END"


def _scored(number: int, model: Model) -> str:
    low = model.spec.min_coverage
    remark = (
        "CASE WHEN score IS NOT NULL THEN NULL WHEN coverage = 0 THEN 'not scored: nothing was measured' ELSE "
        f"'not scored: only ' || CAST(coverage AS VARCHAR) || ' % of what counts was measured ({low} % needed)' END"
    )
    return (
        f"SELECT account_id, score, {_band(model)} AS band, coverage, {remark} AS remark, "
        f"{macros.text(model.version)} AS version FROM m{number}"
    )


def _band(model: Model) -> str:
    """The band of a score; the one as it stood as long as the score is not past its edges by the margin."""
    bands = model.spec.ascending
    margin = int(model.spec.margin * 10)
    edges = [int(band.begins * 10) for band in bands]
    stays = []
    for n, band in enumerate(bands):
        low = [f"score >= {edges[n] - margin}"] if n else []
        high = [f"score < {edges[n + 1] + margin}"] if n + 1 < len(bands) else []
        same = [f"previous = {macros.text(band.name)}", "score IS NOT NULL"]
        stays.append(f"WHEN {' AND '.join([*same, *low, *high])} THEN {macros.text(band.name)}")
    fresh = [f"WHEN score >= {edge} THEN {macros.text(band.name)}" for band, edge in zip(bands, edges, strict=True)][::-1]
    return f"CASE {' '.join([*stays, *fresh])} END"


def _contributions(health: Health) -> str:
    """A row per account and input, out of the columns of every model. A join turns them, not a UNION: it scans once."""
    selects = []
    for number, model in enumerate(health.models, 1):
        places = range(1, len(model.measures) + 1)
        pick = {name: f"CASE p.place {' '.join(f'WHEN {n} THEN m.{name}{n}' for n in places)} END" for name in "vswcf"}
        selects.append(
            f"SELECT m.account_id, {number} AS model, p.place, {pick['v']} AS value, {pick['s']} AS points, "
            f"COALESCE({pick['w']}, 0) AS weight, CASE WHEN m.score IS NOT NULL AND {pick['s']} IS NOT NULL "
            f"THEN {pick['c']} END AS tenths, {pick['f']} AS most\n  "
            f"FROM m{number} AS m CROSS JOIN ({' UNION ALL '.join(f'SELECT {n} AS place' for n in places)}) AS p"
        )
    return _union(selects)


def _union(selects: Iterable[str]) -> str:
    return "\n  UNION ALL ".join(selects)


def _with(steps: dict[str, str]) -> str:
    return "WITH " + ",\n".join(f"{name} AS (\n  {sql}\n)" for name, sql in steps.items()) + "\n"
