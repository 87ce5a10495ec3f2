"""Texts that hypothesis makes up: several scripts, and what normalization folds."""

from hypothesis import strategies as st

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
