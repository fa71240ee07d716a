"""Pages into parts and back as tables: the newest row wins, children follow their parent, slices are replaced, sweeps forget."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syncer.tools import store as stores
from syncer.tools.engine import Engine
from syncer.tools.intake import Intake
from syncer.tools.store import Store
from syncer.words.tables import Page, Table

THING = Table("shop.thing", {"id": "VARCHAR", "size": "BIGINT"})
PIECE = Table("shop.piece", {"thing_id": "VARCHAR", "name": "VARCHAR"}, key=("thing_id", "name"), parent="shop.thing")
DAY = Table("shop.day", {"day": "DATE", "count": "BIGINT"}, key=("day",), partition="day")
TABLES = (THING, PIECE, DAY)


@pytest.fixture
def store(tmp_path):
    return Store(str(tmp_path / "it's state"))


def read(store, table):
    engine = Engine(store)
    engine.bind(TABLES, store.latest())
    return sorted(engine.rows(f"SELECT * FROM {table}"), key=str)


def feed(store, *pages, compact=False, flush_each=True):
    intake = Intake(store, store.latest(), TABLES)
    for page in pages:
        intake.add("shop", page)
        if flush_each:
            intake.flush()
    (intake.compact if compact else intake.flush)()
    intake.close()


@pytest.mark.parametrize("compact", [False, True])
@pytest.mark.parametrize("flush_each", [False, True])
def test_the_newest_row_wins_and_children_follow_their_parent(store, compact, flush_each):
    old = Page({"shop.thing": [("a", 1), ("b", 1)], "shop.piece": [("a", "x"), ("a", "y"), ("b", "z")]}, {"page": 1})
    new = Page({"shop.thing": [("a", 2)], "shop.piece": []}, {"page": 2})
    filler = [Page({"shop.thing": [(f"f{n}", n)]}, {"page": 2}) for n in range(14 if compact else 0)]
    feed(store, old, new, *filler, compact=compact, flush_each=flush_each)
    assert [row for row in read(store, "shop.thing") if not row[0].startswith("f")] == [("a", 2), ("b", 1)]
    assert read(store, "shop.piece") == [("b", "z")]
    assert store.latest().cursors == {"shop": {"page": 2}}
    if compact and flush_each:
        assert len(store.latest().tables["shop.thing"].parts) == 1


def test_a_slice_is_replaced_whole_and_may_become_empty(store):
    monday, tuesday = date(2026, 11, 2), date(2026, 11, 3)
    feed(store, Page({"shop.day": [(monday, 1), (tuesday, 1)]}, {}, {"shop.day": ["2026-11-02", "2026-11-03"]}))
    feed(store, Page({"shop.day": [(monday, 5)]}, {}, {"shop.day": ["2026-11-02", "2026-11-03"]}))
    assert read(store, "shop.day") == [(monday, 5)]


def test_a_sweep_forgets_what_it_did_not_see_only_when_it_completes(store):
    feed(store, Page({"shop.thing": [("gone", 1), ("stays", 1)]}, {}))
    feed(store, Page({"shop.thing": [("stays", 2)]}, {}, begins=["shop.thing"]))
    assert read(store, "shop.thing") == [("gone", 1), ("stays", 2)]
    feed(store, Page({}, {}, completes=["shop.thing"]))
    assert read(store, "shop.thing") == [("stays", 2)]


def test_rows_and_cursor_are_saved_together(store):
    intake = Intake(store, store.latest(), TABLES, clock=lambda: 0.0)
    intake.add("shop", Page({"shop.thing": [("a", 1)]}, {"page": 1}))
    assert store.latest().cursors == {}
    assert read(store, "shop.thing") == []
    intake.flush()
    assert (store.latest().cursors, read(store, "shop.thing")) == ({"shop": {"page": 1}}, [("a", 1)])
    intake.close()


def test_the_engine_reads_nothing_but_the_state(store, tmp_path):
    outside = tmp_path / "secret.txt"
    outside.write_text("secret")
    engine = Engine(store)
    for hostile in (f"SELECT * FROM read_text('{outside}')", "SET threads = 1", f"COPY (SELECT 1) TO '{tmp_path}/x.csv'"):
        with pytest.raises(Exception, match=r"(?i)permission|locked"):
            engine.rows(hostile)


PAGES = st.lists(
    st.tuples(st.dictionaries(st.sampled_from("abcd") | st.none(), st.lists(st.sampled_from("xyz"), unique=True)), st.booleans())
)


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pages=PAGES)
def test_folding_changes_nothing_that_is_read(tmp_path_factory, monkeypatch, pages):
    """Pages with things of any key, null too, each with its pieces; after some of them everything is folded."""
    monkeypatch.setattr(stores, "FEW_ROWS", 0)
    store = Store(str(tmp_path_factory.mktemp("state")))
    things: dict = {}
    for number, (page, folds) in enumerate(pages):
        things |= {key: (number, pieces) for key, pieces in page.items()}
        rows = {"shop.thing": [(key, number) for key in page], "shop.piece": [(key, name) for key in page for name in page[key]]}
        feed(store, Page(rows, {}), compact=folds)
        assert read(store, "shop.thing") == sorted(((key, size) for key, (size, _) in things.items()), key=str)
        owned = [(key, name) for key, (_, pieces) in things.items() if key is not None for name in pieces]
        assert [row for row in read(store, "shop.piece") if row[0] is not None] == sorted(owned)
        assert not (folds and store.latest().tables.get("shop.thing", stores.TableState()).wants_folding)
