"""Draw natural pairs to be read and labelled: none that is labelled already, at most one for each difference.

    python benchmarks/quality/variants/draw.py DATA CURATED SEED > drawn.jsonl

DATA is the folder where the sets were unpacked, CURATED a corpus of `natural-ungdc` made with `protect = []`. The guard
takes no part. A line is a pair as in `pairs.jsonl`, without `id`, `label`, `how` and `half`; read them from the top, as
many of each source as are wanted: they are in random order.
"""

import argparse
import difflib
import json
import random
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
from rapidfuzz.distance import Indel

import corpuskit
from corpuskit.text import normalize

PAIRS = Path(__file__).with_name("pairs.jsonl")
THRESHOLD = 0.85
ALIKE = 0.9
SHORTEST, LONGEST = 60, 500
"""Characters of a passage; lines are short and may have 40."""

_TOKEN = re.compile(r"\w+|[^\w\s]")

Pair = dict[str, Any]
Difference = frozenset[tuple[str, ...]]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("curated", type=Path)
    parser.add_argument("seed", type=int)
    options = parser.parse_args()
    draw = random.Random(options.seed)
    taken = Taken(json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines())
    neardup = options.data / "neardup"
    sources = (licences(neardup / "licences" / "docs.jsonl"), speeches(options.curated))
    for found in (*sources, lines(neardup / "ungdc_cyber.jsonl")):
        pairs = list(found)
        draw.shuffle(pairs)
        for pair in filter(taken.take, pairs):
            sys.stdout.write(json.dumps(pair, ensure_ascii=False) + "\n")


class Taken:
    """The pairs and differences that there are."""

    def __init__(self, pairs: Iterable[Pair]) -> None:
        self.texts: set[frozenset[str]] = set()
        self.differences: set[Difference] = set()
        for pair in pairs:
            self.take(pair)

    def take(self, pair: Pair) -> bool:
        """Whether neither the pair nor its difference was there; now both are."""
        texts, difference = frozenset((normalize(pair["a"]), normalize(pair["b"]))), difference_of(pair["a"], pair["b"])
        new = texts not in self.texts and difference not in self.differences
        self.texts.add(texts)
        self.differences.add(difference)
        return new


def difference_of(a: str, b: str) -> Difference:
    """The words that only one of two texts has (the marks if there are none), on each side, whichever comes first."""
    left, right = (_TOKEN.findall(normalize(text)) for text in (a, b))
    sides: tuple[list[str], list[str]] = ([], [])
    for kind, begin, end, start, stop in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if kind != "equal":
            sides[0].extend(left[begin:end])
            sides[1].extend(right[start:stop])
    words = [tuple(filter(str.isalnum, side)) for side in sides]
    return frozenset(words if any(words) else map(tuple, sides))


def paired(source: str, refs: tuple[str, str], a: str, b: str, shortest: int = SHORTEST) -> Iterator[Pair]:
    """The pair, if it is long and alike enough and not the same."""
    left, right = normalize(a), normalize(b)
    if left == right or not all(shortest <= len(text) <= LONGEST for text in (left, right)):
        return
    if max(len(a), len(b)) <= LONGEST and (similarity := Indel.normalized_similarity(left, right)) >= THRESHOLD:
        yield {
            "source": source,
            "ref_a": refs[0],
            "ref_b": refs[1],
            "similarity": round(similarity, 4),
            "synthetic": False,
            "a": a,
            "b": b,
        }


def licences(file: Path) -> Iterator[Pair]:
    """Passages, cut at blank lines, of documents .9 alike in words: each with the most similar of the other."""
    with file.open(encoding="utf-8") as rows:
        documents = [json.loads(row) for row in rows]
    words = [normalize(document["text"]).split() for document in documents]
    for at, document in enumerate(documents):
        for other in range(at):
            if Indel.normalized_similarity(words[at], words[other], score_cutoff=ALIKE) >= ALIKE:
                yield from between(documents[other], document)


def between(one: Pair, other: Pair) -> Iterator[Pair]:
    """The most similar passages of two documents."""
    theirs = passages(other["text"])
    known = {normalize(text) for text in theirs}
    for text in passages(one["text"]):
        if (normal := normalize(text)) not in known:
            best = max(theirs, key=lambda theirs: Indel.normalized_similarity(normal, normalize(theirs)), default="")
            yield from paired("licences", (one["id"], other["id"]), text, best)


def passages(text: str) -> list[str]:
    """The text cut at blank lines, with the lines of each piece joined."""
    return [" ".join(map(str.strip, piece.splitlines())) for piece in re.split(r"\n\s*\n", text.strip())]


def speeches(curated: Path) -> Iterator[Pair]:
    """The near copies that a run has merged, with their records."""
    corpus = corpuskit.open(curated)
    records = corpus.records.to_table(columns=["record_id", "text", "sources"])
    kept = {
        record: (text, sources[0]["path"])
        for record, text, sources in zip(*(records[name].to_pylist() for name in records.column_names), strict=True)
        if len(text) <= LONGEST
    }
    near = corpus.occurrences.to_table(columns=["record_id", "path", "text"], filter=pc.field("fate") == "near")
    for row in near.to_pylist():
        if row["text"] is not None and row["record_id"] in kept:
            text, path = kept[row["record_id"]]
            yield from paired("natural-ungdc", (path, row["path"]), text, row["text"])


def lines(file: Path) -> Iterator[Pair]:
    """All pairs of lines."""
    with file.open(encoding="utf-8") as rows:
        found = [json.loads(row) for row in rows]
    for at, line in enumerate(found):
        for other in found[:at]:
            refs = other["file"], line["file"]
            yield from paired("ungdc_cyber", refs, other["text"], line["text"], shortest=40)


if __name__ == "__main__":
    main()
