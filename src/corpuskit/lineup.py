"""Many texts as words at once, and where pairs of them differ.

The idea: what `Reading` and `compare` do with one text and one pair, kernels do for thousands: cut words, number equal
ones alike, line up. Each different word is folded and judged once. Only places where something may be protected come
back as Python objects; most near copies have none, and most places are alike.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Final

import numpy as np
import pyarrow as pa

from corpuskit import buffers
from corpuskit.differences import Difference, compare, judge
from corpuskit.edits import QUADRATIC_WORDS, edit
from corpuskit.kernels import words as kernels
from corpuskit.kernels.types import Flags, Ints, Small
from corpuskit.reading import Evidence, Reading, bounds, ends_sentence, find_addresses, fold, has_address, word_kinds
from corpuskit.traits import plain

CELLS: Final = 1 << 22
"""A pair with more pairs of words between its first and last difference is lined up on its own: 16 MB as it is."""


class Texts:
    """Texts as words.

    strings: the texts; offsets: int64[n + 1], the words of each; numbers: int32[words], equal words alike; places:
    int32[words, 2], characters; inside: bool[words], part of an address; written, folded: of each number; addressed:
    bool[n], whether it holds an address.
    """

    def __init__(self, texts: pa.Array) -> None:
        self.strings: list[str] = texts.to_pylist()
        limits = np.array([bounds(text) for text in self.strings], dtype=np.int64).reshape(-1, 2)
        self.begins, ends = (buffers.frozen(limits[:, side]) for side in (0, 1))
        self.addressed: Flags = np.array([has_address(text) for text in self.strings], dtype=np.bool_)
        data, offsets = buffers.text_buffers(texts)
        cut = (data, offsets, self.begins, ends, word_kinds())
        nothing = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int32), np.empty((0, 2), dtype=np.int32)
        count = int(kernels.cut_words(*cut, *nothing)[-1])
        starts, sizes = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int32)
        self.places = np.empty((count, 2), dtype=np.int32)
        self.offsets = kernels.cut_words(*cut, starts, sizes, self.places)
        self.numbers = np.empty(count, dtype=np.int32)
        firsts = kernels.number_words(data, starts, sizes, self.numbers)
        spans = zip(starts[firsts].tolist(), (starts[firsts] + sizes[firsts]).tolist(), strict=True)
        self.written = [data[start:end].tobytes().decode() for start, end in spans]
        self.folded = list(map(fold, self.written))
        self.inside = np.zeros(count, dtype=np.bool_)
        for text in np.flatnonzero(self.addressed).tolist():
            begin, end = self.offsets[text], self.offsets[text + 1]
            limits = np.searchsorted(self.places[begin:end, 0], find_addresses(self.strings[text]))
            for first, last in limits.tolist():
                self.inside[begin + first : begin + last] = True

    @cached_property
    def _lists(self) -> tuple[list[str], list[str], list[int], list[int]]:
        """All words as written and folded, where they begin and end: slices of them are a text's."""
        numbers = self.numbers.tolist()
        written, folded = (list(map(words.__getitem__, numbers)) for words in (self.written, self.folded))
        return written, folded, self.places[:, 0].tolist(), self.places[:, 1].tolist()

    def reading(self, text: int) -> Reading:
        """One of them as the plain path has it."""
        begin, end = self.offsets[text], self.offsets[text + 1]
        written, folded, starts, ends = self._lists
        return Reading.of(
            self.strings[text],
            int(self.begins[text]),
            written[begin:end],
            folded[begin:end],
            starts[begin:end],
            ends[begin:end],
            bool(self.addressed[text]),
        )

    def equal_words(self) -> Small:
        """int32[words]: numbers of the folded words, so that equal ones are alike."""
        known: dict[str, int] = {}
        numbers = [known.setdefault(word, len(known)) for word in self.folded]
        return np.asarray(np.array(numbers, dtype=np.int32)[self.numbers])


def count_evidence(evidence: Evidence, heads: pa.Array) -> None:
    """Add texts to the evidence: as one after another, in bulk."""
    texts = Texts(heads)
    outside = ~texts.inside
    evidence.texts += len(texts.strings)
    of = np.repeat(np.arange(len(texts.strings)), np.diff(texts.offsets))
    lower, upper, alpha = _initials(texts.written, texts.numbers)
    first = np.zeros(len(of), dtype=np.bool_)
    first[texts.offsets[:-1][np.diff(texts.offsets) > 0]] = True
    totals = [np.bincount(of[marked & ~first], minlength=len(texts.strings)) for marked in (upper, alpha)]
    tells = 4 * totals[0] <= 3 * totals[1]
    _count(evidence.lower, texts, np.flatnonzero(lower & outside))
    capitals = np.flatnonzero(upper & outside & tells[of])
    pairs = np.unique(of[capitals] * len(texts.written) + texts.numbers[capitals])
    held = {(pair // len(texts.written), texts.folded[pair % len(texts.written)]) for pair in pairs.tolist()}
    evidence.texts_with.update([word for _, word in held])
    within = capitals[~first[capitals]]
    gap = texts.places[within, 0] - texts.places[within - 1, 1]
    inside = [
        at
        for at, width in zip(within.tolist(), gap.tolist(), strict=True)
        if not ends_sentence(texts.written[texts.numbers[at - 1]], _between(texts, int(of[at]), at, width))
    ]
    _count(evidence.upper, texts, np.array(inside, dtype=np.int64))


def _between(texts: Texts, text: int, at: int, width: int) -> str:
    """The `width` characters before a word."""
    start = int(texts.places[at, 0])
    return texts.strings[text][start - width : start]


def _initials(written: Sequence[str], numbers: Small) -> tuple[Flags, Flags, Flags]:
    """Whether each word begins with a small letter, with a capital, with a letter at all."""
    kinds = [(word[0].islower(), word[0].isupper(), word[0].isalpha()) for word in written]
    table = np.array(kinds, dtype=np.bool_).reshape(-1, 3)
    lower, upper, alpha = (table[:, kind][numbers] for kind in range(3))
    return lower, upper, alpha


def _count(counter: Counter[str], texts: Texts, places: Ints) -> None:
    """Count the words at the places."""
    counts = np.bincount(texts.numbers[places], minlength=len(texts.written))
    for number in np.flatnonzero(counts).tolist():
        counter[texts.folded[number]] += int(counts[number])


def compare_all(
    texts: Texts, lefts: Ints, rights: Ints, evidence: Evidence, kinds: Iterable[str]
) -> Iterator[tuple[int, list[Difference]]]:
    """`compare` for pairs of `texts`: the number of each pair that differs in something, and in what."""
    lengths = np.diff(texts.offsets)
    short = np.maximum(lengths[lefts], lengths[rights]) <= QUADRATIC_WORDS
    edits, left_out = kernels.line_up(texts.equal_words(), texts.offsets, lefts, rights, CELLS)
    alone = left_out | ~short
    pairs = edits[:, 0]
    edits = edits[_may_matter(texts, edits, lefts, rights) & ~alone[pairs]]
    last = -1
    for pair, places in _by_pair(edits):
        left, right = int(lefts[pair]), int(rights[pair])
        if right != last:
            last, head = right, texts.reading(right)
        member = texts.reading(left)
        if found := judge([edit(member, head, *place) for place in places], evidence, kinds):
            yield pair, found
    for pair in np.flatnonzero(alone).tolist():
        left, right = int(lefts[pair]), int(rights[pair])
        if found := compare(texts.reading(left), texts.reading(right), evidence, kinds):
            yield pair, found


def _may_matter(texts: Texts, edits: Ints, lefts: Ints, rights: Ints) -> Flags:
    """Whether each edit has a word that is not plain, or is part of an address."""
    odd = np.array([not plain(word) for word in texts.written], dtype=np.bool_)
    before = np.concatenate([[0], np.cumsum(odd[texts.numbers] | texts.inside)])
    found = np.zeros(len(edits), dtype=np.bool_)
    for side, column in ((lefts[edits[:, 0]], 1), (rights[edits[:, 0]], 3)):
        base = texts.offsets[side]
        found |= before[base + edits[:, column + 1]] > before[base + edits[:, column]]
    return found


def _by_pair(edits: Ints) -> Iterator[tuple[int, list[list[int]]]]:
    """The edits of each pair."""
    limits = [*np.flatnonzero(np.diff(edits[:, 0], prepend=-1)).tolist(), len(edits)]
    rows = edits[:, 1:].tolist()
    for begin, end in pairwise(limits):
        yield int(edits[begin, 0]), rows[begin:end]
