"""Write the word lists that the guard reads: numbers, months, days, territories and forms of address.

    pip install babel==2.18.0 num2words==0.5.14 faker==40.54.0
    python benchmarks/quality/variants/make_lexicon.py src/corpuskit/lexicon.json

Months, days and territories are those of the Unicode CLDR (Unicode licence v3) as Babel has them; number words are
what num2words says. Forms of address are what Faker (MIT licence) sets before the names of women and men, in all of its
languages. In scripts without capitals the cities that CLDR names time zones by are territories too. Of numbers, months
and days only single words of at least two characters are kept; a word that a language has for two values is left out
there.
"""

import json
import pkgutil
import re
import sys
import unicodedata
from importlib import import_module
from pathlib import Path
from typing import Any

from babel import Locale, localedata
from faker.providers import person
from num2words import num2words

# Official languages of the UN and of states with many speakers; all scripts that CLDR covers at its "modern" level.
LANGUAGES = (
    "en fr es de it pt nl pl ru uk be bg sr mk cs sk sl hr ro hu el tr az kk uz sv da nb fi et lv lt is ga ca eu gl sq "
    "ar fa he ur ps hi bn mr ne pa gu ta te kn ml si th lo km my ka hy am zh zh_Hant ja ko vi id ms sw tl mn"
)
SHORTEST_CITY = (4, 2)
"""Shorter ones would be found inside words; in ideographs each character says more."""

VALUES = [*range(100), 100, 1000, 1_000_000]


def folded(word: str) -> str:
    """As `text.normalize` folds a single word."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", word).casefold()).strip(" .")


def keep(found: dict[str, set[int]]) -> dict[str, int]:
    """Single words with one value, in order."""
    for word in [word for word in found if any(mark in word for mark in "’'")]:
        part = max(re.split("[’']", word), key=len)  # as texts are cut into words: `п’ятнадцять`
        found.setdefault(part, set()).update(found[word] if len(part) > 3 else {-1, -2})
    fine = {word: min(values) for word, values in found.items() if len(values) == 1 and len(word) > 1}
    return {word: fine[word] for word in sorted(fine) if not any(mark in word for mark in " -’'")}


def numbers(language: str) -> dict[str, int]:
    """The words of cardinals and ordinals."""
    found: dict[str, set[int]] = {}
    for value in VALUES:
        for kind in ("cardinal", "ordinal"):
            try:
                words = num2words(value, lang=language, to=kind)
            except (NotImplementedError, OverflowError, KeyError, IndexError, TypeError, ValueError):
                continue
            if any(char.isalpha() for char in words):
                found.setdefault(folded(words), set()).add(value)
    return keep(found)


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
                    found.setdefault(folded(word), set()).add(int(value) + base)
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


if __name__ == "__main__":
    main()
