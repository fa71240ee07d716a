"""Which source object belongs to which CRM account: ordered rules, and decisions of people that win over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sqlglot import exp

from syncer.core.compose import compose, shipped_macros
from syncer.words.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from syncer.specs.matches import Decision

SOURCES = ("stripe", "mixpanel", "zendesk")
BEFORE = "matched_before"
"""The last rule of all: an object that no written rule places any more stays where it was."""
DECIDED = "decision"
"""The rule of an object whose account a person named."""

RELATIONS = {
    "identity.match": "SELECT source, source_id, account_id, rule FROM identity.decision WHERE kind = 'match'",
    "identity.held": (
        "SELECT source, account_id, MIN(reason) || CASE WHEN COUNT(DISTINCT reason) > 1 THEN ' (and ' || "
        "CAST(COUNT(DISTINCT reason) - 1 AS VARCHAR) || ' more)' ELSE '' END AS reason "
        "FROM identity.decision WHERE kind = 'held' GROUP BY source, account_id"
    ),
    "identity.unmatched": "SELECT source, source_id, name FROM identity.decision WHERE kind = 'unmatched'",
    "identity.void": (
        "SELECT l.source, l.source_id, l.account_id FROM identity.ledger AS l LEFT JOIN crm.account AS a ON a.id = l.account_id "
        "WHERE l.kind = 'confirm' AND a.id IS NULL"
    ),
}
"""Views over `identity.decision`, the stored rows of `identity_query`; `identity.void` are decisions for accounts that are gone."""


@dataclass(frozen=True)
class MatchRule:
    """What a source says = what the CRM says: MatchRule("stripe", "metadata.crm_id", "id")."""

    source: str
    source_key: str
    crm_key: str

    @property
    def name(self) -> str:
        return f"{self.source}.{self.source_key} = crm.{self.crm_key}"

    @property
    def compares_domains(self) -> bool:
        return self.crm_key == "domain"


class Standing(NamedTuple):
    """A row of `identity.ledger`. `confirm`: the object belongs to the account; `reject`: not to that one, or to none where it is None."""

    source: str
    source_id: str
    account_id: str | None
    kind: str


def standing(decisions: Iterable[Decision], crm: str, survivors: Mapping[str, str]) -> list[Standing]:
    """What stands for a CRM of all decisions, each object's in the order of the file; `survivors` are the accounts that others went into.

    A later line wins over earlier ones that contradict it, and `forget` takes all of the object back. Rejected accounts add up. A
    confirmed account that was merged into another counts for that one; a rejected one that is gone says nothing any more.
    """
    confirmed: dict[tuple[str, str], str | None] = {}
    rejected: dict[tuple[str, str], dict[str, None]] = {}
    for made in decisions:
        if made.crm != crm:
            continue
        whom, account = (made.source, made.source_id), made.account_id
        if made.decision == "forget":
            confirmed.pop(whom, None)
            rejected.pop(whom, None)
        elif made.decision == "confirm" or account is None:
            confirmed[whom] = account
            rejected.get(whom, {}).pop(account or "", None)
        else:
            rejected.setdefault(whom, {})[account] = None
            chosen = confirmed.get(whom)
            if chosen is not None and account in (chosen, survivors.get(chosen)):
                del confirmed[whom]
    rows = [
        Standing(*whom, None, "reject") if account is None else Standing(*whom, survivors.get(account, account), "confirm")
        for whom, account in confirmed.items()
    ]
    return rows + [Standing(*whom, account, "reject") for whom, accounts in rejected.items() for account in accounts]


def survivors(merged: Iterable[tuple[str, str]], living: frozenset[str]) -> dict[str, str]:
    """Of each account that was merged away (account, the one it went into) the living account that it is part of now, if there is one."""
    into = dict(merged)
    found = {}
    for gone, winner in into.items():
        seen, account = {gone}, winner
        while account not in living and account in into and account not in seen:
            seen.add(account)
            account = into[account]
        if account in living and gone not in living:
            found[gone] = account
    return found


def identity_query(rules: Sequence[MatchRule], dialect: str = "duckdb") -> str:
    """The SELECT of `identity.decision`; `RELATIONS` are the views over it. No parameters.

    Columns kind, source, source_id, name (of the source object), account_id, rule, reason, source_value, crm_value. Kinds: `match` (a
    row per matched object), `held` (a row per account that an ambiguous object might belong to, with the reason), `rejected` (somebody
    decided: no account) and `unmatched`. Every living source object is of exactly one kind.

    Reads crm.account(id, name), crm.key(account_id, key, value), identity.ledger(source, source_id, account_id, kind),
    identity.domain(text, host, site) and the sources' objects and keys. UsageError for a rule of an unknown source.
    """
    for rule in rules:
        if rule.source not in SOURCES:
            raise UsageError(f"match: there is no source {rule.source}; write {', '.join(SOURCES)}.")
    return compose("identity_decision", shipped_macros(), {"identity_candidate": candidates_query(rules)}, dialect)


def candidates_query(rules: Iterable[MatchRule]) -> str:
    """The SELECT of every account that any rule finds for any object: source, source_id, rule, crm_key, value, source_value, crm_value,
    account_id and place, the number of the rule in the order of trying."""
    texts = ("source", "source_id", "rule", "crm_key", "value", "source_value", "crm_value", "account_id")
    nothing = f"SELECT {', '.join(f'CAST(NULL AS VARCHAR) AS {name}' for name in texts)}, 0 AS place WHERE FALSE"
    found = [nothing]
    for number, rule in enumerate(rules):
        tries = (_same_host, _same_site) if rule.compares_domains else (_same_value,)
        found += [candidates(rule, 2 * number + step) for step, candidates in enumerate(tries)]
    return " UNION ALL ".join(found)


def _same_value(rule: MatchRule, place: int) -> str:
    columns = _columns(rule, rule.name, "LOWER(s.value)", "s.value", "k.value", place)
    same = f"{_id('k.value')} = {_id('s.value')}" if rule.crm_key == "id" else "LOWER(k.value) = LOWER(s.value)"
    return f"SELECT {columns} FROM {rule.source}.key AS s JOIN crm.key AS k ON {same} WHERE {_keys(rule)} AND s.value <> ''"


def _same_host(rule: MatchRule, place: int) -> str:
    columns = _columns(rule, rule.name, "d.host", "d.host", "k.value", place)
    return (
        f"SELECT {columns} FROM {rule.source}.key AS s JOIN identity.domain AS d ON d.text = s.value "
        f"JOIN crm.key AS k ON k.value = d.host WHERE {_keys(rule)}"
    )


def _same_site(rule: MatchRule, place: int) -> str:
    """eu.acme.com and www2.acme.com are of one owner. Asked only where no host is the same."""
    columns = _columns(rule, rule.name.replace(" = ", " ~ "), "d.site", "d.host", "k.value", place)
    return (
        f"SELECT {columns} FROM {rule.source}.key AS s JOIN identity.domain AS d ON d.text = s.value "
        f"JOIN identity.domain AS e ON e.site = d.site AND e.text = e.host JOIN crm.key AS k ON k.value = e.host WHERE {_keys(rule)}"
    )


def _columns(rule: MatchRule, name: str, value: str, source_value: str, crm_value: str, place: int) -> str:  # noqa: PLR0913, PLR0917
    return (
        f"{_text(rule.source)} AS source, s.owner_id AS source_id, {_text(name)} AS rule, {_text(rule.crm_key)} AS crm_key, "
        f"{value} AS value, {source_value} AS source_value, {crm_value} AS crm_value, k.account_id, {place} AS place"
    )


def _keys(rule: MatchRule) -> str:
    return f"s.key = {_text(rule.source_key)} AND k.key = {_text(rule.crm_key)}"


def _id(value: str) -> str:
    """Record ids are compared as they are: the short form of a Salesforce id tells upper from lower case. The long form need not."""
    return f"CASE WHEN LENGTH({value}) = 18 THEN UPPER({value}) ELSE {value} END"


def _text(value: str) -> str:
    return exp.Literal.string(value).sql(dialect="duckdb")
