"""One writer at a time: the system's lock on `curated/.lock`, and beside it who holds it.

The lock goes with the process that holds it, however that ends. Readers never look at it.
"""

import json
import os
import platform
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import filelock

from corpuskit.errors import WriteError
from corpuskit.store import files

LOCK: Final = ".lock"
HOLDER: Final = ".lock.json"

_LOOK_SECONDS: Final = 0.2


@contextmanager
def writing(curated: Path, *, wait: bool = False, note: Callable[[str], None] = lambda _: None) -> Iterator[bool]:
    """Hold the corpus folder for writing, and create it if need be; tells whether that took waiting.

    Where another run holds it, `wait` waits for that to end, and says so by `note`. Raises WriteError when it cannot
    be written to, when another run holds it, and for any OSError inside.
    """
    lock = filelock.FileLock(curated / LOCK)
    try:
        str(curated.resolve()).encode("utf-8")
        curated.mkdir(parents=True, exist_ok=True)
        waited = _acquire(lock, curated, wait, note)
        try:
            _tell_holder(curated / HOLDER)
            yield waited
        finally:
            with suppress(OSError):
                (curated / HOLDER).unlink(missing_ok=True)
            lock.release()
    except UnicodeEncodeError:
        raise WriteError("the path of the result is not UTF-8: Parquet readers could not open it") from None
    except OSError as error:
        place = f"{error.filename}: " if error.filename else f"{curated}: "
        raise WriteError(f"{place}cannot write: {os.strerror(error.errno or 0)}") from error


def _acquire(lock: filelock.BaseFileLock, curated: Path, wait: bool, note: Callable[[str], None]) -> bool:
    """Take the lock; whether that took waiting."""
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        held = f"{curated}: another run is writing to it{holder(curated)}"
        if not wait:
            raise WriteError(f"{held}; wait until it ends, or say --wait") from None
        note(f"{held}; waiting for it to end")
        lock.acquire(timeout=-1, poll_interval=_LOOK_SECONDS)
        return True
    return False


def holder(curated: Path) -> str:
    """Who holds the lock, in words, as far as that is known; empty when it is not."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        who = json.loads((curated / HOLDER).read_text(encoding="utf-8"))
        return f" (process {int(who['process'])} on {who['host']!s}, since {who['since']!s})"
    return ""


def _tell_holder(path: Path) -> None:
    since = datetime.now(UTC).isoformat(sep=" ", timespec="seconds")
    who = {"process": os.getpid(), "host": platform.node(), "since": since}
    files.replace(path, json.dumps(who).encode() + b"\n")
