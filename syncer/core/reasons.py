"""Why a score is what it is, in a sentence: the inputs that pull it down and lift it most, with what was measured.

    - 3 urgent tickets open (-8.0) · - last seen 31 days ago (-4.2) · + 92 % of seats used (+16.4)

Points after a minus are those that the input costs against full marks, after a plus those that it gives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncer.core import macros

if TYPE_CHECKING:
    from collections.abc import Callable

    from syncer.core.health import Health, Measure

MINUS = "\u2212"
LIFTS_FROM = 60_000
"""An input with this many thousandths of a point or more lifts the score, any other pulls it down."""
TOLD = {"NOT lifts": 4, "lifts": 3}
"""Inputs told in each direction."""
CASES = {"true": "1", "false": "0"}
SMALLEST = 5
"""Tenths of a point from which an input is worth telling."""


def steps(health: Health) -> dict[str, str]:
    """SELECTs over `contributions`; the last, `reason`, has account_id and reasons."""
    places = [(lifts, place) for lifts, most in TOLD.items() for place in range(1, most + 1)]
    texts = ", ".join(f"MAX(CASE WHEN {lifts} AND standing = {place} THEN told END)" for lifts, place in places)
    amount = "CAST(CAST(CAST(c.amount AS DECIMAL(10, 0)) * 0.1 AS DECIMAL(5, 1)) AS VARCHAR)"
    said = by_input(health, phrase)
    return {
        "driver": f"SELECT account_id, model, place, value, points >= {LIFTS_FROM} AS lifts, "
        f"CASE WHEN points >= {LIFTS_FROM} THEN tenths ELSE most - tenths END AS amount\n"
        "  FROM contributions WHERE tenths IS NOT NULL",
        "ranked": "SELECT account_id, model, place, value, lifts, amount, "
        "ROW_NUMBER() OVER (PARTITION BY account_id, lifts ORDER BY amount DESC, place) AS standing\n"
        f"  FROM driver WHERE amount >= {SMALLEST}{_untold(health)}",
        "told": "SELECT c.account_id, c.lifts, c.standing, CASE WHEN c.lifts "
        f"THEN '+ ' || {said} || ' (+' || {amount} || ')' "
        f"ELSE '{MINUS} ' || {said} || ' ({MINUS}' || {amount} || ')' END AS told\n"
        f"  FROM ranked AS c WHERE c.standing <= {max(TOLD.values())}",
        "reason": f"SELECT account_id, CONCAT_WS(' · ', {texts}) AS reasons FROM told GROUP BY account_id",
    }


def by_input(health: Health, text: Callable[[Measure], str]) -> str:
    """A text for each input of each model, over `c.model`, `c.place` and `c.value`."""
    models = []
    for number, model in enumerate(health.models, 1):
        whens = " ".join(f"WHEN {place} THEN {text(each)}" for place, each in enumerate(model.measures, 1))
        models.append(f"WHEN {number} THEN CASE c.place {whens} END")
    return f"CASE c.model {' '.join(models)} END"


def _untold(health: Health) -> str:
    """A condition that leaves out values of which there is nothing to tell."""
    conditions = []
    for number, model in enumerate(health.models, 1):
        for place, each in enumerate(model.measures, 1):
            here = f"model = {number} AND place = {place}"
            cases = {CASES.get(case, case): said for case, said in each.spec.phrases.items() if case != "else"}
            silent = [case for case, said in cases.items() if said is None]
            if silent:
                conditions.append(f"({here} AND value IN ({', '.join(silent)}))")
            if each.spec.phrases.get("else", "") is None:
                known = f" AND value NOT IN ({', '.join(cases)})" if cases else ""
                conditions.append(f"({here}{known})")
    return f" AND NOT ({' OR '.join(conditions)})" if conditions else ""


def measured(measure: Measure) -> str:
    """The measured value as text: yes or no, a whole number, or one decimal."""
    if measure.is_bool:
        return "CASE WHEN c.value = 1 THEN 'yes' WHEN c.value = 0 THEN 'no' END"
    return (
        "CASE WHEN c.value = ROUND(c.value, 0) THEN CAST(CAST(c.value AS DECIMAL(22, 0)) AS VARCHAR) "
        "ELSE CAST(CAST(ROUND(c.value, 1) AS DECIMAL(23, 1)) AS VARCHAR) END"
    )


def phrase(measure: Measure) -> str:
    """The measured value as a part of a sentence."""
    phrases = dict(measure.spec.phrases)
    otherwise = phrases.pop("else", None)
    whens = [f"WHEN {CASES.get(case, case)} THEN {_filled(said, measure)}" for case, said in phrases.items()]
    rest = f" ELSE {_filled(otherwise, measure)}" if otherwise else ""
    return f"CASE c.value {' '.join(whens)}{rest} END" if whens else _filled(otherwise, measure)


def _filled(said: str | None, measure: Measure) -> str:
    if said is None:
        return "NULL"
    pieces = [macros.text(piece) for piece in said.split("{}")]
    return f"({f' || {measured(measure)} || '.join(pieces)})"
