"""Names that one wording has and the other has not.

The idea: a word is a name by its capital letter, unless the corpus writes it without one elsewhere (`Evidence`); where
capitals say nothing (first in a sentence, text in capitals, German nouns) or do not exist, by the corpus and by the
countries of CLDR. Spellings, forms of address, initials and what is only said elsewhere in the text make no difference.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from rapidfuzz.distance import Indel

from corpuskit.edits import Edit, Hits, Side
from corpuskit.lexicon import ADDRESSED, FIRST_PERSON, HONORIFICS, bare_forms, lexicon, names
from corpuskit.reading import KNOWN, SCHEMES, Evidence, Reading, blurred

SAME_NAME: Final = 0.7
"""Names at least so similar are spellings of one name, unless both are known: `Ramiz` read as `Raraiz` is at .73."""


def name_hits(edit: Edit, kept: tuple[Sequence[int], Sequence[int]], evidence: Evidence) -> Hits:
    """Names among the words `kept` of both sides, if they are not the same names."""
    if not kept[0] and not kept[1]:
        return None
    hits = [
        [at for at in _capitals(side, words) if _is_name(side, other, at, evidence)]
        for side, other, words in ((*edit, kept[0]), (*edit[::-1], kept[1]))
    ]
    if not hits[0] and not hits[1]:
        return _territories(edit, kept) or _listed(edit, kept)
    if _abbreviates(*edit) or _abbreviates(*edit[::-1]) or _explains(*edit, hits[0]) or _explains(*edit[::-1], hits[1]):
        return _territories(edit, kept)
    left, right = (
        [at for at in found if not _spelled_otherwise(side, other, at, evidence)]
        for side, other, found in ((*edit, hits[0]), (*edit[::-1], hits[1]))
    )
    if bool(left) != bool(right):
        if _is_own_country(*(edit if left else edit[::-1]), left or right):
            return None
        left = [at for at in left if not _tells_little(*edit, at, evidence)]
        right = [at for at in right if not _tells_little(*edit[::-1], at, evidence)]
    if left or right:
        left, right = ([at - side.begin for at in found] for side, found in zip(edit, hits, strict=True))
        return left, right
    return _territories(edit, kept) or _listed(edit, kept)


def _abbreviates(side: Side, other: Side) -> bool:
    """Whether the one word in capitals of a side is the initials of what the other has in its place: `OAU`, in full."""
    short = [word for word in side.written if len(word) >= 3 and word.isupper()]
    if len(short) != 1 or len(side.words) > LONGEST_CONTRACTION or not other.words:
        return False
    word, written = short[0], other.reading.written
    place = written[other.begin : max(other.end, other.begin + 2 * len(word))]
    initials = iter("".join(full[0] for full in place).upper())
    return place[0][0] == word[0] and len(place) > 1 and all(letter in initials for letter in word)


def _explains(side: Side, other: Side, hits: Sequence[int]) -> bool:
    """Whether names are what the word behind them is the initials of: `International Monetary Fund (IMF)`."""
    written = side.reading.written
    if len(hits) < 2 or other.words or side.end == len(written) or "(" not in side.reading.before(side.end):
        return False
    return "".join(written[at][0] for at in hits) == written[side.end]


def _capitals(side: Side, kept: Sequence[int]) -> Sequence[int]:
    """The words that may be names: with a capital, of more than one letter; all of a text with an address."""
    reading, begin, written = side.reading, side.begin, side.written
    if reading.addresses:
        return [begin + at for at in kept if written[at][0].isupper() or reading.in_address(begin + at)]
    return [begin + at for at in kept if written[at][0].isupper() and len(written[at]) > 1]


def _is_own_country(side: Side, other: Side, hits: Sequence[int]) -> bool:
    """Whether all that one side names is a country, and the other says `my country`, `we` or the like."""
    known = lexicon().territories
    if not all(side.reading.folded[at] in known for at in hits):
        return False
    here, there = (sum(map(FIRST_PERSON.__contains__, each.reading.folded)) for each in (side, other))
    return here < there


def _tells_little(side: Side, other: Side, at: int, evidence: Evidence) -> bool:
    """Whether a name that one side has and the other has no name for is what the corpus is about, or said in full."""
    if evidence.commonplace(side.reading.folded[at]):
        return not _is_territory(side.reading, at)
    return _leads_to_name(side, other, at, evidence)


def _is_territory(reading: Reading, at: int) -> bool:
    """Whether a word is part of the name of a country of two words: `United States`, but not `United Nations`."""
    known, folded = lexicon().territories, reading.folded
    pairs = (" ".join(folded[begin : begin + 2]) for begin in (max(at - 1, 0), at))
    return any(known.get(pair, "UN") not in UNIONS for pair in pairs)


UNIONS: Final = frozenset(("UN", "EU", "EZ"))
"""CLDR's codes of what is no country."""


def _leads_to_name(side: Side, other: Side, at: int, evidence: Evidence) -> bool:
    """Whether a name that both sides have follows at once: `Ambassador Volkan Bozkir`, `Leonid Brezhnev`."""
    reading = side.reading
    if reading.written[at].isupper() or reading.folded[at] in lexicon().territories:
        return False
    for after in range(at + 1, len(reading.written)):
        if not reading.written[after][0].isupper() or not _TITLE_END.fullmatch(reading.before(after)):
            return False
        word = reading.folded[after]
        shared = after >= side.end or _spelled_otherwise(side, other, after, evidence)
        if shared and len(word) > 1:
            rarer = evidence.texts_with[word] <= max(
                evidence.texts_with[reading.folded[at]], RARE_SHARE * evidence.texts, KNOWN
            )
            return rarer and evidence.pure(word) and word not in lexicon().territories
    return False


_TITLE_END: Final = re.compile(r"[.,]?\s+")
"""What stands between a form of address and a name."""


MISREAD_SHARE: Final = 0.02
"""A name so much rarer than another that is nearly the same is a slip: `Bast` three times, `East` a thousand times."""


def _is_name(side: Side, other: Side, at: int, evidence: Evidence) -> bool:
    """Whether a word that the other side does not have is (part of) a name."""
    reading, word, written = side.reading, side.reading.folded[at], side.reading.written[at]
    if reading.addresses and reading.in_address(at):
        return word not in SCHEMES and (_other_address(other) or _is_file_in_brackets(reading, at))
    if len(written) == 1 or not written[0].isupper() or word in lexicon().values:
        return False
    if word in ADDRESSED or _is_ours(reading, at, evidence) or _is_title(side, other, at) or _is_initials(reading, at):
        return False
    if word in lexicon().titles and _before_capital(reading, at):
        return False
    return _may_be_name(side, other, at, evidence) and not (
        _said_elsewhere(side, other, at)
        or _is_vocative(reading, at, evidence)
        or _says_state(reading, other.reading, at, evidence)
    )


def _may_be_name(side: Side, other: Side, at: int, evidence: Evidence) -> bool:
    """Whether a word with a capital is (part of) a name, by the words around it and by the corpus."""
    reading = side.reading
    word, written = reading.folded[at], reading.written[at]
    if reading.capitals_tell and not reading.german and _inside_name(side, other, at):
        return True
    if not written.isupper() and any(map(str.isupper, written[1:])):
        return evidence.lower[word] <= evidence.upper[word]  # `NoDerivs`, `YouTube`
    if reading.capitals_tell and (_extends_name(reading, at, evidence) or _tells_state(reading, at)):
        return True
    if evidence.ordinary(word):
        return False
    if not reading.capitals_tell:
        return evidence.upper[word] > 0 or (not evidence.lower[word] and _is_plainly_known(reading, evidence))
    if written.isupper():
        return True
    if reading.german:
        return word in lexicon().territories or (at > 0 and reading.written[at - 1][0].isupper())
    if reading.begins_sentence(at):
        return evidence.upper[word] > 0 or word in lexicon().territories
    return True


SHORTEST_STEM: Final = 4
LONGEST_ENDING: Final = 3
"""A name may have an ending of so many letters, if so many stand before it: `Korea`, `Korean`."""

KNOWN_SHARE: Final = 0.8
"""A text in capitals with so large a share of words that the corpus writes without is plain but for its names."""


def _is_plainly_known(reading: Reading, evidence: Evidence) -> bool:
    """Whether the corpus writes most words of a text in capitals without, so that one which it never does is a name."""
    words = [word for word in reading.folded if len(word) > 3]
    return sum(map(evidence.lower.__contains__, words)) >= KNOWN_SHARE * len(words)


def _said_elsewhere(side: Side, other: Side, at: int) -> bool:
    """Whether the other text says the name too, in another place or form: `Korean people`, `people of Korea`."""
    word, there = side.reading.folded[at], other.reading
    if any(rival[0].isupper() for rival in other.written):
        return False
    if word in there.folded:
        return True
    size, capitals = len(word), there.capitals
    if any(size - cut >= SHORTEST_STEM and word[: size - cut] in capitals for cut in range(1, LONGEST_ENDING + 1)):
        return True
    return size >= SHORTEST_STEM and any(
        rival.startswith(word) and len(rival) <= size + LONGEST_ENDING for rival in capitals
    )


def _says_state(reading: Reading, other: Reading, at: int, evidence: Evidence) -> bool:
    """Whether a word says what kind of state a country is that both texts name: `Somali Democratic Republic`.

    Not where there are or were two of the country's name.
    """
    word, known = reading.folded[at], lexicon().territories
    if word != "america" and (word in known or not evidence.lower[word]):
        return False
    run = _state(reading, at)
    if any(place.startswith(_TWO_STATES) for place in run):
        return False
    pairs = [" ".join(pair) for pair in pairwise(run)]
    there = " ".join(other.folded)
    return any(
        named in there and (named in known or any(named + ending in known for ending in ("a", "ia", "y")))
        for named in (*run, *pairs)
        if named != word and len(named) >= SHORTEST_STEM and known.get(named) not in UNIONS
    )


def _tells_state(reading: Reading, at: int) -> bool:
    """Whether a word tells one of two states of a name from the other: `Democratic Republic of the Congo`."""
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

RARE_SHARE: Final = 0.01
VOCATIVE_TEXTS: Final = 10


def _is_vocative(reading: Reading, at: int, evidence: Evidence) -> bool:
    """Whether a common word with a capital stands alone between commas: `I congratulate you, Sir, on`."""
    word = reading.folded[at]
    if not 0 < at < len(reading.written) - 1 or word in lexicon().territories:
        return False
    if evidence.texts_with[word] < max(VOCATIVE_TEXTS, RARE_SHARE * evidence.texts):
        return False
    neighbours = reading.written[at - 1], reading.written[at + 1]
    return all(word[0].islower() for word in neighbours) and all(
        reading.before(place).startswith((",", "،", "、", "，")) for place in (at, at + 1)
    )


def _inside_name(side: Side, other: Side, at: int) -> bool:
    """Whether the side stands between two words with capitals and nothing but blanks: `GNU Lesser General`.

    Where it is behind the first word of a sentence, both sides must have several words with capitals: `This
    Academic Free License`, `This Open Software License`.
    """
    reading, first, last = side.reading, side.begin - 1, side.end
    if first < 0 or last >= len(reading.written):
        return False
    if reading.begins_sentence(first) and not all(_several_capitals(each) for each in (side, other)):
        return False
    neighbours = reading.written[first], reading.written[last]
    shouted = reading.written[at].isupper() and all(map(str.isupper, neighbours))
    return (
        not shouted
        and all(word[0].isupper() for word in neighbours)
        and all(_NAME_GOES_ON.fullmatch(reading.before(place)) for place in range(side.begin, last + 1))
    )


_NAME_GOES_ON: Final = re.compile(r"\s+|-")


def _several_capitals(side: Side) -> bool:
    return len(side.words) > 1 and all(word[0].isupper() for word in side.written)


def _extends_name(reading: Reading, at: int, evidence: Evidence) -> bool:
    """Whether a word with a capital stands behind one that is nothing but a name: `CockroachDB Community Edition`."""
    return (
        at > 0
        and reading.before(at).isspace()
        and reading.written[at - 1][0].isupper()
        and evidence.pure(reading.folded[at - 1])
    )


def _other_address(side: Side) -> bool:
    """Whether the other side stands in an address too."""
    places = range(side.begin, side.end) if side.words else range(max(side.begin - 1, 0), side.begin + 1)
    return any(side.reading.in_address(at) for at in places if at < len(side.reading.written))


_FILE: Final = re.compile(r"\(\w+\.\w+\)")


def _is_file_in_brackets(reading: Reading, at: int) -> bool:
    """Whether the word is part of a file's name that stands alone in brackets: `this file (callgrind.h)`."""
    begin, end = reading.address_at(at) or (0, 0)
    return _FILE.fullmatch(reading.text[begin:end]) is not None


def _is_ours(reading: Reading, at: int, evidence: Evidence) -> bool:
    """Whether a word that the corpus sometimes writes small is said of one's own: `our Organization`."""
    return at > 0 and reading.folded[at - 1] in FIRST_PERSON and evidence.lower[reading.folded[at]] > 0


def _is_title(side: Side, other: Side, at: int) -> bool:
    """A short word with a point before a capital (`Mr.`, `Dr.`, `J.`) that the other side has nothing for."""
    if other.words or len(side.reading.written[at]) > 4:
        return False
    end = side.reading.ends[at]
    following = side.reading.text[end : end + 3]
    return bool(re.match(r"\.\s\w", following)) and following[-1].isupper()


def _before_capital(reading: Reading, at: int) -> bool:
    """Whether a word with a capital follows at once."""
    after = at + 1
    return (
        after < len(reading.written)
        and reading.written[after][0].isupper()
        and _TITLE_END.fullmatch(reading.before(after)) is not None
    )


def _is_initials(reading: Reading, at: int) -> bool:
    """Whether a word in capitals abbreviates what stands before it: `communications technologies (ICTs)`."""
    word = reading.written[at].rstrip("s")
    if len(word) < 2 or not word.isupper() or not any(mark in reading.before(at) for mark in "(["):
        return False
    initials = iter([folded[0] for folded in reading.folded[max(at - 2 * len(word), 0) : at]])
    return all(letter in initials for letter in word.casefold())


def _spelled_otherwise(side: Side, other: Side, at: int, evidence: Evidence) -> bool:
    """Whether the other side has the same name in another spelling, form or reading."""
    word = side.reading.folded[at]
    written = side.reading.written[at]
    as_read = _as_read(written)
    if side.reading.addresses and side.reading.in_address(at):
        return any(blurred(word) == blurred(rival) for rival in other.words)
    if _is_cut(side.words, other.words) or _is_cut(other.words, side.words):
        return True
    forenamed = at == side.begin and _follows_forename(side.reading, at, evidence)
    return any(_one_name(word, rival, evidence, forenamed=forenamed) for rival in other.words) or any(
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
    pairs = ((side.reading, at), (other.reading, other.begin + place))
    for (reading, here), (full, there) in (pairs, pairs[::-1]):
        short, word = reading.folded[here], full.folded[there]
        if 2 <= len(short) < len(word) and short[0] == word[0] and full.written[there][0].isupper():
            letters = iter(word)
            pointed = reading.text[reading.ends[here] :][:1] == "."
            contracted = len(short) <= LONGEST_CONTRACTION and short[-1] == word[-1] and len(word) > len(short) + 2
            if (pointed or contracted) and all(letter in letters for letter in short):
                return True
    return False


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
    if sorted(one) == sorted(two):
        return True  # letters changed places
    extended = _extends(one, two)
    rarer, other = sorted((evidence.upper[word], evidence.upper[rival]))
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


def _territories(edit: Edit, kept: tuple[Sequence[int], Sequence[int]]) -> Hits:
    """Countries and regions, in scripts without capitals, that one side has and the other has not."""
    if not any(word >= "\u0590" for side in edit for word in side.words):
        return None
    found = [_listed_territories(side) for side in edit]
    return None if found[0] == found[1] else ([*kept[0]], [*kept[1]])


def _listed_territories(side: Side) -> set[str]:
    """Codes of what CLDR names there: words but for two letters at either end, or runs of characters across it."""
    known = lexicon()
    parts = {word[a : len(word) - b] for word in side.words for a in range(3) for b in range(3)}
    found = {part for part in parts if len(part) > 1 and part in known.territories}
    found.update(side.inside(known.territories, known.longest_territory))
    return {known.territories[part] for part in found}


# --- names where capitals say nothing ---


def _listed(edit: Edit, kept: tuple[Sequence[int], Sequence[int]]) -> Hits:
    """Cities or people that both sides name, and not the same; or what stands on both beside a form of address."""
    left, right = edit
    if not left.words or not right.words:
        return None
    if not all(map(_says_no_capital, edit)):
        return None
    cities = [_listed_cities(side) for side in edit]
    people = [_listed_people(side) for side in edit]
    differ = (cities[0] and cities[1] and not cities[0] & cities[1]) or (
        people[0] and people[1] and not people[0] & people[1]
    )
    if differ or (
        _is_addressed(*edit) and Indel.normalized_similarity("".join(left.words), "".join(right.words)) < SAME_NAME
    ):
        return [*kept[0]], [*kept[1]]
    return None


def _says_no_capital(side: Side) -> bool:
    """Whether capitals say nothing of the side's words."""
    reading = side.reading
    if any(word >= "\u0590" for word in side.words):
        return True
    first = reading.written[side.begin]
    return (
        len(side.words) == 1 < len(first)
        and first[0].isupper()
        and (reading.german or reading.begins_sentence(side.begin))
    )


def _listed_cities(side: Side) -> set[int]:
    """Numbers of the cities that the side's words, or runs across them, are the names of."""
    known = names().cities
    words = [word for word, written in zip(side.words, side.written, strict=True) if not written[0].islower()]
    listed = {known[form] for word in words if len(word) > 1 for form in _forms(word) if form in known}
    return listed | {known[name] for name in side.inside(known, LONGEST_CITY)}


def _forms(word: str) -> Sequence[str]:
    """A word, without particles in front, and in Indian scripts without endings."""
    if "\u0900" <= word < "\u0e00":
        return [word[: len(word) - cut] for cut in range(LONGEST_ENDING + 1) if len(word) - cut >= LONGEST_ENDING]
    return bare_forms(word)


LONGEST_CITY: Final = 8


def _listed_people(side: Side) -> set[str]:
    """The side's words, or runs across them, that are names of people."""
    known = names().people
    return {form for word in side.words for form in _forms(word) if form in known} | set(
        side.inside(known, LONGEST_CITY)
    )


def _is_addressed(left: Side, right: Side) -> bool:
    """Whether one word on each side, or a few characters without spaces, stand beside the same form of address."""
    known = lexicon().titles | HONORIFICS
    if not all(word >= "\u0590" for side in (left, right) for word in side.words):
        return False
    alone = all(len(word) == 1 for side in (left, right) for word in side.words)
    size = LONGEST_PERSON if alone else 1
    if max(len(left.words), len(right.words)) > size:
        return False
    reading, at = left.reading, left.begin
    if (
        not alone
        and left.words[0] < "\uac00"
        and at
        and any(form in known for form in bare_forms(reading.folded[at - 1]))
    ):
        return True
    following = reading.folded[left.end : left.end + 2]
    if not following or not _TITLE_END.fullmatch(reading.before(left.end) + " "):
        return False
    return following[0] in known or (alone and "".join(following) in known)


LONGEST_PERSON: Final = 5
