"""A worker process: `python -m corpuskit.workers WORK` reads a line of JSON that says what there is to know, then one
job a line, and answers one line each (see `pool`).

A job is a folder. For the work `prepare` it has a list of files, and the worker leaves their shard in it; for `judge`
it has pairs of texts, and the worker leaves what they differ in.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from corpuskit.garbage import uncollected
from corpuskit.imports import spare

Job = Callable[[Path], None]


def _load_preparing() -> Callable[[Any], Job]:
    """Load what preparing takes; what does a job, by what a worker is told at its start."""
    from corpuskit.prepare import prepare_job, warm_up
    from corpuskit.settings import make

    warm_up()

    def begin(start: Any) -> Job:
        raw, settings = Path(start["raw"]), make(start["settings"])
        return lambda job: prepare_job(job, raw, settings)

    return begin


def _load_judging() -> Callable[[Any], Job]:
    """Load what judging takes."""
    from corpuskit.judges import judging

    return judging


def main() -> None:
    """Answer each job on stdin with a line on stdout: an empty string, or what went wrong."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the main process, which ends its workers
    spare()
    from corpuskit.memory import give_back, resident
    from corpuskit.pool import JUDGE_BYTES, WORKER_BYTES, problem_of

    load, room = {"prepare": (_load_preparing, WORKER_BYTES), "judge": (_load_judging, JUDGE_BYTES)}[sys.argv[1]]
    with uncollected():
        begin = load()
    do = begin(json.loads(sys.stdin.readline()))
    for line in sys.stdin:
        try:
            do(Path(json.loads(line)))
            answer = ""
        except Exception as error:
            answer = problem_of(error)
        if resident() > room:
            give_back()
        try:
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()
        except BrokenPipeError:  # the main process is gone, and with it who would want to know
            os._exit(1)


if __name__ == "__main__":
    main()
