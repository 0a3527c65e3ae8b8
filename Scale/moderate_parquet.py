"""Moderates a column of texts of a Parquet data set on Spark.

    spark-submit moderate_parquet.py --input comments --output verdicts --id id --text text

Writes the id, the verdict's columns, the digest of the bundle and the version of the engine. A run
that was broken off goes on where it stopped: what the output has already, by the same bundle and the
same version, is not judged again. Verdicts are the same bits on any node and in any batch, so tasks may
be retried and run twice.
"""

import argparse

from pyspark import SparkFiles, TaskContext
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import from_arrow_schema

from swift_moderation import arrow


def parsed_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Moderates a Parquet data set.")
    parser.add_argument("--input", required=True, help="the data set to read")
    parser.add_argument("--output", required=True, help="the data set to add to")
    parser.add_argument("--id", default="id", help="the column that tells the rows apart")
    parser.add_argument("--text", default="text", help="the column of the texts")
    model = parser.add_mutually_exclusive_group()
    model.add_argument("--model", default="default", help="a bundle's folder, the same on every node")
    model.add_argument("--archive", help="a .tar.gz with a bundle's files, which Spark hands out")
    parser.add_argument("--server", help="unix:/path of a `moderate serve` on every node")
    parser.add_argument("--slices", type=int, default=1,
                        help="parts that are written one after another; a run that is broken off "
                             "loses the part that it was at")
    return parser.parse_args()


class Work:
    """What a task does with its batches. A worker keeps the model from task to task."""

    def __init__(self, arguments: argparse.Namespace):
        self.id, self.text = arguments.id, arguments.text
        self.model, self.server = arguments.model, arguments.server
        self.archived = arguments.archive is not None

    def _options(self):
        if self.server is not None:
            return {"server": self.server}
        context = TaskContext.get()
        # As many threads as Spark counts for the task: all processors for each would be too many.
        return {"model": SparkFiles.get("model") if self.archived else self.model,
                "threads": max(1, context.cpus()) if context else None}

    def moderate(self, batches):
        return arrow.ArrowModerator(self.text, [self.id], **self._options()).each(batches)

    def facts(self, batches):
        moderator = arrow.shared(**self._options())
        for batch in batches:
            yield type(batch).from_pydict(
                {"digest": [moderator.digest], "version": [moderator.version]})


def remaining(spark: SparkSession, rows: DataFrame, arguments: argparse.Namespace,
              work: Work) -> DataFrame:
    """The rows that the output does not have yet, by this bundle and this version."""
    facts = spark.range(1, numPartitions=1).mapInArrow(
        work.facts, "digest string, version string").first()
    path = spark._jvm.org.apache.hadoop.fs.Path(arguments.output)
    files = path.getFileSystem(spark._jsc.hadoopConfiguration())
    if not files.exists(path):
        return rows
    # What the tasks of a run that was broken off have left would be committed with the next job, and its
    # rows would be there twice.
    files.delete(spark._jvm.org.apache.hadoop.fs.Path(path, "_temporary"), True)
    done = spark.read.parquet(arguments.output).where(
        (F.col("model_digest") == facts.digest) & (F.col("engine_version") == facts.version))
    return rows.join(done.select(arguments.id), arguments.id, "left_anti")


def main() -> None:
    arguments = parsed_arguments()
    spark = SparkSession.builder.appName("moderate_parquet").getOrCreate()
    if arguments.archive is not None:
        spark.sparkContext.addArchive(arguments.archive + "#model")
    work = Work(arguments)
    rows = spark.read.parquet(arguments.input).select(arguments.id, arguments.text)
    rows = remaining(spark, rows, arguments, work)
    columns = ", ".join(
        [f"`{arguments.id}` {rows.schema[arguments.id].dataType.simpleString()}"]
        + [f"{field.name} {field.dataType.simpleString()}"
           for field in from_arrow_schema(arrow.COLUMNS)])
    for number in range(arguments.slices):
        part = rows
        if arguments.slices > 1:
            part = rows.where(F.pmod(F.xxhash64(arguments.id), F.lit(arguments.slices)) == number)
        part.mapInArrow(work.moderate, columns).write.mode("append").parquet(arguments.output)


if __name__ == "__main__":
    main()
