"""The exact measure: Indel distance of two texts, as far as a limit allows.

distance = len_a + len_b - 2 * LCS, and the LCS comes from Hyyrö's bit-parallel recurrence (Hyyrö 2004, "Bit-parallel
LCS-length computation revisited"), 64 pattern places a machine word. Only words that an alignment within the limit
can touch are computed, and a text is given up as soon as too many of its symbols went unmatched. Whole numbers
throughout: pairs exactly on the threshold are decided rightly.
"""

from typing import NamedTuple

import numpy as np

from corpuskit.kernels.jit import kernel
from corpuskit.kernels.types import Bytes, Ints, Small, Words
from corpuskit.kernels.utf8 import read_code_point

_ONES = np.uint64(0xFFFFFFFFFFFFFFFF)


class Pattern(NamedTuple):
    """One text, ready to be compared with many.

    symbols: int32[length], the number (from 1) of the symbol at each place.
    starts, positions: the places of each symbol, ascending, as lists one after another; symbol 0 has none.
    row: int32[symbols + 1], the symbol's row in `masks`, or -1 where its places are too few to spend a row on.
    masks: uint64[rows, words], bit i of the row is set where the symbol stands at place i.
    """

    symbols: Small
    starts: Ints
    positions: Small
    row: Small
    masks: Words


@kernel
def index_pattern(symbols: Small, n_symbols: int) -> Pattern:
    """Index a text of symbols numbered 1 to `n_symbols`.

    A symbol gets a row of masks if it has at least an eighth as many places as there are words: at most 512 rows
    then, whatever the length, and setting single bits for the others costs less than the recurrence.
    """
    words = (len(symbols) + 63) >> 6
    starts = np.zeros(n_symbols + 2, dtype=np.int64)
    for symbol in symbols:
        starts[symbol + 1] += 1
    row = np.full(n_symbols + 1, -1, dtype=np.int32)
    rows = 0
    for symbol in range(1, n_symbols + 1):
        if 8 * starts[symbol + 1] >= words:
            row[symbol] = rows
            rows += 1
    for symbol in range(n_symbols + 1):
        starts[symbol + 1] += starts[symbol]
    positions = np.empty(len(symbols), dtype=np.int32)
    masks = np.zeros((rows, words), dtype=np.uint64)
    free = starts.copy()
    for place in range(len(symbols)):
        symbol = symbols[place]
        positions[free[symbol]] = place
        free[symbol] += 1
        if row[symbol] >= 0:
            masks[row[symbol], place >> 6] |= np.uint64(1) << np.uint64(place & 63)
    return Pattern(symbols, starts, positions, row, masks)


@kernel
def _count_zeros(state: Words, first_bit: int, end_bit: int) -> int:
    """Zero bits of `state` in [first_bit, end_bit); `first_bit` is a multiple of 64."""
    total = np.int64(0)
    for word in range(first_bit >> 6, (end_bit + 63) >> 6):
        x = ~state[word]
        if end_bit - 64 * word < 64:
            x &= (np.uint64(1) << np.uint64(end_bit - 64 * word)) - np.uint64(1)
        x -= (x >> np.uint64(1)) & np.uint64(0x5555555555555555)
        x = (x & np.uint64(0x3333333333333333)) + ((x >> np.uint64(2)) & np.uint64(0x3333333333333333))
        x = (x + (x >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
        total += np.int64((x * np.uint64(0x0101010101010101)) >> np.uint64(56))
    return int(total)


@kernel
def indel_within(pattern: Pattern, text: Small, limit: int) -> int:
    """Indel distance of the pattern and `text` (symbols in the pattern's numbering, 0 for others); -1 above `limit`."""
    n_pattern = len(pattern.symbols)
    n_text = len(text)
    if abs(n_pattern - n_text) > limit:
        return -1
    shorter = min(n_pattern, n_text)
    prefix = 0
    while prefix < shorter and pattern.symbols[prefix] == text[prefix]:
        prefix += 1
    suffix = 0
    while suffix < shorter - prefix and pattern.symbols[n_pattern - 1 - suffix] == text[n_text - 1 - suffix]:
        suffix += 1
    end_pattern = n_pattern - suffix
    end_text = n_text - suffix
    if prefix in (end_pattern, end_text):
        distance = end_pattern + end_text - 2 * prefix
        return distance if distance <= limit else -1

    # An LCS of at least `needed` leaves at most these many unmatched on each side; they bound the band too.
    needed = max((n_pattern + n_text - limit + 1) // 2, 0)
    spare_pattern = n_pattern - needed
    spare_text = n_text - needed
    if spare_pattern < 0 or spare_text < 0:
        return -1
    n_words = (end_pattern + 63) >> 6
    # After the common prefix the state is known: its places are matched (zero bits), the others are not.
    state = np.full(n_words, _ONES, dtype=np.uint64)
    for word in range(prefix >> 6):
        state[word] = np.uint64(0)
    if prefix & 63:
        state[prefix >> 6] = _ONES << np.uint64(prefix & 63)
    scratch = np.zeros(n_words, dtype=np.uint64)
    settled = 0  # zero bits in the words before `first`, which no longer change
    first = 0
    for at in range(prefix, end_text):
        lowest = max(at - spare_text, 0) >> 6
        while first < min(lowest, n_words - 1):
            settled += _count_zeros(state, 64 * first, 64 * first + 64)
            first += 1
        last = min(n_words, ((at + spare_pattern) >> 6) + 1)
        symbol = text[at]
        if symbol > 0:
            row = pattern.row[symbol]
            mask = pattern.masks[row] if row >= 0 else scratch
            if row < 0:
                for place in pattern.positions[pattern.starts[symbol] : pattern.starts[symbol + 1]]:
                    if place >> 6 < n_words:
                        scratch[place >> 6] |= np.uint64(1) << np.uint64(place & 63)
            carry = np.uint64(0)
            for word in range(first, last):
                s = state[word]
                matched = s & mask[word]
                total = s + matched
                over = np.uint64(total < s)
                total += carry
                over |= np.uint64(total < carry)
                carry = over
                state[word] = total | (s - matched)
            if row < 0:
                for place in pattern.positions[pattern.starts[symbol] : pattern.starts[symbol + 1]]:
                    if place >> 6 < n_words:
                        scratch[place >> 6] = np.uint64(0)
        if at & 31 == 31:
            matches = settled + _count_zeros(state, 64 * first, min(64 * last, end_pattern))
            if at + 1 - matches > spare_text:
                return -1
    lcs = settled + _count_zeros(state, 64 * first, end_pattern) + suffix
    distance = n_pattern + n_text - 2 * lcs
    return distance if distance <= limit else -1


@kernel
def number_chars(data: Bytes, start: int, number_of: Small, symbols: Small) -> int:
    """Number the code points of a text from 1 in `number_of` (int32[0x110000], zeros before); return how many differ.

    `symbols` (int32[code points]) becomes their numbers. Zero the entries again with `forget_chars`.
    """
    distinct = 0
    at = start
    for place in range(len(symbols)):
        code, at = read_code_point(data, at)
        if number_of[code] == 0:
            distinct += 1
            number_of[code] = distinct
        symbols[place] = number_of[code]
    return distinct


@kernel
def forget_chars(data: Bytes, start: int, end: int, number_of: Small) -> None:
    """Zero the entries of a text's code points."""
    at = start
    while at < end:
        code, at = read_code_point(data, at)
        number_of[code] = 0


@kernel
def look_up_chars(data: Bytes, start: int, end: int, number_of: Small, symbols: Small) -> int:
    """Write the pattern's numbers of a text's code points to `symbols`; return how many there are."""
    count = 0
    at = start
    while at < end:
        code, at = read_code_point(data, at)
        symbols[count] = number_of[code]
        count += 1
    return count


@kernel
def same_bytes(data: Bytes, start: int, end: int, other: int, other_end: int) -> bool:
    """Whether two pieces of `data` are equal."""
    if end - start != other_end - other:
        return False
    for i in range(end - start):  # noqa: SIM110 - a generator is not to be had in a kernel
        if data[start + i] != data[other + i]:
            return False
    return True


@kernel
def number_words(data: Bytes, starts: Ints, count: int, table: Ints, known: int, symbols: Small) -> int:
    """Number words by their bytes, from 1; return how many numbers are given out, `known` of them before.

    `starts[i]` and `starts[i + 1]` bound word i with the blank after it, which is left out. `table` is int64[size, 3]
    of (number, start, end), zeros at first, size a power of two above twice the words of all calls.
    """
    mask = len(table) - 1
    for i in range(count):
        start = starts[i]
        end = starts[i + 1]
        while end > start and data[end - 1] == 32:
            end -= 1
        h = np.uint64(0xCBF29CE484222325)
        for at in range(start, end):
            h = (h ^ np.uint64(data[at])) * np.uint64(0x100000001B3)
        slot = np.int64(h ^ (h >> np.uint64(32))) & mask
        while table[slot, 0] != 0 and not same_bytes(data, start, end, table[slot, 1], table[slot, 2]):
            slot = (slot + 1) & mask
        if table[slot, 0] == 0:
            known += 1
            table[slot, 0] = known
            table[slot, 1] = start
            table[slot, 2] = end
        symbols[i] = known if table[slot, 0] == known else table[slot, 0]
    return known
