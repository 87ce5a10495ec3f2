"""Whether two words are one name in another spelling, form or reading.

The idea: nearly the same letters are one name, unless both are names that the corpus knows or countries; scans misread
letters, cut words and glue them; short forms have a point or lack the middle.
"""

from functools import lru_cache
from typing import Final

from rapidfuzz.distance import Indel

from corpuskit.edits import Side
from corpuskit.lexicon import lexicon
from corpuskit.reading import KNOWN, Evidence, Reading, blurred

SAME_NAME: Final = 0.7
"""Names at least so similar are spellings of one name, unless both are known: `Ramiz` read as `Raraiz` is at .73."""
SHORTEST_STEM: Final = 4
LONGEST_ENDING: Final = 3
"""A name may have an ending of so many letters, if so many stand before it: `Korea`, `Korean`."""
MISREAD_SHARE: Final = 0.02
"""A name so much rarer than another that is nearly the same is a slip: `Bast` three times, `East` a thousand times."""


def spelled_otherwise(side: Side, other: Side, at: int, evidence: Evidence) -> bool:
    """Whether the other side has the same name in another spelling, form or reading."""
    if not other.words:
        return False
    word = side.reading.folded[at]
    written = side.reading.written[at]
    if at in side.reading.addressed:
        return any(blurred(word) == blurred(rival) for rival in other.words)
    if _is_cut(side.words, other.words) or _is_cut(other.words, side.words):
        return True
    forenamed = at == side.begin and _follows_forename(side.reading, at, evidence)
    for rival in other.words:
        if _one_name(word, rival, evidence, forenamed=forenamed):
            return True
    as_read = _as_read(written)
    return any(
        _as_read(rival) == as_read or _is_misread(written, rival, evidence) or _is_short(side, other, at, place)
        for place, rival in enumerate(other.written)
    )


LONGEST_CUT: Final = 3
CUT_NAME: Final = 0.85
"""A word may be cut into so many by a bad character, if they are so like it: `Conc`, `dant` for `Concédant`."""


def _is_cut(words: list[str], whole: list[str]) -> bool:
    return (
        len(whole) == 1 < len(words) <= LONGEST_CUT
        and Indel.normalized_similarity("".join(words), whole[0]) >= CUT_NAME
    )


def _is_misread(written: str, rival: str, evidence: Evidence) -> bool:
    """Whether one letter of an ordinary word was read as another, a capital: `Tor` for `for`."""
    word = written.casefold()
    if len(word) == 2 and written.istitle() and rival.islower() and evidence.upper[word] < KNOWN:
        return True  # `Ml` for `full`
    return (
        len(rival) == len(word) > 2
        and rival.islower()
        and evidence.upper[word] <= MISREAD_SHARE * evidence.lower[rival]
        and sum(map(str.__ne__, word, rival)) == 1
    )


LONGEST_CONTRACTION: Final = 3
"""Words of so many letters may be others without those in the middle: `St`, `Ltd`."""


def _is_short(side: Side, other: Side, at: int, place: int) -> bool:
    """Whether a word with a point behind it is short for the other, or the other for it: `Corp.`, `Corporation`."""
    if side.reading.folded[at][0] != other.words[place][0]:
        return False
    pairs = ((side.reading, at), (other.reading, other.begin + place))
    for (reading, here), (full, there) in (pairs, pairs[::-1]):
        short, word = reading.folded[here], full.folded[there]
        if 2 <= len(short) < len(word) and full.written[there][0].isupper():
            letters = iter(word)
            pointed = reading.text[reading.ends[here] :][:1] == "."
            contracted = len(short) <= LONGEST_CONTRACTION and short[-1] == word[-1] and len(word) > len(short) + 2
            if (pointed or contracted) and all(letter in letters for letter in short):
                return True
    return False


@lru_cache(maxsize=1 << 16)
def _as_read(written: str) -> str:
    """A word with the capital that scans make of two letters undone: `AH States`."""
    return written.replace("H", "ll").casefold()


def _follows_forename(reading: Reading, at: int, evidence: Evidence) -> bool:
    """Whether a word that is nothing but a name stands before: `Javier Perez de Cuellar`, `Javier Peres de Cuellar`."""
    return (
        at > 0
        and reading.written[at - 1].istitle()
        and reading.before(at).isspace()
        and evidence.pure(reading.folded[at - 1])
        and reading.folded[at - 1] not in lexicon().territories
    )


def _one_name(word: str, rival: str, evidence: Evidence, *, forenamed: bool = False) -> bool:
    """Whether two words are one name: nearly the same letters, and not two names that are both known."""
    if word == rival:
        return True
    one, two = blurred(word), blurred(rival)
    if len(one) == len(two) and sorted(one) == sorted(two):
        return True  # letters changed places
    extended = _extends(one, two)
    rarer, other = sorted((evidence.upper.get(word, 0), evidence.upper.get(rival, 0)))
    if rarer <= SLIPS and rarer < SLIP_SHARE * other and _looks_like(one, two):
        return True
    if one != two and not extended and Indel.normalized_similarity(one, two) < SAME_NAME:
        return False
    territories = lexicon().territories
    if word in territories and rival in territories:
        return territories[word] == territories[rival]
    if min(len(one), len(two)) >= LONG_NAME and Indel.distance(one, two) == 1:
        return True  # `Sahrawi`, `Saharawi`
    return extended or one == two or forenamed or rarer < max(KNOWN, MISREAD_SHARE * other)


LONG_NAME: Final = 7
SLIPS, SLIP_SHARE = 1, 0.05
_LOOK_ALIKE: Final = ("oqdcg", "ebfpr", "iltj", "nuhm", "vy", "sz")


def _looks_like(one: str, two: str) -> bool:
    """Whether one letter was read as another: `PLQ`, which the corpus has once, for `PLO`."""
    pairs = [pair for pair in zip(one, two, strict=False) if pair[0] != pair[1]]
    return len(one) == len(two) and len(pairs) == 1 and any(set(pairs[0]) <= set(letters) for letters in _LOOK_ALIKE)


def _extends(one: str, two: str) -> bool:
    """Whether one word is the other with an ending: `Korea`, `Korean`."""
    if min(len(one), len(two)) < SHORTEST_STEM or abs(len(one) - len(two)) > LONGEST_ENDING:
        return False
    return one.startswith(two) or two.startswith(one)
