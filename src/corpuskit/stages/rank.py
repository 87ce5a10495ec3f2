"""The canonical policy: in which order contents may become records, and which wording each keeps.

A policy is a list of keys, smaller first, of which the last one (the place of the first copy) decides everything.
The same keys order the contents, and the wordings (different texts) inside one content.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa

from corpuskit import buffers, schema
from corpuskit.kernels.rank import best_of_kinds, sort_by_digit, why_records, why_wordings
from corpuskit.kernels.types import Ints, Numbers, Small, Words
from corpuskit.memory import IN_MEMORY, Memory, steps
from corpuskit.stages.distinct import copies as count_copies
from corpuskit.stages.distinct import number

POLICIES: Final = {
    "most_copies": ("most_documents", "most_occurrences", "longest", "earliest"),
    "longest": ("longest", "earliest"),
    "earliest": ("earliest",),
    "trusted": ("trusted_source", "most_documents", "most_occurrences", "longest", "earliest"),
}


@dataclass(frozen=True)
class Ranking:
    """RANKS, and what is needed to say later why a wording won.

    policy: the names of the keys; content_keys: int32[contents, keys]; wording_keys: int32[wordings, keys];
    content_of_wording: int64[wordings]; best_wording: int64[contents].
    """

    ranks: pa.Table
    policy: tuple[str, ...]
    content_keys: Small
    wording_keys: Small
    content_of_wording: Ints
    best_wording: Ints


@dataclass(frozen=True)
class Copies:
    """Passages in document order: of each its content (numbered by first appearance), its document, the hash of its
    text (uint64[n, 2]) and that text's length in characters; and for each document `trust`, smaller is better.
    """

    contents: Ints
    documents: Ints
    text_hashes: Words
    lengths: Ints
    trust: Ints


def rank(copies: Copies, *, policy: str, memory: Memory = IN_MEMORY) -> Ranking:
    """Rank the contents of passages. `policy` is a key of POLICIES."""
    wordings, first_of_wording = number(copies.text_hashes, memory)
    content_of_wording = memory.take(copies.contents, first_of_wording)
    first_of_content = _firsts(copies.contents, memory)
    names = POLICIES[policy]
    wording_keys = _keys(names, wordings, first_of_wording, copies, memory)
    content_keys = _keys(names, copies.contents, first_of_content, copies, memory)
    best = memory.full(len(first_of_content), -1, np.int64)
    frozen = buffers.frozen(wording_keys), buffers.frozen(content_of_wording)
    for first, last in steps(len(wording_keys)):
        best_of_kinds(*frozen, first, last, best)
    priority = memory.empty(len(first_of_content), np.int64)
    order = _sorted(content_keys, memory)
    for first, last in steps(len(order)):
        priority[order[first:last]] = np.arange(first, last)
    kept = memory.take(_kept(wordings, first_of_wording, copies), best)
    ranks = pa.table([pa.array(priority), pa.array(kept)], schema=schema.RANKS)
    return Ranking(ranks, names, content_keys, wording_keys, content_of_wording, best)


def explain(ranking: Ranking, record: Ints, memory: Memory = IN_MEMORY) -> Numbers:
    """Why each content's wording is canonical, given every content's record: int8, which of CANONICAL_REASONS."""
    why = memory.full(len(record), -1, np.int64)
    keys = (ranking.content_keys, ranking.wording_keys, ranking.content_of_wording, ranking.best_wording)
    content_keys, wording_keys, content_of_wording, best = map(buffers.frozen, keys)
    records = buffers.frozen(record)
    for first, last in steps(len(record)):
        why_records(content_keys, records, first, last, why)
    for first, last in steps(len(content_of_wording)):
        why_wordings(wording_keys, records, content_of_wording, best, first, last, why)
    names = list(schema.CANONICAL_REASONS)
    codes = np.array([names.index(name) for name in ("only_wording", *ranking.policy, "own_record")], dtype=np.int8)
    found: Numbers = memory.empty(len(why), np.int8)
    for first, last in steps(len(why)):
        found[first:last] = codes[why[first:last] + 1]
    return found


def _firsts(contents: Ints, memory: Memory) -> Ints:
    """The first passage of each content, int64: contents are numbered by first appearance."""
    found: Ints = memory.empty(int(contents.max(initial=-1)) + 1, np.int64)
    known = 0
    for first, last in steps(len(contents)):
        before = np.maximum.accumulate(np.concatenate([[known - 1], contents[first:last]]))
        new = np.flatnonzero(before[1:] > before[:-1])
        found[known : known + len(new)] = first + new
        known += len(new)
    return found


def _keys(names: tuple[str, ...], kinds: Ints, firsts: Ints, copies: Copies, memory: Memory) -> Small:
    """The policy's keys of each kind (a content or a wording), int32[kinds, keys]."""
    n = len(firsts)
    keys: Small = memory.empty((n, len(names)), np.int32)
    n_copies, n_documents = count_copies(copies.documents, kinds, n, memory)
    columns: dict[str, Callable[[], Numbers]] = {
        "most_documents": lambda: -n_documents,
        "most_occurrences": lambda: -n_copies,
        "longest": lambda: -copies.lengths[firsts],
        "earliest": lambda: firsts,
        "trusted_source": lambda: _least(copies.trust[copies.documents], kinds, n),
    }
    for column, name in enumerate(names):
        keys[:, column] = columns[name]()
    return keys


def _sorted(keys: Small, memory: Memory) -> Small:
    """The rows of `keys` in order, int32, by radix sort from the last column to the first."""
    order: Small = memory.hold(np.arange(len(keys), dtype=np.int32))
    ordered: Small = memory.empty(len(keys), np.int32)
    frozen = buffers.frozen(keys)
    for column in reversed(range(keys.shape[1])):
        low, high = int(keys[:, column].min(initial=0)), int(keys[:, column].max(initial=0))
        for shift in range(0, (high - low).bit_length(), 16):
            sort_by_digit(frozen, column, low, shift, order, ordered)
            order, ordered = ordered, order
    return order


def _least(values: Ints, kinds: Ints, n: int) -> Ints:
    least = np.full(n, np.iinfo(np.int64).max, dtype=np.int64)
    np.minimum.at(least, kinds, values)
    return least


def _kept(wordings: Ints, firsts: Ints, copies: Copies) -> Ints:
    """The passage that stands for each wording: the first in the most trusted document that has it."""
    if not copies.trust.any():
        return firsts
    trust = copies.trust[copies.documents]
    best = _least(trust, wordings, len(firsts))
    trusted = np.flatnonzero(trust == best[wordings])
    kept = np.full(len(firsts), np.iinfo(np.int64).max, dtype=np.int64)
    np.minimum.at(kept, wordings[trusted], trusted)
    return kept
