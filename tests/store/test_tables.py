"""Tables are written beside what makes them, and no more of them waits than there is room for."""

import threading
from typing import Any, cast

import pyarrow as pa
import pytest

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
