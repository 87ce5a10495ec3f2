"""Processes beside this one for the per-document half, begun before it has loaded what it needs; and for judging.

Each is `python -m corpuskit.workers`. Paths go through the pipes, texts never do; and unlike multiprocessing's, such
workers do not run the caller's main module again, so `corpuskit.ingest` works in a script without a main guard and in a
notebook.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, Any, Final, Self, TypeVar

from corpuskit.errors import CorpuskitError
from corpuskit.interrupt import Doing, interruptible
from corpuskit.memory import give_back, resident
from corpuskit.settings import Settings

T = TypeVar("T")

POOL_BYTES: Final = 24 << 20
POOL_FILES: Final = 6_000
"""Below these, starting workers (about a second) costs more than they save."""

LOOK_SECONDS: Final = 1.0
"""Between two looks whether there still is a thread that feeds a worker."""

SHARE_SECONDS: Final = 0.1
"""Between two looks, while this process does a job, at what the others have done."""

SAID_BYTES: Final = 1 << 20
SHOWN_CHARS: Final = 200
"""Of the end of what a dead worker said, so much is read, and so much of the last line shown."""

WORKER_BYTES: Final = 450_000_000
JUDGE_BYTES: Final = 300_000_000
"""What a process has resident that prepares or judges. Of each some 100 MB are libraries that all share."""


def cores(settings: Settings) -> int:
    """How many things to do at a time."""
    found = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return settings.workers or found


@contextmanager
def beside(work: Callable[[], T], *, at_once: bool) -> Iterator[Callable[[], T]]:
    """What `work` gives, for the asking: done in a thread while the body runs kernels, or if not `at_once` when asked.

    Worth it for Python code beside a body that leaves the interpreter's lock alone.
    """
    if not at_once:
        yield work
        return
    with ThreadPoolExecutor(1) as thread:
        yield thread.submit(work).result


def workers_for(files: int, size: int, settings: Settings) -> int:
    """How many processes, this one among them, that many files of `size` bytes together are worth.

    And, if it is set, how many `memory` has room for.
    """
    if settings.workers == 0 and size < POOL_BYTES and files < POOL_FILES:
        return 1
    count = min(cores(settings), files)
    if "memory" in settings.model_fields_set:
        count = min(count, settings.memory // WORKER_BYTES)
    return max(1, count) if sys.executable else 1


class Pool:
    """`count` processes beside this one, for one kind of `work` (see `workers`). As a context, ends them."""

    def __init__(self, count: int, work: str = "prepare") -> None:
        self.count = count
        self._work = work
        self._processes: list[subprocess.Popen[str]] = []
        self._said: list[IO[bytes]] = []
        self._threads: list[threading.Thread] = []
        self._waiting = SimpleQueue[Path | None]()
        self._done = SimpleQueue[Path | CorpuskitError]()
        self._given = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        for process in self._processes:
            process.kill()
        for process in self._processes:
            process.wait()
        for _ in self._threads:  # those that wait for a job
            self._waiting.put(None)
        for thread in self._threads:
            thread.join()
        for process in self._processes:
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    with suppress(BrokenPipeError):  # what a dead worker did not read cannot be flushed
                        pipe.close()
        for said in self._said:
            said.close()

    def start(self) -> None:
        """Begin the processes if they have not begun; they take about a second."""
        while len(self._processes) < self.count:
            self._said.append(tempfile.TemporaryFile())  # noqa: SIM115 - closed with the pool
            self._processes.append(
                subprocess.Popen(
                    [
                        sys.executable,
                        "-P",
                        "-m",
                        "corpuskit.workers",
                        self._work,
                    ],  # -P: nothing comes from the working folder
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=self._said[-1],
                    text=True,
                    encoding="utf-8",
                )
            )

    def run(
        self, jobs: Iterable[Path], start: Mapping[str, Any], here: Callable[[Path], None], threads: int = 1
    ) -> Iterator[Path]:
        """Do each job, a folder, and yield the folder when it is done.

        By `here` in this process, and by those beside it, which are told `start` first; the folders then come as they
        are finished. Without any, in so many `threads`, which helps where little is to be decoded. Raises
        CorpuskitError when a process dies. Once for each pool.
        """
        if self.count:
            self.tell(start)
            for job in jobs:
                self.give(job)
            yield from self._share(here)
            yield from self.finish()
        elif threads > 1:
            listed = list(jobs)
            with ThreadPoolExecutor(threads) as pool:
                for job, _ in zip(listed, pool.map(here, listed), strict=True):
                    yield job
        else:
            for job in jobs:
                interruptible(partial(here, job))
                yield job

    def tell(self, start: Mapping[str, Any]) -> None:
        """Tell the processes what there is to know, begun if they have not: once, before they are given jobs."""
        self.start()
        told = json.dumps(start)
        for process, said in zip(self._processes, self._said, strict=True):
            feed = (process, said, told, self._waiting, self._done)
            thread = threading.Thread(target=_feed, args=feed, daemon=True)
            thread.start()
            self._threads.append(thread)

    def give(self, job: Path) -> None:
        """Have a job done by the first process that is free."""
        self._given += 1
        self._waiting.put(job)

    def _share(self, here: Callable[[Path], None]) -> Iterator[Path]:
        """Do here what no process has begun, and yield what is done meanwhile. Raises as `run` does, at once."""
        while True:
            try:
                job = self._waiting.get_nowait()
            except Empty:
                return
            assert job is not None  # what ends the others is put there by `finish`
            self._given -= 1
            doing = Doing(partial(here, job))
            while not doing.ended(SHARE_SECONDS):
                yield from self._done_already()
            try:
                doing.result()
            except Exception as error:
                raise CorpuskitError(problem_of(error)) from error
            if resident() > WORKER_BYTES:
                give_back()
            yield job
            yield from self._done_already()

    def _done_already(self) -> Iterator[Path]:
        while not self._done.empty():
            self._given -= 1
            yield self._finished()

    @property
    def ahead(self) -> int:
        """Jobs that no process has begun."""
        return self._waiting.qsize()

    def check(self) -> None:
        """Raise CorpuskitError if a process has died."""
        if not all(thread.is_alive() for thread in self._threads):  # before `finish` none ends otherwise
            while True:
                self._finished()

    def finish(self) -> Iterator[Path]:
        """The jobs as they are done; no more can be given. Raises CorpuskitError when a worker died."""
        for _ in self._processes:
            self._waiting.put(None)
        for _ in range(self._given):
            yield self._finished()

    def _finished(self) -> Path:
        """The job that is done next. MemoryError when nobody is left to do it: a thread without memory says nothing."""
        while True:
            left = any(thread.is_alive() for thread in self._threads)
            with suppress(Empty):
                finished = self._done.get(timeout=LOOK_SECONDS if left else 0)
                if isinstance(finished, CorpuskitError):
                    raise finished
                return finished
            if not left:
                raise MemoryError


def problem_of(error: Exception) -> str:
    """What is said of a job that failed, here or beside."""
    if isinstance(error, MemoryError):
        return "out of memory in a worker process; try fewer --workers"
    return f"{type(error).__name__}: {error}"


def _feed(
    process: "subprocess.Popen[str]",
    said: IO[bytes],
    start: str,
    waiting: "SimpleQueue[Path | None]",
    done: "SimpleQueue[Any]",
) -> None:
    """Give one worker a job at a time until none is left."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(start + "\n")
        while (job := waiting.get()) is not None:
            process.stdin.write(json.dumps(str(job)) + "\n")
            process.stdin.flush()
            answer = process.stdout.readline()
            if not answer:
                raise BrokenPipeError
            error = json.loads(answer)
            done.put(CorpuskitError(error) if error else job)
        process.kill()  # it has nothing more to do, and its memory is wanted for the other half
    except (OSError, ValueError):
        code = process.wait()
        message = f"a worker process died (exit code {code}): too little memory, or killed; try --workers 1"
        done.put(CorpuskitError(message + _last_line(said)))


def _last_line(said: IO[bytes]) -> str:
    """What a dead worker said last, if anything: its own words would stand in the middle of this process's."""
    said.seek(max(0, said.seek(0, os.SEEK_END) - SAID_BYTES))
    lines = said.read().decode("utf-8", "replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return f"; it said: {last[:SHOWN_CHARS]}" if last else ""
