"""Names of companies as they can be likened: without legal forms, case, marks and width. For suggestions to people, never for a match."""

from __future__ import annotations

import re
import unicodedata

LEGAL_FORMS = frozenset(
    """
    inc incorporated corp corporation co company llc llp lp plc ltd limited pty pte pvt private bhd sdn gmbh ag kg ohg ug mbh se kgaa ev
    sa sas sarl sasu eurl snc bv nv vof cv srl spa sapa snc scarl sl slu sau sc ab as asa aps oy oyj hf ehf sp zoo spzoo kft zrt bt nyrt
    sro doo dd ad ood eood ltda me eireli saic cia sicav kk gk yk tbk pt cv jsc ojsc pjsc ooo oao zao pao ip fze fzco llc the
    """.split()  # noqa: SIM905
)
JAPANESE_FORMS = re.compile(
    "(?:株式|有限|合同|合資|合名)会社|(?:一般|公益)(?:社団|財団)法人|(?:医療|学校|社会福祉)法人|[(][株有同社][)]"  # NFKC makes ㈱ (株)
)
DOTTED = re.compile(r"\b(?:\w\.){2,}|\bz o\.? ?o\b\.?")
"""S.A.R.L., G.m.b.H., sp. z o.o.: letters that belong together."""
WORD = re.compile(r"\w+")
SHORTEST = 2


def plain_name(text: str | None) -> str:
    """The words that tell a company, small, apart by blanks; empty when nothing is left.

    >>> plain_name("Acme Hóldings, Inc."), plain_name("株式会社サンプル"), plain_name("Gdynia Publishing sp. z o.o.")
    ('acme holdings', 'サンプル', 'gdynia publishing')
    """
    wide = JAPANESE_FORMS.sub(" ", unicodedata.normalize("NFKC", text or ""))
    small = DOTTED.sub(lambda found: found[0].replace(".", "").replace(" ", "") + " ", wide.casefold().replace("&", " and "))
    if not small.isascii():
        small = _without_marks(small)
    words = WORD.findall(small)
    return " ".join([word for word in words if word not in LEGAL_FORMS] or words)


def blocks(plain: str) -> set[str]:
    """What two names must have one of in common to be worth comparing: a word, the first letters, two characters in a row of Japanese."""
    joined = plain.replace(" ", "")
    found = {word for word in plain.split() if len(word) > SHORTEST} | {f"^{joined[:4]}"}
    if not plain.isascii():
        found |= {joined[place : place + 2] for place in range(len(joined) - 1)}
    return found if plain else set()


def _without_marks(text: str) -> str:
    """Latin letters without accents; the marks of kana are letters of their own and stay."""
    return "".join(_bare(char) if char < "\u0370" else char for char in text)


def _bare(char: str) -> str:
    return "".join(part for part in unicodedata.normalize("NFD", char) if not unicodedata.combining(part))
