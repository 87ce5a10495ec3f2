"""Compare the encodings that corpuskit finds with those that a labelled folder of odd files says they are in.

    python benchmarks/quality/encodings.py --messy DIR

DIR has `manifest.jsonl` with `path` and, where it is known, `encoding`. A Markdown table goes to stdout: one
line for each labelled file and each file with a problem or a flag, then the totals. Labels come from names of
folders and can be wrong; what counts is the text:

- same: the codec found is the label's
- equivalent: another codec, but the label's gives the same text
- superset: the label's codec fails or gives control characters (U+0080 to U+009F); the one found does not
- different: the two give different texts
- problem: not decoded
"""

import argparse
import codecs
import json
import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from corpuskit import raw, schema
from corpuskit.encodings import after_bom
from corpuskit.stages.decode import decode

C1 = re.compile("[\x80-\x9f]")


class Row(NamedTuple):
    """A line of the table."""

    path: str
    label: str
    found: str
    confidence: str
    flags: str
    verdict: str


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--messy", type=Path, required=True, help="folder with manifest.jsonl")
    folder: Path = parser.parse_args().messy
    labels = read_labels(folder / "manifest.jsonl")
    rows = [judge(document, labels[str(document["path"])]) for document in documents(folder, list(labels))]
    shown = [row for row in rows if row.label or row.flags or row.verdict == "problem"]
    print("| file | label | found | confidence | flags | verdict |\n|---|---|---|---|---|---|")
    for row in shown:
        print("| " + " | ".join(row) + " |")
    labelled = Counter(row.verdict for row in rows if row.label)
    silent = sum(row.verdict == "different" and not row.flags for row in rows)
    totals = ", ".join(f"{count} {verdict}" for verdict, count in labelled.most_common())
    print(f"\n{len(rows)} files; {labelled.total()} labelled: {totals}; different without a flag: {silent}")


def read_labels(manifest: Path) -> dict[str, str]:
    lines = [json.loads(line) for line in manifest.read_text(encoding="utf-8").splitlines()]
    return {line["path"]: line.get("encoding") or "" for line in lines}


def documents(folder: Path, paths: list[str]) -> list[dict[str, object]]:
    """Rows of DECODED, with the raw bytes, of all that the manifest lists: hidden and odd names too."""
    columns = [sorted(paths), [(folder / path).stat().st_size for path in sorted(paths)]]
    nothing = [0] * len(paths)
    files = pa.table([*columns, nothing, nothing, nothing], schema=raw.INVENTORY)
    sources = raw.read_batch(folder, files, max_document_bytes=1 << 30)
    decoded = decode(sources).append_column("raw", sources["raw"])
    return list(decoded.to_pylist())


def judge(document: dict[str, object], label: str) -> Row:
    bits = document["flags"]
    assert isinstance(bits, int)
    flags = " ".join(name for place, name in enumerate(schema.DOCUMENT_FLAGS) if bits >> place & 1)
    found, confidence = document["encoding"], document["encoding_confidence"]
    verdict = "problem" if found is None else compare(document, label) if label else "no label"
    shown = str(document["problem"]) if found is None else str(found)
    number = f"{confidence:.2f}" if isinstance(confidence, float) else ""
    return Row(str(document["path"]), label, shown, number, flags, verdict)


def compare(document: dict[str, object], label: str) -> str:
    data, text, found = document["raw"], document["text"], document["encoding"]
    assert isinstance(data, bytes)
    assert isinstance(found, str)
    try:
        codec = codecs.lookup(label).name
    except LookupError:
        return "superset"
    if codecs.lookup(found).name == codec:
        return "same"
    try:
        by_label = data.decode(codec).removeprefix("\ufeff")
    except UnicodeDecodeError:
        cut = after_bom(data).decode(codec, "replace")
        return "equivalent" if cut == text else "superset"
    if by_label == text:
        return "equivalent"
    return "superset" if C1.search(by_label) else "different"


if __name__ == "__main__":
    main()
