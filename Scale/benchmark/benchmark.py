"""Rows a second of the same job: the bare command line, Spark and Ray with this project, and each of them
with sentence-transformers and scikit-learn, in a pandas function and in an actor.

    benchmark.py TEXTS.json --runs 3 [--engine spark] [--engine ray] [--peer FOLDER]

TEXTS.json has a list of texts. The engines are warm before they are measured, models loaded, and each run
takes all in turn, so that what else the machine does meets all of them; a ratio is that of one run, and
the median of the runs is printed. A number below 1 means slower than the command line.
"""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import pyarrow
import pyarrow.parquet

CHECKOUT = pathlib.Path(__file__).parents[2]
sys.path[:0] = [str(CHECKOUT / "Python/src"), str(CHECKOUT / "Scale"), str(pathlib.Path(__file__).parent)]
os.environ["PYTHONPATH"] = os.pathsep.join(sys.path[:3])
os.environ["PYSPARK_PYTHON"] = sys.executable

from swift_moderation._program import program
from swift_moderation.arrow import COLUMNS, ArrowModerator

CORES = len(os.sched_getaffinity(0))


def command_line(arguments, texts, folder):
    lines = folder / "texts.jsonl"
    model = [] if arguments.model == "default" else ["--model", arguments.model]
    lines.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))

    def run():
        with open(lines) as file, open(os.devnull, "w") as nothing:
            subprocess.run(
                [program(), "classify", *model, "--input", "-", "--input-format", "jsonl"],
                stdin=file, stdout=nothing, check=True)

    return run


def spark_session():
    from pyspark.sql import SparkSession

    return SparkSession.builder.master(f"local[{CORES}]").config(
        "spark.ui.enabled", False).config("spark.ui.showConsoleProgress", False).config("spark.sql.shuffle.partitions", CORES).config(
        "spark.sql.execution.arrow.maxRecordsPerBatch", 1000).config(
        "spark.sql.files.maxPartitionBytes", "64k").config("spark.log.level", "ERROR").getOrCreate()


def spark(arguments, parquet, folder):
    from pyspark.sql.pandas.types import from_arrow_schema

    rows = spark_session().read.parquet(str(parquet))
    judge = ArrowModerator("text", ["id"], arguments.model, 1)
    columns = "id bigint, " + ", ".join(
        f"{field.name} {field.dataType.simpleString()}" for field in from_arrow_schema(COLUMNS))

    def run():
        rows.mapInArrow(judge.each, columns).write.mode(
            "overwrite").parquet(str(folder / "spark"))

    return run


def spark_peer(arguments, parquet, folder):
    import peer as functions

    rows = spark_session().read.parquet(str(parquet))
    scores = functions.scores_function(arguments.peer)

    def run():
        rows.select("id", scores("text")).write.mode("overwrite").parquet(str(folder / "peer"))

    return run


def on_ray(parquet, output, actor, options):
    import ray

    if not ray.is_initialized():
        # Ray counts CPUs and does not hold anybody to them: the one more lists the files.
        ray.init(num_cpus=CORES + 1, log_to_driver=False, logging_level="ERROR")
        ray.data.DataContext.get_current().enable_progress_bars = False

    def run():
        shutil.rmtree(output, ignore_errors=True)
        ray.data.read_parquet(str(parquet), num_cpus=0).repartition(
            target_num_rows_per_block=250).map_batches(
            actor, batch_format="pyarrow", batch_size=250,
            compute=ray.data.ActorPoolStrategy(size=CORES), num_cpus=1, max_concurrency=2,
            fn_constructor_kwargs=options,
        ).write_parquet(str(output), ray_remote_args={"num_cpus": 0})

    return run


def ray(arguments, parquet, folder):
    return on_ray(parquet, folder / "ray", ArrowModerator, {
        "text": "text", "keep": ["id"], "model": arguments.model, "threads": 1})


def ray_peer(arguments, parquet, folder):
    import peer as functions

    return on_ray(parquet, folder / "ray-peer", functions.Actor, {"folder": arguments.peer})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("texts")
    parser.add_argument("--model", default="default")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--engine", action="append", choices=["spark", "ray"], default=[])
    parser.add_argument("--peer", help="the folder of a sentence-transformers model")
    arguments = parser.parse_args()
    texts = json.loads(pathlib.Path(arguments.texts).read_text())
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        parquet = folder / "texts"
        parquet.mkdir()
        size = -(-len(texts) // (4 * CORES))
        for part in range(4 * CORES):
            ids = range(part * size, min(len(texts), (part + 1) * size))
            pyarrow.parquet.write_table(
                pyarrow.table({"id": ids, "text": [texts[id] for id in ids]}),
                parquet / f"{part}.parquet")
        jobs = {"command line": command_line(arguments, texts, folder)}
        engines = {"spark": (spark, spark_peer), "ray": (ray, ray_peer)}
        for engine in arguments.engine:
            own, peer = engines[engine]
            jobs[engine] = own(arguments, parquet, folder)
            if arguments.peer:
                jobs[f"peer on {engine}"] = peer(arguments, parquet, folder)
        for name, job in jobs.items():
            job()
        rates = {name: [] for name in jobs}
        for _ in range(arguments.runs):
            for name, job in jobs.items():
                start = time.perf_counter()
                job()
                rates[name].append(len(texts) / (time.perf_counter() - start))
        for name, own in rates.items():
            ratios = [rate / base for rate, base in zip(own, rates["command line"])]
            print(f"{name:14} {statistics.median(own):8.1f} rows/s, {statistics.median(ratios):.2f} of "
                  f"the command line; runs: {', '.join(f'{rate:.1f}' for rate in own)}")


if __name__ == "__main__":
    main()
