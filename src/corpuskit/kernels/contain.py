"""Which texts hold others: shingles in common along a diagonal, then the exact measure of the best piece."""

from typing import NamedTuple

import numpy as np

from corpuskit.kernels.jit import kernel
from corpuskit.kernels.measure import forget_chars, indel_within, index_pattern, number_chars
from corpuskit.kernels.types import Bytes, Flags, Ints, Numbers, Small, Words
from corpuskit.kernels.utf8 import read_code_point
from corpuskit.kernels.window import fill_masks, nearest

_BASE = np.uint64(0x9E3779B97F4A7C15)
_ONES = np.uint64(0xFFFFFFFFFFFFFFFF)
_UPPER = np.uint64(0xFFFFFFFF00000000)
_LENGTH, _MET, _SHARED, _LISTED, _FREE, _HOLDERS, _MEASURED = 0, 1, 2, 3, 4, 5, 6
_MAPPED, _BLANK, _SLOW = 1, 2, 3  # as in text.py
_TABLE_SIZE = 0x20000
_COMPATIBILITY_IDEOGRAPHS = 0x2F800, 0x2FA20  # as in normalize.py


class Sampling(NamedTuple):
    """Shingles have `size` characters (`size_unspaced` where they begin in such a script); one in `rate` is taken.

    Of scripts without spaces all are taken. classes: as `text.classes` has them.
    """

    size: int
    size_unspaced: int
    rate: int
    classes: Bytes


class Texts(NamedTuple):
    """Normalized texts: text i is `data[offsets[i]:offsets[i + 1]]`, of `n_chars[i]` characters."""

    data: Bytes
    offsets: Ints
    n_chars: Ints


class Index(NamedTuple):
    """The shingles by which texts are looked for.

    table: uint64, see `number_hashes`; starts, postings: `postings[starts[k]:starts[k + 1]]` (int64[n, 2]) are the
    texts that are looked for by number k, and where it stands in them; of these the first `most` (at most 1,024) count,
    and of its places in one holder the first `repeats`. needed: how many of its shingles a text must share, 0: it is
    not looked for.
    """

    table: Words
    starts: Ints
    postings: Ints
    needed: Ints
    most: int
    repeats: int


class Bounds(NamedTuple):
    """gap / scale is 1 - threshold; of each text `holders` are looked for and `measured` candidates measured.

    Texts that could be alike as wholes are compared up to `long_chars` characters.
    """

    gap: int
    scale: int
    holders: int
    measured: int
    long_chars: int


@kernel
def _decode(data: Bytes, start: int, end: int, codes: Small) -> int:
    """Write a text's code points; return how many there are."""
    count = 0
    at = start
    while at < end:
        code, at = read_code_point(data, at)
        codes[count] = code
        count += 1
    return count


@kernel
def _powers(sampling: Sampling) -> tuple[np.uint64, np.uint64]:
    """The base to the power of both sizes, modulo 2**64."""
    spaced = unspaced = np.uint64(1)
    for _ in range(sampling.size):
        spaced *= _BASE
    for _ in range(sampling.size_unspaced):
        unspaced *= _BASE
    return spaced, unspaced


@kernel
def sample(codes: Small, count: int, sampling: Sampling, prefix: Words, hashes: Words, places: Ints) -> int:
    """Hash the shingles of a text, a polynomial of their code points mixed by splitmix64's finalizer; take some.

    Which are taken depends on the hash alone, so that two texts take the same. `prefix`, `hashes` and `places` have
    room for `count` + 1.
    """
    power, power_unspaced = _powers(sampling)
    prefix[0] = np.uint64(0)
    for i in range(count):
        prefix[i + 1] = prefix[i] * _BASE + np.uint64(codes[i] + 1)
    made = 0
    for i in range(count):
        apart = sampling.classes[codes[i]] & 2 != 0
        size = sampling.size_unspaced if apart else sampling.size
        if i + size > count:
            continue
        h = prefix[i + size] - prefix[i] * (power_unspaced if apart else power)
        h = (h ^ (h >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        h = (h ^ (h >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        h ^= h >> np.uint64(31)
        if apart or h % np.uint64(sampling.rate) == 0:
            hashes[made] = h
            places[made] = i
            made += 1
    return made


@kernel
def _count_places(hash_: np.uint64, bits: int) -> tuple[np.uint64, np.uint64]:
    """The two places where a hash is counted; the lesser count is nearer the truth (Cormode and Muthukrishnan 2005)."""
    return hash_ >> np.uint64(64 - bits), (hash_ << np.uint64(25)) >> np.uint64(64 - bits)


@kernel
def count_shingles(texts: Texts, sampling: Sampling, counts: Bytes) -> None:
    """Count the shingles taken of all texts by the high bits of their hash, up to 255; a power of two of counts."""
    bits = 0
    while 1 << bits < len(counts):
        bits += 1
    longest = _longest(texts)
    codes = np.empty(longest, dtype=np.int32)
    prefix, hashes = np.empty(longest + 1, dtype=np.uint64), np.empty(longest + 1, dtype=np.uint64)
    places = np.empty(longest + 1, dtype=np.int64)
    for i in range(len(texts.n_chars)):
        count = _decode(texts.data, texts.offsets[i], texts.offsets[i + 1], codes)
        for at in range(sample(codes, count, sampling, prefix, hashes, places)):
            one, two = _count_places(hashes[at], bits)
            # Raising only the lower count leaves the least of both nearer the truth (Estan and Varghese 2002).
            least = min(counts[one], counts[two])
            if least < 255:
                if counts[one] == least:
                    counts[one] += 1
                if counts[two] == least:
                    counts[two] += 1


@kernel
def _longest(texts: Texts) -> int:
    """The most characters of a text, at least one."""
    longest = 1
    for count in texts.n_chars:
        longest = max(longest, count)
    return longest


@kernel
def choose_samples(
    texts: Texts,
    wanted: Flags,
    sampling: Sampling,
    counts: Bytes,
    strata: int,
    hashes: Words,
    owners: Ints,
    places: Ints,
    needed: Ints,
) -> int:
    """Choose the shingles by which the `wanted` texts are looked for: of each part of a text the rarest that is shared.

    A text's shingles are divided into `strata` parts by place (fewer if it has fewer). One that the corpus has once,
    by `counts`, stands nowhere else. Returns how many were chosen; `needed[i]` becomes how many text i must share with
    another, a quarter of its parts, and 0 where fewer were chosen: then no other text holds it.
    """
    bits = 0
    while 1 << bits < len(counts):
        bits += 1
    longest = _longest(texts)
    codes = np.empty(longest, dtype=np.int32)
    prefix, taken = np.empty(longest + 1, dtype=np.uint64), np.empty(longest + 1, dtype=np.uint64)
    stands = np.empty(longest + 1, dtype=np.int64)
    made = 0
    for i in range(len(texts.n_chars)):
        needed[i] = 0
        if not wanted[i]:
            continue
        count = _decode(texts.data, texts.offsets[i], texts.offsets[i + 1], codes)
        n_taken = sample(codes, count, sampling, prefix, taken, stands)
        parts = min(strata, n_taken)
        begin = made
        for part in range(parts):
            rarest = -1
            least = np.int64(256)
            for at in range(n_taken * part // parts, n_taken * (part + 1) // parts):
                one, two = _count_places(taken[at], bits)
                often = np.int64(min(counts[one], counts[two]))
                if 1 < often < least:
                    least = often
                    rarest = at
            chosen = rarest >= 0
            for other in range(begin, made):
                if chosen and hashes[other] == taken[rarest]:
                    chosen = False
            if chosen:
                hashes[made] = taken[rarest]
                owners[made] = i
                places[made] = stands[rarest]
                made += 1
        if made > begin and 4 * (made - begin) >= parts:
            needed[i] = min((parts + 3) // 4, made - begin)
        else:
            made = begin
    return made


@kernel
def number_hashes(hashes: Words, table: Words, numbers: Ints) -> int:
    """Number equal hashes by first appearance; return how many numbers there are.

    `table` (all ones at first, a power of two and at most half full) holds the upper half of a hash above its number.
    Two hashes may share one, which costs a comparison.
    """
    count = 0
    for i in range(len(hashes)):
        slot = _slot(table, hashes[i])
        if table[slot] == _ONES:
            table[slot] = hashes[i] & _UPPER | np.uint64(count)
            count += 1
        numbers[i] = np.int64(table[slot] & ~_UPPER)
    return count


@kernel
def _slot(table: Words, hash_: np.uint64) -> int:
    """Where a hash stands in the table, or would."""
    mask = np.uint64(len(table) - 1)
    slot = (hash_ >> np.uint64(8)) & mask
    while table[slot] != _ONES and (table[slot] ^ hash_) & _UPPER != 0:
        slot = (slot + np.uint64(1)) & mask
    return int(slot)


@kernel
def most_distance(length: int, gap: int, scale: int) -> int:
    """The greatest distance at which a piece can reach the threshold to a text of so many characters.

    d <= gap (length + piece) and piece <= length + d give d <= 2 gap length / (1 - gap).
    """
    return 2 * gap * length // (scale - gap) if scale > gap else 2 * length


@kernel
def _diagonal(keys: Ints, begin: int, end: int, width: int) -> tuple[int, int, int, int]:
    """Of ascending diagonals `keys[begin:end]`, the most that lie within `width`: (how many, least, greatest).

    Last comes the diagonal that most of all stand on.
    """
    most = low = high = run = often = usual = 0
    first = begin
    for at in range(begin, end):
        while keys[at] - keys[first] > width:
            first += 1
        if at - first + 1 > most:
            most = at - first + 1
            low, high = keys[first], keys[at]
        run = run + 1 if at > begin and keys[at] == keys[at - 1] else 1
        if run > often:
            often = run
            usual = keys[at]
    return most, low, high, usual


@kernel
def _alike(texts: Texts, bounds: Bounds, left: int, right: int, codes: Small, number_of: Small) -> bool:
    """Whether two texts may be at or above the threshold as wholes; those too long to be measured here may."""
    n_left, n_right = texts.n_chars[left], texts.n_chars[right]
    limit = bounds.gap * (n_left + n_right) // bounds.scale
    if abs(n_left - n_right) > limit:
        return False
    if max(n_left, n_right) > bounds.long_chars:
        return True
    symbols = np.empty(n_right, dtype=np.int32)
    pattern = index_pattern(symbols, number_chars(texts.data, texts.offsets[right], number_of, symbols))
    text = np.empty(n_left, dtype=np.int32)
    for i in range(n_left):
        text[i] = number_of[codes[i]]
    distance = indel_within(pattern, text, limit)
    forget_chars(texts.data, texts.offsets[right], texts.offsets[right + 1], number_of)
    return distance >= 0


@kernel
def _piece(texts: Texts, right: int, codes: Small, begin: int, end: int, number_of: Small) -> tuple[int, int, int]:
    """The least distance of text `right` to a piece of `codes[begin:end]`, and where that piece begins and ends.

    Of several the last, and the longest there.
    """
    length = texts.n_chars[right]
    symbols = np.empty(length, dtype=np.int32)
    n_symbols = number_chars(texts.data, texts.offsets[right], number_of, symbols)
    text = np.empty(end - begin, dtype=np.int32)
    for i in range(end - begin):
        text[i] = number_of[codes[begin + i]]
    forget_chars(texts.data, texts.offsets[right], texts.offsets[right + 1], number_of)
    distance, ends = nearest(fill_masks(symbols, n_symbols, False), length, text, 0, len(text), 1, True)
    count = min(ends, length + distance)
    _, back = nearest(fill_masks(symbols, n_symbols, True), length, text, ends - 1, count, -1, False)
    return distance, begin + ends - back, begin + ends


class Hits(NamedTuple):
    """What one text shares with those that are looked for: the first `counts[0]` of candidates, of owners `counts[1]`.

    candidates: the texts that it meets; owners, diagonals: of each shared shingle the text looked for, and the distance
    of its places in both. Grows by `_grown`.
    """

    counts: Ints
    candidates: Ints
    owners: Ints
    diagonals: Ints


@kernel
def _grown(array: Numbers, used: int, room: int) -> Numbers:
    """The array, or a copy of twice its size when that is needed for `room` rows (at most its own size) more."""
    return np.concatenate((array, np.empty_like(array))) if used + room > len(array) else array


@kernel
def _meet(
    left: int, hashes: Words, places: Ints, index: Index, state: Ints, seen: Ints, hits: Hits, work: Ints
) -> Hits:
    """Gather what text `left` shares with shorter ones; of each posting it asks for one row of `state` alone."""
    candidates, owners, diagonals = hits.candidates, hits.owners, hits.diagonals
    n_candidates = n_hits = 0
    length = state[left, _LENGTH]
    for at in range(len(hashes)):
        slot = _slot(index.table, hashes[at])
        if index.table[slot] == _ONES:
            continue
        number = np.int64(index.table[slot] & ~_UPPER)
        if seen[number, 0] != left:
            seen[number, 0] = left
            seen[number, 1] = 0
        seen[number, 1] += 1
        if seen[number, 1] > index.repeats:
            continue
        first, end = index.starts[number], min(index.starts[number + 1], index.starts[number] + index.most)
        candidates = _grown(candidates, n_candidates, end - first)
        owners, diagonals = _grown(owners, n_hits, end - first), _grown(diagonals, n_hits, end - first)
        for entry in range(first, end):
            right = index.postings[entry, 0]
            if state[right, _LENGTH] >= length:
                continue
            if state[right, _MET] != left:
                state[right, _MET] = left
                state[right, _SHARED] = state[right, _LISTED] = 0
                candidates[n_candidates] = right
                n_candidates += 1
            state[right, _SHARED] += seen[number, 1] == 1
            state[right, _LISTED] += 1
            owners[n_hits] = right
            diagonals[n_hits] = places[at] - index.postings[entry, 1]
            n_hits += 1
    work[0] += n_hits
    hits.counts[0] = n_candidates
    hits.counts[1] = n_hits
    return Hits(hits.counts, candidates, owners, diagonals)


@kernel
def _promising(hits: Hits, index: Index, bounds: Bounds, state: Ints, beyond: Ints, work: Ints) -> Ints:
    """The diagonals of each candidate with enough shared shingles, one candidate's after another's.

    Its row of `state` tells where they end; -1 for the other candidates.
    """
    room = 0
    for right in hits.candidates[: hits.counts[0]]:
        row = state[right]
        row[_FREE] = -1
        if row[_SHARED] < index.needed[right]:
            continue
        work[1] += 1
        if row[_HOLDERS] >= bounds.holders or row[_MEASURED] >= bounds.measured:
            beyond[right] += 1
            continue
        row[_FREE] = room
        room += row[_LISTED]
    diagonals = np.empty(room, dtype=np.int64)
    for hit in range(hits.counts[1]):
        row = state[hits.owners[hit]]
        if row[_FREE] >= 0:
            diagonals[row[_FREE]] = hits.diagonals[hit]
            row[_FREE] += 1
    return diagonals


@kernel
def _stands_at(texts: Texts, right: int, codes: Small, count: int, at: int) -> bool:
    """Whether a text stands in another, `codes[:count]`, from a place on."""
    if at < 0 or at + texts.n_chars[right] > count:
        return False
    place = at
    byte = texts.offsets[right]
    while byte < texts.offsets[right + 1]:
        code, byte = read_code_point(texts.data, byte)
        if code != codes[place]:
            return False
        place += 1
    return True


@kernel
def _cover(
    texts: Texts,
    right: int,
    codes: Small,
    count: int,
    near: Ints,
    needed: int,
    bounds: Bounds,
    number_of: Small,
    work: Ints,
) -> tuple[int, int, int]:
    """The piece of `codes[:count]` at or above the threshold to text `right`: distance, begin, end; -1 for none.

    `near` are the diagonals of the shingles shared. A piece within the greatest distance has its own within twice
    that of one another, so that nothing is looked at far from them.
    """
    length = texts.n_chars[right]
    slack = most_distance(length, bounds.gap, bounds.scale)
    near.sort()
    together, low, high, usual = _diagonal(near, 0, len(near), 2 * slack)
    if together < needed:
        return -1, 0, 0
    work[2] += 1
    if _stands_at(texts, right, codes, count, usual):
        return 0, usual, usual + length
    region = max(low - slack, 0), min(high + length + slack, count)
    distance, begin, end = _piece(texts, right, codes, region[0], region[1], number_of)
    if distance > bounds.gap * (length + end - begin) // bounds.scale:
        return -1, 0, 0
    return distance, begin, end


@kernel
def find_holders(
    texts: Texts, order: Ints, sampling: Sampling, index: Index, bounds: Bounds, beyond: Ints, work: Ints
) -> tuple[Ints, int]:
    """Find the texts that hold others, and the piece of each that is like the other.

    `order` are the texts by length. Returns int64[rows, 5] of (holder, held, first byte of the piece in the holder, end
    of it, distance), and how many rows are used. Of a text that has `bounds.holders` holders, or was measured
    `bounds.measured` times, further candidates are counted in `beyond`. `work` counts hits, candidates, measured pairs.
    """
    longest = _longest(texts)
    codes = np.empty(longest, dtype=np.int32)
    prefix, hashes = np.empty(longest + 1, dtype=np.uint64), np.empty(longest + 1, dtype=np.uint64)
    places = np.empty(longest + 1, dtype=np.int64)
    number_of = np.zeros(0x110000, dtype=np.int32)
    seen = np.full((len(index.starts), 2), -1, dtype=np.int64)  # the last text that had each number, and how often
    state = np.zeros((len(texts.n_chars), 8), dtype=np.int64)  # of each text one cache line
    state[:, _LENGTH] = texts.n_chars
    state[:, _MET] = -1
    empty = np.empty(1024, dtype=np.int64)
    hits = Hits(np.zeros(2, dtype=np.int64), empty, empty.copy(), empty.copy())
    found = np.empty((1024, 5), dtype=np.int64)
    rows = 0
    for left in order:
        count = _decode(texts.data, texts.offsets[left], texts.offsets[left + 1], codes)
        taken = sample(codes, count, sampling, prefix, hashes, places)
        hits = _meet(left, hashes[:taken], places, index, state, seen, hits, work)
        diagonals = _promising(hits, index, bounds, state, beyond, work)
        for right in hits.candidates[: hits.counts[0]]:
            row = state[right]
            if row[_FREE] < 0:
                continue
            measured = work[2]
            near, needed = diagonals[row[_FREE] - row[_LISTED] : row[_FREE]], index.needed[right]
            distance, begin, end = _cover(texts, right, codes, count, near, needed, bounds, number_of, work)
            row[_MEASURED] += work[2] - measured
            if distance < 0 or _alike(texts, bounds, left, right, codes, number_of):
                continue
            row[_HOLDERS] += 1
            found = _grown(found, rows, 1)
            found[rows] = np.array([left, right, _bytes_before(codes, begin), _bytes_before(codes, end), distance])
            rows += 1
    return found, rows


@kernel
def _bytes_before(codes: Small, place: int) -> int:
    """The UTF-8 length of the characters before a place."""
    size = 0
    for i in range(place):
        code = codes[i]
        size += 1 + (code >= 0x80) + (code >= 0x800) + (code >= 0x10000)
    return size


@kernel
def locate(data: Bytes, offsets: Ints, kind: Bytes, start: Small, pieces: Ints, spans: Ints, slow: Flags) -> None:
    """Find the bytes of text i that become bytes `pieces[i, 0]` to `pieces[i, 1]` of its normalized text.

    `spans[i]` becomes (start, end) from the text's own start, the tables are those of `normalize.fold`. Texts with a
    SLOW character are left, and `slow[i]` becomes true.
    """
    for i in range(len(offsets) - 1):
        at = offsets[i]
        to = 0
        blank = begun = False
        while at < offsets[i + 1] and to < pieces[i, 1]:
            code, after = read_code_point(data, at)
            of = kind[code] if code < _TABLE_SIZE else 0
            if of == _SLOW or _COMPATIBILITY_IDEOGRAPHS[0] <= code < _COMPATIBILITY_IDEOGRAPHS[1]:
                slow[i] = True
                break
            size = start[code + 1] - start[code] if of == _MAPPED else after - at
            if of == _BLANK:
                blank = True
            elif size > 0:
                to += size + (blank and to > 0)
                blank = False
                if to > pieces[i, 0] and not begun:
                    begun = True
                    spans[i, 0] = at - offsets[i]
                spans[i, 1] = after - offsets[i]
            at = after
