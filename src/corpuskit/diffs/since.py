"""What a run changed: records added, gone and reworded since the corpus that it replaces, in the words of `diff`.

The idea: a record whose id is in both needs no look at its occurrences. Of the others, the occurrences of the old
records that are gone are looked for among those of the new records that were added.

The new build is at hand as arrays; of the old one, ids alone are read, batch by batch. What grows with the corpus is in
arrays that may be mapped: for a record 56 bytes, and where its record is gone or added 60 more for each passage. That
is 3.4 GB of the disk for 60 million records on both sides, and 6 GB more if all 100 million passages were theirs.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from corpuskit import buffers
from corpuskit.corpus import MANIFEST, Corpus, open_corpus
from corpuskit.diffs.results import MOST, Since
from corpuskit.errors import CorpusError
from corpuskit.kernels.types import Flags, Ints, Words
from corpuskit.memory import IN_MEMORY, Memory
from corpuskit.stages.distinct import number

BATCH_ROWS: Final = 65_536

_ID: Final = 32
_NIBBLES: Final = np.uint64(0x0F0F0F0F0F0F0F0F)
_LETTERS: Final = np.uint64(0x0101010101010101)


class Build(NamedTuple):
    """A build at hand: the ids of its records and passages (uint64[n, 2]), and the record's row of each passage.

    -1 is the row of a passage without record.
    """

    records: Words
    passages: Words
    record_of: Ints


def since(curated: Path, new: Build, memory: Memory = IN_MEMORY) -> Since | None:
    """What changes when `new` replaces the corpus in `curated`; None where there is none.

    Never raises because of what is there: a corpus that cannot be read is not compared, and that is said.
    """
    if not (curated / MANIFEST).exists():
        return None
    try:
        return count(open_corpus(curated), new, memory)
    except CorpusError as error:
        return Since(problem=str(error).removesuffix("; run `corpuskit ingest` again"))
    except (OSError, pa.ArrowException) as error:
        return Since(problem=str(error))


def count(old: Corpus, new: Build, memory: Memory = IN_MEMORY) -> Since:
    """The counts. Raises CorpusError, OSError or ArrowException when the old corpus is damaged."""
    records, copies = _old_records(old, memory)
    stays, known = _match(new.records, records, memory)
    gone, added = memory.hold(np.flatnonzero(~stays)), memory.hold(np.flatnonzero(~known))
    copies = memory.hold(copies[gone])
    moves = _moves(old, new, memory.hold(records[gone]), copies, added, memory)
    moves.sort()
    starts = np.flatnonzero(np.diff(moves, prepend=-1))
    before, after = np.divmod(moves[starts], max(len(added), 1))
    reworded = MOST * np.diff(starts, append=len(moves)) > copies[before]
    return Since(
        added=len(added) - len(np.unique(after[reworded])),
        gone=len(gone) - int(reworded.sum()),
        reworded=int(reworded.sum()),
    )


def _match(new: Words, old: Words, memory: Memory) -> tuple[Flags, Flags]:
    """Which of the old ids are among the new ones, and which of the new ones are among the old."""
    numbers, _ = number(memory.concatenate([new, old]), memory)
    found = numbers[len(new) :]  # ids are distinct: the new ones have the first numbers
    stays = found < len(new)
    known = np.zeros(len(new), dtype=np.bool_)
    known[found[stays]] = True
    return stays, known


def _moves(old: Corpus, new: Build, gone: Words, copies: Ints, added: Ints, memory: Memory) -> Ints:
    """For each passage that went from a record of `gone` to one of `added`: the place of the one, times how many were
    added, and the other's place.
    """
    if not len(gone) or not len(added):
        return np.zeros(0, dtype=np.int64)
    place: Ints = memory.empty(len(new.records) + 1, np.int64)  # the last is that of no record, -1
    place[:] = -1
    place[added] = np.arange(len(added))
    after: Ints = memory.hold(place[new.record_of])
    rows = memory.hold(np.flatnonzero(after >= 0))
    passages: Words = memory.empty((len(rows) + int(copies.sum()), 2), np.uint64)
    passages[: len(rows)] = new.passages[rows]
    before: Ints = memory.empty(len(passages) - len(rows), np.int64)
    at = 0
    for found, records in _of_records(old, gone, memory):
        if at + len(found) > len(before):
            raise CorpusError(f"{old.path}: records have more occurrences than they say")
        passages[len(rows) + at :][: len(found)] = found
        before[at : at + len(found)] = records
        at += len(found)
    numbers, firsts = number(passages[: len(rows) + at], memory)
    row = memory.hold(firsts[numbers[len(rows) :]])
    both = memory.hold(np.flatnonzero(row < len(rows)))
    moves: Ints = memory.empty(len(both), np.int64)
    moves[:] = before[both] * np.int64(len(added)) + after[rows[row[both]]]
    return moves


def _of_records(old: Corpus, records: Words, memory: Memory) -> Iterator[tuple[Words, Ints]]:
    """The occurrences of some records, piece by piece, and which of the records each belongs to."""
    order = memory.hold(np.argsort(records[:, 0]))
    keys = memory.hold(records[order, 0])
    likely = np.zeros(1 << 16, dtype=np.bool_)
    likely[keys & np.uint64(0xFFFF)] = True  # spares most of the search where few records are gone
    for batch in _batches(old, "occurrences", ("occurrence_id", "record_id")):
        column = batch["record_id"]
        rows = np.flatnonzero(buffers.numbers(column.is_valid()))
        wanted = words(column.drop_null())
        some = np.flatnonzero(likely[wanted[:, 0] & np.uint64(0xFFFF)])
        found = _find(wanted[some], records, order, keys)
        hit = np.flatnonzero(found >= 0)
        yield words(batch["occurrence_id"].take(pa.array(rows[some[hit]]))), found[hit]


def _find(wanted: Words, records: Words, order: Ints, keys: Words) -> Ints:
    """The row of each id among records, -1 where it is none; `order` sorts them by their first words, `keys`."""
    found = np.full(len(wanted), -1)
    place = np.searchsorted(keys, wanted[:, 0])
    left = np.arange(len(wanted))
    while len(left):  # more than once only where first words are equal: one pair in 10**19
        left = left[place[left] < len(keys)]
        left = left[keys[place[left]] == wanted[left, 0]]
        row = order[place[left]]
        same = (records[row] == wanted[left]).all(axis=1)
        found[left[same]] = row[same]
        left = left[~same]
        place[left] += 1
    return found


def _old_records(old: Corpus, memory: Memory) -> tuple[Words, Ints]:
    """The ids of the old records, and how many occurrences each has."""
    size = sum(pq.read_metadata(path).num_rows for path in old.files("records"))
    ids: Words = memory.empty((size, 2), np.uint64)
    copies: Ints = memory.empty(size, np.int64)
    at = 0
    for batch in _batches(old, "records", ("record_id", "n_occurrences")):
        ids[at : at + len(batch)] = words(batch["record_id"])
        copies[at : at + len(batch)] = batch["n_occurrences"].cast(pa.int64()).to_numpy()
        at += len(batch)
    return ids, copies


def _batches(corpus: Corpus, table: str, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    for path in corpus.files(table):
        with pq.ParquetFile(path, memory_map=True, page_checksum_verification=True) as file:
            if not set(columns) <= set(file.schema_arrow.names):
                raise CorpusError(f"{path}: no columns {' and '.join(columns)}")
            yield from file.iter_batches(batch_size=BATCH_ROWS, columns=list(columns))


def words(ids: pa.Array) -> Words:
    """A string column of 32 hex characters each as uint64[n, 2]: what `buffers.hex_strings` undoes."""
    array = ids.cast(pa.large_string())
    data, offsets = buffers.text_buffers(array)
    if array.null_count or (np.diff(offsets) != _ID).any():
        raise CorpusError("what should be an id is none")
    digits = data[offsets[0] : offsets[0] + _ID * len(array)].view(np.uint64)
    values = (digits & _NIBBLES) + np.uint64(9) * (digits >> np.uint64(6) & _LETTERS)  # of 0-9 and a-f, eight at a time
    values = values << np.uint64(4) | values >> np.uint64(8)
    values &= np.uint64(0x00FF00FF00FF00FF)
    values |= values >> np.uint64(8)
    values &= np.uint64(0x0000FFFF0000FFFF)
    values |= values >> np.uint64(16)
    return np.ascontiguousarray(values.astype(np.uint32)).view(np.uint64).reshape(-1, 2)
