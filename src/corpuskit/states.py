"""Countries by what they are called: one in other words, or one of two that share a name.

The idea: CLDR has the names; what kind of state it is, is told or left out (`Somali Democratic Republic`), and its own
speakers say `my country`. Where two states have or had one name, what they call themselves tells them apart.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from corpuskit.edits import Side
from corpuskit.lexicon import FIRST_PERSON, lexicon
from corpuskit.reading import Evidence, Reading
from corpuskit.spellings import SHORTEST_STEM


def is_own_country(side: Side, other: Side, hits: Sequence[int]) -> bool:
    """Whether all that one side names is a country, and the other says `my country`, `we` or the like."""
    known = lexicon().territories
    if not all(side.reading.folded[at] in known for at in hits):
        return False
    here, there = (sum(map(FIRST_PERSON.__contains__, each.reading.folded)) for each in (side, other))
    return here < there


def is_territory(reading: Reading, at: int) -> bool:
    """Whether a word is part of the name of a country of two words: `United States`, but not `United Nations`."""
    known, folded = lexicon().territories, reading.folded
    pairs = (" ".join(folded[begin : begin + 2]) for begin in (max(at - 1, 0), at))
    return any(known.get(pair, "UN") not in UNIONS for pair in pairs)


UNIONS: Final = frozenset(("UN", "EU", "EZ"))
"""CLDR's codes of what is no country."""


def says_state(reading: Reading, other: Reading, at: int, evidence: Evidence) -> bool:
    """Whether a word says what kind of state a country is that both texts name: `Somali Democratic Republic`.

    Not where there are or were two of the country's name.
    """
    word, known = reading.folded[at], lexicon().territories
    if word != "america" and (word in known or not evidence.lower[word]):
        return False
    run = _state(reading, at)
    if run == [word] or any(place.startswith(_TWO_STATES) for place in run):
        return False
    pairs = [" ".join(pair) for pair in pairwise(run)]
    states = [
        named
        for named in (*run, *pairs)
        if named != word
        and len(named) >= SHORTEST_STEM
        and known.get(named) not in UNIONS
        and (named in known or any(named + ending in known for ending in ("a", "ia", "y")))
    ]
    if not states:
        return False
    there = " ".join(other.folded)
    return any(named in there for named in states)


def tells_state(reading: Reading, at: int) -> bool:
    """Whether a word tells one of two states of a name from the other: `Democratic Republic of the Congo`."""
    written = reading.written
    behind = at + 1 < len(written) and (written[at + 1][0].isupper() or reading.folded[at + 1] in _OF)
    if not behind and not (at and (written[at - 1][0].isupper() or reading.folded[at - 1] in _OF)):
        return False  # it stands alone
    return any(word.startswith(_TWO_STATES) for word in _state(reading, at)[1:])


def _state(reading: Reading, at: int) -> list[str]:
    """The words with capitals around one, `of` and `the` between them left out."""
    written, folded = reading.written, reading.folded
    begin, end = at, at + 1
    while begin and _goes_on(reading, begin - 1, begin):
        begin -= 1
    while end < len(written) and _goes_on(reading, end, end):
        end += 1
    return [word for word in folded[begin:end] if word not in _OF]


def _goes_on(reading: Reading, at: int, behind: int) -> bool:
    """Whether a name goes on with a word."""
    return (reading.written[at][0].isupper() or reading.folded[at] in _OF) and reading.before(behind).isspace()


_OF: Final = frozenset(("of", "the"))
_TWO_STATES: Final = ("korea", "congo", "guinea", "sudan", "german", "yemen", "viet", "china", "chinese", "ireland")
"""Names, or how they begin, that two states have or had, told apart by what they call themselves."""
