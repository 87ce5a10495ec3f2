"""What a word may be, whatever stands around it: a number, a negation, a modal, the beginning of a name.

The idea: a corpus has few different words. What each may be is looked up in the lists once and kept as bits; which of
the judges of an edit can find anything follows from the bits of its words.
"""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Final

from corpuskit.lexicon import NEGATING_PREFIXES, NEGATING_SUFFIXES, bare_forms, in_table, lexicon
from corpuskit.numbers import LONG_WORD, LONGEST_LETTERED, ROMAN, is_large, is_number
from corpuskit.reading import CHINESE, fold

UNSPACED_FROM: Final = "\u0b80"
"""From this character on there are scripts whose words hold other words: Dravidian, South-East Asian, CJK, Korean."""

ODD, NUMBER, VALUE, LARGE, CHINESE_NUMERAL, ROMAN_NUMERAL, MODAL = (1 << bit for bit in range(7))
"""Not `plain`; in digits; with a value in the lists, and with one that counts alone; numerals; a modal verb."""

NEGATION, AFFIXED, TURKIC, UNSPACED, LETTERED, NAMED = (1 << bit for bit in range(7, 13))
"""A negation; with what may be a negating part in front or behind, or with letters of Turkic verbs; of a script whose
words hold others; so short that it may be a letter in brackets; with a capital, or of a script without."""


def traits_of(words: Iterable[str]) -> int:
    """What any of the words, as written, may be."""
    found = 0
    for word in words:
        found |= traits(word)
    return found


@lru_cache(maxsize=1 << 16)
def traits(word: str) -> int:
    """What a word, as written, may be."""
    folded = fold(word)
    found = LETTERED if len(folded) <= LONGEST_LETTERED and folded.isalpha() else 0
    if folded.startswith(NEGATING_PREFIXES) or folded.endswith(NEGATING_SUFFIXES):
        found |= AFFIXED
    if plain(word):
        return found
    known = lexicon()
    found |= ODD
    if in_table(known.values, folded) is not None:
        found |= VALUE
        if len(folded) >= LONG_WORD and folded in known.values and is_large(folded):
            found |= LARGE
    if in_table(known.modals, folded) is not None:
        found |= MODAL
    if is_negation(folded):
        found |= NEGATION
    if ROMAN.fullmatch(word):
        found |= ROMAN_NUMERAL
    if (len(word) > 1 and word[0].isupper()) or folded >= "\u0590":
        found |= NAMED
    if is_number(folded):
        found |= NUMBER
    if not folded.isascii():
        if word in CHINESE:
            found |= CHINESE_NUMERAL
        if _TURKIC.search(folded):
            found |= TURKIC
        if folded >= UNSPACED_FROM:
            found |= UNSPACED
    return found


_TURKIC: Final = re.compile("[ığşəç]")


@lru_cache(maxsize=1 << 16)
def plain(word: str) -> bool:
    """Whether it can be nothing protected, at a glance: in lower case, without accents, and in no list."""
    if not (word.isascii() and word.isalpha() and word.islower()) or word[0] == "n":
        return False
    if _NUMERAL.fullmatch(word):
        return False
    return word not in _listed() and not (word.startswith("ha") and is_swahili(word[2:]))


_NUMERAL: Final = re.compile("[ivx]{2,}|[b-hj-z]")


@cache
def _listed() -> frozenset[str]:
    """Words that a list has."""
    known = lexicon()
    return known.negations.union(known.values, known.modals)


def is_negation(word: str) -> bool:
    """Whether a folded word negates."""
    listed = lexicon().negations
    if word in listed or word.endswith(("n't", "दैन")) or _AMHARIC.fullmatch(word):
        return True
    return (
        "\u05d0" <= word[0] <= "\u064a" and word[0] in "ושوف" and any(form in listed for form in bare_forms(word)[1:])
    )


_AMHARIC: Final = re.compile("አ[ይልትን]\\w{2,}ም")


def is_swahili(word: str) -> bool:
    """Whether it begins as verbs do that name their subject."""
    return len(word) > SHORTEST_VERB and word.startswith(("wa", "i", "zi", "u", "tu", "m", "ki", "vi", "li", "ya"))


SHORTEST_VERB: Final = 5
