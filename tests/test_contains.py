"""Records that hold others in a finished corpus: told by the tables, `trace` and `check`, which finds what is wrong."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import corpuskit
import oracles
from corpuskit import cli
from corpuskit.settings import make
from corpuskit.text import normalize
from corpuskit.trace import trace
from test_variants import rewrite

A = "The Parties shall cooperate in the peaceful uses of “outer space” and inform each other of what they find."
B = "Every member undertakes to refrain from the threat or use of force, in whatever form it may appear: naïve words."
C = "Countries that share a river settle by agreement how much of its water each of them may take in a year."
FILES = {
    "a.txt": [A, B, C],
    "b.txt": [f"{A} {B}", "A line of its own that has nothing to do with the others, and is long enough."],
    "c.txt": [
        f"Some words before it. {C.replace('river', 'lake').upper()} And some behind it, of which there are more."
    ],
    "d.txt": [A.replace("peaceful", "pacific"), A.replace("“outer space”", "outer  space")],
}
Row = dict[str, Any]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with raw/ and curated/."""
    (tmp_path / "raw").mkdir()
    for name, passages in FILES.items():
        (tmp_path / "raw" / name).write_text("\n\n".join(passages) + "\n", encoding="utf-8")
    corpuskit.ingest(tmp_path / "raw", tmp_path / "curated", make({"workers": 1, "contains": True}))
    return tmp_path


def tables(curated: Path) -> tuple[list[Row], list[Row]]:
    corpus = corpuskit.open(curated)
    return corpus.records.to_table().to_pylist(), corpus.links.to_table().to_pylist()


def test_holders_are_linked_to_what_they_hold(home: Path) -> None:
    records, links = tables(home / "curated")
    texts = {row["record_id"]: row["text"] for row in records}
    both, framed = oracles.record_id(FILES["b.txt"][0]), oracles.record_id(FILES["c.txt"][0])
    found = {(link["left_record"], link["right_record"]) for link in links}
    assert found == {(both, oracles.record_id(A)), (both, oracles.record_id(B)), (framed, oracles.record_id(C))}
    for link in links:
        assert link["relation"] == "contains"
        assert link["reason"] == "holder 1 of 1"
        (span,), held = link["left_spans"], texts[link["right_record"]]
        piece = normalize(texts[link["left_record"]].encode()[span["start"] : span["end"]].decode())
        assert link["similarity"] == oracles.measure(piece, normalize(held)).stored
        assert link["right_spans"] == [{"start": 0, "end": len(held.encode())}]
    assert corpuskit.check(home / "curated") == []


def test_fates_are_those_of_a_run_without(home: Path) -> None:
    result = corpuskit.ingest(home / "raw", home / "without", make({}))
    assert result.contains == 0
    assert tables(home / "without") == (tables(home / "curated")[0], [])


@pytest.mark.parametrize("more", [{"workers": 2}, {"protect": ["numbers"]}, {"unit": "line"}])
def test_workers_and_other_settings(home: Path, more: Row) -> None:
    result = corpuskit.ingest(home / "raw", home / "again", make({"contains": True, **more}))
    assert result.contains == 3
    assert tables(home / "again")[1] == tables(home / "curated")[1]
    assert corpuskit.check(home / "again") == []


def test_the_flag_and_the_summary(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["ingest", str(home / "raw"), str(home / "flag"), "--contains"]) == 0
    assert "3  links to what records hold" in capsys.readouterr().out
    (home / "corpuskit.toml").write_text("contains = true\n")
    config = ["--config", str(home / "corpuskit.toml"), "--no-contains"]
    assert cli.main(["ingest", str(home / "raw"), str(home / "flag"), *config]) == 0
    assert tables(home / "flag")[1] == []


def test_trace_tells_both_sides(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both = oracles.record_id(FILES["b.txt"][0])
    assert [(link.relation, link.side) for link in trace(home / "curated", both).found[0].links] == [
        ("contains", "left"),
        ("contains", "left"),
    ]
    assert cli.main(["trace", str(home / "curated"), both]) == 0
    assert f"contains {oracles.record_id(A)}, similarity 1.0000" in capsys.readouterr().out
    assert cli.main(["trace", str(home / "curated"), oracles.record_id(A)]) == 0
    assert f"is held by {both}, similarity 1.0000: holder 1 of 1" in capsys.readouterr().out


def test_texts_at_hand_have_no_links() -> None:
    assert len(corpuskit.deduplicate([A, f"{A} {B}"], make({"contains": True}))) == 2


# --- damage ---


def _similarity(link: Row) -> None:
    link["similarity"] -= 0.01


def _turned(link: Row) -> None:
    link["left_record"], link["right_record"] = link["right_record"], link["left_record"]


def _no_piece(link: Row) -> None:
    link["left_spans"] = []


def _another_piece(link: Row) -> None:
    link["left_spans"] = [{"start": 0, "end": 40}]


def _outside(link: Row) -> None:
    link["left_spans"][0]["end"] = 9999


def _not_the_whole(link: Row) -> None:
    link["right_spans"][0]["end"] -= 1


def _itself(link: Row) -> None:
    link["left_record"] = link["right_record"]


@pytest.mark.parametrize("damage", [_similarity, _turned, _no_piece, _another_piece, _outside, _not_the_whole, _itself])
def test_a_wrong_link_is_found(home: Path, damage: Callable[[Row], None]) -> None:
    rewrite(home / "curated", lambda records, links: damage(links[0]))  # noqa: ARG005
    assert {finding.name for finding in corpuskit.check(home / "curated")} == {"contains"}


def test_a_link_that_stands_twice_is_found(home: Path) -> None:
    rewrite(home / "curated", lambda records, links: links.append(links[0]))  # noqa: ARG005
    assert "twice" in corpuskit.check(home / "curated")[0].message


def test_variants_do_not_hold_each_other(home: Path) -> None:
    (home / "raw" / "e.txt").write_text("\n\n".join(C.replace("a year", f"20{year}") for year in ("19", "20 ")))
    corpuskit.ingest(home / "raw", home / "curated", make({"contains": True, "protect": ["numbers"]}))
    links = tables(home / "curated")[1]
    variant = next(link for link in links if link["relation"] == "variant")
    assert {variant["left_record"], variant["right_record"]}.isdisjoint(
        link["left_record"] for link in links if link["relation"] == "contains"
    )

    def confuse(records: list[Row], found: list[Row]) -> None:
        sizes = {row["record_id"]: len(row["text"].encode()) for row in records}
        sides = {side: [{"start": 0, "end": sizes[variant[f"{side}_record"]]}] for side in ("left", "right")}
        more = {f"{side}_spans": spans for side, spans in sides.items()} | {"relation": "contains"}
        found.append({**variant, **more})

    rewrite(home / "curated", confuse)
    (finding,) = corpuskit.check(home / "curated")
    assert finding.name == "contains"
    assert "alike as wholes" in finding.message


def test_links_without_the_setting_are_found(home: Path) -> None:
    links = tables(home / "curated")[1]
    corpuskit.ingest(home / "raw", home / "curated", make({}))
    rewrite(home / "curated", lambda records, found: found.extend(links))  # noqa: ARG005
    (finding,) = corpuskit.check(home / "curated")
    assert finding.name == "contains"
    assert "`contains` is off" in finding.message
