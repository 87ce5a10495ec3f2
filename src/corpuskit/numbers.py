"""Numbers and dates that one wording has and the other has not: digits, words for them, months, numerals.

The idea: compare values, not words. Number words and months count only against others of the same language, and
`twenty-five` is `25`.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from corpuskit.edits import Hits, Side, Sides
from corpuskit.lexicon import in_table, lexicon
from corpuskit.reading import CHINESE

LONG_WORD: Final = 6
LARGE, TOO_LARGE = 11, 100
"""Number words that mean something without another to set them against: so long, and for such numbers."""


@lru_cache(maxsize=1 << 16)
def is_number(word: str) -> bool:
    """Whether a folded word is a number in digits, or in two Chinese numerals or more."""
    return unicodedata.category(word[0])[0] == "N" or (len(word) > 1 and word[0] in CHINESE and word[1] in CHINESE)


def moved(side: Side, other: Side, hits: Sequence[int]) -> bool:
    """Whether the other text has each of the words as often, only elsewhere: `version 2 of the licence`."""
    texts = side.reading.folded, other.reading.folded
    return all(texts[0].count(side.words[at]) == texts[1].count(side.words[at]) for at in hits)


_LETTER_IN_BRACKETS: Final = re.compile(r"[\d)]\((\w{1,4})\)")


def lettered(left: Side, right: Side) -> Hits:
    """Letters in brackets behind a number, on both sides, and not the same: `Section 4(b)`, `6(c)(ii)`."""
    hits = [[at for at, word in enumerate(side.words) if _is_lettered(side, at, word)] for side in (left, right)]
    if not hits[0] or not hits[1]:
        return None
    one, two = ([side.words[at] for at in found] for side, found in zip((left, right), hits, strict=True))
    return (hits[0], hits[1]) if one != two else None


def _is_lettered(side: Side, at: int, word: str) -> bool:
    reading, place = side.reading, side.begin + at
    if len(word) > LONGEST_LETTERED or not reading.before(place).endswith("("):
        return False
    start, end = reading.starts[place], reading.ends[place]
    return _LETTER_IN_BRACKETS.fullmatch(reading.text[max(start - 2, 0) : end + 1]) is not None


LONGEST_LETTERED: Final = 4


def said_in_digits(side: Side, other: Side, hits: Sequence[int]) -> bool:
    """Whether words are numbers that the other text has in digits: `within thirty (30) days`, `within 30 days`."""
    known = lexicon().values
    return all(
        any(str(value) in other.reading.folded for value in known.get(side.words[at], {}).values()) for at in hits
    )


def number_hits(words: Sides, written: Sequence[Sequence[str]]) -> Hits:
    """Numbers of both sides, if they are not the same."""
    digits = [[at for at, word in enumerate(side) if is_number(word)] for side in words]
    left, right = ([side[at] for at in hits] for side, hits in zip(words, digits, strict=True))
    if left != right:
        if len(left) == len(right) and all(map(_is_footnoted, left, right)):
            return None
        said = _in_words(left, words[1]) if not right else _in_words(right, words[0]) if not left else False
        return None if said else (digits[0], digits[1])
    return values_differ(words, lexicon().values) or _numerals(words, written) or _more_in_words(words)


_YEAR: Final = re.compile("(?:1[89]|20)[0-9][0-9]")
LONGEST_NOTE: Final = 2


def _is_footnoted(one: str, two: str) -> bool:
    """Whether two numbers are one, or one year with the number of a note set against it: `1979`, `197924`."""
    year, other = sorted((one, two), key=len)
    return one == two or (
        _YEAR.fullmatch(year) is not None
        and other.startswith(year)
        and len(other) - len(year) <= LONGEST_NOTE
        and other.isdigit()
    )


def is_misread_pronoun(side: Side, other: Side, hits: Sequence[int]) -> bool:
    """Whether the one number is an `I` as scans read it: `1 must again express`."""
    if len(hits) != 1 or side.words[hits[0]] != "1" or "I" not in {*side.reading.written, *other.reading.written}:
        return False
    reading, behind = side.reading, side.begin + hits[0] + 1
    return behind < len(reading.written) and reading.written[behind].islower() and reading.before(behind) == " "


def _more_in_words(words: Sides) -> Hits:
    """Number words that one side has and the other has none for, if no language has a small number for them.

    Short ones are common words elsewhere (`cent`, `elf`), and small ones say little (`one of`, `first`).
    """
    known = lexicon().values
    if any(map(is_number, (*words[0], *words[1]))) or all(any(map(known.__contains__, side)) for side in words):
        return None
    left, right = (
        [at for at, word in enumerate(side) if len(word) >= LONG_WORD and word in known and is_large(word)]
        for side in words
    )
    return (left, right) if left or right else None


@lru_cache(maxsize=1 << 10)
def is_large(word: str) -> bool:
    """Whether a number word means a large number in every language that has it."""
    values = lexicon().values[word].items()
    return all(kind.startswith("numbers") and LARGE <= value < TOO_LARGE for kind, value in values)


def _in_words(digits: Sequence[str], words: Sequence[str]) -> bool:
    """Whether number words of one language add up to the one number in digits: `twenty-five`."""
    known = [lexicon().values[word] for word in words if word in lexicon().values]
    if len(digits) != 1 or not known:
        return False
    shared = set.intersection(*(set(values) for values in known))
    return any(str(sum(values[language] for values in known)) == digits[0] for language in shared)


def values_differ(words: Sides, table: Mapping[str, Mapping[str, int]]) -> Hits:
    """Words with a value on both sides in one language, and not the same values."""
    sides = [
        [(at, value) for at, word in enumerate(side) if (value := in_table(table, word)) is not None] for side in words
    ]
    if not sides[0] or not sides[1]:
        return None
    languages = {language for _, values in sides[0] for language in values}
    for language in sorted(languages & {language for _, values in sides[1] for language in values}):
        left, right = ([(at, values[language]) for at, values in side if language in values] for side in sides)
        if [value for _, value in left] != [value for _, value in right]:
            return [at for at, _ in left], [at for at, _ in right]
        return None
    return None


ROMAN: Final = re.compile(r"[IVXLC]+")


def _numerals(words: Sides, written: Sequence[Sequence[str]]) -> Hits:
    """Chinese numerals, or Roman ones in capitals, on both sides, and not the same."""
    for kind in (CHINESE.__contains__, ROMAN.fullmatch):
        hits = [[at for at, word in enumerate(side) if kind(word)] for side in written]
        if hits[0] and hits[1]:
            left, right = ([side[at] for at in found] for side, found in zip(words, hits, strict=True))
            if left != right:
                return hits[0], hits[1]
    return None


LONGEST_NUMBER: Final = 10
"""Characters of a number word or a day of the week inside a run of them: Thai `วันพฤหัสบดี` is one more."""


def unspaced_values(left: Side, right: Side) -> bool:
    """Whether both sides stand in number words, months or days of a script without spaces, and not in the same."""
    known = lexicon().values
    found = [[known[word] for word in side.inside(known, LONGEST_NUMBER)] for side in (left, right)]
    return bool(found[0] and found[1]) and found[0] != found[1]
