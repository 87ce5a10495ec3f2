"""A table of texts to clusters by `corpuskit.deduplicate`.

    python benchmarks/speed/deduplicate.py TEXTS TARGET SETTINGS

TEXTS is Parquet with a column `text`; TARGET becomes the table that `deduplicate` gives; SETTINGS is JSON.
"""

import json
import sys
from pathlib import Path
from typing import Any


def main(source: Path, target: Path, values: dict[str, Any]) -> None:
    import pyarrow.parquet as pq

    import corpuskit
    from corpuskit.settings import make

    texts = pq.read_table(source, columns=["text"])["text"]
    pq.write_table(corpuskit.deduplicate(texts, make(values)), target)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3]))
