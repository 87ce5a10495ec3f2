"""Bytes a passage: on disk while a run works, in memory, and in the result; what 100 million passages would take."""

import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from speed.bench import Bench
from speed.growth import SIZES
from speed.measuring import Measured, pss, table

CACHE: Final = ".corpuskit_cache"
MEASURED: Final = {"scale": (SIZES[2], SIZES[4]), "default": (SIZES[0], SIZES[2])}
"""Two sizes for each profile: large enough that what a run needs anyway does not show."""

WANTED: Final = 100_000_000
"""Passages that the table reckons for."""

UNLINKED: Final = "mapped files without a name"
"""Arrays that grow with the corpus, in files that are unlinked when they are made."""


@dataclass
class Peak:
    """The most bytes that each kind of file of a run had at any time, and the most of all of them at once.

    anonymous: likewise of memory that is in no file, of the whole tree of processes.
    """

    kinds: Counter[str] = field(default_factory=Counter)
    total: int = 0
    anonymous: int = 0

    def look(self, folder: Path, processes: list[int]) -> None:
        """Look at a run that works in `folder`."""
        now = _on_disk(folder / CACHE)
        now[UNLINKED] = _unlinked(processes)
        self.kinds |= now  # the larger of both, kind by kind
        self.total = max(self.total, now.total())
        self.anonymous = max(self.anonymous, sum(pss(process, "Anonymous") for process in processes))


def _on_disk(folder: Path) -> Counter[str]:
    """Bytes below a folder, by the name of files without their numbers."""
    found: Counter[str] = Counter()
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):  # files come and go
                found[re.sub(r"\d+", "*", name)] += (Path(place) / name).stat().st_size
    return found


def _unlinked(processes: list[int]) -> int:
    """Bytes of files that have no name any more and that processes have mapped."""
    seen: dict[tuple[str, str], int] = {}
    for process in processes:
        with suppress(OSError), Path(f"/proc/{process}/maps").open() as lines:
            for line in lines:
                if line.rstrip().endswith("(deleted)") and CACHE in line:
                    addresses, _, offset, device, inode = line.split()[:5]
                    begin, end = (int(address, 16) for address in addresses.split("-"))
                    seen[device + inode, offset] = end - begin
    return sum(seen.values())


def footprint(bench: Bench) -> Iterator[str]:
    """Two sizes of distinct text, and what each further passage takes by the difference between them."""
    for profile, sizes in MEASURED.items():
        runs = [_run(bench, profile, size) for size in bench.sizes(*sizes)]
        yield from ("", f"Profile `{profile}`, two workers:", "")
        if problem := next((run.problem for run, _ in runs if run.problem), None):
            yield problem
            continue
        yield from _table([(run.result()["passages"], _parts(run, parts), run.seconds) for run, parts in runs])


def _run(bench: Bench, profile: str, size: int) -> tuple[Measured, Mapping[str, int]]:
    """A run and the bytes of what it made: while it worked, and in the end."""
    peak = Peak()
    result: Counter[str] = Counter()

    def look(folder: Path, processes: list[int]) -> None:
        peak.look(folder, processes)
        result.clear()
        result.update(_on_disk(folder / "curated" / ".builds"))

    raw = bench.corpora.distinct(size, bench.sizes(SIZES[-1])[0])
    run = bench.ingest(raw, "--profile", profile, "--workers", "2", look=look)
    kept = {f"result: `{name}`": count for name, count in sorted(result.items()) if name.endswith(".parquet")}
    total = {"result: all tables": sum(kept.values()), "memory: not in files": peak.anonymous}
    kinds = {f"at work: `{name}`": count for name, count in sorted(peak.kinds.items()) if count}
    return run, {**kinds, "at work: most at once": peak.total, **kept, **total}


def _parts(run: Measured, sizes: Mapping[str, int]) -> dict[str, int]:
    text = {"raw text": run.result()["raw_bytes"]}
    return {**text, **sizes, "memory: peak RSS": run.rss, "memory: peak PSS": run.pss}


def _table(runs: list[tuple[int, dict[str, int], float]]) -> Iterator[str]:
    (few, small, short), (many, large, long) = runs
    more = max(1, many - few)
    columns = (
        "what",
        f"{few:,} passages, MB",
        f"{many:,} passages, MB",
        "bytes a further passage",
        f"{WANTED:,} passages, GB",
    )
    rows = []
    for name in large:
        slope = (large[name] - small.get(name, 0)) / more
        if slope < 0.5:  # does not grow
            continue
        fixed = large[name] - slope * many
        megabytes = [f"{sizes.get(name, 0) / 1e6:,.1f}" for sizes in (small, large)]
        rows.append([name, *megabytes, f"{slope:,.0f}", f"{(fixed + slope * WANTED) / 1e9:,.1f}"])
    hours = (long + (long - short) / more * (WANTED - many)) / 3600
    rows.append(
        [
            "time, if it grew evenly",
            f"{short:.1f} s",
            f"{long:.1f} s",
            f"{(long - short) / more * 1e6:.1f} µs",
            f"{hours:.1f} h",
        ]
    )
    yield from table(columns, rows)
