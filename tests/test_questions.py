"""Each block of docs/questions.md runs on a small corpus, and SQL and pandas both give the answer told here."""

import math
import re
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

import corpuskit

PAGE = Path(__file__).resolve().parent.parent / "docs" / "questions.md"
SECTION = re.compile(r"^## (\d+)\. (.+?)\n(.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)
BLOCK = re.compile(r"^```(sql|python)\n(.*?)^```", re.DOTALL | re.MULTILINE)

QUESTIONS = {
    int(number): dict(BLOCK.findall(text)) for number, _, text in SECTION.findall(PAGE.read_text(encoding="utf-8"))
}

SHARED = "What two of these files say, in the same words, is told once only, and so it should be."
NEAR = SHARED.replace("should", "would")

FILES: dict[str, str | bytes] = {
    "en/a.txt": f"The first file begins.\n\n{SHARED}\n\n12",
    "en/b.txt": f"{SHARED}\n\nThe second file ends.\n\nReally so.",
    "en/c.txt": f"{NEAR}\n\nThe second file ends.",
    "es/d.txt": "El archivo en otro idioma.",
    "z.txt": bytes(range(256)),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("questions")
    for name, text in FILES.items():
        file = folder / "raw" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    corpuskit.ingest(folder / "raw", folder / "curated", corpuskit.Settings(min_chars=3))
    return folder


EXPECTED: dict[int, list[tuple[Any, ...]]] = {
    1: [("El archivo en otro idioma.",)],
    2: [("The second file ends.\n\nReally so.",)],
    3: [
        ("en/b.txt", "en/c.txt", len(SHARED) + len("The second file ends.")),
        ("en/a.txt", "en/b.txt", len(SHARED)),
        ("en/a.txt", "en/c.txt", len(SHARED)),
    ],
    5: [(1, 1, "kept", "The first file begins."), (3, 3, "kept", SHARED), (5, 5, "filtered", "12")],
    6: [("exact", "same_text", 2), ("filtered", "too_short", 1), ("near", "similar", 1)],
    7: [("en/a.txt", 2 / 3), ("en/b.txt", 2 / 3), ("en/c.txt", 0.0), ("es/d.txt", 1.0)],
    8: [(0.983, "en/c.txt", 1, NEAR, SHARED)],
    9: [("en/a.txt", 3, 1.0), ("en/b.txt", 1, 1.0), ("en/c.txt", 1, 1 - 3 / 173)],
    10: [("z.txt", "binary: 1 NUL byte, the first at 0")],
}
"""The answers, but for that of question 4, whose ids are hashes."""


def test_there_are_ten_questions_and_each_is_answered_twice() -> None:
    assert list(QUESTIONS) == list(range(1, 11))
    assert all(set(blocks) == {"sql", "python"} for blocks in QUESTIONS.values())


@pytest.mark.parametrize("number", QUESTIONS)
def test_sql_and_pandas_answer_as_told(folder: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    monkeypatch.chdir(folder)
    by_sql = duckdb.sql(QUESTIONS[number]["sql"])
    names: dict[str, Any] = {}
    exec(QUESTIONS[number]["python"], names)
    by_pandas: pd.DataFrame = names["answer"]
    assert list(by_pandas.columns) == by_sql.columns
    rows = by_sql.fetchall()
    assert list(by_pandas.itertuples(index=False, name=None)) == [
        pytest.approx(row) if number == 4 else row for row in rows
    ]
    if number in EXPECTED:
        assert rows == EXPECTED[number]


def test_weights_grow_with_the_logarithm_of_the_copies(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    weights = sorted(weight for _, weight in duckdb.sql(QUESTIONS[4]["sql"]).fetchall())
    assert weights == pytest.approx([1, 1, 1, 1 + math.log(2), 1 + math.log(3)])


def test_a_language_that_is_identified_is_found_by_its_column(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What the tables will have once something fills `language`."""
    records = pd.read_parquet(folder / "curated" / "records.parquet")
    records["language"] = ["es" if "first" in text else "en" for text in records["text"]]
    (tmp_path / "curated").mkdir()
    records.to_parquet(tmp_path / "curated" / "records.parquet")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(QUESTIONS[1]["python"], names)
    assert duckdb.sql(QUESTIONS[1]["sql"]).fetchall() == [("The first file begins.",)]
    assert names["answer"]["text"].tolist() == ["The first file begins."]


@pytest.mark.parametrize("number", [2, 9])
def test_sql_and_pandas_agree_where_there_is_nothing_to_find(
    folder: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.chdir(folder)
    sql, python = (
        QUESTIONS[number][language].replace("in the same words", "in no text at all").replace("en/b.txt", "none")
        for language in ("sql", "python")
    )
    found: dict[str, Any] = {}
    exec(python, found)
    assert duckdb.sql(sql).fetchall() == [tuple(row) for row in found["answer"].to_numpy().tolist()]
