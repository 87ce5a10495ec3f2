"""A text as words: cut, folded, and what its capitals and the words of its corpus say.

The idea: words are numbers, runs of letters, and single characters of scripts without spaces. `lineup` does the same
for many texts at once; this is what it must come to.
"""

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from itertools import chain
from typing import Final, cast

import numpy as np

from corpuskit import text as characters
from corpuskit.kept import kept
from corpuskit.kernels import words
from corpuskit.kernels.types import Bytes
from corpuskit.lexicon import GERMAN, lexicon

LOWER_SHARE: Final = 0.1
"""A word of which the corpus writes at least so large a share without a capital is no name."""

KNOWN: Final = 3
"""Names with so many mentions are known."""

COMMONPLACE_SHARE: Final = 0.02
COMMONPLACE_TEXTS: Final = 20
SOMETIMES: Final = 0.003
"""A word with a capital in so large a share of the texts, and in so many, is what the corpus is about (the Assembly in
speeches there), if it is written without one in so large a share of its places; `Google` never is."""

GERMAN_WORDS: Final = 3
"""A text with so many different words of the list is German."""

LONGEST_REFERENCE: Final = 200
"""A reference behind a quotation is not looked for farther than so many characters from the end."""


class Reading:
    """One text, cut into words; the marks of a list, page or paragraph number in front are left out.

    `written` and `folded` are its words, which stand between the characters `begin` and `end`. Those of many texts are
    cut at once by `lineup`, which hands them over.
    """

    frame: tuple[str, int, int] | None = None
    """What `asides` found last, of the pair with another text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.begin, self.end = bounds(text)
        self.written: list[str] = _pattern().findall(text, self.begin, self.end)
        self.folded = list(map(fold, self.written))

    @classmethod
    def of(cls, text: str, begin: int, written: list[str], folded: list[str], **known: object) -> "Reading":
        """The reading of a text whose words are known, and some of what follows from them."""
        reading = cls.__new__(cls)
        reading.text, reading.begin, reading.written, reading.folded = text, begin, written, folded
        reading.__dict__.update(known)
        return reading

    @cached_property
    def starts(self) -> list[int]:
        """Where each word begins, in characters."""
        return [match.start() for match in _pattern().finditer(self.text, self.begin, self.end)]

    @cached_property
    def ends(self) -> list[int]:
        """Where each word ends, in characters."""
        return [match.end() for match in _pattern().finditer(self.text, self.begin, self.end)]

    @cached_property
    def capitals_tell(self) -> bool:
        """Whether most words have no capital, so that one says something."""
        initials = [word[0] for word in self.written[1:]]
        return 4 * sum(map(str.isupper, initials)) <= 3 * sum(map(str.isalpha, initials))

    @cached_property
    def capitals(self) -> set[str]:
        """The words with a capital, folded."""
        return {folded for written, folded in zip(self.written, self.folded, strict=True) if written[0].isupper()}

    @cached_property
    def german(self) -> bool:
        """Whether all nouns have a capital."""
        return len(GERMAN.intersection(self.folded)) >= GERMAN_WORDS

    @cached_property
    def addresses(self) -> list[tuple[int, int]]:
        """Where URLs, e-mail addresses and file names stand."""
        return find_addresses(self.text)

    def before(self, at: int) -> str:
        """What stands between a word and the one before it."""
        return self.text[self.ends[at - 1] if at else self.begin : self.starts[at]]

    def begins_sentence(self, at: int) -> bool:
        """Whether a capital may be there because a sentence begins; not after `Mr.`, `Dr.`, `J.`."""
        return at == 0 or ends_sentence(self.written[at - 1], self.before(at))

    def in_address(self, at: int) -> bool:
        """Whether the word is part of an address."""
        return at in self.addressed

    @cached_property
    def addressed(self) -> frozenset[int]:
        """The words that are part of an address."""
        if not self.addresses:
            return frozenset()
        places = [range(self.word_at(begin), self.word_at(end)) for begin, end in self.addresses]
        return frozenset(chain.from_iterable(places))

    def address_at(self, at: int) -> tuple[int, int] | None:
        """Where the address stands that the word is part of."""
        start = self.starts[at]
        for place in self.addresses:
            if place[0] <= start < place[1]:
                return place
        return None

    def word_at(self, start: int) -> int:
        """The first word that begins at a character or behind it."""
        return bisect_left(self.starts, start)

    @cached_property
    def addresses_words(self) -> list[set[str]]:
        """`address_words` of the first word of each address."""
        return [self.address_words(self.word_at(start)) for start, _ in self.addresses]

    def address_words(self, at: int) -> set[str]:
        """The words of the address that the word is part of, folded."""
        place = (self.address_at(at) if at < len(self.starts) else None) or (0, 0)
        if place not in self._words_of:
            begin, end = map(self.word_at, place)
            self._words_of[place] = set(self.folded[begin:end]) - SCHEMES
        return self._words_of[place]

    @cached_property
    def _words_of(self) -> dict[tuple[int, int], set[str]]:
        """What `address_words` found of addresses, by place."""
        return {}


def bounds(text: str) -> tuple[int, int]:
    """The characters between which the words of a text stand: behind marks in front, before a reference behind."""
    begin = _front(text)
    return begin, _behind(text, begin)


def find_addresses(text: str) -> list[tuple[int, int]]:
    """Where URLs, e-mail addresses and file names stand, in characters."""
    found = [_around(text, *match.span()) for match in _ADDRESS.finditer(text)]
    if "DOT" in text:
        found += [match.span() for match in _SPELLED.finditer(text)]
    return found


def _around(text: str, start: int, end: int) -> tuple[int, int]:
    """The run of non-blank characters around a place."""
    begin, stop = 0, len(text)
    for blank in _ASCII_BLANKS if text.isascii() else _BLANKS:  # each looks only as far as the nearest before it
        found = text.rfind(blank, begin, start)
        if found >= 0:
            begin = found + 1
        found = text.find(blank, end, stop)
        if found >= 0:
            stop = found
    return begin, stop


def ends_sentence(word: str, between: str) -> bool:
    """Whether a sentence ends behind a word, before the next; not behind `Mr.`, `Dr.`, `J.`."""
    if between == " ":
        return False
    if between.startswith(".") and len(word) <= 3 and word[0].isupper() and word.isalpha():
        between = between[1:]
    return any(mark in _SENTENCE_MARKS for mark in between)


@dataclass
class Evidence:
    """What a corpus does with its words, folded: in how many places, and with a capital in how many `texts`.

    lower: without a capital; upper: with one in mid-sentence; texts_with: texts in which it has one, anywhere.
    """

    lower: Counter[str] = field(default_factory=Counter)
    upper: Counter[str] = field(default_factory=Counter)
    texts_with: Counter[str] = field(default_factory=Counter)
    texts: int = 0

    def add(self, text: str) -> None:
        """Count the words of one more text."""
        self.add_reading(Reading(text))

    def add_reading(self, reading: Reading) -> None:
        """Count the words of one more text, which is cut already."""
        self.texts += 1
        places: Iterable[int] = range(len(reading.written))
        if reading.addresses:
            places = [at for at in places if not reading.in_address(at)]
        written, folded = reading.written, reading.folded
        self.lower.update([folded[at] for at in places if written[at][0].islower()])
        capitals = [at for at in places if written[at][0].isupper()]
        if reading.capitals_tell:
            self.upper.update([folded[at] for at in capitals if not reading.begins_sentence(at)])
            self.texts_with.update({folded[at] for at in capitals})

    def ordinary(self, word: str) -> bool:
        """Whether the corpus writes it without a capital often enough."""
        lower = self.lower.get(word, 0)
        return lower > 0 and lower >= LOWER_SHARE * (lower + self.upper.get(word, 0))

    def commonplace(self, word: str) -> bool:
        """Whether it is a name that so many texts have that it tells little."""
        if self.texts_with[word] < max(COMMONPLACE_TEXTS, COMMONPLACE_SHARE * self.texts):
            return False
        return self.lower[word] >= SOMETIMES * self.upper[word]

    def pure(self, word: str) -> bool:
        """Whether it is nothing but a name, as far as the corpus knows."""
        return not self.lower[word] and self.upper[word] > 0 and not self.commonplace(word)


SCHEMES: Final = frozenset(("http", "https", "www", "hyperlink", "quot", "mailto", "ftp", "at", "dot"))
"""What says no more than that there is an address."""

_ASCII_BLANKS: Final = " \n\t"
_BLANKS: Final = f"{_ASCII_BLANKS}\u3000"
_SENTENCE_MARKS: Final = frozenset(".!?:;…。！？؟।•*\n")
_ADDRESS: Final = re.compile(
    r"[:@.](?:(?<=:)//|(?<=\w@)(?=\w)|(?<=\w\.)(?=(?:[a-z]{2,4}|[A-Z]{2,4})\b)|(?<=\w{3}\.)(?=[a-z]\b)|(?<=\bwww\.))"
)
"""What only an address or a file name has inside: it is the run of non-blanks around."""
_SPELLED: Final = re.compile(r"[\w.-]+[ _]AT[ _]\w+(?:[ _]DOT[ _]\w+)+")
"""An address with its marks spelled out: `name_AT_host_DOT_org`."""
CHINESE: Final = "〇零一二三四五六七八九十百千万萬亿億两兩"
_SUPERSCRIPTS: Final = "⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉"

# One mark in front: bullets, quotes and markup; a number or letter with a mark behind it; a number before a capital or
# a letter of a script without capitals. Years and numbers before a word in lower case stay: `12 months`, `2003 was`.
_ENUMERATOR: Final = (
    r"(?:\d{1,4}(?:[.\-]\d{1,3})*(?:\.?[^\W\d_])?\d?|[^\W\d_]|[ivxlcIVXLC]{1,6}|[一二三四五六七八九十]{1,3})"
)
_FRONT: Final = re.compile(
    rf"(?:(?:</?\w+>|\W)*{_ENUMERATOR}(?:\s*[.)\]:、．）/])+,?(?:</\w+>)?(?:\s+|(?=[^\W\d_]{{2}}))"
    r"|\^[A-Z]\s+|(?:</?\w+>|\W)*(?:\d{1,3}(?:\.\d{1,3})*|\d{1,2}[^\W\d_])\s+(?=[\"'“‘«]*(?P<next>[^\W\d_a-z]\w*)))",
)

# What stands behind the end of a quotation or of a sentence: `." [1958th meeting, para. 223.]`, `” (A/47/PV.12, p. 18)`
# the number of a note.
_BEHIND: Final = re.compile(
    r"(?:(?<=[\"”’»」'.!?。])[\s.,;]*[(\[（【](?:[^()\[\]]|\([^()\[\]]*\))*\d(?:[^()\[\]]|\([^()\[\]]*\))*[)\]}）】]"
    r"|(?<=[\"”»」])[.,;]?\d{1,3})\W*\Z"
)


def _front(text: str) -> int:
    """Where the text begins behind list marks and page numbers."""
    if text[:2].isascii() and text[:2].isalpha() and text[1:2] not in _NUMERAL_LETTERS:
        return 0  # a word: the pattern cannot match
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


_NUMERAL_LETTERS: Final = "ivxlcIVXLC"
_BRACKETS: Final = ")]}）】"


def _behind(text: str, begin: int) -> int:
    """Where the text ends before a reference behind it."""
    if text[-1:].isalpha() or (text[-2:-1].isalpha() and text[-1] not in _BRACKETS):
        return len(text)  # what most texts come to below
    last = len(text)
    bracket = False
    while last > begin and not (text[last - 1].isalnum() or text[last - 1] == "_"):
        last -= 1
        bracket = bracket or text[last] in _BRACKETS
    if last == begin or not (bracket or text[last - 1].isdecimal()):
        return len(text)  # the pattern cannot match: looking took a tenth of the time
    found = _BEHIND.search(text, max(begin, len(text) - LONGEST_REFERENCE))
    return found.start() if found else len(text)


@cache
def word_kinds() -> Bytes:
    """uint8[0x110000]: the kind of each code point, as `kernels.words` has them."""
    (kinds,) = kept("word-kinds", (__file__, characters.__file__), _make_word_kinds)
    return cast(Bytes, kinds)


def _make_word_kinds() -> tuple[Bytes]:
    table = characters.classes()
    marked = np.flatnonzero(table[:0x10000] & characters.LETTER).tolist()
    kinds = np.zeros(0x110000, dtype=np.uint8)
    for code in marked:
        category = unicodedata.category(chr(code))
        unspaced = table[code] & characters.UNSPACED
        if category == "Nd":
            kinds[code] = words.DIGIT
        elif chr(code) in _SUPERSCRIPTS:
            kinds[code] = words.RAISED
        else:
            kinds[code] = words.ALONE if unspaced else words.NUMERAL if category[0] == "N" else words.LETTER
    kinds[0x10000:0x1F000] = words.LETTER
    kinds[0x20000:0x323B0] = words.ALONE
    kinds[[ord(char) for char in CHINESE]] |= words.CHINESE
    return (kinds,)


@cache
def _pattern() -> re.Pattern[str]:
    """Numbers, words, and single characters of scripts without spaces."""
    kinds = word_kinds() & 15
    digit, other, letter, alone = (
        _class(np.flatnonzero(kinds == kind).tolist())
        for kind in (words.DIGIT, words.NUMERAL, words.LETTER, words.ALONE)
    )
    number = rf"{digit}+(?:[.,:/٫٬'’·]{digit}+)*[{_SUPERSCRIPTS}]*|{other}"
    return re.compile(rf"{number}|{letter}+(?<=[nN])['’][tT](?!{letter})|{letter}+|[{CHINESE}]{{2,}}|{alone}")


def _class(codes: Sequence[int]) -> str:
    """A character class of code points, ascending."""
    places = np.asarray(codes)
    breaks = np.flatnonzero(np.diff(places) > 1) + 1
    return "[" + "".join(f"\\U{run[0]:08x}-\\U{run[-1]:08x}" for run in np.split(places, breaks)) + "]"


@lru_cache(maxsize=1 << 16)
def fold(word: str) -> str:
    """A word for comparison; a number with its digits as ASCII, thousands joined, other marks as points."""
    if word.isascii() and word.isalpha():
        return word.lower()  # what all below comes to, in a twentieth of the time
    if unicodedata.category(word[0])[0] != "N":
        return characters.normalize(word)
    plain = "".join(str(unicodedata.decimal(char, char)) for char in word)
    parts = re.split(r"[.,:/٫٬'’·]", plain)
    if len(parts) > 1 and len(parts[0]) <= 3 and all(len(part) == 3 for part in parts[1:]):
        return "".join(parts)
    return ".".join(part[1:] if len(part) == 2 and part[0] == "0" else part for part in parts)  # 05.03. is 5.3.


_LOOKALIKES: Final = str.maketrans("1i|!05асеорхуіѕ", "llllos" + "aceopxyls")


@lru_cache(maxsize=1 << 16)
def blurred(word: str) -> str:
    """A word as a bad scan shows it: without accents, and with what looks alike made equal."""
    bare = word.casefold()
    if not bare.isascii():
        bare = "".join(char for char in unicodedata.normalize("NFKD", bare) if not unicodedata.combining(char))
    return bare.translate(_LOOKALIKES).replace("rn", "m").replace("ß", "ss")


def fold_words(text: str) -> tuple[str, ...]:
    """The words of a piece of text, folded."""
    return tuple(map(fold, _pattern().findall(text))) if text else ()
