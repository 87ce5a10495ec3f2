"""Find the contents: equal normalized text is one content, so exact copies are no special case later on.

Filtered passages have an id like all others, but no content.
"""

from typing import Final

import numpy as np
import pyarrow as pa

from corpuskit import buffers, hashing, schema, text
from corpuskit.kernels.hashing import count_copies, count_repetitions, number_distinct
from corpuskit.kernels.normalize import describe
from corpuskit.kernels.types import Flags, Ints, Words
from corpuskit.memory import IN_MEMORY, Memory

TABLE_KEYS: Final = 1 << 22
"""A hash table takes so many keys at a time (32 MB); more are gone through several times."""

NO_CONTENT = np.uint32(1 << tuple(schema.OCCURRENCE_FLAGS).index("no_content"))


def distinct(passages: pa.Table, normalized: pa.Array, *, document_ids: Words) -> tuple[pa.Table, pa.Table]:
    """PASSAGES and their normalized texts to NUMBERED and CONTENTS.

    `document_ids` (uint64[documents, 2]) are the hashes of the documents that `passages.document` counts.
    """
    hashes = hashing.hash_texts(normalized, hashing.RECORD)
    wordings, firsts = number(hashes)
    documents = buffers.numbers(passages["document"]).astype(np.int64)
    repetitions, _ = repeat(documents, wordings, len(firsts))
    described = describe_contents(normalized.take(pa.array(firsts)), hashes[firsts])
    empty = ~buffers.numbers(described["has_content"])[wordings]
    flags = buffers.numbers(passages["flags"]) | np.where(empty, NO_CONTENT, np.uint32(0))
    kept = buffers.numbers(passages["filtered"]) == schema.NOT_FILTERED
    numbers, named = _number_kept(wordings, kept)
    columns = {name: passages[name] for name in schema.PASSAGES.names} | {
        "flags": pa.array(flags.astype(np.uint32)),
        "text_hash": buffers.hashes(hashing.hash_texts(passages["text"], hashing.TEXT)),
        "content": pa.array(numbers),
        "occurrence_id": buffers.hashes(hashing.occurrence_ids(document_ids[documents], hashes, repetitions)),
    }
    return pa.table(columns, schema=schema.NUMBERED), described if kept.all() else described.take(pa.array(named))


def _number_kept(wordings: Ints, kept: Flags) -> tuple[Ints, Ints]:
    """Number the wordings (numbered by first appearance) of the passages that are kept, likewise.

    Each row's number, -1 for those filtered; and the wording that each number names.
    """
    if kept.all():
        return wordings, np.arange(int(wordings.max(initial=-1)) + 1)
    found, firsts = np.unique(wordings[kept], return_index=True)
    named = found[np.argsort(firsts)]
    numbers = np.full(int(wordings.max(initial=-1)) + 1, -1, dtype=np.int64)
    numbers[named] = np.arange(len(named))
    return np.where(kept, numbers[wordings], -1), named


def number(hashes: Words, memory: Memory = IN_MEMORY) -> tuple[Ints, Ints]:
    """Number equal hashes (uint64[n, 2]) by first appearance: each row's number, and each number's first row."""
    numbers = memory.empty(len(hashes), np.int64)
    firsts = memory.empty(len(hashes), np.int64)
    parts = 1
    while parts * TABLE_KEYS < len(hashes):
        parts *= 2
    count = number_distinct(buffers.frozen(hashes), parts, numbers, firsts)
    return numbers, firsts[:count]


def repeat(groups: Ints, numbers: Ints, n_numbers: int) -> tuple[Ints, Ints]:
    """For rows in ascending groups: how often each row's number came before in its group; each number's groups."""
    repetitions = np.empty(len(numbers), dtype=np.int64)
    groups_of = np.zeros(n_numbers, dtype=np.int64)
    count_repetitions(buffers.frozen(groups), buffers.frozen(numbers), n_numbers, repetitions, groups_of)
    return repetitions, groups_of


def copies(groups: Ints, numbers: Ints, n_numbers: int, memory: Memory = IN_MEMORY) -> tuple[Ints, Ints]:
    """For rows in ascending groups: how often each number (-1: none) occurs, and in how many groups, int64."""
    n_copies, n_groups = (memory.empty(n_numbers, np.int64) for _ in range(2))
    last = memory.empty(n_numbers, np.int32)
    n_copies[:] = 0
    n_groups[:] = 0
    last[:] = -1
    count_copies(buffers.frozen(groups), buffers.frozen(numbers), n_copies, n_groups, last)
    return n_copies, n_groups


def describe_contents(normalized: pa.Array, hashes: Words) -> pa.Table:
    """CONTENTS of distinct normalized texts and their hashes."""
    data, offsets = buffers.text_buffers(normalized)
    n_chars, n_words, weight = (np.empty(len(normalized), dtype=np.int64) for _ in range(3))
    has_content = np.empty(len(normalized), dtype=np.bool_)
    describe(data, offsets, buffers.frozen(text.classes()), n_chars, n_words, weight, has_content)
    columns = [buffers.hashes(hashes), normalized, *map(pa.array, (n_chars, n_words, weight, has_content))]
    return pa.table(columns, schema=schema.CONTENTS)
