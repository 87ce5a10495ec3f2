"""Every pair of texts that reaches the threshold, with nothing left out: the truth that others are held to.

The measure is that of `tests/oracles.py`, computed by rapidfuzz in bulk: characters, or words where either text has
more than 20,000 characters. For words each distinct one is written as one character, and rapidfuzz is told no more.
"""

import hashlib
import sys
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Indel
from rapidfuzz.process import cdist

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))

import oracles

__all__ = ["Truth", "matching_pairs", "oracles", "truth"]

Ints = npt.NDArray[np.int64]
BLOCK = 256
FIRST_SYMBOL = 0x10000
"""The character that stands for the first word: above the surrogates, room for a million words."""


class Truth(NamedTuple):
    """Pairs of texts by position, the distance of each, and the length of both together.

    `measured` counts the pairs that rapidfuzz was given: all but those that their lengths alone put out of reach.
    """

    left: Ints
    right: Ints
    distance: Ints
    total: Ints
    measured: int

    def at(self, threshold: Decimal) -> "Truth":
        """Those that reach a threshold, decided in whole numbers."""
        gap = 1 - Fraction(threshold)
        keep = self.distance <= gap.numerator * self.total // gap.denominator
        return Truth(self.left[keep], self.right[keep], self.distance[keep], self.total[keep], self.measured)


def matching_pairs(texts: list[str], threshold: Decimal) -> tuple[Ints, Ints, int]:
    """Positions of the pairs of normalized texts at or above the threshold, and how many were measured."""
    found = truth(texts, threshold)
    return found.left, found.right, found.measured


def truth(texts: list[str], least: Decimal, cache: Path | None = None) -> Truth:
    """All pairs of normalized texts at or above `least`; kept in the folder `cache` under a hash of the texts."""
    gap = 1 - Fraction(least)
    short = [at for at, text in enumerate(texts) if len(text) <= oracles.LONG_CHARS]
    long = [at for at, text in enumerate(texts) if len(text) > oracles.LONG_CHARS]
    in_words = as_symbols(texts) if long else texts
    key = hashlib.blake2b("\0".join([str(least), *texts]).encode(), digest_size=16).hexdigest()
    parts = []
    for name, forms, rows, columns in (
        ("short", texts, short, short),
        ("long", in_words, long, long),
        ("mixed", in_words, long, short),
    ):
        file = cache / f"truth-{key}-{name}.npz" if cache else None
        if file and file.exists():
            kept = np.load(file)
            parts.append(Truth(kept["left"], kept["right"], kept["distance"], kept["total"], int(kept["measured"])))
            continue
        parts.append(_within(forms, rows, columns, gap))
        if file:
            file.parent.mkdir(parents=True, exist_ok=True)
            np.savez(file, **parts[-1]._asdict())
    return Truth(
        np.concatenate([part.left for part in parts]),
        np.concatenate([part.right for part in parts]),
        np.concatenate([part.distance for part in parts]),
        np.concatenate([part.total for part in parts]),
        sum(part.measured for part in parts),
    )


def as_symbols(texts: list[str]) -> list[str]:
    """Each text with one character for each word, equal words equal characters."""
    numbers: dict[str, str] = {}
    return [
        "".join(numbers.setdefault(word, chr(FIRST_SYMBOL + len(numbers))) for word in oracles.words(text))
        for text in texts
    ]


def _within(texts: list[str], rows: list[int], columns: list[int], gap: Fraction) -> Truth:
    """The pairs of a row and a column within the gap; each pair once where both lists are the same."""
    itself = rows is columns
    rows = sorted(rows, key=lambda at: len(texts[at]))
    columns = rows if itself else sorted(columns, key=lambda at: len(texts[at]))
    widths = np.array([len(texts[at]) for at in columns], dtype=np.int64)
    measured = 0
    found: list[npt.NDArray[np.int64]] = [np.empty((0, 4), dtype=np.int64)]
    for first in range(0, len(rows), BLOCK):
        block = rows[first : first + BLOCK]
        heights = np.array([len(texts[at]) for at in block], dtype=np.int64)
        # Out of reach when even all of the shorter text in the longer is not enough: b - a > gap * (a + b).
        low = first if itself else int(np.searchsorted(widths, heights[0] * (1 - gap) / (1 + gap), side="left"))
        high = int(np.searchsorted(widths, int(heights[-1] * (1 + gap) / (1 - gap)), side="right"))
        for begin, distances in _distances(texts, block, columns[low:high], gap):
            place = low + begin + np.arange(distances.shape[1])
            once = place[None, :] > first + np.arange(len(block))[:, None] if itself else np.full(distances.shape, True)
            totals = heights[:, None] + widths[place][None, :]
            x, y = np.nonzero(once & (distances <= gap.numerator * totals // gap.denominator))
            ends = [np.array(block, dtype=np.int64)[x], np.array(columns, dtype=np.int64)[place[y]]]
            found.append(np.column_stack([*ends, distances[x, y], totals[x, y]]).astype(np.int64))
            measured += int(once.sum())
    table = np.concatenate(found)
    return Truth(table[:, 0], table[:, 1], table[:, 2], table[:, 3], measured)


def _distances(
    texts: list[str], block: list[int], columns: list[int], gap: Fraction
) -> Iterator[tuple[int, npt.NDArray[np.int32]]]:
    """Distances of a block to all columns, some columns at a time: cut-offs are tighter where lengths are alike."""
    for begin in range(0, len(columns), BLOCK):
        part = columns[begin : begin + BLOCK]
        most = int(gap * (len(texts[block[-1]]) + len(texts[part[-1]])))
        pair = [[texts[at] for at in side] for side in (block, part)]
        yield begin, cdist(*pair, scorer=Indel.distance, score_cutoff=most, dtype=np.int32, workers=-1)
