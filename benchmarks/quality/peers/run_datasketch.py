"""Texts to clusters by plain datasketch: MinHash, MinHashLSH, and connected components; in its own environment.

Defaults: sets of single words as in its guide, 128 permutations, `MinHashLSH`'s own threshold of 0.9. Components join
what the index returns, as people do; with `verify` only what the two signatures estimate at that Jaccard or more.
"""

import json
import sys
from pathlib import Path
from typing import Any


def main(source: Path, target: Path, settings: dict[str, Any]) -> None:
    from datasketch import MinHash, MinHashLSH

    with source.open(encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    permutations = settings.get("num_perm", 128)
    params = (settings["b"], settings["r"]) if "b" in settings else None
    index = MinHashLSH(threshold=settings.get("threshold", 0.9), num_perm=permutations, params=params)
    sketches = []
    for at, text in enumerate(texts):
        sketch = MinHash(num_perm=permutations)
        sketch.update_batch([shingle.encode() for shingle in shingles(text, settings.get("shingle"))])
        sketches.append(sketch)
        index.insert(at, sketch)
    clusters = list(range(len(texts)))
    least = settings.get("verify", 0.0)
    for at, sketch in enumerate(sketches):
        for other in index.query(sketch):
            if other < at and (not least or sketch.jaccard(sketches[other]) >= least):
                one, two = sorted((root(clusters, at), root(clusters, other)))
                clusters[two] = one
    found = [root(clusters, at) for at in range(len(texts))]
    target.write_text(json.dumps({"clusters": found, "kept": found}))


def shingles(text: str, size: int | None) -> set[str]:
    """Runs of `size` characters, or single words."""
    if size is None:
        return set(text.split())
    return {text[at : at + size] for at in range(max(1, len(text) - size + 1))}


def root(parents: list[int], at: int) -> int:
    while parents[at] != at:
        parents[at] = parents[parents[at]]
        at = parents[at]
    return at


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3]))
