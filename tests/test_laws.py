"""The laws hold for any folder of texts: hypothesis makes the folders, `check` and plain code judge the result."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import corpuskit
import strategies
from corpuskit.settings import make

_SENTENCE = "The Parties shall cooperate in good faith to give effect to the provisions of article {} of this treaty."
# Passages that repeat, nearly repeat and differ, in layouts of all kinds.
_PARAGRAPHS = st.one_of(
    st.builds(_SENTENCE.format, st.sampled_from(["two", "three", "ten", "ten, as amended,"])),
    strategies.passages(40),
    st.just("Всеобщая декларация прав человека была принята Генеральной Ассамблеей Организации Объединённых Наций."),
    st.just("人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。"),
)
_PAGE_BREAKS = ["\n- {} -\n\f", "\n\nPage {}\r\n\fReport\n"]
_DOCUMENTS = st.lists(_PARAGRAPHS, max_size=6).flatmap(
    lambda paragraphs: st.sampled_from(["\n", "\r\n", "\r", "\n\n", "\f", *_PAGE_BREAKS]).map(
        lambda mark: "".join(f"{text}{mark.format(page)}" for page, text in enumerate(paragraphs))
    )
)
_FOLDERS = st.dictionaries(st.sampled_from([f"{name}.txt" for name in "abcdef"]), _DOCUMENTS, min_size=1, max_size=5)
_SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

Tables = dict[str, pa.Table]


@contextmanager
def folder(documents: dict[str, str]) -> Iterator[Path]:
    with TemporaryDirectory() as home:
        raw = Path(home) / "raw"
        raw.mkdir()
        for name, text in documents.items():
            (raw / name).write_bytes(text.encode("utf-8"))
        yield raw


def tables(raw: Path, **values: Any) -> Tables:
    curated = raw.parent / "curated"
    shutil.rmtree(curated, ignore_errors=True)
    corpuskit.ingest(raw, curated, make(values))
    corpus = corpuskit.open(curated)
    return {name: getattr(corpus, name).to_table() for name in ("documents", "occurrences", "records", "links")}


@given(
    _FOLDERS,
    st.sampled_from(["paragraph", "line", "document"]),
    st.sampled_from(
        [
            {},
            {"min_chars": 9},
            {"drop": ["[a-c]$", "ten"]},
            {"min_chars": 30, "drop": ["two"]},
            {"max_passage_chars": 100},
            {"max_passage_chars": 100, "max_document_passages": 4},
        ]
    ),
)
@_SLOW
def test_every_law_holds_for_any_folder(documents: dict[str, str], unit: str, filters: dict[str, Any]) -> None:
    with folder(documents) as raw:
        corpuskit.ingest(raw, raw.parent / "curated", make({"unit": unit, "min_near_chars": 10, **filters}))
        findings = corpuskit.check(raw.parent / "curated")
    assert [finding for finding in findings if finding.severity == "error"] == []


@given(_FOLDERS)
@_SLOW
def test_each_passage_is_in_occurrences_once_and_nothing_else_is(documents: dict[str, str]) -> None:
    with folder(documents) as raw:
        found = tables(raw, unit="line")
    texts = {row["record_id"]: row["text"] for row in found["records"].to_pylist()}
    for name, text in documents.items():
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        expected = ["".join(line.split()) for line in lines if line.strip()]
        rows = [row for row in found["occurrences"].to_pylist() if row["path"] == name]
        passages = [row["text"] or texts[row["record_id"]] for row in rows]
        assert ["".join(passage.split()) for passage in passages] == expected


@given(_FOLDERS)
@_SLOW
def test_doubling_a_corpus_doubles_counts_and_leaves_clusters_as_they_were(documents: dict[str, str]) -> None:
    with folder(documents) as raw:
        once = tables(raw)
        for name, text in documents.items():
            (raw / f"z-{name}").write_bytes(text.encode("utf-8"))
        twice = tables(raw)
    before = {row["record_id"]: row["n_occurrences"] for row in once["records"].to_pylist()}
    after = {row["record_id"]: row["n_occurrences"] for row in twice["records"].to_pylist()}
    assert after == {record: 2 * count for record, count in before.items()}


@given(_FOLDERS, st.permutations(range(6)))
@_SLOW
def test_the_order_in_which_files_were_made_does_not_matter(documents: dict[str, str], order: list[int]) -> None:
    shuffled = sorted(documents.items(), key=lambda item: order["abcdef".index(item[0][0])])
    with folder(documents) as raw:
        first = tables(raw)
    with folder(dict(shuffled)) as raw:
        second = tables(raw)
    assert all(first[name].equals(second[name]) for name in first)
