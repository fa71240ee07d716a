from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pytest
from ruamel.yaml import YAML

from syncer.core.health import Health, compile_health
from syncer.core.kinds import Column, kind_of
from syncer.core.score import contributions_query, health_query
from syncer.specs.health import HealthFile
from syncer.specs.reader import Page, Sound

ROOT = Path(__file__).parents[2]
CASES = YAML(typ="safe", pure=True).load(Path(__file__).with_name("score.yaml"))
SOURCES = ("stripe", "mixpanel", "zendesk")
FACTS = {
    "stripe.seats": "BIGINT", "stripe.status": "VARCHAR", "stripe.cancels_on": "DATE", "stripe.delinquent": "BOOLEAN",
    "stripe.mrr": "DECIMAL(18,3)", "mixpanel.mau": "BIGINT", "mixpanel.wau": "BIGINT", "mixpanel.wau_before": "BIGINT",
    "mixpanel.features_used": "BIGINT", "mixpanel.last_seen": "DATE", "zendesk.csat_pct": "BIGINT",
    "zendesk.last_contact": "DATE", "zendesk.urgent_tickets": "BIGINT", "crm.employees": "BIGINT",
}  # fmt: skip


def compiled(page: Page) -> Health:
    health, problems = compile_health(page.sound(HealthFile), {name: Column(kind_of(sql_type)) for name, sql_type in FACTS.items()})
    assert health is not None, problems
    return health


SMALL = compiled(Page("health.yaml", CASES["model"]))
SHIPPED = compiled(Page.load(ROOT / "mappings/health.yaml"))


def engine_with(accounts: list[dict[str, Any]], previous: list[str | None] | None = None) -> Any:
    """A connection whose relation `base` has an account per dict of facts."""
    engine = duckdb.connect()
    columns = [f'"{name.replace(".", "__")}" {sql_type}' for name, sql_type in FACTS.items()]
    present = [f"{source}__present BOOLEAN" for source in SOURCES]
    declared = ["account_id VARCHAR", "today DATE", "prev__band VARCHAR", *present, *columns]
    engine.execute(f"CREATE TABLE base ({', '.join(declared)})")
    rows = [
        (
            f"a{number:05}",
            date(2026, 11, 1),
            previous[number] if previous else None,
            *(any(name.startswith(f"{source}.") for name in facts) for source in SOURCES),
            *(facts.get(name) for name in FACTS),
        )
        for number, facts in enumerate(accounts)
    ]
    appender = engine.appender("base")
    appender.append_rows(rows)
    appender.flush()
    return engine


def scored(health: Health, accounts: list[dict[str, Any]], previous: list[str | None] | None = None) -> list[tuple]:
    engine = engine_with(accounts, previous)
    query = health_query(health, "base", "prev__band" if previous else None)
    columns = "health__score, health__band, health__coverage_pct, health__reasons"
    return engine.execute(f"SELECT {columns} FROM ({query}) ORDER BY account_id").fetchall()


def expected(gives: list[Any]) -> tuple:
    return (None if gives[0] is None else Decimal(str(gives[0])), *gives[1:])


@pytest.mark.parametrize("case", CASES["cases"].values(), ids=CASES["cases"].keys())
def test_a_score_its_band_coverage_and_reasons(case: dict[str, Any]) -> None:
    assert scored(SMALL, [case["facts"]]) == [expected(case["gives"])]


@pytest.mark.parametrize("case", CASES["shipped"])
def test_reasons_of_the_shipped_model_read_well(case: dict[str, Any]) -> None:
    assert scored(SHIPPED, [case["facts"]]) == [expected(case["gives"])]


DIRECT = compiled(
    Page(
        "health.yaml",
        "models: {direct: {parts: {all: {label: All, weight: 1, inputs: "
        "{points: {label: Points, value: stripe.mrr, scale: [[0, 0], [100, 100]]}}}}}}",
    )
)


def test_a_band_changes_only_past_the_margin() -> None:
    table = CASES["hysteresis"]
    rows = scored(DIRECT, [{"stripe.mrr": Decimal(str(score))} for _, score, _ in table], [band for band, _, _ in table])
    assert [[band, float(score), after] for (band, _, _), (score, after, *_) in zip(table, rows, strict=True)] == [
        [band, float(score), after] for band, score, after in table
    ]


def test_bands_cover_every_score_once() -> None:
    scores = [Decimal(tenths) / 10 for tenths in range(1001)]
    rows = scored(DIRECT, [{"stripe.mrr": score} for score in scores])
    edges = {Decimal(0): "action", Decimal(40): "caution", Decimal(60): "healthy", Decimal(80): "excellent"}
    assert [row[0] for row in rows] == scores
    assert [row[1] for row in rows] == [edges[max(edge for edge in edges if edge <= score)] for score in scores]


def test_the_model_is_named_with_a_hash_of_its_text() -> None:
    engine = engine_with([{"stripe.mrr": 1}])
    [(version,)] = engine.execute(f"SELECT health__model FROM ({health_query(DIRECT, 'base', None)})").fetchall()
    assert version == DIRECT.models[0].version
    assert version.startswith("direct@")
    assert len(version) == len("direct@") + 8
    other = compiled(Page("health.yaml", CASES["model"].replace("[10, 50]", "[10, 51]")))
    assert [a.version == b.version for a, b in zip(SMALL.models, other.models, strict=True)] == [True, False]


def test_types_are_exact() -> None:
    engine = engine_with([{"stripe.mrr": 1}])
    described = engine.execute(f"DESCRIBE {health_query(SHIPPED, 'base', 'prev__band')}").fetchall()
    assert {name: kind for name, kind, *_ in described} == {
        "account_id": "VARCHAR", "health__score": "DECIMAL(5,1)", "health__band": "VARCHAR",
        "health__coverage_pct": "BIGINT", "health__reasons": "VARCHAR", "health__model": "VARCHAR",
    }  # fmt: skip


def test_contributions_say_what_was_measured() -> None:
    engine = engine_with([{"mixpanel.wau": 5, "mixpanel.mau": 30, "zendesk.urgent_tickets": 1}])
    rows = engine.execute(contributions_query(SMALL, "base")).fetchall()
    version = SMALL.models[1].version
    assert rows == [
        ("a00000", version, "use", "wau", "Weekly users", "5", "5 weekly users", 25, 40, 10, 40),
        ("a00000", version, "use", "mau", "Monthly users", "30", "Monthly users: 30", 100, 20, 20, 20),
        ("a00000", version, "standing", "payment", "Payment", None, None, None, 0, None, None),
        ("a00000", version, "standing", "urgent", "Urgent tickets", "1", "one urgent ticket", 50, 40, 20, 40),
    ]


def random_account(dice: random.Random) -> dict[str, Any]:
    """Facts with gaps, zeros and values beyond every scale."""
    facts: dict[str, Any] = {}
    for name, sql_type in FACTS.items():
        if dice.random() < 0.25:
            continue
        facts[name] = {
            "BIGINT": lambda: dice.choice([0, 1, 2, 3, dice.randint(0, 40), dice.randint(0, 150), 10**12]),
            "DECIMAL(18,3)": lambda: Decimal(dice.randint(0, 200_000)) / 1000,
            "BOOLEAN": lambda: dice.random() < 0.3,
            "DATE": lambda: date(2026, dice.randint(1, 10), dice.randint(1, 28)),
            "VARCHAR": lambda: dice.choice(["active", "canceled", "none"]),
        }[sql_type]()
    return facts


@pytest.mark.parametrize("seed", range(3))
def test_contributions_sum_to_the_score_and_the_score_is_the_weighted_mean(seed: int) -> None:
    dice = random.Random(seed)
    engine = engine_with([random_account(dice) for _ in range(1_000)])
    health = random_model(dice)
    scores = engine.execute(
        f"SELECT account_id, health__score, health__coverage_pct FROM ({health_query(health, 'base', None)})"
    ).fetchall()
    rows = engine.execute(contributions_query(health, "base")).fetchall()
    by_account: dict[str, list[tuple]] = {}
    for row in rows:
        by_account.setdefault(row[0], []).append(row)
    assert sum(score is not None for _, score, _ in scores) > 300
    for account, score, coverage in scores:
        parts = by_account.get(account, [])
        shares = [row[9] for row in parts if row[9] is not None]
        assert (sum(shares) if shares else None) == score, (seed, account)
        mean, share = oracle(health, {row[3]: row[7] for row in parts})
        assert coverage is None or abs(coverage - share) <= Fraction(502, 1000), (seed, account)
        if score is not None:
            assert abs(Fraction(score) - mean) <= Fraction(52, 1000), (seed, account)
            assert sum(row[8] for row in parts) == 100, (seed, account)


def random_model(dice: random.Random) -> Health:
    """The shipped model under other weights, some of them 0."""
    weights = [Decimal(weight) for weight in ("0", "1", "2", "3", "7", "0.1", "12.5", "1000")]
    page = Page.load(ROOT / "mappings/health.yaml")
    shipped, _ = page.read(HealthFile)
    assert shipped is not None
    data = shipped.models["default"].model_dump(by_alias=True)
    for part in data["parts"].values():
        part["weight"] = dice.choice(weights[1:])
        for each in part["inputs"].values():
            each["weight"] = dice.choice(weights)
    data["parts"]["adoption"]["inputs"]["features"]["weight"] = 1
    file = HealthFile.model_validate({"models": {"default": data}})
    health, problems = compile_health(Sound(file, page, [], frozenset()), {name: Column(kind_of(kind)) for name, kind in FACTS.items()})
    assert health is not None, problems
    return health


def oracle(health: Health, points: dict[str, Decimal | None]) -> tuple[Fraction, Fraction]:
    """The weighted mean of the points, and the percentage of weight present, in exact fractions."""
    spec = health.models[0].spec
    parts = {name: part for name, part in spec.parts.items() if any(each.weight for each in part.inputs.values())}
    mean = weight = covered = Fraction(0)
    for part in parts.values():
        inputs = {name: Fraction(each.weight) for name, each in part.inputs.items() if each.weight}
        there = {name: inside for name, inside in inputs.items() if points.get(name) is not None}
        covered += Fraction(part.weight) * sum(there.values()) / sum(inputs.values())
        if there:
            weight += Fraction(part.weight)
            inside = sum(inside * Fraction(points[name] or 0) for name, inside in there.items())
            mean += Fraction(part.weight) * inside / sum(there.values())
    whole = sum(Fraction(part.weight) for part in parts.values())
    return (mean / weight if weight else Fraction(0)), covered / whole * 100


def test_points_follow_the_curve() -> None:
    """Every kind of slope against exact interpolation, rounded to a thousandth."""
    curve = [(-5, 10), (0, Decimal("33.333")), (Decimal("0.5"), 90), (7, 20), (1000, 0)]
    text = ", ".join(f"[{at}, {worth}]" for at, worth in curve)
    health = compiled(
        Page(
            "health.yaml",
            "models: {m: {parts: {all: {label: All, weight: 1, inputs: "
            f"{{x: {{label: X, value: stripe.mrr, scale: [{text}]}}}}}}}}}}}}",
        )
    )
    dice = random.Random(7)
    values = [Decimal(dice.randint(-9_000, 12_000)) / 1000 for _ in range(400)] + [Decimal(n) for n in range(-6, 1002, 7)]
    engine = engine_with([{"stripe.mrr": value} for value in values])
    found = [row[7] for row in engine.execute(contributions_query(health, "base")).fetchall()]
    for value, points in zip(values, found, strict=True):
        assert abs(Fraction(points) - interpolated(curve, value)) <= Fraction(5, 10_000), value


def interpolated(curve: list[tuple[Any, Any]], value: Decimal) -> Fraction:
    at = [(Fraction(x), Fraction(y)) for x, y in curve]
    x = min(max(Fraction(value), at[0][0]), at[-1][0])
    (x0, y0), (x1, y1) = next((low, high) for low, high in pairwise(at) if x <= high[0])
    return y0 + (x - x0) * (y1 - y0) / (x1 - x0)


def test_reasons_fit_their_field() -> None:
    dice = random.Random(11)
    rows = scored(SHIPPED, [random_account(dice) for _ in range(1_000)])
    assert max(len(reasons) for *_, reasons in rows if reasons) <= 1_000
    assert all(reasons for score, *_, reasons in rows if score is not None)


def test_expressions_are_checked_in_their_place() -> None:
    page = Page(
        "health.yaml",
        "models:\n  default:\n    when: stripe.seats\n    parts:\n      all:\n"
        "        label: All\n        weight: 1\n        inputs:\n"
        "          a: {label: A, value: mixpanel.waus / 2, steps: [[0, 0]]}\n"
        "          b: {label: B, value: mixpanel.last_seen, steps: [[0, 0]]}\n"
        "          c: {label: C, value: mixpanel.wau, steps: [[0, 0]], reads: {true: x, false: y}}\n",
    )
    _, found = compile_health(page.sound(HealthFile), {name: Column(kind_of(sql_type)) for name, sql_type in FACTS.items()})
    assert [str(problem) for problem in found] == [
        "health.yaml:3:11: when needs yes/no, and this is number; compare it, such as with > 0",
        "health.yaml:9:32: / and % are not allowed; write PCT(part, whole) or ROUND_DIV(number, divisor)",
        "health.yaml:10:32: value needs number or money or yes/no, and this is date; write DAYS_BETWEEN(from, to)",
        "health.yaml:11:70: a number needs a text for else",
    ]
