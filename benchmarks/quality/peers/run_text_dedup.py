"""Texts to clusters by text-dedup's MinHash command; in its own environment.

It leaves out texts of fewer than five words: each stays a cluster of its own here, and counts as kept.
"""

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path


def main(source: Path, target: Path, settings: dict[str, object]) -> None:
    flags = [part for name, value in settings.items() for part in (f"--{name}", str(value))]
    fixed = ["--path", "json", "--data_files", str(source), "--split", "train", "--column", "text"]
    out = target.parent / "out"
    subprocess.run(
        [sys.executable, "-m", "text_dedup.minhash", *fixed, "--output", str(out), "--debug", *flags],
        env=os.environ | {"HF_DATASETS_OFFLINE": "1", "HF_HUB_OFFLINE": "1"},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    with (out / "uf.pkl").open("rb") as file:
        found = pickle.load(file)
    with source.open(encoding="utf-8") as lines:
        count = sum(1 for _ in lines)
    clusters = [found.find(at) for at in range(count)]
    target.write_text(json.dumps({"clusters": clusters, "kept": clusters}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3]))
