"""In bulk or one by one: the same words, the same evidence, the same differences."""

import random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Indel

from corpuskit import lineup
from corpuskit.differences import KINDS, compare
from corpuskit.kernels import words as kernels
from corpuskit.lineup import Texts, compare_all
from corpuskit.reading import Evidence, Reading
from corpuskit.usage import count_evidence

PIECES = [
    *(
        "the delegation",
        "Chile",
        "Mr.",
        "shall",
        "not",
        "doesn't",
        "DON’T",
        "n'tx",
        "3 May 2019",
        "1,000.5",
        "12/3/07",
        "10⁶",
    ),
    *(
        "二〇一九年",
        "十",
        "中国代表",
        "東京で",
        "٣٫٥",
        "๒๕๖๐",
        "½",
        "Ⅳ",
        "é",
        "e\u0301",
        "𝟛x",
        "𠀀",
        "ครับ",
        "нет",
        "Ünal",
    ),
    *(
        "www.example.org",
        "a@b.net",
        "(para. 6)",
        "[A/7654]",
        "1. ",
        "(a) ",
        "•",
        ".",
        ":",
        "—",
        "\n",
        " ",
        "\u3000",
        "''",
        "’",
    ),
]
texts = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=14).map(" ".join) | st.lists(
    st.sampled_from(PIECES), max_size=8
).map("".join)


def column(strings: list[str]) -> pa.Array:
    return pa.array(strings, pa.large_string())


@given(st.lists(texts, min_size=1, max_size=6))
@settings(max_examples=300, deadline=None)
def test_words_are_those_of_the_reading(strings: list[str]) -> None:
    cut = Texts(column(strings))
    for at, text in enumerate(strings):
        bulk, plain = cut.reading(at), Reading(text)
        for name in ("written", "folded", "starts", "ends", "begin", "addresses", "capitals_tell", "german"):
            assert getattr(bulk, name) == getattr(plain, name)


@given(st.lists(texts, min_size=1, max_size=8))
@settings(max_examples=200, deadline=None)
def test_evidence_is_that_of_one_text_after_another(strings: list[str]) -> None:
    plain, bulk = Evidence(), Evidence()
    for text in strings:
        plain.add(text)
    for half in (strings[: len(strings) // 2], strings[len(strings) // 2 :]):
        count_evidence(bulk, column(half))
    assert bulk == plain


@given(st.lists(texts, min_size=2, max_size=6), st.integers(0, 10_000))
@settings(max_examples=300, deadline=None)
def test_differences_are_those_of_one_pair_after_another(strings: list[str], seed: int) -> None:
    random_ = random.Random(seed)
    head = random_.choice(strings)
    strings = [
        head,
        *strings,
        *(head.replace(random_.choice([*head, " "]), random_.choice(PIECES), 1) for _ in range(3)),
    ]
    evidence = Evidence()
    evidence.add(head)
    lefts = np.arange(1, len(strings))
    rights = np.array([random_.choice([0, 1]) for _ in lefts])
    found = dict(compare_all(Texts(column(strings)), lefts, rights, evidence, KINDS))
    for pair, (left, right) in enumerate(zip(lefts.tolist(), rights.tolist(), strict=True)):
        plain = compare(Reading(strings[left]), Reading(strings[right]), evidence)
        assert found.get(pair, []) == plain


@given(st.lists(st.integers(0, 4), max_size=30), st.lists(st.integers(0, 4), max_size=30))
@settings(max_examples=300, deadline=None)
def test_the_line_up_is_rapidfuzz_s(one: list[int], two: list[int]) -> None:
    numbers = np.array([*one, *two], dtype=np.int32)
    offsets = np.array([0, len(one), len(one) + len(two)], dtype=np.int64)
    edits, left_out = kernels.line_up(numbers, offsets, np.array([0]), np.array([1]), 1 << 20)
    expected = []
    before = (0, 0)
    equal = [
        (op.src_start, op.dest_start, op.src_end - op.src_start) for op in Indel.opcodes(one, two) if op.tag == "equal"
    ]
    for a, b, size in [*equal, (len(one), len(two), 0)]:
        if (a, b) != before:
            expected.append([0, before[0], a, before[1], b])
        before = a + size, b + size
    assert edits.tolist() == expected
    assert not left_out.any()


def test_long_differences_are_lined_up_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    random_ = random.Random(1)
    head = " ".join(random_.choices(["Chile", "2019", "shall", "not", "meet", "again"], k=300))
    other = " ".join(random_.choices(["Peru", "2020", "may", "not", "meet", "soon"], k=300))
    plain = compare(Reading(other), Reading(head), Evidence())
    assert plain
    for cells in (lineup.CELLS, 100):
        monkeypatch.setattr(lineup, "CELLS", cells)
        ends = np.array([0]), np.array([1])
        assert list(compare_all(Texts(column([other, head])), *ends, Evidence(), KINDS)) == [(0, plain)]


def test_equal_words_share_a_number() -> None:
    cut = Texts(column(["One one ONE two", "", "two 1,000 1000"]))
    assert cut.offsets.tolist() == [0, 4, 4, 7]
    assert cut.equal_words().tolist() == [0, 0, 0, 1, 1, 2, 2]
    assert cut.written == ["One", "one", "ONE", "two", "1,000", "1000"]
