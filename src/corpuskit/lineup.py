"""Many texts as words at once, and where pairs of them differ.

The idea: what `Reading` and `compare` do with one text and one pair, kernels do for thousands: cut words, number equal
ones alike, line up. Each different word is folded and judged once. Only places where something may be protected come
back as Python objects; most near copies have none, and most places are alike.
"""

from collections.abc import Iterable, Iterator
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
from corpuskit.lexicon import GERMAN
from corpuskit.reading import GERMAN_WORDS, Evidence, Reading, bounds, find_addresses, fold, word_kinds
from corpuskit.traits import plain

CELLS: Final = 1 << 22
"""A pair with more pairs of words between its first and last difference is lined up on its own: 16 MB as it is."""


_NO_ADDRESSES: Final[dict[str, object]] = {"addresses": [], "addressed": frozenset()}
"""What the reading of a text without them need not look for."""


class Texts:
    """Texts as words.

    strings: the texts; offsets: int64[n + 1], the words of each; numbers: int32[words], equal words alike; places:
    int32[words, 2], characters; inside: bool[words], part of an address; spaced: bool[words], one space stands between
    it and the word before; written, folded: of each number; addresses: where they stand, in texts that have any.
    """

    def __init__(self, texts: pa.Array) -> None:
        self.strings: list[str] = texts.to_pylist()
        limits = np.array([bounds(text) for text in self.strings], dtype=np.int64).reshape(-1, 2)
        self.begins, ends = (buffers.frozen(limits[:, side]) for side in (0, 1))
        data, offsets = buffers.text_buffers(texts)
        cut = (data, offsets, self.begins, ends, word_kinds())
        nothing = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int32), np.empty((0, 2), dtype=np.int32)
        count = int(kernels.cut_words(*cut, *nothing)[-1])
        starts, sizes = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int32)
        self.places = np.empty((count, 2), dtype=np.int32)
        self.offsets = kernels.cut_words(*cut, starts, sizes, self.places)
        self.spaced: Flags = data[starts - 1] == ord(" ")
        self.spaced[1:] &= self.places[1:, 0] - self.places[:-1, 1] == 1
        self.numbers = np.empty(count, dtype=np.int32)
        firsts = kernels.number_words(data, starts, sizes, self.numbers)
        first = int(offsets[0])
        at = starts[firsts] - first
        encoded = data[first : int(offsets[-1])].tobytes()
        spans = zip(at.tolist(), (at + sizes[firsts]).tolist(), strict=True)
        self.written = [encoded[start:end].decode() for start, end in spans]
        self.folded = list(map(fold, self.written))
        self.addresses = {text: found for text, string in enumerate(self.strings) if (found := find_addresses(string))}
        self.inside = self._find_inside()

    def _find_inside(self) -> Flags:
        """bool[words]: whether each is part of an address."""
        longest = max(map(len, self.strings), default=0) + 1
        spans = [
            (text * longest + begin, text * longest + end)
            for text, found in self.addresses.items()
            for begin, end in found
        ]
        limits = np.searchsorted(self.of * longest + self.places[:, 0], np.array(spans, dtype=np.int64).reshape(-1, 2))
        steps = np.bincount(limits[:, 0], minlength=len(self.of) + 1)
        steps -= np.bincount(limits[:, 1], minlength=len(self.of) + 1)
        return np.asarray(np.cumsum(steps)[:-1] > 0)

    def reading(self, text: int) -> Reading:
        """One of them as the plain path has it."""
        written, folded, starts, ends, offsets, begins, capitals_tell, german = self._lists
        here = slice(offsets[text], offsets[text + 1])
        found = self.addresses.get(text)
        return Reading.of(
            self.strings[text],
            begins[text],
            written[here],
            folded[here],
            starts=starts[here],
            ends=ends[here],
            capitals_tell=capitals_tell[text],
            german=german[text],
            **(_NO_ADDRESSES if found is None else {"addresses": found}),
        )

    @cached_property
    def _lists(self) -> tuple[list[str], list[str], list[int], list[int], list[int], list[int], list[bool], list[bool]]:
        """All words as written and folded, where they begin and end; what is known of each text. In Python's objects.

        A text's words are slices of them.
        """
        numbers = self.numbers.tolist()
        written, folded = (list(map(words.__getitem__, numbers)) for words in (self.written, self.folded))
        places = self.places[:, 0].tolist(), self.places[:, 1].tolist()
        texts = self.offsets.tolist(), self.begins.tolist()
        return written, folded, *places, *texts, self.capitals_tell.tolist(), self.german.tolist()

    @cached_property
    def of(self) -> Ints:
        """int64[words]: the text of each."""
        return np.repeat(np.arange(len(self.strings)), np.diff(self.offsets))

    @cached_property
    def initials(self) -> tuple[Flags, Flags, Flags]:
        """Whether each word begins with a small letter, with a capital, with a letter at all."""
        firsts = [word[0] for word in self.written]
        kinds = {char: (char.islower(), char.isupper(), char.isalpha()) for char in set(firsts)}
        table = np.array(list(map(kinds.__getitem__, firsts)), dtype=np.bool_).reshape(-1, 3)
        lower, upper, alpha = (table[:, kind][self.numbers] for kind in range(3))
        return lower, upper, alpha

    @cached_property
    def first(self) -> Flags:
        """bool[words]: whether each is the first of its text."""
        first = np.zeros(len(self.numbers), dtype=np.bool_)
        first[self.offsets[:-1][np.diff(self.offsets) > 0]] = True
        return first

    @cached_property
    def capitals_tell(self) -> Flags:
        """bool[n]: whether most words of each text have no capital."""
        _, upper, alpha = self.initials
        totals = [np.bincount(self.of[marked & ~self.first], minlength=len(self.strings)) for marked in (upper, alpha)]
        return np.asarray(4 * totals[0] <= 3 * totals[1])

    @cached_property
    def german(self) -> Flags:
        """bool[n]: whether each text is German."""
        listed = np.array([_GERMAN_PLACES.get(word, -1) for word in self.folded], dtype=np.int64)[self.numbers]
        at = np.flatnonzero(listed >= 0)
        held = np.unique(self.of[at] * len(GERMAN) + listed[at]) // len(GERMAN)
        return np.asarray(np.bincount(held, minlength=len(self.strings)) >= GERMAN_WORDS)

    @cached_property
    def same(self) -> Small:
        """int32[different words]: numbers of them folded, so that equal ones are alike."""
        known: dict[str, int] = {}
        return np.array([known.setdefault(word, len(known)) for word in self.folded], dtype=np.int32)

    def equal_words(self) -> Small:
        """int32[words]: numbers of the folded words, so that equal ones are alike."""
        return np.asarray(self.same[self.numbers])


_GERMAN_PLACES: Final = {word: place for place, word in enumerate(sorted(GERMAN))}


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
