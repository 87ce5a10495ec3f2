"""Which encoding bytes are in, by the order of evidence: from what says so itself to what is guessed.

A byte order mark says it; the escapes of ISO-2022 and HZ say it; valid UTF-8 with characters beyond ASCII is no
accident; NUL bytes at every second or fourth place are UTF-16 or UTF-32. All else is statistics (uchardet, by way of
faust-cchardet), and a guess has to prove itself: every byte decodes, to characters that texts are made of, standing
where they may stand. When another encoding might do as well the document says so; when none does, it is a
problem and not mojibake.

The text is always `after_bom(raw).decode(codec, errors=errors)`.
"""

import codecs
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

import cchardet
import numpy as np

# The longer first: the mark of UTF-32-LE begins with that of UTF-16-LE.
BOMS: Final = (
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x84\x31\x95\x33", "gb18030"),
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xfe\xff", "utf-16-be"),
    (b"\xff\xfe", "utf-16-le"),
)

SAMPLE_BYTES: Final = 1 << 18
"""How much of a document statistics look at; more made no difference and costs time."""

SHRUG: Final = 0.25
"""The confidence of a choice that no detector made: what uchardet says when it has no idea."""


class Decoding(NamedTuple):
    """What became of the bytes of one document; `codec` is None when there is a `problem`, and the text then empty."""

    text: str
    codec: str | None
    confidence: float | None
    errors: str | None = "strict"
    uncertain: bool = False
    problem: str | None = None


def _problem(text: str) -> Decoding:
    return Decoding("", None, None, None, problem=text)


def bom(raw: bytes) -> tuple[str | None, int]:
    """The codec that a byte order mark names, and the length of the mark in bytes; (None, 0) without one."""
    if raw[:1] in _BOM_FIRST:
        for mark, codec in BOMS:
            if raw.startswith(mark):
                return codec, len(mark)
    return None, 0


_BOM_FIRST: Final = frozenset(mark[:1] for mark, _ in BOMS)


def after_bom(raw: bytes) -> bytes:
    """`raw` without its byte order mark, if it has one."""
    return raw[bom(raw)[1] :]


def decode_bytes(raw: bytes) -> Decoding:
    """Decode one document; never raises for what the bytes are."""
    named, skip = bom(raw)
    body = raw[skip:] if skip else raw
    if named and named != "utf-8":
        return _wide_by_bom(body, named)
    if (name := _magic(body)) is not None:
        return _problem(f"binary: {name}")
    if b"\0" in body:
        return _wide_by_pattern(body) or _problem(_nul_particulars(body))
    if body.isascii():
        escaped = _escaped(body)
        if escaped is not None:
            return escaped
    if (share := _control_share(body)) > _MAX_CONTROLS:
        return _ebcdic(body) or _problem(f"binary: {share:.0%} control characters")
    try:
        return Decoding(body.decode("utf-8"), "utf-8", 1.0)
    except UnicodeDecodeError:
        return _damaged_utf8(body, bool(named)) or _by_statistics(body)


# --- what says so itself ------------------------------------------------------------------------------------------


def _wide_by_bom(body: bytes, codec: str) -> Decoding:
    try:
        text, errors = body.decode(codec), "strict"
    except UnicodeDecodeError:
        text, errors = body.decode(codec, "replace"), "replace"
        bad = text.count("\ufffd")
        # One cut character at the end of a file that was cut is the usual damage.
        if bad > 1 and bad * _WIDE_GOOD_PER_BAD > len(text):
            return _problem(f"undecodable: it begins as {codec}, but {bad} of {len(text)} characters are not")
    if "\0" in text:
        return _problem(f"binary: NUL characters in {codec} text")
    return Decoding(text, codec, 1.0, errors)


_WIDE_GOOD_PER_BAD: Final = 100


def _escaped(body: bytes) -> Decoding | None:
    """Text in ISO-2022 or HZ, which is pure ASCII on the outside: valid UTF-8, so it must be looked for before."""
    if b"\x1b$" in body or b"\x1b(" in body:
        for pattern, names in _ISO_2022:
            if pattern.search(body):
                if not names:
                    return _problem("undecodable: ISO-2022-CN, for which Python has no codec")
                return _first_with_text(body, names)
    if b"~{" in body and _HZ.search(body):
        return _first_with_text(body, ("hz",))
    return None


# By the first designation. Tried in order; each later codec of a list knows more character sets.
_ISO_2022: Final[Sequence[tuple[re.Pattern[bytes], Sequence[str]]]] = (
    (re.compile(rb"\x1b\$\)C"), ("iso2022_kr",)),
    (re.compile(rb"\x1b\$\)[AGE][^\x0e]*\x0e"), ()),
    (
        re.compile(rb"\x1b\$[@AB]|\x1b\$\([CDOPQ]|\x1b\([JI]"),
        ("iso2022_jp", "iso2022_jp_ext", "iso2022_jp_2", "iso2022_jp_2004", "iso2022_jp_3"),
    ),
)
_HZ: Final = re.compile(rb"~\{(?:[\x21-\x77][\x21-\x7e]){2,}~\}")


def _first_with_text(body: bytes, names: Sequence[str]) -> Decoding | None:
    """The first codec that decodes everything to more than ASCII; failing that the first one, if hardly anything is lost."""
    for name in names:
        try:
            text = body.decode(name)
        except UnicodeDecodeError:
            continue
        return None if text.isascii() else Decoding(text, name, 1.0)
    return _lossy(body, names[0], 1.0)


def _lossy(body: bytes, codec: str, confidence: float, *, uncertain: bool = False) -> Decoding | None:
    """`body` by `codec` with U+FFFD for what does not decode, if that is rare among what is beyond ASCII."""
    text = body.decode(codec, "replace")
    bad = text.count("\ufffd")
    good = sum(map(len, _BEYOND_ASCII.findall(text))) - bad
    if bad * _GOOD_PER_BAD > good:
        return None
    return Decoding(text, codec, confidence, "replace", uncertain)


_BEYOND_ASCII: Final = re.compile(r"[^\x00-\x7f]+")
_FIRST_BEYOND_ASCII: Final = re.compile(rb"[\x80-\xff]")
_GOOD_PER_BAD: Final = 20


def _damaged_utf8(body: bytes, marked: bool) -> Decoding | None:
    """UTF-8 with a few bad bytes: cut, spliced, or with a stray byte of something else.

    Text in other encodings is hardly ever valid UTF-8 by accident: sequences that are, are evidence. `marked`: there
    is a byte order mark, which is more evidence.
    """
    text = body.decode("utf-8", "replace")
    bad = text.count("\ufffd") - body.count(b"\xef\xbf\xbd")
    good = sum(map(len, _BEYOND_ASCII.findall(text))) - bad
    if bad * (1 if marked else _GOOD_UTF8_PER_BAD) > good:
        return None
    return Decoding(text, "utf-8", 1.0 - bad / (bad + good), "replace")


_GOOD_UTF8_PER_BAD: Final = 4


# --- UTF-16 and UTF-32 without a mark, EBCDIC, and what is no text ------------------------------------------------


def _wide_by_pattern(body: bytes) -> Decoding | None:
    for codec, width in (("utf-32-le", 4), ("utf-32-be", 4), ("utf-16-le", 2), ("utf-16-be", 2)):
        if len(body) % width or len(body) < 2 * width:
            continue
        try:
            text = body.decode(codec)
        except UnicodeDecodeError:
            continue
        if _is_likely_text(text, need_ascii=width == 2):
            return Decoding(text, codec, 0.99 if width == 4 else 0.95, uncertain=True)
    return None


def _is_likely_text(text: str, *, need_ascii: bool) -> bool:
    """Whether characters are such as texts are made of: assigned, no controls, and with ASCII blanks in between.

    The other byte order turns space and newline into U+2000 and the unassigned U+0A00.
    """
    sample = text[:4096]
    if "\0" in text or (need_ascii and not _ASCII_TEXT.search(sample)):
        return False
    strange = sum(unicodedata.category(char) in _STRANGE and char not in "\t\n\v\f\r" for char in sample)
    return strange * 100 <= len(sample)


_ASCII_TEXT: Final = re.compile(r"[ \nA-Za-z0-9]")
_STRANGE: Final = frozenset({"Cc", "Cn", "Co", "Cs"})


def _nul_particulars(body: bytes) -> str:
    count = body.count(0)
    return f"binary: {count} NUL byte{'s' if count > 1 else ''}, the first at {body.find(0)}"


def _magic(body: bytes) -> str | None:
    """The name of a well-known format that is no text, by the bytes it begins with."""
    if body[:1] in _MAGIC_FIRST:
        for mark, name in _MAGIC:
            if body.startswith(mark):
                return name
    if body[4:8] == b"ftyp" and body[:2] == b"\0\0":
        return "MP4 or a relative"
    return "tar archive" if body[257:262] == b"ustar" and b"\0" in body[:257] else None


# Those whose mark is not text itself, and PDF, whose files may be pure ASCII.
_MAGIC: Final = (
    (b"\x89PNG\r\n\x1a\n", "PNG image"),
    (b"\xff\xd8\xff", "JPEG image"),
    (b"GIF87a", "GIF image"),
    (b"GIF89a", "GIF image"),
    (b"II*\0", "TIFF image"),
    (b"MM\0*", "TIFF image"),
    (b"%PDF-", "PDF document"),
    (b"PK\x03\x04", "zip archive (or a document packed in one, such as DOCX, ODT, EPUB)"),
    (b"\x1f\x8b\x08", "gzip data"),
    (b"BZh91AY&SY", "bzip2 data"),
    (b"\xfd7zXZ\0", "xz data"),
    (b"\x28\xb5\x2f\xfd", "Zstandard data"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip archive"),
    (b"Rar!\x1a\x07", "RAR archive"),
    (b"\x7fELF", "ELF program"),
    (b"\xca\xfe\xba\xbe", "Java class or Mach-O program"),
    (b"\xcf\xfa\xed\xfe", "Mach-O program"),
    (b"MZ\x90\0", "Windows program"),
    (b"\0asm", "WebAssembly program"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE document (such as old Word or Excel)"),
    (b"\x00\x05\x16\x07", "AppleDouble file"),
    (b"SQLite format 3\0", "SQLite database"),
    (b"PAR1", "Parquet file"),
    (b"OggS\0", "Ogg media"),
    (b"ID3\x02", "MP3 audio"),
    (b"ID3\x03", "MP3 audio"),
    (b"ID3\x04", "MP3 audio"),
    (b"wOFF", "WOFF font"),
    (b"wOF2", "WOFF font"),
    (b"\x00\x01\x00\x00\x00", "TrueType font"),
)
_MAGIC_FIRST: Final = frozenset(mark[:1] for mark, _ in _MAGIC)

# Kept as text: tab, LF, VT, FF, CR; backspace (overstriking) and escape (terminal colours).
_CONTROLS: Final = bytes(sorted({*range(32), 0x7F} - set(b"\t\n\v\f\r\b\x1b")))
_MAX_CONTROLS: Final = 0.1
_CONTROL_SAMPLE: Final = 1 << 16


def _control_share(body: bytes) -> float:
    sample = body[:_CONTROL_SAMPLE]
    return 1 - len(sample.translate(None, _CONTROLS)) / len(sample) if sample else 0.0


def _ebcdic(body: bytes) -> Decoding | None:
    """Text of mainframes: the blank is 0x40, and 0x20 hardly occurs.

    Blank, Latin letters and digits stand at the same places in all EBCDIC code pages; the punctuation does not, so the
    code page is never certain.
    """
    sample = body[:_CONTROL_SAMPLE]
    blanks = sample.count(0x40)
    if blanks * 25 < len(sample) or len(sample) < 40 or sample.count(0x20) > blanks // 20:
        return None
    for codec, known in _EBCDIC.items():
        if len(sample.translate(None, known)) <= (1 - _EBCDIC_KNOWN) * len(sample):
            return Decoding(body.decode(codec), codec, SHRUG, uncertain=True)
    return None


_EBCDIC_KNOWN: Final = 0.9
_EBCDIC_TEXT: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,()-:;'\"/?\n\r\t\x85"
_EBCDIC: Final[Mapping[str, bytes]] = {
    "cp037": _EBCDIC_TEXT.encode("cp037"),
    "cp424": (_EBCDIC_TEXT + "אבגדהוזחטיךכלםמןנסעףפץצקרשת").encode("cp424"),
    "cp875": (_EBCDIC_TEXT + "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώ").encode("cp875"),
}


# --- statistics ---------------------------------------------------------------------------------------------------


def _by_statistics(body: bytes) -> Decoding:
    if (ebcdic := _ebcdic(body)) is not None:
        return ebcdic
    sample = _sample(body)
    found = cchardet.detect(sample)
    name, confidence = (found["encoding"] or "").upper(), found["confidence"] or 0.0
    if name in _WIDE:
        for codec in _WIDE[name]:
            try:
                text = body.decode(codec)
            except UnicodeDecodeError:
                continue
            if not _C1_OR_PRIVATE.search(text):
                return Decoding(text, codec, confidence, uncertain=confidence < _SURE_WIDE)
        if (lossy := _lossy(body, _WIDE[name][0], confidence, uncertain=True)) is not None:
            return lossy
    if name in _NO_CODEC and _FEW_BEYOND * sum(map(len, _HIGH.findall(sample))) > len(sample):
        return _problem(f"undecodable: {name} by its look, for which Python has no codec")
    return _single_byte(body, sample, name, confidence)


# Said of Latin text with a few accents too, but then these are few.
_NO_CODEC: Final = frozenset({"EUC-TW", "VISCII", "GEORGIAN-ACADEMY", "GEORGIAN-PS"})
_FEW_BEYOND: Final = 10
_HIGH: Final = re.compile(rb"[\x80-\xff]+")
_SURE_WIDE: Final = 0.69
_C1_OR_PRIVATE: Final = re.compile("[\x80-\x9f\ue000-\uf8ff]")


def _sample(body: bytes) -> bytes:
    """The first SAMPLE_BYTES; where these are ASCII, those from the first other byte on."""
    sample = body[:SAMPLE_BYTES]
    if not sample.isascii():
        return sample
    first = _FIRST_BEYOND_ASCII.search(body)
    start = first.start() if first else 0
    return body[start : start + SAMPLE_BYTES]


# uchardet's names for encodings of more than one byte a character, and Python's codecs for them: the largest
# first, as texts that are said to be in the small one (GB2312, EUC-KR, Shift_JIS) use what only the large one has.
_WIDE: Final[Mapping[str, Sequence[str]]] = {
    "GB18030": ("gb18030",),
    "BIG5": ("cp950", "big5hkscs", "big5"),
    "SHIFT_JIS": ("cp932", "shift_jis_2004", "shift_jisx0213"),
    "EUC-JP": ("euc_jp", "euc_jis_2004", "euc_jisx0213"),
    "EUC-KR": ("cp949",),
    "UHC": ("cp949",),
    "JOHAB": ("johab",),
}


def _single_byte(body: bytes, sample: bytes, name: str, confidence: float) -> Decoding:
    """The codec of one byte a character in which the sample looks most like text.

    uchardet's guess counts for something, being made with models of languages; but it has none of mac_roman, cp850
    or cp437, and calls everything by one of the names that it knows.
    """
    likely = _LIKELY.get(name, ())
    costs: dict[str, float] = {}
    limit = _MAX_COST_FEW if len(_HIGH.sub(b"", sample)) > len(sample) - _FEW else _MAX_COST
    for codec in dict.fromkeys((*likely, *_CONTEST)):
        cost = _cost(codec, sample)
        if cost is not None and cost <= limit:
            costs[codec] = cost + _UNUSUAL.get(codec, 0.01)
    bonus = {
        codec: _GUESS_BONUS * confidence / (1 if codec in _REFINEMENTS else place)
        for place, codec in enumerate(likely, 1)
    }
    for codec in sorted(costs, key=lambda codec: costs[codec] - bonus.get(codec, 0.0)):
        try:
            text = body.decode(codec)
        except UnicodeDecodeError:
            continue
        if _C1_OR_PRIVATE.search(text) is None:
            sure = codec in likely and confidence >= _SURE and _stands_out(codec, costs, sample)
            return Decoding(text, codec, confidence if codec in likely else SHRUG, uncertain=not sure)
    return _problem("undecodable: no encoding known here makes text of it")


_GUESS_BONUS: Final = 0.3
_SURE: Final = 0.75
_CONTEST_LATIN: Final = (
    "cp1252", "iso8859_15", "cp1250", "iso8859_2", "cp1254", "cp1257", "cp850", "cp437", "mac_roman", "cp852",
    "mac_latin2", "cp857", "cp775",
)
_CONTEST_OTHER: Final = (
    "cp1251", "koi8_r", "iso8859_5", "cp866", "cp855", "mac_cyrillic", "cp1253", "iso8859_7", "cp737", "cp869",
    "cp1255", "cp862", "cp1256", "iso8859_6",
)
_CONTEST: Final = _CONTEST_LATIN + _CONTEST_OTHER

# Their plainer twin is taken unless the few bytes in which they differ stand where a letter should.
_REFINEMENTS: Final = frozenset({"iso8859_15", "koi8_u"})
_MARGIN_FEW: Final = 0.03
_MARGIN_MANY: Final = -0.02
_MANY: Final = 8
# Right readings cost up to 0.3 (99 of 100), with few bytes to judge by up to 0.5; TCVN, T.61 and the like, of which no
# codec here makes text, cost 0.37 to 0.81 at their best.
_MAX_COST: Final = 0.35
_MAX_COST_FEW: Final = 0.6
_FEW: Final = 50
_UNUSUAL: Final = {
    **dict.fromkeys(("cp1252", *_REFINEMENTS), 0.0),
    **dict.fromkeys(("iso8859_3", "iso8859_10", "iso8859_13", "iso8859_16"), 0.2),
    "iso8859_4": 0.1,
    **dict.fromkeys(("mac_roman", "mac_latin2", "cp437", "cp775", "cp850", "cp852", "cp857"), 0.03),
    **dict.fromkeys(_CONTEST_OTHER, 0.12),
}


def _stands_out(codec: str, costs: Mapping[str, float], sample: bytes) -> bool:
    """Whether every codec that looks as good, or nearly so, gives the same text."""
    used = np.unique(np.frombuffer(sample, np.uint8)).tolist()
    own = _characters(codec)
    margin = _MARGIN_MANY if sum(byte >= 0x80 for byte in used) >= _MANY else _MARGIN_FEW
    return all(
        cost > costs[codec] + margin or all(own[byte] == _characters(other)[byte] for byte in used)
        for other, cost in costs.items()
    )


@cache
def _characters(codec: str) -> str:
    return bytes(range(256)).decode(codec, "replace")


def _cost(codec: str, sample: bytes) -> float | None:
    """How strange the sample looks in the codec, from 0: a mean over its bytes beyond ASCII; None if not all decode."""
    strangeness, kinds = _table(codec)
    data = np.frombuffer(sample, np.uint8)
    beyond = data >= 0x80
    total = float(strangeness[data[beyond]].sum())
    if total == np.inf:
        return None
    pairs = beyond[:-1] | beyond[1:]
    total += float(_PAIRS[kinds[data[:-1][pairs]], kinds[data[1:][pairs]]].sum())
    return total / max(1, int(np.count_nonzero(beyond)))


# Kinds of characters, as far as it matters what may stand beside what.
(
    _OTHER, _DIGIT, _LOWER, _UPPER, _LOWER_EXT, _UPPER_EXT, _LOWER_CYRILLIC, _UPPER_CYRILLIC, _LOWER_GREEK,
    _UPPER_GREEK, _HEBREW, _ARABIC, _THAI, _SYMBOL, _OPENING, _NO_BREAK, _BLANK, _MARK, _FRACTION,
) = range(19)
_LETTERS: Final = range(_LOWER, _SYMBOL)


def _pair_costs() -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
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
def _table(codec: str) -> "tuple[np.ndarray[tuple[int], np.dtype[np.float64]], np.ndarray[tuple[int], np.dtype[np.intp]]]":
    """For each byte, what its character costs by itself, and its kind."""
    costs, kinds = np.zeros(256), np.zeros(256, np.intp)
    for byte, char in enumerate(_characters(codec)):
        costs[byte], kinds[byte] = _character(char)
    return costs, kinds


_SCRIPTS: Final = {
    "CYRILLIC": (_LOWER_CYRILLIC, _UPPER_CYRILLIC),
    "GREEK": (_LOWER_GREEK, _UPPER_GREEK),
    "HEBREW": (_HEBREW, _HEBREW),
    "ARABIC": (_ARABIC, _ARABIC),
    "THAI": (_THAI, _THAI),
}


def _character(char: str) -> tuple[float, int]:
    category, name = unicodedata.category(char), unicodedata.name(char, "")
    if char == "\ufffd" or (category in _STRANGE and char >= "\x80"):
        return np.inf, _OTHER
    if char < "\x80":
        kinds = {"Ll": _LOWER, "Lu": _UPPER, "Nd": _DIGIT}
        return 0.0, _BLANK if char in " \t\r\n" else kinds.get(category, _OTHER)
    script = name.split(" ", 1)[0]
    if script in _SCRIPTS and category[0] in "LM":
        return 0.0, _SCRIPTS[script][category == "Lu"]
    if script == "LATIN" and category in ("Ll", "Lu"):
        common = char.lower() in _COMMON_LATIN
        upper = category == "Lu"
        return (0.0 if common else 0.7 if char in _RARE else 0.2) + 0.1 * upper, _UPPER_EXT if upper else _LOWER_EXT
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

# uchardet's names for encodings of one byte a character, and Python's codecs for them. cp1252 has all of ISO-8859-1
# that is not a control character, and so have cp1254 of ISO-8859-9, cp874 of TIS-620 and ISO-8859-11.
_LIKELY: Final[Mapping[str, Sequence[str]]] = {
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
