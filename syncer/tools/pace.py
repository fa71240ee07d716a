"""Keeping under a vendor's published limits: calls wait for their turn instead of being refused."""

from __future__ import annotations

import re
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from syncer.words.errors import MoreToDo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


@dataclass(frozen=True)
class Rule:
    """At most `calls` in any `seconds`, over all paths that `path` matches; each value of its groups counts on its own.

    `Rule(20, 1, r"^/v1/(\\w+)")` is 20 a second for each endpoint.
    """

    calls: int
    seconds: float
    path: str = ""


class Pace:
    """The limits of one vendor account, as sliding windows. Everything that calls the account shares it, threads too.

    `deadline` is a moment of `clock`: a wait that would pass it raises MoreToDo instead.
    """

    def __init__(
        self,
        rules: Iterable[Rule] = (),
        *,
        deadline: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._rules = [(rule, re.compile(rule.path)) for rule in rules]
        self._deadline = deadline
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._taken: dict[tuple[Rule, tuple[str | None, ...]], deque[float]] = {}

    def take(self, path: str) -> None:
        """Return when a call to `path` may go out; it counts as sent."""
        with self._lock:
            now = self._clock()
            windows = [
                (rule, self._taken.setdefault((rule, found.groups()), deque(maxlen=rule.calls)))
                for rule, pattern in self._rules
                if (found := pattern.search(path))
            ]
            # the window holds the last `calls` turns: the next turn comes `seconds` after the oldest of them
            turn = max([now, *(window[0] + rule.seconds for rule, window in windows if len(window) == rule.calls)])
            self._refuse_if_late(turn)
            for _, window in windows:
                window.append(turn)
        if turn > now:
            self._sleep(turn - now)

    def wait(self, seconds: float) -> None:
        """Sleep, or raise MoreToDo when that would pass the deadline."""
        self._refuse_if_late(self._clock() + seconds)
        if seconds > 0:
            self._sleep(seconds)

    def _refuse_if_late(self, moment: float) -> None:
        if self._deadline is not None and moment > self._deadline:
            raise MoreToDo("The time for this run ends before a vendor's limit allows another call. Run again to go on")
