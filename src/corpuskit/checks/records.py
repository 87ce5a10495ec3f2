"""Check `records` row by row, and keep what the other checks need: hashes, counts and normalized texts."""

from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpuskit import buffers, hashing, schema
from corpuskit.checks.columns import Lookup, differing, flags_of, hex_words, is_null, unknown, without_blanks
from corpuskit.checks.files import batches
from corpuskit.checks.findings import Findings
from corpuskit.checks.spool import Sketches, Texts
from corpuskit.corpus import Corpus
from corpuskit.kernels.types import Flags, Ints, Numbers, Words
from corpuskit.settings import Settings
from corpuskit.stages.distinct import describe_contents
from corpuskit.stages.filter import catch
from corpuskit.stages.normalize import normalize
from corpuskit.stages.sign import band_keys, sign, signable, sketch


@dataclass(frozen=True)
class Records:
    """What is needed of all records, a row for each.

    ids, contents, texts, visible: uint64[n, 2], the ids as they stand, and the hashes of the normalized texts
    (what the ids should be), of the texts, and of the texts without blanks; able: which may have near copies;
    n_chars: of the normalized text; n_bytes: of the text; normalized: large_string, on disk; sketches: of the able.
    family: uint64[n, 2], the head of its family of variants, 0 for none; related: int64, the rows that have one;
    wordings: large_string, on disk, the texts of those.
    """

    ids: Words
    lookup: Lookup
    contents: Words
    texts: Words
    visible: Words
    has_content: Flags
    able: Flags
    n_chars: Ints
    n_bytes: Ints
    n_occurrences: Ints
    n_documents: Ints
    min_similarity: Numbers
    normalized: pa.Array
    sketches: Sketches
    family: Words
    related: Ints
    wordings: pa.Array


def check_records(
    corpus: Corpus, settings: Settings, files: ExitStack, findings: Findings, *, sign_them: bool = True
) -> Records:
    """Check each record by itself, batch by batch; what is on disk is there until `files` are closed.

    Without `sign_them` there are no sketches, which only `check_no_repeats` needs.
    """
    texts = Texts(files)
    wordings = Texts(files)
    sketches = Sketches(files, bands=settings.bands, permutations=settings.permutations)
    columns: dict[str, list[Any]] = {}
    for table in batches(corpus, "records", findings):
        normalized = normalize(table["text"])
        hashes = hashing.hash_texts(normalized, hashing.RECORD)
        contents = describe_contents(normalized, hashes)
        ids = _check_rows(table, hashes, contents, findings)
        caught = catch(table["text"], min_chars=settings.min_chars, drop=settings.drop) >= 0
        findings.add_rows("filters", caught, "the settings filter its text, but it is a record", table)
        able = signable(contents, min_near_chars=settings.min_near_chars)
        if sign_them:
            _sketch(normalized, able, settings, sketches)
        texts.add(normalized)
        wordings.add(table["text"].filter(pc.is_valid(table["variant_group"])).cast(pa.large_string()))
        piece = {
            "ids": ids,
            "contents": hashes,
            "texts": hashing.hash_texts(table["text"], hashing.TEXT),
            "family": hex_words(table["variant_group"])[0],
            "in_family": ~is_null(table["variant_group"]),
            "visible": hashing.hash_slices(*without_blanks(table["text"]), hashing.TEXT),
            "has_content": flags_of(contents["has_content"]),
            "able": able,
            "n_chars": buffers.numbers(contents["n_chars"]),
            "n_bytes": buffers.numbers(pc.binary_length(table["text"])).astype(np.int64),
            **{name: buffers.numbers(table[name]) for name in ("n_occurrences", "n_documents", "min_similarity")},
        }
        for name, values in piece.items():
            columns.setdefault(name, []).append(values)
    joined = {name: np.concatenate(parts) for name, parts in columns.items()} or _no_columns()
    records = Records(
        lookup=Lookup(joined["ids"]),
        normalized=texts.column(),
        sketches=sketches,
        related=np.flatnonzero(joined.pop("in_family")),
        wordings=wordings.column(),
        **joined,
    )
    for row in records.lookup.repeated()[:1].tolist():
        record_id = buffers.hex_strings(records.ids[row : row + 1])[0].as_py()
        count = len(records.lookup.repeated())
        findings.add("ids", f"{count} records have the id of an earlier one", record_id=record_id)
    return records


def _sketch(normalized: pa.Array, able: Flags, settings: Settings, sketches: Sketches) -> None:
    """Sign the normalized texts of the records that may have near copies, and keep what comparing takes."""
    signatures = sign(
        normalized,
        np.flatnonzero(able),
        permutations=settings.permutations,
        seed=settings.seed,
        shingle=settings.shingle,
        shingle_size=settings.shingle_size,
        shingle_size_unspaced=settings.shingle_size_unspaced,
    )
    sketches.add(band_keys(signatures, bands=settings.bands, rows=settings.rows), sketch(signatures))


def _no_columns() -> dict[str, Any]:
    """The columns of a corpus without records."""
    words = {name: np.zeros((0, 2), dtype=np.uint64) for name in ("ids", "contents", "texts", "visible", "family")}
    flags = {name: np.zeros(0, dtype=np.bool_) for name in ("has_content", "able", "in_family")}
    counts = {name: np.zeros(0, dtype=np.int64) for name in ("n_chars", "n_bytes", "n_occurrences", "n_documents")}
    return {**words, **flags, **counts, "min_similarity": np.zeros(0)}


def _check_rows(table: pa.Table, hashes: Words, contents: pa.Table, findings: Findings) -> Words:
    """Check values that follow from the text, and the enumerations; return the ids."""
    ids, well_formed = hex_words(table["record_id"])
    right = (ids == hashes).all(axis=1)
    findings.add_rows("ids", ~well_formed, "record_id is not 32 hex characters", table)
    findings.add_rows("ids", well_formed & ~right, "record_id is not the hash of the normalized text", table)
    n_chars = pc.utf8_length(table["text"]).cast(pa.int64())
    findings.add_rows("conservation", differing(table["n_chars"], n_chars), "n_chars is not the text's length", table)
    findings.add_rows(
        "conservation",
        differing(table["n_words"], contents["n_words"]),
        "n_words is not the number of its words",
        table,
    )
    findings.add_rows(
        "schema",
        unknown(table["canonical"], schema.CANONICAL_REASONS),
        "canonical is not a known reason",
        table,
    )
    malformed = ~hex_words(table["variant_group"])[1] & ~is_null(table["variant_group"])
    findings.add_rows("schema", malformed, "variant_group is not 32 hex characters", table)
    return ids
