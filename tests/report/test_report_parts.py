"""The parts of the report by themselves: text that stays text, scales, what is late, what may be claimed."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

import pytest

from syncer.core.markup import Html, tag
from syncer.core.report.chart import Chart
from syncer.core.report.freshness import Freshness, Read, through
from syncer.core.report.health import Band, Health, Outcome
from syncer.core.report.layout import MINUS, NOTHING, Column, Label, money, percent, span, table

HOUR = 3600
NOW = 1_800_000_000


def test_text_is_escaped_in_elements_and_attributes_but_html_is_not():
    assert tag("b", "<&>", Html("<i>"), 3, None, ["'", '"'], title='"<') == '<b title="&quot;&lt;">&lt;&amp;&gt;<i>3&#x27;&quot;</b>'
    assert tag("p", "a\x00b\nc") == "<p>a\ufffdb\nc</p>"


@pytest.mark.parametrize(
    ("rate", "said"),
    [(None, NOTHING), (Fraction(0), "0 %"), (Fraction(1, 3), "33 %"), (Fraction(7, 100), "7 %"), (Fraction(1, 300), "0.3 %"),
     (Fraction(1, 10**6), "under 0.1 %"), (Fraction(-1, 20), f"{MINUS}5 %"), (Fraction(1), "100 %")],
)  # fmt: skip
def test_shares_are_told_as_exactly_as_they_matter(rate, said):
    assert percent(rate) == said


@pytest.mark.parametrize(
    ("minor", "currency", "said"),
    [
        (123456, "usd", "1,234.56 USD"),
        (500, "usd", "5 USD"),
        (500, "jpy", "500 JPY"),
        (1234, "bhd", "1.234 BHD"),
        (-5, "usd", f"{MINUS}0.05 USD"),
    ],
)
def test_money_has_its_own_decimals(minor, currency, said):
    assert money(minor, currency) == said


@pytest.mark.parametrize(
    ("seconds", "said"), [(5, "less than a minute"), (90, "a minute"), (3599, "59 minutes"), (7200, "2 hours"), (200_000, "2 days")]
)
def test_lengths_of_time(seconds, said):
    assert span(seconds) == said


def test_a_table_without_rows_keeps_its_caption_and_headings():
    assert "<caption>None &amp; nothing</caption>" in table("None & nothing", (Column("A"), Column("B", figures=True)), [])


def freshness(*began, read=NOW):
    return Freshness(NOW, [Read("stripe", read, None)], [NOW - hours * HOUR for hours in began])


@pytest.mark.parametrize(
    ("began", "warned"),
    [
        ((1, 2, 3), False),
        ((2, 3, 4), False),
        ((3, 4, 5, 6), True),
        ((25,), False),
        ((27,), True),
        ((30, 54, 78), False),
        ((49, 73, 97), True),
    ],
)
def test_a_run_is_late_after_twice_the_usual_gap(began, warned):
    assert [text.startswith("No run for") for text in freshness(*began).warnings()] == [True] * warned


def test_a_source_that_was_never_read_or_long_ago_is_named():
    assert freshness(1, 2, 3, read=None).warnings() == ["Stripe was never read to the end."]
    assert freshness(1, 2, 3, read=NOW - 5 * HOUR).warnings() == ["Stripe was last read 5 hours ago: what is said of it here is old."]


def test_usage_reaches_to_the_end_of_a_day_that_is_over():
    assert through("mixpanel", NOW, "2027-01-15") == "end of 2027-01-14"
    assert through("mixpanel", NOW, "2027-01-02") == "end of 2027-01-02"
    assert through("mixpanel", NOW, None) is None
    assert through("stripe", NOW, None) == "2027-01-15 08:00 UTC"


@pytest.mark.parametrize("count", [0, 1, 12, 13, 36])
def test_a_chart_of_any_number_of_months_stays_inside_itself(count):
    months = [f"{2024 + number // 12}-{number % 12 + 1:02}" for number in range(count)]
    stacks = [{"new": Fraction(number), "churn": Fraction(-number * number, 7)} for number in range(count)]
    drawn = Chart("c", "Title", "Words", months, stacks, {"new": "New", "churn": "Churn"}).html()
    places = [float(found) for found in re.findall(r'\b[xy][12]?="(-?[\d.]+)"', drawn)]
    assert 'viewBox="0 0 360 210"' in drawn
    assert all(0 <= place <= 360 for place in places)
    assert drawn.count('class="name"') <= 12 + 4


def test_a_chart_of_nothing_has_a_scale_all_the_same():
    drawn = Chart("c", "Title", "Words", ["2026-01"], [{"level": Fraction(0)}], {"level": "MRR"}).html()
    assert "<title" in drawn
    assert "<ul" not in drawn


BANDS = [Band("good", Label("Good"), Decimal(50)), Band("bad", Label("Bad"), Decimal(0))]


def health(*outcomes):
    return Health(BANDS, {"good": 1, "bad": 2}, 3, [], [], [], None, [], [Outcome(*each) for each in outcomes]).html()


def test_the_score_is_said_to_be_true_only_when_worse_bands_lose_more():
    assert "Yes so far: the worse the band, the more left (1 % of the best, 20 % of the worst)." in health(
        ("good", 100, 1, 9), ("bad", 50, 10, 1)
    )
    assert "Not as it should" in health(("good", 100, 20, 9), ("bad", 50, 5, 1))
    assert "Only 9 accounts left in these months" in health(("good", 100, 0, 9), ("bad", 50, 9, 1))


def test_without_history_nothing_is_claimed():
    said = health()
    assert said.count("Not enough history yet") == 2
