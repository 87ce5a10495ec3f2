"""Cut long passages into pieces: where to cut a text, and where the pieces stand in the document."""

from typing import Final

import numpy as np

from corpuskit.chartables import BLANK, CJK, CLASS, CLOSE, QUOTE, SKIP, STOP
from corpuskit.kernels.jit import kernel
from corpuskit.kernels.lines import END_STOP, END_STOP_QUOTE, count_lines, entry_of
from corpuskit.kernels.types import Bytes, Ints, Numbers, Small
from corpuskit.kernels.utf8 import read_code_point

# How good a place to cut is.
ANYWHERE: Final = 0  # between two characters, not before a mark that combines with the one before
WORD_END: Final = 1
LINE_END: Final = 2
SENTENCE_END: Final = 3  # also a blank line
N_QUALITIES: Final = 4


@kernel
def count_lines_of_each(data: Bytes, offsets: Ints, counts: Ints) -> None:
    """An upper bound of the lines with content of each document, as what judges them takes memory for them."""
    for document in range(len(counts)):
        counts[document] = count_lines(data, offsets[document], offsets[document + 1])


@kernel
def _quality(kind: int, state: int, before: int, table_before: int, blank: int) -> int:
    """How good it is to cut before a character of class `kind`, -1 where it must not be.

    `state`: the end class so far; `before`: the code point before, of entry `table_before`; `blank`: that of
    the blanks since the last character that is not blank: 0 none, 1 a word's end, 2 a line's, 3 a blank line.
    """
    if kind == BLANK:
        return -1  # the cut is behind the blanks
    stopped = state in (END_STOP, END_STOP_QUOTE)
    if blank == SENTENCE_END or (blank > 0 and stopped):
        return SENTENCE_END
    if blank > 0:
        return blank
    if kind == SKIP or before == 0x200D:  # the joiner that makes one picture of several
        return -1
    closing = kind in (STOP, CLOSE, QUOTE)
    if stopped and table_before & CJK and not closing:
        return SENTENCE_END
    return ANYWHERE


@kernel
def find_cuts(data: Bytes, start: int, end: int, table: Numbers, ends: Bytes, most: int, cuts: Ints) -> int:
    """Write where the pieces of the text `data[start:end]` begin and end to `cuts`, int64[2 * enough]; return how many.

    No piece has more than `most` characters, nor a blank at its ends. Of the places behind the first half of `most`,
    the last one of the best quality is taken, so that two pieces in a row have more than `most` // 2 characters.
    """
    count = 0
    best = np.empty(N_QUALITIES, dtype=np.int64)  # where the next piece would begin
    upto = np.empty(N_QUALITIES, dtype=np.int64)  # and this one end, blanks left out
    begin = start
    while begin < end:
        for quality in range(N_QUALITIES):
            best[quality] = -1
        at = begin
        length = 0
        state = 0
        blank = 0
        code = 0
        entry = 0
        last = begin  # after the last character that is not blank
        while at < end:
            before, entry_before = code, entry
            code, following = read_code_point(data, at)
            entry = entry_of(table, code)
            kind = entry & CLASS
            if length > most // 2:
                quality = _quality(kind, state, before, entry_before, blank)
                if quality >= 0:
                    best[quality] = at
                    upto[quality] = last
            if kind == BLANK:
                found = WORD_END
                if code == 10:
                    found = SENTENCE_END if blank >= LINE_END else LINE_END
                blank = max(blank, found)
            else:
                if length >= most:
                    break
                blank = 0
                last = following
            length += 1
            state = int(ends[16 * state + kind])
            at = following
        cuts[2 * count] = begin
        if at >= end:
            cuts[2 * count + 1] = last
            return count + 1
        best[ANYWHERE] = at if best[ANYWHERE] < 0 else best[ANYWHERE]
        upto[ANYWHERE] = last if best[ANYWHERE] == at else upto[ANYWHERE]
        quality = SENTENCE_END
        while best[quality] < 0:
            quality -= 1
        cuts[2 * count + 1] = upto[quality]
        count += 1
        begin = best[quality]
    return count


@kernel
def place_pieces(
    text: Bytes,
    cuts: Ints,
    data: Bytes,
    base: int,
    starts: Ints,
    ends: Ints,
    table: Numbers,
    line: int,
    spans: Ints,
    n_spans: Small,
    line_ranges: Small,
) -> int:
    """Where pieces stand in the document; return the spans written.

    `cuts` are the pieces' places in `text`, `starts` and `ends` the spans of the whole passage in its document, which
    is `data[base:]`; `line` is the line of the first. The characters that are not blank are the same in both, in order.
    Writes `spans` int64[2, spans + pieces], `n_spans` int32[pieces], `line_ranges` int32[2, pieces].
    """
    written = 0
    span = 0
    at = base + starts[0]
    number = line
    for piece in range(len(cuts) // 2):
        first = written
        inside = False
        reading = cuts[2 * piece]
        while reading < cuts[2 * piece + 1]:
            code, reading = read_code_point(text, reading)
            if entry_of(table, code) & CLASS == BLANK:
                continue
            # On to the next character of the document that is not blank, over what stands between spans.
            while True:
                if at >= base + ends[span]:
                    inside = False
                    span += 1
                    while at < base + starts[span]:
                        if data[at] == 10 or (data[at] == 13 and data[at + 1] != 10):
                            number += 1
                        at += 1
                code, following = read_code_point(data, at)
                if entry_of(table, code) & CLASS != BLANK:
                    break
                if code == 10 or (code == 13 and data[at + 1] != 10):
                    number += 1
                at = following
            if not inside:
                spans[0, written] = at - base
                written += 1
                inside = True
                if written == first + 1:
                    line_ranges[0, piece] = number
            spans[1, written - 1] = following - base
            line_ranges[1, piece] = number
            at = following
        n_spans[piece] = written - first
    return written
