"""Recompute each law of a finished corpus from the raw files, by other means than `corpuskit check`.

    python benchmarks/laws.py RAW CURATED [--sample 4000]

Plain Python, DuckDB, rapidfuzz and the tests' oracles; of corpuskit only `text.normalize`, a definition.
One line for each law goes to stdout; exit code 1 when one is broken.
"""

import argparse
import bisect
import codecs
import hashlib
import json
import os
import random
import re
import sys
import time
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

sys.path.insert(0, str(Path(__file__).parent / "quality"))

from brute_force import matching_pairs, oracles
from corpuskit.text import normalize

Row = dict[str, Any]
BOMS = (
    codecs.BOM_UTF32_BE,
    codecs.BOM_UTF32_LE,
    b"\x84\x31\x95\x33",
    codecs.BOM_UTF8,
    codecs.BOM_UTF16_BE,
    codecs.BOM_UTF16_LE,
)
LINE_END = re.compile(b"\r\n|\r|\n")
ESCAPED = re.compile(rb"%([0-9A-Fa-f]{2})")


class Law:
    """Counts what was looked at and what broke the law."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.broken: list[str] = []
        self.facts: dict[str, int] = {}
        self.started = time.perf_counter()

    def count(self, fact: str, by: int = 1) -> None:
        """So many more of something were looked at."""
        self.facts[fact] = self.facts.get(fact, 0) + by

    def require(self, holds: object, what: str) -> None:
        """Note what does not hold."""
        if not holds:
            self.broken.append(what)

    def print(self) -> bool:
        """One line, and the first few violations; return whether the law holds."""
        facts = ", ".join(f"{count:,} {fact}" for fact, count in self.facts.items())
        seconds = time.perf_counter() - self.started
        verdict = "BROKEN" if self.broken else "holds"
        print(f"{self.name}: {verdict} ({facts}; {len(self.broken)} violations; {seconds:.0f} s)")
        for what in self.broken[:5]:
            print(f"    {what}")
        return not self.broken


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("raw", type=Path)
    parser.add_argument("curated", type=Path)
    parser.add_argument("--sample", type=int, default=4000, help="records of which all pairs are measured")
    options = parser.parse_args()
    manifest = json.loads((options.curated / "manifest.json").read_text(encoding="utf-8"))
    tables = connect(options.curated, manifest)
    threshold = Decimal(str(manifest["settings"]["threshold"]))
    fine = [
        conservation(tables, manifest).print(),
        traceability(tables, options.raw).print(),
        identity(tables).print(),
        direct_similarity(tables, threshold).print(),
        no_repeats(tables, manifest, threshold, options.sample).print(),
    ]
    sys.exit(0 if all(fine) else 1)


def connect(curated: Path, manifest: Row) -> duckdb.DuckDBPyConnection:
    """The tables as views; `passages` are the occurrences with their whole text."""
    tables = duckdb.connect()
    for name, entries in manifest["tables"].items():
        files = ", ".join("'" + str(curated / entry["path"]).replace("'", "''") + "'" for entry in entries)
        tables.execute(f"create view {name} as select * from read_parquet([{files}])")
    tables.execute(
        "create view passages as select o.* exclude (text), coalesce(o.text, r.text) as text, r.text as record_text "
        "from occurrences o left join records r using (record_id)"
    )
    return tables


def rows(tables: duckdb.DuckDBPyConnection, query: str) -> Iterator[Row]:
    """The rows of a query, in batches."""
    found = tables.cursor().execute(query)
    names = [column[0] for column in found.description or ()]
    while batch := found.fetchmany(10_000):
        yield from (dict(zip(names, values, strict=True)) for values in batch)


def conservation(tables: duckdb.DuckDBPyConnection, manifest: Row) -> Law:
    """Every passage has one fate, every record one kept occurrence, and the counts add up."""
    law = Law("conservation")

    def number(query: str) -> int:
        return int(tables.execute(query).fetchall()[0][0] or 0)

    for fact, query in {
        "documents": "select count(*) from documents",
        "occurrences": "select count(*) from occurrences",
        "records": "select count(*) from records",
        "filtered": "select count(*) from occurrences where fate = 'filtered'",
    }.items():
        law.count(fact, number(query))
    total = number("select sum(n_occurrences) from records") + law.facts["filtered"]
    law.require(total == law.facts["occurrences"], f"records and filtered make {total} occurrences")
    none = {
        "a fate that is none": (
            "select count(*) from occurrences where fate not in ('kept', 'exact', 'near', 'filtered')"
        ),
        "no record, or a filtered one with a record": (
            "select count(*) from occurrences where (record_id is null) != (fate = 'filtered')"
        ),
        "an unknown record": (
            "select count(*) from occurrences anti join records using (record_id) where fate != 'filtered'"
        ),
        "an unknown document": "select count(*) from occurrences anti join documents using (document_id)",
        "counts that differ": """
            select count(*) from records left join (
                select record_id, count(*) as n, count(distinct document_id) as d, min(similarity) as s,
                    count(*) filter (fate = 'kept') as k
                from occurrences group by record_id) using (record_id)
            where n is distinct from n_occurrences or d is distinct from n_documents
                or s is distinct from min_similarity or k is distinct from 1""",
        "n_passages that differ": """
            select count(*) from documents left join (
                select document_id, count(*) as n from occurrences group by document_id) using (document_id)
            where coalesce(n, 0) != n_passages""",
        "repeated ids": """
            select (select count(*) - count(distinct occurrence_id) from occurrences)
                + (select count(*) - count(distinct record_id) from records)
                + (select count(*) - count(distinct document_id) from documents)""",
        "passages of a document with a problem": (
            "select count(*) from occurrences join documents using (document_id) where problem is not null"
        ),
        "sources that are not the record's, or not the kept one first": """
            select count(*) from (
                select record_id, sources[1].occurrence_id as first, len(sources) as n,
                    unnest(sources).occurrence_id as occurrence_id, n_occurrences from records
            ) s left join occurrences o using (occurrence_id)
            where o.record_id is distinct from s.record_id or (first = occurrence_id) != (fate = 'kept')
                or n != least(64, n_occurrences)""",
    }
    for what, query in none.items():
        wrong = number(query)
        law.require(not wrong, f"{wrong} rows with {what}")
    for name, stated in manifest["counts"].items():
        law.require(law.facts.get(name, stated) == stated, f"the manifest counts {stated} {name}")
    return law


def traceability(tables: duckdb.DuckDBPyConnection, raw: Path) -> Law:
    """Each document is as it was, and its passages are all that is in it."""
    law = Law("traceability")
    seen = set()
    passages = rows(
        tables,
        'select path, spans, start, "end", line_start, line_end, text from passages order by path, member, ordinal',
    )
    passage = next(passages, None)
    for document in rows(tables, "select * from documents order by path, member"):
        mine = []
        while passage is not None and passage["path"] == document["path"]:
            mine.append(passage)
            passage = next(passages, None)
        law.count("documents")
        law.count("passages", len(mine))
        seen.add(on_disk(document["path"]))
        if document["sha256"] is None:
            law.require(not mine and document["problem"], f"{document['path']}: unread, but not a problem")
            continue
        check_document(law, document, mine, (os.fsencode(raw) + b"/" + on_disk(document["path"])))
    law.require(passage is None, "passages of no document")
    files = {file for file in walk(os.fsencode(raw)) if b"/." not in b"/" + file}
    law.count("files not read (by their names)", len(files - seen))
    law.require(not seen - files, f"{len(seen - files)} documents are no files")
    return law


def on_disk(path: str) -> bytes:
    """The bytes of a path: %XX stands for a byte."""
    return ESCAPED.sub(lambda match: bytes.fromhex(match[1].decode()), path.encode())


def walk(folder: bytes) -> Iterator[bytes]:
    """All files below the folder, relative to it."""
    for parent, _, names in os.walk(folder):
        for name in names:
            yield os.path.relpath(parent + b"/" + name, folder)


def check_document(law: Law, document: Row, passages: list[Row], file: bytes) -> None:
    """Read and decode it again, and look for its passages."""
    where = document["path"]
    with open(file, "rb") as handle:  # noqa: PTH123 - the name may not be text
        raw = handle.read()
    law.count("bytes", len(raw))
    law.require(hashlib.sha256(raw).hexdigest() == document["sha256"], f"{where}: other bytes")
    if document["problem"]:
        law.require(not passages, f"{where}: passages in a document with a problem")
        return
    bom = next((mark for mark in BOMS if raw.startswith(mark)), b"")
    text = raw[len(bom) :].decode(document["encoding"], document["decode_errors"])
    utf8 = text.encode()
    law.require(hashlib.sha256(utf8).hexdigest() == document["text_sha256"], f"{where}: other text")
    ends = [match.start() for match in LINE_END.finditer(utf8)]
    spans = []
    for passage in passages:
        pieces = [(span["start"], span["end"]) for span in passage["spans"]]
        spans += pieces
        at = f"{where}:{passage['line_start']}"
        found = b"".join(utf8[start:end] for start, end in pieces).decode(errors="replace")
        law.require("".join(found.split()) == "".join(passage["text"].split()), f"{at}: another text")
        law.require((passage["start"], passage["end"]) == (pieces[0][0], pieces[-1][1]), f"{at}: another hull")
        law.require(passage["line_start"] == 1 + bisect.bisect_left(ends, passage["start"]), f"{at}: another line")
        law.require(
            passage["line_end"] == 1 + bisect.bisect_left(ends, passage["end"] - 1),
            f"{at}: another last line",
        )
    before = 0
    for start, end in [*sorted(spans), (len(utf8), len(utf8))]:
        law.require(before <= start <= end <= len(utf8), f"{where}: spans overlap at {start}")
        between = utf8[before:start].decode(errors="replace")
        law.require(not between.strip(), f"{where}: {between.strip()[:40]!r} is in no passage")
        before = end


def identity(tables: duckdb.DuckDBPyConnection) -> Law:
    """Ids are what hashlib makes of the things."""
    law = Law("ids")
    for record in rows(tables, "select record_id, text from records"):
        law.count("records")
        law.require(record["record_id"] == oracles.record_id(record["text"]), f"{record['record_id']}: another id")
    repeated: dict[tuple[str, str], int] = {}
    for row in rows(tables, "select * from passages order by path, member, ordinal"):
        law.count("occurrences")
        content = folded(row["text"])
        key = row["document_id"], content
        repeated[key] = repeated.get(key, -1) + 1
        expected = oracles.occurrence_id(row["document_id"], content, repeated[key])
        law.require(row["occurrence_id"] == expected, f"{row['occurrence_id']}: another id")
        law.require(
            row["document_id"] == oracles.document_id(row["path"], row["member"]),
            f"{row['path']}: another id",
        )
    return law


@cache
def folded(text: str) -> str:
    """The normalized text."""
    return normalize(text)


def direct_similarity(tables: duckdb.DuckDBPyConnection, threshold: Decimal) -> Law:
    """Each merge by itself."""
    law = Law("direct similarity")
    known: dict[tuple[str, str], oracles.Match | None] = {}
    for row in rows(tables, "select * from passages where fate != 'filtered'"):
        left, right = folded(row["text"]), folded(row["record_text"])
        law.count(row["fate"])
        if row["fate"] != "near":
            law.require(left == right and row["similarity"] == 1, f"{row['occurrence_id']}: not equal")
            continue
        if (left, right) not in known:
            known[left, right] = oracles.match(left, right, threshold)
        found = known[left, right]
        law.require(found, f"{row['occurrence_id']}: below the threshold")
        law.require(found is None or found.stored == row["similarity"], f"{row['occurrence_id']}: another similarity")
        law.require(left != right, f"{row['occurrence_id']}: equal, but near")
    law.count("different near pairs", len(known))
    return law


def no_repeats(tables: duckdb.DuckDBPyConnection, manifest: Row, threshold: Decimal, sample: int) -> Law:
    """All pairs of some records by the measure; those that match must not share a bucket, by datasketch."""
    law = Law("no repeats")
    settings, sketch = manifest["settings"], manifest["sketch"]
    # Of families of variants only the heads: the others are alike on purpose.
    heads = "select text from records where coalesce(variant_group, record_id) = record_id order by record_id"
    texts = [folded(row["text"]) for row in rows(tables, heads)]
    described = [oracles.describe(text) for text in texts]
    able = [
        text
        for text, about in zip(texts, described, strict=True)
        if about.weight >= settings["min_near_chars"] and about.has_content
    ]
    chosen = random.Random(1).sample(able, min(sample, len(able)))
    left, right, measured = matching_pairs(chosen, threshold)
    how = (sketch["shingle"], sketch["shingle_size"], sketch["shingle_size_unspaced"])

    @cache
    def signature(at: int) -> Any:
        return oracles.minhash(oracles.shingles(chosen[at], *how), sketch["permutations"], sketch["seed"])

    law.count("records", len(chosen))
    law.count("pairs measured", measured)
    law.count("at or above the threshold", len(left))
    for one, two in zip(left.tolist(), right.tolist(), strict=True):
        shared = oracles.share_bucket(signature(one), signature(two), sketch["bands"], sketch["rows"])
        law.count("of them in a shared bucket", int(shared))
        law.require(not shared, f"{oracles.record_id(chosen[one])} and {oracles.record_id(chosen[two])} are alike")
    return law


if __name__ == "__main__":
    main()
