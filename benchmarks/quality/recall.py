"""Hold a sample of a corpus against brute force: which like pairs come through every filter to the measure.

    python benchmarks/quality/recall.py CURATED [--passages 5000] [--seed 1]

Distinct contents that may have near copies (`min_near_chars`, with content) are sampled, and every pair of
them is measured. A Markdown table goes to stdout, one line for each class of length (the shorter text's weight:
characters, with those of scripts without spaces counted three times):

- pairs: at or above the threshold
- share a bucket: of these, by their signatures
- measured: of these, came through every filter of the cluster kernel and were found to match
- expected: the share that should, by each pair's exact shingle Jaccard J: 1 - (1 - J**rows)**bands
- interval: 95 % (Wilson) of the share that does, as if the pairs were independent: those of one family are not
- other seeds: the share that does with eight other seeds of the permutations, mean and least

Then the sample goes through `corpuskit.deduplicate`: merges below the threshold, and pairs of records in a
shared bucket at or above it, must be 0. Exit code 1 where they are not, or where less than 99 % of the pairs
are measured.
"""

import argparse
import json
import math
import random
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

import corpuskit
from brute_force import matching_pairs, oracles
from corpuskit.kernels.types import Minima
from corpuskit.settings import Settings, make
from corpuskit.stages.block import Buckets
from corpuskit.stages.cluster import cluster, measurable
from corpuskit.stages.sign import sign, sketch
from corpuskit.text import normalize
from sets import is_able

Ints = npt.NDArray[np.int64]
CLASSES = ((0, 60), (60, 120), (120, 300), (300, 1000), (1000, 1 << 40))
TARGET = 0.99
OTHER_SEEDS = 8


class Pairs(NamedTuple):
    """Pairs of the sample at or above the threshold; an entry for each, in `otherwise` a row for each seed."""

    left: Ints
    right: Ints
    weight: Ints
    shares: npt.NDArray[np.bool_]
    measured: npt.NDArray[np.bool_]
    expected: npt.NDArray[np.float64]
    otherwise: npt.NDArray[np.bool_]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("curated", type=Path)
    parser.add_argument("--passages", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    settings = make(json.loads((options.curated / "manifest.json").read_text())["settings"])
    texts, available = sample(options.curated, options.passages, options.seed, settings)
    started = time.perf_counter()
    left, right, measured = matching_pairs(texts, settings.threshold)
    seconds = time.perf_counter() - started
    pairs = examine(texts, left, right, settings)
    print(
        f"{len(texts):,} of {available:,} distinct contents, {len(texts) * (len(texts) - 1) // 2:,} pairs, "
        f"{measured:,} of them measured by rapidfuzz in {seconds:.0f} s, threshold {settings.threshold}, "
        f"{settings.bands}x{settings.rows} on {settings.shingle}\n"
    )
    fine = print_table(pairs)
    fine &= print_merges(texts, pairs, settings)
    sys.exit(0 if fine else 1)


def sample(curated: Path, wanted: int, seed: int, settings: Settings) -> tuple[list[str], int]:
    """Normalized texts that may have near copies, each different, in random order; and how many there are."""
    corpus = corpuskit.open(curated)
    wordings = {
        text for table in (corpus.records, corpus.occurrences) for text in table.to_table(["text"])["text"].to_pylist()
    }
    contents = sorted({normalize(text) for text in wordings if text is not None})
    able = [text for text in contents if is_able(text, settings)]
    return random.Random(seed).sample(able, min(wanted, len(able))), len(able)


def examine(texts: list[str], left: Ints, right: Ints, settings: Settings) -> Pairs:
    """What becomes of each pair that is at or above the threshold."""
    column = pa.array(texts, pa.large_string())
    signatures = sign_all(column, settings, settings.seed)
    shares = share_bucket(signatures, left, right, settings)
    seeds = range(settings.seed + 1, settings.seed + 1 + OTHER_SEEDS)
    otherwise = [share_bucket(sign_all(column, settings, seed), left, right, settings) for seed in seeds]
    weights = [oracles.describe(text).weight for text in texts]
    how = (settings.shingle, settings.shingle_size, settings.shingle_size_unspaced)
    jaccards = all_jaccards(texts, left, right, how)
    return Pairs(
        left,
        right,
        np.array([min(weights[x], weights[y]) for x, y in zip(left, right, strict=True)], dtype=np.int64),
        shares,
        shares & come_through(column, signatures, left, right, settings.threshold),
        1 - np.array([settings.miss_rate(value) for value in jaccards.tolist()]),
        np.array(otherwise),
    )


def sign_all(column: pa.Array, settings: Settings, seed: int) -> Minima:
    """Signatures of all texts."""
    return sign(
        column,
        np.arange(len(column)),
        permutations=settings.permutations,
        seed=seed,
        shingle=settings.shingle,
        shingle_size=settings.shingle_size,
        shingle_size_unspaced=settings.shingle_size_unspaced,
    )


def share_bucket(signatures: Minima, left: Ints, right: Ints, settings: Settings) -> npt.NDArray[np.bool_]:
    """Which pairs agree on a whole band."""
    agree = (signatures[left] == signatures[right]).reshape(len(left), settings.bands, settings.rows)
    return np.asarray(agree.all(axis=2).any(axis=1))


def all_jaccards(texts: list[str], left: Ints, right: Ints, how: tuple[str, int, int]) -> npt.NDArray[np.float64]:
    """Of each pair's two sets of shingles, exactly: the shingles by Python's 64-bit hash."""
    sets = {
        at: np.unique(np.array([hash(shingle) for shingle in oracles.shingles(texts[at], *how)], dtype=np.int64))
        for at in {*left.tolist(), *right.tolist()}
    }
    found = np.empty(len(left))
    for at, (x, y) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        common = len(np.intersect1d(sets[x], sets[y], assume_unique=True))
        found[at] = common / (len(sets[x]) + len(sets[y]) - common)
    return found


def come_through(column: pa.Array, signatures: Any, left: Ints, right: Ints, threshold: Decimal) -> Any:
    """Which pairs match by the cluster kernel, with all its filters, when each is alone in a bucket."""
    ends = np.column_stack([left, right]).reshape(-1)
    texts = column.take(pa.array(ends))
    n_chars = np.array([len(text) for text in texts.to_pylist()], dtype=np.int64)
    sketches = sketch(signatures[ends])
    members, _ = cluster(
        measurable(texts, n_chars=n_chars, sketches=sketches, permutations=signatures.shape[1]),
        Buckets(
            np.arange(len(ends)),
            (np.arange(len(ends)) // 2).astype(np.int32)[np.newaxis],
            np.full(len(left), 2, np.int32),
        ),
        n_chars=n_chars,
        threshold=threshold,
    )
    return members["record"].to_numpy()[1::2] == np.arange(0, len(ends), 2)


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share."""
    z = 1.959964
    middle = (hits + z * z / 2) / (of + z * z)
    half = z / (of + z * z) * math.sqrt(hits * (of - hits) / of + z * z / 4)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def print_table(pairs: Pairs) -> bool:
    """A line for each class of length, then all; return whether all together are at the target."""
    names = ("characters", "pairs", "share a bucket", "measured", "expected", "interval", "other seeds")
    print("| " + " | ".join(names) + " |\n" + "|---" * len(names) + "|")
    fine = True
    for low, high in (*CLASSES, (0, 1 << 40)):
        here = (pairs.weight >= low) & (pairs.weight < high)
        total = int(here.sum())
        if not total:
            continue
        sharing, measured = int(pairs.shares[here].sum()), int(pairs.measured[here].sum())
        bounds = wilson(sharing, total)
        others = pairs.otherwise[:, here].mean(axis=1)
        name = "all" if (low, high) == (0, 1 << 40) else f"{low}–{high}" if high < 1 << 40 else f"{low}+"
        print(
            f"| {name} | {total:,} | {sharing / total:.4f} | {measured / total:.4f} "
            f"| {pairs.expected[here].mean():.4f} | {bounds[0]:.4f}–{bounds[1]:.4f} "
            f"| {others.mean():.4f}, {others.min():.4f} |"
        )
        fine = measured >= TARGET * total
    return fine


def print_merges(texts: list[str], pairs: Pairs, settings: Settings) -> bool:
    """Run the flow on the sample; return whether it broke no law."""
    merged = corpuskit.deduplicate(texts, settings.model_copy(update={"protect": ()}))  # the rule is about the measure
    records = merged["record"].to_numpy()
    followers = np.flatnonzero(records != np.arange(len(texts)))
    below = sum(not oracles.match(texts[at], texts[records[at]], settings.threshold) for at in followers.tolist())
    heads = (records[pairs.left] == pairs.left) & (records[pairs.right] == pairs.right)
    repeats, refused = (
        int((heads & pairs.measured).sum()),
        int((heads & pairs.shares & ~pairs.measured).sum()),
    )
    print(f"\n- merged: {len(followers):,} of {len(texts):,}; below the threshold: {below}")
    print(f"- pairs of records in a shared bucket at or above the threshold: {repeats}")
    print(f"- likewise, but refused by a filter before the measure: {refused}")
    print(f"- pairs of records at or above it without a shared bucket: {int((heads & ~pairs.shares).sum())}")
    return below == 0 and repeats == 0


if __name__ == "__main__":
    main()
