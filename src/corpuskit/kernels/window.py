"""The piece of a text that is most like a pattern, by Indel distance.

D[i, j] is the least distance of the pattern's first i symbols to a piece of the text that ends at place j: D[0, j] = 0,
and D[i, j] = D[i-1, j-1] for equal symbols, else min(D[i-1, j], D[i, j-1]) + 1 (Sellers 1980, without substitution).
Neighbours differ by -1, 0 or 1, so that a column fits into two bits for each place, 64 places a machine word, as in
Myers 1999. With v and h the differences to the left and above, the cell is z = 0 where symbols are equal or v or h is
-1, z = 2 where v = h = 1, else z = 1; the difference below is z - v and the one to the right z - h. Down a column
h = -1 and h = 1 travel through places with v = 1 and other symbols, as carries do in a sum.
"""

import numpy as np

from corpuskit.kernels.jit import kernel
from corpuskit.kernels.types import Small, Words

_ONES = np.uint64(0xFFFFFFFFFFFFFFFF)


@kernel
def fill_masks(symbols: Small, n_symbols: int, backwards: bool) -> Words:
    """uint64[n_symbols + 1, words]: bit i of row s is set where symbol s (from 1) stands at place i of the pattern.

    `backwards` counts places from the pattern's end.
    """
    length = len(symbols)
    masks = np.zeros((n_symbols + 1, (length + 63) >> 6), dtype=np.uint64)
    for place in range(length):
        symbol = symbols[length - 1 - place] if backwards else symbols[place]
        masks[symbol, place >> 6] |= np.uint64(1) << np.uint64(place & 63)
    return masks


@kernel
def nearest(masks: Words, length: int, text: Small, first: int, count: int, step: int, free: bool) -> tuple[int, int]:
    """The least distance of the pattern to a piece of the text, and after how many symbols that piece ends.

    The text is text[first], text[first + step] and so on, `count` symbols. The piece begins anywhere if `free`, else
    with the first symbol. Of several ends the last one.
    """
    words = len(masks[0])
    plus = np.full(words, _ONES, dtype=np.uint64)
    minus = np.zeros(words, dtype=np.uint64)
    top = np.uint64((length - 1) & 63)
    one = np.uint64(1)
    distance = best = length
    ends = 0
    for at in range(count):
        mask = masks[text[first + step * at]]
        carry_minus = np.uint64(0)
        carry_plus = np.uint64(0) if free else one
        grown = shrunk = np.uint64(0)
        for word in range(words):
            up, down, match = plus[word], minus[word], mask[word]
            through = up & ~match
            shrinks = up & match
            total = up + shrinks
            over = np.uint64(total < up)
            total += carry_minus
            over |= np.uint64(total < carry_minus)
            carry_minus = over
            less = total ^ through  # h = -1 above this place
            grows = down | ~(up | down | match | less)
            addend = grows | through
            total = addend + grows
            over = np.uint64(total < addend)
            total += carry_plus
            over |= np.uint64(total < carry_plus)
            carry_plus = over
            more = total ^ through  # h = 1 above this place
            zero = match | down | less
            plus[word] = less | ~(zero | more) | (up & more & ~zero)
            minus[word] = more & zero
            grown = grows | (through & more)
            shrunk = shrinks | (through & less)
        distance += int((grown >> top) & one) - int((shrunk >> top) & one)
        if distance <= best:
            best = distance
            ends = at + 1
    return best, ends
