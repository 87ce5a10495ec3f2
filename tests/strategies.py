"""Texts that hypothesis makes up: several scripts, and what normalization folds; and stages' inputs made of texts."""

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st

from corpuskit.stages.block import Buckets
from corpuskit.stages.cluster import Measurable, measurable
from corpuskit.stages.sign import sketch

_WORDS = [
    "the",
    "Parties",
    "shall",
    "cooperate",
    "naïve",
    "Straße",
    "ﬁnal",
    "10⁶",
    "ΑΣ",
    "мир",
    "人権",
    "宣言。",
    "ไทย",
]
_MARKS = [
    " ",
    "  ",
    "\n",
    "\u3000",
    "\u00a0",
    "“",
    "”",
    "’",
    "–",
    ".",
    ",",
    "\u00ad",
    "e\u0301",
    "\u0301",
    "Å",
    "가",
    "ｶﾞ",
]


def passages(max_size: int = 30) -> st.SearchStrategy[str]:
    """A few words and marks of many kinds in any order."""
    return st.lists(st.sampled_from(_WORDS + _MARKS), max_size=max_size).map("".join)


def any_text(max_size: int = 60) -> st.SearchStrategy[str]:
    """Any characters but surrogates."""
    return st.text(st.characters(exclude_categories=["Cs"]), max_size=max_size)


_ONES = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"]
_TENS = ["", "X", "XX", "XXX", "XL", "L", "LX", "LXX", "LXXX"]


def roman(number: int) -> str:
    """A number below 90 in Roman letters."""
    return _TENS[number // 10] + _ONES[number % 10]


def to_cluster(
    normalized: list[str], shared: list[list[int]], priority: list[int], signatures: list[list[int]] | None = None
) -> tuple[Measurable, Buckets]:
    """What `cluster` takes, of texts and the contents of each bucket; all signatures are equal unless given."""
    order = np.argsort(priority).astype(np.int64)
    place = {content: row for row, content in enumerate(order.tolist())}
    numbers = np.full((len(shared), len(normalized)), -1, dtype=np.int32)
    for bucket, members in enumerate(shared):
        numbers[bucket, [place[content] for content in members]] = bucket
    values = np.array(signatures or [[0]] * len(normalized), dtype=np.uint32)
    contents = measurable(
        pa.array(normalized, pa.large_string()),
        n_chars=np.array([len(text) for text in normalized], dtype=np.int64),
        sketches=sketch(values),
        permutations=values.shape[1],
    )
    return contents.take(order), Buckets(
        order, numbers, np.array([len(set(members)) for members in shared], dtype=np.int32)
    )
