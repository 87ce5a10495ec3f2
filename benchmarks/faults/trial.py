"""One fault and what follows: which corpus stands, whether it checks, and whether the next run is like a fresh one."""

import hashlib
import json
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal

from faults import states
from faults.running import Ended, corpuskit
from faults.states import FIRST, NOTHING, SECOND, Corpus, LostError

FINE: Final = 0
FAILED: Final = 2
INTERRUPTED: Final = 130
KILLED: Final = -9

Telling = Literal["in a line", "in the last line", "not"]
"""How a failure is told: in one line, in one behind what dying workers say, or not if the run has no means to."""


@dataclass(frozen=True)
class Outcome:
    """What became of a fault: the state whose corpus stood after it, how the run ended, and what was lost, if anything.

    new: whether the run had made another corpus than was there, and it stood.
    """

    kind: str
    case: str
    stood: str
    code: int
    said: str
    lost: str | None
    new: bool = False

    def line(self) -> str:
        """As a line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)


@dataclass(frozen=True)
class Fresh:
    """What a fresh run makes of a state: the corpus as readers see it, and the files below `curated`."""

    corpus: Corpus | None
    files: dict[str, str]


@dataclass(frozen=True)
class Way:
    """What a run is asked to do: from the folder in which runs for `begun` have ended, make the corpus of `goal`."""

    begun: str
    goal: str

    def __str__(self) -> str:
        return f"{self.begun} to {self.goal}" if self.begun != self.goal else f"{self.goal} again"


WAYS: Final = (Way(FIRST, SECOND), Way(NOTHING, FIRST), Way(SECOND, SECOND))


class Grounds:
    """A folder for trials: states, fresh runs of them, and folders to begin with."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.fresh = {NOTHING: Fresh(None, {})}
        self._known: dict[str, None] = {}
        states.write_states(folder / "states")
        for state in (FIRST, SECOND):
            self.fresh[state] = self._fresh(state)
        (folder / "begun" / NOTHING).mkdir(parents=True)
        for before, state in ((NOTHING, FIRST), (FIRST, SECOND)):
            begun = states.copied(folder / "begun" / before, folder / "begun" / state)
            states.point(begun, self.raw(state))
            _fine(corpuskit(begun, "ingest"), f"a run from {before} to {state}")
            if states.read(begun / "curated") != self.fresh[state].corpus:
                raise SystemExit(f"without faults, a run from {before} to {state} is not like a fresh one")

    def raw(self, state: str) -> Path:
        """The raw folder of a state."""
        return self.folder / "states" / state

    def _fresh(self, state: str) -> Fresh:
        home = self.folder / "fresh" / state
        home.mkdir(parents=True)
        states.point(home, self.raw(state))
        _fine(corpuskit(home, "ingest"), f"a fresh run of {state}")
        _fine(corpuskit(home, "check"), f"a check of {state}")
        return Fresh(states.read(home / "curated"), states.listing(home / "curated"))

    @contextmanager
    def trial(self, kind: str, case: str, way: Way) -> Iterator["Trial"]:
        """A trial's folder; it stays where it is when something was lost."""
        trial = Trial(self, kind, case, way, self.folder / "trials" / kind.replace(" ", "-"))
        trial.folder.parent.mkdir(exist_ok=True)
        states.copied(self.folder / "begun" / way.begun, trial.folder)
        states.point(trial.folder, self.raw(way.goal))
        yield trial
        if trial.lost:
            kept = trial.folder.with_name(trial.folder.name + "-" + hashlib.sha256(case.encode()).hexdigest()[:6])
            shutil.rmtree(kept, ignore_errors=True)
            trial.folder.rename(kept)
        else:
            shutil.rmtree(trial.folder, ignore_errors=True)  # it may be where a small disk is

    def known(self, way: Way, folder: Path) -> bool:
        """Whether a folder with the very same files was seen before on this way; it is remembered."""
        key = json.dumps([str(way), states.listing(folder)], sort_keys=True)
        before = key in self._known
        self._known[key] = None
        return before


class Trial:
    """A fault at work: a folder to run in, and afterwards what can be said of it."""

    def __init__(self, grounds: Grounds, kind: str, case: str, way: Way, folder: Path) -> None:
        self.grounds, self.kind, self.case, self.way, self.folder = grounds, kind, case, way, folder
        self.curated = folder / "curated"
        self.lost: str | None = None
        self.ended = Ended(FINE, "", "", 0.0)

    def judge(
        self, ended: Ended, codes: Collection[int], *, told: Telling = "in a line", clean: Collection[str] | None = None
    ) -> Outcome:
        """Look at what the fault left, and let the next run make good.

        The faulted run may end with one of `codes`; a failure must be `told` so.
        `clean` are the states that may stand, by default the one begun with and the goal.
        """
        stood = "?"
        try:
            _well_ended(ended, codes, told)
            stood = self.standing(clean)
            if not self.grounds.known(self.way, self.folder):
                self._check(stood)
                self._next()
        except LostError as error:
            self.lost = str(error)
        new = stood == self.way.goal != self.way.begun
        return Outcome(self.kind, self.case, stood, ended.code, last_line(ended.errors), self.lost, new)

    def standing(self, allowed: Collection[str] | None = None) -> str:
        """The state whose corpus readers see now: one of the allowed ones, or LostError."""
        allowed = allowed or (self.way.begun, self.way.goal)
        corpus = states.read(self.curated)
        for state in dict.fromkeys(allowed):
            if corpus == self.grounds.fresh[state].corpus:
                return state
        raise LostError(f"what stands is the corpus of none of {', '.join(allowed)}")

    def _check(self, state: str) -> None:
        if state == NOTHING:
            return
        checked = corpuskit(self.folder, "check", "--raw", str(self.grounds.raw(state)))
        if checked.code:
            raise LostError(f"check of the corpus of {state} finds: {checked.printed} {checked.errors}")

    def _next(self) -> None:
        goal = self.way.goal
        following = corpuskit(self.folder, "ingest")
        if following.code:
            raise LostError(f"the next run ends with {following.code}: {following.errors}")
        if states.read(self.curated) != self.grounds.fresh[goal].corpus:
            raise LostError("the next run's result is not that of a fresh run")
        files, expected = states.listing(self.curated), self.grounds.fresh[goal].files
        if files != expected:
            wrong = sorted(name for name in {*files, *expected} if files.get(name) != expected.get(name))
            raise LostError(f"after the next run these files are not those of a fresh run: {', '.join(wrong)}")
        left = leftovers(self.folder)
        if left:
            raise LostError(f"the next run leaves {', '.join(left)}")


def leftovers(folder: Path) -> list[str]:
    """What runs make on the way and must not leave."""
    patterns = (
        "curated/.*.new",
        "curated/.builds/.staging-*",
        ".corpuskit_cache/*/run-*",
        ".corpuskit_cache/**/*.new",
    )
    return [path.relative_to(folder).as_posix() for pattern in patterns for path in folder.glob(pattern)]


def last_line(errors: str) -> str:
    """The last line that a run said."""
    lines = errors.strip().splitlines()
    return lines[-1] if lines else ""


def _well_ended(ended: Ended, codes: Collection[int], told: Telling) -> None:
    if ended.code not in codes:
        raise LostError(f"the run ends with {ended.code}: {ended.errors.strip()[-500:]}")
    if ended.code not in (FAILED, INTERRUPTED) or told == "not":
        return
    if not last_line(ended.errors).startswith("corpuskit: ") or (told == "in a line" and "Traceback" in ended.errors):
        raise LostError(f"the failure is not told {told}: {ended.errors.strip()[-500:]}")


def _fine(ended: Ended, what: str) -> None:
    if ended.code:
        raise SystemExit(f"without faults, {what} fails: {ended.errors}")
