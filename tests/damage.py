"""Corpora damaged in every way that we could think of, and the errors that each makes."""

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import oracles
from corpuskit import pipeline, schema
from corpuskit.checks import Finding
from corpuskit.corpus import checksum
from corpuskit.settings import Settings
from corpuskit.text import normalize

A = "The Parties shall cooperate in the peaceful uses of outer space and inform each other of what they find."
B = "Every member undertakes to refrain from the threat or use of force, in whatever form it may appear."
C = "Countries that share a river settle by agreement how much of its water each of them may take in a year."
Row = dict[str, Any]

FILES: dict[str, bytes] = {
    "a.txt": f"{A}\n\n{B}\n\n{C}\n".encode(),
    "b/crlf.txt": f"  {A.replace('peaceful', 'pacific')}\r\n\r\n\r\n{B}\r\n\r\nEnd.".encode(),
    "b/cr.txt": f"{C.upper()}\r\rEnd.\r".encode(),
    "c/bom.txt": f"\ufeff{A.replace('space', 'Space')}\n\nNaïve “ending” – 終わり\u3000。\u2028\n".encode(),
    "c/latin.txt": "Déjà vu: les États membres coopèrent à l’échelle régionale.\n\nEnd.\n".encode("cp1252"),
    "c/wide.txt": f"{B}\n\nGanz etwas anderes, in UTF-16 geschrieben.\n".encode("utf-16"),
    "d/blank.txt": b" \n\n\t\n",
    "d/empty.txt": b"",
    "d/binary.txt": b"\x7fELF\0\0\0\0\1\2\3",
}


def make_home(home: Path) -> None:
    """Make a folder with raw/ and curated/."""
    for name, data in FILES.items():
        (home / "raw" / name).parent.mkdir(parents=True, exist_ok=True)
        (home / "raw" / name).write_bytes(data)
    pipeline.ingest(home / "raw", home / "curated", Settings(workers=1))


def names(findings: Sequence[Finding]) -> set[str]:
    """The names of the errors."""
    return {finding.name for finding in findings if finding.severity == "error"}


# --- how to damage a corpus ---


@dataclass
class Tables:
    """The rows of a corpus, to be changed and written back with a manifest that fits them."""

    curated: Path
    manifest: dict[str, Any]
    documents: list[Row]
    occurrences: list[Row]
    records: list[Row]

    @classmethod
    def read(cls, home: Path) -> "Tables":
        """All rows of the corpus."""
        curated = home / "curated"
        manifest = json.loads((curated / "manifest.json").read_text())
        tables = [pq.read_table(file_of(curated, name)).to_pylist() for name in ("documents", "occurrences", "records")]
        return cls(curated, manifest, *tables)

    def record(self, record_id: str) -> Row:
        """The record of this id."""
        return next(row for row in self.records if row["record_id"] == record_id)

    def text(self, row: Row) -> str:
        """An occurrence's text."""
        text: str = self.record(row["record_id"])["text"] if row["text"] is None else row["text"]
        return text

    def near(self) -> Row:
        """A near occurrence."""
        return next(row for row in self.occurrences if row["fate"] == "near")

    def add_record(self, row: Row) -> None:
        """Make an occurrence the kept one of a record of its own."""
        text = self.text(row)
        new = {
            **self.records[0],
            "record_id": oracles.record_id(text),
            "text": text,
            "n_chars": len(text),
            "n_words": oracles.describe(normalize(text)).n_words,
            "canonical": "only_wording",
        }
        self.records.append(new)
        row |= {"record_id": new["record_id"], "fate": "kept", "reason": "canonical", "measure": "equal"}
        row |= {"similarity": 1.0, "text": None}

    def recount(self) -> None:
        """Make records, documents and the manifest's counts fit the occurrences."""
        places = {row["occurrence_id"]: at for at, row in enumerate(self.occurrences)}
        documents = [row["document_id"] for row in self.occurrences]
        numbers = [documents.index(document_id) for document_id in documents]
        first = {row["record_id"]: places[row["occurrence_id"]] for row in self.occurrences if row["fate"] == "kept"}
        self.records = sorted(
            (row for row in self.records if row["record_id"] in first),
            key=lambda row: first[row["record_id"]],
        )
        for record in self.records:
            rows = [at for at, row in enumerate(self.occurrences) if row["record_id"] == record["record_id"]]
            fields = list(record["sources"][0])
            listed = oracles.sources(numbers, rows, first[record["record_id"]])
            record |= {
                "n_occurrences": len(rows),
                "n_documents": len({numbers[at] for at in rows}),
                "min_similarity": min(self.occurrences[at]["similarity"] for at in rows),
                "sources": [{field: self.occurrences[at][field] for field in fields} for at in listed],
            }
        for document in self.documents:
            document["n_passages"] = documents.count(document["document_id"])
        fates = [row["fate"] for row in self.occurrences]
        self.manifest["counts"] |= {name: fates.count(name) for name in ("exact", "near", "filtered")}
        self.manifest["counts"] |= {"passages": len(fates), "records": len(self.records)}

    def write(self, *, recount: bool = False) -> None:
        """Write all rows back; the manifest fits the files."""
        if recount:
            self.recount()
        for name in ("documents", "occurrences", "records"):
            file = file_of(self.curated, name)
            kind = schema.PUBLISHED[name].with_metadata(pq.read_schema(file).metadata)
            pq.write_table(pa.Table.from_pylist(getattr(self, name), kind), file)
        write_manifest(self.curated, self.manifest)


def file_of(curated: Path, table: str) -> Path:
    """The only file of a table."""
    manifest = json.loads((curated / "manifest.json").read_text())
    return curated / str(manifest["tables"][table][0]["path"])


def write_manifest(curated: Path, manifest: dict[str, Any], *, keep: bool = False) -> None:
    """Write the manifest, with checksums that fit the files unless `keep`."""
    for entries in manifest["tables"].values():
        for entry in [] if keep else entries:
            data = (curated / entry["path"]).read_bytes()
            rows = pq.read_metadata(curated / entry["path"]).num_rows
            entry |= {"sha256": hashlib.sha256(data).hexdigest(), "size_bytes": len(data), "rows": rows}
    if "checksum" in manifest:
        manifest["checksum"] = checksum(manifest)
    (curated / "manifest.json").write_text(json.dumps(manifest, indent=2))


# --- damage to rows, with a manifest that fits the files ---


def change_span(tables: Tables) -> None:
    row = tables.occurrences[1]
    row["spans"][0]["start"] += 1
    row["start"] += 1


def change_hull(tables: Tables) -> None:
    tables.occurrences[0]["end"] += 1


def split_a_character(tables: Tables) -> None:
    row = next(row for row in tables.occurrences if "終" in tables.text(row))
    row["spans"][-1]["end"] -= 1
    row["end"] -= 1


def leave_the_document(tables: Tables) -> None:
    row = tables.occurrences[2]
    row["spans"][-1]["end"] += 1000
    row["end"] += 1000


def overlap(tables: Tables) -> None:
    first, second = tables.occurrences[:2]
    second["spans"][0]["start"] = first["start"] + 4
    second["start"] = first["start"] + 4


def no_spans(tables: Tables) -> None:
    tables.occurrences[0]["spans"] = []


def wrong_lines(tables: Tables) -> None:
    tables.occurrences[1]["line_start"] += 1


def wrong_last_line(tables: Tables) -> None:
    tables.occurrences[-1]["line_end"] += 1


def wrong_text(tables: Tables) -> None:
    """The text is another one, with ids that fit it, but the document has not changed."""
    row = tables.near()
    row["text"] = row["text"].replace("find", "finds")
    row["occurrence_id"] = oracles.occurrence_id(row["document_id"], row["text"], 0)
    row["similarity"] = oracles.measure(
        normalize(row["text"]), normalize(tables.record(row["record_id"])["text"])
    ).stored


def lost_occurrence(tables: Tables) -> None:
    """An occurrence is gone, and all counts say so."""
    tables.occurrences.remove(tables.near())
    counted: dict[str, int] = {}
    for row in tables.occurrences:
        row["ordinal"] = counted.setdefault(row["document_id"], 0)
        counted[row["document_id"]] += 1


def below_threshold(tables: Tables) -> None:
    """A record with one copy is merged into another that is nothing like it."""
    row = next(row for row in tables.occurrences if "UTF-16" in tables.text(row))
    row["text"] = tables.text(row)
    other = next(record for record in tables.records if record["text"] == B)
    row |= {"record_id": other["record_id"], "fate": "near", "reason": "similar", "measure": "indel_chars"}
    row["similarity"] = oracles.measure(normalize(row["text"]), normalize(B)).stored


def wrong_similarity(tables: Tables) -> None:
    tables.near()["similarity"] = 0.97


def wrong_measure(tables: Tables) -> None:
    tables.near()["measure"] = "indel_words"


def exact_but_not_equal(tables: Tables) -> None:
    row = tables.near()
    row |= {"fate": "exact", "reason": "same_normalized", "measure": "equal", "similarity": 1.0}


def alike_records(tables: Tables) -> None:
    """A near copy is a record of its own."""
    tables.add_record(tables.near())


def wrong_record_id(tables: Tables) -> None:
    record = tables.records[1]
    wrong = oracles.record_id("something else")
    for row in tables.occurrences:
        if row["record_id"] == record["record_id"]:
            row["record_id"] = wrong
    record["record_id"] = wrong


def malformed_id(tables: Tables) -> None:
    tables.occurrences[0]["occurrence_id"] = tables.occurrences[0]["occurrence_id"].upper() + "="


def wrong_occurrence_id(tables: Tables) -> None:
    tables.occurrences[0]["occurrence_id"] = "0" * 32


def repeated_occurrence_id(tables: Tables) -> None:
    tables.occurrences[1]["occurrence_id"] = tables.occurrences[0]["occurrence_id"]


def wrong_document_id(tables: Tables) -> None:
    wrong = oracles.document_id("elsewhere.txt")
    for row in tables.occurrences:
        if row["document_id"] == tables.documents[0]["document_id"]:
            row["document_id"] = wrong
            row["occurrence_id"] = oracles.occurrence_id(wrong, tables.text(row), 0)
    tables.documents[0]["document_id"] = wrong


def unknown_document(tables: Tables) -> None:
    row = tables.occurrences[0]
    row["document_id"] = oracles.document_id("elsewhere.txt")
    row["occurrence_id"] = oracles.occurrence_id(row["document_id"], tables.text(row), 0)


def unknown_record(tables: Tables) -> None:
    tables.near()["record_id"] = "0" * 32


def wrong_path(tables: Tables) -> None:
    tables.occurrences[0]["path"] = "elsewhere.txt"


def reordered_occurrences(tables: Tables) -> None:
    path = tables.occurrences[-1]["path"]
    tables.occurrences.sort(key=lambda row: row["path"] != path)


def reordered_records(tables: Tables) -> None:
    tables.records.reverse()


def reordered_documents(tables: Tables) -> None:
    tables.documents.reverse()


def wrong_ordinal(tables: Tables) -> None:
    tables.occurrences[1]["ordinal"] = 7


def wrong_count(tables: Tables) -> None:
    tables.records[0]["n_occurrences"] += 1


def wrong_documents_count(tables: Tables) -> None:
    tables.records[0]["n_documents"] += 1


def wrong_min_similarity(tables: Tables) -> None:
    tables.records[0]["min_similarity"] = 0.5


def wrong_length(tables: Tables) -> None:
    tables.records[0]["n_chars"] += 1


def wrong_words(tables: Tables) -> None:
    tables.records[0]["n_words"] += 1


def wrong_passages(tables: Tables) -> None:
    tables.documents[0]["n_passages"] += 1


def two_kept(tables: Tables) -> None:
    row = next(row for row in tables.occurrences if row["reason"] == "same_text")
    row |= {"fate": "kept", "reason": "canonical"}


def wrong_source(tables: Tables) -> None:
    tables.records[0]["sources"][0]["line_start"] += 1


def lost_source(tables: Tables) -> None:
    tables.records[0]["sources"].pop()


def swapped_sources(tables: Tables) -> None:
    tables.records[0]["sources"].reverse()


def unknown_fate(tables: Tables) -> None:
    tables.near()["fate"] = "dropped"


def unknown_flag(tables: Tables) -> None:
    tables.occurrences[0]["flags"] = ["fine"]


def missing_flag(tables: Tables) -> None:
    next(row for row in tables.documents if row["flags"] == ["empty"])["flags"] = []


def wrong_flag(tables: Tables) -> None:
    tables.occurrences[0]["flags"] = ["no_content"]


def lossy_flag(tables: Tables) -> None:
    tables.documents[0]["flags"] = ["decode_loss"]


def repeated_text(tables: Tables) -> None:
    row = next(row for row in tables.occurrences if row["reason"] == "same_text")
    row["text"] = tables.text(row)


def null_similarity(tables: Tables) -> None:
    tables.near()["measure"] = None


def wrong_reason(tables: Tables) -> None:
    tables.near()["reason"] = "canonical"


def unknown_canonical(tables: Tables) -> None:
    tables.records[0]["canonical"] = "because"


def half_decoded(tables: Tables) -> None:
    tables.documents[0]["encoding_confidence"] = None


def other_encoding(tables: Tables) -> None:
    next(row for row in tables.documents if row["path"] == "c/latin.txt")["encoding"] = "cp437"


def no_encoding(tables: Tables) -> None:
    next(row for row in tables.documents if row["path"] == "c/latin.txt")["encoding"] = "ascii"


COUNTS_FIT: list[tuple[Callable[[Tables], None], set[str]]] = [
    (change_span, {"traceability"}),
    (change_hull, {"traceability"}),
    (split_a_character, {"traceability"}),
    (leave_the_document, {"traceability"}),
    (overlap, {"traceability"}),
    (no_spans, {"traceability"}),
    (wrong_lines, {"traceability"}),
    (wrong_last_line, {"traceability"}),
    (wrong_text, {"traceability"}),
    (lost_occurrence, {"traceability"}),
    (other_encoding, {"traceability"}),
    (no_encoding, {"traceability"}),
    (below_threshold, {"direct_similarity"}),
    (wrong_similarity, {"direct_similarity"}),
    (wrong_measure, {"direct_similarity"}),
    (exact_but_not_equal, {"direct_similarity"}),
    (alike_records, {"no_repeats"}),
    (wrong_record_id, {"ids"}),
    (malformed_id, {"ids", "sources"}),
    (wrong_occurrence_id, {"ids"}),
    (wrong_document_id, {"ids"}),
    (unknown_fate, {"schema"}),
    (unknown_flag, {"schema"}),
    (null_similarity, {"schema"}),
    (wrong_reason, {"schema"}),
    (repeated_text, {"schema"}),
    (wrong_flag, {"flags"}),
]
COUNTS_DO_NOT: list[tuple[Callable[[Tables], None], set[str]]] = [
    (unknown_document, {"conservation", "order", "sources", "traceability"}),
    (unknown_record, {"conservation", "sources"}),
    (wrong_path, {"conservation"}),
    (repeated_occurrence_id, {"ids", "sources"}),
    (reordered_occurrences, {"order", "sources"}),
    (reordered_records, {"order"}),
    (reordered_documents, {"order", "manifest"}),
    (wrong_ordinal, {"order"}),
    (wrong_count, {"conservation"}),
    (wrong_documents_count, {"conservation"}),
    (wrong_min_similarity, {"conservation"}),
    (wrong_length, {"conservation"}),
    (wrong_words, {"conservation"}),
    (wrong_passages, {"conservation"}),
    (two_kept, {"conservation", "manifest"}),
    (wrong_source, {"sources"}),
    (lost_source, {"sources"}),
    (swapped_sources, {"sources"}),
    (missing_flag, {"flags"}),
    (lossy_flag, {"flags"}),
    (unknown_canonical, {"schema"}),
    (half_decoded, {"schema"}),
]


# --- damage to files and the manifest ---


def truncate(home: Path) -> None:
    file = file_of(home / "curated", "records")
    file.write_bytes(file.read_bytes()[:-100])


def flip_a_byte(home: Path) -> None:
    file = file_of(home / "curated", "records")
    data = bytearray(file.read_bytes())
    data[len(data) // 4] ^= 0x10
    file.write_bytes(data)


def lose_a_file(home: Path) -> None:
    file_of(home / "curated", "links").unlink()


def foreign_parquet(home: Path) -> None:
    pq.write_table(pa.table({"text": ["not ours"]}), file_of(home / "curated", "records"))


def not_parquet(home: Path) -> None:
    file_of(home / "curated", "documents").write_text("path,sha256\n")


def stale_manifest(home: Path) -> None:
    """The files are of a later run with other settings, the manifest of an earlier one."""
    curated = home / "curated"
    old = json.loads((curated / "manifest.json").read_text())
    pipeline.ingest(home / "raw", curated, Settings.model_validate({"threshold": "0.9"}))
    new = json.loads((curated / "manifest.json").read_text())
    (curated / ".builds" / new["build"]).rename(curated / ".builds" / old["build"])
    write_manifest(curated, old, keep=True)


def changed_settings(home: Path) -> None:
    manifest = json.loads((home / "curated" / "manifest.json").read_text())
    manifest["settings"]["bands"] = 32
    write_manifest(home / "curated", manifest)


def invalid_settings(home: Path) -> None:
    manifest = json.loads((home / "curated" / "manifest.json").read_text())
    manifest["settings"]["bands"] = "many"
    write_manifest(home / "curated", manifest)


def wrong_build(home: Path) -> None:
    manifest = json.loads((home / "curated" / "manifest.json").read_text())
    manifest["inventory_digest"] = "0" * 32
    write_manifest(home / "curated", manifest)


def wrong_counts(home: Path) -> None:
    manifest = json.loads((home / "curated" / "manifest.json").read_text())
    manifest["counts"]["near"] += 1
    write_manifest(home / "curated", manifest)


def wrong_checksum(home: Path) -> None:
    manifest = json.loads((home / "curated" / "manifest.json").read_text())
    manifest["tables"]["records"][0]["sha256"] = "0" * 64
    write_manifest(home / "curated", manifest, keep=True)


def outside_path(home: Path) -> None:
    manifest = json.loads((home / "curated" / "manifest.json").read_text())
    file = file_of(home / "curated", "records")
    shutil.copy(file, home / "records.parquet")
    manifest["tables"]["records"][0]["path"] = "../records.parquet"
    write_manifest(home / "curated", manifest, keep=True)


def lacking_key(home: Path) -> None:
    manifest = json.loads((home / "curated" / "manifest.json").read_text())
    del manifest["sketch"]
    write_manifest(home / "curated", manifest)


def lacking_table(home: Path) -> None:
    manifest = json.loads((home / "curated" / "manifest.json").read_text())
    del manifest["tables"]["links"]
    write_manifest(home / "curated", manifest)


def other_type(home: Path) -> None:
    """A column is stored as a wider type."""
    file = file_of(home / "curated", "documents")
    table = pq.read_table(file)
    place = table.column_names.index("n_passages")
    table = table.set_column(place, "n_passages", table["n_passages"].cast(pa.int64()))
    pq.write_table(table, file)
    write_manifest(home / "curated", json.loads((home / "curated" / "manifest.json").read_text()))


def other_description(home: Path) -> None:
    file = file_of(home / "curated", "links")
    table = pq.read_table(file)
    fields = [field.with_metadata({"description": "?"}) for field in table.schema]
    pq.write_table(table.cast(pa.schema(fields, table.schema.metadata)), file)
    write_manifest(home / "curated", json.loads((home / "curated" / "manifest.json").read_text()))


FILE_DAMAGE: list[tuple[Callable[[Path], None], set[str]]] = [
    (truncate, {"manifest"}),
    (flip_a_byte, {"manifest"}),
    (lose_a_file, {"manifest"}),
    (not_parquet, {"manifest"}),
    (foreign_parquet, {"manifest", "schema"}),
    (stale_manifest, {"manifest"}),
    (changed_settings, {"manifest"}),
    (invalid_settings, {"manifest"}),
    (wrong_build, {"manifest"}),
    (wrong_counts, {"manifest"}),
    (wrong_checksum, {"manifest"}),
    (outside_path, {"manifest"}),
    (lacking_key, {"manifest"}),
    (lacking_table, {"manifest"}),
    (other_type, {"schema"}),
    (other_description, {"schema"}),
]
"""Damage to files and the manifest."""


# --- one kind of each, for docs/checks.md ---


@dataclass(frozen=True)
class Kind:
    """A kind of damage: what was done, how, and the checks that say so: those and no others."""

    what: str
    do: Callable[[Path], None]
    found: tuple[str, ...]


def _rows(damage: Callable[[Tables], None], *, recount: bool = True) -> Callable[[Path], None]:
    """Damage to rows, in a corpus whose manifest fits its files (and, with `recount`, all counts)."""

    def do(home: Path) -> None:
        tables = Tables.read(home)
        damage(tables)
        tables.write(recount=recount)

    return do


def edit_a_raw_file(home: Path) -> None:
    (home / "raw" / "a.txt").write_bytes(FILES["a.txt"].replace(b"inform", b"INFORM"))


def delete_a_raw_file(home: Path) -> None:
    (home / "raw" / "b" / "cr.txt").unlink()


def take_raw_away(home: Path) -> None:
    (home / "raw").rename(home / "moved")


def replace_a_copy(home: Path) -> None:
    """The file for careless readers is another one than the manifest's."""
    (home / "curated" / "records.parquet").unlink()
    shutil.copy(home / "curated" / "documents.parquet", home / "curated" / "records.parquet")


def unlinked_family(tables: Tables) -> None:
    for record in tables.records[:2]:
        record["variant_group"] = tables.records[0]["record_id"]


def caught_by_no_filter(tables: Tables) -> None:
    row = tables.near()
    row |= {"record_id": None, "fate": "filtered", "similarity": None, "measure": None, "reason": "dropped"}


def link_of_no_holder(home: Path) -> None:
    """Two records are linked as one holding the other, though nothing was looked for."""
    file = file_of(home / "curated", "links")
    ids = pq.read_table(file_of(home / "curated", "records"))["record_id"].to_pylist()
    spans = [{"start": 0, "end": 9}]
    row = {"left_record": ids[0], "right_record": ids[1], "relation": "contains", "similarity": 1.0, "reason": "held"}
    kind = schema.LINKS.with_metadata(pq.read_schema(file).metadata)
    pq.write_table(pa.Table.from_pylist([{**row, "left_spans": spans, "right_spans": spans}], kind), file)
    write_manifest(home / "curated", json.loads((home / "curated" / "manifest.json").read_text()))


KINDS: list[Kind] = [
    Kind("a Parquet file is cut short", truncate, ("manifest",)),
    Kind("one bit of a Parquet file is another", flip_a_byte, ("manifest",)),
    Kind("a Parquet file is gone", lose_a_file, ("manifest",)),
    Kind("a foreign Parquet file stands in the place of a table", foreign_parquet, ("manifest", "schema")),
    Kind("the manifest is that of an earlier run", stale_manifest, ("manifest",)),
    Kind("the settings in the manifest were edited", changed_settings, ("manifest",)),
    Kind("a count in the manifest is another", wrong_counts, ("manifest",)),
    Kind("a column has another type", other_type, ("schema",)),
    Kind("the file beside the manifest is not the one that it lists", replace_a_copy, ("links_stale",)),
    Kind("an id is not the hash of its text", _rows(wrong_record_id), ("ids",)),
    Kind("two occurrences have one id", _rows(repeated_occurrence_id, recount=False), ("ids", "sources")),
    Kind("a fate is none of the four", _rows(unknown_fate), ("schema",)),
    Kind("the records stand in another order", _rows(reordered_records, recount=False), ("order",)),
    Kind("a record counts a copy too many", _rows(wrong_count, recount=False), ("conservation",)),
    Kind("an occurrence belongs to no record", _rows(unknown_record, recount=False), ("conservation", "sources")),
    Kind("two occurrences of a record are kept", _rows(two_kept, recount=False), ("manifest", "conservation")),
    Kind("a source of a record is gone", _rows(lost_source, recount=False), ("sources",)),
    Kind("a flag stands where it should not", _rows(wrong_flag), ("flags",)),
    Kind("a passage is filtered that no filter catches", _rows(caught_by_no_filter), ("filters",)),
    Kind("a span begins one byte late", _rows(change_span), ("traceability",)),
    Kind("an occurrence is lost, and all counts agree", _rows(lost_occurrence), ("traceability",)),
    Kind("two passages overlap", _rows(overlap), ("traceability",)),
    Kind("a passage has another text, with ids that fit it", _rows(wrong_text), ("traceability",)),
    Kind("an encoding is another", _rows(other_encoding), ("traceability",)),
    Kind("a passage is merged below the threshold", _rows(below_threshold), ("direct_similarity",)),
    Kind("a similarity is another than measured", _rows(wrong_similarity), ("direct_similarity",)),
    Kind("a near copy is a record of its own", _rows(alike_records), ("no_repeats",)),
    Kind("records are a family of variants without links", _rows(unlinked_family), ("variants",)),
    Kind("records are linked as one holding the other, and do not", link_of_no_holder, ("contains",)),
    Kind("a raw file was edited since the run", edit_a_raw_file, ("raw_changed",)),
    Kind("a raw file was deleted since the run", delete_a_raw_file, ("raw_changed",)),
    Kind("the raw files are elsewhere", take_raw_away, ("raw_missing",)),
]
"""Every kind of damage; with the document that could not be read, each law is broken at least once."""
