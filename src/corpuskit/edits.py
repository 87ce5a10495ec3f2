"""Where the words of two texts differ: what stands between the runs that both have.

The idea: the longest common subsequence of the words is what both say; each gap in it is an edit, with the words of the
left and of the right text. `lineup` finds the same places for many pairs at once.
"""

import difflib
from bisect import bisect_left
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from itertools import takewhile
from typing import Final, NamedTuple

from rapidfuzz.distance import Indel

from corpuskit.reading import CHINESE, Reading

QUADRATIC_CELLS: Final = 1 << 22
"""Where more pairs of words than that stand between the first and the last difference, words that both have once are
matched first, and only what stands between them is lined up: the exact way takes 1.6 s for 240,000 characters."""

QUADRATIC_WORDS: Final = 20_000
"""Longer pieces are lined up by difflib: the exact way takes 50 MB for two of this length, four times for double."""


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
        return (
            before + here + "".join(_alone(iter(folded[self.end : self.end + reach]))),
            len(before),
            len(before + here),
        )

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
    """Runs of words that both have, in order: where they begin, and how long they are."""
    begin = next((at for at, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    rest = min(len(one), len(two)) - begin
    behind = next((at for at, (a, b) in enumerate(zip(reversed(one), reversed(two), strict=False)) if a != b), rest)
    behind = min(behind, rest)
    stops = len(one) - behind, len(two) - behind
    if begin:
        yield 0, 0, begin
    if (stops[0] - begin) * (stops[1] - begin) <= QUADRATIC_CELLS:
        yield from _common(one, two, (begin, stops[0]), (begin, stops[1]))
    else:
        at = begin, begin
        for anchor in [*_anchors(one[begin : stops[0]], two[begin : stops[1]]), None]:
            to = stops if anchor is None else (anchor[0] + begin, anchor[1] + begin)
            yield from _common(one, two, (at[0], to[0]), (at[1], to[1]))
            if anchor is not None:
                yield *to, 1
                at = to[0] + 1, to[1] + 1
    if behind:
        yield *stops, behind


def _common(
    one: list[str], two: list[str], left: tuple[int, int], right: tuple[int, int]
) -> Iterator[tuple[int, int, int]]:
    """The runs between two places of each: by a longest common subsequence, of very long ones by difflib."""
    (begin, end), (start, stop) = left, right
    if begin == end or start == stop:
        return
    first, second = one[begin:end], two[start:stop]
    if max(len(first), len(second)) > QUADRATIC_WORDS:
        blocks = difflib.SequenceMatcher(None, first, second).get_matching_blocks()
        yield from ((begin + block.a, start + block.b, block.size) for block in blocks if block.size)
        return
    for op in Indel.opcodes(first, second):
        if op.tag == "equal":
            yield begin + op.src_start, start + op.dest_start, op.src_end - op.src_start


def _anchors(one: list[str], two: list[str]) -> list[tuple[int, int]]:
    """Words that each has once, in the most of them that stand in the same order in both (Cohen's patience diff)."""
    places: list[dict[str, int]] = []
    for words in (one, two):
        counts = Counter(words)
        places.append({word: at for at, word in enumerate(words) if counts[word] == 1})
    pairs = [(at, places[1][word]) for word, at in places[0].items() if word in places[1]]
    ends: list[int] = []
    tops: list[int] = []
    before: list[int] = []
    for number, (_, there) in enumerate(pairs):
        pile = bisect_left(tops, there)
        before.append(ends[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(there)
            ends.append(number)
        else:
            tops[pile], ends[pile] = there, number
    found = []
    number = ends[-1] if ends else -1
    while number >= 0:
        found.append(pairs[number])
        number = before[number]
    return found[::-1]
