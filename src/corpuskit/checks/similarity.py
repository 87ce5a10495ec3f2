"""Check merges by the measure: those made are right, and none is missing between records that share a bucket.

The merges made are measured by rapidfuzz, which shares no code with the kernel that decided them.
"""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz.distance import Indel

from corpuskit import buffers, text
from corpuskit.checks.columns import flags_of
from corpuskit.checks.findings import Findings
from corpuskit.checks.occurrences import FATE, Passages
from corpuskit.checks.records import Records
from corpuskit.kernels.types import Ints, Words
from corpuskit.settings import Settings
from corpuskit.stages.block import block, divided, split_buckets, without_crowds
from corpuskit.stages.cluster import LONG_CHARS, MOST_LISTED, cluster, may_refuse, measurable, similarity


def check_direct_similarity(passages: Passages, records: Records, settings: Settings, findings: Findings) -> None:
    """Check that exact copies are equal to their records, and measure the near ones."""
    table = passages.table
    equal = np.zeros(len(table), dtype=np.bool_)
    known = passages.record >= 0
    equal[known] = (passages.content[known] == records.contents[passages.record[known]]).all(axis=1)
    exact = known & ((passages.fate == FATE["kept"]) | (passages.fate == FATE["exact"]))
    alike = buffers.numbers(table["similarity"].fill_null(-1.0))
    message = "its normalized text is not that of its record's wording"
    findings.add_rows("direct_similarity", exact & ~equal, message, table)
    findings.add_rows(
        "direct_similarity",
        exact & (alike != 1.0),
        "it is equal to its record, but similarity is not 1",
        table,
    )
    near = known & (passages.fate == FATE["near"])
    findings.add_rows("direct_similarity", near & equal, "it is equal to its record, but its fate is near", table)
    _check_near(passages, records, settings.threshold, findings)


def _check_near(passages: Passages, records: Records, threshold: Decimal, findings: Findings) -> None:
    """Measure each different pair of a near occurrence's text and its record's once."""
    there = np.flatnonzero(passages.record[passages.near_rows] >= 0)
    rows = passages.near_rows[there]
    columns = ["path", "occurrence_id", "record_id", "line_start", "line_end", "similarity", "measure"]
    table = passages.table.select(columns).take(pa.array(rows))
    record = passages.record[rows]
    unable = ~(passages.able[there] & records.able[record])
    message = "it is too short, or has too few letters and digits, to be merged unless equal"
    findings.add_rows("direct_similarity", unable, message, table)
    stated = buffers.numbers(table["similarity"].fill_null(-1.0))
    measure = _in_words(table)
    keys = np.column_stack([passages.content[rows], record.view(np.uint64), stated.view(np.uint64), measure])
    _, firsts, owner = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    firsts, owner = firsts.astype(np.int64), owner.reshape(-1)
    lefts = passages.near.take(pa.array(there[firsts])).to_pylist()
    rights = records.normalized.take(pa.array(record[firsts])).to_pylist()
    gap = 1 - Fraction(threshold)
    problems = [
        problem(left, right, gap, said, in_words)
        for left, right, said, in_words in zip(
            lefts, rights, stated[firsts].tolist(), measure[firsts].tolist(), strict=True
        )
    ]
    wrong = np.array([bool(problem) for problem in problems], dtype=np.bool_)[owner]
    findings.add_rows("direct_similarity", wrong, lambda row: problems[owner[row]], table)


def _in_words(table: pa.Table) -> Words:
    """Whether each row was measured in words, uint64."""
    return flags_of(pc.equal(table["measure"], "indel_words")).astype(np.uint64)


def problem(left: str, right: str, gap: Fraction, stated: float, in_words: bool) -> str:
    """What is wrong with a stated similarity of two normalized texts at or above the threshold; empty if nothing."""
    long = max(len(left), len(right)) > LONG_CHARS
    if long != in_words:
        return f"measured in {'words' if in_words else 'characters'}, but it should not be, by its length"
    one, two = (_words(left), _words(right)) if long else (left, right)
    total = len(one) + len(two)
    limit = gap.numerator * total // gap.denominator
    distance = Indel.distance(one, two, score_cutoff=limit)
    if distance > limit:
        return f"it is below the threshold to its record: {Indel.normalized_similarity(one, two):.4f}"
    if stated != 1 - distance / total:
        return f"similarity is {stated}, but {1 - distance / total} by the measure"
    return ""


def _words(normalized: str) -> list[str]:
    """The words of a normalized text; each character of a script without spaces is one."""
    codes = np.frombuffer(normalized.encode("utf-32-le"), dtype=np.uint32)
    apart = (text.classes()[codes] & text.UNSPACED != 0).tolist()
    return "".join(f" {char} " if alone else char for char, alone in zip(normalized, apart, strict=True)).split()


def check_no_repeats(
    records: Records,
    part: Ints,
    settings: Settings,
    findings: Findings,
    *,
    crowded: bool = False,
    unlisted: bool = False,
) -> None:
    """Let the cluster rule run over the records alone: it must leave each of them a record.

    `part` (int64, one for each record) is 0 for heads of families and records without one, which are compared with
    each other; the records of a part are compared among themselves.

    A record that matched an earlier one in a shared bucket would become its member, whatever else it
    matched. Pairs of long texts with quite different signatures are not measured, as always in `cluster`. Where the run
    had to divide `crowded` buckets (see `block`), the pairs are those that agree however often theirs was divided.
    Where it left records `unlisted`, buckets with more records than it lists are left out.
    """
    rows = np.flatnonzero(records.able)
    sketches = records.sketches
    key_of = divided(sketches.band, settings.bands) if crowded else sketches.band
    every = block(key_of, np.arange(len(rows)), bands=settings.bands)
    shared = split_buckets(every, part[rows])
    if unlisted:
        shared = without_crowds(shared, MOST_LISTED)
    members, _ = cluster(
        measurable(
            records.normalized.take(pa.array(rows)) if len(rows) < len(records.able) else records.normalized,
            n_chars=records.n_chars[rows],
            sketches=sketches.sketches(),
            permutations=sketches.permutations,
        ),
        shared,
        n_chars=records.n_chars[rows],
        threshold=settings.threshold,
        refuse=may_refuse(
            shingle=settings.shingle, shingle_size=settings.shingle_size, permutations=settings.permutations
        ),
    )
    joined = buffers.numbers(members["record"])
    alike = similarity(members)
    ids = pa.table({"record_id": buffers.hex_strings(records.ids[rows])})

    def tell(row: int) -> str:
        other = ids["record_id"][int(joined[row])].as_py()
        return f"it is alike ({alike[row]:.4f}) to the record {other}, with which it shares a bucket"

    findings.add_rows("no_repeats", joined != np.arange(len(rows)), tell, ids)
