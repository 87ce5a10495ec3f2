"""Where the words of two texts differ: what stands between the runs that both have.

The idea: the longest common subsequence of the words is what both say; each gap in it is an edit, with the words of the
left and of the right text. `lineup` finds the same places for many pairs at once.
"""

import difflib
from collections.abc import Container, Iterator, Sequence
from itertools import takewhile
from typing import Final, NamedTuple

from rapidfuzz.distance import Indel

from corpuskit.reading import CHINESE, Reading

QUADRATIC_WORDS: Final = 20_000
"""Longer passages are lined up by difflib: the exact way takes 50 MB for two of this length, four times for double."""


class Side(NamedTuple):
    """One side of a place where two texts differ: words `begin` to `end` of a reading, folded and as written."""

    reading: Reading
    begin: int
    end: int
    words: list[str]
    written: list[str]

    def span(self, hits: Sequence[int]) -> tuple[int, int]:
        """Characters from the first to the last of the words `hits`; empty, behind what comes before, for none."""
        reading = self.reading
        if hits:
            return reading.starts[self.begin + min(hits)], reading.ends[self.begin + max(hits)]
        at = reading.ends[self.begin - 1] if self.begin else reading.begin
        return at, at

    def run(self, reach: int) -> tuple[str, int, int]:
        """The characters around that stand alone as words, and where the side's own begin and end among them.

        Of scripts without spaces; `reach` of them before and behind at most.
        """
        folded = self.reading.folded
        before = "".join(_alone(reversed(folded[max(self.begin - reach, 0) : self.begin])))[::-1]
        here = "".join(self.words)
        return before + here + "".join(_alone(iter(folded[self.end : self.end + reach]))), len(before), len(before + here)

    def inside(self, known: Container[str], reach: int) -> list[str]:
        """What a list has of the run around, at least partly in the side, the longest from each place on."""
        run, begin, end = self.run(reach)
        found: list[str] = []
        start = 0
        while start < end:
            for stop in range(min(start + reach, len(run)), max(start, begin), -1):
                if run[start:stop] in known:
                    found.append(run[start:stop])
                    start = stop - 1
                    break
            start += 1
        return found


def _alone(words: Iterator[str]) -> Iterator[str]:
    """The words up to the first of several characters that is not Chinese numerals."""
    return takewhile(lambda word: len(word) == 1 or word[0] in CHINESE, words)


Edit = tuple[Side, Side]
Found = tuple[list[int], list[int]]
Hits = Found | None
"""The words that make the difference, on both sides, counted from the side's first; None when there is none."""

Sides = tuple[list[str], ...]
"""The folded words of both sides."""


def edits_between(left: Reading, right: Reading) -> Iterator[Edit]:
    """Where two texts differ: what stands between the equal runs."""
    one, two = left.folded, right.folded
    before = (0, 0)
    for a, b, size in [*_equal_runs(one, two), (len(one), len(two), 0)]:
        if (a, b) != before:
            yield edit(left, right, before[0], a, before[1], b)
        before = a + size, b + size


def edit(left: Reading, right: Reading, begin: int, end: int, other_begin: int, other_end: int) -> Edit:
    """The edit that puts words of the left for words of the right."""
    return _side(left, begin, end), _side(right, other_begin, other_end)


def _side(reading: Reading, begin: int, end: int) -> Side:
    return Side(reading, begin, end, reading.folded[begin:end], reading.written[begin:end])


def _equal_runs(one: list[str], two: list[str]) -> Iterator[tuple[int, int, int]]:
    if max(len(one), len(two)) > QUADRATIC_WORDS:
        blocks = difflib.SequenceMatcher(None, one, two).get_matching_blocks()
        yield from ((block.a, block.b, block.size) for block in blocks if block.size)
        return
    for op in Indel.opcodes(one, two):
        if op.tag == "equal":
            yield op.src_start, op.dest_start, op.src_end - op.src_start
