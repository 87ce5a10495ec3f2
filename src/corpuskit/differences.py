"""What two wordings of nearly the same passage differ in, and whether that carries meaning.

The idea: line up the words (numbers, words, single characters of scripts without spaces) by their longest common
subsequence; where they differ, look for numbers, names and negations on either side. What is only another spelling, an
OCR slip, an ordinary word, a list mark in front or a reference behind is not a difference that is protected.

A word is a name by its capital letter, unless the corpus writes it without one elsewhere (`Evidence`); where capitals
say nothing (first in a sentence, text in capitals, German nouns) or do not exist, by the corpus and by the countries
of CLDR.
"""

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import takewhile
from typing import Final, Literal, NamedTuple

from rapidfuzz.distance import Indel

from corpuskit.lexicon import NEGATING_PARTS, NEGATING_PREFIXES, NOT_NEGATING, lexicon
from corpuskit.reading import CHINESE, KNOWN, LONGEST_REFERENCE, Evidence, Reading, blurred, fold

Kind = Literal["numbers", "names", "negations"]
KINDS: Final[tuple[Kind, ...]] = ("numbers", "names", "negations")

SAME_NAME: Final = 0.7
"""Names at least so similar are spellings of one name, unless both are known: `Ramiz` read as `Raraiz` is at .73."""

QUADRATIC_WORDS: Final = 20_000
"""Longer passages are lined up by difflib: the exact way takes 50 MB for two of this length, four times for double."""


class Difference(NamedTuple):
    """What differs, of which kind: characters of the left and of the right text; empty where one has more."""

    kind: Kind
    left: tuple[int, int]
    right: tuple[int, int]


def differences(left: str, right: str, evidence: Evidence, kinds: Iterable[str] = KINDS) -> list[Difference]:
    """What two texts differ in that is of one of the `kinds`, in order: at most one for each place and kind."""
    return compare(Reading(left), Reading(right), evidence, kinds)


def compare(left: Reading, right: Reading, evidence: Evidence, kinds: Iterable[str] = KINDS) -> list[Difference]:
    """`differences` of texts that are cut into words already."""
    return judge(_edits(left, right), evidence, kinds)


def judge(edits: Iterable["Edit"], evidence: Evidence, kinds: Iterable[str] = KINDS) -> list[Difference]:
    """What of `edits`, the places where two texts differ, is of one of the `kinds`."""
    found: list[Difference] = []
    wanted = [(kind, judged) for kind, judged in _JUDGES if kind in kinds]
    for place in edits:
        words = _words_alone(tuple(place[0].written), tuple(place[1].written))
        if words.same or (words.plain and not _in_address(place)) or _is_note(place):
            continue
        for kind, judged in wanted:
            hits = judged(place, words, evidence)
            if hits is not None:
                found.append(Difference(kind, *(side.span(hit) for side, hit in zip(place, hits, strict=True))))
                break
    return found


class Side(NamedTuple):
    """One side of a place where two texts differ: words `begin` to `end` of a reading, folded and as written."""

    reading: Reading
    begin: int
    end: int
    words: list[str]
    written: list[str]

    def span(self, hits: Sequence[int]) -> tuple[int, int]:
        """Characters from the first to the last of the words `hits`; empty, behind what comes before, for none."""
        reading = self.reading
        if hits:
            return reading.starts[self.begin + min(hits)], reading.ends[self.begin + max(hits)]
        at = reading.ends[self.begin - 1] if self.begin else reading.begin
        return at, at


Edit = tuple[Side, Side]
Hits = tuple[list[int], list[int]] | None
"""The words that make the difference, on both sides, counted from the side's first; None when there is none."""


class Alone(NamedTuple):
    """What the words of an edit say whatever stands around them; most edits are in many pairs.

    same: only another spelling; plain: nothing can be protected, unless in an address; numbers, negated, modals: what
    differs of these; prefixed: a word has a negating prefix more; parts, names: whether it is worth to look for
    negating parts of words, and for names.
    """

    same: bool
    plain: bool = False
    numbers: Hits = None
    negated: Hits = None
    modals: Hits = None
    prefixed: bool = False
    parts: bool = False
    names: bool = False


@lru_cache(maxsize=1 << 16)
def _words_alone(left: tuple[str, ...], right: tuple[str, ...]) -> Alone:
    if all(map(plain, left)) and all(map(plain, right)):
        return Alone(same=False, plain=True)
    written = left, right
    words = tuple(list(map(fold, side)) for side in written)
    if _same_letters(words):
        return Alone(same=True)
    every = [*words[0], *words[1]]
    return Alone(
        same=False,
        numbers=_number_hits(words, written),
        negated=_negated(words),
        modals=_values(words, lexicon().modals),
        prefixed=_prefixed(*words) or _prefixed(*words[::-1]),
        parts=not "".join(every).isascii(),
        names=any(len(word) > 1 and word[0].isupper() for side in written for word in side)
        or any(word >= "\u0590" for word in every),
    )


def _in_address(edit: Edit) -> bool:
    return bool(edit[0].reading.addresses or edit[1].reading.addresses)


def _edits(left: Reading, right: Reading) -> Iterator[Edit]:
    """Where two texts differ: what stands between the equal runs."""
    one, two = left.folded, right.folded
    before = (0, 0)
    for a, b, size in [*_equal_runs(one, two), (len(one), len(two), 0)]:
        if (a, b) != before:
            yield edit(left, right, before[0], a, before[1], b)
        before = a + size, b + size


def edit(left: Reading, right: Reading, begin: int, end: int, other_begin: int, other_end: int) -> Edit:
    """The edit that puts words of the left for words of the right."""
    return _side(left, begin, end), _side(right, other_begin, other_end)


def _side(reading: Reading, begin: int, end: int) -> Side:
    return Side(reading, begin, end, reading.folded[begin:end], reading.written[begin:end])


def _equal_runs(one: list[str], two: list[str]) -> Iterator[tuple[int, int, int]]:
    if max(len(one), len(two)) > QUADRATIC_WORDS:
        blocks = difflib.SequenceMatcher(None, one, two).get_matching_blocks()
        yield from ((block.a, block.b, block.size) for block in blocks if block.size)
        return
    for op in Indel.opcodes(one, two):
        if op.tag == "equal":
            yield op.src_start, op.dest_start, op.src_end - op.src_start


@cache
def _listed() -> frozenset[str]:
    """Words that a list has."""
    known = lexicon()
    return known.negations.union(known.values, known.modals)


@lru_cache(maxsize=1 << 16)
def plain(word: str) -> bool:
    """Whether it can be nothing protected, at a glance: in lower case, without accents, and in no list."""
    return word.isascii() and word.isalpha() and word.islower() and word[0] != "n" and word not in _listed()


Sides = tuple[list[str], ...]
"""The folded words of both sides."""


def _same_letters(words: Sides) -> bool:
    """Whether the sides differ in blanks, hyphens, accents or look-alikes only; numbers must be the same numbers."""
    left, right = ("".join(side) for side in words)
    if left == right:
        return not any(_is_number(word) and "." in word for side in words for word in side)
    if not left or not right or (left.isdigit() and right.isdigit()):
        return False
    return blurred(left) == blurred(right)


def _is_note(edit: Edit) -> bool:
    """Whether one side has only the number of a note more, set against a word's end or a mark."""
    for side, other in (edit, edit[::-1]):
        if other.words or len(side.words) != 1 or not _is_number(side.words[0]) or len(side.words[0]) > 2:
            continue
        before = side.reading.before(side.begin)
        if before and before[-1] in "\"”’»」'.,;^":
            return True
    return False


def _is_number(word: str) -> bool:
    return unicodedata.category(word[0])[0] == "N" or (len(word) > 1 and word[0] in CHINESE and word[1] in CHINESE)


# --- numbers ---


def _numbers(edit: Edit, words: Alone, evidence: Evidence) -> Hits:  # noqa: ARG001 - all judges are called alike
    hits = words.numbers
    for side, other, found, rivals in zip(edit, edit[::-1], hits or ((), ()), (hits or ((), ()))[::-1], strict=True):
        if found and not rivals and (_moved(side, other, found) or _in_brackets(side, found)):
            return None
    return hits


def _moved(side: Side, other: Side, hits: Sequence[int]) -> bool:
    """Whether the other text has each of the words as often, only elsewhere: `version 2 of the licence`."""
    texts = side.reading.folded, other.reading.folded
    return all(texts[0].count(side.words[at]) == texts[1].count(side.words[at]) for at in hits)


def _in_brackets(side: Side, hits: Sequence[int]) -> bool:
    """Whether the words stand in square brackets: an editor's reference, `[444th meeting]`."""
    text, start = side.reading.text, side.reading.starts[side.begin + hits[0]]
    opened = text.rfind("[", max(start - LONGEST_REFERENCE, 0), start)
    return opened >= 0 and 0 <= text.find("]", opened) - side.reading.ends[side.begin + hits[-1]] < LONGEST_REFERENCE


def _number_hits(words: Sides, written: Sequence[Sequence[str]]) -> Hits:
    digits = [[at for at, word in enumerate(side) if _is_number(word)] for side in words]
    left, right = ([side[at] for at in hits] for side, hits in zip(words, digits, strict=True))
    if left != right:
        said = _in_words(left, words[1]) if not right else _in_words(right, words[0]) if not left else False
        return None if said else (digits[0], digits[1])
    return _values(words, lexicon().values) or _numerals(words, written)


def _in_words(digits: Sequence[str], words: Sequence[str]) -> bool:
    """Whether number words of one language add up to the one number in digits: `twenty-five`."""
    known = [lexicon().values[word] for word in words if word in lexicon().values]
    if len(digits) != 1 or not known:
        return False
    shared = set.intersection(*(set(values) for values in known))
    return any(str(sum(values[language] for values in known)) == digits[0] for language in shared)


def _values(words: Sides, table: Mapping[str, Mapping[str, int]]) -> Hits:
    """Words with a value on both sides in one language, and not the same values."""
    sides = [[(at, table[word]) for at, word in enumerate(side) if word in table] for side in words]
    if not sides[0] or not sides[1]:
        return None
    languages = {language for _, values in sides[0] for language in values}
    for language in sorted(languages & {language for _, values in sides[1] for language in values}):
        left, right = ([(at, values[language]) for at, values in side if language in values] for side in sides)
        if [value for _, value in left] != [value for _, value in right]:
            return [at for at, _ in left], [at for at, _ in right]
        return None
    return None


_ROMAN: Final = re.compile(r"[IVXLC]+")


def _numerals(words: Sides, written: Sequence[Sequence[str]]) -> Hits:
    """Chinese numerals, or Roman ones in capitals, on both sides, and not the same."""
    for kind in (CHINESE.__contains__, _ROMAN.fullmatch):
        hits = [[at for at, word in enumerate(side) if kind(word)] for side in written]
        if hits[0] and hits[1]:
            left, right = ([side[at] for at in found] for side, found in zip(words, hits, strict=True))
            if left != right:
                return hits[0], hits[1]
    return None


# --- negations and modals ---


def _negations(edit: Edit, words: Alone, evidence: Evidence) -> Hits:  # noqa: ARG001 - all judges are called alike
    if words.negated is not None:
        return words.negated
    if words.prefixed or (words.parts and _negating_parts(edit[0]) != _negating_parts(edit[1])):
        return _all(edit)
    return words.modals


def _all(edit: Edit) -> tuple[list[int], list[int]]:
    return list(range(len(edit[0].words))), list(range(len(edit[1].words)))


def _negated(words: Sides) -> Hits:
    """Negations, if one side has more."""
    listed = lexicon().negations
    left, right = ([at for at, word in enumerate(side) if word in listed or word.endswith("n't")] for side in words)
    return (left, right) if len(left) != len(right) else None


def _negating_parts(side: Side) -> int:
    """How many negating parts of words there are, in the words with two more on either side."""
    joined = "".join(side.reading.folded[max(side.begin - 2, 0) : side.end + 2])
    if joined.isascii():
        return 0
    return sum(joined.count(part) for part in NEGATING_PARTS) - sum(joined.count(part) for part in NOT_NEGATING)


def _prefixed(one: list[str], two: list[str]) -> bool:
    """Whether a word of `two` is a word of `one` with a negating prefix."""
    if not any(word[0] in "nнن" for word in two):
        return False
    words = {word for word in one if len(word) >= 3}
    return any(prefix + word in two for word in words for prefix in NEGATING_PREFIXES)


# --- names ---


def _names(edit: Edit, words: Alone, evidence: Evidence) -> Hits:
    if not words.names and not _in_address(edit):
        return None
    hits = [[at for at in _capitals(side) if _is_name(side, other, at, evidence)] for side, other in (edit, edit[::-1])]
    if (not hits[0] and not hits[1]) or _abbreviates(*edit, hits[0]) or _abbreviates(*edit[::-1], hits[1]):
        return _territories(edit)
    left, right = (
        [at for at in found if not _spelled_otherwise(side, other, at, evidence)]
        for side, other, found in ((*edit, hits[0]), (*edit[::-1], hits[1]))
    )
    if bool(left) != bool(right):
        left = [at for at in left if not _tells_little(*edit, at, evidence)]
        right = [at for at in right if not _tells_little(*edit[::-1], at, evidence)]
    if (left or right) and not (_is_heading(*edit) or _is_heading(*edit[::-1])):
        left, right = ([at - side.begin for at in found] for side, found in zip(edit, hits, strict=True))
        return left, right
    return _territories(edit)


def _abbreviates(side: Side, other: Side, hits: Sequence[int]) -> bool:
    """Whether the one name of a side is the initials of what the other has in its place: `OAU`, in full."""
    if len(hits) != 1 or not other.words or len(word := side.reading.written[hits[0]]) < 3 or not word.isupper():
        return False
    place = other.reading.written[other.begin : max(other.end, other.begin + 2 * len(word))]
    initials = iter("".join(full[0] for full in place).upper())
    return place[0][0] == word[0] and len(place) > 1 and all(letter in initials for letter in word)


def _capitals(side: Side) -> Sequence[int]:
    """The words that may be names: with a capital, of more than one letter; all of a text with an address."""
    if side.reading.addresses:
        return range(side.begin, side.end)
    return [at for at, word in enumerate(side.written, side.begin) if word[0].isupper() and len(word) > 1]


def _tells_little(side: Side, other: Side, at: int, evidence: Evidence) -> bool:
    """Whether a name that one side has and the other has no name for is what the corpus is about, or said in full."""
    return evidence.commonplace(side.reading.folded[at]) or _leads_to_name(side, other, at, evidence)


def _leads_to_name(side: Side, other: Side, at: int, evidence: Evidence) -> bool:
    """Whether a name that both sides have follows at once: `Ambassador Volkan Bozkir`, `Leonid Brezhnev`."""
    reading = side.reading
    for after in range(at + 1, len(reading.written)):
        if not reading.written[after][0].isupper() or not _TITLE_END.fullmatch(reading.before(after)):
            return False
        word = reading.folded[after]
        shared = after >= side.end or _spelled_otherwise(side, other, after, evidence)
        if shared and len(word) > 1:
            return evidence.pure(word) and word not in lexicon().territories
    return False


_TITLE_END: Final = re.compile(r"[.,]?\s+")
"""What stands between a form of address and a name."""


def _is_heading(side: Side, other: Side) -> bool:
    """Whether one side has words with capitals more in front, before what begins with a capital on both sides."""
    reading = side.reading
    if other.words or side.begin or side.end == len(reading.written) or not reading.capitals_tell:
        return False
    return reading.written[side.end][0].isupper() and all(word[0].isupper() or len(word) <= 3 for word in side.written)


def _is_name(side: Side, other: Side, at: int, evidence: Evidence) -> bool:
    """Whether a word that the other side does not have is (part of) a name."""
    reading, word, written = side.reading, side.reading.folded[at], side.reading.written[at]
    if reading.addresses and reading.in_address(at):
        return bool(other.words) and word not in _SCHEMES and _other_address(other)
    if len(written) == 1 or not written[0].isupper() or word in lexicon().values:
        return False
    if _is_title(side, other, at) or _is_initials(reading, at):
        return False
    if word in lexicon().titles and _before_capital(reading, at):
        return False
    if not other.words and word in other.reading.folded:
        return False  # moved, or said once more
    if reading.capitals_tell and not reading.german and _inside_name(reading, at):
        return True
    if evidence.ordinary(word):
        return False
    if not reading.capitals_tell:
        return evidence.upper[word] > 0
    if written.isupper():
        return True
    if reading.german:
        return word in lexicon().territories or (at > 0 and reading.written[at - 1][0].isupper())
    if reading.begins_sentence(at):
        return evidence.upper[word] > 0 or word in lexicon().territories
    return True


def _inside_name(reading: Reading, at: int) -> bool:
    """Whether a word stands between two with capitals and nothing but blanks: `GNU Lesser General`."""
    if not 0 < at < len(reading.written) - 1 or reading.begins_sentence(at - 1):
        return False
    neighbours = reading.written[at - 1], reading.written[at + 1]
    return (
        all(word[0].isupper() for word in neighbours)
        and reading.before(at).isspace()
        and reading.before(at + 1).isspace()
    )


_SCHEMES: Final = frozenset(("http", "https", "www", "hyperlink", "quot", "mailto", "ftp", "at", "dot"))


def _other_address(side: Side) -> bool:
    """Whether the other side stands in an address too."""
    return any(side.reading.in_address(at) for at in range(side.begin, side.end))


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
    if len(word) < 2 or not word.isupper() or "(" not in reading.before(at):
        return False
    initials = iter([folded[0] for folded in reading.folded[max(at - 2 * len(word), 0) : at]])
    return all(letter in initials for letter in word.casefold())


def _spelled_otherwise(side: Side, other: Side, at: int, evidence: Evidence) -> bool:
    """Whether the other side has the same name in another spelling, form or reading."""
    word = side.reading.folded[at]
    as_read = _as_read(side.reading.written[at])
    return any(_one_name(word, rival, evidence) for rival in other.words) or any(
        _as_read(rival) == as_read for rival in other.written
    )


def _as_read(written: str) -> str:
    """A word with the capital that scans make of two letters undone: `AH States`."""
    return written.replace("H", "ll").casefold()


def _one_name(word: str, rival: str, evidence: Evidence) -> bool:
    """Whether two words are one name: nearly the same letters, and not two names that are both known."""
    if word == rival:
        return True
    one, two = blurred(word), blurred(rival)
    shorter, longer = sorted((one, two), key=len)
    if sorted(one) == sorted(two):
        return True  # letters changed places
    extended = len(shorter) >= 4 and longer.startswith(shorter) and len(longer) - len(shorter) <= 3
    if one != two and not extended and Indel.normalized_similarity(one, two) < SAME_NAME:
        return False
    territories = lexicon().territories
    if word in territories and rival in territories:
        return territories[word] == territories[rival]
    return extended or one == two or min(evidence.upper[word], evidence.upper[rival]) < KNOWN


def _territories(edit: Edit) -> Hits:
    """Countries and regions, in scripts without capitals, that one side has and the other has not."""
    if not any(word >= "\u0590" for side in edit for word in side.words):
        return None
    found = [_listed_territories(side) for side in edit]
    return None if found[0] == found[1] else _all(edit)


def _listed_territories(side: Side) -> set[str]:
    """Codes of what CLDR names there: words but for two letters at either end, or runs of characters across it."""
    known = lexicon()
    parts = {word[a : len(word) - b] for word in side.words for a in range(3) for b in range(3)}
    found = {part for part in parts if len(part) > 1 and part in known.territories}
    reach = known.longest_territory
    before = "".join(_run(reversed(side.reading.folded[max(side.begin - reach, 0) : side.begin])))[::-1]
    here = "".join(side.words)
    run = before + here + "".join(_run(iter(side.reading.folded[side.end : side.end + reach])))
    begin, end = len(before), len(before) + len(here)
    for start in range(end):
        for stop in range(max(start + 2, begin + 1), min(start + reach, len(run)) + 1):
            if run[start:stop] in known.territories and (stop > begin and start < max(end, begin)):
                found.add(run[start:stop])
    return {known.territories[part] for part in found}


def _run(words: Iterator[str]) -> Iterator[str]:
    """The characters up to the first word of several."""
    return takewhile(lambda word: len(word) == 1, words)


_JUDGES: Final[tuple[tuple[Kind, Callable[[Edit, Alone, Evidence], Hits]], ...]] = (
    ("numbers", _numbers),
    ("negations", _negations),
    ("names", _names),
)
