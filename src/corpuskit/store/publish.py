"""Publish a build: the one step that makes it the corpus, and what goes with it.

The order keeps the promise: the tables are on disk before their folder takes its name, that name before the manifest
says it, and the manifest before anything of the old build goes.
"""

import itertools
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any, Final

from corpuskit import schema
from corpuskit.corpus import MANIFEST as MANIFEST
from corpuskit.corpus import Corpus, checksum
from corpuskit.store import files

BUILDS: Final = ".builds"
RUN: Final = "run.json"


@contextmanager
def staging(curated: Path) -> Iterator[Path]:
    """A folder to write a build into; removed unless `publish` moved it. What dead runs left goes first."""
    builds = curated / BUILDS
    builds.mkdir(exist_ok=True)
    files.remove(builds.glob(".staging-*"))
    folder = Path(tempfile.mkdtemp(prefix=".staging-", dir=builds))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def publish(curated: Path, staged: Path, manifest: Mapping[str, Any], run: Mapping[str, Any]) -> None:
    """Make the staged build the corpus: move it in place, replace the manifest, refresh links, drop old builds.

    `manifest` needs its key `build`; the list of table files is added here. `run` is what only this run knows.
    """
    found = {name: _describe(staged / f"{name}.parquet") for name in schema.PUBLISHED}
    build = _place(curated / BUILDS, str(manifest["build"]), found)
    if not build.exists():
        staged.chmod(0o755)
        files.sync(staged)
        staged.rename(build)
        files.sync(build.parent)
    tables = {
        name: [{"path": f"{BUILDS}/{build.name}/{name}.parquet", **described}] for name, described in found.items()
    }
    whole = {**manifest, "tables": tables}
    files.replace(curated / MANIFEST, _json({**whole, "checksum": checksum(whole)}))
    tidy(curated, build)
    files.replace(curated / RUN, _json(run))


def tidy(curated: Path, build: Path) -> None:
    """Bring what stands beside the manifest up to it: links to its build, and nothing of other builds or dead runs."""
    for name in schema.PUBLISHED:
        file, beside = build / f"{name}.parquet", curated / f"{name}.parquet"
        if not _is_link_to(file, beside):
            files.link(file, beside)
    files.remove(old for old in (curated / BUILDS).iterdir() if old != build)
    files.remove(curated.glob(".*.new"))


def published(corpus: Corpus, build: str) -> Path | None:
    """The folder of the corpus's build, if it is that one, all on disk as it was written; else None."""
    tables = corpus.manifest["tables"]
    if corpus.manifest.get("checksum") != checksum(corpus.manifest):
        return None
    if corpus.manifest["build"] != build or set(tables) != set(schema.PUBLISHED):
        return None
    try:
        folder = PurePosixPath(tables["records"][0]["path"]).parent.name
        listed = {name: [entry["path"] for entry in entries] for name, entries in tables.items()}
        expected = {name: [f"{BUILDS}/{folder}/{name}.parquet"] for name in tables}
        whole = all(_is_whole(corpus.path / paths[0], tables[name][0]) for name, paths in expected.items())
    except (IndexError, KeyError, TypeError, ValueError):
        return None
    return corpus.path / BUILDS / folder if whole and listed == expected else None


def _place(builds: Path, digest: str, tables: Mapping[str, Mapping[str, Any]]) -> Path:
    """Where a build goes: a name that is free, or that holds the same files already.

    A build that the manifest names is never moved: until the manifest is replaced it is the corpus, even when damaged.
    """
    for suffix in itertools.count():
        build = builds / (f"{digest}-{suffix}" if suffix else digest)
        if not build.exists() or all(_is_whole(build / f"{name}.parquet", tables[name]) for name in tables):
            return build
    raise AssertionError("numbers do not end")


def _is_whole(file: Path, described: Mapping[str, Any]) -> bool:
    """Whether a file is what the manifest says of it."""
    try:
        return file.stat().st_size == int(described["size_bytes"]) and files.sha256(file) == str(described["sha256"])
    except OSError:
        return False


def _is_link_to(file: Path, name: Path) -> bool:
    try:
        return name.samefile(file)
    except OSError:
        return False


def _describe(file: Path) -> dict[str, Any]:
    from pyarrow.parquet import read_metadata  # a run that publishes nothing does without

    with file.open("rb") as handle:
        os.fsync(handle.fileno())
    return {"sha256": files.sha256(file), "size_bytes": file.stat().st_size, "rows": read_metadata(file).num_rows}


def _json(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()
