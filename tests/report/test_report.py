"""What the report says of a month in which much happened; nothing in it ends a tag, and it needs no network to be written."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from happenings import CANARY, NASTY
from stage import SECRETS

VOID = {"meta", "br"}


class Tree(HTMLParser):
    """Fails where a tag is closed that is not open, or left open."""

    def __init__(self):
        super().__init__()
        self.open = []
        self.tags = set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def chapter(story, anchor):
    found = re.search(rf'<section id="{anchor}".*?</section>', story.html, re.DOTALL)[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found))


def test_it_is_one_file_that_needs_nothing_else(story):
    assert not re.findall(r"<script|<link|<img|<iframe|@import|src=|url\((?!#)|href=\"(?!#)", story.html)


def test_every_tag_is_closed_and_names_are_only_text(story):
    tree = Tree()
    tree.feed(story.html)
    assert tree.open == []
    assert "script" not in tree.tags
    assert '&lt;script&gt;alert("1")&lt;/script&gt;'.replace('"', "&quot;") in story.html
    assert NASTY not in story.html


def test_no_secret_is_in_it(story):
    assert [secret for secret in (*SECRETS, CANARY) if secret in story.html] == []


def test_what_needs_attention_leads_to_its_chapter(story):
    box = re.search(r'<section class="attention">.*?</section>', story.html, re.DOTALL)[0]
    said = dict(re.findall(r'<a href="#(\w+)">([^<]+)</a>', box))
    assert said.keys() <= set(re.findall(r'id="(\w+)"', story.html))
    assert "2 runs of the latest 4 failed" in box
    assert "Salesforce: 1 value changed by people since the last run" in box


def test_freshness_says_when_each_vendor_was_read_and_written(story):
    said = chapter(story, "freshness")
    assert "A run mostly comes every 60 minutes." in said
    assert "Salesforce 2026-12-02 11:00 UTC less than a minute old 2026-12-02 11:00 UTC 2026-12-02 10:00 UTC" in said
    assert "No run for" not in said


def test_a_schedule_that_was_missed_is_said(story):
    late = story.stage.command("report", "--out", "late.html", changes={"SYNCER_AS_OF": "2026-12-03T11:00:00Z"})
    assert late.code == 0
    page = (story.stage.folder / "late.html").read_text()
    assert "No run for 25 hours, though one mostly comes every 60 minutes: look at the schedule." in page
    assert "Stripe was last read 24 hours ago: what is said of it here is old." in page


def test_changes_tell_the_accounts_that_moved_and_the_facts_behind_them(story):
    said = chapter(story, "changes")
    assert re.search(r"Health score [\d.]+ points → [\d.]+ points", said)
    assert re.search(r"mixpanel\.wau \d+ → (0|empty)", said)


def test_changes_tell_what_people_typed_over_before_and_since_the_last_run(story):
    said = chapter(story, "changes")
    since, before = re.search(
        r"1 value that people changed since the last run(.*?)1 value that people changed and a run wrote again(.*)", said
    ).groups()
    seats = re.search(r"Seats (\d+) 1234 ", since)[1]
    assert f"Seats {seats} 4321 {seats} 2026-12-02 10:00 UTC" in before


def test_revenue_has_a_chart_of_each_currency_and_the_figures_of_syncer_churn(story):
    told = story.stage.command("churn", "--json").lines[0]
    latest = next(row for row in told["periods"] if row["to"] == "2026-12" and row["currency"] == "usd")
    said = chapter(story, "revenue")
    assert f"{latest['end'] / 100:,.2f} USD a month" in said
    assert f"0 accounts of {latest['logo']['start']} left" in said
    assert (
        len(re.findall('role="img"', story.html))
        == 2 * len(re.findall("What moved MRR in each month, [A-Z]{3}</figcaption>", story.html))
        > 2
    )


def test_health_tells_who_fell_and_judges_the_score_only_with_enough_who_left(story):
    said = chapter(story, "health")
    assert "accounts fell and 0 accounts rose since 2026-11-02 11:00 UTC" in said
    assert "No account left in these months: too few to say" in said
    assert re.search(r"Excellent \d+ 0 \(0 %\)", said)


def test_matching_tells_rules_ambiguous_ones_and_what_is_at_stake(story):
    said = chapter(story, "matching")
    assert "stripe.metadata.account_id = crm.account_key" in said
    assert "Objects that several accounts fit" in said
    assert re.search(r"USD \d+ [\d.]+ USD [\d.]+ %", said)


def test_fields_name_those_that_nobody_has(story):
    assert "No account has any value of: MRR, reporting currency, MRR rate date." in chapter(story, "fields").replace(" .", ".")


def test_calls_tell_each_vendor_and_its_allowance(story):
    said = chapter(story, "calls")
    assert re.search(r"Stripe \d+ \d+ \d+ not known", said)
    assert re.search(r"Salesforce \d+ \d+ \d+ \d+ of 100,000 \(under 0.1 %\)", said)


def test_problems_tell_failed_runs_rejections_in_the_crms_words_and_what_is_held(story):
    said = chapter(story, "problems")
    assert "2 failed runs among the latest 4" in said
    assert "zendesk: the credential is not accepted" in said
    assert re.search(r"would be replaced, over the limit of 30% .* 4, a limit", said)
    assert re.search(r"\d+ records rejected in the latest run", said)
    assert "tech was not one of the allowed options" in said
    assert re.search(r"a source object fits several accounts \w+ \d+ .* syncer match confirm", said)


def test_japanese_labels_where_the_settings_say_so(story):
    done = story.stage.command("report", "--out", "ja.html", "--crm", "salesforce", changes={"SYNCER_LANGUAGE": "ja"})
    assert done.code == 0
    page = (story.stage.folder / "ja.html").read_text()
    assert '<span lang="ja">月次経常収益</span>' in page
    assert '<span lang="ja">対応が必要</span>' in page
    assert "<h1>Customers in Salesforce</h1>" in page


def test_no_vendor_is_asked_anything(story):
    with story.stage.listening() as calls:
        assert story.stage.command("report", "--out", "again.html").code == 0
    assert calls == []


@pytest.mark.parametrize(
    ("words", "changes", "said"),
    [
        ((), {"SYNCER_STATE": "nothing-yet"}, "knows of no run yet; run syncer sync first"),
        (("--out", "."), {}, "cannot be written"),
    ],
)
def test_what_cannot_be_told_or_written_is_one_sentence(story, words, changes, said):
    done = story.stage.command("report", *words, changes=changes)
    assert done.code == 2
    assert said in done.err
    assert done.err.count("\n") == 1
