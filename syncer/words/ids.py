"""Identifiers as they can be compared."""

from __future__ import annotations

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def salesforce_id(text: str) -> str:
    """The 18-character form of a Salesforce id of 15 characters, or of 18 whose letters somebody made all small or all large; any other
    text as it is.

    Five characters make one checksum letter: bit n is set where character n is a capital
    (https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/field_types.htm, "ID Field Type").
    """
    if not text.isascii() or not text.isalnum():
        return text
    if len(text) == 18 and text in (text.lower(), text.upper()):
        text = _with_its_capitals(text)
    return text + _checksum(text) if len(text) == 15 else text


def _checksum(text: str) -> str:
    chunks = (text[start : start + 5] for start in (0, 5, 10))
    return "".join(LETTERS[sum(1 << place for place, char in enumerate(chunk) if char.isupper())] for chunk in chunks)


def _with_its_capitals(text: str) -> str:
    """The id with the capitals that its checksum tells; as it is where they do not fit each other."""
    marks = [LETTERS.find(letter) for letter in text[15:].upper()]
    own = "".join(char.upper() if marks[place // 5] >> place % 5 & 1 else char.lower() for place, char in enumerate(text[:15]))
    return own + text[15:].upper() if _checksum(own) == text[15:].upper() else text
