"""The stages: one verb a file, pure. Arrow tables and plain values in, Arrow tables out.

                        for each batch of documents                    for the whole corpus
    SOURCES ─ decode ─ DECODED ─ segment ─ PASSAGES ─ normalize        RANKS, BUCKETS ─ cluster ─ MEMBERS
            ─ distinct ─ NUMBERED, CONTENTS ─ sign ─ band keys         ─ merge ─ OCCURRENCES, RECORDS

`schema.py` has the tables, `pipeline.py` strings the stages together.
"""
