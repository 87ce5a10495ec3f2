"""Words that carry meaning on their own, in the world's main languages: negations, modals, numbers, months, countries.

Numbers, calendar, territories and titles are made by `benchmarks/quality/variants/make_lexicon.py` of the Unicode CLDR
(copyright Unicode, Inc., Unicode licence v3), num2words and Faker (MIT licence), 71 languages in all; territories hold
cities, too, where a script has no capitals. Cities and people's names, read only where capitals say nothing, are
GeoNames' (CC BY 4.0, <https://www.geonames.org>) and Faker's. Negations and modals are the short lists below: the
standard negators (Dryer 2013, "Negative Morphemes", WALS Online, chapter 112) with the negative pronouns and adverbs of
the same languages. Left out is what is a common word elsewhere (Finnish `en`, Danish `ej`).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final, TypeVar

T = TypeVar("T")

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
ei eivät eikä emme ette älä älköön mitte pole
nem nincs soha senki semmi nav nekad nėra niekada nu niciodată nimeni nimic nici ez nuk
δεν δε μη μην όχι ούτε κανένας κανείς τίποτα ոչ չի չէ არ არა ვერ ნუ
değil yok hayır hiç deyil yox heç биш үгүй
لا لم لن ليس ليست ليسوا ألا عدم غير نه نیست نیستند هیچ نباید نمی نہیں نہ مت
לא אין בלתי אינו אינה אינם אינן איננו איננה אל
नहीं न ना मत नाही नको छैन होइन না নয় নেই নি ਨਹੀਂ નથી નહીં இல்லை அல்ல లేదు కాదు ಇಲ್ಲ ಅಲ್ಲ ഇല്ല അല്ല නැත አይደለም
tidak bukan jangan belum huwag walang hakuna hapana không chưa chẳng đừng 안 ní nach ddim nid tsy kò
"""

NEGATING_PARTS: Final = (
    *("不", "没", "沒", "未", "无", "無", "非", "勿", "莫", "ない", "なか", "なく", "なけ", "ませ", "ず", "ざる"),
    *("ไม่", "มิได้", "ห้าม", "ບໍ່", "မဟုတ်", "ဘူး", "មិន", "ពុំ", "않", "못", "아니", "없"),
    *("ாது", "ாமல்", "ில்லை", "மாட்ட", "లేదు", "కాదు", "వద్దు", "ಲ್ಲ", "ಬಾರದು", "ല്ല", "രുത്"),
)
"""Negations inside words, where a script writes without spaces, in Korean and in Dravidian languages."""

NOT_NEGATING: Final = (
    *("未来", "未來", "不断", "不斷", "不同", "不仅", "不僅", "非常", "非洲", "无线", "無線", "莫斯科", "少なく"),
    *("まず", "はず", "必ず", "ずつ", "ずっと", "いずれ", "わずか"),
)
"""Words in which they mean something else: future, constantly, different, not only, very, Africa, wireless, must …"""

NEGATING_PREFIXES: Final = ("ne", "nie", "не", "ن", "نمی", "ha", "නො")
"""What makes another verb form negative: Czech, Slovak, Baltic and South Slavic, Polish, East Slavic, Persian,
Swahili, Sinhala."""

NEGATING_SUFFIXES: Final = ("নি", "না")
"""The same behind a verb: Bengali."""

_MODALS: Final = {
    "en": "must shall, should ought, may might can could",
    "en to come": "must, should ought, may can, will",
    "fr": "doit doivent devra devront, devrait devraient, peut peuvent pourra pourront pourrait pourraient",
    "es": "debe deben deberá deberán, debería deberían, puede pueden podrá podrán podría podrían",
    "ca": "deu deuen, hauria haurien, pot poden podrà podran",
    "de": "muss müssen muß, soll sollen sollte sollten, darf dürfen kann können könnte könnten",
    "de to come": "muss müssen muß, soll sollen, darf dürfen kann können, wird werden",
    "it": "deve devono dovrà dovranno, dovrebbe dovrebbero, può possono potrà potrebbe potrebbero",
    "pt": "deve devem deverá deverão, deveria deveriam, pode podem poderá poderão poderia poderiam",
    "ro": "trebuie, , poate pot",
    "nl": "moet moeten, zou zouden, mag mogen kan kunnen, zal zullen",
    "pl": "musi muszą, powinien powinna powinno powinny powinni, może mogą",
    "cs": "musí, měl měla měli mělo, smí smějí může mohou",
    "sk": "musí musia, mal mala mali malo, smie smú môže môžu",
    "sl": "mora morajo moramo, naj, sme smejo lahko more",
    "sr": "mora moraju moramo dužan dužna dužni мора морају морамо, treba trebaju треба требају, "
    "smije smiju sme smeju može mogu сме смеју може могу",
    "ru": "должен должна должно должны обязан обязана обязаны, следует, может могут вправе",
    "uk": "повинен повинна повинні мусить мусять, слід, може можуть",
    "bg": "трябва длъжен длъжни, следва, може могат",
    "el": "πρέπει οφείλει οφείλουν, , μπορεί μπορούν δύναται",
    "sv": "måste skall, bör, får kan",
    "sv to come": "måste, , får kan, ska",
    "da": "skal, bør, kan",
    "nb": "skal må, bør, kan",
    "fi": "täytyy pitää, pitäisi, voi voivat saa saavat",
    "et": "peab peavad, peaks, võib võivad tohib tohivad",
    "lv": "jābūt, vajadzētu, drīkst var",
    "lt": "privalo turi, turėtų, gali",
    "hu": "kell köteles kötelesek, kellene, lehet szabad",
    "tr": "zorunda zorundadır gerekir mecburdur, , olabilir serbesttir",
    "id": "harus wajib, sebaiknya, boleh dapat bisa",
    "ms": "mesti wajib, patut, boleh",
    "tl": "dapat kailangan, , maaari maaaring puwede",
    "sw": "lazima, anapaswa wanapaswa inapaswa, anaweza wanaweza inaweza zinaweza",
    "vi": "phải, nên, được",
    "ar": "يجب وجب يلزم يتعين, ينبغي, يجوز يمكن يحق",
    "fa": "باید بایستی, , شاید تواند توانند می‌تواند می‌توانند",
    "he": "חייב חייבת חייבים חייבות צריך צריכה צריכים, , רשאי רשאית רשאים יכול יכולה יכולים מותר",
    "hi": "होगा होगी होंगे पड़ेगा, चाहिए, सकता सकती सकते सकेगा सकेंगे",
    "ur": "ہوگا ہوگی ہوں پڑے, چاہیے, سکتا سکتی سکتے",
    "bn": "হবে, উচিত, পারে পারেন পারবে পারবেন",
    "ta": "வேண்டும், , கூடும் முடியும் லாம்",
    "ka": "უნდა, , შეიძლება შეუძლია შეუძლიათ",
    "hy": "պետք պարտավոր, , կարող",
}
"""Duty, advice, leave, what will be: a change from one to another, within a language, changes what is demanded."""

_DEMANDS: Final = "must doit doivent debe deben muss müssen muß deve devono devem moet moeten musi muszą должен должны"

_MODAL_PARTS: Final = {
    "ja": "なければな なくてはな ねばな ばなり 義務, べき, てもよ てもい でもよ でもい ことができ",
    "zh": "必须 必須 须 須 务必 務必, 应 應, 可以 可 得以",
    "ko": "야하 야한 야합 야할 야해, , 도되 도된 도됩 도돼 수있 도좋",
    "th": "ต้อง จำเป็น, ควร, อาจ สามารถ",
    "lo": "ຕ້ອງ, ຄວນ, ອາດ ສາມາດ",
    "km": "ត្រូវ, គួរ, អាច",
    "my": "ရမည်, သင့်, နိုင်",
}
"""The same inside words, where a script writes without spaces, and in Korean, where an ending tells."""

_ADDRESSED: Final = """
excellency excellencies majesty majesties highness highnesses honour honourable honorable honourables sir sirs
madam mesdames gentlemen ladies lords delegates distinguished ambassadors colleagues friends messieurs
monsieur madame señor señora señores excelencia excelencias herren damen
"""
ADDRESSED: Final = frozenset(_ADDRESSED.split())
"""Whom a speaker turns to: no name, though with a capital."""

_FIRST_PERSON: Final = """
i me my mine we us our ours je mon ma mes nous notre nos yo mi mis nosotros nuestro nuestra nuestros nuestras
ich mein meine meiner wir unser unsere unserer eu meu minha nós nosso nossa io mio mia noi nostro nostra я мой
моя моей мы наш наша нашей
"""
FIRST_PERSON: Final = frozenset(_FIRST_PERSON.split())
"""By what speakers name themselves and what is theirs."""

_HONORIFICS: Final = """
さん 氏 様 先生 教授 大使 女士 小姐 总统 總統 主席 部长 部長 博士 씨 님 여사 교수 대사 박사 선생
श्री श्रीमती सुश्री डॉ जनाब محترمہ جناب ڈاکٹر حضرت
שר גברת מר גב ד״ר นาย นาง นางสาว คุณ ดร ஶ்ரீ திரு திருமதி জনাব শ্রী বেগম
"""
HONORIFICS: Final = frozenset(_HONORIFICS.split())
"""What stands before or behind a person's name, in scripts without capitals; `titles` has more."""

GERMAN: Final = frozenset(
    ("der", "die", "das", "den", "dem", "des", "und", "ein", "eine", "einen", "ist", "sind", "von", "mit", "für", "auf")
)
"""Three of these make a text German, the one language with many speakers that writes all nouns with a capital."""


@dataclass(frozen=True)
class Lexicon:
    """The lists, folded.

    values: for each word its number or place in the calendar, by language, months and days apart from numbers;
    modals: for each word its class, by language; modal_parts: the same for parts of words; demands: what demands
    even when it is only added; territories: names of countries and regions, of one word or more, with their codes, and
    in scripts without capitals cities, with their time zones; titles: forms of address before a name (`Mr`,
    `Frau`, `пан`).
    """

    negations: frozenset[str]
    values: Mapping[str, Mapping[str, int]]
    modals: Mapping[str, Mapping[str, int]]
    modal_parts: Mapping[str, int]
    demands: frozenset[str]
    territories: Mapping[str, str]
    titles: frozenset[str]
    longest_territory: int


@cache
def lexicon() -> Lexicon:
    """The lists, read once in a process: 30 ms."""
    lists = _read("lexicon.json")
    values: dict[str, dict[str, int]] = {}
    for kind in ("numbers", "calendar"):
        for language, words in lists[kind].items():
            for word, value in words.items():
                values.setdefault(word, {})[f"{kind} {language}"] = value
    for place, word in enumerate(_KOREAN_DAYS.split(), start=1):
        values.setdefault(word, {})["days ko"] = 15 if word == "보름" else place
    for place, word in enumerate(_KOREAN_NUMBERS.split(), start=1):
        values.setdefault(word, {})["numbers ko"] = place
    modals: dict[str, dict[str, int]] = {}
    for language, place, word in _classes(_MODALS):
        modals.setdefault(word, {})[language] = place
    parts = {word: place for _, place, word in _classes(_MODAL_PARTS)}
    territories = lists["territories"]
    titles = frozenset(lists["titles"])
    negations = frozenset(_NEGATIONS.split())
    demands = frozenset(_DEMANDS.split())
    return Lexicon(negations, values, modals, parts, demands, territories, titles, max(map(len, territories)))


_KOREAN_NUMBERS: Final = "한 두 세 네"
_KOREAN_DAYS: Final = "하루 이틀 사흘 나흘 닷새 엿새 이레 여드레 아흐레 열흘 보름"


def _classes(listed: Mapping[str, str]) -> Iterator[tuple[str, int, str]]:
    """Language, class and word, of lists of classes."""
    for language, classes in listed.items():
        for place, words in enumerate(classes.split(",")):
            yield from ((language, place, word) for word in words.split())


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((files("corpuskit") / name).read_text(encoding="utf-8"))
    return found


@dataclass(frozen=True)
class Names:
    """Names where capitals say nothing, folded: cities, with a number for each, and people's."""

    cities: Mapping[str, int]
    people: frozenset[str]


@cache
def names() -> Names:
    """The names, read once in a process that needs them: 10 ms."""
    lists = _read("names.json")
    return Names(lists["cities"], frozenset(lists["people"]))


_PROCLITICS: Final = {"א": "והבלשמכ", "ا": "وفبلك"}
_SHORTEST_BARE: Final = 3


@lru_cache(maxsize=1 << 14)
def bare_forms(word: str) -> tuple[str, ...]:
    """A word, and what is left of it without particles written in one word with it: Hebrew, Arabic, Korean."""
    first = word[0]
    if "\u05d0" <= first <= "\u05ea" or "\u0620" <= first <= "\u064a":
        particles = _PROCLITICS["א" if first <= "\u05ea" else "ا"]
        forms = [word]
        for cut in (1, 2):
            if len(word) - cut >= _SHORTEST_BARE and word[cut - 1] in particles:
                forms.append(word[cut:])
            else:
                break
        if word.startswith("لل"):
            forms.append("ال" + word[2:])  # `للسيدة` is `ل` and `السيدة`
        forms += [form[2:] for form in forms if form.startswith("ال") and len(form) - 2 >= _SHORTEST_BARE]
        return tuple(forms)
    if "\uac00" <= first <= "\ud7a3":
        return tuple(word[:size] for size in range(len(word), 1, -1))
    return (word,)


def in_table(table: Mapping[str, T], word: str) -> T | None:
    """What a table has for a word, or for what is left of it without particles."""
    found = table.get(word)
    if found is None and word >= "\u0590":
        return next((table[form] for form in bare_forms(word) if form in table), None)
    return found
