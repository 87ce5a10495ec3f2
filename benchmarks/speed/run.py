"""Run the speed benchmarks; put their tables into docs/performance.md and docs/scale.md, between the markers of each.

    python benchmarks/speed/run.py --data DIR --work DIR [--venvs DIR] [--only NAME ...] [--runs N] [--quick] [--print]

`--data` holds the sets unpacked side by side: `ungdc/`, `deb-copyright/`, `licence-rules/`. `--work` takes what is made
of them (12 GB, 22 GB with `--large`, kept for the next time) and the results of runs (removed). Parts run one after the
other; what is compared in a part runs in turn, `--runs` times each. `--quick` makes everything small: it shows that all
works, its numbers mean nothing, and it never writes pages. benchmarks/speed/README.md says what each part measures.
"""

import argparse
import os
import platform
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "quality"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import page
from speed import footprint, growth, ingesting, starting, versus
from speed.bench import Bench
from speed.corpora import Corpora

PACKAGES: Final = ("corpuskit-curation", "numba", "numpy", "pyarrow")


class Part(NamedTuple):
    """A table: what makes its lines, and the page that it stands on."""

    lines: Callable[[Bench], Iterator[str]]
    page: str = "performance.md"


PARTS: Final[Mapping[str, Part]] = {
    "startup": Part(starting.startup),
    "compile": Part(starting.compilation),
    "ingest": Part(ingesting.against_floor),
    "stages": Part(ingesting.stages),
    "workers": Part(ingesting.workers),
    "peers": Part(versus.versus),
    "peers-all": Part(versus.versus_fastest),
    "growth": Part(partial(growth.distinct, "scale", growth.SIZES)),
    "growth-copies": Part(partial(growth.copies, "scale")),
    "growth-default": Part(partial(growth.distinct, "default", growth.COMMON)),
    "adversarial": Part(growth.adversarial),
    "memory": Part(growth.memory),
    "bytes": Part(footprint.footprint, "scale.md"),
}


def main() -> None:
    options = arguments()
    corpora = Corpora(options.data.resolve(), options.work.resolve(), options.quick)
    runs = options.runs or (1 if options.quick else 3)
    bench = Bench(corpora, options.venvs, runs, options.peers_sample, options.large, options.timeout)
    bench.ingest(starting.RAW)  # compiles what is not compiled yet
    for name in options.only:
        load = os.getloadavg()[0]
        lines = list(PARTS[name].lines(bench))
        if not lines:
            continue
        shown = [*lines, "", f"{page.made(PACKAGES)[:-1]}; {machine()}; {runs} runs each, load {load:.1f} before them*"]
        print(f"\n{name}\n\n" + "\n".join(shown).strip(), flush=True)
        if not (options.print or options.quick):
            page.write(PARTS[name].page, name, shown)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with the sets unpacked")
    parser.add_argument("--work", type=Path, required=True, help="folder for what is made, on a disk with 60 GB free")
    parser.add_argument("--venvs", type=Path, help="folder for the peers' virtual environments; without it no peers")
    parser.add_argument("--only", nargs="*", default=list(PARTS), choices=PARTS, help="parts")
    parser.add_argument("--runs", type=int, help="how often each is run; default 3, and 1 with --quick")
    parser.add_argument("--quick", action="store_true", help="small corpora, to see that everything works")
    parser.add_argument("--peers-sample", type=int, help="give the peers (and corpuskit) at most so many passages")
    parser.add_argument("--large", action="store_true", help="add 10 GB to `memory`")
    parser.add_argument("--timeout", type=float, default=7_200, help="seconds after which a run is stopped")
    parser.add_argument("--print", action="store_true", help="print, and leave the pages as they are")
    return parser.parse_args()


def machine() -> str:
    """The processor's name and the memory, where the system tells."""
    try:
        processor = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
        memory = re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())
    except OSError:
        return platform.platform()
    name = processor[1].strip() if processor else platform.processor()
    return f"{name}, {int(memory[1]) / 1e6:.0f} GB" if memory else name


if __name__ == "__main__":
    main()
