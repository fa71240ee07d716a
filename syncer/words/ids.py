"""Identifiers as they can be compared: domains, Salesforce ids."""

from __future__ import annotations

from urllib.parse import urlsplit

# fmt: off
FREE_MAIL = frozenset((
    "gmail.com", "googlemail.com", "yahoo.com", "yahoo.co.jp", "ymail.com", "outlook.com", "outlook.jp", "hotmail.com", "live.com",
    "msn.com", "icloud.com", "me.com", "mac.com", "aol.com", "gmx.com", "gmx.de", "gmx.net", "web.de", "t-online.de", "mail.com",
    "mail.ru", "yandex.ru", "yandex.com", "proton.me", "protonmail.com", "zoho.com", "qq.com", "163.com", "126.com", "naver.com",
    "daum.net", "hanmail.net", "docomo.ne.jp", "ezweb.ne.jp", "softbank.ne.jp", "orange.fr", "wanadoo.fr", "free.fr", "laposte.net",
    "libero.it",
))
# fmt: on


def domain_of(text: str | None) -> str | None:
    """The lower-case domain of a mail address, a web address or a bare domain, without `www.`; None for free mail and for what is none.

    >>> domain_of("Ann <ann@Example.com>"), domain_of("https://www.example.com/x"), domain_of("joe@gmail.com")
    ('example.com', 'example.com', None)
    """
    if not text:
        return None
    bare = text.strip().strip("<>").lower().rstrip(">")
    host = bare.rsplit("@", 1)[-1] if "@" in bare else (urlsplit(bare if "//" in bare else f"//{bare}").hostname or "")
    host = host.removeprefix("www.").rstrip(".")
    if "." not in host or " " in host or host in FREE_MAIL:
        return None
    return host


def salesforce_id(text: str) -> str:
    """The 18-character form of a 15-character Salesforce id; any other text as it is.

    Five characters make one checksum letter: bit n is set where character n is a capital
    (https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/field_types.htm, "ID Field Type").
    """
    if len(text) != 15 or not text.isalnum():
        return text
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    chunks = (text[start : start + 5] for start in (0, 5, 10))
    return text + "".join(letters[sum(1 << place for place, char in enumerate(chunk) if char.isupper())] for chunk in chunks)
