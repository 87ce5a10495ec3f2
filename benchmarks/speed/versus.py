"""corpuskit and the public tools on the same passages: those of natural-ungdc and natural-licences together.

The tools are given JSONL, corpuskit a column of Parquet, both made beforehand; each writes the cluster of each text.
Processes are timed from start to end.
"""

import json
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from environments import adapter, prepare
from speed.bench import HERE, Bench
from speed.corpora import NATURAL, SEED
from speed.ingesting import peaks
from speed.measuring import Measured, failure, interleaved, median, ratio, spread, table

WORKERS: Final = {"text-dedup": "num_proc", "datatrove": "workers"}
"""The tools, and the setting for the number of workers of each."""

FASTEST: Final = "text-dedup, 2 workers"
"""The fastest of them on a sample of 136,000 passages."""

OURS: Final[dict[str, dict[str, Any]]] = {
    "default": {},
    "default without `protect`": {"protect": []},
    "scale": {"profile": "scale"},
}
"""The second does what the tools do and no more: none of them asks whether what differs is a number or a name."""

QUICK_SAMPLE: Final = 2_000


class Texts(NamedTuple):
    """Passages in both forms, and how many of how many."""

    lines: Path
    column: Path
    number: int
    total: int


def versus(bench: Bench) -> Iterator[str]:
    """Seconds of each, and how many times faster corpuskit is at its default settings.

    First every number of workers is tried once; the better one of each tool is then run as often as corpuskit.
    """
    if bench.venvs is None:
        return
    texts = passages(bench)
    first = interleaved(1, _peers(bench, texts))
    best = [min(runs, key=lambda name: _seconds(first[name])) for runs in _by_tool(first)]
    ours = _ours(bench, texts)
    _run_ours(bench, texts, {}, few=True)  # compiles what this way needs
    done = interleaved(bench.runs, {**ours, **{name: _peers(bench, texts)[name] for name in best}})
    yield from _told(texts, {**first, **done})


def versus_fastest(bench: Bench) -> Iterator[str]:
    """Seconds of the fastest tool and of corpuskit, of all passages whatever the sample for the others."""
    if bench.venvs is None:
        return
    texts = passages(replace(bench, peers_sample=None))
    _run_ours(bench, texts, {}, few=True)
    yield from _told(texts, interleaved(bench.runs, {**_ours(bench, texts), FASTEST: _peers(bench, texts)[FASTEST]}))


def _told(texts: Texts, done: dict[str, list[Measured]]) -> Iterator[str]:
    yield f"{texts.number:,} of {texts.total:,} passages, {texts.column.stat().st_size / 1e6:.0f} MB as Parquet:"
    yield ""
    columns = (
        "tool",
        "runs",
        "seconds",
        "of corpuskit's default",
        "passages/s",
        "CPU seconds",
        "peak RSS, MB",
        "peak PSS, MB",
    )
    against = [run.seconds for run in done["corpuskit, default"]]
    yield from table(columns, (_row(name, runs, texts, against) for name, runs in done.items()))


def _peers(bench: Bench, texts: Texts) -> dict[str, Callable[[], Measured]]:
    return {
        f"{name}, {count} worker{'s' if count > 1 else ''}": partial(_run_peer, bench, texts, name, {setting: count})
        for name, setting in WORKERS.items()
        for count in (1, 2)
    }


def _by_tool(runs: dict[str, list[Measured]]) -> list[list[str]]:
    return [[name for name in runs if name.startswith(f"{tool},")] for tool in WORKERS]


def _seconds(runs: list[Measured]) -> float:
    """Seconds of one run; without end where it failed."""
    return float("inf") if failure(runs) else runs[0].seconds


def _ours(bench: Bench, texts: Texts) -> dict[str, Callable[[], Measured]]:
    return {f"corpuskit, {name}": partial(_run_ours, bench, texts, settings) for name, settings in OURS.items()}


def _run_ours(bench: Bench, texts: Texts, settings: dict[str, Any], *, few: bool = False) -> Measured:
    script = [sys.executable, str(HERE / "deduplicate.py")]

    def command(folder: Path) -> list[str]:
        source = texts.column
        if few:
            source = folder / "few.parquet"
            pq.write_table(pq.read_table(texts.column).slice(0, 100), source)
        return [*script, str(source), str(folder / "clusters.parquet"), json.dumps(settings)]

    return bench.fresh(command)


def _run_peer(bench: Bench, texts: Texts, name: str, settings: dict[str, Any]) -> Measured:
    assert bench.venvs is not None
    script = [str(prepare(name, bench.venvs)), str(adapter(name)), str(texts.lines)]
    return bench.fresh(lambda folder: [*script, str(folder / "clusters.json"), json.dumps(settings)])


def _row(name: str, runs: list[Measured], texts: Texts, against: list[float]) -> list[str]:
    if problem := failure(runs):
        return [name, str(len(runs)), problem]
    seconds = [run.seconds for run in runs]
    rate = f"{texts.number / median(seconds):,.0f}"
    times = ratio(seconds, against) if against else ""
    return [name, str(len(runs)), spread(seconds), times, rate, *peaks(runs)]


def passages(bench: Bench) -> Texts:
    """The passages of both corpora, or a random sample of them in their order, as JSONL and as Parquet."""
    wanted = QUICK_SAMPLE if bench.quick else bench.peers_sample
    stem = f"{'quick-' if bench.quick else ''}passages-{wanted or 'all'}"
    folder = bench.work / "passages"
    lines, column, counts = (folder / f"{stem}.{ending}" for ending in ("jsonl", "parquet", "json"))
    if not counts.exists():
        folder.mkdir(parents=True, exist_ok=True)
        found = [text for name in NATURAL for text in _passages(bench.corpora.natural(name))]
        chosen = found
        if wanted is not None and wanted < len(found):
            chosen = [found[at] for at in sorted(random.Random(SEED).sample(range(len(found)), wanted))]
        with lines.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps({"text": text}) + "\n" for text in chosen)
        pq.write_table(pa.table({"text": pa.array(chosen, type=pa.large_string())}), column)
        counts.write_text(json.dumps([len(chosen), len(found)]))
    return Texts(lines, column, *json.loads(counts.read_text()))


def _passages(folder: Path) -> Iterator[str]:
    """The passages of all files below a folder, as corpuskit finds them."""
    from corpuskit import raw
    from corpuskit.prepare import prepare_files
    from corpuskit.settings import Settings

    inventory = raw.scan(folder, include=("*",), ignore=())
    for batch in raw.batches(inventory.files, max_bytes=8 << 20, max_files=2_000):
        yield from prepare_files(folder, batch, Settings()).passages["text"].to_pylist()
