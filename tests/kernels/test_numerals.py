"""Numerals: the values are those that Python's Unicode data and a plain table of Roman numbers give."""

import unicodedata

import numpy as np

from corpuskit import buffers
from corpuskit.chartables import TABLE_SIZE
from corpuskit.kernels.numerals import digit_value, roman_value
from strategies import roman


def test_digits_are_those_of_every_script() -> None:
    for code in range(TABLE_SIZE):
        expected = unicodedata.decimal(chr(code), -1)
        if expected >= 0 or unicodedata.category(chr(code)) in {"No", "Nl"}:
            assert digit_value(code) == expected


def test_roman_numbers_are_read_and_words_are_not() -> None:
    def value(text: str) -> int:
        data = buffers.frozen(np.frombuffer(text.encode(), dtype=np.uint8))
        return roman_value(data, 0, len(data))

    for number in range(1, 90):
        assert value(roman(number)) == value(f"({roman(number).lower()})") == number
    for word in ("civil", "mix", "iiii", "ic", "vx", "Xi", "", "-", "xa", "ivé", "lll", "xxxx", "x1"):
        assert value(word) == 0
