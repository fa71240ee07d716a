"""Currencies and their minor units as Stripe sends them (https://docs.stripe.com/currencies)."""

from __future__ import annotations

from decimal import Decimal

from syncer.words.tables import Table

ZERO_DECIMAL = frozenset(("bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof", "xpf"))
THREE_DECIMAL = frozenset(("bhd", "jod", "kwd", "omr", "tnd"))

_CODES = """
    aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd btn bwp byn bzd cad cdf chf clp cny cop crc
    cup cve czk djf dkk dop dzd egp ern etb eur fjd fkp gbp gel ghs gip gmd gnf gtq gyd hkd hnl hrk htg huf idr ils inr irr isk jmd
    jod jpy kes kgs khr kmf kpw krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mro mru mur mvr mwk mxn myr mzn nad
    ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sdg sek sgd shp sle sll sos srd ssp std stn
    svc syp szl thb tjs tmt tnd top try ttd twd tzs uah ugx usd uyu uzs ved ves vnd vuv wst xaf xcd xcg xof xpf yer zar zmw zwg
"""
KNOWN = frozenset(_CODES.split())
"""The codes whose minor unit is known: those of ISO 4217 in use, and those that Stripe once listed (https://docs.stripe.com/currencies).

Not iqd and lyd nor codes of funds (clf, uyw …): ISO gives them other decimals than two, and Stripe does not say how it would send them.
"""

RATE = Table(
    "money.rate",
    {"currency": "VARCHAR", "quote": "VARCHAR", "day": "DATE", "rate": "DECIMAL(24,12)"},
    key=("currency", "quote", "day"),
)
"""From `day` on, 1 major unit of `currency` is `rate` major units of `quote`. Codes in lower case."""


def exponent(currency: str) -> int:
    """How many decimals the minor unit stands for: 0, 2 or 3."""
    code = currency.lower()
    if code in ZERO_DECIMAL:
        return 0
    return 3 if code in THREE_DECIMAL else 2


def money_text(amount: Decimal, currency: str) -> str:
    """An amount in major units as people write it: with the currency's own decimals, none when they are zero."""
    decimals = 0 if amount == amount.to_integral_value() else exponent(currency)
    return f"{amount:,.{decimals}f}"
