"""Which encoding a text that is not UTF-8 looks like, so that people know what their editor saved."""

from __future__ import annotations

import codecs
import re

MARKS = {codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16"}
JAPANESE_LEAD = re.compile(rb"[\x81-\x9f][\x40-\x7e\x80-\xfc]")
"""Kana and everyday kanji in Shift_JIS begin with such bytes; in Windows-1252 these are rare signs, letters with accents stand higher."""


def looks_like(raw: bytes) -> str:
    """`Shift_JIS (Japanese Windows)`, `Windows-1252 (Western European)` or the like."""
    for mark, name in MARKS.items():
        if raw.startswith(mark):
            return name
    if b"\0" in raw:
        return "no text file"
    if JAPANESE_LEAD.search(raw) and _reads(raw, "cp932"):
        return "Shift_JIS (Japanese Windows)"
    return "Windows-1252 (Western European)" if _reads(raw, "cp1252") else "no text file"


def _reads(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
