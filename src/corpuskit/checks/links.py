"""Check `links`: relations between records that are there."""

import numpy as np

from corpuskit import schema
from corpuskit.checks.columns import hex_words, unknown
from corpuskit.checks.files import batches
from corpuskit.checks.findings import Findings
from corpuskit.checks.records import Records
from corpuskit.corpus import Corpus


def check_links(corpus: Corpus, records: Records, findings: Findings) -> None:
    """Check that each link has a known relation and two records."""
    for table in batches(corpus, "links", findings):
        findings.add_rows("schema", unknown(table["relation"], schema.RELATIONS), "relation is not a known one", table)
        for name in ("left_record", "right_record"):
            rows = records.lookup.rows(hex_words(table[name])[0])
            findings.add_rows("conservation", np.asarray(rows < 0), f"{name} is that of no record", table)
