"""What segmentation knows of each character, from Python's own Unicode data: its class, its width, how it joins.

One number a code point. Nothing here belongs to one language: the classes are Unicode's general categories, split
where a line break cares (a full stop of any script ends a sentence, a comma of any script does not) by the names that
Unicode gives to its punctuation.
"""

import unicodedata
from functools import cache
from typing import Final, cast

import numpy as np

from corpuskit.kept import kept
from corpuskit.kernels.types import Flags, Ints, Numbers

# Classes: the low four bits of a table entry.
LOWER: Final = 0
UPPER: Final = 1
OTHER: Final = 2  # letters without case
DIGIT: Final = 3
STOP: Final = 4  # ends a sentence
COMMA: Final = 5
SEMI: Final = 6
COLON: Final = 7
HYPHEN: Final = 8
DASH: Final = 9  # dashes and bullets
OPEN: Final = 10  # opening brackets and quotes
CLOSE: Final = 11
QUOTE: Final = 12  # typewriter quotes, which open and close
BLANK: Final = 13  # exactly where str.isspace() is true
SYMBOL: Final = 14
SKIP: Final = 15  # takes no part: combining marks, format characters, superscripts

CLASS: Final = 15
# Properties: the bits above.
WIDE: Final = 16  # two columns
ZERO: Final = 32  # no column
CJK: Final = 64  # Han, kana and their punctuation: lines join without a blank
SEA: Final = 128  # Thai, Lao, Khmer, Burmese and their kin: words stand without blanks between
NEUTRAL: Final = 256  # quotes, dashes and ellipses that CJK text shares with others
SCRIPTS: Final = CJK | SEA | NEUTRAL
BRACKET: Final = 512  # an opening or closing bracket that has a partner
SPEECH: Final = 1024  # a bracket that stands for a quote, and may stay open from paragraph to paragraph

TABLE_SIZE: Final = 0x20000
"""Code points above belong to Han (planes 2 and 3) or to nobody: `ABOVE` holds for all of them."""

ABOVE: Final = OTHER | WIDE | CJK

_CHARS: Final = "".join(map(chr, range(TABLE_SIZE)))


def _make_zeros() -> tuple[Ints]:
    zeros = [ord(char) for char in filter(str.isdecimal, _CHARS) if unicodedata.decimal(char) == 0]
    return (np.array(zeros, dtype=np.int64),)


(DIGIT_ZEROS,) = kept("zeros", (__file__,), _make_zeros)
"""The zeros of all scripts: nine more digits follow each."""

_BY_CATEGORY: Final = {
    "Ll": LOWER,
    "Lu": UPPER,
    "Lt": UPPER,
    "Lo": OTHER,
    "Lm": OTHER,
    "Nl": OTHER,
    "Mc": OTHER,
    "Nd": DIGIT,
    "No": DIGIT,
    "Mn": SKIP,
    "Me": SKIP,
    "Cf": SKIP,
    "Cc": SKIP,
    "Pd": DASH,
    "Ps": OPEN,
    "Pi": OPEN,
    "Pe": CLOSE,
    "Pf": CLOSE,
    "So": DASH,
}

# Words in the names of punctuation that ends a sentence, whatever the script.
_STOP_NAMES: Final = [
    "FULL",
    "STOP",
    "QUESTION",
    "EXCLAMATION",
    "DANDA",
    "ELLIPSIS",
    "INTERROBANG",
    "SHAD",
    "KHAN",
    "CHEIKHAN",
    "LUNGSI",
    "CARIK",
    "ANGKHANKHU",
    "BARIYOOSAN",
    "PERIOD",
    "LEADER",
]
_STOPS: Final = "\u0700\u104a\u104b\u1368\ua95f\u1b5e\u1b5f\u10fb"
_SYMBOLS: Final = "©®™℗°№"


def _punctuation_class(name: str) -> int:
    words = name.replace("-", " ").split()
    if any(word in words for word in _STOP_NAMES) or ("STOP" in words and "FULL" in words):
        return OPEN if "INVERTED" in words else STOP
    if "COMMA" in words:
        return COMMA
    if "SEMICOLON" in words:
        return SEMI
    if "COLON" in words:
        return COLON
    if "BULLET" in words:
        return DASH
    return SYMBOL


def _joined_bare() -> Flags:
    """For each code point, whether a wide character's script writes on without blanks: not Hangul, not emoji."""
    bare = np.zeros(TABLE_SIZE, dtype=np.bool_)
    bare[0x2E80:0x1F000] = True
    for first, end in ((0x3130, 0x3190), (0xA960, 0xA980), (0xAC00, 0xD800)):  # Hangul
        bare[first:end] = False
    return bare


def _fill_exceptions(table: Numbers, categories: list[str]) -> None:
    for code, category in enumerate(categories):
        if category == "Po":
            table[code] = _punctuation_class(unicodedata.name(chr(code), ""))
        elif category == "Pd" and "HYPHEN" in unicodedata.name(chr(code), ""):
            table[code] = HYPHEN
        elif category == "No" and "SUPERSCRIPT" in unicodedata.name(chr(code), ""):
            table[code] = SKIP
        elif category in {"Ps", "Pe"} and code not in (
            0x201A,
            0x201E,
        ):  # the low quotes close with a high one
            table[code] |= BRACKET
    for char in "「」『』｢｣":
        table[ord(char)] |= SPEECH
    for char in _STOPS:
        table[ord(char)] = STOP
    for char in _SYMBOLS:
        table[ord(char)] = SYMBOL
    for char in "\"'`´":
        table[ord(char)] = QUOTE
    table[ord("*")] = DASH
    table[ord("<")] = OPEN
    table[0xAD] = HYPHEN | ZERO


@cache
def character_table() -> Numbers:
    """Class and properties of each code point below `TABLE_SIZE`: uint16[TABLE_SIZE]."""
    (table,) = kept("characters", (__file__,), _make_character_table)
    return cast(Numbers, table)


def _make_character_table() -> tuple[Numbers]:
    categories = list(map(unicodedata.category, _CHARS))
    of_category = {category: _BY_CATEGORY.get(category, SYMBOL) for category in set(categories)}
    table = np.fromiter(map(of_category.__getitem__, categories), dtype=np.uint16, count=TABLE_SIZE)
    _fill_exceptions(table, categories)
    widths = list(map(unicodedata.east_asian_width, _CHARS))
    table[np.fromiter(map({"W", "F"}.__contains__, widths), dtype=bool, count=TABLE_SIZE)] |= WIDE
    wide = np.fromiter(map({"W", "F", "H"}.__contains__, widths), dtype=bool, count=TABLE_SIZE)
    table[wide & _joined_bare()] |= CJK
    zero = np.fromiter(map({"Mn", "Me", "Cf", "Cc"}.__contains__, categories), dtype=bool, count=TABLE_SIZE)
    table[zero] |= ZERO
    for first, end in (
        (0xE00, 0xF00),
        (0x1000, 0x10A0),
        (0x1780, 0x1800),
        (0x1A20, 0x1AB0),
        (0xA9E0, 0xAA80),
    ):
        table[first:end] |= SEA
    table[0x2010:0x2028] |= NEUTRAL
    table[0x2030:0x205F] |= NEUTRAL
    blank = np.fromiter(map(str.isspace, _CHARS), dtype=bool, count=TABLE_SIZE)
    table[blank] = BLANK
    table[0x3000] = BLANK | WIDE
    return (table,)
