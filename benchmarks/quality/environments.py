"""Virtual environments of the tools that corpuskit is compared with: made when they are not there."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

ADAPTERS: Final = Path(__file__).resolve().parent / "peers"

REQUIREMENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "text-dedup": ("text-dedup==0.4.0",),
    "datatrove": ("datatrove[processing,io]==0.10.1", "spacy"),
    "datasketch": ("datasketch==2.0.0",),
    "semhash": ("semhash==0.5.0",),
    "unstructured": ("unstructured==0.27.32",),
}
"""`unstructured` cuts texts into paragraphs; segmentation.py compares it."""


def prepare(name: str, venvs: Path) -> Path:
    """The interpreter of a peer's own virtual environment; ours for corpuskit."""
    if name == "corpuskit":
        return Path(sys.executable)
    python = venvs.resolve() / name / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(python.parents[1])], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", *REQUIREMENTS[name]], check=True)
    return python


def adapter(name: str) -> Path:
    """The script that runs a peer: texts as JSONL, where to write clusters as JSON, and settings as JSON."""
    return ADAPTERS / f"run_{name.replace('-', '_')}.py"
