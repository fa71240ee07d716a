"""Revenue month by month and health, out of one CRM's proposal and the history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from syncer.core.churn import LAST_BANDS, WHOLE, moves_query
from syncer.core.overview import Overview
from syncer.core.report import health as told
from syncer.core.report.health import Band, Driver, Health, Outcome, Shift
from syncer.core.report.layout import DAY, Label
from syncer.core.score import contributions_query
from syncer.runs.churn import Asked, Told, of_proposal
from syncer.runs.propose import Proposal
from syncer.runs.run import Run
from syncer.specs.churn import ChurnPolicy
from syncer.words.errors import UsageError

MONTH = 30 * DAY


def revenue(run: Run, proposal: Proposal, months: int) -> Told:
    """The latest periods, of all accounts together and by the band they began in; no periods and why, where there is no history."""
    try:
        found = of_proposal(run, proposal.crm, proposal.engine, Asked(_policy(run, proposal), movements=False))
    except UsageError as nothing:
        return Told([], [str(nothing)])
    latest = sorted({period.to_month for period in found.periods})[-months:]
    return Told([period for period in found.periods if period.to_month in latest], found.problems)


def _policy(run: Run, proposal: Proposal) -> ChurnPolicy:
    """The policy of the monthly metrics, by health band where a picklist of the CRM holds it."""
    policy = run.project.monthly.policy if run.project.monthly else ChurnPolicy()
    band = _band_field(proposal)
    is_picklist = band is not None and run.project.specs[band].type == "picklist"
    return policy.model_copy(update={"segments": (band,) if is_picklist else ()})


def _band_field(proposal: Proposal) -> str | None:
    return next((field.key for field in proposal.fields if field.expression.columns == {"health.band"}), None)


def outcomes(run: Run, proposal: Proposal, periods: Told) -> list[Outcome]:
    """What became of the accounts of each band, best first, within the months of these periods; nothing while no band was known."""
    by_band = [period for period in periods.periods if period.segment != WHOLE and period.band not in LAST_BANDS]
    if not by_band:
        return []
    months = [period.to_month for period in by_band]
    moves = moves_query(_policy(run, proposal))
    grew: Mapping[str, int] = dict(
        proposal.engine.rows(
            f"SELECT band, COUNT(*) FROM ({moves}) AS m "
            "WHERE segment <> $whole AND kind = 'expansion' AND to_month IN (SELECT UNNEST($months)) GROUP BY band",
            {"whole": WHOLE, "months": months},
        )
    )
    return [
        Outcome(band, sum(period.logo.start for period in own), sum(period.logo.churned for period in own), grew.get(band, 0))
        for band in run.project.health.bands_in_order()
        for own in [[period for period in by_band if period.band == band]]
    ]


def health(run: Run, proposal: Proposal, overview: Overview, became: Sequence[Outcome]) -> Health:
    """How the accounts are now, what moved them, and what became of them."""
    since, shifts = _shifts(run, proposal)
    bands = _bands(run)
    counts = {band.name: overview.bands.get(band.name, 0) for band in bands}
    return Health(bands, counts, overview.unscored, _drivers(run, proposal), overview.riskiest, overview.best, since, shifts, became)


def _bands(run: Run) -> list[Band]:
    """The bands of all models, best first."""
    by_name = {band.name: band for model in run.project.health.models for band in model.spec.bands}
    specs = [by_name[name] for name in run.project.health.bands_in_order()]
    return [Band(spec.name, Label.of(spec.label, spec.label_ja, run.settings.language), spec.begins) for spec in specs]


def _drivers(run: Run, proposal: Proposal) -> list[Driver]:
    language, inputs = run.settings.language, {}
    for model in run.project.health.models:
        for key, part in model.spec.parts.items():
            for each, spec in part.inputs.items():
                inputs[key, each] = (Label.of(spec.label, spec.label_ja, language), Label.of(part.label, part.label_ja, language))
    query = told.drivers_query(contributions_query(run.project.health, "base"))
    rows = proposal.engine.rows(query, run.parameters(proposal.crm))
    return [Driver(*inputs[part, each], *counts) for part, each, *counts in rows]


def _shifts(run: Run, proposal: Proposal) -> tuple[int | None, list[Shift]]:
    """The instant a month ago, or when history begins, and the accounts that are in another band now; None without a history of bands."""
    about = {"crm": proposal.crm, "band": _band_field(proposal)}
    [(first,)] = proposal.engine.rows(told.FIRST, about)
    if first is None or first == run.as_of:
        return None, []
    since = max(first, run.as_of - MONTH)
    return since, [Shift(*row) for row in proposal.engine.rows(told.MOVED, {**about, "since": since})]
