"""Run the fault campaign; print what was tried and lost, and put the table into docs/reliability.md.

    python benchmarks/faults/run.py --work DIR [--seconds N] [--only KIND ...] [--quick] [--print]

`--work` keeps the results, so that a campaign may be run in slices of `--seconds`: each goes on where the last one
ended, and begins anew when the code of corpuskit has changed. `--quick` tries a few faults of each kind, in a minute
or two, and never writes pages. Exit code 1 when anything was lost, 3 when time was up before all was tried.
"""

import argparse
import errno
import itertools
import json
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import page
from faults import company, damage, kinds, raws, room, running
from faults.trial import Grounds, Outcome

PACKAGES: Final = ("corpuskit-curation", "numpy", "pyarrow")
FINE: Final = 0
LOST: Final = 1
UNFINISHED: Final = 3


class Kind(NamedTuple):
    """A kind of faults: what it is called in the table, its cases, and how many of them a quick campaign tries."""

    title: str
    cases: Callable[[Grounds], kinds.Cases]
    quick: int


def _kinds() -> dict[str, Kind]:
    listed = {
        "kill-steps": Kind("kill -9 at a step of writing", partial(kinds.killed_at_steps, every=100), 9),
        "kill-random": Kind("kill -9 at a random instant", partial(kinds.killed_at_random, count=300), 6),
        "kill-again": Kind("kill -9 of two to four runs in turn", partial(kinds.killed_again, count=40), 2),
    }
    for number, what in {
        errno.ENOSPC: "no space left, from a call on",
        errno.EIO: "input/output error at a call",
        errno.EACCES: "permission denied at a call",
        errno.EROFS: "read-only file system, from a call on",
    }.items():
        cases = partial(kinds.failing_calls, number=number, every=200)
        listed[errno.errorcode[number].lower()] = Kind(f"{what} (`{errno.errorcode[number]}`)", cases, 4)
    listed["full-disk"] = Kind("a small file system that is full (tmpfs)", partial(room.full_disks, count=20), 3)
    listed["small-files"] = Kind("files may not grow (`RLIMIT_FSIZE`)", partial(room.small_files, count=20), 3)
    for number, twice in itertools.product((signal.SIGTERM, signal.SIGINT), (False, True)):
        what = f"{'Ctrl-C' if number == signal.SIGINT else 'SIGTERM'}, {'twice' if twice else 'once'}"
        cases = partial(kinds.signalled, number=number, twice=twice, count=30)
        listed[what.lower().replace(", ", "-")] = Kind(what, cases, 2)
    return listed | {
        "worker-killed": Kind("a worker killed", partial(company.workers_killed, count=10), 1),
        "worker-memory": Kind("a worker out of memory", partial(company.out_of_memory, who="worker", count=10), 1),
        "memory": Kind("the run out of memory", partial(company.out_of_memory, who="run", count=30), 2),
        "raw": Kind("a raw file that changes, shrinks or vanishes while it is read", raws.all_changes, 6),
        "company": Kind("two runs at once, and a reader", partial(company.two_at_once, count=6), 3),
        "results-flipped": Kind("results: a bit flipped", partial(_results, what="a bit flipped", count=12), 3),
        "results-short": Kind("results: cut short", partial(_results, what="cut short", count=4), 2),
        "results-gone": Kind("results: a file gone", partial(_results, what="gone", count=1), 1),
        "cache-flipped": Kind("cache: a bit flipped", partial(_cache, what="a bit flipped", count=2), 3),
        "cache-short": Kind("cache: cut short", partial(_cache, what="cut short", count=1), 2),
        "cache-gone": Kind("cache: a file gone", partial(_cache, what="gone", count=1), 1),
        "versions": Kind("results and cache of another version", damage.other_versions, 2),
    }


_results: Final = partial(damage.damaged, part="curated")
_cache: Final = partial(damage.damaged, part=".corpuskit_cache")
KINDS: Final = _kinds()


def main() -> int:
    options = arguments()
    kept = Results(options.work) if options.work else Results(Path(tempfile.mkdtemp(prefix="faults-")))
    deadline = time.monotonic() + options.seconds
    whole = True
    with tempfile.TemporaryDirectory(prefix="grounds-", dir=kept.folder) as folder:
        running.load(Path(folder) / "load")
        grounds = Grounds(Path(folder) / "grounds")
        for name in options.only:
            whole &= attempt(name, grounds, kept, deadline, quick=options.quick)
        if any(kept.lost()):
            shutil.copytree(grounds.folder / "trials", kept.folder / "lost", symlinks=True, dirs_exist_ok=True)
    lines = list(table(kept, options.only))
    print("\n".join([*lines, "", page.made(PACKAGES)]))
    for outcome in kept.lost():
        print(f"{outcome['kind']}, {outcome['case']}: {outcome['lost']}", file=sys.stderr)
    if not options.quick and not options.print and set(options.only) == set(KINDS):
        page.write("reliability.md", "faults", [*lines, "", page.made(PACKAGES)])
    return LOST if any(kept.lost()) else FINE if whole else UNFINISHED


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--work", type=Path, help="folder for the results, kept; default: a temporary one")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after so many seconds")
    parser.add_argument("--only", nargs="*", default=list(KINDS), choices=KINDS, metavar="KIND", help=", ".join(KINDS))
    parser.add_argument("--quick", action="store_true", help="a few faults of each kind")
    parser.add_argument("--print", action="store_true", help="print, and leave the page as it is")
    return parser.parse_args()


class Results:
    """What became of the faults tried so far, kept in a file for the code that was tried."""

    def __init__(self, folder: Path) -> None:
        from corpuskit.manifest import code_digest

        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder.resolve()
        self._file = self.folder / f"results-{code_digest()}.jsonl"
        lines = self._file.read_text(encoding="utf-8").splitlines() if self._file.exists() else []
        self.found: dict[tuple[str, str], dict[str, Any]] = {}
        for line in lines:
            self._take(json.loads(line))

    def _take(self, found: dict[str, Any]) -> None:
        self.found[found["name"], found["asked"]] = found

    def add(self, name: str, asked: str, outcome: Outcome) -> None:
        """Keep an outcome."""
        found = {"name": name, "asked": asked, **json.loads(outcome.line())}
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(found, ensure_ascii=False) + "\n")
        self._take(found)

    def lost(self) -> Iterator[dict[str, Any]]:
        """Those in which something was lost, or was not as it must be."""
        return (found for found in self.found.values() if found["lost"])


def attempt(name: str, grounds: Grounds, kept: Results, deadline: float, *, quick: bool) -> bool:
    """Try the faults of a kind that were not tried before; return whether all are tried now."""
    kind = KINDS[name]
    if name == "full-disk" and not room.can_mount():
        print("full-disk: not tried, only root can mount file systems", file=sys.stderr)
        return True
    cases = list(kind.cases(grounds))
    random.Random(name).shuffle(cases)  # of what time leaves out, some is tried everywhere
    for asked, case in cases[: kind.quick if quick else None]:
        if (name, asked) in kept.found and not kept.found[name, asked]["lost"]:
            continue
        if time.monotonic() > deadline:
            return False
        kept.add(name, asked, case())
    return True


def table(kept: Results, names: Iterable[str]) -> Iterator[str]:
    """A row for each kind: how many faults were tried, what stood after them, and what was lost."""
    yield "| fault | tried | as before | the new corpus | survived | lost |"
    yield "|---|--:|--:|--:|--:|--:|"
    total: Counter[str] = Counter()
    for name in names:
        found = [one for (kind, _), one in kept.found.items() if kind == name]
        if not found:
            continue
        lost = sum(bool(one["lost"]) for one in found)
        new = sum(not one["lost"] and _is_new(one) for one in found)
        counts = Counter(tried=len(found), old=len(found) - lost - new, new=new, fine=len(found) - lost, lost=lost)
        total += counts
        yield _row(KINDS[name].title, counts)
    yield _row("**all**", total)


def _row(title: str, counts: Counter[str]) -> str:
    return " | ".join([f"| {title}", *(f"{counts[key]:,}" for key in ("tried", "old", "new", "fine", "lost"))]) + " |"


def _is_new(found: Mapping[str, Any]) -> bool:
    """Whether the corpus that the run was to make stood already, before the next run."""
    return bool(found["new"])


if __name__ == "__main__":
    sys.exit(main())
