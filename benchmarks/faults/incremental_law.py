"""The law that incremental equals fresh, tried for long: the state machine of the tests, so many sequences or minutes.

    python benchmarks/faults/incremental_law.py --sequences 2000 --minutes 2.5 --log FILE

Sequences are drawn anew each time. Each run within one is compared to a run from nothing, byte for byte. What was tried
is added to the log, so that several calls make one long trial; the first failure ends it, with the least such sequence.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from incremental_machine import Incremental  # noqa: E402

AT_A_TIME = 10
"""Sequences between two looks at the clock."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sequences", type=int, default=2_000)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--steps", type=int, default=12, help="at most so many steps a sequence")
    parser.add_argument("--log", type=Path, help="add what was tried to this file")
    options = parser.parse_args(arguments)
    trial = settings(
        max_examples=AT_A_TIME,
        stateful_step_count=options.steps,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    end = time.monotonic() + options.minutes * 60
    tried = {"sequences": 0, "runs": 0}
    while Incremental.sequences < options.sequences and time.monotonic() < end:
        run_state_machine_as_test(Incremental, settings=trial)
        before, tried = tried, {"sequences": Incremental.sequences, "runs": Incremental.runs_done}
        if options.log:
            with options.log.open("a", encoding="utf-8") as log:
                log.write(json.dumps({name: tried[name] - before[name] for name in tried}) + "\n")
    if options.log:
        lines = [json.loads(line) for line in options.log.read_text(encoding="utf-8").splitlines()]
        tried = {name: sum(line[name] for line in lines) for name in tried}
    print(f"{tried['sequences']:,} sequences, {tried['runs']:,} runs compared to fresh ones, byte for byte: all equal")
    return 0


if __name__ == "__main__":
    sys.exit(main())
