"""Measures of use: what they count, against a count in plain Python, and which files they refuse."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from warehouse import open_warehouse, records

from syncer.core.catalogue import Catalogue, compile_catalogue
from syncer.core.compose import facts_query
from syncer.specs.reader import Page
from syncer.specs.shipped import defaults, page

TODAY = date(2026, 11, 1)
AS_OF = int(datetime(2026, 11, 1, 12, tzinfo=UTC).timestamp())
LINKS = {"month_before": "2026-10", "mixpanel_group_url_base": None, "zendesk_url_base": None}


def declared(text: str) -> tuple[Catalogue, list[str]]:
    """The catalogue with these measures, and what is wrong."""
    catalogue, problems = compile_catalogue(page(defaults(), "mappings/account.yaml"), Page("usage.yaml", text))
    return catalogue, [str(problem) for problem in problems]


def facts_of(text: str, events: list[tuple[int, str, str | None, str, str | None, int]]) -> dict[str, dict[str, object]]:
    """Facts by account. An event is (days ago, group, person, event, surface, how often); groups g1, g1x … belong to account g1."""
    catalogue, problems = declared(text)
    assert problems == []
    groups = sorted({event[1] for event in events} | {"g0"})
    names = ("day", "group_id", "user_id", "event", "surface", "events")
    con = open_warehouse(
        {
            "crm.account": [{"id": name} for name in ("g0", "g1", "g2", "nobody")],
            "mixpanel.group": [{"id": group} for group in groups],
            "identity.match": [{"source": "mixpanel", "source_id": group, "account_id": group[:2], "rule": "test"} for group in groups],
            "mixpanel.event_day": [dict(zip(names, (TODAY - timedelta(days=ago), *rest), strict=True)) for ago, *rest in events],
        }
    )
    query = facts_query(declared=catalogue.models(catalogue.facts))
    return {row["account_id"]: row for row in records(con, query, as_of=AS_OF, **LINKS)}


def measured(text, events):
    """The measures by account."""
    names = declared(text)[0].measures
    return {account: {name: row[f"mixpanel__{name}"] for name in names} for account, row in facts_of(text, events).items()}


def test_each_way_to_count():
    text = """
people: {count: people, days: 7}
events: {count: events, days: 7}
days: {count: days, days: 7}
features: {count: features, days: 7}
first: {count: first_day, days: 7}
last: {count: last_day, days: 7}
"""
    events = [
        (0, "g1", "u0", "Today does not count", "web", 9),
        (1, "g1", "u1", "Saved", "web", 3),
        (1, "g1x", "u1", "Saved", "web", 2),
        (7, "g1", "u2", "Opened", None, 1),
        (8, "g1", "u3", "Too old", "web", 5),
    ]
    found = measured(text, events)
    assert found["g1"] == {"people": 2, "events": 6, "days": 2, "features": 2, "first": date(2026, 10, 25), "last": date(2026, 10, 31)}
    nothing = {"people": 0, "events": 0, "days": 0, "features": 0, "first": None, "last": None}
    assert found["g0"] == nothing, "a matched account without events has 0, and no day"
    assert found["nobody"] == dict.fromkeys(nothing), "without a match nothing is known"


def test_which_events_where_and_when():
    text = """
one: {count: events, events: Report Exported, days: 30}
two: {count: events, events: [Report Exported, Opened], days: 30}
begins: {count: events, events: "Report *", days: 30}
but: {count: events, but: [Opened, "$*"], days: 30}
surface: {count: events, surface: web, days: 30}
surfaces: {count: events, surface: [web, api], days: 30}
earlier: {count: events, days: 7, before: 7}
"""
    events = [
        (1, "g1", "u1", "Report Exported", "web", 1),
        (2, "g1", "u1", "Report Viewed", "api", 2),
        (7, "g1", "u1", "Opened", "web", 4),
        (8, "g1", "u1", "$session", None, 8),
        (14, "g1", "u1", "report exported", "mobile", 16),
        (15, "g1", "u1", "It's 100% _", "web", 32),
    ]
    found = {"one": 1, "two": 5, "begins": 3, "but": 1 + 2 + 16 + 32, "surface": 1 + 4 + 32, "surfaces": 7 + 32, "earlier": 8 + 16}
    assert measured(text, events)["g1"] == found


def test_names_are_texts_whatever_stands_in_them():
    events = [(1, "g1", "u", name, None, 1) for name in ("It's", "a_b", "acb", "50%", "500")]
    text = """
quote: {count: events, events: "It's", days: 9}
under: {count: events, events: "a_*", days: 9}
percent: {count: events, events: "50%*", days: 9}
"""
    assert measured(text, events)["g1"] == {"quote": 1, "under": 1, "percent": 1}


@pytest.mark.parametrize("seed", range(3))
def test_random_measures_are_what_plain_counting_gives(seed):
    chance = random.Random(seed)
    names = ("A", "B", "Report A", "Report B", "$auto")
    key = [(ago, f"g{n}{x}", f"u{u}", name) for ago in range(20) for n in (1, 2) for x in ("", "x") for u in range(4) for name in names]
    events = [(*one, chance.choice(("web", "app", None)), chance.randint(1, 3)) for one in chance.sample(key, 500)]
    measures = {f"m{number}": random_measure(chance) for number in range(12)}
    found = measured("\n".join(f"{name}: {about}" for name, about in measures.items()), events)
    for account in ("g1", "g2"):
        own = [event for event in events if event[1].startswith(account)]
        assert found[account] == {name: plainly(about, own) for name, about in measures.items()}


def random_measure(chance):
    about = {"count": chance.choice(("people", "events", "days", "features", "first_day", "last_day")), "days": chance.randint(1, 15)}
    more = {"events": ["A", "Report *"], "but": ["$*", "B"], "surface": "web", "before": chance.randint(1, 9)}
    return {**about, **{name: value for name, value in more.items() if chance.random() < 0.5}}


def plainly(about, events):
    def fits(name, patterns):
        return any(name.startswith(each[:-1]) if each.endswith("*") else name == each for each in patterns)

    before = about.get("before", 0)
    rows = [
        (TODAY - timedelta(days=ago), person, name, count)
        for ago, _, person, name, surface, count in events
        if before < ago <= before + about["days"]
        and ("events" not in about or fits(name, about["events"]))
        and not fits(name, about.get("but", ()))
        and about.get("surface", surface) == surface
        and ("surface" not in about or surface)
    ]
    days = [row[0] for row in rows]
    return {
        "people": len({row[1] for row in rows}),
        "events": sum(row[3] for row in rows),
        "days": len(set(days)),
        "features": len({row[2] for row in rows}),
        "first_day": min(days, default=None),
        "last_day": max(days, default=None),
    }[about["count"]]


def test_the_shipped_counts_could_be_measures():
    """wau, mau, wau_before and features_used say the same as measures of the same words."""
    text = """
w: {count: people, days: 7}
m: {count: people, days: 30}
b: {count: people, days: 7, before: 7}
f: {count: features, but: "$*", days: 28}
"""
    chance = random.Random(5)
    events = [(chance.randint(0, 40), f"g1{chance.choice('xyz')}", f"u{n % 9}", f"E{n % 7}", None, 1) for n in range(120)]
    row = facts_of(text, events)["g1"]
    for measure, fact in {"w": "wau", "m": "mau", "b": "wau_before", "f": "features_used"}.items():
        assert row[f"mixpanel__{measure}"] == row[f"mixpanel__{fact}"] > 0, fact


def test_only_what_is_used_is_computed():
    catalogue, _ = declared("a: {count: people, days: 7}\nb: {count: people, days: 60, before: 30}")
    ((name, sql),) = catalogue.models({"mixpanel.a", "stripe.mrr"})
    assert (name, "mixpanel__a" in sql, "mixpanel__b" in sql) == ("usage", True, False)
    assert catalogue.models({"stripe.mrr"}) == ()
    assert catalogue.reach == 91, "and yet all of them are read, so that any may be tried"


def test_a_measure_reads_as_a_sentence():
    text = """
plain: {count: people, days: 30}
full: {count: events, events: [Saved, "Report *"], but: Report Bug, surface: [web, api], days: 7, before: 28}
own: {count: days, days: 1, meaning: what we call a day}
"""
    catalogue, problems = declared(text)
    said = {name: catalogue.facts[f"mixpanel.{name}"].meaning for name in catalogue.measures}
    assert problems == []
    assert said == {
        "plain": "people with any event, last 30 whole days",
        "full": "how often Saved or Report * but Report Bug happened on web or api, last 7 whole days before the last 28",
        "own": "what we call a day",
    }
