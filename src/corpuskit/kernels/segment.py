"""From lines to passages: what each line break is, judged per document, then the passages' texts.

See `corpuskit.stages.segment` for the idea.
"""

from typing import Final

import numpy as np

from corpuskit.chartables import (
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
    CODED,
    DOTTED,
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
    GAPPED,
    HEAD_CJK,
    HEAD_NEUTRAL,
    HEAD_SEA,
    LABEL,
    MARKER,
    N_CELLS,
    N_NOTES,
    NOTE_AGAIN,
    NOTE_ALONE,
    NOTE_FIRST,
    PAGE,
    POINTED,
    RULE,
    TAIL_CJK,
    TAIL_NEUTRAL,
    TAIL_SEA,
    TRAILING,
    count_lines,
    scan_lines,
)
from corpuskit.kernels.types import Bytes, Ints, Numbers

# Relations of a line to the line before.
BREAK: Final = 0  # a new passage
SPACE: Final = 1  # joined with a blank
BARE: Final = 2  # joined with nothing
KEEP: Final = 3  # the same passage, on a line of its own

# Layout bits that `judge` returns.
WRAPPED: Final = 1
BROKEN_LINES: Final = 2
UNCERTAIN: Final = 4

MOST_COLUMNS: Final = 400  # wider lines are not wrapped ones
REFERENCE: Final = HYPHEN  # start class of a note's number that belongs to the text before (no line starts with HYPHEN)
VERSE_COLUMNS: Final = 60
MOST_VERSE_COLUMNS: Final = 80
MOST_VERSE_LINES: Final = 60  # of verse without any stanza; longer ones are lists
RAGGED_COLUMNS: Final = 4  # so much room may be left by chance when a width is sought
N_FITS: Final = 5
N_INDENTS: Final = 4
SAME, IN, OUT, SAME_ABOVE = 0, 1, 2, 3


def _table(values: dict[int, float], default: float) -> Numbers:
    table = np.full(16, default)
    for index, value in values.items():
        table[index] = value
    return table


# How often each class stands before and after a break, by kind of break: rounded from the half for looking of the
# novels (English, French, Japanese) and of the pages with links (20 languages).
_END_OF_PARAGRAPH: Final = _table(
    {END_WORD: 0.06, END_COMMA: 0.006, END_SEMI: 0.01, END_COLON: 0.03, END_STOP: 0.75, END_STOP_QUOTE: 0.10}
    | {END_CLOSE: 0.02, END_BRACKET: 0.02, END_HYPHEN: 0.001, END_DASH: 0.008, END_OPEN: 0.0005},
    0.001,
)
_START_OF_PARAGRAPH: Final = _table(
    {
        LOWER: 0.012,
        UPPER: 0.6,
        OTHER: 0.6,
        DIGIT: 0.02,
        STOP: 0.001,
        COMMA: 0.0003,
        SEMI: 0.0003,
        COLON: 0.0003,
    }
    | {DASH: 0.03, REFERENCE: 0.0003, OPEN: 0.15, CLOSE: 0.003, MARKER: 0.1, SYMBOL: 0.01, LABEL: 0.05},
    0.001,
)
_END_IN_SENTENCE: Final = _table(
    {
        END_WORD: 0.86,
        END_COMMA: 0.06,
        END_SEMI: 0.006,
        END_COLON: 0.005,
        END_STOP: 0.035,
        END_STOP_QUOTE: 0.002,
    }
    | {END_CLOSE: 0.007, END_BRACKET: 0.006, END_HYPHEN: 0.01, END_DASH: 0.005, END_OPEN: 0.004},
    0.001,
)
_START_IN_SENTENCE: Final = _table(
    {LOWER: 0.85, UPPER: 0.08, OTHER: 0.85, DIGIT: 0.012, STOP: 0.005, COMMA: 0.01, SEMI: 0.003, COLON: 0.003}
    | {DASH: 0.004, REFERENCE: 0.005, OPEN: 0.02, CLOSE: 0.003, MARKER: 0.001, SYMBOL: 0.004, LABEL: 0.001},
    0.001,
)
_END_AT_LINK: Final = _table(
    {
        END_WORD: 0.70,
        END_COMMA: 0.05,
        END_SEMI: 0.002,
        END_COLON: 0.008,
        END_STOP: 0.04,
        END_STOP_QUOTE: 0.002,
    }
    | {END_CLOSE: 0.13, END_BRACKET: 0.015, END_HYPHEN: 0.002, END_DASH: 0.010, END_OPEN: 0.04},
    0.001,
)
_START_AT_LINK: Final = _table(
    {LOWER: 0.20, UPPER: 0.45, OTHER: 0.45, DIGIT: 0.025, STOP: 0.10, COMMA: 0.03, SEMI: 0.003, COLON: 0.003}
    | {DASH: 0.003, REFERENCE: 0.03, OPEN: 0.07, CLOSE: 0.03, MARKER: 0.03, SYMBOL: 0.01, LABEL: 0.004},
    0.001,
)
# Whether the next word would have fitted: no; by under 6, 15, 35 % of the width; by more.
_FIT_OF_WRAP: Final = np.array([0.93, 0.03, 0.02, 0.01, 0.01])
_FIT_OF_PARAGRAPH: Final = np.array([0.10, 0.06, 0.10, 0.22, 0.52])
_INDENT_OF_WRAP: Final = np.array([0.78, 0.04, 0.12, 0.06])
_INDENT_OF_PARAGRAPH: Final = np.array([0.62, 0.20, 0.09, 0.09])
_INDENT_OF_LINK: Final = np.array([0.94, 0.02, 0.02, 0.02])

# However ragged: lines that leave so much room were not wrapped, or verse and lists would pass for wrapped text.
_FIT_OF_WRAP_AT_MOST: Final = np.array([1.0, 1.0, 0.3, 0.04, 0.004])
_FIT_OF_LINK: Final = np.full(N_FITS, 1.0 / N_FITS)
_FITS: Final = np.array([_FIT_OF_PARAGRAPH, _FIT_OF_WRAP, _FIT_OF_LINK])
_INDENTS: Final = np.array([_INDENT_OF_PARAGRAPH, _INDENT_OF_WRAP, _INDENT_OF_LINK])
_SHARES: Final = np.array([0.5, 0.35, 0.15])
_SHARE_COUNTS: Final = np.array(
    [2.0, 0.7, 0.3]
)  # paragraphs' ends, wraps, links: as if so many had been seen
_GENERIC_GAPS = 40.0  # the generic gap counts weigh as much as this many gaps of the document


@kernel
def adjacent(line: Numbers, before: Numbers) -> bool:
    """Whether no blank line and no page break stands between two lines."""
    return line["number"] == before["number"] + 1 and not line["traits"] & PAGE


@kernel
def _score_breaks(lines: Numbers, first: int, stop: int, gaps: Numbers, caseless: bool) -> None:
    """Fill in the log odds of a wrap and of a link against a paragraph's end, by the characters around each break."""
    total = 0.0
    of_end = np.zeros(16)
    for end in range(16):
        for start in range(16):
            of_end[end] += gaps[16 * end + start]
        total += of_end[end]
    for i in range(first + 1, stop):
        end = lines[i - 1]["last"]
        start = lines[i]["first"]
        seen = float(gaps[16 * end + start])
        if start == MARKER:
            seen = 0.1 * gaps[16 * end + DIGIT] + 0.5 * gaps[16 * end + DASH] + 0.1 * gaps[16 * end + OPEN]
        elif start == LABEL:
            seen = 0.01 * (gaps[16 * end + UPPER] + gaps[16 * end + OTHER])
        elif caseless and start <= OTHER:
            seen = gaps[16 * end + LOWER] + gaps[16 * end + UPPER] + gaps[16 * end + OTHER]
            start = OTHER
        stopped = end == END_STOP or end == END_STOP_QUOTE
        generic = _END_IN_SENTENCE[end] * (
            _START_OF_PARAGRAPH[start] if stopped else _START_IN_SENTENCE[start]
        )
        if start == REFERENCE:
            generic = 0.1 * _START_IN_SENTENCE[start]
        wrap = (seen + _GENERIC_GAPS * generic) / (total + _GENERIC_GAPS)
        end_seen = (of_end[end] + _GENERIC_GAPS * _END_IN_SENTENCE[end]) / (total + _GENERIC_GAPS)
        link = 0.5 * end_seen + 0.5 * _END_AT_LINK[end]
        if stopped and (start <= DIGIT or start == OPEN):
            link *= _START_OF_PARAGRAPH[start]  # the link begins a sentence
        else:
            link *= _START_AT_LINK[start]
        paragraph = _END_OF_PARAGRAPH[end] * _START_OF_PARAGRAPH[start]
        if start == LOWER and end == END_SEMI:
            paragraph = 0.3 * _END_OF_PARAGRAPH[end]  # items of a list
        lines[i]["wrap_score"] = np.log(wrap / paragraph)
        lines[i]["link_score"] = np.log(link / paragraph)


@kernel
def _columns_with_next(line: Numbers, before: Numbers, hyphens: bool) -> int:
    """Columns that the line before would have had, had it taken this line's first word too."""
    blank = 0 if line["traits"] & HEAD_CJK and before["traits"] & TAIL_CJK else 1
    return before["indent"] + before["width"] + blank + (line["stub"] if hyphens else line["head"])


@kernel
def _find_width(lines: Numbers, first: int, stop: int, hyphens: bool) -> tuple[int, bool]:
    """The width at which the lines were wrapped, 0 where they were not, and whether that is beyond doubt.

    A wrap explains itself at every width that the line keeps to, and with the next word would not. The width at which
    most do is found in one sweep; lines that are wider speak against it. It must explain two of five breaks that look
    like wraps; or, since verse looks so too, some, and many more than other widths do.
    """
    change = np.zeros(MOST_COLUMNS + 2)
    beyond = np.zeros(MOST_COLUMNS + 2)
    total = 0.0
    for i in range(first + 1, stop):
        if not adjacent(lines[i], lines[i - 1]):
            continue
        weight = 1.0 / (1.0 + np.exp(-lines[i]["wrap_score"]))
        edge = lines[i - 1]["indent"] + lines[i - 1]["width"]
        total += weight
        # wider lines speak against the width; a single word cannot help it
        beyond[min(edge, MOST_COLUMNS + 1)] += 1.0
        if edge <= MOST_COLUMNS:
            change[edge] += weight
            end = _columns_with_next(lines[i], lines[i - 1], hyphens) + RAGGED_COLUMNS
            change[min(end, MOST_COLUMNS + 1)] -= weight
    best = 0.0
    width = 0
    wider = 0.0
    for column in range(MOST_COLUMNS + 2):
        wider += beyond[column]
    here = 0.0
    area = 0.0
    area_at_best = 0.0
    for column in range(MOST_COLUMNS + 1):
        here += change[column]
        wider -= beyond[column]
        if here - wider > best:
            best = here - wider
            width = column
            area_at_best = area
        area += here
    clear = best >= 6.0 and best * width > 2.0 * area_at_best
    return (width if clear or best > 0.4 * total else 0), clear or best >= 4.0


@kernel
def _fit_of(line: Numbers, before: Numbers, width: int, hyphens: bool) -> int:
    """Which of N_FITS kinds of room the line before had left; always the same where no width is known."""
    if width == 0:
        return 0
    room = width - _columns_with_next(line, before, hyphens)
    if room < 0:
        return 0
    if 100 * room < 6 * width:
        return 1
    if 100 * room < 15 * width:
        return 2
    return 3 if 100 * room < 35 * width else 4


@kernel
def _indent_of(line: Numbers, before: Numbers, base: int) -> int:
    if line["indent"] == before["indent"]:
        return SAME if line["indent"] <= base else SAME_ABOVE
    return IN if line["indent"] > before["indent"] else OUT


@kernel
def _base_indent(lines: Numbers, first: int, stop: int) -> int:
    """The most common indent, in columns."""
    counts = np.zeros(64, dtype=np.int64)
    base = 0
    for i in range(first, stop):
        indent = min(lines[i]["indent"], 63)
        counts[indent] += 1
        if counts[indent] > counts[base]:
            base = indent
    return base


@kernel
def _in_verse(lines: Numbers, first: int, stop: int, i: int) -> bool:
    """Whether the break before line i is between short lines, three or more in a row, as in verse and lists."""
    if lines[i]["width"] >= VERSE_COLUMNS or lines[i - 1]["width"] >= VERSE_COLUMNS:
        return False
    before = i - 1 > first and lines[i - 2]["width"] < VERSE_COLUMNS
    after = i + 1 < stop and lines[i + 1]["width"] < VERSE_COLUMNS
    return bool(before or after)


@kernel
def _learn(
    lines: Numbers,
    first: int,
    stop: int,
    width: int,
    hyphens: bool,
    base: int,
    shares: Numbers,
    fits: Numbers,
    indents: Numbers,
) -> None:
    """Learn by EM how often each kind of break occurs in the document, and what fits and indents it comes with.

    `shares` float64[3] (paragraph, wrap, link), `fits` float64[3, N_FITS], `indents` float64[3, N_INDENTS] hold
    generic values before and the document's after. Without a width, verse looks like text that links have broken: the
    long lines tell whether links break lines here.
    """
    share_of_links = shares[2]
    links_known = share_of_links < 0.1
    fit_prior = fits.copy()
    indent_prior = indents.copy()
    share_counts = np.empty(3)
    fit_counts = np.empty((3, N_FITS))
    indent_counts = np.empty((3, N_INDENTS))
    step = max(1, (stop - first) // 4096)  # a sample of a long document tells as much
    p = np.empty(3)
    for _ in range(8):
        for k in range(3):
            share_counts[k] = _SHARE_COUNTS[k] if shares[k] > 0.0 else 0.0
            for fit in range(N_FITS):
                fit_counts[k, fit] = 6.0 * fit_prior[k, fit]
            for indent in range(N_INDENTS):
                indent_counts[k, indent] = 4.0 * indent_prior[k, indent]
        for i in range(first + 1, stop, step):
            if not adjacent(lines[i], lines[i - 1]) or (width == 0 and _in_verse(lines, first, stop, i)):
                continue
            fit = _fit_of(lines[i], lines[i - 1], width, hyphens)
            indent = _indent_of(lines[i], lines[i - 1], base)
            p[0] = 1.0
            p[1] = np.exp(lines[i]["wrap_score"])
            p[2] = np.exp(lines[i]["link_score"])
            total = 0.0
            for k in range(3):
                p[k] *= shares[k] * fits[k, fit] * indents[k, indent]
                total += p[k]
            for k in range(3):
                share_counts[k] += p[k] / total
                fit_counts[k, fit] += p[k] / total
                indent_counts[k, indent] += p[k] / total
        total = share_counts[0] + share_counts[1] + share_counts[2]
        for k in range(3):
            weight = max(share_counts[k] - _SHARE_COUNTS[k], 0.0)
            shares[k] = share_counts[k] / total
            if k == 2 and links_known:
                shares[k] = share_of_links  # not learned: verse and lists would pass for links
            for fit in range(N_FITS):
                fits[k, fit] = fit_counts[k, fit] / (weight + 6.0)
                if k == 1 and width > 0:
                    fits[k, fit] = min(fits[k, fit], _FIT_OF_WRAP_AT_MOST[fit])
            for indent in range(N_INDENTS):
                indents[k, indent] = indent_counts[k, indent] / (weight + 4.0)


@kernel
def _join_of(line: Numbers, before: Numbers, suspended: bool, spaced_open: bool, spaced_points: bool) -> int:
    """SPACE or BARE for two lines that are joined."""
    head, tail = line["traits"], before["traits"]
    if (head & HEAD_CJK and tail & (TAIL_CJK | TAIL_NEUTRAL)) or (head & HEAD_NEUTRAL and tail & TAIL_CJK):
        return BARE
    if head & HEAD_SEA and tail & TAIL_SEA and not tail & TRAILING:
        return BARE
    if head & POINTED and (head & HEAD_CJK or not spaced_points):
        return BARE
    if before["last"] == END_OPEN and (tail & TAIL_CJK or not spaced_open):
        return BARE
    if before["last"] == END_HYPHEN and line["first"] <= DIGIT and not suspended:
        return BARE
    return SPACE


@kernel
def _is_rule(line: Numbers, before_last: int) -> bool:
    """Whether a line is drawn rather than written: no letter, no digit, and no points that close what stands before."""
    if not line["traits"] & RULE:
        return False
    if STOP <= line["first"] <= COLON or line["first"] == CLOSE:
        return before_last == END_STOP and line["last"] == END_STOP and line["first"] == STOP
    return bool(line["width"] > 2)


@kernel
def _is_word(line: Numbers) -> bool:
    """Whether a line is one word, as in word lists."""
    return line["head"] == line["width"] and not line["traits"] & (HEAD_CJK | HEAD_SEA)


@kernel
def _place_notes(lines: Numbers, first: int, stop: int) -> None:
    """Tell references from notes: a number in brackets refers where it occurs first, and begins the note after that.

    A reference's end class is that of the text before it. Text after a number on the same line may be a list of works
    that nothing refers to; it is taken for the text's continuation only where references stand alone as well.
    """
    alone = 0
    followed = 0
    for i in range(first, stop):
        if lines[i]["traits"] & NOTE_FIRST:
            if lines[i]["traits"] & NOTE_ALONE:
                alone += 1
            else:
                followed += 1
    for i in range(first, stop):
        traits = lines[i]["traits"]
        if traits & NOTE_AGAIN:
            lines[i]["first"] = MARKER
            if traits & NOTE_ALONE:
                lines[i]["last"] = END_COMMA
        elif traits & NOTE_FIRST and (traits & NOTE_ALONE or 2 * alone >= followed):
            lines[i]["first"] = REFERENCE
            if i > first and traits & NOTE_ALONE and lines[i]["last"] == END_BRACKET:
                before = lines[i - 1]["last"]
                lines[i]["last"] = END_STOP if END_SEMI <= before <= END_STOP_QUOTE else before


@kernel
def judge(data: Bytes, lines: Numbers, first: int, stop: int, gaps: Numbers) -> int:
    """Set the relation of each line of a document, `lines[first:stop]`, to the one before; return layout bits."""
    if stop == first:
        return 0
    lower = 0
    upper = 0
    other = 0
    total = 0
    for end in range(16):
        for start in range(16):
            total += gaps[16 * end + start]
        lower += gaps[16 * end + LOWER]
        upper += gaps[16 * end + UPPER]
        other += gaps[16 * end + OTHER]
    # In capitals throughout, or without any, or in a script that has none, case says nothing.
    cased = lower + upper
    caseless = other > cased or (cased >= 20 and (33 * lower < cased or 200 * upper < cased))
    upper_inside = (upper + 1.0) / (cased + 10.0) if not caseless else 0.99
    _place_notes(lines, first, stop)
    _score_breaks(lines, first, stop, gaps, caseless)

    n_pairs = 0
    n_words = 0
    n_hyphens = 0
    for i in range(first + 1, stop):
        if adjacent(lines[i], lines[i - 1]):
            n_pairs += 1
            n_words += _is_word(lines[i]) and _is_word(lines[i - 1])
            n_hyphens += lines[i - 1]["last"] == END_HYPHEN
    hyphens_inside = 0
    opened_inside = 0
    pointed_inside = 0
    for k in range(16):
        hyphens_inside += gaps[16 * END_HYPHEN + k]
        opened_inside += gaps[16 * END_OPEN + k]
        pointed_inside += (
            gaps[16 * k + STOP] + gaps[16 * k + COMMA] + gaps[16 * k + SEMI] + gaps[16 * k + COLON]
        )
    # French sets blanks inside its quotes and before some points
    spaced_open = 500 * opened_inside > total
    spaced_points = 500 * pointed_inside > total
    # "in- and output": as many hyphens would end lines by chance as end words inside them
    suspended = 2.0 * hyphens_inside * n_pairs >= float(n_hyphens) * total
    base = _base_indent(lines, first, stop)
    width, sure = _find_width(lines, first, stop, n_hyphens > 0)

    shares = _SHARES.copy()
    if width == 0 and n_pairs > 8:
        shares[0], shares[1], shares[2] = 0.65, 0.0, 0.35
    elif width > 0 and sure:
        shares[0], shares[1], shares[2] = 0.4, 0.58, 0.02
    fits = _FITS.copy()
    indents = _INDENTS.copy()
    _learn(lines, first, stop, width, n_hyphens > 0, base, shares, fits, indents)

    doubt = 0.0
    depth = 0
    since = first
    drawn = False
    for i in range(first, stop):
        relation = BREAK
        drawn_before = drawn
        drawn = _is_rule(lines[i], lines[i - 1]["last"] if i > first else END_STOP)
        if i > first and adjacent(lines[i], lines[i - 1]):
            fit = _fit_of(lines[i], lines[i - 1], width, n_hyphens > 0)
            indent = _indent_of(lines[i], lines[i - 1], base)
            if indent == IN and since == i - 1 and lines[since]["first"] == MARKER:
                indent = SAME  # the hanging indent of a list item
            p = shares[0] * fits[0, fit] * indents[0, indent]
            w = shares[1] * fits[1, fit] * indents[1, indent] * np.exp(lines[i]["wrap_score"])
            link = shares[2] * fits[2, fit] * indents[2, indent] * np.exp(lines[i]["link_score"])
            odds = (w + link) / p
            if depth > 0 and i - since < 20:
                odds *= 12.0
            listed = 2 * n_words > n_pairs and n_words > 3 and _is_word(lines[i]) and _is_word(lines[i - 1])
            if drawn or drawn_before or listed:
                odds = 0.0
            doubt += min(1.0, odds) / (1.0 + odds)
            if odds > 1.0:
                relation = _join_of(lines[i], lines[i - 1], suspended, spaced_open, spaced_points)
        if relation == BREAK:
            depth = 0
            since = i
        depth = max(depth + lines[i]["depth"], 0)
        lines[i]["relation"] = relation
    _keep_blocks(data, lines, first, stop, upper_inside, width)
    joined = 0
    for i in range(first, stop):
        joined += lines[i]["relation"] == SPACE or lines[i]["relation"] == BARE
    layout = 0
    if joined and shares[1] >= shares[2]:
        layout |= WRAPPED
    elif joined:
        layout |= BROKEN_LINES
    if doubt > 0.1 * n_pairs and doubt > 1.0:
        layout |= UNCERTAIN
    return layout


@kernel
def _verse_score(lines: Numbers, begin: int, end: int, upper: float) -> float:
    """Log odds that short lines begin with capitals because each does, though sentences run on, and not by chance.

    `upper` is how often a word inside begins with one; where case says nothing it is near 1, and the score is 0.
    """
    score = 0.0
    if upper > 0.9:
        return score
    for i in range(begin, end):
        if lines[i]["width"] > MOST_VERSE_COLUMNS:
            return 0.0
        if i > begin and not END_STOP <= lines[i - 1]["last"] <= END_STOP_QUOTE:
            first = lines[i]["first"]
            if first == LOWER or first == CLOSE or STOP <= first <= COLON:
                score += np.log(0.04 / (1.0 - upper))
            elif first == UPPER or first == OPEN:
                score += np.log(0.96 / upper)
    return score


@kernel
def _keep_block(data: Bytes, lines: Numbers, begin: int, end: int, verse: bool, width: int, alone: bool) -> None:
    """Keep the lines of a block apart, in one passage, where it is a table, code, verse, or short lines that stay short.

    A block is what blank lines bound; `alone` says that it is all of its document.
    """
    gapped = 0
    coded = 0
    prefixed = 0
    widest = 0
    points = 0
    items = 0
    joined = 0
    for i in range(begin, end):
        traits = lines[i]["traits"]
        gapped += traits & (GAPPED | DOTTED) > 0
        coded += traits & CODED > 0
        prefixed += lines[i]["first"] == SYMBOL and data[lines[i]["start"]] == data[lines[begin]["start"]]
        widest = max(widest, lines[i]["width"])
        points += lines[i]["last"] != END_WORD
        items += lines[i]["first"] == MARKER
        joined += i > begin and lines[i]["relation"] != BREAK
    n = end - begin
    if n < 2 or widest > 250:
        return
    if verse and alone and (n > MOST_VERSE_LINES or 4 * points < n):
        for i in range(begin + 1, end):
            lines[i]["relation"] = BREAK
        return
    table = gapped >= 2 and 2 * gapped >= n
    code = 2 * coded >= n and 2 * joined <= n
    short = joined == 0 and items == 0 and not alone and 10 * widest < 6 * max(width, 72) and 2 * points <= n
    if verse or table or code or prefixed == n or short:
        for i in range(begin + 1, end):
            lines[i]["relation"] = KEEP


@kernel
def _keep_blocks(data: Bytes, lines: Numbers, first: int, stop: int, upper: float, width: int) -> None:
    """Find the blocks; where the document as a whole is verse, less evidence will do for each stanza."""
    verse_needed = 6.0
    for turn in range(2):
        total = 0.0
        begin = first
        while begin < stop:
            end = begin + 1
            while end < stop and adjacent(lines[end], lines[end - 1]):
                end += 1
            score = _verse_score(lines, begin, end, upper)
            total += score
            if turn == 1:
                _keep_block(data, lines, begin, end, score > verse_needed, width, end - begin == stop - first)
            begin = end
        if total > 10.0:
            verse_needed = 1.0


@kernel
def count_all_lines(data: Bytes, offsets: Ints) -> int:
    """An upper bound of the lines with content in all documents."""
    count = 0
    for document in range(len(offsets) - 1):
        count += count_lines(data, offsets[document], offsets[document + 1])
    return count


@kernel
def judge_documents(
    data: Bytes,
    offsets: Ints,
    table: Numbers,
    ends: Bytes,
    paragraphs: bool,
    lines: Numbers,
    document_lines: Ints,
    layouts: Bytes,
) -> int:
    """Scan and, for `paragraphs`, judge every document; fill in `lines`, where each document's begin, layout bits."""
    gaps = np.zeros(N_CELLS, dtype=np.int32)
    notes = np.zeros(N_NOTES + 3, dtype=np.int32)
    document_lines[0] = 0
    for document in range(len(offsets) - 1):
        first = document_lines[document]
        stop = scan_lines(data, offsets[document], offsets[document + 1], table, ends, lines, first, gaps, notes)
        if paragraphs:
            layouts[document] = judge(data, lines, first, stop, gaps)
        document_lines[document + 1] = stop
    return int(document_lines[len(offsets) - 1])
