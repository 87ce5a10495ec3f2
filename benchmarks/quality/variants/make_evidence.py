"""Write what a run knows of the words of its corpus: `evidence.json`, which scoring reads.

    corpuskit ingest LICENCES CURATED; corpuskit ingest SPEECHES CURATED_TOO --include '*'
    python benchmarks/quality/variants/make_evidence.py evidence.json licences=CURATED natural-ungdc=CURATED_TOO

LICENCES holds the documents of `licences`, one file each; SPEECHES is `natural-ungdc`. The guard counts its evidence
over the heads of all families, which a finished corpus tells (what variants are linked to, and what has near copies),
and over a sample of the other texts, of which the records are taken here.
"""

import json
import sys
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

import corpuskit
from corpuskit.reading import Evidence
from corpuskit.resolve import EVIDENCE_CHARS, EVIDENCE_TEXTS

SHORTEST = 60
"""Characters: shorter passages have no signature."""


def counted(curated: str) -> Evidence:
    """The evidence of a finished corpus."""
    corpus = corpuskit.open(curated)
    near = corpus.occurrences.to_table(columns=["record_id"], filter=pc.field("fate") == "near")[
        "record_id"
    ].to_pylist()
    records = corpus.records.to_table(columns=["record_id", "text", "variant_group"]).to_pylist()
    families = {row["record_id"]: row["variant_group"] or row["record_id"] for row in records}
    heads = {families[record] for record in near} | {row["variant_group"] for row in records}
    evidence = Evidence()
    texts, chars = EVIDENCE_TEXTS, EVIDENCE_CHARS
    for row in sorted(records, key=lambda row: row["record_id"]):
        if texts and SHORTEST <= len(row["text"]) <= chars:
            texts, chars = texts - 1, chars - len(row["text"])
        elif row["record_id"] not in heads:
            continue
        evidence.add(row["text"])
    return evidence


def main() -> None:
    found: dict[str, Any] = {}
    for source, curated in sorted(argument.split("=", 1) for argument in sys.argv[2:]):
        evidence = counted(curated)
        words = sorted({*evidence.lower, *evidence.upper, *evidence.texts_with})
        counts = {word: [evidence.lower[word], evidence.upper[word], evidence.texts_with[word]] for word in words}
        found[source] = {"texts": evidence.texts, "words": counts}
    lines = json.dumps(found, ensure_ascii=False, separators=(",", ":")).replace('],"', '],\n"')
    Path(sys.argv[1]).write_text(lines + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
