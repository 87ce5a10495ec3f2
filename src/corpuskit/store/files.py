"""What touches the disk: files that are replaced in one step, links, and checksums.

A file that is replaced is written aside, synced and renamed; then its folder is synced. So after a power cut the old
one or the new one is there, if the disk keeps what it was told to keep.
"""

import hashlib
import io
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import xxhash

_PIECE: Final = 1 << 20

MAPPED_PIECE: Final = 1 << 16
"""A file that is to be mapped is written in such pieces. Linux keeps in one piece what is written at once, and maps it
whole when any byte of it is looked at: up to 2 MB, instead of the 64 kB that it maps at least."""


def replace(path: Path, data: bytes) -> None:
    """Write a file so that readers see the old one or the new one, also after a power cut."""
    temporary = aside(path)
    try:
        with temporary.open("wb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync(path.parent)


def link(file: Path, name: Path) -> None:
    """A hard link that replaces what was there; a copy where links are not to be had."""
    temporary = aside(name)
    temporary.unlink(missing_ok=True)
    try:
        try:
            os.link(file, temporary)
        except OSError:
            shutil.copyfile(file, temporary)
        temporary.replace(name)
    finally:
        temporary.unlink(missing_ok=True)


def aside(path: Path) -> Path:
    """Where a file is written before it takes its name."""
    return path.with_name(f".{path.name}.new")


def sync(folder: Path) -> None:
    """Have the disk keep the names in a folder."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove(paths: Iterable[Path]) -> None:
    """Remove files and folders with all that is in them; what cannot be removed stays for the next run."""
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def write_arrow(path: Path, table: pa.Table) -> None:
    """Write a table as one batch."""
    with _InPieces(path, "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())


def write_array(path: Path, array: Any) -> None:
    """Write an array as `.npy`, row by row.

    numpy's own way through a C stream does not tell that the disk was full at the end.
    """
    whole = np.ascontiguousarray(array)
    with _InPieces(path, "wb") as file:
        np.lib.format.write_array_header_1_0(file, np.lib.format.header_data_from_array_1_0(whole))
        if whole.size:
            file.write(whole.data)


class _InPieces(io.FileIO):
    """A file that is to be mapped: written in pieces of MAPPED_PIECE."""

    def write(self, data: Any) -> int:
        """Write all of it."""
        left = memoryview(data).cast("B")
        size = len(left)
        while len(left):
            left = left[super().write(left[:MAPPED_PIECE]) :]
        return size


def checksum(path: Path) -> str:
    """XXH3 of a file, 16 hex characters: finds damage, and is several times as fast as a cryptographic hash."""
    digest = xxhash.xxh3_64()
    with path.open("rb", buffering=0) as handle:
        while piece := handle.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def sha256(path: Path) -> str:
    """SHA-256 of a file, hex."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
