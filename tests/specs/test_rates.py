"""The table of exchange rates beside the mapping: rows by day, and every fault with its line."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from syncer.specs.rates import Rate, load_rates

HEADER = "day,currency,quote,rate\n"


def load(folder, text, name="rates.csv"):
    place = folder / "mappings" / name
    place.parent.mkdir(exist_ok=True)
    place.write_text(text, encoding="utf-8")
    rates, problems = load_rates(folder, name)
    return rates, [str(problem) for problem in problems]


def test_rows_are_rates_in_small_letters_and_exact(tmp_path):
    text = HEADER + "2026-10-31,EUR,usd,1.0850\n2026-11-30,jpy,USD,0.006612345678\n"
    assert load(tmp_path, text) == (
        [
            Rate("eur", "usd", date(2026, 10, 31), Decimal("1.0850")),
            Rate("jpy", "usd", date(2026, 11, 30), Decimal("0.006612345678")),
        ],
        [],
    )


def test_the_guide_s_table_is_one(tmp_path):
    guide = (Path(__file__).parents[2] / "mappings/MRR.md").read_text(encoding="utf-8")
    rates, problems = load(tmp_path, guide.partition("```csv\n")[2].partition("```")[0])
    assert (len(rates), problems) == (3, [])


def test_columns_may_stand_in_any_order_and_be_set_apart_by_semicolons(tmp_path):
    rates, problems = load(tmp_path, "rate;note;quote;currency;day\n1.5;by hand;usd;gbp;2026-10-31\n")
    assert (rates, problems) == ([Rate("gbp", "usd", date(2026, 10, 31), Decimal("1.5"))], [])


def test_a_project_need_not_have_rates(tmp_path):
    assert load_rates(tmp_path, "rates.csv") == ([], [])
    assert load_rates(tmp_path, "salesforce.rate") == ([], [])


def test_a_file_of_another_name_must_be_there(tmp_path):
    _, [problem] = load_rates(tmp_path, "fx.csv")
    assert str(problem) == "mappings/fx.csv:1:1: cannot read the file: there is no such file; check the path"


FAULTS = {
    "31.10.2026,eur,usd,1.1": "31.10.2026 is not a day; write it as 2026-10-31",
    "2026-02-30,eur,usd,1.1": "2026-02-30 is not a day; write it as 2026-10-31",
    ",eur,usd,1.1": "an empty cell is not a day; write it as 2026-10-31",
    "2026-10-31,eru,usd,1.1": "eru is not a currency code; write one such as usd",
    "2026-10-31,euro,usd,1.1": "euro is not a currency code; write one such as usd",
    "2026-10-31,eur,,1.1": "an empty cell is not a currency code; write one such as usd",
    "2026-10-31,usd,USD,1": "a rate of usd in itself is 1 and need not be written; remove the line",
    **{
        f"2026-10-31,eur,usd,{rate}": f"{rate.strip(chr(34))} is not a rate; "
        "write a number above 0 such as 1.0850, with up to 12 digits on either side"
        for rate in ("0", "0.000", "-1.1", '"1,085"', "1e3", "1.0000000000001", "1234567890123", "nan", "\u0661")
    },
}


@pytest.mark.parametrize("line", FAULTS)
def test_a_fault_is_named_with_its_line(tmp_path, line):
    rates, problems = load(tmp_path, f"{HEADER}2026-10-30,eur,usd,1.1\n{line}\n")
    assert problems == [f"mappings/rates.csv:3:1: {FAULTS[line]}"]
    assert len(rates) == 1


def test_all_faults_come_at_once_and_a_second_rate_for_a_day_is_one(tmp_path):
    text = HEADER + "2026-10-31,eur,usd,1.1\nx,eur,usd,0\n2026-10-31,EUR,USD,1.2\n"
    assert load(tmp_path, text)[1] == [
        "mappings/rates.csv:3:1: 0 is not a rate; write a number above 0 such as 1.0850, with up to 12 digits on either side",
        "mappings/rates.csv:3:1: x is not a day; write it as 2026-10-31",
        "mappings/rates.csv:4:1: the rate of eur in usd for 2026-10-31 stands on line 2 already; keep one",
    ]


def test_a_column_that_is_missing_is_named(tmp_path):
    assert load(tmp_path, "day,currency,rate\n2026-10-31,eur,1.1\n") == (
        [],
        ["mappings/rates.csv:1:1: there is no column quote; the file has day, currency, rate"],
    )
