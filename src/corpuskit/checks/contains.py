"""Check links of records that hold others: the piece told is there, and at or above the threshold to what is held."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz.distance import Indel

from corpuskit import buffers
from corpuskit.checks.columns import hex_words
from corpuskit.checks.files import batches
from corpuskit.checks.findings import Findings
from corpuskit.checks.records import Records
from corpuskit.corpus import Corpus
from corpuskit.kernels.types import Flags, Ints
from corpuskit.settings import Settings
from corpuskit.stages.cluster import LONG_CHARS
from corpuskit.stages.contain import similarities


def check_contains(corpus: Corpus, records: Records, settings: Settings, findings: Findings) -> None:
    """Measure the piece of each link `contains`; links to records that are not there are found elsewhere."""
    pieces = [table.filter(pc.equal(table["relation"], "contains")) for table in batches(corpus, "links", findings)]
    links = pa.concat_tables(pieces) if pieces else None
    if not links:
        return
    if not settings.contains:
        findings.add("contains", f"{len(links)} records are linked as holding others, but `contains` is off")
        return
    left, right = (records.lookup.rows(hex_words(links[name])[0]) for name in ("left_record", "right_record"))
    there = (left >= 0) & (right >= 0)
    pairs = np.column_stack([left, right])[there]
    for left_row, right_row in np.unique(pairs[_repeated(pairs)], axis=0).tolist():
        message = f"it is linked twice as holding {_id(records, right_row)}"
        findings.add("contains", message, record_id=_id(records, left_row))
    first = 0
    for table in batches(corpus, "records", findings, columns=["text"]):
        here = np.flatnonzero(there & (left >= first) & (left < first + len(table)))
        texts = buffers.one_chunk(table["text"].take(pa.array(left[here] - first)))
        _check_pieces(links.take(pa.array(here)), texts, left[here], right[here], records, settings, findings)
        first += len(table)


def _repeated(pairs: Ints) -> Flags:
    """Which rows stand there more than once."""
    _, owner, counts = np.unique(pairs, axis=0, return_inverse=True, return_counts=True)
    return np.asarray(counts[owner.reshape(-1)] > 1)


def _id(records: Records, row: int) -> str:
    return bytes(records.ids[row]).hex()


def _check_pieces(
    links: pa.Table,
    texts: pa.Array,
    left: Ints,
    right: Ints,
    records: Records,
    settings: Settings,
    findings: Findings,
) -> None:
    """Check the links of the records whose `texts` are given, a row for each."""
    wholes = records.normalized.take(pa.array(left)).to_pylist()
    others = records.normalized.take(pa.array(right)).to_pylist()
    sizes = np.column_stack([records.n_bytes[left], records.n_bytes[right]])
    rows = links.select(["similarity", "left_spans", "right_spans"]).to_pylist()
    wrong = [_spans_wrong(row, *pair) for row, pair in zip(rows, sizes.tolist(), strict=True)]
    spans = [(0, 0) if bad else _span(row["left_spans"]) for row, bad in zip(rows, wrong, strict=True)]
    alike = similarities(texts, np.array(spans, dtype=np.int64).reshape(-1, 2), others, settings.threshold)
    for at, row in enumerate(rows):
        if left[at] == right[at]:
            wrong[at] = "it is that record itself"
        elif not records.able[right[at]]:
            wrong[at] = "that is too short, or has too few letters and digits"
        elif not wrong[at] and alike[at] < 0:
            wrong[at] = "the piece told is below the threshold to it"
        elif not wrong[at] and alike[at] != row["similarity"]:
            wrong[at] = f"similarity is {row['similarity']}, but {alike[at]} by the measure"
        elif not wrong[at] and _alike(wholes[at], others[at], settings.threshold):
            wrong[at] = "the two are alike as wholes"
        if wrong[at]:
            message = f"as holding {_id(records, int(right[at]))}: {wrong[at]}"
            findings.add("contains", message, record_id=_id(records, int(left[at])))


def _span(spans: list[dict[str, int]]) -> tuple[int, int]:
    return spans[0]["start"], spans[0]["end"]


def _spans_wrong(row: dict[str, Any], left_size: int, right_size: int) -> str:
    """What is wrong with the places of the piece and of what is held; empty when they may be right."""
    if len(row["left_spans"]) != 1 or len(row["right_spans"]) != 1:
        return "its link does not tell one piece on each side"
    begin, end = _span(row["left_spans"])
    if not 0 <= begin < end <= left_size:
        return "its link has a span outside of its text"
    return "" if _span(row["right_spans"]) == (0, right_size) else "its link does not tell the whole of what is held"


def _alike(one: str, two: str, threshold: Decimal) -> bool:
    """Whether two normalized texts may be at or above the threshold as wholes; those not measured by characters may."""
    gap = 1 - Fraction(threshold)
    limit = gap.numerator * (len(one) + len(two)) // gap.denominator
    if abs(len(one) - len(two)) > limit:
        return False
    return max(len(one), len(two)) > LONG_CHARS or Indel.distance(one, two, score_cutoff=limit) <= limit
