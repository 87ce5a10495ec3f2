"""Check `links`: relations between records that are there; variants, and the parts of families that they tell."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpuskit import schema
from corpuskit.checks.columns import flags_of, hex_words, unknown
from corpuskit.checks.files import batches
from corpuskit.checks.findings import Findings
from corpuskit.checks.records import Records
from corpuskit.checks.similarity import problem
from corpuskit.corpus import Corpus
from corpuskit.kernels.types import Ints
from corpuskit.reading import fold_words
from corpuskit.settings import Settings
from corpuskit.stages.cluster import LONG_CHARS

Row = dict[str, Any]

_AT_ONCE: Final = 1_024
"""Links whose texts are held together."""


def check_links(corpus: Corpus, records: Records, settings: Settings, findings: Findings) -> Ints:
    """Check that each link has a known relation and two records, and that variants are what they should be.

    Returns the part of each record, int64: 0 for heads of families and records without one; the records of a family
    that differ from its head in the same words share a number.
    """
    heads = _heads(records)
    part = np.zeros(len(records.ids), dtype=np.int64)
    numbers: dict[Any, int] = {}
    gap = 1 - Fraction(settings.threshold)
    for table in batches(corpus, "links", findings):
        findings.add_rows("schema", unknown(table["relation"], schema.RELATIONS), "relation is not a known one", table)
        places = {}
        for name in ("left_record", "right_record"):
            places[name] = records.lookup.rows(hex_words(table[name])[0])
            findings.add_rows("conservation", np.asarray(places[name] < 0), f"{name} is that of no record", table)
        there = (places["left_record"] >= 0) & (places["right_record"] >= 0)
        variants = np.flatnonzero(there & flags_of(pc.equal(table["relation"], "variant")))
        for first in range(0, len(variants), _AT_ONCE):
            chosen = variants[first : first + _AT_ONCE]
            left, right = (places[name][chosen] for name in ("left_record", "right_record"))
            for link in _links(table.take(pa.array(chosen)), left, right, records):
                if wrong := _wrong(link, heads, gap, settings):
                    findings.add("variants", wrong, record_id=link.row["left_record"])
                elif part[link.left]:
                    message = "it is linked to the head of its family twice"
                    findings.add("variants", message, record_id=link.row["left_record"])
                else:
                    part[link.left] = numbers.setdefault((link.right, *_key(link)), len(numbers) + 1)
    _check_families(heads, part, records, findings)
    return part


def _heads(records: Records) -> Ints:
    """The row of the head of each record's family; -1 without one, -2 where it is no record."""
    heads = np.full(len(records.ids), -1, dtype=np.int64)
    found = records.lookup.rows(records.family[records.related])
    heads[records.related] = np.where(found < 0, -2, found)
    return heads


@dataclass(frozen=True)
class _Link:
    """A link of a variant to the head of its family: the row, and the rows of both records.

    normalized: both normalized texts; wordings: both texts in UTF-8, empty for a record in no family.
    """

    row: Row
    left: int
    right: int
    normalized: tuple[str, str]
    wordings: tuple[bytes, bytes]


def _links(table: pa.Table, left: Ints, right: Ints, records: Records) -> Iterator[_Link]:
    """The links of a table, with the texts of both their records: taken together, not one by one."""
    normalized = (records.normalized.take(pa.array(rows)).to_pylist() for rows in (left, right))
    wordings = (_wordings(records, rows) for rows in (left, right))
    ends = left.tolist(), right.tolist(), zip(*normalized, strict=True), zip(*wordings, strict=True)
    return (_Link(*facts) for facts in zip(table.to_pylist(), *ends, strict=True))


def _wordings(records: Records, rows: Ints) -> list[bytes]:
    """The texts of records, UTF-8; empty for those in no family."""
    if not len(records.related):
        return [b""] * len(rows)
    places = np.minimum(np.searchsorted(records.related, rows), len(records.related) - 1)
    found = records.wordings.cast(pa.large_binary()).take(pa.array(places)).to_pylist()
    related = (records.related[places] == rows).tolist()
    return [text if known else b"" for text, known in zip(found, related, strict=True)]


def _wrong(link: _Link, heads: Ints, gap: Fraction, settings: Settings) -> str:
    """What is wrong with a link of a variant to the head of its family; empty when it is right."""
    row, left, right = link.row, link.left, link.right
    if not settings.protect:
        return "it is linked as a variant, but nothing is protected"
    if heads[left] != right or heads[right] != right or left == right:
        return f"it is linked as a variant to {row['right_record']}, which is not the head of its family"
    one, two = link.normalized
    if wrong := problem(one, two, gap, row["similarity"], max(len(one), len(two)) > LONG_CHARS):
        return f"as a variant of {row['right_record']}: {wrong}"
    spans = list(zip(row["left_spans"], row["right_spans"], strict=False))
    if not spans or len(row["left_spans"]) != len(row["right_spans"]):
        return "its link does not tell the words that differ, in pairs"
    for pair in spans:
        if any(
            not 0 <= span["start"] <= span["end"] <= len(text) for span, text in zip(pair, link.wordings, strict=True)
        ):
            return "its link has spans outside of the texts"
        words = [text[span["start"] : span["end"]] for span, text in zip(pair, link.wordings, strict=True)]
        if _words(words[0]) == _words(words[1]):
            return "its link tells words that do not differ"
    return ""


# The same words differ in thousands of links.
@lru_cache(maxsize=1 << 14)
def _words(piece: bytes) -> tuple[str, ...]:
    return fold_words(piece.decode(errors="replace"))


def _key(link: _Link) -> tuple[Any, ...]:
    """What the records of one part have in common: the places in the head, and their own words there."""
    return tuple(
        (right["start"], right["end"], _words(link.wordings[0][left["start"] : left["end"]]))
        for left, right in zip(link.row["left_spans"], link.row["right_spans"], strict=True)
    )


def _check_families(heads: Ints, part: Ints, records: Records, findings: Findings) -> None:
    """Each record of a family is its head or linked to it, and each family has a record besides its head."""
    rows = np.arange(len(heads))
    table = pa.table({"record_id": [bytes(words).hex() for words in records.ids]}) if (heads != -1).any() else None
    if table is None:
        return
    unlinked = (heads != -1) & (heads != rows) & (part == 0)
    findings.add_rows("variants", unlinked, "it is in a family, but not linked to its head", table)
    alone = (heads == rows) & (np.bincount(heads[heads >= 0], minlength=len(heads)) < 2)
    findings.add_rows("variants", alone, "it is the head of a family without other records", table)
