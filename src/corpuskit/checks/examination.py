"""One corpus being checked: laws, thresholds, rules and hygiene, in turn, each into the same findings.

What cannot be judged is noted as skipped; what cannot be done (a query that fails) as failed, and the others go on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from corpuskit.checks.baseline import BaselineError
from corpuskit.checks.catalogue import FILE_CHECKS, Check
from corpuskit.checks.files import UnreadableTableError, check_files, settings_of
from corpuskit.checks.findings import Findings
from corpuskit.checks.hygiene import check_hygiene
from corpuskit.checks.laws import TRACED, Sampled, check_laws
from corpuskit.checks.patterns import Search, phrases_of, search
from corpuskit.checks.policy import Policy
from corpuskit.checks.query import QueryFailedError, database
from corpuskit.checks.report import Outcome, Report, located
from corpuskit.checks.rules import check_rule
from corpuskit.checks.thresholds import Facts, NothingToJudgeError, judge
from corpuskit.corpus import Corpus
from corpuskit.errors import SettingsError

_UNREADABLE: Final = "the files are not sound: see manifest and schema"


@dataclass
class Examination:
    """What is checked, by what, and what came of it so far."""

    corpus: Corpus
    raw: Path
    policy: Policy
    checks: Sequence[Check]
    sample: int | None
    use_raw: bool
    skipped: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._names = {check.name for check in self.checks}
        self._findings = Findings(self.policy.severities())

    def report(self) -> Report:
        """Do all checks. Raises SettingsError where a hygiene check cannot be set up."""
        searches = self._searches()
        sound = check_files(self.corpus, self._findings)
        try:
            sound = sound and self._check_laws()
            if sound:
                self._query("threshold", self._judge)
                self._query("rule", self._check_rule)
                if searches:
                    check_hygiene(self.corpus, searches, self._findings)
        except UnreadableTableError:
            sound = False  # the finding has been made, and what depends on those rows cannot be checked
        if not sound:
            self._forget_rows()
        outcomes = located(self.corpus, [self._outcome(check) for check in self._shown(sound)])
        counts = self.corpus.manifest["counts"]
        return Report(self.corpus.path, self.raw, self.corpus.manifest["build"], counts, tuple(outcomes))

    def _wanted(self, name: str) -> bool:
        return name in self._names

    def _of(self, kind: str) -> list[Check]:
        return [check for check in self.checks if check.kind == kind]

    def _searches(self) -> list[Search]:
        phrases: list[str] = []
        if self._wanted("boilerplate"):
            path = Path(self.policy.boilerplate or "")
            try:
                phrases = phrases_of(path.read_text(encoding="utf-8"))
            except (OSError, UnicodeDecodeError) as error:
                reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
                raise SettingsError(f"the file `boilerplate`, {path}: {reason}") from None
        region = self.policy.phone_region
        return [search(check.name, phrases=phrases, region=region) for check in self._of("hygiene")]

    def _check_laws(self) -> bool:
        """Check the rows; return whether the settings in the manifest let them be checked."""
        settings = settings_of(self.corpus, self._findings)
        if settings is None:
            return False
        if any(check.name not in FILE_CHECKS for check in self._of("law")) or self._wanted("schema"):
            sampled = Sampled(self.raw, self._wanted, sample=self.sample, use_raw=self.use_raw)
            check_laws(self.corpus, settings, sampled, self._wanted, self._findings)
            self._note_raw(sampled)
        return True

    def _note_raw(self, sampled: Sampled) -> None:
        untouched = "the raw files were not looked at"
        if not self.use_raw:
            self.skipped |= dict.fromkeys(("raw_missing", *TRACED), f"{untouched} (--no-raw)")
        elif self._findings.count("raw_missing"):
            self.skipped |= dict.fromkeys(TRACED, f"{untouched}: they are not there")
        elif sampled.note:
            self.notes |= dict.fromkeys(("flags", *TRACED), sampled.note)
        if not sampled.use_raw or self._findings.count("raw_missing"):
            self.notes["flags"] = f"{untouched}: `empty` was not checked"

    def _query(self, kind: str, do: Callable[[Check, Facts], None]) -> None:
        """Do all checks of a kind that are in SQL."""
        checks = self._of(kind)
        if not checks:
            return
        with database(self.corpus, memory=int(self.policy.memory)) as queried:
            facts = Facts(queried)
            for check in checks:
                try:
                    do(check, facts)
                except NothingToJudgeError as error:
                    self.skipped[check.name] = str(error)
                except (QueryFailedError, BaselineError) as error:
                    self.failed[check.name] = str(error)

    def _judge(self, check: Check, facts: Facts) -> None:
        if note := judge(check.name, facts, self.policy, self._findings):
            self.notes[check.name] = note

    def _check_rule(self, check: Check, facts: Facts) -> None:
        rule = next(rule for rule in self.policy.rule if rule.name == check.name)
        check_rule(rule, facts.database, self._findings)

    def _forget_rows(self) -> None:
        for check in self.checks:
            if check.name not in FILE_CHECKS and not self._findings.count(check.name):
                self.skipped.setdefault(check.name, _UNREADABLE)

    def _shown(self, sound: bool) -> list[Check]:
        """The checks asked for; where files are not sound, what says so even if it was not."""
        told = [] if sound else [self.policy.check(name) for name in FILE_CHECKS if self._findings.count(name)]
        return [*(check for check in told if not self._wanted(check.name)), *self.checks]

    def _outcome(self, check: Check) -> Outcome:
        name = check.name
        severity = self.policy.severities()[name]
        found, count = tuple(self._findings.of(name)), self._findings.count(name)
        if name in self.failed:
            return Outcome(check, severity, "failed", found, count, self.failed[name])
        if found:
            return Outcome(check, severity, "found", found, count, self.notes.get(name, ""))
        if name in self.skipped:
            return Outcome(check, severity, "skipped", note=self.skipped[name])
        return Outcome(check, severity, "passed", note=self.notes.get(name, ""))
