"""Ids: BLAKE2b of what a thing is, 16 bytes, personalized by the kind of thing.

    record      blake2b(normalized text)
    document    blake2b(path [NUL member])
    occurrence  blake2b(document id ‖ record id of its normalized text ‖ which repetition in the document, u64 LE)

Anybody can recompute one: `hashlib.blake2b(data, digest_size=16, person=b"record").hexdigest()`.
"""

from typing import Final

import numpy as np
import pyarrow as pa

from corpuskit import buffers
from corpuskit.kernels.hashing import blake2b_128
from corpuskit.kernels.types import Bytes, Ints, Words

RECORD: Final = b"record"
DOCUMENT: Final = b"document"
OCCURRENCE: Final = b"occurrence"
TEXT: Final = b"text"


def hash_texts(column: pa.ChunkedArray | pa.Array, person: bytes) -> Words:
    """Hashes of a large_string column, uint64[n, 2]."""
    return hash_slices(*buffers.text_buffers(column), person)


def hash_slices(data: Bytes, offsets: Ints, person: bytes) -> Words:
    """Hashes of `data[offsets[i]:offsets[i + 1]]`, uint64[n, 2]."""
    digests = np.empty((len(offsets) - 1, 2), dtype=np.uint64)
    blake2b_128(data, offsets, buffers.frozen(np.frombuffer(person.ljust(16, b"\0"), dtype=np.uint64)), digests)
    return digests


def document_ids(paths: list[str], members: list[str | None]) -> Words:
    """Ids of documents, uint64[n, 2]."""
    keys = [path if member is None else f"{path}\0{member}" for path, member in zip(paths, members, strict=True)]
    return hash_texts(pa.array(keys, type=pa.large_string()), DOCUMENT)


def occurrence_ids(documents: Words, contents: Words, repetitions: Ints) -> Words:
    """Ids of occurrences of their documents' and contents' hashes (uint64[n, 2]) and repetitions (int64[n])."""
    keys = np.column_stack([documents, contents, repetitions.astype(np.uint64)])
    offsets = np.arange(len(keys) + 1, dtype=np.int64) * 40
    return hash_slices(buffers.frozen(keys.view(np.uint8).reshape(-1)), buffers.frozen(offsets), OCCURRENCE)
