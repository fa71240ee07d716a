"""Names of companies as CRMs hold them: accents, ampersands, apostrophes, quotes, other scripts."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from syncer.sandbox.company.chance import Chance

_ENGLISH = (
    "Bright",
    "Harbor",
    "Silver",
    "Copper",
    "North",
    "Granite",
    "Maple",
    "Juniper",
    "Summit",
    "Quiet",
    "Blue",
    "Iron",
    "Cedar",
    "Falcon",
    "Lantern",
    "Meadow",
    "River",
    "Orchard",
    "Beacon",
    "Cobalt",
    "Ember",
    "Prairie",
    "Willow",
    "Anchor",
    "Compass",
    "Redwood",
    "Sterling",
    "Coral",
    "Amber",
    "Kestrel",
)
_TRADES = (
    "Logistics",
    "Analytics",
    "Robotics",
    "Software",
    "Foods",
    "Health",
    "Energy",
    "Media",
    "Insurance",
    "Freight",
    "Systems",
    "Textiles",
    "Pharma",
    "Mobility",
    "Learning",
    "Finance",
    "Security",
    "Travel",
    "Optics",
    "Interiors",
    "Aerospace",
    "Publishing",
    "Water",
    "Materials",
    "Networks",
)
_JAPANESE = (
    ("さくら", "sakura"),
    ("富士見", "fujimi"),
    ("青空", "aozora"),
    ("三日月", "mikazuki"),
    ("大和", "yamato"),
    ("若葉", "wakaba"),
    ("白川", "shirakawa"),
    ("みなと", "minato"),
    ("北斗", "hokuto"),
    ("千歳", "chitose"),
    ("朝日野", "asahino"),
    ("松島", "matsushima"),
)
_JAPANESE_TRADES = (
    ("電機", "denki"),
    ("製作所", "seisakusho"),
    ("物流", "butsuryu"),
    ("食品", "shokuhin"),
    ("システム", "system"),
    ("商事", "shoji"),
    ("印刷", "insatsu"),
    ("薬品", "yakuhin"),
)
_FAMILIES = {
    "Germany": ("Grün", "Schäfer", "Köhler", "Weiß", "Brandt", "Jäger", "Möller", "Vogt", "Lindner", "Straub", "Böhm"),
    "France": (
        "Lefèvre",
        "d'Aubigné",
        "Béranger",
        "Garçon",
        "Noël",
        "Château",
        "Rivière",
        "L'Hôte",
        "Deschênes",
        "Édouard",
    ),
    "Denmark": ("Søndergaard", "Møller", "Ærø", "Kjær", "Ågaard", "Lund", "Nørgaard", "Holm"),
    "Poland": ("Żubr", "Łącki", "Świt", "Dąbrowa", "Kraków", "Wójcik", "Źródło", "Gdynia"),
    "Bahrain": ("Al Noor", "Al Manar", "Gulf Pearl", "Dilmun", "Al Fateh", "Sitra", "Awali", "Muharraq"),
}
_FORMS = {
    "United States": (
        "{0} {1}, Inc.",
        "{0} {1} LLC",
        "{0} & {2} {1}",
        "{0}'s {1}",
        '{0} "{2}" {1} Co.',
        "{0}{2}",
        "{0} {1} Group",
    ),
    "United Kingdom": ("{0} {1} Ltd", "{0} & {2} {1} plc", "O'{0} & Daughters", "{0} {1}", "The {0} {1} Company"),
    "Canada": ("{0} {1} Inc.", "{0}-{2} {1}", "{0} {1} Québec Ltée"),
    "Germany": ("{0} {1} GmbH", "{0} & Söhne {1} KG", "{0} + {2} AG", "{0} {1}"),
    "France": ("{0} {1} SARL", "Atelier {0}", "{0} & Fils {1}", "Société {0} {1} S.A."),
    "Denmark": ("{0} & {2} A/S", "{0} {1} ApS"),
    "Poland": ("{0} {1} sp. z o.o.", "{0} {1} S.A."),
    "Bahrain": ("{0} {1} W.L.L.", "{0} {1} B.S.C."),
    "Japan": ("株式会社{0}{1}", "{0}{1}株式会社", "{2} {3} K.K.", "{0}{1}(株)"),
}
"""{0} and {2} are families or words, {1} a trade; in Japan {2} and {3} are the Latin letters of {0} and {1}."""

_LATIN = str.maketrans({"ß": "ss", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae", "ł": "l", "Ł": "L", "å": "a", "Å": "A"})


def make_name(chance: Chance, country: str) -> tuple[str, str]:
    """A name and its Latin letters for a domain: ("株式会社さくら電機", "sakura-denki")."""
    form = chance.choice(_FORMS[country])
    if country == "Japan":
        (kanji, latin), (trade, trade_latin) = chance.choice(_JAPANESE), chance.choice(_JAPANESE_TRADES)
        return form.format(kanji, trade, latin.capitalize(), trade_latin.capitalize()), f"{latin}-{trade_latin}"
    first, second = chance.sample(_FAMILIES.get(country, _ENGLISH), 2)
    name = form.format(first, chance.choice(_TRADES), second)
    return name, _slug(name.split(",")[0])


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.translate(_LATIN)).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")
