"""Where the machine code of kernels is kept, and whether it is there. Loads nothing that is compiled.

It goes to the user's cache folder (or `NUMBA_CACHE_DIR`), since the package's own folder may be read-only, into a
subfolder named after the kernels' sources: numba notices a change of the file that holds a kernel, but not of one that
the kernel calls into.
"""

import hashlib
import os
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

import platformdirs


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _ours(folder: Path) -> bool:
    """Whether a folder below the shared temporary one is ours alone: numba unpickles what lies in its cache."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        info = folder.lstat()
    except OSError:
        return False
    return not hasattr(os, "getuid") or (info.st_uid == os.getuid() and info.st_mode & 0o40077 == 0o40000)


@cache
def cache_folder() -> Path:
    """The folder of the compiled kernels; created if need be."""
    sources = hashlib.blake2b(digest_size=8)
    for source in sorted(Path(__file__).parent.glob("*.py")):
        sources.update(source.read_bytes())
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    shared = Path(tempfile.gettempdir()) / f"corpuskit-kernels-{os.getuid() if hasattr(os, 'getuid') else 'user'}"
    homes = [
        Path(chosen) if chosen else Path(platformdirs.user_cache_dir("corpuskit", appauthor=False)) / "kernels",
        shared,
    ]
    for home in homes:
        if home == shared and not _ours(shared):
            continue
        if _writable(home / sources.hexdigest()):
            return home / sources.hexdigest()
    return Path(tempfile.mkdtemp(prefix="corpuskit-kernels-"))


def compiled_before() -> bool:
    """Whether a whole run has compiled the kernels here, so that they only need to be loaded."""
    return (cache_folder() / "complete").exists()


def remember_compiled() -> None:
    """Note that a whole run has compiled what it needed."""
    with suppress(OSError):
        (cache_folder() / "complete").touch()
