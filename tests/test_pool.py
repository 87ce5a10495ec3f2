"""Workers: a run never waits for what will not come."""

from pathlib import Path

import pytest

import corpuskit
from corpuskit import pool
from corpuskit.pool import Pool


def test_threads_that_end_without_a_word_are_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As a thread does that has no memory left to say so."""
    monkeypatch.setattr(pool, "_feed", lambda *_: None)
    with Pool(2) as workers, pytest.raises(MemoryError):
        list(workers.run([tmp_path / "job"], tmp_path, corpuskit.Settings(), lambda *_: None))
