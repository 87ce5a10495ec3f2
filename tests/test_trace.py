"""Tracing: every way to ask leads to the right lineage, and what differs is told word by word."""

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit import errors, hashing, schema, store
from corpuskit.cli.differences import differences, shortened
from corpuskit.corpus import open_corpus
from corpuskit.pipeline import ingest
from corpuskit.raw import unescape
from corpuskit.text import normalize
from corpuskit.trace import Copy, Lineage, Trace, trace

CLAUSE = "The committee shall meet once in every year, and shall report to the assembly on {} of its work."
FILES: dict[str, str | bytes] = {
    "a.txt": f"{CLAUSE.format('all')}\n\nA second passage stands here.\n",
    "b:7.txt": f"Something else.\n\n{CLAUSE.format('all').upper()}\n",
    "folder/a.txt": f"{CLAUSE.format('part')}\n",
    "100%41.txt": "A name with a percent sign.\n",
    "empty.txt": "",
    "noise.txt": bytes(range(256)),
}


@pytest.fixture(scope="module")
def curated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("traced")
    for name, content in FILES.items():
        file = folder / "raw" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    (folder / "raw" / "caf\udce9.txt").write_text("A name in Latin-1.\n", encoding="utf-8")
    ingest(folder / "raw", folder / "curated")
    return folder / "curated"


def only(traced: Trace) -> Lineage:
    assert (traced.n_found, len(traced.found)) == (1, 1)
    return traced.found[0]


def places(lineage: Lineage) -> list[tuple[str, int, str]]:
    return [(copy.path, copy.line_start, copy.fate) for copy in lineage.copies]


def asked(lineage: Lineage) -> list[str]:
    return [copy.path for copy in lineage.copies if copy.asked]


def clause(curated: Path) -> Lineage:
    return only(trace(curated, "a.txt:1"))


def test_a_lineage_has_every_copy_with_its_evidence(curated: Path) -> None:
    lineage = clause(curated)
    assert places(lineage) == [("a.txt", 1, "kept"), ("b:7.txt", 3, "exact"), ("folder/a.txt", 1, "near")]
    assert lineage.text == CLAUSE.format("all")
    assert (lineage.n_occurrences, lineage.n_documents) == (3, 3)
    kept, exact, near = lineage.copies
    assert (kept.text, exact.text, near.text) == (None, lineage.text.upper(), CLAUSE.format("part"))
    assert (kept.similarity, exact.similarity, near.similarity) == (1, 1, lineage.min_similarity)
    assert (exact.reason, near.measure) == ("same_normalized", "indel_chars")
    assert near.spans == ((0, 98),)


def test_ids_and_their_beginnings(curated: Path) -> None:
    lineage = clause(curated)
    assert lineage.record_id
    near = lineage.copies[2]
    for what in (lineage.record_id, lineage.record_id[:8], lineage.record_id.upper()):
        traced = trace(curated, what)
        assert traced.kind == "record"
        assert (places(only(traced)), asked(only(traced))) == (places(lineage), [])
    for what in (near.occurrence_id, near.occurrence_id[:10]):
        traced = trace(curated, what)
        assert (traced.kind, asked(only(traced))) == ("occurrence", ["folder/a.txt"])


@pytest.mark.parametrize(
    ("what", "path"),
    [
        ("a.txt:1", "a.txt"),
        ("raw/a.txt:1", "a.txt"),
        ("./raw/a.txt:1", "a.txt"),
        ("raw/b:7.txt:3", "b:7.txt"),
        ("folder/a.txt:1", "folder/a.txt"),
        ("100%41.txt:1", "100%2541.txt"),
        ("100%2541.txt:1", "100%2541.txt"),
        ("caf\udce9.txt:1", "caf%E9.txt"),
        ("caf%E9.txt:1", "caf%E9.txt"),
    ],
)
def test_a_line_of_a_file(curated: Path, what: str, path: str) -> None:
    traced = trace(curated, what)
    assert (traced.kind, asked(only(traced))) == ("line", [path])


def test_a_file_of_this_machine(curated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(curated.parent / "raw" / "folder")
    assert asked(only(trace(curated, "../a.txt:1"))) == ["a.txt"]
    assert asked(only(trace(curated, f"{curated.parent}/raw/a.txt:1"))) == ["a.txt"]


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("a.txt:2", "a.txt:2: no passage stands on this line; the nearest is on lines 1 to 1"),
        ("empty.txt:1", "empty.txt:1: the file has no passages"),
        ("noise.txt:1", "noise.txt:1: the file gave no passages: binary"),
        ("c.txt:1", "c.txt:1: no id, no line of a file and no piece of text"),
        ("0" * 32, "no record and no occurrence of this corpus has this id"),
    ],
)
def test_what_is_not_there_says_why(curated: Path, what: str, message: str) -> None:
    with pytest.raises(errors.QueryError) as raised:
        trace(curated, what)
    assert message in str(raised.value)


def test_text_is_found_in_records_and_in_copies_however_it_is_typed(curated: Path) -> None:
    assert places(only(trace(curated, "SHALL   meet\nonce"))) == places(clause(curated))
    only_in_a_copy = only(trace(curated, "on part of its work"))
    assert only_in_a_copy.record_id == clause(curated).record_id
    several = trace(curated, "s", first=2)
    assert several.kind == "text"
    assert several.n_found > 2
    assert len(several.found) == 2


def test_hex_that_is_no_id_is_text(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text("A decade ago.\n", encoding="utf-8")
    ingest(tmp_path / "raw", tmp_path / "curated")
    assert trace(tmp_path / "curated", "decade").kind == "text"


def test_a_beginning_that_several_ids_share_is_refused(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text("One.\n\nTwo.\n", encoding="utf-8")
    ingest(tmp_path / "raw", tmp_path / "curated")
    occurrences = open_corpus(tmp_path / "curated").occurrences.to_table()
    alike = pc.replace_substring_regex(occurrences["occurrence_id"], "^.{8}", "abcdef00")
    republish(tmp_path / "curated", occurrences.set_column(0, schema.OCCURRENCES.field(0), alike))
    with pytest.raises(errors.QueryError, match=r"abcdef: 2 ids begin so: occurrence abcdef00.*; give more of it"):
        trace(tmp_path / "curated", "abcdef")


def test_a_filtered_occurrence_has_no_record(curated: Path, tmp_path: Path) -> None:
    shutil.copytree(curated.parent, tmp_path, dirs_exist_ok=True)
    occurrences = open_corpus(tmp_path / "curated").occurrences.to_table().to_pylist()
    near = next(row for row in occurrences if row["fate"] == "near")
    near |= {
        "record_id": None,
        "fate": "filtered",
        "similarity": None,
        "measure": None,
        "reason": "too_short",
    }
    republish(tmp_path / "curated", pa.Table.from_pylist(occurrences, schema=schema.OCCURRENCES))
    for what in ("folder/a.txt:1", near["occurrence_id"], "on part of its work"):
        lineage = only(trace(tmp_path / "curated", what))
        assert (lineage.record_id, lineage.canonical) == (None, None)
        assert (places(lineage), asked(lineage)) == ([("folder/a.txt", 1, "filtered")], ["folder/a.txt"])
        assert lineage.text == near["text"]


def test_a_line_of_page_furniture_is_not_the_passage_around_it(tmp_path: Path) -> None:
    lines = [f"and what is on line {number} of it goes on for as long as the page is wide" for number in range(9)]
    pages = ["\n".join([*lines[at : at + 3], "", f"- {at // 3 + 1} -", ""]) for at in (0, 3, 6)]
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text("\f".join(pages))
    ingest(tmp_path / "raw", tmp_path / "curated")
    furniture = only(trace(tmp_path / "curated", "a.txt:5"))
    assert (furniture.record_id, furniture.text, furniture.copies[0].reason) == (None, "- 1 -", "page_furniture")
    passage = only(trace(tmp_path / "curated", "a.txt:6"))
    assert (passage.text, passage.copies[0].line_start, passage.copies[0].line_end) == (" ".join(lines), 1, 13)
    assert len(passage.copies[0].spans) == 3


def test_asking_writes_nothing(curated: Path) -> None:
    before = {file: file.stat().st_mtime_ns for file in curated.parent.rglob("*")}
    for what in ("a.txt:1", "shall meet"):
        trace(curated, what)
    assert {file: file.stat().st_mtime_ns for file in curated.parent.rglob("*")} == before


def test_ids_are_those_that_anybody_can_compute(curated: Path) -> None:
    lineage = clause(curated)
    words = hashing.hash_texts(pa.array([normalize(lineage.text)], pa.large_string()), hashing.RECORD)
    assert lineage.record_id == words.tobytes().hex()
    assert unescape("caf%E9.txt") == b"caf\xe9.txt"
    assert isinstance(lineage.copies[0], Copy)


def republish(curated: Path, occurrences: pa.Table) -> None:
    """The corpus with other occurrences."""
    corpus = open_corpus(curated)
    tables = {name: getattr(corpus, name).to_table() for name in schema.PUBLISHED} | {"occurrences": occurrences}
    with store.staging(curated) as staged:
        for name, table in tables.items():
            with store.TableWriter(staged, name, {}) as writer:
                writer.write(table)
        store.publish(curated, staged, {**corpus.manifest, "build": "0" * 32}, {})


WORDS = st.lists(st.sampled_from(["one", "two", "three", "four,", "五", "六", "สาม"]), max_size=12)


@given(WORDS, WORDS, st.sampled_from([" ", "\n", "  "]))
def test_pieces_tell_both_wordings_whole(first: list[str], second: list[str], blank: str) -> None:
    pieces = list(differences(blank.join(first), blank.join(second)))
    for side, words in (("first", first), ("second", second)):
        told = " ".join(piece.text for piece in pieces if piece.side in ("both", side))
        assert told.replace(" ", "").replace("\n", "") == "".join(words)


def test_differences_are_told_word_by_word() -> None:
    assert list(differences("signed a memorandum in 2015.", "signed the memorandum, in 2015.")) == [
        ("both", "signed", False),
        ("first", "a memorandum", True),
        ("second", "the memorandum,", True),
        ("both", "in 2015.", True),
    ]
    assert [piece.text for piece in differences("二零一五年签署", "二零一六年签署")] == [
        "二零一",
        "五",
        "六",
        "年签署",
    ]


def test_long_common_pieces_are_shortened_between_differences() -> None:
    text = " ".join(map(str, range(100)))
    before, _, _, after = differences(f"{text} a {text}", f"{text} b {text}")
    assert shortened(before, 3, opens=True, closes=False) == "… 97 words … 97 98 99"
    assert shortened(after, 3, opens=False, closes=True) == "0 1 2 … 97 words …"
    assert shortened(before, 3, opens=False, closes=False) == "0 1 2 … 94 words … 97 98 99"
    assert shortened(before, 60, opens=True, closes=False) == text
