"""Texts to clusters by datatrove's MinHash blocks, two tasks on two workers (or `workers`); in its own environment."""

import json
import struct
import sys
from pathlib import Path
from typing import Any

TASKS = 2


def main(source: Path, target: Path, settings: dict[str, Any]) -> None:
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.dedup import MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupSignature
    from datatrove.pipeline.dedup.minhash import MinhashConfig
    from datatrove.pipeline.readers import JsonlReader

    workers = settings.pop("workers", TASKS)
    config = MinhashConfig(**settings)
    work = target.parent
    sizes = split(source, work / "in")
    signature = MinhashDedupSignature(str(work / "signatures"), config=config)
    buckets = MinhashDedupBuckets(str(work / "signatures"), str(work / "buckets"), config=config)
    cluster = MinhashDedupCluster(str(work / "buckets"), str(work / "clusters"), config=config, save_cluster_id=True)
    steps = (([JsonlReader(str(work / "in")), signature], TASKS), ([buckets], config.num_buckets), ([cluster], 1))
    for number, (pipeline, tasks) in enumerate(steps):
        logs = str(work / "logs" / str(number))
        LocalPipelineExecutor(pipeline=pipeline, tasks=tasks, workers=min(tasks, workers), logging_dir=logs).run()
    target.write_text(json.dumps(collect(work / "clusters", sizes)))


def split(source: Path, folder: Path) -> list[int]:
    """Share the lines among as many files as there are tasks; return how many each has."""
    with source.open(encoding="utf-8") as file:
        lines = list(file)
    folder.mkdir()
    size = -(-len(lines) // TASKS)
    parts = [lines[first : first + size] for first in range(0, len(lines), size)]
    for number, part in enumerate(parts):
        (folder / f"{number:05d}.jsonl").write_text("".join(part), encoding="utf-8")
    return [len(part) for part in parts]


def collect(folder: Path, sizes: list[int]) -> dict[str, list[int]]:
    """The cluster of each text, and the text of it that is not removed."""
    total = sum(sizes)
    clusters = [-1 - at for at in range(total)]
    removed: set[int] = set()
    first = 0
    for number, size in enumerate(sizes):
        for doc, cluster in read(folder / f"{number:06d}.clusters", "<2I"):
            clusters[first + doc] = cluster
        removed.update(first + doc for (doc,) in read(folder / f"{number:06d}.remove", "<I"))
        first += size
    kept = {clusters[at]: at for at in range(total) if at not in removed}
    return {"clusters": clusters, "kept": [kept[cluster] for cluster in clusters]}


def read(file: Path, form: str) -> list[tuple[int, ...]]:
    return list(struct.iter_unpack(form, file.read_bytes())) if file.exists() else []


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3]))
