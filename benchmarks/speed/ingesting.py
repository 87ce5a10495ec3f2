"""Natural corpora: against the floor, by number of workers, and where the time goes."""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

from speed.bench import HERE, Bench
from speed.corpora import NATURAL
from speed.floor import files
from speed.measuring import Measured, failure, interleaved, median, megabytes, ratio, spread, table

SHOWN_SHARE: Final = 0.005
"""Stages with a smaller share of the time are taken together."""


def against_floor(bench: Bench) -> Iterator[str]:
    """`corpuskit ingest` as a multiple of the floor.

    The floor's seconds are those of its work, as it prints them; ours are of the whole process, start-up included.
    """
    columns = (
        "corpus",
        "what",
        "workers",
        "seconds",
        "of the floor",
        "MB/s",
        "CPU seconds",
        "peak RSS, MB",
        "peak PSS, MB",
    )
    yield from table(columns, [row for name in NATURAL for row in _against_floor(bench, name)])


def _against_floor(bench: Bench, name: str) -> Iterator[list[str]]:
    raw = bench.corpora.natural(name)
    found = files(raw)
    size = sum(file.stat().st_size for file in found)
    tasks: dict[str, Callable[[], Measured]] = {"floor, one process": partial(_floor, bench, raw)}
    for profile in ("default", "scale"):
        for count in (2, 1):
            flags = ("--profile", profile, "--workers", str(count))
            tasks[f"{profile}, {count}"] = partial(bench.ingest, raw, *flags)
    _floor(bench, raw)  # reads the files into the page cache
    bench.ingest(raw, "--workers", "2")
    done = interleaved(bench.runs, tasks)
    floor = [float(one.output) for one in done["floor, one process"]]
    shown = f"{name}: {len(found):,} files, {size / 1e6:.0f} MB"
    for task, measured in done.items():
        what, processes = task.split(", ")
        if problem := failure(measured):
            yield [shown, what, processes, problem]
            continue
        seconds = floor if what == "floor" else [one.seconds for one in measured]
        yield [
            shown,
            what,
            processes,
            spread(seconds),
            ratio(seconds, floor),
            f"{size / 1e6 / median(seconds):.1f}",
            *peaks(measured),
        ]


def _floor(bench: Bench, raw: Path) -> Measured:
    script = [sys.executable, str(HERE / "floor.py"), str(raw)]
    return bench.fresh(lambda folder: [*script, str(folder / "floor.parquet")])


def peaks(measured: list[Measured]) -> tuple[str, str, str]:
    """CPU seconds (median), peak RSS and peak PSS in MB (largest), as columns."""
    cpu = f"{median(one.cpu for one in measured):.1f}"
    return cpu, megabytes(one.rss for one in measured), megabytes(one.pss for one in measured)


def stages(bench: Bench) -> Iterator[str]:
    """Seconds of each stage with one worker, for each natural corpus and profile: of the run of median time."""
    for name in NATURAL:
        for profile in ("default", "scale"):
            raw = bench.corpora.natural(name)
            runs = [bench.inside(raw, {"profile": profile, "workers": 1}, stages=True) for _ in range(bench.runs)]
            yield from ("", f"`{name}`, profile `{profile}`, one worker:", "")
            if problem := failure(runs):
                yield problem
                continue
            yield from _stages(sorted(runs, key=lambda run: run.seconds)[len(runs) // 2])


def _stages(run: Measured) -> Iterator[str]:
    told = run.result()
    spent: dict[str, list[float]] = told["stages"]
    shown = {name: figures for name, figures in spent.items() if figures[0] >= SHOWN_SHARE * run.seconds}
    small = [figures for name, figures in spent.items() if name not in shown]
    rows = sorted(shown.items(), key=lambda item: -item[1][0])
    rows.append((f"{len(small)} others", [sum(column) for column in zip(*small, strict=True)]))
    watched = [sum(figures[at] for figures in spent.values()) for at in (0, 1)]
    rows.append(("start-up, imports and end", [run.seconds - told["seconds"], max(0.0, run.cpu - watched[1]), 1]))
    columns = ("function", "seconds", "share", "CPU seconds", "calls")
    yield from table(
        columns,
        (
            [
                f"`{name}`" if "." in name else name,
                f"{wall:.2f}",
                f"{wall / run.seconds:.1%}",
                f"{cpu:.2f}",
                f"{calls:,.0f}",
            ]
            for name, (wall, cpu, calls) in rows
        ),
    )


def workers(bench: Bench) -> Iterator[str]:
    """One worker against two: each phase as the run tells it, and the whole process."""
    columns = ("corpus", "profile", "part", "1 worker, s", "2 workers, s", "times faster")
    rows: list[list[str]] = []
    for name in NATURAL:
        for profile in ("default", "scale"):
            rows += _workers(bench, name, profile)
    yield from table(columns, rows)


def _workers(bench: Bench, name: str, profile: str) -> Iterator[list[str]]:
    raw = bench.corpora.natural(name)
    tasks: dict[str, Callable[[], Measured]] = {
        str(count): partial(bench.inside, raw, {"profile": profile, "workers": count}) for count in (1, 2)
    }
    done = interleaved(bench.runs, tasks)
    if problem := failure([*done["1"], *done["2"]]):
        yield [name, profile, problem]
        return
    phases = {count: [one.result()["phases"] for one in runs] for count, runs in done.items()}
    for phase in phases["1"][0]:
        one, two = ([run[phase] for run in phases[count]] for count in ("1", "2"))
        yield [name, profile, f"`{phase}`", spread(one), spread(two), ratio(one, two)]
    one, two = ([run.seconds for run in done[count]] for count in ("1", "2"))
    yield [name, profile, "whole process", spread(one), spread(two), ratio(one, two)]
