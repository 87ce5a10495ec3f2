import random
from decimal import Decimal
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import oracles
from corpuskit import schema
from corpuskit.memory import IN_MEMORY, Memory
from corpuskit.stages import cluster as module
from corpuskit.stages.block import settle
from corpuskit.stages.cluster import cluster, similarity
from strategies import to_cluster

MEASURES = list(schema.MEASURES)


def run(
    texts: list[str],
    shared: list[list[int]],
    threshold: str,
    priority: list[int] | None = None,
    sketches: list[list[int]] | None = None,
    threads: int = 1,
) -> tuple[list[int], list[float], list[str]]:
    """Cluster normalized texts; `shared` lists the contents of each bucket. Without `sketches` none is refused.

    With room in memory for what bounds distances candidates are looked at where they lie, without they are weighed.
    """
    contents, buckets = to_cluster(texts, shared, priority or list(range(len(texts))), sketches)
    members, weighed = (
        cluster(
            contents,
            buckets,
            n_chars=np.array([len(text) for text in texts], dtype=np.int64),
            threshold=Decimal(threshold),
            threads=threads,
            memory=memory,
        )[0]
        for memory in (IN_MEMORY, Memory(budget=0))
    )
    assert weighed.equals(members)
    return (
        members["record"].to_pylist(),
        similarity(members).tolist(),
        [MEASURES[code] for code in members["measure"].to_pylist()],
    )


def family(seed: int, size: int) -> list[str]:
    """Different texts that are more or less alike, near the usual thresholds."""
    random_ = random.Random(seed)
    base = "".join(random_.choice("abcdefé漢𐍈 ") for _ in range(random_.randrange(20, 90)))
    texts = {base}
    while len(texts) < size:
        chars = list(random_.choice(sorted(texts)))
        for _ in range(random_.randrange(1, 8)):
            at = random_.randrange(len(chars) + 1)
            chars[at : at + random_.randrange(2)] = random_.choice(["", "x", "é", "yz"])
        texts.add("".join(chars) or "q")
    return random_.sample(sorted(texts), size)


@given(
    st.integers(0, 10_000),
    st.integers(2, 9),
    st.sampled_from(["0.7", "0.85", "0.9", "0.95"]),
    st.lists(st.sets(st.integers(0, 8), min_size=2), max_size=8),
)
@settings(max_examples=150, deadline=None)
def test_the_rule_is_two_plain_loops(seed: int, size: int, threshold: str, shared: list[set[int]]) -> None:
    texts = family(seed, size)
    buckets = [sorted(at for at in bucket if at < size) for bucket in shared]
    order = random.Random(seed).sample(range(size), size)  # order[place] is the content
    priority = [order.index(content) for content in range(size)]
    records, alike, _ = run(texts, buckets, threshold, priority)

    def candidates(left: int, right: int) -> bool:
        return any(order[left] in bucket and order[right] in bucket for bucket in buckets)

    expected = oracles.cluster([texts[content] for content in order], candidates, Decimal(threshold))
    for place, (record, exact) in enumerate(expected):
        assert records[order[place]] == order[record]
        assert alike[order[place]] == pytest.approx(float(exact), abs=1e-15)


@given(
    st.integers(0, 10_000),
    st.integers(3, 9),
    st.sampled_from(["0.7", "0.85", "0.95"]),
    st.lists(st.sets(st.integers(0, 8), min_size=2), max_size=8),
    st.sets(st.integers(0, 8)),
)
@settings(max_examples=150, deadline=None)
def test_what_is_known_of_some_contents_changes_nothing(
    seed: int, size: int, threshold: str, shared: list[set[int]], new: set[int]
) -> None:
    """The records among some of the contents do not match each other; with all of them that need not be seen again."""
    texts = family(seed, size)
    buckets = [sorted(at for at in bucket if at < size) for bucket in shared]
    priority = random.Random(seed).sample(range(size), size)
    old = [[at for at in bucket if at not in new] for bucket in buckets]
    apart = [at for at, record in enumerate(run(texts, old, threshold, priority)[0]) if record == at and at not in new]
    contents, found = to_cluster(texts, buckets, priority)
    known = settle(found, np.isin(found.contents, apart))
    n_chars = np.array([len(text) for text in texts], dtype=np.int64)
    for memory in (IN_MEMORY, Memory(budget=0)):
        members, _ = cluster(contents, known, n_chars=n_chars, threshold=Decimal(threshold), memory=memory)
        assert members["record"].to_pylist() == run(texts, buckets, threshold, priority)[0]
        assert similarity(members).tolist() == run(texts, buckets, threshold, priority)[1]


@given(st.integers(0, 10_000), st.integers(1, 4), st.sampled_from(["0.85", "0.95"]))
@settings(max_examples=60, deadline=None)
def test_a_bucket_lists_only_so_many_records(seed: int, most: int, threshold: str) -> None:
    texts = family(seed, 14)
    shared = [random.Random(f"{seed}{at}").sample(range(14), 9) for at in range(3)]
    listed: list[list[int]] = [[] for _ in shared]

    def candidates(record: int, text: int) -> bool:
        return any(record in shelf and text in bucket for shelf, bucket in zip(listed, shared, strict=True))

    # The slow rule lists a record where there is room, at once: it asks for candidates in order of priority.
    def ask(record: int, text: int) -> bool:
        for known in range(text):
            if known in records:
                for shelf, bucket in zip(listed, shared, strict=True):
                    if known in bucket and known not in shelf and len(shelf) < most:
                        shelf.append(known)
        return candidates(record, text)

    records: list[int] = []
    for text in range(len(texts)):
        rivals = [record for record in records if ask(record, text)]
        if not any(oracles.match(texts[record], texts[text], Decimal(threshold)) for record in rivals):
            records.append(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "MOST_LISTED", most)
        found, _, _ = run(texts, shared, threshold)
        patch.setattr(module, "BLOCK", 5)
        patch.setattr(module, "CANDIDATES", 0.1)
        assert run(texts, shared, threshold, threads=2)[0] == found
    assert sorted({content for content, record in enumerate(found) if content == record}) == records


def test_work_in_one_bucket_of_texts_that_are_not_alike_grows_with_their_number() -> None:
    draw = random.Random(1)
    texts = ["".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=60)) for _ in range(400)]
    done = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "MOST_LISTED", 20)
        for size in (100, 200, 400):
            contents, buckets = to_cluster(texts[:size], [list(range(size))] * 4, list(range(size)))
            lengths = np.full(size, 60, dtype=np.int64)
            _, compared = cluster(contents, buckets, n_chars=lengths, threshold=Decimal("0.85"))
            assert compared["unlisted"] == 4 * (size - 20)
            done.append(compared["candidate_pairs"])
    assert done == [19 * 10 + 20 * (size - 20) for size in (100, 200, 400)]


@given(st.integers(0, 10_000), st.sampled_from(["0.7", "0.85"]), st.integers(1, 3), st.integers(1, 7))
@settings(max_examples=40, deadline=None)
def test_blocks_pieces_and_threads_change_nothing(seed: int, threshold: str, piece: int, block: int) -> None:
    texts = family(seed, 24)
    shared = [random.Random(f"{seed}{at}").sample(range(24), 8) for at in range(9)]
    whole = run(texts, shared, threshold)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BLOCK", block)
        patch.setattr(module, "PIECE", piece)
        patch.setattr(module, "COPIED_BYTES", 100 * piece)
        assert run(texts, shared, threshold) == whole
        assert run(texts, shared, threshold, threads=3) == whole


@pytest.mark.parametrize(("block", "copied"), [(300, 60_000), (5_000, 4_000)])
def test_records_in_many_stretches_are_weighed_side_by_side(block: int, copied: int) -> None:
    """Texts of families far apart: candidates of a block lie in stretches that several threads take in turn."""
    draw = random.Random(5)
    families = ["".join(draw.choices("abcdefghij ", k=60)) for _ in range(900)]
    texts = [family for family in families for _ in range(3)]
    draw.shuffle(texts)
    texts = [f"{text[:-6]}{at:06d}" for at, text in enumerate(texts)]
    shared: list[list[int]] = [[] for _ in families]
    for at, text in enumerate(texts):
        shared[families.index(next(family for family in families if family[:-6] == text[:-6]))].append(at)
    others = [draw.sample(range(len(texts)), 9) for _ in range(2_000)]
    whole = run(texts, [*shared, *others], "0.85")
    assert len(set(whole[0])) == len(families)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"BLOCK": block, "STRETCHES": 1, "PIECE": 50, "COPIED_BYTES": copied}.items():
            patch.setattr(module, name, value)
        assert run(texts, [*shared, *others], "0.85", threads=3) == whole


@given(st.integers(0, 10_000), st.sampled_from(["0.7", "0.85", "0.9"]))
@settings(max_examples=60, deadline=None)
def test_no_two_records_of_a_bucket_match_and_all_copies_do(seed: int, threshold: str) -> None:
    texts = family(seed, 8)
    records, alike, _ = run(texts, [list(range(8))], threshold)
    pairs = oracles.all_pairs(texts, Decimal(threshold))
    heads = sorted(set(records))
    assert not [pair for pair in combinations(heads, 2) if pair in pairs]
    for content, record in enumerate(records):
        if content != record:
            assert pairs[min(content, record), max(content, record)].stored == alike[content]


def test_a_pair_exactly_on_the_threshold_matches() -> None:
    one, two = "abcdefghij", "abcdefghXY"  # distance 4 of 20: exactly .8
    assert run([one, two], [[0, 1]], "0.8")[0] == [0, 0]
    assert run([one, two], [[0, 1]], "0.80001")[0] == [0, 1]
    one, two = "a" * 17 + "bbb", "a" * 17 + "ccc"  # distance 6 of 40: exactly .85
    assert run([one, two], [[0, 1]], "0.85")[0] == [0, 0]
    assert run([one, two], [[0, 1]], "0.8501")[0] == [0, 1]


@pytest.mark.parametrize("threshold", ["0.55", "0.6", "0.7", "0.85", "0.9", "0.95", "0.99"])
def test_decimal_thresholds_are_decided_in_whole_numbers(threshold: str) -> None:
    # Distance and total chosen so that 1 - distance / total is the threshold: floats get some of these wrong.
    for tens in range(1, 8):
        length = 100 * tens
        edits = int((1 - Decimal(threshold)) * length)
        one = "a" * length
        assert run([one, "b" * edits + one[edits:]], [[0, 1]], threshold)[0] == [0, 0]
        assert run([one, "b" * (edits + 1) + one[edits + 1 :]], [[0, 1]], threshold)[0] == [0, 1]


def test_there_is_no_chain() -> None:
    texts = ["a" * 40, "a" * 36 + "b" * 4, "a" * 32 + "b" * 8]  # neighbours at .9, the ends at .8
    assert run(texts, [[0, 1, 2]], "0.85")[0] == [0, 0, 2]


def test_a_copy_joins_the_most_similar_record_even_a_later_one() -> None:
    texts = [
        "a" * 40,
        "a" * 35 + "b" * 5,
        "a" * 32 + "b" * 8,
    ]  # the second is at .875 to the first, .925 to the last
    assert run(texts, [[0, 1, 2]], "0.85")[0] == [0, 2, 2]


def test_a_tie_goes_to_the_record_before() -> None:
    texts = ["a" * 40, "b" * 8 + "a" * 32, "b" * 4 + "a" * 36]  # both records are at .9 to the last
    assert run(texts, [[0, 1, 2]], "0.85")[0] == [0, 1, 0]
    assert run(texts, [[0, 1, 2]], "0.85", priority=[1, 0, 2])[0] == [0, 1, 1]


def test_without_a_bucket_nothing_is_merged() -> None:
    assert run(["a" * 40, "a" * 39 + "b"], [], "0.85")[0] == [0, 1]


def test_very_long_texts_are_measured_in_words() -> None:
    words = [f"w{at % 97}" for at in range(7000)]
    long = " ".join(words)
    changed = " ".join([*words[:3000], *["x"] * 1000, *words[4000:]])
    unlike = " ".join([*words[:3000], *["x"] * 1100, *words[4100:]])
    assert len(long) > oracles.LONG_CHARS
    records, alike, measures = run([long, changed, unlike], [[0, 1], [0, 2]], "0.85")
    assert records == [0, 0, 2]
    assert measures == ["equal", "indel_words", "equal"]
    assert alike[1] == oracles.measure(long, changed).stored


def test_texts_of_a_hundred_thousand_words_are_told_apart_by_counting() -> None:
    """In few bins they look alike: 100,000 words of 64,000, drawn alike. What is alike is measured and merged."""
    draw = random.Random(3)
    words, others = ([f"w{draw.randrange(64_000)}" for _ in range(100_000)] for _ in range(2))
    changed = [word if draw.random() < 0.98 else "x" for word in words]
    texts = [" ".join(text) for text in (words, others, changed)]
    contents, buckets = to_cluster(texts, [[0, 1, 2]], [0, 1, 2])
    n_chars = np.array([len(text) for text in texts], dtype=np.int64)
    members, compared = cluster(contents, buckets, n_chars=n_chars, threshold=Decimal("0.85"))
    assert members["record"].to_pylist() == [0, 1, 0]
    assert compared["measured_pairs"] == 1


def test_one_long_side_is_enough_for_words_and_unspaced_characters_are_words() -> None:
    long = "東京" * 10_001
    short = "東京" * 10_000
    records, alike, measures = run([long, short], [[0, 1]], "0.85")
    assert (records, measures[1]) == ([0, 0], "indel_words")
    assert alike[1] == oracles.measure(long, short).stored
    assert run([short, short[:-2]], [[0, 1]], "0.85")[2][1] == "indel_chars"


def test_long_pairs_with_other_sketches_are_not_measured_and_short_ones_are() -> None:
    for length, refused in ((140, False), (200, True), (2_500, True), (25_000, True)):
        text = " ".join(f"w{at % 89}" for at in range(length))[:length]
        other = f"{text[:-1]}#"
        assert run([text, other], [[0, 1]], "0.85", sketches=[[1] * 64, [1] * 64])[0] == [0, 0]
        assert run([text, other], [[0, 1]], "0.85", sketches=[[1] * 64, [2] * 64])[0] == [0, 1 if refused else 0]
