"""Everything that the report tells, from the state alone: no vendor is asked anything."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from contextlib import ExitStack

from syncer.core.churn import WHOLE
from syncer.core.plan import Held
from syncer.core.report import freshness, matches
from syncer.core.report.calls import Calls, Spent
from syncer.core.report.fields import Fields, Fill
from syncer.core.report.freshness import Freshness, Read
from syncer.core.report.layout import Label
from syncer.core.report.matches import Matches, Stake, Unplaced
from syncer.core.report.page import CrmTold, Report
from syncer.core.report.problems import Failure, HeldBack, Problems, Rejected
from syncer.core.report.revenue import Revenue
from syncer.runs.past import FAILED, PastRun, past_runs
from syncer.runs.propose import Proposal, proposing
from syncer.runs.pull import read_mark
from syncer.runs.report_changes import changes
from syncer.runs.report_health import health, outcomes, revenue
from syncer.runs.run import Run
from syncer.words.errors import UsageError

LATEST = 60
"""Rows of the list of runs that are looked at: a day of hourly runs of two CRMs, and more."""


def report(run: Run, crms: Sequence[str], months: int) -> Report:
    """What there is to tell of these CRMs, revenue over so many months. UsageError when no run has left anything yet."""
    past = [each for each in past_runs(run, LATEST) if each.crm in crms]
    if not past:
        raise UsageError(f"the state {run.store.address} knows of no run yet; run syncer sync first")
    with ExitStack() as engines:
        proposals = [engines.enter_context(proposing(run, crm)) for crm in crms]
        first = proposals[0]
        overview = first.overview(run.project.health.bands_in_order())
        told = revenue(run, first, months)
        return Report(
            run.as_of,
            [_of_crm(run, proposal) for proposal in proposals],
            _freshness(run, crms, first, past),
            Revenue([period for period in told.periods if period.segment == WHOLE], told.problems, overview.revenue),
            health(run, first, overview, outcomes(run, first, told)),
            Calls(run.as_of, _spent(past)),
            _problems(run, proposals, past),
        )


def _of_crm(run: Run, proposal: Proposal) -> CrmTold:
    plan, named = proposal.plan, {field.key: field for field in proposal.fields}
    fills = [
        Fill(_label(run, count.field), named[count.field].spec.in_crm(proposal.crm) or "", count.having, count.held)
        for count in plan.counts
    ]
    return CrmTold(proposal.crm, plan.accounts, changes(run, proposal), _matches(proposal), Fields(plan.accounts, fills))


def _label(run: Run, field: str) -> Label:
    spec = run.project.specs[field]
    return Label.of(spec.label, spec.label_ja, run.settings.language)


def _matches(proposal: Proposal) -> Matches:
    rows = proposal.engine.rows
    unplaced = [(row[0], Unplaced(*row[1:-1])) for row in rows(matches.UNPLACED)]
    return Matches(
        matches.sources_of(rows(matches.SOURCES), rows(matches.RULES)),
        [each for kind, each in unplaced if kind == "held"],
        [each for kind, each in unplaced if kind == "unmatched"],
        [Stake(*row) for row in rows(matches.AT_STAKE)],
    )


def _freshness(run: Run, crms: Sequence[str], proposal: Proposal, past: Sequence[PastRun]) -> Freshness:
    marks = run.store.latest().marks
    [(day,)] = proposal.engine.rows(freshness.NEWEST_DAY)
    written = {each.crm: each.as_of for each in reversed(past) if each.numbers.get("written")}
    reads = [
        Read(vendor, at, freshness.through(vendor, at, day and str(day)), written.get(vendor))
        for vendor in (*run.settings.sources, *crms)
        for at in [marks.get(read_mark(vendor))]
    ]
    return Freshness(run.as_of, reads, [each.as_of for each in past])


def _spent(past: Iterable[PastRun]) -> list[Spent]:
    """The calls of each run, its CRMs together."""
    found: dict[str, Spent] = {}
    calls: dict[str, Counter[str]] = defaultdict(Counter)
    quotas: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for each in past:
        calls[each.run].update(each.numbers["calls"])
        quotas[each.run] |= {vendor: (quota["limit"], quota["used"]) for vendor, quota in each.numbers.get("quota", {}).items()}
        found[each.run] = Spent(each.run, each.as_of, calls[each.run], quotas[each.run])
    return list(found.values())


def _problems(run: Run, proposals: Sequence[Proposal], past: Sequence[PastRun]) -> Problems:
    latest = [next((each for each in past if each.crm == proposal.crm and each.outcome != FAILED), None) for proposal in proposals]
    rejected = [found for proposal, each in zip(proposals, latest, strict=True) if each for found in _rejected(proposal, each)]
    held = [group for proposal in proposals for group in _held(run, proposal.crm, proposal.plan.held)]
    notices = [(each.numbers.get("monthly_metrics") or {}).get("notice") for each in latest if each]
    return Problems(
        len({each.run for each in past}),
        _failures(past),
        sum(each.numbers.get("rejected_records", 0) for each in latest if each),
        rejected,
        sorted(held, key=lambda group: -group.values),
        [notice for notice in notices if notice],
    )


def _failures(past: Sequence[PastRun]) -> list[Failure]:
    """Runs that failed, newest first, the CRMs of one that failed in several together."""
    found: dict[tuple[str, str], Failure] = {}
    crms: dict[tuple[str, str], list[str]] = {}
    for each in past:
        if each.outcome == FAILED:
            key = (each.run, each.numbers["error"])
            crms.setdefault(key, []).append(each.crm)
            found[key] = Failure(each.run, each.as_of, crms[key], each.numbers["error"], each.numbers["exit_code"])
    return list(found.values())


def _rejected(proposal: Proposal, past: PastRun) -> list[Rejected]:
    """What the CRM said, of most records first."""
    errors = past.numbers.get("errors", {})
    names = dict(proposal.engine.rows("SELECT id, name FROM crm.record WHERE id IN (SELECT UNNEST($ids))", {"ids": list(errors)}))
    said: dict[str, dict[str, str]] = defaultdict(dict)
    for record, words in errors.items():
        said[words][record] = names.get(record, "")
    return sorted((Rejected(proposal.crm, words, records) for words, records in said.items()), key=lambda each: -len(each.records))


def _held(run: Run, crm: str, held: Sequence[Held]) -> list[HeldBack]:
    """By reason; ambiguous matches, each with a reason of its own, as one."""
    groups: dict[tuple[str, bool], list[Held]] = {}
    for each in held:
        reason = "a source object fits several accounts" if each.ambiguous else each.reason
        groups.setdefault((reason, each.ambiguous), []).append(each)
    return [
        HeldBack(
            crm,
            reason,
            ambiguous,
            sum(len(each.fields) for each in own),
            [_label(run, field) for field in dict.fromkeys(field for each in own for field in each.fields)],
            len({each.id for each in own}),
        )
        for (reason, ambiguous), own in groups.items()
    ]
