"""What `syncer check` says of a wrong file: one folder of `messages/` each, as a project folder with the whole of stderr beside its files.

`UPDATE_MESSAGES=1 scripts/test tests/specs/test_messages.py` writes every `stderr` anew; read the difference aloud before you keep it.
"""

import os
import re
import sys
from pathlib import Path

import pytest

from syncer.cli import main

MESSAGES = Path(__file__).parent / "messages"
CASES = sorted(path for path in MESSAGES.iterdir() if path.is_dir())
LAST = re.compile(r"syncer: \d+ problems? in \d+ files?; mend what is listed and run this again")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_wrong_is_said_plainly_at_its_place(case, monkeypatch, capsys):
    monkeypatch.chdir(case)
    monkeypatch.setattr(sys, "argv", ["syncer", "check"])
    with pytest.raises(SystemExit) as left:
        main()
    said = capsys.readouterr()
    assert (left.value.code, said.out) == (3, "")
    if os.environ.get("UPDATE_MESSAGES"):
        (case / "stderr").write_text(said.err, encoding="utf-8")
    assert said.err == (case / "stderr").read_text(encoding="utf-8")


def sentences():
    for case in CASES:
        *problems, last = (case / "stderr").read_text(encoding="utf-8").splitlines()
        assert LAST.fullmatch(last), case.name
        for problem in problems:
            place, text = re.fullmatch(r"([\w./]+:\d+:\d+): (.+)", problem).groups()
            yield place, text


def test_every_message_says_what_to_do_and_fits_two_lines_of_a_terminal():
    for place, text in sentences():
        assert len(f"{place}: {text}") <= 260, text
        assert re.search(r"[;:,?]|such as|write|did you mean|must|needs", text), text


def test_there_are_cases_for_at_least_eighty_messages():
    assert len(CASES) >= 80
    assert len({text for _, text in sentences()}) >= 80
