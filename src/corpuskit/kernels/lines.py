"""Lines of many documents and what layout can be judged from: widths, indents, what stands at both ends.

One pass over the bytes. Besides its ends, the gaps between words inside the lines are counted by what stands before
and after them: that is what a line break looks like which falls anywhere in a sentence.
"""

from typing import Any, Final, TypeAlias

import numpy as np

from corpuskit.chartables import (
    ABOVE,
    BLANK,
    BRACKET,
    CJK,
    CLASS,
    CLOSE,
    COLON,
    COMMA,
    DASH,
    DIGIT,
    HYPHEN,
    LOWER,
    OPEN,
    OTHER,
    QUOTE,
    SCRIPTS,
    SEA,
    SEMI,
    SKIP,
    SPEECH,
    STOP,
    SYMBOL,
    TABLE_SIZE,
    UPPER,
    WIDE,
    ZERO,
)
from corpuskit.kernels.jit import kernel
from corpuskit.kernels.types import Bytes, Numbers, Small
from corpuskit.kernels.utf8 import read_code_point

Line: TypeAlias = Any

LINE: Final = np.dtype(
    [
        ("start", np.int64),  # of the content, blanks at both ends left out; bytes of the batch's text
        ("end", np.int64),
        # log odds of a wrap, and of a link, against a paragraph's end, by what stands around the break before this line
        ("wrap_odds", np.float64),
        ("link_odds", np.float64),
        ("number", np.int32),  # from 1, in its document
        ("indent", np.int32),  # columns
        ("width", np.int32),  # columns of the content
        ("head", np.int32),  # columns of the first word
        ("stub", np.int32),  # columns of the first word up to and with a hyphen in it; as `head` without one
        ("depth", np.int16),  # brackets opened less brackets closed
        ("first", np.uint8),  # what it starts with: a class of chartables, or MARKER
        ("last", np.uint8),  # what it ends with: an end class
        ("traits", np.uint16),
        ("head_script", np.uint16),  # properties CJK, SEA and NEUTRAL of chartables, of its first character
        ("tail_script", np.uint16),  # and of its last
        ("head_letter", np.uint16),  # `letter_of` the caseless letter that it starts with, 0 where it does with another
        ("tail_letter", np.uint16),  # likewise what it ends with, closing quotes and brackets looked through
        ("relation", np.uint8),  # to the line before: a relation of kernels.segment
    ],
    align=True,
)
"""A line that is not blank. Blank lines are not kept: they show as gaps in the numbers."""

# End classes: what stands before a gap or at a line's end, closing quotes and brackets looked through.
END_WORD: Final = 0
END_COMMA: Final = 1
END_SEMI: Final = 2
END_COLON: Final = 3
END_STOP: Final = 4
END_STOP_QUOTE: Final = 5  # a stop inside a closing quote or bracket
END_CLOSE: Final = 6  # a closing quote
END_HYPHEN: Final = 7
END_DASH: Final = 8
END_OPEN: Final = 9
END_BRACKET: Final = 10  # a closing bracket

LABEL: Final = SKIP
"""Start class of a word with a colon behind it, as in "Copyright: ...". (What is looked through starts no line.)"""

MARKER: Final = BLANK
"""Start class of a list marker (a bullet, a number, a letter) with a blank after it. No line starts with a blank."""

N_CELLS: Final = 256
"""Cells of a count of gaps: 16 * end class + start class."""

# Traits.
PAGE: Final = 1  # a form feed stands before the line
GAPPED: Final = 2  # three blanks in a row, or a tab, inside
DOTTED: Final = 4  # a leader of dots inside, as in tables of contents
RULE: Final = 8  # no letter and no digit
CODED: Final = 16  # rich in symbols and brackets, as code and formulas
TRAILING: Final = 32  # blanks stand after the content
POINTED: Final = 64  # starts with punctuation that belongs to the word before it
LABELLED: Final = 128  # the first word ends in a colon
CAPITALS: Final = 2048  # has letters with case, and no small one
NOTE_FIRST: Final = 256  # starts with a note's number, [5], that did not occur before, or whose note had its turn
NOTE_AGAIN: Final = 512  # starts with a note's number that occurred before
NOTE_ALONE: Final = 1024  # consists of it, but for a point behind it
TURNED: Final = 4096  # furniture stands at the page break before the line: that is a page's

N_NOTES: Final = 1024  # note numbers are remembered modulo this
# Places behind the numbers: of the last run of references, and of the notes since.
LOWEST_REFERENCE: Final = N_NOTES
HIGHEST_REFERENCE: Final = N_NOTES + 1
N_REFERENCES: Final = N_NOTES + 2
LAST_NOTE: Final = N_NOTES + 3
ANY_NOTE: Final = N_NOTES + 4
NOTE_PLACES: Final = N_NOTES + 5

N_LETTERS: Final = 1024
"""Caseless letters are counted by 10 bits of a hash; 0 is no letter."""

# Counts of letters, each N_LETTERS long: at the ends and starts of what stands around gaps inside sentences, and of
# sentences, which end where a stop follows, and start where one came before.
GAP_END: Final = 0
GAP_START: Final = N_LETTERS
SENTENCE_END: Final = 2 * N_LETTERS
SENTENCE_START: Final = 3 * N_LETTERS
ANY_LETTER: Final = 4 * N_LETTERS  # behind the counts: whether there are any
N_LETTER_COUNTS: Final = 4 * N_LETTERS + 1

# Indents and widths stop here: only what may be a wrapped line is compared by width.
_MOST_COLUMNS: Final = 1 << 28


def _end_transitions() -> Bytes:
    """End class after a character, by end class before and class of the character."""
    after = {
        LOWER: END_WORD,
        UPPER: END_WORD,
        OTHER: END_WORD,
        DIGIT: END_WORD,
        SYMBOL: END_WORD,
        STOP: END_STOP,
    }
    after |= {COMMA: END_COMMA, SEMI: END_SEMI, COLON: END_COLON, DASH: END_DASH, OPEN: END_OPEN}
    table = np.zeros((16, 16), dtype=np.uint8)
    for before in range(16):
        for kind, end in after.items():
            table[before, kind] = end
        table[before, HYPHEN] = END_HYPHEN if before == END_WORD else END_DASH
        table[before, BLANK] = table[before, SKIP] = before
        closed = {END_STOP: END_STOP_QUOTE, END_STOP_QUOTE: END_STOP_QUOTE, END_COMMA: END_COMMA}
        table[before, CLOSE] = closed.get(before, END_CLOSE)
        table[before, QUOTE] = closed.get(before, END_OPEN if before == END_OPEN else END_CLOSE)
    return table.ravel()


END_TRANSITIONS: Final = _end_transitions()


@kernel
def entry_of(table: Numbers, code: int) -> int:
    """Class and properties of a code point."""
    return int(table[code]) if code < TABLE_SIZE else ABOVE


@kernel
def letter_of(code: int) -> int:
    """A number from 1 below N_LETTERS for a code point: a multiplicative hash (Knuth, vol. 3, 6.4)."""
    return max(1, ((code * 2654435761) & 0xFFFFFFFF) >> 22)


@kernel
def count_lines(data: Bytes, start: int, end: int) -> int:
    """An upper bound of the lines with content in `data[start:end]`: line ends that follow something else, and one."""
    count = 1
    following, preceding = data[start + 1 : end], data[start : max(start, end - 1)]
    for i in range(len(following)):
        here, before = following[i], preceding[i]
        ends = (here == 10) | (here == 13)
        ended = (before == 10) | (before == 13)
        count += ends & ~ended
    return int(count)


@kernel
def _marker_length(data: Bytes, start: int, end: int, table: Numbers) -> int:
    """Bytes of the list marker at `start` that a blank or the line's end follows; 0 where there is none.

    A bullet or dash; or up to four digits, their parts divided by stops, or one letter, or a Roman number, with a stop
    or bracket behind it.
    """
    code, at = read_code_point(data, start)
    kind = entry_of(table, code) & CLASS
    if HYPHEN <= kind <= DASH or code == 43:  # +
        alone = at == end or entry_of(table, read_code_point(data, at)[0]) & CLASS == BLANK
        return at - start if alone else 0
    if code == 111 and at + 1 < end and data[at] == 32 and data[at + 1] == 32:  # o, as in RFCs
        return 1
    bracketed = kind == OPEN
    if bracketed and at < end:
        code, at = read_code_point(data, at)
        kind = entry_of(table, code) & CLASS
    n_digits = 0
    n_letters = 0
    roman = True
    closed = False
    while kind <= STOP or kind == CLOSE:
        if kind == DIGIT:
            n_digits += 1
            closed = False
        elif kind < DIGIT:
            n_letters += 1 if kind != OTHER or n_digits == 0 else 9  # a caseless letter after a number is a word
            low = code | 32
            roman = roman and (low == 105 or low == 118 or low == 120 or low == 108 or low == 99)  # i v x l c
            closed = False
        else:
            closed = True
        if n_digits > 6 or n_letters > 5 or at >= end:
            break
        code, at = read_code_point(data, at)
        kind = entry_of(table, code) & CLASS
    some = (n_digits > 0 and n_letters <= 1) or (n_digits == 0 and (n_letters == 1 or (n_letters > 1 and roman)))
    if not some or not closed or (kind != BLANK and at < end):
        return 0
    return at - start


@kernel
def _side_of_quote(data: Bytes, at: int, end: int, table: Numbers) -> int:
    """Whether a quote that follows a blank opens or closes: OPEN where a word follows at `at`, else CLOSE."""
    if at >= end:
        return CLOSE
    kind = entry_of(table, read_code_point(data, at)[0]) & CLASS
    return CLOSE if kind == BLANK or STOP <= kind <= COLON else OPEN


@kernel
def _note_number(data: Bytes, start: int, end: int) -> int:
    """The number in square brackets that `data[start:end]` is, without the closing one; -1 where it is none."""
    if data[start] != 91 or not 1 < end - start < 6:
        return -1
    number = 0
    for at in range(start + 1, end):
        if not 48 <= data[at] <= 57:
            return -1
        number = 10 * number + data[at] - 48
    return number


@kernel
def _is_note(number: int, notes: Small, ended: bool) -> bool:
    """Whether a number that begins a line begins the note; if not, it refers to one.

    It was referred to before; or it falls among the last run of references, which ascend, or below it by no more than
    there are of them: some may stand in text that is missing. `ended` tells whether the text before could end a
    paragraph. Among notes, which may end in an address, it need not, where the numbers ascend.
    """
    last = notes[LAST_NOTE]
    lowest = notes[LOWEST_REFERENCE] - notes[N_REFERENCES]
    ascends = last < number
    known = notes[number % N_NOTES] or (ascends and lowest <= number < notes[HIGHEST_REFERENCE])
    return bool(known and (ended or (ascends and last > 0)))


@kernel
def _remember_note(number: int, is_note: bool, notes: Small) -> None:
    """Keep count of references and notes; a number that does not ascend begins another run of references."""
    notes[ANY_NOTE] = 1
    if is_note:
        notes[number % N_NOTES] = 0
        notes[LAST_NOTE] = number
        return
    if notes[LAST_NOTE] > 0 or number < notes[HIGHEST_REFERENCE] or notes[N_REFERENCES] == 0:
        notes[LOWEST_REFERENCE] = number
        notes[N_REFERENCES] = 0
    notes[number % N_NOTES] = 1
    notes[HIGHEST_REFERENCE] = number
    notes[N_REFERENCES] += 1
    notes[LAST_NOTE] = 0


@kernel
def _scan_content(
    data: Bytes,
    start: int,
    end: int,
    table: Numbers,
    ends: Bytes,
    gaps: Small,
    notes: Small,
    letters: Small,
    ended: bool,
    line: Line,
) -> int:
    """Read one line's content from its first character that is not blank; fill in `line`, count gaps; return its end.

    Only LF, CR and `end` end it. Caseless letters around gaps and stops are counted, too. `ended` tells whether the
    line before could end a paragraph.
    """
    at = start
    last = start  # after the last character that is not blank
    width = 0
    width_at_last = 0
    state = END_WORD
    before_open = END_WORD
    open_at = start - 9
    depth = 0
    head = -1
    stub = -1
    blanks = 0
    wide_blank = False
    kinds = 0
    dots = 0
    dotted = False
    note_width = -1
    symbols = 0
    labelled = False
    entry = 0
    tail = 0  # the letter before, closing quotes and brackets looked through
    while at < end:
        code = int(data[at])
        if code < 128:
            if code == 10 or code == 13:
                break
            following = at + 1
        else:
            code, following = read_code_point(data, at)
        before = entry
        entry = entry_of(table, code)
        kind = entry & CLASS
        if kind == BLANK:
            blanks += 1
            wide_blank = wide_blank or (code == 9 and head >= 0)
            if head < 0:
                head = width
                labelled = state == END_COLON
                blanks -= 2  # what follows a list marker is no table
            width += 2 if entry & WIDE else 1
        else:
            spaced = before & CLASS == BLANK
            if spaced or (entry & before & CJK):
                first = kind
                if spaced:
                    if blanks >= 3 or wide_blank:
                        line["traits"] |= GAPPED
                    if kind == QUOTE or (kind == CLOSE and not entry & BRACKET):
                        first = _side_of_quote(data, following, end, table)
                    elif kind == HYPHEN:
                        first = kind = DASH
                    blanks = 0
                    wide_blank = False
                elif head < 0:
                    head = width
                gaps[16 * state + first] += 1
                stopped = (state == END_STOP) | (state == END_STOP_QUOTE)
                if tail > 0 and state == END_WORD and first != STOP:
                    letters[GAP_END + tail] += 1
                if first == OTHER:
                    letters[(SENTENCE_START if stopped else GAP_START) + letter_of(code)] += 1
                if OPEN <= first <= CLOSE:
                    kind = first
            if kind == OPEN:
                before_open = state
                open_at = at
                if entry & (BRACKET | SPEECH) == BRACKET:
                    depth += 1
            elif kind == CLOSE and entry & BRACKET:
                depth -= 0 if entry & SPEECH else 1
                number = _note_number(data, open_at, at) if at - open_at <= 6 else -1
                if number >= 0:
                    if END_STOP <= before_open <= END_STOP_QUOTE:
                        state = before_open
                    again = False
                    if open_at == start:
                        again = _is_note(number, notes, ended)
                        line["traits"] |= NOTE_AGAIN if again else NOTE_FIRST
                        note_width = width + 1
                    _remember_note(number, again, notes)
            elif kind == HYPHEN and stub < 0 and head < 0 and width > 0:
                stub = width + 1
            if kind == OTHER:
                tail = letter_of(code)
                letters[ANY_LETTER] = 1
            elif kind == STOP and tail > 0:
                letters[SENTENCE_END + tail] += 1
                tail = 0
            elif kind != CLOSE and kind != SKIP:
                tail = 0
            kinds |= 1 << kind
            symbols += kind >= DASH and kind != QUOTE and code < 128
            dots = dots + 1 if code == 46 else 0
            dotted = dotted or dots >= 4
            state = int(ends[16 * state + kind])
            if state == END_CLOSE and entry & (BRACKET | SPEECH) == BRACKET:
                state = END_BRACKET
            if not entry & ZERO:
                width += 2 if entry & WIDE else 1
            last = following
            width_at_last = width
        at = following
        if kind <= DIGIT and head >= 0:
            # Words in ASCII with single blanks between, quickly: most of most texts.
            before_fast = at
            while at < end:
                byte = data[at]
                if byte < 128 and table[byte] <= DIGIT:
                    kinds |= 1 << table[byte]
                    at += 1
                elif byte == 32 and at + 1 < end and data[at + 1] < 128 and table[data[at + 1]] <= DIGIT:
                    gaps[16 * END_WORD + table[data[at + 1]]] += 1
                    at += 2
                else:
                    break
            if at > before_fast:
                width += at - before_fast
                width_at_last = width
                last = at
                entry = LOWER
                tail = 0
    traits = 0 if kinds & 15 else RULE  # LOWER, UPPER, OTHER, DIGIT
    if kinds & 3 == 1 << UPPER:
        traits |= CAPITALS
    if dotted:
        traits |= DOTTED
    if last < at:
        traits |= TRAILING
    if 5 * symbols >= width_at_last:
        traits |= CODED
    if labelled or (head < 0 and state == END_COLON):
        traits |= LABELLED
    if note_width >= 0 and width_at_last - note_width < 3:
        traits |= NOTE_ALONE
    line["traits"] |= traits
    line["end"] = last
    line["width"] = min(width_at_last, _MOST_COLUMNS)
    line["head"] = head if head >= 0 else width_at_last
    line["stub"] = stub if 0 <= stub < line["head"] else line["head"]
    line["depth"] = min(max(depth, -999), 999)
    line["last"] = state
    line["tail_letter"] = tail
    return at


@kernel
def _judge_start(data: Bytes, table: Numbers, line: Line) -> None:
    """Fill in what the line starts with."""
    start, end = int(line["start"]), int(line["end"])
    code, at = read_code_point(data, start)
    entry = entry_of(table, code)
    kind = entry & CLASS
    while kind == SKIP and at < end:
        code, at = read_code_point(data, at)
        entry = entry_of(table, code)
        kind = entry & CLASS
    if kind == QUOTE or (kind == CLOSE and not entry & BRACKET):
        kind = _side_of_quote(data, at, end, table)
    elif kind == HYPHEN:
        kind = DASH
    if STOP <= kind <= COLON or kind == CLOSE:
        if at >= end or entry_of(table, read_code_point(data, at)[0]) & CLASS > DIGIT:
            line["traits"] |= POINTED
    else:
        length = _marker_length(data, start, end, table)
        if 0 < length < end - start:
            kind = MARKER
    if line["traits"] & LABELLED and UPPER <= kind <= OTHER and not entry & CJK:
        kind = LABEL
    line["first"] = kind
    line["head_script"] = entry & SCRIPTS
    line["head_letter"] = letter_of(code) if kind == OTHER else 0
    if entry & (CJK | SEA):
        # A line may break after the character, or after a word, which has about as many columns.
        columns = 2 if entry & CJK else 6
        if line["head"] > columns:
            line["head"] = columns
        line["stub"] = line["head"]
    at = end - 1
    while at > start and data[at] & 0xC0 == 0x80:
        at -= 1
    line["tail_script"] = entry_of(table, read_code_point(data, at)[0]) & SCRIPTS


@kernel
def scan_lines(
    data: Bytes,
    start: int,
    end: int,
    table: Numbers,
    ends: Bytes,
    lines: Numbers,
    first_line: int,
    gaps: Small,
    notes: Small,
    letters: Small,
) -> int:
    """Fill `lines[first_line:]` with the lines of one document, `data[start:end]`; return where they stop.

    `gaps`, int32[N_CELLS], counts the gaps between words inside the lines; `letters`, int32[N_LETTER_COUNTS], the
    letters at gaps and at the ends of sentences; `notes`, int32[NOTE_PLACES], is scratch.
    """
    for cell in range(len(gaps)):
        gaps[cell] = 0
    if letters[ANY_LETTER]:
        for place in range(len(letters)):
            letters[place] = 0
    if notes[ANY_NOTE]:
        for place in range(len(notes)):
            notes[place] = 0
    count = first_line
    number = 1
    indent = 0
    paged = False
    at = start
    while at < end:
        code, following = read_code_point(data, at)
        entry = entry_of(table, code)
        if code == 10 or code == 13:
            if code == 13 and following < end and data[following] == 10:
                following += 1
            number += 1
            indent = 0
            at = following
        elif entry & CLASS == BLANK:
            if code == 12:
                paged = True
                indent = 0
            elif code == 9:
                indent += 8 - indent % 8
            else:
                indent += 2 if entry & WIDE else 1
            at = following
        else:
            line = lines[count]
            before = lines[count - 1]["last"] if count > first_line else END_STOP
            ended = END_SEMI <= before <= END_CLOSE or before == END_BRACKET
            line["start"] = at
            line["number"] = number
            line["indent"] = min(indent, _MOST_COLUMNS)
            line["traits"] = PAGE if paged else 0
            line["wrap_odds"] = 1.0
            line["link_odds"] = 1.0
            line["relation"] = 0
            at = _scan_content(data, at, end, table, ends, gaps, notes, letters, ended, line)
            _judge_start(data, table, line)
            if line["head_letter"] > 0 and END_STOP <= before <= END_STOP_QUOTE:
                letters[SENTENCE_START + line["head_letter"]] += 1
            count += 1
            paged = False
    return count
