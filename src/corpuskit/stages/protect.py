"""Keep apart what differs in something that carries meaning: a number, a name, a negation.

The idea: the cluster rule, blind to such differences, has formed *families*, a head and its members. A member that
differs from its head in nothing protected stays merged into it. The others are put into parts: the same words in place
of the same words of the head. Inside each part the cluster rule runs again, and its records are variants of the head.

What a member differs in is decided between it and its head alone, so no chain can grow and the order does not matter.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np
import pyarrow as pa

from corpuskit import buffers, schema
from corpuskit.differences import Difference
from corpuskit.judges import Found, Judge, Pairs, judge_here
from corpuskit.kernels.types import Ints
from corpuskit.memory import IN_MEMORY, Memory, steps
from corpuskit.reading import Evidence
from corpuskit.stages.block import Buckets, split_buckets
from corpuskit.stages.cluster import Measurable, cluster, records_of, similarity
from corpuskit.usage import BATCH, Sample, count_evidence

SHOWN_WORDS: Final = 60
SHOWN_DIFFERENCES: Final = 8
"""A link's reason holds so many differences, and of each side so many characters."""

PAIRS: Final = 2_000
"""So many are judged at a time."""


@dataclass(frozen=True)
class Parts:
    """The families, split.

    part: int64, one for each content; -1 for those that stay with the record that the cluster rule gave them.
    found: what each content in a part differs from its head in, in characters of the two wordings.
    """

    part: Ints
    found: Found


def relatives(members: pa.Table) -> Ints:
    """The contents of MEMBERS whose families have two or more, int64: family after family, the head first."""
    record = buffers.numbers(members["record"])
    others = np.flatnonzero(~records_of(record))
    heads = np.unique(record[others])
    rows = np.concatenate([heads, others])
    return np.asarray(rows[np.lexsort((rows, rows != record[rows], record[rows]))])


def split(
    members: pa.Table,
    rows: Ints,
    wordings: Callable[[Ints], pa.Array],
    *,
    kinds: Sequence[str],
    background: Sample | None = None,
    judge: Judge = judge_here,
    memory: Memory = IN_MEMORY,
) -> Parts:
    """Put the members of families into parts; `wordings` gives the texts that contents keep, for some of `rows`.

    What is a name is told by the heads of the families and by `background`, texts of the corpus, of which those that
    have a head do not count.
    """
    record = buffers.numbers(members["record"])
    evidence = Evidence()
    heads = rows[record[rows] == rows]
    others = rows[record[rows] != rows]
    uncounted = heads
    if background is not None:
        background.add_to(evidence, without=others)
        uncounted = heads[~np.isin(heads, background.contents)]
    for begin in range(0, len(uncounted), BATCH):
        count_evidence(evidence, wordings(uncounted[begin : begin + BATCH]))
    batches = [others[begin : begin + PAIRS] for begin in range(0, len(others), PAIRS)]

    def pairs() -> Iterator[Pairs]:
        for contents in batches:
            taken, at = np.unique(np.concatenate([contents, record[contents]]), return_inverse=True)
            lefts, rights = np.split(at.reshape(-1).astype(np.int64), 2)
            yield Pairs(wordings(taken), lefts, rights)

    found = Found(list(judge(pairs(), evidence, kinds)), batches)
    firsts = np.flatnonzero(np.diff(found.contents, prepend=-1))
    contents = found.contents[firsts]
    in_common = np.column_stack([record[contents].astype(np.uint64), found.keys[firsts]])
    part: Ints = memory.full(len(record), -1, np.int64)
    part[contents] = np.unique(in_common, axis=0, return_inverse=True)[1].reshape(-1)
    return Parts(part, found)


def cluster_parts(
    members: pa.Table,
    parts: Parts,
    buckets: Buckets,
    contents: Measurable,
    *,
    n_chars: Ints,
    threshold: Decimal,
    refuse: bool = True,
    memory: Memory = IN_MEMORY,
) -> tuple[pa.Table, dict[str, int]]:
    """MEMBERS after the rule has run inside each part, and what it took; all else is as `cluster` had it."""
    part = parts.part[buckets.contents]
    again, compared = cluster(
        contents.take(memory.where(part >= 0), memory),
        split_buckets(buckets, part, memory),
        n_chars=n_chars,
        threshold=threshold,
        refuse=refuse,
        memory=memory,
    )
    active = memory.where(parts.part >= 0)
    columns = []
    for before, after in zip(members.columns, again.columns, strict=True):
        column = memory.concatenate([buffers.numbers(before)])
        column[active] = buffers.numbers(after)[active]
        columns.append(pa.array(column))
    return pa.table(columns, schema=schema.MEMBERS), compared


def family_heads(families: pa.Table, members: pa.Table, memory: Memory = IN_MEMORY) -> Ints:
    """For each record of MEMBERS whose family has several, the family's head; -1 for all other contents."""
    head, record = buffers.numbers(families["record"]), buffers.numbers(members["record"])
    found: Ints = memory.full(len(head), -1, np.int64)
    for first, last in steps(len(head)):
        here = np.arange(first, last)
        others = here[(record[first:last] == here) & (head[first:last] != here)]
        found[others] = head[others]
        found[head[others]] = head[others]
    return found


def variants(families: pa.Table, members: pa.Table, parts: Parts) -> pa.Table:
    """The records in parts (`variant`), by content, with their heads and their similarity to them."""
    head, record = buffers.numbers(families["record"]), buffers.numbers(members["record"])
    rows = np.flatnonzero(records_of(record) & (parts.part >= 0))
    return pa.table({"variant": rows, "head": head[rows], "similarity": similarity(families)[rows]})


def link_variants(found: pa.Table, parts: Parts, ids: pa.Array, wordings: pa.Array) -> pa.Table:
    """LINKS of variants to the heads of their families; `ids` and `wordings` in pairs: the variant's, the head's."""
    rows = []
    names, texts = ids.to_pylist(), wordings.to_pylist()
    for place, (content, alike) in enumerate(
        zip(found["variant"].to_pylist(), found["similarity"].to_pylist(), strict=True)
    ):
        left, right = texts[2 * place : 2 * place + 2]
        differences = parts.found.of(content)
        spans = (
            _bytes(left, [difference.left for difference in differences]),
            _bytes(right, [difference.right for difference in differences]),
        )
        words = reason(left, right, differences)
        rows.append((*names[2 * place : 2 * place + 2], "variant", alike, *spans, words))
    columns = list(zip(*rows, strict=True)) or [()] * len(schema.LINKS)
    arrays = [pa.array(column, type=field.type) for column, field in zip(columns, schema.LINKS, strict=True)]
    return pa.table(arrays, schema=schema.LINKS)


def reason(left: str, right: str, found: Sequence[Difference]) -> str:
    """The words that differ: `2.0 → 3.0; Lucent → ∅`, the left text's first."""
    shown = [f"{_shown(left, one)} → {_shown(right, two)}" for _, one, two in found[:SHOWN_DIFFERENCES]]
    return "; ".join([*shown, "…"] if len(found) > SHOWN_DIFFERENCES else shown)


def _shown(text: str, span: tuple[int, int]) -> str:
    words = " ".join(text[slice(*span)].split()) or "∅"
    return words if len(words) <= SHOWN_WORDS else f"{words[: SHOWN_WORDS - 1]}…"


def _bytes(text: str, spans: Sequence[tuple[int, int]]) -> list[dict[str, int]]:
    """Spans in characters as spans in bytes of the UTF-8 form."""
    if text.isascii():
        return [{"start": start, "end": end} for start, end in spans]
    return [{"start": len(text[:start].encode()), "end": len(text[:end].encode())} for start, end in spans]
