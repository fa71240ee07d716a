"""What `syncer facts` lists and what a pattern finds; how values are masked and spread."""

from __future__ import annotations

import doctest
from decimal import Decimal

import duckdb
import pytest

from syncer.cli import setup
from syncer.core import masking, tries
from syncer.core.catalogue import compile_catalogue
from syncer.core.kinds import Kind
from syncer.core.listing import listings, matching
from syncer.core.tries import Bar, spread
from syncer.specs.reader import Page
from syncer.specs.shipped import defaults


@pytest.fixture(scope="module")
def all_of_them():
    project = setup.project(defaults())
    return listings(project, project.fields)


def test_everything_that_an_expression_can_use_is_listed_once(all_of_them):
    project = setup.project(defaults())
    names = [listing.name for listing in all_of_them]
    assert len(names) == len(set(names))
    fields = [field.key for field in project.fields]
    assert {*setup.facts(), *fields, *(f"prev.{key}" for key in fields), "health.score", "mixpanel.active_days"} <= set(names)
    assert all(listing.meaning and listing.unit and listing.source for listing in all_of_them)


@pytest.mark.parametrize(
    ("pattern", "has", "has_not"),
    [
        ("stripe.*", {"stripe.mrr", "stripe.held"}, {"mrr", "prev.mrr"}),
        ("mrr", {"mrr", "stripe.mrr", "prev.mrr", "stripe.mrr_minor"}, {"stripe.seats"}),
        ("*_url", {"stripe.customer_url", "zendesk.organization_url"}, {"stripe.mrr"}),
        ("Take Off", {"stripe.discount_percent"}, {"stripe.mrr"}),
        ("prev.?au", {"prev.mau", "prev.wau"}, {"mau"}),
        ("what the CRM has", set(), {"prev.mrr"}),
    ],
)
def test_a_pattern_looks_into_names_and_meanings(all_of_them, pattern, has, has_not):
    found = {listing.name for listing in matching(all_of_them, pattern)}
    assert has <= found
    assert not has_not & found


def test_who_uses_a_column_is_told_through_everything_between(all_of_them):
    used = {listing.name: " ".join(listing.used_by) for listing in all_of_them}
    assert "seats_used_pct (mappings/account.yaml:" in used["mixpanel.mau"]
    assert "health input default.deployment.seats_used" in used["mixpanel.mau"]
    assert used["stripe.items_held"] == ""


@pytest.mark.parametrize(
    ("written", "text", "value"),
    [
        ("number", "12.5", Decimal("12.5")),
        ("number", "about 50", None),
        ("number", "", None),
        ("number", "123456789012345678901", None),
        ("date", "2026-11-01T23:59:00Z", "2026-11-01"),
        ("date", "next week", None),
        ("checkbox", "true", True),
        ("checkbox", "maybe", None),
        ("text", "", None),
        ("text", " a ", " a "),
    ],
)
def test_a_crm_column_reads_as_its_type_or_is_nothing(written, text, value):
    mapping = Page("account.yaml", f"crm: {{own: {{salesforce: Own__c, type: {written}}}}}")
    catalogue, problems = compile_catalogue(mapping, Page("usage.yaml", "{}"))
    assert problems == []
    [(_, sql)] = catalogue.models({"crm.own"})
    con = duckdb.connect()
    con.execute("CREATE SCHEMA crm; CREATE TABLE crm.account (id VARCHAR, own VARCHAR)")
    con.execute("INSERT INTO crm.account VALUES ('a', ?)", [text])
    [(_, found)] = con.execute(sql).fetchall()
    assert (found.isoformat() if written == "date" and found else found) == value


def test_columns_of_the_shipped_names_keep_their_type_without_saying_it():
    page = Page("account.yaml", "crm: {employees: {hubspot: numberofemployees}, owner: {hubspot: owner}, tier: {hubspot: t, type: text}}")
    catalogue, _ = compile_catalogue(page, Page("usage.yaml", "{}"))
    kinds = {name: fact.kind for name, fact in catalogue.facts.items() if name.startswith("crm.")}
    assert kinds == {
        "crm.id": Kind.TEXT,
        "crm.name": Kind.TEXT,
        "crm.employees": Kind.NUMBER,
        "crm.owner": Kind.TEXT,
        "crm.tier": Kind.TEXT,
    }
    assert catalogue.facts["crm.owner"].meaning == "the CRM's owner: owner in HubSpot"


@pytest.mark.parametrize("module", [masking, tries], ids=["masking", "tries"])
def test_the_examples_in_docstrings_hold(module):
    assert doctest.testmod(module).attempted > 1
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("tel. +49 (30) 1234-567 or 0301234567", "tel. +4… or 03…"),
        ("2026-11-01", "2026-11-01"),
        ("a.b+c@mail.example.co.jp", "a…@m…"),
        ("https://acme.my.salesforce.com/001xx?x=1#y", "https://acme.my.salesforce.com/…"),
        ("x" * 60, "x" * 39 + "…"),
        ("Gold; Silver", "Gold; Silver"),
    ],
)
def test_what_leads_to_a_person_is_masked_wherever_it_stands(text, told):
    assert masking.shown(text) == told


def test_a_long_tail_is_one_bar_and_every_account_is_in_one():
    values = [(str(number), 1) for number in range(100)] + [("99999", 1)]
    found = spread(Kind.MONEY, values)
    assert (found.low, found.middle, found.high) == ("0", "50", "99999")
    assert sum(bar.accounts for bar in found.bars) == 101
    assert found.bars[-1].high is None
    assert len(found.bars) <= 10


@pytest.mark.parametrize(
    ("kind", "values", "bars"),
    [
        (Kind.NUMBER, [("-1.50", 2), ("3", 1)], [Bar("-1.5", "-1.5", 2), Bar("3", "3", 1)]),
        (Kind.NUMBER, [(str(n), 1) for n in range(-4, 12)], None),
        (Kind.DATE, [("2026-01-01", 1)], []),
        (Kind.NUMBER, [], []),
    ],
)
def test_bars(kind, values, bars):
    found = spread(kind, values)
    assert sum(bar.accounts for bar in found.bars) == (sum(count for _, count in values) if kind is Kind.NUMBER else 0)
    assert bars is None or list(found.bars) == bars
