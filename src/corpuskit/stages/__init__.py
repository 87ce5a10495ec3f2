"""The stages: one verb a file, pure. Arrow tables and plain values in, Arrow tables out.

                        for each batch of documents                    for the whole corpus
    SOURCES ─ decode ─ DECODED ─ segment ─ PASSAGES ─ filter           RANKS, BUCKETS ─ cluster ─ MEMBERS
            ─ normalize ─ distinct ─ NUMBERED, CONTENTS ─ sign ─ band keys         ─ merge ─ OCCURRENCES, RECORDS

`schema.py` has the tables, `pipeline.py` strings the stages together.
"""
