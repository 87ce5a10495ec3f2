"""Judge a corpus by the limits in `[check]`: counts, shares, lengths, languages, encodings, clusters, sources.

The idea: one query for each threshold, over the tables themselves and never the manifest's counts; its rows beyond the
limits are findings. A threshold that finds nothing to judge says so and is no pass.
"""

import fnmatch
import math
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from corpuskit.checks.baseline import judge_change
from corpuskit.checks.findings import SHOWN, Findings
from corpuskit.checks.limits import Count, ShareLimits
from corpuskit.checks.policy import Policy
from corpuskit.checks.query import Database
from corpuskit.errors import CorpuskitError

MICRO: Final = 1_000_000
"""Shares have at most six decimals, so that queries compare them in whole numbers."""


class NothingToJudgeError(CorpuskitError):
    """A threshold is set, and the corpus has nothing that it is about."""


class Facts:
    """What is counted, once each."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def number(self, sql: str) -> int:
        """The number that a query gives."""
        return int(self.database.rows(sql)[0][0])

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """By the names of the manifest's counts."""
        fates = dict(self.database.rows("SELECT fate, count(*) FROM occurrences GROUP BY fate"))
        return {
            "documents": self.number("SELECT count(*) FROM documents"),
            "problems": self.number("SELECT count(problem) FROM documents"),
            "passages": sum(fates.values()),
            **{fate: fates.get(fate, 0) for fate in ("exact", "near", "filtered")},
            "records": self.number("SELECT count(*) FROM records"),
        }


def judge(name: str, facts: Facts, policy: Policy, findings: Findings) -> str:
    """Check one threshold; return what was not judged, empty when all was.

    Raises NothingToJudgeError, and QueryFailedError when a query could not be run.
    """
    return _JUDGES[name](facts, policy, findings) or ""


def _judge_number(name: str, facts: Facts, policy: Policy, findings: Findings) -> None:
    for problem in _outside(facts.counts[name], getattr(policy, name)):
        findings.add(name, f"there are {facts.counts[name]:,} {name}: {problem}")


def _outside(number: int, limits: Count) -> Iterable[str]:
    if limits.min is not None and number < limits.min:
        yield f"at least {limits.min:,} should be"
    if limits.max is not None and number > limits.max:
        yield f"at most {limits.max:,} should be"


def _by_language(table: str) -> Callable[[Facts, Policy, Findings], str]:
    def judge_languages(facts: Facts, policy: Policy, findings: Findings) -> str:
        name = f"{table}_by_language"
        found = dict(facts.database.rows(f"SELECT language, count(*) FROM {table} GROUP BY language"))
        unknown = found.pop(None, 0)
        if not found:
            raise NothingToJudgeError(f"none of the {table} has a language: nothing to judge")
        for language, limits in getattr(policy, name).items():
            for problem in _outside(found.get(language, 0), limits):
                findings.add(name, f"{found.get(language, 0):,} {table} are in {language}: {problem}")
        return f"{unknown:,} {table} have no language" if unknown else ""

    return judge_languages


def _by_source(table: str) -> Callable[[Facts, Policy, Findings], None]:
    def judge_sources(facts: Facts, policy: Policy, findings: Findings) -> None:
        name = f"{table}_by_source"
        paths = [path for (path,) in facts.database.rows("SELECT path FROM documents")]
        for pattern, limits in getattr(policy, name).items():
            matches = re.compile(fnmatch.translate(pattern)).match
            matching = [path for path in paths if matches(path) or matches(path.rpartition("/")[2])]
            number = len(matching) if table == "documents" else _records_of(facts, matching)
            for problem in _outside(number, limits):
                findings.add(name, f"{number:,} {table} are from {pattern}: {problem}")

    return judge_sources


def _records_of(facts: Facts, paths: list[str]) -> int:
    """How many records have a copy in one of the documents at `paths`."""
    sql = (
        "SELECT count(DISTINCT record_id) FROM occurrences WHERE record_id IS NOT NULL "
        "AND path IN (SELECT unnest(?::VARCHAR[]))"
    )
    return int(facts.database.rows(sql, [paths])[0][0])


def _share(name: str, part: str, whole: str) -> Callable[[Facts, Policy, Findings], None]:
    def judge_share(facts: Facts, policy: Policy, findings: Findings) -> None:
        _judge_share(name, facts.counts[part], facts.counts[whole], (part, whole), policy, findings)

    return judge_share


def _judge_variants(facts: Facts, policy: Policy, findings: Findings) -> None:
    related = facts.number("SELECT count(variant_group) FROM records")
    _judge_share("variant_share", related, facts.counts["records"], ("variants", "records"), policy, findings)


def _judge_share(name: str, part: int, whole: int, words: tuple[str, str], policy: Policy, findings: Findings) -> None:
    limits: ShareLimits = getattr(policy, name)
    if not whole:
        raise NothingToJudgeError(f"there are no {words[1]}: nothing to judge")
    said = f"{part:,} of {whole:,} {words[1]} are {words[0]}, {part / whole:.4g}"
    if limits.min is not None and part < limits.min * whole:
        findings.add(name, f"{said}: at least {limits.min} should be")
    if limits.max is not None and part > limits.max * whole:
        findings.add(name, f"{said}: at most {limits.max} should be")


def _judge_lengths(facts: Facts, policy: Policy, findings: Findings) -> None:
    number = facts.counts["records"]
    if not number:
        raise NothingToJudgeError("there are no records: nothing to judge")
    for quantile, limits in (policy.lengths or {}).items():
        length = _length(quantile, number, facts)
        for problem in _outside_length(length, limits):
            findings.add("lengths", f"{quantile} of the records' lengths is {length:,} characters: {problem}")


def _length(quantile: str, number: int, facts: Facts) -> Decimal:
    """A quantile of the lengths of `number` records, exactly: the least that so large a share does not exceed."""
    if quantile == "mean":
        return Decimal(facts.number("SELECT sum(n_chars) FROM records")) / number
    shares = {"min": "0", "median": "50", "max": "100"}
    per_cent = Decimal(shares.get(quantile, quantile.removeprefix("p")))
    at = max(math.ceil(per_cent * number / 100), 1) - 1
    return Decimal(facts.number(f"SELECT n_chars FROM records ORDER BY n_chars LIMIT 1 OFFSET {at}"))


def _outside_length(length: Decimal, limits: Count) -> Iterable[str]:
    if limits.min is not None and length < limits.min:
        yield f"it should be at least {limits.min:,}"
    if limits.max is not None and length > limits.max:
        yield f"it should be at most {limits.max:,}"


def _judge_encodings(facts: Facts, policy: Policy, findings: Findings) -> None:
    sql = "FROM documents WHERE encoding IS NOT NULL AND NOT list_contains(?::VARCHAR[], encoding)"
    allowed = [[*(policy.encodings or ())]]
    if not facts.number("SELECT count(encoding) FROM documents"):
        raise NothingToJudgeError("no document was decoded: nothing to judge")
    rows = facts.database.rows(f"SELECT path, encoding {sql} ORDER BY path, member LIMIT {SHOWN}", allowed)
    for path, encoding in rows:
        findings.add("encodings", f"its encoding is {encoding}, which is not one of those allowed", path=path)
    findings.pass_over("encodings", facts.database.rows(f"SELECT count(*) {sql}", allowed)[0][0] - len(rows))


def _judge_languages(facts: Facts, policy: Policy, findings: Findings) -> str:
    allowed = [[*(policy.languages or ())]]
    unknown = []
    for table, place in (("documents", "path"), ("records", "record_id")):
        known, number = facts.database.rows(f"SELECT count(language), count(*) FROM {table}")[0]
        if known < number:
            unknown.append(f"{number - known:,} of {number:,} {table} have no language")
        sql = f"FROM {table} WHERE language IS NOT NULL AND NOT list_contains(?::VARCHAR[], language)"
        rows = facts.database.rows(f"SELECT {place}, language {sql} ORDER BY {place} LIMIT {SHOWN}", allowed)
        for where, language in rows:
            findings.add(
                "languages", f"its language is {language}, which is not one of those allowed", **{place: where}
            )
        findings.pass_over("languages", facts.database.rows(f"SELECT count(*) {sql}", allowed)[0][0] - len(rows))
    if not facts.number("SELECT (SELECT count(language) FROM documents) + (SELECT count(language) FROM records)"):
        raise NothingToJudgeError("no document and no record has a language: nothing to judge")
    return "; ".join(unknown)


def _judge_cluster(facts: Facts, policy: Policy, findings: Findings) -> None:
    sql = f"FROM records WHERE n_occurrences > {policy.largest_cluster}"
    columns = "record_id, n_occurrences, n_documents"
    rows = facts.database.rows(f"SELECT {columns} {sql} ORDER BY n_occurrences DESC, record_id LIMIT {SHOWN}")
    for record_id, copies, documents in rows:
        message = f"it has {copies:,} copies in {documents:,} documents: at most {policy.largest_cluster:,} should be"
        findings.add("largest_cluster", message, record_id=record_id)
    findings.pass_over("largest_cluster", facts.number(f"SELECT count(*) {sql}") - len(rows))


def _judge_similarity(facts: Facts, policy: Policy, findings: Findings) -> None:
    sql = "FROM occurrences WHERE similarity < ?"
    least = [float(policy.lowest_similarity or 0)]
    columns = "path, record_id, occurrence_id, line_start, line_end, similarity"
    order = "ORDER BY similarity, occurrence_id"
    rows = facts.database.rows(f"SELECT {columns} {sql} {order} LIMIT {SHOWN}", least)
    for path, record_id, occurrence_id, first, last, similarity in rows:
        message = f"it was merged at similarity {similarity:.4f}: at least {policy.lowest_similarity} should be"
        place: dict[str, Any] = {"path": path, "record_id": record_id, "occurrence_id": occurrence_id}
        findings.add("lowest_similarity", message, lines=(first, last), **place)
    findings.pass_over("lowest_similarity", facts.database.rows(f"SELECT count(*) {sql}", least)[0][0] - len(rows))


_KEYS: Final = {
    "document": "document_id",
    "folder": "CASE WHEN contains(path, '/') THEN split_part(path, '/', 1) || '/' ELSE 'raw/ itself' END",
}
_LOST: Final = """
    WITH passages AS (SELECT {key} AS source, path, record_id, fate FROM occurrences WHERE fate <> 'filtered'),
    kept AS (SELECT record_id, source, path FROM passages WHERE fate = 'kept'),
    totals AS (SELECT source, count(*) AS passages FROM passages GROUP BY source),
    lost AS (
        SELECT passages.source, min(passages.path) AS path, kept.source AS other, min(kept.path) AS other_path,
            count(*) AS copies
        FROM passages JOIN kept USING (record_id) WHERE passages.source <> kept.source
        GROUP BY passages.source, kept.source
    )
    SELECT source, path, other, other_path, copies, passages FROM lost JOIN totals USING (source)
    WHERE passages >= {least} AND copies * {micro} > {limit} * passages
    ORDER BY copies / passages DESC, path, other_path
"""


def _judge_lost(facts: Facts, policy: Policy, findings: Findings) -> None:
    limits = policy.lost_to_another
    assert limits is not None
    sql = _LOST.format(key=_KEYS[limits.by], least=limits.min_passages, micro=MICRO, limit=int(limits.max * MICRO))
    rows, count = facts.database.first(sql, SHOWN)
    for row in rows:
        whole = limits.by == "document"
        other = row["other_path"] if whole else row["other"]
        said = f"{row['copies']:,} of {row['passages']:,} passages are in records of {other}"
        message = f"{said if whole else row['source'] + ': ' + said}: at most {limits.max} should be"
        findings.add("lost_to_another", message, path=row["path"] if whole else None)
    findings.pass_over("lost_to_another", count - len(rows))


def _judge_change(facts: Facts, policy: Policy, findings: Findings) -> None:
    judge_change(facts.counts, policy, findings)


_JUDGES: Final[Mapping[str, Callable[[Facts, Policy, Findings], str | None]]] = {
    "records": lambda facts, policy, findings: _judge_number("records", facts, policy, findings),
    "documents": lambda facts, policy, findings: _judge_number("documents", facts, policy, findings),
    "records_by_language": _by_language("records"),
    "documents_by_language": _by_language("documents"),
    "records_by_source": _by_source("records"),
    "documents_by_source": _by_source("documents"),
    "exact_share": _share("exact_share", "exact", "passages"),
    "near_share": _share("near_share", "near", "passages"),
    "filtered_share": _share("filtered_share", "filtered", "passages"),
    "problem_share": _share("problem_share", "problems", "documents"),
    "variant_share": _judge_variants,
    "lengths": _judge_lengths,
    "encodings": _judge_encodings,
    "languages": _judge_languages,
    "largest_cluster": _judge_cluster,
    "lowest_similarity": _judge_similarity,
    "lost_to_another": _judge_lost,
    "change": _judge_change,
}
