"""A report as SARIF 2.1.0, the format that code scanning reads: results at lines of raw files."""

import hashlib
import json
from importlib.metadata import version
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import quote

from corpuskit.checks.findings import Finding
from corpuskit.checks.report import Outcome, Report
from corpuskit.manifest import DISTRIBUTION
from corpuskit.visible import visible

_LEVELS: Final = {"error": "error", "warning": "warning", "info": "note"}
_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif(report: Report) -> str:
    """One run: a rule for each check done, a result for each finding, a notification for what was not judged."""
    numbers = {outcome.check.name: at for at, outcome in enumerate(report.outcomes)}
    driver = {
        "name": "corpuskit",
        "version": version(DISTRIBUTION),
        "rules": [_rule(outcome) for outcome in report.outcomes],
    }
    notes = [_notification(outcome, numbers) for outcome in report.outcomes if outcome.note]
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(report, finding, numbers) for finding in report.findings],
        "invocations": [{"executionSuccessful": not report.failed, "toolExecutionNotifications": notes}],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(outcome: Outcome) -> dict[str, Any]:
    check = outcome.check
    rule = {
        "id": check.name,
        "shortDescription": {"text": _text(check.meaning)},
        "fullDescription": {"text": _text(f"What must hold: {check.meaning}.")},
        "defaultConfiguration": {"level": _LEVELS[outcome.severity]},
        "properties": {"tags": ["corpus", check.kind]},
    }
    return {**rule, "help": {"text": _text(check.advice)}} if check.advice else rule


def _result(report: Report, finding: Finding, numbers: dict[str, int]) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(report.file(finding))}}
    if finding.lines:
        physical["region"] = {"startLine": finding.lines[0], "endLine": finding.lines[1]}
    told = {name: getattr(finding, name) for name in ("record_id", "occurrence_id")}
    properties: dict[str, Any] = {name: value for name, value in told.items() if value}
    if finding.span:
        properties["span"] = list(finding.span)
    return {
        "ruleId": finding.name,
        "ruleIndex": numbers[finding.name],
        "level": _LEVELS[finding.severity],
        "message": {"text": _text(finding.message)},
        "locations": [{"physicalLocation": physical}],
        "partialFingerprints": {"corpuskit/v1": _fingerprint(finding)},
        **({"properties": properties} if properties else {}),
    }


def _fingerprint(finding: Finding) -> str:
    """What makes two findings of two runs the same one: not the line, which moves when text above is edited."""
    parts = (finding.name, finding.path, finding.occurrence_id or finding.record_id, finding.message)
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=16).hexdigest()


def _notification(outcome: Outcome, numbers: dict[str, int]) -> dict[str, Any]:
    level = "error" if outcome.status == "failed" else "note"
    rule = {"id": outcome.check.name, "index": numbers[outcome.check.name]}
    return {"level": level, "message": {"text": _text(outcome.note)}, "associatedRule": rule}


def _text(text: str) -> str:
    """A plain-text message: braces and brackets mean something in it (SARIF 3.11.5 and 3.11.6), and are escaped."""
    escaped = visible(text).replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return escaped.replace("{", "{{").replace("}", "}}")


def _uri(file: str) -> str:
    """A relative reference, or a file URI; a name's bytes, escaped, as they are on disk."""
    path = PurePosixPath(file)
    quoted = quote(str(path).encode("utf-8", "surrogateescape"))
    if path.is_absolute():
        return f"file://{quoted}"
    return f"./{quoted}" if ":" in quoted.split("/")[0] else quoted
