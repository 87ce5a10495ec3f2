"""Reading and writing UTF-8, one code point at a time. The text is valid: decoding has seen to it."""

from corpuskit.kernels.jit import kernel
from corpuskit.kernels.types import Bytes


@kernel
def read_code_point(data: Bytes, at: int) -> tuple[int, int]:
    """The code point at byte `at`, and where the next one begins."""
    lead = data[at]
    if lead < 0x80:
        return int(lead), at + 1
    if lead < 0xE0:
        return ((lead & 0x1F) << 6) | (data[at + 1] & 0x3F), at + 2
    if lead < 0xF0:
        return ((lead & 0x0F) << 12) | ((data[at + 1] & 0x3F) << 6) | (data[at + 2] & 0x3F), at + 3
    high = ((lead & 0x07) << 18) | ((data[at + 1] & 0x3F) << 12)
    return high | ((data[at + 2] & 0x3F) << 6) | (data[at + 3] & 0x3F), at + 4


@kernel
def copy_bytes(data: Bytes, start: int, end: int, copied: Bytes, at: int) -> int:
    """Copy `data[start:end]` to `copied` from `at`; return the end.

    To assign a slice instead, numba compiles the words of the error for unequal lengths as well: more than a second.
    """
    piece, place = data[start:end], copied[at : at + end - start]
    for i in range(len(piece)):
        place[i] = piece[i]
    return at + end - start
