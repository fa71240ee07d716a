"""Who belongs to whom: the CRM's keys, domains, decisions and earlier pairs laid out for the models, and what comes of them."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version

import msgspec

from syncer.core.domains import company_domain
from syncer.core.identity import BEFORE, RELATIONS, MatchRule, identity_query, standing, survivors
from syncer.core.match_view import GONE, Void
from syncer.runs.compiled import compiled
from syncer.runs.run import Run
from syncer.runs.tables import MERGED, PAIR
from syncer.specs.account import SOURCES
from syncer.specs.matches import FILE
from syncer.tools.engine import Engine
from syncer.words.tables import Table
from syncer.words.vendors import VENDOR_NAMES

LEDGER = Table("identity.ledger", dict.fromkeys(("source", "source_id", "account_id", "kind"), "VARCHAR"), key=())
DOMAIN = Table("identity.domain", dict.fromkeys(("text", "host", "site"), "VARCHAR"), key=())
SURVIVOR = Table("identity.survivor", dict.fromkeys(("merged_id", "account_id"), "VARCHAR"), key=())


def match(run: Run, crm: str, engine: Engine) -> None:
    """Make `identity.decision` and its views from `crm.record`, `crm.account` and the bound tables."""
    rules = rules_of(run, crm)
    living = frozenset(row[0] for row in engine.rows("SELECT id FROM crm.record"))
    merged = survivors(engine.rows(f"SELECT merged_id, account_id FROM {MERGED.name} WHERE crm = $crm", {"crm": crm}), living)
    engine.fill(SURVIVOR, list(merged.items()))
    engine.fill(LEDGER, standing(run.project.matches, crm, merged))
    engine.fill(DOMAIN, _domains(run, crm, rules, engine))
    engine.compute("crm.key", _keys_query(run, crm, rules), {"crm": crm})
    engine.compute("identity.decision", compiled(run.store, lambda: identity_query(rules), "identity", rules))
    for name, select in RELATIONS.items():
        engine.define(name, select)


def rules_of(run: Run, crm: str) -> list[MatchRule]:
    """The rules of the mapping for a CRM, source by source, and the earlier match as the last."""
    rules = [
        MatchRule(source, rule.source_key.replace("{crm}", crm), rule.crm_key)
        for source in SOURCES
        for rule in getattr(run.project.mapping.match, source)
    ]
    return rules + [MatchRule(source, "id", f"{BEFORE}.{source}") for source in SOURCES]


def void(engine: Engine, crm: str) -> tuple[Void, ...]:
    """Decisions that do nothing any more: their account is gone from the CRM, or their object from its source."""
    gone = [
        Void(source, own, account, f"{VENDOR_NAMES[crm]} has no account {account} any more")
        for source, own, account in engine.rows("SELECT source, source_id, account_id FROM identity.void ORDER BY ALL")
    ]
    lost = [Void(source, own, account, f"{VENDOR_NAMES[source]} has no {own} any more") for source, own, account in engine.rows(GONE)]
    return tuple({(each.source, each.id): each for each in (*lost, *gone)}.values())


def void_notice(engine: Engine, crm: str) -> str | None:
    """What a run says of decisions whose account is gone."""
    rows = engine.rows("SELECT source, source_id, account_id FROM identity.void ORDER BY ALL")
    if not rows:
        return None
    source, own, account = rows[0]
    more = f" (and {len(rows) - 1} more such)" if len(rows) > 1 else ""
    said = f"{VENDOR_NAMES[crm]} has no account {account} any more, so the decision on {source} {own} in {FILE} does nothing{more}"
    return f"{said}; `syncer match` lists what to decide anew"


def _domains(run: Run, crm: str, rules: list[MatchRule], engine: Engine) -> list[tuple[str, str, str]]:
    """Every text that a rule reads as a domain and every host among them: its host and site. A text that is no company's is left out."""
    used = [rule for rule in rules if rule.compares_domains]
    website = run.project.keys_in(crm).get("domain")
    if not used or not website:
        return []
    texts = [f"SELECT DISTINCT value FROM {rule.source}.key WHERE key = '{_quoted(rule.source_key)}'" for rule in used]
    rows = engine.rows(" UNION ".join([f'SELECT DISTINCT "{website}" FROM crm.record WHERE "{website}" <> \'\'', *texts]))
    ignored = sorted(run.project.mapping.match.ignore_domains)
    asked = sorted(text for (text,) in rows)
    # the same texts are asked about run after run: 10,000 accounts take 0.2 s
    told = compiled(run.store, lambda: _told(asked, frozenset(ignored)), "domains", version("publicsuffixlist"), ignored, asked)
    return msgspec.json.decode(told, type=list[tuple[str, str, str]])


def _told(texts: Iterable[str], ignored: frozenset[str]) -> str:
    found = {text: domain for text in texts if (domain := company_domain(text, ignored))}
    found |= {domain.host: domain for domain in found.values()}
    return msgspec.json.encode([(text, *domain) for text, domain in found.items()]).decode()


def _keys_query(run: Run, crm: str, rules: list[MatchRule]) -> str:
    """What a record can be found by: account_id, key, value, of the keys that rules use.

    A Salesforce id also in its short form, a merged record's for the survivor. An earlier match that a person decided on is not one:
    when the decision goes, so does the match.
    """
    used = {rule.crm_key for rule in rules}
    keys = [f"SELECT id, 'id', {form} FROM crm.record" for form in _forms(crm, "id")]
    keys += [f"SELECT account_id, 'id', {form} FROM {SURVIVOR.name}" for form in _forms(crm, "merged_id")]
    keys += [
        f"SELECT r.id, 'domain', d.host FROM crm.record AS r JOIN {DOMAIN.name} AS d ON d.text = r.\"{name}\""
        if key == "domain"
        else f"SELECT id, '{key}', TRIM(\"{name}\") FROM crm.record WHERE TRIM(\"{name}\") <> ''"
        for key, name in run.project.keys_in(crm).items()
        if key in used
    ]
    keys.append(
        f"SELECT COALESCE(s.account_id, p.account_id), '{BEFORE}.' || p.source, p.source_id FROM {PAIR.name} AS p "
        f"LEFT JOIN {SURVIVOR.name} AS s ON s.merged_id = p.account_id WHERE p.crm = $crm"
    )
    return f"SELECT k.account_id, k.key, k.value FROM ({' UNION ALL '.join(keys)}) AS k(account_id, key, value)"


def _forms(crm: str, column: str) -> list[str]:
    return [column, f"LEFT({column}, 15)"] if crm == "salesforce" else [column]


def _quoted(text: str) -> str:
    return text.replace("'", "''")
