"""Domains out of what people write, and which of them tell a company."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncer.core.domains import Domain, company_domain, host_of


def wide(text):
    """The full-width forms of ASCII, as a Japanese keyboard gives them."""
    return "".join(chr(ord(char) + 0xFEE0) for char in text)


HOSTS = {
    "Ann <ann@Example.com>": "example.com",
    "mailto:ann@acme.co.jp": "acme.co.jp",
    "https://www.acme.com:8080/a?b#c": "acme.com",
    "HTTP://user:word@Acme.com/": "acme.com",
    "https://medium.com/@acme": "medium.com",
    "//acme.com": "acme.com",
    "acme.com/jp": "acme.com",
    "acme.com.": "acme.com",
    " www.acme.com ": "acme.com",
    wide("acme.com"): "acme.com",
    wide("ann@acme.co.jp"): "acme.co.jp",
    "例え。jp": "例え.jp",
    "https://xn--r8jz45g.jp/": "例え.jp",
    "XN--R8JZ45G.JP": "例え.jp",
    "straße.de": "strasse.de",
    "xn--strae-oqa.de": "strasse.de",
    "xn--99999999.com": "xn--99999999.com",
}
NO_HOSTS = [
    "",
    None,
    "n/a",
    "-",
    "acme",
    "localhost",
    "10.0.0.1",
    "http://[::1",
    "http://[x]/",
    "ann@",
    "a b.com",
    "acme..com",
    "こちら",
    "https://",
]


@pytest.mark.parametrize("text", HOSTS)
def test_a_host_is_read_out_of_what_people_write(text):
    assert host_of(text) == HOSTS[text]


@pytest.mark.parametrize("text", NO_HOSTS)
def test_what_has_no_host_has_none(text):
    assert host_of(text) is None


SITES = {
    "eu.acme.com": "acme.com",
    "a.b.acme.co.uk": "acme.co.uk",
    "www2.acme.co.jp": "acme.co.jp",
    "例え.jp": "例え.jp",
    "eu.例え.jp": "例え.jp",
    "acme.github.io": "acme.github.io",
    "x.acme.github.io": "acme.github.io",
    "acme.herokuapp.com": "acme.herokuapp.com",
    "city.kawasaki.jp": "city.kawasaki.jp",
    "acme.zendesk.com": "acme.zendesk.com",
    "zendesk.com": "zendesk.com",
    "corp.orange.fr": "corp.orange.fr",
    "acme.newtopleveldomain": "acme.newtopleveldomain",
}


@pytest.mark.parametrize("host", SITES)
def test_the_owner_of_a_host_is_who_registered_it(host):
    assert company_domain(host) == Domain(host, SITES[host])


@pytest.mark.parametrize(
    "text",
    [
        "co.uk",
        "github.io",
        "joe@gmail.com",
        "taro@docomo.ne.jp",
        "x@qq.com",
        "facebook.com/acme",
        "https://sites.google.com/view/acme",
        "com",
    ],
)
def test_what_many_share_is_no_companys(text):
    assert company_domain(text) is None


def test_a_company_can_name_domains_that_its_customers_share():
    assert company_domain("ann@reseller.example", {"reseller.example"}) is None
    assert company_domain("acme.reseller.example", {"reseller.example"}) == Domain("acme.reseller.example", "acme.reseller.example")


@given(st.text(max_size=60))
def test_any_text_has_a_host_that_is_its_own_host_or_none(text):
    host = host_of(text)
    assert host is None or host_of(host) == host


def test_the_list_of_suffixes_costs_nothing_until_a_domain_is_compared():
    code = "import sys, syncer.cli.jobs, syncer.runs.sync, syncer.core.domains; print('publicsuffixlist' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
