"""Records that hold others: how many of those planted are found, what else is linked, and what it costs.

    python benchmarks/quality/containment.py --data DIR [--only TABLE ...]

Real paragraphs of manuals in 20 languages (`reflow/links_html.jsonl`) are glued, framed and cut; what is held is then
as it was, or has 3 % of its characters exchanged for others of the same text. Each case is a corpus of its own, with
the paragraphs it was made of. Columns:

- planted: pairs of a holder and what it holds, which of them are two records
- one record: planted pairs that are near copies as wholes, and so merged: not counted
- found: of the planted, those linked; missed: those that are not, but should be by the rule, cell by cell
  (`oracles.holds`): others were edited too much, or another wording is the record; recall: found of both
- links: all that are made; other: those not planted; right: of these, by the rule
- precision: planted and right ones of all
"""

import argparse
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from brute_force import oracles
from corpuskit import buffers
from corpuskit.prepare import prepare_texts
from corpuskit.resolve import resolve
from corpuskit.settings import Settings, make
from corpuskit.text import normalize
from sets import PASSAGE_LANGUAGES, is_able, pick, read_lines

SEED = 1
SAMPLE = 300
EDITED = (0.0, 0.03)
SENTENCE = 100
"""An added sentence has at most so many characters."""

UNGDC_FILES = 2_000
RUNS = 2


class Case(NamedTuple):
    """Texts, and which of them hold which: rows of (holder, held)."""

    texts: list[str]
    planted: list[tuple[int, int]]


def paragraphs(data: Path, script: str, settings: Settings) -> list[tuple[str, str]]:
    """Some real paragraphs, long enough to be halved, each with the one that follows on its page."""
    rows = [row for row in read_lines(data / "reflow" / "links_html.jsonl") if row["lang"] in PASSAGE_LANGUAGES[script]]
    pages: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        pages[row["id"].split("#")[0]].append("".join(text for _, text in row["segments"]))
    found: dict[str, str] = {}
    for page in pages.values():
        for first, second in pairwise(page):
            halves = (*halved(first), *halved(second))
            if all(is_able(normalize(half), settings) for half in halves):
                found.setdefault(first, second)
    chosen = set(pick(sorted(found), SAMPLE, SEED))
    return [(first, second) for first, second in found.items() if first in chosen]


def halved(text: str) -> tuple[str, str]:
    """The text in two, at the blank nearest its middle if there is one in the middle third."""
    middle = len(text) // 2
    blanks = [at for at in range(len(text) // 3, 2 * len(text) // 3) if text[at].isspace()]
    cut = min(blanks, key=lambda at: abs(at - middle), default=middle)
    return text[:cut].rstrip(), text[cut:].lstrip()


def sentence(text: str) -> str:
    """The beginning of a text, up to a blank if there is one."""
    begin = text[:SENTENCE]
    return begin[: begin.rfind(" ")] if " " in begin[SENTENCE // 2 :] else begin


def edited(text: str, share: float, random_: random.Random) -> str:
    """The text with characters exchanged for others of the same text."""
    characters = list(text)
    for at in random_.sample(range(len(text)), round(share * len(text))):
        characters[at] = random_.choice(text)
    return "".join(characters)


def joint(script: str) -> str:
    return "" if script in ("Chinese", "Japanese") else " "


def glued(pairs: list[tuple[str, str]], space: str, change: Callable[[str], str]) -> Case:
    texts: list[str] = []
    planted: list[tuple[int, int]] = []
    for first, second in pairs:
        planted += [(len(texts), len(texts) + 1), (len(texts), len(texts) + 2)]
        texts += [f"{change(first)}{space}{change(second)}", first, second]
    return Case(texts, planted)


def cut(pairs: list[tuple[str, str]], space: str, change: Callable[[str], str]) -> Case:  # noqa: ARG001
    texts: list[str] = []
    planted: list[tuple[int, int]] = []
    for first, _ in pairs:
        planted += [(len(texts), len(texts) + 1), (len(texts), len(texts) + 2)]
        texts += [first, *map(change, halved(first))]
    return Case(texts, planted)


def framed(front: bool, behind: bool, inside: bool = False) -> Callable[..., Case]:
    def make_case(pairs: list[tuple[str, str]], space: str, change: Callable[[str], str]) -> Case:
        texts: list[str] = []
        planted: list[tuple[int, int]] = []
        for at, (first, _) in enumerate(pairs):
            extra = sentence(pairs[at - len(pairs) // 2][1])
            body = change(first)
            parts = [*halved(body)] if inside else [body]
            if inside:
                parts.insert(1, extra)
            planted.append((len(texts), len(texts) + 1))
            texts += [space.join([*[extra] * front, *parts, *[extra] * behind]), first]
        return Case(texts, planted)

    return make_case


def boilerplate(pairs: list[tuple[str, str]], space: str, change: Callable[[str], str]) -> Case:
    """Nothing is held: a sentence is common to all."""
    common = sentence(pairs[0][1])
    return Case([f"{change(first)}{space}{common}" for first, _ in pairs[1:]], [])


def unrelated(pairs: list[tuple[str, str]], space: str, change: Callable[[str], str]) -> Case:  # noqa: ARG001
    return Case([change(first) for first, _ in pairs], [])


def copies(pairs: list[tuple[str, str]], space: str, change: Callable[[str], str]) -> Case:  # noqa: ARG001
    """Nothing is held: each text stands there twice, and the two are near copies."""
    return Case([text for first, _ in pairs for text in (first, change(first))], [])


CASES: Mapping[str, Callable[..., Case]] = {
    "two glued": glued,
    "a sentence in front": framed(True, False),
    "a sentence behind": framed(False, True),
    "sentences around": framed(True, True),
    "a sentence inside": framed(False, False, inside=True),
    "cut in halves": cut,
    "unrelated": unrelated,
    "one sentence in common": boilerplate,
    "near copies": copies,
}


def score(case: Case, settings: Settings) -> Counter[str]:
    """How the case came out."""
    corpus = resolve([prepare_texts(pa.array(case.texts, pa.large_string()), settings)], settings)
    decisions, content = corpus.decisions, corpus.places.content
    ids = buffers.hex_strings(decisions.content_hashes[decisions.record[content]]).to_pylist()
    texts = dict(zip(buffers.hex_strings(decisions.content_hashes[content]).to_pylist(), case.texts, strict=True))
    linked = list(zip(*(corpus.links[name].to_pylist() for name in ("left_record", "right_record")), strict=True))

    def by_the_rule(pair: tuple[str, str]) -> bool:
        holder, held = (normalize(texts[one]) for one in pair)
        return oracles.holds(holder, held, settings.threshold)

    planted = {(ids[left], ids[right]) for left, right in case.planted}
    apart = {pair for pair in planted if pair[0] != pair[1]}
    other = [pair for pair in linked if pair not in apart]
    missed = sum(by_the_rule(pair) for pair in apart - set(linked))
    right = sum(map(by_the_rule, other))
    counts = {"one record": len(planted) - len(apart), "planted": len(apart), "links": len(linked)}
    counts |= {"found": len(apart & set(linked)), "missed": missed, "other": len(other), "right": right}
    return Counter(counts)


def scores(data: Path) -> dict[tuple[str, float, str], Counter[str]]:
    """By case, share of characters edited, and script."""
    settings = make({"contains": True})
    found = {}
    for script in PASSAGE_LANGUAGES:
        pairs = paragraphs(data, script, settings)
        for name, build in CASES.items():
            for share in EDITED:
                random_ = random.Random(SEED)
                case = build(pairs, joint(script), lambda text: edited(text, share, random_))  # noqa: B023
                found[name, share, script] = score(case, settings)
    return found


def row(names: list[str], counts: Counter[str]) -> str:
    held = counts["found"] + counts["missed"]
    recall = f"{counts['found'] / held:.4f}" if held else "–"
    precision = f"{(counts['found'] + counts['right']) / counts['links']:.4f}" if counts["links"] else "–"
    numbers = [f"{counts[name]:,}" for name in ("planted", "one record", "found", "missed")]
    more = [f"{counts[name]:,}" for name in ("links", "other", "right")]
    return f"| {' | '.join([*names, *numbers, recall, *more, precision])} |"


def head(names: list[str]) -> Iterator[str]:
    columns = [*names, "planted", "one record", "found", "missed", "recall", "links", "other", "right", "precision"]
    yield f"| {' | '.join(columns)} |"
    yield "|" + "---|" * len(columns)


def table(data: Path) -> Iterator[str]:
    """All scripts by case, then all cases (but the sentence inside) by script."""
    found = scores(data)
    yield from head(["case", "characters exchanged"])
    for name in CASES:
        for share in EDITED:
            counts = sum((found[name, share, script] for script in PASSAGE_LANGUAGES), Counter())
            yield row([name, f"{share:.0%}"], counts)
    yield ""
    yield from head(["script", "characters exchanged"])
    for script in PASSAGE_LANGUAGES:
        for share in EDITED:
            cases = (found[name, share, script] for name in CASES if name != "a sentence inside")
            yield row([script, f"{share:.0%}"], sum(cases, Counter()))


def cost(data: Path) -> Iterator[str]:
    """Processor seconds of whole runs with and without, the least of some; the links made."""
    yield "| corpus | records | links | seconds without | with | more | by the clock, without | with |"
    yield "|---|---|---|---|---|---|---|---|"
    with tempfile.TemporaryDirectory() as folder:
        for name, sources in (
            ("natural-licences", licence_files(data)),
            ("natural-ungdc, 2,000 files", speeches(data)),
        ):
            raw = Path(folder) / name
            for file in sources:
                target = raw / file.relative_to(data)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, target)
            runs = [run(raw, Path(folder) / "out", on) for _ in range(RUNS) for on in (False, True)]
            without, with_ = (np.min([one[:2] for one in runs[side::2]], axis=0) for side in (0, 1))
            _, _, records, links = runs[1]
            more = f"{with_[0] / without[0] - 1:.0%}"
            times = [f"{without[0]:.1f}", f"{with_[0]:.1f}", more, f"{without[1]:.1f}", f"{with_[1]:.1f}"]
            yield f"| {' | '.join([name, f'{int(records):,}', f'{int(links):,}', *times])} |"


def licence_files(data: Path) -> list[Path]:
    return [file for name in ("deb-copyright", "licence-rules") for file in (data / name).rglob("*") if file.is_file()]


def speeches(data: Path) -> list[Path]:
    return sorted((data / "ungdc").rglob("*.txt"))[:UNGDC_FILES]


def run(raw: Path, out: Path, contains: bool) -> tuple[float, float, float, float]:
    """Processor seconds, seconds by the clock, records and links of one run in a process of its own."""
    code = (
        "import sys, corpuskit; from corpuskit.settings import make; "
        "r = corpuskit.ingest(sys.argv[1], sys.argv[2], make({'include': ['*'], 'contains': sys.argv[3] == '1'}), "
        "allow_shrink=True); print(r.records, r.contains)"
    )
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-c", code, str(raw), str(out), str(int(contains))]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    after, seconds = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - started
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    records, links = map(int, done.stdout.split())
    return used, seconds, records, links


TABLES: Mapping[str, Callable[[Path], Iterator[str]]] = {"containment": table, "containment-cost": cost}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with all sets unpacked")
    parser.add_argument("--only", nargs="*", default=list(TABLES), choices=TABLES, help="tables")
    options = parser.parse_args()
    for name in options.only:
        print("\n".join(TABLES[name](options.data)), flush=True)


if __name__ == "__main__":
    main()
