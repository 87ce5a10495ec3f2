"""The files are read without corpuskit by those that people read Parquet with, nested columns and all.

Spark wants Java and an older pandas than the others, so it runs in an environment of its own: `.venv-spark` beside this
project, or the Python that CORPUSKIT_SPARK_PYTHON names. `.ci/run` makes it; where CI is set it must be there.
"""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import corpuskit

ROOT = Path(__file__).resolve().parent.parent
SPARK = Path(os.environ.get("CORPUSKIT_SPARK_PYTHON", ROOT / ".venv-spark" / "bin" / "python"))

SHARED = "What all of these files say, in the same words, is told once only."


@pytest.fixture(scope="module")
def curated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("readers")
    (folder / "raw").mkdir()
    for name in "abc":
        text = f"A passage of the file {name} alone.\n\n{SHARED}\n\n{SHARED}"
        (folder / "raw" / f"{name}.txt").write_text(text)
    corpuskit.ingest(folder / "raw", folder / "curated")
    return folder / "curated"


EXPECTED = {
    "sources": {"a.txt": 3, "b.txt": 3, "c.txt": 3},
    "shared": 6,
    "last_end": 166,
    "documents": 3,
    "links": 0,
}
"""Entries of records.sources by path; the most copies; the largest end of occurrences.spans; rows of two tables."""


def facts(paths: list[str], shared: int, last_end: int, documents: int, links: int) -> dict[str, Any]:
    return {
        "sources": dict(sorted(Counter(paths).items())),
        "shared": int(shared),
        "last_end": int(last_end),
        "documents": documents,
        "links": links,
    }


def test_pyarrow(curated: Path) -> None:
    tables = {
        name: pq.read_table(curated / f"{name}.parquet") for name in ("records", "occurrences", "documents", "links")
    }
    records = tables["records"]
    paths = pc.struct_field(pc.list_flatten(records["sources"]), "path").to_pylist()
    ends = pc.struct_field(pc.list_flatten(tables["occurrences"]["spans"]), "end")
    most = pc.max(records["n_occurrences"]).as_py()
    assert facts(paths, most, pc.max(ends).as_py(), len(tables["documents"]), len(tables["links"])) == EXPECTED


def test_pandas(curated: Path) -> None:
    records = pd.read_parquet(curated / "records.parquet")
    occurrences = pd.read_parquet(curated / "occurrences.parquet")
    paths = [source["path"] for source in records["sources"].explode()]
    last_end = max(span["end"] for span in occurrences["spans"].explode())
    lengths = [len(pd.read_parquet(curated / f"{name}.parquet")) for name in ("documents", "links")]
    assert facts(paths, records["n_occurrences"].max(), last_end, *lengths) == EXPECTED


def test_polars(curated: Path) -> None:
    records = pl.scan_parquet(curated / "records.parquet")
    occurrences = pl.scan_parquet(curated / "occurrences.parquet")
    sources = records.explode("sources").select(pl.col("sources").struct.field("path")).collect()
    most = records.select(pl.col("n_occurrences").max()).collect().item()
    last_end = occurrences.explode("spans").select(pl.col("spans").struct.field("end").max()).collect().item()
    lengths = [pl.read_parquet(curated / f"{name}.parquet").height for name in ("documents", "links")]
    assert facts(sources["path"].to_list(), most, last_end, *lengths) == EXPECTED


def test_duckdb(curated: Path) -> None:
    def one(query: str) -> Any:
        return duckdb.execute(query.replace("$", str(curated))).fetchall()

    paths = [
        path for (path,) in one("SELECT source.path FROM (SELECT unnest(sources) AS source FROM '$/records.parquet')")
    ]
    ((most,),) = one("SELECT max(n_occurrences) FROM '$/records.parquet'")
    ((last_end,),) = one("SELECT max(span.end) FROM (SELECT unnest(spans) AS span FROM '$/occurrences.parquet')")
    lengths = [one(f"SELECT count(*) FROM '$/{name}.parquet'")[0][0] for name in ("documents", "links")]
    assert facts(paths, most, last_end, *lengths) == EXPECTED


# What the others are asked, in a Python of their own; prints the arguments of `facts`.

DATASETS = """
import json, sys
from datasets import load_dataset
def table(name):
    return load_dataset("parquet", data_files=f"{sys.argv[1]}/{name}.parquet", split="train")
records, occurrences, documents = map(table, ("records", "occurrences", "documents"))
# Without rows there is no split to load, but it streams.
links = load_dataset("parquet", data_files=f"{sys.argv[1]}/links.parquet", split="train", streaming=True)
print(json.dumps([
    [source["path"] for record in records for source in record["sources"]],
    max(records["n_occurrences"]),
    max(span["end"] for spans in occurrences["spans"] for span in spans),
    documents.num_rows,
    len(list(links)),
]))
"""

PYSPARK = """
import json, sys
from pyspark.sql import SparkSession, functions as f
builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
builder = builder.config("spark.sql.shuffle.partitions", "1").config("spark.driver.bindAddress", "127.0.0.1")
spark = builder.config("spark.sql.warehouse.dir", sys.argv[2]).getOrCreate()
records, occurrences, documents, links = (
    spark.read.parquet(f"{sys.argv[1]}/{name}.parquet") for name in ("records", "occurrences", "documents", "links")
)
sources = records.selectExpr("explode(sources) AS source").select("source.path").collect()
found = [
    [row.path for row in sources],
    records.agg(f.max("n_occurrences")).collect()[0][0],
    occurrences.selectExpr("explode(spans) AS span").agg(f.max("span.end")).collect()[0][0],
    documents.count(),
    links.count(),
]
named = spark.read.parquet(f"{sys.argv[1]}/records.parquet").filter("array_contains(sources.path, 'b.txt')").toPandas()
assert len(named) == 2, named
print(json.dumps(found))
spark.stop()
"""


def run(python: Path | str, script: str, *arguments: object, home: Path) -> list[Any]:
    """What a script prints in a Python of its own, without the network, as JSON in its last line."""
    alone = {
        "HF_HUB_OFFLINE": "1",
        "HF_HOME": str(home),
        "HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_PYTHON": str(python),
    }
    call = [str(python), "-W", "ignore", "-c", script, *map(str, arguments)]
    done = subprocess.run(call, capture_output=True, text=True, env={**os.environ, **alone}, cwd=home)
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout.splitlines()[-1]))


def test_datasets(curated: Path, tmp_path: Path) -> None:
    assert facts(*run(sys.executable, DATASETS, curated, home=tmp_path)) == EXPECTED


def test_pyspark(curated: Path, tmp_path: Path) -> None:
    missing = [name for name, found in (("Java", shutil.which("java")), (str(SPARK), SPARK.exists())) if not found]
    if missing and not os.environ.get("CI"):
        pytest.skip(f"no {' and no '.join(missing)}: .ci/run makes what Spark needs")
    assert not missing, f"no {' and no '.join(missing)}: .ci/run makes what Spark needs"
    assert facts(*run(SPARK, PYSPARK, curated, tmp_path / "warehouse", home=tmp_path)) == EXPECTED


def test_descriptions_travel_with_the_files(curated: Path) -> None:
    field = pq.read_schema(curated / "records.parquet").field("text")
    assert isinstance(field, pa.Field)
    assert field.metadata[b"description"] == b"the clean text to use: the kept occurrence's"
