"""Judge what pairs of wordings differ in: a few thousand pairs at a time, in this process or in others beside it.

The idea: judging is Python, word by word, so that only more processes make it faster. What they need to know of the
corpus is its evidence; the pairs of a batch go to them in a file, and what was found comes back in another.
"""

import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import xxhash

from corpuskit import buffers
from corpuskit.differences import KINDS, Difference
from corpuskit.garbage import uncollected
from corpuskit.kernels.types import Ints
from corpuskit.lineup import Texts, compare_all
from corpuskit.memory import Memory
from corpuskit.pool import JUDGE_BYTES, Pool, cores
from corpuskit.reading import Evidence, fold_words
from corpuskit.settings import Settings
from corpuskit.store import files

POOL_PAIRS: Final = 20_000
"""Below these, starting processes (half a second) costs about what they save."""

JUDGED: Final = pa.schema(
    [
        ("pair", pa.int64()),
        ("key", pa.binary(16)),
        ("kind", pa.int8()),
        *((name, pa.int32()) for name in ("left_start", "left_end", "right_start", "right_end")),
    ]
)
"""What is found in a batch: a row for each difference of a pair. key: what pairs of one part have in common."""


class Pairs(NamedTuple):
    """A batch: texts, and pairs of them, int64."""

    texts: pa.Array
    lefts: Ints
    rights: Ints


Judge = Callable[[Iterable[Pairs], Evidence, Sequence[str]], Iterator[pa.Table]]
"""What gives JUDGED of each batch, in order, for some kinds of differences."""


def judge_here(batches: Iterable[Pairs], evidence: Evidence, kinds: Sequence[str]) -> Iterator[pa.Table]:
    """One batch after another."""
    for batch in batches:
        yield _judge(batch, evidence, kinds)


def judge_beside(
    batches: Iterable[Pairs], evidence: Evidence, kinds: Sequence[str], *, processes: int, memory: Memory
) -> Iterator[pa.Table]:
    """In so many processes, of which this is one. Raises CorpuskitError when another dies."""
    others = processes - 1
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=memory.folder)))
        stack.enter_context(memory.lent(others * JUDGE_BYTES))
        pool = stack.enter_context(Pool(others, "judge"))
        pool.start()
        known = folder / "evidence.json"
        known.write_text(json.dumps(vars(evidence)), encoding="utf-8")
        pool.tell({"evidence": str(known), "kinds": list(kinds)})
        judged: dict[int, pa.Table] = {}
        for number, batch in enumerate(batches):
            pool.check()
            if pool.ahead < others:
                pool.give(_write(folder / str(number), batch))
            else:
                judged[number] = _judge(batch, evidence, kinds)
        for job in pool.finish():
            judged[int(job.name)] = _read(job / "judged.arrow")
            shutil.rmtree(job)
        yield from (judged[number] for number in sorted(judged))


def judge_for(pairs: int, settings: Settings, memory: Memory) -> Judge:
    """What judges so many pairs best, in the memory that is set."""
    processes = cores(settings)
    if "memory" in settings.model_fields_set:
        processes = min(processes, 1 + settings.memory // 4 // JUDGE_BYTES)
    if pairs < POOL_PAIRS or processes < 2 or not sys.executable:
        return judge_here
    return partial(judge_beside, processes=processes, memory=memory)


def judging(start: Any) -> Callable[[Path], None]:
    """For a process beside: what does a job, by what `judge_beside` tells it at its start."""
    known = json.loads(Path(start["evidence"]).read_text(encoding="utf-8"))
    evidence = Evidence()
    evidence.texts = known["texts"]
    for name in ("lower", "upper", "texts_with"):
        getattr(evidence, name).update(known[name])

    def judge(job: Path) -> None:
        texts, pairs = _read(job / "texts.arrow"), _read(job / "pairs.arrow")
        for name in ("texts.arrow", "pairs.arrow"):
            (job / name).unlink()  # they are as large as all near copies together
        batch = Pairs(buffers.one_chunk(texts["text"]), *(buffers.numbers(pairs[name]) for name in ("left", "right")))
        files.write_arrow(job / "judged.arrow", _judge(batch, evidence, start["kinds"]))

    return judge


def _write(job: Path, batch: Pairs) -> Path:
    job.mkdir()
    files.write_arrow(job / "texts.arrow", pa.table({"text": batch.texts}))
    files.write_arrow(job / "pairs.arrow", pa.table({"left": batch.lefts, "right": batch.rights}))
    return job


def _read(path: Path) -> pa.Table:
    with pa.OSFile(str(path), "rb") as source:
        return pa.ipc.open_file(source).read_all()


def _judge(batch: Pairs, evidence: Evidence, kinds: Sequence[str]) -> pa.Table:
    """JUDGED of a batch."""
    with uncollected():
        texts = Texts(batch.texts)
        lefts = batch.lefts.tolist()
        rows = [
            (pair, key, KINDS.index(kind), *left, *right)
            for pair, differences in compare_all(texts, batch.lefts, batch.rights, evidence, kinds)
            for key in [_digest(texts.strings[lefts[pair]], differences)]
            for kind, left, right in differences
        ]
    columns = list(zip(*rows, strict=True)) or [()] * len(JUDGED)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, JUDGED, strict=True)], schema=JUDGED
    )


def _digest(wording: str, differences: Sequence[Difference]) -> bytes:
    return xxhash.xxh3_128_digest(repr(part_key(wording, differences)).encode())


def part_key(wording: str, found: Sequence[Difference]) -> tuple[tuple[tuple[int, int], tuple[str, ...]], ...]:
    """What members of one part have in common: the places in the head, and their own words there, folded."""
    return tuple((right, fold_words(wording[slice(*left)])) for _, left, right in found)


class Found:
    """What was found of contents.

    contents: int64, ascending, one for each difference; kinds: int8; places: int32[n, 4], JUDGED's.
    """

    def __init__(self, judged: Sequence[pa.Table], contents: Sequence[Ints]) -> None:
        """Of JUDGED of some batches, and the content of each pair of theirs."""
        table = pa.concat_tables([JUDGED.empty_table(), *judged])
        of = [pairs[buffers.numbers(found["pair"])] for pairs, found in zip(contents, judged, strict=True)]
        unordered = np.concatenate([np.zeros(0, dtype=np.int64), *of])
        order = np.argsort(unordered, kind="stable")
        self.contents: Ints = unordered[order]
        columns = {name: buffers.numbers(table[name])[order] for name in JUDGED.names if name != "key"}
        self.kinds = columns["kind"]
        self.places = np.stack(list(columns.values())[2:], axis=1)
        keys = buffers.one_chunk(table["key"])
        words = np.frombuffer(keys.buffers()[1] or b"", dtype=np.uint64).reshape(-1, 2)[keys.offset :][: len(keys)]
        self.keys = words[order]

    def of(self, content: int) -> list[Difference]:
        """What a content differs from its head in."""
        begin, end = np.searchsorted(self.contents, [content, content + 1])
        rows = zip(self.kinds[begin:end].tolist(), self.places[begin:end].tolist(), strict=True)
        return [Difference(KINDS[kind], (at[0], at[1]), (at[2], at[3])) for kind, at in rows]
