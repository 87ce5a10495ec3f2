"""The slow truth in one file: what the fast code must equal, in plain Python and public libraries.

Nothing here calls a kernel. `text.normalize` and `text.classes` are definitions and used as they are.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from datasketch import MinHash
from rapidfuzz.distance import Indel

from corpuskit.diffs import KINDS
from corpuskit.text import LETTER, UNSPACED, classes, normalize

LONG_CHARS = 20_000

# --- ids ---


def blake2b(data: bytes, person: bytes) -> str:
    """32 hex characters."""
    return hashlib.blake2b(data, digest_size=16, person=person).hexdigest()


def record_id(passage: str) -> str:
    """Id of the record that a passage's wording would make."""
    return blake2b(normalize(passage).encode(), b"record")


def document_id(path: str, member: str | None = None) -> str:
    """Id of a document."""
    return blake2b((path if member is None else f"{path}\0{member}").encode(), b"document")


def occurrence_id(document: str, passage: str, repetition: int) -> str:
    """Id of the `repetition`-th (from 0) passage in the document of this normalized text."""
    key = bytes.fromhex(document) + bytes.fromhex(record_id(passage)) + repetition.to_bytes(8, "little")
    return blake2b(key, b"occurrence")


# --- what a text is made of ---


def is_letter(char: str) -> bool:
    """Letter, mark or digit."""
    return bool(classes()[ord(char)] & LETTER)


def is_unspaced(char: str) -> bool:
    """Of a script that writes without spaces."""
    return bool(classes()[ord(char)] & UNSPACED)


def word_spans(normalized: str) -> Iterator[tuple[int, int]]:
    """Runs of non-blank characters; a character of an unspaced script is a word of its own."""
    start = 0
    for at, char in enumerate(f"{normalized} "):
        if char == " " or is_unspaced(char):
            if start < at:
                yield start, at
            if char != " ":
                yield at, at + 1
            start = at + 1


def words(normalized: str) -> list[str]:
    """The words themselves."""
    return [normalized[start:end] for start, end in word_spans(normalized)]


class Described(NamedTuple):
    """What `distinct` says of a normalized text."""

    n_chars: int
    n_words: int
    weight: int
    has_content: bool


def describe(normalized: str) -> Described:
    """Lengths of a normalized text, and whether letters and digits make half of what is visible."""
    visible = [char for char in normalized if char != " "]
    letters = sum(map(is_letter, visible))
    return Described(
        n_chars=len(normalized),
        n_words=sum(any(map(is_letter, word)) for word in words(normalized)),
        weight=len(normalized) + 2 * sum(map(is_unspaced, visible)),
        has_content=letters > 0 and 2 * letters >= len(visible),
    )


# --- sketches ---


def shingles(normalized: str, kind: str = "chars", size: int = 5, size_unspaced: int = 3) -> list[str]:
    """Shingles with a letter or digit; a text without one is one shingle, an empty text none."""
    spans = list(word_spans(normalized)) if kind == "words" else [(at, at + 1) for at in range(len(normalized))]
    found = []
    for first, (start, _) in enumerate(spans):
        length = size_unspaced if kind == "chars" and is_unspaced(normalized[start]) else size
        if first + length <= len(spans):
            shingle = normalized[start : spans[first + length - 1][1]]
            if any(map(is_letter, shingle)):
                found.append(shingle)
    return found or [normalized[:]] if normalized else []


def hash_shingle(shingle: bytes) -> int:
    """64-bit FNV-1a, its halves folded into one by exclusive or."""
    value = 0xCBF29CE484222325
    for byte in shingle:
        value = (value ^ byte) * 0x100000001B3 % (1 << 64)
    return value >> 32 ^ value & 0xFFFFFFFF


def minhash(found: Sequence[str], permutations: int = 256, seed: int = 1) -> npt.NDArray[np.uint32]:
    """The signature that datasketch makes of these shingles."""
    sketch = MinHash(num_perm=permutations, seed=seed, scheme="affine32", hashfunc=hash_shingle)
    sketch.update_batch([shingle.encode() for shingle in found])
    return np.asarray(sketch.hashvalues, dtype=np.uint32)


def share_bucket(left: npt.NDArray[np.uint32], right: npt.NDArray[np.uint32], bands: int, rows: int) -> bool:
    """Whether two signatures agree on a whole band."""
    same = left == right
    return any(same[band * rows : (band + 1) * rows].all() for band in range(bands))


# --- the measure and the cluster rule ---


class Match(NamedTuple):
    """Two texts that are at or above the threshold."""

    distance: int
    total: int

    @property
    def similarity(self) -> Fraction:
        """Of 1 for equal texts, exactly."""
        return 1 - Fraction(self.distance, self.total)

    @property
    def stored(self) -> float:
        """The similarity as the tables have it: one division and one subtraction in float64."""
        return 1 - self.distance / self.total


def measure(left: str, right: str) -> Match:
    """Indel distance of two normalized texts, in characters or, where one is very long, in words."""
    long = max(len(left), len(right)) > LONG_CHARS
    one, two = (words(left), words(right)) if long else (left, right)
    return Match(Indel.distance(one, two), len(one) + len(two))


def match(left: str, right: str, threshold: Decimal) -> Match | None:
    """The measure of two normalized texts if it reaches the threshold."""
    found = measure(left, right)
    return found if found.similarity >= Fraction(threshold) else None


def all_pairs(texts: Sequence[str], threshold: Decimal) -> dict[tuple[int, int], Match]:
    """Every pair of normalized texts that reaches the threshold."""
    found = {pair: match(texts[pair[0]], texts[pair[1]], threshold) for pair in combinations(range(len(texts)), 2)}
    return {pair: matched for pair, matched in found.items() if matched}


def cluster(
    texts: Sequence[str], candidates: Callable[[int, int], bool], threshold: Decimal
) -> list[tuple[int, Fraction]]:
    """The record of each normalized text, in order of priority, and the similarity to it: two plain loops.

    `candidates` says which two share a bucket.
    """
    records: list[int] = []
    for text in range(len(texts)):
        rivals = [record for record in records if candidates(record, text)]
        if not any(match(texts[record], texts[text], threshold) for record in rivals):
            records.append(text)
    joined: list[tuple[int, Fraction]] = []
    for text in range(len(texts)):
        if text in records:
            joined.append((text, Fraction(1)))
            continue
        best: tuple[Fraction, int] | None = None
        for record in records:
            found = match(texts[record], texts[text], threshold) if candidates(record, text) else None
            if found and (best is None or (found.similarity, -record) > (best[0], -best[1])):
                best = found.similarity, record
        assert best is not None
        joined.append((best[1], best[0]))
    return joined


def protect(
    texts: Sequence[str],
    candidates: Callable[[int, int], bool],
    threshold: Decimal,
    key: Callable[[int, int], Any],
) -> tuple[list[int], list[int]]:
    """The family head and the record of each normalized text, in order of priority, when families are split.

    `key(member, head)` is what a member differs from its head in; empty when in nothing that is protected.
    """
    heads = [record for record, _ in cluster(texts, candidates, threshold)]
    parts: dict[Any, list[int]] = {}
    for text, head in enumerate(heads):
        if text != head and key(text, head):
            parts.setdefault((head, key(text, head)), []).append(text)
    records = list(heads)
    for part in parts.values():

        def inside(left: int, right: int, part: list[int] = part) -> bool:
            return candidates(part[left], part[right])

        for place, (record, _) in enumerate(cluster([texts[text] for text in part], inside, threshold)):
            records[part[place]] = part[record]
    return heads, records


# --- the canonical policy ---


class Passage(NamedTuple):
    """A passage as the policy sees it; the smaller `trust`, the more its document is trusted."""

    document: int
    content: int
    text: str
    trust: int = 0


POLICIES = {
    "most_copies": ("most_documents", "most_occurrences", "longest", "earliest"),
    "longest": ("longest", "earliest"),
    "earliest": ("earliest",),
    "trusted": ("trusted_source", "most_documents", "most_occurrences", "longest", "earliest"),
}


def policy_key(passages: Sequence[Passage], rows: Sequence[int], policy: str) -> tuple[int, ...]:
    """The policy's key of the passages at `rows`, all of a content or of a wording; smaller comes first."""
    keys = {
        "most_documents": -len({passages[row].document for row in rows}),
        "most_occurrences": -len(rows),
        "longest": -len(passages[rows[0]].text),
        "earliest": rows[0],
        "trusted_source": min(passages[row].trust for row in rows),
    }
    return tuple(keys[name] for name in POLICIES[policy])


def contents_of(passages: Sequence[Passage]) -> dict[int, list[int]]:
    """The rows of each content."""
    return _rows_by(passages, lambda passage: passage.content)


def wordings_of(passages: Sequence[Passage], content: int) -> dict[str, list[int]]:
    """The rows of each wording of a content."""
    found: dict[str, list[int]] = {}
    for row, passage in enumerate(passages):
        if passage.content == content:
            found.setdefault(passage.text, []).append(row)
    return found


def _rows_by(passages: Sequence[Passage], key: Callable[[Passage], Any]) -> dict[Any, list[int]]:
    found: dict[Any, list[int]] = {}
    for row, passage in enumerate(passages):
        found.setdefault(key(passage), []).append(row)
    return found


def priorities(passages: Sequence[Passage], policy: str) -> list[int]:
    """The contents in the policy's order."""
    contents = contents_of(passages)
    return sorted(contents, key=lambda content: policy_key(passages, contents[content], policy))


def kept(passages: Sequence[Passage], content: int, policy: str) -> int:
    """The passage that a content keeps: of its best wording, the first in a most trusted document."""
    wordings = wordings_of(passages, content)
    best = min(wordings.values(), key=lambda rows: policy_key(passages, rows, policy))
    trust = min(passages[row].trust for row in best)
    return next(row for row in best if policy != "trusted" or passages[row].trust == trust)


def why_canonical(passages: Sequence[Passage], record_of: Sequence[int], record: int, policy: str) -> str:
    """The last of the policy's keys that was needed against any rival of a record's wording."""
    contents = contents_of(passages)
    own = policy_key(passages, contents[record], policy)
    members = [content for content in contents if record_of[content] == record and content != record]
    pairs = [(own, policy_key(passages, contents[content], policy)) for content in members]
    wordings = [policy_key(passages, rows, policy) for rows in wordings_of(passages, record).values()]
    pairs += [(min(wordings), wording) for wording in wordings if wording != min(wordings)]
    if not pairs:
        return "only_wording"
    if any(rival < best for best, rival in pairs):
        return "own_record"
    deciding = [next(at for at, (x, y) in enumerate(zip(*pair, strict=True)) if x != y) for pair in pairs]
    return POLICIES[policy][max(deciding)]


def sources(documents: Sequence[int], rows: Sequence[int], kept_row: int, most: int = 64) -> list[int]:
    """Passages in the order of `records.sources`: the kept one, one for each other document, the rest."""
    listed = [kept_row]
    covered = {documents[kept_row]}
    for row in rows:
        if documents[row] not in covered:
            covered.add(documents[row])
            listed.append(row)
    return (listed + [row for row in rows if row not in listed])[:most]


# --- one text inside another ---


def nearest(pattern: str, text: str, *, free: bool) -> tuple[int, int]:
    """The least Indel distance to a piece of the text that ends somewhere, and the last such end, cell by cell.

    The piece begins anywhere if `free`, else with the text.
    """
    column = list(range(len(pattern) + 1))
    best, ends = len(pattern), 0
    for at, char in enumerate(text, 1):
        following = [0 if free else at]
        for place, own in enumerate(pattern):
            following.append(column[place] if own == char else min(column[place + 1], following[-1]) + 1)
        column = following
        if column[-1] <= best:
            best, ends = column[-1], at
    return best, ends


def best_piece(pattern: str, text: str) -> tuple[int, int, int]:
    """The least Indel distance to a piece of the text, and where it stands: the last one, and the longest there."""
    distance, ends = nearest(pattern, text, free=True)
    _, back = nearest(pattern[::-1], text[:ends][::-1], free=False)
    return distance, ends - back, ends


def holds(holder: str, held: str, threshold: Decimal) -> bool:
    """Whether the piece of least distance reaches the threshold, and the two are not alike as wholes."""
    distance, begin, end = best_piece(held, holder)
    total = len(held) + end - begin
    longer = len(holder) > len(held)
    return longer and 1 - Fraction(distance, total) >= Fraction(threshold) and match(holder, held, threshold) is None


# --- what differs between two builds ---

Rows = dict[str, list[dict[str, Any]]]
"""The rows of each table, as dictionaries."""


def diff_counts(old: Rows, new: Rows) -> dict[str, dict[str, int]]:
    """The counts of a diff, by the words of `diffs.KINDS`."""
    counts = {
        table: {"old": len(old[table]), "new": len(new[table]), **dict.fromkeys(KINDS[table], 0)} for table in KINDS
    }
    _count_documents(old["documents"], new["documents"], counts["documents"])
    _count_records(old, new, counts["records"])
    _count_occurrences(old, new, counts["occurrences"])
    return counts


def _count_documents(old: list[dict[str, Any]], new: list[dict[str, Any]], counts: dict[str, int]) -> None:
    facts = [
        {row["document_id"]: (row["sha256"], row["text_sha256"], row["problem"]) for row in rows} for rows in (old, new)
    ]
    counts["added"] = len(facts[1].keys() - facts[0].keys())
    counts["gone"] = len(facts[0].keys() - facts[1].keys())
    counts["changed"] = sum(facts[0][name] != facts[1][name] for name in facts[0].keys() & facts[1].keys())


def _count_records(old: Rows, new: Rows, counts: dict[str, int]) -> None:
    texts = [{row["record_id"]: row["text"] for row in rows["records"]} for rows in (old, new)]
    holds: list[dict[str, set[str]]] = [{name: set() for name in side} for side in texts]
    for side, rows in zip(holds, (old, new), strict=True):
        for row in rows["occurrences"]:
            if row["record_id"] is not None:
                side[row["record_id"]].add(row["occurrence_id"])
    gone, added = texts[0].keys() - texts[1].keys(), texts[1].keys() - texts[0].keys()
    pairs = [(a, b) for a in gone for b in added if 2 * len(holds[0][a] & holds[1][b]) > len(holds[0][a])]
    counts["reworded"] = len(pairs)
    counts["gone"] = len(gone - {before for before, _ in pairs})
    counts["added"] = len(added - {after for _, after in pairs})
    counts["respelled"] = sum(texts[0][name] != texts[1][name] for name in texts[0].keys() & texts[1].keys())


def _count_occurrences(old: Rows, new: Rows, counts: dict[str, int]) -> None:
    records = [{row["record_id"] for row in rows["records"]} for rows in (old, new)]
    joined = [{row["occurrence_id"]: row["record_id"] for row in rows["occurrences"]} for rows in (old, new)]
    counts["added"] = len(joined[1].keys() - joined[0].keys())
    counts["gone"] = len(joined[0].keys() - joined[1].keys())
    for name in joined[0].keys() & joined[1].keys():
        before, after = joined[0][name], joined[1][name]
        counts["filtered"] += before is not None and after is None
        counts["unfiltered"] += before is None and after is not None
        if None not in (before, after) and before != after:
            counts["remerged"] += before in records[1] and after in records[0]
