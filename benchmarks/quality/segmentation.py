"""How well paragraphs are found: corpuskit and the simple ways, on real paragraphs in the layouts that files come in.

    python benchmarks/quality/segmentation.py --data DIR [--venvs DIR] [--half look|score|both] [--languages]
        [--errors N LAYOUT]

DIR holds `reflow/` (novels, Japanese works, pages with links, manuals). Scores are exact paragraphs: multiset F1 on
what is left when blank characters are taken out, and how many of the right ones have the right spacing too. Each work
is in one of two halves: rules were made by looking at one and are scored on the other. The paged layouts set novels
into pages parted by form feeds, with running heads, feet and page numbers; `--furniture` scores these lines alone. With
`--venvs`, unstructured's `group_broken_paragraphs` and `auto_paragraph_grouper` are scored too, in a virtual
environment of their own, made there when it is missing.
"""

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pyarrow as pa

from corpuskit import schema
from corpuskit.stages.segment import segment
from environments import adapter, prepare

WRAP = 72
PAGE_LINES = 58
HALVES = ("look", "score")
NOVELS = ("eltec_en", "eltec_fr", "aozora_ja")


@dataclass
class Document:
    """A text to cut, and the paragraphs that should come out."""

    layout: str
    language: str
    half: str
    text: str
    paragraphs: list[str]
    loose: bool = False
    furniture: list[str] = field(default_factory=list)


@dataclass
class Score:
    """Counts of paragraphs."""

    right: int = 0
    spaced: int = 0
    found: int = 0
    true: int = 0
    wrong: list[tuple[str, str]] = field(default_factory=list)

    def add(self, other: "Score") -> None:
        """Sum the counts."""
        self.right += other.right
        self.spaced += other.spaced
        self.found += other.found
        self.true += other.true
        self.wrong += other.wrong

    @property
    def f1(self) -> float:
        """Of exact paragraphs, as a multiset."""
        return 2 * self.right / max(self.found + self.true, 1)


def half_of(name: str) -> str:
    return HALVES[blake2b(name.encode(), digest_size=1).digest()[0] & 1]


def bare(text: str) -> str:
    return "".join(text.split())


def spaced(text: str) -> str:
    return " ".join(text.split())


def key_of_manual(text: str) -> str:
    text = unicodedata.normalize("NFKC", text)
    text = re.sub(r"\[\d+\]", "", re.sub(r"^\s*(?:[-*•+○■]|\d+[.)]|[A-Za-z][.)])\s+", "", text))
    return "".join(char for char in text if char.isalnum())


def wrap(text: str, width: int = WRAP, first: str = "") -> str:
    """Fill lines by columns, wide characters counting two; break at blanks, and between wide characters."""
    tokens = re.findall(r"[\u3000-\u9fff\uf900-\uffef]|[^\s\u3000-\u9fff\uf900-\uffef]+|\s+", text.strip())
    lines, line, used = [], first, len(first)
    for token in tokens:
        columns = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in token)
        if token.isspace():
            line, used = line + " ", used + 1
        elif used + columns > width and line.strip():
            lines.append(line.rstrip())
            line, used = token, columns
        else:
            line, used = line + token, used + columns
    return "\n".join([*lines, line.rstrip()])


def without_stops(paragraphs: list[str]) -> list[str]:
    """The paragraphs, three in five of them without the full stop at their end."""
    drawn = random.Random(len(paragraphs))
    return [re.sub("[.。]$", "", text) if drawn.random() < 0.6 else text for text in paragraphs]


def read(data: Path, name: str) -> Iterator[dict[str, Any]]:
    with (data / "reflow" / f"{name}.jsonl").open(encoding="utf-8") as file:
        for row in file:
            yield json.loads(row)


def novels(data: Path) -> Iterator[Document]:
    layouts: dict[str, Callable[[list[str]], str]] = {
        "one-per-line": "\n".join,
        "blank-lines": "\n\n".join,
        "wrapped+blank": lambda paragraphs: "\n\n".join(map(wrap, paragraphs)),
        "wrapped+indent": lambda paragraphs: "\n".join(wrap(text, first="    ") for text in paragraphs),
        "wrapped+flush": lambda paragraphs: "\n".join(map(wrap, paragraphs)),
    }
    for name in NOVELS:
        for row in read(data, name):
            paragraphs = [spaced(text) for text in row["paragraphs"] if text.strip()]
            half = half_of(row["id"].rsplit("/", 1)[0] if name != "aozora_ja" else row["id"])
            for layout, lay_out in layouts.items():
                yield Document(layout, row["lang"], half, lay_out(paragraphs), paragraphs)
            unstopped = without_stops(paragraphs)
            yield Document("one-per-line, stops lost", row["lang"], half, "\n".join(unstopped), unstopped)


def furniture_of(style: int, page: int, title: str, author: str) -> tuple[str, str]:
    """Head and foot of a page: as in a book, with left and right pages; a number at the foot; as in a report."""
    if style == 0:
        left, right = f"{page}{title:^{WRAP - 8}}", f"{author:^{WRAP - 8}}{page:>8}"
        return (left if page % 2 == 0 else right).rstrip(), ""
    if style == 1:
        return "", f"- {page} -".center(WRAP).rstrip()
    return f"{title:<{WRAP - 12}}Vol. 2, 1901", f"{author:<{WRAP - 12}}[Page {page}]"


def set_pages(lines: list[str], style: int, first: int, title: str, author: str) -> tuple[str, list[str]]:
    """The lines as pages parted by form feeds, and the furniture put in. The first page of a book has no head."""
    body = PAGE_LINES - 4
    pages, furniture = [], []
    for number, at in enumerate(range(0, len(lines), body)):
        head, foot = furniture_of(style, first + number, title, author)
        head = head if number or style != 0 else ""
        page = [head, "", *lines[at : at + body], *[""] * (body - len(lines[at : at + body])), "", foot]
        pages.append("\n".join(page))
        furniture += [line for line in (head, foot) if line]
    return "\n\f".join(pages) + "\n", furniture


def works_of(data: Path) -> dict[tuple[str, str, str], list[dict[str, Any]]]:
    """The chapters of each work, by its id, language and half."""
    works: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for name in NOVELS:
        for row in read(data, name):
            work = row["id"].rsplit("/", 1)[0] if name != "aozora_ja" else row["id"]
            works[work, row["lang"], half_of(work)].append(row)
    return works


def parted_novels(data: Path) -> Iterator[Document]:
    """Six pieces of each work, each on a new page with a heading that counts or comes again: text, not furniture."""
    for (work, language, half), rows in works_of(data).items():
        paragraphs = [spaced(text) for row in rows for text in row["paragraphs"] if text.strip()]
        style = blake2b(work.encode(), digest_size=1).digest()[0] % 3
        size = -(-len(paragraphs) // 6)
        parts = []
        for number, at in enumerate(range(0, len(paragraphs), size), 1):
            heading = (f"Chapter {number}", str(number), rows[0]["title"].split(" : ")[0][:48])[style]
            parts.append([heading, *paragraphs[at : at + size]])
        truth = [text for part in parts for text in part]
        text = "\f".join("\n\n".join(map(wrap, part)) + "\n" for part in parts)
        yield Document("parts on new pages", language, half, text, truth)


def paged_novels(data: Path) -> Iterator[Document]:
    """The chapters of each work one after another, wrapped, in pages; a third of the works in each style."""
    for (work, language, half), rows in works_of(data).items():
        paragraphs = [spaced(text) for row in rows for text in row["paragraphs"] if text.strip()]
        style, first = (value % 3 for value in blake2b(work.encode(), digest_size=2).digest())
        title, author = rows[0]["title"].split(" : ")[0][:48], (rows[0]["author"].split(",")[0] or "Anonymous")[:48]
        for layout, gap in (("paged+blank", "\n\n"), ("paged+flush", "\n")):
            lines = gap.join(map(wrap, paragraphs)).split("\n")
            text, furniture = set_pages(lines, style, 1 + 98 * first, title, author)
            yield Document(layout, language, half, text, paragraphs, furniture=furniture)


def linked_pages(data: Path) -> Iterator[Document]:
    """Documents of a manual and a language, and again page by page; the two halves are of pages."""
    sections: dict[tuple[str, ...], list[list[list[str]]]] = defaultdict(list)
    for row in read(data, "links_html"):
        if len("".join(text for _, text in row["segments"]).strip()) < 30:
            continue
        page = row["id"].split("#")[0]
        sections["links", row["lang"], half_of(page), row["source"]].append(row["segments"])
        sections["page", row["lang"], half_of(page), page].append(row["segments"])
    for (kind, language, half, _), paragraphs in sections.items():
        truth = ["".join(text for _, text in segments) for segments in paragraphs]
        before = [[("\n" if kind == "link" else "") + text for kind, text in segments] for segments in paragraphs]
        around = [
            ["\n" + text + "\n" if kind == "link" else text for kind, text in segments] for segments in paragraphs
        ]
        for layout, pieces in (("before", before), ("around", around)):
            lines = (line.strip() for parts in pieces for line in "".join(parts).split("\n"))
            name = f"link-{layout}" if kind == "links" else f"(pages) link-{layout}"
            yield Document(name, language, half, "\n".join(line for line in lines if line), truth)


def manuals(data: Path) -> Iterator[Document]:
    for row in read(data, "manuals"):
        everything = key_of_manual(re.sub(r"\n\s*(?:[-*•+○■]|\d+[.)]|[A-Za-z][.)])\s+", "\n", row["wrapped_text"]))
        blocks = [block["text"] for block in row["blocks"] if block["tag"] == "p" and len(block["text"]) > 40]
        held = [text for text in blocks if key_of_manual(text) in everything]
        half = half_of(row["id"])
        yield Document("manuals (recall of p)", row["id"].split("/")[1], half, row["wrapped_text"], held, loose=True)


def score(document: Document, passages: Iterable[str]) -> Score:
    key = key_of_manual if document.loose else bare
    found: Counter[str] = Counter()
    spacings = defaultdict(set)
    for passage in passages:
        found[key(passage)] += 1
        spacings[key(passage)].add(spaced(passage))
    truth = Counter(map(key, document.paragraphs))
    both = found & truth
    result = Score(both.total(), 0, truth.total() if document.loose else found.total(), truth.total())
    left = Counter(both)
    for text in document.paragraphs:
        if left[key(text)]:
            left[key(text)] -= 1
            result.spaced += spaced(text) in spacings[key(text)]
    result.wrong = [("missed", text) for text in (truth - found).elements()]
    result.wrong += [("made", text) for text in (found - truth).elements()]
    return result


def passages_of(documents: list[Document], *, filtered: bool) -> list[list[str]]:
    """What corpuskit makes of each document: the passages that it filters, or the others."""
    texts = pa.table({"text": pa.array([document.text for document in documents], pa.large_string())})
    passages, _ = segment(texts, unit="paragraph")
    cut: list[list[str]] = [[] for _ in documents]
    columns = (passages[name].to_pylist() for name in ("document", "text", "filtered"))
    for document, text, place in zip(*columns, strict=True):
        if filtered == (place != schema.NOT_FILTERED):
            cut[document].append(text)
    return cut


def by_corpuskit(documents: list[Document]) -> list[list[str]]:
    return passages_of(documents, filtered=False)


def by_lines(documents: list[Document]) -> list[list[str]]:
    return [[line for line in document.text.splitlines() if line.strip()] for document in documents]


def by_blank_lines(documents: list[Document]) -> list[list[str]]:
    return [re.split(r"\n\s*\n", document.text.strip()) for document in documents]


def by_end_punctuation(documents: list[Document]) -> list[list[str]]:
    """Join until a line ends a sentence: after unicode stops, closing quotes and brackets looked through."""
    cut = []
    for document in documents:
        passages, open_lines = [], []
        for line in document.text.splitlines():
            if line.strip():
                open_lines.append(line)
            if open_lines and (not line.strip() or re.search(r"[.!?:;。！？：；…][\"'”’»)\]」』）]*$", line.rstrip())):
                passages.append(" ".join(open_lines))
                open_lines = []
        cut.append([*passages, " ".join(open_lines)] if open_lines else passages)
    return cut


def by_unstructured(python: Path, function: str, documents: list[Document]) -> list[list[str]]:
    """What a function of unstructured gives, in its own environment."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "texts.jsonl", Path(folder) / "passages.json"
        source.write_text("".join(json.dumps({"text": document.text}) + "\n" for document in documents), "utf-8")
        subprocess.run([str(python), str(adapter("unstructured")), str(source), str(target), function], check=True)
        cut: list[list[str]] = json.loads(target.read_text("utf-8"))
    return cut


WAYS: dict[str, Callable[[list[Document]], list[list[str]]]] = {
    "each line": by_lines,
    "blank lines": by_blank_lines,
    "end punctuation": by_end_punctuation,
    "corpuskit": by_corpuskit,
}


def tabulate(
    documents: list[Document], languages: bool, ways: Mapping[str, Callable[[list[Document]], list[list[str]]]]
) -> dict[tuple[str, str], Score]:
    """Print the table; return corpuskit's scores by layout and language."""
    rows: dict[str, dict[str, Score]] = defaultdict(lambda: defaultdict(Score))
    ours: dict[tuple[str, str], Score] = defaultdict(Score)
    for way, cut in ways.items():
        for document, passages in zip(documents, cut(documents), strict=True):
            result = score(document, passages)
            rows[document.layout][way].add(result)
            if way == "corpuskit":
                ours[document.layout, document.language].add(result)
    print("| layout | paragraphs | " + " | ".join(ways) + " | spacing right |")
    print("|---" * (len(ways) + 3) + "|")
    for layout, scores in rows.items():
        our = scores["corpuskit"]
        # the manuals' truth is HTML, whose spacing is not the text's
        share = "–" if layout.startswith("manuals") else f"{our.spaced / max(our.right, 1):.3f}"
        cells = " | ".join(f"{scores[way].f1:.3f}" for way in ways)
        print(f"| {layout} | {our.true} | {cells} | {share} |")
        if languages:
            of_layout = {language: result for (name, language), result in ours.items() if name == layout}
            cells = ", ".join(f"{name} {result.f1:.3f}" for name, result in sorted(of_layout.items()))
            print(f"| &nbsp; | | {cells} |{' |' * len(ways)}")
    return ours


def tabulate_furniture(documents: list[Document]) -> None:
    """Print how much of the furniture is recognized, and how much that is none is taken for it."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for document, found in zip(documents, passages_of(documents, filtered=True), strict=True):
        truth, taken = (Counter(map(bare, lines)) for lines in (document.furniture, found))
        count = counts[document.layout]
        count.update(true=truth.total(), found=taken.total(), right=(truth & taken).total())
        if document.furniture and not found:
            count.update(documents=1, lost=truth.total())
    print("| layout | lines of furniture | recognized | in documents with none recognized | text taken for furniture |")
    print("|---|---|---|---|---|")
    for layout, count in counts.items():
        share = f"{count['right'] / count['true']:.3f}" if count["true"] else "–"
        lost = f"{count['lost']} in {count['documents']}"
        print(f"| {layout} | {count['true']} | {share} | {lost} | {count['found'] - count['right']} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds reflow/")
    parser.add_argument("--venvs", type=Path, help="folder for the peer's virtual environment; without it, no peer")
    parser.add_argument("--half", choices=[*HALVES, "both", "each"], default="each")
    parser.add_argument("--languages", action="store_true", help="corpuskit's scores by language, too")
    parser.add_argument("--errors", nargs=2, metavar=("N", "LAYOUT"), help="show N wrong paragraphs of a layout")
    parser.add_argument("--furniture", action="store_true", help="score page furniture, and nothing else")
    options = parser.parse_args()
    ways = dict(WAYS)
    if options.venvs:
        python = prepare("unstructured", options.venvs)
        ways = {
            "unstructured": partial(by_unstructured, python, "group_broken_paragraphs"),
            "unstructured, auto": partial(by_unstructured, python, "auto_paragraph_grouper"),
            **ways,
        }
    documents = [
        *novels(options.data),
        *paged_novels(options.data),
        *parted_novels(options.data),
        *linked_pages(options.data),
        *manuals(options.data),
    ]
    for half in HALVES if options.half == "each" else [options.half]:
        print(f"\n{half}\n")
        chosen = [document for document in documents if half in ("both", document.half)]
        if options.furniture:
            tabulate_furniture(chosen)
            continue
        ours = tabulate(chosen, options.languages, ways)
        if options.errors:
            shown = [
                (language, kind, text)
                for (layout, language), result in ours.items()
                if layout == options.errors[1]
                for kind, text in result.wrong
            ]
            step = max(1, len(shown) // int(options.errors[0]))
            for language, kind, text in shown[::step]:
                print(f"{language} {kind}: {text!r}"[:600], file=sys.stderr)


if __name__ == "__main__":
    main()
