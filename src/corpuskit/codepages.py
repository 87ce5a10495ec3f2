"""Code pages of one byte a character: in which of them do bytes look most like text?

Every such code page decodes nearly everything, so decoding proves nothing. What tells them apart is what
stands beside what: in the wrong one capitals follow small letters (`sarÓ`), symbols stand inside words
(`Lietuvi╓`), scripts mix and accented letters come in heaps. `choose` adds that up for each code page and
takes the one in which the bytes look least strange, with a bonus for what uchardet said: it knows the letter
frequencies of languages, but has no model of mac_roman, cp850 or cp437, and calls everything by one of the
names that it knows.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

SHRUG: Final = 0.25
"""The confidence of a choice that no detector made: what uchardet says when it has no idea."""

NO_TEXT: Final = re.compile("[\x80-\x9f\ue000-\uf8ff]")
"""C1 controls and private use: no text has them; the code pages that seem to give them are the wrong ones."""


class Choice(NamedTuple):
    """A code page, with the whole text by it; `sure` when no other does as well and gives another text."""

    text: str
    codec: str
    confidence: float
    sure: bool


def choose(body: bytes, sample: bytes, name: str, confidence: float) -> Choice | None:
    """The code page that decodes `body` and in which `sample`, a part of it, looks most like text.

    `name` and `confidence` are uchardet's. None when every code page gives something stranger than texts are.
    """
    likely = LIKELY.get(name, ())
    costs = _costs(dict.fromkeys((*likely, *_CONTEST)), sample)
    bonus = {
        codec: _GUESS_BONUS * confidence / (1 if codec in _REFINEMENTS else place)
        for place, codec in enumerate(likely, 1)
    }
    for codec in sorted(costs, key=lambda codec: costs[codec] - bonus.get(codec, 0.0)):
        try:
            text = body.decode(codec)
        except UnicodeDecodeError:
            continue
        if NO_TEXT.search(text) is None:
            guessed = codec in likely
            sure = guessed and confidence >= _SURE and _stands_out(codec, costs, sample)
            return Choice(text, _plainest(codec, body, text), confidence if guessed else SHRUG, sure)
    return None


# The numbers below are from 11,559 pieces of 60 to 6,000 characters in 31 languages and 49 encodings,
# generated: 94 % decoded rightly, half of these (the odd code pages and the short pieces, mostly) flagged;
# 0.2 % wrong without a flag, most of these in one character of thousands. uchardet's word alone: 70 % right,
# 3.5 % wrong without a flag.
_GUESS_BONUS: Final = 0.3
_SURE: Final = 0.75

# With few different bytes uchardet's letter frequencies say little, and any code page that looks about as
# good counts.
_MANY_DIFFERENT: Final = 8
_MARGIN_FEW: Final = 0.03
_MARGIN_MANY: Final = -0.02

# Right readings cost up to 0.3, with few bytes to judge by up to 0.5. TCVN, T.61 and the like, of which no
# codec here makes text, cost 0.64 to 0.81 at their best.
_MAX_COST: Final = 0.45
_MAX_COST_FEW: Final = 0.6
_FEW: Final = 50

_LATIN: Final = (
    *("cp1252", "iso8859_15", "cp1250", "iso8859_2", "cp1254", "cp1257", "cp850"),
    *("cp437", "mac_roman", "cp852", "mac_latin2", "cp857", "cp775"),
)
_NOT_LATIN: Final = (
    *("cp1251", "koi8_r", "iso8859_5", "cp866", "cp855", "mac_cyrillic", "cp1253"),
    *("iso8859_7", "cp737", "cp869", "cp1255", "cp862", "cp1256", "iso8859_6"),
)
_CONTEST: Final = _LATIN + _NOT_LATIN
"""Tried always; cp1252 is first among equals, being the most used."""

# Their plainer twins are taken unless the few bytes in which they differ stand where a letter should.
_REFINEMENTS: Final = frozenset({"iso8859_15", "koi8_u"})

_UNUSUAL: Final = {
    **dict.fromkeys(("cp1252", "iso8859_15"), 0.0),
    **dict.fromkeys(("iso8859_3", "iso8859_10", "iso8859_13", "iso8859_16"), 0.2),
    **dict.fromkeys(("mac_roman", "mac_latin2", "cp437", "cp775", "cp850", "cp852", "cp857"), 0.03),
    **dict.fromkeys((*_NOT_LATIN, "koi8_u"), 0.12),
    "iso8859_4": 0.1,
}
"""What a code page costs before it is looked at; 0.01 for the others."""

# uchardet's names for encodings of one byte a character, and Python's codecs for them. cp1252 has all of
# ISO-8859-1 that is not a control character, and so have cp1254 of ISO-8859-9, cp874 of TIS-620 and
# ISO-8859-11.
LIKELY: Final[Mapping[str, Sequence[str]]] = {
    "ISO-8859-1": ("cp1252", "iso8859_15"),
    "WINDOWS-1252": ("cp1252", "iso8859_15"),
    "ISO-8859-15": ("cp1252", "iso8859_15"),
    "ISO-8859-2": ("iso8859_2", "cp1250"),
    "WINDOWS-1250": ("cp1250", "iso8859_2"),
    "ISO-8859-3": ("iso8859_3",),
    "ISO-8859-4": ("iso8859_4", "cp1257"),
    "ISO-8859-5": ("iso8859_5",),
    "ISO-8859-6": ("iso8859_6", "cp1256"),
    "ISO-8859-7": ("iso8859_7", "cp1253"),
    "ISO-8859-8": ("cp1255", "iso8859_8"),
    "ISO-8859-9": ("cp1254",),
    "ISO-8859-10": ("iso8859_10", "cp1257"),
    "ISO-8859-11": ("cp874", "iso8859_11"),
    "TIS-620": ("cp874", "iso8859_11"),
    "ISO-8859-13": ("cp1257", "iso8859_13"),
    "ISO-8859-16": ("cp1250", "iso8859_16"),
    "WINDOWS-1251": ("cp1251",),
    "WINDOWS-1253": ("cp1253", "iso8859_7"),
    "WINDOWS-1255": ("cp1255",),
    "WINDOWS-1256": ("cp1256",),
    "WINDOWS-1257": ("cp1257",),
    "WINDOWS-1258": ("cp1258",),
    "KOI8-R": ("koi8_r", "koi8_u"),
    "IBM852": ("cp852",),
    "IBM855": ("cp855",),
    "IBM862": ("cp862",),
    "IBM865": ("cp865",),
    "IBM866": ("cp866",),
    "CP737": ("cp737",),
    "MACCYRILLIC": ("mac_cyrillic",),
    "MACCENTRALEUROPE": ("mac_latin2",),
}


def _costs(codecs: Mapping[str, None], sample: bytes) -> dict[str, float]:
    """What the sample costs in each of `codecs` that is not out of the question."""
    data = np.frombuffer(sample, np.uint8)
    used, times = np.unique(data[:-1].astype(np.uint16) << 8 | data[1:], return_counts=True)
    differing = used & 0x8080 > 0  # pairs of ASCII are the same in all of them
    used, times = used[differing], times[differing]
    first, second = used >> 8, used & 0xFF
    alone = np.bincount(data, minlength=256)[0x80:]
    count = int(alone.sum())
    costs: dict[str, float] = {}
    for codec in codecs:
        strangeness, kinds = _table(codec)
        total = alone @ strangeness + times @ _PAIRS[kinds[first], kinds[second]]
        mean = float(total) / max(1, count)
        if mean <= (_MAX_COST_FEW if count < _FEW else _MAX_COST):
            costs[codec] = mean + _UNUSUAL.get(codec, 0.01)
    return costs


def _plainest(codec: str, body: bytes, text: str) -> str:
    """cp1252 where it gives the same text: short texts in it are called cp1250, iso8859_2 and more."""
    return "cp1252" if codec in _LATIN and body.decode("cp1252", "replace") == text else codec


def _stands_out(codec: str, costs: Mapping[str, float], sample: bytes) -> bool:
    """Whether every codec that looks as good, or nearly so, gives the same text."""
    used = [byte for byte in np.unique(np.frombuffer(sample, np.uint8)).tolist() if byte >= 0x80]
    own = _characters(codec)
    most = costs[codec] + (_MARGIN_MANY if len(used) >= _MANY_DIFFERENT else _MARGIN_FEW)
    return all(
        cost > most or all(own[byte] == _characters(other)[byte] for byte in used) for other, cost in costs.items()
    )


@cache
def _characters(codec: str) -> str:
    return bytes(range(256)).decode(codec, "replace")


# Kinds of characters, as far as it matters what may stand beside what.
(
    _OTHER,
    _DIGIT,
    _LOWER,
    _UPPER,
    _LOWER_EXT,
    _UPPER_EXT,
    _LOWER_CYRILLIC,
    _UPPER_CYRILLIC,
    _LOWER_GREEK,
    _UPPER_GREEK,
    _HEBREW,
    _ARABIC,
    _THAI,
    _SYMBOL,
    _OPENING,
    _NO_BREAK,
    _BLANK,
    _MARK,
    _FRACTION,
) = range(19)
_LETTERS: Final = range(_LOWER, _SYMBOL)


def _pair_costs() -> npt.NDArray[np.float64]:
    costs = np.zeros((19, 19))
    scripts = [(_LOWER, _UPPER, _LOWER_EXT, _UPPER_EXT), (_LOWER_CYRILLIC, _UPPER_CYRILLIC)]
    scripts += [(_LOWER_GREEK, _UPPER_GREEK), (_HEBREW,), (_ARABIC,), (_THAI,)]
    for one in scripts:
        for other in scripts:
            if one is not other:
                costs[np.ix_(one, other)] = 1
    for lower in (_LOWER, _LOWER_EXT, _LOWER_CYRILLIC, _LOWER_GREEK):
        for upper in (_UPPER, _UPPER_EXT, _UPPER_CYRILLIC, _UPPER_GREEK):
            costs[lower, upper] = 1
    # In Latin script, letters beyond ASCII mostly stand alone.
    costs[np.ix_((_LOWER_EXT, _UPPER_EXT), (_LOWER_EXT, _UPPER_EXT))] += 0.3
    costs[_UPPER_EXT, _LOWER] = 0.05
    letters = list(_LETTERS)
    costs[letters, _SYMBOL] = costs[_SYMBOL, letters] = 1
    costs[letters, _OPENING] = 1
    costs[_MARK, letters] = costs[_FRACTION, letters] = costs[letters, _FRACTION] = 1
    costs[_DIGIT, letters] = costs[letters, _DIGIT] = 0.3
    costs[letters, _NO_BREAK] = costs[_NO_BREAK, letters] = 0.2
    costs[_BLANK, _NO_BREAK] = costs[_NO_BREAK, _BLANK] = 0.5
    return costs


_PAIRS: Final = _pair_costs()


@cache
def _table(codec: str) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.intp]]:
    """What the character of each byte from 0x80 costs by itself, and the kind of each byte's."""
    costs, kinds = zip(*map(_character, _characters(codec)), strict=True)
    return np.array(costs[0x80:], np.float64), np.array(kinds, np.intp)


_SCRIPTS: Final = {
    "CYRILLIC": (_LOWER_CYRILLIC, _UPPER_CYRILLIC),
    "GREEK": (_LOWER_GREEK, _UPPER_GREEK),
    "HEBREW": (_HEBREW, _HEBREW),
    "ARABIC": (_ARABIC, _ARABIC),
    "THAI": (_THAI, _THAI),
}

_NEVER: Final = 1e9
"""A cost that no mean brings below the limits."""


def _character(char: str) -> tuple[float, int]:
    """What a character costs by itself, and its kind."""
    category, name = unicodedata.category(char), unicodedata.name(char, "")
    if char == "\ufffd" or (category in ("Cc", "Cn", "Co") and char >= "\x80"):
        return _NEVER, _OTHER
    if char < "\x80":
        kinds = {"Ll": _LOWER, "Lu": _UPPER, "Nd": _DIGIT}
        return 0.0, _BLANK if char in " \t\r\n" else kinds.get(category, _OTHER)
    script = name.split(" ", 1)[0]
    if script in _SCRIPTS and category[0] in "LM":
        return 0.0, _SCRIPTS[script][category == "Lu"]
    if script == "LATIN" and category in ("Ll", "Lu"):
        rarity = 0.0 if char.lower() in _COMMON_LATIN else 0.7 if char in _RARE else 0.2
        return (rarity + 0.1, _UPPER_EXT) if category == "Lu" else (rarity, _LOWER_EXT)
    if category == "Mn":
        return 0.0, _OTHER
    if char == "\xa0":
        return 0.1, _NO_BREAK
    if char in _TYPOGRAPHY:
        kind = next((kind for chars, kind in _PLACES.items() if char in chars), _OTHER)
        return 0.0, kind
    return 0.5, _SYMBOL


_COMMON_LATIN: Final = frozenset("àáâãäåæçèéêëìíîïñòóôõöøùúûüß")
_RARE: Final = frozenset("ŔŕĹĺÿŸƒŉĦħĴĵĜĝĈĉĤĥŜŝŬŭĊċĠġ")
_PLACES: Final = {"‚„«‹¿¡": _OPENING, "ªº©®™°": _MARK, "¼½¾": _FRACTION}
_TYPOGRAPHY: Final = frozenset("‘’‚“”„«»‹›–—…•·§©®™°€£¿¡ªº²³½¼¾")
