"""Who is matched and who is not, as values for people: counts, what is at stake, evidence, and names that are alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from syncer.words.money import exponent

SAMPLE = 3
SUGGESTED = 3
ALIKE_PCT = 86
"""How alike two names must be to be shown, Jaro-Winkler in percent."""
COMMON = 60
"""A word that stands in more names than this tells nobody apart, and comparing them all would take long."""


class Account(msgspec.Struct, frozen=True):
    """A record of the CRM; `likeness_pct` for one that is only suggested, `rule` and what it compared for one that a rule found."""

    id: str
    name: str
    rule: str | None = None
    source_value: str | None = None
    crm_value: str | None = None
    likeness_pct: int | None = None


class Object(msgspec.Struct, frozen=True):
    """A source's record and what is at stake: `mrr` a month in major units of `currency`, active `users` of 30 days, open `tickets` and
    `contacts`, all tickets there are. None where that cannot be known or the source is of another kind."""

    source: str
    id: str
    name: str
    domains: tuple[str, ...] = ()
    mrr: Decimal | None = None
    currency: str | None = None
    users: int | None = None
    tickets: int | None = None
    accounts: tuple[Account, ...] = ()

    @property
    def named(self) -> str:
        """How commands name it: `cus_1`, `zendesk:7`."""
        return self.id if self.source == "stripe" else f"{self.source}:{self.id}"


class RuleCount(msgspec.Struct, frozen=True):
    """How many objects a rule places, their share of all objects of the source, and the first few."""

    rule: str
    objects: int
    share_pct: Decimal
    sample: tuple[str, ...]


class SourceMatches(msgspec.Struct, frozen=True):
    """The living objects of a source: `matched` by rule in the order of trying, and the rest."""

    source: str
    objects: int
    matched: tuple[RuleCount, ...]
    unmatched: int
    ambiguous: int
    rejected: int


class Void(msgspec.Struct, frozen=True):
    """A decision that does nothing, and why."""

    source: str
    id: str
    account_id: str | None
    reason: str


class Matches(msgspec.Struct, frozen=True):
    """All of one CRM. `read_at`: when it and each source were last read. Lists stand with what matters most first."""

    crm: str
    read_at: Mapping[str, str]
    accounts: int
    sources: tuple[SourceMatches, ...]
    ambiguous: tuple[Object, ...]
    unmatched: tuple[Object, ...]
    accounts_without_source: int
    without_source: tuple[Account, ...]
    void: tuple[Void, ...]


STAKE = """
SELECT 'stripe' AS source, c.customer_id AS source_id, MIN(c.currency) AS currency, COUNT(DISTINCT c.currency) AS currencies,
  CAST(SUM(c.mrr_minor) AS BIGINT) AS minor, CAST(NULL AS BIGINT) AS users, CAST(NULL AS BIGINT) AS tickets,
  CAST(SUM(COALESCE(c.reporting_minor, c.mrr_minor)) AS BIGINT) AS weight
FROM match.customer AS c GROUP BY c.customer_id
UNION ALL
SELECT 'mixpanel', e.group_id, NULL, NULL, NULL, COUNT(DISTINCT e.user_id), NULL, COUNT(DISTINCT e.user_id)
FROM mixpanel.event_day AS e WHERE e.day >= $today - 30 AND e.day < $today AND e.events > 0 GROUP BY e.group_id
UNION ALL
SELECT 'zendesk', t.organization_id, NULL, NULL, NULL, NULL,
  COUNT(*) FILTER (WHERE t.status NOT IN ('solved', 'closed', 'deleted')), COUNT(*)
FROM zendesk.ticket AS t WHERE NOT COALESCE(t.deleted, FALSE) GROUP BY t.organization_id"""
"""What stands behind each source object; `weight` orders objects of one source: minor units (a yen counts as a cent), users, tickets."""

COUNTS = """
SELECT source, kind, COALESCE(rule, ''), COUNT(DISTINCT source_id) AS objects, LIST(DISTINCT source_id ORDER BY source_id)[1:{sample}]
FROM identity.decision GROUP BY ALL"""

OBJECTS = """
SELECT d.source, d.source_id, COALESCE(d.name, ''), s.currency, s.currencies, s.minor, s.users, s.tickets,
  (SELECT LIST(DISTINCT k.value ORDER BY k.value) FROM keys_of_sources AS k
   WHERE k.source = d.source AND k.owner_id = d.source_id AND k.key = 'domain')
FROM (SELECT DISTINCT source, source_id, name FROM identity.decision WHERE {where}) AS d
LEFT JOIN match.stake AS s ON s.source = d.source AND s.source_id = d.source_id
ORDER BY COALESCE(s.weight, 0) = 0,
  CASE d.source WHEN 'stripe' THEN 1 WHEN 'mixpanel' THEN 2 ELSE 3 END, s.weight DESC NULLS LAST, d.source_id"""
"""Money first, then people, then tickets, each with the most at stake first; at the end those behind which nothing stands."""

CANDIDATES = """
SELECT d.source, d.source_id, d.account_id, COALESCE(a.name, ''), d.rule, d.source_value, d.crm_value
FROM identity.decision AS d JOIN crm.account AS a ON a.id = d.account_id WHERE {where} ORDER BY 4, 3"""

WITHOUT = """
SELECT a.id, COALESCE(a.name, '') FROM crm.account AS a
WHERE a.id NOT IN (SELECT account_id FROM identity.decision WHERE account_id IS NOT NULL) ORDER BY 2, 1"""

ALIKE = f"""
WITH common AS (
  SELECT block FROM match.account_name GROUP BY block HAVING COUNT(DISTINCT account_id) <= {COMMON}
), pair AS (
  SELECT DISTINCT o.source, o.source_id, a.account_id, o.plain, a.plain AS other
  FROM match.object_name AS o JOIN common USING (block) JOIN match.account_name AS a USING (block)
), alike AS (
  SELECT source, source_id, account_id, MAX(JARO_WINKLER_SIMILARITY(plain, other)) AS likeness FROM pair GROUP BY ALL
)
SELECT l.source, l.source_id, l.account_id, COALESCE(a.name, ''), CAST(FLOOR(100 * l.likeness) AS INTEGER)
FROM alike AS l JOIN crm.account AS a ON a.id = l.account_id
ANTI JOIN (SELECT * FROM identity.ledger WHERE kind = 'reject') AS r
  ON r.source = l.source AND r.source_id = l.source_id AND r.account_id = l.account_id
WHERE l.likeness >= {ALIKE_PCT} * 0.01
QUALIFY ROW_NUMBER() OVER (PARTITION BY l.source, l.source_id ORDER BY l.likeness DESC, l.account_id) <= {SUGGESTED}
ORDER BY 5 DESC, 3"""
"""For each object without an account those whose names are most alike, of those with a telling word in common."""

GONE = """
SELECT l.source, l.source_id, l.account_id FROM identity.ledger AS l
ANTI JOIN identity.decision AS d ON d.source = l.source AND d.source_id = l.source_id ORDER BY 1, 2"""


def objects_of(rows: Sequence[Sequence[Any]], accounts: Mapping[tuple[str, str], Sequence[Account]]) -> tuple[Object, ...]:
    """The rows of OBJECTS with the accounts that each may belong to."""
    return tuple(
        Object(
            row[0],
            row[1],
            row[2],
            tuple(row[8] or ()),
            *_money(row[3], row[4], row[5]),
            row[6],
            row[7],
            tuple(accounts.get((row[0], row[1]), ())),
        )
        for row in rows
    )


def _money(currency: str | None, currencies: int | None, minor: int | None) -> tuple[Decimal | None, str | None]:
    if currency is None or minor is None or currencies != 1:
        return None, None
    return Decimal(minor).scaleb(-exponent(currency)), currency


def source_matches(source: str, rows: Sequence[Sequence[Any]], rules: Sequence[str]) -> SourceMatches:
    """The rows of COUNTS for one source; `rules` are the names of all rules in the order of trying."""
    own = [row[1:] for row in rows if row[0] == source]
    objects = sum(row[2] for row in own)
    found = {row[1]: row for row in own if row[0] == "match"}
    order = [*(name for name in rules if name in found), *sorted(found.keys() - set(rules))]
    counts = [
        RuleCount(name, found[name][2], (Decimal(100 * found[name][2]) / objects).quantize(Decimal("0.1")), tuple(found[name][3]))
        for name in order
    ]
    rest = {kind: sum(row[2] for row in own if row[0] == kind) for kind in ("unmatched", "held", "rejected")}
    return SourceMatches(source, objects, tuple(counts), rest["unmatched"], rest["held"], rest["rejected"])


def masked(text: str | None) -> str | None:
    """A mail address without the person in it."""
    if not text or "@" not in text:
        return text
    person, _, host = text.rpartition("@")
    return f"{person[:1]}…@{host}"
