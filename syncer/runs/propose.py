"""From the store to a plan for one CRM: match, compute, compare. Reads nothing but the store, writes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from syncer.core import cells
from syncer.core.cells import MappedField
from syncer.core.compose import facts_query
from syncer.core.conversion import Currencies
from syncer.core.overview import BANDS, COUNTS, REVENUE, Overview, customers_query, overview
from syncer.core.plan import FieldCount, Held, Plan, PlannedField, changes_of
from syncer.core.score import health_query
from syncer.runs.compiled import compiled
from syncer.runs.matching import match, void_notice
from syncer.runs.rates import bind_factors, bind_rates
from syncer.runs.run import Run
from syncer.runs.tables import HISTORY, mirror
from syncer.specs.account import SOURCES
from syncer.specs.rates import Rate
from syncer.tools.engine import Engine

SHOWN = 3
MONTH_SECONDS = 30 * 86_400


@dataclass(frozen=True)
class Proposal:
    """A plan, the tables it was made from, and the fields in the CRM's words."""

    crm: str
    plan: Plan
    fields: Sequence[MappedField]
    engine: Engine
    currencies: Currencies

    def notice(self) -> str | None:
        """What somebody has to know besides: decisions on matches that do nothing any more."""
        return void_notice(self.engine, self.crm)

    def overview(self, order: Sequence[str]) -> Overview:
        """The customers at a glance, bands in this order."""
        bands = {row[0]: row[1] for row in self.engine.rows(BANDS)}
        customers = [self.engine.rows(customers_query(SHOWN, best=best)) for best in (False, True)]
        return overview(self.engine.rows(COUNTS)[0], bands, order, self.engine.rows(REVENUE), customers)


@contextmanager
def proposing(run: Run, crm: str, only: frozenset[str] | None = None, wanted: Collection[str] = ()) -> Iterator[Proposal]:
    """The proposal for a CRM from what is stored; `only` names the fields to write, all if None. `wanted`: declared facts that are to be
    computed although no field and no score uses them."""
    stored = run.stored()
    engine = Engine(run.store, rows=stored.rows)
    try:
        fields = run.project.fields_in(crm)
        prepare(run, crm, engine)
        currencies = _compute(run, crm, engine, only, wanted)
        yield Proposal(crm, _plan(run, crm, engine, fields, currencies), fields, engine, currencies)
    finally:
        engine.close()


def prepare(run: Run, crm: str, engine: Engine) -> None:
    """Bind the stored tables, and the CRM's records as the models read them.

    crm.record as the mirror has them, crm.current by field key, crm.account.
    """
    engine.bind(run.tables(), run.stored())
    engine.define("crm.record", f"SELECT * FROM {mirror(crm, run.mirrored(crm)).name} WHERE NOT deleted")
    keys = run.project.keys_in(crm)
    columns = "".join(f', {_column(keys.get(key))} AS "{key}"' for key in run.project.mapping.crm)
    current = ", ".join(f'"{field.spec.in_crm(crm)}" AS "{field.key}"' for field in run.project.fields_in(crm))
    engine.define("crm.current", f"SELECT id, record_currency AS record__currency, {current} FROM crm.record")
    engine.define("crm.account", f"SELECT id, name{columns} FROM crm.record")


def _column(name: str | None) -> str:
    """A column of the CRM's records; empty where the CRM has no name for it."""
    return f'"{name}"' if name else "CAST(NULL AS VARCHAR)"


def _compute(run: Run, crm: str, engine: Engine, only: frozenset[str] | None, wanted: Collection[str]) -> Currencies:
    """Up to the table `cells`; how the CRM keeps money."""
    fields = run.project.fields_in(crm)
    parameters = run.parameters(crm)
    match(run, crm, engine)
    rates = bind_rates(run, engine)
    policy = run.project.mapping.mrr_policy
    used = run.project.health.columns.union(wanted, *(field.expression.columns for field in fields))
    declared = run.project.catalogue.models(used)
    engine.compute("facts", compiled(run.store, lambda: facts_query(policy, declared), "facts", policy, declared), parameters)
    scored = next((field.key for field in fields if field.expression.columns == {"health.score"}), None)
    before = _score_before(scored) if scored else None
    engine.compute("base", cells.base_query(fields, before), parameters)
    return judge(run, crm, engine, rates, only)


def judge(run: Run, crm: str, engine: Engine, rates: Sequence[Rate], only: frozenset[str] | None = None) -> Currencies:
    """From `base` to `health` and to `cells`; how the CRM keeps money. Also for `base` as it was on a day gone by."""
    fields = run.project.fields_in(crm)
    parameters = run.parameters(crm)
    band = next((f"prev__{field.key}" for field in fields if field.expression.columns == {"health.band"}), None)
    engine.compute("health", health_query(run.project.health, "base", band), parameters)
    currencies = bind_factors(run, engine, rates)
    engine.compute("cells", cells.cells_query(fields, run.sources_read(), only, currencies), parameters)
    return currencies


def _score_before(field: str) -> str:
    """account_id and the health score as it stood 30 days before `$as_of`."""
    return (
        f"SELECT account_id, CAST(value AS DECIMAL(5,1)) AS score FROM {HISTORY.name} "
        f"WHERE crm = $crm AND field = '{field}' AND instant <= $as_of - {MONTH_SECONDS} "
        "QUALIFY ROW_NUMBER() OVER (PARTITION BY account_id ORDER BY instant DESC) = 1"
    )


def _plan(run: Run, crm: str, engine: Engine, fields: Sequence[MappedField], currencies: Currencies) -> Plan:
    accounts, ambiguous, _, *matched = engine.rows(COUNTS)[0]
    counts = tuple(FieldCount(*row) for row in engine.rows(cells.count_query(fields)))
    held = tuple(Held(row[0], row[1], row[2], tuple(row[3].split(", ")), row[4]) for row in engine.rows(cells.held_query(fields)))
    changes = changes_of(fields, engine.rows(cells.change_query(fields, currencies)))
    return Plan(
        crm,
        run.as_of,
        accounts,
        changes,
        held,
        counts,
        fields=tuple(planned(field, run.project.mapping.fields[field.key].value) for field in fields),
        matched={source: count for source, count in zip(SOURCES, matched, strict=True) if source in run.settings.sources},
        ambiguous=ambiguous,
        cleared=run.project.mapping.limits.cleared,
        smallest=run.project.mapping.limits.smallest,
    )


def planned(field: MappedField, expression: str) -> PlannedField:
    spec = field.spec
    return PlannedField(field.key, spec.label, spec.label_ja, spec.type, field.place, expression, field.limit)
