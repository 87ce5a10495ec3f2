"""Whether files that were taken down are gone: no passage that only they held is in any table, build, shard or list.

The files are cut into passages as the corpus was. A passage that another document of the corpus holds too may stay; any
other must not be found, whether the manifest names the place or not: whatever Parquet or Arrow file lies in the corpus
or its cache is read whole.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from corpuskit import buffers, hashing, raw
from corpuskit.checks.columns import hex_words
from corpuskit.checks.files import batches
from corpuskit.checks.findings import Finding, Findings
from corpuskit.corpus import Corpus, open_corpus
from corpuskit.errors import CorpusError, CorpuskitError
from corpuskit.kernels.types import Flags, Words
from corpuskit.prepare import prepare_files
from corpuskit.settings import Settings, make
from corpuskit.stages.normalize import normalize
from corpuskit.store import Cache, locate

_JOB_BYTES: Final = 8 << 20
_JOB_FILES: Final = 2_000
_RECORD_IDS: Final = frozenset({"record_id", "variant_group", "left_record", "right_record"})


@dataclass(frozen=True)
class Absence:
    """What was looked for, and where: `elsewhere` passages are held by other documents too, and may stay."""

    files: int
    passages: int
    elsewhere: int
    places: int
    findings: list[Finding]


def check_absent(curated: str | os.PathLike[str], absent: str | os.PathLike[str], cache: str = "") -> Absence:
    """Look for the file `absent`, or all files in that folder, in the corpus `curated` and in its cache.

    `cache` is the setting of that name. Raises CorpusError when there is no corpus, RawError when a folder cannot be
    listed; a file that cannot be read is a finding.
    """
    corpus = open_corpus(curated)
    settings = _settings(corpus)
    findings = Findings()
    taken = _Taken(Path(absent), settings, findings)
    passages = len(taken.hashes)
    elsewhere = _held_elsewhere(corpus, taken, findings)
    taken.forget(elsewhere)
    places = 0
    for place, table in _tables(corpus.path, locate(corpus.path, cache), findings):
        places += 1
        for found in _found(table, taken):
            findings.add("absent", f"{found}; `corpuskit ingest` takes it out", path=place)
    return Absence(taken.files, passages, int(elsewhere.sum()), places, findings.of("absent"))


def _settings(corpus: Corpus) -> Settings:
    try:
        return make(corpus.manifest["settings"])
    except (CorpuskitError, KeyError, TypeError, ValueError) as error:
        raise CorpusError(f"{corpus.path}: the manifest's settings are not valid: {error}") from None


class _Taken:
    """What was taken down: the hashes of its bytes (hex), and of its passages (uint64[n, 2], sorted)."""

    def __init__(self, place: Path, settings: Settings, findings: Findings) -> None:
        folder, files = _inventory(place)
        self.files = len(files)
        self.sha256: set[str] = set()
        pieces = [np.zeros((0, 2), dtype=np.uint64)]
        for batch in raw.batches(files, max_bytes=_JOB_BYTES, max_files=_JOB_FILES):
            shard = prepare_files(folder, batch, settings)
            for path, problem in zip(*(shard.documents[name].to_pylist() for name in ("path", "problem")), strict=True):
                if problem and problem.startswith(("unreadable", "vanished", "too_large")):
                    findings.add("absent", f"cannot be read, so not looked for: {problem}", path=path)
            self.sha256.update(shard.documents["sha256"].drop_null().to_pylist())
            pieces.append(hashing.hash_texts(normalize(shard.passages["text"]), hashing.RECORD))
        self.hashes: Words = np.unique(np.concatenate(pieces), axis=0)

    def among(self, hashes: Words) -> Flags:
        """Which of some hashes (uint64[n, 2]) are those of passages taken down."""
        found: Flags = np.isin(hashes[:, 0], self.hashes[:, 0])
        known = {pair.tobytes() for pair in self.hashes}
        for row in np.flatnonzero(found).tolist():
            found[row] = hashes[row].tobytes() in known
        return found

    def forget(self, which: Flags) -> None:
        """Look for some passages no longer."""
        self.hashes = self.hashes[~which]


def _inventory(place: Path) -> tuple[Path, pa.Table]:
    """The folder of the files, and INVENTORY of them."""
    if place.is_dir():
        return place, raw.scan(place, include=("*",), ignore=()).files
    try:
        info = place.stat()
    except OSError as error:
        raise CorpusError(
            f"{place}: {os.strerror(error.errno or 0)}: a copy of what was taken down is needed"
        ) from None
    row = [raw.escape(os.fsencode(place.name)), info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino]
    columns = [pa.array([value], field.type) for value, field in zip(row, raw.INVENTORY, strict=True)]
    return place.parent, pa.table(columns, schema=raw.INVENTORY)


def _held_elsewhere(corpus: Corpus, taken: _Taken, findings: Findings) -> Flags:
    """Which of the passages stand in documents of the corpus that have other bytes."""
    others: set[str] = set()
    for documents in batches(corpus, "documents", findings, ["document_id", "sha256"]):
        rows = zip(*(documents[name].to_pylist() for name in ("document_id", "sha256")), strict=True)
        others.update(document for document, sha256 in rows if sha256 not in taken.sha256)
    held: set[bytes] = set()
    for table in batches(corpus, "occurrences", findings, ["document_id", "record_id", "text"]):
        hashes = _content_hashes(table)
        for row in np.flatnonzero(taken.among(hashes)).tolist():
            if table["document_id"][row].as_py() in others:
                held.add(hashes[row].tobytes())
    return np.array([pair.tobytes() in held for pair in taken.hashes], dtype=np.bool_)


def _content_hashes(occurrences: pa.Table) -> Words:
    """The hash of each passage's normalized text: its record's id, where it has the record's text."""
    hashes = hex_words(occurrences["record_id"].fill_null("0" * 32))[0].copy()
    own = np.flatnonzero(buffers.numbers(occurrences["text"].is_valid()))
    texts = occurrences["text"].take(pa.array(own)).cast(pa.large_string())
    hashes[own] = hashing.hash_texts(normalize(texts), hashing.RECORD)
    return hashes


def _tables(curated: Path, cache: Path, findings: Findings) -> Iterator[tuple[str, pa.Table]]:
    """All that is in Parquet and Arrow files below the two folders, in pieces, each with its place."""
    for file in sorted(curated.rglob("*.parquet")):
        place = file.relative_to(curated).as_posix()
        try:
            with pq.ParquetFile(file) as parquet:
                for batch in parquet.iter_batches():
                    yield place, pa.Table.from_batches([batch])
        except (OSError, pa.ArrowException) as error:
            findings.add("absent", f"cannot be read, so not looked into: {error}", path=place)
    for file in sorted(cache.rglob("*.arrow")):
        place = file.relative_to(cache.parent).as_posix()
        try:
            with pa.memory_map(str(file)) as source:
                yield place, pa.ipc.open_file(source).read_all()
        except (OSError, pa.ArrowException) as error:
            findings.add("absent", f"cannot be read, so not looked into: {error}", path=place)
    with suppress(OSError):
        if (index := Cache(cache).load()) is not None:
            yield f"{cache.name}/index", index.files


def _found(table: pa.Table, taken: _Taken) -> Iterator[str]:
    """What of it a table holds, in words."""
    for name in table.column_names:
        column = table[name]
        if name == "sha256":
            bytes_of = sum(value in taken.sha256 for value in column.to_pylist())
            if bytes_of:
                yield f"the very bytes of what was taken down, in {_rows(bytes_of)}"
            continue
        if name in _RECORD_IDS:
            hashes = hex_words(column.drop_null())[0]
        elif name == "content_hash":
            hashes = buffers.hash_words(column)
        elif name == "text":
            hashes = hashing.hash_texts(normalize(column.drop_null().cast(pa.large_string())), hashing.RECORD)
        elif name == "normalized":
            hashes = hashing.hash_texts(column, hashing.RECORD)
        else:
            continue
        if count := int(taken.among(hashes).sum()):
            yield f"`{name}` of a passage taken down, in {_rows(count)}"


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"
