"""Score the guard on the labelled pairs: does it call variants those that are, and only those?

    python benchmarks/quality/variants.py [--half NAME] [--show]

Precision and recall of "variant", by half and source. What a run knows of its corpus (how often it writes a word with a
capital and without, counted over the heads of its families) is in `evidence.json` for the corpora of the natural pairs.
`--show` lists what went wrong.
"""

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

from corpuskit.differences import differences
from corpuskit.reading import Evidence

PAIRS = Path(__file__).parent / "variants" / "pairs.jsonl"
EVIDENCE = PAIRS.with_name("evidence.json")
HALVES = ("tuning", "held_out", "fresh", "blind", "dev2", "dev3", "seen", "held_out_2", "dev4", "held_out_3")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--half", choices=HALVES, action="append", help="only this half")
    parser.add_argument("--show", action="store_true", help="list the pairs that are judged wrongly")
    options = parser.parse_args()
    pairs = [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines()]
    evidence = counted(pairs)
    print(f"{'half':9} {'source':14} {'made':5} {'pairs':>5} {'variants':>8} {'precision':>9} {'recall':>7}")
    for half in options.half or HALVES:
        judged = [
            (pair, differences(pair["a"], pair["b"], evidence[pair["source"]]))
            for pair in pairs
            if pair["half"] == half
        ]
        kinds = sorted({(pair["source"], pair["synthetic"]) for pair, _ in judged})
        for source, synthetic in kinds:
            rows = [row for row in judged if (row[0]["source"], row[0]["synthetic"]) == (source, synthetic)]
            score(half, source, "yes" if synthetic else "no", rows)
        score(half, "natural only", "no", [row for row in judged if not row[0]["synthetic"]])
        score(half, "all", "", judged)
        if options.show:
            show(judged)


def counted(pairs: list[dict[str, Any]]) -> dict[str, Evidence]:
    """What a run knows of the words of each source, counted over the heads of its families.

    Written sentences and lines with edits are in no corpus: they have what both have, and the edited texts themselves.
    """
    counts = json.loads(EVIDENCE.read_text(encoding="utf-8"))
    found = {}
    for source, known in counts.items():
        lower, upper, texts_with = (Counter({word: row[at] for word, row in known["words"].items()}) for at in range(3))
        found[source] = Evidence(lower, upper, texts_with, known["texts"])
    both = Evidence()
    for known in found.values():
        both.lower += known.lower
        both.upper += known.upper
        both.texts_with += known.texts_with
        both.texts += known.texts
    for pair in pairs:
        if pair["synthetic"]:
            both.add(pair["b"])
    return {"written": both, "ungdc_cyber": both, **found}


def score(half: str, source: str, made: str, judged: list[tuple[dict[str, Any], list[Any]]]) -> None:
    """One line of the table."""
    variants = sum(pair["label"] == "variant" for pair, _ in judged)
    called = sum(bool(found) for _, found in judged)
    right = sum(bool(found) and pair["label"] == "variant" for pair, found in judged)
    precision, recall = (f"{right / of:.3f}" if of else "–" for of in (called, variants))
    print(f"{half:9} {source:14} {made:5} {len(judged):5} {variants:8} {precision:>9} {recall:>7}")


def show(judged: list[tuple[dict[str, Any], list[Any]]]) -> None:
    """The pairs that are judged wrongly, with what was found."""
    for pair, found in judged:
        if bool(found) != (pair["label"] == "variant"):
            print(f"\n{pair['id']} {pair['label']} ({pair['source']}, {pair['how']})")
            print(f"  a: {pair['a']!r}\n  b: {pair['b']!r}")
            for kind, left, right in found:
                print(f"  {kind}: {pair['a'][slice(*left)]!r} → {pair['b'][slice(*right)]!r}")


if __name__ == "__main__":
    main()
