"""Published tables: a disk that is full ends the writing with one error, and nothing is said later."""

import gc
from pathlib import Path

import pytest

from corpuskit import schema
from corpuskit.store.tables import TableWriter

FULL = Path("/dev/full")


def write(folder: Path) -> None:
    with TableWriter(folder, "links", {"build": "b"}) as writer:
        writer.write(schema.PUBLISHED["links"].empty_table())


@pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full")
def test_a_full_disk_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "links.parquet").symlink_to(FULL)
    with pytest.raises(OSError, match="No space left"):
        write(tmp_path)
    gc.collect()  # what a writer says when it goes would fail this test
