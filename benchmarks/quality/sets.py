"""The real texts that quality is measured on, as normalized contents. DIR is the folder where they were unpacked."""

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from brute_force import oracles
from corpuskit import raw
from corpuskit.prepare import prepare_files
from corpuskit.settings import Settings
from corpuskit.text import normalize

_SENTENCE = re.compile(r"[^。！？]{5,}[。！？]?")

PASSAGE_LANGUAGES = {
    "Latin": ("en", "de", "fr", "es", "it", "pt", "nl", "ca", "da", "sv", "cs", "ro", "id", "vi"),
    "Cyrillic": ("ru",),
    "Greek": ("el",),
    "Hangul": ("ko",),
    "Chinese": ("zh_CN", "zh-cn", "zh-tw"),
    "Japanese": ("ja",),
}
"""Languages of `reflow/links_html.jsonl` by script."""

DECLARATIONS = {
    "Arabic": ("Arabic_Alarabia-Arabic", "cp1256"),
    "Hebrew": ("Hebrew_Ivrit-Hebrew", "cp1255"),
}
"""Files of `messy/udhr` in scripts that no other set has, and their encodings."""


def read_lines(file: Path) -> list[dict[str, Any]]:
    """The objects of a JSONL file."""
    with file.open(encoding="utf-8") as lines:  # str.splitlines would also cut at U+2028
        return [json.loads(line) for line in lines]


def licences(data: Path) -> list[str]:
    """The distinct whole licence texts, normalized."""
    return sorted({normalize(row["text"]) for row in read_lines(data / "neardup" / "licences" / "docs.jsonl")})


def contents(folder: Path, settings: Settings, include: tuple[str, ...] = ("*",)) -> set[str]:
    """The distinct passages of files below a folder, normalized, that may have near copies."""
    found: set[str] = set()
    inventory = raw.scan(folder, include=include, ignore=())
    for batch in raw.batches(inventory.files, max_bytes=8 << 20, max_files=2_000):
        table = prepare_files(folder, batch, settings).contents
        able = pc.and_(pc.greater_equal(table["weight"], settings.min_near_chars), table["has_content"])
        found.update(table["normalized"].filter(able).to_pylist())
    return found


def natural_licences(data: Path, wanted: int, seed: int, settings: Settings) -> list[str]:
    """A random sample of the distinct passages of licence texts that may have near copies."""
    folders = [data / name for name in ("deb-copyright", "licence-rules")]
    return pick(sorted(set().union(*(contents(folder, settings) for folder in folders))), wanted, seed)


def natural_ungdc(data: Path, wanted: int, seed: int, settings: Settings) -> list[str]:
    """Likewise of the speeches of some countries, drawn at random until they have enough.

    Of 6,000 passages drawn from all 383,000 not one pair is at .85: delegations repeat themselves, not each other.
    """
    names = sorted({file.name.split("_")[0] for file in (data / "ungdc").rglob("*.txt")})
    found: set[str] = set()
    for name in pick(names, len(names), seed):
        if len(found) >= wanted:
            break
        found |= contents(data / "ungdc", settings, (f"{name}_*",))
    return pick(sorted(found), wanted, seed)


def pick(texts: list[str], wanted: int, seed: int) -> list[str]:
    """A random sample, in random order."""
    return random.Random(seed).sample(texts, min(wanted, len(texts)))


def scripts(data: Path, settings: Settings) -> Iterator[tuple[str, list[str]]]:
    """Distinct real paragraphs in each script that may have near copies."""
    rows = read_lines(data / "reflow" / "links_html.jsonl")
    works = read_lines(data / "reflow" / "aozora_ja.jsonl")
    for script, languages in PASSAGE_LANGUAGES.items():
        texts = ["".join(text for _, text in row["segments"]) for row in rows if row["lang"] in languages]
        if script == "Japanese":
            texts += [text for work in works for text in work["paragraphs"]]
        yield script, able(texts, settings)
    for script, (file, encoding) in DECLARATIONS.items():
        text = (data / "messy" / "udhr" / file).read_bytes().decode(encoding)
        yield script, able([line for line in text.splitlines() if line.strip()], settings)


def glued(data: Path, wanted: int, seed: int, settings: Settings) -> list[str]:
    """Distinct passages of one to four sentences of Japanese works, drawn at random: many, of real sequences."""
    works = read_lines(data / "reflow" / "aozora_ja.jsonl")
    sentences = [found for work in works for text in work["paragraphs"] for found in _SENTENCE.findall(text)]
    draw = random.Random(seed)
    made: set[str] = set()
    while len(made) < wanted:
        drawn = normalize("".join(draw.choices(sentences, k=draw.randint(1, 4))))
        if is_able(drawn, settings):
            made.add(drawn)
    return pick(sorted(made), wanted, seed)


def able(texts: list[str], settings: Settings) -> list[str]:
    """Distinct, normalized, long enough and with content; sorted."""
    return [text for text in sorted({normalize(text) for text in texts}) if is_able(text, settings)]


def is_able(text: str, settings: Settings) -> bool:
    """Whether a normalized text may have near copies."""
    described = oracles.describe(text)
    return described.weight >= settings.min_near_chars and described.has_content
