"""What is in `raw/`: find the files to read, and read their bytes.

The idea: `scan` lists, sorted by path, what shall be read and counts what shall not; `batches` cuts the list;
`read_batch` reads one piece of it. Nothing here raises for a bad file or folder: it becomes a row with its
problem.

Paths are text, but on many systems names are bytes. Bytes that are not UTF-8 are written %XX; for the way
back a `%` that happens to stand before two hex digits is written %25, and every other `%` stays. Names are
never normalized: two that differ only in Unicode form are two files.
"""

import errno
import fnmatch
import hashlib
import heapq
import io
import os
import re
import stat
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from corpuskit import formats
from corpuskit.errors import RawError
from corpuskit.schema import SOURCES

INVENTORY: Final = pa.schema(
    [
        pa.field("path", pa.string(), nullable=False),
        pa.field("size_bytes", pa.int64(), nullable=False),
        pa.field("mtime_ns", pa.int64(), nullable=False),
        pa.field("ctime_ns", pa.int64(), nullable=False),
        pa.field("inode", pa.int64(), nullable=False),
    ]
)
"""What `scan` finds, a row for each file to read: one that is as in the last run says so of the file, too."""

# O_NOFOLLOW: a file that was swapped for a symbolic link since the scan must not lead out of raw/.
# O_NONBLOCK: opening one that was swapped for a FIFO must not wait for a writer.
_NO_LINKS: Final = getattr(os, "O_NOFOLLOW", 0)
_OPEN: Final = (
    os.O_RDONLY | _NO_LINKS | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
)

_READ_ATTEMPTS: Final = 2


@dataclass(frozen=True, slots=True)
class Inventory:
    """What a scan found.

    `files` has the schema INVENTORY, sorted by path. `skipped` counts what was left out, by reason: "hidden",
    "hidden folder", "ignored", "ignored folder" (folders are counted once, not looked into), "symlink",
    "special file", "name (.pdf)". `problems` are (path, problem) of what could not be looked at, for rows of
    `documents`; a folder's path ends in "/".
    """

    files: pa.Table
    skipped: Mapping[str, int]
    problems: Sequence[tuple[str, str]]


def scan(raw: Path, *, include: Sequence[str], ignore: Sequence[str], follow_symlinks: bool = False) -> Inventory:
    """List the files below `raw` that shall be read.

    Patterns are those of `fnmatch`, case matters, and they are tried on the path below `raw` (in which `*`
    spans folders) and on the bare name. `ignore` also takes out folders with all that is in them; a pattern
    that ends in "/" means folders alone. A file without an extension needs no `include`. Symbolic links are
    not followed unless `follow_symlinks`; then links to folders come last, by path, and a folder that has been
    looked into is not looked into again: so loops end, and links that fan out cost no more than their number.

    Raises RawError when `raw` is missing, not a folder, or cannot be listed.
    """
    included = _matcher(include)
    ignored = _matcher([pattern for pattern in ignore if not pattern.endswith("/")])
    ignored_folders = _matcher([pattern.rstrip("/") for pattern in ignore])
    rows: list[tuple[str, int, int, int, int]] = []
    skipped: Counter[str] = Counter()
    problems: list[tuple[str, str]] = []
    pending: list[tuple[bytes, str]] = [(os.fsencode(raw), "")]
    links: list[tuple[str, bytes]] = []
    seen: set[tuple[int, int]] = set()
    while pending or links:
        if pending:
            folder, prefix = pending.pop()
        else:
            prefix, folder = heapq.heappop(links)
        try:
            if follow_symlinks and not _is_new(folder, seen):
                skipped["folder read already"] += 1
                continue
            with os.scandir(folder) as entries:
                for entry in entries:
                    name = escape(entry.name)
                    path = prefix + name
                    try:
                        reason = _unwanted(entry, name, path, included, ignored, ignored_folders, follow_symlinks)
                        if reason:
                            skipped[reason] += 1
                        elif not entry.is_dir(follow_symlinks=follow_symlinks):
                            info = entry.stat(follow_symlinks=follow_symlinks)
                            rows.append((path, info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino))
                        elif entry.is_symlink():
                            heapq.heappush(links, (path + "/", entry.path))
                        else:
                            pending.append((entry.path, path + "/"))
                    except OSError as error:
                        problems.append((path, _problem(error)))
        except OSError as error:
            if not prefix:
                raise RawError(f"{raw}: {_reason(error)}") from None
            problems.append((prefix, _problem(error)))
    rows.sort()
    problems.sort()
    return Inventory(_table(rows), dict(sorted(skipped.items())), tuple(problems))


def batches(files: pa.Table, *, max_bytes: int, max_files: int) -> Iterator[pa.Table]:
    """Cut `files` (INVENTORY), in order: up to `max_bytes` and `max_files` a slice, at least one file."""
    ends = np.cumsum(files["size_bytes"].to_numpy())
    start = 0
    while start < len(ends):
        before = int(ends[start - 1]) if start else 0
        fitting = int(np.searchsorted(ends, before + max_bytes, side="right"))
        stop = max(start + 1, min(fitting, start + max_files))
        yield files.slice(start, stop - start)
        start = stop


def read_batch(raw: Path, files: pa.Table, *, max_document_bytes: int, follow_symlinks: bool = False) -> pa.Table:
    """Read `files` (INVENTORY) below `raw`: one row of SOURCES for each, in order.

    A file that cannot be read, or is larger than `max_document_bytes`, is a row with its problem and no
    bytes.
    """
    flags = _OPEN & ~_NO_LINKS if follow_symlinks else _OPEN
    inside: dict[bytes, bool] = {}
    root = os.fsencode(raw) + b"/"
    paths: list[str] = files["path"].to_pylist()
    sizes: list[int] = files["size_bytes"].to_pylist()
    times: list[int] = files["mtime_ns"].to_pylist()
    # One buffer for the whole batch, read into directly: the bytes exist once. Files that grew since they
    # were listed make it grow.
    data = bytearray(sum(size for size in sizes if size <= max_document_bytes))
    ends = np.zeros(len(paths) + 1, np.int64)
    problems: list[str | None] = []
    end = 0
    for row, path in enumerate(paths):
        problem: str | None = None
        try:
            file, listed = root + unescape(path), (sizes[row], times[row])
            if not follow_symlinks:
                _refuse_links(root, file, inside)
            sizes[row], problem = _read(file, flags, data, end, listed, max_document_bytes)
        except OSError as error:
            problem = _problem(error)
        if problem is None:
            end += sizes[row]
        ends[row + 1] = end
        problems.append(problem)
    return _sources(paths, sizes, _binary(data, ends, problems), problems)


def hash_files(
    raw: Path, files: pa.Table, *, max_document_bytes: int, follow_symlinks: bool = False
) -> list[tuple[str | None, str | None]]:
    """SHA-256 of `files` (INVENTORY) below `raw`, hex, or the problem that `read_batch` would have with each."""
    flags = _OPEN & ~_NO_LINKS if follow_symlinks else _OPEN
    inside: dict[bytes, bool] = {}
    root = os.fsencode(raw) + b"/"

    def hashed(path: str, size: int, time: int) -> tuple[str | None, str | None]:
        data = bytearray(min(size, max_document_bytes))
        try:
            file = root + unescape(path)
            if not follow_symlinks:
                _refuse_links(root, file, inside)
            found, problem = _read(file, flags, data, 0, (size, time), max_document_bytes)
        except OSError as error:
            return None, _problem(error)
        return (None, problem) if problem else (hashlib.sha256(memoryview(data)[:found]).hexdigest(), None)

    with ThreadPoolExecutor(2) as pool:  # reading and hashing let others run
        return list(pool.map(hashed, *(files[name].to_pylist() for name in ("path", "size_bytes", "mtime_ns"))))


def _refuse_links(root: bytes, file: bytes, inside: dict[bytes, bool]) -> None:
    """Raise FileNotFoundError when the file's folder is reached by a link; `inside` has the folders seen before."""
    folder = file[len(root) : file.rfind(b"/") + 1]
    if folder not in inside:
        inside[folder] = _is_inside(root, folder)
    if not inside[folder]:
        raise FileNotFoundError(errno.ENOENT, "")


def _is_inside(root: bytes, folder: bytes) -> bool:
    """Whether a folder below `root` (both end in "/") is reached without a link, which may be new since the scan."""
    return os.path.realpath(root + folder) == os.path.join(os.path.realpath(root), folder).rstrip(b"/")  # noqa: PTH118


def failed(problems: Sequence[tuple[str, str]]) -> pa.Table:
    """Rows of SOURCES for an inventory's `problems`."""
    texts = [problem for _, problem in problems]
    nothing = pa.nulls(len(problems), pa.large_binary())
    return _sources([path for path, _ in problems], [None] * len(problems), nothing, texts)


def escape(name: bytes) -> str:
    """A name or path as text: bytes that are not UTF-8 as %XX, and a `%` before two hex digits as %25."""
    text = name.decode("utf-8", "surrogateescape")
    if "%" in text:
        text = _AMBIGUOUS.sub("%25", text)
    if not text.isascii():
        text = _UNDECODABLE.sub(lambda match: f"%{ord(match[0]) - 0xDC00:02X}", text)
    return text


def unescape(path: str) -> bytes:
    """The bytes of a path as on disk: the inverse of the escaping that `scan` does."""
    data = path.encode("utf-8")
    return _ESCAPED.sub(lambda match: bytes.fromhex(match[1].decode("ascii")), data) if b"%" in data else data


_ESCAPED: Final = re.compile(rb"%([0-9A-Fa-f]{2})")
_AMBIGUOUS: Final = re.compile(r"%(?=[0-9A-Fa-f]{2})")
_UNDECODABLE: Final = re.compile(r"[\udc80-\udcff]")


_Matches = Callable[[str], object]


def _matcher(patterns: Sequence[str]) -> _Matches:
    """One compiled regular expression for all patterns: true for a text that matches any of them."""
    if not patterns:
        return re.compile(r"(?!)").match
    return re.compile("|".join(fnmatch.translate(pattern) for pattern in patterns)).match


def _unwanted(
    entry: "os.DirEntry[bytes]",
    name: str,
    path: str,
    included: _Matches,
    ignored: _Matches,
    ignored_folders: _Matches,
    follow_symlinks: bool,
) -> str:
    """Why the entry shall not be read, or looked into; empty when it shall."""
    if entry.is_dir(follow_symlinks=follow_symlinks):
        if name[0] == ".":
            return "hidden folder"
        return "ignored folder" if ignored_folders(path) or ignored_folders(name) else ""
    if name[0] == ".":
        return "hidden"
    if ignored(path) or ignored(name):
        return "ignored"
    if entry.is_symlink() and not follow_symlinks:
        return "symlink"
    dot = name.rfind(".")
    if dot > 0 and not (included(name) or included(path)):
        return f"name ({name[dot:]})"
    if entry.is_symlink():
        entry.stat()  # a link that leads nowhere is a problem, not a special file
    return "" if entry.is_file(follow_symlinks=follow_symlinks) else "special file"


def _is_new(folder: bytes, seen: set[tuple[int, int]]) -> bool:
    """Whether a folder, whatever its path, is not among `seen` (device and inode); now it is."""
    info = os.stat(folder)  # noqa: PTH116 - names are bytes
    before = len(seen)
    seen.add((info.st_dev, info.st_ino))
    return len(seen) > before


def _table(rows: Sequence[tuple[str, int, int, int, int]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(INVENTORY)
    arrays = [
        pa.array(columns[0], pa.string()),
        *(pa.array(map(_int64, column), pa.int64()) for column in columns[1:]),
    ]
    return pa.table(arrays, schema=INVENTORY)


def _int64(value: int) -> int:
    """`value` modulo 2**64, signed: inodes have 64 bits and no sign, times may lie beyond the year 2262."""
    return (value + (1 << 63)) % (1 << 64) - (1 << 63)


def _read(
    path: bytes, flags: int, data: bytearray, at: int, listed: tuple[int, int], limit: int
) -> tuple[int, str | None]:
    """Read the file, opened with `flags`, into `data` from `at` on; return its size and problem.

    What counts is that the bytes belong together: a file that is not as `listed` (size, time), or that
    changes under our eyes, gets a second chance and must then hold still.
    """
    size = 0
    for attempt in range(_READ_ATTEMPTS):
        with io.FileIO(os.open(path, flags), "rb") as file:
            before = os.fstat(file.fileno())
            size = before.st_size
            if not stat.S_ISREG(before.st_mode):
                return size, "unreadable: not a regular file"
            if size > limit:
                return size, f"too_large: {size} bytes"
            if at + size > len(data):
                data.extend(bytes(at + size - len(data)))
            whole = _fill(file, data, at, size)
            after = os.fstat(file.fileno())
        same = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
        expected = attempt > 0 or (size, _int64(before.st_mtime_ns)) == listed
        if whole and same and expected:
            return size, None
    return size, "vanished: changed while it was read"


def _fill(file: io.FileIO, data: bytearray, at: int, size: int) -> bool:
    """Read `size` bytes into `data` from `at` on; true when the file had exactly these."""
    with memoryview(data) as view:
        done = 0
        while done < size:
            got = file.readinto(view[at + done : at + size])
            if not got:
                return False
            done += got
    return not file.read(1)


def _problem(error: OSError) -> str:
    gone = error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ESTALE)
    return f"{'vanished' if gone else 'unreadable'}: {_reason(error)}"


def _reason(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else str(error)


def _binary(
    data: bytearray, ends: "np.ndarray[tuple[int], np.dtype[np.int64]]", problems: Sequence[str | None]
) -> pa.Array:
    """The column of bytes over `data`, without copying it; null where there is a problem."""
    good = np.array([problem is None for problem in problems], bool)
    validity = pa.py_buffer(np.packbits(good, bitorder="little"))
    buffers = [validity, pa.py_buffer(ends), pa.py_buffer(data)]
    return pa.LargeBinaryArray.from_buffers(pa.large_binary(), len(good), buffers)


def _sources(
    paths: Sequence[str], sizes: Sequence[int | None], raw: pa.Array, problems: Sequence[str | None]
) -> pa.Table:
    readers = [formats.reader(path) for path in paths]
    columns = {
        "path": paths,
        "member": pa.nulls(len(paths), pa.string()),
        "size_bytes": sizes,
        "media_type": [reader.media_type for reader in readers],
        "extractor": [reader.extractor for reader in readers],
        "raw": raw,
        "problem": problems,
    }
    return pa.table(columns, schema=SOURCES)
