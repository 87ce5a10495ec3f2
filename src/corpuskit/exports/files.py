"""Writes exports: a folder beside the target, put in its place when it is whole.

Exports are no part of a corpus: `store` writes corpora, this module what is made of one, and nothing else writes files.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from corpuskit.corpus import Corpus
from corpuskit.errors import WriteError

CHUNK: Final = 1 << 20
_UNSAFE: Final = "\\\x7f"

LONGEST_NAME: Final = 255
"""Bytes that a name in a folder may have, on nearly every file system."""


class Folder:
    """A folder that an export is written into; names below it are given as POSIX paths."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.bytes = 0

    def write(self, name: str, text: str) -> None:
        """Write a text as a file of UTF-8, with LF as it is. Raises OSError where there is one of this name."""
        with self.open(name) as file:
            file.write(text.encode("utf-8"))

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """A new file for bytes, in folders made as needed; its size counts when it is closed."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            yield file
            file.flush()
            self.bytes += file.tell()

    def copy(self, file: Path, name: str) -> str:
        """Copy a file; its SHA-256, hex."""
        digest = hashlib.sha256()
        with file.open("rb") as source, self.open(name) as target:
            while data := source.read(CHUNK):
                digest.update(data)
                target.write(data)
        return digest.hexdigest()

    def sha256(self, name: str) -> str:
        """SHA-256 of a file that has been written, hex."""
        with (self.path / name).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def writing(target: Path, corpus: Corpus, *, force: bool) -> Iterator[Folder]:
    """A folder that becomes `target` at the end, and leaves nothing behind where something fails.

    Raises WriteError when the target is in the way of the corpus, is not empty (without `force`), or cannot be written.
    """
    _refuse(target, corpus, force=force)
    place = target.resolve()
    aside: Path | None = None
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{place.name}.", suffix=".new", dir=place.parent))
        folder = Folder(aside)
        yield folder
        aside.chmod(0o755)
        _put(aside, place)
    except FileExistsError as error:
        raise WriteError(f"{target}: two files of the export would have the name {_name(error, aside)}") from None
    except OSError as error:
        raise WriteError(f"{target}: cannot write: {os.strerror(error.errno or 0)}") from error
    finally:
        if aside is not None:
            shutil.rmtree(aside, ignore_errors=True)


def _name(error: OSError, aside: Path | None) -> str:
    name = str(error.filename)
    return name.removeprefix(f"{aside}/")


def _refuse(target: Path, corpus: Corpus, *, force: bool) -> None:
    """Refuse a target that is not a folder, not empty, or part of what the corpus is made of."""
    place = target.resolve()
    for other in (corpus.path.resolve(), corpus.raw.resolve()):
        if place == other or place in other.parents or other in place.parents:
            raise WriteError(f"{target}: the export needs a folder of its own, not one that holds or lies in {other}")
    if place in (Path.cwd(), *Path.cwd().parents):
        raise WriteError(f"{target}: the working folder lies in it")
    try:
        filled = any(place.iterdir()) if place.exists() else False
    except NotADirectoryError:
        raise WriteError(f"{target}: not a folder") from None
    except OSError as error:
        raise WriteError(f"{target}: {os.strerror(error.errno or 0)}") from None
    if filled and not force:
        raise WriteError(f"{target}: not empty; --force replaces it, with all that is in it")


def _put(aside: Path, place: Path) -> None:
    """Move a folder to its place; what was there goes first out of the way, then for good."""
    if not place.exists() or not any(place.iterdir()):
        aside.rename(place)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{place.name}.", suffix=".old", dir=place.parent))
    place.rename(old / "old")
    try:
        aside.rename(place)
    except OSError:
        (old / "old").rename(place)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)


def safe_path(path: str, member: str | None) -> str:
    """A path of the corpus as one that stays below a folder, whatever it holds: each of its names escaped.

    A document inside a container is a file in a folder of the container's name. Names that are too long end in a hash.
    """
    names = [*path.split("/"), *([] if member is None else [member.replace("/", "%2F")])]
    return "/".join(map(_safe_name, names))


def _safe_name(name: str) -> str:
    escaped = "".join(f"%{ord(char):02X}" if ord(char) < 0x20 or char in _UNSAFE else char for char in name)
    if escaped in ("", ".", ".."):
        escaped = escaped.replace(".", "%2E") or "%"
    if len(data := escaped.encode("utf-8", "backslashreplace")) <= LONGEST_NAME:
        return data.decode("utf-8")
    digest = hashlib.blake2b(data, digest_size=8).hexdigest()
    return data[: LONGEST_NAME - 17].decode("utf-8", "ignore") + "~" + digest
