"""Sketch contents: MinHash signatures (Broder 1997), whose agreement estimates the Jaccard similarity of shingles.

The permutations are datasketch's `affine32` for the same seed, and so are the values: a signature can be handed to
datasketch's indexes as it is (see `minhash`).
"""

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from corpuskit import buffers, text
from corpuskit.kernels import block as kernels
from corpuskit.kernels.sign import BAG_BINS, fill_bags, pack_sketches
from corpuskit.kernels.sign import sign as sign_kernel
from corpuskit.kernels.types import Ints, Minima, Numbers, Words

if TYPE_CHECKING:
    from datasketch import MinHash


def signable(contents: pa.Table, *, min_near_chars: int) -> npt.NDArray[np.bool_]:
    """Which CONTENTS may have near copies: long enough, and with content. The others merge only when equal."""
    enough = pc.greater_equal(contents["weight"], min_near_chars)
    return np.asarray(buffers.numbers(pc.and_(enough, contents["has_content"])), dtype=np.bool_)


def sign(
    normalized: pa.ChunkedArray | pa.Array,
    rows: Ints,
    *,
    permutations: int,
    seed: int,
    shingle: str,
    shingle_size: int,
    shingle_size_unspaced: int,
) -> Minima:
    """Signatures of the texts at `rows`: uint32[len(rows), permutations]."""
    signatures = np.empty((len(rows), permutations), dtype=np.uint32)
    a, b = permutation_parameters(permutations, seed)
    sizes = (shingle_size, shingle_size_unspaced)
    classes = buffers.frozen(text.classes())
    sign_kernel(
        *buffers.text_buffers(normalized), buffers.frozen(rows), classes, shingle == "words", *sizes, a, b, signatures
    )
    return signatures


def band_keys(signatures: Minima, *, bands: int, rows: int) -> Minima:
    """One 32-bit key for each band of each signature: uint32[bands, len(signatures)]; equal bands, equal keys."""
    keys = np.empty((bands, len(signatures)), dtype=np.uint32)
    kernels.band_keys(buffers.frozen(signatures), rows, keys)
    return keys


def sketch(signatures: Minima) -> Words:
    """The low four bits of each value, 16 to a uint64[n, words]: their agreement estimates Jaccard too.

    With b bits of each value P(agree) = J + (1 - J) / 2**b (Li and König 2010). `words` is a multiple of 8, a cache
    line; what is left of the last line is zero.
    """
    sketches = np.empty((len(signatures), (signatures.shape[1] + 127) // 128 * 8), dtype=np.uint64)
    pack_sketches(buffers.frozen(signatures), sketches)
    return sketches


def count_chars(normalized: pa.ChunkedArray | pa.Array, rows: Ints | None = None) -> Numbers:
    """How often each code point modulo 64 is in the texts at `rows` (default: all): uint16[len(rows), 64]."""
    data, offsets = buffers.text_buffers(normalized)
    rows = np.arange(len(offsets) - 1) if rows is None else rows
    bags = np.zeros((len(rows), BAG_BINS), dtype=np.uint16)
    fill_bags(data, offsets, buffers.frozen(rows), bags)
    return bags


@cache
def permutation_parameters(permutations: int, seed: int) -> tuple[Minima, Minima]:
    """The factors (odd) and summands of datasketch 2's `affine32`, which draws them from numpy's frozen RandomState."""
    generator = np.random.RandomState(seed)
    a = generator.randint(0, 1 << 31, permutations, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    b = generator.randint(0, 1 << 32, permutations, dtype=np.uint32)
    return buffers.frozen(a), buffers.frozen(b)


def minhash(signature: Minima, *, seed: int) -> "MinHash":
    """One signature as datasketch's object, for its indexes and estimators."""
    from datasketch import MinHash  # takes over a second to import

    permutations = permutation_parameters(len(signature), seed)
    return MinHash(seed=seed, scheme="affine32", hashvalues=signature, permutations=permutations)
