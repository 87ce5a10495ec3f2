"""`text.normalize` for many passages at once, by a table entry for each code point."""

from corpuskit.kernels.jit import kernel
from corpuskit.kernels.types import Bytes, Flags, Ints, Small
from corpuskit.kernels.utf8 import read_code_point

_MAPPED, _BLANK, _SLOW = 1, 2, 3  # as in text.py; numba wants them here as constants
_TABLE_SIZE = 0x20000
_COMPATIBILITY_IDEOGRAPHS = 0x2F800, 0x2FA20  # the only ones above the table that do not fold to themselves


@kernel
def fold(
    data: Bytes, offsets: Ints, kind: Bytes, start: Small, utf8: Bytes, out: Bytes, out_offsets: Ints, slow: Flags
) -> None:
    """Normalize passage i, `data[offsets[i]:offsets[i + 1]]`, to `out[out_offsets[i]:out_offsets[i + 1]]`.

    `out` needs half again as many bytes as `data`. Passages with a SLOW character become empty and `slow[i]` true.
    """
    to = 0
    for i in range(len(offsets) - 1):
        out_offsets[i] = to
        at = offsets[i]
        end = offsets[i + 1]
        blank = False
        while at < end:
            code, after = read_code_point(data, at)
            of = kind[code] if code < _TABLE_SIZE else 0
            if of == _BLANK:
                blank = True
                at = after
                continue
            if of == _SLOW or _COMPATIBILITY_IDEOGRAPHS[0] <= code < _COMPATIBILITY_IDEOGRAPHS[1]:
                slow[i] = True
                to = out_offsets[i]
                break
            if of == _MAPPED:
                first, last = start[code], start[code + 1]
                if blank and last > first:
                    if to > out_offsets[i]:
                        out[to] = 32
                        to += 1
                    blank = False
                for byte in range(first, last):
                    out[to] = utf8[byte]
                    to += 1
                at = after
                continue
            if blank:
                if to > out_offsets[i]:
                    out[to] = 32
                    to += 1
                blank = False
            while at < after:
                out[to] = data[at]
                to += 1
                at += 1
    out_offsets[len(offsets) - 1] = to


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
