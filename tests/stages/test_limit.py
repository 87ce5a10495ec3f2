"""Limits: what is too long is cut where a reader would, what is too much is a problem, and nothing is lost."""

import random
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import segment_oracles
from corpuskit import schema
from corpuskit.stages.decode import decode
from corpuskit.stages.limit import CUT, cut_long, refuse_lines, refuse_passages
from corpuskit.stages.segment import UNITS, segment

TEXTS = st.lists(
    st.one_of(
        st.sampled_from(["\n", "\r", "\r\n", "\n\n", "\f", " ", "  ", "\x1c", "\x85", "\u2028", "\xa0", "\t"]),
        st.sampled_from(["word ", "Word. ", "words\n", "end.” ", "3.14", "(", ")", "-", '"', "…", "e\u0301\u0301"]),
        st.sampled_from(["中文", "、", "。」", "\u3000", "ก้า", "한국어 ", "।", "😀", "👩\u200d👧", "\U00020000"]),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=60,
).map("".join)


def decoded(*texts: str) -> pa.Table:
    rows = [{"path": f"{row}.txt", "media_type": "text/plain", "extractor": "plain/1", "raw": text.encode()}
            for row, text in enumerate(texts)]  # fmt: skip
    return decode(pa.Table.from_pylist(rows, schema=schema.SOURCES))


def passages_of(texts: list[str], unit: str) -> tuple[pa.Table, pa.Table]:
    column = pa.table({"text": pa.array(texts, pa.large_string())})
    return column, segment(column, unit=unit)[0]


def cut(texts: list[str], most: int, unit: str) -> list[dict[str, Any]]:
    column, passages = passages_of(texts, unit)
    found = cut_long(passages, column["text"], max_chars=most)
    found.validate(full=True)
    assert found.schema.equals(schema.PASSAGES)
    rows: list[dict[str, Any]] = found.to_pylist()
    return rows


@given(st.lists(TEXTS, min_size=1, max_size=3), st.integers(1, 30), st.sampled_from(UNITS))
@settings(max_examples=300)
@example(["a" * 50], 7, "paragraph")
@example(["x\r\ny\r z. Then\n\nmore of it\f"], 3, "document")
def test_pieces_keep_the_laws_of_spans_and_none_is_too_long(texts: list[str], most: int, unit: str) -> None:
    rows = cut(texts, most, unit)
    assert max((len(row["text"]) for row in rows), default=0) <= most
    for document, text in enumerate(texts):
        assert segment_oracles.broken_spans(text, [row for row in rows if row["document"] == document]) == []


@given(TEXTS, st.integers(1, 30), st.sampled_from(UNITS))
@settings(max_examples=300)
def test_cuts_are_those_of_the_slow_rule(text: str, most: int, unit: str) -> None:
    _, passages = passages_of([text], unit)
    expected = [piece for row in passages.to_pylist() for piece in segment_oracles.pieces_at_most(row["text"], most)]
    rows = cut([text], most, unit)
    # Page furniture inside of a passage stands between its pieces.
    assert sorted(row["text"] for row in rows) == sorted(expected)


@pytest.mark.parametrize(
    ("text", "most", "pieces"),
    [
        ("One two. Three four five. Six", 26, ["One two. Three four five.", "Six"]),
        ("He said “no.” Then he left for good", 20, ["He said “no.”", "Then he left for", "good"]),
        ("pi is 3.14159265358979", 10, ["pi is", "3.14159265", "358979"]),
        ("我们走。」他说。我们不走了吧", 9, ["我们走。」他说。", "我们不走了吧"]),
        ("one line\nanother line of it\nand more", 30, ["one line\nanother line of it", "and more"]),
        ("e\u0301" * 6, 5, ["e\u0301e\u0301", "e\u0301e\u0301", "e\u0301e\u0301"]),
        ("\u0301" * 7, 3, ["\u0301" * 3, "\u0301" * 3, "\u0301"]),
    ],
)
def test_where_a_passage_is_cut(text: str, most: int, pieces: list[str]) -> None:
    assert [row["text"] for row in cut([text], most, "document")] == pieces


def test_only_what_is_cut_is_flagged() -> None:
    rows = cut(["short\n\n" + "word " * 20, "another"], 40, "paragraph")
    assert [(row["document"], row["ordinal"], bool(row["flags"] & CUT)) for row in rows] == [
        (0, 0, False), (0, 1, True), (0, 2, True), (0, 3, True), (1, 0, False),
    ]  # fmt: skip


def test_a_long_paragraph_cut_by_page_furniture_is_cut_in_the_order_of_the_document() -> None:
    draw = random.Random(1)
    words = ["water", "of", "a", "river", "that", "flows", "between", "two", "countries", "is", "shared", "by", "those"]
    lines = [" ".join(draw.choice(words) for _ in range(11)) for _ in range(40)]
    pages = ["\n".join(lines[at : at + 8]) for at in range(0, 40, 8)]
    text = "\f".join(f"Report {number}\n\n{page}\n\n\n" for number, page in enumerate(pages, 1))
    column, passages = passages_of([text], "paragraph")
    assert any(len(row["spans"]) > 2 for row in passages.to_pylist())
    rows = cut_long(passages, column["text"], max_chars=300).to_pylist()
    assert segment_oracles.broken_spans(text, rows) == []
    assert any(len(row["spans"]) == 2 for row in rows)


def test_cutting_takes_work_that_grows_with_the_text() -> None:
    # Pieces of at least half the limit: their number, and so all work, is bounded by the length.
    for text in ("a" * 40_000, "ab " * 15_000, "\u0301" * 40_000, "中。" * 20_000, "a.\n" * 14_000):
        rows = cut([text], 1_000, "document")
        assert len(rows) <= 2 * len(text) // 1_000 + 1


def test_documents_with_too_many_lines_or_passages_are_problems() -> None:
    table = decoded("one\n" * 40, "one\n\ntwo\n\nthree", "fine")
    refused = refuse_lines(table, max_passages=9)
    assert refused["problem"].to_pylist() == ["too_many_passages: 41 lines", None, None]
    assert refused["text"].to_pylist() == ["", "one\n\ntwo\n\nthree", "fine"]
    passages, _ = segment(refused, unit="paragraph")
    refused, passages = refuse_passages(refused, passages, max_passages=2)
    assert refused["problem"].to_pylist()[1] == "too_many_passages: 3 passages"
    assert passages["document"].to_pylist() == [2]
    for name in ("encoding", "encoding_confidence", "decode_errors", "text_sha256", "n_chars"):
        assert [value is None for value in refused[name].to_pylist()] == [True, True, False]
    assert refused["sha256"].equals(table["sha256"])
    refused.validate(full=True)


def test_what_is_within_the_limits_is_not_copied() -> None:
    table = decoded("one\n\ntwo", "three")
    passages, _ = segment(table, unit="paragraph")
    assert refuse_lines(table, max_passages=2) is table
    assert cut_long(passages, table["text"], max_chars=5) is passages
    assert refuse_passages(table, passages, max_passages=2) == (table, passages)
    assert np.all(passages["flags"].to_numpy() & CUT == 0)
