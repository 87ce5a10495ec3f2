"""How texts write their words: the evidence of many at once.

The idea: what `Evidence.add` does with one text, arrays hold for thousands: each place where a word is written small or
with a capital, and the text it is in. So they can be counted of some of the texts only, when it is known of which.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa

from corpuskit.kernels.types import Flags, Ints, Small
from corpuskit.lineup import Texts
from corpuskit.reading import Evidence, ends_sentence

Uses = tuple[Small, Small]
"""Text and word of each use."""

BATCH: Final = 4_000
"""So many texts are Python strings at a time."""


@dataclass(frozen=True)
class Usage:
    """The uses of the `words`, folded, in so many `texts`.

    lower, upper: places without a capital, and with one in mid-sentence; texts_with: texts that have one anywhere.
    """

    texts: int
    words: list[str]
    lower: Uses
    upper: Uses
    texts_with: Uses

    def add_to(self, evidence: Evidence, wanted: Flags) -> None:
        """Count what the wanted texts do."""
        evidence.texts += int(np.count_nonzero(wanted))
        for counter, (text, word) in (
            (evidence.lower, self.lower),
            (evidence.upper, self.upper),
            (evidence.texts_with, self.texts_with),
        ):
            self._count(counter, word[wanted[text]])

    def _count(self, counter: Counter[str], used: Small) -> None:
        counts = np.bincount(used, minlength=len(self.words))
        found = np.flatnonzero(counts)
        for number, count in zip(found.tolist(), counts[found].tolist(), strict=True):
            counter[self.words[number]] += count


@dataclass(frozen=True)
class Sample:
    """How a sample of the corpus writes its words, gathered before it is known which of it counts.

    contents: int64, ascending; usages: of their texts, batch by batch.
    """

    contents: Ints
    usages: list[Usage]

    def add_to(self, evidence: Evidence, *, without: Ints) -> None:
        """Count what the texts do, but for those of some contents."""
        wanted = ~np.isin(self.contents, without)
        at = 0
        for found in self.usages:
            found.add_to(evidence, wanted[at : at + found.texts])
            at += found.texts


def usages(texts: pa.Array) -> list[Usage]:
    """How texts write their words, batch by batch."""
    return [usage(texts.slice(begin, BATCH)) for begin in range(0, len(texts), BATCH)]


def usage(strings: pa.Array) -> Usage:
    """How a few thousand texts write their words."""
    texts = Texts(strings)
    lower, upper, _ = texts.initials
    outside = ~texts.inside
    capitals = np.flatnonzero(upper & outside & texts.capitals_tell[texts.of])
    words = list(dict.fromkeys(texts.folded))
    held = np.unique(texts.of[capitals] * len(words) + texts.equal_words()[capitals])
    return Usage(
        len(strings),
        words,
        _uses(texts, np.flatnonzero(lower & outside)),
        _uses(texts, _in_sentence(texts, capitals[~texts.first[capitals]])),
        ((held // max(len(words), 1)).astype(np.int32), (held % max(len(words), 1)).astype(np.int32)),
    )


def _uses(texts: Texts, places: Ints) -> Uses:
    return texts.of[places].astype(np.int32), texts.equal_words()[places]


def _in_sentence(texts: Texts, places: Ints) -> Ints:
    """Those of the words, of which none is the first of its text, in front of which no sentence ends."""
    doubtful = places[~texts.spaced[places]]
    starts, ends = texts.places[doubtful, 0].tolist(), texts.places[doubtful - 1, 1].tolist()
    before, of = texts.numbers[doubtful - 1].tolist(), texts.of[doubtful].tolist()
    ended = [
        ends_sentence(texts.written[word], texts.strings[text][end:start])
        for word, text, end, start in zip(before, of, ends, starts, strict=True)
    ]
    return np.setdiff1d(places, doubtful[np.array(ended, dtype=np.bool_)], assume_unique=True)


def count_evidence(evidence: Evidence, texts: pa.Array) -> None:
    """Add texts to the evidence: as one after another, in bulk."""
    for found in usages(texts):
        found.add_to(evidence, np.ones(found.texts, dtype=np.bool_))
