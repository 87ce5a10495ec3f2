"""Keep apart what differs in something that carries meaning: a number, a name, a negation.

The idea: the cluster rule, blind to such differences, has formed *families*, a head and its members. A member that
differs from its head in nothing protected stays merged into it. The others are put into parts: the same words in place
of the same words of the head. Inside each part the cluster rule runs again, and its records are variants of the head.

What a member differs in is decided between it and its head alone, so no chain can grow and the order does not matter.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np
import pyarrow as pa

from corpuskit import buffers, schema
from corpuskit.differences import Difference
from corpuskit.kernels.types import Ints
from corpuskit.lineup import Texts, compare_all
from corpuskit.memory import IN_MEMORY, Memory
from corpuskit.reading import Evidence, fold_words
from corpuskit.stages.block import Buckets, split_buckets
from corpuskit.stages.cluster import Measurable, cluster, similarity
from corpuskit.usage import BATCH, Sample, count_evidence

SHOWN_WORDS: Final = 60
SHOWN_DIFFERENCES: Final = 8
"""A link's reason holds so many differences, and of each side so many characters."""

Key = tuple[int, tuple[tuple[tuple[int, int], tuple[str, ...]], ...]]


@dataclass(frozen=True)
class Parts:
    """The families, split.

    part: int64, one for each content; -1 for those that stay with the record that the cluster rule gave them.
    found: for each content in a part, what it differs from its head in, in characters of the two wordings.
    """

    part: Ints
    found: dict[int, list[Difference]]


def relatives(members: pa.Table) -> Ints:
    """The contents of MEMBERS whose families have two or more, int64: family after family, the head first."""
    record = buffers.numbers(members["record"])
    others = np.flatnonzero(record != np.arange(len(record)))
    heads = np.unique(record[others])
    rows = np.concatenate([heads, others])
    return np.asarray(rows[np.lexsort((rows, rows != record[rows], record[rows]))])


def split(
    members: pa.Table, rows: Ints, wordings: pa.Array, *, kinds: Sequence[str], background: Sample | None = None
) -> Parts:
    """Put the members of families into parts; `wordings` are the texts that the contents `rows` keep.

    What is a name is told by the heads of the families and by `background`, texts of the corpus, of which those that
    have a head do not count.
    """
    record = buffers.numbers(members["record"])
    part = np.full(len(record), -1, dtype=np.int64)
    found: dict[int, list[Difference]] = {}
    evidence = Evidence()
    uncounted = record[rows] == rows
    if background is not None:
        background.add_to(evidence, without=rows[~uncounted])
        uncounted &= ~np.isin(rows, background.contents)
    count_evidence(evidence, wordings.filter(pa.array(uncounted)))
    numbers: dict[Key, int] = {}
    head_at = np.maximum.accumulate(np.where(record[rows] == rows, np.arange(len(rows)), 0))
    members = np.flatnonzero(record[rows] != rows)
    for begin in range(0, len(members), BATCH):
        places = members[begin : begin + BATCH]
        taken, at = np.unique(np.concatenate([places, head_at[places]]), return_inverse=True)
        texts = Texts(wordings.take(pa.array(taken)))
        lefts, rights = np.split(at.reshape(-1).astype(np.int64), 2)
        contents = rows[places]
        of_pair = [column.tolist() for column in (contents, record[contents], lefts)]
        for pair, differences in compare_all(texts, lefts, rights, evidence, kinds):
            content, head, left = (column[pair] for column in of_pair)
            key = head, part_key(texts.strings[left], differences)
            part[content] = numbers.setdefault(key, len(numbers))
            found[content] = differences
    return Parts(part, found)


def part_key(wording: str, found: Sequence[Difference]) -> tuple[tuple[tuple[int, int], tuple[str, ...]], ...]:
    """What members of one part have in common: the places in the head, and their own words there, folded."""
    return tuple((right, fold_words(wording[slice(*left)])) for _, left, right in found)


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
        contents.take(np.flatnonzero(part >= 0)),
        split_buckets(buckets, part),
        n_chars=n_chars,
        threshold=threshold,
        refuse=refuse,
        memory=memory,
    )
    active = np.flatnonzero(parts.part >= 0)
    columns = []
    for before, after in zip(members.columns, again.columns, strict=True):
        column = memory.hold(buffers.numbers(before).copy())
        column[active] = buffers.numbers(after)[active]
        columns.append(pa.array(column))
    return pa.table(columns, schema=schema.MEMBERS), compared


def family_heads(families: pa.Table, members: pa.Table) -> Ints:
    """For each record of MEMBERS whose family has several, the family's head; -1 for all other contents."""
    head, record = buffers.numbers(families["record"]), buffers.numbers(members["record"])
    records = record == np.arange(len(record))
    several = np.bincount(head[records], minlength=len(head)) > 1
    return np.where(records & several[head], head, -1)


@dataclass(frozen=True)
class Variant:
    """A record of a family beside its head: contents, similarity, and what they differ in."""

    content: int
    head: int
    similarity: float
    found: list[Difference]


def variants(families: pa.Table, members: pa.Table, parts: Parts) -> list[Variant]:
    """The records in parts, by content."""
    head, record = buffers.numbers(families["record"]), buffers.numbers(members["record"])
    alike = similarity(families)
    rows = np.flatnonzero((record == np.arange(len(record))) & (parts.part >= 0)).tolist()
    return [Variant(row, int(head[row]), float(alike[row]), parts.found[row]) for row in rows]


def link_variants(found: Sequence[Variant], ids: pa.Array, wordings: pa.Array) -> pa.Table:
    """LINKS of variants to the heads of their families; `ids` and `wordings` in pairs: the variant's, the head's."""
    rows = []
    names, texts = ids.to_pylist(), wordings.to_pylist()
    for place, variant in enumerate(found):
        left, right = texts[2 * place : 2 * place + 2]
        spans = (
            _bytes(left, [difference.left for difference in variant.found]),
            _bytes(right, [difference.right for difference in variant.found]),
        )
        words = reason(left, right, variant.found)
        rows.append((*names[2 * place : 2 * place + 2], "variant", variant.similarity, *spans, words))
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
