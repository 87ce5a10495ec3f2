"""Run the quality benchmarks and put their tables into docs/quality.md, between the markers of each.

    python benchmarks/quality/run.py --data DIR [--cache DIR] [--venvs DIR] [--only NAME ...] [--print]

`--data` holds the sets unpacked side by side: `neardup/`, `reflow/`, `messy/`, `deb-copyright/`, `licence-rules/`,
`ungdc/`. Without `--only` all tables are made, about half an hour on two cores; `--cache` keeps the brute-force truth,
which is most of it. Without `--venvs` the peers' table and their columns of the segmentation are left out. `--print`
leaves the page as it is.
"""

import argparse
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import containment
import noise
import page
import peers
import thresholds
from corpuskit.settings import make

HERE: Final = Path(__file__).parent
PAGE: Final = "quality.md"
PACKAGES: Final = ("corpuskit-curation", "rapidfuzz", "numba", "numpy")


class Where(NamedTuple):
    """Folders: the data, what is kept between runs, and the peers' environments (None: no peers)."""

    data: Path
    cache: Path | None
    venvs: Path | None


def recall(name: str, where: Where) -> Iterator[str]:
    yield from thresholds.TABLES[name](thresholds.Place(where.data, where.cache))


def noisy(profile: str, where: Where) -> Iterator[str]:
    yield from noise.table(where.data, make({"profile": profile, "protect": []}), where.cache)


def noise_by_threshold(where: Where) -> Iterator[str]:
    yield from noise.by_threshold(where.data, where.cache)


def compare(where: Where) -> Iterator[str]:
    if where.venvs is not None:
        yield from peers.table(where.data, where.venvs, where.cache, list(peers.GRID), False)


def segmentation(more: list[str], where: Where) -> Iterator[str]:
    """The table that segmentation.py prints, given more flags."""
    command = [sys.executable, str(HERE / "segmentation.py"), "--data", str(where.data), "--half", "score", *more]
    if where.venvs is not None and not more:
        command += ["--venvs", str(where.venvs)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    yield from (line for line in done.stdout.splitlines() if line.startswith("|"))


def contained(name: str, where: Where) -> Iterator[str]:
    yield from containment.TABLES[name](where.data)


TABLES: Final[Mapping[str, Callable[[Where], Iterator[str]]]] = {
    "segmentation": partial(segmentation, []),
    "furniture": partial(segmentation, ["--furniture"]),
    **{name: partial(recall, name) for name in thresholds.TABLES},
    "noise-threshold": noise_by_threshold,
    **{f"noise-{profile}": partial(noisy, profile) for profile in ("default", "noisy")},
    **{name: partial(contained, name) for name in containment.TABLES},
    "peers": compare,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with all sets unpacked")
    parser.add_argument("--cache", type=Path, help="folder to keep the brute-force truth in")
    parser.add_argument("--venvs", type=Path, help="folder for the peers' virtual environments")
    parser.add_argument("--only", nargs="*", default=list(TABLES), choices=TABLES, help="tables")
    parser.add_argument("--print", action="store_true", help="print, and leave the page as it is")
    options = parser.parse_args()
    where = Where(options.data, options.cache, options.venvs)
    for name in options.only:
        lines = list(TABLES[name](where))
        if not lines:
            continue
        print(f"{name}\n" + "\n".join(lines), flush=True)
        if not options.print:
            page.write(PAGE, name, [*lines, "", page.made(PACKAGES)])


if __name__ == "__main__":
    main()
