"""Values of numbers as text writes them: decimal digits of any script, and Roman numbers."""

from typing import Final

import numpy as np

from corpuskit.chartables import DIGIT_ZEROS
from corpuskit.kernels.jit import kernel
from corpuskit.kernels.types import Bytes

_ROMAN_LETTERS: Final = 8  # LXXXVIII is the longest below 90


@kernel
def digit_value(code: int) -> int:
    """Value of a decimal digit of any script; -1 for other characters."""
    if code < 128:
        return code - 48 if 48 <= code <= 57 else -1
    value = code - DIGIT_ZEROS[np.searchsorted(DIGIT_ZEROS, code, side="right") - 1]
    return int(value) if value < 10 else -1


@kernel
def _roman_digit(data: Bytes, at: int, end: int, one: int, five: int, ten: int) -> tuple[int, int]:
    """The decimal digit that Roman letters (given in the case wanted) write at `at`, and where they end."""
    if at + 1 < end and data[at] == one and data[at + 1] == ten:
        return 9, at + 2
    if at + 1 < end and data[at] == one and data[at + 1] == five:
        return 4, at + 2
    digit = 0
    if at < end and data[at] == five:
        digit = 5
        at += 1
    most = at + 3
    while at < end and at < most and data[at] == one:
        digit += 1
        at += 1
    return digit, at


@kernel
def _is_letter(byte: int) -> bool:
    """Whether a byte belongs to a letter or digit, or to a character beyond ASCII."""
    return byte >= 128 or 65 <= byte & 223 <= 90 or 48 <= byte <= 57


@kernel
def roman_value(data: Bytes, start: int, end: int) -> int:
    """Value of the Roman number below 90 that `data[start:end]` is but for signs around it; 0 where it is none."""
    while start < end and not _is_letter(data[start]):
        start += 1
    while start < end and not _is_letter(data[end - 1]):
        end -= 1
    if not 0 < end - start <= _ROMAN_LETTERS:
        return 0
    case = data[start] & 32
    tens, at = _roman_digit(data, start, end, 88 | case, 76 | case, 0)  # X, L
    ones, at = _roman_digit(data, at, end, 73 | case, 86 | case, 88 | case)  # I, V, X
    return 10 * tens + ones if at == end else 0
