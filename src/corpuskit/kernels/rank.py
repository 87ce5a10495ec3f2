"""Loops of the canonical policy and of provenance lists: best of each kind, why it won, where its copies stand."""

import numpy as np

from corpuskit.kernels.jit import kernel
from corpuskit.kernels.types import Ints, Small


@kernel
def sort_by_digit(keys: Small, column: int, low: int, shift: int, order: Small, ordered: Small) -> None:
    """One pass of a radix sort: put the rows of `order` into `ordered` by 16 bits of `keys[row, column] - low`, stably.

    Sorting by the bits from `shift` on, for shift 0, 16 …, sorts by the whole column.
    """
    starts = np.zeros((1 << 16) + 1, dtype=np.int64)
    for i in range(len(order)):
        starts[(((np.int64(keys[order[i], column]) - low) >> shift) & 0xFFFF) + 1] += 1
    for digit in range(1 << 16):
        starts[digit + 1] += starts[digit]
    for i in range(len(order)):
        mine = ((np.int64(keys[order[i], column]) - low) >> shift) & 0xFFFF
        ordered[starts[mine]] = order[i]
        starts[mine] += 1


@kernel
def best_of_kinds(keys: Small, kinds: Ints, first: int, last: int, best: Ints) -> None:
    """Write to `best[kind]` (-1 at first) the row of `keys` (int32[n, k], all different) that comes first.

    The rows from `first` to `last` are looked at.
    """
    for row in range(first, last):
        kind = kinds[row]
        if best[kind] < 0 or deciding_column(keys, row, best[kind]) < 0:
            best[kind] = row


@kernel
def deciding_column(keys: Small, left: int, right: int) -> int:
    """The first column in which two rows differ: ~column when `left` comes first (is smaller), column if `right`."""
    for column in range(keys.shape[1]):
        if keys[left, column] < keys[right, column]:
            return ~column
        if keys[left, column] > keys[right, column]:
            return column
    return int(keys.shape[1])


@kernel
def why_records(content_keys: Small, record: Ints, first: int, last: int, why: Ints) -> None:
    """For each record, the last column of the policy's keys that was needed to beat a rival; into `why` (-1 at first).

    Rivals are the other contents of the cluster, those from `first` to `last`. The number of columns stands for a rival
    that comes before the record.
    """
    columns = content_keys.shape[1]
    for content in range(first, last):
        if record[content] != content:
            decided = deciding_column(content_keys, record[content], content)
            why[record[content]] = max(why[record[content]], ~decided if decided < 0 else columns)


@kernel
def why_wordings(
    wording_keys: Small, record: Ints, content_of_wording: Ints, best: Ints, first: int, last: int, why: Ints
) -> None:
    """Likewise; rivals are the other wordings of the record's content, those from `first` to `last`."""
    columns = wording_keys.shape[1]
    for wording in range(first, last):
        content = content_of_wording[wording]
        if record[content] == content and best[content] != wording:
            decided = deciding_column(wording_keys, best[content], wording)
            why[content] = max(why[content], ~decided if decided < 0 else columns)


@kernel
def select_sources(
    starts: Ints, order: Ints, kept: Ints, documents: Ints, most: int, selected: Ints, selected_starts: Ints
) -> int:
    """List, for each record, at most `most` of its passages: the kept one, one for each other document, the rest.

    `order[starts[r]:starts[r + 1]]` are the record's passages in document order, `kept[r]` one of them, and
    `documents` each passage's document. `selected` has room for the sum of min(most, copies).
    """
    filled = 0
    for record in range(len(kept)):
        selected_starts[record] = filled
        limit = filled + min(most, starts[record + 1] - starts[record])
        selected[filled] = kept[record]
        filled += 1
        for rest in range(2):
            previous = -1
            for at in range(starts[record], starts[record + 1]):
                passage = order[at]
                first = documents[passage] != previous and documents[passage] != documents[kept[record]]
                previous = documents[passage]
                if filled < limit and first != (rest == 1) and passage != kept[record]:
                    selected[filled] = passage
                    filled += 1
    selected_starts[len(kept)] = filled
    return filled
