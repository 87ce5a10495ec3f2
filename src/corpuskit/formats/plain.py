"""Plain text and its light markups: the file's bytes are the document, read as they are.

Markdown and reStructuredText are told apart by their media types alone: their marks are part of the text, and
taking them out would change it.
"""

from collections.abc import Mapping
from typing import Final

EXTRACTOR: Final = "plain/1"

TEXT: Final = "text/plain"
MEDIA_TYPES: Final[Mapping[str, str]] = {
    ".md": "text/markdown",
    ".rst": "text/x-rst",
    ".text": TEXT,
    ".txt": TEXT,
}
"""By suffix, in lower case."""
