"""Loops of the canonical policy and of provenance lists: best of each kind, why it won, where its copies stand."""

from corpuskit.kernels.jit import kernel
from corpuskit.kernels.types import Ints


@kernel
def best_of_kinds(keys: Ints, kinds: Ints, best: Ints) -> None:
    """Write to `best[kind]` (-1 at first) the row of `keys` (int64[n, k], all different) that comes first."""
    for row in range(len(keys)):
        kind = kinds[row]
        if best[kind] < 0 or deciding_column(keys, row, best[kind]) < 0:
            best[kind] = row


@kernel
def deciding_column(keys: Ints, left: int, right: int) -> int:
    """The first column in which two rows differ: ~column when `left` comes first (is smaller), column if `right`."""
    for column in range(keys.shape[1]):
        if keys[left, column] < keys[right, column]:
            return ~column
        if keys[left, column] > keys[right, column]:
            return column
    return int(keys.shape[1])


@kernel
def why_canonical(
    content_keys: Ints, record: Ints, wording_keys: Ints, content_of_wording: Ints, best: Ints, why: Ints
) -> None:
    """For each record, the last column of the policy's keys that was needed to beat a rival; into `why` (-1 at first).

    Rivals are the other contents of the cluster and the other wordings of the record's content. The number of
    columns stands for a rival that comes before the record.
    """
    columns = content_keys.shape[1]
    for content in range(len(record)):
        if record[content] != content:
            decided = deciding_column(content_keys, record[content], content)
            why[record[content]] = max(why[record[content]], ~decided if decided < 0 else columns)
    for wording in range(len(content_of_wording)):
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
