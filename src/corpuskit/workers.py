"""A worker process: `python -m corpuskit.workers` reads one JSON job a line, and answers one line each (see `pool`).

A job is a folder with a list of files; the worker leaves their shard in it.
"""

import json
import os
import signal
import sys
from pathlib import Path

from corpuskit.imports import spare


def main() -> None:
    """Answer each job on stdin with a line on stdout: an empty string, or what went wrong."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the main process, which ends its workers
    spare()
    import pyarrow as pa

    from corpuskit.memory import resident
    from corpuskit.pool import WORKER_BYTES
    from corpuskit.prepare import prepare_job, warm_up
    from corpuskit.settings import make

    warm_up()
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
        if resident() > WORKER_BYTES:
            pa.default_memory_pool().release_unused()
        try:
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()
        except BrokenPipeError:  # the main process is gone, and with it who would want to know
            os._exit(1)


if __name__ == "__main__":
    main()
