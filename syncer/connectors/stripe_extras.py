"""What files say beside Stripe's objects: exchange rates of a day, and what metered items came to in past periods."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from msgspec import Struct, ValidationError, convert

from syncer.connectors.stripe_faults import AMOUNT, CHOOSE, Bounds, apart, in_words, out_of_bounds
from syncer.connectors.stripe_objects import Fault, Tree, shown
from syncer.specs.rates import Rate
from syncer.words import when
from syncer.words.money import KNOWN
from syncer.words.tables import Row

FX, HISTORY = "fx", "metered_invoice_history"
RATE = Bounds(0, 10**12 - 1, 12)


class Rates(Struct):
    """1 major unit of each code is worth so many major units of `quote`."""

    date: str
    quote: str
    rates_major: dict[str, Any]


class Period(Struct):
    """What a metered item came to, in minor units."""

    subscription_item: str
    period_start: int | str
    period_end: int | str
    amount: int | str


class Extras:
    """The rates and periods of all files, each once."""

    def __init__(self) -> None:
        self._wrong: list[Fault] = []
        self._said: dict[str, dict[Any, dict[Decimal, str]]] = {FX: {}, HISTORY: {}}

    def add(self, file: str, tree: Tree) -> Tree:
        """The tree without these keys, once they are taken from its top."""
        if not isinstance(tree, dict):
            return tree
        for key, take in ((FX, self._take_rates), (HISTORY, self._take_period)):
            given = tree.get(key, [])
            for each in given if isinstance(given, list) else [given]:
                try:
                    take(file, each)
                except ValidationError as error:
                    self._wrong.append(Fault(file, key, f"{key}: {in_words(str(error), each)[1]}"))
                except ValueError as error:
                    self._wrong.append(Fault(file, key, f"{key}: {error}"))
        return {key: value for key, value in tree.items() if key not in (FX, HISTORY)}

    @property
    def rates(self) -> list[Rate]:
        return [Rate(code, quote, day, rate) for (code, quote, day), said in sorted(self._said[FX].items()) for rate in said]

    @property
    def lines(self) -> list[Row]:
        """Rows of stripe.invoice_line."""
        periods = sorted(self._said[HISTORY].items())
        return [(None, f"{item} {start}", item, start, end, amount) for (item, start, end), said in periods for amount in said]

    @property
    def faults(self) -> list[Fault]:
        """What cannot be read, and what is said in two ways."""
        clashes = []
        for kind, known in self._said.items():
            for about, said in ((about, said) for about, said in known.items() if len(said) > 1):
                told = apart((file, shown(value)) for value, file in said.items())
                clashes.append(Fault(min(said.values()), kind, f"{kind}: {' '.join(map(str, about))} is {told}; {CHOOSE}"))
        return [*self._wrong, *clashes]

    def _take_rates(self, file: str, given: Tree) -> None:
        rates = convert(given, Rates)
        day = when.day(_instant("date", rates.date))
        for code, given_rate in rates.rates_major.items():
            for name in (code, rates.quote):
                if name.lower() not in KNOWN:
                    raise ValueError(f"{name} is not a currency code; write three letters such as usd")
            rate = _number(f"the rate of {code}", given_rate)
            said = out_of_bounds(RATE, rate) or (None if rate else "must be more than 0")
            if said:
                raise ValueError(f"the rate of {code} {said}")
            if code.lower() != rates.quote.lower():
                self._say(file, FX, (code.lower(), rates.quote.lower(), day), rate)

    def _take_period(self, file: str, given: Tree) -> None:
        period = convert(given, Period)
        starts, ends = (_instant(key, getattr(period, key)) for key in ("period_start", "period_end"))
        amount = _number("amount", period.amount)
        said = out_of_bounds(AMOUNT, amount)
        if said or ends <= starts:
            raise ValueError(f"amount {said}" if said else f"the period of {period.subscription_item} ends before it starts")
        self._say(file, HISTORY, (period.subscription_item, starts, ends), amount)

    def _say(self, file: str, kind: str, key: tuple[Any, ...], value: Decimal) -> None:
        said = self._said[kind].setdefault(key, {})
        said[value] = min(file, said.get(value, file))


def _number(what: str, given: Tree) -> Decimal:
    """A number of JSON, or one in a text. ValueError says what was expected."""
    try:
        return Decimal(str(given))
    except InvalidOperation:
        raise ValueError(f"{what} must be a number, not {shown(given)}") from None


def _instant(key: str, given: int | str) -> int:
    """Epoch seconds of a number of them, a day or an ISO instant. ValueError says what was expected."""
    try:
        seconds = given if isinstance(given, int) else when.epoch(given)
        when.iso(seconds)
    except (ValueError, OverflowError, OSError):
        raise ValueError(f"{key} must be a day, an instant such as 2026-11-01T09:00:00Z or epoch seconds, not {shown(given)}") from None
    return seconds
