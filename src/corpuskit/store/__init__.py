"""The only package that writes: shards into the cache, tables into a build, and the one step that publishes them.

curated/.builds/<digest>/<table>.parquet   written once, never changed
curated/manifest.json                      replaced atomically: this is the commit
curated/<table>.parquet                    hard links to the build's files, for the convenience of readers
curated/.lock, .lock.json                  held by the one writer, and who that is
.corpuskit_cache/<corpus>/index            what the shards hold, with their checksums; replaced atomically
.corpuskit_cache/<corpus>/<shard>/         the per-document half of some documents; written once, never changed
.corpuskit_cache/<corpus>/apart/           which contents were compared and do not match, so that they are not again
.corpuskit_cache/<corpus>/run-*/           the scratch of the run at work, removed with it

`files` has what touches the disk, `lock` the one writer, `cache` and `shards` the cache, `tables` and `publish` the
result. What a dead run left is removed by the next writer, and by nobody else.
"""

from corpuskit.store.cache import CACHE, Cache, clean, locate, open_cache
from corpuskit.store.lock import writing
from corpuskit.store.publish import BUILDS, MANIFEST, publish, published, staging, tidy
from corpuskit.store.tables import TableWriter

__all__ = [
    "BUILDS",
    "CACHE",
    "MANIFEST",
    "Cache",
    "TableWriter",
    "clean",
    "locate",
    "open_cache",
    "publish",
    "published",
    "staging",
    "tidy",
    "writing",
]
