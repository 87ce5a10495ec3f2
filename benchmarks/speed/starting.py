"""How long commands take to answer, and how long the first run of all compiles."""

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

from speed.bench import Bench
from speed.measuring import Measured, failure, interleaved, measure, median, megabytes, spread, table

RAW: Final = Path(__file__).resolve().parents[2] / "raw"
"""The two documents that come with the project."""

RUNS: Final = 7
"""At least so many: short runs scatter more."""


def startup(bench: Bench) -> Iterator[str]:
    """Seconds of short commands; kernels compiled, files in the page cache. On a busy machine the CPU says more."""
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
        for arguments in commands.values():
            _command(arguments)  # warms files, and compiles kernels the first time
        tasks: dict[str, Callable[[], Measured]] = {
            name: partial(_command, arguments) for name, arguments in commands.items()
        }
        tasks["corpuskit ingest, nothing changed"] = tasks["corpuskit ingest, two files"]
        tasks["corpuskit ingest, two files"] = partial(_fresh, Path(folder), commands["corpuskit ingest, two files"])
        done = interleaved(bench.runs if bench.quick else max(bench.runs, RUNS), tasks)
    yield from table(
        ("command", "seconds", "CPU seconds", "peak RSS, MB"), (_row(name, runs) for name, runs in done.items())
    )


def _fresh(folder: Path, arguments: list[str]) -> Measured:
    """The command with nothing there of the runs before."""
    for left in list(folder.iterdir()):
        shutil.rmtree(left)
    return _command(arguments)


def _command(arguments: list[str]) -> Measured:
    return measure([sys.executable, "-m", "corpuskit", *arguments])


def _row(name: str, runs: list[Measured]) -> list[str]:
    if problem := failure(runs):
        return [f"`{name}`", problem]
    cpu = f"{median(one.cpu for one in runs):.2f}"
    return [f"`{name}`", spread([one.seconds for one in runs]), cpu, megabytes(one.rss for one in runs)]


def compilation(bench: Bench) -> Iterator[str]:
    """`corpuskit ingest` of the two documents with an empty cache of kernels, and again."""
    rows = []
    for cores in (1, 2):
        first: list[Measured] = []
        second: list[Measured] = []
        for _ in range(bench.runs):
            with tempfile.TemporaryDirectory() as folder:
                for name, runs in (("one", first), ("two", second)):
                    command = [sys.executable, "-m", "corpuskit", "ingest", str(RAW), str(Path(folder) / name)]
                    cache = {"NUMBA_CACHE_DIR": str(Path(folder) / "kernels")}
                    runs.append(measure(command, cores=cores, environment=cache))
        for what, runs in (("first run, nothing compiled", first), ("second run", second)):
            rows.append([str(cores), *_row(what, runs)])
    columns = ("cores", "`corpuskit ingest`, two files", "seconds", "CPU seconds", "peak RSS, MB")
    yield from table(columns, ([cores, what.strip("`"), *figures] for cores, what, *figures in rows))
