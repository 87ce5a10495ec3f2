"""Where two wordings differ, word by word: what only the first has, what only the second has, what both have.

A word runs from blank to blank; in scripts that write without spaces each character is one.
"""

import re
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from rapidfuzz.distance import Levenshtein

Side = Literal["both", "first", "second"]

# Thai to Myanmar, Khmer, kana and ideographs, and the planes of ideographs.
_UNSPACED: Final = "\u0e00-\u109f\u1780-\u17ff\u2e80-\u31ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_WORD: Final = re.compile(rf"[{_UNSPACED}]|[^\s{_UNSPACED}]+")


class Piece(NamedTuple):
    """A stretch of words, with the blanks between them but not around them, and which wording it is of."""

    side: Side
    text: str
    space_before: bool


def differences(first: str, second: str) -> Iterator[Piece]:
    """The pieces of both wordings, in reading order."""
    a, b = list(_WORD.finditer(first)), list(_WORD.finditer(second))
    for step in Levenshtein.opcodes([word[0] for word in a], [word[0] for word in b]):
        in_first, in_second = a[step.src_start : step.src_end], b[step.dest_start : step.dest_end]
        if step.tag == "equal":
            yield _piece("both", second, in_second)
        if step.tag in ("delete", "replace"):
            yield _piece("first", first, in_first)
        if step.tag in ("insert", "replace"):
            yield _piece("second", second, in_second)


def shortened(piece: Piece, context: int, *, opens: bool, closes: bool) -> str:
    """The text of a piece; of a long common one only `context` words beside the differences around it.

    `opens` and `closes` say that there is no difference before or after it.
    """
    words = list(_WORD.finditer(piece.text))
    head, tail = 0 if opens else context, 0 if closes else context
    left_out = len(words) - head - tail
    if piece.side != "both" or left_out <= context:
        return piece.text
    before = piece.text[: words[head].start()]
    after = piece.text[words[len(words) - tail].start() :] if tail else ""
    return f"{before}… {left_out:,} words …{' ' * bool(after)}{after}"


def _piece(side: Side, text: str, words: list[re.Match[str]]) -> Piece:
    start, end = words[0].start(), words[-1].end()
    return Piece(side, text[start:end], start > 0 and text[start - 1].isspace())
