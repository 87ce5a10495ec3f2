"""Families are split by what their members differ in, and the rule runs again inside each part."""

import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

import oracles
from corpuskit import schema
from corpuskit.differences import Difference, differences
from corpuskit.judges import part_key
from corpuskit.kernels.types import Ints
from corpuskit.pipeline import deduplicate
from corpuskit.reading import Evidence
from corpuskit.settings import make
from corpuskit.stages.cluster import cluster
from corpuskit.stages.protect import (
    cluster_parts,
    family_heads,
    link_variants,
    reason,
    relatives,
    split,
    variants,
)
from corpuskit.text import normalize
from corpuskit.usage import Sample, usages
from strategies import to_cluster

KINDS = ("numbers", "names", "negations")
BASE = "The delegation of Peru thanked the committee for its 12 reports and asked that it shall meet again in Geneva."
EDITS = [
    *(("Peru", name) for name in ("Chile", "Norway", "the people of Oman")),
    *(("12", number) for number in ("13", "14", "twelve")),
    *(("shall", words) for words in ("shall not", "may", "must")),
    *(("committee", word) for word in ("commission", "comrnittee", "whole committee")),
    *(("asked", word) for word in ("requested", "asks", "then asked")),
    *((word, "") for word in ("again ", "its ", "thanked the ")),
]


def wordings(seed: int, size: int) -> list[str]:
    """Different wordings of one sentence."""
    random_ = random.Random(seed)
    found = {BASE: None}
    while len(found) < size:
        text = BASE
        for old, new in random_.sample(EDITS, random_.randrange(1, 5)):
            text = text.replace(old, new)
        found[text] = None
    return random_.sample(sorted(found), size)


def wordings_of(texts: list[str]) -> Callable[[Ints], pa.Array]:
    """Texts by content."""
    return lambda contents: pa.array([texts[content] for content in contents], pa.large_string())


def run(texts: list[str], shared: list[list[int]], threshold: str, priority: list[int]) -> dict[str, Any]:
    """All that the stage says of texts; `shared` lists the contents of each bucket."""
    normalized = [normalize(text) for text in texts]
    contents, buckets = to_cluster(normalized, shared, priority)
    rule: dict[str, Any] = {
        "n_chars": np.array([len(text) for text in normalized], dtype=np.int64),
        "threshold": Decimal(threshold),
    }
    families, _ = cluster(contents, buckets, **rule)
    rows = relatives(families)
    parts = split(families, rows, wordings_of(texts), kinds=KINDS)
    members, _ = cluster_parts(families, parts, buckets, contents, **rule)
    found = variants(families, members, parts)
    return {
        "heads": families["record"].to_pylist(),
        "records": members["record"].to_pylist(),
        "family": family_heads(families, members).tolist(),
        "variants": found,
        "parts": parts,
        "members": members,
    }


@given(
    st.integers(0, 10_000),
    st.integers(2, 10),
    st.sampled_from(["0.75", "0.85", "0.9"]),
    st.lists(st.sets(st.integers(0, 9), min_size=2), min_size=1, max_size=6),
)
@settings(max_examples=120, deadline=None)
def test_the_family_rule_is_plain_loops(seed: int, size: int, threshold: str, shared: list[set[int]]) -> None:
    texts = wordings(seed, size)
    buckets = [[at for at in range(size) if at in bucket] for bucket in shared]
    order = random.Random(seed).sample(range(size), size)  # order[place] is the content
    result = run(texts, buckets, threshold, [order.index(content) for content in range(size)])
    evidence = Evidence()
    for head in {head for content, head in enumerate(result["heads"]) if head != content}:
        evidence.add(texts[head])

    def candidates(left: int, right: int) -> bool:
        return any(order[left] in bucket and order[right] in bucket for bucket in buckets)

    def key(member: int, head: int) -> Any:
        left, right = texts[order[member]], texts[order[head]]
        return part_key(left, differences(left, right, evidence))

    inputs = [normalize(texts[content]) for content in order]
    heads, records = oracles.protect(inputs, candidates, Decimal(threshold), key)
    assert [result["heads"][content] for content in order] == [order[head] for head in heads]
    assert [result["records"][content] for content in order] == [order[record] for record in records]
    check_laws(result, texts, Decimal(threshold))


def check_laws(result: dict[str, Any], texts: list[str], threshold: Decimal) -> None:
    """What holds of families, whatever they are made of."""
    heads, records, family = result["heads"], result["records"], result["family"]
    for content, (head, record) in enumerate(zip(heads, records, strict=True)):
        assert records[record] == record
        assert heads[record] == head
        assert records[head] == head
        assert oracles.match(normalize(texts[content]), normalize(texts[record]), threshold)
        several = len({records[other] for other in range(len(texts)) if heads[other] == head}) > 1
        assert family[content] == (head if record == content and several else -1)
    linked = {variant["variant"]: variant for variant in result["variants"].to_pylist()}
    assert set(linked) == {record for record in records if heads[record] != record}
    for content, variant in linked.items():
        assert variant["head"] == heads[content]
        matched = oracles.match(normalize(texts[content]), normalize(texts[variant["head"]]), threshold)
        assert matched is not None
        assert variant["similarity"] == matched.stored


def test_without_kinds_families_stay_whole() -> None:
    families = pa.table([pa.array(column) for column in ([0, 0], [0, 2], [20, 20], [0, 1])], schema=schema.MEMBERS)
    parts = split(families, relatives(families), wordings_of(["in 2019 there", "in 2020 there"]), kinds=[])
    assert parts.part.tolist() == [-1, -1]
    assert len(parts.found.contents) == 0


def test_a_member_that_the_policy_prefers_does_not_take_the_place_of_its_head() -> None:
    # The second would be a record before the third, but joins it as the most similar; the third stays the record.
    texts = ["a" * 40, "a" * 35 + "b" * 5, "a" * 32 + "b" * 8]
    result = run(texts, [[0, 1, 2]], "0.85", [0, 1, 2])
    assert result["records"] == [0, 2, 2]
    assert len(result["variants"]) == 0


def test_a_link_tells_the_words_and_where_they_stand() -> None:
    left, right = "Señor Núñez met 13 of them — in Chile.", "Señor Núñez met 12 of them — in Perú."
    found = differences(left, right, Evidence())
    assert reason(left, right, found) == "13 → 12; Chile → Perú"
    result = run([right, left], [[0, 1]], "0.7", [0, 1])
    links = link_variants(result["variants"], result["parts"], pa.array(["left", "right"]), pa.array([left, right]))
    assert links.schema.equals(schema.LINKS)
    (link,) = links.to_pylist()
    assert (link["left_record"], link["right_record"], link["relation"]) == ("left", "right", "variant")
    for text, spans, words in (
        (left, link["left_spans"], ["13", "Chile"]),
        (right, link["right_spans"], ["12", "Perú"]),
    ):
        assert [text.encode()[span["start"] : span["end"]].decode() for span in spans] == words
    assert link["reason"] == "13 → 12; Chile → Perú"
    nothing = pa.array([], pa.string())
    assert len(link_variants(result["variants"].slice(1), result["parts"], nothing, nothing)) == 0


def test_a_long_reason_is_cut() -> None:
    left = " ".join(f"{at}" for at in range(100, 140))
    found = [Difference("numbers", (4 * at, 4 * at + 3), (0, 0)) for at in range(9)]
    assert reason(left, "", found) == "; ".join([*(f"{at} → ∅" for at in range(100, 108)), "…"])
    assert reason(left, "", [Difference("numbers", (0, len(left)), (0, 0))]) == f"{left[:59]}… → ∅"


def test_texts_at_hand_are_kept_apart_too() -> None:
    texts = [BASE, BASE.replace("12", "13"), BASE.replace("committee", "comittee"), BASE.replace("12", "13").upper()]
    assert deduplicate(texts, make({"protect": KINDS}))["record"].to_pylist() == [0, 1, 0, 1]
    for kinds in ([], ["names"]):  # the second and the last are one content, in more documents than the others
        assert deduplicate(texts, make({"protect": kinds}))["record"].to_pylist() == [1, 1, 1, 1]


def test_what_the_rest_of_the_corpus_writes_tells_names_too() -> None:
    families = pa.table([pa.array(column) for column in ([0, 0], [0, 2], [90, 90], [0, 1])], schema=schema.MEMBERS)
    wordings = wordings_of(["we took the Generator of that house", "we took the Software of that house"])
    rows = relatives(families)
    assert split(families, rows, wordings, kinds=KINDS).part.tolist() == [-1, 0]
    texts = pa.array(["a generator is what it is", "the software is what it is"])
    background = Sample(np.array([2, 3]), usages(texts))
    assert split(families, rows, wordings, kinds=KINDS, background=background).part.tolist() == [-1, -1]
    background = Sample(np.array([1, 2]), usages(texts))
    assert split(families, rows, wordings, kinds=KINDS, background=background).part.tolist() == [-1, 0]


@given(st.lists(st.text("abAB. "), min_size=1, max_size=8), st.sets(st.integers(0, 7)))
@settings(deadline=None)
def test_a_sample_counts_without_some_texts_as_if_it_never_had_them(texts: list[str], left_out: set[int]) -> None:
    sample = Sample(np.arange(len(texts)), usages(pa.array(texts, pa.large_string())))
    bulk, plain = Evidence(), Evidence()
    sample.add_to(bulk, without=np.array(sorted(left_out), dtype=np.int64))
    for at, text in enumerate(texts):
        if at not in left_out:
            plain.add(text)
    assert bulk == plain
    assert all(0 not in counter.values() for counter in (bulk.lower, bulk.upper, bulk.texts_with))
