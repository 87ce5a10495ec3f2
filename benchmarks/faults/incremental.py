"""What a second run costs: nothing changed, one file in a hundred new, one gone, all of them touched.

    python benchmarks/faults/incremental.py --data DIR/ungdc --work DIR

Whole commands, in turn, `--runs` times each; the least time of each counts. The raw files are copied, and never written
to where they are.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

SHARE = 100
"""One file in so many is new, or gone."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="a folder of text files")
    parser.add_argument("--work", type=Path, required=True, help="where to work; what is made there is removed")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args(arguments)
    home = options.work / "incremental"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    shutil.copytree(options.data, home / "raw")
    try:
        report(measure(home, options.runs))
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
        print(f"{name}: {measured[name][-1]['whole']:.2f} s", file=sys.stderr, flush=True)

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
    started = time.perf_counter()
    command = [sys.executable, "-m", "corpuskit", "ingest", "raw", "curated", "--json"]
    done = subprocess.run(command, cwd=home, check=True, capture_output=True, text=True)
    return {**json.loads(done.stdout), "whole": time.perf_counter() - started}


def report(measured: dict[str, list[dict[str, Any]]]) -> None:
    fresh = min(run["whole"] for run in measured["fresh"])
    print("| run | seconds (least, all) | of a fresh run | files read | reused | gone | published |")
    print("|---|---|---|---|---|---|---|")
    for name, done in measured.items():
        seconds = [run["whole"] for run in done]
        every = ", ".join(f"{each:.1f}" for each in seconds)
        last = done[-1]
        counts = " | ".join(f"{last[key]:,}" for key in ("read", "reused", "gone"))
        published = "yes" if last["published"] else "no"
        print(f"| {name} | {min(seconds):.2f} ({every}) | {min(seconds) / fresh:.0%} | {counts} | {published} |")


if __name__ == "__main__":
    sys.exit(main())
