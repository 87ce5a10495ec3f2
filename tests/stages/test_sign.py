from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import oracles
from corpuskit.stages.distinct import describe_contents
from corpuskit.stages.sign import band_keys, minhash, sign, signable
from corpuskit.text import normalize
from strategies import passages


def signatures(texts: list[str], **changes: Any) -> Any:
    options: dict[str, Any] = {
        "permutations": 64,
        "seed": 1,
        "shingle": "chars",
        "shingle_size": 5,
        "shingle_size_unspaced": 3,
    }
    column = pa.array(texts, pa.large_string())
    return sign(column, np.arange(len(texts)), **(options | changes))


@given(
    st.lists(passages(), min_size=1, max_size=4),
    st.sampled_from([("chars", 5, 3), ("chars", 2, 1), ("words", 2, 3)]),
)
@settings(max_examples=60, deadline=None)
def test_signatures_are_those_of_datasketch(texts: list[str], how: tuple[str, int, int]) -> None:
    kind, size, unspaced = how
    normalized = [normalize(text) for text in texts]
    found = signatures(normalized, shingle=kind, shingle_size=size, shingle_size_unspaced=unspaced)
    for row, text in enumerate(normalized):
        assert found[row].tolist() == oracles.minhash(oracles.shingles(text, kind, size, unspaced), 64).tolist()


@pytest.mark.parametrize("seed", [0, 1, 12345])
def test_every_seed_draws_datasketch_permutations(seed: int) -> None:
    text = "the quick brown fox jumps over the lazy dog"
    assert signatures([text], seed=seed, permutations=256)[0].tolist() == (
        oracles.minhash(oracles.shingles(text), 256, seed).tolist()
    )


def test_shingles_without_letters_do_not_count() -> None:
    ruled, plain = signatures(["introduction ............ 12", "introduction .......................... 12"])
    assert (ruled == plain).all()


def test_a_script_without_spaces_has_short_shingles() -> None:
    assert oracles.shingles("東京都の人口") == ["東京都", "京都の", "都の人", "の人口"]
    assert oracles.shingles("ab東京") == ["ab東京"]


def test_a_signature_is_datasketch_object_for_its_indexes() -> None:
    one, two = "the quick brown fox jumps over the lazy dog", "the quick brown fox jumps over a lazy dog"
    left, right = (minhash(row, seed=1) for row in signatures([one, two], permutations=256))
    exact = set(oracles.shingles(one)), set(oracles.shingles(two))
    assert left.jaccard(right) == pytest.approx(len(exact[0] & exact[1]) / len(exact[0] | exact[1]), abs=0.1)


@given(st.lists(st.lists(st.integers(0, 3), min_size=6, max_size=6), min_size=1, max_size=8))
@settings(max_examples=50, deadline=None)
def test_keys_of_bands_are_equal_where_the_rows_are(rows: list[list[int]]) -> None:
    table = np.array(rows, dtype=np.uint32)
    keys = band_keys(table, bands=3, rows=2)
    for band in range(3):
        for left in range(len(rows)):
            for right in range(len(rows)):
                same = rows[left][2 * band : 2 * band + 2] == rows[right][2 * band : 2 * band + 2]
                assert (keys[band, left] == keys[band, right]) == same


def test_short_texts_and_texts_without_content_are_not_signed() -> None:
    texts = [
        "a" * 59,
        "a" * 60,
        "東" * 19,
        "東" * 20,
        "\ufffd" * 80,
        "." * 50 + "a" * 49,
        "." * 50 + "a" * 50,
    ]
    contents = describe_contents(pa.array(texts, pa.large_string()), np.zeros((len(texts), 2), dtype=np.uint64))
    assert signable(contents, min_near_chars=60).tolist() == [False, True, False, True, False, False, True]
