"""Invoices: all of them once, then those that change."""

from decimal import Decimal

from kept import Kept
from stripe_books import DAY, LISTENED, NOW, asked, changes

from syncer.connectors.stripe import MANY
from syncer.sandbox.shapes import stripe as shape


def bill(server, count, *, first=0, status="paid", lines=1, told=None):
    """Invoices of sub_004, a day apart, oldest first; `told` is the event that tells of them now."""
    parent = shape.item_parent("sub_004", "si_sub_004_000")
    made = []
    for number in range(first, first + count):
        created = NOW - 900 * DAY + number * DAY
        period = {"start": created, "end": created + DAY}
        own = [shape.invoice_line(f"il_{number:03}_{place:02}", 100, "usd", 1, period, parent) for place in range(lines)]
        about = shape.subscription_parent("sub_004")
        made.append(shape.invoice(f"in_{number:03}", "cus_004", "usd", status, created, own, about, settled=created + 60))
    server.world.load({"stripe": {"invoices": made}})
    if told:
        events = [
            {"id": f"evt_{one['id']}", "type": told, "created": NOW + 5, "data": {"object": {"object": "invoice", **one}}} for one in made
        ]
        server.world.load({"stripe": {"events": events}})


def test_invoices_with_all_their_lines(server, source):
    bill(server, 230)
    bill(server, 1, first=230, status="open", lines=12)
    bill(server, 1, first=231, status="draft", lines=12)
    kept = Kept(source.tables)
    kept.pull(source, NOW)
    invoices = kept.records("stripe.invoice")
    assert len(invoices) == 232
    created = NOW - 900 * DAY
    assert invoices["in_000"] == {
        "id": "in_000", "customer_id": "cus_004", "subscription_id": "sub_004", "currency": "usd", "status": "paid", "created": created,
        "due_date": None, "paid_at": created + 60, "amount_paid": 100, "amount_remaining": 0, "deleted": False,
    }  # fmt: skip
    assert (invoices["in_230"]["status"], invoices["in_230"]["amount_remaining"]) == ("open", 1200)
    lines = kept.rows("stripe.invoice_line")
    assert lines[0] == ("in_000", "il_000_00", "si_sub_004_000", created, created + DAY, Decimal(100))
    assert sum(line[0] == "in_230" for line in lines) == 12
    assert invoices["in_231"]["status"] == "draft"
    assert not any(line[0] == "in_231" for line in lines), "a draft's lines still change"
    paths = [path for _, path in asked(server) if path.startswith("/v1/invoices")]
    assert paths == ["/v1/invoices", "/v1/invoices/in_230/lines", "/v1/invoices", "/v1/invoices"]


def test_a_paid_invoice_is_one_call_more(server, source):
    bill(server, 3, status="open")
    kept = Kept(source.tables)
    kept.pull(source, NOW)
    changes(server)("POST", "/v1/invoices/in_001/pay")
    server.world.requests.clear()
    kept.pull(source, NOW + 60)
    assert asked(server) == [*LISTENED, ("GET", "/v1/invoices/in_001")]
    assert {name: row["status"] for name, row in kept.records("stripe.invoice").items()} == {
        "in_000": "open", "in_001": "paid", "in_002": "open",
    }  # fmt: skip
    assert kept.records("stripe.invoice")["in_001"]["amount_remaining"] == 0


def test_many_changed_invoices_do_not_list_all_history(server, source):
    bill(server, 350)
    kept = Kept(source.tables)
    kept.pull(source, NOW)
    bill(server, 1, status="void", told="invoice.voided")  # an old one
    bill(server, MANY + 20, first=350, told="invoice.paid")
    server.world.requests.clear()
    kept.pull(source, NOW + 60)
    invoices = kept.records("stripe.invoice")
    assert len(invoices) == 350 + MANY + 20
    assert invoices["in_000"]["status"] == "void"
    paths = [path for _, path in asked(server)]
    assert paths.count("/v1/invoices") == 1
    assert sum(path.startswith("/v1/invoices/in_") for path in paths) == MANY
    server.world.requests.clear()
    kept.pull(source, NOW + 120)
    assert set(asked(server)) == set(LISTENED)


def test_a_crash_among_many_changed_invoices_loses_none(server, source):
    kept = Kept(source.tables)
    kept.pull(source, NOW)
    bill(server, MANY + 120, told="invoice.finalized")
    before = kept.cursor
    pages = kept.pull(source, NOW + 60)
    for most in (1, 2, 3, 60, pages - 1):
        again = Kept(source.tables)
        again.cursor = before
        again.pull(source, NOW + 60, most)
        again.pull(source, NOW + 60)
        assert again.rows("stripe.invoice") == kept.rows("stripe.invoice")
