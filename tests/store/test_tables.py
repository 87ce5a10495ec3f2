"""Tables are written beside what makes them, and no more of them waits than there is room for."""

import threading
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pytest

from corpuskit import schema
from corpuskit.store import tables
from corpuskit.store.tables import LEAST_QUEUED_BYTES, QUEUED_BYTES, TableWriter, WritingBeside

PIECE = pa.table({"number": pa.array(range(1 << 18))})  # 2 MB


class Slow:
    """A writer that waits to be let through, and counts."""

    def __init__(self) -> None:
        self.through = threading.Semaphore(0)
        self.pieces: list[pa.Table] = []

    def write(self, piece: pa.Table) -> None:
        self.through.acquire()
        self.pieces.append(piece)


def handed_over(spare: int, pieces: int) -> int:
    """How many pieces are taken from the one who makes them before any is written."""
    slow = Slow()
    with WritingBeside(cast(TableWriter, slow), lambda: spare) as beside:
        taken: list[int] = []

        def make() -> None:
            for number in range(pieces):
                beside.write(PIECE)
                taken.append(number)

        thread = threading.Thread(target=make)
        thread.start()
        thread.join(0.5)
        found = len(taken)
        for _ in range(pieces):
            slow.through.release()
        thread.join()
        beside.finish()
        assert len(slow.pieces) == pieces
    return found


@pytest.mark.parametrize(
    ("spare", "room"),
    [(0, LEAST_QUEUED_BYTES), (16 * LEAST_QUEUED_BYTES, 4 * LEAST_QUEUED_BYTES), (1 << 62, QUEUED_BYTES)],
)
def test_as_much_waits_as_there_is_memory_to_spare(spare: int, room: int) -> None:
    assert handed_over(spare, 40) == room // PIECE.nbytes


def test_what_writing_raises_is_raised() -> None:
    class Full:
        def write(self, _: Any) -> None:
            raise OSError(28, "No space left on device")

    def write(beside: WritingBeside) -> None:
        beside.write(PIECE)
        beside.finish()

    with WritingBeside(cast(TableWriter, Full())) as beside, pytest.raises(OSError, match="No space left"):
        write(beside)


LINK: dict[str, list[Any]] = {
    "left_record": ["a"],
    "right_record": ["b"],
    "relation": ["variant"],
    "similarity": [0.9],
    "left_spans": [[]],
    "right_spans": [[]],
    "reason": ["1 → 2"],
}


def links(number: int) -> pa.Table:
    columns = [pa.array(LINK[field.name] * number, field.type) for field in schema.LINKS]
    return pa.table(columns, schema=schema.LINKS)


def test_a_row_group_that_fails_ends_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And what was to follow it is neither tried again nor waited for."""
    monkeypatch.setattr(tables, "ROW_GROUP_ROWS", 4)
    combine, failures = tables._combined, [MemoryError()]

    def fail_once(*given: Any) -> pa.Table:
        if failures:
            raise failures.pop()
        return combine(*given)

    monkeypatch.setattr(tables, "_combined", fail_once)

    def write() -> None:
        with TableWriter(tmp_path, "links", {}) as writer, WritingBeside(writer) as beside:
            for _ in range(9):
                beside.write(links(3))
            beside.finish()

    with pytest.raises(MemoryError):
        write()


def test_row_groups_do_not_depend_on_the_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "ROW_GROUP_ROWS", 4)
    for name, sizes in (("one", [11]), ("two", [1] * 11), ("three", [5, 5, 0, 1])):
        (tmp_path / name).mkdir()
        with TableWriter(tmp_path / name, "links", {}) as writer, WritingBeside(writer) as beside:
            for size in sizes:
                beside.write(links(size))
            beside.end()
            beside.finish()
            assert writer.rows == 11
    found = {(tmp_path / name / "links.parquet").read_bytes() for name in ("one", "two", "three")}
    assert len(found) == 1


def test_other_columns_are_refused(tmp_path: Path) -> None:
    piece = links(1)
    names = ["right_record", "left_record", *piece.column_names[2:]]
    with pytest.raises(ValueError, match="columns"), TableWriter(tmp_path, "links", {}) as writer:
        writer.write(piece.select(names))
