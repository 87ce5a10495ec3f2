"""What is written to disk: a disk that is full is told, at the latest when the file is closed."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from corpuskit.store import files

FULL = Path("/dev/full")

on_a_full_disk = pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full")


@on_a_full_disk
@pytest.mark.parametrize("rows", [1, 100_000])
def test_a_full_disk_is_told_by_arrays_and_tables(rows: int) -> None:
    with pytest.raises(OSError, match="No space left"):
        files.write_array(FULL, np.zeros((rows, 3), dtype=np.uint32))
    with pytest.raises(OSError, match="No space left"):
        files.write_arrow(FULL, pa.table({"a": np.zeros(rows)}))


@pytest.mark.parametrize(
    "array",
    [
        np.arange(12, dtype=np.uint16).reshape(3, 4),
        np.arange(12, dtype=np.uint32).reshape(3, 4).T,
        np.zeros((0, 8), dtype=np.uint64),
        np.zeros((64, 0), dtype=np.uint32),
    ],
    ids=["rows", "columns", "no rows", "no columns"],
)
def test_arrays_are_written_as_numpy_writes_rows(tmp_path: Path, array: "np.ndarray[Any, Any]") -> None:
    files.write_array(tmp_path / "ours.npy", array)
    np.save(tmp_path / "theirs.npy", np.ascontiguousarray(array))
    assert (tmp_path / "ours.npy").read_bytes() == (tmp_path / "theirs.npy").read_bytes()
