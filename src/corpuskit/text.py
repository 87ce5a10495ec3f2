"""What "the same words" means: how text is folded for comparison, and what counts as a letter.

`normalize` is the definition, one string at a time; `fold_tables` and `classes` tell the kernels the same, a table
entry for each code point. The stored text keeps its wording: all of this is for comparison only.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, cast

import numpy as np

from corpuskit.kept import kept
from corpuskit.kernels.types import Bytes, Small

BLANKS: Final = "".join(
    chr(code)
    for code in (
        *(*range(0x9, 0xE), *range(0x1C, 0x21), 0x85, 0xA0, 0x1680),
        *(*range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000),
    )
)
"""The blank characters: those for which `str.isspace()` holds."""

# Quotes that stand for one another in typing, OCR and conversion. Primes (feet, minutes) and corner brackets do not.
_SINGLE_QUOTES: Final = "`´ʹʻʼʽ‘’‚‛‹›"
_DOUBLE_QUOTES: Final = "“”„‟«»"
_DASHES: Final = "‐‑‒–—―⁃−﹘﹣"
# Invisible and without meaning between letters: soft hyphen, zero width space, word joiner, byte order mark. The
# zero width joiners stay: they make other words of Persian and Indic ones.
_DROPPED: Final = "\u00ad\u200b\u2060\ufeff"

# Decomposition tags of what is the same character in another width or presentation form. Not <super>, <sub>,
# <fraction>, <circle>, <font>: 10⁶ is not 106.
_FOLDED_TAGS: Final = {"<wide>", "<narrow>", "<small>", "<vertical>", "<initial>", "<medial>", "<final>", "<isolated>"}
_LIGATURES: Final = frozenset((0x132, 0x133, *range(0x1C4, 0x1CD), *range(0x1F1, 0x1F4), *range(0xFB00, 0xFB18)))

_TABLE_SIZE: Final = 0x20000
"""Code points with a table entry: above are ideographs, nearly all of which fold to themselves."""

# Scripts that write without spaces: a character there says about as much as a short word. First and last code points.
_UNSPACED_RANGES: Final = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x0F00, 0x109F),  # Tibetan, Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x1950, 0x19DF),  # Tai Le, New Tai Lue
    (0x1A20, 0x1AAF),  # Tai Tham
    (0x2E80, 0x2FDF),  # CJK radicals
    (0x3005, 0x3007),  # iteration mark, zero
    (0x3021, 0x3029),
    (0x3031, 0x3035),
    (0x3038, 0x30FF),  # Hiragana, Katakana
    (0x3100, 0x312F),  # Bopomofo
    (0x31A0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xA9E0, 0xA9FF),
    (0xAA60, 0xAADF),
    (0xF900, 0xFAFF),
    (0x1AFF0, 0x1B16F),
)

LETTER: Final = 1
UNSPACED: Final = 2


def normalize(text: str) -> str:
    """Fold what does not change the words: Unicode form, width, presentation, case, blanks, quotes, dashes.

    Canonical caseless matching (Unicode 3.13, D145) around our own foldings, and blanks collapsed. Idempotent.
    """
    folded = unicodedata.normalize("NFD", _broken(text)).casefold().translate(_translation())
    return " ".join(unicodedata.normalize("NFC", _broken(folded)).split())


# unicodedata orders runs of combining marks in quadratic time: 200,000 of them took two minutes. Runs longer than
# any writing needs are broken as Unicode's Stream-Safe Text Format does (UAX #15, section 13).
_MOST_MARKS: Final = 30
_GRAPHEME_JOINER: Final = "\u034f"


def _broken(text: str) -> str:
    """The text without long runs of marks, which folding too can make: it drops what stood between them."""
    return text if text.isascii() else _long_runs().sub(_break_run, text)


@cache
def _long_runs() -> re.Pattern[str]:
    marks = "".join(filter(unicodedata.combining, map(chr, range(_TABLE_SIZE))))
    return re.compile(f"[{marks}]{{{_MOST_MARKS + 1},}}")


def _break_run(found: re.Match[str]) -> str:
    run = found[0]
    return _GRAPHEME_JOINER.join(run[at : at + _MOST_MARKS] for at in range(0, len(run), _MOST_MARKS))


@cache
def _translation() -> dict[int, str]:
    table = {ord(char): "" for char in _DROPPED}
    table |= {ord(char): "'" for char in _SINGLE_QUOTES}
    table |= {ord(char): '"' for char in _DOUBLE_QUOTES}
    table |= {ord(char): "-" for char in _DASHES}
    chars = [chr(code) for code in (*range(0x132, 0x1F4), *range(0x3000, 0x3400), *range(0xFB00, _TABLE_SIZE))]
    for char, decomposition in zip(chars, map(unicodedata.decomposition, chars), strict=True):
        if not decomposition.startswith("<"):
            continue
        code = ord(char)
        tag, _, parts = decomposition.partition(" ")
        if tag in _FOLDED_TAGS or (tag == "<compat>" and code in _LIGATURES):
            plain = "".join(chr(int(part, 16)) for part in parts.split())
            table[code] = plain.translate(table)
    return table


@dataclass(frozen=True)
class FoldTables:
    """`normalize` of each single code point, for the kernel.

    kind: uint8[0x20000], one of SAME, MAPPED, BLANK, SLOW. SLOW characters interact with their neighbours (combining
    marks, what composes) or grow too much: their passages go through `normalize` itself.
    start: int32[0x20001], where the UTF-8 of a MAPPED code point begins in `utf8`; it ends at the next one's start.
    utf8: uint8, the foldings one after another.
    """

    kind: Bytes
    start: Small
    utf8: Bytes


SAME: Final = 0
MAPPED: Final = 1
BLANK: Final = 2
SLOW: Final = 3


@cache
def fold_tables() -> FoldTables:
    """The tables for the kernel, made of `normalize` itself. Making them takes a tenth of a second, loading none."""
    return FoldTables(*kept("fold", (__file__,), _make_fold_tables))


def _make_fold_tables() -> tuple[Bytes, Small, Bytes]:
    kind = np.zeros(_TABLE_SIZE, dtype=np.uint8)
    kind[[ord(char) for char in BLANKS]] = BLANK
    lengths = np.zeros(_TABLE_SIZE + 1, dtype=np.int32)
    pieces: list[bytes] = []
    composing = _composing()
    chars = [chr(code) for code in _foldable() if code and kind[code] != BLANK]
    for char, together in zip(chars, _normalize_each(chars), strict=True):
        code = ord(char)
        if together == char and code not in composing:
            continue
        folded = normalize(char)
        if code in composing or any(ord(part) in composing for part in folded[:1]):
            kind[code] = SLOW
        elif folded != char:
            utf8 = folded.encode()
            if 2 * len(utf8) > 3 * len(char.encode()) or any(part.isspace() for part in folded):
                kind[code] = SLOW  # the kernel's buffer is half again as long as the text
            else:
                kind[code] = MAPPED
                lengths[code + 1] = len(utf8)
                pieces.append(utf8)
    return kind, np.cumsum(lengths, dtype=np.int32), np.frombuffer(b"".join(pieces), dtype=np.uint8)


def _normalize_each(chars: Sequence[str]) -> list[str]:
    """`normalize` of each character, but for blanks at the ends of it: of all in one string.

    NUL stands between them, which nothing combines with.
    """
    return normalize("\0".join(chars)).split("\0")


def _foldable() -> list[int]:
    """Code points that may change: not the ideographs, Hangul syllables, surrogates and private use, which do not."""
    ranges = ((0, 0x3400), (0x4DC0, 0x4E00), (0xA000, 0xAC00), (0xD7A4, 0xD800), (0xF900, 0x13000), (0x16000, 0x17000))
    more = ((0x1AFF0, 0x1B170), (0x1BC00, _TABLE_SIZE))
    return [code for first, end in (*ranges, *more) for code in range(first, end)]


def _composing() -> frozenset[int]:
    """Code points that may change with what stands before them: combining marks, and second halves of a composition."""
    found: set[int] = {*range(0x1161, 0x1176), *range(0x11A8, 0x11C3)}  # Hangul vowels and finals
    chars = list(map(chr, _foldable()))
    found.update(map(ord, filter(unicodedata.combining, chars)))
    for decomposition in filter(None, map(unicodedata.decomposition, chars)):
        parts = decomposition.split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            found.add(int(parts[1], 16))
    return frozenset(found)


@cache
def classes() -> Bytes:
    """uint8[0x110000]: for each code point the sum of LETTER (letter, mark or digit) and UNSPACED (its script)."""
    (table,) = kept("classes", (__file__,), _make_classes)
    return cast(Bytes, table)


def _make_classes() -> tuple[Bytes]:
    table = np.zeros(0x110000, dtype=np.uint8)
    categories = "".join(map(unicodedata.category, map(chr, range(_TABLE_SIZE))))
    majors = np.frombuffer(categories[::2].encode("ascii"), dtype=np.uint8)
    table[:_TABLE_SIZE][np.isin(majors, np.frombuffer(b"LMN", dtype=np.uint8))] = LETTER
    table[0x20000:0x323B0] = LETTER | UNSPACED
    for first, last in _UNSPACED_RANGES:
        table[first : last + 1] |= UNSPACED
    # U+3099–30FF aside, punctuation inside these ranges (Tibetan tsheg, Khmer signs) belongs to its script.
    return (table,)
