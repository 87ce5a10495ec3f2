"""Bytes to text: never an exception, never a text that its encoding does not give, no guess in silence."""

import hashlib
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpuskit.encodings import after_bom
from corpuskit.schema import DECODED, DOCUMENT_FLAGS, SOURCES
from corpuskit.stages.decode import decode


def sources(*raws: bytes | None, problem: str | None = None) -> pa.Table:
    count = len(raws)
    columns = {
        "path": [f"{number}.txt" for number in range(count)],
        "member": [None] * count,
        "size_bytes": [None if raw is None else len(raw) for raw in raws],
        "media_type": ["text/plain"] * count,
        "extractor": ["plain/1"] * count,
        "raw": raws,
        "problem": [problem if raw is None else None for raw in raws],
    }
    return pa.table({field.name: pa.array(columns[field.name], field.type) for field in SOURCES}, SOURCES)


def rows(*raws: bytes | None, problem: str | None = None) -> list[dict[str, Any]]:
    table = decode(sources(*raws, problem=problem))
    table.validate(full=True)
    assert table.schema == DECODED
    found = list(table.to_pylist())
    for row in found:
        row["flags"] = {name for place, name in enumerate(DOCUMENT_FLAGS) if row["flags"] >> place & 1}
    return found


def assert_law(raw: bytes, row: dict[str, Any]) -> None:
    assert row["sha256"] == hashlib.sha256(raw).hexdigest()
    if row["problem"] is not None:
        assert row["problem"].split(":")[0] in ("binary", "undecodable")
        assert row["text"] == ""
        assert row["flags"] == set()
        for name in ("encoding", "encoding_confidence", "decode_errors", "text_sha256", "n_chars"):
            assert row[name] is None
        return
    text = after_bom(raw).decode(row["encoding"], errors=row["decode_errors"])
    assert row["text"] == text
    assert row["n_chars"] == len(text)
    assert row["text_sha256"] == hashlib.sha256(text.encode("utf-8")).hexdigest()
    assert 0 <= row["encoding_confidence"] <= 1
    assert ("empty" in row["flags"]) == (not text or text.isspace())
    assert ("decode_loss" in row["flags"]) == (row["decode_errors"] == "replace")


MARKS = [
    b"",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\xff\xfe\x00\x00",
    b"\x84\x31\x95\x33",
    b"\x1b$B",
    b"~{",
]
TEXTUAL = st.text(st.characters(exclude_categories=["Cs"]))
CODECS = [
    "utf-8",
    "cp1252",
    "cp1251",
    "utf-16-le",
    "utf-32-be",
    "gb18030",
    "cp932",
    "iso2022_jp",
    "hz",
    "cp037",
    "cp850",
]
ANYTHING = st.one_of(
    st.binary(max_size=300),
    st.builds(bytes.__add__, st.sampled_from(MARKS), st.binary(max_size=60)),
    st.builds(lambda text, codec: text.encode(codec, "ignore"), TEXTUAL, st.sampled_from(CODECS)),
    st.builds(lambda text, bad: text.encode() + bad, TEXTUAL, st.binary(max_size=3)),
)


@given(st.lists(ANYTHING, max_size=4))
@example([])
@example([b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xff\xfe\x00\x00", b"\x80", b"\xed\xa0\x80 lone surrogate"])
def test_any_bytes_give_a_row_whose_text_is_what_its_encoding_says(raws: list[bytes]) -> None:
    found = rows(*raws)
    assert len(found) == len(raws)
    for raw, row in zip(raws, found, strict=True):
        assert_law(raw, row)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_utf8_is_taken_over_byte_for_byte(text: str) -> None:
    raw = text.encode("utf-8")
    if after_bom(raw) != raw or b"~{" in raw:
        return
    (row,) = rows(raw)
    assert (row["encoding"], row["encoding_confidence"], row["text"]) == ("utf-8", 1.0, text)
    assert row["sha256"] == row["text_sha256"]


def test_a_batch_of_utf8_shares_the_memory_of_its_bytes() -> None:
    table = sources(b"one", "zwölf".encode(), b"")
    decoded = decode(table)
    assert decoded["text"].to_pylist() == ["one", "zwölf", ""]
    assert decoded["text"].chunk(0).buffers()[2].address == table["raw"].chunk(0).buffers()[2].address


def test_slices_and_chunks_of_sources_decode_like_the_whole() -> None:
    raws = [b"one", b"caf\xe9 cr\xe8me, d\xe9j\xe0 vu", None, b"\xef\xbb\xbftwo", b"three", b"\x00\x01"]
    whole = decode(sources(*raws, problem="vanished: gone"))
    assert decode(sources(*raws, problem="vanished: gone").slice(1, 4)).equals(whole.slice(1, 4))
    assert decode(sources(*raws).slice(4, 1))["text"].to_pylist() == ["three"]
    parts = [sources(*raws[:2]), sources(*raws[2:], problem="vanished: gone")]
    chunked = decode(pa.concat_tables(parts)).drop_columns("path")
    assert chunked.combine_chunks().equals(whole.drop_columns("path").combine_chunks())


def test_what_could_not_be_read_keeps_its_problem() -> None:
    (row,) = rows(None, problem="unreadable: Permission denied")
    assert row["problem"] == "unreadable: Permission denied"
    assert (row["sha256"], row["size_bytes"], row["encoding"], row["text"]) == (None, None, None, "")
    assert row["flags"] == set()


@pytest.mark.parametrize(
    "blank", [b"", b" \n\t\r\n\x0c", "\xa0\u3000\u2028".encode(), b"\xef\xbb\xbf", b"\xff\xfe \x00"]
)
def test_a_document_without_text_is_flagged_empty(blank: bytes) -> None:
    (row,) = rows(blank)
    assert row["flags"] == {"empty"}
    assert row["problem"] is None


def test_line_ends_and_form_feeds_stay_as_they_are() -> None:
    raw = b"one\r\ntwo\rthree\nfour\x0cfive"
    assert rows(raw)[0]["text"].encode() == raw
    wide = "one\r\ntwo\rthree\n"
    assert rows(b"\xff\xfe" + wide.encode("utf-16-le"))[0]["text"] == wide
