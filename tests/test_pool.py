"""Workers: a run never waits for what will not come."""

import time
from pathlib import Path
from threading import Event
from typing import Any

import pytest

import corpuskit
from corpuskit import pool
from corpuskit.errors import CorpuskitError
from corpuskit.pool import Pool, beside, workers_for
from corpuskit.progress import Silent
from corpuskit.settings import make


def test_threads_that_end_without_a_word_are_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As a thread does that has no memory left to say so."""

    def take_one(*feed: Any) -> None:
        taken.append(feed[3].get())

    taken: list[Path] = []
    jobs = [tmp_path / "one", tmp_path / "two"]
    monkeypatch.setattr(pool, "_feed", take_one)
    with Pool(1) as workers:
        done = workers.run(jobs, {}, lambda _: time.sleep(0.1))
        assert {next(done), *taken} == set(jobs)
        with pytest.raises(MemoryError):
            next(done)


def test_this_process_takes_part(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each job is done once, here or beside."""

    def slowly(*feed: Any) -> None:
        *_, waiting, done = feed
        while (job := waiting.get()) is not None:
            time.sleep(0.002)
            done.put(job)

    here: list[Path] = []

    def do(job: Path) -> None:
        time.sleep(0.002)
        here.append(job)

    jobs = [tmp_path / str(number) for number in range(60)]
    monkeypatch.setattr(pool, "_feed", slowly)
    with Pool(1) as workers:
        found = list(workers.run(jobs, {}, do))
    assert sorted(found) == sorted(jobs)
    assert 0 < len(here) < len(jobs)


def test_a_job_that_fails_here_is_told_as_one_that_fails_beside(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(error: Exception) -> None:
        raise error

    monkeypatch.setattr(pool, "_feed", lambda *_: time.sleep(1))
    for error, told in ((KeyError("what"), "KeyError: 'what'"), (MemoryError(), "out of memory in a worker process")):
        with Pool(1) as workers, pytest.raises(CorpuskitError, match=told):
            list(workers.run([tmp_path / "job"], {}, lambda _, error=error: fail(error)))  # type: ignore[misc]


def test_what_ends_beside_is_told_while_a_job_is_done_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A job that is done, and a process that died."""

    def do_one_and_die(*feed: Any) -> None:
        *_, waiting, done = feed
        done.put(waiting.get())
        waiting.get()
        done.put(CorpuskitError("a worker process died"))

    monkeypatch.setattr(pool, "_feed", do_one_and_die)
    ended = Event()

    def wait() -> None:
        ended.wait(60)

    with Pool(1) as workers:
        done = workers.run([tmp_path / str(number) for number in range(3)], {}, lambda _: wait())
        next(done)
        with pytest.raises(CorpuskitError, match="died"):
            next(done)
        assert not ended.is_set()
        ended.set()


@pytest.mark.parametrize(("memory", "workers"), [("1GB", 2), ("1.5GB", 3), ("3GB", 6), (None, 8)])
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
