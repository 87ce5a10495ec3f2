"""What a second run costs: nothing changed, one file in a hundred new, one gone, all of them touched.

    python benchmarks/faults/incremental.py --data DIR/ungdc --work DIR

Whole commands, in turn, `--runs` times each; the least time of each counts; on a busy machine that of the
processors says more. The raw files are copied, and never written to where they are.
"""

import argparse
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from page import made, write

SHARE = 100
"""One file in so many is new, or gone."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="a folder of text files")
    parser.add_argument("--work", type=Path, required=True, help="where to work; what is made there is removed")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--page", action="store_true", help="write the table into docs/reliability.md")
    options = parser.parse_args(arguments)
    home = options.work / "incremental"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    shutil.copytree(options.data, home / "raw")
    try:
        lines = [*table(measure(home, options.runs)), "", made(["pyarrow", "numpy"])]
        print("\n".join(lines))
        if options.page:
            write("reliability.md", "incremental", lines)
    finally:
        shutil.rmtree(home)
    return 0


def measure(home: Path, runs: int) -> dict[str, list[dict[str, Any]]]:
    """The results of each kind of run, in turn."""
    raw, aside = home / "raw", home / "aside"
    files = sorted(path for path in raw.rglob("*") if path.is_file())
    some = random.Random(5).sample(files, len(files) // SHARE)
    wait_until_settled()
    measured: dict[str, list[dict[str, Any]]] = {}

    def step(name: str, change: Callable[[], object]) -> None:
        change()
        measured.setdefault(name, []).append(ingest(home))
        told = measured[name][-1]
        print(f"{name}: {told['whole']:.2f} s, {told['processor']:.2f} s of processors", file=sys.stderr, flush=True)

    for _ in range(runs):
        step("fresh", lambda: forget(home))
        step("unchanged", lambda: None)
        step("1 % gone", lambda: move(some, raw, aside))
        step("1 % new", lambda: move([aside / file.relative_to(raw) for file in some], aside, raw))
        step("unchanged, all touched", lambda: touch(files))
        wait_until_settled()
    return measured


def forget(home: Path) -> None:
    for name in ("curated", ".corpuskit_cache"):
        shutil.rmtree(home / name, ignore_errors=True)


def move(files: Sequence[Path], old: Path, new: Path) -> None:
    for file in files:
        target = new / file.relative_to(old)
        target.parent.mkdir(parents=True, exist_ok=True)
        file.rename(target)


def touch(files: Sequence[Path]) -> None:
    for file in files:
        os.utime(file)


def wait_until_settled() -> None:
    """What was touched less than two seconds before a scan is hashed again."""
    time.sleep(2.5)


def ingest(home: Path) -> dict[str, Any]:
    started, before = time.perf_counter(), processor_seconds()
    command = [sys.executable, "-m", "corpuskit", "ingest", "raw", "curated", "--json"]
    done = subprocess.run(command, cwd=home, check=True, capture_output=True, text=True)
    seconds = {"whole": time.perf_counter() - started, "processor": processor_seconds() - before}
    return {**json.loads(done.stdout), **seconds}


def processor_seconds() -> float:
    """Of all processes that this one has started, and theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def table(measured: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    """The lines of the table."""
    columns = ("run", "seconds", "of fresh", "processor seconds", "of fresh", "read", "reused", "gone", "published")
    yield f"| {' | '.join(columns)} |"
    yield "|---" * len(columns) + "|"
    least = {
        name: {kind: min(run[kind] for run in done) for kind in ("whole", "processor")}
        for name, done in measured.items()
    }
    for name, done in measured.items():
        shares = [f"{least[name][kind]:.1f} | {least[name][kind] / least['fresh'][kind]:.0%}" for kind in least[name]]
        counts = [f"{done[-1][key]:,}" for key in ("read", "reused", "gone")]
        yield f"| {' | '.join([name, *shares, *counts, 'yes' if done[-1]['published'] else 'no'])} |"


if __name__ == "__main__":
    sys.exit(main())
