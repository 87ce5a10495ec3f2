import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

import oracles
from corpuskit import buffers, schema
from corpuskit.prepare import prepare_texts
from corpuskit.settings import Settings
from corpuskit.stages.distinct import describe_contents, distinct, number, repeat
from corpuskit.stages.normalize import normalize
from corpuskit.text import normalize as normalize_one
from strategies import passages


def passages_of(documents: list[list[str]]) -> pa.Table:
    """PASSAGES of documents that are lists of texts; places do not matter here."""
    texts = [text for document in documents for text in document]
    table = prepare_texts(pa.array(texts, pa.large_string()), Settings()).passages.select(schema.PASSAGES.names)
    numbers = [number for number, document in enumerate(documents) for _ in document]
    return table.set_column(0, schema.PASSAGES.field(0), pa.array(numbers, pa.int32())).cast(schema.PASSAGES)


@given(st.lists(st.lists(passages(6), max_size=6), max_size=4))
@settings(max_examples=80, deadline=None)
def test_equal_normalized_text_is_one_content_with_the_ids_that_hashlib_gives(
    documents: list[list[str]],
) -> None:
    ids = [oracles.document_id(f"{at}.txt") for at in range(len(documents))]
    words = np.array([list(bytes.fromhex(hex_id)) for hex_id in ids], dtype=np.uint8).reshape(-1, 16).view(np.uint64)
    table = passages_of(documents)
    numbered, contents = distinct(table, normalize(table["text"]), document_ids=words)

    texts = [(document, text) for document, held in enumerate(documents) for text in held]
    folded = [normalize_one(text) for _, text in texts]
    order = list(dict.fromkeys(folded))
    assert contents["normalized"].to_pylist() == order
    assert numbered["content"].to_pylist() == [order.index(text) for text in folded]
    assert [value.hex() for value in contents["content_hash"].to_pylist()] == [*map(oracles.record_id, order)]
    expected = []
    for at, (document, text) in enumerate(texts):
        before = sum(texts[row][0] == document and folded[row] == folded[at] for row in range(at))
        expected.append(oracles.occurrence_id(ids[document], text, before))
    assert [value.hex() for value in numbered["occurrence_id"].to_pylist()] == expected
    assert len(set(expected)) == len(expected)


@given(st.lists(st.tuples(passages(4), st.booleans()), max_size=9))
@settings(max_examples=80, deadline=None)
def test_filtered_passages_have_no_content_and_change_no_id(rows: list[tuple[str, bool]]) -> None:
    texts = [text for text, _ in rows]
    ids = np.zeros((1, 2), dtype=np.uint64)
    table = passages_of([texts])
    column = schema.PASSAGES.get_field_index("filtered")
    places = pa.array([5 if filtered else schema.NOT_FILTERED for _, filtered in rows], pa.int8())
    some, contents = distinct(
        table.set_column(column, schema.PASSAGES.field(column), places), normalize(table["text"]), document_ids=ids
    )
    every, _ = distinct(table, normalize(table["text"]), document_ids=ids)
    order = list(dict.fromkeys(normalize_one(text) for text, filtered in rows if not filtered))
    assert contents["normalized"].to_pylist() == order
    expected = [-1 if filtered else order.index(normalize_one(text)) for text, filtered in rows]
    assert some["content"].to_pylist() == expected
    for name in ("occurrence_id", "text_hash", "flags"):
        assert some[name].equals(every[name])


@given(st.lists(passages(), max_size=6))
@settings(max_examples=100, deadline=None)
def test_contents_are_described_as_by_hand(texts: list[str]) -> None:
    folded = [normalize_one(text) for text in texts]
    hashes = np.zeros((len(folded), 2), dtype=np.uint64)
    table = describe_contents(pa.array(folded, pa.large_string()), hashes)
    found = [tuple(row.values()) for row in table.select(["n_chars", "n_words", "weight", "has_content"]).to_pylist()]
    assert found == [tuple(oracles.describe(text)) for text in folded]


@given(st.lists(st.integers(0, 5), max_size=30))
@settings(max_examples=60, deadline=None)
def test_hashes_are_numbered_by_first_appearance(values: list[int]) -> None:
    # The same first words, so that the table has to look at the second.
    hashes = np.array([[7, value] for value in values], dtype=np.uint64).reshape(-1, 2)
    numbers, firsts = number(hashes)
    order = list(dict.fromkeys(values))
    assert numbers.tolist() == [order.index(value) for value in values]
    assert firsts.tolist() == [values.index(value) for value in order]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=30).map(sorted))
@settings(max_examples=60, deadline=None)
def test_repetitions_are_counted_within_a_document(rows: list[tuple[int, int]]) -> None:
    groups = np.array([group for group, _ in rows], dtype=np.int64)
    numbers = np.array([value for _, value in rows], dtype=np.int64)
    repetitions, spread = repeat(groups, numbers, 4)
    assert repetitions.tolist() == [rows[:at].count(row) for at, row in enumerate(rows)]
    assert spread.tolist() == [len({group for group, value in rows if value == kind}) for kind in range(4)]


def test_text_without_letters_is_flagged() -> None:
    table = passages_of([["* * * * *", "a word", "\ufffd\ufffd\ufffda"]])
    numbered, _ = distinct(table, normalize(table["text"]), document_ids=np.zeros((1, 2), dtype=np.uint64))
    flags = buffers.flag_lists(buffers.numbers(numbered["flags"]), tuple(schema.OCCURRENCE_FLAGS))
    assert flags.to_pylist() == [["no_content"], [], ["no_content"]]
