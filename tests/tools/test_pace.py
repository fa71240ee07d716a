"""Calls wait for their turn, on a clock that only sleeping moves."""

import pytest

from syncer.tools.pace import Pace, Rule
from syncer.words.errors import MoreToDo


class Time:
    def __init__(self):
        self.now = 100.0
        self.slept = []

    def clock(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(round(seconds, 6))
        self.now += seconds


def paced(*rules, deadline=None):
    time = Time()
    return Pace(rules, deadline=deadline, clock=time.clock, sleep=time.sleep), time


def test_calls_over_the_limit_wait_until_the_oldest_leaves_the_window():
    pace, time = paced(Rule(2, 10))
    pace.take("/a")
    time.now += 4
    for _ in range(3):
        pace.take("/a")
    assert time.slept == [6, 4]


def test_no_window_of_the_rule_ever_holds_more_calls_than_allowed():
    pace, time = paced(Rule(3, 1))
    sent = []
    for number in range(20):
        pace.take("/a")
        sent.append(time.now)
        time.now += 0.07 * (number % 4)
    assert all(later - earlier >= 1 for earlier, later in zip(sent, sent[3:], strict=False))


def test_a_group_in_the_path_counts_each_endpoint_on_its_own():
    pace, time = paced(Rule(1, 10, r"^/v1/(\w+)"))
    pace.take("/v1/customers")
    pace.take("/v1/prices")
    assert time.slept == []
    pace.take("/v1/customers/cus_1")
    assert time.slept == [10]


def test_every_rule_that_fits_counts():
    pace, time = paced(Rule(1, 60, "/export"), Rule(2, 10))
    for path in ("/export", "/other", "/other", "/export"):
        pace.take(path)
    assert time.slept == [10, 50]


def test_a_wait_past_the_deadline_is_not_begun():
    pace, time = paced(Rule(1, 10), deadline=105)
    pace.take("/a")
    with pytest.raises(MoreToDo, match="Run again"):
        pace.take("/a")
    with pytest.raises(MoreToDo):
        pace.wait(6)
    pace.wait(5)
    assert time.slept == [5]
