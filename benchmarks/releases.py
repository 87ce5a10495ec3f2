"""Whether `corpuskit.diff` is right on two releases of natural-licences, and what it costs.

    python benchmarks/releases.py --data DIR --work DIR

The second release lacks a tenth of the files, and in another tenth one word in fifty is another one, and one more
ends them. Both are made with
`ingest`; the counts of the diff must be those of `oracles.diff_counts`, which holds all rows in dictionaries. Then the
second is made once more with a lower threshold, so that most of what differs is how passages are merged.
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import corpuskit
import oracles
from corpuskit.diffs import KINDS
from corpuskit.settings import Settings, make
from speed.corpora import Corpora

SEED: Final = 20_261
EDITED: Final = 1 / 50
"""The share of words replaced in an edited file."""


def released(source: Path, target: Path) -> None:
    """Copy a raw folder without a tenth of its files, and with another tenth edited."""
    draw = random.Random(SEED)
    files = sorted(path for path in source.rglob("*") if path.is_file())
    tenths = [draw.randrange(10) for _ in files]
    for file, tenth in zip(files, tenths, strict=True):
        if tenth == 0:
            continue
        copy = target / file.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if tenth > 1:
            shutil.copyfile(file, copy)
            continue
        words = file.read_bytes().split(b" ")
        for at in range(len(words)):
            if draw.random() < EDITED:
                words[at] = draw.choice(words)
        words[-1] += b" amended"  # files of a few words change, too
        copy.write_bytes(b" ".join(words))


def rows_of(corpus: corpuskit.Corpus) -> oracles.Rows:
    """The rows of a corpus, with the columns that the truth is made of."""
    columns = {
        "documents": ["document_id", "sha256", "text_sha256", "problem"],
        "records": ["record_id", "text"],
        "occurrences": ["occurrence_id", "record_id"],
    }
    return {table: pq.read_table(corpus.files(table)[0], columns=columns[table]).to_pylist() for table in KINDS}


def measured(old: Path, new: Path, examples: int) -> dict[str, Any]:
    """Counts, seconds and peak memory (MB) of a diff, in a process of its own."""
    call = [sys.executable, __file__, "--one", str(old), str(new), str(examples)]
    return dict(json.loads(subprocess.run(call, capture_output=True, text=True, check=True).stdout))


def one(old: str, new: str, examples: str) -> None:
    """What `measured` runs."""
    corpora = corpuskit.open(old), corpuskit.open(new)
    before = peak()
    started = time.perf_counter()
    found = corpuskit.diff(*corpora, examples=int(examples))
    seconds = time.perf_counter() - started
    print(json.dumps({"counts": found.counts, "seconds": seconds, "peak": peak(), "before": before}))


def peak() -> float:
    """The most memory that this process has had resident so far, in MB; Linux alone tells."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1000


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the releases, compare and print; 1 when a count is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder with deb-copyright/ and licence-rules/")
    parser.add_argument("--work", type=Path, required=True, help="takes raw files and corpora, kept for the next time")
    parser.add_argument("--quick", action="store_true", help="some hundred files")
    options = parser.parse_args(arguments)
    corpora = Corpora(options.data, options.work, options.quick)
    first = corpora.natural("natural-licences")
    second = corpora._once("natural-licences-second", lambda folder: released(first, folder))
    folder = options.work / "releases-quick" if options.quick else options.work / "releases"
    include = ("*.txt", "*.RULE", "*.LICENSE", "*.copyright", "copyright")
    builds: list[tuple[str, Path, Settings]] = [
        ("first", first, make({"include": include})),
        ("second", second, make({"include": include})),
        ("looser", second, make({"include": include, "threshold": "0.75"})),
    ]
    for name, raw, settings in builds:
        if not (folder / name / "manifest.json").exists():
            started = time.perf_counter()
            corpuskit.ingest(raw, folder / name, settings)
            print(f"made {name} in {time.perf_counter() - started:.1f} s", file=sys.stderr)
    wrong = 0
    for old, new in (("first", "second"), ("second", "looser"), ("first", "first")):
        found = measured(folder / old, folder / new, 5)
        started = time.perf_counter()
        truth = oracles.diff_counts(*(rows_of(corpuskit.open(folder / name)) for name in (old, new)))
        slow = time.perf_counter() - started
        wrong += found["counts"] != truth
        print(f"{old} -> {new}: {'as' if found['counts'] == truth else 'NOT as'} brute force says")
        for table, counts in found["counts"].items():
            print(f"  {table}: {counts}")
        held = found["peak"] - found["before"]
        print(f"  {found['seconds']:.2f} s, {held:.0f} MB over imports; brute force {slow:.1f} s")
    return int(wrong > 0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(*sys.argv[2:])
    else:
        sys.exit(main())
