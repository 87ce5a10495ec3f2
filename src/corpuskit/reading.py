"""A text as words: cut, folded, and what its capitals and the words of its corpus say.

The idea: words are numbers, runs of letters, and single characters of scripts without spaces. A text that is nearly
another one borrows the words that it shares with it at either end, so that only what lies between is cut.
"""

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from typing import Final

import numpy as np
from rapidfuzz.distance import Postfix, Prefix

from corpuskit import text as characters
from corpuskit.lexicon import GERMAN, lexicon

LOWER_SHARE: Final = 0.1
"""A word of which the corpus writes at least so large a share without a capital is no name."""

KNOWN: Final = 3
"""Names with so many mentions are known."""

COMMONPLACE_SHARE: Final = 0.05
COMMONPLACE_TEXTS: Final = 20
"""A name in so large a share of the texts, and in so many, is what the corpus is about: `United Nations` in speeches."""

LONGEST_REFERENCE: Final = 200
"""A reference behind a quotation is not looked for farther than so many characters from the end."""


class Reading:
    """One text, cut into words; the marks of a list, page or paragraph number in front are left out.

    `written` and `folded` are its words, which stand between the characters `begin` and `end`. With `head`, the words
    at either end up to a blank are taken from that reading: the first `shared[0]` and the last `shared[1]`.
    """

    def __init__(self, text: str, head: "Reading | None" = None) -> None:
        self.text = text
        self.begin = _front(text)
        self.end = _behind(text, self.begin)
        self.head = head
        if head is None:
            self.shared = (0, 0)
            self.written: list[str] = _pattern().findall(text, self.begin, self.end)
            self.folded = list(map(fold, self.written))
        else:
            self._borrow(head)

    def _borrow(self, head: "Reading") -> None:
        """Cut what lies between the first and the last difference to `head`, and take the rest from there.

        No word holds a blank, so one that both texts have at the same place parts words in both.
        """
        body = self.text[self.begin : self.end]
        front = max(body.rfind(" ", 0, int(Prefix.similarity(body, head.body))), 0)
        back = min(int(Postfix.similarity(body, head.body)), min(len(body), len(head.body)) - front)
        blank = body.find(" ", len(body) - back) if back else -1
        back = len(body) - blank if blank >= 0 else 0
        starts = head.starts
        first = bisect_left(starts, head.begin + front)
        last = len(starts) - bisect_left(starts, head.end - back)
        self._place = (self.begin + front, self.end - back)
        between: list[str] = _pattern().findall(self.text, *self._place)
        self.shared = (first, last)
        until = len(starts) - last
        self.written = [*head.written[:first], *between, *head.written[until:]]
        self.folded = [*head.folded[:first], *map(fold, between), *head.folded[until:]]

    @cached_property
    def body(self) -> str:
        """The text without what is left out at its ends."""
        return self.text[self.begin : self.end]

    @cached_property
    def starts(self) -> list[int]:
        """Where each word begins, in characters."""
        return [start for start, _ in self._spans]

    @cached_property
    def _spans(self) -> list[tuple[int, int]]:
        """Where each word stands, in characters; of a text with a head, only the words between."""
        place = (self.begin, self.end) if self.head is None else self._place
        return [match.span() for match in _pattern().finditer(self.text, *place)]

    def span(self, at: int) -> tuple[int, int]:
        """Where a word stands, in characters."""
        if self.head is None:
            return self._spans[at]
        first, last = self.shared
        if at < first:
            moved, place = self.begin - self.head.begin, at
        elif at >= len(self.written) - last:
            moved, place = self.end - self.head.end, at - len(self.written) + len(self.head.written)
        else:
            return self._spans[at - first]
        start, end = self.head.span(place)
        return start + moved, end + moved

    @cached_property
    def capitals_tell(self) -> bool:
        """Whether most words have no capital, so that one says something."""
        initials = [word[0] for word in self.written[1:]]
        return 4 * sum(map(str.isupper, initials)) <= 3 * sum(map(str.isalpha, initials))

    @cached_property
    def german(self) -> bool:
        """Whether all nouns have a capital."""
        return len(GERMAN.intersection(self.folded)) >= 3

    @cached_property
    def addresses(self) -> list[tuple[int, int]]:
        """Where URLs, e-mail addresses and file names stand."""
        return [self._around(*match.span()) for match in _ADDRESS.finditer(self.text)]

    def before(self, at: int) -> str:
        """What stands between a word and the one before it."""
        return self.text[self.span(at - 1)[1] if at else self.begin : self.span(at)[0]]

    def begins_sentence(self, at: int) -> bool:
        """Whether a capital may be there because a sentence begins; not after `Mr.`, `Dr.`, `J.`."""
        if at == 0:
            return True
        previous = self.written[at - 1]
        between = self.before(at)
        if between == " ":
            return False
        if between.startswith(".") and len(previous) <= 3 and previous[0].isupper() and previous.isalpha():
            between = between[1:]
        return any(mark in _SENTENCE_MARKS for mark in between)

    def in_address(self, at: int) -> bool:
        """Whether the word is part of an address."""
        return any(start <= self.span(at)[0] < end for start, end in self.addresses) if self.addresses else False

    def _around(self, start: int, end: int) -> tuple[int, int]:
        """The run of non-blank characters around a place."""
        begin = max(self.text.rfind(blank, 0, start) for blank in _BLANKS) + 1
        ends = [self.text.find(blank, end) for blank in _BLANKS]
        return begin, min((found for found in ends if found >= 0), default=len(self.text))


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
        lower = self.lower[word]
        return lower > 0 and lower >= LOWER_SHARE * (lower + self.upper[word])

    def commonplace(self, word: str) -> bool:
        """Whether it is a name that so many texts have that it tells little."""
        return self.texts_with[word] >= max(COMMONPLACE_TEXTS, COMMONPLACE_SHARE * self.texts)

    def pure(self, word: str) -> bool:
        """Whether it is nothing but a name, as far as the corpus knows."""
        return not self.lower[word] and self.upper[word] > 0 and not self.commonplace(word)


_BLANKS: Final = " \n\t\u3000"
_SENTENCE_MARKS: Final = frozenset(".!?:;…。！？؟।•*\n")
_ADDRESS: Final = re.compile(r"[:@.](?:(?<=:)//|(?<=\w@)(?=\w)|(?<=\w\.)(?=(?:[a-z]{2,4}|[A-Z]{2,4})\b)|(?<=\bwww\.))")
"""What only an address or a file name has inside: it is the run of non-blanks around."""
CHINESE: Final = "〇零一二三四五六七八九十百千万萬亿億两兩"
_SUPERSCRIPTS: Final = "⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉"

# One mark in front: bullets, quotes and markup; a number or letter with a mark behind it; a number before a capital or
# a letter of a script without capitals. Years and numbers before a word in lower case stay: `12 months`, `2003 was`.
_ENUMERATOR: Final = (
    r"(?:\d{1,4}(?:[.\-]\d{1,3})*(?:\.?[^\W\d_])?\d?|[^\W\d_]|[ivxlcIVXLC]{1,6}|[一二三四五六七八九十]{1,3})"
)
_FRONT: Final = re.compile(
    rf"(?:[^\w\s]*\s*[(\[（]?{_ENUMERATOR}(?:\s*[.)\]:、．）/]+)+(?:\s+|(?=[^\W\d_]{{2}}))"
    r"|\^[A-Z]\s+|(?:</?\w+>|\W)*(?:\d{1,3}(?:\.\d{1,3})*|\d{1,2}[^\W\d_])\s+(?=[\"'“‘«]*(?P<next>[^\W\d_a-z]\w*)))",
)

# What stands behind the end of a quotation or of a sentence: `." [1958th meeting, para. 223.]`, `” (A/47/PV.12, p. 18)`, a
# note's number.
_BEHIND: Final = re.compile(
    r"(?:(?<=[\"”’»」'.!?。])[\s.,;]*[(\[（【](?:[^()\[\]]|\([^()\[\]]*\))*\d(?:[^()\[\]]|\([^()\[\]]*\))*[)\]）】]"
    r"|(?<=[\"”»」])[.,;]?\d{1,3})\W*\Z"
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


_BRACKETS: Final = ")]）】"


def _behind(text: str, begin: int) -> int:
    """Where the text ends before a reference behind it."""
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
    letter = _class(np.flatnonzero(letters & ~unspaced).tolist(), "\U00010000-\U0001efff")
    alone = _class(np.flatnonzero((table & characters.LETTER != 0) & unspaced).tolist(), "\U00020000-\U000323af")
    number = rf"{digit}+(?:[.,:/٫٬'’·]{digit}+)*[{_SUPERSCRIPTS}]*|{other}"
    return re.compile(rf"{number}|{letter}+(?<=[nN])['’][tT](?!{letter})|{letter}+|[{CHINESE}]{{2,}}|{alone}")


def _class(codes: Sequence[int], more: str = "") -> str:
    """A character class of code points, ascending; beyond the BMP in one range, as `re` tries ranges there in turn."""
    places = np.asarray([code for code in codes if code < 0x10000])
    breaks = np.flatnonzero(np.diff(places) > 1) + 1
    return "[" + "".join(f"\\U{run[0]:08x}-\\U{run[-1]:08x}" for run in np.split(places, breaks)) + more + "]"


@lru_cache(maxsize=1 << 16)
def fold(word: str) -> str:
    """A word for comparison; a number with its digits as ASCII, thousands joined, other marks as points."""
    if unicodedata.category(word[0])[0] != "N":
        return characters.normalize(word)
    plain = "".join(str(unicodedata.decimal(char, char)) for char in word)
    parts = re.split(r"[.,:/٫٬'’·]", plain)
    if len(parts) > 1 and len(parts[0]) <= 3 and all(len(part) == 3 for part in parts[1:]):
        return "".join(parts)
    return ".".join(part[1:] if len(part) == 2 and part[0] == "0" else part for part in parts)  # 05.03. is 5.3.


_LOOKALIKES: Final = str.maketrans("1i|!0асеорхуіѕ", "llllo" + "aceopxyls")


@lru_cache(maxsize=1 << 16)
def blurred(word: str) -> str:
    """A word as a bad scan shows it: without accents, and with what looks alike made equal."""
    bare = "".join(char for char in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(char))
    return bare.translate(_LOOKALIKES).replace("rn", "m").replace("ß", "ss")


def fold_words(text: str) -> tuple[str, ...]:
    """The words of a piece of text, folded."""
    return tuple(fold(match[0]) for match in _pattern().finditer(text))
