"""Page furniture: the running heads, feet and page numbers that printing put between the lines of a text.

Pages are what form feeds part. A line at a page's end or beginning is furniture when it comes again there, page after
page, the same, or with a number in it that counts with the pages. Chapters may begin on new pages and be numbered too,
so the breaks must prove to be those of pages: by a sentence that runs on behind the furniture, or by feet that count.
"""

from typing import Final

import numpy as np

from corpuskit.chartables import BLANK, CLASS, DIGIT, LOWER, OTHER
from corpuskit.kernels.jit import kernel
from corpuskit.kernels.lines import END_COMMA, END_HYPHEN, END_WORD, PAGE, TURNED, Line, entry_of
from corpuskit.kernels.numerals import digit_value, roman_value
from corpuskit.kernels.types import Bytes, Flags, Ints, Numbers, Word, Words
from corpuskit.kernels.utf8 import read_code_point

FURNITURE: Final = 4
"""Relation of a line of furniture to the line before; the others are those of kernels.segment."""

DEPTH: Final = 3  # so many lines at each end of a page may be furniture
_PLACES: Final = 2 * DEPTH  # the first lines of a page, then the last ones, from the edge inwards
_MOST_COLUMNS: Final = 160  # wider lines are text
_MOST_NUMBERS: Final = 6  # of a line that may be the page's
_HIGHEST_NUMBER: Final = 1_000_000_000
FEWEST_COLUMNS: Final = 25  # shorter lines may stand unfinished at a page's end without being cut
_LONG: Final = 3  # so many pages in a row are not chance


@kernel
def _mixed(state: Word, code: int) -> Word:
    """One step of FNV-1a (Fowler, Noll and Vo), on code points."""
    return (state ^ np.uint64(code)) * np.uint64(0x100000001B3)


@kernel
def _read_line(data: Bytes, line: Line, table: Numbers, numbers: Ints) -> tuple[Word, Word, int, bool]:
    """Hashes of a line's words, in any order: with each number taken for the same, and as they are; and its numbers.

    Left and right pages often have the same words in the opposite order. Fills `numbers` and returns how many there
    are, and whether there is more to the line than one number: a letter, or another.
    """
    worded = False
    blind = np.uint64(1)
    exact = np.uint64(1)
    count = 0
    at = line["start"]
    end = line["end"]
    while at < end:
        stop = at
        while stop < end:
            code, following = read_code_point(data, stop)
            if entry_of(table, code) & CLASS == BLANK:
                break
            stop = following
        roman = roman_value(data, at, stop)
        hidden = np.uint64(0xCBF29CE484222325)
        shown = hidden
        number = roman if roman > 0 else -1
        if roman > 0:
            hidden = _mixed(hidden, 0)
        while at < stop:
            code, at = read_code_point(data, at)
            shown = _mixed(shown, code)
            digit = digit_value(code) if entry_of(table, code) & CLASS == DIGIT else -1
            if digit >= 0:
                if number < 0:
                    hidden = _mixed(hidden, 0)
                    number = 0
                number = min(10 * number + digit, _HIGHEST_NUMBER)
            elif roman == 0:
                hidden = _mixed(hidden, code)
                worded = worded or entry_of(table, code) & CLASS <= OTHER
                if 0 <= number < _HIGHEST_NUMBER and count < _MOST_NUMBERS:
                    numbers[count] = number
                    count += 1
                number = -1
        if 0 <= number < _HIGHEST_NUMBER and count < _MOST_NUMBERS:
            numbers[count] = number
            count += 1
        # Squared, so that words that swap their letters do not sum to the same.
        blind += hidden * (hidden | np.uint64(1))
        exact += shown * (shown | np.uint64(1))
        while at < end and entry_of(table, read_code_point(data, at)[0]) & CLASS == BLANK:
            at = read_code_point(data, at)[1]
    return blind, exact, count, worded or count > 1


@kernel
def _pages(lines: Numbers, first: int, stop: int) -> Ints:
    """Where the pages begin, and `stop`: int64[pages + 1]."""
    count = 1
    for i in range(first + 1, stop):
        count += lines[i]["traits"] & PAGE != 0
    begins = np.empty(count + 1, dtype=np.int64)
    begins[0] = first
    count = 1
    for i in range(first + 1, stop):
        if lines[i]["traits"] & PAGE:
            begins[count] = i
            count += 1
    begins[count] = stop
    return begins


@kernel
def _line_at(begins: Ints, page: int, place: int) -> int:
    """The line at a place of a page; -1 where the page is too short."""
    if place < DEPTH:
        i = begins[page] + place
        return int(i) if i < begins[page + 1] else -1
    i = begins[page + 1] - 1 - (place - DEPTH)
    return int(i) if i >= begins[page] else -1


@kernel
def _extend(chain: int, page: int, numbers: Ints, count: int, same: bool, shifts: Ints, n_shifts: Ints) -> bool:
    """Whether a line with the words of a chain goes on with it: a number counts with the pages, or nothing differs.

    `shifts[chain]` are the differences between number and page that all its lines share; fewer after this one.
    """
    shared = 0
    for k in range(n_shifts[chain]):
        for n in range(count):
            if numbers[n] - page == shifts[chain, k]:
                shifts[chain, shared] = shifts[chain, k]
                shared += 1
                break
    if shared == 0 and not same:
        return False
    n_shifts[chain] = shared
    return True


@kernel
def _chain(
    data: Bytes,
    lines: Numbers,
    begins: Ints,
    table: Numbers,
    place: int,
    chains: Ints,
    counting: Flags,
    sizes: Ints,
    blind: Words,
) -> None:
    """Chain the lines at one place of the pages that are alike, each with one a page before it, or two.

    Fills `chains`, the page where each page's chain begins (-1: too short a page), whether it is `counting`, and the
    `sizes`: of its pages those that a form feed parts from the rest at this end. `blind`: hashes of the lines but for
    their numbers, 0 for those that have none, or nothing but one.
    """
    n = len(begins) - 1
    hashes = np.zeros(n, dtype=np.uint64)
    exact = np.zeros(n, dtype=np.uint64)
    same = np.ones(n, dtype=np.bool_)
    shifts = np.zeros((n, _MOST_NUMBERS), dtype=np.int64)
    n_shifts = np.zeros(n, dtype=np.int64)
    numbers = np.zeros(_MOST_NUMBERS, dtype=np.int64)
    for page in range(n):
        chains[page] = -1
        sizes[page] = 0
        i = _line_at(begins, page, place)
        if i < 0 or lines[i]["width"] > _MOST_COLUMNS:
            continue
        hashes[page], exact[page], count, worded = _read_line(data, lines[i], table, numbers)
        blind[page] = hashes[page] if worded and count > 0 else np.uint64(0)
        chains[page] = page
        for k in range(count):
            shifts[page, k] = numbers[k] - page
        n_shifts[page] = count
        for before in range(page - 1, max(page - 3, -1), -1):
            chain = chains[before]
            if chain >= 0 and hashes[before] == hashes[page]:
                alike = same[chain] and exact[before] == exact[page]
                if _extend(chain, page, numbers, count, alike, shifts, n_shifts):
                    chains[page] = chain
                    same[chain] = alike
                    break
        sizes[chains[page]] += page > 0 if place < DEPTH else page < n - 1
    for page in range(n):
        counting[page] = n_shifts[page] > 0 and not same[page]


@kernel
def _peel(begins: Ints, page: int, wanted: Flags) -> tuple[int, int]:
    """First and last line (exclusive) of a page without the furniture that `wanted`, bool[places, pages], names."""
    begin, end = begins[page], begins[page + 1]
    for place in range(DEPTH):
        if begin < end and wanted[place, page]:
            begin += 1
        else:
            break
    for place in range(DEPTH, _PLACES):
        if begin < end and wanted[place, page]:
            end -= 1
        else:
            break
    return int(begin), int(end)


@kernel
def _widest(lines: Numbers, begin: int, end: int) -> int:
    """Where the widest of some lines ends, in columns."""
    widest = 0
    for i in range(begin, end):
        widest = max(widest, lines[i]["indent"] + lines[i]["width"])
    return int(widest)


@kernel
def _cuts(line: Line, before: Line, widest: int) -> bool:
    """Whether a sentence runs on from one line to the other beyond doubt.

    Where letters have no case, any line may begin a sentence: the line before must be about as long as the page's
    `widest`.
    """
    full = 20 * (before["indent"] + before["width"]) >= 17 * widest
    unfinished = before["last"] == END_WORD or before["last"] == END_COMMA or before["last"] == END_HYPHEN
    runs_on = line["first"] == LOWER or (line["first"] == OTHER and before["last"] != END_HYPHEN and full)
    return bool(unfinished and runs_on and before["width"] >= FEWEST_COLUMNS)


@kernel
def _prove(lines: Numbers, begins: Ints, likely: Flags, counts: Flags, proven: Flags) -> None:
    """Mark the breaks (by the page after) that are those of pages.

    A sentence runs on across them when all likely furniture is left out; or they stand between a foot that counts
    (`counts`, by its page) and a likely head.
    """
    last = -1
    widest = 0
    for page in range(len(begins) - 1):
        begin, end = _peel(begins, page, likely)
        if begin < end:
            if page > 0 and last >= 0:
                proven[page] = _cuts(lines[begin], lines[last], widest)
            last = end - 1
            widest = _widest(lines, begin, end)
        else:
            last = -1
        if page > 0 and counts[page - 1] and likely[0, page]:
            proven[page] = True


@kernel
def _accept(
    chains: Ints, counting: Flags, sizes: Ints, top: bool, proven: Flags, certain: Flags, wanted: Flags
) -> None:
    """Want the lines of the chains at one place that are furniture.

    Lines that count: on three pages or more, a quarter of whose breaks are proven (feet need no proof); on two, if one
    break is. Lines that are the same: on more than three pages, likewise; or if numbers that count prove each break
    (`certain`).
    """
    n = len(chains)
    proofs = np.zeros(n, dtype=np.int64)
    certainties = np.zeros(n, dtype=np.int64)
    for page in range(n):
        edge = page if top else page + 1
        if chains[page] >= 0 and 0 < edge < n:
            proofs[chains[page]] += proven[edge] or certain[edge]
            certainties[chains[page]] += certain[edge]
    for page in range(n):
        chain = chains[page]
        if chain < 0 or sizes[chain] < 2 or (page == 0 and top and not counting[chain]):
            continue
        size = sizes[chain]
        mostly = 4 * proofs[chain] >= size
        if counting[chain]:
            fine = (mostly or not top) if size >= _LONG else proofs[chain] > 0
        else:
            fine = (mostly and size > _LONG) or certainties[chain] == size
        wanted[page] = fine


@kernel
def _spread(chains: Ints, counting: Flags, blind: Words, wanted: Flags) -> None:
    """Want, beside lines that count, those with the same words whose numbers start anew: i, ii, 1, 2."""
    n = len(chains)
    for turn in range(2):
        for k in range(n):
            page = k if turn == 0 else n - 1 - k
            for beside in range(max(page - 2, 0), min(page + 3, n)):
                if wanted[beside] and counting[chains[beside]] and blind[page] == blind[beside] != np.uint64(0):
                    wanted[page] = True
                    counting[chains[page]] = True


@kernel
def _find(data: Bytes, lines: Numbers, begins: Ints, table: Numbers) -> Flags:
    """Which lines are furniture: bool[places, pages]."""
    n = len(begins) - 1
    chains = np.empty((_PLACES, n), dtype=np.int64)
    counting = np.zeros((_PLACES, n), dtype=np.bool_)
    sizes = np.zeros((_PLACES, n), dtype=np.int64)
    blind = np.zeros((_PLACES, n), dtype=np.uint64)
    likely = np.zeros((_PLACES, n), dtype=np.bool_)
    wanted = np.zeros((_PLACES, n), dtype=np.bool_)
    proven = np.zeros(n, dtype=np.bool_)
    certain = np.zeros(n, dtype=np.bool_)
    for place in range(_PLACES):
        _chain(data, lines, begins, table, place, chains[place], counting[place], sizes[place], blind[place])
        for page in range(n):
            chain = chains[place, page]
            likely[place, page] = chain >= 0 and sizes[place, chain] > 1
    counts = np.zeros(n, dtype=np.bool_)
    for page in range(n):
        chain = chains[DEPTH, page]
        counts[page] = likely[DEPTH, page] and counting[DEPTH, chain] and blind[DEPTH, page] != np.uint64(0)
    _prove(lines, begins, likely, counts, proven)
    # Counting feet first, which prove their breaks; then, with those, all others.
    for turn in range(2):
        for place in range(_PLACES):
            _accept(chains[place], counting[place], sizes[place], place < DEPTH, proven, certain, wanted[place])
            _spread(chains[place], counting[place], blind[place], wanted[place])
        for place in range(_PLACES if turn == 0 else 0):
            for page in range(n):
                edge = page if place < DEPTH else page + 1
                if edge < n and wanted[place, page] and counting[place, chains[place, page]]:
                    certain[edge] = True
    return wanted


@kernel
def set_aside(data: Bytes, lines: Numbers, first: int, stop: int, table: Numbers) -> int:
    """Move the furniture of a document, `lines[first:stop]`, behind its other lines; return where these stop.

    Both keep their order. The first line of a page that is left bears its PAGE, and is TURNED
    after furniture.
    """
    begins = _pages(lines, first, stop)
    if len(begins) < 4:  # one break alone shows nothing that comes again
        return stop
    wanted = _find(data, lines, begins, table)
    held = 0
    for page in range(len(begins) - 1):
        begin, end = _peel(begins, page, wanted)
        held += begins[page + 1] - begins[page] - (end - begin)
    if held == 0:
        return stop
    furniture = lines[:held].copy()
    held = 0
    kept = first
    paged = False
    turned = False
    for page in range(len(begins) - 1):
        begin, end = _peel(begins, page, wanted)
        paged = paged or page > 0
        for i in range(begins[page], begins[page + 1]):
            if begin <= i < end:
                lines[kept] = lines[i]
                if paged:
                    lines[kept]["traits"] |= PAGE | TURNED if turned else PAGE
                paged = False
                turned = False
                kept += 1
            else:
                turned = True
                furniture[held] = lines[i]
                furniture[held]["relation"] = FURNITURE
                held += 1
    lines[kept:stop] = furniture
    return kept


@kernel
def put_back(lines: Numbers, first: int, kept: int, stop: int) -> None:
    """Merge the furniture, `lines[kept:stop]`, into the lines before it, by where they stand."""
    furniture = lines[kept:stop].copy()
    at = stop - 1
    i = kept - 1
    for k in range(len(furniture) - 1, -1, -1):
        while i >= first and lines[i]["start"] > furniture[k]["start"]:
            lines[at] = lines[i]
            at -= 1
            i -= 1
        lines[at] = furniture[k]
        at -= 1
