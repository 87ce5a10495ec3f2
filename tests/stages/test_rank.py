import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import oracles
from corpuskit.schema import CANONICAL_REASONS
from corpuskit.stages.rank import Copies, explain, rank


def made_up(seed: int) -> list[oracles.Passage]:
    """Passages in document order; contents numbered by first appearance, wordings of different lengths."""
    random_ = random.Random(seed)
    contents: dict[int, int] = {}
    passages = []
    trusts = [random_.randrange(3) for _ in range(6)]
    for document in range(random_.randrange(1, 6)):
        for _ in range(random_.randrange(1, 6)):
            content = contents.setdefault(random_.randrange(4), len(contents))
            text = f"{content}" + random_.choice(["", "-", "--", "_-"])
            passages.append(oracles.Passage(document, content, text, trusts[document]))
    return passages


@given(st.integers(0, 100_000), st.sampled_from(sorted(oracles.POLICIES)))
@settings(max_examples=200, deadline=None)
def test_ranks_and_reasons_are_those_of_the_plain_policy(seed: int, policy: str) -> None:
    passages = made_up(seed)
    copies = Copies(
        np.array([passage.content for passage in passages], dtype=np.int64),
        np.array([passage.document for passage in passages], dtype=np.int64),
        np.array([[*passage.text.encode().ljust(16, b"\0")] for passage in passages], dtype=np.uint8).view(np.uint64),
        np.array([len(passage.text) for passage in passages], dtype=np.int64),
        np.array([next((p.trust for p in passages if p.document == d), 0) for d in range(6)], dtype=np.int64)
        if policy == "trusted"
        else np.zeros(6, dtype=np.int64),
    )
    ranking = rank(copies, policy=policy)
    order = oracles.priorities(passages, policy)
    assert np.argsort(ranking.ranks["priority"].to_numpy()).tolist() == order
    n_contents = len(order)
    assert ranking.ranks["kept"].to_pylist() == [oracles.kept(passages, at, policy) for at in range(n_contents)]

    # Any record will do that the rule could have chosen: a content that is its own record.
    random_ = random.Random(seed)
    records = sorted(random_.sample(range(n_contents), random_.randrange(1, n_contents + 1)))
    record_of = [content if content in records else random_.choice(records) for content in range(n_contents)]
    why = explain(ranking, np.array(record_of, dtype=np.int64)).tolist()
    for record in records:
        assert list(CANONICAL_REASONS)[why[record]] == oracles.why_canonical(passages, record_of, record, policy)


@pytest.mark.parametrize(
    ("policy", "kept"),
    [("most_copies", "B."), ("longest", "b......"), ("earliest", "b......"), ("trusted", "b")],
)
def test_each_policy_keeps_its_wording(policy: str, kept: str) -> None:
    texts = [(0, "b......", 1), (1, "B.", 1), (2, "B.", 1), (3, "b", 0)]
    passages = [oracles.Passage(document, 0, text, trust) for document, text, trust in texts]
    assert passages[oracles.kept(passages, 0, policy)].text == kept
