"""Fuzz what reads hostile bytes: `python benchmarks/faults/fuzz.py TARGET --seconds N`.

Guided by coverage where atheris is installed (Python 3.11 to 3.13 on Linux: `pip install atheris`), else by hypothesis
alone. An input that breaks a promise is written to `--failures`; put it into `tests/failures/TARGET` when it is
understood: the tests run all that lie there.
"""

import argparse
import hashlib
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

MOST_BYTES: Final = 4_096


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("target", choices=["decode", "segment", "settings", "trace", "manifest"])
    parser.add_argument("--seconds", type=int, default=60, help="how long (60)")
    parser.add_argument("--corpus", type=Path, help="a folder that keeps what was found to reach new code")
    parser.add_argument("--failures", type=Path, default=Path("fuzz-failures"), help="takes inputs that fail")
    given = parser.parse_args(arguments)
    given.failures.mkdir(parents=True, exist_ok=True)
    if given.corpus:
        given.corpus.mkdir(parents=True, exist_ok=True)
    try:
        import atheris
    except ImportError:
        print("atheris is not installed: by hypothesis alone, not guided by coverage", file=sys.stderr)
        return by_hypothesis(given.target, given.seconds, given.failures)
    by_coverage(atheris, given)
    return 0


def by_coverage(atheris: Any, given: argparse.Namespace) -> None:
    """Let libFuzzer choose the inputs; it ends the process, with 0 only if nothing failed."""
    # Kernels are compiled from their byte code, which must stay as it is: what is imported before is left alone.
    for kernel in sorted((ROOT / "src" / "corpuskit" / "kernels").glob("[a-z]*.py")):
        import_module(f"corpuskit.kernels.{kernel.stem}")
    with atheris.instrument_imports(include=["corpuskit"]):
        import fuzz_targets
    target = fuzz_targets.TARGETS[given.target]
    if given.target in ("trace", "manifest"):
        fuzz_targets.example()
    home = Path(tempfile.mkdtemp(prefix="corpuskit-seeds-"))
    for number, seed in enumerate(fuzz_targets.SEEDS[given.target]):
        (home / str(number)).write_bytes(seed)
    folders = [str(given.corpus)] if given.corpus else []
    folders += [str(home), str(ROOT / "tests" / "failures" / given.target)]
    options = [
        f"-max_total_time={given.seconds}",
        f"-max_len={MOST_BYTES}",
        f"-artifact_prefix={given.failures}/{given.target}-",
        "-timeout=60",
        "-rss_limit_mb=4000",
        "-print_final_stats=1",
    ]
    atheris.Setup([sys.argv[0], *options, *folders], target)
    atheris.Fuzz()


def by_hypothesis(name: str, seconds: int, failures: Path) -> int:
    """Try what hypothesis makes up until the time is over; 1 when something failed."""
    from hypothesis import HealthCheck, given, settings
    from hypothesis import strategies as st

    import fuzz_targets

    target: Callable[[bytes], None] = fuzz_targets.TARGETS[name]
    failed: dict[str, bytes] = {}
    until = time.monotonic() + seconds
    tried = 0

    @settings(max_examples=1_000, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.binary(max_size=MOST_BYTES))
    def attempt(data: bytes) -> None:
        nonlocal tried
        tried += 1
        try:
            target(data)
        except Exception:
            failed[hashlib.sha256(data).hexdigest()[:16]] = data
            raise

    while time.monotonic() < until and not failed:
        with suppress(Exception):
            attempt()
    for digest, data in failed.items():
        (failures / f"{name}-{digest}").write_bytes(data)
    print(f"{name}: {tried:,} inputs, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
