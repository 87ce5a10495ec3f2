"""Filter: passages that the settings keep out of the records. They stay in the tables, each with its reason.

What `segment` filtered (page furniture) stays filtered for that reason.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpuskit import buffers, schema
from corpuskit.kernels.types import Numbers

_PLACE: Final = {name: list(schema.REASONS).index(name) for name in schema.FILTER_REASONS}


def filter_passages(passages: pa.Table, *, min_chars: int, drop: Sequence[str]) -> pa.Table:
    """PASSAGES with `filtered` filled in by `catch`, where no reason stands yet."""
    before = buffers.numbers(passages["filtered"])
    filtered = np.where(before == schema.NOT_FILTERED, catch(passages["text"], min_chars=min_chars, drop=drop), before)
    place = schema.PASSAGES.get_field_index("filtered")
    return passages.set_column(place, schema.PASSAGES.field(place), pa.array(filtered.astype(np.int8)))


def catch(texts: pa.ChunkedArray | pa.Array, *, min_chars: int, drop: Sequence[str]) -> Numbers:
    """Why each text is filtered: int8, a place in REASONS; -1 where it is not.

    Caught are texts with fewer than `min_chars` characters (Unicode code points), and those in which a regular
    expression of `drop` is found, anywhere: RE2's syntax, in time linear in the text. `^` and `$` are the ends of the
    text, of a line after `(?m)`; case counts, but after `(?i)`.
    """
    caught = np.full(len(texts), schema.NOT_FILTERED, dtype=np.int8)
    for pattern in drop:
        caught[buffers.numbers(pc.match_substring_regex(texts, pattern))] = _PLACE["dropped"]
    if min_chars > 1:
        caught[buffers.numbers(pc.less(pc.utf8_length(texts), min_chars))] = _PLACE["too_short"]
    return caught
