"""Texts to clusters by SemHash; in its own environment, which must hold or be able to fetch its model."""

import json
import os
import sys
from pathlib import Path


def main(source: Path, target: Path) -> None:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from semhash import SemHash

    with source.open(encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    place = {text: at for at, text in enumerate(texts)}
    try:
        result = SemHash.from_records(records=texts).self_deduplicate()
    except OSError as error:
        raise SystemExit("its model cannot be had offline") from error
    clusters = list(range(len(texts)))
    for record in result.filtered:
        if record.duplicates:
            clusters[place[record.record]] = place[record.duplicates[0][0]]
    target.write_text(json.dumps({"clusters": clusters, "kept": clusters}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
