import re
import time

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpuskit.stages.normalize import normalize
from corpuskit.text import BLANKS
from corpuskit.text import normalize as normalize_one
from strategies import any_text, passages


def fast(texts: list[str]) -> list[str]:
    found: list[str] = normalize(pa.array(texts, pa.large_string())).to_pylist()
    return found


@given(st.lists(passages() | any_text(), max_size=8))
@settings(max_examples=200, deadline=None)
def test_the_kernel_folds_as_the_definition_does(texts: list[str]) -> None:
    assert fast(texts) == [normalize_one(text) for text in texts]


@given(passages() | any_text())
@settings(max_examples=200, deadline=None)
def test_normalizing_twice_changes_nothing(text: str) -> None:
    once = normalize_one(text)
    assert normalize_one(once) == once


def test_every_character_folds_alone_and_between_letters() -> None:
    codes = [code for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    # Beyond the table's planes one in 64 will do, but for the compatibility ideographs.
    codes = [code for code in codes if code < 0x20000 or code % 64 == 0 or 0x2F800 <= code < 0x2FA20]
    texts = [form for code in codes for form in (chr(code), f"a{chr(code)}B")]
    expected = [normalize_one(text) for text in texts]
    assert [text for text, one, two in zip(texts, fast(texts), expected, strict=True) if one != two] == []


def test_blanks_are_those_of_isspace() -> None:
    assert sorted(BLANKS) == [chr(code) for code in range(0x110000) if chr(code).isspace()]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("ﬁnal", "FINAL"),
        ("“a” – b", '"a" - b'),
        ("ｆｕｌｌ　ｗｉｄｔｈ", "full width"),
        ("e\u0301", "É"),
        ("Straße", "STRASSE"),
        ("co\u00adop", "coop"),
        (" a\n\tb ", "a b"),
        ("ｶﾞ", "ガ"),
        ("ﻻ", "لا"),
    ],
)
def test_what_does_not_change_the_words_is_folded(left: str, right: str) -> None:
    assert fast([left]) == fast([right])


@pytest.mark.parametrize(("left", "right"), [("10⁶", "106"), ("x²", "x2"), ("½", "1/2"), ("a.b", "a,b"), ("5'", "5′")])
def test_what_carries_meaning_stays(left: str, right: str) -> None:
    assert fast([left]) != fast([right])


def test_long_runs_of_marks_take_linear_time() -> None:
    """Ordering them would be quadratic: 200,000 marks took two minutes."""
    text = "a" + "\u0301\u0323" * 100_000 + " end"
    begin = time.perf_counter()
    assert normalize(pa.array([text], pa.large_string()))[0].as_py().endswith(" end")
    assert time.perf_counter() - begin < 10


@pytest.mark.parametrize(
    "unit", ["\u0301\u0323", "\u0301\u00ad\u0323\u00ad", "\u0323ﾞ", "\u0301\u200b\u0323", "\u0345\u0323", "\u0301\ufeff"]
)
def test_no_run_of_marks_is_so_long_that_ordering_it_takes_for_ever(unit: str) -> None:
    # What stood between the marks may have been dropped, or have become one: ordering takes the square of a run.
    text = "a" + unit * 1_000
    longest = max(len(run) for run in re.findall(r"[\u0300-\u034e\u0350-\u036f\u3099]+", normalize_one(text)))
    assert longest <= 30
    assert normalize_one(normalize_one(text)) == normalize_one(text)
    assert fast([text]) == [normalize_one(text)]
