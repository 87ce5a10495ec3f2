"""Records that hold others: what is found is right by the exact rule, what is planted is found, and work is bounded."""

import random
from decimal import Decimal
from itertools import permutations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Indel

import oracles
import strategies
from corpuskit import buffers, schema
from corpuskit.stages.contain import HOLDERS, MEASURED, MOST, REPEATS, STRATA, Held, contain, link_held, place
from corpuskit.text import normalize

THRESHOLD = Decimal("0.85")
SENTENCES = [
    "the parties shall cooperate in the peaceful uses of outer space and inform each other. ",
    "every member refrains from the threat or use of force, in whatever form it may appear. ",
    "countries that share a river agree how much of its water each may take in one year. ",
    "стороны сотрудничают в мирном использовании космоса и сообщают друг другу о находках. ",
    "すべて人は、人種、皮膚の色、性、言語、宗教その他の意見によるいかなる差別をも受けない。",
    "每个人都有权享有生命、自由和人身安全，任何人不得使为奴隶或奴役，一切形式均应予以禁止。",
    "모든 사람은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. 서로 형제애의 정신으로 행동하여야 한다. ",
    "short one. ",
]


def find(texts: list[str], threshold: Decimal = THRESHOLD) -> tuple[Held, dict[str, int]]:
    """What the stage says of normalized texts, all that are long enough being looked for."""
    n_chars = np.array([len(text) for text in texts], dtype=np.int64)
    able = np.array([oracles.describe(text).weight >= 60 for text in texts], dtype=np.bool_)
    return contain(pa.array(texts, pa.large_string()), n_chars, able, threshold=threshold)


def pairs(texts: list[str], held: Held) -> set[tuple[str, str]]:
    """The texts of holders and held."""
    return {(texts[left], texts[right]) for left, right in zip(held.left.tolist(), held.right.tolist(), strict=True)}


def corpus(seed: int, size: int) -> list[str]:
    """Distinct normalized texts of some sentences each, some with a few characters changed."""
    random_ = random.Random(seed)
    texts: dict[str, None] = {}
    for _ in range(size):
        text = "".join(random_.sample(SENTENCES, random_.randrange(1, 4)))
        characters = list(text)
        for at in random_.sample(range(len(text)), random_.choice((0, 0, 2, 5))):
            characters[at] = random_.choice("xyz書")
        texts[normalize("".join(characters))] = None
    return list(texts)


@given(st.integers(0, 100_000), st.integers(2, 12), st.sampled_from(["0.75", "0.85", "0.95"]))
@settings(max_examples=150, deadline=None)
def test_what_is_found_is_right_and_what_stands_there_whole_is_found(seed: int, size: int, threshold: str) -> None:
    texts = corpus(seed, size)
    held, _ = find(texts, Decimal(threshold))
    for left, right, (begin, end) in zip(held.left, held.right, held.pieces.tolist(), strict=True):
        piece = texts[left].encode()[begin:end].decode()
        distance, *_ = oracles.best_piece(texts[right], texts[left])
        assert Indel.distance(piece, texts[right]) == distance
        assert oracles.holds(texts[left], texts[right], Decimal(threshold))
    found = pairs(texts, held)
    for left_text, right_text in permutations(texts, 2):
        whole = right_text in left_text and oracles.describe(right_text).weight >= 60
        if whole and oracles.match(left_text, right_text, Decimal(threshold)) is None:
            assert (left_text, right_text) in found


@given(st.integers(0, 100_000))
@settings(max_examples=40, deadline=None)
def test_the_order_of_texts_does_not_matter(seed: int) -> None:
    texts = corpus(seed, 12)
    turned = random.Random(seed).sample(texts, len(texts))
    assert pairs(texts, find(texts)[0]) == pairs(turned, find(turned)[0])


def test_glued_cut_and_edited_passages() -> None:
    first, second, third = SENTENCES[:3]
    glued = normalize(first + second)
    framed = normalize("Before it. " + third.replace("river", "lake").replace("one year", "a year") + "And behind.")
    texts = [normalize(text) for text in SENTENCES[:3]] + [glued, framed]
    held, _ = find(texts)
    assert pairs(texts, held) == {(glued, texts[0]), (glued, texts[1]), (framed, texts[2])}
    piece = dict(zip(held.right.tolist(), held.pieces.tolist(), strict=True))
    assert glued.encode()[slice(*piece[1])].decode() == texts[1]
    assert held.beyond.tolist() == [0] * 5


@pytest.mark.parametrize("extra", [0, 8, 20])
def test_what_is_alike_as_a_whole_is_not_held(extra: int) -> None:
    text = normalize(SENTENCES[0] * 2)
    assert not len(find([text, text[: len(text) - 1], text + "x" * extra])[0].left)


def test_short_texts_and_nothing_at_all() -> None:
    assert not len(find(["short one.", "short one. and more of it"])[0].left)
    assert not len(find([])[0].left)
    assert not len(find([""])[0].left)


# --- bounds ---


def test_one_sentence_in_very_many_texts_is_linear() -> None:
    # A sentence that thousands share: the first holders are linked, the others counted, nothing is compared in pairs.
    random_ = random.Random(1)
    sentence = normalize(SENTENCES[0])
    hits = []
    for size in (5_000, 20_000):
        own = ["".join(random_.choices("abcdefghij klmnop", k=100)).strip() for _ in range(size)]
        texts = [sentence, *(f"{text} {sentence}" for text in own)]
        held, work = find(texts)
        assert np.bincount(held.right).tolist() == [HOLDERS]
        assert held.beyond[0] == size - HOLDERS
        lengths = [len(texts[row]) for row in held.left]
        assert lengths == sorted(lengths)
        assert lengths[-1] <= sorted(map(len, texts[1:]))[HOLDERS - 1]
        assert work["contain_measured"] <= MEASURED * len(texts)
        hits.append(work["contain_hits"])
    assert hits[1] <= 4.4 * hits[0]
    assert hits[1] <= 20_000 * STRATA * MOST


@pytest.mark.parametrize("unit", ["a", "あ", "ab", "abcdefghijklmnop qrstuvwxyz"])
def test_repetitions_are_bounded(unit: str) -> None:
    texts = [(unit * 4000)[:size] for size in range(60, 4000, 20)]
    _, work = find(texts)
    assert work["contain_hits"] <= len(texts) * STRATA * MOST * REPEATS
    assert work["contain_measured"] <= len(texts) * MEASURED


# --- places in the wording ---


@given(strategies.passages(), st.data())
@settings(max_examples=300, deadline=None)
def test_the_place_of_a_piece_holds_it(wording: str, data: st.DataObject) -> None:
    normalized = normalize(wording)
    if not normalized:
        return
    begin = data.draw(st.integers(0, len(normalized) - 1))
    end = data.draw(st.integers(begin + 1, len(normalized)))
    piece = normalized[begin:end].strip()
    begin = normalized.index(piece, begin)
    if not piece or "\u0301" in wording or "ﾞ" in wording:
        return  # marks that join what stands before them
    sizes = [len(normalized[:at].encode()) for at in (begin, begin + len(piece))]
    span = place(pa.array([wording], pa.large_string()), np.array([sizes], dtype=np.int64))[0].tolist()
    there = normalize(wording.encode()[slice(*span)].decode())
    assert piece in there
    assert len(there) <= len(piece) + 4  # letters that are two in the normalized text: ß, ﬁ


@pytest.mark.parametrize(
    "wording", ["Cafe\u0301 ﬁrst — “x” e\u0301", "ＡＢ　Ｃ, naïve STRASSE", "ｶﾞ 가 \u1100\u1161 end"]
)
def test_the_whole_text_is_its_own_place(wording: str) -> None:
    size = len(normalize(wording).encode())
    span = place(pa.array([f"  {wording} "], pa.large_string()), np.array([[0, size]], dtype=np.int64))[0].tolist()
    assert normalize(f"  {wording} ".encode()[slice(*span)].decode()) == normalize(wording)


def test_links_tell_the_piece_and_which_holder_it_is() -> None:
    held_wording = "Naïve  “Parties” shall COOPERATE in the peaceful uses of outer space, and inform each other."
    longer = f"Before. {held_wording.upper()} After it come some words more, and then others."
    longest = longer + " And so on, at some length."
    wordings = [held_wording, longest, longer]
    texts = [normalize(wording) for wording in wordings]
    held, _ = find(texts)
    normalized = pa.array(texts, pa.large_string())
    ids = pa.array(["held", "longest", "longer"])
    links = link_held(held, ids, pa.array(wordings, pa.large_string()), normalized, threshold=THRESHOLD)
    assert links.schema.equals(schema.LINKS)
    rows = links.to_pylist()
    assert [(row["left_record"], row["right_record"]) for row in rows] == [("longer", "held"), ("longest", "held")]
    assert [row["reason"] for row in rows] == ["holder 1 of 2, the shortest first", "holder 2 of 2, the shortest first"]
    for row in rows:
        (span,) = row["left_spans"]
        assert longest.encode()[span["start"] : span["end"]].decode() == held_wording.upper()
        assert row["right_spans"] == [{"start": 0, "end": len(held_wording.encode())}]
        assert row["similarity"] == 1.0
    assert len(buffers.numbers(links["similarity"])) == 2
