"""One list of plans tests every form: each folder of cases/ holds plan.json and what becomes of it in a terminal of 80 and 200 columns, as
Markdown and as a page. A folder ending in `.ja` is read with Japanese labels.

A changed sentence: `UPDATE_PLANS=1 scripts/test tests/plan/test_renderings.py` writes them anew; read the difference.
"""

import io
import os
import re
import unicodedata
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from msgspec.structs import replace
from rich.cells import cell_len
from rich.console import Console

from syncer.cli.plan_text import show_plan
from syncer.core.plan_file import read_plan
from syncer.core.plan_html import plan_html
from syncer.core.plan_markdown import plan_markdown
from syncer.core.plan_view import View

CASES = sorted(path for path in (Path(__file__).parent / "cases").iterdir())
every_case = pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
ALLOWED = frozenset(re.findall(r"\w+", "h2 h3 p ul li strong em code table thead tbody tr th td details summary b blockquote br"))


def views(case, **narrowed):
    language = "ja" if case.suffix == ".ja" else "en"
    return [View(written, language, **narrowed) for written in read_plan((case / "plan.json").read_bytes(), case.name)]


def terminal(found, width, **console):
    out = io.StringIO()
    for view in found:
        show_plan(Console(file=out, width=width, highlight=False, **console), view)
    return stripped(out.getvalue())


def stripped(text):
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


FORMS = {
    "terminal80.txt": lambda found: terminal(found, 80),
    "terminal200.txt": lambda found: terminal(found, 200),
    "plan.md": plan_markdown,
    "plan.html": plan_html,
}


@every_case
@pytest.mark.parametrize("form", FORMS)
def test_a_plan_is_shown_as_expected(case, form):
    shown = FORMS[form](views(case))
    if os.environ.get("UPDATE_PLANS"):
        (case / form).write_text(shown, encoding="utf-8")
        return
    assert shown == (case / form).read_text(encoding="utf-8")


@every_case
@pytest.mark.parametrize("width", [40, 80, 200])
def test_no_line_is_wider_than_the_terminal_nor_holds_what_moves_its_cursor(case, width):
    for line in terminal(views(case), width).splitlines():
        assert cell_len(line) <= width, line
        assert [char for char in line if unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp")] == []


@every_case
def test_colour_is_for_people_who_watch_and_want_it(case, monkeypatch):
    watched = terminal(views(case), 80, force_terminal=True, color_system="standard")
    assert "\x1b[" in watched
    assert stripped(re.sub(r"\x1b\[[\d;]*m", "", watched)) == terminal(views(case), 80)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search(r"\x1b\[[\d;]*3\dm", terminal(views(case), 80, force_terminal=True))


class Reader(HTMLParser):
    """The text of a page, and what is wrong with its tags."""

    def __init__(self, page):
        super().__init__()
        self.text, self.open, self.faults, self.tags = "", [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)

    def handle_data(self, data):
        self.text += data


@every_case
def test_a_page_is_whole_and_needs_nothing_else(case):
    page = plan_html(views(case))
    read = Reader(page)
    assert (read.faults, read.open) == ([], [])
    tags = {tag for tag, _ in read.tags}
    assert tags.isdisjoint({"script", "link", "img", "a", "iframe", "b"})
    assert "@import" not in page
    assert "url(" not in page
    heads = [attributes for tag, attributes in read.tags if tag == "th"]
    assert [attributes for attributes in heads if attributes.get("scope") not in ("row", "col")] == []
    assert [tag for tag, _ in read.tags].count("table") == [tag for tag, _ in read.tags].count("caption")
    for view in views(case):
        for account in view.everything:
            for line in account.lines:
                assert in_one_line(line.label) in in_one_line(read.text)


def in_one_line(text):
    return " ".join(text.split())


@every_case
def test_markdown_is_whole_and_nothing_in_data_means_anything(case):
    text = plan_markdown(views(case))
    assert len(text) < 65_536
    html = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(text)
    read = Reader(html)
    assert (read.faults, read.open) == ([], [])
    tags = {tag for tag, _ in read.tags}
    assert tags <= ALLOWED
    assert not re.search(r"[@#]\w|://|www\.|:\w+:", Reader(re.sub(r"<code>.*?</code>", "", html)).text)


def test_hostile_text_can_still_be_read():
    [view] = views(Path(__file__).parent / "cases" / "hostile")
    html = MarkdownIt("commonmark").enable("table").render(plan_markdown([view]))
    for text in (Reader(html).text.replace("\u2060", ""), Reader(plan_html([view])).text):
        assert "Evil | `Co` <script>alert(1)</script> @octocat #1 [x](http://evil.example) www.evil.example :smile:" in text
        assert "\x1b" not in text
        assert "\u202e" not in text


@pytest.mark.parametrize(("accounts", "cells"), [(3000, 3), (40, 200), (1, 40)])
def test_a_comment_of_a_pull_request_is_never_too_long_and_says_what_is_missing(accounts, cells):
    [view] = views(Path(__file__).parent / "cases" / "long")
    long = large(view.written, accounts, "𝕏長|" * (2000 if cells == 40 else 30), cells)
    text = plan_markdown([View(long), View(long)])
    assert len(text.encode("utf-16-le")) // 2 < 65_536
    assert len(text) > 20_000 or accounts == 1
    shown = text.count("<details><summary><b>")
    said = sum(int(number.replace(",", "")) for number in re.findall(r"… and ([\d,]+) more account", text))
    assert shown + said == 2 * accounts
    assert Reader(MarkdownIt("commonmark").enable("table").render(text)).faults == []


def large(written, accounts, value, cells):
    plan = written.plan
    field = next(each for each in plan.fields if each.key == "plan")
    count = next(each for each in plan.counts if each.field == "plan")
    cell = replace(plan.changes[0].cells[0], unit=None, old=None, new=value, reason=value)
    fields = tuple(replace(field, key=f"f{number}", label=f"Field {number}") for number in range(cells))
    change = tuple(replace(cell, field=each.key) for each in fields)
    changes = tuple(replace(plan.changes[0], id=str(number), name=f"{value} {number}", cells=change) for number in range(accounts))
    counts = tuple(replace(count, field=each.key, filled=accounts) for each in fields)
    return replace(written, plan=replace(plan, fields=fields, changes=changes, counts=counts))


def test_what_matters_most_comes_first():
    [view] = views(Path(__file__).parent / "cases" / "long")
    assert [account.name for account in view.changes[:2]] == ["Account 040", "Account 039"]
    text = terminal([view], 80)
    assert "… and 28 more accounts (`syncer plan --out plan.html` shows all)" in text


def test_an_account_and_a_field_narrow_what_is_shown_and_leave_the_fingerprint():
    case = Path(__file__).parent / "cases" / "changes"
    [whole], [found] = views(case), views(case, account="ember", field="seats")
    assert [(account.name, [line.label for line in account.lines]) for account in found.everything] == [("EmberMaple", ["Seats"])]
    assert [row.label for row in found.rows] == ["Seats"]
    assert dict(found.facts)["Fingerprint"] == dict(whole.facts)["Fingerprint"]


def test_the_hint_about_matching_is_shown_for_ambiguous_matches_alone():
    cases = Path(__file__).parent / "cases"
    assert "`syncer match` shows the candidates" in in_one_line(terminal(views(cases / "changes"), 80))
    for case in ("held_for_other_reasons", "nothing_to_do"):
        assert "syncer match" not in terminal(views(cases / case), 80)
