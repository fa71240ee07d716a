"""MRR from files and from the state: the same models, the same figures, whatever way the objects came."""

from __future__ import annotations

import json

import pytest
from stage import open_stage
from test_mrr_cases import AS_OF, CASES

from syncer.core.compose import compose, mrr_macros
from syncer.core.mrr_told import as_json
from syncer.runs.mrr import Books
from syncer.sandbox.company import make_company
from syncer.specs.mrr_policy import MrrPolicy, policy_of
from syncer.words import when

INSTANT = when.epoch(AS_OF)
LISTS = {
    "customers": "",
    "products": "",
    "prices": "&expand[]=data.tiers",
    "coupons": "&expand[]=data.applies_to",
    "subscriptions": "&status=all&expand[]=data.discounts&expand[]=data.items.data.discounts",
    "invoices": "",
}
GOOD = [case for case in CASES if not case.name.startswith(("problem_", "usage_"))]
SHUFFLED = [case for case in GOOD if len(list(case.iterdir())) > 2 and not case.name.startswith("published_")]
PLANNED = [case for case in GOOD if '"plan"' in (case / "expected.json").read_text()]


def told(paths, policy=MrrPolicy(), as_of=INSTANT):
    with Books.of_files(paths) as books:
        return as_json(books.statements(policy, as_of), policy, as_of)["customers"]


@pytest.mark.parametrize("case", SHUFFLED, ids=lambda case: case.name)
def test_order_repeats_and_splits_change_nothing(case, tmp_path):
    paths = [path for path in sorted(case.iterdir()) if path.name != "expected.json"]
    policy = policy_of(None, {"reporting_currency": "usd", "override_key": "mrr", "metered": "trailing_3m_average"})
    pieces = [piece for path in paths for piece in split(path.read_text(encoding="utf-8-sig"))]
    files = [tmp_path / f"{number}.json" for number in range(len(pieces))]
    for file, piece in zip(files, pieces, strict=True):
        file.write_text(json.dumps(piece))
    assert told([*reversed(files), *paths], policy) == told(paths, policy)


def split(text):
    """Each object of a file as a file of its own, lists and arrays taken apart; keys in another order."""
    try:
        tree = json.loads(text)
    except json.JSONDecodeError:
        tree = [json.loads(line) for line in text.splitlines()]
    if isinstance(tree, dict) and tree.get("object") == "list":
        tree = tree["data"]
    elif isinstance(tree, dict) and "object" not in tree:
        extras = [{key: tree[key]} for key in ("fx", "metered_invoice_history") if key in tree]
        tree = [*extras, *(each for key, value in tree.items() if not key.startswith(("fx", "metered")) for each in value)]
    pieces = tree if isinstance(tree, list) else [tree]
    return [dict(reversed(piece.items())) for piece in reversed(pieces)]


def test_plans_are_those_of_a_sync():
    """Here they are told per currency; a sync tells them per account, where that has one currency."""
    query = f"SELECT account_id, plan, plans FROM ({compose('stripe_account_item', mrr_macros(MrrPolicy()))})"
    for case in PLANNED:
        with Books.of_files(path for path in case.iterdir() if path.name != "expected.json") as books:
            statements = books.statements(MrrPolicy(), INSTANT)
            books._engine.define("identity.match", EACH_ITSELF)
            plans = {account: told for account, *told in books._engine.rows(query, {"as_of": INSTANT})}
        customers = [statement.total.customer for statement in statements]
        for statement in statements:
            if customers.count(statement.total.customer) == 1 and statement.total.mrr is not None:
                expected = [statement.plan, "; ".join(statement.plans) or None]
                assert plans.get(statement.total.customer, [None, None]) == expected, case.name


EACH_ITSELF = "SELECT 'stripe' AS source, id AS source_id, id AS account_id, 'itself' AS rule FROM stripe.customer"


def test_files_of_the_api_are_what_a_pull_reads(tmp_path):
    with open_stage(tmp_path, make_company(40, seed=5)) as stage:
        assert stage.command("pull").code == 0
        files = [str(file) for file in downloaded(stage, tmp_path)]
        as_of = stage.settings["SYNCER_AS_OF"]
        for words in ((), ("--set", "metered=trailing_3m_average", "--set", "trialing=include")):
            of_state, of_files = (stage.command("mrr", *given, *words, "--as-of", as_of, "--json") for given in ((), files))
            assert (of_state.code, of_files.code, of_files.err) == (0, 0, "")
            in_files, in_state = ({each["customer"]: each for each in said.lines[0]["customers"]} for said in (of_files, of_state))
            long = {name for name, each in in_files.items() if "has more items" in (each["unknown"] or "")}
            assert len(long) < 3, "a pull reads the rest of a list of items, a file has its first page"
            assert {**in_files, **dict.fromkeys(long)} == {**in_state, **dict.fromkeys(long)}


def downloaded(stage, folder):
    """Every page of every list as it came, a file each."""
    for name, query in LISTS.items():
        last, page = "", {"has_more": True}
        while page["has_more"]:
            page = stage.stripe("GET", f"/v1/{name}?limit=100{query}{last}")
            file = folder / f"{name}{last.rpartition('=')[2]}.json"
            file.write_text(json.dumps(page, default=str))
            yield file
            last = f"&starting_after={page['data'][-1]['id']}" if page["data"] else ""


def test_without_files_and_without_a_pull_it_says_what_to_do(tmp_path):
    with open_stage(tmp_path, make_company(2, seed=5)) as stage:
        said = stage.command("mrr")
    assert (said.code, said.out) == (2, "")
    assert said.err == "syncer: nothing has been read of Stripe yet: give FILEs with its objects, or run syncer pull first\n"
