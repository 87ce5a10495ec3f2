"""How a document is laid out, learned from its line breaks: the odds that each of them cuts a sentence.

A line break is a paragraph's end, or a wrap at the right margin, or stands where a web page had a link. Three things
tell them apart: what characters stand around it, compared with the gaps between words inside the lines (a break that
cuts a sentence may fall at any of them); whether the next word would have fitted; and the indent. How common each kind
is, and what fits and indents come with it, is learned from the document itself by expectation maximization (Dempster,
Laird and Rubin 1977): a naive Bayes mixture of three kinds. Nothing here knows a language.
"""

from typing import Final

import numpy as np

from corpuskit.chartables import (
    CJK,
    CLOSE,
    COLON,
    COMMA,
    DASH,
    DIGIT,
    HYPHEN,
    LOWER,
    OPEN,
    OTHER,
    SEMI,
    STOP,
    SYMBOL,
    UPPER,
)
from corpuskit.kernels.jit import kernel
from corpuskit.kernels.lines import (
    CAPITALS,
    END_BRACKET,
    END_CLOSE,
    END_COLON,
    END_COMMA,
    END_DASH,
    END_HYPHEN,
    END_OPEN,
    END_SEMI,
    END_STOP,
    END_STOP_QUOTE,
    END_WORD,
    GAP_END,
    GAP_START,
    LABEL,
    MARKER,
    N_LETTERS,
    PAGE,
    SENTENCE_END,
    SENTENCE_START,
    Line,
)
from corpuskit.kernels.types import Numbers, Small

# Kinds of breaks.
PARAGRAPH: Final = 0
WRAP: Final = 1
LINK: Final = 2

REFERENCE: Final = HYPHEN
"""Start class of a note's number that belongs to the text before it. (A hyphen that starts a line is a DASH.)"""

MOST_COLUMNS: Final = 400  # wider lines are not wrapped ones
RAGGED_COLUMNS: Final = 4  # so much room may be left by chance when a width is sought
VERSE_COLUMNS: Final = 60  # three lines in a row that are shorter may be verse or a list
N_FITS: Final = 5
SAME, IN, OUT, SAME_ABOVE = range(N_FITS, N_FITS + 4)
N_EVIDENCE: Final = N_FITS + 4  # columns of evidence: fits, then indents


def _table(values: dict[int, float]) -> Numbers:
    table = np.full(16, 0.001)
    for index, value in values.items():
        table[index] = value
    return table


# How often each class stands before and after a break, by kind of break, to begin with. Rounded from one half of the
# novels (English, French, Japanese) and pages with links (20 languages) that benchmarks/quality/segmentation.py reads.
_END_OF_PARAGRAPH: Final = _table(
    {END_WORD: 0.06, END_COMMA: 0.006, END_SEMI: 0.01, END_COLON: 0.03, END_STOP: 0.75, END_STOP_QUOTE: 0.1}
    | {END_CLOSE: 0.02, END_BRACKET: 0.02, END_HYPHEN: 0.001, END_DASH: 0.008, END_OPEN: 0.0005}
)
_START_OF_PARAGRAPH: Final = _table(
    {LOWER: 0.012, UPPER: 0.6, OTHER: 0.6, DIGIT: 0.02, STOP: 0.001, COMMA: 3e-4, SEMI: 3e-4, COLON: 3e-4}
    | {DASH: 0.03, REFERENCE: 3e-4, OPEN: 0.15, CLOSE: 0.003, MARKER: 0.1, SYMBOL: 0.01, LABEL: 0.05}
)
_END_IN_SENTENCE: Final = _table(
    {END_WORD: 0.86, END_COMMA: 0.06, END_SEMI: 0.006, END_COLON: 0.005, END_STOP: 0.035}
    | {END_STOP_QUOTE: 0.002, END_CLOSE: 0.007, END_BRACKET: 0.006, END_HYPHEN: 0.01, END_DASH: 0.005}
    | {END_OPEN: 0.004}
)
_START_IN_SENTENCE: Final = _table(
    {LOWER: 0.85, UPPER: 0.08, OTHER: 0.85, DIGIT: 0.012, STOP: 0.005, COMMA: 0.01, SEMI: 0.003, COLON: 0.003}
    | {DASH: 0.004, REFERENCE: 0.005, OPEN: 0.02, CLOSE: 0.003, MARKER: 0.001, SYMBOL: 0.004, LABEL: 0.001}
)
_END_AT_LINK: Final = _table(
    {END_WORD: 0.7, END_COMMA: 0.05, END_SEMI: 0.002, END_COLON: 0.008, END_STOP: 0.04, END_STOP_QUOTE: 0.002}
    | {END_CLOSE: 0.13, END_BRACKET: 0.015, END_HYPHEN: 0.002, END_DASH: 0.01, END_OPEN: 0.04}
)
_START_AT_LINK: Final = _table(
    {LOWER: 0.2, UPPER: 0.45, OTHER: 0.45, DIGIT: 0.025, STOP: 0.1, COMMA: 0.03, SEMI: 0.003, COLON: 0.003}
    | {DASH: 0.003, REFERENCE: 0.03, OPEN: 0.07, CLOSE: 0.03, MARKER: 0.03, SYMBOL: 0.01, LABEL: 0.004}
)
_TURNS_OF_PARAGRAPH: Final = 0.02  # of a closing quote before the break and an opening one after it
_TURNS_AT_LINK: Final = 0.004
_GENERIC_GAPS: Final = 40.0  # the tables above weigh as much as so many gaps of the document itself

_LETTER_COUNT: Final = 1.5  # sentences added to those that a letter ends, and to those that it would by chance
_LEAST_LETTER_ODDS: Final = 0.1

# Evidence by kind of break, to begin with. Whether the next word would have fitted: no; by under 6, 15, 35 % of the
# width; by more. The indent: as the line before, at the document's usual one; deeper; less deep; as the line before,
# deeper than usual.
EVIDENCE: Final = np.array(
    [
        [0.10, 0.06, 0.10, 0.22, 0.52, 0.62, 0.20, 0.09, 0.09],
        [0.93, 0.03, 0.02, 0.01, 0.01, 0.78, 0.04, 0.12, 0.06],
        [0.20, 0.20, 0.20, 0.20, 0.20, 0.94, 0.02, 0.02, 0.02],
    ]
)
# However ragged the margin: lines that leave so much room were not wrapped. Verse and lists would pass for it.
_FIT_OF_WRAP_AT_MOST: Final = np.array([1.0, 1.0, 0.3, 0.04, 0.004])
# What is there to begin with counts as so many breaks of each kind, fits and indents.
_SHARE_COUNTS: Final = np.array([3.0, 0.7, 0.3])
_FIT_COUNT: Final = 6.0
_INDENT_COUNT: Final = 4.0
_ROUNDS: Final = 8  # of expectation maximization; the shares move by less than 1 % in the last
_SAMPLE: Final = 4096  # breaks looked at in each round


@kernel
def adjacent(line: Line, before: Line) -> bool:
    """Whether no blank line and no page break stands between two lines."""
    return bool(line["number"] == before["number"] + 1 and not line["traits"] & PAGE)


@kernel
def score_breaks(
    lines: Numbers, first: int, stop: int, gaps: Small, of_end: Numbers, total: float, caseless: bool
) -> None:
    """Fill in the log odds of a wrap and of a link against a paragraph's end, by the characters around each break.

    `gaps` counts the gaps inside the document's lines, `of_end` by end class, `total` all of them.
    """
    for i in range(first + 1, stop):
        line = lines[i]
        end = lines[i - 1]["last"]
        start = line["first"]
        row = 16 * end
        seen = float(gaps[row + start])
        if start == MARKER:
            seen = 0.1 * gaps[row + DIGIT] + 0.5 * gaps[row + DASH] + 0.1 * gaps[row + OPEN]
        elif start == LABEL:
            seen = 0.01 * (gaps[row + UPPER] + gaps[row + OTHER])
        elif start <= OTHER and (caseless or line["traits"] & lines[i - 1]["traits"] & CAPITALS):
            seen = float(gaps[row + LOWER] + gaps[row + UPPER] + gaps[row + OTHER])
            start = OTHER
        stopped = (end == END_STOP) | (end == END_STOP_QUOTE)
        paragraph = _END_OF_PARAGRAPH[end] * _START_OF_PARAGRAPH[start]
        if start == LOWER and end == END_SEMI:
            paragraph = 0.3 * _END_OF_PARAGRAPH[end]  # items of a list
        turns = (end == END_CLOSE) & (start == OPEN)  # one quote closes, another opens: speakers take turns
        if turns:
            paragraph = _TURNS_OF_PARAGRAPH
        after = _START_IN_SENTENCE[start]
        if start == REFERENCE:
            after *= 0.1
        elif stopped:
            after = _START_OF_PARAGRAPH[start]
        wrap = (seen + _GENERIC_GAPS * _END_IN_SENTENCE[end] * after) / (total + _GENERIC_GAPS)
        end_seen = (of_end[end] + _GENERIC_GAPS * _END_IN_SENTENCE[end]) / (total + _GENERIC_GAPS)
        link = 0.5 * end_seen + 0.5 * _END_AT_LINK[end]
        begins = stopped & ((start <= DIGIT) | (start == OPEN))  # the link begins a sentence
        link *= _START_OF_PARAGRAPH[start] if begins else _START_AT_LINK[start]
        if turns:
            link = _TURNS_AT_LINK
        line["wrap_odds"] = wrap / paragraph
        line["link_odds"] = link / paragraph


@kernel
def _letter_odds(letter: int, gaps: Small, sentences: Small) -> float:
    """How much likelier a letter stands at a gap inside sentences than at the end (or start) of one; 1 at most.

    `gaps` and `sentences` begin with the document's counts, int32[N_LETTERS], of which place 0 holds the sum.
    """
    expected = gaps[letter] * sentences[0] / (gaps[0] + 1.0)
    odds = (expected + _LETTER_COUNT) / (sentences[letter] + _LETTER_COUNT)
    return float(min(max(odds, _LEAST_LETTER_ODDS), 1.0))


@kernel
def weigh_letters(lines: Numbers, first: int, stop: int, letters: Small) -> None:
    """Lower the odds of a link where the letters around a break are those that sentences of the document end with.

    For scripts without case, where no capital tells that a sentence begins: a line that lacks a stop may end as
    sentences do all the same. `letters` are the counts of `kernels.lines`. They only speak against a join: raising the
    odds by letters that end no sentence found no more links, and broke prose (Japanese works, one per line).
    """
    for begin in (GAP_END, GAP_START, SENTENCE_END, SENTENCE_START):
        letters[begin] = letters[begin + 1 : begin + N_LETTERS].sum()
    for i in range(first + 1, stop):
        line, before = lines[i], lines[i - 1]
        if before["last"] == END_WORD or before["last"] == END_CLOSE:
            tail, head = before["tail_letter"], line["head_letter"]
            if tail > 0:
                line["link_odds"] *= _letter_odds(tail, letters[GAP_END:], letters[SENTENCE_END:])
            if head > 0:  # half the time it is the link's own, which may begin like a sentence
                odds = _letter_odds(head, letters[GAP_START:], letters[SENTENCE_START:])
                line["link_odds"] *= 0.5 + 0.5 * odds


@kernel
def _columns_with_next(line: Line, before: Line, hyphens: bool) -> int:
    """Columns that the line before would have had, had it taken this line's first word too."""
    blank = 0 if line["head_script"] & before["tail_script"] & CJK else 1
    return int(before["indent"] + before["width"] + blank + (line["stub"] if hyphens else line["head"]))


@kernel
def find_width(lines: Numbers, first: int, stop: int, hyphens: bool) -> tuple[int, bool]:
    """The width at which the lines were wrapped, 0 where they were not, and whether that is beyond doubt.

    A wrap explains itself at every width that the line keeps to, and with the next word would not. The width at which
    most do is found in one sweep; lines that are wider speak against it. It must explain two of five breaks that look
    like wraps; or, since verse looks so too, some, and twice as many as other widths do. `hyphens`: words are broken
    at their hyphens.
    """
    explained = np.zeros(MOST_COLUMNS + 2)
    edges = np.zeros(MOST_COLUMNS + 2)
    total = 0.0
    wider = 0.0
    for i in range(first + 1, stop):
        line = lines[i]
        before = lines[i - 1]
        if adjacent(line, before):
            weight = line["wrap_odds"] / (1.0 + line["wrap_odds"])
            total += weight
            wider += 1.0
            edge = before["indent"] + before["width"]
            if edge <= MOST_COLUMNS:
                edges[edge] += 1.0
                explained[edge] += weight
                end = _columns_with_next(line, before, hyphens) + RAGGED_COLUMNS
                explained[end if end <= MOST_COLUMNS else MOST_COLUMNS + 1] -= weight
    best = 0.0
    width = 0
    here = 0.0
    area = 0.0
    area_before = 0.0
    for column in range(MOST_COLUMNS + 1):
        here += explained[column]
        wider -= edges[column]
        if here - wider > best:
            best = here - wider
            width = column
            area_before = area
        area += here
    clear = best >= 6.0 and best * width > 2.0 * area_before
    return (width if clear or best > 0.4 * total else 0), clear or best >= 4.0


@kernel
def base_indent(lines: Numbers, first: int, stop: int) -> int:
    """The most common indent, in columns."""
    counts = np.zeros(64, dtype=np.int64)
    base = 0
    for i in range(first, stop):
        indent = lines[i]["indent"]
        if indent < 64:
            counts[indent] += 1
            if counts[indent] > counts[base]:
                base = indent
    return int(base)


@kernel
def fit_of(line: Line, before: Line, width: int, hyphens: bool) -> int:
    """How much room the line before had left, 0 to N_FITS - 1; always 0 where no width is known."""
    if width == 0:
        return 0
    room = 100 * (width - _columns_with_next(line, before, hyphens))
    return int(room >= 0) + int(room >= 6 * width) + int(room >= 15 * width) + int(room >= 35 * width)


@kernel
def indent_of(line: Line, before: Line, base: int) -> int:
    """SAME, IN, OUT or SAME_ABOVE: the indent against that of the line before, and the usual one."""
    if line["indent"] == before["indent"]:
        return SAME if line["indent"] <= base else SAME_ABOVE
    return IN if line["indent"] > before["indent"] else OUT


@kernel
def _in_verse(lines: Numbers, first: int, stop: int, i: int) -> bool:
    """Whether the break before line i is between short lines, three or more in a row, as in verse and lists."""
    if lines[i]["width"] >= VERSE_COLUMNS or lines[i - 1]["width"] >= VERSE_COLUMNS:
        return False
    before = i - 1 > first and lines[i - 2]["width"] < VERSE_COLUMNS
    return bool(before or (i + 1 < stop and lines[i + 1]["width"] < VERSE_COLUMNS))


@kernel
def learn(
    lines: Numbers,
    first: int,
    stop: int,
    width: int,
    hyphens: bool,
    base: int,
    shares: Numbers,
    evidence: Numbers,
) -> None:
    """Learn how often each kind of break occurs in the document, and what fits and indents it comes with.

    `shares` float64[3] and `evidence` float64[3, N_EVIDENCE] hold generic values before and the document's after. A
    share of links below one in ten is kept: verse and lists would pass for links in wrapped text. Without a width,
    verse looks like text that links have broken: there, the long lines tell whether links break lines.
    """
    links = shares[LINK]
    generic = evidence.copy()
    counts = np.empty(3)
    seen = np.empty((3, N_EVIDENCE))
    p = np.empty(3)
    step = 1 + (stop - first) // _SAMPLE
    for _ in range(_ROUNDS):
        for kind in range(3):
            counts[kind] = _SHARE_COUNTS[kind] if shares[kind] > 0.0 else 0.0
            for k in range(N_EVIDENCE):
                seen[kind, k] = (_FIT_COUNT if k < N_FITS else _INDENT_COUNT) * generic[kind, k]
        for i in range(first + 1, stop, step):
            line = lines[i]
            before = lines[i - 1]
            if not adjacent(line, before) or (width == 0 and _in_verse(lines, first, stop, i)):
                continue
            fit = fit_of(line, before, width, hyphens)
            indent = indent_of(line, before, base)
            p[PARAGRAPH] = 1.0
            p[WRAP] = line["wrap_odds"]
            p[LINK] = line["link_odds"]
            total = 0.0
            for kind in range(3):
                p[kind] *= shares[kind] * evidence[kind, fit] * evidence[kind, indent]
                total += p[kind]
            for kind in range(3):
                counts[kind] += p[kind] / total
                seen[kind, fit] += p[kind] / total
                seen[kind, indent] += p[kind] / total
        total = counts[0] + counts[1] + counts[2]
        for kind in range(3):
            shares[kind] = counts[kind] / total
            fits = 0.0
            indents = 0.0
            for k in range(N_FITS):
                fits += seen[kind, k]
            for k in range(N_FITS, N_EVIDENCE):
                indents += seen[kind, k]
            for k in range(N_EVIDENCE):
                evidence[kind, k] = seen[kind, k] / (fits if k < N_FITS else indents)
                if kind == WRAP and k < N_FITS and width > 0 and evidence[kind, k] > _FIT_OF_WRAP_AT_MOST[k]:
                    evidence[kind, k] = _FIT_OF_WRAP_AT_MOST[k]
        if links < 0.1:
            shares[LINK] = links
