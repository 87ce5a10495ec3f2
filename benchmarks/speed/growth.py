"""How time and memory grow with the corpus, and what text that is made to hurt does."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from speed.bench import Bench
from speed.corpora import ADVERSARIAL
from speed.floor import files
from speed.ingesting import peaks
from speed.measuring import Measured, failure, interleaved, median, ratio, spread, table

SIZES: Final = (200_000_000, 400_000_000, 800_000_000, 1_600_000_000, 3_200_000_000)
COMMON: Final = (200_000_000, 400_000_000, 800_000_000)
"""Sizes for the default profile, whose comparisons grow with the square."""

LARGE: Final = 10_000_000_000
COLUMNS: Final = (
    "MB",
    "passages",
    "exact and near copies",
    "seconds",
    "for each doubling",
    "MB/s",
    "candidate pairs a passage",
    "measured",
    "CPU seconds",
    "peak RSS, MB",
    "peak PSS, MB",
)


def distinct(profile: str, sizes: tuple[int, ...], bench: Bench) -> Iterator[str]:
    """Distinct text of several sizes."""
    chosen = bench.sizes(*sizes)
    largest = bench.sizes(SIZES[-1])[0]
    yield from curve(bench, profile, {size: bench.corpora.distinct(size, largest) for size in chosen})


def copies(profile: str, bench: Bench) -> Iterator[str]:
    """Text of which 95 % are copies."""
    yield from curve(bench, profile, {size: bench.corpora.copies(size) for size in bench.sizes(*SIZES)})


def curve(bench: Bench, profile: str, raws: Mapping[int, Path]) -> Iterator[str]:
    """A row for each size; the sizes in turn, so that a busy hour changes all of them."""
    flags = ("--profile", profile, "--workers", "2")
    done = interleaved(bench.runs, {str(size): partial(bench.ingest, raw, *flags) for size, raw in raws.items()})
    rows: list[list[str]] = []
    before: list[float] | None = None
    for size in raws:
        runs = done[str(size)]
        if problem := failure(runs):
            rows.append([f"{size / 1e6:,.1f}", "", "", problem])
            before = None
            continue
        seconds = [run.seconds for run in runs]
        rows.append(_row(runs, size, "" if before is None else ratio(seconds, before)))
        before = seconds
    yield from table(COLUMNS, rows)


def _row(runs: list[Measured], size: int, factor: str) -> list[str]:
    told: dict[str, Any] = runs[0].result()
    passages = max(1, told["passages"])
    seconds = [run.seconds for run in runs]
    pairs = [f"{told['compared'][name] / passages:.2f}" for name in ("candidate_pairs", "measured_pairs")]
    near = f"{told['exact'] / passages:.1%} + {told['near'] / passages:.1%}"
    rate = f"{size / 1e6 / median(seconds):.1f}"
    return [f"{size / 1e6:,.1f}", f"{passages:,}", near, spread(seconds), factor, rate, *pairs, *peaks(runs)]


def adversarial(bench: Bench) -> Iterator[str]:
    """Text made to hurt, and as much distinct text."""
    columns = (
        "text",
        "profile",
        "MB",
        "passages",
        "seconds",
        "of distinct text",
        "s a MB",
        "passages/s",
        *COLUMNS[-3:],
    )
    yield from table(columns, [row for name in ADVERSARIAL for row in _adversarial(bench, name)])


def _adversarial(bench: Bench, name: str) -> Iterator[list[str]]:
    raw = bench.corpora.adversarial(name)
    size = sum(file.stat().st_size for file in files(raw))
    common = bench.corpora.distinct(size, bench.sizes(SIZES[-1])[0])
    tasks: dict[str, Callable[[], Measured]] = {}
    for profile in ("default", "scale"):
        for what, folder in ((name, raw), ("distinct text", common)):
            tasks[f"{what}|{profile}"] = partial(bench.ingest, folder, "--profile", profile, "--workers", "2")
    done = interleaved(bench.runs, tasks)
    for task, runs in done.items():
        what, profile = task.split("|")
        if problem := failure(runs):
            yield [what, profile, f"{size / 1e6:,.1f}", "", problem]
            continue
        seconds = [run.seconds for run in runs]
        passages = runs[0].result()["passages"]
        usual = [run.seconds for run in done[f"distinct text|{profile}"] if not run.problem]
        against = ratio(seconds, usual) if usual else ""
        rate = f"{passages / median(seconds):,.0f}"
        per_megabyte = f"{median(seconds) / size * 1e6:.3f}"
        yield [
            what,
            profile,
            f"{size / 1e6:,.1f}",
            f"{passages:,}",
            spread(seconds),
            against,
            per_megabyte,
            rate,
            *peaks(runs),
        ]


def memory(bench: Bench) -> Iterator[str]:
    """Peak memory of the largest corpora; `--large` adds one of 10 GB."""
    size, large = bench.sizes(SIZES[-1], LARGE)
    cases = [("scale", None, size), ("scale", "1GB", size)]
    if bench.large:
        cases.append(("scale", "1GB", large))
    columns = ("profile", "`--memory`", "MB", "passages", "seconds", "CPU seconds", "peak RSS, MB", "peak PSS, MB")
    yield from table(columns, [_memory(bench, *case) for case in cases])


def _memory(bench: Bench, profile: str, budget: str | None, size: int) -> list[str]:
    from corpuskit.settings import Settings

    shown = [profile, budget or "not given", f"{size / 1e6:,.1f}"]
    if budget and "memory" not in Settings.model_fields:
        return [*shown, "this version has no setting `memory`"]
    raw = bench.corpora.distinct(size, max(size, bench.sizes(SIZES[-1])[0]))
    flags = ("--profile", profile, "--workers", "2", *(("--memory", budget) if budget else ()))
    run = bench.ingest(raw, *flags)
    if run.problem:
        return [*shown, run.problem]
    return [*shown, f"{run.result()['passages']:,}", f"{run.seconds:.1f}", *peaks([run])]
