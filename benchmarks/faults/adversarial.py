"""Text made to hurt, in doublings: `python benchmarks/faults/adversarial.py --work DIR`.

Each text is ingested at four sizes, each twice the one before. What takes work in proportion takes about twice as long;
the last columns say how many times as long, and as much memory, the largest took of the one before.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))

SEED: Final = 20_261
DOUBLINGS: Final = 3
TIMEOUT: Final = 900

Make = Callable[[Path, int], None]
"""Writes text of a size, in thousands of its unit, into a folder."""

SYLLABLES: Final = [first + vowel for first in "bcdfghklmnprstvz" for vowel in "aeiou"]


def word(draw: random.Random) -> str:
    return "".join(draw.choices(SYLLABLES, k=draw.randrange(1, 5)))


def words(draw: random.Random, count: int) -> str:
    return " ".join(word(draw) for _ in range(count))


def whole(text: Callable[[int], str]) -> Make:
    """One document of the text."""

    def make(folder: Path, size: int) -> None:
        (folder / "one.txt").write_text(text(size), encoding="utf-8")

    return make


def passages(text: Callable[[random.Random], str]) -> Make:
    """Documents of a thousand passages."""

    def make(folder: Path, size: int) -> None:
        draw = random.Random(SEED)
        for number in range(size):
            lines = "\n\n".join(text(draw) for _ in range(1_000))
            (folder / f"{number:05d}.txt").write_text(lines + "\n", encoding="utf-8")

    return make


PIECES: Final = ("abcdefghij", "klmnopqrst", "uvwxyz0123")


def same_shingles(draw: random.Random) -> str:
    """Three pieces in any order: all such texts have the same shingles, and so all bands, but few are alike."""
    a, b, c = PIECES
    return "".join(draw.choices(PIECES, k=30)) + a + a + b + b + c + c + a + c + b + a + "."


BOILERPLATE: Final = words(random.Random(SEED), 60).split()


def edited(draw: random.Random, of: Sequence[str], rate: float) -> str:
    return " ".join(word(draw) if draw.random() < rate else each for each in of) + "."


def long_copies(folder: Path, size: int) -> None:
    """Near copies of a passage as long as passages may be, a fiftieth of their words edited."""
    draw = random.Random(SEED)
    of = words(draw, 150_000).split()
    for number in range(size):
        (folder / f"{number:05d}.txt").write_text(edited(draw, of, 0.02) + "\n", encoding="utf-8")


def nested_folders(folder: Path, size: int) -> None:
    """Folders in folders, each with a file."""
    for number in range(size):
        inner = folder / str(number)
        for _ in range(200):
            inner = inner / "d"
        inner.mkdir(parents=True)
        (inner / "a.txt").write_text(
            f"The text of folder {number}, unlike all others in its number.\n", encoding="utf-8"
        )


def noise(folder: Path, size: int) -> None:
    """Bytes of no encoding in lines."""
    draw = random.Random(SEED)
    data = bytes(draw.choices([*range(0x80, 0x100), 10, 32], k=1_000 * size))
    (folder / "one.txt").write_bytes(data)


@dataclass(frozen=True)
class Case:
    """A kind of text: what makes it, its smallest size, the unit of it, and flags of the run."""

    make: Make
    size: int
    unit: str = "kB"
    flags: tuple[str, ...] = ()


CASES: Final = {
    "one character repeated": Case(whole(lambda size: "a" * (1_000 * size)), 16_000),
    "one line of words without a stop": Case(whole(lambda size: words(random.Random(SEED), 180 * size)), 4_000),
    "lines of one word": Case(
        whole(lambda size: "\n".join(word(random.Random(number)) for number in range(1_000 * size))),
        100,
        "thousand lines",
    ),
    "lines of one word, as lines": Case(
        whole(lambda size: "\n".join(word(random.Random(number)) for number in range(1_000 * size))),
        625,
        "thousand lines",
        ("--unit", "line"),
    ),
    "blank lines": Case(whole(lambda size: "\n" * (1_000 * size)), 16_000, "thousand lines"),
    "open brackets": Case(whole(lambda size: "(" * (1_000 * size)), 8_000),
    "open brackets, line by line": Case(whole(lambda size: "(\n" * (1_000 * size)), 200, "thousand lines"),
    "form feeds": Case(whole(lambda size: "Page 1\n\f" * (1_000 * size)), 100, "thousand pages"),
    "numbers in brackets": Case(
        whole(lambda size: "\n".join(f"[{number % 997}] see [{number % 991}]" for number in range(1_000 * size))),
        100,
        "thousand lines",
    ),
    "combining marks": Case(whole(lambda size: "a" + "\u0301\u0323" * (250 * size)), 1_000),
    "combining marks between soft hyphens": Case(
        whole(lambda size: "a" + "\u0301\u00ad\u0323\u00ad" * (125 * size)), 1_000
    ),
    "bytes of no encoding": Case(noise, 2_000),
    "folders in folders": Case(nested_folders, 100, "folders, 200 deep"),
    "copies of one passage": Case(passages(lambda draw: edited(draw, BOILERPLATE, 1 / 30)), 4, "thousand passages"),
    "the same shingles": Case(passages(same_shingles), 2, "thousand passages"),
    "near copies of a long passage": Case(long_copies, 4, "passages of 0.8 MB"),
}


@dataclass(frozen=True)
class Run:
    """What a run took: seconds, seconds of processor time, the most MB of one of its processes, what it said."""

    seconds: float
    processor: float
    memory: float
    passages: int
    compared: int
    problem: str = ""


def measure(raw: Path, curated: Path, flags: Sequence[str]) -> Run:
    shutil.rmtree(curated, ignore_errors=True)
    command = [sys.executable, "-m", "corpuskit", "ingest", str(raw), str(curated), "--json", *flags]
    out = curated.parent / "out.json"
    began = time.monotonic()
    with out.open("wb") as stdout:
        process = subprocess.Popen(command, stdout=stdout, stderr=subprocess.PIPE)
    while True:
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        if ended:
            break
        if time.monotonic() - began > TIMEOUT:
            process.kill()
        time.sleep(0.02)
    seconds = time.monotonic() - began
    assert process.stderr is not None
    said = process.stderr.read().decode(errors="replace").strip().split("\n")[-1]
    process.stderr.close()
    process.returncode = os.waitstatus_to_exitcode(status)
    used = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1_000
    if process.returncode:
        return Run(seconds, *used, 0, 0, said or f"ended with {process.returncode}")
    told = json.loads(out.read_bytes())
    return Run(seconds, *used, told["passages"], told["compared"]["candidate_pairs"])


def measure_inside(raw: Path, curated: Path, flags: Sequence[str]) -> Run:
    """Likewise in this process, without its start; memory is not told."""
    import corpuskit
    from corpuskit.settings import make

    shutil.rmtree(curated, ignore_errors=True)
    values = {flag.removeprefix("--"): value for flag, value in zip(flags[::2], flags[1::2], strict=True)}
    began, worked = time.monotonic(), time.process_time()
    result = corpuskit.ingest(raw, curated, make(values))
    used = time.monotonic() - began, time.process_time() - worked
    return Run(*used, 0, result.passages, result.compared["candidate_pairs"])


def rows(cases: Sequence[str], work: Path, scale: float, measured: Callable[..., Run]) -> Iterator[list[str]]:
    for name in cases:
        case = CASES[name]
        done: list[Run] = []
        sizes = [max(1, int(case.size * scale)) << step for step in range(DOUBLINGS + 1)]
        for size in sizes:
            raw = work / "raw"
            shutil.rmtree(raw, ignore_errors=True)
            raw.mkdir(parents=True)
            case.make(raw, size)
            done.append(measured(raw, work / "curated", ("--workers", "1", *case.flags)))
            print(name, size, case.unit, done[-1], file=sys.stderr, flush=True)
            if done[-1].problem:
                break
        last, before = done[-1], done[-2] if len(done) > 1 else done[-1]
        if last.problem:
            yield [name, f"{sizes[len(done) - 1]:,} {case.unit}", last.problem]
            continue
        yield [
            name,
            f"{sizes[-1]:,} {case.unit}",
            f"{last.passages:,}",
            f"{last.compared / max(last.passages, 1):,.0f}",
            " ".join(f"{run.processor:.1f}" for run in done),
            f"{last.processor / before.processor:.2f}",
            *((f"{last.memory:,.0f}", f"{last.memory / before.memory:.2f}") if last.memory else ()),
        ]


HEAD: Final = (
    "text", "largest size", "passages", "compared, a passage", "processor seconds", "last doubling", "peak MB",
    "last doubling",
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--work", type=Path, required=True, help="a folder for what is made, which goes afterwards")
    parser.add_argument("--only", nargs="*", choices=list(CASES), default=list(CASES), metavar="TEXT")
    parser.add_argument("--scale", type=float, default=1.0, help="times the sizes (1)")
    parser.add_argument(
        "--inside", action="store_true", help="all in this process, for busy machines: without start and memory"
    )
    parser.add_argument("--write", action="store_true", help="put the table into docs/reliability.md")
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    lines = [f"| {' | '.join(HEAD)} |", f"|{'---|' * len(HEAD)}"]
    measured = measure_inside if given.inside else measure
    for row in rows(given.only, given.work, given.scale, measured):
        lines.append(f"| {' | '.join(row + [''] * (len(HEAD) - len(row)))} |")
        print(lines[-1], flush=True)
    if given.write:
        import page

        page.write("reliability.md", "adversarial", [*lines, "", page.made(["corpuskit-curation", "numba"])])
    for name in ("raw", "curated", ".corpuskit_cache"):
        shutil.rmtree(given.work / name, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
