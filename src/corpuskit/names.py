"""Names that one wording has and the other has not.

The idea: a word is a name by its capital letter, unless the corpus writes it without one elsewhere (`Evidence`); where
capitals say nothing (first in a sentence, text in capitals, German nouns) or do not exist, by the corpus and by the
countries of CLDR. Spellings, forms of address, initials and what is only said elsewhere in the text make no difference.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from corpuskit.edits import Edit, Hits, Side
from corpuskit.lexicon import ADDRESSED, FIRST_PERSON, lexicon
from corpuskit.reading import KNOWN, SCHEMES, Evidence, Reading, fold
from corpuskit.spellings import LONGEST_CONTRACTION, LONGEST_ENDING, SHORTEST_STEM, spelled_otherwise
from corpuskit.states import is_own_country, is_territory, says_state, tells_state
from corpuskit.uncased import uncased_hits


def name_hits(edit: Edit, kept: tuple[Sequence[int], Sequence[int]], evidence: Evidence) -> Hits:
    """Names among the words `kept` of both sides, if they are not the same names."""
    if not kept[0] and not kept[1]:
        return None
    one, two = edit
    hits = _names(one, two, kept[0], evidence), _names(two, one, kept[1], evidence)
    if not hits[0] and not hits[1]:
        return uncased_hits(edit, kept)
    if _abbreviates(one, two) or _abbreviates(two, one) or _explains(one, two, hits[0]) or _explains(two, one, hits[1]):
        return uncased_hits(edit, kept)
    left = [at for at in hits[0] if not spelled_otherwise(one, two, at, evidence)]
    right = [at for at in hits[1] if not spelled_otherwise(two, one, at, evidence)]
    if bool(left) != bool(right):
        if is_own_country(*(edit if left else edit[::-1]), left or right):
            return None
        left = [at for at in left if not _tells_little(one, two, at, evidence)]
        right = [at for at in right if not _tells_little(two, one, at, evidence)]
    if left or right:
        return [at - one.begin for at in hits[0]], [at - two.begin for at in hits[1]]
    return uncased_hits(edit, kept)


def _names(side: Side, other: Side, kept: Sequence[int], evidence: Evidence) -> list[int]:
    """The words `kept` of a side that are names."""
    return [at for at in _capitals(side, kept) if _is_name(side, other, at, evidence)] if kept else []


def _abbreviates(side: Side, other: Side) -> bool:
    """Whether the one word in capitals of a side is the initials of what the other has in its place: `OAU`, in full."""
    if len(side.words) > LONGEST_CONTRACTION or not other.words:
        return False
    short = [word for word in side.written if len(word) >= 3 and word.isupper()]
    if len(short) != 1:
        return False
    word, written = short[0], other.reading.written
    place = written[other.begin : max(other.end, other.begin + 2 * len(word))]
    initials = iter("".join(full[0] for full in place).upper())
    return place[0][0] == word[0] and len(place) > 1 and all(letter in initials for letter in word)


def _explains(side: Side, other: Side, hits: Sequence[int]) -> bool:
    """Whether names are what the word behind them is the initials of: `International Monetary Fund (IMF)`."""
    written = side.reading.written
    if other.words or len(hits) < 2 or side.end == len(written) or "(" not in side.reading.before(side.end):
        return False
    return "".join(written[at][0] for at in hits) == written[side.end]


def _capitals(side: Side, kept: Sequence[int]) -> Sequence[int]:
    """The words that may be names: with a capital, of more than one letter; all of a text with an address."""
    reading, begin, written = side.reading, side.begin, side.written
    if reading.addressed:
        return [begin + at for at in kept if written[at][0].isupper() or begin + at in reading.addressed]
    return [begin + at for at in kept if written[at][0].isupper() and len(written[at]) > 1]


def _tells_little(side: Side, other: Side, at: int, evidence: Evidence) -> bool:
    """Whether a name that one side has and the other has no name for is what the corpus is about, or said in full."""
    if evidence.commonplace(side.reading.folded[at]):
        return not is_territory(side.reading, at)
    return _leads_to_name(side, other, at, evidence)


def _leads_to_name(side: Side, other: Side, at: int, evidence: Evidence) -> bool:
    """Whether a name that both sides have follows at once: `Ambassador Volkan Bozkir`, `Leonid Brezhnev`."""
    reading = side.reading
    if reading.written[at].isupper() or reading.folded[at] in lexicon().territories:
        return False
    for after in range(at + 1, len(reading.written)):
        if not reading.written[after][0].isupper() or not _TITLE_END.fullmatch(reading.before(after)):
            return False
        word = reading.folded[after]
        shared = after >= side.end or spelled_otherwise(side, other, after, evidence)
        if shared and len(word) > 1:
            rarer = evidence.texts_with[word] <= max(
                evidence.texts_with[reading.folded[at]], RARE_SHARE * evidence.texts, KNOWN
            )
            return rarer and evidence.pure(word) and word not in lexicon().territories
    return False


_TITLE_END: Final = re.compile(r"[.,]?\s+")
"""What stands between a form of address and a name."""


def _is_name(side: Side, other: Side, at: int, evidence: Evidence) -> bool:
    """Whether a word that the other side does not have is (part of) a name."""
    reading = side.reading
    if at in reading.addressed:
        return reading.folded[at] not in SCHEMES and (_other_address(other) or _is_file_in_brackets(reading, at))
    form = _form(reading.written[at])
    if not form.nameable or _is_ours(reading, at, evidence) or _is_title(side, other, at):
        return False
    if (form.initials and _is_initials(reading, at)) or (form.title and _before_capital(reading, at)):
        return False
    return _may_be_name(side, other, at, evidence) and not (
        _said_elsewhere(side, other, at)
        or _is_vocative(reading, at, evidence)
        or says_state(reading, other.reading, at, evidence)
    )


class _Form(NamedTuple):
    """What a word is as a name, wherever it stands.

    nameable: it may be one; initials: it may abbreviate what stands before it; title: a form of address; mixed: it has
    a capital inside, and not only capitals; loud: only capitals.
    """

    nameable: bool
    initials: bool
    title: bool
    mixed: bool
    loud: bool


@lru_cache(maxsize=1 << 16)
def _form(written: str) -> _Form:
    word, loud = fold(written), written.isupper()
    bare = written.rstrip("s")
    return _Form(
        nameable=len(written) > 1 and written[0].isupper() and word not in lexicon().values and word not in ADDRESSED,
        initials=len(bare) > 1 and bare.isupper(),
        title=word in lexicon().titles,
        mixed=not loud and any(map(str.isupper, written[1:])),
        loud=loud,
    )


def _may_be_name(side: Side, other: Side, at: int, evidence: Evidence) -> bool:
    """Whether a word with a capital is (part of) a name, by the words around it and by the corpus."""
    reading = side.reading
    word, form = reading.folded[at], _form(reading.written[at])
    if reading.capitals_tell and not reading.german and _inside_name(side, other, at):
        return True
    if form.mixed:
        return evidence.lower[word] <= evidence.upper[word]  # `NoDerivs`, `YouTube`
    if evidence.ordinary(word):
        return reading.capitals_tell and (_extends_name(reading, at, evidence) or tells_state(reading, at))
    if not reading.capitals_tell:
        return evidence.upper[word] > 0 or (not evidence.lower[word] and _is_plainly_known(reading, evidence))
    if form.loud:
        return True
    if reading.german:
        return word in lexicon().territories or (at > 0 and reading.written[at - 1][0].isupper())
    if reading.begins_sentence(at):
        return evidence.upper[word] > 0 or word in lexicon().territories
    return True


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
    neighbours = reading.written[first], reading.written[last]
    if not neighbours[0][0].isupper() or not neighbours[1][0].isupper():
        return False
    if reading.begins_sentence(first) and not all(_several_capitals(each) for each in (side, other)):
        return False
    shouted = reading.written[at].isupper() and all(map(str.isupper, neighbours))
    return not shouted and all(_NAME_GOES_ON.fullmatch(reading.before(place)) for place in range(side.begin, last + 1))


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
    return not side.reading.addressed.isdisjoint(places)


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
    """Whether initials abbreviate what stands before them: `communications technologies (ICTs)`."""
    before = reading.before(at)
    if "(" not in before and "[" not in before:
        return False
    word = reading.written[at].rstrip("s")
    initials = iter([folded[0] for folded in reading.folded[max(at - 2 * len(word), 0) : at]])
    return all(letter in initials for letter in word.casefold())
