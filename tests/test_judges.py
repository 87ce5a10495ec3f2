"""Judging in other processes is judging here."""

import os
import random
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from corpuskit import judges
from corpuskit.differences import differences
from corpuskit.errors import CorpuskitError
from corpuskit.judges import JUDGED, Found, Judge, Pairs, judge_beside, judge_for, judge_here
from corpuskit.memory import IN_MEMORY, Memory
from corpuskit.pool import Pool
from corpuskit.reading import Evidence
from corpuskit.settings import Settings, make

KINDS = ("numbers", "names", "negations")
WORDS = ["In", "2019", "2020", "Peru", "Chile", "asked", "did", "not", "ask", "naïve", "漢字", "it", "42"]


def batches(seed: int) -> list[Pairs]:
    draw = random.Random(seed)
    found = []
    for size in (5, 0, 40):
        texts = [" ".join(draw.choices(WORDS, k=draw.randrange(1, 12))) for _ in range(max(size, 1))]
        lefts, rights = (np.array(draw.choices(range(max(size, 1)), k=size), dtype=np.int64) for _ in range(2))
        found.append(Pairs(pa.array(texts, pa.large_string()), lefts, rights))
    return found


def evidence() -> Evidence:
    known = Evidence()
    for text in ("Peru and Chile said it in 2019.", "they said it is a peru, and that Chile is far."):
        known.add(text)
    return known


def test_batches_are_judged_beside_as_here(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    here = list(judge_here(batches(1), evidence(), KINDS))
    beside = list(judge_beside(iter(batches(1)), evidence(), KINDS, processes=3, memory=memory))
    assert [table.schema for table in beside] == [JUDGED] * 3
    assert [table.to_pylist() for table in beside] == [table.to_pylist() for table in here]
    assert len(pa.concat_tables(here)) > 20
    assert list(tmp_path.iterdir()) == []


def test_what_is_found_is_what_differs() -> None:
    judged = list(judge_here(batches(2), evidence(), KINDS))
    contents = [np.arange(len(batch.lefts)) * 7 % 101 + 1_000 * place for place, batch in enumerate(batches(2))]
    found = Found(judged, contents)
    assert found.contents.tolist() == sorted(found.contents.tolist())
    for batch, of in zip(batches(2), contents, strict=True):
        texts = batch.texts.to_pylist()
        for left, right, content in zip(batch.lefts, batch.rights, of.tolist(), strict=True):
            assert found.of(content) == differences(texts[left], texts[right], evidence(), KINDS)


def test_nothing_is_found_in_nothing() -> None:
    assert Found([], []).of(0) == []
    assert len(Found([], []).keys) == 0


def test_a_process_that_dies_ends_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Dying(Pool):
        def start(self) -> None:
            super().start()
            for process in self._processes:
                os.kill(process.pid, signal.SIGTERM)

    monkeypatch.setattr(judges, "Pool", Dying)
    with pytest.raises(CorpuskitError, match="a worker process died"):
        list(judge_beside(batches(1), evidence(), KINDS, processes=2, memory=Memory(tmp_path)))
    assert list(tmp_path.iterdir()) == []


def test_nothing_waits_when_pairs_cannot_be_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither when they are made, nor when they are written: the processes that wait for them end, too."""

    def failing() -> Iterator[Pairs]:
        raise OSError(28, "No space left on device")
        yield

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    judge = partial(judge_beside, evidence=evidence(), kinds=KINDS, processes=2, memory=Memory(tmp_path))
    with pytest.raises(OSError, match="No space left"):
        list(judge(failing()))
    monkeypatch.setattr(judges, "_write", full)
    with pytest.raises(OSError, match="No space left"):
        list(judge(batches(1)))
    assert list(tmp_path.iterdir()) == []


def test_a_death_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not after all else has been judged here."""
    made = 0

    def endless() -> Iterator[Pairs]:
        nonlocal made
        while made < 100_000:
            made += 1
            yield batches(1)[0]

    class Dying(Pool):
        def start(self) -> None:
            begun = bool(self._processes)
            super().start()
            if not begun:
                for process in self._processes:
                    os.kill(process.pid, signal.SIGTERM)

    monkeypatch.setattr(judges, "Pool", Dying)
    with pytest.raises(CorpuskitError, match="a worker process died"):
        list(judge_beside(endless(), evidence(), KINDS, processes=2, memory=Memory(tmp_path)))
    assert made < 10_000


@pytest.mark.parametrize(
    ("pairs", "told", "processes"),
    [
        (judges.POOL_PAIRS - 1, {"workers": 8}, 0),
        (judges.POOL_PAIRS, {"workers": 8}, 8),
        (judges.POOL_PAIRS, {"workers": 1}, 0),
        (judges.POOL_PAIRS, {"workers": 8, "memory": "2.4GB"}, 3),
        (judges.POOL_PAIRS, {"workers": 8, "memory": "1GB"}, 0),
    ],
)
def test_processes_are_begun_where_they_are_worth_it_and_there_is_room(
    pairs: int, told: dict[str, object], processes: int
) -> None:
    def count(judge: Judge) -> int:
        return judge.keywords["processes"] if isinstance(judge, partial) else 0

    assert count(judge_for(pairs, make(told), IN_MEMORY)) == processes
    assert judge_for(1, Settings(), IN_MEMORY) is judge_here
