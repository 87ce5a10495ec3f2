"""Put contents that may be alike into buckets: those that agree on a whole band of their signatures.

P(two contents with shingle Jaccard J share a bucket) = 1 - (1 - J**rows)**bands   (Leskovec et al., section 3.4)
"""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa

from corpuskit import buffers, schema
from corpuskit.kernels.block import bucket_band
from corpuskit.kernels.types import Ints, Words


def block(band_keys: Iterable[Words], signed: Ints) -> pa.Table:
    """BUCKETS with company, by band and content.

    `band_keys` yields, band by band, a uint64 key for each signature; `signed` (int64) are the contents they belong
    to. One band is in memory at a time.
    """
    contents: list[Ints] = []
    buckets: list[Ints] = []
    free = 0
    for keys in band_keys:
        listed_contents = np.empty(len(signed), dtype=np.int64)
        listed_buckets = np.empty(len(signed), dtype=np.int64)
        count, free = bucket_band(buffers.frozen(keys), free, listed_contents, listed_buckets)
        contents.append(signed[listed_contents[:count]])
        buckets.append(listed_buckets[:count].copy())
    columns = [np.concatenate(parts) if parts else np.empty(0, dtype=np.int64) for parts in (contents, buckets)]
    return pa.table([pa.array(column) for column in columns], schema=schema.BUCKETS)
