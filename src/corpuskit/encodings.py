"""Which encoding bytes are in, by the order of evidence: from what says so itself to what is guessed.

A byte order mark says it; the escapes of ISO-2022 and HZ say it; valid UTF-8 with characters beyond ASCII is
no accident; NUL bytes at every second or fourth place are UTF-16 or UTF-32. All else is statistics (uchardet,
by way of faust-cchardet), and a guess has to prove itself: every byte decodes, to characters that texts are
made of, standing where they may stand. When another encoding might do as well the document says so; when none
does, it is a problem and not mojibake.

The text is always `after_bom(raw).decode(codec, errors=errors)`.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final, NamedTuple

import cchardet

from corpuskit import codepages

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
"""As much of a document as statistics look at: enough for letter frequencies, and it bounds the time."""


class Decoding(NamedTuple):
    """What became of the bytes of one document: a text with its `codec`, or a `problem` without."""

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
        return (None if named else _wide_by_pattern(body)) or _problem(_nul_particulars(body))
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


# --- what says so itself -----------------------------------------------------------------------


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
    """Text in ISO-2022 or HZ: all ASCII on the outside, so valid UTF-8, and to be looked for before that."""
    if b"\x1b" in body:
        for pattern, names in _ISO_2022:
            if pattern.search(body):
                if not names:
                    return _problem("undecodable: ISO-2022-CN, for which Python has no codec")
                return _first_with_text(body, names)
    if b"~" in body and _HZ.search(body):  # one byte is looked for ten times as fast as two
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
    """The first codec that decodes all to more than ASCII; else the first one, if hardly anything is lost."""
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
    if bad * _GOOD_PER_BAD > _beyond_ascii(text) - bad:
        return None
    return Decoding(text, codec, confidence, "replace", uncertain)


def _beyond_ascii(text: str) -> int:
    """How many characters are not ASCII."""
    return len(text) - len(text.encode("ascii", "ignore"))


_FIRST_BEYOND_ASCII: Final = re.compile(rb"[\x80-\xff]")
_GOOD_PER_BAD: Final = 20


def _damaged_utf8(body: bytes, marked: bool) -> Decoding | None:
    """UTF-8 with a few bad bytes: cut, spliced, or with a stray byte of something else.

    Text in other encodings is hardly ever valid UTF-8 by accident: sequences that are, are evidence.
    `marked`: there is a byte order mark, which is more evidence.
    """
    if len(body) > 2 * SAMPLE_BYTES and _damaged_utf8(_sample(body), True) is None:
        return None  # by a part, not to decode a huge file in vain
    text = body.decode("utf-8", "replace")
    bad = text.count("\ufffd") - body.count(b"\xef\xbf\xbd")
    good = _beyond_ascii(text) - bad
    if bad * (1 if marked else _GOOD_UTF8_PER_BAD) > good:
        return None
    return Decoding(text, "utf-8", 1.0 - bad / (bad + good), "replace")


# As Latin-1 or a code page, each good sequence would be mojibake, each bad one a character saved. Accidents:
# of GB2312's pairs 14 % are valid UTF-8, so six bad for each good one.
_GOOD_UTF8_PER_BAD: Final = 4


# --- wide text without a mark, EBCDIC, and what is no text ----------------------------------


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
    """Whether characters are such as texts are made of: assigned, no controls, some of them ASCII.

    The other byte order turns space and newline into U+2000 and the unassigned U+0A00.
    """
    sample = text[:4096]
    if "\0" in text or (need_ascii and not (_ASCII_TEXT.search(sample) and not _is_ascii_in_pairs(sample))):
        return False
    strange = sum(unicodedata.category(char) in _STRANGE and char not in "\t\n\v\f\r" for char in sample)
    return strange * 100 <= len(sample)


def _is_ascii_in_pairs(sample: str) -> bool:
    """Whether most wide characters are two ASCII ones read as one: they look like ideographs from everywhere.

    Of real ideographs about a quarter have two bytes that are printable ASCII. Kana, which all begin with the byte
    of a zero, are left out.
    """
    wide = [ord(char) for char in sample if char > "\xff" and not "\u3000" <= char <= "\u30ff"]
    paired = sum(0x20 <= code & 0xFF <= 0x7E and 0x20 <= code >> 8 <= 0x7E for code in wide)
    return 2 * paired > len(wide) > 0


_ASCII_TEXT: Final = re.compile(r"[ \nA-Za-z0-9]")
_STRANGE: Final = frozenset({"Cc", "Cn", "Co", "Cs"})


def _nul_particulars(body: bytes) -> str:
    count = body.count(0)
    return f"binary: {count} NUL byte{'s' if count > 1 else ''}, the first at {body.find(0)}"


def _magic(body: bytes) -> str | None:
    """The name of a well-known format that is no text, by the bytes it begins with."""
    if body[:1] in _MAGIC_FIRST:
        for mark, name in _MAGIC:
            # A text may begin with letters like PAR1; such a file has NUL bytes as well. A PDF need not.
            if body.startswith(mark) and (mark == b"%PDF-" or not mark.isalnum() or b"\0" in body):
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

    Blank, Latin letters and digits stand at the same places in all EBCDIC code pages; the punctuation does
    not, so the code page is never certain.
    """
    sample = body[:_CONTROL_SAMPLE]
    blanks = sample.count(0x40)
    if blanks * 25 < len(sample) or len(sample) < 40 or sample.count(0x20) > blanks // 20:
        return None
    for codec, known in _EBCDIC.items():
        if len(sample.translate(None, known)) <= (1 - _EBCDIC_KNOWN) * len(sample):
            with suppress(UnicodeDecodeError):  # not every byte is a character in each of them
                return Decoding(body.decode(codec), codec, codepages.SHRUG, uncertain=True)
    return None


_EBCDIC_KNOWN: Final = 0.9
_EBCDIC_TEXT: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,()-:;'\"/?\n\r\t\x85"
_EBCDIC: Final[Mapping[str, bytes]] = {
    "cp037": _EBCDIC_TEXT.encode("cp037"),
    "cp424": (_EBCDIC_TEXT + "אבגדהוזחטיךכלםמןנסעףפץצקרשת").encode("cp424"),
    "cp875": (_EBCDIC_TEXT + "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώ").encode("cp875"),
}


# --- statistics --------------------------------------------------------------------------------


def _by_statistics(body: bytes) -> Decoding:
    if (ebcdic := _ebcdic(body)) is not None:
        return ebcdic
    sample = _sample(body)
    found = cchardet.detect(sample)
    name, confidence = (found["encoding"] or "").upper(), min(1.0, round(found["confidence"] or 0.0, 4))
    if name in _WIDE:
        for codec in _WIDE[name]:
            try:
                text = body.decode(codec)
            except UnicodeDecodeError:
                continue
            if not codepages.NO_TEXT.search(text):
                return Decoding(text, codec, confidence, uncertain=confidence < _SURE_WIDE)
        if (lossy := _lossy(body, _WIDE[name][0], confidence, uncertain=True)) is not None:
            return lossy
    if name in _NO_CODEC and _FEW_BEYOND * sum(map(len, _HIGH.findall(sample))) > len(sample):
        return _problem(f"undecodable: {name} by its look, for which Python has no codec")
    choice = codepages.choose(body, sample, name, confidence)
    if choice is None:
        return _problem("undecodable: no encoding known here makes text of it")
    return Decoding(choice.text, choice.codec, choice.confidence, uncertain=not choice.sure)


# Said of Latin text with a few accents too, but then these are few.
_NO_CODEC: Final = frozenset({"EUC-TW", "VISCII", "GEORGIAN-ACADEMY", "GEORGIAN-PS"})
_FEW_BEYOND: Final = 10
_HIGH: Final = re.compile(rb"[\x80-\xff]+")
_SURE_WIDE: Final = 0.69


def _sample(body: bytes) -> bytes:
    """The first SAMPLE_BYTES; where these are ASCII, those from the first other byte on."""
    sample = body[:SAMPLE_BYTES]
    if not sample.isascii():
        return sample
    first = _FIRST_BEYOND_ASCII.search(body)
    start = first.start() if first else 0
    return body[start : start + SAMPLE_BYTES]


# uchardet's names for encodings of more than one byte a character, and Python's codecs for them: the largest
# first, as texts that are said to be in the small one (GB2312, EUC-KR, Shift_JIS) use what only the large one
# has.
_WIDE: Final[Mapping[str, Sequence[str]]] = {
    "GB18030": ("gb18030",),
    "BIG5": ("cp950", "big5hkscs", "big5"),
    "SHIFT_JIS": ("cp932", "shift_jis_2004", "shift_jisx0213"),
    "EUC-JP": ("euc_jp", "euc_jis_2004", "euc_jisx0213"),
    "EUC-KR": ("cp949",),
    "UHC": ("cp949",),
    "JOHAB": ("johab",),
}
