"""Texts to paragraphs by unstructured, in its own environment; it needs no network.

Its defaults. `group_broken_paragraphs`: blank lines part paragraphs, the lines of one are joined, unless all have fewer
than five words. `auto_paragraph_grouper`: likewise, but each line is a paragraph where fewer than a tenth are blank.
What they return has a blank line between paragraphs.
"""

import json
import sys
from pathlib import Path


def main(source: Path, target: Path, function: str) -> None:
    from unstructured.cleaners import core

    with source.open(encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    group = getattr(core, function)
    cut = [[part for part in group(text).split("\n\n") if part.strip()] for text in texts]
    target.write_text(json.dumps(cut), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
