"""Names as they are likened: who reads as the same company, and that suggesting stays quick."""

import time

import pytest

from syncer.core.match_view import ALIKE, ALIKE_PCT
from syncer.core.names import blocks, plain_name
from syncer.runs.match import ACCOUNT_NAME, OBJECT_NAME
from syncer.tools.engine import Engine
from syncer.words.tables import Table

PLAIN = {
    "Acme, Inc.": "acme",
    "ACME Holdings Ltd": "acme holdings",
    "The Acme Company LLC": "acme",
    "Vogt Systems GmbH & Co. KG": "vogt systems and",
    "株式会社サンプル": "サンプル",
    "\uff08株\uff09サンプル": "サンプル",
    "三日月食品㈱": "三日月食品",
    "\uff21\uff23\uff2d\uff25\u3000\uff2a\uff41\uff50\uff41\uff4e": "acme japan",
    "Café Société S.A.R.L.": "cafe societe",
    "Dąbrowa Foods S.A.": "dabrowa foods",
    "Inc.": "inc",
    "が": "が",
    "": "",
}


@pytest.mark.parametrize("name", PLAIN)
def test_legal_forms_marks_and_width_are_left_out(name):
    assert plain_name(name) == PLAIN[name]


def suggested(objects, accounts):
    """Account ids suggested for each object, best first."""
    engine = Engine()
    engine.fill(Table("crm.account", {"id": "VARCHAR", "name": "VARCHAR"}, key=()), list(accounts.items()))
    engine.fill(Table("identity.ledger", dict.fromkeys(("source", "source_id", "account_id", "kind"), "VARCHAR"), key=()), [])
    named = {key: plain_name(name) for key, name in objects.items()}
    engine.fill(OBJECT_NAME, [("stripe", key, text, block) for key, text in named.items() for block in blocks(text)])
    known = {key: plain_name(name) for key, name in accounts.items()}
    engine.fill(ACCOUNT_NAME, [(key, text, block) for key, text in known.items() for block in blocks(text)])
    found: dict[str, list[str]] = {}
    for _, own, account, _, likeness in engine.rows(ALIKE):
        assert likeness >= ALIKE_PCT
        found.setdefault(own, []).append(account)
    engine.close()
    return found


def test_names_that_are_alike_are_suggested_best_first():
    accounts = {"A": "Amber Media LLC", "B": "Amber Media Group LLC", "C": "Northwind GmbH", "D": "サンプル商事株式会社", "E": "Vogt AG"}
    objects = {"1": "AMBER MEDIA", "2": "Nortwind", "3": "株式会社サンプル商事", "4": "Zenith", "5": "Media Works"}
    assert suggested(objects, accounts) == {"1": ["A", "B"], "2": ["C"], "3": ["D"]}


def test_ten_thousand_names_against_ten_thousand_stay_quick():
    words = ["Systems", "Media", "Foods", "Travel", "Energy", "Optics", "Analytics", "Publishing"]
    accounts = {f"a{number}": f"Firm{number:05} {words[number % 8]} Ltd" for number in range(10_000)}
    objects = {f"o{number}": f"Firm{number:05} {words[number % 8]} Inc" for number in range(0, 10_000, 5)}
    began = time.process_time()
    found = suggested(objects, accounts)
    assert time.process_time() - began < 10
    assert all(found[f"o{number}"][0] == f"a{number}" for number in range(0, 10_000, 5))
