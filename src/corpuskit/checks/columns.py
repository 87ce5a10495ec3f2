"""Vectorized helpers of the checks: hex ids, lookups, enumerations, blank characters."""

from collections.abc import Collection, Iterable
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpuskit import buffers, text
from corpuskit.kernels.types import Bytes, Flags, Ints, Numbers, Words

_HEX_DIGITS: Final = np.full(256, 255, dtype=np.uint8)
_HEX_DIGITS[np.frombuffer(b"0123456789abcdef", dtype=np.uint8)] = np.arange(16)


def hex_words(column: pa.ChunkedArray | pa.Array) -> tuple[Words, Flags]:
    """Hex ids as uint64[n, 2], and which are 32 lower-case hex characters; others, and nulls, become 0."""
    array = buffers.one_chunk(column)
    fits = pc.fill_null(pc.equal(pc.binary_length(array), 32), False)
    whole = np.asarray(buffers.numbers(fits), dtype=np.bool_)
    padded = pc.if_else(fits, array, pa.scalar("0" * 32, array.type)) if not whole.all() else array
    data, offsets = buffers.text_buffers(padded)
    digits = _HEX_DIGITS[data[offsets[0] : offsets[-1]]].reshape(-1, 32)
    fine = whole & (digits < 16).all(axis=1)
    octets = np.where(fine[:, None], digits[:, ::2] << 4 | digits[:, 1::2] & 15, 0).astype(np.uint8)
    return np.ascontiguousarray(octets).view(np.uint64), fine


class Lookup:
    """Finds the row of an id among `words` (uint64[n, 2]), the first row where an id is there twice."""

    def __init__(self, words: Words) -> None:
        self._order = np.lexsort((words[:, 1], words[:, 0]))
        self._high = words[self._order, 0]
        self._low = words[self._order, 1]

    def rows(self, words: Words) -> Ints:
        """The row of each id, int64[n]; -1 for those that are not there."""
        found = np.full(len(words), -1, dtype=np.int64)
        places = np.searchsorted(self._high, words[:, 0])
        open_rows = np.arange(len(words))
        # Ids share their first half about once in 2**64 pairs: one step, and a second one for nothing.
        while len(open_rows):
            at = places[open_rows]
            inside = at < len(self._high)
            inside[inside] = self._high[at[inside]] == words[open_rows[inside], 0]
            open_rows, at = open_rows[inside], at[inside]
            hits = self._low[at] == words[open_rows, 1]
            found[open_rows[hits]] = self._order[at[hits]]
            open_rows = open_rows[~hits]
            places[open_rows] += 1
        return found

    def repeated(self) -> Ints:
        """The rows whose id stands in an earlier row too."""
        same = (self._high[1:] == self._high[:-1]) & (self._low[1:] == self._low[:-1])
        return np.sort(self._order[1:][same])


def flags_of(column: pa.ChunkedArray | pa.Array) -> Flags:
    """A boolean column as numpy; null is false."""
    return np.asarray(buffers.numbers(pc.fill_null(column, False)), dtype=np.bool_)


def is_null(column: pa.ChunkedArray | pa.Array) -> Flags:
    """Which values are null."""
    return flags_of(pc.is_null(column))


def unknown(column: pa.ChunkedArray | pa.Array, known: Collection[str]) -> Flags:
    """Which values are neither null nor known."""
    return ~flags_of(pc.is_in(column, pa.array([*known], pa.string()))) & ~is_null(column)


def differing(left: pa.ChunkedArray | pa.Array, right: pa.ChunkedArray | pa.Array) -> Flags:
    """Which values differ; two nulls are equal."""
    nulls = is_null(left), is_null(right)
    return ~flags_of(pc.equal(left, right)) & ~(nulls[0] & nulls[1])


def starts_of(column: pa.Array) -> tuple[Ints, pa.Array]:
    """Where the values of each list begin, int64[n + 1] from 0, and all values."""
    offsets = buffers.numbers(column.offsets).astype(np.int64)
    return offsets - offsets[0], column.flatten()


def flag_bits(column: pa.ChunkedArray | pa.Array, names: Iterable[str]) -> tuple[Numbers, Flags]:
    """Lists of flag names as bits, uint32[n], and which are not known names in their order, each once."""
    known = {name: place for place, name in enumerate(names)}
    starts, values = starts_of(buffers.one_chunk(column))
    places = buffers.numbers(pc.fill_null(pc.index_in(values, pa.array([*known], pa.string())), -1)).astype(np.int64)
    owners = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    wrong = np.zeros(len(starts) - 1, dtype=np.bool_)
    wrong[owners[places < 0]] = True
    unsorted = (owners[1:] == owners[:-1]) & (places[1:] <= places[:-1])
    wrong[owners[1:][unsorted]] = True
    bits = np.zeros(len(wrong), dtype=np.uint32)
    np.bitwise_or.at(bits, owners[places >= 0], np.uint32(1) << places[places >= 0].astype(np.uint32))
    return bits, wrong


def _blank_bytes() -> tuple[Flags, dict[int, list[bytes]]]:
    """Blank characters in UTF-8: a table of those of one byte, and the others by their first byte."""
    single = np.zeros(256, dtype=np.bool_)
    several: dict[int, list[bytes]] = {}
    for char in text.BLANKS:
        encoded = char.encode()
        if len(encoded) == 1:
            single[encoded[0]] = True
        else:
            several.setdefault(encoded[0], []).append(encoded[1:])
    return single, several


_SINGLE_BLANKS, _OTHER_BLANKS = _blank_bytes()


def blank_bytes(data: Bytes) -> Flags:
    """Which bytes of valid UTF-8 belong to blank characters (`str.isspace()`)."""
    blank = _SINGLE_BLANKS[data]
    if len(data) == 0 or data.max() < 128:
        return blank
    for lead, tails in _OTHER_BLANKS.items():
        places = np.flatnonzero(data == lead)
        for tail in tails:
            hits = places
            for offset, byte in enumerate(tail, 1):
                hits = hits[data[hits + offset] == byte]
            for offset in range(len(tail) + 1):
                blank[hits + offset] = True
    return blank


def without_blanks(column: pa.ChunkedArray | pa.Array) -> tuple[Bytes, Ints]:
    """Bytes and offsets (int64[n + 1]) of a text column with all blank characters taken out."""
    data, offsets = buffers.text_buffers(column)
    part = data[offsets[0] : offsets[-1]]
    visible = ~blank_bytes(part)
    return buffers.frozen(part[visible]), buffers.frozen(counts_before(visible, offsets - offsets[0]))


def counts_before(marked: Flags, places: Ints) -> Ints:
    """How many are marked before each of the `places`, 0 to len(marked) in any order: int64[len(places)].

    A bit for each, and a running count for every 64: one for each would take eight bytes for a byte of a document.
    """
    bits = np.packbits(marked, bitorder="little")
    words = np.zeros(len(marked) // 64 + 1, dtype="<u8")
    words.view(np.uint8)[: len(bits)] = bits
    before = np.zeros(len(words), dtype=np.int64)
    np.cumsum(np.bitwise_count(words[:-1]), dtype=np.int64, out=before[1:])
    word = places >> 6
    earlier = (np.uint64(1) << (places & 63).astype(np.uint64)) - np.uint64(1)
    return np.asarray(before[word] + np.bitwise_count(words[word] & earlier))
