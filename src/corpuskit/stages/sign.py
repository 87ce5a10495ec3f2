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
from corpuskit.kernels.sign import sign as sign_kernel
from corpuskit.kernels.types import Bytes, Ints, Minima, Words

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


def band_keys(signatures: Minima, *, bands: int, rows: int) -> Words:
    """One 64-bit key for each band of each signature: uint64[bands, len(signatures)]; equal bands, equal keys."""
    keys = np.empty((bands, len(signatures)), dtype=np.uint64)
    for band in range(bands):
        kernels.band_keys(signatures, band * rows, rows, keys[band])
    return keys


def sketch(signatures: Minima) -> Bytes:
    """The low byte of each value, uint8: agreement of the bytes estimates Jaccard too (Li and König 2010)."""
    return signatures.astype(np.uint8)


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
