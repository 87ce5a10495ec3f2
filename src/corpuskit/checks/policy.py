"""What a corpus must be besides lawful: the table `[check]` of corpuskit.toml, one frozen, validated model.

Each threshold has the name of its check; one that is not set is not checked.
"""

import difflib
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import ByteSize, Field, StringConstraints, ValidationError, field_validator, model_validator

from corpuskit.checks.catalogue import CATALOGUE, HYGIENE, THRESHOLDS, Check
from corpuskit.checks.findings import Severity
from corpuskit.checks.limits import Change, Changed, Count, Lost, Model, Quantile, Share, ShareLimits
from corpuskit.errors import SettingsError
from corpuskit.settings import section

LEAST_MEMORY: Final = 50_000_000
"""DuckDB does not start with less."""

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, pattern=r"^[^\r\n]*$")]
FailOn = Literal["error", "warning", "info", "never"]


class Rule(Model):
    """A rule of the user's own: every row that `sql` returns is a finding."""

    name: str
    meaning: Line
    severity: Severity = "error"
    sql: Annotated[str, StringConstraints(min_length=1)]

    @field_validator("name", mode="after")
    @classmethod
    def _own(cls, name: str) -> str:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", name):
            raise ValueError("should be lower-case letters, digits and underscores, at most 60")
        if name in CATALOGUE:
            raise ValueError("a check of corpuskit has this name")
        return name

    @property
    def check(self) -> Check:
        """The rule as a check among others."""
        return Check(self.name, "rule", self.severity, self.meaning)


def _set(default: Any, description: str) -> Any:
    return Field(default, description=description)


def _limit(description: str) -> Any:
    return _set(None, description)


class Policy(Model):
    """The table `[check]`, immutable and checked. Raises SettingsError through `load` and `make`."""

    fail_on: FailOn = _set("error", "The least severity that makes the exit code 1; `--fail-on` wins.")
    only: tuple[str, ...] = _set((), "Names of checks: only these are done. `--only` wins.")
    skip: tuple[str, ...] = _set((), "Names of checks that are not done; `--skip` adds to them.")
    severity: Mapping[str, Literal["error", "warning", "info", "off"]] = _set(
        {}, "How bad findings of a check are: error, warning, info, or off, which is to skip it."
    )
    records: Count | None = _limit("`min` and `max` of the number of records.")
    documents: Count | None = _limit("`min` and `max` of the number of documents.")
    records_by_language: Mapping[str, Count] | None = _limit("The same for the records of each language named.")
    documents_by_language: Mapping[str, Count] | None = _limit("The same for the documents of each language named.")
    records_by_source: Mapping[str, Count] | None = _limit("The same for the records of each source pattern.")
    documents_by_source: Mapping[str, Count] | None = _limit("The same for the documents of each source pattern.")
    exact_share: ShareLimits | None = _limit("`min` and `max`, 0 to 1, of the share of exact copies among passages.")
    near_share: ShareLimits | None = _limit("The same for near copies.")
    filtered_share: ShareLimits | None = _limit("The same for filtered passages.")
    problem_share: ShareLimits | None = _limit("The same for documents that could not be read.")
    variant_share: ShareLimits | None = _limit("The same for records in families of variants.")
    lengths: Mapping[Quantile, Count] | None = _limit(
        "`min` and `max` of the characters of records, by quantile: min, median, mean, max, p1 to p99."
    )
    encodings: tuple[str, ...] | None = _limit("The encodings that documents may have.")
    languages: tuple[str, ...] | None = _limit("The languages that documents and records may have.")
    largest_cluster: Annotated[int, Field(ge=1)] | None = _limit("The most copies that a record may have.")
    lowest_similarity: Share | None = _limit("The least similarity to its record that a passage may have.")
    lost_to_another: Lost | None = _limit(
        "`max` share of a source's passages in the records of one other source; `by` is document (default) or folder; "
        "sources below `min_passages` are not judged."
    )
    baseline: str | None = _limit(
        "The corpus, or the manifest of one, with which `change` compares; relative to the settings file. "
        "`--baseline` wins."
    )
    change: Mapping[Changed, Change] | None = _limit(
        "By which share documents, records, passages, problems, exact, near or filtered may `fall` or `rise`."
    )
    look_for: tuple[Literal[tuple(HYGIENE)], ...] = _set(  # type: ignore[valid-type]
        (), "Hygiene checks to do."
    )
    boilerplate: str | None = _limit(
        "The file with the phrases of the check `boilerplate`, which is on when this is set; relative to the settings "
        "file."
    )
    phone_region: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = _limit(
        "Two letters (ISO 3166): whose phone numbers without a country's code `phones` shall find."
    )
    memory: ByteSize = _set("1GB", "What DuckDB may hold for thresholds and rules; the rest goes to temporary files.")
    rule: tuple[Rule, ...] = _set((), "Rules of your own: `[[check.rule]]`.")

    @field_validator("memory", mode="after")
    @classmethod
    def _enough(cls, memory: ByteSize) -> ByteSize:
        if memory < LEAST_MEMORY:
            raise ValueError(f"at least {LEAST_MEMORY // 1_000_000} MB are needed")
        return memory

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        names = [rule.name for rule in self.rule]
        if repeated := next((name for at, name in enumerate(names) if name in names[:at]), None):
            raise ValueError(f"two rules have the name `{repeated}`")
        for name in (*self.only, *self.skip, *self.severity):
            self.check(name)
        if "boilerplate" in self.look_for and self.boilerplate is None:
            raise ValueError("look_for names boilerplate, but `boilerplate` names no file of phrases")
        if self.baseline is not None and self.change is None:
            raise ValueError("baseline is set, but `change` allows everything: say what may not fall or rise")
        return self

    def check(self, name: str) -> Check:
        """The check of this name; raises SettingsError when there is none."""
        known = {**CATALOGUE, **{rule.name: rule.check for rule in self.rule}}
        if name not in known:
            raise SettingsError(f"there is no check `{name}`{_nearest(name, known)}")
        return known[name]

    def available(self) -> list[Check]:
        """All checks, on or off, and the rules, in the order in which their findings are listed."""
        of = {kind: [check for check in CATALOGUE.values() if check.kind == kind] for kind in _ORDER}
        of["rule"] = [rule.check for rule in self.rule]
        return [check for kind in _ORDER for check in of[kind]]

    def is_on(self, check: Check) -> bool:
        """Whether a check is done without being asked for by name."""
        if self.severity.get(check.name) == "off" or check.name in self.skip:
            return False
        if self.only:
            return check.name in self.only
        if check.name == "boilerplate":
            return self.boilerplate is not None
        if check.kind == "hygiene":
            return check.name in self.look_for
        return check.kind != "threshold" or getattr(self, check.name) is not None

    def selected(self, only: Sequence[str] = (), skip: Sequence[str] = ()) -> list[Check]:
        """The checks to do, those of `only` if any, without those of `skip`; a hygiene check may be asked for by name.

        Raises SettingsError for an unknown name, for one of `only` that has nothing to go by, and where none is left.
        """
        for name in (*only, *skip):
            self.check(name)
        wanted = only or self.only
        for name in wanted:
            if (name in THRESHOLDS or name == "boilerplate") and getattr(self, name) is None:
                raise SettingsError(f"the check `{name}` has no limit: set `{name}` in [check] of the settings")
        checks = [check for check in self.available() if check.name not in skip]
        checks = [check for check in checks if (check.name in only if only else self.is_on(check))]
        if not checks:
            raise SettingsError("no check is left to do: all that are asked for are skipped")
        return checks

    def severities(self) -> dict[str, Severity]:
        """How bad findings of each check are."""
        own = {check.name: check.severity for check in self.available()}
        return {**own, **{name: how for name, how in self.severity.items() if how != "off"}}


_SAID: Final = {
    "model_type": "should be a table",
    "dict_type": "should be a table",
    "mapping_type": "should be a table",
    "tuple_type": "should be a list",
}
"""What TOML calls the types that pydantic misses."""

_ORDER: Final = ("law", "threshold", "rule", "hygiene")


def load(path: Path | None) -> Policy:
    """The table `[check]` of the settings file at `path`, whose folder its own paths are relative to."""
    if path is None:
        return Policy()
    policy = make(section(path, "check"), where=str(path))
    named = {name: getattr(policy, name) for name in ("baseline", "boilerplate")}
    return policy.model_copy(update={name: str(path.parent / file) for name, file in named.items() if file is not None})


def make(values: Mapping[str, Any], where: str = "") -> Policy:
    """A checked policy of plain values; `where` begins the message of a SettingsError, one line."""
    prefix = f"{where}: " if where else ""
    try:
        return Policy.model_validate(dict(values))
    except ValidationError as error:
        first = error.errors()[0]
        name = "check" + "".join(_step(part) for part in first["loc"] if not _is_guess(part))
        if first["type"] == "extra_forbidden":
            last = str(first["loc"][-1])
            near = _nearest(last, Policy.model_fields) if len(first["loc"]) == 1 else ""
            raise SettingsError(f"{prefix}unknown setting `{name}`{near}") from None
        if first["type"] == "missing":
            raise SettingsError(f"{prefix}`{name}` is missing") from None
        said = _SAID.get(first["type"], first["msg"].removeprefix("Value error, "))
        message = " ".join(said.replace("Input should be", "should be").split())
        shown = f"{name} = {_shown(first['input'])}: " if len(first["loc"]) else f"[{name}]: "
        raise SettingsError(f"{prefix}{shown}{message}") from None
    except SettingsError as error:
        raise SettingsError(f"{prefix}{error}") from None


def _step(part: int | str) -> str:
    return f"[{part}]" if isinstance(part, int) else f".{part}"


def _is_guess(part: int | str) -> bool:
    """Whether a part of a location is pydantic's own: the marker of a key, the branch of a union."""
    return isinstance(part, str) and (part == "[key]" or "[" in part or part in ("int", "decimal", "none"))


def _shown(value: Any) -> str:
    text = str(value) if isinstance(value, Decimal) else repr(value)
    return text if len(text) <= 80 else f"{text[:79]}…"


def _nearest(name: str, known: Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f"; did you mean `{close[0]}`?" if close else f"; known are {', '.join(known)}"
