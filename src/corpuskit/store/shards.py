"""Shards on disk: a folder each, written by whoever prepares them, mapped by whoever needs them."""

import json
from pathlib import Path
from typing import Final

import pyarrow as pa

from corpuskit.memory import IN_MEMORY, Memory
from corpuskit.shards import Shard
from corpuskit.store import files

_TABLES: Final = ("documents", "passages", "contents")
_ARRAYS: Final = ("band_keys", "sketches", "bags")
LIST: Final = "files.arrow"
SUMS: Final = "sums.json"


def write_job(folder: Path, listed: pa.Table) -> None:
    """Make a job's folder, with the list of its files (`incremental.JOB`)."""
    folder.mkdir()
    files.write_arrow(folder / LIST, listed)


def read_file_list(folder: Path) -> pa.Table:
    """The list of files of a job."""
    return IN_MEMORY.map_table(folder / LIST)


def write_shard(folder: Path, shard: Shard) -> None:
    """Write a shard into its job's folder, and the checksums of its files."""
    for name in _TABLES:
        files.write_arrow(folder / f"{name}.arrow", getattr(shard, name))
    for name in _ARRAYS:
        files.write_array(folder / f"{name}.npy", getattr(shard, name))
    written = [f"{name}.arrow" for name in _TABLES] + [f"{name}.npy" for name in _ARRAYS]
    sums = {name: files.checksum(folder / name) for name in written}
    (folder / SUMS).write_text(json.dumps(sums), encoding="utf-8")


def read_sums(folder: Path) -> dict[str, str]:
    """The checksums of a new shard's files; this and the list of files go, now that the index tells all."""
    sums: dict[str, str] = json.loads((folder / SUMS).read_text(encoding="utf-8"))
    files.remove([folder / SUMS, folder / LIST])
    return sums


def read_shard(folder: Path, memory: Memory = IN_MEMORY) -> Shard:
    """A shard, mapped: nothing is read until it is used."""
    tables = [memory.map_table(folder / f"{name}.arrow") for name in _TABLES]
    return Shard(*tables, *(memory.map_array(folder / f"{name}.npy") for name in _ARRAYS))


def read_cached(job: Path, name: str) -> Shard:
    """A shard of the cache, for a job in a run's scratch there."""
    return read_shard(job.parent.parent / name)
