"""What is shown of values that say who somebody is: their shape."""

from __future__ import annotations

import re

EMAIL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[^\s@<>\"']+")
LINK = re.compile(r"(https?://[^\s/?#]+)\S*")
PHONE = re.compile(r"\+?\d[\d ()./-]{5,}\d")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
LONGEST = 40


def shape(text: str) -> str:
    """The shape of a text.

    >>> shape("Acme Ltd"), shape("ann@example.com"), shape("cus_N9xk2"), shape("株式会社アクメ")
    ('Ac… L…', 'a…@e…', 'cu…', '株式…')
    """
    if EMAIL.fullmatch(text):
        local, _, domain = text.partition("@")
        return f"{local[0]}…@{domain[0]}…"
    words = text.split()
    short = [word[: 1 if place else 2] + "…" for place, word in enumerate(words[:2])]
    return " ".join(short) + (" …" if len(words) > 2 else "")


def shown(text: str) -> str:
    """A text without what could lead to a person: addresses, phone numbers and the ends of links by their shape; long ones cut.

    >>> shown("write to ann@example.com"), shown("https://dashboard.stripe.com/customers/cus_1"), shown("+81 3-1234-5678"), shown("Gold")
    ('write to a…@e…', 'https://dashboard.stripe.com/…', '+8…', 'Gold')
    """
    text = EMAIL.sub(lambda found: shape(found[0]), text)
    text = LINK.sub(r"\1/…", text)
    text = PHONE.sub(lambda found: found[0] if DAY.fullmatch(found[0]) else f"{found[0][:2]}…", text)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
