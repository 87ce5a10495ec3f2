"""Variants in a finished corpus: told by the tables, `trace` and `check`, which finds what is wrong with them."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import corpuskit
import oracles
from corpuskit import cli
from corpuskit.corpus import checksum
from corpuskit.settings import make
from corpuskit.text import normalize
from corpuskit.trace import trace

KINDS = ["numbers", "names", "negations"]

BASE = "Montenegro aligned itself with the statement of the Union and asked that the 12 members shall meet in Geneva."
FILES = {
    "a.txt": [BASE, BASE.replace("12", "13"), "Something else that is long enough to be compared with the other ones."],
    "b.txt": [BASE, BASE.replace("Montenegro", "Albania"), BASE.replace("members shall", "members then shall")],
    "c.txt": [BASE.replace("12", "13").replace("asked", "then asked"), BASE.replace("shall", "shall not")],
    "d.txt": [BASE.replace("12", "14").replace("Geneva", "Vienna")],
}
Row = dict[str, Any]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with raw/ and curated/."""
    (tmp_path / "raw").mkdir()
    for name, passages in FILES.items():
        (tmp_path / "raw" / name).write_text("\n\n".join(passages) + "\n", encoding="utf-8")
    corpuskit.ingest(tmp_path / "raw", tmp_path / "curated", make({"workers": 1, "protect": KINDS}))
    return tmp_path


def tables(curated: Path) -> tuple[list[Row], list[Row]]:
    corpus = corpuskit.open(curated)
    return corpus.records.to_table().to_pylist(), corpus.links.to_table().to_pylist()


def test_each_variant_is_a_record_linked_to_the_head_of_its_family(home: Path) -> None:
    records, links = tables(home / "curated")
    head = oracles.record_id(BASE)
    texts = {row["record_id"]: row["text"] for row in records}
    family = {row["record_id"] for row in records if row["variant_group"]}
    assert [row["variant_group"] for row in records if row["record_id"] in family] == [head] * 5
    assert [row["text"] for row in records if not row["variant_group"]] == [FILES["a.txt"][2]]
    assert [(link["right_record"], link["relation"]) for link in links] == [(head, "variant")] * 4
    assert {link["left_record"] for link in links} == family - {head}
    reasons = {link["reason"] for link in links}
    assert reasons == {"13 → 12", "Albania → Montenegro", "not → ∅", "14 → 12; Vienna → Geneva"}
    for link in links:
        left, right = (texts[link[side]] for side in ("left_record", "right_record"))
        assert link["similarity"] == oracles.measure(normalize(left), normalize(right)).stored
    copies = {row["record_id"]: row["n_occurrences"] for row in records}
    assert copies[head] == 3  # twice as it is, and once with a word that carries no such meaning
    assert sorted(copies.values()) == [1, 1, 1, 1, 2, 3]
    assert corpuskit.check(home / "curated") == []


def test_without_protection_all_are_one_record(home: Path) -> None:
    corpuskit.ingest(home / "raw", home / "curated", make({"protect": []}))
    records, links = tables(home / "curated")
    assert sorted(row["n_occurrences"] for row in records) == [1, 8]
    assert links == []
    assert {row["variant_group"] for row in records} == {None}
    assert corpuskit.check(home / "curated") == []


@pytest.mark.parametrize(
    ("flags", "records"),
    [(["none"], 2), (["numbers"], 4), (["names"], 4), (["negations"], 3), (["names", "numbers"], 5)],
)
def test_the_flag_chooses_the_kinds(home: Path, flags: list[str], records: int) -> None:
    given = [part for flag in flags for part in ("--protect", flag)]
    assert cli.main(["ingest", str(home / "raw"), str(home / "curated"), *given]) == 0
    assert len(tables(home / "curated")[0]) == records


def test_the_order_of_kinds_does_not_matter() -> None:
    assert make({"protect": ["names", "numbers", "names"]}).digest == make({"protect": ["numbers", "names"]}).digest
    with pytest.raises(corpuskit.SettingsError, match="protect"):
        make({"protect": ["colours"]})


def test_trace_tells_the_variants(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = trace(home / "curated", oracles.record_id(BASE)).found[0]
    assert {link.reason for link in found.links} >= {"13 → 12", "not → ∅"}
    assert cli.main(["trace", str(home / "curated"), oracles.record_id(BASE)]) == 0
    printed = capsys.readouterr().out
    assert "variant" in printed
    assert "Albania → Montenegro" in printed


def test_workers_and_batches_do_not_change_variants(home: Path) -> None:
    once = tables(home / "curated")
    corpuskit.ingest(home / "raw", home / "again", make({"workers": 2, "protect": KINDS}))
    assert tables(home / "again") == once


# --- damage ---


def _relation(link: Row) -> None:
    link["relation"] = "contains"


def _similarity(link: Row) -> None:
    link["similarity"] += 0.01


def _turned(link: Row) -> None:
    link["left_record"], link["right_record"] = link["right_record"], link["left_record"]


def _no_words(link: Row) -> None:
    link["left_spans"], link["right_spans"] = [], []


def _equal_words(link: Row) -> None:
    link["left_spans"] = link["right_spans"] = [{"start": 0, "end": 0}]


def _outside(link: Row) -> None:
    link["left_spans"] = [{"start": 0, "end": 9999} for _ in link["right_spans"]]


@pytest.mark.parametrize("damage", [_relation, _similarity, _turned, _no_words, _equal_words, _outside])
def test_a_wrong_link_is_found(home: Path, damage: Callable[[Row], None]) -> None:
    def change(records: list[Row], links: list[Row]) -> None:  # noqa: ARG001
        damage(links[0])

    rewrite(home / "curated", change)
    assert "variants" in {finding.name for finding in corpuskit.check(home / "curated")}


def _forget(records: list[Row], links: list[Row]) -> None:  # noqa: ARG001
    links.pop()


def test_a_missing_link_and_a_missing_group_are_found(home: Path) -> None:
    rewrite(home / "curated", _forget)
    assert {finding.name for finding in corpuskit.check(home / "curated")} >= {"variants"}

    def ungroup(records: list[Row], links: list[Row]) -> None:
        links.clear()
        for row in records:
            row["variant_group"] = None

    rewrite(home / "curated", ungroup)
    assert {finding.name for finding in corpuskit.check(home / "curated")} == {"no_repeats"}


def test_a_repeat_inside_a_part_is_found(home: Path) -> None:
    # Told to differ in the same words, two variants are a repeat.
    def confuse(records: list[Row], links: list[Row]) -> None:
        texts = {row["record_id"]: row["text"].encode() for row in records}
        for link in links:
            place = texts[link["left_record"]].index(b"asked")
            link["left_spans"] = [{"start": place, "end": place + 5}]
            link["right_spans"] = [{"start": 0, "end": 10}]

    rewrite(home / "curated", confuse)
    assert {finding.name for finding in corpuskit.check(home / "curated")} == {"no_repeats"}


def rewrite(curated: Path, change: Callable[[list[Row], list[Row]], object]) -> None:
    """Change records and links, and write them back with a manifest that fits."""
    manifest = json.loads((curated / "manifest.json").read_text())
    found = {}
    for name in ("records", "links"):
        file = curated / manifest["tables"][name][0]["path"]
        table = pq.read_table(file)
        found[name] = file, pq.read_schema(file), table.to_pylist()
    change(found["records"][2], found["links"][2])
    for name, (file, kind, rows) in found.items():
        pq.write_table(pa.Table.from_pylist(rows, kind), file)
        data = file.read_bytes()
        manifest["tables"][name][0] |= {
            "sha256": hashlib.sha256(data).hexdigest(),
            "size_bytes": len(data),
            "rows": len(rows),
        }
    manifest["checksum"] = checksum(manifest)
    (curated / "manifest.json").write_text(json.dumps(manifest, indent=2))
