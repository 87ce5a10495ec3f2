"""Ids are hashes that anybody can recompute."""

import hashlib

import numpy as np
import pyarrow as pa

from corpuskit import buffers, hashing


def blake(data: bytes, person: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16, person=person).hexdigest()


def test_record_ids_are_blake2b_of_the_text() -> None:
    texts = ["", "a", "ü" * 64, "x" * 128, "y" * 129, "z" * 5000]
    ids = buffers.hex_strings(hashing.hash_texts(pa.array(texts, pa.large_string()), hashing.RECORD)).to_pylist()
    assert ids == [blake(text.encode(), b"record") for text in texts]


def test_document_ids_are_of_path_and_member() -> None:
    ids = buffers.hex_strings(hashing.document_ids(["a/b.txt", "c.zip"], [None, "7"])).to_pylist()
    assert ids == [blake(b"a/b.txt", b"document"), blake(b"c.zip\x007", b"document")]


def test_occurrence_ids_are_of_document_text_and_repetition() -> None:
    document = hashing.document_ids(["a.txt"], [None])
    content = hashing.hash_texts(pa.array(["text"], pa.large_string()), hashing.RECORD)
    ids = hashing.occurrence_ids(document, content, np.array([3]))
    expected = document.tobytes() + content.tobytes() + (3).to_bytes(8, "little")
    assert buffers.hex_strings(ids).to_pylist() == [blake(expected, b"occurrence")]
