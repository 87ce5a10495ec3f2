"""corpuskit and its peers on the same texts: which pairs each puts together, which of them rightly, and in what time.

    python benchmarks/quality/peers.py --data DIR --venvs DIR [--cache DIR] [--only PEER ...] [--default]

Each peer gets a virtual environment in the folder `--venvs`, made by this script, and runs through
`peers/run_<name>.py` there: texts in as JSONL, a cluster number for each text out as JSON. Three sets: `licences`
(whole documents) and the samples of passages that `thresholds.py` has. Truth is brute force: pairs
of distinct normalized texts at or above 0.85 of the measure. Columns:

- left: of the pairs at or above the threshold, those of which both texts are kept: repeats that stay in the corpus
- false merges: of the texts not kept, those below the threshold to the text kept in their place: text that is lost
- recall, precision, F1: of all pairs of texts in one cluster, whether or not one of them is the text kept
- 5-word recall: likewise, of the pairs with exact 5-word Jaccard of 0.7 or more (`jaccard_pairs.jsonl`)
- seconds: wall time from start to result, start-up included
"""

import argparse
import json
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

from brute_force import truth
from corpuskit.settings import Settings
from corpuskit.text import normalize
from environments import adapter, prepare
from noise import Pairs, as_pairs, in_order
from sets import is_able, read_lines
from thresholds import Place, samples

WORD_JACCARD = 0.7

GRID: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "corpuskit": ({},),
    "text-dedup": (
        {},
        {"threshold": 0.8},
        {"ngram": 5, "num_perm": 256, "b": 42, "r": 6},
        {"ngram": 3, "num_perm": 256, "b": 64, "r": 4},
        {"ngram": 2, "num_perm": 240, "b": 15, "r": 16},
    ),
    "datatrove": (
        {},
        {"num_buckets": 9, "hashes_per_bucket": 13},
        {"n_grams": 5, "num_buckets": 42, "hashes_per_bucket": 6},
        {"n_grams": 3, "num_buckets": 64, "hashes_per_bucket": 4},
        {"n_grams": 2, "num_buckets": 15, "hashes_per_bucket": 16},
    ),
    "datasketch": (
        {},
        {"shingle": 5, "num_perm": 256, "b": 64, "r": 4, "verify": 0.6},
        {"shingle": 5, "num_perm": 256, "b": 64, "r": 4, "verify": 0.7},
        {"shingle": 5, "num_perm": 256, "b": 64, "r": 4, "verify": 0.8},
    ),
    "semhash": ({},),
}
"""Settings of each: the first are its defaults. datasketch has no shingling: single words, as in its guide, then runs
of 5 characters; `verify` is the least estimated Jaccard at which a pair is joined."""


class Set(NamedTuple):
    """Texts, the pairs at or above the threshold, and the pairs alike by 5-word Jaccard (None: not known)."""

    texts: list[str]
    alike: Pairs
    by_words: Pairs | None


class Run(NamedTuple):
    """What a peer made of a set: the cluster of each text, the text kept for it, and its time."""

    clusters: list[int]
    kept: list[int]
    seconds: float


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with all sets unpacked")
    parser.add_argument("--venvs", type=Path, required=True, help="folder for the peers' virtual environments")
    parser.add_argument("--cache", type=Path, help="folder to keep the brute-force truth in")
    parser.add_argument("--only", nargs="*", default=list(GRID), choices=GRID, help="peers")
    parser.add_argument("--default", action="store_true", help="default settings only")
    options = parser.parse_args()
    for line in table(options.data, options.venvs, options.cache, options.only, options.default):
        print(line, flush=True)


def table(data: Path, venvs: Path, cache: Path | None, names: list[str], default_only: bool) -> Iterator[str]:
    """Lines of Markdown tables, one for each set."""
    for title, chosen in sets(data, cache).items():
        total = len(chosen.alike)
        run(
            "corpuskit", prepare("corpuskit", venvs), {}, chosen.texts[:100]
        )  # compiled kernels, as after any first run
        yield f"\n`{title}`: {len(chosen.texts):,} texts, {total:,} pairs at or above the threshold\n"
        columns = ("tool", "settings", "left", "false merges", "recall", "precision", "F1", "5-word recall", "seconds")
        yield "| " + " | ".join(columns) + " |"
        yield "|---" * len(columns) + "|"
        for name in names:
            python = prepare(name, venvs)
            for settings in GRID[name][: 1 if default_only else None]:
                yield row(name, settings, chosen, run(name, python, settings, chosen.texts))


def sets(data: Path, cache: Path | None) -> dict[str, Set]:
    """The texts given to all, with the truth about them: normalized, so that equal texts are no question."""
    settings = Settings()
    rows = {row["id"]: normalize(row["text"]) for row in read_lines(data / "neardup" / "licences" / "docs.jsonl")}
    texts = [text for text in sorted(set(rows.values())) if is_able(text, settings)]
    place = {text: at for at, text in enumerate(texts)}
    by_words = {
        in_order(place[rows[row["a"]]], place[rows[row["b"]]])
        for row in read_lines(data / "neardup" / "licences" / "jaccard_pairs.jsonl")
        if row["jaccard"] >= WORD_JACCARD and rows[row["a"]] in place and rows[row["b"]] in place
    }
    found = {"licences": Set(texts, as_pairs(truth(texts, Decimal("0.7"), cache).at(settings.threshold)), by_words)}
    for name, texts in samples(Place(data, cache), settings).items():
        found[name] = Set(texts, as_pairs(truth(texts, settings.threshold, cache)), None)
    return found


def run(name: str, python: Path, settings: Mapping[str, Any], texts: list[str]) -> Run | str:
    """Run a peer on the texts; what it says last when it fails."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "texts.jsonl", Path(folder) / "clusters.json"
        source.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
        started = time.perf_counter()
        done = subprocess.run(
            [str(python), str(adapter(name)), str(source), str(target), json.dumps(settings)],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.perf_counter() - started
        if done.returncode:
            return (done.stderr.strip() or "no message").splitlines()[-1][:200]
        answer = json.loads(target.read_text())
    return Run(answer["clusters"], answer["kept"], seconds)


def row(name: str, settings: Mapping[str, Any], chosen: Set, done: Run | str) -> str:
    """A line of the table."""
    shown = ", ".join(f"{key}={value}" for key, value in settings.items()) or "defaults"
    if isinstance(done, str):
        return f"| {name} | {shown} | did not run: {done} | | | | | | |"
    together = clustered(done.clusters)
    right = len(together & chosen.alike)
    recall, precision = right / len(chosen.alike), right / len(together) if together else 1.0
    f1 = 2 * right / (len(together) + len(chosen.alike))
    kept = {at for at, standing in enumerate(done.kept) if standing == at}
    gone = [(at, standing) for at, standing in enumerate(done.kept) if standing != at]
    left = sum(one in kept and two in kept for one, two in chosen.alike) / len(chosen.alike)
    false = sum(in_order(*pair) not in chosen.alike for pair in gone)
    words = f"{len(together & chosen.by_words) / len(chosen.by_words):.3f}" if chosen.by_words else ""
    lost = f"{false:,} of {len(gone):,} ({false / max(len(gone), 1):.1%})"
    scores = f"{recall:.3f} | {precision:.3f} | {f1:.3f} | {words} | {done.seconds:.1f}"
    return f"| {name} | {shown} | {left:.1%} | {lost} | {scores} |"


def clustered(clusters: list[int]) -> Pairs:
    """All pairs of positions in one cluster."""
    members: dict[int, list[int]] = {}
    for position, number in enumerate(clusters):
        members.setdefault(number, []).append(position)
    return {pair for group in members.values() for pair in combinations(group, 2)}


if __name__ == "__main__":
    main()
