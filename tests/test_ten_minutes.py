"""The guide of mappings/README.md, followed to the letter in a real shell: every command works, and what it shows is what is said."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

GUIDE = (Path(__file__).parent.parent / "mappings" / "README.md").read_text()
STEPS = GUIDE.split("## Ten minutes")[1].split("\n## ")[0]
COMMANDS = re.findall(r"^```sh\n(.*?)^```", STEPS, re.MULTILINE | re.DOTALL)
[LINE] = [line for line in re.search(r"^```yaml slip\n(.*?)^```", STEPS, re.MULTILINE | re.DOTALL)[1].splitlines() if "touch_model" in line]
[SHOWN] = re.findall(r"^```text\n(.*?)^```", STEPS, re.MULTILINE | re.DOTALL)


class Shell:
    """A terminal in one folder: what is exported stays, as does the folder."""

    def __init__(self, folder: Path) -> None:
        self.lines = [f"export PATH={Path(sys.executable).parent}:$PATH COLUMNS=100", f"cd {folder}"]

    def run(self, line: str) -> subprocess.CompletedProcess[str]:
        script = "\n".join([*self.lines, line])
        return subprocess.run(["bash", "-euc", script], capture_output=True, text=True, timeout=300, check=False)

    def typed(self, line: str) -> str:
        """stdout of a line that must work."""
        done = self.run(line)
        assert done.returncode == 0, f"{line}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        if line.startswith(("cd ", ". ")):
            self.lines.append(line)
        return done.stdout


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    """A terminal after the first two steps; the second one's goes on beside it."""
    first, second = COMMANDS[:2]
    opened = Shell(tmp_path)
    for line in first.splitlines():
        opened.typed(line)
    environment = tmp_path / "acme" / "sandbox.env"
    script = "\n".join([*opened.lines, f"exec {second.strip()}"])
    with subprocess.Popen(["bash", "-c", script], stderr=subprocess.PIPE, text=True) as served:
        try:
            said = next((line for line in served.stderr if line.startswith("Serving")), None)
            assert said is not None
            assert environment.read_text().count("export ") > 5
            yield opened
        finally:
            served.terminate()


def test_the_guide_works_to_the_letter(shell: Shell, tmp_path: Path) -> None:
    third, fourth, fifth, sixth = COMMANDS[2:]
    said = {line: shell.typed(line) for line in third.splitlines()}
    assert "All that a run needs is there" in said["syncer doctor"]
    assert "Held back" in said["syncer plan"]

    mapping = tmp_path / "acme" / "mappings" / "account.yaml"
    slip = re.sub(r"^  touch_model:.*$", lambda _: LINE, mapping.read_text(), count=1, flags=re.MULTILINE)
    mapping.write_text(slip)
    checked = shell.run("syncer check")
    assert (checked.returncode, SHOWN in checked.stderr) == (3, True), checked.stderr
    mapping.write_text(slip.replace("gruop", "group"))
    tried = [shell.typed(line) for line in fourth.splitlines()][-1]
    assert "group" in tried

    against, _, applied = [shell.typed(line) for line in fifth.splitlines()]
    assert "touch_model" in against
    assert (tmp_path / "acme" / "plan.html").read_text().startswith("<!doctype html>")
    assert "written" in applied

    run = json.loads(shell.typed("syncer runs --last 1 --json"))["run"]
    explained, _, _, undone = [shell.typed(line.replace("RUN", run)) for line in sixth.splitlines()]
    assert "stripe.seats" in explained
    assert "as before" in undone
