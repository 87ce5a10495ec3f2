"""What has changed since another corpus: counts of the tables against those in its manifest."""

import json
import os
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from corpuskit.checks.findings import Findings
from corpuskit.checks.limits import Change
from corpuskit.checks.policy import Policy
from corpuskit.corpus import MANIFEST
from corpuskit.errors import CorpuskitError

_NAMES: Final = {"exact": "exact copies", "near": "near copies", "filtered": "filtered passages"}


class BaselineError(CorpuskitError):
    """The baseline cannot be read."""


def read_baseline(baseline: Path) -> Mapping[str, Any]:
    """The counts in the manifest at `baseline`, or in that of the corpus there. Raises BaselineError, one line."""
    path = baseline / MANIFEST if baseline.is_dir() else baseline
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BaselineError(f"the baseline {path}: {os.strerror(error.errno or 0)}") from None
    except ValueError as error:
        raise BaselineError(f"the baseline {path}: not valid JSON: {error}") from None
    counts = manifest.get("counts") if isinstance(manifest, dict) else None
    if not isinstance(counts, dict):
        raise BaselineError(f"the baseline {path}: no manifest of a corpus, it has no `counts`")
    return counts


def judge_change(counts: Mapping[str, int], policy: Policy, findings: Findings) -> None:
    """Compare counts with those of the baseline, in whole numbers."""
    if policy.baseline is None:
        raise BaselineError("there is no baseline: set `baseline` in [check], or say --baseline")
    before = read_baseline(Path(policy.baseline))
    for name, limits in (policy.change or {}).items():
        then, now = before.get(name), counts[name]
        if not isinstance(then, int):
            raise BaselineError(f"the baseline {policy.baseline}: it has no count of {name}")
        if problem := _problem(then, now, limits):
            findings.add("change", f"{_NAMES.get(name, name)}: {then:,} before, {now:,} now: {problem}")


def _problem(then: int, now: int, limits: Change) -> str:
    if limits.fall is not None and then - now > limits.fall * then:
        return f"they may fall by {_per_cent(limits.fall)}"
    if limits.rise is not None and now - then > limits.rise * then:
        return f"they may rise by {_per_cent(limits.rise)}"
    return ""


def _per_cent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f} %"
