"""A shard cut anew is the one that its files would have given as one batch, whatever they were cut from."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.prepare import prepare
from corpuskit.schema import SOURCES
from corpuskit.settings import Settings, make
from corpuskit.shards import Shard
from corpuskit.splice import splice

_SENTENCE = "The Parties shall cooperate in good faith to give effect to the provisions of article {} of this treaty."
_PAGES = "".join(f"what was heard on day {day} of all\nthat was said by many\n\n- {day} -\n\f" for day in range(1, 5))
TEXTS = st.one_of(
    st.lists(st.sampled_from([*map(_SENTENCE.format, ("two", "three", "ten")), "short", "- 3 -"]), max_size=5).map(
        "\n\n".join
    ),
    st.sampled_from(["", _PAGES, "\0binary"]),
)
PATHS = ("a.txt", "b.md", "c/d", "c/e.rst", "f.txt", "g.txt")


def prepared(files: list[tuple[str, str]], settings: Settings) -> Shard:
    """The shard of files, given as path and text."""
    rows = [
        {
            "path": path,
            "size_bytes": len(text.encode()),
            "media_type": {"md": "text/markdown", "rst": "text/x-rst"}.get(path.rpartition(".")[2], "text/plain"),
            "extractor": "plain/1",
            "raw": text.encode(),
        }
        for path, text in files
    ]
    return prepare(pa.Table.from_pylist(rows, schema=SOURCES), settings)


@given(
    st.lists(st.lists(TEXTS, min_size=1, max_size=4), min_size=1, max_size=4),
    st.data(),
    st.sampled_from([{}, {"min_chars": 8}, {"drop": ["^The"]}, {"unit": "line"}]),
)
def test_splicing_equals_preparing(batches: list[list[str]], data: st.DataObject, values: dict[str, object]) -> None:
    settings = make({"min_near_chars": 10, **values})
    shards = [
        prepared([(f"old/{at}/{row}", text) for row, text in enumerate(texts)], settings)
        for at, texts in enumerate(batches)
    ]
    every = [text for texts in batches for text in texts]
    rows = data.draw(st.lists(st.integers(0, len(every) - 1), min_size=1, max_size=len(PATHS)))
    old = [f"old/{at}/{row}" for at, texts in enumerate(batches) for row in range(len(texts))]
    paths = [data.draw(st.sampled_from([old[row], path])) for row, path in zip(rows, PATHS, strict=False)]
    found = splice(shards, np.array(rows, dtype=np.int64), paths, min_near_chars=settings.min_near_chars)
    expected = prepared([(path, every[row]) for path, row in zip(paths, rows, strict=True)], settings)
    for name in ("documents", "passages", "contents"):
        assert getattr(found, name).equals(getattr(expected, name)), name
    for name in ("band_keys", "sketches", "bags"):
        assert np.array_equal(getattr(found, name), getattr(expected, name)), name
