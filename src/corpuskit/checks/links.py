"""Check `links`: relations between records that are there; variants, and the parts of families that they tell."""

from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa

from corpuskit import schema
from corpuskit.checks.columns import hex_words, unknown
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


def check_links(corpus: Corpus, records: Records, settings: Settings, findings: Findings) -> Ints:
    """Check that each link has a known relation and two records, and that variants are what they should be.

    Returns the part of each record, int64: 0 for heads of families and records without one; the records of a family
    that differ from its head in the same words share a number.
    """
    heads = _heads(records)
    part = np.zeros(len(records.ids), dtype=np.int64)
    numbers: dict[Any, int] = {}
    for table in batches(corpus, "links", findings):
        findings.add_rows("schema", unknown(table["relation"], schema.RELATIONS), "relation is not a known one", table)
        places = {}
        for name in ("left_record", "right_record"):
            places[name] = records.lookup.rows(hex_words(table[name])[0])
            findings.add_rows("conservation", np.asarray(places[name] < 0), f"{name} is that of no record", table)
        for at, row in enumerate(table.to_pylist()):
            left, right = int(places["left_record"][at]), int(places["right_record"][at])
            if row["relation"] != "variant" or left < 0 or right < 0:
                continue
            if wrong := _wrong(row, left, right, heads, records, settings):
                findings.add("variants", wrong, record_id=row["left_record"])
            elif part[left]:
                findings.add("variants", "it is linked to the head of its family twice", record_id=row["left_record"])
            else:
                part[left] = numbers.setdefault((right, *_key(row, _wording(records, left))), len(numbers) + 1)
    _check_families(heads, part, records, findings)
    return part


def _heads(records: Records) -> Ints:
    """The row of the head of each record's family; -1 without one, -2 where it is no record."""
    heads = np.full(len(records.ids), -1, dtype=np.int64)
    found = records.lookup.rows(records.family[records.related])
    heads[records.related] = np.where(found < 0, -2, found)
    return heads


def _wrong(row: Row, left: int, right: int, heads: Ints, records: Records, settings: Settings) -> str:
    """What is wrong with a link of a variant to the head of its family; empty when it is right."""
    if not settings.protect:
        return "it is linked as a variant, but nothing is protected"
    if heads[left] != right or heads[right] != right or left == right:
        return f"it is linked as a variant to {row['right_record']}, which is not the head of its family"
    one, two = (records.normalized[at].as_py() for at in (left, right))
    gap = 1 - Fraction(settings.threshold)
    if wrong := problem(one, two, gap, row["similarity"], max(len(one), len(two)) > LONG_CHARS):
        return f"as a variant of {row['right_record']}: {wrong}"
    spans = list(zip(row["left_spans"], row["right_spans"], strict=False))
    if not spans or len(row["left_spans"]) != len(row["right_spans"]):
        return "its link does not tell the words that differ, in pairs"
    texts = [_wording(records, at) for at in (left, right)]
    for pair in spans:
        if any(not 0 <= span["start"] <= span["end"] <= len(text) for span, text in zip(pair, texts, strict=True)):
            return "its link has spans outside of the texts"
        words = [text[span["start"] : span["end"]] for span, text in zip(pair, texts, strict=True)]
        if _words(words[0]) == _words(words[1]):
            return "its link tells words that do not differ"
    return ""


def _wording(records: Records, row: int) -> bytes:
    """The text of a record that is in a family, UTF-8."""
    return bytes(records.wordings[int(np.searchsorted(records.related, row))].as_py().encode())


def _words(piece: bytes) -> tuple[str, ...]:
    return fold_words(piece.decode(errors="replace"))


def _key(row: Row, wording: bytes) -> tuple[Any, ...]:
    """What the records of one part have in common: the places in the head, and their own words there."""
    return tuple(
        (right["start"], right["end"], _words(wording[left["start"] : left["end"]]))
        for left, right in zip(row["left_spans"], row["right_spans"], strict=True)
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
