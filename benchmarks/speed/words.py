"""Text made of the words of a corpus: whole documents with edits, or lines that are asked for word by word.

The idea: the corpus is one run of bytes, cut at blanks into words, each with the gap that follows it. Text is a list of
pieces of those bytes (a word, a gap), and writing it is one gather. All draws come from a generator that is seeded
with what is made, so that the same call gives the same bytes, whatever was made before.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]

BREAK: Final = b"\n\n"
TAIL: Final = b" "
BLANKS: Final = b" \t\n\r\f"
"""Bytes at which words end; in UTF-8 they are never part of another character."""


@dataclass(frozen=True)
class Words:
    """The words of documents, one after the other.

    data: uint8[bytes]; begins, ends: int64[words], of each word; nexts: int64[words], where its gap ends; documents:
    int64[documents + 1], the first word of each; space: where a space is in `data`.
    """

    data: Bytes
    begins: Ints
    ends: Ints
    nexts: Ints
    documents: Ints
    space: int

    def size(self, first: int, last: int) -> int:
        """Bytes of the documents `first` to `last` (exclusive), gaps included."""
        begin, end = self.documents[first], self.documents[last]
        return int(self.nexts[end - 1] - self.begins[begin]) if end > begin else 0

    def until(self, size: int) -> "Words":
        """The words of the first `size` bytes. Raises ValueError where there are fewer."""
        end = int(np.searchsorted(self.nexts, size)) + 1
        if end > len(self.nexts):
            raise ValueError(f"{size:,} bytes of text are wanted, the corpus has {self.nexts[-1]:,}")
        return replace(self, documents=np.append(self.documents[self.documents < end], end))


def words_of(texts: Sequence[str]) -> Words:
    """The words of texts; a text without any is left out. Raises ValueError where there are none at all."""
    stripped = [text.replace("\r\n", "\n").replace("\r", "\n").strip(" \t\n\f").encode() for text in texts]
    documents = [text for text in stripped if text]
    if not documents:
        raise ValueError("no words to make text of")
    data = np.frombuffer(BREAK.join(documents) + BREAK + TAIL, dtype=np.uint8)
    blank = np.isin(data, np.frombuffer(BLANKS, dtype=np.uint8))
    turns = np.flatnonzero(blank[1:] != blank[:-1]) + 1  # a word begins the data, and a gap ends it
    begins, ends = np.concatenate([[0], turns[1::2]]), turns[::2]
    sizes = np.array([len(text) + len(BREAK) for text in documents], dtype=np.int64)
    first_bytes = np.concatenate([[0], np.cumsum(sizes)])
    nexts = np.append(begins[1:], len(data) - len(TAIL))
    space = len(data) - len(TAIL)
    return Words(data, begins, ends, nexts, np.searchsorted(begins, first_bytes), space)


def edited(words: Words, chosen: Ints, gaps: tuple[Ints, Ints], rate: float, draw: np.random.Generator) -> Bytes:
    """The words `chosen`, each followed by its gap (begins and ends in `data`), with `rate` of them edited.

    An edit puts another word of the corpus in the word's place, or one before it, or takes the word out: a third each.
    Other words are drawn with the corpus's own frequencies. A gap goes with its word unless it breaks the line.
    """
    count = len(chosen)
    edit = np.where(draw.random(count) < rate, draw.integers(1, 4, count), 0)
    other = draw.integers(0, len(words.begins), count)
    replaced, inserted, deleted = edit == 1, edit == 2, edit == 3
    own = np.where(replaced, other, chosen)
    gone = deleted & (gaps[1] - gaps[0] == 1) & (words.data[gaps[0]] == ord(" "))
    begins = np.stack([words.begins[other], np.full(count, words.space), words.begins[own], gaps[0]], axis=1)
    lengths = np.stack(
        [
            np.where(inserted, words.ends[other] - words.begins[other], 0),
            inserted.astype(np.int64),
            np.where(deleted, 0, words.ends[own] - words.begins[own]),
            np.where(gone, 0, gaps[1] - gaps[0]),
        ],
        axis=1,
    )
    return gathered(words.data, begins.ravel(), lengths.ravel())


def copied(words: Words, first: int, last: int, rate: float, key: Sequence[int]) -> Bytes:
    """The documents `first` to `last` (exclusive) with `rate` of their words edited; `key` seeds the draws."""
    chosen = np.arange(words.documents[first], words.documents[last])
    if not rate:
        return words.data[words.begins[chosen[0]] : words.nexts[chosen[-1]]]
    draw = np.random.default_rng([*key, first, last])
    return edited(words, chosen, (words.ends[chosen], words.nexts[chosen]), rate, draw)


def passages(words: Words, chosen: Ints, rate: float, draw: np.random.Generator, end: bytes = BREAK) -> Bytes:
    """Passages of the words `chosen` (int64[passages, words]), single-spaced, each with `end` (line feeds) after it."""
    stop = words.space - len(BREAK)
    begins = np.full(chosen.shape, words.space)
    ends = begins + 1
    begins[:, -1], ends[:, -1] = stop, stop + len(end)
    return edited(words, chosen.ravel(), (begins.ravel(), ends.ravel()), rate, draw)


def gathered(data: Bytes, begins: Ints, lengths: Ints) -> Bytes:
    """The pieces of `data` one after the other."""
    some = np.flatnonzero(lengths)
    begins, lengths = begins[some], lengths[some]
    places = np.cumsum(lengths) - lengths
    index = np.repeat(begins - places, lengths)
    index += np.arange(len(index))
    return np.take(data, index)
