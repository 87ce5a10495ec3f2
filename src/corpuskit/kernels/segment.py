"""From lines to passages: what each line break becomes, document by document.

`layout` tells the odds that a break cuts a sentence; here they are decided, and the blocks found whose lines stay as
they are. `corpuskit.stages.segment` says what is promised.
"""

from typing import Final

import numpy as np

from corpuskit.chartables import (
    CJK,
    CLOSE,
    COLON,
    COMMA,
    DIGIT,
    LOWER,
    NEUTRAL,
    OPEN,
    OTHER,
    SEA,
    SEMI,
    STOP,
    SYMBOL,
    UPPER,
)
from corpuskit.kernels.furniture import FEWEST_COLUMNS, put_back, set_aside
from corpuskit.kernels.jit import kernel
from corpuskit.kernels.layout import (
    EVIDENCE,
    IN,
    LINK,
    PARAGRAPH,
    REFERENCE,
    SAME,
    VERSE_COLUMNS,
    WRAP,
    adjacent,
    base_indent,
    find_width,
    fit_of,
    indent_of,
    learn,
    score_breaks,
    weigh_letters,
)
from corpuskit.kernels.lines import (
    CAPITALS,
    CODED,
    DOTTED,
    END_BRACKET,
    END_COMMA,
    END_HYPHEN,
    END_OPEN,
    END_SEMI,
    END_STOP,
    END_STOP_QUOTE,
    END_WORD,
    GAPPED,
    LABEL,
    LABELLED,
    MARKER,
    N_CELLS,
    N_LETTER_COUNTS,
    NOTE_AGAIN,
    NOTE_ALONE,
    NOTE_FIRST,
    NOTE_PLACES,
    PAGE,
    POINTED,
    RULE,
    TRAILING,
    TURNED,
    Line,
    count_lines,
    scan_lines,
)
from corpuskit.kernels.types import Bytes, Ints, Numbers, Small

# Relations of a line to the line before.
BREAK: Final = 0  # a new passage
SPACE: Final = 1  # joined with a blank
BARE: Final = 2  # joined with nothing
KEEP: Final = 3  # the same passage, on a line of its own
# 4 is FURNITURE, of kernels.furniture.

# Layout bits that `judge` returns.
WRAPPED: Final = 1
BROKEN_LINES: Final = 2
UNCERTAIN: Final = 4

OPEN_BRACKET_ODDS: Final = 12.0  # how much likelier a break cuts a sentence where a bracket is open
OPEN_BRACKET_LINES: Final = 20  # a bracket that stays open for longer was never closed
LEAST_CUT_ODDS: Final = 0.5  # that a page break in a wrapped text cuts a paragraph, whatever its other breaks do
MOST_CUT_ODDS: Final = 8.0
STRONG_ODDS: Final = 10.0  # of a join across a form feed that may be no page's
_RUNS_ON: Final = np.isin(np.arange(16), (LOWER, STOP, COMMA, SEMI, COLON, CLOSE))  # by start class
_BEGINS: Final = np.isin(np.arange(16), (UPPER, OPEN))
MOST_VERSE_COLUMNS: Final = 80
MOST_VERSE_LINES: Final = 60  # of verse without any stanza; longer ones are lists
TABLE_INDENT: Final = 24  # so deep stands only what belongs to a column
MOST_KEPT_COLUMNS: Final = 250  # lines that are wider belong to no table


@kernel
def _place_notes(lines: Numbers, first: int, stop: int) -> None:
    """Tell references from notes: a number in brackets refers where it occurs first, and begins the note after that.

    A reference's end class is that of the text before it, and what stands before a note has ended. Text after a number
    on the same line may be a list of works that nothing refers to; it is taken for the text's continuation only where
    references stand alone as well.
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
        line = lines[i]
        is_alone = line["traits"] & NOTE_ALONE
        if line["traits"] & NOTE_AGAIN:
            line["first"] = MARKER
            if i > first:
                lines[i - 1]["last"] = END_STOP
            if is_alone:
                line["last"] = END_COMMA
        elif line["traits"] & NOTE_FIRST and (is_alone or 2 * alone >= followed):
            line["first"] = REFERENCE
            if i > first and is_alone and line["last"] == END_BRACKET:
                before = lines[i - 1]["last"]
                line["last"] = END_STOP if END_SEMI <= before <= END_STOP_QUOTE else before


@kernel
def _join_of(line: Line, before: Line, suspended: bool, spaced_open: bool, spaced_points: bool) -> int:
    """SPACE or BARE for two lines that are joined."""
    head, tail = line["head_script"], before["tail_script"]
    both = head & tail
    cjk = both & CJK or (head & CJK and tail & NEUTRAL) or (head & NEUTRAL and tail & CJK)
    sea = both & SEA and not before["traits"] & TRAILING
    pointed = line["traits"] & POINTED and (head & CJK or not spaced_points)
    opened = before["last"] == END_OPEN and (tail & CJK or not spaced_open)
    hyphenated = before["last"] == END_HYPHEN and line["first"] <= DIGIT and not suspended
    return BARE if cjk or sea or pointed or opened or hyphenated else SPACE


@kernel
def _is_rule(line: Line, before_last: int) -> bool:
    """Whether a line is drawn rather than written: no letter, no digit, and no points that close what stands before."""
    if not line["traits"] & RULE:
        return False
    if STOP <= line["first"] <= COLON or line["first"] == CLOSE:
        return bool(before_last == END_STOP and line["last"] == END_STOP and line["first"] == STOP)
    return bool(line["width"] > 2)


@kernel
def _is_word(line: Line) -> bool:
    """Whether a line is one word, as in word lists."""
    return bool(line["head"] == line["width"] and not line["head_script"] & (CJK | SEA))


@kernel
def judge(data: Bytes, lines: Numbers, first: int, stop: int, gaps: Small, letters: Small) -> int:
    """Set the relation of each line of a document, `lines[first:stop]`, to the one before; return layout bits."""
    if stop - first < 2:
        return 0
    of_end = np.zeros(16)
    of_start = np.zeros(16)
    total = 0.0
    for cell in range(N_CELLS):
        of_end[cell >> 4] += gaps[cell]
        of_start[cell & 15] += gaps[cell]
        total += gaps[cell]
    # In capitals throughout, or without any, or in a script that has none, case says nothing.
    lower, upper = of_start[LOWER], of_start[UPPER]
    cased = lower + upper
    caseless = of_start[OTHER] > cased or (cased >= 20.0 and (33.0 * lower < cased or 200.0 * upper < cased))
    n_pairs = 0
    n_words = 0
    n_hyphens = 0
    n_cut = 0
    n_running = 0
    n_short = 0
    n_stopped = 0
    for i in range(first + 1, stop):
        if adjacent(lines[i], lines[i - 1]):
            n_pairs += 1
            if _is_word(lines[i]) and _is_word(lines[i - 1]):
                n_words += 1
            if lines[i - 1]["last"] == END_HYPHEN:
                n_hyphens += 1
            if END_STOP <= lines[i - 1]["last"] <= END_STOP_QUOTE:
                n_stopped += 1
            noted = lines[i]["traits"] & (NOTE_FIRST | NOTE_AGAIN)
            if not (noted or END_STOP <= lines[i - 1]["last"] <= END_STOP_QUOTE):
                n_cut += 1
                if lines[i - 1]["width"] < VERSE_COLUMNS:
                    n_short += 1
                if _RUNS_ON[lines[i]["first"]]:
                    n_running += 1
            if lines[i]["traits"] & lines[i - 1]["traits"] & LABELLED and lines[i]["first"] <= OTHER:
                lines[i]["first"] = LABEL  # the fields of a record
    listed = 2 * n_words > n_pairs and n_words > 3
    # "in- and output": about as many hyphens end lines as would by chance, since so many end words inside them.
    suspended = of_end[END_HYPHEN] > 0.0 and 2.0 * of_end[END_HYPHEN] * n_pairs >= (n_hyphens - 1) * total
    # French sets blanks inside its quotes and before some points.
    spaced_open = 500.0 * of_end[END_OPEN] > total
    spaced_points = 500.0 * (of_start[STOP] + of_start[COMMA] + of_start[SEMI] + of_start[COLON]) > total

    _place_notes(lines, first, stop)
    score_breaks(lines, first, stop, gaps, of_end, total, caseless)
    hyphens = n_hyphens > 0
    base = base_indent(lines, first, stop)
    width, sure = find_width(lines, first, stop, hyphens)
    if caseless and width == 0:
        weigh_letters(lines, first, stop, letters)
    shares = np.array([0.5, 0.35, 0.15])
    # Of breaks that links made, one in eight or more comes before a small letter or a point; none does where short
    # headings without points stand between paragraphs.
    unbroken = not caseless and n_cut >= 12 and 16 * n_running < n_cut and 3 * n_short > 2 * n_cut
    # Text without end punctuation (transcripts, lists, text made ready for training) does not tell a sentence cut
    # from one that ended: the lines stay as they are.
    pointless = width == 0 and n_pairs > 8 and 20 * n_stopped < n_pairs
    if pointless:
        shares = np.array([1.0, 0.0, 0.0])
    elif width == 0 and n_pairs > 8:
        shares = np.array([0.98, 0.0, 0.02]) if unbroken else np.array([0.65, 0.0, 0.35])
    elif width > 0 and sure:
        shares = np.array([0.4, 0.58, 0.02])
    evidence = EVIDENCE.copy()
    learn(lines, first, stop, width, hyphens, base, shares, evidence)

    doubt = 0.0
    depth = 0
    begin = first
    drawn = _is_rule(lines[first], END_STOP)
    for i in range(first, stop):
        line = lines[i]
        relation = BREAK
        if i > first:
            before = lines[i - 1]
            drawn_before = drawn
            drawn = _is_rule(line, before["last"])
            words = listed and _is_word(line) and _is_word(before)
            if adjacent(line, before) and not (drawn or drawn_before or words):
                fit = fit_of(line, before, width, hyphens)
                indent = indent_of(line, before, base)
                if indent == IN and begin == i - 1 and before["first"] == MARKER:
                    indent = SAME  # the hanging indent of a list item
                p = shares[PARAGRAPH] * evidence[PARAGRAPH, fit] * evidence[PARAGRAPH, indent]
                wrap = shares[WRAP] * evidence[WRAP, fit] * evidence[WRAP, indent]
                link = shares[LINK] * evidence[LINK, fit] * evidence[LINK, indent]
                odds = (wrap * line["wrap_odds"] + link * line["link_odds"]) / p
                if depth > 0 and i - begin < OPEN_BRACKET_LINES:
                    odds *= OPEN_BRACKET_ODDS
                doubt += (odds if odds < 1.0 else 1.0) / (1.0 + odds)
                if odds > 1.0:
                    relation = _join_of(line, before, suspended, spaced_open, spaced_points)
        if relation == BREAK:
            depth = 0
            begin = i
        depth += line["depth"]
        if depth < 0:
            depth = 0
        line["relation"] = relation
    _keep_blocks(data, lines, first, stop, 0.99 if caseless else (upper + 1.0) / (cased + 10.0), width)
    if not pointless:
        _join_pages(lines, first, stop, width, hyphens, base, evidence, suspended, spaced_open, spaced_points)
    layout = UNCERTAIN if pointless or (doubt > 0.1 * n_pairs and doubt > 1.0) else 0
    for i in range(first, stop):
        joined = lines[i]["relation"] == SPACE or lines[i]["relation"] == BARE
        if joined and not lines[i]["traits"] & PAGE:
            return layout | (WRAPPED if shares[WRAP] >= shares[LINK] else BROKEN_LINES)
    return layout


@kernel
def _verse_score(lines: Numbers, begin: int, end: int, upper: float) -> float:
    """Log odds that short lines begin with capitals because each does, though sentences run on, and not by chance.

    `upper` is how often a word inside begins with one; where case says nothing it is near 1, and the score is 0.
    """
    score = 0.0
    for i in range(begin, end):
        if upper > 0.9 or lines[i]["width"] > MOST_VERSE_COLUMNS:
            return 0.0
        if i > begin and not END_STOP <= lines[i - 1]["last"] <= END_STOP_QUOTE:
            first = lines[i]["first"]
            if _RUNS_ON[first]:
                score += np.log(0.04 / (1.0 - upper))
            elif _BEGINS[first] and not lines[i]["traits"] & CAPITALS:
                score += np.log(0.96 / upper)
    return score


@kernel
def _block_relation(data: Bytes, lines: Numbers, begin: int, end: int, verse: bool, width: int, alone: bool) -> int:
    """What the lines of a block are to each other: KEEP in a table, code, verse, fields and lines that stay short.

    A block is what blank lines bound; `alone` says that it is all of its document. BREAK where they are verse of too
    many lines for one passage; -1 where what was decided for each line stands.
    """
    gapped = 0
    coded = 0
    prefixed = 0
    widest = 0
    points = 0
    items = 0
    joined = 0
    n = end - begin
    mark = data[lines[begin]["start"]]
    for i in range(begin, end):
        line = lines[i]
        if line["width"] > widest:
            widest = line["width"]
        if line["traits"] & (GAPPED | DOTTED) or line["indent"] >= TABLE_INDENT:
            gapped += 1
        if line["traits"] & CODED:
            coded += 1
        if line["first"] == SYMBOL and data[line["start"]] == mark:
            prefixed += 1
        if line["last"] != END_WORD:
            points += 1
        if line["first"] == MARKER:
            items += 1
        if i > begin and line["relation"] != BREAK:
            joined += 1
    if n < 2 or widest > MOST_KEPT_COLUMNS:
        return -1
    if verse and alone and (n > MOST_VERSE_LINES or 4 * points < n):
        return BREAK
    table = gapped >= 2 and 2 * gapped >= n
    code = 4 * coded >= 3 * n or (2 * coded >= n and 2 * joined <= n)
    stubs = joined == 0 and items == 0 and not alone and 2 * points <= n
    record = lines[begin]["first"] == LABEL and joined == 0 and n <= MOST_VERSE_LINES
    short = stubs and 10 * widest < 6 * (width if width > 72 else 72)
    return KEEP if verse or table or code or prefixed == n or record or short else -1


@kernel
def _keep_blocks(data: Bytes, lines: Numbers, first: int, stop: int, upper: float, width: int) -> None:
    """Settle the blocks; where the document as a whole is verse, less evidence will do for each stanza."""
    needed = 6.0
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
                alone = end - begin == stop - first
                relation = _block_relation(data, lines, begin, end, score > needed, width, alone)
                if relation >= 0:
                    for i in range(begin + 1, end):
                        lines[i]["relation"] = relation
            begin = end
        if total > 10.0:
            needed = 1.0


@kernel
def _join_pages(
    lines: Numbers,
    first: int,
    stop: int,
    width: int,
    hyphens: bool,
    base: int,
    evidence: Numbers,
    suspended: bool,
    spaced_open: bool,
    spaced_points: bool,
) -> None:
    """Join a paragraph that a page break cuts, by the evidence that other line breaks are judged by.

    A page may end anywhere: cuts and paragraphs' ends are as common there as among all breaks of the document, blank
    lines included. Where nothing shows that the form feed is a page's (TURNED), or no width what was cut, the odds
    must be high. Blocks that are kept line by line are left alone.
    """
    cut = 1.0
    ended = 1.0
    for i in range(first + 1, stop):
        relation = lines[i]["relation"]
        if not lines[i]["traits"] & PAGE:
            cut += relation in (SPACE, BARE)
            ended += relation == BREAK
    prior = min(max(cut / ended, LEAST_CUT_ODDS), MOST_CUT_ODDS) if width > 0 else 1.0
    kind = WRAP if width > 0 else LINK
    for i in range(first + 1, stop):
        line = lines[i]
        before = lines[i - 1]
        kept = before["relation"] == KEEP or (i + 1 < stop and lines[i + 1]["relation"] == KEEP)
        tabled = (line["traits"] | before["traits"]) & (GAPPED | DOTTED)
        if not line["traits"] & PAGE or kept or tabled or _is_rule(line, before["last"]) or _is_rule(before, END_STOP):
            continue
        indent = indent_of(line, before, base)
        if width > 0 and before["relation"] != BREAK and line["indent"] != before["indent"]:
            continue
        if width == 0 and before["width"] < FEWEST_COLUMNS:
            continue
        odds = prior * line["wrap_odds"] * evidence[kind, indent] / evidence[PARAGRAPH, indent]
        full = False
        if width > 0:
            fit = fit_of(line, before, width, hyphens)
            odds *= evidence[WRAP, fit] / evidence[PARAGRAPH, fit]
            full = fit < 2
        if odds > (1.0 if full and line["traits"] & TURNED else STRONG_ODDS):
            line["relation"] = _join_of(line, before, suspended, spaced_open, spaced_points)


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
) -> None:
    """Scan and, for `paragraphs`, judge every document.

    Fills `lines`, LINE[enough]; `document_lines`, int64[documents + 1], with where each document's begin; `layouts`,
    uint8[documents], with layout bits. `table` is chartables.character_table(), `ends` lines.END_TRANSITIONS.
    """
    gaps = np.zeros(N_CELLS, dtype=np.int32)
    letters = np.zeros(N_LETTER_COUNTS, dtype=np.int32)
    notes = np.zeros(NOTE_PLACES, dtype=np.int32)
    document_lines[0] = 0
    for document in range(len(offsets) - 1):
        first = document_lines[document]
        start, end = offsets[document], offsets[document + 1]
        stop = scan_lines(data, start, end, table, ends, lines, first, gaps, notes, letters)
        layouts[document] = 0
        if paragraphs:
            kept = set_aside(data, lines, first, stop, table)
            layouts[document] = judge(data, lines, first, kept, gaps, letters)
            put_back(lines, first, kept, stop)
        document_lines[document + 1] = stop
