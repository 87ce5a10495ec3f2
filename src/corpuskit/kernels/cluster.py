"""The cluster rule over texts and buckets: first the records, in order of priority; then each other's best record."""

from typing import Final

import numpy as np

from corpuskit.kernels.candidates import (
    CHOOSE,
    JOIN,
    LIKELY,
    LIKELY_BANDS,
    MATCH,
    Candidates,
    Found,
    Texts,
    bag_distance,
    sketches_refuse,
)
from corpuskit.kernels.jit import kernel
from corpuskit.kernels.measure import (
    forget_chars,
    indel_within,
    index_pattern,
    look_up_chars,
    number_chars,
    number_words,
)
from corpuskit.kernels.shelves import Company, Rule, count_company, join_company, take_company, tell_apart
from corpuskit.kernels.sign import hash_shingle, tokenize
from corpuskit.kernels.types import Bytes, Flags, Ints, Numbers, Small, Words

WORD_BAG_BINS: Final = 4_096
WIDE_BAG_BINS: Final = 65_536
WIDE_CHARS: Final = 200_000
"""Longer texts have a wide bag, too. In the narrow one 40 words share a bin, so that any two texts of 170,000 words
drawn alike look alike: measuring them takes 45 ms a pair, where wide bags refuse them in microseconds."""

TOGETHER: Final = 64
"""So many candidates' sketches are looked at together: 8 kB of the processor's nearest cache."""


@kernel
def fill_word_bags(
    data: Bytes, starts: Ints, ends: Ints, rows: Ints, longest: int, classes: Bytes, bags: Numbers, counts: Ints
) -> None:
    """Count the words of texts `rows` by their hash, into uint16[len(rows), bins] that stop at 65,535; and in all.

    The counts' total difference is a lower bound of the distance in words. `longest` is the most bytes of a text.
    """
    of_words = bool(np.bool_(True))  # a literal would have `tokenize` compiled once more
    words = np.empty(longest + 1, dtype=np.int64)
    kinds = np.empty(longest + 1, dtype=np.uint8)
    for i in range(len(rows)):
        row = rows[i]
        counts[i] = tokenize(data, starts[row], ends[row], classes, of_words, words, kinds)
        for word in range(counts[i]):
            end = words[word + 1]
            while end > words[word] and data[end - 1] == 32:
                end -= 1
            place = hash_shingle(data, words[word], end) & (bags.shape[1] - 1)
            if bags[i, place] < 65535:
                bags[i, place] += 1


@kernel
def _refuse(
    sketches: Words,
    n_chars: Ints,
    works: Ints,
    disagreements: Ints,
    content: int,
    listed: Small,
    left: int,
    first: int,
    last: int,
) -> tuple[int, np.uint64]:
    """Move those of the candidates from `first` to `last` that may be worth measuring to `left`, in their order.

    Return where they end, and a number without meaning. One call for many candidates, with plain arrays: with all of
    `Texts` for each candidate this took twice as long.
    """
    touched = np.uint64(0)
    for i in range(first, last):  # a word of each cache line, so that all come from memory side by side
        touched ^= np.uint64(n_chars[listed[i]])
        for word in range(0, sketches.shape[1], 8):
            touched ^= sketches[listed[i], word]
    for i in range(first, last):
        if not sketches_refuse(sketches, n_chars, works, disagreements, content, int(np.int64(listed[i]))):
            listed[left] = listed[i]
            left += 1
    return int(left), touched


@kernel
def _word_bags_differ(texts: Texts, rule: Rule, left: int, right: int) -> bool:
    """Whether the words alone put a long pair below the threshold."""
    a, b = texts.word_bag[left], texts.word_bag[right]
    if a < 0 or b < 0:
        return False
    total = texts.word_counts[a] + texts.word_counts[b]
    limit = rule.gap * total // rule.scale
    if bag_distance(texts.word_bags, a, b) > limit:
        return True
    a, b = texts.wide_bag[left], texts.wide_bag[right]
    return bool(a >= 0 and b >= 0 and bag_distance(texts.wide_bags, a, b) > limit)


@kernel
def _word_distance(texts: Texts, rule: Rule, left: int, right: int, classes: Bytes) -> tuple[int, int]:
    """Indel distance in words within the threshold, or -1, and the words of both together."""
    starts, ends = texts.starts, texts.ends
    of_words = bool(np.bool_(True))  # a literal would have `tokenize` compiled once more
    room = max(ends[left] - starts[left], ends[right] - starts[right]) + 1
    words_left = np.empty(room, dtype=np.int64)
    words_right = np.empty(room, dtype=np.int64)
    kinds = np.empty(room, dtype=np.uint8)
    n_left = tokenize(texts.data, starts[left], ends[left], classes, of_words, words_left, kinds)
    n_right = tokenize(texts.data, starts[right], ends[right], classes, of_words, words_right, kinds)
    total = n_left + n_right
    size = 16
    while size <= 2 * total:
        size *= 2
    table = np.zeros((size, 3), dtype=np.int64)
    left_symbols = np.empty(n_left, dtype=np.int32)
    right_symbols = np.empty(n_right, dtype=np.int32)
    known = number_words(texts.data, words_left, n_left, table, int(np.int64(0)), left_symbols)
    number_words(texts.data, words_right, n_right, table, known, right_symbols)
    for i in range(n_right):
        if right_symbols[i] > known:
            right_symbols[i] = 0
    return indel_within(index_pattern(left_symbols, known), right_symbols, rule.gap * total // rule.scale), total


@kernel
def decide(
    step: int,
    block: int,
    first: int,
    last: int,
    texts: Texts,
    rule: Rule,
    settled: Flags,
    candidates: Candidates,
    weighed: bool,
    copied: Bytes,
    company: Company,
    classes: Bytes,
    number_of: Small,
    found: Found,
    compared: Ints,
) -> np.uint64:
    """Take one step for the contents from `first` to `last`; what it returns has no meaning.

    They are of the block that begins at `block`, of which `candidates` and `company` tell: CHOOSE compares with the
    records in company; the other steps with candidates, change nothing but their own contents' rows of `found`, and may
    run side by side. One kernel, so that the loop is compiled once. Without `weighed`, as always in CHOOSE, candidates
    are bounded here, and LIKELY is no step of its own. `copied` is that of `candidates`, read-only as `data` is: what
    reads either is compiled once. `number_of` is int32[0x110000], zeros. `compared` counts pairs, those that their
    sketches refuse (both unless `weighed`), pairs measured, and matches.
    """
    record, distance, total = found.record, found.distance, found.total
    sketches, n_chars, works, disagreements = texts.sketches, texts.n_chars, rule.works, rule.disagreements
    longest = np.int64(1)
    text = np.empty(1, dtype=np.int32)
    table = np.empty(1024, dtype=np.int32)
    taken = np.empty(512, dtype=np.int32)
    shared = np.empty(512, dtype=np.int32)
    listed = np.empty(512, dtype=np.int32)
    nothing = index_pattern(text[:0], int(np.int64(0)))
    touched = np.uint64(0)
    for c in range(first, last):
        if (step == JOIN and record[c] == c) or (step != JOIN and record[c] >= 0):
            continue
        place = c - block
        begin = np.int64(candidates.begins[place])
        count, together = np.int64(0), np.int64(TOGETHER)
        if step != CHOOSE:
            count = np.int64(candidates.likely[place] if step == LIKELY else candidates.counts[place])
            if not weighed:
                listed = candidates.records[begin : begin + count]
                if step == MATCH and candidates.likely[place] == 1:
                    together = np.int64(1)
        else:
            entries = count_company(company, place)
            if entries > 0:
                size = np.int64(16)
                while size < 2 * entries:
                    size *= 2
                if size > len(table):
                    table = np.empty(size, dtype=np.int32)
                    taken = np.empty(size // 2, dtype=np.int32)
                    shared = np.empty(size // 2, dtype=np.int32)
                    listed = np.empty(size // 2, dtype=np.int32)
                entries = take_company(company, place, block, n_chars, settled, rule, taken)
                different, most = tell_apart(taken[:entries], table[:size], shared, listed)
                count = np.int64(different)
                if most >= LIKELY_BANDS:
                    together = np.int64(1)
        pattern = nothing
        prepared = False
        at, left, seen = int(np.int64(0)), int(np.int64(0)), int(np.int64(0))
        while at < left or seen < count:
            bound, copy = np.int64(0), np.int64(-1)
            if weighed:
                entry = begin + seen
                seen += 1
                bound = np.int64(candidates.bounds[entry])
                if bound < 0:
                    continue
                copy = np.int64(candidates.places[entry])
                other = int(np.int64(candidates.records[entry]))
            else:
                if at == left:
                    last_seen = seen
                    seen = int(min(count, seen + together))
                    together = np.int64(TOGETHER)
                    compared[0] += seen - last_seen
                    compared[1] += seen - last_seen
                    began = left
                    left, read = _refuse(
                        sketches, n_chars, works, disagreements, c, listed, int(at), int(last_seen), int(seen)
                    )
                    compared[1] -= left - began
                    touched ^= read
                    continue
                other = int(np.int64(listed[at]))
                at += 1
            if n_chars[c] > rule.long_chars or n_chars[other] > rule.long_chars:
                if _word_bags_differ(texts, rule, c, other):
                    continue
                compared[2] += 1
                d, t = _word_distance(texts, rule, c, other, classes)
            else:
                t = n_chars[c] + n_chars[other]
                limit = rule.gap * t // rule.scale
                if record[c] >= 0:
                    limit = min(limit, np.int64(distance[c]) * t // np.int64(total[c]))
                if not weighed:
                    bound = np.int64(abs(n_chars[c] - n_chars[other]))
                    if bound <= limit:
                        bound = np.int64(bag_distance(texts.bags, c, other))
                if bound > limit:
                    continue
                compared[2] += 1
                if not prepared:
                    symbols = np.empty(n_chars[c], dtype=np.int32)
                    pattern = index_pattern(symbols, number_chars(texts.data, texts.starts[c], number_of, symbols))
                    prepared = True
                if n_chars[other] > longest:
                    longest = n_chars[other]
                    text = np.empty(longest, dtype=np.int32)
                start, end = texts.starts[other], texts.ends[other]
                if copy >= 0:
                    look_up_chars(copied, int(copy), int(copy + end - start), number_of, text)
                else:
                    look_up_chars(texts.data, start, end, number_of, text)
                d = indel_within(pattern, text[: n_chars[other]], limit)
            if d < 0:
                continue
            compared[3] += 1
            # Compared as fractions; between equals the record of higher priority wins.
            now, of = np.int64(distance[c]), np.int64(total[c])
            if record[c] < 0 or d * of < now * t or (d * of == now * t and other < record[c]):
                record[c] = other
                distance[c] = d
                total[c] = t
            if step != JOIN:
                break
        if prepared:
            forget_chars(texts.data, texts.starts[c], texts.ends[c], number_of)
        if step == CHOOSE and record[c] < 0:
            record[c] = c
            distance[c] = 0
            total[c] = 2 * n_chars[c]
            join_company(company, place)
    return touched
