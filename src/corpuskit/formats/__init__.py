"""One reader for each media type, chosen by the file's name.

Plain text hands its bytes over untouched, so a `Reader` is only what is said of a file so far. A format that
must be taken apart first gets a module of its own beside `plain`, and its `Reader` a function from a file's
bytes to its documents: one for an HTML page, one for each member of a container file. `raw.read_batch` is
where it is called.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from corpuskit.formats import plain

__all__ = ["DEFAULT", "READERS", "Reader", "reader"]


@dataclass(frozen=True, slots=True)
class Reader:
    """A way to read files: the `media_type` it is for, and `extractor`, its name/version."""

    media_type: str
    extractor: str


READERS: Final[Mapping[str, Reader]] = {
    suffix: Reader(media_type, plain.EXTRACTOR) for suffix, media_type in plain.MEDIA_TYPES.items()
}
"""By suffix, in lower case."""

DEFAULT: Final = Reader(plain.TEXT, plain.EXTRACTOR)
"""For every other name, and for none."""


def reader(path: str) -> Reader:
    """The reader of the file at `path` (POSIX), by its suffix alone, whatever its case."""
    name = path[path.rfind("/") + 1 :]
    _, dot, suffix = name.rpartition(".")
    return READERS.get(dot + suffix.lower(), DEFAULT)
