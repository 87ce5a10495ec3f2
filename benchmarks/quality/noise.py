"""OCR against its corrected text: which pairs corpuskit finds, language by language, and what that costs.

    python benchmarks/quality/noise.py --data DIR [--cache DIR] [--only LANGUAGE ...] [--set NAME=VALUE ...]

Each document of `neardup/ocr` is one text; the labelled pairs are a passage as OCR read it and as people corrected it.
A pair is found when both texts are in one record's cluster; every other pair in one cluster is wrong. Columns:

- found, wrong, F1: of labelled pairs
- candidates, refused, measured: pairs that share a bucket, those of them that signatures refuse, and those given to
  the measure, of all pairs of texts of the language
- beyond: labelled pairs whose similarity is below the threshold, which no candidates could bring back
- best: F1 of all pairs at or above the threshold, by brute force
"""

import argparse
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from brute_force import Truth, truth
from corpuskit.prepare import prepare_texts
from corpuskit.resolve import resolve
from corpuskit.settings import Settings, make
from corpuskit.text import normalize
from sets import read_lines

LANGUAGES = ("de", "nl", "pl", "fr")
COMPLETE = ("de", "nl", "pl")
"""Languages in which nothing but the labelled pairs is alike: the French texts hold till receipts on one form."""

LEAST = Decimal("0.55")
"""Brute force keeps pairs down to this similarity: unrelated texts of 1,000 characters have at most 0.46."""

Pairs = set[tuple[int, int]]


class Noise(NamedTuple):
    """The texts of a language, and the positions of its labelled pairs, the smaller first."""

    texts: list[str]
    labelled: Pairs


class Row(NamedTuple):
    """What one language gave."""

    language: str
    labelled: int
    found: int
    wrong: int
    measured: float
    candidates: float
    refused: float
    beyond: int
    best: float

    @property
    def f1(self) -> float:
        """Of labelled pairs."""
        return 2 * self.found / (self.labelled + self.found + self.wrong)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with neardup/")
    parser.add_argument("--cache", type=Path, help="folder to keep the brute-force truth in")
    parser.add_argument("--only", nargs="*", default=LANGUAGES, help="languages")
    parser.add_argument("--set", nargs="*", default=[], help="settings, as name=value")
    options = parser.parse_args()
    settings = make(dict(item.split("=", 1) for item in options.set))
    print("\n".join(table(options.data, settings, options.cache, options.only)))


def table(data: Path, settings: Settings, cache: Path | None, languages: Sequence[str] = LANGUAGES) -> list[str]:
    """Lines of a Markdown table, a row for each language, and the macro averages."""
    rows = [judge(language, read(data, language), settings, cache) for language in languages]
    names = ("language", "pairs", "found", "wrong", "F1", "best", "beyond", "candidates", "refused", "measured")
    lines = ["| " + " | ".join(names) + " |", "|---" * len(names) + "|"]
    for row in rows:
        shares = " | ".join(f"{share:.2%}" for share in (row.candidates, row.refused, row.measured))
        counts = f"{row.labelled:,} | {row.found:,} | {row.wrong:,} | {row.f1:.3f} | {row.best:.3f} | {row.beyond:,}"
        lines.append(f"| {row.language} | {counts} | {shares} |")
    for name, members in (("macro, complete labels", COMPLETE), ("macro, all", LANGUAGES)):
        scores = [row.f1 for row in rows if row.language in members]
        if len(scores) == len(members):
            lines.append(f"| {name} | | | | {sum(scores) / len(scores):.3f} | | | | | |")
    return lines


def by_threshold(data: Path, cache: Path | None) -> list[str]:
    """What the measure alone would do: every pair at or above a threshold, by brute force."""
    names = ("threshold", *(f"{language}: found, wrong, F1" for language in LANGUAGES))
    lines = ["| " + " | ".join(names) + " |", "|---" * len(names) + "|"]
    sets = [read(data, language) for language in LANGUAGES]
    everything = [truth([normalize(text) for text in noise.texts], LEAST, cache) for noise in sets]
    for threshold in ("0.55", "0.6", "0.65", "0.7", "0.75", "0.8", "0.85"):
        cells = []
        for noise, found in zip(sets, everything, strict=True):
            alike = as_pairs(found.at(Decimal(threshold)))
            right = len(alike & noise.labelled)
            f1 = 2 * right / (len(alike) + len(noise.labelled))
            cells.append(f"{right:,}, {len(alike) - right:,}, {f1:.3f}")
        lines.append(f"| {threshold} | " + " | ".join(cells) + " |")
    return lines


def read(data: Path, language: str) -> Noise:
    """One language's texts and labelled pairs."""
    rows = [row for row in read_lines(data / "neardup" / "ocr" / "docs.jsonl") if row["lang"] == language]
    place = {row["id"]: at for at, row in enumerate(rows)}
    pairs = [row for row in read_lines(data / "neardup" / "ocr" / "pairs.jsonl") if row["lang"] == language]
    return Noise([row["text"] for row in rows], {in_order(place[row["a"]], place[row["b"]]) for row in pairs})


def judge(language: str, noise: Noise, settings: Settings, cache: Path | None) -> Row:
    """Run the whole-corpus half on a language and compare its clusters with the labels."""
    corpus = resolve([prepare_texts(pa.array(noise.texts, pa.large_string()), settings)], settings)
    record = corpus.decisions.record[corpus.places.content]
    together = clustered(record)
    every = len(noise.texts) * (len(noise.texts) - 1) // 2
    everything = truth([normalize(text) for text in noise.texts], LEAST, cache)
    at_best = as_pairs(everything.at(settings.threshold))
    return Row(
        language=language,
        labelled=len(noise.labelled),
        found=len(together & noise.labelled),
        wrong=len(together - noise.labelled),
        measured=corpus.compared["measured_pairs"] / every,
        candidates=corpus.compared["candidate_pairs"] / every,
        refused=corpus.compared["refused_by_sketch"] / every,
        beyond=len(noise.labelled - at_best),
        best=2 * len(at_best & noise.labelled) / (len(at_best) + len(noise.labelled)),
    )


def clustered(record: Any) -> Pairs:
    """All pairs of positions with the same record."""
    members: dict[int, list[int]] = {}
    for position, number in enumerate(np.asarray(record).tolist()):
        members.setdefault(number, []).append(position)
    return {(one, two) for group in members.values() for at, two in enumerate(group) for one in group[:at]}


def as_pairs(found: Truth) -> Pairs:
    return {in_order(one, two) for one, two in zip(found.left.tolist(), found.right.tolist(), strict=True)}


def in_order(one: int, two: int) -> tuple[int, int]:
    return min(one, two), max(one, two)


if __name__ == "__main__":
    main()
