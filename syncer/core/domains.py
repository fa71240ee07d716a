"""Domains as they can be compared: out of mail and web addresses, and which of them are a company's own."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from syncer.core.shared_domains import PLATFORMS, SHARED

if TYPE_CHECKING:
    from collections.abc import Collection

    from publicsuffixlist import PublicSuffixList

URL = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//(?:[^/?#@]*@)?([^/?#:@]+)")
HOST = re.compile(r"(?:[\w-]{1,63}\.)+(?!\d+$)[\w-]{2,63}")


class Domain(NamedTuple):
    """`site` is what somebody registered, `acme.co.uk` of the host `eu.acme.co.uk`."""

    host: str
    site: str


def host_of(text: str | None) -> str | None:
    """The host of a mail address, a web address or a bare domain, without `www.`, in small letters and native script; None if it has none.

    >>> host_of("Ann <ann@Example.com>"), host_of("https://www.example.com/x"), host_of("www.xn--r8jz45g.jp"), host_of("n/a")
    ('example.com', 'example.com', '例え.jp', None)
    """
    if not text:
        return None
    if not text.isascii():
        # full-width letters and the ideographic full stop are what a Japanese keyboard gives
        text = unicodedata.normalize("NFKC", text).replace("\u3002", ".")
    bare = text.strip().casefold()
    found = URL.match(bare)
    host = found[1] if found else bare.rsplit("@", 1)[-1].rstrip(">").partition("/")[0].partition(":")[0]
    host = host.strip().removeprefix("www.").rstrip(".")
    if "xn--" in host:
        host = ".".join(map(_native, host.split(".")))
    return host if HOST.fullmatch(host) else None


def company_domain(text: str | None, ignored: Collection[str] = ()) -> Domain | None:
    """The domain that a company can be told by; None where many share it: free mail, public suffixes, pages, those in `ignored`.

    What stands below a domain that many share is told by its whole host: `acme.zendesk.com` has nothing to do with `beta.zendesk.com`.

    >>> company_domain("eu.acme.co.uk"), company_domain("joe@gmail.com"), company_domain("https://acme.github.io")
    (Domain(host='eu.acme.co.uk', site='acme.co.uk'), None, Domain(host='acme.github.io', site='acme.github.io'))
    """
    host = host_of(text)
    if host is None or host in SHARED or host in ignored:
        return None
    site = _suffixes().privatesuffix(host)
    if site is None:
        return None
    alone = site in PLATFORMS or site in SHARED or site in ignored
    return Domain(host, host if alone else site)


@cache
def _suffixes() -> PublicSuffixList:
    """The list of https://publicsuffix.org as it came with the package; 40 ms, so read when a domain is first compared."""
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415

    return PublicSuffixList()


def _native(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return unicodedata.normalize("NFKC", label[4:].encode("ascii").decode("punycode")).casefold()
    except (UnicodeError, OverflowError):
        return label
