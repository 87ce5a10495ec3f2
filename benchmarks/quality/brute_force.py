"""Every pair of texts that reaches the threshold, with nothing left out: the truth that others are held to."""

import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Indel
from rapidfuzz.process import cdist

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))

import oracles

__all__ = ["matching_pairs", "oracles"]

Ints = npt.NDArray[np.int64]
BLOCK = 256


def matching_pairs(texts: list[str], threshold: Decimal) -> tuple[Ints, Ints, int]:
    """Positions of the pairs of normalized texts at or above the threshold, and how many were measured.

    Only pairs whose lengths alone put them below the threshold are not measured. rapidfuzz's distances, decided
    in whole numbers: distance <= floor((1 - threshold) * total).
    """
    gap = 1 - Fraction(threshold)
    order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
    lengths = np.array([len(texts[at]) for at in order], dtype=np.int64)
    short = int(np.searchsorted(lengths, oracles.LONG_CHARS, side="right"))
    found: list[tuple[int, int]] = []
    measured = 0
    for first in range(0, short, BLOCK):
        stop = min(first + BLOCK, short)
        # A longer text is out of reach when even all of the shorter in it is not enough: b - a > gap * (a + b).
        reach = int(lengths[stop - 1] * (1 + gap) / (1 - gap)) if gap < 1 else int(lengths[-1])
        end = min(int(np.searchsorted(lengths, reach, side="right")), short)
        most = int(gap * int(lengths[stop - 1] + lengths[end - 1]))
        distances = cdist(
            [texts[at] for at in order[first:stop]],
            [texts[at] for at in order[first:end]],
            scorer=Indel.distance,
            score_cutoff=most,
            dtype=np.int32,
            workers=-1,
        )
        totals = lengths[first:stop, None] + lengths[None, first:end]
        limits = gap.numerator * totals // gap.denominator
        left, right = np.nonzero((distances <= limits) & (np.arange(stop - first)[:, None] < np.arange(end - first)))
        found += [(order[first + x], order[first + y]) for x, y in zip(left.tolist(), right.tolist(), strict=True)]
        measured += int((np.arange(stop - first)[:, None] < np.arange(end - first)).sum())
    for at in range(short, len(order)):
        for other in range(at):
            if lengths[other] * 20 < lengths[at]:
                continue  # a tenth of the characters is not .7 of the words
            measured += 1
            if oracles.match(texts[order[other]], texts[order[at]], threshold):
                found.append((order[other], order[at]))
    pairs = np.array(found, dtype=np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1], measured
