"""How long commands take to answer: `python benchmarks/startup.py` prints a table of medians.

The two-file example is measured warm: kernels compiled, files in the page cache.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

RAW: Final = Path(__file__).resolve().parent.parent / "raw"
RUNS: Final = 7


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        curated = str(Path(folder) / "curated")
        commands = {
            "corpuskit --version": ["--version"],
            "corpuskit --help": ["--help"],
            "corpuskit ingest --help": ["ingest", "--help"],
            "corpuskit ingest, two files": ["ingest", str(RAW), curated],
            "corpuskit check, two files": ["check", curated, "--raw", str(RAW)],
            "corpuskit trace FILE:LINE": ["trace", curated, f"{sorted(RAW.glob('*.txt'))[0].name}:1"],
            "corpuskit trace TEXT": ["trace", curated, "El Salvador"],
        }
        print(f"| command | median of {RUNS} | fastest | CPU |\n| --- | --- | --- | --- |")
        for name, arguments in commands.items():
            _run(arguments)  # warms files, and compiles kernels the first time
            seconds, busy = zip(*(_run(arguments) for _ in range(RUNS)), strict=True)
            figures = [statistics.median(seconds), min(seconds), statistics.median(busy)]
            print(f"| `{name}` | {' | '.join(f'{figure:.2f} s' for figure in figures)} |", flush=True)


def _run(arguments: Sequence[str]) -> tuple[float, float]:
    """Seconds on the clock and seconds of CPU; on a busy machine the second says more."""
    started, before = time.perf_counter(), os.times()
    subprocess.run([sys.executable, "-m", "corpuskit", *arguments], check=True, capture_output=True)
    seconds, after = time.perf_counter() - started, os.times()
    busy = after.children_user + after.children_system - before.children_user - before.children_system
    return seconds, busy


if __name__ == "__main__":
    main()
