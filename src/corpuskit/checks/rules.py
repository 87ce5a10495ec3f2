"""The user's own rules: every row that a rule's SQL returns is a finding.

What a row tells of its place is looked up: a column `occurrence_id`, `record_id`, `document_id` or `path`, with
`line_start` and `line_end`. Its other columns are the message.
"""

from typing import Any, Final

from corpuskit.checks.findings import SHOWN, Findings
from corpuskit.checks.policy import Rule
from corpuskit.checks.query import Database

_PLACES: Final = ("path", "line_start", "line_end")
_LOOK_UP: Final = {
    "occurrence_id": "SELECT path, line_start, line_end, record_id FROM occurrences WHERE occurrence_id = ?",
    "record_id": (
        "SELECT source.path, source.line_start, source.line_end, record_id "
        "FROM (SELECT record_id, sources[1] AS source FROM records WHERE record_id = ?)"
    ),
    "document_id": "SELECT path, NULL, NULL, NULL FROM documents WHERE document_id = ?",
}
_LONGEST: Final = 200
"""Of a value, so many characters are shown."""


def check_rule(rule: Rule, database: Database, findings: Findings) -> None:
    """Run a rule; raises QueryFailedError when its SQL is no single SELECT or cannot be run."""
    rows, count = database.first(rule.sql, SHOWN)
    for row in rows:
        findings.add(rule.name, _message(rule, row), **_place(row, database))
    findings.pass_over(rule.name, count - len(rows))


def _message(rule: Rule, row: dict[str, Any]) -> str:
    """What the row says besides its place; the rule's meaning where that is nothing."""
    told = {name: value for name, value in row.items() if name not in (*_PLACES, *_LOOK_UP)}
    return ", ".join(f"{name} = {_shown(value)}" for name, value in told.items()) or f"not so: {rule.meaning}"


def _shown(value: Any) -> str:
    text = str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _place(row: dict[str, Any], database: Database) -> dict[str, Any]:
    place: dict[str, Any] = {
        name: str(row[name]) for name in ("path", "record_id", "occurrence_id") if row.get(name) is not None
    }
    lines = _lines(row.get("line_start"), row.get("line_end"))
    for name, sql in _LOOK_UP.items():
        if row.get(name) is None or ("path" in place and lines):
            continue
        for path, first, last, record_id in database.rows(f"{sql} LIMIT 1", [str(row[name])]):
            place.setdefault("path", path)
            if record_id is not None:
                place.setdefault("record_id", record_id)
            lines = lines or _lines(first, last)
    return {**place, "lines": lines}


def _lines(first: Any, last: Any) -> tuple[int, int] | None:
    """Line numbers, if a query gave any."""
    if not isinstance(first, int) or first < 1:
        return None
    return first, last if isinstance(last, int) and last >= first else first
