"""What two wordings of nearly the same passage differ in, and whether that carries meaning.

The idea: line up the words (numbers, words, single characters of scripts without spaces) by their longest common
subsequence; where they differ, look for numbers, names and negations on either side. What is only another spelling, an
OCR slip, an ordinary word, a list mark in front or a reference behind is not a difference that is protected.

A word is a name by its capital letter, unless the corpus writes it without one elsewhere (`Evidence`); where capitals
say nothing (first in a sentence, text in capitals, German nouns) or do not exist, by the corpus and by CLDR's countries.
"""

import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import takewhile
from typing import Final, Literal, NamedTuple

import numpy as np
from rapidfuzz.distance import Indel

from corpuskit import text as characters
from corpuskit.lexicon import GERMAN, NEGATING_PARTS, NEGATING_PREFIXES, lexicon

Kind = Literal["numbers", "names", "negations"]
KINDS: Final[tuple[Kind, ...]] = ("numbers", "names", "negations")

SAME_NAME: Final = 0.7
"""Names at least so similar are spellings of one name, unless both are known: `Ramiz` read as `Raraiz` is at .73."""

KNOWN: Final = 3
"""Names with so many mentions are known."""

LOWER_SHARE: Final = 0.1
"""A word of which the corpus writes at least so large a share without a capital is no name."""

LONGEST_REFERENCE: Final = 200
"""A reference behind a quotation is not looked for farther than so many characters from the end."""

QUADRATIC_WORDS: Final = 20_000
"""Longer passages are lined up by difflib: the exact way takes 50 MB for two of this length, four times for double."""


class Token(NamedTuple):
    """A word as folded, as written, and where it begins and ends, in characters."""

    folded: str
    written: str
    start: int
    end: int


class Difference(NamedTuple):
    """What differs, of which kind: characters of the left and of the right text; empty where one has more."""

    kind: Kind
    left: tuple[int, int]
    right: tuple[int, int]


@dataclass(frozen=True)
class Evidence:
    """How often a corpus writes each folded word without a capital, and with one in mid-sentence."""

    lower: Counter[str] = field(default_factory=Counter)
    upper: Counter[str] = field(default_factory=Counter)

    def add(self, text: str) -> None:
        """Count the words of one more text."""
        reading = Reading(text)
        for at, token in enumerate(reading.tokens):
            first = token.written[0]
            if first.islower():
                if not reading.in_address(at):
                    self.lower[token.folded] += 1
            elif first.isupper() and reading.capitals_tell and not reading.begins_sentence(at):
                self.upper[token.folded] += 1

    def ordinary(self, word: str) -> bool:
        """Whether the corpus writes it without a capital often enough."""
        lower = self.lower[word]
        return lower > 0 and lower >= LOWER_SHARE * (lower + self.upper[word])


class Reading:
    """One text, cut into words; the marks of a list, page or paragraph number in front are left out."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.begin = _front(text)
        behind = _BEHIND.search(text, max(self.begin, len(text) - LONGEST_REFERENCE))
        self.end = behind.start() if behind else len(text)
        words = _pattern().finditer(text, self.begin, self.end)
        self.tokens = [Token(fold(match[0]), match[0], *match.span()) for match in words]
        self._addresses: list[tuple[int, int]] | None = None
        words = [token.written for token in self.tokens[1:] if token.written[0].isalpha()]
        capitals = sum(word[0].isupper() for word in words)
        self.capitals_tell = 4 * capitals <= 3 * len(words)
        self.german = len(GERMAN.intersection(token.folded for token in self.tokens)) >= 3

    def before(self, at: int) -> str:
        """What stands between the token and the one before it."""
        return self.text[self.tokens[at - 1].end if at else self.begin : self.tokens[at].start]

    def begins_sentence(self, at: int) -> bool:
        """Whether a capital may be there because a sentence begins; not after `Mr.`, `Dr.`, `J.`."""
        if at == 0:
            return True
        previous = self.tokens[at - 1].written
        between = self.before(at)
        if between.startswith(".") and len(previous) <= 3 and previous[0].isupper() and previous.isalpha():
            between = between[1:]
        return any(mark in _SENTENCE_MARKS for mark in between)

    def in_address(self, at: int) -> bool:
        """Whether the token is part of a URL, an e-mail address or a file name."""
        if self._addresses is None:
            self._addresses = [match.span() for match in _ADDRESS.finditer(self.text)]
        return any(start <= self.tokens[at].start < end for start, end in self._addresses)


_SENTENCE_MARKS: Final = frozenset(".!?:;…。！？؟।•*\n")
_ADDRESS: Final = re.compile(r"\b(?:[a-z]+://|www\.)\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\b\w+(?:[./_]\w+)*\.[A-Za-z]{2,4}\b")
_CHINESE: Final = "〇零一二三四五六七八九十百千万萬亿億两兩"
_SUPERSCRIPTS: Final = "⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉"

# One mark in front: bullets, quotes and markup; a number or letter with a mark behind it; a number before a capital or
# a letter of a script without capitals. Years and numbers before a word in lower case stay: `12 months`, `2003 was`.
_ENUMERATOR: Final = r"(?:\d{1,4}(?:[.\-]\d{1,3})*(?:\.?[^\W\d_])?\d?|[^\W\d_]|[ivxlcIVXLC]{1,6}|[一二三四五六七八九十]{1,3})"
_FRONT: Final = re.compile(
    rf"(?:[^\w\s]*\s*[(\[（]?{_ENUMERATOR}(?:\s*[.)\]:、．）/]+)+(?:\s+|(?=[^\W\d_]{{2}}))"
    r"|(?:</?\w+>|\W)*(?:\d{1,3}(?:\.\d{1,3})*|\d{1,2}[^\W\d_])\s+(?=[\"'“‘«]*(?P<next>[^\W\d_a-z]\w*)))",
)

# What stands behind a quotation's end: `." [1958th meeting, para. 223.]`, `” (A/47/PV.12, p. 18)`, the number of a note.
_BEHIND: Final = re.compile(
    r"(?<=[\"”’»」'])[\s.,;]*(?:[(\[（【](?:[^()\[\]]|\([^()\[\]]*\))*\d(?:[^()\[\]]|\([^()\[\]]*\))*[)\]）】]|\d{1,3})\W*\Z"
)


def _front(text: str) -> int:
    """Where the text begins behind list marks and page numbers."""
    begin = 0
    for _ in range(3):
        match = _FRONT.match(text, begin)
        if not match or match.end() == len(text):
            break
        following = match["next"]
        if following and (following[0].islower() or "calendar" in " ".join(lexicon().values.get(fold(following), ()))):
            break
        begin = match.end()
    return begin


@cache
def _pattern() -> re.Pattern[str]:
    """Numbers, words, and single characters of scripts without spaces."""
    table = characters.classes()
    marked = np.flatnonzero(table & characters.LETTER)
    digits = [code for code in marked.tolist() if unicodedata.category(chr(code))[0] == "N"]
    unspaced = (table & characters.UNSPACED) != 0
    letters = table & characters.LETTER != 0
    letters[digits] = False
    decimal = [code for code in digits if unicodedata.category(chr(code)) == "Nd"]
    others = [code for code in digits if code not in set(decimal) and chr(code) not in _SUPERSCRIPTS]
    digit, other = _class(decimal), _class([code for code in others if not unspaced[code]])
    letter = _class(np.flatnonzero(letters & ~unspaced).tolist())
    alone = _class(np.flatnonzero((table & characters.LETTER != 0) & unspaced).tolist())
    number = rf"{digit}+(?:[.,:/٫٬'’·]{digit}+)*[{_SUPERSCRIPTS}]*|{other}"
    return re.compile(rf"{number}|{letter}+(?<=[nN])['’][tT](?!{letter})|{letter}+|[{_CHINESE}]{{2,}}|{alone}")


def _class(codes: Sequence[int]) -> str:
    """A character class of code points, ascending."""
    places = np.asarray(codes)
    breaks = np.flatnonzero(np.diff(places) > 1) + 1
    return "[" + "".join(f"\\U{run[0]:08x}-\\U{run[-1]:08x}" for run in np.split(places, breaks)) + "]"


@lru_cache(maxsize=1 << 16)
def fold(word: str) -> str:
    """A word for comparison; a number with its digits as ASCII, thousands joined, other marks as points."""
    if unicodedata.category(word[0])[0] != "N":
        return characters.normalize(word)
    plain = "".join(str(unicodedata.decimal(char, char)) for char in word)
    parts = re.split(r"[.,:/٫٬'’·]", plain)
    if len(parts) > 1 and len(parts[0]) <= 3 and all(len(part) == 3 for part in parts[1:]):
        return "".join(parts)
    return ".".join(part.lstrip("0") or "0" for part in parts)


_LOOKALIKES: Final = str.maketrans("1i|!0асеорхуіѕ", "llllo" + "aceopxyls")


@lru_cache(maxsize=1 << 16)
def blurred(word: str) -> str:
    """A word as a bad scan shows it: without accents, and with what looks alike made equal."""
    bare = "".join(char for char in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(char))
    return bare.translate(_LOOKALIKES).replace("rn", "m").replace("ß", "ss")


def differences(left: str, right: str, evidence: Evidence, kinds: Iterable[str] = KINDS) -> list[Difference]:
    """What two texts differ in that is of one of the `kinds`, in order: at most one for each place and kind."""
    return compare(Reading(left), Reading(right), evidence, kinds)


def compare(left: Reading, right: Reading, evidence: Evidence, kinds: Iterable[str] = KINDS) -> list[Difference]:
    """`differences` of texts that are cut into words already."""
    found: list[Difference] = []
    wanted = [(kind, judge) for kind, judge in _JUDGES if kind in kinds]
    for edit in _edits(left, right):
        if _same_letters(edit) or _is_note(edit):
            continue
        for kind, judge in wanted:
            hits = judge(edit, evidence)
            if hits is not None:
                found.append(Difference(kind, *(side.span(hit) for side, hit in zip(edit, hits, strict=True))))
                break
    return found


class Side(NamedTuple):
    """One side of a place where two texts differ: tokens `begin` to `end` of a reading."""

    reading: Reading
    begin: int
    end: int

    @property
    def tokens(self) -> list[Token]:
        """The tokens there."""
        return self.reading.tokens[self.begin : self.end]

    @property
    def words(self) -> list[str]:
        """The tokens there, folded."""
        return [token.folded for token in self.tokens]

    def span(self, hits: Sequence[int]) -> tuple[int, int]:
        """Characters from the first to the last of the tokens `hits`; empty, behind what comes before, for none."""
        tokens = self.reading.tokens
        if hits:
            return tokens[min(hits)].start, tokens[max(hits)].end
        at = tokens[self.begin - 1].end if self.begin else self.reading.begin
        return at, at


Edit = tuple[Side, Side]
Hits = tuple[list[int], list[int]] | None
"""The tokens that make the difference, on both sides; None when there is none."""


def _edits(left: Reading, right: Reading) -> Iterator[Edit]:
    """Where two texts differ: what stands between the equal runs."""
    one = [token.folded for token in left.tokens]
    two = [token.folded for token in right.tokens]
    before = (0, 0)
    for a, b, size in [*_equal_runs(one, two), (len(one), len(two), 0)]:
        if (a, b) != before:
            yield Side(left, before[0], a), Side(right, before[1], b)
        before = a + size, b + size


def _equal_runs(one: list[str], two: list[str]) -> Iterator[tuple[int, int, int]]:
    if max(len(one), len(two)) > QUADRATIC_WORDS:
        blocks = difflib.SequenceMatcher(None, one, two).get_matching_blocks()
        yield from ((block.a, block.b, block.size) for block in blocks if block.size)
        return
    for op in Indel.opcodes(one, two):
        if op.tag == "equal":
            yield op.src_start, op.dest_start, op.src_end - op.src_start


def _same_letters(edit: Edit) -> bool:
    """Whether the sides differ in blanks, hyphens, accents or look-alikes only; numbers must be the same numbers."""
    left, right = ("".join(side.words) for side in edit)
    if left == right:
        return not any(_is_number(word) and "." in word for side in edit for word in side.words)
    if not left or not right or (left.isdigit() and right.isdigit()):
        return False
    return blurred(left) == blurred(right)


def _is_note(edit: Edit) -> bool:
    """Whether one side has only the number of a note more, set against a word's end or a mark."""
    for side, other in (edit, edit[::-1]):
        if other.tokens or len(side.tokens) != 1 or not _is_number(side.words[0]) or len(side.words[0]) > 2:
            continue
        before = side.reading.before(side.begin)
        if before and before[-1] in "\"”’»」'.,;^":
            return True
    return False


def _is_number(word: str) -> bool:
    return unicodedata.category(word[0])[0] == "N" or (len(word) > 1 and word[0] in _CHINESE and word[1] in _CHINESE)


# --- numbers ---


def _numbers(edit: Edit, evidence: Evidence) -> Hits:  # noqa: ARG001 - all judges are called alike
    digits = [[at for at, word in enumerate(side.words, side.begin) if _is_number(word)] for side in edit]
    written = [[side.reading.tokens[at].folded for at in hits] for side, hits in zip(edit, digits, strict=True)]
    if written[0] != written[1]:
        return digits[0], digits[1]
    return _values(edit, lexicon().values) or _numerals(edit)


def _values(edit: Edit, table: Mapping[str, Mapping[str, int]]) -> Hits:
    """Words with a value on both sides in one language, and not the same values."""
    sides = [[(at, table[word]) for at, word in enumerate(side.words, side.begin) if word in table] for side in edit]
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


def _numerals(edit: Edit) -> Hits:
    """Chinese numerals, or Roman ones in capitals, on both sides, and not the same."""
    for kind in (_is_chinese_numeral, lambda token: bool(_ROMAN.fullmatch(token.written))):
        hits = [[at for at, token in enumerate(side.tokens, side.begin) if kind(token)] for side in edit]
        if hits[0] and hits[1]:
            left, right = (
                [side.reading.tokens[at].folded for at in found] for side, found in zip(edit, hits, strict=True)
            )
            if left != right:
                return hits[0], hits[1]
    return None


def _is_chinese_numeral(token: Token) -> bool:
    return token.written in _CHINESE


# --- negations and modals ---


def _negations(edit: Edit, evidence: Evidence) -> Hits:  # noqa: ARG001 - all judges are called alike
    listed = lexicon().negations
    hits = [
        [at for at, word in enumerate(side.words, side.begin) if word in listed or word.endswith("n't")]
        for side in edit
    ]
    if len(hits[0]) != len(hits[1]):
        return hits[0], hits[1]
    counts = [_negating_parts(side) for side in edit]
    prefixed = _prefixed(*edit) or _prefixed(*edit[::-1])
    if counts[0] != counts[1] or prefixed:
        return list(range(edit[0].begin, edit[0].end)), list(range(edit[1].begin, edit[1].end))
    return _values(edit, lexicon().modals)


def _negating_parts(side: Side) -> int:
    """How many negating parts of words there are, in the words with two more on either side."""
    tokens = side.reading.tokens[max(side.begin - 2, 0) : side.end + 2]
    if not any(token.written >= "\u0e00" for token in tokens):
        return 0
    joined = "".join(token.folded for token in tokens)
    return sum(joined.count(part) for part in NEGATING_PARTS)


def _prefixed(one: Side, two: Side) -> bool:
    """Whether a word of `two` is a word of `one` with a negating prefix."""
    words = {word for word in one.words if len(word) >= 3}
    return any(prefix + word in two.words for word in words for prefix in NEGATING_PREFIXES)


# --- names ---


def _names(edit: Edit, evidence: Evidence) -> Hits:
    hits = [
        [at for at in range(side.begin, side.end) if _is_name(side, other, at, evidence)]
        for side, other in (edit, edit[::-1])
    ]
    left, right = (
        [at for at in found if not _spelled_otherwise(side, other, at, evidence)]
        for side, other, found in ((*edit, hits[0]), (*edit[::-1], hits[1]))
    )
    if left or right:
        return hits[0], hits[1]
    return _territories(edit)


def _is_name(side: Side, other: Side, at: int, evidence: Evidence) -> bool:
    """Whether a token that the other side does not have is (part of) a name."""
    reading, token = side.reading, side.reading.tokens[at]
    first = token.written[0]
    if reading.in_address(at):
        return bool(other.words) and token.folded not in _SCHEMES and _other_address(other)
    if not first.isupper() or _is_title(side, other, at) or _is_initials(reading, at):
        return False
    if len(token.written) == 1 or evidence.ordinary(token.folded) or token.folded in lexicon().values:
        return False
    if not reading.capitals_tell:
        return evidence.upper[token.folded] > 0
    if token.written.isupper():
        return True
    if reading.german:
        return token.folded in lexicon().territories or (at > 0 and reading.tokens[at - 1].written[0].isupper())
    if reading.begins_sentence(at):
        return evidence.upper[token.folded] > 0 or token.folded in lexicon().territories
    return True


_SCHEMES: Final = frozenset(("http", "https", "www", "hyperlink", "quot", "mailto", "ftp", "at", "dot"))


def _other_address(side: Side) -> bool:
    """Whether the other side stands in an address too."""
    return any(side.reading.in_address(at) for at in range(side.begin, side.end))


def _is_title(side: Side, other: Side, at: int) -> bool:
    """A short word with a point before a capital (`Mr.`, `Dr.`, `J.`) that the other side has nothing for."""
    following = side.reading.text[side.reading.tokens[at].end :][:3]
    short = len(side.reading.tokens[at].written) <= 4
    return not other.words and short and bool(re.match(r"\.\s+\w", following)) and following[-1].isupper()


def _is_initials(reading: Reading, at: int) -> bool:
    """Whether a word in capitals abbreviates what stands before it: `communications technologies (ICTs)`."""
    word = reading.tokens[at].written.rstrip("s")
    if len(word) < 2 or not word.isupper() or "(" not in reading.before(at):
        return False
    initials = iter([token.folded[0] for token in reading.tokens[max(at - 2 * len(word), 0) : at]])
    return all(letter in initials for letter in word.casefold())


def _spelled_otherwise(side: Side, other: Side, at: int, evidence: Evidence) -> bool:
    """Whether the other side has the same name in another spelling, form or reading."""
    word = side.reading.tokens[at].folded
    return any(_one_name(word, rival, evidence) for rival in other.words)


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
        return False
    return extended or one == two or min(evidence.upper[word], evidence.upper[rival]) < KNOWN


def _territories(edit: Edit) -> Hits:
    """Countries and regions, in scripts without capitals, that one side has and the other has not."""
    if not any(token.written >= "\u0590" for side in edit for token in side.tokens):
        return None
    found = [_listed_territories(side) for side in edit]
    if found[0] == found[1]:
        return None
    return list(range(edit[0].begin, edit[0].end)), list(range(edit[1].begin, edit[1].end))


def _listed_territories(side: Side) -> set[str]:
    """Names of CLDR's list at the place: words but for two letters at either end, or runs of characters across it."""
    known = lexicon()
    parts = {word[a : len(word) - b] for word in side.words for a in range(3) for b in range(3)}
    found = {part for part in parts if len(part) > 1 and part in known.territories}
    reach = known.longest_territory
    before = "".join(_run(reversed(side.reading.tokens[max(side.begin - reach, 0) : side.begin])))[::-1]
    here = "".join(side.words)
    run = before + here + "".join(_run(iter(side.reading.tokens[side.end : side.end + reach])))
    begin, end = len(before), len(before) + len(here)
    for start in range(end):
        for stop in range(max(start + 2, begin + 1), min(start + reach, len(run)) + 1):
            if run[start:stop] in known.territories and (stop > begin and start < max(end, begin)):
                found.add(run[start:stop])
    return found


def _run(tokens: Iterator[Token]) -> Iterator[str]:
    """The characters up to the first word."""
    return (token.folded for token in takewhile(lambda token: len(token.written) == 1, tokens))


_JUDGES: Final[tuple[tuple[Kind, Callable[[Edit, Evidence], Hits]], ...]] = (
    ("numbers", _numbers),
    ("negations", _negations),
    ("names", _names),
)
