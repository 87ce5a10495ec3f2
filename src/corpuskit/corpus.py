"""A finished corpus, opened through its manifest: never written, never repaired."""

import hashlib
import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from corpuskit import schema
from corpuskit.errors import CorpusError
from corpuskit.raw import unescape

if TYPE_CHECKING:
    import pyarrow.dataset as ds

MANIFEST: Final = "manifest.json"
_KEYS: Final = {"build": str, "raw": str, "tables": dict, "counts": dict}


_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_SOUND: Final[Mapping[str, Callable[[Any], bool]]] = {
    "raw": lambda raw: not _SURROGATE.search(raw) and b"\0" not in unescape(raw),
    "counts": lambda counts: all(type(count) is int for count in counts.values()),
}
"""What else must hold, so that nothing that reads the manifest has to ask again."""


@dataclass(frozen=True)
class Corpus:
    """The tables of a corpus as Arrow datasets: lazy, filtered and projected on reading.

    `corpus.records.to_table(columns=["text"])` reads one column; `manifest` tells settings, versions and checksums. The
    files are those of one build: when a run publishes another, open the corpus again.
    """

    path: Path
    manifest: Mapping[str, Any]

    @cached_property
    def documents(self) -> "ds.Dataset":
        """One row for each document in raw/, good or bad."""
        return self._dataset("documents")

    @cached_property
    def occurrences(self) -> "ds.Dataset":
        """One row for each passage found, in document order."""
        return self._dataset("occurrences")

    @cached_property
    def records(self) -> "ds.Dataset":
        """One row for each distinct passage: the clean text."""
        return self._dataset("records")

    @cached_property
    def links(self) -> "ds.Dataset":
        """Relations between records that are not merges."""
        return self._dataset("links")

    @property
    def raw(self) -> Path:
        """Where the raw files were, as the manifest names it relative to the corpus."""
        return self.path / os.fsdecode(unescape(self.manifest["raw"]))

    def files(self, table: str) -> list[Path]:
        """The Parquet files of a table. Raises CorpusError when the manifest does not list them as it should."""
        entries = self.manifest["tables"].get(table)
        if not are_files(entries):
            raise CorpusError(f"{self.path / MANIFEST}: damaged: no valid list of the files of {table}; {_AGAIN}")
        return [self.path / entry["path"] for entry in entries]

    def _dataset(self, table: str) -> "ds.Dataset":
        import pyarrow.dataset as ds  # brings pandas where it is installed: a quarter of a second

        try:
            return ds.dataset(
                [str(file) for file in self.files(table)], schema=schema.PUBLISHED[table], format="parquet"
            )
        except (OSError, pa.ArrowInvalid) as error:
            raise CorpusError(
                f"{self.path}: the table {table} cannot be read: {error}; run `corpuskit check`"
            ) from None


def checksum(manifest: Mapping[str, Any]) -> str:
    """BLAKE2b of what a manifest says, but for its own `checksum`: 32 hex characters."""
    said = {key: value for key, value in manifest.items() if key != "checksum"}
    return hashlib.blake2b(json.dumps(said, sort_keys=True).encode(), digest_size=16).hexdigest()


def are_files(entries: object) -> bool:
    """Whether the manifest's entry of a table lists files, at least one, all of them inside of the corpus."""
    return (
        isinstance(entries, list)
        and len(entries) > 0
        and all(isinstance(entry, dict) and is_inside(entry.get("path")) for entry in entries)
    )


def is_inside(name: object) -> bool:
    """Whether a name of the manifest is that of a file, and leads nowhere else than below the corpus."""
    if not isinstance(name, str) or "\0" in name or _SURROGATE.search(name):
        return False
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts


_AGAIN: Final = "run `corpuskit ingest` again"


def open_corpus(curated: str | os.PathLike[str] = "curated") -> Corpus:
    """Open the corpus in the folder `curated`, or the one of a manifest: a file with its tables beside it.

    Raises CorpusError when there is none, or when it was written by a version that this one cannot read.
    """
    given = Path(curated)
    file = given if given.is_file() else given / MANIFEST
    path = file.parent
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CorpusError(f"{path}: no corpus here (no {MANIFEST}); make one with `corpuskit ingest`") from None
    except OSError as error:
        raise CorpusError(f"{file}: {os.strerror(error.errno or 0)}") from None
    except (ValueError, RecursionError) as error:
        raise CorpusError(f"{file}: not valid JSON: {error}; {_AGAIN}") from None
    found = manifest.get("schema_version") if isinstance(manifest, dict) else None
    if not isinstance(found, str) or found.split(".")[0] != schema.SCHEMA_VERSION.split(".")[0]:
        raise CorpusError(
            f"{path}: written with schema version {found}, this corpuskit reads {schema.SCHEMA_VERSION}; {_AGAIN}"
        )
    missing = [key for key, kind in _KEYS.items() if not isinstance(manifest.get(key), kind)]
    missing += [key for key, sound in _SOUND.items() if key not in missing and not sound(manifest[key])]
    if missing:
        raise CorpusError(f"{file}: damaged: no valid `{missing[0]}`; {_AGAIN}")
    return Corpus(path, manifest)
