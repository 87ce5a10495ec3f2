"""Run the quality benchmarks and put their tables into docs/quality.md, between the markers of each.

    python benchmarks/quality/run.py --data DIR [--cache DIR] [--venvs DIR] [--only NAME ...] [--print]

`--data` holds the sets unpacked side by side: `neardup/`, `reflow/`, `messy/`, `deb-copyright/`, `licence-rules/`,
`ungdc/`. Without `--only` all tables are made, about half an hour on two cores; `--cache` keeps the brute-force truth,
which is most of it. Without `--venvs` the peers' table and their columns of the segmentation are left out. `--print`
leaves the page as it is.
"""

import argparse
import datetime
import os
import platform
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Final, NamedTuple

import containment
import noise
import peers
import thresholds
from corpuskit.settings import make

HERE: Final = Path(__file__).parent
PAGE: Final = HERE.parents[1] / "docs" / "quality.md"


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
            text = PAGE.read_text(encoding="utf-8")
            PAGE.write_text(replaced(text, name, "\n".join([*lines, "", made()])), encoding="utf-8")


def replaced(page: str, name: str, content: str) -> str:
    """The page with other content between the markers of a table."""
    begin, end = f"<!-- begin: {name} -->", f"<!-- end: {name} -->"
    if begin not in page or end not in page:
        raise SystemExit(f"{PAGE.name} has no markers for {name}: {begin} … {end}")
    return re.sub(f"{begin}.*{end}", lambda _: f"{begin}\n{content.strip()}\n{end}", page, flags=re.DOTALL)


def made() -> str:
    """When and with what."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("corpuskit-curation", "rapidfuzz", "numba", "numpy"))
    commit = subprocess.run(["git", "-C", str(HERE), "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    source = f" ({commit.stdout.strip()})" if commit.returncode == 0 else ""
    machine = f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores"
    return f"*{datetime.datetime.now(datetime.UTC).date()}; {packages}{source}; {machine}*"


if __name__ == "__main__":
    main()
