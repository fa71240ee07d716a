"""Which source object belongs to which CRM account: ordered rules, and a ledger of decisions that wins over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from syncer.core.compose import compose, shipped_macros
from syncer.words.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SOURCES = ("stripe", "mixpanel", "zendesk")

RELATIONS = {
    "identity.match": "SELECT source, source_id, account_id, rule FROM identity.decision WHERE kind = 'match'",
    "identity.held": (
        "SELECT source, account_id, MIN(reason) || CASE WHEN COUNT(DISTINCT reason) > 1 THEN ' (and ' || "
        "CAST(COUNT(DISTINCT reason) - 1 AS VARCHAR) || ' more)' ELSE '' END AS reason "
        "FROM identity.decision WHERE kind = 'held' GROUP BY source, account_id"
    ),
    "identity.unmatched": "SELECT source, source_id, name FROM identity.decision WHERE kind = 'unmatched'",
}
"""Views over `identity.decision`, the stored rows of `identity_query`."""


@dataclass(frozen=True)
class MatchRule:
    """What a source says = what the CRM says: MatchRule("stripe", "metadata.crm_id", "id")."""

    source: str
    source_key: str
    crm_key: str

    @property
    def name(self) -> str:
        return f"{self.source}.{self.source_key} = crm.{self.crm_key}"


def identity_query(rules: Sequence[MatchRule], dialect: str = "duckdb") -> str:
    """The SELECT of `identity.decision`; `RELATIONS` are the views over it. No parameters.

    Columns kind, source, source_id, name (of the source object), account_id, rule, reason. Kinds: `match` (a row per
    matched object), `held` (a row per account that an ambiguous object might belong to, with the reason), `rejected`
    (the ledger says: no account) and `unmatched`. Every living source object is of exactly one kind.

    Reads crm.account(id, name), crm.key(account_id, key, value), identity.ledger(source, source_id, account_id,
    decided) and the sources' objects and keys. UsageError for a rule of an unknown source.
    """
    for rule in rules:
        if rule.source not in SOURCES:
            raise UsageError(f"match: there is no source {rule.source}; write {', '.join(SOURCES)}.")
    return compose("identity_decision", shipped_macros(), {"identity_candidate": _candidates(rules)}, dialect)


def _candidates(rules: Iterable[MatchRule]) -> str:
    """A row per object, rule and account that fit, `place` the number of the rule."""
    texts = ("source", "source_id", "rule", "crm_key", "value", "account_id")
    nothing = f"SELECT {', '.join(f'CAST(NULL AS VARCHAR) AS {name}' for name in texts)}, 0 AS place WHERE FALSE"
    return " UNION ALL ".join([nothing, *(_candidate(place, rule) for place, rule in enumerate(rules))])


def _candidate(place: int, rule: MatchRule) -> str:
    # record ids are compared as they are: the short form of a Salesforce id tells upper from lower case
    same = "k.value = s.value" if rule.crm_key == "id" else "LOWER(k.value) = LOWER(s.value)"
    return (
        f"SELECT {_text(rule.source)} AS source, s.owner_id AS source_id, {_text(rule.name)} AS rule, "
        f"{_text(rule.crm_key)} AS crm_key, LOWER(s.value) AS value, k.account_id, {place} AS place "
        f"FROM {rule.source}.key AS s JOIN crm.key AS k ON {same} "
        f"WHERE s.key = {_text(rule.source_key)} AND k.key = {_text(rule.crm_key)} AND s.value <> ''"
    )


def _text(value: str) -> str:
    return exp.Literal.string(value).sql(dialect="duckdb")
