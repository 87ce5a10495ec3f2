"""Words that carry meaning on their own, in the world's main languages: negations, modals, numbers, months, countries.

Numbers, calendar, territories and titles are made by `benchmarks/quality/variants/make_lexicon.py` of the Unicode CLDR
(copyright Unicode, Inc., Unicode licence v3), num2words and Faker (MIT licence), 71 languages in all; territories hold
cities, too, where a script has no capitals. Negations and
modals are the short lists below: the standard negators (Dryer 2013, "Negative Morphemes", WALS Online, chapter 112)
with the negative pronouns and adverbs of the same languages. Left out is what is a common word elsewhere (Finnish `en`,
Danish `ej`).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

_NEGATIONS: Final = """
not no nor neither never none nobody nothing nowhere cannot
ne non pas jamais aucun aucune rien nul nulle ni
nunca jamás nada nadie ningún ninguna ninguno tampoco não nem ninguém nenhum nenhuma tampouco
né nessun nessuno nessuna nulla niente
nicht kein keine keinen keinem keiner keines nie niemals niemand nichts weder niet geen nooit niemand niets
inte icke aldrig ingen inget inga varken ikke aldri intet ingenting hverken verken ekki aldrei enginn
nie nigdy nikt nic żaden żadna żadne ani není nejsou nikdy nikdo žádný nelze nikto nič žiadny nikoli nihče niso
nije nisu nema nikad nikada nitko niko ništa није нису нема никада нико ништа
не ни нет никогда никто ничто ничего нельзя никакой ні немає ніколи ніхто ніщо нічого няма никога никой нищо няма
ei eivät eikä mitte nem nincs soha senki semmi nav nekad nėra niekada nu niciodată nimeni nimic nici ez nuk
δεν δε μη μην όχι ούτε κανένας κανείς τίποτα ոչ չի չէ არ არა ვერ ნუ
değil yok hayır hiç deyil yox heç биш үгүй
لا لم لن ليس ليست ليسوا ألا عدم نه نیست نیستند هیچ نباید نہیں نہ مت
לא אין בלתי אינו אינה אינם
नहीं न ना मत नाही नको छैन होइन না নয় নেই নি ਨਹੀਂ નથી નહીં இல்லை அல்ல లేదు కాదు ಇಲ್ಲ ಅಲ್ಲ ഇല്ല അല്ല නැත አይደለም
tidak bukan jangan belum huwag walang hakuna hapana không chưa chẳng đừng
"""

NEGATING_PARTS: Final = (
    *("不", "没", "沒", "未", "无", "無", "非", "勿", "莫", "ない", "なか", "なく", "ませ"),
    *("ไม่", "มิได้", "ห้าม", "ບໍ່", "မဟုတ်", "ဘူး", "មិន", "ពុំ", "않", "못", "아니", "없"),
)
"""Negations inside words, where a script writes without spaces, and in Korean."""

NOT_NEGATING: Final = (
    "未来",
    "未來",
    "不断",
    "不斷",
    "不同",
    "不仅",
    "不僅",
    "非常",
    "非洲",
    "无线",
    "無線",
    "莫斯科",
    "少なく",
)
"""Words in which they mean something else: future, constantly, different, not only, very, Africa, wireless …"""

NEGATING_PREFIXES: Final = ("ne", "nie", "не", "ن", "نمی")
"""What makes another verb form negative: Czech, Slovak, Baltic and South Slavic, Polish, East Slavic, Persian."""

_MODALS: Final = {
    "en": "must shall, should ought, may might can could",
    "fr": "doit doivent devra devront, devrait devraient, peut peuvent pourra pourront pourrait pourraient",
    "es": "debe deben deberá deberán, debería deberían, puede pueden podrá podrán podría podrían",
    "de": "muss müssen muß, soll sollen sollte sollten, darf dürfen kann können könnte könnten",
    "it": "deve devono dovrà dovranno, dovrebbe dovrebbero, può possono potrà potrebbe potrebbero",
    "pt": "deve devem deverá deverão, deveria deveriam, pode podem poderá poderia poderiam",
    "nl": "moet moeten, zou zouden, mag mogen kan kunnen",
    "pl": "musi muszą, powinien powinna powinno powinny powinni, może mogą",
    "ru": "должен должна должно должны обязан обязана обязаны, следует, может могут вправе",
    "uk": "повинен повинна повинні мусить, слід, може можуть",
    "sv": "måste ska skall, bör, får kan",
    "da": "skal må, bør, kan",
    "id": "harus wajib, sebaiknya, boleh dapat bisa",
    "vi": "phải, nên, được",
    "ar": "يجب, ينبغي, يجوز يمكن",
}
"""Duty, advice, leave: a change from one of the three to another, within a language, changes what is demanded."""

GERMAN: Final = frozenset(
    ("der", "die", "das", "den", "dem", "des", "und", "ein", "eine", "einen", "ist", "sind", "von", "mit", "für", "auf")
)
"""Three of these make a text German, the one language with many speakers that writes all nouns with a capital."""


@dataclass(frozen=True)
class Lexicon:
    """The lists, folded.

    values: for each word its number or place in the calendar, by language, months and days apart from numbers;
    modals: for each word its class, by language; territories: names of countries and regions, of one word or more, with
    their codes, and in scripts without capitals cities, with their time zones; titles: forms of address before a name
    (`Mr`, `Frau`, `пан`).
    """

    negations: frozenset[str]
    values: Mapping[str, Mapping[str, int]]
    modals: Mapping[str, Mapping[str, int]]
    territories: Mapping[str, str]
    titles: frozenset[str]
    longest_territory: int


@cache
def lexicon() -> Lexicon:
    """The lists, read once in a process: 25 ms."""
    lists = json.loads((files("corpuskit") / "lexicon.json").read_text(encoding="utf-8"))
    values: dict[str, dict[str, int]] = {}
    for kind in ("numbers", "calendar"):
        for language, words in lists[kind].items():
            for word, value in words.items():
                values.setdefault(word, {})[f"{kind} {language}"] = value
    modals: dict[str, dict[str, int]] = {}
    for language, classes in _MODALS.items():
        for place, listed in enumerate(classes.split(",")):
            for word in listed.split():
                modals.setdefault(word, {})[language] = place
    territories = lists["territories"]
    titles = frozenset(lists["titles"])
    negations = frozenset(_NEGATIONS.split())
    return Lexicon(negations, values, modals, territories, titles, max(map(len, territories)))
