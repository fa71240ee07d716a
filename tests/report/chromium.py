"""A headless Chromium, driven over a pipe by its DevTools protocol: https://chromedevtools.github.io/devtools-protocol/."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars", "--remote-debugging-pipe"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
)
PIPES = 'exec "$@" 3<&"$COMMANDS" 4>&"$ANSWERS"'
"""Chromium reads commands from descriptor 3 and answers on 4, each text ended by a NUL."""


def found() -> str | None:
    """The program, if this machine has one."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Tab:
    """One page: commands go out, answers come back, and what happened meanwhile is kept in `events`."""

    def __init__(self, commands: int, answers: int) -> None:
        self._commands, self._answers = commands, answers
        self._number = 0
        self._rest = b""
        self._session: str | None = None
        self.events: list[dict[str, Any]] = []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime", "DOM", "Accessibility"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **about: Any) -> dict[str, Any]:
        """The answer to a command."""
        self._number += 1
        command = {"id": self._number, "method": method, "params": about, **({"sessionId": self._session} if self._session else {})}
        os.write(self._commands, json.dumps(command).encode() + b"\0")
        while True:
            heard = self._next()
            if heard.get("id") == self._number:
                assert "error" not in heard, heard
                return heard["result"]
            self.events.append(heard)

    def open(self, page: Path) -> None:
        self.events.clear()
        self.ask("Page.navigate", url=page.as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self._next())

    def evaluate(self, script: str) -> Any:
        """What a JavaScript function body returns."""
        answer = self.ask("Runtime.evaluate", expression=f"(() => {{ {script} }})()", returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def resize(self, width: int, height: int = 900) -> None:
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def prefer(self, medium: str = "", **features: str) -> None:
        wanted = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.ask("Emulation.setEmulatedMedia", media=medium, features=wanted)

    def press_tab(self) -> None:
        for kind in ("rawKeyDown", "keyUp"):
            self.ask("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)

    def pdf(self) -> bytes:
        return base64.b64decode(self.ask("Page.printToPDF", preferCSSPageSize=True)["data"])

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            heard = os.read(self._answers, 1 << 20)
            assert heard, "Chromium ended"
            self._rest += heard
        text, _, self._rest = self._rest.partition(b"\0")
        return json.loads(text)


@contextmanager
def tab(folder: Path) -> Iterator[Tab]:
    """A tab of a fresh browser whose profile is in this folder."""
    program = found()
    assert program
    (their_in, our_out), (our_in, their_out) = os.pipe(), os.pipe()
    environment = {**os.environ, "COMMANDS": str(their_in), "ANSWERS": str(their_out)}
    command = ["bash", "-c", PIPES, "bash", program, *FLAGS, f"--user-data-dir={folder}", "about:blank"]
    process = subprocess.Popen(
        command, env=environment, pass_fds=(their_in, their_out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    os.close(their_in)
    os.close(their_out)
    try:
        yield Tab(our_out, our_in)
    finally:
        os.close(our_out)
        os.close(our_in)
        process.terminate()
        process.wait()
