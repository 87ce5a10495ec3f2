"""The least that an ingest does: read every file, decode it, and write the text as Parquet.

    python benchmarks/speed/floor.py RAW TARGET

One process; prints the seconds of its work, without starting Python and importing.
"""

import os
import sys
import time
from pathlib import Path
from typing import Final

FLUSH_BYTES: Final = 16 << 20
"""Text written at a time."""


def main(raw: Path, target: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    started = time.perf_counter()
    schema = pa.schema({"path": pa.string(), "text": pa.large_string()})
    paths: list[str] = []
    texts: list[str] = []
    size = 0
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        for file in files(raw):
            text = read_text(file)
            paths.append(str(file.relative_to(raw)))
            texts.append(text)
            size += len(text)
            if size >= FLUSH_BYTES:
                writer.write_table(pa.table({"path": paths, "text": texts}, schema=schema))
                paths, texts, size = [], [], 0
        writer.write_table(pa.table({"path": paths, "text": texts}, schema=schema))
    print(time.perf_counter() - started)


def files(folder: Path) -> list[Path]:
    """All files below a folder, by path."""
    return sorted(Path(place) / name for place, _, names in os.walk(folder) for name in names)


def read_text(file: Path) -> str:
    """The text of a file: UTF-8, with or without a mark, else Latin-1, which is never refused."""
    content = file.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
