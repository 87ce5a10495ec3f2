"""The stages: one verb a file, pure. Arrow tables and plain values in, Arrow tables out.

                        for each batch of documents                    for the whole corpus
    SOURCES ─ decode ─ DECODED ─ segment ─ PASSAGES ─ limit            RANKS, BUCKETS ─ cluster ─ MEMBERS
            ─ filter ─ normalize ─ distinct ─ NUMBERED, CONTENTS                   ─ merge ─ OCCURRENCES, RECORDS
            ─ sign ─ band keys

`schema.py` has the tables, `pipeline.py` strings the stages together.
"""
