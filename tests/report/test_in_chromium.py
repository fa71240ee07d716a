"""The report as people meet it: in a browser of any width and shade, on paper, by keyboard, read aloud."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from chromium import found, tab

pytestmark = pytest.mark.skipif(found() is None, reason="no Chromium on this machine: apt-get install chromium")

WIDTHS = (390, 768, 1280)
OPEN_ALL = "document.querySelectorAll('details').forEach(each => each.open = true); return 0"
HIDDEN = (
    "const hidden = el => el.closest('.skip, .defs') || (el.closest('thead') && getComputedStyle(el.closest('thead')).clipPath !== 'none');"
)
WIDE = (
    HIDDEN
    + """
const wide = document.documentElement.clientWidth;
const told = el => el.tagName + '.' + el.className + ' ' + el.textContent.slice(0, 40);
const out = [...document.querySelectorAll('body *')].filter(el => !hidden(el) && el.getClientRects().length)
  .filter(el => { const box = el.getBoundingClientRect(); return box.right > wide + 0.6 || box.left < -0.6; });
const cut = [...document.querySelectorAll('body *:not(.track)')].filter(el => !hidden(el) && el.scrollWidth > el.clientWidth + 1
  && el.clientWidth > 0 && getComputedStyle(el).overflowX !== 'visible' && !(el instanceof SVGElement));
return {scrolls: document.documentElement.scrollWidth > wide, out: out.map(told), cut: cut.map(told)};"""
)
CONTRAST = (
    HIDDEN
    + """
const parse = text => { const found = text.match(/[\\d.]+/g).map(Number); return {rgb: found.slice(0, 3), alpha: found[3] ?? 1}; };
const light = rgb => rgb.map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
  .reduce((sum, v, n) => sum + v * [0.2126, 0.7152, 0.0722][n], 0);
const ground = el => parse(getComputedStyle(el).backgroundColor);
const behind = el => { while (ground(el).alpha < 1) el = el.parentElement; return ground(el).rgb; };
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
while (walker.nextNode()) {
  const el = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || hidden(el) || ['TITLE', 'DESC', 'title', 'desc'].includes(el.tagName)) continue;
  const style = getComputedStyle(el), ink = parse(el instanceof SVGElement ? style.fill : style.color);
  const [low, high] = [light(ink.rgb), light(behind(el))].sort((a, b) => a - b);
  found.push([(high + 0.05) / (low + 0.05), el.tagName + ' ' + walker.currentNode.data.slice(0, 30)]);
}
return found;"""
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with tab(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture
def page(browser, story):
    browser.resize(1280)
    browser.prefer()
    browser.open(story.page)
    return browser


def test_nothing_is_loaded_and_nothing_is_complained_of(page):
    asked = [event["params"]["request"]["url"] for event in page.events if event.get("method") == "Network.requestWillBeSent"]
    assert [url for url in asked if not url.endswith("/report.html")] == []
    assert [event["params"] for event in page.events if event.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown")] == []
    assert page.evaluate("return document.scripts.length") == 0


@pytest.mark.parametrize("width", WIDTHS)
def test_no_width_makes_the_page_scroll_sideways_or_cuts_anything(page, width):
    page.resize(width)
    page.evaluate(OPEN_ALL)
    assert page.evaluate(WIDE) == {"scrolls": False, "out": [], "cut": []}


def test_a_page_that_is_too_wide_would_be_noticed(page):
    page.resize(390)
    page.evaluate("document.querySelector('h1').style.width = '600px'; return 0")
    found = page.evaluate(WIDE)
    assert found["scrolls"]
    assert found["out"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_what_is_behind_it(page, scheme):
    page.prefer(prefers_color_scheme=scheme)
    page.evaluate(OPEN_ALL)
    ratios = page.evaluate(CONTRAST)
    assert len(ratios) > 300
    assert [(round(ratio, 2), text) for ratio, text in ratios if ratio < 4.5] == []


def test_dark_is_dark(page):
    grounds = []
    for scheme in ("light", "dark"):
        page.prefer(prefers_color_scheme=scheme)
        grounds.append(page.evaluate("return getComputedStyle(document.body).backgroundColor"))
    assert grounds[0] == "rgb(255, 255, 255)"
    assert max(map(int, re.findall(r"\d+", grounds[1]))) < 64


def test_motion_is_left_out_for_who_wants_none(page):
    behaviour = "return getComputedStyle(document.documentElement).scrollBehavior"
    assert page.evaluate(behaviour) == "smooth"
    page.prefer(prefers_reduced_motion="reduce")
    assert page.evaluate(behaviour) == "auto"


def test_headings_go_down_one_level_at_a_time(page):
    levels = page.evaluate("return [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(el => Number(el.tagName[1]))")
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1] == []


def test_tables_say_what_they_are(page):
    tables = page.evaluate(
        "return [...document.querySelectorAll('table')].map(el => [el.caption?.textContent ?? '',"
        " [...el.querySelectorAll('th')].every(th => ['col', 'row'].includes(th.scope)),"
        " [...el.rows].every(row => row.cells.length === el.rows[0].cells.length)])"
    )
    assert len(tables) > 15
    assert [about for about in tables if not about[0] or not all(about[1:])] == []


def test_the_keyboard_reaches_everything_that_can_be_used(page):
    wanted = page.evaluate("return document.querySelectorAll('a, summary').length")
    seen = []
    for _ in range(wanted):
        page.press_tab()
        seen.append(
            page.evaluate(
                "const el = document.activeElement, box = el.getBoundingClientRect(); return [el.tagName, el.textContent.slice(0, 60),"
                " getComputedStyle(el).outlineStyle, box.width > 0 && box.bottom > 0 && box.top < innerHeight]"
            )
        )
    assert seen[0][:2] == ["A", "Skip to the report"]
    assert [about for about in seen if about[2] == "none" or about[0] not in ("A", "SUMMARY")] == []
    assert sum(about[0] == "SUMMARY" for about in seen) == page.evaluate("return document.querySelectorAll('summary').length") > 8
    assert seen[0][3]


@pytest.mark.parametrize("width", WIDTHS)
def test_what_is_read_aloud(page, width):
    page.resize(width)
    page.evaluate(OPEN_ALL)
    nodes = [node for node in page.ask("Accessibility.getFullAXTree")["nodes"] if not node["ignored"]]
    by_role = {}
    for node in nodes:
        named = tuple(node.get(part, {}).get("value", "") for part in ("name", "description"))
        by_role.setdefault(node["role"]["value"], []).append(named)
    charts = by_role.get("image", []) + by_role.get("img", [])
    assert len(charts) == page.evaluate("return document.querySelectorAll('svg[role=img]').length") > 1
    assert all(name and told for name, told in charts)
    tables = by_role["table"]
    assert len(tables) == page.evaluate("return document.querySelectorAll('table').length")
    assert all(name for name, _ in tables)
    assert len(by_role["row"]) > 100
    assert len(by_role["rowheader"]) > 100
    assert {"banner", "main", "navigation", "region"} <= by_role.keys()
    assert all(name for name, _ in by_role["region"])


def test_paper_takes_what_is_open_without_parting_a_row(page):
    page.prefer("print")
    parted = page.evaluate(
        "return [...document.querySelectorAll('tr, figure')].filter(el => getComputedStyle(el).breakInside !== 'avoid').length"
    )
    assert parted == 0
    counts = []
    for _ in range(2):
        paper = page.pdf()
        counts.append(len(re.findall(rb"/Type\s*/Page\b(?!s)", paper)))
        boxes = {tuple(round(float(number)) for number in box.split()) for box in re.findall(rb"/MediaBox\s*\[([^\]]+)\]", paper)}
        assert all(abs(width - 595) < 2 and abs(height - 842) < 2 for _, _, width, height in boxes)  # A4
        page.evaluate(OPEN_ALL)
    folded, opened = counts
    assert 3 < folded < 20
    assert opened > folded
