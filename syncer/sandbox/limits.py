"""Call limits as vendors count them, measured on the stand-ins' clock."""

from __future__ import annotations

from collections import deque


class RollingLimit:
    """At most `count` calls in any `seconds`; a refused call does not count."""

    def __init__(self, count: int, seconds: float) -> None:
        self.count = count
        self.seconds = seconds
        self._calls: deque[float] = deque()

    def _forget(self, now: float) -> None:
        if self._calls and self._calls[-1] > now:  # the clock was set back
            self._calls.clear()
        while self._calls and self._calls[0] <= now - self.seconds:
            self._calls.popleft()

    def take(self, now: float) -> bool:
        """Whether one more call is allowed; if so it is counted."""
        self._forget(now)
        if len(self._calls) >= self.count:
            return False
        self._calls.append(now)
        return True

    def remaining(self, now: float) -> int:
        self._forget(now)
        return self.count - len(self._calls)

    def wait(self, now: float) -> float:
        """Seconds until the oldest counted call is forgotten; 0 when none is counted."""
        self._forget(now)
        return self._calls[0] + self.seconds - now if self._calls else 0.0
