"""Arrays that take longer to make than to load, kept on disk beside the compiled kernels.

They are made of Python's Unicode data by code of ours, and a file is named after both. What is damaged is made anew,
and where nothing can be written they are made in each process.
"""

import hashlib
import io
import os
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import numpy as np
import xxhash

from corpuskit.kernels.compiled import cache_folder

_SUM_BYTES: Final = 16


def kept(name: str, sources: Iterable[str], make: Callable[[], tuple[Any, ...]]) -> tuple[Any, ...]:
    """What `make` gives, whose code is in the files `sources` (and among the kernels), read-only; loaded if kept."""
    path = _path(name, sources)
    arrays = _load(path) if path else None
    if arrays is None:
        arrays = make()
        if path:
            with suppress(OSError):
                _save(path, arrays)
    for array in arrays:
        array.flags.writeable = False
    return arrays


def _path(name: str, sources: Iterable[str]) -> Path | None:
    """The file; None where the sources are none, as in an archive."""
    made_of = hashlib.blake2b(f"{unicodedata.unidata_version} {sys.version}".encode(), digest_size=8)
    try:
        for source in sources:
            made_of.update(Path(source).read_bytes())
    except OSError:
        return None
    return cache_folder() / f"{name}-{made_of.hexdigest()}.arrays"


def _load(path: Path) -> tuple[Any, ...] | None:
    """The arrays in a file; None if there is none, or it is damaged."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    if xxhash.xxh3_128_digest(data[_SUM_BYTES:]) != data[:_SUM_BYTES]:
        return None
    arrays = []
    stream = io.BytesIO(data)
    stream.seek(_SUM_BYTES)
    try:
        while stream.tell() < len(data):
            arrays.append(np.lib.format.read_array(stream, allow_pickle=False))
    except (ValueError, EOFError):
        return None
    return tuple(arrays) or None


def _save(path: Path, arrays: tuple[Any, ...]) -> None:
    """Write a file in one step: other processes may be loading it, or writing it too."""
    stream = io.BytesIO()
    for array in arrays:
        np.lib.format.write_array(stream, array, allow_pickle=False)
    data = stream.getvalue()
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(xxhash.xxh3_128_digest(data) + data)
        Path(temporary).chmod(0o644)  # others may share the folder
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
