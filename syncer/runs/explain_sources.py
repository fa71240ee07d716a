"""The objects of the sources behind an account, with their pages; and those of which nobody has decided yet where they belong."""

from __future__ import annotations

from collections.abc import Iterable

from syncer.core.explain import Candidate, Source, Undecided
from syncer.runs.run import Run
from syncer.tools.engine import Engine

TABLES = {"stripe": "stripe.customer", "mixpanel": "mixpanel.group", "zendesk": "zendesk.organization"}


def objects(run: Run, engine: Engine, crm: str, account_id: str, sources: Iterable[str]) -> list[Source]:
    """What `identity.match` has for the account."""
    found = []
    for source in sources:
        rows = engine.rows(
            f"SELECT m.source_id, m.rule, {_about(source)} FROM identity.match AS m LEFT JOIN {TABLES[source]} AS o ON o.id = m.source_id "
            "WHERE m.source = $source AND m.account_id = $a ORDER BY 1",
            {"source": source, "a": account_id},
        )
        found += [Source(source, key, name, rule, _page(run, crm, source, key, live)) for key, rule, name, live in rows]
    return found


def undecided(run: Run, engine: Engine, crm: str, account_id: str, sources: Iterable[str]) -> list[Undecided]:
    """What `identity.decision` holds back from the account, each with every account that it may belong to."""
    found = []
    for source in sources:
        rows = engine.rows(
            f"SELECT d.source_id, d.account_id, a.name, {_about(source)} FROM identity.decision AS d "
            f"JOIN identity.decision AS own ON own.source = d.source AND own.source_id = d.source_id AND own.account_id = $a "
            f"LEFT JOIN crm.account AS a ON a.id = d.account_id LEFT JOIN {TABLES[source]} AS o ON o.id = d.source_id "
            "WHERE d.source = $source AND d.kind = 'held' AND own.kind = 'held' ORDER BY 1, 3, 2",
            {"source": source, "a": account_id},
        )
        for key in dict.fromkeys(row[0] for row in rows):
            own = [row for row in rows if row[0] == key]
            named = key if source == "stripe" else f"{source}:{key}"
            candidates = [Candidate(row[1], row[2], f"syncer match confirm {named} {row[1]}") for row in own]
            found.append(Undecided(source, key, own[0][3], _page(run, crm, source, key, own[0][4]), candidates))
    return found


def _about(source: str) -> str:
    """SQL of an object's name, and whether it is of Stripe's live mode."""
    return f"o.name, {'o.livemode' if source == 'stripe' else 'NULL'}"


def _page(run: Run, crm: str, source: str, key: str, live: bool | None) -> str | None:
    """The object's page; none where it cannot be told, as for a customer that Stripe does not list any more."""
    about = run.parameters(crm)
    if source == "stripe":
        return None if live is None else f"https://dashboard.stripe.com/{'' if live else 'test/'}customers/{key}"
    base = about["mixpanel_group_url_base"] if source == "mixpanel" else about["zendesk_url_base"]
    if not base:
        return None
    return f"{base}{key}" if source == "mixpanel" else f"{base}/agent/organizations/{key}"
