"""The Zendesk connector against the stand-in: exports, resuming, tokens, faults."""

import pytest
from kept import Kept

from syncer.connectors.zendesk import LIMITS, Zendesk
from syncer.sandbox.server import Answer, Clock, Fault, Route, Server, World
from syncer.sandbox.shapes import zendesk as shape
from syncer.sandbox.zendesk import CLIENT_ID, CLIENT_SECRET, EMAIL, TOKEN, ZendeskStandin
from syncer.tools.http import Patience
from syncer.tools.pace import Pace
from syncer.words.errors import CredentialRefused, UsageError

NOW = 1_790_000_000
DAY = 86_400
OLD = NOW - 100 * DAY
FAST = Patience(attempts=15, first=0, most=0)


def ticket(number, **more):
    plain = {
        "organization_id": 1 + number % 1500, "requester_id": 10_000 + number % 40, "assignee_id": 9_999,
        "status": "open", "priority": "normal", "created": OLD + number, "updated": OLD + number,
        "solved": None, "reply_minutes": None,
    }  # fmt: skip
    return shape.ticket(number, f"Ticket {number}", **(plain | more))


def company():
    """1,500 organizations and 2,500 tickets: two pages and three."""
    organizations = [
        shape.organization(n, f"Company {n}", OLD + n, external_id=f"acc-{n}", domains=[f"company{n}.example"]) for n in range(1, 1501)
    ]
    fields = {"region": "emea", "size": 12, "note": None}
    organizations[0] = shape.organization(1, "First", OLD + 1, external_id=None, domains=["First.example", "gmail.com"], fields=fields)
    organizations[1] |= {"deleted_at": "2026-01-01T00:00:00Z"}
    users = [shape.user(10_000 + n, f"User {n}", f"u{n}@company{n}.example", OLD, organization_id=n + 1) for n in range(40)]
    users[39] |= {"active": False, "phone": "+15550100"}
    agent = shape.user(9_999, "Agent", "agent@acme.example", OLD, role="agent")
    tickets = [ticket(n) for n in range(1, 2501)]
    tickets[0] = ticket(1, status="closed", updated=NOW - DAY, solved=NOW - 2 * DAY, reply_minutes=25, reopens=2, score="bad")
    tickets[1] = ticket(2, status="deleted", score="offered")
    return {"organizations": organizations, "users": [*users, agent], "tickets": tickets}


@pytest.fixture
def server():
    clock = Clock(NOW)
    with Server(World([ZendeskStandin(clock, limits=False)], clock)) as running:
        running.world.load({"zendesk": company()})
        yield running


@pytest.fixture
def connect(server):
    def connect(**how):
        how = how or {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        return Zendesk(server.urls["zendesk"], pace=Pace(), patience=FAST, **how)

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
    return [call["path"].removeprefix("/api/v2") for call in server.world.requests]


def test_a_first_pull_holds_what_the_account_holds(warm):
    organizations = warm.records("zendesk.organization")
    assert len(organizations) == 1500
    assert organizations["1"] == {
        "id": "1", "name": "First", "external_id": None, "created": OLD + 1, "updated": OLD + 1, "deleted": False,
    }  # fmt: skip
    assert organizations["2"]["deleted"] is True
    assert [row for row in warm.rows("zendesk.key") if row[0] in {"1", "7"}] == [
        ("1", "domain", "first.example"),
        ("1", "domain", "gmail.com"),
        ("1", "field.region", "emea"),
        ("1", "id", "1"),
        ("7", "domain", "company7.example"),
        ("7", "external_id", "acc-7"),
        ("7", "id", "7"),
    ]
    users = warm.records("zendesk.user")
    assert len(users) == 41
    assert users["10039"] == {
        "id": "10039", "organization_id": "40", "email": "u39@company39.example", "phone": "+15550100", "deleted": True,
    }  # fmt: skip
    assert users["9999"]["organization_id"] is None


def test_tickets_with_metrics_and_rating(warm):
    tickets = warm.records("zendesk.ticket")
    assert len(tickets) == 2500
    assert tickets["1"] == {
        "id": "1", "organization_id": "2", "requester_id": "10001", "status": "closed", "priority": "normal",
        "created": OLD + 1, "updated": NOW - DAY, "solved": NOW - 2 * DAY, "csat": "bad", "csat_at": NOW - 2 * DAY,
        "first_reply_minutes": 25, "reopens": 2, "deleted": False,
    }  # fmt: skip
    assert (tickets["2"]["deleted"], tickets["2"]["csat"], tickets["2"]["csat_at"]) == (True, None, None)
    assert (tickets["3"]["solved"], tickets["3"]["first_reply_minutes"]) == (None, None)


def test_a_pull_resumes_from_every_page(source, warm):
    pages = Kept(source.tables).pull(source, NOW)
    assert pages == 6
    for most in range(1, pages):
        kept = Kept(source.tables)
        kept.pull(source, NOW, most)
        kept.pull(source, NOW)
        assert kept.all() == warm.all()


def test_a_warm_pull_is_two_calls_and_sees_what_changed(server, source, warm):
    changed = ticket(5, status="solved", priority="urgent", updated=NOW + 100, solved=NOW + 100)
    renamed = company()["organizations"][4] | {"name": "Renamed", "updated_at": shape.iso(NOW + 90)}
    server.world.load({"zendesk": {"tickets": [changed], "organizations": [renamed]}})
    server.world.clock.advance(600)
    server.world.requests.clear()
    warm.pull(source, NOW + 600)
    assert asked(server) == ["/incremental/organizations", "/incremental/tickets/cursor"]
    assert warm.records("zendesk.ticket")["5"]["status"] == "solved"
    assert warm.records("zendesk.organization")["5"]["name"] == "Renamed"
    before = warm.all()
    warm.pull(source, NOW + 600)
    assert warm.all() == before


def test_the_last_minute_comes_with_the_next_pull(server, source, warm):
    server.world.load({"zendesk": {"tickets": [ticket(9999, created=NOW - 30, updated=NOW - 30)]}})
    warm.pull(source, NOW)
    assert "9999" not in warm.records("zendesk.ticket")
    server.world.clock.advance(120)
    warm.pull(source, NOW + 120)
    assert "9999" in warm.records("zendesk.ticket")


def test_a_ticket_that_changes_again_comes_again(server, source, warm):
    for status in ("pending", "hold"):
        now = int(server.world.clock.now())
        server.world.load({"zendesk": {"tickets": [ticket(6, status=status, updated=now)]}})
        server.world.clock.advance(100)
        warm.pull(source, now + 100)
        assert warm.records("zendesk.ticket")["6"]["status"] == status


@pytest.mark.parametrize("fault", [{"status": 429, "headers": {"Retry-After": "0"}}, {"status": 500}, {"kind": "reset"}])
def test_faults_at_a_rate_change_nothing(server, source, warm, fault):
    server.world.faults.append(Fault(rate=0.4, seed=3, **fault))
    kept = Kept(source.tables)
    kept.pull(source, NOW)
    assert kept.all() == warm.all()


@pytest.mark.parametrize("how", [{"token": TOKEN}, {"email": EMAIL, "api_token": TOKEN}, {}])
def test_each_kind_of_credential(connect, how):
    assert connect(**how).check() == "Operations"


def test_the_token_is_asked_for_once_and_again_when_it_expires(server, source):
    source.check()
    source.check()
    assert asked(server) == ["/oauth/tokens", "/users/me", "/users/me"]
    server.world.clock.advance(3 * DAY)
    server.world.requests.clear()
    source.check()
    assert asked(server) == ["/users/me", "/oauth/tokens", "/users/me"]


@pytest.mark.parametrize(
    ("how", "path"),
    [
        ({"client_id": CLIENT_ID, "client_secret": "canary_4711"}, "POST /oauth/tokens"),
        ({"token": "canary_4711"}, "GET /api/v2/users/me"),
        ({"email": EMAIL, "api_token": "canary_4711"}, "GET /api/v2/users/me"),
    ],
)
def test_a_wrong_credential_is_told_without_it(connect, how, path):
    sentence = f"zendesk: the credential is not accepted: {path} was answered 401"
    with pytest.raises(CredentialRefused, match=sentence) as told:
        connect(**how).check()
    assert "canary" not in str(told.value)


def test_no_credential(server):
    with pytest.raises(UsageError, match="zendesk: no credential is set"):
        Zendesk(server.urls["zendesk"])


def test_the_limits_of_the_vendor_are_kept():
    """More than ten exports in a minute, on a clock that only waiting moves."""
    clock = Clock(NOW)
    with Server(World([ZendeskStandin(clock)], clock)) as limited:
        limited.world.load({"zendesk": company()})
        pace = Pace(LIMITS, clock=clock.now, sleep=clock.advance)
        source = Zendesk(limited.urls["zendesk"], token=TOKEN, pace=pace)
        for _ in range(3):
            Kept(source.tables).pull(source, NOW)
        assert {call["status"] for call in limited.world.requests} == {200}


class Looping:
    """An account whose time export cannot pass a second that fills a page, as the real one is known to do."""

    name = "zendesk"

    def __init__(self):
        crowd = [shape.organization(n, f"O{n}", OLD, external_id=None, domains=[]) for n in range(1, 251)]
        later = [shape.organization(900, "Later", OLD + 50, external_id=None, domains=[])]
        self.organizations = crowd + later

    def routes(self):
        yield Route("GET", "/api/v2/incremental/organizations", self.export)
        no_tickets = Answer({"tickets": [], "end_of_stream": True})
        yield Route("GET", "/api/v2/incremental/tickets/cursor", lambda _: no_tickets)
        yield Route("GET", "/api/v2/organizations", self.list)

    def export(self, call):
        start = int(call.one("start_time"))
        found = [one for one in self.organizations if shape.iso(start) <= one["updated_at"]]
        page = found[:100]
        end = OLD if page[0]["id"] <= 250 else OLD + 50
        return Answer({"organizations": page, "end_time": end, "end_of_stream": len(found) <= 100})

    def list(self, call):
        start = int(call.one("page[after]", "0"))
        page = self.organizations[start : start + 100]
        meta = {"has_more": start + 100 < len(self.organizations), "after_cursor": str(start + 100)}
        return Answer({"organizations": page, "meta": meta})

    def admit(self, call): ...

    def failure(self, call, status): ...


def test_a_page_full_of_one_second_is_passed_and_nothing_is_lost():
    with Server(World([Looping()], Clock(NOW))) as looping:
        source = Zendesk(looping.urls["zendesk"], token=TOKEN, pace=Pace(), patience=FAST)
        kept = Kept(source.tables)
        kept.pull(source, NOW)
        assert len(kept.rows("zendesk.organization")) == 251
        assert len(looping.world.requests) < 12
