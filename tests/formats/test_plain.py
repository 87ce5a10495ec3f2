"""Plain text and its light markups: told apart by name, read as they are."""

import pytest

from corpuskit import formats


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("a.txt", "text/plain"),
        ("a.text", "text/plain"),
        ("README", "text/plain"),
        ("a.md", "text/markdown"),
        ("docs/A.MD", "text/markdown"),
        ("a.rst", "text/x-rst"),
        ("a.b.rst", "text/x-rst"),
        ("a.rst/b", "text/plain"),
        ("a.unknown", "text/plain"),
        ("a.", "text/plain"),
        ("", "text/plain"),
    ],
)
def test_the_media_type_is_by_the_suffix_of_the_name_alone(path: str, media_type: str) -> None:
    assert formats.reader(path) == formats.Reader(media_type, "plain/1")
