"""Tab completes what there is: commands, options, and names of the project's own, in a real shell."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def completed(folder: Path, *words: str) -> list[str]:
    """What is offered for the last word, as a shell asks for it."""
    line = " ".join(words)
    asked = {"_SYNCER_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    command = [sys.executable, "-c", "import sys; sys.argv[0] = 'syncer'; from syncer.cli import main; main()"]
    done = subprocess.run(command, cwd=folder, env={**os.environ, **asked}, capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""
    return [line.partition(",")[2] for line in done.stdout.splitlines() if line]


def test_commands_and_options(tmp_path: Path) -> None:
    assert completed(tmp_path, "syncer", "pl") == ["plan"]
    assert "--exit-code" in completed(tmp_path, "syncer", "plan", "--e")


def test_fields_of_the_project(tmp_path: Path) -> None:
    assert completed(tmp_path, "syncer", "explain", "Acme", "health_c") == ["health_coverage_pct", "health_change_30d"]


def test_nothing_where_the_files_are_broken(tmp_path: Path) -> None:
    (tmp_path / "syncer.yaml").write_text("stripe: [")
    assert completed(tmp_path, "syncer", "explain", "Acme", "m") == []
    assert completed(tmp_path, "syncer", "undo", "2") == []


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash on this machine")
def test_bash_takes_what_is_printed(tmp_path: Path) -> None:
    bin_folder = Path(sys.executable).parent
    script = f'export PATH={bin_folder}:$PATH; eval "$(syncer completion bash 2>/dev/null)"; complete -p syncer'
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert "_syncer_completion" in done.stdout, done.stderr
