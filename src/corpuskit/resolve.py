"""The half of the flow that looks at the whole corpus, from the numbers of contents to what becomes of each passage.

In short:

    shards ─ number contents ─ rank ─ block ─ cluster ─ protect ─ decisions
    records ─ contain ─ links                                                 where asked for
"""

import fnmatch
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa

from corpuskit import buffers, schema, shards
from corpuskit.garbage import uncollected
from corpuskit.judges import judge_for
from corpuskit.kernels.types import Flags, Ints, Words
from corpuskit.memory import IN_MEMORY, Memory, steps
from corpuskit.pool import beside, cores
from corpuskit.settings import Settings
from corpuskit.shards import Shard
from corpuskit.stages.block import Buckets, block, in_company, settle
from corpuskit.stages.cluster import Measurable, cluster, may_refuse, records_of
from corpuskit.stages.contain import contain, link_held
from corpuskit.stages.distinct import number
from corpuskit.stages.merge import Decisions, Places, decide
from corpuskit.stages.protect import Parts, cluster_parts, family_heads, link_variants, relatives, split, variants
from corpuskit.stages.rank import Copies, Ranking, explain, rank
from corpuskit.usage import Sample, usages

LINKED: Final = 20_000
"""So many variants are Python objects at a time, each with its places in two texts."""

BAND_BYTES: Final = 16
"""What putting a band into buckets takes for each content: its key in two orders, and tables, four bytes each."""

SECONDS_A_PAIR: Final = 1e-7
NOTED_PAIRS: Final = 1_000_000_000
"""A pair of contents in a bucket takes about so long; more pairs than these are forecast before it begins."""

EVIDENCE_TEXTS: Final = 12_000
EVIDENCE_CHARS: Final = 5_000_000
"""So much of the corpus tells which of its words are names, beside the heads of families. With these alone 39 of 1,679
labelled pairs of speeches and licences were called variants wrongly, for words that the rest writes small; now 22."""


@dataclass(frozen=True)
class Resolved:
    """The whole-corpus half's outcome.

    apart: hashes of contents of which no two match, uint64[n, 2]; None where not all that could match were compared.
    """

    places: Places
    decisions: Decisions
    links: pa.Table
    compared: Mapping[str, int]
    apart: Words | None


def resolve(
    batch_shards: Sequence[Shard],
    settings: Settings,
    memory: Memory = IN_MEMORY,
    note: Callable[[str], None] | None = None,
    apart: Words | None = None,
) -> Resolved:
    """Decide which contents of all shards become records, and which record each other one joins.

    `note` is told when that will take long. `apart` is that of an earlier outcome, by the same settings: what it knows
    is not compared again.
    """
    index = shards.index_contents(batch_shards, min_near_chars=settings.min_near_chars, memory=memory)
    places = shards.places(batch_shards, index, memory)
    ranking, kept = _rank(batch_shards, places, settings, memory)
    rule: dict[str, Any] = {
        "n_chars": shards.content_column(batch_shards, "n_chars", index.firsts, memory),
        "threshold": settings.threshold,
        "refuse": may_refuse(
            shingle=settings.shingle, shingle_size=settings.shingle_size, permutations=settings.permutations
        ),
        "memory": memory,
    }
    with beside(
        lambda: _background(batch_shards, index, kept, rule["n_chars"]),
        at_once=bool(settings.protect) and cores(settings) > 1,
    ) as background:
        buckets, contents = _to_compare(batch_shards, index, ranking, settings, memory, apart)
        if buckets.n_pairs > NOTED_PAIRS and note is not None:
            note(_forecast(buckets, len(index.signed), settings))
        families, compared = cluster(contents, buckets, threads=cores(settings), **rule)
    compared["crowded"] = buckets.crowded
    apart = None if buckets.crowded or compared["unlisted"] else _apart(families, index, memory)
    members, parts = families, None
    if settings.protect:
        rows = relatives(families)
        with uncollected():
            parts = split(
                families,
                rows,
                lambda contents: shards.wordings(batch_shards, kept[contents]),
                background=background(),
                kinds=settings.protect,
                judge=judge_for(len(rows), settings, memory),
                memory=memory,
            )
        members, more = cluster_parts(families, parts, buckets, contents, **rule)
        compared = {name: count + more.get(name, 0) for name, count in compared.items()}
    canonical = explain(ranking, buffers.numbers(members["record"]), memory)
    n_words = shards.content_column(batch_shards, "n_words", index.firsts, memory)
    family = family_heads(families, members, memory)
    decisions = decide(places, members, kept, index.hashes, n_words, canonical, family, memory)
    links = schema.LINKS.empty_table()
    if parts is not None:
        links = _links(batch_shards, variants(families, members, parts), parts, decisions, kept)
    if settings.contains:
        held, work = _contained(batch_shards, index, decisions, kept, settings)
        links, compared = pa.concat_tables([links, held]), {**compared, **work}
    return Resolved(places, decisions, links, compared, apart)


def _to_compare(
    batch_shards: Sequence[Shard],
    index: shards.Contents,
    ranking: Ranking,
    settings: Settings,
    memory: Memory,
    apart: Words | None,
) -> tuple[Buckets, Measurable]:
    """The buckets of contents that share one, by priority, and what it takes to measure these."""
    threads = cores(settings)
    priority = buffers.numbers(ranking.ranks["priority"])
    order = memory.order(memory.take(priority, index.signed), len(priority))
    signed_rows = memory.take(index.signed_rows, order)
    one_at_a_time = not memory.has_room(threads * BAND_BYTES * len(order))
    buckets = block(
        lambda band: shards.band(batch_shards, band, signed_rows),
        memory.take(index.signed, order),
        bands=settings.bands,
        threads=1 if one_at_a_time else threads,
        memory=memory,
    )
    if apart is not None:
        settled = _known(memory.take(index.hashes, buckets.contents), apart, memory)
        buckets = settle(buckets, settled, threads=threads)
    buckets, rows = in_company(buckets, memory, threads=threads)
    order = memory.take(order, rows)
    permutations = settings.permutations
    return buckets, shards.measurable(
        batch_shards, index, order, permutations=permutations, threads=threads, memory=memory
    )


def _known(hashes: Words, apart: Words, memory: Memory) -> Flags:
    """Which of the `hashes` are among those `apart`."""
    numbers, _ = number(memory.concatenate([apart, hashes]), memory)
    return np.asarray(numbers[len(apart) :] < len(apart))


def _apart(families: pa.Table, index: shards.Contents, memory: Memory) -> Words:
    """The hashes of the heads of all families: those that share a bucket have been compared, and do not match."""
    record = buffers.numbers(families["record"])
    some = (index.signed[first:last] for first, last in steps(len(index.signed)))
    heads = memory.concatenate([index.signed[:0], *(contents[record[contents] == contents] for contents in some)])
    found: Words = memory.take(index.hashes, heads)
    return found


def _background(batch_shards: Sequence[Shard], index: shards.Contents, kept: Ints, n_chars: Ints) -> Sample:
    """How a sample of the corpus writes its words."""
    contents = shards.sample(index, n_chars, texts=EVIDENCE_TEXTS, chars=EVIDENCE_CHARS)
    with uncollected():
        return Sample(contents, usages(shards.wordings(batch_shards, kept[contents])))


def _forecast(buckets: Buckets, contents: int, settings: Settings) -> str:
    """What comparing will take, and what would take less."""
    each = buckets.n_pairs / max(contents, 1)
    minutes = buckets.n_pairs * SECONDS_A_PAIR / cores(settings) / 60
    advice = "" if settings.profile == "scale" else "; --profile scale compares far less and misses a little more"
    return f"up to {each:,.0f} comparisons a passage, about {max(minutes, 1):,.0f} minutes{advice}"


def _rank(batch_shards: Sequence[Shard], places: Places, settings: Settings, memory: Memory) -> tuple[Ranking, Ints]:
    """The canonical policy's ranking of the contents, and the passage that each content keeps."""
    policy, trust = _policy(settings, places)
    lengths = shards.text_lengths(batch_shards, cores(settings), memory)
    every = bool((places.content >= 0).all())
    rows = None if every else memory.where(places.content >= 0)
    taken: list[Any] = [places.content, places.document, places.text_hashes, lengths]
    content, document, text_hashes, lengths = (
        column if rows is None else memory.take(column, rows) for column in taken
    )
    copies = Copies(content, document, text_hashes, lengths, trust)
    ranking = rank(copies, policy=policy, memory=memory)
    kept = buffers.numbers(ranking.ranks["kept"])
    return ranking, kept if rows is None else memory.take(rows, kept)


def _links(batch_shards: Sequence[Shard], found: pa.Table, parts: Parts, decisions: Decisions, kept: Ints) -> pa.Table:
    """LINKS of variants, in the order of the records."""
    found = found.take(pa.array(np.argsort(kept[buffers.numbers(found["variant"])])))
    tables = [schema.LINKS.empty_table()]
    for begin in range(0, len(found), LINKED):
        some = found.slice(begin, LINKED)
        pairs = np.stack([buffers.numbers(some[name]) for name in ("variant", "head")], axis=1).reshape(-1)
        ids = buffers.hex_strings(decisions.content_hashes[pairs])
        with uncollected():
            tables.append(link_variants(some, parts, ids, shards.wordings(batch_shards, kept[pairs])))
    return pa.concat_tables(tables)


def _contained(
    batch_shards: Sequence[Shard],
    index: shards.Contents,
    decisions: Decisions,
    kept: Ints,
    settings: Settings,
) -> tuple[pa.Table, dict[str, int]]:
    """LINKS of records that hold others, in the order of the contents held, and what it took."""
    records = np.flatnonzero(records_of(decisions.record))
    rows = index.firsts[records]
    normalized = shards.texts(batch_shards, rows)
    n_chars = shards.content_column(batch_shards, "n_chars", rows)
    held, work = contain(normalized, n_chars, np.isin(records, index.signed), threshold=settings.threshold)
    ids = buffers.hex_strings(decisions.content_hashes[records])
    told = held.rows()
    wordings = shards.wordings(batch_shards, kept[records[told]])
    return link_held(held, ids, wordings, normalized, threshold=settings.threshold), work


def _policy(settings: Settings, places: Places) -> tuple[str, Ints]:
    """The name of the canonical policy, and each document's trust: the first pattern that its path matches."""
    if isinstance(settings.canonical, str):
        return settings.canonical, np.zeros(int(places.document.max(initial=0)) + 1, dtype=np.int64)
    matchers = [re.compile(fnmatch.translate(pattern)).match for pattern in settings.canonical]
    trust = [
        next((index for index, matches in enumerate(matchers) if matches(path)), len(matchers))
        for path in places.paths.to_pylist()
    ]
    return "trusted", np.asarray(trust, dtype=np.int64)
