"""Check `documents` row by row, and keep what the other checks look up in it."""

import hashlib
import json
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpuskit import buffers, hashing, schema
from corpuskit.checks.columns import Lookup, flag_bits, hex_words, is_null
from corpuskit.checks.files import batches
from corpuskit.checks.findings import Findings
from corpuskit.corpus import Corpus
from corpuskit.kernels.types import Numbers, Words

FLAG_BIT: Final = {name: 1 << place for place, name in enumerate(schema.DOCUMENT_FLAGS)}
_DECODED: Final = ("encoding", "encoding_confidence", "decode_errors", "text_sha256", "n_chars")
_INVENTORY: Final = ("path", "member", "sha256", "size_bytes", "problem")


@dataclass(frozen=True)
class Documents:
    """The table `documents`, the ids as words (uint64[n, 2]) with a lookup, and the flags as bits."""

    table: pa.Table
    ids: Words
    lookup: Lookup
    flags: Numbers


def check_documents(corpus: Corpus, findings: Findings) -> Documents:
    """Check each document by itself; the table is held in memory, a row for each file."""
    pieces = list(batches(corpus, "documents", findings))
    table = pa.concat_tables(pieces) if pieces else schema.DOCUMENTS.empty_table()
    table = table.combine_chunks()
    ids, well_formed = hex_words(table["document_id"])
    lookup = Lookup(ids)
    paths, members = table["path"].to_pylist(), table["member"].to_pylist()
    repeated = np.zeros(len(table), dtype=np.bool_)
    repeated[lookup.repeated()] = True
    right = (hashing.document_ids(paths, members) == ids).all(axis=1)
    findings.add_rows("ids", ~well_formed, "document_id is not 32 hex characters", table)
    findings.add_rows("ids", well_formed & ~right, "document_id is not the hash of path and member", table)
    findings.add_rows("ids", repeated, "document_id stands in an earlier row too", table)
    findings.add_rows("order", _misplaced(paths, members), "the documents are not sorted by path and member", table)
    flags = _check_values(table, findings)
    _check_problems(table, findings)
    if _inventory_digest(table) != corpus.manifest["inventory_digest"]:
        findings.add("manifest", "the inventory digest is not that of the documents")
    return Documents(table, ids, lookup, flags)


def _misplaced(paths: list[str], members: list[str | None]) -> Any:
    """Rows that do not come after the row before; a plain file comes after a container's members."""
    keys = [(path, member is None, member or "") for path, member in zip(paths, members, strict=True)]
    wrong = [False, *(later <= earlier for earlier, later in pairwise(keys))]
    return np.array(wrong[: len(keys)], dtype=np.bool_)


def _check_values(table: pa.Table, findings: Findings) -> Numbers:
    """Nulls and values; return the flags as bits."""
    fine = is_null(table["problem"])
    for name in _DECODED:
        message = f"{name} is null in a document without a problem, or given in one with a problem"
        findings.add_rows("schema", is_null(table[name]) == fine, message, table)
    for name in ("sha256", "size_bytes"):
        findings.add_rows(
            "schema", is_null(table[name]) & fine, f"{name} is null in a document without a problem", table
        )
    codes = pc.replace_substring_regex(pc.fill_null(table["problem"], "binary"), r"(?s):.*$", "")
    unknown = np.asarray(~buffers.numbers(pc.is_in(codes, pa.array(list(schema.PROBLEMS)))), dtype=np.bool_)
    findings.add_rows("schema", unknown, "problem does not begin with a known code", table)
    bits, wrong = flag_bits(table["flags"], schema.DOCUMENT_FLAGS)
    findings.add_rows("schema", wrong, "flags are not known names, each once, in the order of the list", table)
    replaced = buffers.numbers(pc.fill_null(pc.equal(table["decode_errors"], "replace"), False))
    lossy = bits & FLAG_BIT["decode_loss"] != 0
    findings.add_rows("flags", replaced != lossy, "decode_loss does not go with the way it was decoded", table)
    return bits


def _check_problems(table: pa.Table, findings: Findings) -> None:
    problems = table["problem"]
    findings.add_rows(
        "problem_document", ~is_null(problems), lambda row: " ".join(problems[row].as_py().split()), table
    )


def _inventory_digest(table: pa.Table) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for row in zip(*(table[name].to_pylist() for name in _INVENTORY), strict=True):
        digest.update(json.dumps(row).encode())
    return digest.hexdigest()
