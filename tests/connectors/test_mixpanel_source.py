"""The Mixpanel connector against the stand-in: profiles, days of events, resuming, faults."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

import pytest
from kept import Kept

from syncer.connectors.mixpanel import CHUNK_DAYS, LIMITS, Mixpanel
from syncer.sandbox.mixpanel import MixpanelStandin
from syncer.sandbox.server import Clock, Fault, Server, World
from syncer.sandbox.shapes import mixpanel as shape
from syncer.tools.http import Patience
from syncer.tools.pace import Pace
from syncer.words.errors import CredentialRefused, VendorError

NOW = 1_790_000_000
DAY = 86_400
TODAY = datetime.fromtimestamp(NOW, UTC).date()
FAST = Patience(attempts=15, first=0, most=0)


def event(days_ago, number, *, group="acc-1", name="Opened", user="u1", surface="web", **more):
    """One event `number` seconds before now, days ago."""
    insert_id = f"{days_ago}-{number}-{name}-{user}"
    return shape.event(name, NOW - days_ago * DAY - number, user, insert_id, group, surface, **more)


def events():
    """100 days with two users of 20 groups, some at midnight, some twice, some without a group."""
    found = [
        event(days, number, group=f"acc-{number % 20}", user=f"u{number % 40}", name=("Opened", "Saved")[number % 2])
        for days in range(100)
        for number in range(60)
    ]
    midnight = int(datetime.combine(TODAY, time(), UTC).timestamp())
    found += [shape.event("Edge", moment, "u1", f"edge-{moment}", "acc-1", "api") for moment in (midnight, midnight - 1)]
    found += [event(3, 900, group=None, user="anonymous"), event(3, 901, group="acc-2", surface=None)]
    return found


def groups(count):
    last = [shape.group(f"acc-{n}", f"Company {n}", NOW - n, plan="pro", seats=n) for n in range(count - 1)]
    return [*last, shape.group("acc-last", "Last", None, website="https://www.last.example/about", email="a@gmail.com")]


def expected(of, since):
    """Rows as they should be, counted another way."""
    counts = Counter()
    for one in of:
        about = one["properties"]
        day = date(1970, 1, 1) + timedelta(days=about["time"] // DAY)
        if about.get("account_id") and since <= day <= TODAY:
            counts[day, about["account_id"], about["distinct_id"], one["event"], about["surface"]] += 1
    return sorted(((*key, count) for key, count in counts.items()), key=repr)


@pytest.fixture
def server():
    clock = Clock(NOW)
    with Server(World([MixpanelStandin(clock, limits=False)], clock)) as running:
        running.world.load({"mixpanel": {"groups": groups(50), "events": events()}})
        yield running


@pytest.fixture
def connect(server):
    def connect(username="sandbox", secret="sandbox-secret", **how):
        url = server.urls["mixpanel"]
        how = {"pace": Pace(), "patience": FAST, **how}
        return Mixpanel(username, secret, "1234567", "77", "account_id", url, url, **how)

    return connect


@pytest.fixture
def source(connect):
    return connect()


@pytest.fixture
def warm(source):
    kept = Kept(source.tables)
    kept.pull(source, NOW)
    return kept


def asked(server):
    return [call["path"] for call in server.world.requests]


def test_profiles_and_their_keys(warm):
    assert len(warm.rows("mixpanel.group")) == 50
    assert warm.records("mixpanel.group")["acc-3"] == {"id": "acc-3", "name": "Company 3", "last_seen": NOW - 3}
    assert warm.records("mixpanel.group")["acc-last"]["last_seen"] is None
    keys = {(key, value) for owner, key, value in warm.rows("mixpanel.key") if owner == "acc-last"}
    assert keys == {
        ("id", "acc-last"),
        ("property.$name", "Last"),
        ("property.website", "https://www.last.example/about"),
        ("property.email", "a@gmail.com"),
        ("domain", "last.example"),
        ("domain", "gmail.com"),
    }
    assert ("acc-3", "property.plan", "pro") in warm.rows("mixpanel.key")


def test_events_are_counted_by_day_group_user_event_and_surface(warm):
    assert warm.rows("mixpanel.event_day") == expected(events(), TODAY - timedelta(days=90))


def test_an_event_that_came_twice_counts_once(server, source):
    server.world.reset()
    for _ in range(2):
        server.world.load({"mixpanel": {"events": [event(1, 5), event(1, 6)]}})
    kept = Kept(source.tables)
    kept.pull(source, NOW)
    assert [row[-1] for row in kept.rows("mixpanel.event_day")] == [2]


def test_a_group_key_may_hold_several_groups(server, source):
    server.world.reset()
    server.world.load({"mixpanel": {"events": [event(1, 5, group=["a", "b"])]}})
    kept = Kept(source.tables)
    kept.pull(source, NOW)
    assert [row[1] for row in kept.rows("mixpanel.event_day")] == ["a", "b"]


def test_a_thousand_profiles_a_page(server, source):
    server.world.load({"mixpanel": {"groups": groups(2300)}})
    server.world.requests.clear()
    kept = Kept(source.tables)
    kept.pull(source, NOW)
    assert len(kept.rows("mixpanel.group")) == 2300
    assert asked(server).count("/api/query/engage") == 3


def test_a_pull_resumes_from_every_page(server, source):
    server.world.load({"mixpanel": {"groups": groups(1200)}})
    whole = Kept(source.tables)
    pages = whole.pull(source, NOW)
    assert pages == 2 + -(-91 // CHUNK_DAYS) + 1
    for most in range(1, pages):
        kept = Kept(source.tables)
        kept.pull(source, NOW, most)
        kept.pull(source, NOW)
        assert kept.all() == whole.all()


def test_a_warm_pull_is_two_calls(server, source, warm):
    server.world.clock.advance(DAY)
    server.world.requests.clear()
    warm.pull(source, NOW + DAY)
    assert asked(server) == ["/api/query/engage", "/api/2.0/export"]


def test_late_and_deleted_events_of_the_last_days_are_seen(server, source, warm):
    late = [event(8, 77, name="Late"), event(20, 77, name="Too late")]
    gone = [{"account_id": "acc-1", "from": (TODAY - timedelta(days=2)).isoformat()}]
    server.world.load({"mixpanel": {"events": late, "delete_events": gone}})
    warm.pull(source, NOW)
    rows = warm.rows("mixpanel.event_day")
    assert [row[0] for row in rows if "ate" in row[3]] == [TODAY - timedelta(days=8)]
    assert max(row[0] for row in rows if row[1] == "acc-1") == TODAY - timedelta(days=3)


def test_days_after_the_as_of_day_are_not_asked_for(source):
    kept = Kept(source.tables)
    kept.pull(source, NOW - 10 * DAY)
    assert max(row[0] for row in kept.rows("mixpanel.event_day")) == TODAY - timedelta(days=10)
    assert kept.cursor["through"] == (TODAY - timedelta(days=10)).isoformat()


@pytest.mark.parametrize("most", [3, 5, 100])
def test_a_longer_history_is_read_once_and_wherever_it_was_cut_off(server, connect, most):
    short, long = Kept(connect().tables), Kept(connect().tables)
    server.world.load({"mixpanel": {"events": [event(80, 5, name="Old")]}})
    short.pull(connect(history_days=20), NOW)
    assert "Old" not in {row[3] for row in short.rows("mixpanel.event_day")}
    long.pull(connect(), NOW)
    short.pull(connect(), NOW, most)
    short.pull(connect(), NOW)
    assert short.all() == long.all()
    server.world.requests.clear()
    short.pull(connect(history_days=30), NOW)
    assert asked(server).count("/api/2.0/export") == 1


def test_a_profile_that_is_gone_is_dropped(server, source, warm):
    server.world.reset()
    server.world.load({"mixpanel": {"groups": groups(10)}})
    warm.pull(source, NOW)
    assert len(warm.rows("mixpanel.group")) == 10


def test_the_days_of_an_older_project_are_those_of_its_zone(connect):
    """An hour after midnight in Greenwich it is still yesterday in Los Angeles."""
    after_midnight = int(datetime.combine(TODAY, time(1), UTC).timestamp())
    pages = list(connect(time_zone="America/Los_Angeles").pull({}, after_midnight))
    assert pages[-1].cursor["through"] == (TODAY - timedelta(days=1)).isoformat()


@pytest.mark.parametrize("fault", [{"status": 429}, {"status": 500}, {"kind": "reset"}, {"kind": "truncate"}])
def test_faults_at_a_rate_change_nothing(server, source, warm, fault):
    server.world.faults.append(Fault(rate=0.4, seed=3, **fault))
    kept = Kept(source.tables)
    kept.pull(source, NOW)
    assert kept.all() == warm.all()


def test_a_refusal_with_status_200_is_an_error(server, source):
    body = {"status": "error", "error": "unknown group"}
    server.world.faults.append(Fault(path="engage", status=200, body=body))
    with pytest.raises(VendorError, match="mixpanel: the group profiles were not given: unknown group"):
        list(source.pull({}, NOW))


def test_wrong_credentials_are_told_without_them(connect):
    for source in (connect(secret="canary_4711"), connect(username="canary_4711")):
        with pytest.raises(CredentialRefused, match="mixpanel: the credential is not accepted") as told:
            source.check()
        assert "canary" not in str(told.value)


def test_check_names_the_project(source):
    assert source.check() == "project 1234567"


class OnlyWaiting(Clock):
    """A clock that only waiting moves, however busy the machine is."""

    def __init__(self, start):
        super().__init__(start)
        self._moment = start

    def now(self):
        return self._moment

    def advance(self, seconds):
        self._moment += seconds


def test_the_limits_of_the_vendor_are_kept():
    """More than three exports in a second and sixty in an hour."""
    clock = OnlyWaiting(NOW)
    with Server(World([MixpanelStandin(clock)], clock)) as limited:
        url = limited.urls["mixpanel"]
        pace = Pace(LIMITS, clock=clock.now, sleep=clock.advance)
        source = Mixpanel("sandbox", "sandbox-secret", "1234567", "77", base_url=url, export_url=url, pace=pace)
        for _ in range(10):
            list(source.pull({}, NOW))
        assert {call["status"] for call in limited.world.requests} == {200}
