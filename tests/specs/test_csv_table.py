"""A CSV file as people have it: how it is spelt does not matter, and every fault is said with its line."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from syncer.specs.csv_table import read_csv

COLUMNS = {"id": ("id", "customer id"), "mrr": ("mrr", "amount", "mrr (???)")}
ROWS = [(2, {"id": "cus_1", "mrr": "1,5"}), (3, {"id": "=1+1", "mrr": ""})]


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "theirs.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


SPELLINGS = {
    "commas": 'id,mrr\ncus_1,"1,5"\n=1+1,\n',
    "semicolons": "id;mrr\ncus_1;1,5\n=1+1;\n",
    "tabs": "id\tmrr\ncus_1\t1,5\n=1+1\t\n",
    "byte order mark": codecs.BOM_UTF8 + b'id,mrr\r\ncus_1,"1,5"\r\n=1+1,\r\n',
    "old line ends": 'id,mrr\rcus_1,"1,5"\r=1+1,',
    "case and blanks": ' Customer_ID ; "MRR (USD)"\ncus_1 ; 1,5\n=1+1;;;\n\n;\n'.replace("; ", ";"),
    "a column between": "mrr;name, in full;ID\n1,5;Acme;cus_1\n;;=1+1\n",
}


@pytest.mark.parametrize("content", SPELLINGS.values(), ids=SPELLINGS)
def test_one_table_however_it_is_spelt(tmp_path, content):
    rows, problems = read_csv(written(tmp_path, content), COLUMNS)
    assert problems == []
    assert [(row.line, row.values) for row in rows] == ROWS


def test_lines_are_those_of_the_file(tmp_path):
    rows, _ = read_csv(written(tmp_path, '\nid,mrr\n"a\nb",1\n\nc,2\n'), COLUMNS)
    assert [(row.line, row.values["id"]) for row in rows] == [(3, "a\nb"), (6, "c")]


def test_headers_as_written_and_further_columns(tmp_path):
    path = written(tmp_path, "MRR (EUR),Name,Customer ID,\n1,Acme,cus_1,\n")
    rows, problems = read_csv(path, COLUMNS, {"currency": ("currency",)}, keep_others=True)
    assert problems == []
    assert rows[0].values == {"id": "cus_1", "mrr": "1", "Name": "Acme"}
    assert rows[0].headers["mrr"] == "MRR (EUR)"


FAULTS = {
    "empty": ("", ["1:1: the file is empty; it needs a line of headers"]),
    "only blank lines": ("\n \n", ["1:1: the file is empty; it needs a line of headers"]),
    "not UTF-8": (
        b"id,mrr\ncus_\xe9,1\n",
        ["2:5: this is not UTF-8 text from here on, it looks like Windows-1252 (Western European); save the file as UTF-8"],
    ),
    "columns missing": (
        "ids,name\n1,2\n",
        [
            "1:1: there is no column id (or customer id); did you mean ids? the file has ids, name",
            "1:1: there is no column mrr (or amount, mrr (???)); the file has ids, name",
        ],
    ),
    "a header twice": ("id,mrr,ID\n1,2,3\n", ["1:1: the header id stands here 2 times; keep one"]),
    "ragged lines": (
        "id,mrr\n1\n2,3\n4,5,6\n",
        [
            "2:1: the line of headers has 2 cells and this line 1; quote a cell that holds the separator",
            "4:1: the line of headers has 2 cells and this line 3; quote a cell that holds the separator",
        ],
    ),
    "an open quote": ('id,mrr\n1,2\n"3,4\n5,6\n', ["3:1: a quote is opened on this line and never closed"]),
    "a stray quote": ('id,mrr\n"1"x,2\n', ["2:1: text follows a closing quote; write a quote inside a quoted cell twice"]),
}


@pytest.mark.parametrize(("content", "expected"), FAULTS.values(), ids=FAULTS)
def test_every_fault_has_its_line(tmp_path, content, expected):
    path = written(tmp_path, content)
    _, problems = read_csv(path, COLUMNS)
    assert [str(problem).removeprefix(f"{path}:") for problem in problems] == expected


def test_a_file_that_is_not_there(tmp_path):
    _, problems = read_csv(tmp_path / "no.csv", COLUMNS)
    assert [problem.text for problem in problems] == ["cannot read the file: there is no such file; check the path"]


def test_a_wrong_file_does_not_flood(tmp_path):
    _, problems = read_csv(written(tmp_path, "id,mrr\n" + "x\n" * 1000), COLUMNS)
    assert len(problems) == 51
    assert problems[-1].text == "there may be more after these 50; mend them first"
