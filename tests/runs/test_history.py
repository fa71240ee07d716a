"""What runs remember of values, and what the CRM keeps when that is lost."""

from __future__ import annotations

from decimal import Decimal

import pytest
from stage import api_names, open_stage, plain, writes

from syncer.sandbox.company import make_company

DAY = 86_400


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """A sync, one 31 days later, and one after the state is lost."""
    with open_stage(tmp_path_factory.mktemp("stage"), make_company(20, seed=3)) as stage:
        alone = stage.without("hubspot")
        first = stage.act(alone)
        stage.later(31 * DAY)
        later = stage.act(alone)
        stage.forget()
        yield first, later, stage.act(alone)


def values_of(act, field):
    return {key: plain(values[api_names("salesforce")[field]]) for key, values in act.after["salesforce"].items()}


def test_the_change_of_health_is_the_score_now_less_the_score_thirty_days_ago(story):
    first, later, _ = story
    assert set(values_of(first, "health_change_30d").values()) == {None}
    before, now = values_of(first, "health_score"), values_of(later, "health_score")
    expected = {key: plain(Decimal(now[key]) - Decimal(before[key])) if now[key] and before[key] else None for key in now}
    assert values_of(later, "health_change_30d") == expected
    assert sum(change not in (None, "0") for change in expected.values()) > 3


def test_the_change_of_health_is_kept_when_its_history_is_lost(story):
    _, later, lost = story
    assert values_of(lost, "health_change_30d") == values_of(later, "health_change_30d")
    assert writes(lost.calls) == []
