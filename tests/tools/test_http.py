"""The HTTP core against a small vendor on loopback that misbehaves on request."""

import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import msgspec
import pytest

from syncer.sandbox.server import Answer, Clock, Fault, Route, Server, World
from syncer.tools.http import Calls, Http, Patience, Verdict
from syncer.tools.pace import Pace
from syncer.words.errors import CredentialRefused, QuotaExhausted, Unreachable, UsageError, VendorError

TOKEN = "tok_canary_4711"
SECRET = "secret_canary_0815"


class Thing(msgspec.Struct):
    id: str
    size: int = 0


class Vendor:
    """Hands out things to whoever brings the token of the day."""

    name = "acme"

    def __init__(self):
        self.token = TOKEN
        self.bodies = []

    def routes(self):
        yield Route("GET", "/things/{id}", lambda call: Answer({"id": call.args["id"], "size": 3}))
        yield Route("GET", "/wrong", lambda _: Answer({"id": 7}))
        yield Route("GET", "/away", lambda _: Answer(status=302, headers={"Location": "http://127.0.0.1:1/things/1"}))
        yield Route("GET", "/lines", lambda _: Answer("".join(f'{{"id":"{n}"}}\n' for n in range(5000)), rows=5000))
        yield Route("GET", "/cut-lines", lambda _: Answer('{"id":"1"}\nterminated early'))
        yield Route("GET", "/echo", lambda call: Answer({"query": call.query, "headers": dict(call.headers)}))
        yield Route("POST", "/things", self.create)

    def create(self, call):
        self.bodies.append(call.body)
        return Answer({"id": "new"}, 201)

    def admit(self, call):
        told = call.headers.get("authorization")
        return None if told == f"Bearer {self.token}" else Answer({"error": f"bad token {told} {SECRET}"}, 401)

    def failure(self, call, status):
        return Answer({"error": {"message": f"Sorry, {status}."}}, status, {"X-Request-Id": "req-9"})

    def load(self, records): ...

    def reset(self): ...


@pytest.fixture
def vendor():
    return Vendor()


@pytest.fixture
def server(vendor):
    with Server(World([vendor], Clock())) as running:
        yield running


@pytest.fixture
def slept():
    return []


@pytest.fixture
def connect(server, slept):
    def connect(url=None, patience=Patience(attempts=4), read_seconds=5, auth=None, **how):
        pace = Pace(sleep=slept.append)
        auth = auth or (lambda: {"authorization": f"Bearer {TOKEN}"})
        url = url or server.urls["acme"]
        return Http("acme", url, auth=auth, pace=pace, patience=patience, read_seconds=read_seconds, **how)

    return connect


def break_with(server, **fault):
    server.world.faults.append(Fault(**fault))


def test_a_get_gives_the_typed_body(connect):
    assert connect().get("/things/a b", into=Thing) == Thing("a b", 3)


def test_gzip_is_asked_for_and_undone(connect):
    reply = connect().request("GET", "/lines")
    assert reply.headers["content-encoding"] == "gzip"
    assert reply.body.startswith(b'{"id":"0"}\n')


def test_parameters_are_encoded_and_repeated(connect):
    echoed = connect().request("GET", "/echo?a=1", params={"b[]": ["x", "ü&"]}, into=dict).value
    assert echoed["query"] == [["a", "1"], ["b[]", "x"], ["b[]", "ü&"]]


@pytest.mark.parametrize(
    ("body", "sent"),
    [({"json": {"a": 1}}, b'{"a":1}'), ({"form": {"a": "1 2"}}, b"a=1+2"), ({"content": b"raw"}, b"raw")],
)
def test_bodies(connect, vendor, body, sent):
    assert connect().request("POST", "/things", **body, into=Thing).value.id == "new"
    assert vendor.bodies == [sent]


@pytest.mark.parametrize("status", [423, 429, 477, 500, 502, 503, 504, 524])
def test_statuses_that_pass_are_tried_again(connect, server, status):
    break_with(server, status=status, times=2)
    http = connect()
    assert http.get("/things/1", into=Thing).id == "1"
    assert http.calls == 3


@pytest.mark.parametrize("kind", ["reset", "truncate", "after"])
def test_broken_connections_are_tried_again(connect, server, kind):
    break_with(server, kind=kind, times=2)
    assert connect().get("/things/1", into=Thing).id == "1"


def test_silence_is_not_waited_for_without_end(connect, server):
    break_with(server, kind="stall", seconds=0.5, times=1)
    http = connect(read_seconds=0.1)
    assert http.get("/things/1", into=Thing).id == "1"
    assert http.calls == 2


def test_waits_double_with_jitter(connect, server, slept):
    break_with(server, status=503, times=3)
    connect().get("/things/1", into=Thing)
    assert [2 <= slept[0] < 3, 4 <= slept[1] < 5, 8 <= slept[2] < 9] == [True] * 3


def test_retry_after_is_obeyed_exactly(connect, server, slept):
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=30))
    break_with(server, status=429, headers={"Retry-After": "7"}, times=1)
    break_with(server, status=503, headers={"Retry-After": later}, times=1)
    connect().get("/things/1", into=Thing)
    assert slept[0] == 7
    assert 28 < slept[1] <= 30


def test_a_wait_longer_than_the_patience_is_not_begun(connect, server, slept):
    break_with(server, status=429, headers={"Retry-After": "4000"})
    with pytest.raises(QuotaExhausted, match="429: Sorry, 429, again and again"):
        connect().get("/things/1", into=Thing)
    assert slept == []


def test_attempts_are_bounded_and_the_last_answer_is_told(connect, server):
    break_with(server, status=502)
    http = connect()
    with pytest.raises(VendorError) as caught:
        http.get("/things/1", params={"key": SECRET}, into=Thing)
    assert str(caught.value) == ("acme: GET /things/1 was answered 502: Sorry, 502, again and again. Run again later (request req-9)")
    assert (http.calls, caught.value.status, caught.value.request_id) == (4, 502, "req-9")


@pytest.mark.parametrize(
    ("fault", "how", "calls"),
    [
        ({"status": 500}, {}, 1),
        ({"status": 500}, {"repeatable": True}, 2),
        ({"status": 500}, {"headers": {"Idempotency-Key": "k"}}, 2),
        ({"kind": "after"}, {}, 1),
        ({"kind": "after"}, {"repeatable": True}, 2),
        ({"status": 429}, {}, 2),
    ],
)
def test_a_post_is_repeated_only_where_that_is_safe(connect, server, fault, how, calls):
    break_with(server, **fault, times=1)
    http = connect()
    if calls == 1:
        with pytest.raises(VendorError):
            http.request("POST", "/things", json={}, **how)
    else:
        assert http.request("POST", "/things", json={}, **how).status == 201
    assert http.calls == calls


def test_an_expired_token_is_renewed_once(connect, vendor):
    tokens = ["tok_old_12345"]
    http = connect(auth=lambda: {"authorization": f"Bearer {tokens[-1]}"}, renew=lambda: tokens.append(vendor.token))
    assert http.get("/things/1", into=Thing).id == "1"
    assert (tokens, http.calls) == (["tok_old_12345", TOKEN], 2)


def test_a_refused_credential_is_told_without_the_credential(connect, vendor):
    vendor.token = "another"
    renewed = []
    http = connect(renew=lambda: renewed.append(1), secrets=(SECRET,))
    sentence = "the credential is not accepted: GET /things/1 was answered 401"
    with pytest.raises(CredentialRefused, match=sentence) as caught:
        http.get("/things/1", {"key": SECRET}, into=Thing)
    assert renewed == [1]
    assert TOKEN not in str(caught.value)
    assert SECRET not in str(caught.value)


def test_a_vendor_may_judge_for_itself(connect, server):
    break_with(server, status=403, body=[{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "Over."}])
    judged = connect(classify=lambda reply: Verdict.EXHAUSTED if b"LIMIT" in reply.body else None)
    with pytest.raises(QuotaExhausted, match="the allowance is used up: GET /things/1 was answered 403: Over"):
        judged.get("/things/1", into=Thing)
    assert judged.calls == 1


def test_accepted_statuses_are_handed_over_undecoded(connect):
    reply = connect().request("GET", "/nowhere", accept=(404,), into=Thing)
    assert (reply.status, reply.value) == (404, None)


def test_a_body_that_does_not_fit_names_path_and_field(connect):
    http = connect()
    with pytest.raises(VendorError, match=r"GET /wrong .* Expected `str`, got `int` - at `\$.id`"):
        http.get("/wrong", into=Thing)
    assert http.calls == 1


def test_redirects_are_refused(connect):
    with pytest.raises(VendorError, match=r"GET /away was redirected \(302\)"):
        connect().get("/away", into=Thing)


def test_links_are_followed_on_the_same_host_only(connect, server):
    http = connect()
    assert http.get(server.urls["acme"] + "/things/2", into=Thing).id == "2"
    with pytest.raises(VendorError, match=r"evil.example, which is not the configured host"):
        http.get("https://evil.example/things/2", into=Thing)
    assert http.calls == 1


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://api.acme.com", "not encrypted"),
        ("ftp://api.acme.com", "must look like https"),
        ("https://user:pw@api.acme.com", "user name or password"),
    ],
)
def test_unsafe_base_urls_are_refused(connect, url, why):
    with pytest.raises(UsageError, match=why) as caught:
        connect(url)
    assert "pw" not in str(caught.value).replace("password", "")


def test_an_unreachable_host_is_given_up_soon(connect):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{taken.getsockname()[1]}"
        http = connect(f"http://{host}")
        with pytest.raises(Unreachable) as caught:
            http.get("/x", into=Thing)
    assert str(caught.value).startswith(f"acme: {host} cannot be reached (no connection, GET /x). Check the network")
    assert http.calls == 3


def test_a_foreign_certificate_is_not_tried_again(connect, server):
    http = connect(server.urls["acme"].replace("http:", "https:"))
    with pytest.raises(Unreachable, match="certificate"):
        http.get("/x", into=Thing)
    assert http.calls == 1


def test_lines_are_streamed_and_begun_anew_when_they_break_off(connect, server):
    break_with(server, kind="truncate", times=1)
    http = connect()
    decode = msgspec.json.Decoder(Thing).decode
    ids = http.stream_lines("/lines", consume=lambda lines: [decode(line).id for line in lines])
    assert ids == [str(number) for number in range(5000)]
    assert http.calls == 2


def test_lines_that_stay_broken_are_an_error(connect):
    http = connect()
    with pytest.raises(VendorError, match="the answer to GET /cut-lines is not whole JSON"):
        http.stream_lines("/cut-lines", consume=lambda lines: [msgspec.json.decode(line) for line in lines])
    assert http.calls == 4


def test_a_connection_left_in_the_middle_is_not_used_again(connect):
    http = connect()
    first = http.stream_lines("/lines", consume=next)
    assert (first, http.get("/things/1", into=Thing).id) == (b'{"id":"0"}', "1")


def test_calls_are_counted_by_vendor(connect, server):
    break_with(server, status=500, times=1)
    calls = Calls()
    for _ in range(2):
        connect(calls=calls).get("/things/1", into=Thing)
    assert calls.by_vendor() == {"acme": 3}
