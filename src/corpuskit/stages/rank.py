"""The canonical policy: in which order contents may become records, and which wording each keeps.

A policy is a list of keys, smaller first, of which the last one (the place of the first copy) decides everything.
The same keys order the contents, and the wordings (different texts) inside one content.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa

from corpuskit import buffers, schema
from corpuskit.kernels.rank import best_of_kinds, why_canonical
from corpuskit.kernels.types import Ints, Numbers, Words
from corpuskit.stages.distinct import number, repeat

POLICIES: Final = {
    "most_copies": ("most_documents", "most_occurrences", "longest", "earliest"),
    "longest": ("longest", "earliest"),
    "earliest": ("earliest",),
    "trusted": ("trusted_source", "most_documents", "most_occurrences", "longest", "earliest"),
}


@dataclass(frozen=True)
class Ranking:
    """RANKS, and what is needed to say later why a wording won.

    policy: the names of the keys; content_keys: int64[contents, keys]; wording_keys: int64[wordings, keys];
    content_of_wording: int64[wordings]; best_wording: int64[contents]; n_occurrences, n_documents: of the contents.
    """

    ranks: pa.Table
    policy: tuple[str, ...]
    content_keys: Ints
    wording_keys: Ints
    content_of_wording: Ints
    best_wording: Ints


def rank(contents: Ints, documents: Ints, text_hashes: Words, lengths: Ints, *, policy: str, trust: Ints) -> Ranking:
    """Rank the contents of passages in document order.

    For each passage its content (numbered by first appearance), its document, the hash of its text (uint64[n, 2]) and
    the length of its text in characters; for each document `trust`, smaller is better. `policy` is a key of POLICIES.
    """
    n_contents = int(contents.max()) + 1 if len(contents) else 0
    wordings, first_of_wording = number(text_hashes)
    content_of_wording = contents[first_of_wording]
    names = POLICIES[policy]
    wording_keys = _keys(names, wordings, first_of_wording, documents, lengths, trust)
    first_of_content = np.unique(contents, return_index=True)[1].astype(np.int64)
    content_keys = _keys(names, contents, first_of_content, documents, lengths, trust)
    best = np.full(n_contents, -1, dtype=np.int64)
    best_of_kinds(buffers.frozen(wording_keys), buffers.frozen(content_of_wording), best)
    priority = np.empty(n_contents, dtype=np.int64)
    priority[np.lexsort(content_keys.T[::-1])] = np.arange(n_contents)
    kept = _kept(wordings, documents, trust, first_of_wording)[best]
    ranks = pa.table([pa.array(priority), pa.array(kept)], schema=schema.RANKS)
    return Ranking(ranks, names, content_keys, wording_keys, content_of_wording, best)


def explain(ranking: Ranking, record: Ints) -> pa.Array:
    """Why each content's wording is canonical (a name of CANONICAL_REASONS), given every content's record."""
    why = np.full(len(record), -1, dtype=np.int64)
    keys = (ranking.content_keys, ranking.wording_keys, ranking.content_of_wording, ranking.best_wording)
    content_keys, wording_keys, content_of_wording, best = map(buffers.frozen, keys)
    why_canonical(content_keys, buffers.frozen(record), wording_keys, content_of_wording, best, why)
    names = pa.array(["only_wording", *ranking.policy, "own_record"])
    return names.take(pa.array(why + 1))


def _keys(names: tuple[str, ...], kinds: Ints, firsts: Ints, documents: Ints, lengths: Ints, trust: Ints) -> Ints:
    """The policy's keys of each kind (a content or a wording), int64[kinds, keys]."""
    n = len(firsts)
    columns: dict[str, Numbers] = {
        "most_documents": -repeat(documents, kinds, n)[1],
        "most_occurrences": -np.bincount(kinds, minlength=n),
        "longest": -lengths[firsts],
        "earliest": firsts,
        "trusted_source": _least(trust[documents], kinds, n),
    }
    return np.column_stack([columns[name] for name in names]).astype(np.int64)


def _least(values: Ints, kinds: Ints, n: int) -> Ints:
    least = np.full(n, np.iinfo(np.int64).max, dtype=np.int64)
    np.minimum.at(least, kinds, values)
    return least


def _kept(wordings: Ints, documents: Ints, trust: Ints, firsts: Ints) -> Ints:
    """The passage that stands for each wording: the first in the most trusted document that has it."""
    if not trust.any():
        return firsts
    best = _least(trust[documents], wordings, len(firsts))
    trusted = np.flatnonzero(trust[documents] == best[wordings])
    kept = np.full(len(firsts), np.iinfo(np.int64).max, dtype=np.int64)
    np.minimum.at(kept, wordings[trusted], trusted)
    return kept
