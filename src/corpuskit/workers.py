"""Worker processes for the per-document half: each takes lists of files and leaves shards on disk.

A worker is `python -m corpuskit.workers`, which reads one JSON job a line and answers one line each. Paths go through
the pipes, texts never do; and unlike multiprocessing's, such workers do not run the caller's main module again, so
`corpuskit.ingest` works in a script without a main guard and in a notebook.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from corpuskit.errors import CorpuskitError
from corpuskit.interrupt import interruptible
from corpuskit.prepare import prepare_job
from corpuskit.settings import Settings, make


def run(jobs: Sequence[Path], raw: Path, settings: Settings, workers: int, threads: int = 1) -> Iterator[Path]:
    """Prepare the shard of each job (a folder with a list of files), and yield the folder when it is there.

    With one worker, in this process, by `threads` (which helps where most is copied and little decoded); else in
    `workers` processes, and the folders come as they are finished. Raises CorpuskitError when a worker dies.
    """
    if workers == 1 and threads > 1:
        with ThreadPoolExecutor(threads) as pool:
            for job, _ in zip(
                jobs, pool.map(partial(prepare_job, raw_folder=raw, settings=settings), jobs), strict=True
            ):
                yield job
        return
    if workers == 1:
        for job in jobs:
            interruptible(partial(prepare_job, job, raw, settings))
            yield job
        return
    yield from _run_in_processes(jobs, raw, settings, workers)


def _run_in_processes(jobs: Sequence[Path], raw: Path, settings: Settings, workers: int) -> Iterator[Path]:
    waiting = SimpleQueue[Path | None]()
    for job in jobs:
        waiting.put(job)
    done = SimpleQueue[Path | CorpuskitError]()
    start = json.dumps({"raw": str(raw), "settings": settings.effective()})
    processes = [
        subprocess.Popen(
            [sys.executable, "-P", "-m", "corpuskit.workers"],  # -P: nothing is imported from the working folder
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        for _ in range(workers)
    ]
    threads = [
        threading.Thread(target=_feed, args=(process, start, waiting, done), daemon=True) for process in processes
    ]
    for thread in threads:
        waiting.put(None)
        thread.start()
    try:
        for _ in jobs:
            finished = done.get()
            if isinstance(finished, CorpuskitError):
                raise finished
            yield finished
    finally:
        for process in processes:
            process.kill()
        for process, thread in zip(processes, threads, strict=True):
            process.wait()
            thread.join()
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    with suppress(BrokenPipeError):  # what a dead worker did not read cannot be flushed
                        pipe.close()


def _feed(
    process: "subprocess.Popen[str]", start: str, waiting: "SimpleQueue[Path | None]", done: "SimpleQueue[Any]"
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
    except (OSError, ValueError):
        code = process.wait()
        done.put(
            CorpuskitError(f"a worker process died (exit code {code}): too little memory, or killed; try --workers 1")
        )


def main() -> None:
    """Answer each job on stdin with a line on stdout: an empty string, or what went wrong."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the main process, which ends its workers
    start = json.loads(sys.stdin.readline())
    settings = make(start["settings"])
    for line in sys.stdin:
        try:
            prepare_job(Path(json.loads(line)), Path(start["raw"]), settings)
            answer = ""
        except MemoryError:
            answer = "out of memory in a worker process; try fewer --workers"
        except Exception as error:
            answer = f"{type(error).__name__}: {error}"
        try:
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()
        except BrokenPipeError:  # the main process is gone, and with it who would want to know
            os._exit(1)


if __name__ == "__main__":
    main()
