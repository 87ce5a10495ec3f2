"""Workers: a run never waits for what will not come."""

from pathlib import Path

import pytest

import corpuskit
from corpuskit import pool
from corpuskit.pool import Pool, beside, workers_for
from corpuskit.progress import Silent
from corpuskit.settings import make


def test_threads_that_end_without_a_word_are_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As a thread does that has no memory left to say so."""
    monkeypatch.setattr(pool, "_feed", lambda *_: None)
    with Pool(2) as workers, pytest.raises(MemoryError):
        list(workers.run([tmp_path / "job"], {}, lambda _: None))


@pytest.mark.parametrize(("memory", "workers"), [("1GB", 1), ("1.5GB", 2), ("3GB", 6), (None, 8)])
def test_a_memory_that_is_set_bounds_the_workers(memory: str | None, workers: int) -> None:
    settings = make({"workers": 8} | ({"memory": memory} if memory else {}))
    assert workers_for(1_000, 1 << 30, settings) == workers


def test_workers_that_a_memory_has_no_room_for_are_told(tmp_path: Path) -> None:
    class Notes(Silent):
        def note(self, message: str) -> None:
            told.append(message)

    told: list[str] = []
    (tmp_path / "raw").mkdir()
    for name in ("a.txt", "b.txt"):
        (tmp_path / "raw" / name).write_text("A statement.\n")
    settings = make({"workers": 2, "memory": "500MB"})
    corpuskit.ingest(tmp_path / "raw", tmp_path / "curated", settings, progress=Notes())
    assert "the memory that is set has room for 1 of 2 workers" in told


@pytest.mark.parametrize("at_once", [True, False])
def test_work_beside_the_body_is_there_for_the_asking(at_once: bool) -> None:
    begun: list[bool] = []

    def work() -> int:
        begun.append(True)
        return 7

    with beside(work, at_once=at_once) as asked:
        pass
    assert bool(begun) == at_once
    assert asked() == 7
    with pytest.raises(ZeroDivisionError), beside(lambda: 1 // 0, at_once=at_once) as asked:
        asked()
