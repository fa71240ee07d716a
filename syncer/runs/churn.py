"""Movements and churn from a file of balances or from the store's history: binds what the models read, and tells the periods."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from syncer.core.churn import Period, churn_query, moves_query, pairs_of, periods, unpriced, unpriced_query
from syncer.core.rates import toward
from syncer.runs.propose import proposing
from syncer.runs.rates import bind_rates
from syncer.runs.run import Run
from syncer.runs.snapshots import DATED
from syncer.runs.tables import HISTORY, MRR, PAIR
from syncer.specs.balances import read_balances
from syncer.specs.churn import CONTRACT_SIZE, TENURE, ChurnPolicy
from syncer.specs.rates import Rate, read_rates
from syncer.specs.wording import did_you_mean
from syncer.tools.engine import Engine
from syncer.words import when
from syncer.words.errors import FileProblems, UsageError
from syncer.words.money import RATE
from syncer.words.tables import Table

_NAMES = dict.fromkeys(("month", "account"), "VARCHAR")
BALANCE = Table(
    "churn.balance", {**_NAMES, "currency": "VARCHAR", "mrr_minor": "BIGINT", "free": "BOOLEAN"}, ("month", "account", "currency")
)
SEGMENT = Table("churn.segment", {**_NAMES, "segment": "VARCHAR", "band": "VARCHAR"}, ("month", "account", "segment"))
PERIOD = Table("churn.period", dict.fromkeys(("from_month", "to_month"), "VARCHAR"), ("from_month", "to_month"))
MONTH = Table("churn.month", {"month": "VARCHAR", "last": "BIGINT"}, ("month",))

_OF_STORE = f"""
SELECT
  m.month, COALESCE(i.account_id, p.account_id, m.customer_id) AS account, m.currency,
  CASE WHEN COUNT(m.mrr_minor) = COUNT(*) THEN CAST(SUM(m.mrr_minor) AS BIGINT) END AS mrr_minor, BOOL_OR(m.free) AS free
FROM {MRR.name} AS m
LEFT JOIN identity.match AS i ON i.source = 'stripe' AND i.source_id = m.customer_id
LEFT JOIN {PAIR.name} AS p ON p.crm = $crm AND p.source = 'stripe' AND p.source_id = m.customer_id
GROUP BY ALL"""
"""A customer that no rule matches any more, as one that was deleted, stays with its last account; one that never had any is its own."""

_FIELDS_THEN = f"""
SELECT m.month, c.account_id AS account, c.field AS segment, c.value AS band
FROM {HISTORY.name} AS c JOIN {MONTH.name} AS m ON c.instant <= m.last
WHERE c.crm = $crm AND CONTAINS($fields, ',' || c.field || ',')
QUALIFY ROW_NUMBER() OVER (PARTITION BY m.month, c.account_id, c.field ORDER BY c.instant DESC) = 1"""


@dataclass(frozen=True)
class Asked:
    """What to tell: under which policy, of which months (every pair of neighbours if None), and whether account by account."""

    policy: ChurnPolicy
    since: str | None = None
    until: str | None = None
    movements: bool = True


@dataclass(frozen=True)
class Told:
    """The periods, and sentences on what they cannot tell or do not say themselves."""

    periods: Sequence[Period]
    problems: Sequence[str]


def of_file(path: Path, asked: Asked, rates: Path | None = None) -> Told:
    """From a CSV file of balances, converted at the rates of another. FileProblems with everything that is wrong in either."""
    given, problems = read_rates(rates, str(rates)) if rates else ([], [])
    balances, more = read_balances(path, asked.policy.segments)
    if problems or more:
        raise FileProblems([*problems, *more])
    with closing(Engine()) as engine:
        engine.fill(BALANCE, balances.rows)
        engine.fill(SEGMENT, balances.segments)
        _bind_rates(engine, given, asked.policy)
        return _tell(engine, asked, str(path))


def of_store(run: Run, crm: str, asked: Asked, rates: Path | None = None) -> Told:
    """From the history of what Stripe's customers paid, accounts by the matching of this CRM."""
    given, problems = read_rates(rates, str(rates)) if rates else (None, [])
    if problems:
        raise FileProblems(problems)
    with proposing(run, crm) as proposal:
        return of_proposal(run, crm, proposal.engine, asked, given)


def of_proposal(run: Run, crm: str, engine: Engine, asked: Asked, rates: Iterable[Rate] | None = None) -> Told:
    """The same over the engine of a proposal; `rates` instead of the mapping's."""
    _bind_rates(engine, bind_rates(run, engine) if rates is None else rates, asked.policy)
    engine.compute(BALANCE.name, _OF_STORE, {"crm": crm})
    fields = _picklists(run, crm, asked.policy)
    months = [month for (month,) in engine.rows(f"SELECT DISTINCT month FROM {BALANCE.name}")]
    if not months:
        raise UsageError("no sync has kept any history of revenue yet; run syncer sync, or name a file of balances")
    engine.fill(MONTH, [(month, when.month_end(month)) for month in months])
    engine.compute(SEGMENT.name, _FIELDS_THEN, {"crm": crm, "fields": f",{','.join(fields)},"})
    told = _tell(engine, asked, "the history in the state")
    return Told(told.periods, [*told.problems, *_caveats(run, engine, told.periods)])


def _tell(engine: Engine, asked: Asked, where: str) -> Told:
    months = [month for (month,) in engine.rows(f"SELECT DISTINCT month FROM {BALANCE.name}")]
    pairs, gaps = pairs_of(months, asked.since, asked.until, where)
    engine.fill(PERIOD, pairs)
    rows = engine.rows(churn_query(asked.policy))
    moves = engine.rows(moves_query(asked.policy)) if asked.movements else ()
    lacking = unpriced(asked.policy, engine.rows(unpriced_query(asked.policy))) if asked.policy.reporting_currency else []
    return Told(periods(asked.policy, rows, moves), [*gaps, *lacking])


def _bind_rates(engine: Engine, given: Iterable[Rate], policy: ChurnPolicy) -> None:
    rates, code = list(given), policy.reporting_currency
    engine.fill(RATE, [*rates, *(toward(rates, code) if code else ())])


def _picklists(run: Run, crm: str, policy: ChurnPolicy) -> list[str]:
    """The asked segments that are fields of the CRM. UsageError for one that is none."""
    known = [field.key for field in run.project.fields_in(crm) if field.spec.type == "picklist"]
    fields = [name for name in policy.segments if name not in (CONTRACT_SIZE, TENURE)]
    wrong = next((name for name in fields if name not in known), None)
    if wrong is not None:
        raise UsageError(f"there is no segment {wrong}{did_you_mean(wrong, (CONTRACT_SIZE, TENURE, *known))}")
    return fields


def _caveats(run: Run, engine: Engine, told: Iterable[Period]) -> list[str]:
    """What the history itself leaves open of the months that were told."""
    months = {month for period in told for month in (period.from_month, period.to_month)}
    dated = engine.rows(f"SELECT MIN(month), MAX(month) FROM {MRR.name} WHERE kind = '{DATED}'")[0]
    worked_out = sorted(month for month in months if dated[0] and dated[0] <= month <= dated[1])
    said = []
    if worked_out:
        span = worked_out[0] if len(worked_out) == 1 else f"{worked_out[0]} to {worked_out[-1]}"
        said.append(f"{span}: worked out from the dates that Stripe keeps and today's amounts, as no run saw those months")
    running = when.month(run.as_of)
    if running in months:
        said.append(f"{running} is not over: it is as the last run saw it")
    return said
