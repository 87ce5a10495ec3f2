"""Text made to hurt: every law holds, nothing merges that is not alike, and work is bounded whatever collides."""

import random
import sys
from pathlib import Path

import numpy as np
import pytest

import corpuskit
from corpuskit.checks import similarity
from corpuskit.kernels.sign import hash_shingle
from corpuskit.settings import make
from corpuskit.stages import block, cluster

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))

from faults.adversarial import CASES, same_shingles

COLLIDING = "\U00024133", "\U00028cf0"
"""Two ideographs: what is written twice has the same 32-bit hash for both, found by trying all letters."""


def check(curated: Path) -> list[str]:
    return [f"{finding.name}: {finding.message}" for finding in corpuskit.check(curated) if finding.severity == "error"]


@pytest.mark.parametrize("name", CASES)
def test_every_law_holds(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    (tmp_path / "raw").mkdir()
    case.make(tmp_path / "raw", 1)
    values = dict(zip(case.flags[::2], case.flags[1::2], strict=True))
    settings = make({"workers": 1, **{flag.removeprefix("--"): value for flag, value in values.items()}})
    result = corpuskit.ingest(tmp_path / "raw", tmp_path / "curated", settings)
    assert result.documents > 0
    assert check(tmp_path / "curated") == []


def test_texts_whose_shingles_collide_are_compared_and_not_merged(tmp_path: Path) -> None:
    hashes = {hash_shingle(np.frombuffer((char * 2).encode(), dtype=np.uint8), 0, 8) for char in COLLIDING}
    assert len(hashes) == 1
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text("\n\n".join(char * 80 for char in COLLIDING), encoding="utf-8")
    result = corpuskit.ingest(tmp_path / "raw", tmp_path / "curated", make({"workers": 1}))
    assert result.compared["candidate_pairs"] == 1
    assert (result.records, result.near, result.exact) == (2, 0, 0)
    assert check(tmp_path / "curated") == []


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> int:
    """Buckets are crowded, and shelves full, with so many."""
    for module, name in (
        (block, "MOST_COMPANY"),
        (cluster, "MOST_COMPANY"),
        (cluster, "MOST_LISTED"),
        (similarity, "MOST_LISTED"),
    ):
        monkeypatch.setattr(module, name, 8)
    return 8


def test_what_shares_all_bands_costs_no_more_than_its_number(tmp_path: Path, narrow: int) -> None:
    compared = []
    for size in (40, 80, 160):
        draw = random.Random(5)
        raw = tmp_path / str(size) / "raw"
        raw.mkdir(parents=True)
        texts = [same_shingles(draw) for _ in range(size)]
        # Near copies, the shortest and so the last by priority: no bucket lists them any more, so both are records. A
        # check that goes by the order of the records meets them first.
        short = texts[0][10:]
        texts = [short, f"{short} x", *texts[1:]]
        (raw / "a.txt").write_text("\n\n".join(texts), encoding="utf-8")
        settings = make({"workers": 1, "protect": [], "canonical": "longest", "threshold": "0.9"})
        result = corpuskit.ingest(raw, raw.parent / "curated", settings)
        assert result.compared["unlisted"] > 0
        assert {short, f"{short} x"} <= set(
            corpuskit.open(raw.parent / "curated").records.to_table()["text"].to_pylist()
        )
        assert check(raw.parent / "curated") == []
        compared.append(result.compared["candidate_pairs"] / size)
    assert max(compared) <= 2 * narrow
    assert compared[2] <= 1.2 * compared[1]
