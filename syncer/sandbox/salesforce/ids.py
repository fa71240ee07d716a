"""Record ids: 15 characters where case counts, or 18 with a checksum of the case. The API takes both and answers 18."""

from __future__ import annotations

import functools
import re
import string

_DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_CHECKSUM = string.ascii_uppercase + "012345"
_SHAPE = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?")


@functools.lru_cache(maxsize=65536)
def full_id(text: str) -> str | None:
    """The 18 characters, or None for what cannot be an id.

    full_id("001000000000001") == "001000000000001AAA"
    """
    if not _SHAPE.fullmatch(text):
        return None
    return text if len(text) == 18 else text + _suffix(text)


def _suffix(text: str) -> str:
    chunks = (text[0:5], text[5:10], text[10:15])
    return "".join(_CHECKSUM[sum(1 << place for place, letter in enumerate(chunk) if letter.isupper())] for chunk in chunks)


def numbered_id(prefix: str, number: int) -> str:
    """The `number`-th id of an object: its key prefix, a pod, and the number in base 62."""
    digits = ""
    while number:
        number, digit = divmod(number, 62)
        digits = _DIGITS[digit] + digits
    short = f"{prefix}Sb0{digits.rjust(9, '0')}"
    return short + _suffix(short)
