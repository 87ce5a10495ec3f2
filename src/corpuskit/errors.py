"""What can go wrong with a call, as one tree.

    CorpuskitError               base: one clear line for the user, exit code 2
    ├── SettingsError            a setting is unknown or out of range
    ├── RawError                 the raw folder cannot be used (missing, empty, nested with the output …)
    ├── CorpusError              a finished corpus cannot be read (no manifest, wrong version, damaged …)
    ├── QueryError               trace was asked for something that is not in the corpus
    └── WriteError               the result cannot be written (read-only, disk full, another writer …)

A bad *file* is not here: it becomes a row of `documents` with its problem, and the run goes on.
"""


class CorpuskitError(Exception):
    """Base of all errors that corpuskit raises on purpose; its text is one line for the user."""


class SettingsError(CorpuskitError, ValueError):
    """A setting is unknown, or its value is out of range."""


class RawError(CorpuskitError):
    """The raw folder cannot be used."""


class CorpusError(CorpuskitError):
    """A finished corpus cannot be read."""


class QueryError(CorpuskitError, LookupError):
    """`trace` was asked for something that the corpus does not hold."""


class WriteError(CorpuskitError):
    """The result cannot be written."""
