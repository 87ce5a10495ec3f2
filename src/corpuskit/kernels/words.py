"""Texts as numbered words, and where two rows of them differ.

The words are those of `corpuskit.reading`; the line-up is rapidfuzz's, so that either gives the same places.
"""

import numpy as np

from corpuskit.kernels.jit import kernel
from corpuskit.kernels.types import Bytes, Flags, Ints, Small
from corpuskit.kernels.utf8 import read_code_point

NO_WORD, DIGIT, NUMERAL, LETTER, ALONE, RAISED = 0, 1, 2, 3, 4, 5
CHINESE = 16
"""Kinds of code points, and what is added for Chinese numerals, which make one word in runs of two or more."""

_FNV, _PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)


@kernel
def _joins_digits(code: int) -> bool:
    """Whether it may stand inside a number: . , : / ٫ ٬ ' ’ ·"""
    return code in (0x2E, 0x2C, 0x3A, 0x2F, 0x66B, 0x66C, 0x27, 0x2019, 0xB7)


@kernel
def _number_end(data: Bytes, at: int, end: int, kinds: Bytes) -> int:
    """Where a number ends that begins at byte `at`: digits, marks between digits, and raised ones behind."""
    while at < end:
        code, after = read_code_point(data, at)
        if kinds[code] == DIGIT or (
            _joins_digits(code) and after < end and kinds[read_code_point(data, after)[0]] == DIGIT
        ):
            at = after
        else:
            break
    while at < end:
        code, after = read_code_point(data, at)
        if kinds[code] != RAISED:
            break
        at = after
    return at


@kernel
def _letters_end(data: Bytes, at: int, end: int, kinds: Bytes) -> int:
    """Where a run of letters ends, with `'t` behind an n."""
    last = 0
    while at < end:
        code, after = read_code_point(data, at)
        if kinds[code] & 15 != LETTER:
            break
        last = code
        at = after
    if last in (0x6E, 0x4E) and at < end:
        code, after = read_code_point(data, at)
        if code in (0x27, 0x2019) and after < end and data[after] in (0x74, 0x54):
            behind = after + 1
            if behind >= end or kinds[read_code_point(data, behind)[0]] & 15 != LETTER:
                return behind
    return at


@kernel
def _chinese_end(data: Bytes, at: int, end: int, kinds: Bytes) -> int:
    """Where a run of Chinese numerals ends; at least one character on."""
    _, after = read_code_point(data, at)
    while after < end:
        code, behind = read_code_point(data, after)
        if kinds[code] & CHINESE == 0:
            break
        after = behind
    return after


@kernel
def cut_words(
    data: Bytes, offsets: Ints, begins: Ints, ends: Ints, kinds: Bytes, starts: Ints, sizes: Small, places: Small
) -> Ints:
    """Cut each text into words between its characters `begins` and `ends`; int64[n + 1], their offsets by text.

    starts, sizes: first byte and number of bytes of each word; places: int32[words, 2], its characters in its text.
    Nothing is written to them when they are empty: the first call counts. `kinds` is uint8[0x110000].
    """
    offset = np.zeros(len(offsets), dtype=np.int64)
    count = 0
    for text in range(len(offsets) - 1):
        at, char, end = offsets[text], 0, offsets[text + 1]
        while char < begins[text]:
            at = read_code_point(data, at)[1]
            char += 1
        stop, last = at, char
        while last < ends[text]:
            stop = read_code_point(data, stop)[1]
            last += 1
        end = stop
        while at < end:
            code, after = read_code_point(data, at)
            kind = kinds[code]
            if kind & 15 == NO_WORD or kind & 15 == RAISED:
                at = after
                char += 1
                continue
            if kind & 15 == DIGIT:
                after = _number_end(data, at, end, kinds)
            elif kind & 15 == LETTER:
                after = _letters_end(data, at, end, kinds)
            elif kind & CHINESE:
                after = _chinese_end(data, at, end, kinds)
            chars = 0
            for byte in range(at, after):
                chars += (data[byte] & 0xC0) != 0x80
            if len(starts):
                starts[count] = at
                sizes[count] = after - at
                places[count, 0] = char
                places[count, 1] = char + chars
            count += 1
            char += chars
            at = after
        offset[text + 1] = count
    return offset


@kernel
def number_words(data: Bytes, starts: Ints, sizes: Small, numbers: Small) -> Ints:
    """Number equal words alike, from 0 in order of their first place, into `numbers`; those places, int64.

    Open addressing over FNV-1a hashes; bytes are compared, so that no collision can confuse two words.
    """
    slots = 16
    while slots < 2 * len(starts):
        slots *= 2
    table = np.full(slots, -1, dtype=np.int64)
    firsts = np.empty(len(starts), dtype=np.int64)
    found = 0
    for word in range(len(starts)):
        at, size = starts[word], sizes[word]
        value = _FNV
        for byte in range(at, at + size):
            value = (value ^ np.uint64(data[byte])) * _PRIME
        slot = np.int64((value ^ (value >> np.uint64(29))) & np.uint64(slots - 1))
        while True:
            number = table[slot]
            if number < 0:
                table[slot] = found
                firsts[found] = word
                numbers[word] = found
                found += 1
                break
            other = firsts[number]
            same = sizes[other] == size
            if same:
                for step in range(size):
                    if data[starts[other] + step] != data[at + step]:
                        same = False
                        break
            if same:
                numbers[word] = number
                break
            slot = (slot + 1) & (slots - 1)
    return firsts[:found]


@kernel
def _lcs_table(one: Small, two: Small, table: Small) -> None:
    """LCS lengths of all pairs of beginnings: table[row * (len(one) + 1) + column], rows for `two`."""
    width = len(one) + 1
    for column in range(width):
        table[column] = 0
    for row in range(1, len(two) + 1):
        base = row * width
        table[base] = 0
        for column in range(1, width):
            if one[column - 1] == two[row - 1]:
                table[base + column] = table[base - width + column - 1] + 1
            else:
                table[base + column] = max(table[base - width + column], table[base + column - 1])


@kernel
def _mark_unmatched(one: Small, two: Small, table: Small, kept_one: Flags, kept_two: Flags) -> None:
    """Mark the words that a longest common subsequence keeps; of several, the one that rapidfuzz takes."""
    _lcs_table(one, two, table)
    width = len(one) + 1
    column, row = len(one), len(two)
    kept_one[:column] = False
    kept_two[:row] = False
    while row and column:
        if table[row * width + column] == table[row * width + column - 1]:
            column -= 1
        else:
            row -= 1
            if not row or table[row * width + column] == table[row * width + column - 1]:
                column -= 1
                kept_one[column] = True
                kept_two[row] = True


@kernel
def _emit(edits: Ints, count: int, pair: int, one: int, one_end: int, two: int, two_end: int) -> int:
    if one == one_end and two == two_end:
        return count
    edits[count, 0], edits[count, 1], edits[count, 2] = pair, one, one_end
    edits[count, 3], edits[count, 4] = two, two_end
    return count + 1


@kernel
def line_up(numbers: Small, offsets: Ints, lefts: Ints, rights: Ints, cells: int) -> tuple[Ints, Flags]:
    """Where the words of pairs of texts differ, as (pair, left begin, left end, right begin, right end), int64[n, 5].

    Words are counted from the beginning of their text. Also whether each pair was left out, since what differs has
    more than `cells` pairs of words. Time and memory: what differs, squared.
    """
    room = 1
    for pair in range(len(lefts)):
        left, right = lefts[pair], rights[pair]
        room += min(offsets[left + 1] - offsets[left], offsets[right + 1] - offsets[right]) + 1
    edits = np.empty((room, 5), dtype=np.int64)
    left_out = np.zeros(len(lefts), dtype=np.bool_)
    table = np.empty(4096, dtype=np.int32)
    kept = np.empty((2, 4096), dtype=np.bool_)
    count = 0
    for pair in range(len(lefts)):
        one = numbers[offsets[lefts[pair]] : offsets[lefts[pair] + 1]]
        two = numbers[offsets[rights[pair]] : offsets[rights[pair] + 1]]
        shorter = min(len(one), len(two))
        front = 0
        while front < shorter and one[front] == two[front]:
            front += 1
        back = 0
        while back < shorter - front and one[len(one) - 1 - back] == two[len(two) - 1 - back]:
            back += 1
        size_one, size_two = len(one) - front - back, len(two) - front - back
        if (size_one + 1) * (size_two + 1) > cells and size_one and size_two:
            left_out[pair] = True
            continue
        if size_one == 0 or size_two == 0 or (size_one == 1 and size_two == 1):
            count = _emit(edits, count, pair, front, front + size_one, front, front + size_two)
            continue
        if (size_one + 1) * (size_two + 1) > len(table):
            table = np.empty(2 * (size_one + 1) * (size_two + 1), dtype=np.int32)
        if max(size_one, size_two) > kept.shape[1]:
            kept = np.empty((2, 2 * max(size_one, size_two)), dtype=np.bool_)
        _mark_unmatched(one[front : front + size_one], two[front : front + size_two], table, kept[0], kept[1])
        at_one = at_two = begin_one = begin_two = 0
        while at_one < size_one or at_two < size_two:
            while at_one < size_one and not kept[0, at_one]:
                at_one += 1
            while at_two < size_two and not kept[1, at_two]:
                at_two += 1
            count = _emit(edits, count, pair, front + begin_one, front + at_one, front + begin_two, front + at_two)
            at_one += 1
            at_two += 1
            begin_one, begin_two = at_one, at_two
    return edits[:count], left_out
