"""`text.normalize` for many passages at once, by a table entry for each code point."""

import numpy as np

from corpuskit.kernels.jit import kernel
from corpuskit.kernels.types import Bytes, Flags, Ints, Small
from corpuskit.kernels.utf8 import read_code_point

_MAPPED, _BLANK, _SLOW = 1, 2, 3  # as in text.py; numba wants them here as constants
_TABLE_SIZE = 0x20000
_COMPATIBILITY_IDEOGRAPHS = 0x2F800, 0x2FA20  # the only ones above the table that do not fold to themselves


@kernel
def _plain_characters(kind: Bytes, start: Small, utf8: Bytes) -> Bytes:
    """What each byte becomes that is an ASCII character and becomes one, a blank for those that are blank; or 0."""
    plain = np.zeros(256, dtype=np.uint8)
    for code in range(128):
        if kind[code] == _MAPPED and start[code + 1] == start[code] + 1:
            plain[code] = utf8[start[code]]
        elif kind[code] == _BLANK:
            plain[code] = 32
        elif kind[code] == 0:
            plain[code] = code
    return plain


@kernel
def fold(
    data: Bytes, offsets: Ints, kind: Bytes, start: Small, utf8: Bytes, out: Bytes, out_offsets: Ints, slow: Flags
) -> None:
    """Normalize passage i, `data[offsets[i]:offsets[i + 1]]`, to `out[out_offsets[i]:out_offsets[i + 1]]`.

    `out` needs half again as many bytes as `data`. Passages with a SLOW character become empty and `slow[i]` true.
    Blanks are written where none was before, and the last is taken back; no folding holds one.
    """
    plain = _plain_characters(kind, start, utf8)
    to = 0
    for i in range(len(offsets) - 1):
        out_offsets[i] = to
        at = offsets[i]
        end = offsets[i + 1]
        last = np.uint8(32)
        while at < end:
            byte = plain[data[at]]
            if byte:  # without a branch for each blank: they would be guessed wrong
                out[to] = byte
                to += 1 - ((byte == 32) & (last == 32))
                last = byte
                at += 1
                continue
            code, after = read_code_point(data, at)
            of = kind[code] if code < _TABLE_SIZE else 0
            if of == _SLOW or _COMPATIBILITY_IDEOGRAPHS[0] <= code < _COMPATIBILITY_IDEOGRAPHS[1]:
                slow[i] = True
                to = out_offsets[i]
                break
            if of == _BLANK:
                if last != 32:
                    out[to] = last = np.uint8(32)
                    to += 1
            elif of == _MAPPED:
                for byte in range(start[code], start[code + 1]):
                    out[to] = last = utf8[byte]
                    to += 1
            else:
                for byte in range(at, after):
                    out[to] = last = data[byte]
                    to += 1
            at = after
        if to > out_offsets[i] and last == 32:
            to -= 1
    out_offsets[len(offsets) - 1] = to


@kernel
def _describe_bytes(
    place: int, piece: Bytes, classes: Bytes, n_chars: Ints, n_words: Ints, weight: Ints, content: Flags
) -> bool:
    """`describe` of one text in ASCII, without a branch for each character; False when it is another one."""
    bits = np.uint8(0)
    for i in range(len(piece)):
        bits |= piece[i]
    if bits >= 0x80:
        return False
    words = letters = blanks = in_word = 0
    for i in range(len(piece)):
        blank = int(piece[i] == 32)
        letter = int(classes[piece[i]] & 1)
        words += letter & (1 - in_word)
        in_word = (in_word | letter) & (1 - blank)
        letters += letter
        blanks += blank
    n_chars[place] = weight[place] = len(piece)
    n_words[place] = words
    content[place] = letters > 0 and 2 * letters >= len(piece) - blanks
    return True


@kernel
def describe(
    data: Bytes, offsets: Ints, classes: Bytes, n_chars: Ints, n_words: Ints, weight: Ints, content: Flags
) -> None:
    """Characters, words, weight and whether there is content, for each normalized text.

    A word is a run of non-blank characters of which at least one is a letter or digit; each character of a script
    without spaces is one. The weight counts such characters three times. Text has content when letters and digits
    make at least half of its non-blank characters.
    """
    for i in range(len(offsets) - 1):
        if _describe_bytes(i, data[offsets[i] : offsets[i + 1]], classes, n_chars, n_words, weight, content):
            continue
        at = offsets[i]
        chars = words = unspaced = letters = visible = 0
        in_word = False
        while at < offsets[i + 1]:
            code, at = read_code_point(data, at)
            chars += 1
            of = classes[code]
            if code == 32:
                in_word = False
                continue
            visible += 1
            letters += of & 1
            if of & 2:
                unspaced += 1
                words += of & 1
                in_word = False
            elif of & 1 and not in_word:
                words += 1
                in_word = True
        n_chars[i] = chars
        n_words[i] = words
        weight[i] = chars + 2 * unspaced
        content[i] = letters > 0 and 2 * letters >= visible
