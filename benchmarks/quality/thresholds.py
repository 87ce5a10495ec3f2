"""Recall of near copies against brute force, on whole documents and passages, by threshold, length and script.

    python benchmarks/quality/thresholds.py --data DIR [--cache DIR] [--only TABLE ...]

Markdown tables go to stdout. Every pair of the texts is measured by rapidfuzz (`brute_force.py`); columns:

- pairs: distinct normalized texts at or above the threshold
- share a bucket: of these, by their signatures
- measured: of these, those that also come through every filter of the cluster kernel and are found to match
- missed: 1 - measured
- expected: the share that should share a bucket, by each pair's exact shingle Jaccard J: 1 - (1 - J**rows)**bands
- interval: 95 % (Wilson) of "share a bucket", as if pairs were independent; those of one family are not
"""

import argparse
import random
import time
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from brute_force import oracles, truth
from corpuskit.prepare import prepare_texts
from corpuskit.resolve import resolve
from corpuskit.settings import Settings, make
from recall import Pairs, all_jaccards, examine, wilson
from sets import glued, is_able, licences, natural_licences, natural_ungdc, pick, scripts

SAMPLE = 6_000
SPEECHES = 24_000
"""The sample of natural-ungdc: 6,000 of its passages hold three pairs."""

GLUED = (6_000, 24_000, 48_000)
"""Passages made of the sentences of Japanese works: real ones are too few to tell what comparing costs."""

SEED = 1
SHORTEST = 15
"""Passages down to this weight are looked at, so that `min_near_chars` can be chosen."""

CLASSES = ((15, 30), (30, 60), (60, 120), (120, 300), (300, 1000), (1000, 1 << 40))
SIZES = {"default": (6_000, 24_000, 96_000), "noisy": (3_000, 6_000, 12_000), "scale": (6_000, 24_000, 96_000)}
EDITS = (0.01, 0.03, 0.05, 0.08)
BANDS = (
    ("chars", 5, 64, 4),
    ("chars", 5, 51, 5),
    ("chars", 4, 51, 5),
    ("chars", 5, 42, 6),
    ("chars", 6, 64, 4),
    ("chars", 7, 64, 4),
    ("chars", 7, 51, 5),
    ("chars", 5, 128, 4),
    ("words", 2, 64, 4),
    ("words", 3, 42, 3),
    ("words", 5, 25, 5),
)
ROUNDING = 1e-9
HEAD = ("pairs", "share a bucket", "measured", "missed", "expected", "interval")


class Place(NamedTuple):
    """Where the data are, and what is kept between runs."""

    data: Path
    cache: Path | None


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with all sets unpacked")
    parser.add_argument("--cache", type=Path, help="folder to keep the brute-force truth in")
    parser.add_argument("--only", nargs="*", default=list(TABLES), choices=TABLES, help="tables")
    options = parser.parse_args()
    for name in options.only:
        print("\n".join(TABLES[name](Place(options.data, options.cache))), flush=True)


def documents(place: Place) -> Iterator[str]:
    """Whole licence texts at three thresholds."""
    texts = [text for text in licences(place.data) if is_able(text, Settings())]
    everything = truth(texts, Decimal("0.7"), place.cache)
    yield from head("threshold")
    for threshold in ("0.7", "0.8", "0.85", "0.9"):
        settings = make({"unit": "document", "threshold": threshold})
        found = everything.at(settings.threshold)
        yield row(threshold, examine(texts, found.left, found.right, settings))


def passages(place: Place) -> Iterator[str]:
    """Passages of two corpora, by the length of the shorter one."""
    settings = make({"min_near_chars": SHORTEST})
    yield from head("passages", "characters")
    for name, texts in samples(place, settings).items():
        found = truth(texts, settings.threshold, place.cache)
        pairs = examine(texts, found.left, found.right, settings)
        for low, high in CLASSES:
            shown = f"{low}–{high}" if high < 1 << 40 else f"{low}+"
            yield from rows_of(pairs, (pairs.weight >= low) & (pairs.weight < high), name, shown)
        yield from rows_of(pairs, pairs.weight >= Settings().min_near_chars, name, f"{Settings().min_near_chars}+")


def samples(place: Place, settings: Settings) -> dict[str, list[str]]:
    """The two samples of passages."""
    return {
        "natural-licences": natural_licences(place.data, SAMPLE, SEED, settings),
        "natural-ungdc": natural_ungdc(place.data, SPEECHES, SEED, settings),
    }


def by_script(place: Place) -> Iterator[str]:
    """Real paragraphs of manuals and works, by script: pairs as they are."""
    settings = Settings()
    yield from head("script", "texts")
    for script, texts in scripts(place.data, settings):
        found = truth(texts, settings.threshold, place.cache)
        pairs = examine(texts, found.left, found.right, settings)
        yield from rows_of(pairs, pairs.weight >= 0, script, f"{len(texts):,}")


def by_edits(place: Place) -> Iterator[str]:
    """The same paragraphs with a share of their characters exchanged at random places for others of the same text."""
    settings = Settings()
    yield from head("script", "characters exchanged")
    for script, texts in scripts(place.data, settings):
        for share in EDITS:
            chosen = pick(texts, 500, SEED)
            edited = [edit(text, share, random.Random(f"{SEED} {share} {text}")) for text in chosen]
            both = [*chosen, *edited]
            left, right = np.arange(len(chosen)), np.arange(len(chosen)) + len(chosen)
            near = [oracles.match(one, two, settings.threshold) for one, two in zip(chosen, edited, strict=True)]
            keep = np.array([found is not None and found.distance > 0 for found in near], dtype=np.bool_)
            pairs = examine(both, left[keep], right[keep], settings)
            yield from rows_of(pairs, pairs.weight >= 0, script, "one" if share == EDITS[0] else f"{share:.0%}")


def edit(text: str, share: float, generator: random.Random) -> str:
    """Exchange a share of the letters (at least one) for letters of the same text, at places drawn at random.

    The hardest kind of edit for shingles: real ones come in runs. The least share stands for a single exchange.
    """
    letters = [at for at, char in enumerate(text) if oracles.is_letter(char)]
    count = 1 if share == EDITS[0] else max(1, round(share * len(text)))
    chars = list(text)
    for at in generator.sample(letters, min(count, len(letters))):
        chars[at] = text[generator.choice(letters)]
    return "".join(chars)


def bands(place: Place) -> Iterator[str]:
    """What other shingles and bands would find, and what they cost."""
    default = Settings()
    sets = samples(place, default) | {"licences": [text for text in licences(place.data) if is_able(text, default)]}
    least = {"licences": Decimal("0.7")}
    pairs = {
        name: truth(texts, least.get(name, default.threshold), place.cache).at(default.threshold)
        for name, texts in sets.items()
    }
    names = ("shingles", "bands x rows", *(f"{name}: expected" for name in sets))
    costs = ("comparisons a passage", "seconds")
    head_line = [*names, *(f"{name}: {cost}" for name in list(sets)[:2] for cost in costs)]
    yield "| " + " | ".join(head_line) + " |"
    yield "|---" * len(head_line) + "|"
    jaccards: dict[tuple[str, str, int], npt.NDArray[np.float64]] = {}
    for kind, size, n_bands, rows in BANDS:
        settings = make({"shingle": kind, "shingle_size": size, "bands": n_bands, "rows": rows})
        cells = []
        for name, texts in sets.items():
            key = (name, kind, size)
            if key not in jaccards:
                how = (kind, size, settings.shingle_size_unspaced)
                jaccards[key] = all_jaccards(texts, pairs[name].left, pairs[name].right, how)
            cells.append(f"{1 - np.mean([settings.miss_rate(value) for value in jaccards[key].tolist()]):.4f}")
        for name in list(sets)[:2]:
            compared, seconds = cost(sets[name], settings)
            cells += [f"{compared['candidate_pairs']:.2f}", f"{seconds:.2f}"]
        yield f"| {size} {kind} | {n_bands}x{rows} | " + " | ".join(cells) + " |"


def unspaced(place: Place) -> Iterator[str]:
    """What the length of shingles does in scripts that write without spaces."""
    names = ("script", "texts", "pairs", "characters in a shingle", "expected", "comparisons a text", "seconds")
    yield "| " + " | ".join(names) + " |"
    yield "|---" * len(names) + "|"
    for script, texts in scripts(place.data, Settings()):
        if script not in ("Chinese", "Japanese"):
            continue
        found = truth(texts, Settings().threshold, place.cache)
        for size in (3, 2, 1):
            settings = make({"shingle_size_unspaced": size})
            jaccards = all_jaccards(texts, found.left, found.right, ("chars", settings.shingle_size, size))
            expected = 1 - np.mean([settings.miss_rate(value) for value in jaccards.tolist()])
            compared, seconds = cost(texts, settings)
            shown = (
                f"{len(texts):,} | {len(found.left):,} | {size} | {expected:.4f} | {compared['candidate_pairs']:.2f}"
            )
            yield f"| {script} | {shown} | {seconds:.2f} |"
    made = glued(place.data, max(GLUED), SEED, Settings())
    for count in GLUED:
        for size in (3, 2):
            compared, seconds = cost(made[:count], make({"shingle_size_unspaced": size}))
            shown = f"{count:,} | – | {size} | – | {compared['candidate_pairs']:.2f}"
            yield f"| Japanese, glued | {shown} | {seconds:.2f} |"


def profiles(place: Place) -> Iterator[str]:
    """What each profile compares and measures as passages grow in number."""
    names = ("profile", "passages", "comparisons a passage", "measured a passage", "of all pairs", "seconds")
    yield "| " + " | ".join(names) + " |"
    yield "|---" * len(names) + "|"
    texts = natural_ungdc(place.data, max(map(max, SIZES.values())), SEED, Settings())
    for profile, sizes in SIZES.items():
        for size in sizes:
            compared, seconds = cost(texts[:size], make({"profile": profile}), runs=1)
            measured = compared["measured_pairs"]
            shown = (
                f"{compared['candidate_pairs']:.1f} | {measured:.1f} | {2 * measured / (size - 1):.3%} | {seconds:.1f}"
            )
            yield f"| {profile} | {size:,} | {shown} |"


def cost(texts: list[str], settings: Settings, runs: int = 3) -> tuple[dict[str, float], float]:
    """The counts of `compared` for each text, and processor seconds of the flow: the least of some runs."""
    settings = settings.model_copy(update={"protect": ()})  # its cost is another table's
    column = pa.array(texts, pa.large_string())
    spent = []
    for _ in range(runs):
        started = time.process_time()
        corpus = resolve([prepare_texts(column, settings)], settings)
        spent.append(time.process_time() - started)
    return {name: count / len(texts) for name, count in corpus.compared.items()}, min(spent)


def head(*names: str) -> list[str]:
    """The first two lines of a table."""
    return ["| " + " | ".join((*names, *HEAD)) + " |", "|---" * (len(names) + len(HEAD)) + "|"]


def rows_of(pairs: Pairs, chosen: npt.NDArray[np.bool_], *names: str) -> Iterator[str]:
    """The row of the chosen pairs, if there are any."""
    if chosen.any():
        yield row(" | ".join(names), Pairs._make(field[..., chosen] for field in pairs))


def row(name: str, pairs: Pairs) -> str:
    """A line of the table."""
    total, sharing, measured = len(pairs.left), int(pairs.shares.sum()), int(pairs.measured.sum())
    low, high = wilson(sharing, total)
    expected = pairs.expected.mean()
    outside = "" if low - ROUNDING <= expected <= high + ROUNDING else " (outside)"
    shares = f"{sharing / total:.4f} | {measured / total:.4f} | {1 - measured / total:.2%} | {expected:.4f}{outside}"
    return f"| {name} | {total:,} | {shares} | {low:.4f}–{high:.4f} |"


TABLES: Mapping[str, Callable[[Place], Iterator[str]]] = {
    "documents": documents,
    "passages": passages,
    "scripts": by_script,
    "edits": by_edits,
    "unspaced": unspaced,
    "bands": bands,
    "profiles": profiles,
}


if __name__ == "__main__":
    main()
