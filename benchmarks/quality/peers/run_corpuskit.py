"""Texts to clusters by corpuskit, started as the peers are; variants are merged, as the truth is the measure."""

import json
import sys
from pathlib import Path


def main(source: Path, target: Path, settings: dict[str, object]) -> None:
    import corpuskit

    with source.open(encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    merged = corpuskit.deduplicate(texts, corpuskit.Settings.model_validate({"protect": [], **settings}))
    records = merged["record"].to_pylist()
    target.write_text(json.dumps({"clusters": records, "kept": records}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3]))
