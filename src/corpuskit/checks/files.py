"""The manifest against the files: whole, of one build, in the published schema; and reading their rows."""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from corpuskit import schema
from corpuskit.checks.findings import Findings
from corpuskit.corpus import Corpus, checksum, is_inside
from corpuskit.errors import CorpuskitError, SettingsError
from corpuskit.settings import Settings, make

FACTS: Final = (
    "schema_version",
    "version",
    "code_digest",
    "settings_digest",
    "inventory_digest",
    "sketch",
    "environment",
)
"""What the build digest covers; each file carries these and `build` in its metadata, as `corpuskit.<key>`."""

_KEYS: Final = ("build", *FACTS, "raw", "settings", "counts", "tables", "checksum")
_BATCH_ROWS: Final = 65_536


class UnreadableTableError(CorpuskitError):
    """A table cannot be read to its end; the finding has been made."""


def check_files(corpus: Corpus, findings: Findings) -> bool:
    """Check the manifest, the files that it lists and their schemas; return whether rows can be read."""
    missing = [key for key in _KEYS if key not in corpus.manifest]
    if missing:
        findings.add("manifest", f"the manifest lacks {', '.join(missing)}")
        return False
    if corpus.manifest["checksum"] != checksum(corpus.manifest):
        findings.add("manifest", "the manifest's checksum is not that of what it says; `corpuskit ingest` renews it")
    _check_build(corpus.manifest, findings)
    sound = True
    for table in schema.PUBLISHED:
        entries = corpus.manifest["tables"].get(table)
        if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
            findings.add("manifest", f"the manifest lists no file of the table {table}")
            sound = False
            continue
        readable = [_check_file(corpus, table, entry, findings) for entry in entries]
        sound &= all(readable)
        if readable == [True]:
            _check_link(corpus, table, findings)
    return sound


def settings_of(corpus: Corpus, findings: Findings) -> Settings | None:
    """The settings in the manifest, if they are valid and the ones that its digest names."""
    try:
        settings = make(corpus.manifest["settings"])
    except (SettingsError, TypeError, ValueError) as error:
        findings.add("manifest", f"the manifest's settings are not valid: {error}")
        return None
    if settings.digest != corpus.manifest["settings_digest"]:
        findings.add("manifest", "the manifest's settings are not those of its settings_digest")
    sketch = corpus.manifest["sketch"]
    names = ("seed", "permutations", "shingle", "shingle_size", "shingle_size_unspaced", "bands", "rows")
    told = sketch if isinstance(sketch, dict) else {}
    differing = [name for name in names if told.get(name) != getattr(settings, name)]
    if differing:
        findings.add("manifest", f"the sketch is not that of the settings: {', '.join(differing)}")
    return settings


def _check_build(manifest: Mapping[str, Any], findings: Findings) -> None:
    facts = {key: _plain(manifest[key]) for key in FACTS}
    build = hashlib.blake2b(json.dumps(facts, sort_keys=True).encode(), digest_size=16).hexdigest()
    if build != manifest["build"]:
        findings.add("manifest", "the build digest is not that of the versions, settings and inventory beside it")


def _plain(value: Any) -> str:
    """A fact of the manifest as the files' metadata have it."""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def _check_file(corpus: Corpus, table: str, entry: Mapping[str, Any], findings: Findings) -> bool:
    """Check one file of a table; return whether its rows can be read."""
    name = str(entry.get("path"))
    if not is_inside(entry.get("path")):
        findings.add("manifest", f"{table}: {name} is not a path inside the corpus")
        return False
    path = corpus.path / name
    try:
        with path.open("rb") as handle:
            size = os.fstat(handle.fileno()).st_size
            digest = hashlib.file_digest(handle, "sha256").hexdigest()
    except OSError as error:
        findings.add("manifest", f"{table}: cannot be read: {os.strerror(error.errno or 0)}", path=name, base="curated")
        return False
    if size != entry.get("size_bytes"):
        findings.add(
            "manifest", f"{table}: {size} bytes, the manifest says {entry.get('size_bytes')}", path=name, base="curated"
        )
    if digest != entry.get("sha256"):
        findings.add("manifest", f"{table}: its SHA-256 is not the manifest's", path=name, base="curated")
    try:
        with pq.ParquetFile(path) as file:
            return _check_footer(corpus, table, entry, file, findings)
    except (OSError, pa.ArrowException) as error:
        findings.add("manifest", f"{table}: not readable as Parquet: {error}", path=name, base="curated")
        return False


def _check_footer(
    corpus: Corpus, table: str, entry: Mapping[str, Any], file: pq.ParquetFile, findings: Findings
) -> bool:
    name = entry["path"]
    if file.metadata.num_rows != entry.get("rows"):
        findings.add(
            "manifest",
            f"{table}: {file.metadata.num_rows} rows, the manifest says {entry.get('rows')}",
            path=name,
            base="curated",
        )
    found = file.schema_arrow.metadata or {}
    for key in ("build", *FACTS):
        if found.get(f"corpuskit.{key}".encode()) != _plain(corpus.manifest[key]).encode("utf-8", "surrogatepass"):
            findings.add("manifest", f"{table}: the file's {key} is not the manifest's", path=name, base="curated")
    problem = _schema_problem(file.schema_arrow, schema.PUBLISHED[table])
    if problem:
        findings.add("schema", f"{table}: {problem}", path=name, base="curated")
    return not problem


def _schema_problem(found: pa.Schema, expected: pa.Schema) -> str | None:
    """How two schemas differ, the first difference; file-level metadata aside."""
    if found.names != expected.names:
        lacking = [name for name in expected.names if name not in found.names]
        extra = [name for name in found.names if name not in expected.names]
        if lacking or extra:
            return "; ".join(
                f"{what} {', '.join(names)}" for what, names in (("lacks", lacking), ("has unknown", extra)) if names
            )
        return "its columns are in another order"
    for ours, published in zip(found, expected, strict=True):
        if ours.type != published.type:
            return f"{ours.name} is {ours.type}, not {published.type}"
        if ours.nullable != published.nullable:
            return f"{ours.name} is {'' if ours.nullable else 'not '}nullable"
        if (ours.metadata or {}) != (published.metadata or {}):
            return f"{ours.name} does not carry the published description"
    return None


def _check_link(corpus: Corpus, table: str, findings: Findings) -> None:
    """The convenience copy of a table's only file: a hard link to it, or a file of the same build."""
    name = f"{table}.parquet"
    link = corpus.path / name
    file = corpus.files(table)[0]
    try:
        if link.samefile(file):
            return
        if (link.stat().st_size, _sha256(link)) == (file.stat().st_size, _sha256(file)):
            return
        findings.add(
            "links_stale",
            "not the file that the manifest lists; `corpuskit ingest` renews it",
            path=name,
            base="curated",
        )
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        findings.add(
            "links_stale", f"cannot be read: {reason}; `corpuskit ingest` renews it", path=name, base="curated"
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def batches(corpus: Corpus, table: str, findings: Findings, columns: list[str] | None = None) -> Iterator[pa.Table]:
    """The rows of a table in pieces of at most a row group, each valid throughout (UTF-8, offsets).

    Raises UnreadableTableError, with the finding made, where a file is damaged.
    """
    for path, entry in zip(corpus.files(table), corpus.manifest["tables"][table], strict=True):
        try:
            with pq.ParquetFile(path, page_checksum_verification=True) as file:
                for batch in file.iter_batches(batch_size=_BATCH_ROWS, columns=columns):
                    batch.validate(full=True)
                    yield pa.Table.from_batches([batch])
        except (OSError, pa.ArrowException) as error:
            findings.add("manifest", f"{table}: its rows cannot be read: {error}", path=entry["path"], base="curated")
            raise UnreadableTableError(str(error)) from None
