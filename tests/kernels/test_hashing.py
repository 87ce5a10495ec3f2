import hashlib

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import oracles
from corpuskit import buffers, hashing
from strategies import any_text


def hexes(words: np.ndarray[tuple[int, ...], np.dtype[np.uint64]]) -> list[str]:
    found: list[str] = buffers.hex_strings(words).to_pylist()
    return found


@given(
    st.lists(st.binary(max_size=400), max_size=6),
    st.sampled_from([b"record", b"document", b"occurrence", b"text"]),
)
@settings(max_examples=100, deadline=None)
def test_blake2b_is_that_of_hashlib(values: list[bytes], person: bytes) -> None:
    words = hashing.hash_texts(pa.array(values, pa.large_binary()), person)
    assert hexes(words) == [hashlib.blake2b(value, digest_size=16, person=person).hexdigest() for value in values]


@pytest.mark.parametrize("length", [0, 1, 127, 128, 129, 255, 256, 257, 1024])
def test_blake2b_at_the_edges_of_its_blocks(length: int) -> None:
    value = bytes(range(256)) * 5
    words = hashing.hash_texts(pa.array([value[:length]], pa.large_binary()), b"text")
    assert hexes(words) == [oracles.blake2b(value[:length], b"text")]


def test_slices_of_a_column_are_hashed_from_their_own_start() -> None:
    column = pa.array(["zero", "one", "two", "three"], pa.large_string())
    assert hexes(hashing.hash_texts(column.slice(2), b"text")) == [
        oracles.blake2b(b, b"text") for b in (b"two", b"three")
    ]


@given(any_text(20), st.none() | any_text(20))
@settings(max_examples=60, deadline=None)
def test_document_ids(path: str, member: str | None) -> None:
    assert hexes(hashing.document_ids([path], [member])) == [oracles.document_id(path, member)]


@given(any_text(), st.integers(0, 1 << 40))
@settings(max_examples=60, deadline=None)
def test_occurrence_ids(passage: str, repetition: int) -> None:
    document, record = (
        np.frombuffer(bytes.fromhex(hex_id), dtype=np.uint64).reshape(1, 2)
        for hex_id in (oracles.document_id("a.txt"), oracles.record_id(passage))
    )
    found = hashing.occurrence_ids(document, record, np.array([repetition], dtype=np.int64))
    assert hexes(found) == [oracles.occurrence_id(oracles.document_id("a.txt"), passage, repetition)]
